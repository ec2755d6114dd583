//! Registering a card at its bank: its number and its last month are asked for.

use openset_protocol::refusal::Refusal;
use openset_types::{CardExpiry, Pan};

use super::{super::terminal, application, open::Opened};
use crate::{
    args::Enroll,
    ending::{Done, Ending},
    house::wallet::refusal,
    pack::Pack,
};

/// Registers a card.
pub(super) async fn enroll(opened: &Opened, enroll: &Enroll, json: bool) -> Done {
    let expiry = match &enroll.expiry {
        Some(expiry) => expiry.clone(),
        None => terminal::line("The last month printed on the card (YYYYMM): ")?,
    };
    let expiry = month(&expiry)?;
    application::given(&enroll.terms.answers)?;
    let pan = number(enroll)?;
    if let Some(pack) = &opened.pack {
        require_card_of(pack, &pan)?;
    }
    let last_four = pan.last_four().to_owned();
    let id = opened.wallet.apply(pan, expiry).await.map_err(|error| match refusal(&error) {
        Some(Refusal::SenderNamedRealCard) => Ending::input(error),
        _ => Ending::Machine(error),
    })?;
    application::conclude(opened, &id, &last_four, &enroll.terms, json).await
}

/// A bank's wallet holds the cards of that bank.
fn require_card_of(pack: &Pack, pan: &Pan) -> Done {
    let bins = &pack.facts.bins;
    if bins.contains(&pan.bin()) {
        return Ok(());
    }
    let begin: Vec<String> = bins.iter().map(ToString::to_string).collect();
    let bank = &pack.facts.names(pack.facts.tongue()).bank;
    Err(Ending::input(format_args!(
        "this is not a card of {bank}: its cards begin with {}",
        begin.join(", ")
    )))
}

fn number(enroll: &Enroll) -> Result<Pan, Ending> {
    let typed = match &enroll.card_file {
        Some(file) => terminal::secret_in(file)?,
        None => terminal::secret("Card number (not shown): ")?,
    };
    let digits: Vec<u8> = typed.expose().iter().copied().filter(|octet| *octet != b' ').collect();
    let digits = openset_types::Secret::new(digits);
    let text = str::from_utf8(digits.expose()).unwrap_or_default();
    Pan::parse(text).map_err(Ending::input)
}

/// A card's last month, as it is written on the command line.
pub(super) fn month(expiry: &str) -> Result<CardExpiry, Ending> {
    CardExpiry::parse(expiry)
        .map_err(|error| Ending::input(format_args!("--expiry {expiry}: {error}")))
}
