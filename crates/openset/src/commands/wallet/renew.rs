//! Asking for another certificate, and asking what has become of an application.

use openset_protocol::cardholder::registration::Stage;

use super::{
    application::conclude,
    enroll::month,
    lists::{self, CardLine},
    open::Opened,
};
use crate::{
    args::{Inquire, Renew},
    ending::{Done, Ending},
};

/// Asks for another certificate for a card. What is asked for already is gone on with.
pub(super) async fn renew(opened: &Opened, renew: &Renew, json: bool) -> Done {
    let expiry = renew.expiry.as_deref().map(month).transpose()?;
    let card = choose(lists::all(opened).await?, renew.card.as_deref(), "no such card")?;
    let id = opened.wallet.apply_again(&card.id, expiry).await?;
    conclude(opened, &id, &card.card, &renew.terms, json).await
}

/// Asks what has become of an application.
pub(super) async fn inquire(opened: &Opened, inquire: &Inquire, json: bool) -> Done {
    let mut cards = lists::all(opened).await?;
    cards.retain(|card| card.application.as_ref().is_some_and(|applies| applies.is_open));
    let card = choose(cards, inquire.card.as_deref(), "no card waits for its bank")?;
    let CardLine { card: last_four, application, .. } = card;
    let id = application.map(|applies| applies.id).unwrap_or_default();
    let kept = opened.wallet.registration(&id).await?;
    match (kept.map(|kept| kept.stage), &inquire.follow) {
        (Some(Stage::Referred(referral)), Some(url)) => {
            if !referral.urls.contains(url) {
                return Err(Ending::input(format_args!(
                    "nobody named {url}\n  try: openset wallet inquire {last_four}"
                )));
            }
            opened.wallet.follow(&id, url.clone()).await?;
        }
        (_, Some(_)) => {
            return Err(Ending::input("--follow: this card is not sent on to another authority"));
        }
        (Some(Stage::Pending(_)), None) => opened.wallet.ask_again(&id).await?,
        (_, None) => {}
    }
    conclude(opened, &id, &last_four, &inquire.terms, json).await
}

/// The card that was named, or the only one.
fn choose(
    mut cards: Vec<CardLine>,
    wanted: Option<&str>,
    none: &'static str,
) -> Result<CardLine, Ending> {
    if let Some(last_four) = wanted {
        cards.retain(|card| card.card == last_four);
    }
    let names: Vec<String> = cards.iter().map(|card| card.card.clone()).collect();
    match (cards.pop(), names.len()) {
        (Some(card), 1) => Ok(card),
        (Some(_), _) => {
            let names = names.join(" or ");
            Err(Ending::input(format_args!("which card?\n  try: its last four digits: {names}")))
        }
        (None, _) => Err(Ending::input(format_args!("{none}\n  try: openset wallet cards"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_card_is_meant_or_nothing_is_asked() {
        let card = |last_four: &str| CardLine::of_test(last_four, false);
        let both = || vec![card("4242"), card("0002")];
        assert_eq!(choose(both(), Some("0002"), "none").expect("one").card, "0002");
        assert_eq!(choose(vec![card("4242")], None, "none").expect("the only one").card, "4242");
        for (cards, wanted) in
            [(both(), None), (both(), Some("1111")), (Vec::new(), None), (Vec::new(), Some("4242"))]
        {
            assert!(matches!(choose(cards, wanted, "none"), Err(Ending::Input(_))), "{wanted:?}");
        }
    }
}
