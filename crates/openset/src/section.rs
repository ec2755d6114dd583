//! One table of a configuration file, read key by key: what is wrong is told with the key, what
//! stands there, and what is expected.

use std::{fmt, net::SocketAddr};

use toml::{Table, Value};

use crate::ending::Ending;

/// A table with the name by which people find it.
#[derive(Debug)]
pub(crate) struct Section {
    name: String,
    table: Table,
    asked: Vec<&'static str>,
}

impl Section {
    /// A whole file, whose tables are found by their own names.
    pub(crate) fn whole(table: Table) -> Self {
        Self { name: String::new(), table, asked: Vec::new() }
    }

    /// A table; an absent one is an empty one.
    pub(crate) fn new(name: &str, table: Option<Value>) -> Result<Self, Ending> {
        let table = match table {
            None => Table::new(),
            Some(Value::Table(table)) => table,
            Some(other) => return Err(wrong(name, &other, "a table")),
        };
        Ok(Self { name: name.to_owned(), table, asked: Vec::new() })
    }

    /// A table in this one, if it is there.
    pub(crate) fn section(&mut self, key: &'static str) -> Result<Option<Self>, Ending> {
        self.asked.push(key);
        let name = self.path(key);
        self.table.remove(key).map(|table| Self::new(&name, Some(table))).transpose()
    }

    /// The tables of an array (`[[key]]`), each named by its place, counted from one.
    pub(crate) fn sections(&mut self, key: &'static str) -> Result<Vec<Self>, Ending> {
        self.asked.push(key);
        let name = self.path(key);
        let tables = match self.table.remove(key) {
            None => Vec::new(),
            Some(Value::Array(tables)) => tables,
            Some(other) => return Err(wrong(&name, &other, &format!("tables: [[{key}]]"))),
        };
        let numbered = (1..).zip(tables);
        numbered.map(|(place, it)| Self::new(&format!("{name}[{place}]"), Some(it))).collect()
    }

    /// A value, if it is there.
    pub(crate) fn optional<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        parse: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, Ending> {
        self.asked.push(key);
        let Some(value) = self.table.remove(key) else { return Ok(None) };
        parse(&value).map(Some).ok_or_else(|| wrong(&self.path(key), &value, expected))
    }

    /// A value that must be there.
    pub(crate) fn required<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        parse: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T, Ending> {
        let value = self.optional(key, expected, parse)?;
        value.ok_or_else(|| missing(&self.path(key), expected))
    }

    /// Refuses what nobody asked for: a misspelt key would otherwise be silently without effect.
    pub(crate) fn finish(self) -> Result<(), Ending> {
        let Some(key) = self.table.keys().next() else { return Ok(()) };
        let expected = match &self.asked[..] {
            [] => "nothing here".to_owned(),
            asked => asked.join(", "),
        };
        Err(Ending::input(format_args!("{} is no setting\n  expected: {expected}", self.path(key))))
    }

    /// The full name of a key.
    pub(crate) fn path(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }
}

/// What is said of a value that is not as expected.
pub(crate) fn wrong(path: &str, value: &impl fmt::Display, expected: &str) -> Ending {
    Ending::input(format_args!("{path} = {value}\n  expected: {expected}"))
}

/// What is said of a value that is not there.
pub(crate) fn missing(path: &str, expected: &str) -> Ending {
    Ending::input(format_args!("{path} is missing\n  expected: {expected}"))
}

/// A text.
pub(crate) fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// An address to listen at.
pub(crate) fn listening(value: &Value) -> Option<SocketAddr> {
    value.as_str()?.parse().ok()
}

/// An address to connect to: host and port.
pub(crate) fn connecting(value: &Value) -> Option<String> {
    let address = value.as_str()?;
    let (host, port) = address.rsplit_once(':')?;
    let is_one = !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port != 0);
    is_one.then(|| address.to_owned())
}

/// A number of seconds, from one to an hour.
pub(crate) fn seconds(value: &Value) -> Option<std::time::Duration> {
    let seconds = u64::try_from(value.as_integer()?).ok()?;
    (1..=3600).contains(&seconds).then(|| std::time::Duration::from_secs(seconds))
}

/// An address that files are posted to.
pub(crate) fn posting(value: &Value) -> Option<String> {
    let address = value.as_str()?;
    openset_node::http::client::address(address).ok().map(|_| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(text: &str) -> Section {
        let table: Table = text.parse().expect("TOML");
        Section::new("role.gateway", Some(Value::Table(table))).expect("a table")
    }

    fn told<T: fmt::Debug>(result: Result<T, Ending>) -> String {
        match result {
            Err(Ending::Input(error)) => error.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_wrong_value_is_told_with_its_key_and_what_is_expected() {
        let mut wrong = section("listen = 'here'");
        assert_eq!(
            told(wrong.required("listen", "an address such as 127.0.0.1:7190", listening)),
            "role.gateway.listen = \"here\"\n  expected: an address such as 127.0.0.1:7190"
        );
    }

    #[test]
    fn a_missing_value_is_told_too() {
        let told = told(section("").required("listen", "an address", listening));
        assert_eq!(told, "role.gateway.listen is missing\n  expected: an address");
    }

    #[test]
    fn a_key_that_nobody_reads_is_refused_with_those_that_are_read() {
        let mut misspelt = section("lisen = '127.0.0.1:1'");
        assert!(misspelt.optional("listen", "an address", listening).expect("absent").is_none());
        let told = told(misspelt.finish());
        assert_eq!(told, "role.gateway.lisen is no setting\n  expected: listen");
        assert!(section("").finish().is_ok());
    }

    #[test]
    fn tables_of_an_array_are_told_apart_by_their_places() {
        let table = "[[bank]]\nname = 'A'\n[[bank]]\nname = 2".parse().expect("TOML");
        let mut banks = Section::whole(table).sections("bank").expect("two tables");
        assert_eq!(banks[0].required("name", "a text", text).expect("a text"), "A");
        let told = told(banks[1].required("name", "a text", text));
        assert_eq!(told, "bank[2].name = 2\n  expected: a text");
        for none in ["bank = 1", "bank = ['A']"] {
            let table = none.parse().expect("TOML");
            assert!(Section::whole(table).sections("bank").is_err(), "{none}");
        }
    }

    #[test]
    fn addresses_seconds_and_tables_are_read_strictly() {
        let value = |text: &str| Value::String(text.to_owned());
        for bad in ["", "here", ":1", "here:", "here:0", "here:70000", "here:x"] {
            assert_eq!(connecting(&value(bad)), None, "{bad}");
        }
        assert!(connecting(&value("bank.example:7190")).is_some());
        for bad in [0, -1, 3601] {
            assert_eq!(seconds(&Value::Integer(bad)), None, "{bad}");
        }
        for bad in ["gateway", "ftp://localhost/", "http://bank.example/clearing"] {
            assert_eq!(posting(&value(bad)), None, "{bad}");
        }
        assert!(Section::new("role", Some(Value::Integer(1))).is_err());
    }
}
