//! The books of the banks, as their pages show them: a sale from its hold to the merchant's credit.

use openset_bank::acquirer::Fees;
use openset_types::{Currency, Money};

use super::{
    consoles::link,
    stage::{Stage, play},
    visitor::Visitor,
};
use crate::{
    demo::{cast, story},
    sites::Name,
};

/// Somebody who looks at a bank's pages.
fn visitor(stage: &Stage, at: Name) -> Visitor {
    Visitor::new(stage.system.at, at.host())
}

/// Sells a poster and clears it by the button on the acquirer's page. Gives the name of the file,
/// and the reference of the sale.
async fn sold(stage: &Stage, acquirer: &mut Visitor) -> (String, String) {
    // What other stories left waiting goes first.
    stage.system.clear().await.expect("cleared");
    let bought = stage.buy(&stage.good).await;
    story::capture(&stage.system, &bought.order).await.expect("captured");
    assert!(acquirer.get("/").await.contains("Clear and settle €42.00"));
    assert_eq!(acquirer.post("/clearing", &[]).await, "/");
    assert!(acquirer.get("/").await.contains("Nothing waits to be cleared."));
    let file = link(&acquirer.get("/clearing-files").await, "/clearing-files/");
    let name = file.trim_start_matches("/clearing-files/").to_owned();
    let view = stage.system.acquirer.host.view().await.expect("books");
    let sent = view.files.iter().find(|sent| sent.file.id().as_str() == name).expect("the file");
    let [sale] = sent.file.items() else { panic!("one sale") };
    (name, sale.name().to_string())
}

#[test]
fn a_sale_is_followed_through_the_pages_of_both_banks() {
    play(async |stage| {
        let [mut acquirer, mut issuer] =
            [Name::Acquirer, Name::Issuer].map(|at| visitor(stage, at));
        let (name, reference) = sold(stage, &mut acquirer).await;
        for bank in [&mut acquirer, &mut issuer] {
            let page = bank.get(&format!("/clearing-files/{name}")).await;
            for told in [&reference, "Settled", "€42.00", "camt.054", "pacs.009"] {
                assert!(page.contains(told), "{told}: {page}");
            }
            let document = bank.get(&link(&page, "/files/")).await;
            assert!(document.contains("camt.054") && document.contains(&reference), "{document}");
            let ledger = bank.get("/ledger").await;
            assert!(ledger.contains("Balanced") && !ledger.contains("Not balanced"), "{ledger}");
            assert!(ledger.contains(&reference) && ledger.contains(&name), "{ledger}");
            assert!(!bank.get("/ledger?before=2").await.contains(&name), "an older entry");
        }
        let holds = issuer.get("/holds").await;
        assert!(holds.contains(&reference) && holds.contains("Posted"), "{holds}");
        let credits = acquirer.get("/merchants").await;
        for told in ["1.20% of the sales", &name, "€0.50", "€41.50"] {
            assert!(credits.contains(told), "{told}: {credits}");
        }
    });
}

#[test]
fn the_books_are_compared_sale_by_sale_and_by_the_sums_of_the_day() {
    play(async |stage| {
        let mut acquirer = visitor(stage, Name::Acquirer);
        sold(stage, &mut acquirer).await;
        let page = acquirer.get("/breaks").await;
        for view in stage.system.views() {
            let bank = view.ground.bank.name;
            assert!(page.contains(bank), "{bank}: {page}");
        }
        assert!(page.contains("The books agree") && !page.contains("The books differ"), "{page}");
        assert!(page.contains("signed on") && !page.contains("Sums of"), "{page}");
        let asked = acquirer.get("/breaks?ask=today").await;
        assert!(asked.contains("Sums of") && !asked.contains("did not answer"), "{asked}");
        assert!(!asked.contains("The books differ"), "{asked}");
    });
}

#[test]
fn what_a_bank_does_not_have_is_no_page_of_it() {
    play(async |stage| {
        for at in [Name::Acquirer, Name::Issuer] {
            let mut bank = visitor(stage, at);
            for path in ["/clearing-files/CLR-0", "/files/1.0100.xml", "/files/x", "/merchants/x"] {
                assert!(bank.get(path).await.contains("There is no page here."), "{path}");
            }
            let ledger = bank.get("/ledger?before=1").await;
            assert!(ledger.contains("No entry yet.") && ledger.contains("Balance"), "{ledger}");
            assert!(bank.get("/ledger?before=none").await.contains("Balance"));
        }
    });
}

#[test]
fn other_terms_are_kept_of_the_sales_that_are_credited_next_and_of_no_earlier_one() {
    play(async |stage| {
        let mut acquirer = visitor(stage, Name::Acquirer);
        let (before, _) = sold(stage, &mut acquirer).await;
        let host = &stage.system.acquirer.host;
        let agree = async |basis_points, fixed: Vec<Money>| {
            let fees = Fees::new(basis_points, fixed).expect("terms");
            assert!(host.agree_fees(cast::merchant_id(), fees).await.expect("a store"));
        };
        let five = Money::new(5, Currency::EUR).expect("an amount");
        agree(90, vec![five]).await;
        let (after, _) = sold(stage, &mut acquirer).await;
        let page = acquirer.get("/merchants").await;
        agree(120, Vec::new()).await;
        assert!(page.contains("0.90% of the sales, and €0.05 of each"), "{page}");
        let fee = async |file: &str| {
            let credits = host.view().await.expect("books").credits;
            let credit = credits.into_iter().find(|credit| credit.file.as_str() == file);
            credit.expect("a credit").fee.minor()
        };
        assert_eq!((fee(&before).await, fee(&after).await), (50, 37 + 5));
    });
}
