//! Whether the database servers that a configuration names are there, and keep what they
//! acknowledge.

use std::path::Path;

use openset_node::{fault::Fault, store::postgres::Server};
use tokio::runtime::Builder;

use super::Finding;
use crate::{
    house::stores::{ServerTerms, Stores},
    serve::stores,
};

const ABOUT: &str = "databases";

/// Asks every server of a configuration what it is like, if the file is there.
pub(super) fn look(config: &Path) -> Vec<Finding> {
    if !config.exists() {
        return Vec::new();
    }
    // A file that is not read is told where tokens are looked at.
    stores(config).map(|stores| look_at(&stores)).unwrap_or_default()
}

fn look_at(stores: &Stores) -> Vec<Finding> {
    stores.servers().map(|(role, server)| one(role, server)).collect()
}

fn one(role: &str, server: &ServerTerms) -> Finding {
    let terms = match server.terms(role) {
        Ok(terms) => terms,
        Err(error) => {
            let remedy = "put the password into the file or variable that is configured";
            return Finding::bad(ABOUT, format!("{role}: {error:#}"), remedy);
        }
    };
    let about = format!("{role} in {terms}");
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Finding::bad(ABOUT, format!("{about}: {error}"), "try again"),
    };
    let found = match runtime.block_on(Server::look(&terms)) {
        Ok(found) => found,
        Err(fault) => return Finding::bad(ABOUT, format!("{about}: {fault}"), remedy(fault)),
    };
    if let Some(unfit) = found.unfit() {
        let remedy = "correct postgresql.conf: docs/deployment.md says what is needed and why";
        return Finding::bad(ABOUT, format!("{about}: {unfit}"), remedy);
    }
    let about = format!("{about}: PostgreSQL {}", found.version);
    if !found.checksums {
        let remedy = "stop the server and run pg_checksums --enable";
        return Finding::notable(ABOUT, format!("{about}, without data checksums"), remedy);
    }
    Finding::good(ABOUT, format!("{about}, a commit is on disk when it is answered"))
}

fn remedy(fault: Fault) -> &'static str {
    match fault {
        Fault::StoreDenied => "correct user, password or database; the user owns its schema",
        _ => "start the server, or name where it is as `server`",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use openset_node::store::postgres::PasswordSource;
    use openset_testkit::postgres;

    use super::*;
    use crate::doctor::State;

    fn found(server: &str, password: Option<PasswordSource>) -> Finding {
        let (connections_max, lease) = (2, Duration::from_secs(1));
        let mut stores = Stores::default();
        let server = server.to_owned();
        stores.put("gateway", ServerTerms { server, password, connections_max, lease });
        let mut findings = look_at(&stores);
        assert_eq!(findings.len(), 1);
        findings.remove(0)
    }

    #[test]
    fn a_server_that_is_not_there_is_bad_and_says_what_to_do() {
        let finding = found("host=/no/such/folder dbname=gateway", None);
        assert_eq!(finding.state, State::Bad);
        let said = "gateway in gateway at /no/such/folder: the database server cannot be reached";
        assert_eq!(finding.found, said);
        let password = PasswordSource::File("no such file".into());
        let finding = found("host=/no/such/folder", Some(password));
        assert!(finding.found.contains("the file with the password"), "{}", finding.found);
    }

    #[test]
    fn a_server_is_good_if_it_keeps_what_it_acknowledges() {
        let Some(schema) = postgres::schema() else { return };
        let finding = found(schema.server(), None);
        assert_eq!(finding.state, State::Good, "{finding:?}");
        let hasty = schema.server().replace("options='", "options='-c synchronous_commit=off ");
        let finding = found(&hasty, None);
        assert_eq!(finding.state, State::Bad);
        assert!(finding.found.contains("synchronous_commit"), "{}", finding.found);
        let stranger = schema.server().replace("user=openset", "user=nobody");
        let finding = found(&stranger, None);
        assert!(finding.remedy.is_some_and(|remedy| remedy.contains("password")));
    }
}
