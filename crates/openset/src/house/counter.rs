//! The banks' doors for operators: accounts and holds of an issuer, files, settlement and credits
//! of an acquirer, and the breaks between their books.

use std::{future::Future, path::Path, pin::Pin, sync::Arc};

use openset_bank::{
    clearing::Flow,
    reconciliation::{Break, SettlementDay, Written, compare},
};
use openset_node::{
    banks::{ABOUT_FILE, AcquirerHost, ClearingRun, ENTRIES_MAX, IssuerHost},
    clock::Clock,
    link::{Link, LinkTerms},
    shutdown::Stop,
    store::{Direction, JournalOf, Page, Passed, Store},
};
use openset_types::{Bin, Currency, Money, RetrievalReference};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use super::{
    banks::{ACQUIRER, Bank},
    socket::{self, OPERATORS, Performs},
};

mod lines;

pub(crate) use lines::{
    AccountLine, BalanceLine, CreditLine, DocumentLine, EntryLine, FileLine, HoldLine, LedgerLines,
    MerchantLine, ReconciledLine, Side,
};

/// The most documents of one clearing file that are listed.
const DOCUMENTS_MAX: u32 = 200;

/// What is asked of a bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Deed {
    /// An issuer's card accounts.
    Accounts,
    /// An issuer's holds.
    Holds,
    /// Every account of the ledger.
    Ledger,
    /// Entries of the ledger, those before a number or the newest.
    Entries { before: Option<u64> },
    /// An acquirer's merchants.
    Merchants,
    /// An acquirer's clearing files.
    Files,
    /// The documents about one clearing file; one of a kind with its octets.
    Documents { name: String, print: Option<String> },
    /// What merchants were credited and debited.
    Credits,
    /// Clears what waits.
    Clear,
    /// Asks every issuer by 0500 whether it has settled the same today.
    Reconcile,
    /// What it has written of every sale and credit, to compare with others.
    Written,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Told {
    Accounts(Vec<AccountLine>),
    Holds(Vec<HoldLine>),
    Ledger(LedgerLines),
    Entries(Vec<EntryLine>),
    Merchants(Vec<MerchantLine>),
    Files(Vec<FileLine>),
    Documents(Vec<DocumentLine>),
    /// One document, as it crossed.
    Document(String),
    Credits(Vec<CreditLine>),
    Written(Vec<WrittenLine>),
    Reconciled(Vec<ReconciledLine>),
    /// Why not.
    Undone(String),
}

/// What a bank has written of one sale or credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WrittenLine {
    pub(crate) reference: RetrievalReference,
    pub(crate) amount: Money,
    /// The issuer it is with; none where the issuer itself tells.
    pub(crate) issuer: Option<Bin>,
}

/// A clearing run, whoever arranges it.
pub(crate) type Clears = Arc<
    dyn Fn() -> Pin<Box<dyn Future<Output = anyhow::Result<ClearingRun>> + Send>> + Send + Sync,
>;

/// An issuer behind its door.
struct IssuerDoor(Bank<IssuerHost>);

/// An acquirer behind its door.
struct AcquirerDoor {
    bank: Bank<AcquirerHost>,
    clears: Clears,
    issuers: Issuers,
    clock: Arc<dyn Clock>,
}

/// The links to issuers that are asked at the end of a day.
pub(crate) type Issuers = Arc<[(Bin, Link)]>;

/// Lets an issuer's operators in, by a socket in its folder.
pub(crate) fn open_issuer(
    data: &Path,
    folder: &str,
    bank: &Bank<IssuerHost>,
    stop: Stop,
) -> anyhow::Result<JoinHandle<()>> {
    socket::open(data, folder, OPERATORS, Arc::new(IssuerDoor(bank.clone())), stop)
}

/// Lets an acquirer's operators in, by a socket in its folder.
pub(crate) fn open_acquirer(
    data: &Path,
    bank: &Bank<AcquirerHost>,
    clears: Clears,
    (issuers, clock): (Issuers, Arc<dyn Clock>),
    stop: Stop,
) -> anyhow::Result<JoinHandle<()>> {
    let door = AcquirerDoor { bank: bank.clone(), clears, issuers, clock };
    socket::open(data, ACQUIRER, OPERATORS, Arc::new(door), stop)
}

/// Links to issuers, for the end of a day. An answer that nobody waits for is passed over: it
/// decides nothing.
pub(crate) fn links(
    issuers: Vec<(Bin, LinkTerms)>,
    clock: &Arc<dyn Clock>,
    stop: &Stop,
) -> Issuers {
    let open = |terms| Link::open(terms, Arc::clone(clock), |_| {}, stop.clone());
    issuers.into_iter().map(|(issuer, terms)| (issuer, open(terms))).collect()
}

/// Says a deed to the bank that another process serves from this folder, if one does.
pub(crate) async fn perform_behind(
    data: &Path,
    folder: &str,
    deed: &Deed,
) -> Option<anyhow::Result<Told>> {
    let socket = socket::find(data, folder, OPERATORS).await?;
    Some(socket::ask(&socket, deed).await)
}

/// Every break between what an acquirer has written of an issuer's cards and what the issuer has.
pub(crate) fn breaks(acquirer: &[WrittenLine], issuer: &Bin, told: &[WrittenLine]) -> Vec<Break> {
    let written =
        |line: &WrittenLine| Written { authorization: line.reference.clone(), amount: line.amount };
    let of_it = |line: &&WrittenLine| line.issuer.as_ref() == Some(issuer);
    let ours: Vec<_> = acquirer.iter().filter(of_it).map(written).collect();
    let theirs: Vec<_> = told.iter().map(written).collect();
    compare(&ours, &theirs)
}

impl IssuerDoor {
    async fn does(&self, deed: Deed) -> anyhow::Result<Told> {
        let view = self.0.host.view().await?;
        Ok(match deed {
            Deed::Accounts => Told::Accounts(view.cards.iter().map(AccountLine::of).collect()),
            Deed::Holds => {
                let mut holds: Vec<_> = view.holds.iter().collect();
                holds.sort_by_key(|hold| std::cmp::Reverse(hold.placed_at));
                Told::Holds(holds.into_iter().map(HoldLine::of).collect())
            }
            Deed::Ledger => {
                Told::Ledger(LedgerLines::of(&view.balances, view.entries, view.is_balanced))
            }
            Deed::Written => Told::Written(view.written.iter().map(of_issuer).collect()),
            Deed::Documents { name, print } => {
                documents(self.0.store.as_ref(), &name, print).await?
            }
            Deed::Entries { before } => {
                let entries = self.0.host.entries(before, ENTRIES_MAX).await?;
                Told::Entries(entries.iter().map(EntryLine::of).collect())
            }
            Deed::Merchants | Deed::Files | Deed::Credits | Deed::Clear | Deed::Reconcile => {
                Told::Undone("an issuer does not do that".to_owned())
            }
        })
    }
}

fn of_issuer(written: &Written) -> WrittenLine {
    let reference = written.authorization.clone();
    WrittenLine { reference, amount: written.amount, issuer: None }
}

impl AcquirerDoor {
    async fn does(&self, deed: Deed) -> anyhow::Result<Told> {
        if deed == Deed::Reconcile {
            return Ok(Told::Reconciled(self.reconcile().await));
        }
        if deed == Deed::Clear {
            (self.clears)().await?;
        }
        let view = self.bank.host.view().await?;
        Ok(match deed {
            Deed::Ledger => {
                Told::Ledger(LedgerLines::of(&view.balances, view.entries, view.is_balanced))
            }
            Deed::Entries { before } => {
                let entries = self.bank.host.entries(before, ENTRIES_MAX).await?;
                Told::Entries(entries.iter().map(EntryLine::of).collect())
            }
            Deed::Merchants => {
                Told::Merchants(view.merchants.iter().map(MerchantLine::of).collect())
            }
            Deed::Files | Deed::Clear => {
                let mut files: Vec<_> = view.files.iter().map(FileLine::of).collect();
                files.sort_by(|one, other| other.name.cmp(&one.name));
                Told::Files(files)
            }
            Deed::Credits => Told::Credits(view.credits.iter().map(CreditLine::of).collect()),
            Deed::Documents { name, print } => {
                documents(self.bank.store.as_ref(), &name, print).await?
            }
            Deed::Written => {
                let paid = view.captures.iter().chain(&view.refunds);
                let line = |capture: &openset_bank::acquirer::Capture| WrittenLine {
                    reference: capture.name().clone(),
                    amount: capture.amount(),
                    issuer: Some(capture.advice.issuer.clone()),
                };
                Told::Written(paid.filter(|capture| capture.is_paid()).map(line).collect())
            }
            Deed::Accounts | Deed::Holds | Deed::Reconcile => {
                Told::Undone("an acquirer has no card accounts".to_owned())
            }
        })
    }
}

impl AcquirerDoor {
    async fn reconcile(&self) -> Vec<ReconciledLine> {
        let day = SettlementDay::of(self.clock.now());
        let mut lines = Vec::new();
        for (issuer, link) in self.issuers.iter() {
            let line = |currency: Option<Currency>, breaks, unanswered| ReconciledLine {
                issuer: issuer.to_string(),
                day: day.to_string(),
                currency: currency.map(|currency| currency.code().to_owned()),
                breaks,
                unanswered,
            };
            match self.bank.host.reconcile(link, issuer, day).await {
                Ok(all) => lines.extend(all.into_iter().map(|one| {
                    let breaks = one.breaks.iter().map(ToString::to_string).collect();
                    line(Some(one.ours.currency()), breaks, None)
                })),
                Err(why) => lines.push(line(None, Vec::new(), Some(why.to_string()))),
            }
        }
        lines
    }
}

/// What was exchanged about a clearing file, oldest first.
async fn documents(store: &dyn Store, name: &str, print: Option<String>) -> anyhow::Result<Told> {
    let of = JournalOf::Instance { kind: ABOUT_FILE, key: name.as_bytes().to_vec() };
    let mut passed: Vec<Passed> = store.journal(&of, Page::newest(DOCUMENTS_MAX)).await?;
    passed.reverse();
    anyhow::ensure!(!passed.is_empty(), "no clearing file {name}");
    let Some(kind) = print else {
        return Ok(Told::Documents(passed.iter().map(DocumentLine::of).collect()));
    };
    let last = passed.iter().rfind(|document| document.name == kind);
    let last = last.ok_or_else(|| anyhow::anyhow!("no {kind} about {name}"))?;
    Ok(Told::Document(String::from_utf8_lossy(&last.octets).into_owned()))
}

impl Performs for IssuerDoor {
    type Deed = Deed;
    type Told = Told;

    async fn perform(&self, deed: Deed) -> Told {
        self.does(deed).await.unwrap_or_else(|error| Told::Undone(format!("{error:#}")))
    }

    fn baffled() -> Told {
        Told::Undone("not a deed".to_owned())
    }
}

impl Performs for AcquirerDoor {
    type Deed = Deed;
    type Told = Told;

    async fn perform(&self, deed: Deed) -> Told {
        self.does(deed).await.unwrap_or_else(|error| Told::Undone(format!("{error:#}")))
    }

    fn baffled() -> Told {
        Told::Undone("not a deed".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(reference: &str, minor: u64, issuer: Option<&str>) -> WrittenLine {
        WrittenLine {
            reference: RetrievalReference::parse(reference).expect("twelve digits"),
            amount: Money::new(minor, Currency::EUR).expect("an amount"),
            issuer: issuer.map(|digits| Bin::parse(digits).expect("six digits")),
        }
    }

    #[test]
    fn every_break_with_an_issuer_is_named_and_those_with_others_are_not() {
        let bin = Bin::parse("999999").expect("six digits");
        let acquirer = [
            line("632708000001", 1, Some("999999")),
            line("632708000002", 2, Some("999999")),
            line("632708000003", 3, Some("999997")),
        ];
        let issuer = [line("632708000002", 5, None), line("632708000004", 4, None)];
        let told: Vec<_> =
            breaks(&acquirer, &bin, &issuer).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "632708000001: only we have 0.01 EUR",
                "632708000002: we have 0.02 EUR, they have 0.05 EUR",
                "632708000004: only they have 0.04 EUR",
            ]
        );
        assert!(breaks(&acquirer[..1], &bin, &[line("632708000001", 1, None)]).is_empty());
    }
}
