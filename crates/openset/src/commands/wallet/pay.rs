//! Paying what an initiation document asks for. Nothing is signed before the shop has proved who
//! it is and a person, or `--yes`, has agreed to what was printed.

use std::{fs, time::Duration};

use openset_protocol::{
    cardholder::{Abandoned, ConsentSummary, Doubt, Purchase, Stage, purchase::Input},
    summary::Fact,
};
use openset_types::{Terms, UnixTime};
use openset_wire::initiation::{DOCUMENT_BYTES_MAX, Initiation};
use tokio::time::timeout;

use super::{
    super::terminal,
    lists::{self, CardLine, PaymentLine},
    open::Opened,
    print_json,
};
use crate::{
    args::Pay,
    ending::{Done, Ending},
    house::{
        payments::word,
        wallet::{at, fresh_id},
    },
    inspect::tree::harmless,
    paint::Paint,
    said::say,
};

/// How long a shop is waited for before it is given up; the wallet inquires in the meantime.
const PATIENCE: Duration = Duration::from_secs(60);

/// Pays.
pub(super) async fn pay(opened: &Opened, pay: &Pay, json: bool) -> Done {
    let document = read(opened, &pay.from).await?;
    let initiation = Initiation::parse(&document).map_err(Ending::input)?;
    if !initiation.brands.contains(&opened.ground.brand) {
        return Err(Ending::input("the shop does not take the brand of this wallet's cards"));
    }
    let card = choose(lists::all(opened).await?, pay.card.as_deref())?;
    let id = fresh_id().map_err(anyhow::Error::new)?;
    opened.wallet.begin(&id, initiation, &card.id).await?;
    let offered = until(opened, &id, |it| matches!(it.stage, Stage::Offered(_))).await?;
    let Some(consent) = offered.consent_summary() else { return Err(stopped(&offered)) };
    show(&consent, &card, opened.ground.clock.now());
    if let Err(ending) = agreed(&consent, pay.yes) {
        opened
            .wallet
            .purchases
            .command(at(&id), Input::Declined)
            .await
            .map_err(anyhow::Error::new)?;
        return Err(ending);
    }
    opened.wallet.consent(&id, &card.id).await?;
    let paid = until(opened, &id, |it| matches!(it.stage, Stage::Answered(_))).await?;
    if matches!(paid.stage, Stage::Abandoned(_)) {
        return Err(stopped(&paid));
    }
    told(&paid, json)
}

async fn read(opened: &Opened, from: &str) -> Result<Vec<u8>, Ending> {
    let unread = |error: &dyn std::fmt::Display| Ending::input(format_args!("{from}: {error}"));
    let document = if from.contains("://") {
        opened.ground.client.get(from).await.map_err(|error| unread(&error))?
    } else {
        fs::read(from).map_err(|error| unread(&error))?
    };
    match document.len() > DOCUMENT_BYTES_MAX {
        true => Err(unread(&"too large for an initiation document")),
        false => Ok(document),
    }
}

/// The card that was named, or the only one that can pay.
fn choose(cards: Vec<CardLine>, wanted: Option<&str>) -> Result<CardLine, Ending> {
    let mut usable: Vec<CardLine> = cards.into_iter().filter(|card| card.can_pay).collect();
    if let Some(last_four) = wanted {
        usable.retain(|card| card.card == last_four);
    }
    let names: Vec<String> = usable.iter().map(|card| format!("--card {}", card.card)).collect();
    match (usable.pop(), names.len()) {
        (Some(card), 1) => Ok(card),
        (Some(_), _) => {
            Err(Ending::input(format_args!("which card?\n  try: {}", names.join(" or "))))
        }
        (None, _) => Err(Ending::input("no card that can pay\n  try: openset wallet cards")),
    }
}

/// Waits until a purchase is as wanted or went no further.
pub(super) async fn until(
    opened: &Opened,
    id: &str,
    is_wanted: impl Fn(&Purchase) -> bool,
) -> Result<Purchase, Ending> {
    let mut watch = opened.wallet.purchases.watch(id.as_bytes());
    let waiting = async {
        loop {
            let purchase = opened.wallet.purchase(id).await?;
            let purchase = purchase.ok_or_else(|| anyhow::anyhow!("the purchase is gone"))?;
            if is_wanted(&purchase) || matches!(purchase.stage, Stage::Abandoned(_)) {
                return Ok(purchase);
            }
            watch.changed().await;
        }
    };
    let waited: Result<anyhow::Result<Purchase>, _> = timeout(PATIENCE, waiting).await;
    match waited {
        Ok(purchase) => Ok(purchase?),
        Err(_) => Err(Ending::Machine(anyhow::anyhow!(
            "the shop has not answered; what was signed stands\n  try: openset wallet history, \
             and do not pay a second time"
        ))),
    }
}

/// What the owner is asked to agree to: all of it from the shop's certificate and its signed
/// answer, or from the order whose hash will be signed.
fn show(consent: &ConsentSummary, card: &CardLine, now: UnixTime) {
    let paint = Paint::of_stderr();
    let ConsentSummary { merchant, amount, terms, order, description, gateway } = consent;
    let payee = harmless(&merchant.name);
    eprintln!("  pay      {}", paint.strong(&format!("{amount} to {payee}")));
    if let Some(terms) = terms {
        eprintln!("  again    {}", again(terms, now));
    }
    eprintln!(
        "  who      {}, {}; certified by {}",
        harmless(&merchant.city),
        harmless(&merchant.country),
        harmless(&merchant.certified_by)
    );
    eprintln!("  order    {}: {}", harmless(order), harmless(description));
    eprintln!("  card     …{}, sealed for {}", card.card, harmless(gateway));
}

/// What is agreed to beside a payment that is made now.
fn again(terms: &Terms, now: UnixTime) -> String {
    let often = terms.at_most(now);
    let agreed = match terms {
        Terms::Instalments { .. } => format!("this amount in up to {often} instalments"),
        Terms::Recurring { every_days, until } => {
            format!("this amount up to {often} times, {every_days} days apart, until {until}")
        }
    };
    format!("{agreed}; the shop charges without asking you again")
}

/// Only a person at a terminal, or `--yes`, can agree.
fn agreed(consent: &ConsentSummary, yes: bool) -> Done {
    if yes {
        return Ok(());
    }
    if !terminal::is_there() {
        return Err(Ending::input("nothing was signed: without a terminal, --yes agrees"));
    }
    let payee = harmless(&consent.merchant.name);
    if terminal::agree(&format!("Pay {} to {payee}?", consent.amount))? {
        return Ok(());
    }
    eprintln!("nothing was signed");
    Err(Ending::No)
}

/// What is said of a purchase that went no further.
fn stopped(purchase: &Purchase) -> Ending {
    let told = match &purchase.stage {
        Stage::Abandoned(Abandoned::ByOwner) => return Ending::No,
        Stage::Abandoned(Abandoned::Doubted(doubt)) => reason(*doubt),
        Stage::Abandoned(Abandoned::WithError(code)) => {
            format!("the shop could not go on ({code:?})")
        }
        Stage::Abandoned(Abandoned::WithoutCertificate) => {
            "the shop's bank takes payments from certified cards only".to_owned()
        }
        Stage::Abandoned(Abandoned::WithoutGateway(code)) => {
            format!("the certificate of the shop's gateway is not good, says the shop ({code:?})")
        }
        _ => {
            let silence = anyhow::anyhow!("no answer that can be believed came in time");
            return Ending::Machine(silence);
        }
    };
    eprintln!("openset: {told}; nothing was charged");
    Ending::No
}

fn reason(doubt: Doubt) -> String {
    match doubt {
        Doubt::CertificateExpired => "a certificate of the shop has expired".to_owned(),
        Doubt::ClocksDiffer { seconds } => {
            format!("this clock and the shop's are {seconds} seconds apart")
        }
        Doubt::ListsNotCurrent => {
            "the lists of withdrawn certificates are missing or too old".to_owned()
        }
        Doubt::Revoked => "the shop's certificate was taken back".to_owned(),
        Doubt::GatewayRevoked => "the certificate of the shop's gateway was taken back".to_owned(),
    }
}

/// Says how a payment stands. One that came to nothing is no success.
pub(super) fn told(paid: &Purchase, json: bool) -> Done {
    let fact = paid.summary().fact;
    match (json, paid.given_back()) {
        (true, _) => print_json(&PaymentLine::of(paid))?,
        (false, Some(amount)) if fact == Fact::Credited => {
            say!("{}", Paint::of_stdout().good(&format!("✓ the shop has given back {amount}")));
        }
        (false, _) => say!("{}", sentence(fact)),
    }
    match fact {
        Fact::Declined | Fact::Rejected | Fact::Abandoned => Err(Ending::No),
        _ => Ok(()),
    }
}

fn sentence(fact: Fact) -> String {
    let paint = Paint::of_stdout();
    match fact {
        Fact::Authorized | Fact::Capturing | Fact::Voiding => {
            paint.good("✓ your bank agreed to this payment")
        }
        Fact::Captured => paint.good("✓ paid"),
        Fact::Received => "the shop has the order; your bank has not answered yet".to_owned(),
        Fact::Declined => paint.bad("✗ your bank said no; nothing was charged"),
        Fact::Rejected => paint.bad("✗ the shop did not accept the order; nothing was charged"),
        Fact::Voided => "the shop has released the amount; nothing was taken".to_owned(),
        Fact::Placed | Fact::Credited | Fact::Abandoned => word(fact).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_card_is_chosen_and_of_several_none() {
        let card = |last_four: &str, can_pay| CardLine::of_test(last_four, can_pay);
        let cards = || vec![card("4242", true), card("0002", true), card("0069", false)];
        assert!(matches!(choose(cards(), None), Err(Ending::Input(_))));
        assert_eq!(choose(cards(), Some("0002")).expect("usable").card, "0002");
        for unusable in ["0069", "1111"] {
            assert!(matches!(choose(cards(), Some(unusable)), Err(Ending::Input(_))));
        }
        assert_eq!(choose(vec![card("4242", true)], None).expect("usable").card, "4242");
    }
}
