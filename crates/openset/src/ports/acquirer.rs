//! The acquirer's console.

use std::sync::Arc;

use openset_bank::acquirer::CaptureState;
use openset_node::{
    banks::AcquirerView,
    store::{JournalOf, Page, Passed, Seq},
};
use openset_types::{InvalidMoney, Money};
use openset_web::{
    Problem,
    ports::{AcquirerBooks, AcquirerPort, CaptureRow, Credit, FileRow, Said, StoredFile},
};

use super::{broken, unavailable};
use crate::{demo::cast, house::system::System};

/// How much of the journal is looked through for files.
const JOURNAL_MAX: u32 = 1000;

/// The acquirer's console.
pub(super) struct Console(pub(super) Arc<System>);

impl Console {
    /// The files of the journal, newest first.
    async fn files(&self) -> Said<Vec<Passed>> {
        let journal =
            self.0.acquirer.store.journal(&JournalOf::Everything, Page::newest(JOURNAL_MAX)).await;
        let is_file = |passed: &Passed| KINDS.iter().any(|(name, _)| *name == passed.name);
        Ok(journal.map_err(broken)?.into_iter().filter(is_file).collect())
    }
}

/// Files by what journals call them, and by what their standard does.
const KINDS: [(&str, &str); 5] = [
    ("camt.053", "camt.053.001.08"),
    ("camt.054", "camt.054.001.08"),
    ("pacs.002", "pacs.002.001.10"),
    ("pacs.009", "pacs.009.001.08"),
    ("pain.001", "pain.001.001.09"),
];

impl AcquirerPort for Console {
    fn name(&self) -> String {
        cast::ACQUIRER.to_owned()
    }

    async fn books(&self) -> Said<AcquirerBooks> {
        let view = self.0.acquirer.host.view().await.map_err(broken)?;
        let files = self.files().await?;
        books(&view, &files).map_err(unavailable)
    }

    async fn run_clearing(&self) -> Said<()> {
        self.0.clear().await.map(drop).map_err(unavailable)
    }

    async fn file(&self, name: &str) -> Said<StoredFile> {
        let number = name.split('.').next().and_then(|number| number.parse().ok());
        let of = JournalOf::One(Seq::new(number.ok_or(Problem::NotFound)?));
        let found = self.0.acquirer.store.journal(&of, Page::newest(1)).await.map_err(broken)?;
        let found = found.into_iter().find(|passed| file_name(passed) == name);
        let octets = found.ok_or(Problem::NotFound)?.octets;
        Ok(StoredFile { name: name.to_owned(), octets })
    }
}

fn books(view: &AcquirerView, files: &[Passed]) -> Result<AcquirerBooks, InvalidMoney> {
    let mut captures: Vec<_> = view.captures.iter().collect();
    captures.sort_by_key(|capture| std::cmp::Reverse(capture.at));
    let awaiting =
        |capture: &&&openset_bank::acquirer::Capture| capture.state == CaptureState::Awaiting;
    let waiting: Vec<Money> =
        captures.iter().filter(awaiting).map(|capture| capture.advice.amount).collect();
    let cleared = |capture: &openset_bank::acquirer::Capture| {
        let in_file = view.files.iter().find(|file| {
            let mut items = file.file.items().iter();
            items.any(|item| item.authorization == capture.advice.authorization)
        });
        in_file.map(|file| file.file.created_at())
    };
    Ok(AcquirerBooks {
        captures: captures
            .iter()
            .map(|capture| CaptureRow {
                at: capture.at,
                merchant: capture.advice.merchant.to_string(),
                reference: capture.advice.authorization.to_string(),
                amount: capture.advice.amount,
                cleared: cleared(capture),
            })
            .collect(),
        waiting: sum(waiting.iter().copied())?,
        waiting_count: waiting.len(),
        files: files.iter().map(|file| file_row(file, view)).collect(),
        credits: view
            .merchants
            .iter()
            .map(|merchant| credit(merchant, view))
            .collect::<Result<_, _>>()?,
    })
}

fn sum(amounts: impl Iterator<Item = Money>) -> Result<Money, InvalidMoney> {
    let mut amounts = amounts;
    amounts.try_fold(Money::zero(cast::price().currency()), |sum, amount| sum.plus(amount))
}

fn credit(
    merchant: &openset_bank::acquirer::Merchant,
    view: &AcquirerView,
) -> Result<Credit, InvalidMoney> {
    let paid = view.credits.iter().filter(|credit| credit.merchant == merchant.id);
    let waiting = view.captures.iter().filter(|capture| {
        let is_paid =
            matches!(capture.state, CaptureState::Credited(_) | CaptureState::Disputed(_));
        capture.advice.merchant == merchant.id && !is_paid
    });
    Ok(Credit {
        merchant: merchant.name.clone(),
        paid: sum(paid.map(|credit| credit.net))?,
        waiting: sum(waiting.map(|capture| capture.advice.amount))?,
    })
}

/// What addresses call a file: its place in the journal, and its kind.
fn file_name(passed: &Passed) -> String {
    format!("{}.{}.xml", passed.seq.number(), passed.name.replace('.', ""))
}

fn file_row(passed: &Passed, view: &AcquirerView) -> FileRow {
    let kind = KINDS.iter().find(|(name, _)| *name == passed.name);
    let to = match passed.recipient.as_str() {
        "issuer" => cast::ISSUER,
        "merchant" => cast::SHOP,
        _ => cast::ACQUIRER,
    };
    FileRow {
        name: file_name(passed),
        kind: kind.map(|(_, standard)| (*standard).to_owned()).unwrap_or_default(),
        to: to.to_owned(),
        total: total(passed, view),
        at: passed.at,
    }
}

/// The sum a file speaks of: that of its clearing file, or what it credits.
fn total(passed: &Passed, view: &AcquirerView) -> Money {
    let text = String::from_utf8_lossy(&passed.octets).into_owned();
    let names = |id: &str| text.contains(&format!(">{id}<"));
    let credited = view.credits.iter().find(|credit| names(credit.file.as_str()));
    let of_file = view.files.iter().find(|file| names(file.file.id().as_str()));
    let is_credit = matches!(passed.name.as_str(), "pain.001" | "camt.053");
    let credited = credited.filter(|_| is_credit).map(|credit| credit.net);
    credited
        .or_else(|| of_file.map(|file| file.file.total()))
        .unwrap_or_else(|| Money::zero(cast::price().currency()))
}
