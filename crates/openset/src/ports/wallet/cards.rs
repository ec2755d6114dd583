//! The cards of the wallet, and how they are put into it.

use openset_crypto::{Certified, Identity};
use openset_node::keys::{Card as VaultCard, Locked};
use openset_protocol::{
    cardholder::registration::{Registration, Stage},
    refusal::Refusal,
};
use openset_types::CardExpiry;
use openset_web::{
    Problem, Tongue,
    ports::{Card, CardCertificate, CardEntry, CardFile, CardState, Said},
};

use super::{super::unavailable, applications};
use crate::{
    house::{
        life::Life,
        purse::Purse,
        wallet::cards::{Entry, HeldCard},
    },
    wallet::door::problem,
};

const DAY_S: i64 = 86_400;

/// Every card in the vault.
pub(super) async fn all(purse: &Purse) -> Said<Vec<Card>> {
    let held = purse.wallet.held().await.map_err(told)?;
    let mut all = Vec::new();
    for held in &held {
        all.push(card(purse, held).await?);
    }
    Ok(all)
}

/// One card, by any name it has or had.
pub(super) async fn file(purse: &Purse, id: &str) -> Said<CardFile> {
    let held = named(purse, id).await?;
    let certificate = held.identity().map(|it| it.identity().map_err(unavailable)).transpose()?;
    let certificate = certificate.map(|identity| certificate_of(purse, identity)).transpose()?;
    let entry = held.entry().ok_or(Problem::NotFound)?;
    let now = purse.ground.clock.now();
    let printed = purse.wallet.vault.cards(now, |cards| {
        cards.iter().find(|card| card.id == entry.id).map(|card: &VaultCard| month(&card.expiry))
    });
    let expiry = printed.map_err(problem)?.ok_or(Problem::NotFound)?;
    Ok(CardFile { card: card(purse, &held).await?, certificate, expiry })
}

/// The card that one of its registrations belongs to.
pub(super) async fn named(purse: &Purse, id: &str) -> Said<HeldCard> {
    purse.wallet.card(id).await.map_err(told)?.ok_or(Problem::NotFound)
}

/// One card as pages show it.
pub(super) async fn card(purse: &Purse, held: &HeldCard) -> Said<Card> {
    let Entry { id, registration } = held.entry().ok_or(Problem::NotFound)?;
    let last_four = purse.wallet.last_four(id).await.map_err(unavailable)?;
    Ok(Card {
        id: id.clone(),
        bank: bank(purse, registration),
        brand: registration.brand.to_string(),
        last_four,
        state: state(purse, held)?,
        application: held.applies.as_ref().map(applications::application),
    })
}

fn state(purse: &Purse, held: &HeldCard) -> Said<CardState> {
    let Some(identity) = held.identity() else { return Ok(CardState::Unfinished) };
    let Life { until, renew_from, .. } = purse.wallet.life(identity).map_err(unavailable)?;
    let now = purse.ground.clock.now();
    let left_s = until.seconds_since(now);
    Ok(match usize::try_from(left_s / DAY_S) {
        _ if left_s < 0 => CardState::Expired { on: until },
        Ok(days) if now >= renew_from => CardState::Ending { until, days },
        _ => CardState::Certified { until },
    })
}

fn certificate_of(purse: &Purse, identity: Identity) -> Said<CardCertificate> {
    let serial = identity.certificate.to_be_signed.serial_number.to_string();
    let read = Certified::read(purse.ground.suite, identity.certificate).map_err(unavailable)?;
    Ok(CardCertificate { since: read.not_before(), until: read.not_after(), serial })
}

/// A month as it is printed on a card.
fn month(expiry: &CardExpiry) -> String {
    let yymm = expiry.yymm();
    let (year, month) = yymm.split_at(2);
    format!("{month}/{year}")
}

/// The bank, from its certificate, once it has answered.
pub(super) fn bank(purse: &Purse, registration: &Registration) -> String {
    let shown = match &registration.stage {
        Stage::FormShown(shown) => Some(shown),
        Stage::Applied(applied)
        | Stage::Pending(applied)
        | Stage::Inquiring(applied)
        | Stage::Certified { applied, .. } => Some(&applied.shown),
        _ => None,
    };
    let named = shown.and_then(|shown| shown.form.institution.clone());
    named.unwrap_or_else(|| purse.bank().to_owned())
}

/// Begins a registration.
pub(super) async fn apply(purse: &Purse, card: CardEntry, tongue: Tongue) -> Said<String> {
    purse.wallet.speak(&tongue.language());
    if !purse.takes(&card.pan.bin()) {
        return Err(Problem::CardElsewhere);
    }
    purse.wallet.apply(card.pan, card.expiry).await.map_err(|error| {
        match crate::house::wallet::refusal(&error) {
            Some(Refusal::SenderNamedRealCard) => Problem::CardForStudy,
            _ => unavailable(error),
        }
    })
}

/// Asks for another certificate for a card.
pub(super) async fn renew(
    purse: &Purse,
    id: &str,
    expiry: Option<CardExpiry>,
    tongue: Tongue,
) -> Said<String> {
    named(purse, id).await?;
    purse.wallet.speak(&tongue.language());
    purse.wallet.apply_again(id, expiry).await.map_err(told)
}

/// What a person is told of a wallet that cannot say what is in it.
fn told(error: anyhow::Error) -> Problem {
    match error.downcast_ref::<Locked>() {
        Some(locked) => problem(*locked),
        None => unavailable(error),
    }
}
