//! What a node is told: `openset.toml`, then `OPENSET_...` in the environment, then flags. The
//! later wins, value by value.
//!
//! `OPENSET_HTTP__PORT=7280` is `port = 7280` under `[http]`: two underscores open a table. What
//! is no setting is refused by name, so that a misspelt one is not silently without effect.

use std::{
    fmt, fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::logging::Form;

/// The settings of a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where every role keeps its own folder.
    pub data: PathBuf,
    /// Sockets and their limits.
    pub http: Http,
    /// Log lines.
    pub log: Log,
    /// The other houses of a brand, read by whoever tells them of lists.
    pub lists: Table,
    /// Each role's own table, read by whoever builds that role.
    pub role: Table,
}

/// Sockets and their limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// The address to listen at.
    pub listen: IpAddr,
    /// The port all sites share; those after it serve one site each.
    pub port: u16,
    /// The most connections at one time.
    pub connections_max: usize,
    /// The most of them from one address.
    pub peer_connections_max: usize,
    /// How long a request's head may take, and how long a connection may idle.
    pub head_s: u64,
    /// How long a request's body may take.
    pub body_s: u64,
    /// How long an answer may take.
    pub answer_s: u64,
}

/// Log lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Directives such as `info,openset_node=debug`.
    pub filter: String,
    /// How lines look on the terminal.
    pub form: Form,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("var"),
            http: Http::default(),
            log: Log::default(),
            lists: Table::new(),
            role: Table::new(),
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: IpAddr::from([127, 0, 0, 1]),
            port: 7180,
            connections_max: 1024,
            peer_connections_max: 1024,
            head_s: 10,
            body_s: 10,
            answer_s: 30,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned(), form: Form::Text }
    }
}

/// Why there are no settings.
#[derive(Debug)]
#[non_exhaustive]
pub enum InvalidConfig {
    /// The file cannot be read.
    File(PathBuf, io::ErrorKind),
    /// What was said is not TOML, or not a setting of ours.
    Toml(toml::de::Error),
    /// A variable of the environment opens a table where a value stands.
    Variable(String),
}

impl fmt::Display for InvalidConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, io::ErrorKind::NotFound) => {
                write!(f, "{}: there is no such file", path.display())
            }
            Self::File(path, kind) => write!(f, "{} cannot be read: {kind}", path.display()),
            Self::Toml(error) => write!(f, "{}", error.message()),
            Self::Variable(name) => write!(f, "{name} is no setting"),
        }
    }
}

impl std::error::Error for InvalidConfig {}

impl Config {
    /// Reads the settings. Each layer is given by whoever reads the world: the file if there is
    /// one, the variables of the environment, the flags as a table.
    pub fn read(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
        flags: Table,
    ) -> Result<Self, InvalidConfig> {
        let mut settings = file.map_or_else(|| Ok(Table::new()), read_file)?;
        for (name, value) in variables {
            set_variable(&mut settings, &name, &value)?;
        }
        merge(&mut settings, flags);
        Value::Table(settings).try_into().map_err(InvalidConfig::Toml)
    }

    /// Reads the settings with the variables of this process.
    pub fn from_environment(file: Option<&Path>, flags: Table) -> Result<Self, InvalidConfig> {
        Self::read(file, std::env::vars(), flags)
    }

    /// One role's own table as that role wants it. A role without a table gets an empty one.
    pub fn role<T: for<'de> Deserialize<'de>>(&self, name: &str) -> Result<T, InvalidConfig> {
        let table = self.role.get(name).cloned().unwrap_or_else(|| Value::Table(Table::new()));
        table.try_into().map_err(InvalidConfig::Toml)
    }
}

fn read_file(path: &Path) -> Result<Table, InvalidConfig> {
    let text = fs::read_to_string(path)
        .map_err(|error| InvalidConfig::File(path.to_owned(), error.kind()))?;
    text.parse().map_err(InvalidConfig::Toml)
}

/// Puts the value of a variable where its name says. Other programs' variables are left alone.
fn set_variable(settings: &mut Table, name: &str, value: &str) -> Result<(), InvalidConfig> {
    let Some(path) = name.strip_prefix(PREFIX) else { return Ok(()) };
    let path = path.to_ascii_lowercase();
    let mut parts: Vec<&str> = path.split("__").collect();
    let last = parts.pop().unwrap_or_default();
    let mut table = settings;
    for part in parts {
        let next = table.entry(part).or_insert_with(|| Value::Table(Table::new()));
        table = next.as_table_mut().ok_or_else(|| InvalidConfig::Variable(name.to_owned()))?;
    }
    table.insert(last.to_owned(), value_of(value));
    Ok(())
}

const PREFIX: &str = "OPENSET_";

/// Numbers and booleans as such, everything else as text.
fn value_of(text: &str) -> Value {
    if let Ok(number) = text.parse::<i64>() {
        return Value::Integer(number);
    }
    text.parse::<bool>().map_or_else(|_| Value::String(text.to_owned()), Value::Boolean)
}

fn merge(under: &mut Table, over: Table) {
    for (name, value) in over {
        match (under.get_mut(&name), value) {
            (Some(Value::Table(under)), Value::Table(over)) => merge(under, over),
            (_, value) => {
                under.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn flags(text: &str) -> Table {
        text.parse().expect("TOML")
    }

    #[test]
    fn nothing_said_gives_the_usual_settings() {
        let config = Config::read(None, Vec::new(), Table::new()).expect("no mistake");
        assert_eq!(config, Config::default());
    }

    #[test]
    fn the_environment_wins_over_the_file_and_flags_win_over_both() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = folder.path().join("openset.toml");
        fs::write(&path, "data = 'a'\n[http]\nport = 1\nhead_s = 2\nbody_s = 3\n").expect("a file");
        let variables = variables(&[
            ("OPENSET_HTTP__PORT", "10"),
            ("OPENSET_HTTP__HEAD_S", "20"),
            ("PATH", "/bin"),
        ]);
        let config = Config::read(Some(&path), variables, flags("http = { port = 100 }"));
        let config = config.expect("no mistake");
        assert_eq!(config.data, PathBuf::from("a"));
        assert_eq!((config.http.port, config.http.head_s, config.http.body_s), (100, 20, 3));
    }

    #[test]
    fn what_is_no_setting_is_refused_by_name() {
        for (variable, name) in [("OPENSET_HTPP__PORT", "htpp"), ("OPENSET_HTTP__PROT", "prot")] {
            let error = Config::read(None, variables(&[(variable, "1")]), Table::new())
                .expect_err("a misspelt setting");
            assert!(error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused() {
        for (name, value) in
            [("OPENSET_HTTP__PORT", "many"), ("OPENSET_HTTP__PORT", "70000"), ("OPENSET_HTTP", "1")]
        {
            assert!(Config::read(None, variables(&[(name, value)]), Table::new()).is_err());
        }
    }

    #[test]
    fn a_table_cannot_be_opened_inside_a_value() {
        let variables = variables(&[("OPENSET_DATA", "x"), ("OPENSET_DATA__DEEPER", "y")]);
        let read = Config::read(None, variables, Table::new());
        assert!(matches!(read, Err(InvalidConfig::Variable(name)) if name.contains("DEEPER")));
    }

    #[test]
    fn a_file_that_is_missing_or_no_toml_is_refused() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = folder.path().join("openset.toml");
        let read = || Config::read(Some(&path), Vec::new(), Table::new());
        assert!(matches!(read(), Err(InvalidConfig::File(_, io::ErrorKind::NotFound))));
        fs::write(&path, "data = ").expect("a file");
        assert!(matches!(read(), Err(InvalidConfig::Toml(_))));
    }

    #[test]
    fn a_role_reads_its_own_table() {
        #[derive(Deserialize)]
        struct Gateway {
            issuer: String,
        }
        let config =
            Config::read(None, Vec::new(), flags("[role.gateway]\nissuer = '127.0.0.1:7190'"));
        let config = config.expect("no mistake");
        assert_eq!(config.role::<Gateway>("gateway").expect("a table").issuer, "127.0.0.1:7190");
        assert!(config.role::<Gateway>("merchant").is_err());
    }
}
