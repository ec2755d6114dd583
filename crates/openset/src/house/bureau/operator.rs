//! Who acts at an authority, as its audit trail names them.
//!
//! The name is the one the operator gives. Nobody checks it here: whoever may read the folders has
//! the keys, and whoever reaches the pages may say any name. What the trail proves is that this
//! name was given, when, and on which way.

use std::fmt;

/// The most characters of a name.
const CHARACTERS_MAX: usize = 40;

/// An operator, and on which way the word came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operator {
    name: String,
    way: Way,
}

/// How an operator reaches an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    /// The pages.
    Console,
    /// The command line of this user of the system.
    CommandLine { user: String },
}

/// Not a name that a trail can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InvalidName;

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a name has 1 to {CHARACTERS_MAX} letters, digits, spaces or any of . ' - _ @ +")
    }
}

impl std::error::Error for InvalidName {}

impl Operator {
    /// Whoever has given this name on the pages.
    pub(crate) fn in_console(name: &str) -> Result<Self, InvalidName> {
        Ok(Self { name: checked(name)?, way: Way::Console })
    }

    /// Whoever runs a command: the name given, or the user's.
    pub(crate) fn at_command_line(name: Option<&str>) -> Result<Self, InvalidName> {
        let user = user();
        let name = checked(name.unwrap_or(&user))?;
        Ok(Self { name, way: Way::CommandLine { user } })
    }
}

/// As the audit trail has it.
impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.way {
            Way::Console => write!(f, "operator {name} (console)"),
            Way::CommandLine { user } => write!(f, "operator {name} (command line of {user})"),
        }
    }
}

fn checked(name: &str) -> Result<String, InvalidName> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_fit = |it: char| it.is_alphanumeric() || " .'’-_@+".contains(it);
    let is_name = name.chars().all(is_fit) && name.chars().any(char::is_alphanumeric);
    let is_short = name.chars().count() <= CHARACTERS_MAX;
    if is_name && is_short { Ok(name) } else { Err(InvalidName) }
}

/// The user that this process runs as, by the system's own list: the environment could say
/// anything.
#[cfg(unix)]
fn user() -> String {
    let uid = rustix::process::getuid().as_raw().to_string();
    let all = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    named(&all, &uid).unwrap_or_else(|| format!("user {uid}"))
}

#[cfg(not(unix))]
fn user() -> String {
    "somebody".to_owned()
}

/// The name of a user in a list of users (passwd(5)).
#[cfg(unix)]
fn named(all: &str, uid: &str) -> Option<String> {
    let mut users = all.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let found = users.find(|user| user.get(2) == Some(&uid))?;
    checked(found.first()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_says_who_and_on_which_way() {
        let operator = Operator::in_console("  Ada   Martin ").expect("a name");
        assert_eq!(operator.to_string(), "operator Ada Martin (console)");
        let operator = Operator::at_command_line(Some("ada")).expect("a name").to_string();
        assert!(operator.starts_with("operator ada (command line of "), "{operator}");
        let user = Operator::at_command_line(None).expect("this user").to_string();
        assert!(user.starts_with("operator "), "{user}");
    }

    #[test]
    fn nobody_writes_more_into_the_trail_than_a_name() {
        let long = "a".repeat(CHARACTERS_MAX + 1);
        let bad = ["", "  ", "-", "a\u{0}", "a (console)", "<b>", "a,b", "a\u{202e}b", &long];
        for name in bad {
            assert_eq!(Operator::in_console(name), Err(InvalidName), "{name:?}");
        }
        for name in ["Élise O’Neil", "ada@bank.example", "op_7", &long[1..]] {
            assert!(Operator::in_console(name).is_ok(), "{name:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_user_is_found_by_number() {
        let all = "root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000::/:/bin/sh\n:x:7:7::/:";
        assert_eq!(named(all, "1000").as_deref(), Some("ada"));
        for nobody in ["1", "", "7"] {
            assert_eq!(named(all, nobody), None, "{nobody}");
        }
    }
}
