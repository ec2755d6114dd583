//! A text that people read before they agree to it, and signatures over exactly its octets.
//!
//! It begins with the word OpenSET, so that it is no message and no certificate: those are DER
//! and begin otherwise. What is signed ends with an empty line; after it stand the signatures, a
//! line each, with the name of the key that made it.

use std::fmt;

use data_encoding::{BASE64, HEXLOWER};

use crate::modern::primitives::sha256;
use crate::{KeyId, Keys, PublicKey, Unmade, Untrusted};

/// The most octets that a statement has.
pub const OCTETS_MAX: usize = 64 * 1024;
/// The most signatures under one.
pub const SIGNATURES_MAX: usize = 8;

const BEGINS: &str = "OpenSET ";
const SIGNATURE: &str = "Signature ";

/// Why a text is no statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoStatement {
    /// It does not begin with the word OpenSET.
    Beginning,
    /// A signature is not the name of a key and base64, or something comes after them.
    Signature,
    /// It is longer, or has more signatures, than any statement.
    TooLong,
    /// Nobody has signed it.
    Unsigned,
}

impl fmt::Display for NoStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Beginning => "no statement of OpenSET",
            Self::Signature => "a line after the text is no signature",
            Self::TooLong => "longer than any statement",
            Self::Unsigned => "nobody has signed it",
        })
    }
}

impl std::error::Error for NoStatement {}

/// A text with signatures under it, none of which was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    text: String,
    signatures: Vec<(KeyId, Vec<u8>)>,
}

impl Statement {
    /// Signs a text with each of these keys. The text begins with the word OpenSET, each of its
    /// lines ends, none is empty and none begins like a signature.
    pub fn sign(text: &str, signers: &[KeyId], keys: &dyn Keys) -> Result<Self, Unmade> {
        let text = format!("{text}\n");
        let sign = |key: &KeyId| Ok((*key, keys.sign(key, text.as_bytes())?));
        let signatures = signers.iter().map(sign).collect::<Result<_, Unmade>>()?;
        Ok(Self { text, signatures })
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn read(file: &str) -> Result<Self, NoStatement> {
        if file.len() > OCTETS_MAX {
            return Err(NoStatement::TooLong);
        }
        if !file.starts_with(BEGINS) {
            return Err(NoStatement::Beginning);
        }
        let (text, rest) = file.split_once("\n\n").ok_or(NoStatement::Unsigned)?;
        let lines = rest.strip_suffix('\n').ok_or(NoStatement::Signature)?.split('\n');
        let signatures: Vec<_> = lines.map(signature).collect::<Result<_, _>>()?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoStatement::TooLong);
        }
        Ok(Self { text: format!("{text}\n\n"), signatures })
    }

    /// What was signed, without the empty line at its end.
    pub fn text(&self) -> &str {
        self.text.strip_suffix('\n').unwrap_or(&self.text)
    }

    /// What this text is called by: a digest of it in hex, the same whoever signed it.
    pub fn name(&self) -> String {
        HEXLOWER.encode(&sha256(self.text.as_bytes()))
    }

    /// Accepts the text only with a good signature by this key.
    pub fn require(&self, key: &PublicKey) -> Result<(), Untrusted> {
        let own = self.signatures.iter().find(|(name, _)| *name == key.id());
        let (_, signature) = own.ok_or(Untrusted::UnknownSigner)?;
        key.verify(self.text.as_bytes(), signature)
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        self.signatures.iter().try_for_each(|(key, signature)| {
            writeln!(f, "{SIGNATURE}{key}: {}", BASE64.encode(signature))
        })
    }
}

fn signature(line: &str) -> Result<(KeyId, Vec<u8>), NoStatement> {
    let parts = line.strip_prefix(SIGNATURE).and_then(|line| line.split_once(": "));
    let (key, octets) = parts.ok_or(NoStatement::Signature)?;
    let key = KeyId::parse(key).map_err(|_| NoStatement::Signature)?;
    let octets = BASE64.decode(octets.as_bytes()).map_err(|_| NoStatement::Signature)?;
    Ok((key, octets))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{KeyKind, PrivateKey, SoftwareKeys, Suite};

    const TEXT: &str = "OpenSET request\nNumber: 1\n";

    struct Signer {
        keys: SoftwareKeys,
        public: PublicKey,
    }

    fn signer(suite: Suite) -> Signer {
        let key = PrivateKey::generate(KeyKind::of_parties(suite)).expect("randomness");
        let public = PublicKey::from_der(suite, key.public().der()).expect("our own key");
        let keys = SoftwareKeys::new();
        keys.hold(key);
        Signer { keys, public }
    }

    fn signed(by: &Signer) -> String {
        Statement::sign(TEXT, &[by.public.id()], &by.keys).expect("signed").to_string()
    }

    #[test]
    fn a_statement_is_read_as_it_was_signed_in_both_suites() {
        for suite in Suite::ALL {
            let by = signer(suite);
            let read = Statement::read(&signed(&by)).expect("a statement");
            assert_eq!((read.text(), read.require(&by.public)), (TEXT, Ok(())));
            let other = signer(suite);
            assert_eq!(read.require(&other.public), Err(Untrusted::UnknownSigner));
        }
    }

    #[test]
    fn a_statement_that_was_changed_anywhere_is_not_believed() {
        let by = signer(Suite::Modern);
        let written = signed(&by);
        for at in 0..written.len() {
            let mut octets = written.clone().into_bytes();
            octets[at] ^= 1;
            let read = String::from_utf8(octets).ok().and_then(|file| Statement::read(&file).ok());
            let believed = read.is_some_and(|read| read.require(&by.public).is_ok());
            assert!(!believed, "octet {at}");
        }
    }

    #[test]
    fn a_statement_that_was_cut_or_got_more_lines_is_none() {
        let written = signed(&signer(Suite::Modern));
        for end in 0..written.len() {
            assert!(Statement::read(&written[..end]).is_err(), "cut at {end}");
        }
        let more = format!("{written}Number: 2\n");
        assert_eq!(Statement::read(&more), Err(NoStatement::Signature));
        assert_eq!(Statement::read("Number: 1\n\n"), Err(NoStatement::Beginning));
        assert_eq!(Statement::read("OpenSET x\n"), Err(NoStatement::Unsigned));
        let long = format!("OpenSET {}", "x".repeat(OCTETS_MAX));
        assert_eq!(Statement::read(&long), Err(NoStatement::TooLong));
    }

    #[test]
    fn a_statement_has_the_same_name_whoever_signed_it() {
        let [one, other] = [(); 2].map(|()| signer(Suite::Modern));
        let name = |by| Statement::read(&signed(by)).expect("a statement").name();
        assert_eq!(name(&one), name(&other));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(
            text in "(OpenSET )?\\PC{0,40}\n{0,2}(Signature )?\\PC{0,40}\n?",
        ) {
            let _ = Statement::read(&text);
        }
    }
}
