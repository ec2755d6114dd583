//! The elements that several documents share.

use openset_types::{Bin, Currency, Money, UnixTime};
use serde::{Deserialize, Serialize};

use super::BadDocument;

/// An amount with its currency as an attribute.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Amount {
    #[serde(rename = "@Ccy")]
    currency: String,
    #[serde(rename = "$text")]
    value: String,
}

impl Amount {
    pub(super) fn of(money: Money) -> Self {
        Self { currency: money.currency().code().to_owned(), value: money.decimal() }
    }

    pub(super) fn read(&self, element: &'static str) -> Result<Money, BadDocument> {
        let currency = Currency::from_code(&self.currency);
        let currency = currency.map_err(|_| BadDocument::Value(element))?;
        Money::parse(&self.value, currency).map_err(|_| BadDocument::Value(element))
    }
}

/// `GrpHdr` where it has a name and a time only.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    #[serde(rename = "MsgId")]
    pub(super) id: String,
    #[serde(rename = "CreDtTm")]
    pub(super) created_at: String,
}

/// An identification of our own: `Othr/Id`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Other {
    #[serde(rename = "Othr")]
    other: Identification,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Identification {
    #[serde(rename = "Id")]
    id: String,
}

impl Other {
    pub(super) fn of(id: &str) -> Self {
        Self { other: Identification { id: id.to_owned() } }
    }

    pub(super) fn id(&self) -> &str {
        &self.other.id
    }
}

/// An account by its number.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountNumber {
    #[serde(rename = "Id")]
    pub(super) id: Other,
}

/// A bank by its institution number.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bank {
    #[serde(rename = "FinInstnId")]
    id: Other,
}

impl Bank {
    pub(super) fn of(bank: &Bin) -> Self {
        Self { id: Other::of(bank.as_str()) }
    }

    pub(super) fn read(&self, element: &'static str) -> Result<Bin, BadDocument> {
        Bin::parse(self.id.id()).map_err(|_| BadDocument::Value(element))
    }
}

/// A party by its name.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    #[serde(rename = "Nm")]
    pub(super) name: String,
}

impl Named {
    /// A name of at most 140 characters.
    pub(super) fn of(name: &str) -> Self {
        Self { name: name.chars().take(140).collect() }
    }
}

/// Something that is given as a code.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Coded {
    #[serde(rename = "Cd")]
    pub(super) code: String,
}

impl Coded {
    pub(super) fn of(code: &str) -> Self {
        Self { code: code.to_owned() }
    }
}

/// Something that is given in our own words.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proprietary {
    #[serde(rename = "Prtry")]
    pub(super) word: String,
}

/// A day.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Day {
    #[serde(rename = "Dt")]
    day: String,
}

impl Day {
    pub(super) fn of(moment: UnixTime) -> Self {
        Self { day: day(moment) }
    }
}

/// `BkTxCd`: what kind of business an entry is.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Business {
    #[serde(rename = "Domn")]
    domain: Domain,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Domain {
    #[serde(rename = "Cd")]
    code: String,
    #[serde(rename = "Fmly")]
    family: Family,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    #[serde(rename = "Cd")]
    code: String,
    #[serde(rename = "SubFmlyCd")]
    sub_family: String,
}

impl Business {
    /// Payments, merchant card transactions, point-of-sale payment.
    pub(super) fn card_sale() -> Self {
        let family = Family { code: "MCRD".to_owned(), sub_family: "POSP".to_owned() };
        Self { domain: Domain { code: "PMNT".to_owned(), family } }
    }

    /// Payments, merchant card transactions, reimbursement.
    pub(super) fn card_refund() -> Self {
        let family = Family { code: "MCRD".to_owned(), sub_family: "RIMB".to_owned() };
        Self { domain: Domain { code: "PMNT".to_owned(), family } }
    }
}

/// How many entries there are and what they come to.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Totals {
    #[serde(rename = "TtlNtries")]
    entries: Counted,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Counted {
    #[serde(rename = "NbOfNtries")]
    count: String,
    #[serde(rename = "Sum")]
    sum: String,
}

impl Totals {
    pub(super) fn of(count: usize, sum: Money) -> Self {
        Self { entries: Counted { count: count.to_string(), sum: sum.decimal() } }
    }

    pub(super) fn are(&self, count: usize, sum: Money) -> bool {
        self.entries.count == count.to_string() && self.entries.sum == sum.decimal()
    }
}

/// `2026-11-23`.
pub(super) fn day(moment: UnixTime) -> String {
    moment.utc().format("%Y-%m-%d").to_string()
}

/// Reads `2026-11-23T18:00:00Z` and no other form.
pub(super) fn read_moment(text: &str, element: &'static str) -> Result<UnixTime, BadDocument> {
    let wrong = BadDocument::Value(element);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let moment = UnixTime::parse_generalized(&format!("{digits}Z")).map_err(|_| wrong)?;
    if moment.rfc3339() != text {
        return Err(wrong);
    }
    Ok(moment)
}

/// The namespace must be the document's own.
pub(super) fn check_namespace(found: &str, expected: &str) -> Result<(), BadDocument> {
    if found != expected {
        return Err(BadDocument::Value("xmlns"));
    }
    Ok(())
}
