//! What the consoles of both banks tell of their books: ledger, clearing files, documents.

use openset_bank::{
    acquirer::{FileState, SentFile},
    clearing::{self, Sale},
    issuer::TakenFile,
    ledger::{self, Account, Balance},
};
use openset_node::{
    banks::ABOUT_FILE,
    store::{JournalOf, Page, Passed, Seq, Store},
};
use openset_types::{Bin, Currency, InvalidMoney, Money, Side};
use openset_web::{
    Problem,
    ports::{
        ClearingDocument, ClearingFile, ClearingItem, ClearingRow, ClearingState, Flow,
        LedgerAccount, LedgerBooks, LedgerEntry, LedgerLine, Newest, Occasion, Said, StoredFile,
    },
};

use super::{broken, unavailable, words};
use crate::demo::cast;

/// How many rows of a long list a page shows.
pub(super) const ROWS_MAX: usize = 50;
/// How many entries of a ledger a page shows.
pub(super) const ENTRIES: u64 = 25;
/// More documents than are exchanged about one clearing file.
const DOCUMENTS_MAX: u32 = 200;

/// Files by what journals call them, and by what their standard does.
pub(super) const KINDS: [(&str, &str); 5] = [
    ("camt.053", "camt.053.001.08"),
    ("camt.054", "camt.054.001.08"),
    ("pacs.002", "pacs.002.001.11"),
    ("pacs.009", "pacs.009.001.09"),
    ("pain.001", "pain.001.001.09"),
];

/// A ledger as its bank keeps it.
pub(super) struct Kept<'a> {
    pub(super) balances: &'a [(Account, Currency, Balance)],
    pub(super) count: u64,
    pub(super) is_balanced: bool,
    /// Some of its entries, newest first.
    pub(super) entries: &'a [ledger::Entry],
}

/// A ledger. A balance beyond every amount is no page.
pub(super) fn ledger(kept: &Kept<'_>) -> Said<LedgerBooks> {
    let balances = kept
        .balances
        .iter()
        .map(|(account, currency, sum)| balance(account, *currency, *sum).map_err(unavailable));
    let oldest = kept.entries.last().map(ledger::Entry::number);
    Ok(LedgerBooks {
        balances: balances.collect::<Said<_>>()?,
        count: usize::try_from(kept.count).unwrap_or(usize::MAX),
        is_balanced: kept.is_balanced,
        entries: kept.entries.iter().map(entry).collect(),
        older: oldest.filter(|oldest| *oldest > 1),
    })
}

fn balance(
    account: &Account,
    currency: Currency,
    sum: Balance,
) -> Result<LedgerLine, InvalidMoney> {
    let (side, minor) = match sum.credit() {
        0 => (Side::Debit, sum.debit()),
        credit => (Side::Credit, credit),
    };
    let minor = u64::try_from(minor).map_err(|_| InvalidMoney::TooLarge)?;
    Ok(LedgerLine { account: named(account), side, amount: Money::new(minor, currency)? })
}

fn entry(entry: &ledger::Entry) -> LedgerEntry {
    let (occasion, about) = match entry.occasion() {
        ledger::Occasion::Captured(name) => (Occasion::Captured, name.to_string()),
        ledger::Occasion::Cleared(name) => (Occasion::Cleared, name.to_string()),
        ledger::Occasion::Credited(file) => (Occasion::Credited, file.to_string()),
        ledger::Occasion::Disputed(name) => (Occasion::Disputed, name.to_string()),
        ledger::Occasion::Refunded(name) => (Occasion::Refunded, name.to_string()),
        ledger::Occasion::Settled(file) => (Occasion::Settled, file.to_string()),
        ledger::Occasion::TakenBack(name) => (Occasion::TakenBack, name.to_string()),
    };
    let line = |line: &ledger::Line| LedgerLine {
        account: named(&line.account),
        side: match line.side {
            ledger::Side::Debit => Side::Debit,
            ledger::Side::Credit => Side::Credit,
        },
        amount: line.amount,
    };
    let lines = entry.lines().iter().map(line).collect();
    LedgerEntry { number: entry.number(), at: entry.at(), occasion, about, lines }
}

fn named(account: &Account) -> LedgerAccount {
    match account {
        Account::Card(card) => LedgerAccount::Card(card.to_string()),
        Account::Clearing(bank) => LedgerAccount::Clearing(bank_name(bank)),
        Account::Central => LedgerAccount::Central,
        Account::Fees => LedgerAccount::Fees,
        Account::Merchant(merchant) => LedgerAccount::Merchant(merchant.to_string()),
        Account::Pending(merchant) => LedgerAccount::Pending(merchant.to_string()),
    }
}

/// A bank by its number: what it is called, or the number of one that nobody here knows.
pub(super) fn bank_name(number: &Bin) -> String {
    if *number == cast::acquirer_bin() {
        return cast::ACQUIRER.to_owned();
    }
    let known = cast::BANKS.into_iter().find(|bank| bank.bin() == *number);
    known.map_or_else(|| number.to_string(), |bank| bank.name.to_owned())
}

/// Which way the money of a file goes.
pub(super) fn flow(flow: clearing::Flow) -> Flow {
    match flow {
        clearing::Flow::Sale => Flow::Sales,
        clearing::Flow::Credit => Flow::Credits,
    }
}

/// A file that an acquirer made.
pub(super) fn sent(sent: &SentFile) -> ClearingRow {
    let state = match &sent.state {
        FileState::Presented => ClearingState::Presented,
        FileState::Rejected => ClearingState::Rejected,
        FileState::Settled(settlement) => ClearingState::Settled(settlement.at),
    };
    row(&sent.file, sent.file.issuer(), state)
}

/// A file that an issuer took.
pub(super) fn taken(taken: &TakenFile) -> ClearingRow {
    row(&taken.file, taken.file.acquirer(), ClearingState::Settled(taken.settlement.at))
}

fn row(file: &clearing::ClearingFile, other: &Bin, state: ClearingState) -> ClearingRow {
    ClearingRow {
        name: file.id().to_string(),
        bank: bank_name(other),
        flow: flow(file.flow()),
        items: file.items().len(),
        total: file.total(),
        at: file.created_at(),
        state,
    }
}

/// Rows newest first, the newest of them.
pub(super) fn newest(mut rows: Vec<ClearingRow>) -> Newest<ClearingRow> {
    rows.sort_by(|one, other| (other.at, &other.name).cmp(&(one.at, &one.name)));
    Newest::of(rows, ROWS_MAX)
}

/// A file with its items, and what was exchanged about it.
pub(super) async fn file(
    row: ClearingRow,
    items: &[Sale],
    store: &dyn Store,
) -> Said<ClearingFile> {
    let of = JournalOf::Instance { kind: ABOUT_FILE, key: row.name.as_bytes().to_vec() };
    let passed = store.journal(&of, Page::newest(DOCUMENTS_MAX)).await.map_err(broken)?;
    let item = |sale: &Sale| ClearingItem {
        reference: sale.name().to_string(),
        approval_code: sale.approval_code.to_string(),
        merchant: sale.merchant.to_string(),
        at: sale.captured_at,
        amount: sale.amount,
    };
    Ok(ClearingFile {
        row,
        items: Newest::of(items.iter().map(item).collect(), ROWS_MAX),
        documents: passed.iter().rev().map(document).collect(),
    })
}

fn document(passed: &Passed) -> ClearingDocument {
    ClearingDocument {
        name: file_name(passed),
        kind: passed.name.clone(),
        sender: words::party(&passed.sender),
        recipient: words::party(&passed.recipient),
        at: passed.at,
        octets: passed.octets.len(),
    }
}

/// What addresses call a document: its place in the journal, and its kind.
pub(super) fn file_name(passed: &Passed) -> String {
    format!("{}.{}.xml", passed.seq.number(), passed.name.replace('.', ""))
}

/// Whether this is a document, and no bank message.
pub(super) fn is_file(passed: &Passed) -> bool {
    KINDS.iter().any(|(name, _)| *name == passed.name)
}

/// A document by its name.
pub(super) async fn stored(store: &dyn Store, name: &str) -> Said<StoredFile> {
    let number = name.split('.').next().and_then(|number| number.parse().ok());
    let of = JournalOf::One(Seq::new(number.ok_or(Problem::NotFound)?));
    let found = store.journal(&of, Page::newest(1)).await.map_err(broken)?;
    let found = found.into_iter().find(|passed| is_file(passed) && file_name(passed) == name);
    let octets = found.ok_or(Problem::NotFound)?.octets;
    Ok(StoredFile { name: name.to_owned(), octets })
}

#[cfg(test)]
mod tests {
    use openset_bank::ledger::{Ledger, Line};
    use openset_types::{MerchantId, RetrievalReference, UnixTime};

    use super::*;

    fn money(minor: u64, code: &str) -> Money {
        Money::new(minor, Currency::from_code(code).expect("in the table")).expect("an amount")
    }

    fn books() -> (Ledger, Vec<ledger::Entry>) {
        let mut ledger = Ledger::default();
        let pending = Account::Pending(MerchantId::parse("ATELIER-LUMEN").expect("a name"));
        let clearing = Account::Clearing(cast::bin());
        let amounts = [money(4200, "EUR"), money(4200, "JPY"), money(1250, "KWD")];
        let entries = amounts.into_iter().map(|amount| {
            let name = RetrievalReference::parse("632708000001").expect("twelve digits");
            let lines =
                vec![Line::debit(clearing.clone(), amount), Line::credit(pending.clone(), amount)];
            let at = UnixTime::new(1).expect("after 1970");
            ledger.post(at, ledger::Occasion::Captured(name), lines).expect("balanced")
        });
        let mut entries: Vec<_> = entries.collect();
        entries.reverse();
        (ledger, entries)
    }

    fn told(entries: &[ledger::Entry], balances: &[(Account, Currency, Balance)]) -> LedgerBooks {
        let kept = Kept { balances, count: 3, is_balanced: true, entries };
        ledger(&kept).expect("small sums")
    }

    #[test]
    fn each_currency_has_a_balance_of_its_own_and_banks_have_names() {
        let (ledger, entries) = books();
        let balances: Vec<_> =
            ledger.balances().map(|(account, code, sum)| (account.clone(), code, sum)).collect();
        let told = told(&entries, &balances);
        assert_eq!(told.balances.len(), 6);
        let clearing = LedgerAccount::Clearing(cast::ISSUER.to_owned());
        let of_clearing = told.balances.iter().filter(|line| line.account == clearing);
        let amounts: Vec<_> =
            of_clearing.map(|line| (line.side, line.amount.to_string())).collect();
        let due = |amount: &str| (Side::Debit, amount.to_owned());
        assert_eq!(amounts, [due("42.00 EUR"), due("4200 JPY"), due("1.250 KWD")]);
        assert_eq!(told.entries[0].number, 3);
        assert_eq!(told.older, None);
    }

    #[test]
    fn a_page_that_does_not_begin_with_the_first_entry_leads_to_older_ones() {
        let (_, entries) = books();
        assert_eq!(told(&entries[..2], &[]).older, Some(2));
        assert_eq!(told(&[], &[]).older, None);
    }

    #[test]
    fn a_balance_beyond_every_amount_is_no_page() {
        let beyond = Balance { debits: u128::from(Money::MINOR_MAX) + 1, credits: 0 };
        let balances = [(Account::Central, Currency::EUR, beyond)];
        let kept = Kept { balances: &balances, count: 1, is_balanced: true, entries: &[] };
        assert!(ledger(&kept).is_err());
    }

    #[test]
    fn a_bank_that_nobody_knows_is_called_by_its_number() {
        assert_eq!(bank_name(&Bin::parse("123456").expect("six digits")), "123456");
        assert_eq!(bank_name(&cast::acquirer_bin()), cast::ACQUIRER);
    }

    #[test]
    fn the_kinds_are_those_the_files_themselves_name() {
        for (name, kind) in KINDS {
            assert!(kind.starts_with(name), "{kind}");
        }
    }
}
