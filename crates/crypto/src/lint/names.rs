//! Whether a bearer's name is that of its role.

use openset_wire::x509::{Name, NameAttribute};
use unicode_security::MixedScript;

use super::Lint;
use super::profile::{Named, Row};
use crate::Suite;

use NameAttribute::{CommonName, Country, Organization, OrganizationalUnit};

/// Parts, strings, scripts, and for cardholders that the name tells nothing.
pub(super) fn check(suite: Suite, row: &Row, name: &Name) -> Result<(), Lint> {
    let parts: Vec<_> = name.parts().map(|part| part.attribute).collect();
    let [Country, Organization, rest @ ..] = parts.as_slice() else {
        return Err(Lint::NameParts);
    };
    let right = match row.name {
        Named::Alone => matches!(rest, [] | [CommonName]),
        Named::Unit => matches!(rest, [OrganizationalUnit] | [OrganizationalUnit, CommonName]),
        Named::UnitAndCommon => matches!(rest, [OrganizationalUnit, CommonName]),
        Named::Hidden => matches!(
            rest,
            [OrganizationalUnit, CommonName] | [OrganizationalUnit, OrganizationalUnit, CommonName]
        ),
    };
    if !right {
        return Err(Lint::NameParts);
    }
    if !is_country(name.get(Country)) || !is_written_as(suite, name) {
        return Err(Lint::NameForm);
    }
    let mut texts = name.parts().map(|part| part.text.as_str());
    if !texts.all(is_plain) {
        return Err(Lint::MixedScripts);
    }
    match row.name {
        Named::Hidden if !is_hidden(suite, name.common_name()) => Err(Lint::BareCardholder),
        _ => Ok(()),
    }
}

/// Whether every word of a text is written in one script.
pub(super) fn is_plain(text: &str) -> bool {
    text.split_whitespace().all(MixedScript::is_single_script)
}

fn is_country(text: Option<&str>) -> bool {
    text.is_some_and(|text| {
        text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase())
    })
}

/// Two names are equal when their octets are: one that is written anew shows in which strings the
/// other is.
fn is_written_as(suite: Suite, name: &Name) -> bool {
    let parts: Vec<_> = name.parts().map(|part| (part.attribute, part.text.as_str())).collect();
    let proper = Name::new(&parts).and_then(|name| match suite {
        Suite::Set10 => name.in_set_strings(),
        Suite::Modern => Ok(name),
    });
    proper.as_ref() == Ok(name)
}

/// Whether a common name is base64 of a keyed digest, to the character. Neither a person's name nor
/// a card's number is.
fn is_hidden(suite: Suite, text: Option<&str>) -> bool {
    let digest_octets = match suite {
        Suite::Set10 => 20,
        Suite::Modern => 32,
    };
    let octets = text.and_then(|text| data_encoding::BASE64.decode(text.as_bytes()).ok());
    octets.is_some_and(|octets| octets.len() == digest_octets)
}
