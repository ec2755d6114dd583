//! What is kept of a merchant's sales, and of which: those that are credited later.

use super::*;

fn yen(minor: u64) -> Money {
    Money::new(minor, Currency::from_code("JPY").expect("in the table")).expect("an amount")
}

fn fees(basis_points: u16, fixed: Vec<Money>) -> Fees {
    Fees::new(basis_points, fixed).expect("terms")
}

/// Sells for so much, and has the merchant credited.
fn credited(acquirer: &mut Acquirer, number: u32, minor: u64) -> MerchantCredit {
    take(acquirer, number, minor);
    let cleared = one_file(acquirer);
    let settlement = Settlement::of(&cleared.file, now());
    let _ = acquirer.settled(&settlement, now()).expect("it pays for the file");
    let mut credits = acquirer.credit_merchants(now()).expect("the sums fit").answer;
    credits.pop().expect("a credit")
}

#[test]
fn other_terms_count_from_the_next_credit_on_and_the_earlier_ones_stay_known() {
    let mut acquirer = acquirer();
    assert_eq!(credited(&mut acquirer, 1, 4200).fee, euro(50));
    let agreed = acquirer.agree_fees(&shop(), &fees(100, vec![euro(5), yen(8)]));
    assert!(agreed.answer && agreed.records.len() == 1, "{agreed:?}");
    assert_eq!(credited(&mut acquirer, 2, 4200).fee, euro(42 + 5));
    let terms = acquirer.merchants().next().expect("the shop");
    assert_eq!(terms.fees_of(1), &fees(120, Vec::new()));
    assert_eq!(terms.fees_of(2), &fees(100, vec![euro(5), yen(8)]));
    assert_eq!(terms.fees_of(3), terms.fees_of(2));
    assert!(acquirer.ledger().is_balanced());
}

#[test]
fn terms_that_nothing_was_credited_under_leave_no_trace() {
    let mut acquirer = acquirer();
    for basis_points in [1, 2, 3] {
        let _ = acquirer.agree_fees(&shop(), &fees(basis_points, Vec::new()));
    }
    assert_eq!(acquirer.merchants().next().expect("the shop").earlier_fees, []);
    let _ = credited(&mut acquirer, 1, 4200);
    for basis_points in [4, 5, 6] {
        let _ = acquirer.agree_fees(&shop(), &fees(basis_points, Vec::new()));
    }
    let terms = acquirer.merchants().next().expect("the shop");
    assert_eq!((terms.earlier_fees.len(), terms.fees_of(1)), (1, &fees(3, Vec::new())));
    assert_eq!(terms.fees_of(2), &fees(6, Vec::new()));
}

#[test]
fn the_same_terms_again_change_nothing_and_a_stranger_has_none() {
    let mut acquirer = acquirer();
    let same = acquirer.agree_fees(&shop(), &fees(120, Vec::new()));
    assert!(same.answer && same.records.is_empty(), "{same:?}");
    let stranger = MerchantId::parse("SOMEBODY-ELSE").expect("a name");
    let none = acquirer.agree_fees(&stranger, &fees(1, Vec::new()));
    assert!(!none.answer && none.records.is_empty(), "{none:?}");
}

#[test]
fn terms_and_those_before_them_are_read_back() {
    let mut acquirer = acquirer();
    let _ = credited(&mut acquirer, 1, 4200);
    let agreed = acquirer.agree_fees(&shop(), &fees(7, vec![euro(5)]));
    let [AcquirerRecord::Merchant(merchant)] = agreed.records.as_slice() else {
        panic!("one record: {agreed:?}")
    };
    let json = serde_json::to_string(merchant).expect("JSON");
    assert_eq!(&serde_json::from_str::<Merchant>(&json).expect("a merchant"), merchant);
    let before =
        r#"{"id":"M","name":"A Shop","account":"A","fee_basis_points":120,"batches":"acquirer"}"#;
    let before: Merchant = serde_json::from_str(before).expect("as it was stored before");
    assert_eq!((before.fees_of(9), before.earlier_fees.len()), (&fees(120, Vec::new()), 0));
}

#[test]
fn a_merchant_that_sold_for_less_than_the_fee_owes_nothing() {
    let mut acquirer = acquirer();
    let _ = acquirer.agree_fees(&shop(), &fees(0, vec![euro(50)]));
    let credit = credited(&mut acquirer, 1, 30);
    assert_eq!((credit.fee, credit.net), (euro(30), euro(0)));
    assert!(acquirer.ledger().is_balanced());
}
