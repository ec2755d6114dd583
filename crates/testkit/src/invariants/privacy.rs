//! Who may never have held what, in whatever form: everything that was ever written is searched.

use super::{Holds, broken};
use crate::{
    canary::Canaries,
    pki::CARDS,
    world::{World, network::Role, people::DESCRIPTION},
};

/// Searches what was written since it looked last.
#[derive(Debug)]
pub struct Privacy {
    cards: Canaries,
    orders: Canaries,
    merchant_seen: usize,
    gateway_seen: usize,
    acquirer_seen: u64,
}

impl Default for Privacy {
    fn default() -> Self {
        let numbers: Vec<&str> = CARDS.iter().map(|card| card.number).collect();
        Self {
            cards: Canaries::new(&numbers),
            orders: Canaries::new(&[DESCRIPTION]),
            merchant_seen: 0,
            gateway_seen: 0,
            acquirer_seen: 0,
        }
    }
}

impl Privacy {
    /// Looks at all that is new.
    pub fn look(&mut self, world: &World) -> Holds {
        let merchant = world.merchant.disk.written_since(self.merchant_seen);
        let gateway = world.gateway.disk.written_since(self.gateway_seen);
        self.invariant_merchant_never_held_a_pan(merchant)?;
        self.invariant_gateway_never_held_an_order(gateway)?;
        self.invariant_gateway_never_stored_a_pan(gateway)?;
        self.merchant_seen += merchant.len();
        self.gateway_seen += gateway.len();
        if self.acquirer_seen != world.acquirer.changes() {
            self.acquirer_seen = world.acquirer.changes();
            self.invariant_acquirer_never_held_a_pan(world)?;
        }
        Ok(())
    }

    /// The merchant never held a card number.
    pub fn invariant_merchant_never_held_a_pan(&self, written: &[Vec<u8>]) -> Holds {
        let octets = written.iter().map(Vec::as_slice);
        holds_none("invariant_merchant_never_held_a_pan", Role::Merchant, &self.cards, octets)
    }

    /// The gateway never held an order.
    pub fn invariant_gateway_never_held_an_order(&self, written: &[Vec<u8>]) -> Holds {
        let octets = written.iter().map(Vec::as_slice);
        holds_none("invariant_gateway_never_held_an_order", Role::Gateway, &self.orders, octets)
    }

    /// The gateway opened card numbers and stored none.
    pub fn invariant_gateway_never_stored_a_pan(&self, written: &[Vec<u8>]) -> Holds {
        let octets = written.iter().map(Vec::as_slice);
        holds_none("invariant_gateway_never_stored_a_pan", Role::Gateway, &self.cards, octets)
    }

    /// The acquirer never held a card number.
    pub fn invariant_acquirer_never_held_a_pan(&self, world: &World) -> Holds {
        let octets = world.acquirer.octets();
        holds_none("invariant_acquirer_never_held_a_pan", Role::Acquirer, &self.cards, octets)
    }
}

fn holds_none<'a>(
    invariant: &'static str,
    role: Role,
    secrets: &Canaries,
    mut written: impl Iterator<Item = &'a [u8]>,
) -> Holds {
    match written.find_map(|octets| secrets.find(octets)) {
        None => Ok(()),
        Some(found) => {
            broken(invariant, format!("the {role} holds secret {} as {}", found.secret, found.form))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_on_the_merchant_s_disk_is_found() {
        let privacy = Privacy::default();
        let clean = br#"{"version":1,"stage":"Offered"}"#.to_vec();
        privacy.invariant_merchant_never_held_a_pan(std::slice::from_ref(&clean)).expect("clean");
        let dirty = format!("{{\"pan\":\"{}\"}}", CARDS[3].number).into_bytes();
        privacy.invariant_merchant_never_held_a_pan(&[clean, dirty]).expect_err("a card number");
    }

    #[test]
    fn an_order_on_the_gateway_s_disk_is_found() {
        let dirty = data_encoding::BASE64.encode(DESCRIPTION.as_bytes()).into_bytes();
        let broken = Privacy::default().invariant_gateway_never_held_an_order(&[dirty]);
        assert!(broken.expect_err("an order").what.contains("base64"));
    }
}
