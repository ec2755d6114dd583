//! Who may never have held what, in whatever form: everything that was ever written is searched.

use std::collections::BTreeMap;

use super::{Holds, broken};
use crate::{
    canary::Canaries,
    pki::{CARDS, card_secret},
    world::{World, network::Role, people::DESCRIPTION},
};

/// Searches what was written since it looked last.
#[derive(Debug)]
pub struct Privacy {
    cards: Canaries,
    secrets: Canaries,
    orders: Canaries,
    seen: BTreeMap<Role, usize>,
    acquirer_seen: u64,
}

impl Default for Privacy {
    fn default() -> Self {
        let numbers: Vec<&str> = CARDS.iter().map(|card| card.number).collect();
        Self {
            cards: Canaries::new(&numbers),
            secrets: Canaries::new(&[card_secret()]),
            orders: Canaries::new(&[DESCRIPTION]),
            seen: BTreeMap::new(),
            acquirer_seen: 0,
        }
    }
}

impl Privacy {
    /// Looks at all that is new.
    pub fn look(&mut self, world: &World) -> Holds {
        for (role, party) in world.parties() {
            let seen = self.seen.entry(role).or_default();
            let written = party.disk.written_since(*seen);
            *seen += written.len();
            self.search(role, written)?;
        }
        if self.acquirer_seen != world.acquirer.changes() {
            self.acquirer_seen = world.acquirer.changes();
            self.invariant_acquirer_never_held_a_pan(world)?;
        }
        Ok(())
    }

    fn search(&self, role: Role, written: &[Vec<u8>]) -> Holds {
        self.invariant_nobody_stored_a_card_secret(role, written)?;
        match role {
            Role::Merchant => self.invariant_merchant_never_held_a_pan(written),
            Role::Gateway => {
                self.invariant_gateway_never_held_an_order(written)?;
                self.invariant_gateway_never_stored_a_pan(written)
            }
            Role::Wallet => self.invariant_wallet_stored_a_pan_in_its_vault_alone(written),
            _ => self.invariant_authority_never_stored_a_pan(role, written),
        }
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

    /// The wallet's vault has card numbers, and its disk has none.
    pub fn invariant_wallet_stored_a_pan_in_its_vault_alone(&self, written: &[Vec<u8>]) -> Holds {
        const NAME: &str = "invariant_wallet_stored_a_pan_in_its_vault_alone";
        holds_none(NAME, Role::Wallet, &self.cards, written.iter().map(Vec::as_slice))
    }

    /// Authorities opened card numbers and stored none.
    pub fn invariant_authority_never_stored_a_pan(&self, of: Role, written: &[Vec<u8>]) -> Holds {
        let octets = written.iter().map(Vec::as_slice);
        holds_none("invariant_authority_never_stored_a_pan", of, &self.cards, octets)
    }

    /// The cardholder's half of what ties a card to its certificate is on nobody's disk.
    pub fn invariant_nobody_stored_a_card_secret(&self, of: Role, written: &[Vec<u8>]) -> Holds {
        let octets = written.iter().map(Vec::as_slice);
        holds_none("invariant_nobody_stored_a_card_secret", of, &self.secrets, octets)
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
    use openset_protocol::octets::Octets;

    use super::*;

    const CLEAN: &[u8] = br#"{"version":1,"stage":"Offered"}"#;

    fn dirty() -> Vec<Vec<u8>> {
        let dirty = format!("{{\"pan\":\"{}\"}}", CARDS[3].number).into_bytes();
        vec![CLEAN.to_vec(), dirty]
    }

    #[test]
    fn a_card_number_on_anybody_s_disk_is_found() {
        let privacy = Privacy::default();
        for role in [Role::Wallet, Role::Merchant, Role::Gateway, Role::CardholderAuthority] {
            privacy.search(role, &[CLEAN.to_vec()]).expect("clean");
            privacy.search(role, &dirty()).expect_err("a card number");
        }
    }

    #[test]
    fn an_order_on_the_gateway_s_disk_is_found() {
        let dirty = data_encoding::BASE64.encode(DESCRIPTION.as_bytes()).into_bytes();
        let broken = Privacy::default().search(Role::Gateway, &[dirty]);
        assert!(broken.expect_err("an order").what.contains("base64"));
    }

    #[test]
    fn a_card_secret_on_anybody_s_disk_is_found() {
        let stored = serde_json::to_vec(&Octets(card_secret().to_vec())).expect("a state");
        for role in [Role::Wallet, Role::CardholderAuthority, Role::Merchant] {
            let broken = Privacy::default().search(role, std::slice::from_ref(&stored));
            let broken = broken.expect_err("a secret").invariant;
            assert_eq!(broken, "invariant_nobody_stored_a_card_secret", "{role}");
        }
    }
}
