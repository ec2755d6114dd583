//! The way into a token: its module, its slot, its PIN.

use std::{
    fmt,
    path::Path,
    sync::{Mutex, OnceLock, PoisonError},
};

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::{Error, RvError},
    session::{Session, SessionState, UserType},
    slot::{Slot, TokenInfo},
    types::AuthPin,
};
use openset_crypto::token;

use super::fault::TokenFault;

/// A module that is loaded, the token that is meant, and the PIN.
pub(super) struct Entry {
    module: Pkcs11,
    /// The label of the token.
    label: String,
    /// The serial number of the token that was found first.
    serial: OnceLock<String>,
    pin: Mutex<Pin>,
}

/// A PIN, and whether the token has refused it.
struct Pin {
    value: AuthPin,
    refused: Option<TokenFault>,
}

impl Entry {
    /// Loads the module. The token is not touched yet.
    pub(super) fn new(module: &Path, label: &str, pin: AuthPin) -> Result<Self, TokenFault> {
        let module = Pkcs11::new(module)?;
        let entry = Self {
            module,
            label: label.to_owned(),
            serial: OnceLock::new(),
            pin: Mutex::new(Pin { value: pin, refused: None }),
        };
        entry.initialize().map_err(|fault| match fault {
            TokenFault::Failed => TokenFault::NotAModule,
            other => other,
        })?;
        Ok(entry)
    }

    /// The label of the token.
    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// Opens a session in which the user is logged in.
    pub(super) fn open(&self, writes: bool) -> Result<Session, TokenFault> {
        // Several parties of one process share a module, which is initialized once; and one that
        // went down with its device must be initialized again.
        self.initialize()?;
        let (slot, token) = self.find()?;
        let session = match writes {
            true => self.module.open_rw_session(slot)?,
            false => self.module.open_ro_session(slot)?,
        };
        self.log_in(&session, &token)?;
        Ok(session)
    }

    /// The most characters that a PIN of the token may have.
    pub(super) fn pin_length_max(&self) -> Result<usize, TokenFault> {
        let (_, token) = self.find()?;
        Ok(token.max_pin_length())
    }

    /// Gives the token another PIN.
    pub(super) fn set_pin(&self, new: AuthPin) -> Result<(), TokenFault> {
        let session = self.open(true)?;
        let mut pin = self.pin.lock().unwrap_or_else(PoisonError::into_inner);
        session.set_pin(&pin.value, &new)?;
        pin.value = new;
        Ok(())
    }

    /// Whether the token knows every mechanism that one of the suites needs.
    pub(super) fn is_able(&self) -> Result<bool, TokenFault> {
        let (slot, _) = self.find()?;
        let known = self.module.get_mechanism_list(slot)?;
        Ok(token::is_able(&known))
    }

    fn initialize(&self) -> Result<(), TokenFault> {
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        match self.module.initialize(arguments) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The slot with the token, which may be another one after the token was away.
    fn find(&self) -> Result<(Slot, TokenInfo), TokenFault> {
        let mut found = None;
        for slot in self.module.get_slots_with_token()? {
            // A slot may lose its token between the two questions.
            let Ok(token) = self.module.get_token_info(slot) else { continue };
            if !token.token_initialized() || token.label() != self.label {
                continue;
            }
            if found.replace((slot, token)).is_some() {
                return Err(TokenFault::TwoTokens);
            }
        }
        let (slot, token) = found.ok_or(TokenFault::NoToken)?;
        let serial = self.serial.get_or_init(|| token.serial_number().to_owned());
        if serial != token.serial_number() {
            return Err(TokenFault::OtherToken);
        }
        Ok((slot, token))
    }

    /// Logs in where that is needed. A PIN that was refused once is never tried again: a few
    /// tries more would lock the token.
    fn log_in(&self, session: &Session, token: &TokenInfo) -> Result<(), TokenFault> {
        let mut pin = self.pin.lock().unwrap_or_else(PoisonError::into_inner);
        let state = session.get_session_info()?.session_state();
        if let SessionState::RoUser | SessionState::RwUser = state {
            return Ok(());
        }
        if let Some(refused) = pin.refused {
            return Err(refused);
        }
        let tried =
            may_try(token.user_pin_locked(), token.user_pin_final_try()).and_then(
                |()| match session.login(UserType::User, Some(&pin.value)) {
                    Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
                    Err(error) => Err(error.into()),
                },
            );
        if let Err(fault @ (TokenFault::WrongPin | TokenFault::PinLocked)) = tried {
            tracing::error!(token = %self.label, %fault, "nobody logs in to a token");
            pin.refused = Some(fault);
        }
        tried
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({})", self.label)
    }
}

/// Whether a PIN may be tried, by what the token says about earlier tries.
fn may_try(is_locked: bool, is_last: bool) -> Result<(), TokenFault> {
    match (is_locked, is_last) {
        (true, _) => Err(TokenFault::PinLocked),
        (false, true) => Err(TokenFault::LastTry),
        (false, false) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_try_for_a_pin_is_left_to_a_person() {
        assert_eq!(may_try(false, false), Ok(()));
        assert_eq!(may_try(false, true), Err(TokenFault::LastTry));
        assert_eq!(may_try(true, false), Err(TokenFault::PinLocked));
        assert_eq!(may_try(true, true), Err(TokenFault::PinLocked));
    }
}
