//! Small secrets at rest under a passphrase: what a wallet keeps of its card.

use std::fmt;

use openset_types::Secret;

use crate::modern::primitives::{Failed, Gcm, gcm_open, gcm_seal, random};

/// The passphrase is wrong or the vault is damaged. Nothing tells which (abuse case 34).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locked;

impl fmt::Display for Locked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wrong passphrase or damaged vault")
    }
}

impl std::error::Error for Locked {}

/// What one guess at the passphrase costs: scrypt (RFC 7914) with blocks of eight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    log_n: u8,
    p: u8,
}

impl Cost {
    /// For a vault that rests on a disk: 128 MiB of memory, three times over.
    pub const AT_REST: Self = Self { log_n: 17, p: 3 };
    /// For a vault on a machine that does other work meanwhile: 32 MiB, three times over.
    pub const BESIDE_OTHERS: Self = Self { log_n: 15, p: 3 };
    /// For a key file under a passphrase of somebody's choice: OWASP's figure for 16 MiB, within
    /// the 32 that OpenSSL takes without being told.
    pub const KEY_FILE: Self = Self { log_n: 14, p: 5 };
    /// For what is under 32 drawn octets: nobody guesses those, whatever a guess costs.
    pub const UNDER_DRAWN: Self = Self { log_n: 10, p: 1 };
    /// For a vault that lives as long as a test: 1 MiB.
    pub const FLEETING: Self = Self { log_n: 10, p: 1 };

    /// More than this is refused: a planted file must not eat the machine.
    const LOG_N_MAX: u8 = 20;
    const P_MAX: u8 = 8;
    const R: u32 = 8;

    pub(crate) fn parameters(self) -> Result<scrypt::Params, Failed> {
        scrypt::Params::new(self.log_n, Self::R, self.p.into()).map_err(|_| Failed)
    }

    fn key(self, passphrase: &Secret, salt: &[u8]) -> Result<Secret, Failed> {
        if self.log_n > Self::LOG_N_MAX || self.p > Self::P_MAX {
            return Err(Failed);
        }
        let parameters = self.parameters()?;
        let mut key = zeroize::Zeroizing::new([0_u8; 32]);
        scrypt::scrypt(passphrase.expose(), salt, &parameters, key.as_mut_slice())
            .map_err(|_| Failed)?;
        Ok(Secret::new(key.to_vec()))
    }
}

/// Seals a secret under a passphrase.
///
/// The vault is: version, log N, p, 16 octets of salt (these authenticated with the rest),
/// 12 of nonce, the ciphertext, 16 of tag.
pub fn seal(passphrase: &Secret, cost: Cost, plaintext: &Secret) -> Result<Vec<u8>, Locked> {
    let mut vault = vec![VERSION, cost.log_n, cost.p];
    vault.extend(random::<SALT_OCTETS>().map_err(|_| Locked)?);
    let key = vault
        .get(SALT_AT..)
        .ok_or(Failed)
        .and_then(|salt| cost.key(passphrase, salt))
        .map_err(|_| Locked)?;
    let Gcm { nonce, ciphertext, tag } =
        gcm_seal(&key, &vault, plaintext.expose()).map_err(|_| Locked)?;
    vault.extend(nonce);
    vault.extend(ciphertext);
    vault.extend(tag);
    Ok(vault)
}

/// Opens a vault.
pub fn open(passphrase: &Secret, vault: &[u8]) -> Result<Secret, Locked> {
    let (header, rest) = vault.split_at_checked(HEADER_OCTETS).ok_or(Locked)?;
    let (nonce, rest) = rest.split_at_checked(NONCE_OCTETS).ok_or(Locked)?;
    let tag_at = rest.len().checked_sub(TAG_OCTETS).ok_or(Locked)?;
    let (ciphertext, tag) = rest.split_at_checked(tag_at).ok_or(Locked)?;
    let [VERSION, log_n, p, salt @ ..] = header else { return Err(Locked) };
    let key = Cost { log_n: *log_n, p: *p }.key(passphrase, salt).map_err(|_| Locked)?;
    let plaintext = gcm_open(&key, header, nonce, ciphertext, tag).map_err(|_| Locked)?;
    Ok(Secret::new(plaintext.to_vec()))
}

const VERSION: u8 = 1;
const SALT_AT: usize = 3;
const SALT_OCTETS: usize = 16;
const HEADER_OCTETS: usize = SALT_AT + SALT_OCTETS;
const NONCE_OCTETS: usize = 12;
const TAG_OCTETS: usize = 16;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn secret(octets: &[u8]) -> Secret {
        Secret::new(octets.to_vec())
    }

    fn sealed() -> Vec<u8> {
        seal(&secret(b"lighthouse"), Cost::FLEETING, &secret(b"card")).expect("sealed")
    }

    #[test]
    fn a_vault_opens_with_its_passphrase_only() {
        let vault = sealed();
        assert_eq!(open(&secret(b"lighthouse"), &vault), Ok(secret(b"card")));
        assert_eq!(open(&secret(b"Lighthouse"), &vault), Err(Locked));
        assert_eq!(open(&secret(b""), &vault), Err(Locked));
    }

    #[test]
    fn a_vault_that_was_touched_anywhere_stays_locked() {
        let vault = sealed();
        // Octets 1 and 2 are the cost: changing them is covered below, at no cost to the test.
        for at in (0..vault.len()).filter(|at| !(1..3).contains(at)) {
            let mut touched = vault.clone();
            touched[at] ^= 1;
            assert_eq!(open(&secret(b"lighthouse"), &touched), Err(Locked), "octet {at}");
        }
    }

    #[test]
    fn a_vault_that_was_cut_stays_locked() {
        let vault = sealed();
        for end in 0..vault.len() {
            assert_eq!(open(&secret(b"lighthouse"), &vault[..end]), Err(Locked), "cut at {end}");
        }
    }

    #[test]
    fn a_vault_that_asks_for_too_much_work_is_not_tried() {
        for (at, value) in [(1, 21), (1, 255), (2, 9), (2, 0)] {
            let mut greedy = sealed();
            greedy[at] = value;
            assert_eq!(open(&secret(b"lighthouse"), &greedy), Err(Locked));
        }
    }

    #[test]
    fn two_vaults_of_the_same_secret_differ() {
        assert_ne!(sealed(), sealed());
    }

    proptest! {
        #[test]
        fn octets_that_are_no_vault_stay_locked(
            octets in prop::collection::vec(any::<u8>(), 0..90),
        ) {
            // The first octet is not the version, so that no passphrase is stretched for nothing.
            let vault = [vec![0], octets].concat();
            prop_assert_eq!(open(&secret(b"lighthouse"), &vault), Err(Locked));
        }
    }
}
