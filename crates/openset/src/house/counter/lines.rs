//! What a bank's operators are told, a line each. A card is told by its account and the digits
//! that are on receipts; amounts are decimal, with their currency.

use openset_bank::{
    acquirer::{FileState, Merchant, MerchantCredit, SentFile},
    issuer::{CardView, Standing},
    ledger::{self, Account, Balance, Entry, Hold, HoldState, Line, Occasion},
};

use super::{Currency, Deserialize, Direction, Flow, Money, Passed, Serialize};

/// A card account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountLine {
    pub(crate) account: String,
    pub(crate) card: String,
    pub(crate) standing: String,
    pub(crate) granted: String,
    pub(crate) held: String,
    pub(crate) owed: String,
}

/// An amount that an issuer holds, or held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HoldLine {
    pub(crate) authorization: String,
    pub(crate) approval_code: String,
    pub(crate) account: String,
    pub(crate) merchant: String,
    pub(crate) amount: String,
    pub(crate) state: String,
    /// What was taken of it, once it was posted.
    pub(crate) posted: Option<String>,
    pub(crate) placed_at: String,
    pub(crate) expires_at: String,
}

/// A ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LedgerLines {
    pub(crate) accounts: Vec<BalanceLine>,
    pub(crate) entries: u64,
    /// Whether all debits equal all credits.
    pub(crate) is_balanced: bool,
}

/// An account of a ledger, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BalanceLine {
    pub(crate) account: String,
    pub(crate) side: Side,
    pub(crate) balance: String,
}

/// On which side a balance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Side {
    Debit,
    Credit,
}

/// An entry of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EntryLine {
    pub(crate) number: u64,
    pub(crate) at: String,
    /// Why it was made, and about what.
    pub(crate) occasion: String,
    pub(crate) lines: Vec<BalanceLine>,
}

/// A merchant, and what is kept of its sales.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MerchantLine {
    pub(crate) merchant: String,
    pub(crate) name: String,
    pub(crate) account: String,
    pub(crate) fee_basis_points: u16,
    pub(crate) fee_fixed: Vec<String>,
}

/// A clearing file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileLine {
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) flow: Flow,
    pub(crate) items: usize,
    pub(crate) total: String,
    pub(crate) state: String,
    pub(crate) made_at: String,
    pub(crate) settled_at: Option<String>,
}

/// A document about a clearing file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DocumentLine {
    pub(crate) kind: String,
    pub(crate) sender: String,
    pub(crate) recipient: String,
    pub(crate) is_in: bool,
    pub(crate) at: String,
    pub(crate) octets: usize,
}

/// What a merchant was credited, or debited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CreditLine {
    pub(crate) number: u64,
    pub(crate) merchant: String,
    pub(crate) file: String,
    pub(crate) flow: Flow,
    pub(crate) sales: u64,
    pub(crate) gross: String,
    pub(crate) fee: String,
    pub(crate) net: String,
    pub(crate) at: String,
}

/// What one issuer said of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReconciledLine {
    pub(crate) issuer: String,
    pub(crate) day: String,
    pub(crate) currency: Option<String>,
    /// Every difference.
    pub(crate) breaks: Vec<String>,
    /// Why nobody knows whether there are some.
    pub(crate) unanswered: Option<String>,
}

impl AccountLine {
    pub(super) fn of(card: &CardView) -> Self {
        let currency = card.credit_line.currency();
        Self {
            account: card.id.to_string(),
            card: format!("{}...{}", card.bin, card.last_four),
            standing: match card.standing {
                Standing::Open => "open",
                Standing::Blocked => "blocked",
                Standing::Ended => "ended",
                Standing::Silent => "silent",
            }
            .to_owned(),
            granted: card.credit_line.to_string(),
            held: decimal(card.held_minor, currency),
            owed: decimal(card.owed_minor, currency),
        }
    }
}

impl HoldLine {
    pub(super) fn of(hold: &Hold) -> Self {
        let (state, posted) = match hold.state {
            HoldState::Placed => ("placed", None),
            HoldState::Posted(amount) => ("posted", Some(amount.to_string())),
            HoldState::Released => ("released", None),
            HoldState::Expired => ("expired", None),
        };
        Self {
            authorization: hold.authorization.to_string(),
            approval_code: hold.approval_code.to_string(),
            account: hold.card.to_string(),
            merchant: hold.merchant.to_string(),
            amount: hold.amount.to_string(),
            state: state.to_owned(),
            posted,
            placed_at: hold.placed_at.rfc3339(),
            expires_at: hold.expires_at.rfc3339(),
        }
    }
}

impl LedgerLines {
    pub(super) fn of(
        balances: &[(Account, Currency, Balance)],
        entries: u64,
        is_balanced: bool,
    ) -> Self {
        let line = |(account, currency, balance): &(Account, Currency, Balance)| {
            let (side, minor) = match balance.credit() {
                0 => (Side::Debit, balance.debit()),
                credit => (Side::Credit, credit),
            };
            let account = account.to_string();
            BalanceLine { account, side, balance: decimal(minor, *currency) }
        };
        Self { accounts: balances.iter().map(line).collect(), entries, is_balanced }
    }
}

impl EntryLine {
    pub(super) fn of(entry: &Entry) -> Self {
        let line = |line: &Line| BalanceLine {
            account: line.account.to_string(),
            side: match line.side {
                ledger::Side::Debit => Side::Debit,
                ledger::Side::Credit => Side::Credit,
            },
            balance: line.amount.to_string(),
        };
        Self {
            number: entry.number(),
            at: entry.at().rfc3339(),
            occasion: match entry.occasion() {
                Occasion::Captured(name) => format!("captured {name}"),
                Occasion::Cleared(name) => format!("cleared {name}"),
                Occasion::Credited(file) => format!("credited {file}"),
                Occasion::Disputed(name) => format!("disputed {name}"),
                Occasion::Refunded(name) => format!("refunded {name}"),
                Occasion::Settled(file) => format!("settled {file}"),
                Occasion::TakenBack(name) => format!("taken back {name}"),
            },
            lines: entry.lines().iter().map(line).collect(),
        }
    }
}

impl MerchantLine {
    pub(super) fn of(merchant: &Merchant) -> Self {
        Self {
            merchant: merchant.id.to_string(),
            name: merchant.name.clone(),
            account: merchant.account.clone(),
            fee_basis_points: merchant.fees.basis_points(),
            fee_fixed: merchant.fees.fixed().iter().map(ToString::to_string).collect(),
        }
    }
}

impl FileLine {
    pub(super) fn of(sent: &SentFile) -> Self {
        let file = &sent.file;
        let (state, settled_at) = match &sent.state {
            FileState::Presented => ("presented", None),
            FileState::Rejected => ("rejected", None),
            FileState::Settled(settlement) => ("settled", Some(settlement.at.rfc3339())),
        };
        Self {
            name: file.id().to_string(),
            issuer: file.issuer().to_string(),
            flow: file.flow(),
            items: file.items().len(),
            total: file.total().to_string(),
            state: state.to_owned(),
            made_at: file.created_at().rfc3339(),
            settled_at,
        }
    }
}

impl DocumentLine {
    pub(super) fn of(passed: &Passed) -> Self {
        Self {
            kind: passed.name.clone(),
            sender: passed.sender.clone(),
            recipient: passed.recipient.clone(),
            is_in: passed.direction == Direction::In,
            at: passed.at.rfc3339(),
            octets: passed.octets.len(),
        }
    }
}

impl CreditLine {
    pub(super) fn of(credit: &MerchantCredit) -> Self {
        Self {
            number: credit.number,
            merchant: credit.merchant.to_string(),
            file: credit.file.to_string(),
            flow: credit.flow,
            sales: credit.sales,
            gross: credit.gross.to_string(),
            fee: credit.fee.to_string(),
            net: credit.net.to_string(),
            at: credit.at.rfc3339(),
        }
    }
}

/// A sum of a ledger as money; one beyond every amount is told in its smallest unit.
fn decimal(minor: u128, currency: Currency) -> String {
    let money = u64::try_from(minor).ok().and_then(|minor| Money::new(minor, currency).ok());
    money.map_or_else(|| format!("{minor} minor {}", currency.code()), |money| money.to_string())
}
