//! Where an authority's keys are: in locked files on the stick, or in a PKCS#11 token.
//!
//! ```text
//! files   locked under what all operators' shares are together
//! token   its PIN is drawn when the keys are made, and lies in operators/pin.locked under the same
//! ```
//!
//! So a token opens for all operators together and for nobody alone, also not for whoever set it
//! up. An authority that answers messages has no operators: its token's PIN stays as it is, because
//! the running role must know it.
//!
//! No key is brought from a file into a token or out of one: its copies would stay outside.

use std::{fs, path::Path, sync::Arc};

use anyhow::Context;
use openset_crypto::vault;
use openset_node::keys::{KeyHolder, KeyRing, TokenKeys};
use openset_types::Secret;

use super::{
    operators::{self, COST},
    plate::{Plate, Token},
    stick::{self, Stick},
};
use crate::{
    args::{Accept, NewToken, Place},
    ceremony::role_ring,
    commands::terminal,
    ending::{Done, Ending},
};

const PIN: &str = "operators/pin.locked";
/// What keys in tokens are labelled with, before their use.
const OWNER: &str = "ceremony";

/// The keys of a folder that begins, or is added to.
pub(super) struct Begun {
    pub(super) keys: Arc<dyn KeyHolder>,
    token: Option<Token>,
    /// A token that is still to be handed over to the operators, with what they open it by.
    handing: Option<(Arc<TokenKeys>, Secret)>,
}

/// Makes the shares of a new folder, and what holds its keys.
pub(super) fn begin(
    stick: &Stick,
    operators: u8,
    place: &Place,
    new: &NewToken,
) -> Result<Begun, Ending> {
    let Some(token) = token_of(place.module.as_deref(), new) else {
        let secret = operators::make(stick, operators, &place.passphrase_files)?;
        return Ok(Begun { keys: Arc::new(ring(stick, secret)?), token: None, handing: None });
    };
    let pin = pin(&token, new)?;
    let keys = Arc::new(enter(&token, None, &pin)?);
    let secret = operators::make(stick, operators, &place.passphrase_files)?;
    let handing = Some((Arc::clone(&keys), secret));
    Ok(Begun { keys, token: Some(token), handing })
}

/// Opens the keys of a folder with all its operators.
pub(super) fn open(
    stick: &Stick,
    plate: &Plate,
    place: &Place,
) -> Result<Arc<dyn KeyHolder>, Ending> {
    let secret = operators::open(stick, plate.operators, &place.passphrase_files)?;
    let Some(token) = &plate.token else { return Ok(Arc::new(ring(stick, secret)?)) };
    let locked = fs::read(stick.path().join(PIN)).context("the PIN of the token")?;
    let pin = vault::open(&secret, &locked)
        .map_err(|_| Ending::input("the PIN of the token does not open; it is damaged"))?;
    Ok(Arc::new(enter(token, place.module.as_deref(), &pin)?))
}

/// The keys of an authority that answers messages.
pub(super) fn of_role(
    stick: &Stick,
    plate: &Plate,
    module: Option<&Path>,
    new: &NewToken,
) -> Result<Begun, Ending> {
    let Some(token) = plate.token.clone().or_else(|| token_of(module, new)) else {
        let keys = Arc::new(role_ring(stick.path())?);
        return Ok(Begun { keys, token: None, handing: None });
    };
    let keys = Arc::new(enter(&token, module, &pin(&token, new)?)?);
    Ok(Begun { keys, token: Some(token), handing: None })
}

/// An authority's keys stay where they are made.
pub(super) fn require_same(plate: &Plate, new: &NewToken) -> Done {
    match (&plate.token, &new.token) {
        (_, None) => Ok(()),
        (Some(token), Some(label)) if token.label == *label => Ok(()),
        (Some(token), Some(_)) => Err(Ending::input(format_args!(
            "the keys of this authority are in the token \"{}\", which lets none out\n  try: \
             another folder, for an authority with new keys",
            token.label
        ))),
        (None, Some(_)) => Err(Ending::input(
            "the keys of this authority lie in files, and no key is brought from a file into a \
             token, because its copies stay outside\n  try: another folder, for an authority with \
             new keys",
        )),
    }
}

impl Begun {
    /// Keys that were there before.
    pub(super) fn before(keys: Arc<dyn KeyHolder>, plate: &Plate) -> Self {
        Self { keys, token: plate.token.clone(), handing: None }
    }

    /// Where the keys are, if not in files.
    pub(super) fn token(&self) -> Option<Token> {
        self.token.clone()
    }

    /// From now on the token opens for all operators together, and for nobody else. The last step:
    /// a folder that was given up before leaves the token as it was.
    pub(super) fn hand_over(&self, stick: &Stick) -> Done {
        let Some((keys, secret)) = &self.handing else { return Ok(()) };
        let pin = keys.draw_pin().context("no PIN for the token")?;
        let locked = vault::seal(secret, COST, &pin).map_err(anyhow::Error::new)?;
        stick::replace(&stick.path().join(PIN), &locked)?;
        stick.log("the token is handed over to the operators")?;
        Ok(keys.set_pin(&pin).context("the token takes no other PIN")?)
    }
}

impl From<&Accept> for NewToken {
    fn from(accept: &Accept) -> Self {
        Self { token: None, pin_file: accept.pin_file.clone() }
    }
}

fn ring(stick: &Stick, secret: Secret) -> Result<KeyRing, Ending> {
    let keys = KeyRing::open(&stick.path().join("keys"), secret);
    Ok(keys.context("the keys cannot be opened")?)
}

fn token_of(module: Option<&Path>, new: &NewToken) -> Option<Token> {
    let (module, label) = module.zip(new.token.clone())?;
    Some(Token { module: module.to_owned(), label })
}

fn pin(token: &Token, new: &NewToken) -> Result<Secret, Ending> {
    match &new.pin_file {
        Some(file) => terminal::secret_in(file),
        None => terminal::secret(&format!("PIN of the token \"{}\": ", token.label)),
    }
}

fn enter(token: &Token, module: Option<&Path>, pin: &Secret) -> Result<TokenKeys, Ending> {
    let module = module.unwrap_or(&token.module);
    TokenKeys::open_with(OWNER, module, &token.label, pin)
        .map_err(|fault| Ending::input(format_args!("the token \"{}\": {fault}", token.label)))
}
