//! Files of credits at the issuer, most of them wrong.

use super::*;

/// A credit of the sale of a number, with a number of its own.
fn credit(of: u32, own: u32, approval_code: &ApprovalCode, minor: u64) -> Sale {
    let own = trace(own.saturating_add(700_000)).retrieval;
    Sale { credit: Some(own), ..sale(of, approval_code, minor) }
}

/// An issuer that has posted a sale of 42 euros.
fn posted() -> (Issuer, ApprovalCode) {
    let mut issuer = issuer();
    let code = approved(&mut issuer, 1, 5000);
    let sold = file("F1", vec![sale(1, &code, 4200)]);
    assert!(matches!(take(&mut issuer, &sold, Presentation::First), FileAnswer::Settled(_)));
    (issuer, code)
}

fn owed(issuer: &Issuer) -> Option<u128> {
    issuer.cards().next().map(|card| card.owed_minor)
}

#[test]
fn a_credit_gives_the_card_back_what_the_sale_took_and_the_acquirer_pays() {
    let (mut issuer, code) = posted();
    let parts = vec![credit(1, 1, &code, 1000), credit(1, 2, &code, 3200)];
    let answer = take(&mut issuer, &file("F2", parts), Presentation::First);
    let FileAnswer::Settled(settlement) = answer else { panic!("the sale was posted") };
    assert_eq!((settlement.amount, settlement.payer), (euro(4200), bank("999998")));
    assert_eq!(owed(&issuer), Some(0));
    let central = issuer.ledger().balance(&Account::Central, Currency::EUR);
    assert_eq!((central.debit(), central.credit()), (0, 0));
    assert!(issuer.ledger().is_balanced());
    assert_eq!(issuer.written().len(), 3);
}

#[test]
fn a_file_of_credits_presented_again_gives_back_once() {
    let (mut issuer, code) = posted();
    let parts = file("F2", vec![credit(1, 1, &code, 1000)]);
    let paid = take(&mut issuer, &parts, Presentation::First);
    assert_eq!(take(&mut issuer, &parts, Presentation::Again), paid);
    assert_eq!(owed(&issuer), Some(3200));
    let in_another = file("F3", vec![credit(1, 1, &code, 1000)]);
    let reason = rejected(take(&mut issuer, &in_another, Presentation::First));
    let own = in_another.items()[0].name().clone();
    assert_eq!(reason, RejectionReason::Sales(vec![(own, SaleFault::ClearedBefore)]));
}

#[test]
fn a_wrong_credit_refuses_the_whole_file() {
    let (mut issuer, code) = posted();
    let unposted = approved(&mut issuer, 2, 1000);
    let other_code = ApprovalCode::parse("WRONG1").expect("six characters");
    let mut other_merchant = credit(1, 1, &code, 1000);
    other_merchant.merchant = MerchantId::parse("SOMEBODY-ELSE").expect("a name");
    let mut yen = credit(1, 1, &code, 1);
    yen.amount = Money::new(1, Currency::from_code("JPY").expect("known")).expect("an amount");
    let before = issuer.ledger().entries();
    for (wrong, fault) in [
        (credit(9, 1, &code, 1000), SaleFault::NoHold),
        (credit(2, 1, &unposted, 1000), SaleFault::NoHold),
        (credit(1, 1, &other_code, 1000), SaleFault::ApprovalCodeDiffers),
        (credit(1, 1, &code, 4201), SaleFault::MoreThanHeld),
        (other_merchant, SaleFault::MerchantDiffers),
        (yen, SaleFault::MoreThanHeld),
    ] {
        let name = wrong.name().clone();
        let answer = take(&mut issuer, &file("F2", vec![wrong]), Presentation::First);
        assert_eq!(rejected(answer), RejectionReason::Sales(vec![(name, fault)]));
    }
    assert_eq!(issuer.ledger().entries(), before);
}

#[test]
fn credits_of_one_sale_in_one_file_and_in_several_never_exceed_it() {
    let (mut issuer, code) = posted();
    let one = file("F2", vec![credit(1, 1, &code, 2000)]);
    assert!(matches!(take(&mut issuer, &one, Presentation::First), FileAnswer::Settled(_)));
    let parts = file("F3", vec![credit(1, 2, &code, 2000), credit(1, 3, &code, 201)]);
    let last = parts.items()[1].name().clone();
    let reason = rejected(take(&mut issuer, &parts, Presentation::First));
    assert_eq!(reason, RejectionReason::Sales(vec![(last, SaleFault::MoreThanHeld)]));
    assert_eq!(owed(&issuer), Some(2200));
}

#[test]
fn what_was_given_back_is_known_after_a_restart() {
    let (mut issuer, code) = posted();
    let parts = file("F2", vec![credit(1, 1, &code, 4200)]);
    let decided = issuer.take_file(&parts, Presentation::First, now()).expect("the sums fit");
    let taken = decided.records.into_iter().find(|one| matches!(one, IssuerRecord::File(_)));
    let records = taken.into_iter();
    let rebuilt = Issuer::restore(bank("999999"), records).expect("no entries");
    assert_eq!(rebuilt.given_back(&trace(1).retrieval), Some(euro(4200)));
    assert_eq!(rebuilt.refunds().count(), 1);
}
