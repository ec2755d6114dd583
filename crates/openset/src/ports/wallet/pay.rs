//! A payment in the wallet's pages: from the document that anybody may send to the receipt.

use std::time::Duration;

use openset_crypto::{Bag, Certified, Purpose};
use openset_node::store::{JournalOf, Page};
use openset_protocol::{
    cardholder::{
        Abandoned, Answer, MerchantFace, Offered, Ordered, Purchase as Kept, Stage,
        purchase::{CardholderPurchase, Input},
    },
    role::Machine,
    summary::Fact,
};
use openset_types::{Money, Terms, UnixTime};
use openset_web::{
    Problem, Tongue,
    ports::{
        Card, CardState, Checks, Consent, Further, Identity, Known, Paid, PayCard, Purchase, Said,
        Signing, Standing,
    },
};
use openset_wire::{
    der::decode,
    initiation::{DOCUMENT_BYTES_MAX, Initiation},
    x509::Certificate,
};
use tokio::time::timeout;

use super::{
    super::{broken, evidence, unavailable, words},
    cards,
    outcome::{outcome, stopped},
};
use crate::{
    house::{
        purse::Purse,
        wallet::{at, fresh_id},
    },
    wallet::{
        self,
        documents::{Document, Documents},
        shelf::USABLE_S,
    },
};

/// How long a page waits for the shop before it shows that it waits.
const WAIT: Duration = Duration::from_secs(2);
/// How long another card's offer is waited for.
const OFFER: Duration = Duration::from_secs(10);
/// How many payments the history shows.
const HISTORY_MAX: u32 = 200;

/// Keeps a document that a page of an origin sent; nothing is sent on and nothing is believed.
pub(super) fn receive(purse: &Purse, document: &[u8], origin: &str) -> Said<String> {
    if document.len() > DOCUMENT_BYTES_MAX {
        return Err(Problem::InitiationTooLarge);
    }
    let initiation = Initiation::parse(document).map_err(|_| Problem::InitiationMalformed)?;
    one_origin(&initiation)?;
    let id = fresh_id().map_err(broken)?;
    let kept = documents(purse).add(&id, document, origin);
    kept.map_err(|_| Problem::InitiationsTooMany)?;
    Ok(id)
}

fn documents(purse: &Purse) -> &Documents {
    &purse.wallet.documents
}

/// All ways back lead to one site, over HTTP.
fn one_origin(initiation: &Initiation) -> Said<()> {
    let origins = [&initiation.success_url, &initiation.failure_url, &initiation.cancel_url]
        .map(|url| origin(url));
    match origins {
        [Some(success), Some(failure), Some(cancel)] if success == failure && success == cancel => {
            Ok(())
        }
        _ => Err(Problem::InitiationReturnForeign),
    }
}

fn origin(url: &str) -> Option<String> {
    let uri: hyper::Uri = url.parse().ok()?;
    let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"))?;
    Some(format!("{scheme}://{}", uri.authority()?))
}

/// How far a purchase has come; the first call asks the shop who it is.
pub(super) async fn purchase(purse: &Purse, id: &str, tongue: Tongue) -> Said<Purchase> {
    let document = documents(purse).find(id).await.map_err(broken)?;
    let document = document.ok_or(Problem::InitiationGone)?;
    if state(purse, &document.instance).await?.is_none()
        && let Some(stopped) = begin(purse, id, &document, tongue).await?
    {
        return Ok(stopped);
    }
    let kept = settled(purse, &document.instance).await?;
    told(purse, &document, &kept).await
}

async fn state(purse: &Purse, instance: &str) -> Said<Option<Kept>> {
    purse.wallet.purchase(instance).await.map_err(unavailable)
}

/// Asks the shop, with the first card that can pay.
async fn begin(
    purse: &Purse,
    id: &str,
    document: &Document,
    tongue: Tongue,
) -> Said<Option<Purchase>> {
    let now = purse.ground.clock.now();
    if now.seconds_since(document.at) > USABLE_S {
        return Err(Problem::InitiationGone);
    }
    let initiation = document.initiation().ok_or(Problem::InitiationMalformed)?;
    if !initiation.brands.contains(&purse.ground.brand) {
        return Ok(Some(Purchase::Stopped(Problem::BrandNotAccepted)));
    }
    let all = cards::all(purse).await?;
    let Some(card) = all.iter().find(|card| card.state.can_pay()) else {
        return Ok(Some(Purchase::Stopped(no_card(&all))));
    };
    purse.wallet.speak(&tongue.language());
    documents(purse).choose(id, document, &card.id).await.map_err(broken)?;
    let begun = purse.wallet.begin(&document.instance, initiation, &card.id).await;
    begun.map_err(unavailable)?;
    Ok(None)
}

/// Why a wallet cannot pay at all.
fn no_card(cards: &[Card]) -> Problem {
    let ended = cards.iter().find_map(|card| match card.state {
        CardState::Expired { on } => Some(on),
        _ => None,
    });
    ended.map_or(Problem::CardNotCertified, |on| Problem::CardCertificateExpired { on })
}

/// The purchase, after a little wait for what is about to change.
async fn settled(purse: &Purse, instance: &str) -> Said<Kept> {
    reached(purse, instance, |kept| {
        !matches!(kept.stage, Stage::Initiating { .. } | Stage::Ordered(_))
    })
    .await
}

/// The purchase, once it has come so far or a little wait is over.
async fn reached(purse: &Purse, instance: &str, is_there: impl Fn(&Kept) -> bool) -> Said<Kept> {
    let mut watch = purse.wallet.purchases.watch(instance.as_bytes());
    let waiting = async {
        loop {
            let kept = state(purse, instance).await?.ok_or(Problem::InitiationGone)?;
            if is_there(&kept) {
                return Ok(kept);
            }
            watch.changed().await;
        }
    };
    match timeout(WAIT, waiting).await {
        Ok(kept) => kept,
        Err(_) => state(purse, instance).await?.ok_or(Problem::InitiationGone),
    }
}

async fn told(purse: &Purse, document: &Document, kept: &Kept) -> Said<Purchase> {
    Ok(match &kept.stage {
        Stage::Initiating { .. } => Purchase::Checking(Checks::default()),
        Stage::Offered(offered) => {
            Purchase::Offered(Box::new(consent_sheet(purse, document, kept, offered).await?))
        }
        Stage::Ordered(ordered) => paying(kept, ordered, known(ordered)),
        Stage::Answered(ordered) => match &ordered.answer {
            Some(answer) => {
                Purchase::Ended(outcome(kept, ordered, answer, way_back(document, answer.fact())))
            }
            None => paying(kept, ordered, Known::Unsure),
        },
        Stage::Abandoned(why) => Purchase::Stopped(stopped(*why)),
    })
}

fn paying(kept: &Kept, ordered: &Ordered, known: Known) -> Purchase {
    let payee = ordered.merchant.name.clone();
    Purchase::Paying { payee, amount: kept.agreed.amount, known }
}

/// What the shop has said so far of an order that is not decided.
fn known(ordered: &Ordered) -> Known {
    match ordered.answer.as_ref().and_then(Answer::fact) {
        Some(Fact::Received) => Known::Received,
        _ if ordered.inquiries > 0 => Known::Unsure,
        _ => Known::Sent,
    }
}

fn way_back(document: &Document, fact: Option<Fact>) -> Option<String> {
    let initiation = document.initiation()?;
    Some(match fact {
        Some(Fact::Declined | Fact::Rejected) => initiation.failure_url,
        _ => initiation.success_url,
    })
}

async fn consent_sheet(
    purse: &Purse,
    document: &Document,
    kept: &Kept,
    offered: &Offered,
) -> Said<Consent> {
    let summary = kept.consent_summary().ok_or(Problem::Unavailable)?;
    let mut all = cards::all(purse).await?;
    // The card that the shop was asked with is proposed.
    all.sort_by_key(|card| document.card.as_deref() != Some(card.id.as_str()));
    let pay_card = |card: Card| {
        let obstacle = match card.state {
            CardState::Certified { .. } | CardState::Ending { .. } => None,
            CardState::Expired { on } => Some(Problem::CardCertificateExpired { on }),
            CardState::Unfinished => Some(Problem::CardNotCertified),
        };
        PayCard { card, obstacle }
    };
    Ok(Consent {
        payee: identity(purse, document, kept, &offered.merchant).await?,
        amount: summary.amount,
        further: summary
            .terms
            .map(|terms| further(terms, summary.amount, purse.ground.clock.now())),
        order: words::order_number(&summary.order).to_owned(),
        description: summary.description,
        cards: all.into_iter().map(pay_card).collect(),
        signing: Signing {
            xid: offered.ids.xid.to_string(),
            order_hash: wallet::shown_hash(kept, purse.ground.suite).map_err(unavailable)?,
        },
    })
}

/// What is agreed to beside a payment that is made now.
fn further(terms: Terms, amount: Money, now: UnixTime) -> Further {
    let at_most = terms.at_most(now);
    let in_all = if terms.is_for_each() { amount.times(at_most).ok() } else { Some(amount) };
    Further { terms, at_most: usize::try_from(at_most).unwrap_or(usize::MAX), in_all }
}

/// Who the shop is, from the certificate that signed its answer.
async fn identity(
    purse: &Purse,
    document: &Document,
    kept: &Kept,
    face: &MerchantFace,
) -> Said<Identity> {
    let certificate = certificate(purse, &document.instance, face).await?;
    let (serial, since, until) = match &certificate {
        Some(read) => (
            data_encoding::HEXLOWER.encode(read.serial().as_bytes()),
            read.not_before(),
            read.not_after(),
        ),
        None => return Err(Problem::MerchantUntrusted),
    };
    Ok(Identity {
        name: face.name.clone(),
        acquirer: face.certified_by.clone(),
        brand: kept.agreed.brand.to_string(),
        place: format!("{}, {}", face.city, face.country),
        claimed: None,
        merchant_id: face.merchant.to_string(),
        serial,
        since,
        until,
    })
}

/// The certificate of a merchant that came with its offer and leads to the trust anchor.
async fn certificate(
    purse: &Purse,
    instance: &str,
    face: &MerchantFace,
) -> Said<Option<Certified>> {
    let of =
        JournalOf::Instance { kind: CardholderPurchase::KIND, key: instance.as_bytes().to_vec() };
    let journal = purse.wallet.party.store.journal(&of, Page::newest(20)).await.map_err(broken)?;
    let (trust, now) = (purse.wallet.party.shell.trust(), purse.ground.clock.now());
    let offer = journal.iter().find(|passed| passed.name == "PInitRes");
    let found = offer.into_iter().flat_map(|passed| evidence::envelopes(&passed.octets));
    let believed = found.filter_map(|octets| decode::<Certificate>(octets).ok()).find(|one| {
        let purpose = Purpose::MerchantSignature;
        let path = trust.path(one, &Bag::default(), purpose, Some(&purse.ground.brand), now);
        path.is_ok_and(|path| path.merchant_id() == Some(&face.merchant))
    });
    Ok(believed.and_then(|one| Certified::read(purse.ground.suite, one).ok()))
}

/// Signs and pays. With another card than the shop was asked with, it is asked again first.
pub(super) async fn consent(purse: &Purse, id: &str, card: &str) -> Said<()> {
    let document = documents(purse).find(id).await.map_err(broken)?;
    let mut document = document.ok_or(Problem::InitiationGone)?;
    let kept = state(purse, &document.instance).await?.ok_or(Problem::InitiationGone)?;
    let Some(agreed) = kept.consent_summary() else {
        // It was given before.
        return Ok(());
    };
    if document.card.as_deref() != Some(card) {
        document = switch(purse, id, document, card).await?;
        let again = state(purse, &document.instance).await?.ok_or(Problem::InitiationGone)?;
        if again.consent_summary() != Some(agreed) {
            return Err(Problem::OrderMismatch);
        }
    }
    purse.wallet.consent(&document.instance, card).await.map_err(unavailable)
}

/// Asks the shop once more, with another card.
async fn switch(purse: &Purse, id: &str, before: Document, card: &str) -> Said<Document> {
    let initiation = before.initiation().ok_or(Problem::InitiationMalformed)?;
    let dropped = purse.wallet.purchases.command(at(&before.instance), Input::Declined).await;
    dropped.map_err(unavailable)?;
    let instance = fresh_id().map_err(broken)?;
    let document = before.becoming(instance);
    let mut watch = purse.wallet.purchases.watch(document.instance.as_bytes());
    let begun = purse.wallet.begin(&document.instance, initiation, card).await;
    begun.map_err(unavailable)?;
    documents(purse).choose(id, &document, card).await.map_err(broken)?;
    let offered = async {
        loop {
            let kept = state(purse, &document.instance).await?.ok_or(Problem::InitiationGone)?;
            match kept.stage {
                Stage::Initiating { .. } => watch.changed().await,
                Stage::Abandoned(why) => return Err(stopped(why)),
                _ => return Ok(()),
            }
        }
    };
    timeout(OFFER, offered).await.unwrap_or(Err(Problem::MerchantUnreachable))?;
    Ok(document.with_card(card))
}

/// Gives a purchase up before consent, and says where to return to.
pub(super) async fn cancel(purse: &Purse, id: &str) -> Said<Option<String>> {
    let document = documents(purse).find(id).await.map_err(broken)?;
    let Some(document) = document else { return Ok(None) };
    if let Some(kept) = state(purse, &document.instance).await?
        && matches!(kept.stage, Stage::Initiating { .. } | Stage::Offered(_))
    {
        let given_up = purse.wallet.purchases.command(at(&document.instance), Input::Declined);
        given_up.await.map_err(unavailable)?;
    }
    Ok(document.initiation().map(|initiation| initiation.cancel_url))
}

/// Asks the shop how an order stands that was signed; one that was not is nothing to ask about.
pub(super) async fn ask(purse: &Purse, id: &str) -> Said<()> {
    let document = documents(purse).find(id).await.map_err(broken)?;
    let document = document.ok_or(Problem::InitiationGone)?;
    let kept = state(purse, &document.instance).await?.ok_or(Problem::InitiationGone)?;
    if kept.ordered().is_none() {
        return Ok(());
    }
    let asked = purse.wallet.purchases.command(at(&document.instance), Input::Inquire);
    asked.await.map_err(unavailable)?;
    reached(purse, &document.instance, |kept| !kept.is_inquiring()).await.map(drop)
}

/// The payments of the past, newest first.
pub(super) async fn history(purse: &Purse) -> Said<Vec<Paid>> {
    let all = purse.wallet.purchases.list(Page::newest(HISTORY_MAX)).await.map_err(broken)?;
    let documents = documents(purse);
    let mut paid = Vec::new();
    for (record, kept) in all {
        let instance = String::from_utf8_lossy(&record.key).into_owned();
        let found = documents.of_instance(&instance).await.map_err(broken)?;
        let (id, card) =
            found.map_or_else(|| (instance.clone(), None), |(id, document)| (id, document.card));
        let last_four = match card {
            Some(card) => Some(purse.wallet.last_four(&card).await.map_err(unavailable)?),
            None => None,
        };
        paid.push(Paid {
            id,
            payee: payee(&kept),
            amount: kept.agreed.amount,
            terms: kept.agreed.terms,
            standing: standing(&kept),
            last_four,
            at: record.created_at,
        });
    }
    Ok(paid)
}

fn payee(kept: &Kept) -> String {
    match &kept.stage {
        Stage::Offered(offered) => offered.merchant.name.clone(),
        Stage::Ordered(ordered) | Stage::Answered(ordered) => ordered.merchant.name.clone(),
        Stage::Initiating { .. } | Stage::Abandoned(_) => String::new(),
    }
}

fn standing(kept: &Kept) -> Standing {
    match &kept.stage {
        Stage::Ordered(_) => Standing::Unknown,
        Stage::Abandoned(Abandoned::ByOwner) => Standing::Cancelled,
        _ => words::standing(kept.summary().fact),
    }
}
