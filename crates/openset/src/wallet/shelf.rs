//! The shelf: initiation documents that came from anybody and that the owner has not taken up.
//!
//! Any page on the network may put one there, so the shelf is in memory, has room for so much, and
//! keeps nothing for long. Room is shared by sites: where it is short, whoever takes most of it
//! loses the oldest document, so that one page cannot push out the offer of another. What the owner
//! has taken up is no longer pushed out; it counts until its time is over, so that a page cannot
//! have the wallet write without end either.
//!
//! A site is the end of a host name, two labels of it: pages with endless names below one domain
//! share its room.

use std::collections::HashMap;

use openset_types::UnixTime;

use super::documents::Document;

/// How long a document can be used.
pub(crate) const USABLE_S: i64 = 600;
/// How much lies on the shelf at most, in octets.
const WEIGHT_MAX: usize = 4 * 1024 * 1024;
/// How much of it one site may take.
const SHARE_MAX: usize = 512 * 1024;
/// What the smallest document weighs: this bounds how many there are.
const WEIGHT_MIN: usize = 16 * 1024;

/// No room is left that may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

/// Documents by name.
#[derive(Default)]
pub(crate) struct Shelf {
    /// The oldest first.
    lying: Vec<Lying>,
}

struct Lying {
    name: String,
    site: String,
    document: Document,
    is_taken_up: bool,
}

impl Shelf {
    /// Puts down what came from a page of this origin (the header's text; empty if it had none).
    ///
    /// # Errors
    ///
    /// [`Full`] if all that could leave has been taken up by the owner.
    pub(crate) fn put(
        &mut self,
        name: &str,
        origin: &str,
        document: Document,
        now: UnixTime,
    ) -> Result<(), Full> {
        self.tidy(now);
        let lying =
            Lying { name: name.to_owned(), site: site(origin), document, is_taken_up: false };
        while self.weight_of(&lying.site) + lying.weight() > SHARE_MAX {
            self.drop_oldest(&lying.site.clone())?;
        }
        while self.weight() + lying.weight() > WEIGHT_MAX {
            let greediest = self.greediest().ok_or(Full)?;
            self.drop_oldest(&greediest)?;
        }
        self.lying.push(lying);
        Ok(())
    }

    /// The document of this name, if it still lies here.
    pub(crate) fn find(&mut self, name: &str, now: UnixTime) -> Option<Document> {
        self.tidy(now);
        self.lying.iter().find(|one| one.name == name).map(|one| one.document.clone())
    }

    /// Notes that the owner has taken a document up: it is not pushed out from now on.
    pub(crate) fn take_up(&mut self, name: &str) {
        if let Some(one) = self.lying.iter_mut().find(|one| one.name == name) {
            one.is_taken_up = true;
        }
    }

    fn tidy(&mut self, now: UnixTime) {
        self.lying.retain(|one| now.seconds_since(one.document.at) <= USABLE_S);
    }

    fn drop_oldest(&mut self, site: &str) -> Result<(), Full> {
        let oldest = self.lying.iter().position(|one| one.may_leave() && one.site == site);
        self.lying.remove(oldest.ok_or(Full)?);
        Ok(())
    }

    /// The site with most of what may leave; of several, the one that came first.
    fn greediest(&self) -> Option<String> {
        let mut weights: HashMap<&str, usize> = HashMap::new();
        for one in self.lying.iter().filter(|one| one.may_leave()) {
            *weights.entry(&one.site).or_default() += one.weight();
        }
        let most = *weights.values().max()?;
        let mut by_age = self.lying.iter().map(|one| one.site.as_str());
        by_age.find(|site| weights.get(site) == Some(&most)).map(str::to_owned)
    }

    fn weight(&self) -> usize {
        self.lying.iter().map(Lying::weight).sum()
    }

    fn weight_of(&self, site: &str) -> usize {
        self.lying.iter().filter(|one| one.site == site).map(Lying::weight).sum()
    }
}

impl Lying {
    fn weight(&self) -> usize {
        self.document.weight().max(WEIGHT_MIN)
    }

    fn may_leave(&self) -> bool {
        !self.is_taken_up
    }
}

/// Whose page an origin is: the end of its host name, or the whole of an address.
fn site(origin: &str) -> String {
    let uri: Option<hyper::Uri> = origin.parse().ok();
    let host = uri.as_ref().and_then(hyper::Uri::host).unwrap_or_default().to_ascii_lowercase();
    let is_address = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    if is_address {
        return host;
    }
    let ends = host.rmatch_indices('.').nth(1).map_or(0, |(at, _)| at + 1);
    host[ends..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "http://shop.localhost:7180";
    const EVIL: &str = "https://evil.example";

    fn at(second: i64) -> UnixTime {
        UnixTime::new(1_000_000 + second).expect("after 1970")
    }

    fn document(octets: usize, second: i64) -> Document {
        Document::new(&vec![b'x'; octets], "p".to_owned(), at(second))
    }

    fn is_there(shelf: &mut Shelf, name: &str) -> bool {
        shelf.find(name, at(0)).is_some()
    }

    #[test]
    fn one_page_pushes_out_its_own_documents_and_no_others() {
        let mut shelf = Shelf::default();
        shelf.put("ours", SHOP, document(900, 0), at(0)).expect("room");
        for number in 0..10_000 {
            let size = if number % 2 == 0 { 64 * 1024 } else { 1 };
            let name = format!("evil{number}");
            shelf.put(&name, EVIL, document(size, 0), at(0)).expect("room");
        }
        assert!(is_there(&mut shelf, "ours"));
        assert!(!is_there(&mut shelf, "evil0"), "the oldest has left");
        assert!(is_there(&mut shelf, "evil9999"));
        assert!(shelf.weight_of("evil.example") <= SHARE_MAX);
    }

    #[test]
    fn endless_names_below_one_domain_are_one_page() {
        let mut shelf = Shelf::default();
        shelf.put("ours", SHOP, document(900, 0), at(0)).expect("room");
        for number in 0..2_000 {
            let origin = format!("https://a{number}.b.Evil.example:8443");
            shelf.put(&number.to_string(), &origin, document(9, 0), at(0)).expect("room");
        }
        assert!(is_there(&mut shelf, "ours"));
        assert!(shelf.weight() <= 2 * SHARE_MAX);
    }

    #[test]
    fn many_pages_together_never_fill_more_than_the_shelf() {
        let mut shelf = Shelf::default();
        for number in 0..2_000 {
            let origin = format!("https://evil{}.example", number % 40);
            shelf.put(&number.to_string(), &origin, document(60_000, 0), at(0)).expect("room");
            assert!(shelf.weight() <= WEIGHT_MAX);
        }
        assert!(shelf.lying.len() > 40, "room is used: {}", shelf.lying.len());
        shelf.put("ours", SHOP, document(900, 0), at(0)).expect("room");
        for number in 0..2_000 {
            let origin = format!("https://evil{}.example", number % 40);
            shelf.put("x", &origin, document(60_000, 0), at(0)).expect("room");
        }
        assert!(is_there(&mut shelf, "ours"), "the greediest lose first");
    }

    #[test]
    fn what_the_owner_took_up_stays_and_a_page_that_fills_its_share_with_it_is_refused() {
        let mut shelf = Shelf::default();
        let mut put = 0;
        let full = loop {
            let name = put.to_string();
            match shelf.put(&name, EVIL, document(9, 0), at(0)) {
                Ok(()) => shelf.take_up(&name),
                Err(full) => break full,
            }
            put += 1;
        };
        assert_eq!((full, put), (Full, SHARE_MAX / WEIGHT_MIN));
        assert!(is_there(&mut shelf, "0"));
        shelf.put("ours", SHOP, document(9, 0), at(0)).expect("another page has its own room");
        shelf.put("later", EVIL, document(9, 700), at(700)).expect("room again");
    }

    #[test]
    fn a_document_leaves_when_its_time_is_over() {
        let mut shelf = Shelf::default();
        shelf.put("ours", SHOP, document(9, 0), at(0)).expect("room");
        assert!(shelf.find("ours", at(USABLE_S)).is_some());
        assert!(shelf.find("ours", at(USABLE_S + 1)).is_none());
        assert!(shelf.lying.is_empty());
    }

    #[test]
    fn a_site_is_the_end_of_a_host_name() {
        for (origin, ends) in [
            ("http://shop.localhost:7180", "shop.localhost"),
            ("https://a.b.evil.example", "evil.example"),
            ("https://EVIL.example", "evil.example"),
            ("http://127.0.0.1:80", "127.0.0.1"),
            ("http://[::1]:80", "[::1]"),
            ("http://localhost", "localhost"),
            ("null", "null"),
            ("", ""),
            ("no origin at all", ""),
        ] {
            assert_eq!(site(origin), ends, "{origin}");
        }
    }
}
