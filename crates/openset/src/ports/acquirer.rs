//! The acquirer's console.

mod breaks;
mod merchants;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use openset_bank::{
    acquirer::{Capture, CaptureState, Merchant},
    clearing::{self, Flow},
};
use openset_node::{
    banks::AcquirerView,
    store::{JournalOf, Page, Passed},
};
use openset_types::{Currency, InvalidMoney, Money};
use openset_web::{
    Problem,
    ports::{
        AcquirerBooks, AcquirerPort, BooksPort, CaptureRow, ClearingFile, ClearingRow, Comparison,
        Credit, FileRow, LedgerBooks, MerchantBooks, Newest, Said, StoredFile, Waiting,
    },
};

use super::{
    books::{self, KINDS, ROWS_MAX, bank_name, file_name, is_file},
    broken, unavailable,
};
use crate::{demo::cast, house::system::System};

/// How much of the journal is looked through for files.
const JOURNAL_MAX: u32 = 1000;

/// The acquirer's console.
pub(super) struct Console(pub(super) Arc<System>);

impl Console {
    async fn view(&self) -> Said<AcquirerView> {
        self.0.acquirer.host.view().await.map_err(broken)
    }

    /// The files of the journal, newest first.
    async fn files(&self) -> Said<Vec<Passed>> {
        let journal =
            self.0.acquirer.store.journal(&JournalOf::Everything, Page::newest(JOURNAL_MAX)).await;
        Ok(journal.map_err(broken)?.into_iter().filter(is_file).collect())
    }
}

impl BooksPort for Console {
    fn name(&self) -> String {
        cast::ACQUIRER.to_owned()
    }

    async fn ledger(&self, before: Option<u64>) -> Said<LedgerBooks> {
        let host = &self.0.acquirer.host;
        let entries = host.entries(before, books::ENTRIES).await.map_err(broken)?;
        let view = self.view().await?;
        books::ledger(&books::Kept {
            balances: &view.balances,
            count: view.entries,
            is_balanced: view.is_balanced,
            entries: &entries,
        })
    }

    async fn clearing_files(&self) -> Said<Newest<ClearingRow>> {
        Ok(books::newest(self.view().await?.files.iter().map(books::sent).collect()))
    }

    async fn clearing_file(&self, name: &str) -> Said<ClearingFile> {
        let view = self.view().await?;
        let sent = view.files.iter().find(|sent| sent.file.id().as_str() == name);
        let sent = sent.ok_or(Problem::NotFound)?;
        let store = self.0.acquirer.store.as_ref();
        books::file(books::sent(sent), sent.file.items(), store).await
    }

    async fn file(&self, name: &str) -> Said<StoredFile> {
        books::stored(self.0.acquirer.store.as_ref(), name).await
    }
}

impl AcquirerPort for Console {
    async fn books(&self) -> Said<AcquirerBooks> {
        let view = self.view().await?;
        let files = self.files().await?;
        told(&view, &files).map_err(unavailable)
    }

    async fn run_clearing(&self) -> Said<()> {
        self.0.clear().await.map(drop).map_err(unavailable)
    }

    async fn merchants(&self) -> Said<MerchantBooks> {
        Ok(merchants::books(&self.view().await?))
    }

    async fn compare(&self) -> Said<Comparison> {
        breaks::compared(&self.0).await
    }

    async fn ask_today(&self) -> Said<Comparison> {
        let found = breaks::compared(&self.0).await?;
        Ok(Comparison { today: Some(breaks::today(&self.0).await), ..found })
    }
}

fn told(view: &AcquirerView, files: &[Passed]) -> Result<AcquirerBooks, InvalidMoney> {
    let credits = view.merchants.iter().map(|merchant| credits(merchant, view));
    let credits = credits.collect::<Result<Vec<_>, _>>()?;
    let shown = files.iter().take(ROWS_MAX).map(|file| file_row(file, view));
    Ok(AcquirerBooks {
        captures: rows(&view.captures, view),
        waiting: by_currency(waiting(&view.captures))?,
        refunds: rows(&view.refunds, view),
        refunds_waiting: by_currency(waiting(&view.refunds))?,
        files: Newest { rows: shown.collect(), older: files.len().saturating_sub(ROWS_MAX) },
        credits: credits.into_iter().flatten().collect(),
    })
}

/// What waits for the next file.
fn waiting(captures: &[Capture]) -> impl Iterator<Item = Money> {
    let waiting = captures.iter().filter(|capture| capture.state == CaptureState::Awaiting);
    waiting.map(Capture::amount)
}

/// How many, and their sum, in each currency.
fn by_currency(amounts: impl Iterator<Item = Money>) -> Result<Vec<Waiting>, InvalidMoney> {
    let mut sums: BTreeMap<Currency, Waiting> = BTreeMap::new();
    for amount in amounts {
        let total = Money::zero(amount.currency());
        let sum = sums.entry(amount.currency()).or_insert(Waiting { count: 0, total });
        sum.total = sum.total.plus(amount)?;
        sum.count += 1;
    }
    Ok(sums.into_values().collect())
}

/// Newest first. What was taken back whole is in no file and waits for none.
fn rows(captures: &[Capture], view: &AcquirerView) -> Newest<CaptureRow> {
    let mut captures: Vec<_> =
        captures.iter().filter(|capture| capture.state != CaptureState::TakenBack).collect();
    captures.sort_by_key(|capture| std::cmp::Reverse(capture.at));
    let Newest { rows, older } = Newest::of(captures, ROWS_MAX);
    let cleared = |capture: &Capture| {
        let in_file = view
            .files
            .iter()
            .find(|file| file.file.items().iter().any(|item| item.name() == capture.name()));
        in_file.map(|file| file.file.created_at())
    };
    let row = |capture: &Capture| CaptureRow {
        at: capture.at,
        merchant: capture.advice.merchant.to_string(),
        reference: capture.name().to_string(),
        amount: capture.amount(),
        cleared: cleared(capture),
    };
    Newest { rows: rows.into_iter().map(row).collect(), older }
}

/// A merchant's money in each currency it has some in; in the usual one if it has none.
fn credits(merchant: &Merchant, view: &AcquirerView) -> Result<Vec<Credit>, InvalidMoney> {
    let paid = view
        .credits
        .iter()
        .filter(|credit| credit.merchant == merchant.id && credit.flow == Flow::Sale);
    let paid: Vec<_> = paid.map(|credit| credit.net).collect();
    let waiting = view.captures.iter().filter(|capture| {
        let is_paid = matches!(capture.state, CaptureState::Credited(_)) || !capture.stands();
        capture.advice.merchant == merchant.id && !is_paid
    });
    let waiting: Vec<_> = waiting.map(Capture::amount).collect();
    let mut currencies: BTreeSet<_> =
        paid.iter().chain(&waiting).map(|amount| amount.currency()).collect();
    if currencies.is_empty() {
        currencies.insert(cast::price().currency());
    }
    let in_currency = |currency| {
        Ok(Credit {
            merchant: merchant.name.clone(),
            paid: sum(currency, &paid)?,
            waiting: sum(currency, &waiting)?,
        })
    };
    currencies.into_iter().map(in_currency).collect()
}

/// The sum of what is in a currency.
fn sum(currency: Currency, amounts: &[Money]) -> Result<Money, InvalidMoney> {
    let mut of_it = amounts.iter().filter(|amount| amount.currency() == currency);
    of_it.try_fold(Money::zero(currency), |sum, amount| sum.plus(*amount))
}

fn file_row(passed: &Passed, view: &AcquirerView) -> FileRow {
    let kind = KINDS.iter().find(|(name, _)| *name == passed.name);
    let to = match passed.recipient.as_str() {
        "issuer" => issuer_of(passed, view),
        "merchant" => cast::SHOP.to_owned(),
        _ => cast::ACQUIRER.to_owned(),
    };
    FileRow {
        name: file_name(passed),
        kind: kind.map(|(_, standard)| (*standard).to_owned()).unwrap_or_default(),
        to,
        total: total(passed, view),
        at: passed.at,
    }
}

/// The bank that a clearing file is for.
fn issuer_of(passed: &Passed, view: &AcquirerView) -> String {
    let meant = cleared(passed, view).map(|file| bank_name(file.issuer()));
    meant.unwrap_or_else(|| cast::FIRST.name.to_owned())
}

/// The clearing file that a file speaks of.
fn cleared<'a>(passed: &Passed, view: &'a AcquirerView) -> Option<&'a clearing::ClearingFile> {
    let text = String::from_utf8_lossy(&passed.octets);
    let names = |id: &str| text.contains(&format!(">{id}<"));
    view.files.iter().map(|sent| &sent.file).find(|file| names(file.id().as_str()))
}

/// The sum a file speaks of: that of its clearing file, or what it credits.
fn total(passed: &Passed, view: &AcquirerView) -> Money {
    let text = String::from_utf8_lossy(&passed.octets).into_owned();
    let names = |id: &str| text.contains(&format!(">{id}<"));
    let credited = view.credits.iter().find(|credit| names(credit.file.as_str()));
    let is_credit = matches!(passed.name.as_str(), "pain.001" | "camt.053");
    let credited = credited.filter(|_| is_credit).map(|credit| credit.net);
    credited
        .or_else(|| cleared(passed, view).map(clearing::ClearingFile::total))
        .unwrap_or_else(|| Money::zero(cast::price().currency()))
}

#[cfg(test)]
mod tests {
    use openset_node::{
        banks::demo_merchant,
        store::{Direction, Seq},
    };
    use openset_types::{
        ApprovalCode, CaptureAdvice, Currency, RetrievalReference, SystemTrace, Trace, UnixTime,
    };

    use super::*;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(seconds).expect("after 1970")
    }

    fn euro(minor: u64) -> Money {
        Money::new(minor, Currency::EUR).expect("an amount")
    }

    fn capture(reference: &str, seconds: i64, minor: u64) -> Capture {
        let reference = RetrievalReference::parse(reference).expect("twelve digits");
        let trace = Trace {
            retrieval: reference.clone(),
            system: SystemTrace::parse("000001").expect("six digits"),
            asked_at: at(seconds),
        };
        let advice = CaptureAdvice {
            trace,
            authorization: reference,
            approval_code: ApprovalCode::parse("4K7Q21").expect("six characters"),
            issuer: cast::bin(),
            amount: euro(minor),
            merchant: cast::merchant_id(),
            batch: None,
        };
        let (state, flow) = (CaptureState::Awaiting, Flow::Sale);
        let (taken_back, counted) = (Vec::new(), None);
        Capture { advice, at: at(seconds), state, flow, taken_back, counted }
    }

    fn view(captures: Vec<Capture>) -> AcquirerView {
        AcquirerView {
            batches: Vec::new(),
            merchants: vec![demo_merchant()],
            captures,
            refunds: Vec::new(),
            files: Vec::new(),
            credits: Vec::new(),
            balances: Vec::new(),
            entries: 0,
            is_balanced: true,
            written: Vec::new(),
        }
    }

    fn passed(seq: i64, name: &str) -> Passed {
        Passed {
            seq: Seq::new(seq),
            at: at(1),
            direction: Direction::Out,
            sender: "acquirer".to_owned(),
            recipient: "issuer".to_owned(),
            name: name.to_owned(),
            xid: None,
            rrpid: None,
            octets: b"<Id>CLR-1</Id>".to_vec(),
        }
    }

    #[test]
    fn what_waits_is_counted_and_the_newest_capture_comes_first() {
        let captures = vec![capture("632708000001", 1, 4200), capture("632708000002", 2, 3800)];
        let books = told(&view(captures), &[]).expect("small sums");
        assert_eq!(books.waiting, [Waiting { count: 2, total: euro(8000) }]);
        assert_eq!(books.captures.rows[0].reference, "632708000002");
        assert!(books.captures.rows.iter().all(|row| row.cleared.is_none()));
        assert_eq!((books.credits[0].waiting, books.credits[0].paid), (euro(8000), euro(0)));
    }

    #[test]
    fn books_without_anything_in_them_are_zero() {
        let books = told(&view(Vec::new()), &[]).expect("no sums");
        assert!(books.waiting.is_empty() && books.captures.rows.is_empty());
        assert_eq!((books.credits[0].waiting, books.credits[0].paid), (euro(0), euro(0)));
    }

    #[test]
    fn sums_that_do_not_fit_are_refused() {
        let most = Money::MINOR_MAX;
        let captures = vec![capture("632708000001", 1, most), capture("632708000002", 2, most)];
        assert!(told(&view(captures), &[]).is_err());
    }

    #[test]
    fn a_file_is_called_by_its_place_and_kind_and_one_of_no_clearing_says_zero() {
        let row = file_row(&passed(3, "camt.054"), &view(Vec::new()));
        assert_eq!((row.name.as_str(), row.kind.as_str()), ("3.camt054.xml", "camt.054.001.08"));
        assert_eq!((row.to.as_str(), row.total), (cast::ISSUER, euro(0)));
    }

    #[test]
    fn a_document_of_no_known_kind_has_none() {
        assert_eq!(file_row(&passed(1, "pain.999"), &view(Vec::new())).kind, "");
    }

    #[test]
    fn sums_are_made_in_each_currency() {
        let in_currency = |reference, minor, code| {
            let currency = Currency::from_code(code).expect("in the table");
            let mut capture = capture(reference, 1, minor);
            capture.advice.amount = Money::new(minor, currency).expect("an amount");
            capture
        };
        let captures = vec![
            in_currency("632708000001", 4200, "JPY"),
            in_currency("632708000002", 4200, "EUR"),
            in_currency("632708000003", 1250, "KWD"),
            in_currency("632708000004", 8, "JPY"),
        ];
        let books = told(&view(captures), &[]).expect("a sum for each");
        let told = |amounts: &[Money]| amounts.iter().map(Money::to_string).collect::<Vec<_>>();
        let waiting: Vec<_> = books.waiting.iter().map(|one| one.total).collect();
        let all = ["42.00 EUR", "4208 JPY", "1.250 KWD"];
        assert_eq!(told(&waiting), all);
        let credits: Vec<_> = books.credits.iter().map(|credit| credit.waiting).collect();
        assert_eq!(told(&credits), all);
    }
}
