//! `keys = { module = ..., token = ..., pin_file = ... }` in a role's table: the token that holds
//! its keys.

use std::path::PathBuf;

use openset_node::keys::{PinSource, TokenTerms};
use toml::Value;

use crate::{
    ending::Ending,
    section::{Section, missing, text},
};

/// What the table is called.
pub(super) const KEYS: &str = "keys";

const MODULE: &str = "a PKCS#11 module, such as \"/usr/lib/softhsm/libsofthsm2.so\"";
const TOKEN: &str = "the label of a token, at most 32 characters";
const PIN_FILE: &str = "a file with the PIN that only its owner may read";
const PIN_VARIABLE: &str = "a variable with the PIN, not one that begins with OPENSET_";
const PIN: &str = "a file with the PIN as pin_file, or a variable as pin_variable, and not both";
const SESSIONS: &str = "a number of sessions, from 1 to 64";

/// The token of a role, if its keys are in one.
pub(super) fn token(section: &mut Section) -> Result<Option<TokenTerms>, Ending> {
    let Some(mut keys) = section.section(KEYS)? else { return Ok(None) };
    let terms = TokenTerms {
        module: keys.required("module", MODULE, text)?.into(),
        token: keys.required("token", TOKEN, label)?,
        pin: pin(&mut keys)?,
        sessions_max: keys
            .optional("sessions", SESSIONS, sessions)?
            .unwrap_or(TokenTerms::SESSIONS),
    };
    keys.finish()?;
    Ok(Some(terms))
}

fn pin(keys: &mut Section) -> Result<PinSource, Ending> {
    let file = keys.optional("pin_file", PIN_FILE, text)?;
    let variable = keys.optional("pin_variable", PIN_VARIABLE, variable)?;
    match (file, variable) {
        (Some(file), None) => Ok(PinSource::File(PathBuf::from(file))),
        (None, Some(variable)) => Ok(PinSource::Variable(variable)),
        _ => Err(missing(&keys.path("pin_file"), PIN)),
    }
}

/// What PKCS#11 has room for.
fn label(value: &Value) -> Option<String> {
    text(value).filter(|label| (1..=32).contains(&label.len()))
}

/// Variables of ours are settings, and settings are printed where they are wrong.
fn variable(value: &Value) -> Option<String> {
    text(value).filter(|name| !name.is_empty() && !name.starts_with("OPENSET_"))
}

fn sessions(value: &Value) -> Option<usize> {
    let sessions = usize::try_from(value.as_integer()?).ok()?;
    (1..=TokenTerms::SESSIONS_MAX).contains(&sessions).then_some(sessions)
}

#[cfg(test)]
mod tests {
    use toml::Table;

    use super::*;

    fn read(keys: &str) -> Result<Option<TokenTerms>, String> {
        let table: Table = keys.parse().expect("TOML");
        let mut section = Section::new("role.gateway", Some(Value::Table(table))).expect("a table");
        token(&mut section).map_err(|ending| match ending {
            Ending::Input(error) => error.to_string(),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn a_token_is_read_with_its_pin_from_a_file_or_a_variable() {
        assert_eq!(read(""), Ok(None));
        let file = read("keys = { module = 'm.so', token = 'gateway', pin_file = 'pin' }");
        let file = file.expect("a token").expect("a token");
        assert_eq!((file.token.as_str(), file.sessions_max), ("gateway", 8));
        assert_eq!(file.pin, PinSource::File("pin".into()));
        let variable = "keys = { module = 'm', token = 't', pin_variable = 'PIN', sessions = 2 }";
        let variable = read(variable).expect("a token").expect("a token");
        assert_eq!(variable.pin, PinSource::Variable("PIN".to_owned()));
        assert_eq!(variable.sessions_max, 2);
    }

    #[test]
    fn what_is_missing_doubled_or_misspelt_is_told() {
        for (keys, told) in [
            ("token = 't', pin_file = 'p'", "role.gateway.keys.module is missing"),
            ("module = 'm', pin_file = 'p'", "role.gateway.keys.token is missing"),
            ("module = 'm', token = 't'", "role.gateway.keys.pin_file is missing"),
            (
                "module = 'm', token = 't', pin_file = 'p', pin_variable = 'P'",
                "role.gateway.keys.pin_file is missing",
            ),
            ("module = 'm', token = 't', pin = '1234'", "role.gateway.keys.pin_file is missing"),
            (
                "module = 'm', token = 't', pin_file = 'p', pin = '1234'",
                "role.gateway.keys.pin is no setting",
            ),
            ("module = 'm', token = 't', pin_variable = 'OPENSET_PIN'", "role.gateway.keys.pin_va"),
            ("module = 'm', token = '', pin_file = 'p'", "role.gateway.keys.token = \"\""),
            ("module = 'm', token = 't', pin_file = 'p', sessions = 0", "role.gateway.keys.sess"),
        ] {
            let said = read(&format!("keys = {{ {keys} }}")).expect_err(keys);
            assert!(said.starts_with(told), "{said}");
            assert!(!said.contains("1234"), "{said}");
        }
    }
}
