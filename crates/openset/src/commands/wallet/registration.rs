//! What a bank's page asks for by a file that ends with `.setreg`. Nobody has signed it: a bank's
//! own wallet registers at the authority that its brand pack names, and refuses a file that is
//! meant for another; a wallet of no bank goes where the file says, and believes what its trust
//! anchor vouches for.

use std::{fs::File, io::Read, net::IpAddr, path::Path};

use hyper::Uri;
use openset_wire::initiation::{DOCUMENT_BYTES_MAX, RegistrationInitiation};

use super::brand::{Brand, brand};
use crate::{
    args::{Enroll, Terms, Wallet},
    ending::Ending,
    pack::Pack,
    said::say,
};

/// What was asked for, as a file has it done.
pub(super) fn asked_by(file: &Path, enroll: &Enroll, wallet: &Wallet) -> Result<Enroll, Ending> {
    let unfit =
        |what: &dyn std::fmt::Display| Ending::input(format_args!("{}: {what}", file.display()));
    let document = read(file).map_err(|error| unfit(&error))?;
    let asked = RegistrationInitiation::parse(&document).map_err(|error| unfit(&error))?;
    let brand = brand(wallet)?;
    let enroll = begun_by(&asked, enroll, brand.as_ref().map(Brand::pack));
    let enroll = enroll.map_err(|what| unfit(&what))?;
    if !wallet.json {
        say!("registers a card of {} at {}", asked.brand, asked.set_url);
    }
    Ok(enroll)
}

fn begun_by(
    asked: &RegistrationInitiation,
    enroll: &Enroll,
    pack: Option<&Pack>,
) -> Result<Enroll, String> {
    let enroll = Enroll { file: None, ..enroll.clone() };
    let RegistrationInitiation { set_url, brand, .. } = asked;
    match pack.map(|pack| &pack.facts) {
        None => {
            let terms = Terms { authority: Some(set_url.clone()), ..enroll.terms };
            Ok(Enroll { brand: Some(brand.to_string()), terms, ..enroll })
        }
        Some(facts) if facts.brand != *brand => {
            Err(format!("it is for cards of {brand}; those of this wallet are of {}", facts.brand))
        }
        Some(facts) if !is_at(&facts.authority, set_url) => {
            Err("it is of another bank than the one that gave out this wallet".to_owned())
        }
        Some(facts) if facts.authority != *set_url => {
            let terms = Terms { authority: Some(set_url.clone()), ..enroll.terms };
            Ok(Enroll { terms, ..enroll })
        }
        Some(_) => Ok(enroll),
    }
}

/// Whether an address is that of an authority: the same, or on this machine the same but for the
/// port. There the name says which bank it is, and the port where it happens to run today; whoever
/// else listens there learns nothing and is not believed.
pub(super) fn is_at(authority: &str, address: &str) -> bool {
    let (Ok(known), Ok(named)) = (authority.parse::<Uri>(), address.parse::<Uri>()) else {
        return false;
    };
    let but_for_port = known.scheme() == named.scheme()
        && known.host() == named.host()
        && known.path_and_query() == named.path_and_query();
    let is_plain = !address.contains('@');
    authority == address || is_plain && but_for_port && named.host().is_some_and(is_here)
}

/// Whether a host is this machine, whoever asks.
fn is_here(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Reads a document, and no more than shows that it is too long.
pub(super) fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut document = Vec::new();
    let octets_max = u64::try_from(DOCUMENT_BYTES_MAX).unwrap_or(u64::MAX);
    File::open(path)?.take(octets_max.saturating_add(1)).read_to_end(&mut document)?;
    Ok(document)
}

#[cfg(test)]
mod tests {
    use openset_types::{Brand, Language};

    use super::*;
    use crate::pack::tests::whole;

    fn asked(brand: &str, set_url: &str) -> RegistrationInitiation {
        RegistrationInitiation {
            set_url: set_url.to_owned(),
            brand: Brand::parse(brand).expect("a brand"),
            language: Language::parse("fr").expect("a tag"),
        }
    }

    #[test]
    fn a_banks_wallet_registers_at_its_own_bank_only() {
        let (pack, plain) = (Pack::of(&whole()).expect("a pack"), Enroll::default());
        let (brand, authority) = (pack.facts.brand.to_string(), pack.facts.authority.clone());
        let own = begun_by(&asked(&brand, &authority), &plain, Some(&pack)).expect("its own bank");
        assert!(own.terms.authority.is_none(), "the pack says where");
        let elsewhere = begun_by(&asked(&brand, "http://127.0.0.1:9/set"), &plain, Some(&pack));
        assert!(elsewhere.expect_err("refused").contains("another bank"));
        let foreign = begun_by(&asked("Lumiere", &authority), &plain, Some(&pack));
        assert!(foreign.expect_err("refused").contains("cards of Lumiere"));
    }

    #[test]
    fn a_banks_wallet_follows_its_bank_to_another_port_of_this_machine_and_nowhere_else() {
        let (mut pack, plain) = (Pack::of(&whole()).expect("a pack"), Enroll::default());
        let brand = pack.facts.brand.to_string();
        let demo = |port: u16| format!("http://ca-cardholder.localhost:{port}/set");
        pack.facts.authority = demo(7340);
        let moved = begun_by(&asked(&brand, &demo(7350)), &plain, Some(&pack)).expect("its own");
        assert_eq!(moved.terms.authority, Some(demo(7350)), "the file says where it is today");
        for elsewhere in [
            "http://ca-cardholder-nordic.localhost:7340/set",
            "http://ca-cardholder.localhost:7340/other",
            "https://ca-cardholder.localhost:7340/set",
            "http://ca-cardholder.localhost.example:7340/set",
            "http://ca-cardholder.localhost@bank.example:7340/set",
        ] {
            let refused = begun_by(&asked(&brand, elsewhere), &plain, Some(&pack));
            assert!(refused.expect_err("refused").contains("another bank"), "{elsewhere}");
        }
        // Elsewhere than on this machine, whoever has a port need not be who has another.
        pack.facts.authority = "https://ca.bank.example/set".to_owned();
        let other =
            begun_by(&asked(&brand, "https://ca.bank.example:8443/set"), &plain, Some(&pack));
        assert!(other.is_err());
        for (host, is_this) in [("127.0.0.1", true), ("[::1]", true), ("10.0.0.1", false)] {
            let [one, two] = [1, 2].map(|port| format!("http://{host}:{port}/set"));
            assert_eq!(is_at(&one, &two), is_this, "{host}");
        }
    }

    #[test]
    fn a_wallet_of_no_bank_goes_where_the_file_says() {
        let typed = Enroll { expiry: Some("202912".to_owned()), ..Enroll::default() };
        let asked = asked("Lumiere", "http://127.0.0.1:9/set");
        let enroll = begun_by(&asked, &typed, None).expect("taken");
        assert_eq!(enroll.expiry.as_deref(), Some("202912"), "what was typed stands");
        assert_eq!(enroll.brand.as_deref(), Some("Lumiere"));
        assert_eq!(enroll.terms.authority.as_deref(), Some("http://127.0.0.1:9/set"));
    }
}
