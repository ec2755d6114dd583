//! Whether the tokens that a configuration names can be used, and hold the keys they should.

use std::path::Path;

use openset_node::keys::{HeldKey, TokenFault, TokenKeys, TokenTerms};

use super::Finding;
use crate::{
    ceremony::{Papers, papers},
    ending::Ending,
    house::holders::Holders,
    serve::holders,
};

const ABOUT: &str = "tokens";

/// Enters every token of a configuration, if the file is there.
pub(super) fn look(config: &Path, data: &Path) -> Vec<Finding> {
    if !config.exists() {
        return Vec::new();
    }
    match holders(config) {
        Ok(holders) => look_at(&holders, data),
        Err(Ending::Input(error) | Ending::Machine(error)) => {
            let found = format!("{} is not read: {error:#}", config.display());
            vec![Finding::bad(ABOUT, found, "docs/openset.toml shows what can be set")]
        }
        Err(Ending::No) => Vec::new(),
    }
}

fn look_at(holders: &Holders, data: &Path) -> Vec<Finding> {
    holders.tokens().map(|(role, terms)| token(role, terms, data)).collect()
}

fn token(role: &'static str, terms: &TokenTerms, data: &Path) -> Finding {
    let about = format!("{role} in the token \"{}\"", terms.token);
    let held = TokenKeys::open(role, terms).and_then(|keys| keys.held());
    let held = match held {
        Ok(held) => held,
        Err(fault) => return Finding::bad(ABOUT, format!("{about}: {fault}"), remedy(fault)),
    };
    if let Some(key) = held.iter().find(|key| key.may_leave) {
        let found = format!("{about}: the key \"{}\" can be read out", key.label);
        return Finding::bad(ABOUT, found, "make a key in the token and have it certified");
    }
    if let Some(paper) = without_key(&data.join(role), &held) {
        let found = format!("{about}: the key of its {paper} certificate is not there");
        let remedy = "put the token back that has it, or have a new key certified";
        return Finding::bad(ABOUT, found, remedy);
    }
    Finding::good(ABOUT, format!("{about}: {} keys, none can be read out", held.len()))
}

/// A certificate of a role whose key is not among these.
fn without_key(role: &Path, held: &[HeldKey]) -> Option<&'static str> {
    [papers::CERTIFICATES, papers::SIGNATURE, papers::ENCIPHERMENT].into_iter().find(|paper| {
        let identity = Papers::of(role).take(paper);
        identity.is_ok_and(|identity| !held.iter().any(|key| key.id == identity.key))
    })
}

fn remedy(fault: TokenFault) -> &'static str {
    match fault {
        TokenFault::NoModule | TokenFault::NotAModule => {
            "install the module of the token's maker and name it as `module`; SoftHSM: \
             apt-get install softhsm2"
        }
        TokenFault::NoToken => "insert the token, or name its label as `token`",
        TokenFault::TwoTokens => "give one of them another label",
        TokenFault::PinFile(_) | TokenFault::PinUnset | TokenFault::PinForm => {
            "put the PIN into the file or variable that is configured"
        }
        TokenFault::PinFileOpen => "chmod 600 the file with the PIN",
        TokenFault::WrongPin => "correct the PIN before the next start: every try counts",
        TokenFault::LastTry => "log in once with the maker's tool, then start again",
        TokenFault::PinLocked => "have the PIN set again with the security officer's",
        TokenFault::Unable => "use a token that knows what is needed: docs/adr/0016",
        _ => "look at the token with its maker's tool",
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use openset_node::keys::PinSource;

    use super::*;
    use crate::{ceremony::papers::write_private, doctor::State};

    #[test]
    fn a_token_that_cannot_be_entered_is_bad_and_says_what_to_do() {
        let data = tempfile::tempdir().expect("a folder");
        let pin = data.path().join("pin");
        write_private(&pin, b"1234").expect("a file");
        let mut holders = Holders::default();
        let terms = TokenTerms {
            module: PathBuf::from("no such module.so"),
            token: "gateway".to_owned(),
            pin: PinSource::File(pin),
            sessions_max: 1,
        };
        holders.put("gateway", terms);
        let [finding] = &look_at(&holders, data.path())[..] else { panic!("one finding") };
        assert_eq!(finding.state, State::Bad);
        assert!(finding.found.starts_with("gateway in the token \"gateway\": the PKCS#11 module"));
        assert!(finding.remedy.as_ref().is_some_and(|remedy| remedy.contains("install")));
    }

    #[test]
    fn without_a_configuration_nothing_is_looked_at_and_a_wrong_one_is_bad() {
        let data = tempfile::tempdir().expect("a folder");
        let config = data.path().join("openset.toml");
        assert_eq!(look(&config, data.path()), []);
        std::fs::write(&config, "[role.gateway]\nkeys = 'here'").expect("a file");
        let [finding] = &look(&config, data.path())[..] else { panic!("one finding") };
        assert_eq!(finding.state, State::Bad);
        assert!(finding.found.contains("role.gateway.keys"), "{}", finding.found);
    }
}
