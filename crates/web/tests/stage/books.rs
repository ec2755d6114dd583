//! The books of the banks, as sample data: sales in three currencies and a break or two.

use openset_types::{Currency, Money, Side};
use openset_web::party::Party;
use openset_web::ports::*;

use super::at;

/// The clearing file of all samples.
const FILE: &str = "CLR-B999998-D20261122-N000001";
const MERCHANT: &str = "ATELIER-LUMEN-001";

fn money(minor: u64, code: &str) -> Money {
    Money::new(minor, Currency::from_code(code).expect("in the table")).expect("within range")
}

fn line(account: LedgerAccount, side: Side, amount: Money) -> LedgerLine {
    LedgerLine { account, side, amount }
}

pub fn ledger() -> LedgerBooks {
    let pending = || LedgerAccount::Pending(MERCHANT.to_owned());
    let clearing = || LedgerAccount::Clearing("Banque Démo".to_owned());
    let both = |amount: Money| {
        vec![line(clearing(), Side::Debit, amount), line(pending(), Side::Credit, amount)]
    };
    let captured = |number, reference: &str, amount| LedgerEntry {
        number,
        at: at(60),
        occasion: Occasion::Captured,
        about: reference.to_owned(),
        lines: both(amount),
    };
    let all = [money(4200, "EUR"), money(4200, "JPY"), money(1250, "KWD")];
    LedgerBooks {
        balances: all.into_iter().flat_map(both).collect(),
        count: 3,
        is_balanced: true,
        entries: vec![
            captured(3, "632714000044", all[2]),
            captured(2, "632714000043", all[1]),
            captured(1, "632714000042", all[0]),
        ],
        older: None,
    }
}

fn clearing_row(name: &str, flow: Flow, total: Money, state: ClearingState) -> ClearingRow {
    ClearingRow {
        name: name.to_owned(),
        bank: "Banque Démo".to_owned(),
        flow,
        items: 2,
        total,
        at: at(-4000),
        state,
    }
}

pub fn clearing_rows() -> Newest<ClearingRow> {
    let name = |number: u32| format!("CLR-B999998-D20261122-N{number:06}");
    let rows = vec![
        clearing_row(&name(3), Flow::Credits, money(1000, "EUR"), ClearingState::Presented),
        clearing_row(&name(2), Flow::Sales, money(4200, "JPY"), ClearingState::Rejected),
        clearing_row(FILE, Flow::Sales, money(8000, "EUR"), ClearingState::Settled(at(-3990))),
    ];
    Newest { rows, older: 0 }
}

pub fn clearing_file() -> ClearingFile {
    let item = |reference: &str, minor| ClearingItem {
        reference: reference.to_owned(),
        approval_code: "4K7Q21".to_owned(),
        merchant: MERCHANT.to_owned(),
        at: at(-5000),
        amount: money(minor, "EUR"),
    };
    let document = |name: &str, kind: &str, sender, recipient| ClearingDocument {
        name: name.to_owned(),
        kind: kind.to_owned(),
        sender: Some(sender),
        recipient: Some(recipient),
        at: at(-3995),
        octets: 2417,
    };
    let (acquirer, issuer) = (Party::Acquirer, Party::Issuer);
    ClearingFile {
        row: clearing_rows().rows.swap_remove(2),
        items: Newest::of(vec![item("632714000042", 4200), item("632714000017", 3800)], 2),
        documents: vec![
            document("6.camt054.xml", "camt.054", acquirer, issuer),
            document("7.pacs009.xml", "pacs.009", issuer, acquirer),
        ],
    }
}

pub fn merchant_books() -> MerchantBooks {
    let terms = MerchantTerms {
        id: MERCHANT.to_owned(),
        name: "Atelier Lumen".to_owned(),
        account: "FR7630006000011234567890189".to_owned(),
        fees: FeeTerms { basis_points: 120, fixed: vec![money(5, "EUR"), money(8, "JPY")] },
    };
    let credit = CreditRow {
        number: 1,
        at: at(-3980),
        merchant: "Atelier Lumen".to_owned(),
        flow: Flow::Sales,
        file: FILE.to_owned(),
        count: 1,
        gross: money(4200, "EUR"),
        fee: money(55, "EUR"),
        net: money(4145, "EUR"),
    };
    MerchantBooks { merchants: vec![terms], credits: Newest::of(vec![credit], 1) }
}

pub fn comparison() -> Comparison {
    let found = |reference: &str, how| FoundBreak { reference: reference.to_owned(), how };
    let breaks = vec![
        found(
            "632714000042",
            Difference::Amounts { ours: money(4200, "EUR"), theirs: money(2400, "EUR") },
        ),
        found("632714000043", Difference::OnlyOurs(money(4200, "JPY"))),
        found("632714000044", Difference::OnlyTheirs(money(1250, "KWD"))),
        found("632714000045", Difference::Twice),
    ];
    let bank = |name: &str, breaks| BankCompared { bank: name.to_owned(), settled: 2, breaks };
    let link = |name: &str, dialect: &str, has_codes, is_up| LinkRow {
        bank: name.to_owned(),
        address: "127.0.0.1:7290".to_owned(),
        dialect: dialect.to_owned(),
        has_codes,
        is_up,
    };
    let sum = |count, minor| DaySum { count, amount: money(minor, "EUR") };
    let line = |flow, ours, theirs| DayLine { bank: "Banque Démo".to_owned(), flow, ours, theirs };
    Comparison {
        banks: vec![bank("Banque Démo", breaks), bank("Nordic Test Bank", Vec::new())],
        links: vec![
            link("Banque Démo", "openset-87", false, true),
            link("Nordic Test Bank", "ebcdic-87", true, false),
        ],
        today: Some(DayAsked {
            day: at(0),
            lines: vec![
                line(Flow::Sales, sum(2, 8000), sum(2, 6200)),
                line(Flow::Credits, sum(0, 0), sum(0, 0)),
            ],
            unasked: vec!["Banque Autre".to_owned()],
            silent: vec!["Crédit Démo".to_owned()],
        }),
    }
}

pub fn held() -> Newest<HeldRow> {
    let hold = |state| HoldRow {
        at: at(2),
        merchant: MERCHANT.to_owned(),
        amount: money(4200, "EUR"),
        approval_code: "4K7Q21".to_owned(),
        state,
    };
    let row = |reference: &str, state, posted| HeldRow {
        authorization: reference.to_owned(),
        account: "000001".to_owned(),
        hold: hold(state),
        posted,
        until: at(600_000),
    };
    let rows = vec![
        row("632714000043", HoldState::Placed, None),
        row("632714000042", HoldState::Posted, Some(money(2400, "EUR"))),
    ];
    Newest { rows, older: 0 }
}
