//! `store = { server = ..., password_file = ... }` in a role's table: the PostgreSQL server that
//! its nodes share.

use std::path::PathBuf;

use openset_node::store::postgres::{CONNECTIONS, InvalidServer, LEASE, PasswordSource, Terms};
use toml::Value;

use crate::{
    ending::Ending,
    house::stores::ServerTerms,
    section::{Section, missing, seconds, text},
};

/// What the table is called.
pub(super) const STORE: &str = "store";

const SERVER: &str =
    "host and database, such as \"host=/run/postgresql dbname=gateway user=gateway\"";
const PASSWORD_FILE: &str = "a file with the password that only its owner may read";
const PASSWORD_VARIABLE: &str = "a variable with the password, not one that begins with OPENSET_";
const ONE_PASSWORD: &str = "the password as password_file or as password_variable, and not both";
const CONNECTIONS_SAID: &str = "a number of connections, from 2 to 256";
const LEASE_SAID: &str = "a number of seconds, from 1 to 3600";

/// The server of a role, if its database is on one.
pub(super) fn server(section: &mut Section) -> Result<Option<ServerTerms>, Ending> {
    let Some(mut store) = section.section(STORE)? else { return Ok(None) };
    let server = store.required("server", SERVER, text)?;
    // What stands there is not repeated: it may be a password by mistake.
    Terms::new(&server, None).map_err(|invalid| refused(&store, invalid))?;
    let terms = ServerTerms {
        server,
        password: password(&mut store)?,
        connections_max: store
            .optional("connections", CONNECTIONS_SAID, connections)?
            .unwrap_or(CONNECTIONS),
        lease: store.optional("lease_s", LEASE_SAID, seconds)?.unwrap_or(LEASE),
    };
    store.finish()?;
    Ok(Some(terms))
}

fn refused(store: &Section, invalid: InvalidServer) -> Ending {
    let path = store.path("server");
    Ending::input(format_args!("{path}: {invalid}\n  expected: {SERVER}"))
}

fn password(store: &mut Section) -> Result<Option<PasswordSource>, Ending> {
    let file = store.optional("password_file", PASSWORD_FILE, text)?;
    let variable = store.optional("password_variable", PASSWORD_VARIABLE, variable)?;
    match (file, variable) {
        (None, None) => Ok(None),
        (Some(file), None) => Ok(Some(PasswordSource::File(PathBuf::from(file)))),
        (None, Some(variable)) => Ok(Some(PasswordSource::Variable(variable))),
        (Some(_), Some(_)) => Err(missing(&store.path("password"), ONE_PASSWORD)),
    }
}

/// Variables of ours are settings, and settings are printed where they are wrong.
fn variable(value: &Value) -> Option<String> {
    text(value).filter(|name| !name.is_empty() && !name.starts_with("OPENSET_"))
}

fn connections(value: &Value) -> Option<usize> {
    let connections = usize::try_from(value.as_integer()?).ok()?;
    (2..=256).contains(&connections).then_some(connections)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use toml::Table;

    use super::*;

    fn read(store: &str) -> Result<Option<ServerTerms>, String> {
        let table: Table = store.parse().expect("TOML");
        let mut section = Section::new("role.gateway", Some(Value::Table(table))).expect("a table");
        server(&mut section).map_err(|ending| match ending {
            Ending::Input(error) => error.to_string(),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn a_server_is_read_with_its_password_from_a_file_or_a_variable() {
        assert_eq!(read(""), Ok(None));
        let file = "store = { server = 'host=/run/postgresql', password_file = 'word' }";
        let file = read(file).expect("a server").expect("a server");
        assert_eq!(file.password, Some(PasswordSource::File("word".into())));
        assert_eq!((file.connections_max, file.lease), (CONNECTIONS, LEASE));
        let variable = "store = { server = 'postgresql://db.example/gateway', \
             password_variable = 'WORD', connections = 32, lease_s = 4 }";
        let variable = read(variable).expect("a server").expect("a server");
        assert_eq!(variable.password, Some(PasswordSource::Variable("WORD".to_owned())));
        assert_eq!((variable.connections_max, variable.lease), (32, Duration::from_secs(4)));
    }

    #[test]
    fn what_is_missing_doubled_or_misspelt_is_told_and_no_password_is_repeated() {
        for (store, told) in [
            ("", "role.gateway.store.server is missing"),
            ("server = 'dbname=gateway'", "role.gateway.store.server: that names no server"),
            ("server = 'host=a password=1234'", "role.gateway.store.server: a password"),
            ("server = 'postgresql://u:1234@a/b'", "role.gateway.store.server: a password"),
            ("server = 'host=a sslmode=require'", "role.gateway.store.server: TLS"),
            ("server = 'host=a', password = '1234'", "role.gateway.store.password is no setting"),
            (
                "server = 'host=a', password_file = 'f', password_variable = 'V'",
                "role.gateway.store.password is missing",
            ),
            (
                "server = 'host=a', password_variable = 'OPENSET_WORD'",
                "role.gateway.store.password_variable",
            ),
            ("server = 'host=a', connections = 1", "role.gateway.store.connections = 1"),
            ("server = 'host=a', lease_s = 0", "role.gateway.store.lease_s = 0"),
        ] {
            let said = read(&format!("store = {{ {store} }}")).expect_err(store);
            assert!(said.starts_with(told), "{said}");
            assert!(!said.contains("1234"), "{said}");
        }
    }
}
