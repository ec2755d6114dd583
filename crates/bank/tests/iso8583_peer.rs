//! What we write, read by pyiso8583. Left out where that is not installed.

use std::fs;
use std::path::Path;
use std::process::Command;

use openset_bank::iso8583::words::{
    Management, ReversalKind, authorization, capture, network, respond, reversal,
};
use openset_bank::iso8583::{Dialect, Message, ResponseCode};
use openset_types::{
    ApprovalCode, AuthorizationRequest, Bin, CaptureAdvice, CardExpiry, Currency, MerchantCategory,
    MerchantId, Money, Pan, RetrievalReference, ReversalAdvice, SystemTrace, Trace, UnixTime,
};

fn trace(number: u32) -> Trace {
    Trace {
        retrieval: RetrievalReference::parse(&format!("6327{number:08}")).expect("twelve digits"),
        system: SystemTrace::parse(&format!("{number:06}")).expect("six digits"),
        asked_at: UnixTime::parse_generalized("20261123081500Z").expect("a real moment"),
    }
}

fn messages() -> Vec<Message> {
    let acquirer = Bin::parse("999998").expect("six digits");
    let merchant = MerchantId::parse("ATELIER-LUMEN-001").expect("a name");
    let amount = Money::new(4200, Currency::EUR).expect("an amount");
    let pan = || Pan::parse("9999990000064242").expect("a demo card");
    let request = AuthorizationRequest {
        trace: trace(1),
        pan: pan(),
        expiry: CardExpiry::parse("202912").expect("a month"),
        amount,
        merchant: merchant.clone(),
        category: MerchantCategory::parse("5999").expect("four digits"),
    };
    let advice = ReversalAdvice {
        original: trace(1),
        trace: trace(2),
        pan: pan(),
        amount,
        merchant: merchant.clone(),
    };
    let captured = CaptureAdvice {
        trace: trace(3),
        authorization: trace(1).retrieval,
        approval_code: ApprovalCode::parse("4K7Q21").expect("six characters"),
        issuer: Bin::parse("999999").expect("six digits"),
        amount,
        merchant,
    };
    let asked = [
        authorization(&request, &acquirer),
        reversal(ReversalKind::Advice, &advice, &acquirer),
        capture(&captured, &acquirer),
        network(Management::Echo, &trace(4).system, trace(4).asked_at),
    ];
    let answers = asked.iter().filter_map(|message| respond(message, ResponseCode::Approved));
    asked.iter().cloned().chain(answers.collect::<Vec<_>>()).collect()
}

#[test]
fn another_reader_reads_what_we_write_and_writes_the_same_octets() {
    let has_reader = Command::new("python3").args(["-c", "import iso8583"]).output();
    if !has_reader.is_ok_and(|run| run.status.success()) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder for the test");
    let mut paths = Vec::new();
    for (place, message) in messages().iter().enumerate() {
        let path = folder.path().join(format!("{place:02}-{}.bin", message.mti()));
        let octets = Dialect::openset_87().write(message).expect("every field is spoken");
        fs::write(&path, octets).expect("a file");
        paths.push(path);
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/read_iso8583.py");
    let run = Command::new("python3").arg(script).args(&paths).output().expect("python runs");
    let told = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success(), "{told}{}", String::from_utf8_lossy(&run.stderr));
    assert!(told.contains("999999******4242") && !told.contains("9999990000064242"), "{told}");
}
