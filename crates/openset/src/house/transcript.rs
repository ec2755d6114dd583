//! Everything that passed for one purchase or one card, from the journals of all parties.

use std::collections::{BTreeMap, BTreeSet};

use openset_crypto::Authority;
use openset_node::{
    banks::{ABOUT_FILE, ABOUT_SALE},
    store::{JournalOf, Lookup, Page, Passed, Store},
};
use openset_protocol::{
    ca::AuthorityEnrolment,
    cardholder::{purchase::CardholderPurchase, registration::CardholderRegistration},
    gateway::registration::GatewayRegistration,
    merchant::{purchase::MerchantPurchase, registration::MerchantRegistration},
    role::Machine,
};
use openset_types::{RetrievalReference, Xid};

use super::{
    authority::role,
    enrol,
    lookups::reference_of,
    merge::{Crossed, merge},
    system::System,
};

/// More messages than one purchase has.
const MESSAGES_MAX: u32 = 500;

/// Everything that passed for a purchase.
pub(crate) async fn of_purchase(
    system: &System,
    order: &str,
    xid: Xid,
) -> anyhow::Result<Vec<Crossed>> {
    let system = system.view_of(xid).await?;
    let wallet = wallet(system, xid).await?;
    let merchant = merchant(system, order, xid).await?;
    let gateway = gateway(system, &merchant).await?;
    let (gateway, acquirer, issuer) = with_banks(system, gateway).await?;
    Ok(merge(vec![
        ("cardholder", wallet),
        ("merchant", merchant),
        ("gateway", gateway),
        ("issuer", issuer),
        ("acquirer", acquirer),
    ]))
}

/// Everything that passed for the registration of a card.
pub(crate) async fn of_registration(system: &System, id: &str) -> anyhow::Result<Vec<Crossed>> {
    let store = &system.wallet.party.store;
    let wallet = instance(store, CardholderRegistration::KIND, id.as_bytes().to_vec()).await?;
    with_authority(system, Authority::Cardholder, ("cardholder", wallet)).await
}

/// Everything that passed when the merchant came to its certificates.
pub(crate) async fn of_merchant(system: &System) -> anyhow::Result<Vec<Crossed>> {
    let store = &system.merchant.party.store;
    let merchant = instance(store, MerchantRegistration::KIND, enrol::INSTANCE.to_vec()).await?;
    with_authority(system, Authority::Merchant, ("merchant", merchant)).await
}

/// Everything that passed when the gateway came to its certificates.
pub(crate) async fn of_gateway(system: &System) -> anyhow::Result<Vec<Crossed>> {
    let store = &system.gateway.party.store;
    let gateway = instance(store, GatewayRegistration::KIND, enrol::INSTANCE.to_vec()).await?;
    with_authority(system, Authority::Gateway, ("gateway", gateway)).await
}

/// An applicant's journal, and its authority's about the same application.
async fn with_authority(
    system: &System,
    kind: Authority,
    applicant: (&'static str, Vec<Passed>),
) -> anyhow::Result<Vec<Crossed>> {
    let found = system.authorities.iter().find(|authority| authority.seat.kind == kind);
    let mut journals = Vec::new();
    if let Some(authority) = found
        && let Some(first) = applicant.1.iter().find_map(|passed| passed.rrpid)
        && let Some(seen) = authority.party.store.request(first).await?
    {
        let store = &authority.party.store;
        let theirs = instance(store, AuthorityEnrolment::KIND, seen.key).await?;
        journals.push((role(authority.seat).name, theirs));
    }
    journals.insert(0, applicant);
    Ok(merge(journals))
}

/// A journal, oldest first.
pub(crate) async fn oldest_first(
    store: &std::sync::Arc<dyn Store>,
    of: &JournalOf,
) -> anyhow::Result<Vec<Passed>> {
    let mut journal = store.journal(of, Page::newest(MESSAGES_MAX)).await?;
    journal.reverse();
    Ok(journal)
}

async fn instance(
    store: &std::sync::Arc<dyn Store>,
    kind: &'static str,
    key: Vec<u8>,
) -> anyhow::Result<Vec<Passed>> {
    oldest_first(store, &JournalOf::Instance { kind, key }).await
}

async fn wallet(system: &System, xid: Xid) -> anyhow::Result<Vec<Passed>> {
    let store = &system.wallet.party.store;
    let at = Lookup::Alias(xid.as_bytes().to_vec());
    match store.load(CardholderPurchase::KIND, &at).await? {
        Some(record) => instance(store, CardholderPurchase::KIND, record.key).await,
        None => Ok(Vec::new()),
    }
}

/// The merchant's messages about one purchase: an order can be offered to several wallets.
async fn merchant(system: &System, order: &str, xid: Xid) -> anyhow::Result<Vec<Passed>> {
    let store = &system.merchant.party.store;
    let all = instance(store, MerchantPurchase::KIND, order.as_bytes().to_vec()).await?;
    let named: BTreeSet<_> =
        all.iter().filter(|one| one.xid == Some(xid)).filter_map(|one| one.rrpid).collect();
    let is_ours = |one: &Passed| {
        one.xid == Some(xid) || one.rrpid.is_some_and(|rrpid| named.contains(&rrpid))
    };
    Ok(all.into_iter().filter(is_ours).collect())
}

/// The gateway's messages about one purchase: those that answer the merchant's questions.
async fn gateway(system: &System, merchant: &[Passed]) -> anyhow::Result<Vec<Passed>> {
    let store = &system.gateway.party.store;
    let asked = merchant.iter().filter(|one| one.recipient == "gateway");
    let mut journal = Vec::new();
    for rrpid in asked.filter_map(|one| one.rrpid) {
        journal.extend(oldest_first(store, &JournalOf::Request(rrpid)).await?);
    }
    Ok(journal)
}

/// The gateway's journal with what it said to the banks where it said it, and the banks' own.
pub(crate) async fn with_banks(
    system: &System,
    gateway: Vec<Passed>,
) -> anyhow::Result<(Vec<Passed>, Vec<Passed>, Vec<Passed>)> {
    let (mut woven, mut acquirer, mut issuer) = (Vec::new(), Vec::new(), Vec::new());
    let mut references: BTreeMap<Xid, RetrievalReference> = BTreeMap::new();
    let mut rest: Vec<Passed> = Vec::new();
    let is_taken_back = gateway.iter().any(|passed| passed.name == "AuthRevReq");
    for passed in gateway {
        let (name, rrpid, xid) = (passed.name.clone(), passed.rrpid, passed.xid);
        woven.push(passed);
        if let ("AuthReq", Some(rrpid)) = (name.as_str(), rrpid) {
            let authorization = system.authorization(rrpid).await?;
            if let Some(reference) = authorization.as_ref().and_then(reference_of) {
                let asked = sale(&system.issuer.store, &reference).await?;
                references.extend(xid.map(|xid| (xid, reference)));
                issuer.extend(asked.clone());
                let (before, after): (Vec<_>, Vec<_>) =
                    asked.into_iter().partition(|one| is_authorization(&one.name));
                woven.extend(before);
                rest.extend(after);
            }
        } else if let ("CapReq", Some(reference)) =
            (name.as_str(), xid.and_then(|xid| references.get(&xid)))
        {
            let told = sale(&system.acquirer.store, reference).await?;
            woven.extend(told.clone());
            acquirer.extend(told);
        } else if name == "AuthRevReq" {
            let end =
                rest.iter().position(|one| one.name == "0430").map_or(rest.len(), |at| at + 1);
            woven.extend(rest.drain(..end));
        } else if name == "AuthRes" && !is_taken_back {
            woven.append(&mut rest);
        }
    }
    woven.append(&mut rest);
    for reference in references.values() {
        for file in files(system, reference).await? {
            let of = |store| instance(store, ABOUT_FILE, file.clone());
            acquirer.extend(of(&system.acquirer.store).await?);
            issuer.extend(of(&system.issuer.store).await?);
        }
    }
    Ok((woven, acquirer, issuer))
}

fn is_authorization(name: &str) -> bool {
    matches!(name, "0100" | "0110")
}

async fn sale(
    store: &std::sync::Arc<dyn Store>,
    reference: &RetrievalReference,
) -> anyhow::Result<Vec<Passed>> {
    instance(store, ABOUT_SALE, reference.as_str().as_bytes().to_vec()).await
}

/// The clearing files a sale went with.
async fn files(system: &System, reference: &RetrievalReference) -> anyhow::Result<Vec<Vec<u8>>> {
    let view = system.acquirer.host.view().await?;
    let holds = |file: &&openset_bank::acquirer::SentFile| {
        file.file.items().iter().any(|item| item.authorization == *reference)
    };
    let named = view.files.iter().filter(holds);
    Ok(named.map(|file| file.file.id().as_str().as_bytes().to_vec()).collect())
}
