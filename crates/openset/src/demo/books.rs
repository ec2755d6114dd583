//! The books of all parties side by side: what each wrote about the same purchases, and every
//! difference between them.
//!
//! ```text
//! wallet ─ XID ─ merchant ─ RRPID ─ gateway ─ retrieval reference ─ issuer
//!                    │                 └────── retrieval reference ─ acquirer
//!                    └───────────────── money credited ─────────────────┘
//! ```

use std::{collections::BTreeMap, fmt};

use openset_types::{Money, RetrievalReference, Rrpid, Xid};
use serde::Serialize;

/// Amounts by the name of what they belong to.
pub(crate) type Amounts<K> = BTreeMap<K, Money>;

/// What the wallet wrote.
#[derive(Debug, Clone, Default)]
pub(crate) struct WalletBook {
    /// Payments that it was told are authorized.
    pub(crate) authorized: Amounts<Xid>,
}

/// What the merchant wrote.
#[derive(Debug, Clone, Default)]
pub(crate) struct MerchantBook {
    /// What the orders cost that the gateway answered for.
    pub(crate) agreed: Amounts<Xid>,
    /// What the gateway answered for.
    pub(crate) authorized: Amounts<Rrpid>,
    /// What was taken of it.
    pub(crate) captured: Amounts<Rrpid>,
    /// What it gave back of that.
    pub(crate) given_back: Amounts<Rrpid>,
    /// What its bank's statements credited to it, less what they debited, in cents.
    pub(crate) credited: i64,
}

/// What the gateway wrote.
#[derive(Debug, Clone, Default)]
pub(crate) struct GatewayBook {
    /// Which reference the banks know an authorization by.
    pub(crate) references: BTreeMap<Rrpid, RetrievalReference>,
    /// What the issuer agreed to.
    pub(crate) authorized: Amounts<Rrpid>,
    /// What was captured.
    pub(crate) captured: Amounts<Rrpid>,
    /// What was given back.
    pub(crate) given_back: Amounts<Rrpid>,
}

/// What the issuer wrote.
#[derive(Debug, Clone, Default)]
pub(crate) struct IssuerBook {
    /// Holds placed and not given back: standing, or posted.
    pub(crate) held: Amounts<RetrievalReference>,
    /// Sales posted to cards.
    pub(crate) posted: Amounts<RetrievalReference>,
    /// Credits given to cards, by their own references.
    pub(crate) refunded: Amounts<RetrievalReference>,
    /// What it paid the acquirer, less what it was paid, in cents.
    pub(crate) paid: i64,
    /// Whether its ledger balances.
    pub(crate) is_balanced: bool,
}

/// What the acquirer wrote.
#[derive(Debug, Clone, Default)]
pub(crate) struct AcquirerBook {
    /// Sales captured.
    pub(crate) captured: Amounts<RetrievalReference>,
    /// Sales cleared.
    pub(crate) cleared: Amounts<RetrievalReference>,
    /// What was given back of sales.
    pub(crate) given_back: Amounts<RetrievalReference>,
    /// Credits cleared, by their own references.
    pub(crate) refunded: Amounts<RetrievalReference>,
    /// What issuers paid it, less what it paid them, in cents.
    pub(crate) received: i64,
    /// What it credited to the merchant, less what it debited, in cents.
    pub(crate) credited: i64,
    /// Whether its ledger balances.
    pub(crate) is_balanced: bool,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Books {
    pub(crate) wallet: WalletBook,
    pub(crate) merchant: MerchantBook,
    pub(crate) gateway: GatewayBook,
    pub(crate) issuer: IssuerBook,
    pub(crate) acquirer: AcquirerBook,
}

/// Something two parties tell differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Difference {
    /// The two.
    pub(crate) between: [&'static str; 2],
    /// What it is about.
    pub(crate) about: String,
    /// What each says; `nothing` if it says nothing.
    pub(crate) say: [String; 2],
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([one, other], [its, others]) = (self.between, &self.say);
        write!(f, "{}: {one} says {its}, {other} says {others}", self.about)
    }
}

impl Books {
    /// Every difference. None means that all tell the same story.
    pub(crate) fn differences(&self) -> Vec<Difference> {
        let Self { wallet, merchant, gateway, issuer, acquirer } = self;
        let mut found = Vec::new();
        found.extend(compare(
            ["wallet", "merchant"],
            "authorized",
            &wallet.authorized,
            &merchant.agreed,
        ));
        let pair = ["merchant", "gateway"];
        found.extend(compare(pair, "authorized", &merchant.authorized, &gateway.authorized));
        found.extend(compare(pair, "captured", &merchant.captured, &gateway.captured));
        found.extend(compare(pair, "given back", &merchant.given_back, &gateway.given_back));
        let authorized = gateway.by_reference(&gateway.authorized, &mut found);
        let captured = gateway.by_reference(&gateway.captured, &mut found);
        let given_back = gateway.by_reference(&gateway.given_back, &mut found);
        found.extend(compare(["gateway", "issuer"], "authorized", &authorized, &issuer.held));
        found.extend(compare(["gateway", "acquirer"], "captured", &captured, &acquirer.captured));
        let pair = ["gateway", "acquirer"];
        found.extend(compare(pair, "given back", &given_back, &acquirer.given_back));
        let pair = ["acquirer", "issuer"];
        found.extend(compare(pair, "cleared", &acquirer.cleared, &issuer.posted));
        found.extend(compare(pair, "refunded", &acquirer.refunded, &issuer.refunded));
        found.extend(same("settled", ["acquirer", "issuer"], [acquirer.received, issuer.paid]));
        let credited = [acquirer.credited, merchant.credited];
        found.extend(same("credited", ["acquirer", "merchant"], credited));
        found.extend(unbalanced("issuer", issuer.is_balanced));
        found.extend(unbalanced("acquirer", acquirer.is_balanced));
        found
    }
}

impl GatewayBook {
    /// The same amounts by the banks' references. An authorization without one is a difference.
    fn by_reference(
        &self,
        amounts: &Amounts<Rrpid>,
        found: &mut Vec<Difference>,
    ) -> Amounts<RetrievalReference> {
        let mut by_reference = BTreeMap::new();
        for (rrpid, amount) in amounts {
            match self.references.get(rrpid) {
                Some(reference) => {
                    by_reference.insert(reference.clone(), *amount);
                }
                None => found.push(Difference {
                    between: ["gateway", "issuer"],
                    about: format!("reference of {rrpid}"),
                    say: [NOTHING.to_owned(), "unknown".to_owned()],
                }),
            }
        }
        by_reference
    }
}

const NOTHING: &str = "nothing";

fn compare<K: Ord + fmt::Display>(
    between: [&'static str; 2],
    what: &str,
    ours: &Amounts<K>,
    theirs: &Amounts<K>,
) -> Vec<Difference> {
    let say = |amount: Option<&Money>| amount.map_or_else(|| NOTHING.to_owned(), Money::to_string);
    let of_ours = ours.iter().map(|(key, amount)| (key, Some(amount), theirs.get(key)));
    let of_theirs = theirs
        .iter()
        .filter(|(key, _)| !ours.contains_key(key))
        .map(|(key, amount)| (key, None, Some(amount)));
    of_ours
        .chain(of_theirs)
        .filter(|(_, ours, theirs)| ours != theirs)
        .map(|(key, ours, theirs)| Difference {
            between,
            about: format!("{what} {key}"),
            say: [say(ours), say(theirs)],
        })
        .collect()
}

fn same(about: &str, between: [&'static str; 2], cents: [i64; 2]) -> Option<Difference> {
    let [ours, theirs] = cents;
    (ours != theirs).then(|| Difference {
        between,
        about: about.to_owned(),
        say: cents.map(|cents| {
            let sign = if cents < 0 { "-" } else { "" };
            let cents = cents.unsigned_abs();
            format!("{sign}{}.{:02}", cents / 100, cents % 100)
        }),
    })
}

fn unbalanced(bank: &'static str, is_balanced: bool) -> Option<Difference> {
    (!is_balanced).then(|| Difference {
        between: [bank, bank],
        about: "ledger".to_owned(),
        say: ["debits".to_owned(), "other credits".to_owned()],
    })
}

#[cfg(test)]
mod tests {
    use openset_types::Currency;

    use super::*;

    fn euro(minor: u64) -> Money {
        Money::new(minor, Currency::EUR).expect("an amount")
    }

    /// One purchase of 42 euros, told the same by everybody.
    fn agreed() -> Books {
        let xid = Xid::new([7; 20]);
        let reference = RetrievalReference::parse("632708000001").expect("twelve digits");
        let by_xid = BTreeMap::from([(xid, euro(4200))]);
        let rrpid = Rrpid::new([7; 20]);
        let by_rrpid = || BTreeMap::from([(rrpid, euro(4200))]);
        let by_reference = || BTreeMap::from([(reference.clone(), euro(4200))]);
        Books {
            wallet: WalletBook { authorized: by_xid.clone() },
            merchant: MerchantBook {
                agreed: by_xid,
                authorized: by_rrpid(),
                captured: by_rrpid(),
                given_back: by_rrpid(),
                credited: 4158,
            },
            gateway: GatewayBook {
                references: BTreeMap::from([(rrpid, reference.clone())]),
                authorized: by_rrpid(),
                captured: by_rrpid(),
                given_back: by_rrpid(),
            },
            issuer: IssuerBook {
                held: by_reference(),
                posted: by_reference(),
                refunded: by_reference(),
                paid: 4200,
                is_balanced: true,
            },
            acquirer: AcquirerBook {
                captured: by_reference(),
                cleared: by_reference(),
                given_back: by_reference(),
                refunded: by_reference(),
                received: 4200,
                credited: 4158,
                is_balanced: true,
            },
        }
    }

    #[test]
    fn books_that_tell_the_same_story_have_no_difference() {
        assert_eq!(agreed().differences(), []);
        let nothing_happened = Books {
            issuer: IssuerBook { is_balanced: true, ..Default::default() },
            acquirer: AcquirerBook { is_balanced: true, ..Default::default() },
            ..Default::default()
        };
        assert_eq!(nothing_happened.differences(), []);
    }

    #[test]
    fn one_cent_changed_in_any_book_is_found() {
        let rrpid = Rrpid::new([7; 20]);
        let reference = RetrievalReference::parse("632708000001").expect("twelve digits");
        let tampered: [fn(&mut Books, Rrpid, RetrievalReference); 15] = [
            |books, _, _| books.wallet.authorized.values_mut().for_each(|one| *one = euro(4201)),
            |books, _, _| books.merchant.agreed.values_mut().for_each(|one| *one = euro(4201)),
            |books, name, _| *books.merchant.authorized.get_mut(&name).expect("there") = euro(4201),
            |books, name, _| *books.merchant.captured.get_mut(&name).expect("there") = euro(4201),
            |books, _, _| books.merchant.credited += 1,
            |books, name, _| *books.merchant.given_back.get_mut(&name).expect("there") = euro(4201),
            |books, name, _| *books.gateway.given_back.get_mut(&name).expect("there") = euro(4201),
            |books, _, key| *books.acquirer.given_back.get_mut(&key).expect("there") = euro(4201),
            |books, _, key| *books.issuer.refunded.get_mut(&key).expect("there") = euro(4201),
            |books, name, _| *books.gateway.captured.get_mut(&name).expect("there") = euro(4201),
            |books, _, key| *books.issuer.held.get_mut(&key).expect("there") = euro(4201),
            |books, _, key| *books.issuer.posted.get_mut(&key).expect("there") = euro(4201),
            |books, _, key| *books.acquirer.captured.get_mut(&key).expect("there") = euro(4201),
            |books, _, _| books.acquirer.received += 1,
            |books, _, _| books.issuer.is_balanced = false,
        ];
        for (at, tamper) in tampered.iter().enumerate() {
            let mut books = agreed();
            tamper(&mut books, rrpid, reference.clone());
            assert!(!books.differences().is_empty(), "tampering {at} was not found");
        }
    }

    #[test]
    fn what_only_one_party_wrote_is_found_and_said_in_words() {
        let mut books = agreed();
        books.merchant.captured.clear();
        let told: Vec<_> = books.differences().iter().map(Difference::to_string).collect();
        assert_eq!(told.len(), 1);
        assert!(told[0].ends_with("merchant says nothing, gateway says 42.00 EUR"), "{told:?}");
        let mut books = agreed();
        books.gateway.references.clear();
        assert!(!books.differences().is_empty());
    }
}
