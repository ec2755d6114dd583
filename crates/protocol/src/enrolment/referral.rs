//! An authority that sends an applicant to another one.
//!
//! Anybody could stand behind an address (A22), so it is shown and followed only when a person
//! says so; and since two authorities could send an applicant back and forth for ever, no address
//! is followed twice and only so many are followed at all.

use openset_wire::cert::ReferralData;
use serde::{Deserialize, Serialize};

use super::Ended;
use crate::refusal::Refusal;

/// How often an applicant lets itself be sent on.
pub const REFERRALS_MAX: usize = 3;

/// Where else to ask, as an authority says.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// Its words.
    pub reason: Option<String>,
    /// The addresses that may be followed, the best one first; never none.
    pub urls: Vec<String>,
}

/// The addresses that an applicant was sent to, one after the other.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Trail(Vec<String>);

impl Trail {
    /// The address that is asked now: the last one it was sent to, or the one it knows itself.
    pub fn last(&self) -> Option<&str> {
        self.0.last().map(String::as_str)
    }

    /// Goes on to an address that a referral has named and that may be followed.
    pub(crate) fn follow(&self, referral: &Referral, url: &str) -> Result<Self, Refusal> {
        if !referral.urls.iter().any(|named| named == url) || !self.leads_to(url) {
            return Err(Refusal::CommandOutOfTurn);
        }
        let mut all = self.0.clone();
        all.push(url.to_owned());
        Ok(Self(all))
    }

    /// Whether an address may be the next one.
    fn leads_to(&self, url: &str) -> bool {
        let is_new = self.0.iter().all(|before| !before.eq_ignore_ascii_case(url));
        self.0.len() < REFERRALS_MAX && is_new && is_address(url)
    }
}

impl Referral {
    /// Reads a referral: the addresses that may be followed, or the end.
    pub(crate) fn read(data: &ReferralData, trail: &Trail) -> Result<Self, Ended> {
        let reason = data.reason.as_ref().map(ToString::to_string);
        let named: Vec<_> = data.referral_url_seq.iter().flatten().collect();
        if named.is_empty() {
            return Err(Ended::Referred { reason });
        }
        let mut urls: Vec<String> = named.into_iter().map(ToString::to_string).collect();
        urls.retain(|url| trail.leads_to(url));
        if urls.is_empty() { Err(Ended::ReferredInCircle) } else { Ok(Self { reason, urls }) }
    }
}

/// Whether a text is the address of a host on the web and hides nothing: no name or password
/// before the host, no character that a person would not see for what it is.
fn is_address(url: &str) -> bool {
    let rest = ["https://", "http://"].into_iter().find_map(|scheme| url.strip_prefix(scheme));
    let Some(rest) = rest else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '`');
    !host.is_empty() && !host.starts_with(':') && !host.contains('@') && rest.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use openset_wire::types::{SetString, Url};

    use super::*;

    fn data(urls: &[&str]) -> ReferralData {
        let url = |url: &&str| Url::new(url).expect("printable");
        ReferralData {
            reason: Some(SetString::new("Ask your bank.").expect("a text")),
            referral_url_seq: Some(urls.iter().map(url).collect()),
        }
    }

    fn followed(urls: &[&str]) -> Trail {
        urls.iter().fold(Trail::default(), |trail, url| {
            let referral = Referral::read(&data(&[url]), &trail).expect("an address");
            trail.follow(&referral, url).expect("one that was named")
        })
    }

    #[test]
    fn only_addresses_that_hide_nothing_may_be_followed() {
        // A22.
        let good = ["https://ca.example/set", "http://ca.localhost:7180/set?x=1"];
        let referral = Referral::read(&data(&good), &Trail::default()).expect("both");
        assert_eq!(referral.urls, good);
        for wrong in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https:///set",
            "https://:443/set",
            "https://bank.example@evil.example/set",
            "https://evil.example/<script>",
            "https://evil.example/a b",
            "https://evil.example\\@bank.example/",
            "HTTPS-like",
        ] {
            let ended = Referral::read(&data(&[wrong]), &Trail::default());
            assert_eq!(ended, Err(Ended::ReferredInCircle), "{wrong}");
        }
    }

    #[test]
    fn nobody_is_sent_to_the_same_place_twice_or_on_for_ever() {
        let trail = followed(&["https://a.example/"]);
        assert_eq!(trail.last(), Some("https://a.example/"));
        let back = Referral::read(&data(&["https://A.example/"]), &trail);
        assert_eq!(back, Err(Ended::ReferredInCircle));
        let both = data(&["https://a.example/", "https://b.example/"]);
        let referral = Referral::read(&both, &trail).expect("one of two");
        assert_eq!(referral.urls, ["https://b.example/"]);
        let far = followed(&["https://a.example/", "https://b.example/", "https://c.example/"]);
        let on = Referral::read(&data(&["https://d.example/"]), &far);
        assert_eq!(on, Err(Ended::ReferredInCircle));
    }

    #[test]
    fn an_address_that_was_not_named_is_not_followed() {
        let trail = Trail::default();
        let referral = Referral::read(&data(&["https://a.example/"]), &trail).expect("one");
        let other = trail.follow(&referral, "https://b.example/");
        assert_eq!(other, Err(Refusal::CommandOutOfTurn));
    }

    #[test]
    fn a_referral_to_nowhere_is_the_end() {
        let nowhere = ReferralData { reason: None, referral_url_seq: None };
        let ended = Referral::read(&nowhere, &Trail::default());
        assert_eq!(ended, Err(Ended::Referred { reason: None }));
    }
}
