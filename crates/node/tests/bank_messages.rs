//! Messages of the dialect with codes, as they stand in `tests/messages/ebcdic-87`: what is written
//! today is what is kept there, and `scripts/read_iso8583.py` reads it with a reader that shares
//! no code with ours, and computes the codes again.
//!
//! A file that is not there is written, and the test fails: look at it, and keep it.

use std::fs;
use std::path::Path;

use openset_bank::iso8583::words::{
    Management, ReversalKind, authorization, network, reconciliation, respond, reversal,
};
use openset_bank::iso8583::{Dialect, Message, ResponseCode};
use openset_bank::reconciliation::{DayTotals, SettlementDay, Total};
use openset_crypto::mac::MacKey;
use openset_types::{
    AuthorizationRequest, Bin, CardExpiry, Currency, MerchantCategory, MerchantId, Money, Pan,
    RetrievalReference, ReversalAdvice, Secret, SystemTrace, Trace, UnixTime,
};

/// The key of these messages alone.
const KEY: [u8; 32] = [0x5A; 32];
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/messages/ebcdic-87");

fn now() -> UnixTime {
    UnixTime::parse_generalized("20261123081500Z").expect("a real moment")
}

fn yen(minor: u64) -> Money {
    Money::new(minor, Currency::from_code("JPY").expect("in the table")).expect("an amount")
}

fn messages() -> Vec<Message> {
    let (acquirer, issuer) = ("999998", "999999");
    let bank = |digits| Bin::parse(digits).expect("six digits");
    let number = SystemTrace::parse("000042").expect("six digits");
    let trace = Trace {
        retrieval: RetrievalReference::parse("632708000042").expect("twelve digits"),
        system: number.clone(),
        asked_at: now(),
    };
    let request = AuthorizationRequest {
        trace: trace.clone(),
        pan: Pan::parse("4111111111111111").expect("a test number"),
        expiry: CardExpiry::parse("202912").expect("a month"),
        amount: yen(4200),
        merchant: MerchantId::parse("ATELIER-LUMEN").expect("a name"),
        category: MerchantCategory::parse("5999").expect("four digits"),
    };
    let undone = ReversalAdvice {
        trace: Trace { system: SystemTrace::parse("000043").expect("six digits"), ..trace.clone() },
        original: trace,
        pan: Pan::parse("4111111111111111").expect("a test number"),
        amount: yen(4200),
        remains: yen(1200),
        merchant: MerchantId::parse("ATELIER-LUMEN").expect("a name"),
    };
    let sum = |count, minor| Total { count, amount: yen(minor) };
    let day = DayTotals::new(SettlementDay::of(now()), sum(2, 8000), sum(1, 1000));
    let asked = authorization(&request, &bank(acquirer));
    let answered = respond(&asked, ResponseCode::Approved).expect("an answer");
    vec![
        network(Management::SignOn, &number, now()),
        asked,
        answered,
        reversal(ReversalKind::Advice, &undone, &bank(acquirer)),
        reconciliation(&day.expect("one currency"), &number, &bank(acquirer), &bank(issuer), now()),
    ]
}

#[test]
fn the_kept_messages_are_what_is_written_today() {
    let (dialect, key) = (Dialect::ebcdic_87(), MacKey::new(Secret::new(KEY.to_vec())));
    let mut written = Vec::new();
    for (place, message) in (1..).zip(messages()) {
        let octets = dialect.write_with_code(&message, |octets| key.short_code(octets));
        let octets = octets.expect("of the dialect");
        let read =
            dialect.read_with_code(&octets, |covered, code| key.check_short(covered, code).is_ok());
        assert_eq!(read.as_ref(), Ok(&message));
        let path = Path::new(FOLDER).join(format!("{place:02}-{}.bin", message.mti()));
        match fs::read(&path) {
            Ok(kept) => assert_eq!(kept, octets, "{}", path.display()),
            Err(_) => {
                fs::write(&path, octets).expect("the folder can be written");
                written.push(path);
            }
        }
    }
    assert!(written.is_empty(), "these were not there: {written:?}");
}
