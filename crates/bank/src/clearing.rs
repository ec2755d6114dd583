//! Clearing: an acquirer tells an issuer which of its holds merchants have taken.
//!
//! ```text
//!   acquirer ── ClearingFile ──▶ issuer      every sale by its authorization; no card number
//!   acquirer ◀── Settlement ──── issuer      all of it was posted, here is the money
//!   acquirer ◀── Rejection ───── issuer      none of it was posted, and here is why
//! ```
//!
//! A file is taken whole or not at all. A second presentation is refused, unless it says that it
//! is one: then the first answer is given again, because the answer may have been lost.
//!
//! A file has sales or credits and never both: it says which of the two banks pays the other.

use std::collections::BTreeSet;
use std::fmt;

use openset_types::{
    ApprovalCode, Bin, Currency, InvalidMoney, MerchantId, Money, RetrievalReference, UnixTime,
};
use serde::{Deserialize, Serialize};

/// The most sales one file carries.
pub const ITEMS_MAX: usize = 10_000;

/// Names a file between two banks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileId(String);

/// One file of sales, or of credits, from one acquirer to one issuer, in one currency.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearingFile {
    id: FileId,
    acquirer: Bin,
    issuer: Bin,
    created_at: UnixTime,
    items: Vec<Sale>,
    total: Money,
}

/// Which way the money of a file goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// Merchants take it: the issuer pays the acquirer.
    #[default]
    Sale,
    /// Merchants give it back: the acquirer pays the issuer.
    Credit,
}

/// One sale that a merchant takes money for, or a credit by which it gives money of one back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// The authorization.
    pub authorization: RetrievalReference,
    /// The issuer's word for it.
    pub approval_code: ApprovalCode,
    /// How much is taken, or given back.
    pub amount: Money,
    /// Who takes it, or gives it.
    pub merchant: MerchantId,
    /// When he did.
    pub captured_at: UnixTime,
    /// What a credit is known by; nothing if this is a sale. One sale may have several credits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<RetrievalReference>,
}

/// Whether a file is presented for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presentation {
    /// For the first time.
    First,
    /// Again, because no answer came.
    Again,
}

/// Why sales do not make a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidFile {
    /// Two sales of one authorization, or one credit twice.
    AuthorizationTwice,
    /// Sales and credits in one file.
    Flows,
    /// Not one to thirty-five printable characters.
    Id,
    /// No sale, or more than [`ITEMS_MAX`].
    Items,
    /// The amounts do not add up to an amount.
    Sum(InvalidMoney),
}

impl Sale {
    /// What it is known by: the authorization, or a credit's own reference.
    pub fn name(&self) -> &RetrievalReference {
        self.credit.as_ref().unwrap_or(&self.authorization)
    }

    /// Which way its money goes.
    pub fn flow(&self) -> Flow {
        if self.credit.is_some() { Flow::Credit } else { Flow::Sale }
    }
}

impl FileId {
    /// Takes a name of one to thirty-five printable characters without spaces.
    pub fn parse(text: &str) -> Result<Self, InvalidFile> {
        let fits =
            (1..=35).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits {
            return Err(InvalidFile::Id);
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ClearingFile {
    /// Makes a file of sales, or of credits.
    pub fn new(
        id: FileId,
        acquirer: Bin,
        issuer: Bin,
        created_at: UnixTime,
        items: Vec<Sale>,
    ) -> Result<Self, InvalidFile> {
        if items.is_empty() || items.len() > ITEMS_MAX {
            return Err(InvalidFile::Items);
        }
        let names: BTreeSet<_> = items.iter().map(Sale::name).collect();
        if names.len() != items.len() {
            return Err(InvalidFile::AuthorizationTwice);
        }
        let flows: BTreeSet<_> = items.iter().map(Sale::flow).collect();
        if flows.len() != 1 {
            return Err(InvalidFile::Flows);
        }
        let total = sum(&items).map_err(InvalidFile::Sum)?;
        Ok(Self { id, acquirer, issuer, created_at, items, total })
    }

    /// Its name.
    pub fn id(&self) -> &FileId {
        &self.id
    }

    /// The bank that sends it.
    pub fn acquirer(&self) -> &Bin {
        &self.acquirer
    }

    /// The bank it is for.
    pub fn issuer(&self) -> &Bin {
        &self.issuer
    }

    /// When it was made.
    pub fn created_at(&self) -> UnixTime {
        self.created_at
    }

    /// Its sales, or its credits.
    pub fn items(&self) -> &[Sale] {
        &self.items
    }

    /// Which way its money goes.
    pub fn flow(&self) -> Flow {
        self.items.first().map_or(Flow::Sale, Sale::flow)
    }

    /// What the acquirer is owed for sales, or owes for credits.
    pub fn total(&self) -> Money {
        self.total
    }

    /// Its currency.
    pub fn currency(&self) -> Currency {
        self.total.currency()
    }

    /// A sum over references and amounts, each weighted with its place: sales that are changed,
    /// left out or put in another order change it.
    pub fn hash_total(&self) -> u64 {
        let sum = self.items.iter().zip(1_u128..).fold(0_u128, |sum, (item, place)| {
            let reference = item.name().as_str().parse::<u128>().unwrap_or_default();
            let weighed =
                reference.saturating_add(item.amount.minor().into()).saturating_mul(place);
            sum.saturating_add(weighed)
        });
        let last_digits = sum.checked_rem(1_000_000_000_000_000).unwrap_or_default();
        u64::try_from(last_digits).unwrap_or_default()
    }
}

fn sum(items: &[Sale]) -> Result<Money, InvalidMoney> {
    let currency = items.first().map_or(Currency::EUR, |item| item.amount.currency());
    items.iter().try_fold(Money::zero(currency), |sum, item| sum.plus(item.amount))
}

/// The issuer took a file and refuses it: nothing of it was posted.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// The file.
    pub file: FileId,
    /// When it was refused.
    pub at: UnixTime,
    /// Why.
    pub reason: RejectionReason,
}

/// Why a file is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RejectionReason {
    /// The file was taken before.
    PresentedBefore,
    /// It is for another bank.
    WrongIssuer,
    /// These sales cannot be posted.
    Sales(Vec<(RetrievalReference, SaleFault)>),
}

/// Why a sale cannot be posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SaleFault {
    /// The approval code is not the hold's.
    ApprovalCodeDiffers,
    /// It was posted with another file.
    ClearedBefore,
    /// Nobody came for the hold in time.
    HoldExpired,
    /// The merchant is not the one the hold is for.
    MerchantDiffers,
    /// It takes more than is held, or another currency; or it gives more back than was taken.
    MoreThanHeld,
    /// No such authorization was given; or the sale of a credit was not posted.
    NoHold,
    /// The authorization was reversed.
    Reversed,
}

impl SaleFault {
    /// Every fault with the word files carry for it.
    const WORDS: [(Self, &'static str); 7] = [
        (Self::ApprovalCodeDiffers, "approval-code-differs"),
        (Self::ClearedBefore, "cleared-before"),
        (Self::HoldExpired, "hold-expired"),
        (Self::MerchantDiffers, "merchant-differs"),
        (Self::MoreThanHeld, "more-than-held"),
        (Self::NoHold, "no-hold"),
        (Self::Reversed, "reversed"),
    ];

    /// Reads the word of a file.
    pub fn parse(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|row| row.1 == word).map(|row| row.0)
    }

    /// The word files carry for it.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|row| row.0 == self).map_or("no-hold", |row| row.1)
    }
}

impl TryFrom<String> for FileId {
    type Error = InvalidFile;

    fn try_from(text: String) -> Result<Self, InvalidFile> {
        Self::parse(&text)
    }
}

impl From<FileId> for String {
    fn from(id: FileId) -> Self {
        id.0
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for SaleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl fmt::Display for InvalidFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AuthorizationTwice => f.write_str("two sales of one authorization"),
            Self::Flows => f.write_str("sales and credits in one file"),
            Self::Id => f.write_str("a file's name has one to thirty-five printable characters"),
            Self::Items => f.write_str("no sale, or too many"),
            Self::Sum(why) => write!(f, "the amounts do not add up: {why}"),
        }
    }
}

impl std::error::Error for InvalidFile {}

#[cfg(test)]
mod tests {
    use super::*;

    fn sale(reference: &str, minor: u64) -> Sale {
        Sale {
            authorization: RetrievalReference::parse(reference).expect("twelve digits"),
            approval_code: ApprovalCode::parse("4K7Q21").expect("six characters"),
            amount: Money::new(minor, Currency::EUR).expect("an amount"),
            merchant: MerchantId::parse("ATELIER-LUMEN-001").expect("a name"),
            captured_at: UnixTime::parse_generalized("20261123081500Z").expect("a real moment"),
            credit: None,
        }
    }

    fn credit(own: &str, minor: u64) -> Sale {
        let own = RetrievalReference::parse(own).expect("twelve digits");
        Sale { credit: Some(own), ..sale("632708000001", minor) }
    }

    fn file(items: Vec<Sale>) -> Result<ClearingFile, InvalidFile> {
        let bank = |digits| Bin::parse(digits).expect("six digits");
        let at = UnixTime::parse_generalized("20261123180000Z").expect("a real moment");
        ClearingFile::new(FileId::parse("F1")?, bank("999998"), bank("999999"), at, items)
    }

    #[test]
    fn a_file_knows_its_total() {
        let file = file(vec![sale("632708000001", 4200), sale("632708000002", 1)]);
        assert_eq!(file.expect("two sales").total().minor(), 4201);
    }

    #[test]
    fn a_sale_may_have_several_credits_in_one_file_and_none_beside_it() {
        let parts = vec![credit("732708000001", 4200), credit("732708000002", 1)];
        let parts = file(parts).expect("two credits");
        assert_eq!((parts.total().minor(), parts.flow()), (4201, Flow::Credit));
        let twice = vec![credit("732708000001", 1), credit("732708000001", 1)];
        assert_eq!(file(twice), Err(InvalidFile::AuthorizationTwice));
        let mixed = vec![sale("632708000001", 4200), credit("732708000001", 1)];
        assert_eq!(file(mixed), Err(InvalidFile::Flows));
    }

    #[test]
    fn sales_that_do_not_make_a_file_are_refused() {
        assert_eq!(file(Vec::new()), Err(InvalidFile::Items));
        let twice = vec![sale("632708000001", 1), sale("632708000001", 1)];
        assert_eq!(file(twice), Err(InvalidFile::AuthorizationTwice));
        let too_large = vec![sale("632708000001", Money::MINOR_MAX), sale("632708000002", 1)];
        assert!(matches!(file(too_large), Err(InvalidFile::Sum(InvalidMoney::TooLarge))));
        let mut yen = sale("632708000002", 1);
        yen.amount = Money::zero(Currency::from_code("JPY").expect("known"));
        assert!(matches!(file(vec![sale("632708000001", 1), yen]), Err(InvalidFile::Sum(_))));
        assert_eq!(FileId::parse("two words"), Err(InvalidFile::Id));
        assert_eq!(FileId::parse(""), Err(InvalidFile::Id));
    }

    #[test]
    fn the_hash_total_changes_with_every_sale_and_with_their_order() {
        let (one, two) = (sale("632708000001", 4200), sale("632708000002", 1));
        let hash = |items| file(items).expect("a file").hash_total();
        let whole = hash(vec![one.clone(), two.clone()]);
        assert_ne!(whole, hash(vec![two.clone(), one.clone()]));
        assert_ne!(whole, hash(vec![one.clone()]));
        assert_ne!(whole, hash(vec![one, sale("632708000002", 2)]));
    }
}
