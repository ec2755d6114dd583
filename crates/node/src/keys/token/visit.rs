//! One session with a token, and what is done in it: list, find, make, sign, agree.

use std::collections::HashMap;

use cryptoki::{
    object::{Attribute, AttributeType, ObjectClass, ObjectHandle},
    session::Session,
};
use openset_crypto::{
    KeyId, PublicKey,
    token::{self, ToAgree, ToMake, ToOpen, ToSign},
};
use openset_types::Secret;

use super::fault::TokenFault;

/// The most keys of one token that are looked at.
const KEYS_MAX: usize = 1024;

/// A session, with the keys that were found in it.
pub(super) struct Visit {
    session: Session,
    found: HashMap<KeyId, ObjectHandle>,
}

/// A key pair in a token, as its public half describes it.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) public: PublicKey,
    pub(super) label: String,
    /// CKA_ID: what both halves have in common.
    pub(super) mark: Vec<u8>,
}

impl Visit {
    pub(super) fn new(session: Session) -> Self {
        Self { session, found: HashMap::new() }
    }

    /// Every key pair of a kind that is used here, by its public half.
    pub(super) fn pairs(&self) -> Result<Vec<Pair>, TokenFault> {
        let template = [Attribute::Class(ObjectClass::PUBLIC_KEY), Attribute::Token(true)];
        let objects = self.session.iter_objects(&template)?.take(KEYS_MAX);
        let objects = objects.collect::<Result<Vec<_>, _>>()?;
        let mut pairs = Vec::new();
        for object in objects {
            pairs.extend(self.pair(object)?);
        }
        Ok(pairs)
    }

    fn pair(&self, object: ObjectHandle) -> Result<Option<Pair>, TokenFault> {
        let Some(public) = token::public_key(&self.session.get_attributes(object, &token::ASKED)?)
        else {
            return Ok(None);
        };
        let (mut label, mut mark) = (String::new(), Vec::new());
        let asked = [AttributeType::Label, AttributeType::Id];
        for attribute in self.session.get_attributes(object, &asked)? {
            match attribute {
                Attribute::Label(octets) => label = String::from_utf8_lossy(&octets).into_owned(),
                Attribute::Id(octets) => mark = octets,
                _ => {}
            }
        }
        Ok(Some(Pair { public, label, mark }))
    }

    /// Makes a key pair. One that could leave the token is destroyed at once.
    pub(super) fn make(&self, pair: &ToMake) -> Result<PublicKey, TokenFault> {
        let made = self.session.generate_key_pair(&pair.mechanism, &pair.public, &pair.private)?;
        let (public, private) = made;
        let kept = match self.may_leave(private) {
            Ok(true) => Err(TokenFault::Leaves),
            Ok(false) => self.pair(public),
            Err(fault) => Err(fault),
        };
        match kept {
            Ok(Some(pair)) => Ok(pair.public),
            unfit => {
                for half in [private, public] {
                    self.session.destroy_object(half)?;
                }
                Err(unfit.err().unwrap_or(TokenFault::OtherKind))
            }
        }
    }

    /// Signs.
    pub(super) fn sign(&mut self, pair: &Pair, what: &ToSign<'_>) -> Result<Vec<u8>, TokenFault> {
        let key = self.private(pair)?;
        Ok(self.session.sign(&what.mechanism(), key, what.octets())?)
    }

    /// Agrees on a secret, which leaves no object behind.
    pub(super) fn agree(&mut self, pair: &Pair, what: &ToAgree<'_>) -> Result<Secret, TokenFault> {
        let key = self.private(pair)?;
        let agreed = self.session.derive_key(&what.mechanism(), key, &what.template())?;
        let value = self.session.get_attributes(agreed, &[AttributeType::Value]);
        self.session.destroy_object(agreed)?;
        match value?.pop() {
            Some(Attribute::Value(octets)) => Ok(Secret::new(octets)),
            _ => Err(TokenFault::Unable),
        }
    }

    /// Raises a block to a private exponent.
    pub(super) fn open(&mut self, pair: &Pair, what: &ToOpen<'_>) -> Result<Secret, TokenFault> {
        let key = self.private(pair)?;
        Ok(Secret::new(self.session.decrypt(&what.mechanism(), key, what.octets())?))
    }

    /// Whether the private half of a pair could be read out of the token.
    pub(super) fn lets_leave(&mut self, pair: &Pair) -> Result<bool, TokenFault> {
        let key = self.private(pair)?;
        self.may_leave(key)
    }

    /// Whether a private key could be read out of the token.
    fn may_leave(&self, key: ObjectHandle) -> Result<bool, TokenFault> {
        let asked = [AttributeType::Sensitive, AttributeType::Extractable];
        let told = self.session.get_attributes(key, &asked)?;
        let stays = [Attribute::Sensitive(true), Attribute::Extractable(false)];
        Ok(!stays.iter().all(|guard| told.contains(guard)))
    }

    /// The private half of a pair.
    fn private(&mut self, pair: &Pair) -> Result<ObjectHandle, TokenFault> {
        let id = pair.public.id();
        if let Some(known) = self.found.get(&id) {
            return Ok(*known);
        }
        let any = vec![
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::Token(true),
            Attribute::Id(pair.mark.clone()),
        ];
        let fitting: Vec<_> = any.iter().cloned().chain([token::kind_of(&pair.public)]).collect();
        let key = match self.session.find_objects(&fitting)?.first() {
            Some(key) => *key,
            None if self.session.find_objects(&any)?.is_empty() => {
                return Err(TokenFault::NoSuchKey);
            }
            None => return Err(TokenFault::OtherKind),
        };
        self.found.insert(id, key);
        Ok(key)
    }
}
