//! Who could read what while a card came to its certificate.

use openset_types::{Pan, Secret as Wiped};
use openset_web::{
    Party,
    visibility::{Evidence, Reader, Reading},
};
use openset_wire::{cert::AcctInfo, der::decode, types::PanOnly};

use super::{Openers, of_card, opened, read_all, unmasked};
use crate::house::{merge::Crossed, system::System};

/// A card as the authority found it. The secret comes with the application, after the number.
struct Card {
    pan: Pan,
    secret: Wiped,
}

/// What each party could read of a card's registration.
pub(in crate::ports) fn of_registration(
    system: &System,
    crossed: &[Crossed],
) -> anyhow::Result<Evidence> {
    let openers = [Openers::of(system, "ca-cardholder", Party::CardholderAuthority)?];
    let mut readings = read_all(system, &openers, crossed);
    let Some(card) = card(&readings) else { return Ok(Evidence { traces: Vec::new(), readings }) };
    readings.extend(unmasked(&card.pan, crossed));
    readings.push(own(&card));
    let traces = of_card(&card.pan, card.secret.expose()).into();
    Ok(Evidence { traces, readings })
}

fn card(readings: &[Reading]) -> Option<Card> {
    opened(readings).find_map(applied).or_else(|| opened(readings).find_map(introduced))
}

/// The card of an application: CertReq.
fn applied(inside: &[u8]) -> Option<Card> {
    let AcctInfo::PanData0(account) = decode(inside).ok()? else { return None };
    Some(Card { pan: account.pan.0, secret: account.card_secret.0 })
}

/// The card of a question for the form: RegFormReq.
fn introduced(inside: &[u8]) -> Option<Card> {
    let account: PanOnly = decode(inside).ok()?;
    Some(Card { pan: account.pan.0, secret: Wiped::new(Vec::new()) })
}

/// What the wallet holds itself: the card.
fn own(card: &Card) -> Reading {
    let octets = [card.pan.expose().as_bytes(), card.secret.expose()].concat();
    Reading { reader: Reader::Party(Party::Cardholder), step: 1, octets, opened: Vec::new() }
}

#[cfg(test)]
mod tests {
    use openset_web::visibility::Opened;
    use openset_wire::der::encode;

    use super::*;

    fn reading(inside: Vec<u8>) -> Reading {
        Reading {
            reader: Reader::Party(Party::CardholderAuthority),
            step: 3,
            octets: Vec::new(),
            opened: vec![Opened { envelope: Vec::new(), inside }],
        }
    }

    #[test]
    fn a_number_is_found_in_the_question_for_the_form() {
        let asked = PanOnly {
            pan: Pan::parse("9999990000064242").expect("a card number").into(),
            ex_nonce: openset_crypto::Draw::new(openset_crypto::Suite::Modern, [7; 32]).nonce(),
        };
        let readings = [reading(b"else".to_vec()), reading(encode(&asked).expect("short"))];
        let found = card(&readings).expect("it stands in the second");
        assert_eq!(found.pan.last_four(), "4242");
        assert!(found.secret.expose().is_empty());
    }

    #[test]
    fn nothing_is_found_where_nothing_was_opened() {
        assert!(card(&[]).is_none());
        for wrong in [&[][..], &[0x30, 0], b"9999990000064242"] {
            assert!(card(&[reading(wrong.to_vec())]).is_none(), "{wrong:?}");
        }
    }
}
