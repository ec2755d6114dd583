//! Who could read what: each party's own messages, opened with its own keys.
//!
//! Nothing here is declared. A party's row comes from the octets that it sent or received, from
//! what its private keys make of them, and from what it wrote down itself; what is looked for are
//! the values of this very purchase.

mod registration;

use std::sync::Arc;

use openset_crypto::{Identity, Keys, look_into};
use openset_protocol::role::Lookup;
use openset_types::{Money, Pan, Xid};
use openset_web::{
    Party,
    visibility::{Evidence, Opened, Reader, Reading, Secret, Trace},
};
use openset_wire::{
    der::{decode, encode},
    payment::{CheckDigests, PReq},
    types::{CurrencyAmount, PanData},
    wrapper::{Message, MessageWrapper},
};

pub(super) use self::registration::of_registration;
use super::{journal::shown, words};
use crate::{
    ceremony::papers,
    demo::cast,
    house::{merge::Crossed, system::System},
    shop::orders::Order,
};

/// The fewest octets of an envelope.
const ENVELOPE_OCTETS_MIN: usize = 200;

/// A party's keys for sealed things.
struct Openers {
    party: Party,
    identities: Vec<Identity>,
    keys: Arc<dyn Keys>,
}

/// What each party could read of a purchase.
pub(super) async fn of_purchase(
    system: &System,
    xid: Xid,
    crossed: &[Crossed],
) -> anyhow::Result<Evidence> {
    let Some(order) = system.order_of(xid).await? else { return Ok(Evidence::default()) };
    // Only the merchant and the gateway are sealed to in a purchase.
    let openers = [
        Openers::of(system, "merchant", Party::Merchant)?,
        Openers::of(system, "gateway", Party::Gateway)?,
    ];
    let mut readings = read_all(system, &openers, crossed);
    let account = account(&readings);
    if let Some(account) = &account {
        readings.extend(unmasked(&account.pan, crossed));
    }
    readings.extend(own_record(system, xid, account.as_ref()).await?);
    readings.push(order_record(&order));
    Ok(Evidence { traces: traces(system, &order, xid, account.as_ref(), crossed), readings })
}

impl Openers {
    /// What a role opens with what is in its folder.
    fn of(system: &System, role: &str, party: Party) -> anyhow::Result<Self> {
        let identities = vec![system.ground.papers(role).take(papers::ENCIPHERMENT)?];
        Ok(Self { party, identities, keys: system.ground.keys(role)? })
    }
}

/// What everybody read in all messages.
fn read_all(system: &System, openers: &[Openers], crossed: &[Crossed]) -> Vec<Reading> {
    let numbered = shown(crossed).zip(1..);
    numbered.flat_map(|(crossed, step)| read(system, openers, crossed, step)).collect()
}

/// What sender, recipient and a listener read in one message.
fn read(system: &System, openers: &[Openers], crossed: &Crossed, step: u32) -> Vec<Reading> {
    let passed = &crossed.passed;
    let ends = [&passed.sender, &passed.recipient];
    let parties = ends.into_iter().filter_map(|name| words::party(name));
    let mut readings: Vec<Reading> = parties
        .map(|party| {
            let own = openers.iter().find(|openers| openers.party == party);
            let opened = own.map(|own| open_all(system, own, &passed.octets)).unwrap_or_default();
            Reading { reader: Reader::Party(party), step, octets: passed.octets.clone(), opened }
        })
        .collect();
    if MessageWrapper::header_of(&passed.octets).is_some() {
        let octets = passed.octets.clone();
        readings.push(Reading { reader: Reader::Wire, step, octets, opened: Vec::new() });
    }
    readings
}

/// Every envelope in these octets that a party's keys open, and every one within those.
fn open_all(system: &System, own: &Openers, octets: &[u8]) -> Vec<Opened> {
    let mut opened: Vec<Opened> = Vec::new();
    let mut left = vec![octets.to_vec()];
    while let Some(octets) = left.pop() {
        for envelope in envelopes(&octets) {
            let suite = system.ground.suite;
            for inside in look_into(suite, envelope, &own.identities, own.keys.as_ref()) {
                left.push(inside.to_vec());
                opened.push(Opened { envelope: envelope.to_vec(), inside: inside.to_vec() });
            }
        }
    }
    opened
}

/// Every place where a long SEQUENCE may begin, as far as its length goes.
pub(super) fn envelopes(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    elements(octets, SEQUENCE).filter(|found| found.len() >= ENVELOPE_OCTETS_MIN)
}

/// The digest of the order among what a gateway opened: HOD2, as the merchant computed it.
pub(super) fn order_digest(inside: &[u8]) -> Option<Vec<u8>> {
    elements(inside, CHECK_DIGESTS).find_map(|element| {
        let mut sequence = element.to_vec();
        *sequence.first_mut()? = SEQUENCE;
        let digests = decode::<CheckDigests>(&sequence).ok()?;
        Some(digests.hod2.digest().to_vec())
    })
}

/// The tag of a SEQUENCE.
const SEQUENCE: u8 = 0x30;
/// The tag of checkDigests in an AuthReqItem.
const CHECK_DIGESTS: u8 = 0xA0;

/// Every place where an element of this tag may begin, as far as its length goes.
fn elements(octets: &[u8], tag: u8) -> impl Iterator<Item = &[u8]> {
    (0..octets.len()).filter_map(move |at| {
        let rest = octets.get(at..).filter(|rest| rest.first() == Some(&tag))?;
        let end = match rest {
            [_, 0x81, length, ..] => 3 + usize::from(*length),
            [_, 0x82, high, low, ..] => 4 + usize::from(u16::from_be_bytes([*high, *low])),
            [_, length, ..] if *length < 0x80 => 2 + usize::from(*length),
            _ => return None,
        };
        rest.get(..end)
    })
}

/// The account of this purchase, as the gateway found it.
fn account(readings: &[Reading]) -> Option<PanData> {
    opened(readings).find_map(|inside| decode(inside).ok())
}

/// Everything that came out of an envelope.
fn opened(readings: &[Reading]) -> impl Iterator<Item = &[u8]> {
    readings.iter().flat_map(|reading| &reading.opened).map(|opened| opened.inside.as_slice())
}

/// Bank messages are kept masked; whoever wrote or read one with the card's first six and last
/// four digits had the number in field 2.
fn unmasked(pan: &Pan, crossed: &[Crossed]) -> Vec<Reading> {
    let masked = format!("{}000000{}", pan.bin(), pan.last_four());
    let masked = masked.as_bytes();
    let mut readings = Vec::new();
    for (crossed, step) in shown(crossed).zip(1..) {
        let passed = &crossed.passed;
        let is_bank = MessageWrapper::header_of(&passed.octets).is_none();
        if !is_bank || !passed.octets.windows(masked.len()).any(|window| window == masked) {
            continue;
        }
        for party in
            [&passed.sender, &passed.recipient].into_iter().filter_map(|name| words::party(name))
        {
            let octets = pan.expose().as_bytes().to_vec();
            let reader = Reader::Party(party);
            readings.push(Reading { reader, step, octets, opened: Vec::new() });
        }
    }
    readings
}

/// What the wallet holds itself: its record of the purchase, and the account it paid with.
async fn own_record(
    system: &System,
    xid: Xid,
    account: Option<&PanData>,
) -> anyhow::Result<Option<Reading>> {
    let at = Lookup::Alias(xid.as_bytes().to_vec());
    let view = system.view_of(xid).await?;
    let Some(purchase) = view.wallet.purchases.state(&at).await? else { return Ok(None) };
    let mut octets = purchase.agreed.description.as_ref().to_vec();
    octets.extend(amount_der(purchase.agreed.amount));
    if let Some(account) = account {
        octets.extend(account.pan.expose().as_bytes());
        octets.extend(account.pan_secret.expose());
    }
    let reader = Reader::Party(Party::Cardholder);
    Ok(Some(Reading { reader, step: 1, octets, opened: Vec::new() }))
}

/// What the merchant holds itself: the order that was placed with it.
fn order_record(order: &Order) -> Reading {
    let lines = order.lines().into_iter().map(|line| line.text).collect::<Vec<_>>();
    let mut octets = lines.join("\n").into_bytes();
    octets.extend(amount_der(order.total));
    Reading { reader: Reader::Party(Party::Merchant), step: 1, octets, opened: Vec::new() }
}

/// What is looked for, in every way it is written.
fn traces(
    system: &System,
    order: &Order,
    xid: Xid,
    account: Option<&PanData>,
    crossed: &[Crossed],
) -> Vec<Trace> {
    let hash = order_hash(crossed);
    let goods: Vec<Vec<u8>> =
        order.lines().iter().take(1).map(|line| line.text.clone().into_bytes()).collect();
    let amounts = vec![
        amount_der(order.total),
        format!("{:012}", order.total.minor()).into_bytes(),
        format!("\">{}<", order.total.decimal()).into_bytes(),
    ];
    let shop = vec![
        encode(&system.merchant.signature(&system.ground.brand).certificate).unwrap_or_default(),
        cast::MERCHANT_ID.as_bytes().to_vec(),
    ];
    let approval = approval_codes(crossed);
    let mut traces = vec![
        Trace::new(Secret::Goods, goods, hash.clone()),
        Trace::new(Secret::Amount, amounts, hash),
        Trace::new(Secret::ShopCertificate, shop, Vec::new()),
        Trace::new(Secret::TransactionNumbers, vec![xid.as_bytes().to_vec()], Vec::new()),
        Trace::new(Secret::ApprovalCode, approval, Vec::new()),
    ];
    if let Some(account) = account {
        traces.splice(2..2, of_card(&account.pan, account.pan_secret.expose()));
    }
    traces
}

/// A card's number, and what ties the card to its certificate.
fn of_card(pan: &Pan, secret: &[u8]) -> [Trace; 2] {
    let number = vec![pan.expose().as_bytes().to_vec()];
    [
        Trace::new(Secret::CardNumber, number, Vec::new()),
        Trace::new(Secret::CardSecret, vec![secret.to_vec()], Vec::new()),
    ]
}

fn amount_der(amount: Money) -> Vec<u8> {
    encode(&CurrencyAmount::from(amount)).unwrap_or_default()
}

/// The hash that stands for order and amount, as the cardholder's order carries it.
fn order_hash(crossed: &[Crossed]) -> Vec<Vec<u8>> {
    let of = |crossed: &Crossed| {
        let wrapper = MessageWrapper::decode(&crossed.passed.octets).ok()?;
        let Message::PReq(message) = wrapper.message else { return None };
        let PReq::PReqDualSigned(order) = *message else { return None };
        Some(order.oi_dual_signed.t1.value().hod.digest().to_vec())
    };
    crossed.iter().filter_map(of).collect()
}

/// The approval codes that the issuer gave.
fn approval_codes(crossed: &[Crossed]) -> Vec<Vec<u8>> {
    let dialect = crate::house::banks::dialect();
    let answers = crossed.iter().filter(|crossed| crossed.passed.name == "0110");
    let read = answers.filter_map(|crossed| dialect.read(&crossed.passed.octets).ok());
    read.filter_map(|answer| answer.text(38).map(|code| code.as_bytes().to_vec())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_wherever_they_stand_and_cut_ones_are_not() {
        let octets = [7, 0x30, 2, 5, 0, 0x30, 0x81, 1, 9, 0x30, 0x82, 0, 1, 8, 0x30, 9];
        let found: Vec<&[u8]> = elements(&octets, SEQUENCE).collect();
        assert_eq!(found, [&octets[1..5], &octets[5..9], &octets[9..14]]);
        for cut in [&[0x30][..], &[0x30, 0x82, 1], &[0x30, 0x80, 0, 0], &[0x30, 1]] {
            assert_eq!(elements(cut, SEQUENCE).count(), 0, "{cut:?}");
        }
    }

    #[test]
    fn what_is_no_account_is_not_taken_for_one() {
        let reading = |inside: &[u8]| Reading {
            reader: Reader::Party(Party::Gateway),
            step: 1,
            octets: Vec::new(),
            opened: vec![Opened { envelope: Vec::new(), inside: inside.to_vec() }],
        };
        for wrong in [&[][..], &[0x30, 0], b"9999990000064242", &[0x30, 3, 2, 1, 5]] {
            assert!(account(&[reading(wrong)]).is_none(), "{wrong:?}");
            assert_eq!(order_digest(wrong), None);
        }
    }
}
