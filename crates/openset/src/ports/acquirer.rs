//! The acquirer's console.

use std::sync::Arc;

use openset_bank::{
    acquirer::{Capture, CaptureState},
    clearing::{ClearingFile, Flow},
};
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
    ("pacs.002", "pacs.002.001.11"),
    ("pacs.009", "pacs.009.001.09"),
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
    let (waiting, refunds_waiting) = (waiting(&view.captures), waiting(&view.refunds));
    Ok(AcquirerBooks {
        captures: rows(&view.captures, view),
        waiting: sum(waiting.iter().copied())?,
        waiting_count: waiting.len(),
        refunds: rows(&view.refunds, view),
        refunds_waiting: sum(refunds_waiting.iter().copied())?,
        refunds_waiting_count: refunds_waiting.len(),
        files: files.iter().map(|file| file_row(file, view)).collect(),
        credits: view
            .merchants
            .iter()
            .map(|merchant| credit(merchant, view))
            .collect::<Result<_, _>>()?,
    })
}

/// What waits for the next file.
fn waiting(captures: &[Capture]) -> Vec<Money> {
    let waiting = captures.iter().filter(|capture| capture.state == CaptureState::Awaiting);
    waiting.map(Capture::amount).collect()
}

/// Newest first. What was taken back whole is in no file and waits for none.
fn rows(captures: &[Capture], view: &AcquirerView) -> Vec<CaptureRow> {
    let mut captures: Vec<_> =
        captures.iter().filter(|capture| capture.state != CaptureState::TakenBack).collect();
    captures.sort_by_key(|capture| std::cmp::Reverse(capture.at));
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
    captures.into_iter().map(row).collect()
}

fn sum(amounts: impl Iterator<Item = Money>) -> Result<Money, InvalidMoney> {
    let mut amounts = amounts;
    amounts.try_fold(Money::zero(cast::price().currency()), |sum, amount| sum.plus(amount))
}

fn credit(
    merchant: &openset_bank::acquirer::Merchant,
    view: &AcquirerView,
) -> Result<Credit, InvalidMoney> {
    let paid = view
        .credits
        .iter()
        .filter(|credit| credit.merchant == merchant.id && credit.flow == Flow::Sale);
    let waiting = view.captures.iter().filter(|capture| {
        let is_paid = matches!(capture.state, CaptureState::Credited(_)) || !capture.stands();
        capture.advice.merchant == merchant.id && !is_paid
    });
    Ok(Credit {
        merchant: merchant.name.clone(),
        paid: sum(paid.map(|credit| credit.net))?,
        waiting: sum(waiting.map(|capture| capture.amount()))?,
    })
}

/// What addresses call a file: its place in the journal, and its kind.
fn file_name(passed: &Passed) -> String {
    format!("{}.{}.xml", passed.seq.number(), passed.name.replace('.', ""))
}

fn file_row(passed: &Passed, view: &AcquirerView) -> FileRow {
    let kind = KINDS.iter().find(|(name, _)| *name == passed.name);
    let to = match passed.recipient.as_str() {
        "issuer" => issuer_of(passed, view),
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

/// The bank that a clearing file is for.
fn issuer_of(passed: &Passed, view: &AcquirerView) -> &'static str {
    let meant = cleared(passed, view).map(|file| file.issuer());
    let bank = cast::BANKS.into_iter().find(|bank| meant == Some(&bank.bin()));
    bank.unwrap_or(&cast::FIRST).name
}

/// The clearing file that a file speaks of.
fn cleared<'a>(passed: &Passed, view: &'a AcquirerView) -> Option<&'a ClearingFile> {
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
        .or_else(|| cleared(passed, view).map(ClearingFile::total))
        .unwrap_or_else(|| Money::zero(cast::price().currency()))
}

#[cfg(test)]
mod tests {
    use openset_node::{banks::demo_merchant, store::Direction};
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
        };
        let (state, flow) = (CaptureState::Awaiting, Flow::Sale);
        Capture { advice, at: at(seconds), state, flow, taken_back: Vec::new() }
    }

    fn view(captures: Vec<Capture>) -> AcquirerView {
        AcquirerView {
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
        let books = books(&view(captures), &[]).expect("small sums");
        assert_eq!((books.waiting, books.waiting_count), (euro(8000), 2));
        assert_eq!(books.captures[0].reference, "632708000002");
        assert!(books.captures.iter().all(|row| row.cleared.is_none()));
        assert_eq!((books.credits[0].waiting, books.credits[0].paid), (euro(8000), euro(0)));
    }

    #[test]
    fn books_without_anything_in_them_are_zero() {
        let books = books(&view(Vec::new()), &[]).expect("no sums");
        assert_eq!((books.waiting, books.waiting_count, books.captures.len()), (euro(0), 0, 0));
    }

    #[test]
    fn sums_that_do_not_fit_are_refused() {
        let most = Money::MINOR_MAX;
        let captures = vec![capture("632708000001", 1, most), capture("632708000002", 2, most)];
        assert!(books(&view(captures), &[]).is_err());
    }

    #[test]
    fn a_file_is_called_by_its_place_and_kind_and_one_of_no_clearing_says_zero() {
        let row = file_row(&passed(3, "camt.054"), &view(Vec::new()));
        assert_eq!((row.name.as_str(), row.kind.as_str()), ("3.camt054.xml", "camt.054.001.08"));
        assert_eq!((row.to.as_str(), row.total), (cast::ISSUER, euro(0)));
    }

    #[test]
    fn the_kinds_are_those_the_files_themselves_name() {
        for (name, kind) in KINDS {
            assert!(kind.starts_with(name), "{kind}");
        }
        let view = view(Vec::new());
        assert_eq!(file_row(&passed(1, "pain.999"), &view).kind, "");
    }
}
