//! Documents are held against their schemas, and bad ones against the reader.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use openset_types::{ApprovalCode, Bin, Currency, MerchantId, Money, RetrievalReference, UnixTime};

use super::*;
use crate::acquirer::{Fees, Merchant, MerchantCredit, Statement};
use crate::clearing::{
    ClearingFile, FileId, Flow, Presentation, Rejection, RejectionReason, Sale, SaleFault,
};
use crate::ledger::Balance;
use crate::settlement::Settlement;

fn now() -> UnixTime {
    UnixTime::parse_generalized("20261123180000Z").expect("a real moment")
}

fn euro(minor: u64) -> Money {
    Money::new(minor, Currency::EUR).expect("an amount")
}

fn shop(name: &str) -> MerchantId {
    MerchantId::parse(name).expect("a name")
}

fn file() -> ClearingFile {
    let sale = |reference, minor, merchant| Sale {
        authorization: RetrievalReference::parse(reference).expect("twelve digits"),
        approval_code: ApprovalCode::parse("4K7Q21").expect("six characters"),
        amount: euro(minor),
        merchant: shop(merchant),
        captured_at: now(),
        credit: None,
    };
    let items = vec![
        sale("632708000001", 4200, "ATELIER-LUMEN-001"),
        sale("632708000002", 1, "A <B> & \"C\" 'D'"),
    ];
    let bank = |digits| Bin::parse(digits).expect("six digits");
    let id = FileId::parse("CLR-B999998-D20261123-N000001").expect("a name");
    ClearingFile::new(id, bank("999998"), bank("999999"), now(), items).expect("a file")
}

/// The first sale of the file, given back.
fn refunds() -> ClearingFile {
    let own = RetrievalReference::parse("732708000001").expect("twelve digits");
    let credit = Sale { credit: Some(own), ..file().items()[0].clone() };
    let bank = |digits| Bin::parse(digits).expect("six digits");
    let id = FileId::parse("CLR-B999998-D20261123-N000002").expect("a name");
    ClearingFile::new(id, bank("999998"), bank("999999"), now(), vec![credit]).expect("a file")
}

fn rejection(reason: RejectionReason) -> Rejection {
    Rejection { file: file().id().clone(), at: now(), reason }
}

fn sale_faults() -> RejectionReason {
    let reference = RetrievalReference::parse("632708000001").expect("twelve digits");
    RejectionReason::Sales(vec![(reference, SaleFault::HoldExpired)])
}

fn credit() -> MerchantCredit {
    MerchantCredit {
        number: 1,
        merchant: shop("ATELIER-LUMEN-001"),
        file: file().id().clone(),
        flow: Flow::Sale,
        sales: 2,
        gross: euro(4201),
        fee: euro(50),
        net: euro(4151),
        at: now(),
    }
}

fn clearing_text() -> String {
    let octets = camt_054::write(&file(), Presentation::First).expect("a document");
    String::from_utf8(octets).expect("UTF-8")
}

fn schema(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/iso20022").join(format!("{name}.xsd"))
}

/// The most digits that stand together, parted by one space or dash at most: what masks card
/// numbers in logs looks at thirteen and more.
fn digits_together(text: &str) -> usize {
    let (mut longest, mut run, mut since) = (0_usize, 0_usize, 2);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => (run, since) = (run.saturating_add(1), 0),
            b' ' | b'-' if since == 0 => since = 1,
            _ => (run, since) = (0, 2),
        }
        longest = longest.max(run);
    }
    longest
}

/// Holds a document against its schema, and looks for what could be taken for a card number.
/// Without xmllint this is left out, but never in CI.
#[expect(clippy::disallowed_methods, reason = "whether this is CI is known to the environment")]
fn assert_valid(name: &str, octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    assert!(digits_together(&text) < 13, "{name} is masked where it is shown: {text}");
    if Command::new("xmllint").arg("--version").output().is_err() {
        assert_ne!(env::var("CI").as_deref(), Ok("true"), "xmllint is missing");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("document.xml");
    fs::write(&path, octets).expect("a file");
    let run = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .args([schema(name), path])
        .output()
        .expect("xmllint runs");
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{told}\n{}", String::from_utf8_lossy(octets));
}

#[test]
fn a_clearing_file_is_valid_and_read_back() {
    for presentation in [Presentation::First, Presentation::Again] {
        let octets = camt_054::write(&file(), presentation).expect("a document");
        assert_valid("camt.054.001.08", &octets);
        assert_eq!(camt_054::read(&octets), Ok((file(), presentation)));
    }
}

#[test]
fn a_file_of_credits_is_valid_and_read_back_and_the_acquirer_pays_for_it() {
    let octets = camt_054::write(&refunds(), Presentation::First).expect("a document");
    assert_valid("camt.054.001.08", &octets);
    assert_eq!(camt_054::read(&octets), Ok((refunds(), Presentation::First)));
    let settlement = Settlement::of(&refunds(), now());
    assert_eq!(&settlement.payer, refunds().acquirer());
    let octets = pacs_009::write(&settlement).expect("a document");
    assert_valid("pacs.009.001.09", &octets);
    assert_eq!(pacs_009::read(&octets), Ok(settlement));
}

/// Abuse case 14.
#[test]
fn a_credit_that_says_it_is_a_sale_is_refused() {
    let octets = camt_054::write(&refunds(), Presentation::First).expect("a document");
    let text = String::from_utf8(octets).expect("UTF-8");
    let turned = text.replace("CRDT", "DBIT");
    let wrong = camt_054::read(turned.as_bytes());
    assert_eq!(wrong, Err(BadDocument::Value("CdtDbtInd")));
    let unnamed = text.replace("<TxId>732708000001</TxId>", "");
    assert_eq!(camt_054::read(unnamed.as_bytes()), Err(BadDocument::Value("CdtDbtInd")));
    let renamed = text.replace("732708000001", "732708000009");
    assert_eq!(camt_054::read(renamed.as_bytes()), Err(BadDocument::HashTotal));
    let sale = clearing_text().replace("DBIT", "CRDT");
    assert_eq!(camt_054::read(sale.as_bytes()), Err(BadDocument::Value("CdtDbtInd")));
}

#[test]
fn a_settlement_is_valid_and_read_back() {
    let settlement = Settlement::of(&file(), now());
    let octets = pacs_009::write(&settlement).expect("a document");
    assert_valid("pacs.009.001.09", &octets);
    assert_eq!(pacs_009::read(&octets), Ok(settlement));
}

#[test]
fn a_rejection_is_valid_and_read_back() {
    for reason in [sale_faults(), RejectionReason::PresentedBefore, RejectionReason::WrongIssuer] {
        let octets = pacs_002::write(&rejection(reason.clone())).expect("a document");
        assert_valid("pacs.002.001.11", &octets);
        assert_eq!(pacs_002::read(&octets), Ok(rejection(reason)));
    }
}

#[test]
fn a_credit_order_and_a_statement_are_valid() {
    let bank = Bin::parse("999998").expect("six digits");
    let payer = pain_001::Payer { institution: &bank, name: "Demo Acquirer" };
    let merchant = Merchant {
        id: shop("ATELIER-LUMEN-001"),
        name: "Atelier Lumen".to_owned(),
        account: "ATELIER-LUMEN".to_owned(),
        fees: Fees::new(120, Vec::new()).expect("a small share"),
        earlier_fees: Vec::new(),
        batches: crate::acquirer::BatchControl::Acquirer,
    };
    let order = pain_001::write(payer, &merchant, &credit()).expect("a document");
    assert_valid("pain.001.001.09", &order);
    let statement = Statement {
        number: 1,
        merchant: merchant.id,
        name: merchant.name,
        account: merchant.account,
        currency: Currency::EUR,
        opening: Balance::default(),
        closing: Balance { credits: 4151, ..Balance::default() },
        credits: vec![credit()],
        at: now(),
    };
    let told = camt_053::write(&statement).expect("a document");
    assert_valid("camt.053.001.08", &told);
    let empty = Statement { credits: Vec::new(), closing: Balance::default(), ..statement.clone() };
    assert_valid("camt.053.001.08", &camt_053::write(&empty).expect("a document"));
    let debit = MerchantCredit { flow: Flow::Credit, fee: euro(0), net: euro(4201), ..credit() };
    let closing = Balance { credits: 4151, debits: 4201 };
    let owes = Statement { credits: vec![credit(), debit], closing, ..statement };
    let told = camt_053::write(&owes).expect("a document");
    assert_valid("camt.053.001.08", &told);
    let told = String::from_utf8(told).expect("UTF-8");
    for part in ["<CdtDbtInd>DBIT</CdtDbtInd>", ">0.50</Amt>", "2 card refunds 42.01 EUR"] {
        assert!(told.contains(part), "{part} in {told}");
    }
}

/// Abuse case 14.
#[test]
fn a_file_whose_totals_or_order_were_changed_is_refused() {
    let text = clearing_text();
    let (head, rest) = text.split_once("<Ntry>").expect("two entries");
    let (first, rest) = rest.split_once("<Ntry>").expect("two entries");
    let (second, tail) = rest.rsplit_once("</Ntry>").expect("two entries");
    let reordered = format!("{head}<Ntry>{second}</Ntry><Ntry>{first}{tail}");
    assert_eq!(camt_054::read(reordered.as_bytes()), Err(BadDocument::HashTotal));
    let cut = format!("{head}<Ntry>{first}{tail}");
    assert_eq!(camt_054::read(cut.as_bytes()), Err(BadDocument::Totals));
    for (from, to, fault) in [
        (">42.00<", ">42.01<", BadDocument::Totals),
        (">42.01<", ">42.02<", BadDocument::Totals),
        ("632708000001", "632708000003", BadDocument::HashTotal),
        ("HASH TOTAL 0", "HASH TOTAL 1", BadDocument::HashTotal),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert_eq!(camt_054::read(changed.as_bytes()), Err(fault), "{from}");
    }
}

#[test]
fn elements_that_hold_what_they_cannot_mean_are_refused() {
    let text = clearing_text();
    for (from, to) in [
        ("camt.054.001.08", "camt.054.001.09"),
        ("Ccy=\"EUR\"", "Ccy=\"EUX\""),
        (">42.00<", ">-42.00<"),
        (">42.00<", ">42.000<"),
        ("<MsgId>", "<MsgId>X"),
        ("DBIT", "CRDT"),
        ("4K7Q21", "4K7Q2"),
        ("632708000001", "63270800000"),
        ("2026-11-23T18:00:00Z", "2026-11-23T18:00:00+01:00"),
        ("<Othr><Id>999999</Id>", "<Othr><Id>99999</Id>"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        let fault = camt_054::read(changed.as_bytes()).expect_err(from);
        assert!(matches!(fault, BadDocument::Value(_)), "{from}: {fault}");
    }
}

#[test]
fn elements_that_are_not_expected_are_refused() {
    let text = clearing_text();
    for (from, to) in [
        ("<Ntfctn>", "<Ntfctn><Extra/>"),
        ("<Amt ", "<Amt Extra=\"1\" "),
        ("</Document>", ""),
        ("</Document>", "</Document><Document/>x"),
        ("<GrpHdr>", "<GrpHdr><GrpHdr>"),
        ("</MsgId>", "</MsgId><MsgId>F</MsgId>"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert_eq!(camt_054::read(changed.as_bytes()), Err(BadDocument::Shape), "{to}");
    }
    for octets in [b"".as_slice(), b"<", b"{}", b"<Document/>"] {
        assert_eq!(camt_054::read(octets), Err(BadDocument::Shape));
    }
    assert_eq!(camt_054::read(b"\xFF\xFE<\0"), Err(BadDocument::Encoding));
}

/// Abuse case 27.
#[test]
fn declarations_entities_and_bombs_are_refused_unread() {
    let text = clearing_text();
    let (head, body) = text.split_once("<Document").expect("a document");
    let bomb = "<!DOCTYPE d [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    let outside = "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    let remote = "<!DOCTYPE d SYSTEM \"http://127.0.0.1:9/d.dtd\">";
    for evil in [bomb, outside, remote, "<?include x?>", "<!-- hidden -->"] {
        let document = format!("{head}{evil}<Document{body}");
        assert_eq!(camt_054::read(document.as_bytes()), Err(BadDocument::Forbidden), "{evil}");
    }
    for evil in ["&x;", "&#120;", "<![CDATA[4K7Q21]]>"] {
        let document = text.replacen("4K7Q21", evil, 1);
        assert_eq!(camt_054::read(document.as_bytes()), Err(BadDocument::Forbidden), "{evil}");
    }
    let deep = "<a>".repeat(10_000);
    assert_eq!(camt_054::read(deep.as_bytes()), Err(BadDocument::Depth));
    let large = vec![b' '; OCTETS_MAX + 1];
    assert_eq!(camt_054::read(&large), Err(BadDocument::Oversize));
}

#[test]
fn a_document_of_another_kind_is_refused() {
    let settlement = pacs_009::write(&Settlement::of(&file(), now())).expect("a document");
    assert!(camt_054::read(&settlement).is_err());
    assert!(pacs_002::read(&settlement).is_err());
    assert!(pacs_009::read(clearing_text().as_bytes()).is_err());
}

#[test]
fn a_settlement_of_another_count_day_or_method_is_refused() {
    let octets = pacs_009::write(&Settlement::of(&file(), now())).expect("a document");
    let text = String::from_utf8(octets).expect("UTF-8");
    for (from, to) in [
        ("<NbOfTxs>1<", "<NbOfTxs>2<"),
        ("CLRG", "INDA"),
        ("<IntrBkSttlmDt>2026-11-23", "<IntrBkSttlmDt>2026-11-24"),
        ("Ccy=\"EUR\"", "Ccy=\"EU\""),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert!(matches!(pacs_009::read(changed.as_bytes()), Err(BadDocument::Value(_))), "{from}");
    }
}
