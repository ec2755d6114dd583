//! What `openset.toml` says about each role. `docs/openset.toml` is the commented example.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use data_encoding::HEXLOWER_PERMISSIVE;
use openset_bank::iso8583::Dialect;
use openset_crypto::mac::MacKey;
use openset_node::{config::Config, link::LinkTerms};
use openset_protocol::gateway::Policies;
use openset_types::{Bin, Secret};
use toml::{Table, Value};

use super::{fees, keys, policies, store};
use crate::{
    ending::Ending,
    house::{
        banks::{Counter, FeeTerms},
        holders::{self, Holders},
        neighbours::Neighbours,
        private,
        stores::Stores,
        upkeep::Renewals,
    },
    section::{Section, connecting, listening, missing, posting, seconds, text, wrong},
    sites,
};

/// The roles that have tables.
const ROLES: [&str; 8] = [
    "acquirer",
    "ca-cardholder",
    "ca-gateway",
    "ca-merchant",
    "gateway",
    "issuer",
    "merchant",
    "wallet",
];
/// The roles whose database may be on a server. Those of the authorities are in their folders: what
/// a ceremony writes there must be known to whoever issues. Those of the banks are too: they keep
/// their books in memory, and a second process that began while the first was cut off from the
/// server would write over them.
const STORED: [&str; 3] = ["gateway", "merchant", "wallet"];
/// Variables that begin like settings and are read by others.
const NO_SETTINGS: [&str; 1] = ["OPENSET_WALLET_PASSPHRASE_FILE"];

/// More octets than a key of a link has in its file.
const MAC_KEY_OCTETS_MAX: u64 = 128;
/// How long a bank is waited for, unless something else is said.
const ANSWER: Duration = Duration::from_secs(5);
/// How often an acquirer clears, unless something else is said.
const CLEAR_EVERY: Duration = Duration::from_secs(60);
const LISTEN: &str = "an address to listen at, such as \"127.0.0.1:7190\"";
const CONNECT: &str = "where the bank listens, such as \"127.0.0.1:7190\"";
const BIN: &str = "the first six digits of its cards, such as \"999997\"";
const DIALECT: &str =
    "\"openset-87\", \"packed-87\", \"ebcdic-87\", or a file with a dialect in JSON";
const MAC_KEY: &str = "a file of its owner alone with a key of 64 hex digits";
const POST: &str = "where files are posted, such as \"http://127.0.0.1:7186/clearing\"";
const SECONDS: &str = "a number of seconds, from 1 to 3600";
const NOTIFY: &str = "an address of this machine, such as \"http://127.0.0.1:8190/lists/crl\"";
const FETCH: &str = "an address of this machine, such as \"http://127.0.0.1:8190/lists/bci\"";
const TELL: &str = "addresses of this machine, such as [\"http://127.0.0.1:9185/lists/bci\"]";
const AUTHORITY: &str =
    "where the authority takes messages, such as \"http://127.0.0.1:7190/set\", on this machine";
const PERCENT: &str = "the last hundredths of a certificate's life, from 1 to 99";
const NAMES: &str = "names of institutions, such as [\"Banque du Nord\"]";
const FILE: &str = "the name of a file";

/// A configuration file with everything that is not about one role.
pub(super) struct Settings {
    pub(super) config: Config,
}

/// `[role.issuer]`
pub(super) struct IssuerSettings {
    pub(super) counter: Counter,
    /// The key under which clearing files are sealed.
    pub(super) file_key: Option<PathBuf>,
}

/// `[role.acquirer]`
pub(super) struct AcquirerSettings {
    pub(super) counter: Counter,
    pub(super) clearing: Option<String>,
    pub(super) statements: Option<String>,
    pub(super) every: Duration,
    /// The issuer that is asked at the end of a day whether it has settled the same.
    pub(super) issuer: Option<LinkTerms>,
    /// What is kept of merchants' sales.
    pub(super) fees: FeeTerms,
}

/// `[role.gateway]`
pub(super) struct GatewaySettings {
    pub(super) issuer: Option<LinkTerms>,
    /// The issuers that are asked about their own cards, by the first digits of those.
    pub(super) others: Vec<(Bin, LinkTerms)>,
    pub(super) acquirer: Option<LinkTerms>,
    /// Where the authority that certifies it takes messages, when it runs alone.
    pub(super) authority: Option<String>,
    /// In which last part of their life its certificates are renewed, in hundredths.
    pub(super) renew_in_last_percent: u8,
    /// What it does for which merchant.
    pub(super) policies: Policies,
}

impl Settings {
    /// Reads a file, then the environment.
    pub(super) fn read(
        file: &Path,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Ending> {
        let ours = variables.into_iter().filter(|(name, _)| !NO_SETTINGS.contains(&name.as_str()));
        let config = Config::read(Some(file), ours, Table::new()).map_err(|error| {
            Ending::input(format_args!("{error}\n  the example is docs/openset.toml"))
        })?;
        if let Some(role) = config.role.keys().find(|role| !ROLES.contains(&role.as_str())) {
            let roles = ROLES.join(", ");
            return Err(Ending::input(format_args!(
                "role.{role} is no setting\n  expected: {roles}"
            )));
        }
        Ok(Self { config })
    }

    /// Where a role that is served alone takes HTTP: the port it also has in a demo.
    pub(super) fn own_port(&self, name: sites::Name) -> Result<SocketAddr, Ending> {
        Ok(SocketAddr::new(self.config.http.listen, self.port(place(name))?))
    }

    /// Where a role that is served alone says how it is: never beyond this machine.
    pub(super) fn operations_port(&self, name: sites::Name) -> Result<SocketAddr, Ending> {
        let port = self.port(sites::ALONE + place(name))?;
        Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    }

    fn port(&self, step: usize) -> Result<u16, Ending> {
        let step = u16::try_from(step).unwrap_or(u16::MAX);
        self.config.http.port.checked_add(step).ok_or_else(|| {
            wrong("http.port", &self.config.http.port, "a port with twenty others after it")
        })
    }

    pub(super) fn issuer(&self) -> Result<IssuerSettings, Ending> {
        let mut section = self.stored("issuer")?;
        let counter = counter(&mut section)?;
        let file_key = section.optional("file_key", FILE, text)?.map(PathBuf::from);
        section.finish()?;
        Ok(IssuerSettings { counter, file_key })
    }

    pub(super) fn acquirer(&self) -> Result<AcquirerSettings, Ending> {
        let mut section = self.stored("acquirer")?;
        let settings = AcquirerSettings {
            counter: counter(&mut section)?,
            clearing: section.optional("clearing", POST, posting)?,
            statements: section.optional("statements", POST, posting)?,
            every: section.optional("clear_every_s", SECONDS, seconds)?.unwrap_or(CLEAR_EVERY),
            issuer: link(&mut section, "issuer")?,
            fees: fees::terms(&mut section)?,
        };
        section.finish()?;
        Ok(settings)
    }

    pub(super) fn gateway(&self) -> Result<GatewaySettings, Ending> {
        let mut section = self.keyed("gateway")?;
        let issuer = link(&mut section, "issuer")?;
        let others = others(&mut section)?;
        let acquirer = link(&mut section, "acquirer")?;
        let authority = section.optional("authority", AUTHORITY, posting)?;
        let renew_in_last_percent = percent(&mut section, Renewals::default().gateway)?;
        let policies = policies::read(&mut section)?;
        section.finish()?;
        Ok(GatewaySettings { issuer, others, acquirer, authority, renew_in_last_percent, policies })
    }

    /// When the certificates of merchant and gateway are renewed.
    pub(super) fn renewals(&self) -> Result<Renewals, Ending> {
        let mut section = self.keyed("merchant")?;
        let merchant = percent(&mut section, Renewals::default().merchant)?;
        section.finish()?;
        let gateway = self.gateway()?.renew_in_last_percent;
        Ok(Renewals { merchant, gateway, ..Renewals::default() })
    }

    /// The issuer that verifies cards for the authority of cardholders.
    pub(super) fn verifying(&self) -> Result<Option<LinkTerms>, Ending> {
        let mut section = self.keyed("ca-cardholder")?;
        let issuer = link(&mut section, "issuer")?;
        section.finish()?;
        Ok(issuer)
    }

    /// A role that has nothing to be set but where its keys are, if it has some.
    pub(super) fn nothing(&self, role: &str) -> Result<(), Ending> {
        let has_keys = holders::ROLES.contains(&role);
        if has_keys { self.keyed(role)?.finish() } else { self.stored(role)?.finish() }
    }

    /// The other houses of the brand.
    pub(super) fn neighbours(&self) -> Result<Neighbours, Ending> {
        let table = Value::Table(self.config.lists.clone());
        let mut section = Section::new("lists", Some(table))?;
        let usual = Neighbours::default();
        let neighbours = Neighbours {
            notify: section.optional("notify", NOTIFY, posting)?,
            fetch: section.optional("fetch", FETCH, posting)?,
            tell: section
                .optional("tell", TELL, |value| all_of(value, posting))?
                .unwrap_or_default(),
            notified_by: section.optional("notified_by", NAMES, |value| all_of(value, text))?,
            retry: section.optional("retry_s", SECONDS, seconds)?.unwrap_or(usual.retry),
        };
        section.finish()?;
        Ok(neighbours)
    }

    /// Where the keys of each role are.
    pub(super) fn holders(&self) -> Result<Holders, Ending> {
        let mut holders = Holders::FILES;
        for role in holders::ROLES {
            if let Some(terms) = keys::token(&mut self.section(role)?)? {
                holders.put(role, terms);
            }
        }
        Ok(holders)
    }

    /// Where the database of each role is that is on a server.
    pub(super) fn stores(&self) -> Result<Stores, Ending> {
        let mut stores = Stores::default();
        for role in STORED {
            if let Some(terms) = store::server(&mut self.section(role)?)? {
                stores.put(role, terms);
            }
        }
        Ok(stores)
    }

    /// The table of a role that holds keys. Where they are is read by [`Self::holders`].
    fn keyed(&self, role: &str) -> Result<Section, Ending> {
        let mut section = self.stored(role)?;
        section.section(keys::KEYS)?;
        Ok(section)
    }

    /// The table of a role. Where its database is is read by [`Self::stores`].
    fn stored(&self, role: &str) -> Result<Section, Ending> {
        let mut section = self.section(role)?;
        if STORED.contains(&role) {
            section.section(store::STORE)?;
        }
        Ok(section)
    }

    fn section(&self, role: &str) -> Result<Section, Ending> {
        Section::new(&format!("role.{role}"), self.config.role.get(role).cloned())
    }
}

/// Every value of an array.
fn all_of<T>(value: &Value, parse: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    value.as_array()?.iter().map(parse).collect()
}

/// Which of the sites this is, counted from one.
fn place(name: sites::Name) -> usize {
    sites::ALL.iter().position(|site| *site == name).unwrap_or_default() + 1
}

/// A bank link that a role cannot do without.
pub(super) fn required(link: Option<LinkTerms>, path: &str) -> Result<LinkTerms, Ending> {
    link.ok_or_else(|| missing(path, CONNECT))
}

/// An address for files that a role cannot do without.
pub(super) fn required_post(address: Option<String>, path: &str) -> Result<String, Ending> {
    address.ok_or_else(|| missing(path, POST))
}

/// In which last part of their life a role's certificates are renewed.
fn percent(section: &mut Section, usual: u8) -> Result<u8, Ending> {
    let hundredths = |value: &Value| {
        u8::try_from(value.as_integer()?).ok().filter(|percent| (1..=99).contains(percent))
    };
    Ok(section.optional("renew_in_last_percent", PERCENT, hundredths)?.unwrap_or(usual))
}

/// Where a bank listens and what it speaks.
fn counter(section: &mut Section) -> Result<Counter, Ending> {
    let usual = Counter::default();
    let at = section.optional("listen", LISTEN, listening)?.unwrap_or(usual.at);
    let dialect = dialect(section)?.unwrap_or(usual.dialect);
    let mac_key = mac_key(section, &dialect)?;
    Ok(Counter { at, dialect, mac_key, tap: None })
}

/// Where a bank is and what it speaks.
fn link(section: &mut Section, key: &'static str) -> Result<Option<LinkTerms>, Ending> {
    section.section(key)?.map(link_of).transpose()
}

/// The further issuers of a gateway: a BIN leads to one of them.
fn others(section: &mut Section) -> Result<Vec<(Bin, LinkTerms)>, Ending> {
    let mut others: Vec<(Bin, LinkTerms)> = Vec::new();
    for mut bank in section.sections("issuers")? {
        let path = bank.path("bin");
        let bin = bank.required("bin", BIN, |value| Bin::parse(value.as_str()?).ok())?;
        if others.iter().any(|(other, _)| *other == bin) {
            return Err(wrong(&path, &bin, "a BIN that no other issuer has"));
        }
        others.push((bin, link_of(bank)?));
    }
    Ok(others)
}

fn link_of(mut bank: Section) -> Result<LinkTerms, Ending> {
    let address = bank.required("address", CONNECT, connecting)?;
    let dialect = dialect(&mut bank)?.unwrap_or_else(|| Counter::default().dialect);
    let mac_key = mac_key(&mut bank, &dialect)?;
    let answer_within = bank.optional("answer_s", SECONDS, seconds)?.unwrap_or(ANSWER);
    bank.finish()?;
    Ok(LinkTerms { answer_within, mac_key, ..LinkTerms::new(&address, dialect) })
}

/// The key of the codes over messages: needed where the dialect has codes, and nowhere else.
fn mac_key(section: &mut Section, dialect: &Dialect) -> Result<Option<Arc<MacKey>>, Ending> {
    let path = section.path("mac_key");
    let named = section.optional("mac_key", MAC_KEY, text)?.map(PathBuf::from);
    match (named, dialect.has_codes()) {
        (None, false) => Ok(None),
        (None, true) => Err(missing(&path, MAC_KEY)),
        (Some(file), false) => {
            let none = format!("nothing: {} has no codes", dialect.name());
            Err(wrong(&path, &format_args!("{file:?}"), &none))
        }
        (Some(file), true) => {
            let read = private::read(&file, MAC_KEY_OCTETS_MAX)
                .map_err(|error| wrong(&path, &format_args!("{file:?} ({error})"), MAC_KEY))?;
            let hex = read.expose().trim_ascii();
            let key = HEXLOWER_PERMISSIVE.decode(hex).ok().filter(|key| key.len() == 32);
            let key = key.map(Secret::new);
            let key = key.ok_or_else(|| wrong(&path, &format_args!("{file:?}"), MAC_KEY))?;
            Ok(Some(Arc::new(MacKey::new(key))))
        }
    }
}

fn dialect(section: &mut Section) -> Result<Option<Arc<Dialect>>, Ending> {
    let Some(name) = section.optional("dialect", DIALECT, text)? else { return Ok(None) };
    for known in Dialect::built_in() {
        if known.name() == name {
            return Ok(Some(Arc::new(known.clone())));
        }
    }
    let path = section.path("dialect");
    let json = fs::read_to_string(&name)
        .map_err(|error| wrong(&path, &format_args!("{name:?} ({error})"), DIALECT))?;
    let read = Dialect::parse(&json)
        .map_err(|error| wrong(&path, &format_args!("{name:?} ({error})"), DIALECT))?;
    Ok(Some(Arc::new(read)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../../docs/openset.toml");

    fn settings(text: &str) -> Result<Settings, Ending> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("openset.toml");
        fs::write(&file, text).expect("a file");
        Settings::read(&file, Vec::new())
    }

    fn told<T>(result: Result<T, Ending>) -> String {
        match result {
            Err(Ending::Input(error)) => error.to_string(),
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("it was taken"),
        }
    }

    /// Reads every table of a file.
    fn read_all(settings: &Settings) -> Result<(), Ending> {
        settings.issuer()?;
        settings.acquirer()?;
        settings.gateway()?;
        settings.verifying()?;
        settings.holders()?;
        settings.stores()?;
        settings.neighbours()?;
        settings.renewals()?;
        ["ca-merchant", "ca-gateway", "wallet"].iter().try_for_each(|role| settings.nothing(role))
    }

    #[test]
    fn the_example_is_read_as_it_is_and_with_every_setting_that_it_mentions() {
        let example = settings(EXAMPLE).expect("TOML");
        read_all(&example).expect("only settings");
        assert_eq!(example.issuer().expect("a table").counter.at.port(), 7290);
        let mentioned = EXAMPLE.replace("\n#: ", "\n");
        assert_ne!(mentioned, EXAMPLE);
        let everything = settings(&mentioned).expect("TOML");
        read_all(&everything).expect("only settings");
        let gateway = everything.gateway().expect("a table").issuer.expect("a link");
        assert_eq!(gateway.address, "127.0.0.1:7290");
        assert_eq!(everything.gateway().expect("a table").others.len(), 1);
        assert!(everything.acquirer().expect("a table").clearing.is_some());
        let holders = everything.holders().expect("tokens");
        let roles: Vec<_> = holders.tokens().map(|(role, _)| role).collect();
        assert_eq!(roles, ["ca-cardholder", "gateway", "merchant"]);
        let stores = everything.stores().expect("a server");
        assert_eq!(stores.servers().map(|(role, _)| role).collect::<Vec<_>>(), ["gateway"]);
        let neighbours = everything.neighbours().expect("houses");
        assert!(neighbours.notify.is_some() && neighbours.fetch.is_some());
    }

    #[test]
    fn the_gateway_takes_its_issuer_and_the_dialect_from_the_file() {
        let text = "[role.gateway.issuer]\naddress = 'bank.example:9000'\n\
                    dialect = 'packed-87'\nanswer_s = 9";
        let gateway = settings(text).expect("TOML").gateway().expect("a table");
        let issuer = gateway.issuer.expect("a link");
        assert_eq!(issuer.address, "bank.example:9000");
        assert_eq!(issuer.dialect.name(), "packed-87");
        assert_eq!(issuer.answer_within, Duration::from_secs(9));
        assert!(gateway.acquirer.is_none());
        assert!(
            told(required(gateway.acquirer, "role.gateway.acquirer.address")).starts_with(
                "role.gateway.acquirer.address is missing\n  expected: where the bank"
            )
        );
    }

    #[test]
    fn a_bin_leads_the_gateway_to_one_issuer() {
        let issuer = |bin: &str| {
            format!("[[role.gateway.issuers]]\nbin = '{bin}'\naddress = 'bank.example:9000'\n")
        };
        let two = settings(&[issuer("999997"), issuer("999996")].concat()).expect("TOML");
        let others = two.gateway().expect("a table").others;
        let bins: Vec<_> = others.iter().map(|(bin, _)| bin.as_str()).collect();
        assert_eq!(bins, ["999997", "999996"]);
        let twice = settings(&issuer("999997").repeat(2)).expect("TOML");
        let why = told(twice.gateway());
        assert!(why.starts_with("role.gateway.issuers[2].bin = 999997"), "{why}");
        let short = settings(&issuer("9999")).expect("TOML");
        let why = told(short.gateway());
        assert!(why.starts_with("role.gateway.issuers[1].bin = \"9999\""), "{why}");
    }

    #[test]
    fn renewals_are_read_for_each_role_and_nothing_else_is_a_part_of_a_life() {
        let renewals = |text: &str| settings(text).expect("TOML").renewals();
        assert_eq!(renewals("").expect("nothing"), Renewals::default());
        let text = "[role.merchant]\nrenew_in_last_percent = 50";
        let half = Renewals { merchant: 50, ..Renewals::default() };
        assert_eq!(renewals(text).expect("a half"), half);
        for wrong in ["0", "100", "-1", "300", "'a half'", "0.5"] {
            let told = told(renewals(&format!("[role.gateway]\nrenew_in_last_percent = {wrong}")));
            assert!(told.starts_with("role.gateway.renew_in_last_percent = "), "{told}");
        }
    }

    #[test]
    fn a_role_or_a_key_that_is_none_is_refused_by_name() {
        assert!(told(settings("[role.bank]\n")).starts_with("role.bank is no setting"));
        let misspelt = settings("[role.gateway.issuer]\nadress = 'x:1'").expect("TOML");
        let told = told(misspelt.gateway());
        assert!(told.starts_with("role.gateway.issuer.address is missing"), "{told}");
    }

    #[test]
    fn other_houses_are_read_with_their_addresses_on_this_machine() {
        let neighbours = |text: &str| settings(text).expect("TOML").neighbours();
        let none = neighbours("").expect("none");
        assert!(none.notify.is_none() && none.fetch.is_none() && none.tell.is_empty());
        let text = "[lists]\nnotify = 'http://127.0.0.1:1/lists/crl'\n\
                    tell = ['http://127.0.0.1:2/lists/bci']\nnotified_by = ['Nord']\nretry_s = 7";
        let read = neighbours(text).expect("houses");
        assert_eq!(read.notify.as_deref(), Some("http://127.0.0.1:1/lists/crl"));
        assert_eq!(read.tell, ["http://127.0.0.1:2/lists/bci"]);
        assert_eq!(read.notified_by, Some(vec!["Nord".to_owned()]));
        assert_eq!(read.retry, Duration::from_secs(7));
        for (wrong, why) in [
            ("notify = 'http://bank.example/lists/crl'", "lists.notify = "),
            ("tell = 'http://127.0.0.1:2/lists/bci'", "lists.tell = "),
            ("notified_by = [7]", "lists.notified_by = "),
            ("notfy = 'http://127.0.0.1:1/'", "lists.notfy is no setting"),
        ] {
            let told = told(neighbours(&format!("[lists]\n{wrong}")));
            assert!(told.starts_with(why), "{told}");
        }
    }

    #[test]
    fn a_dialect_with_codes_needs_its_key_and_no_other_takes_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let read = |dialect: &str, key: Option<(&str, u32)>| {
            let named = key.map(|(text, mode)| {
                let path = private::tests::file(folder.path(), text, mode);
                format!("mac_key = {:?}", path.display().to_string())
            });
            let text =
                format!("[role.issuer]\ndialect = '{dialect}'\n{}", named.unwrap_or_default());
            settings(&text).expect("TOML").issuer()
        };
        let key = "5a".repeat(32);
        let good = read("ebcdic-87", Some((key.as_str(), 0o600))).expect("a key");
        assert!(good.counter.mac_key.is_some());
        assert!(read("packed-87", None).expect("no key").counter.mac_key.is_none());
        let told_of = |dialect, key| told(read(dialect, key));
        assert!(told_of("ebcdic-87", None).starts_with("role.issuer.mac_key is missing"));
        assert!(told_of("packed-87", Some((&key, 0o600))).contains("packed-87 has no codes"));
        for (wrong, mode) in [("5a", 0o600), ("", 0o600), ("not hex", 0o600), (&key, 0o644)] {
            let told = told_of("ebcdic-87", Some((wrong, mode)));
            assert!(told.starts_with("role.issuer.mac_key = "), "{told}");
            assert!(!told.contains("5a5a"), "a key is not repeated: {told}");
        }
    }

    #[test]
    fn a_dialect_that_nobody_speaks_is_refused() {
        let none = settings("[role.issuer]\ndialect = 'latin'").expect("TOML");
        let told = told(none.issuer());
        assert!(told.starts_with("role.issuer.dialect = \"latin\" ("), "{told}");
        assert!(told.ends_with(DIALECT), "{told}");
    }

    #[test]
    fn every_role_has_its_own_port_after_the_shared_one() {
        let config = settings("[http]\nport = 7180").expect("TOML");
        assert_eq!(config.own_port(sites::Name::Issuer).expect("a port").port(), 7186);
        let health = config.operations_port(sites::Name::Issuer).expect("a port");
        assert_eq!(health.to_string(), "127.0.0.1:7196");
        let open = settings("[http]\nlisten = '0.0.0.0'").expect("TOML");
        let health = open.operations_port(sites::Name::Home).expect("a port");
        assert!(health.ip().is_loopback(), "whoever may post messages may not read measures");
        let high = settings("[http]\nport = 65530").expect("TOML");
        assert!(told(high.own_port(sites::Name::CaGateway)).starts_with("http.port = 65530"));
    }
}
