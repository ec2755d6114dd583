//! Certificates: what is signed was written down first, one key is certified once, and what an
//! applicant was given is never lost.

use std::collections::BTreeMap;

use openset_crypto::{Purpose, Trust};
use openset_protocol::{
    ca::{AuthorityEnrolment, Stage as Issues},
    cardholder::registration::{CardholderRegistration, Stage as CardStage},
    enrolment::{
        CertifiedKey,
        applicant::{Applicant, Registering, Stage},
    },
    gateway::registration::Gateway,
    merchant::registration::Merchant,
    octets::Octets,
};
use openset_wire::{
    der::{decode, encode},
    x509::{Certificate, UnsignedCertificate},
};

use super::{Holds, broken};
use crate::{
    pki::Pki,
    world::{Party, Signed, World, network::Role},
};

/// What an authority signs stood on its disk before, octet for octet.
pub fn invariant_every_issued_certificate_was_recorded_first(world: &World) -> Holds {
    for (role, party) in world.authorities() {
        if signed(party).any(|one| !one.was_recorded) {
            let what = format!("the {role} has signed what it had not written down");
            return broken("invariant_every_issued_certificate_was_recorded_first", what);
        }
    }
    Ok(())
}

/// An authority certifies a key once. The same draft may be signed again after a crash.
pub fn invariant_one_key_is_certified_once(world: &World) -> Holds {
    for (role, party) in world.authorities() {
        let key = |draft: &UnsignedCertificate| {
            encode(&draft.subject_public_key_info).expect("encodable")
        };
        if let Some(number) = first_in_two_drafts(party, key) {
            let what = format!("the {role} has certified one key twice: certificate {number}");
            return broken("invariant_one_key_is_certified_once", what);
        }
    }
    Ok(())
}

/// An authority never gives one serial number to two certificates.
pub fn invariant_serial_numbers_are_never_reused(world: &World) -> Holds {
    for (role, party) in world.authorities() {
        let serial = |draft: &UnsignedCertificate| draft.serial_number.as_bytes().to_vec();
        if let Some(number) = first_in_two_drafts(party, serial) {
            let what = format!("the {role} has used a serial number again: certificate {number}");
            return broken("invariant_serial_numbers_are_never_reused", what);
        }
    }
    Ok(())
}

/// Everything that was issued is believed by whoever believes the root and nothing else.
pub fn invariant_every_certificate_chains_to_root(world: &World) -> Holds {
    let trust = Pki::shared().trust();
    for (role, party) in world.authorities() {
        for enrolment in party.disk.stored::<AuthorityEnrolment>() {
            let Issues::Issued { certificates, .. } = enrolment.stage else { continue };
            for (certificate, purpose) in certificates.iter().zip(purposes(role)) {
                if let Err(untrusted) = chains(certificate, *purpose, &trust, world) {
                    let what = format!("the {role} has issued what nobody believes: {untrusted}");
                    return broken("invariant_every_certificate_chains_to_root", what);
                }
            }
        }
    }
    Ok(())
}

/// What was seen to be certified.
#[derive(Debug, Default)]
pub struct Acknowledged {
    certified: BTreeMap<(Role, Vec<u8>), Vec<Octets>>,
    /// How much had been written and how often parties had stopped.
    mark: (usize, u32),
}

impl Acknowledged {
    /// Whoever has a certificate has it ever after, and its authority knows that it issued it.
    pub fn invariant_an_acknowledged_certificate_is_never_lost(&mut self, world: &World) -> Holds {
        const NAME: &str = "invariant_an_acknowledged_certificate_is_never_lost";
        let mark = world.mark();
        if mark == self.mark {
            return Ok(());
        }
        let found = certified(world);
        for (whose, certificates) in &self.certified {
            if found.get(whose) != Some(certificates) {
                let (role, key) = (whose.0, String::from_utf8_lossy(&whose.1));
                return broken(NAME, format!("the {role} has lost the certificates of {key}"));
            }
        }
        for ((role, key), certificates) in &found {
            let is_new = !self.certified.contains_key(&(*role, key.clone()));
            if is_new && !is_issued(world, *role, certificates) {
                let key = String::from_utf8_lossy(key);
                return broken(NAME, format!("no authority knows the certificates of {key}"));
            }
        }
        (self.certified, self.mark) = (found, mark);
        Ok(())
    }
}

/// The certificates that applicants have, by party and registration.
fn certified(world: &World) -> BTreeMap<(Role, Vec<u8>), Vec<Octets>> {
    let cards = world.wallet.disk.states::<CardholderRegistration>();
    let cards = cards.filter_map(|(key, registration)| match registration.stage {
        CardStage::Certified { card, .. } => {
            Some(((Role::Wallet, key.to_vec()), vec![card.certificate]))
        }
        _ => None,
    });
    let merchants = of_applicant::<Merchant>(Role::Merchant, &world.merchant);
    cards.chain(merchants).chain(of_applicant::<Gateway>(Role::Gateway, &world.gateway)).collect()
}

fn of_applicant<A: Applicant>(
    role: Role,
    party: &Party,
) -> impl Iterator<Item = ((Role, Vec<u8>), Vec<Octets>)> {
    let all = party.disk.states::<Registering<A>>();
    all.filter_map(move |(key, registration)| match registration.stage {
        Stage::Certified { signature, encipherment } => {
            let octets = [signature, encipherment].map(|one: CertifiedKey| one.certificate);
            Some(((role, key.to_vec()), octets.to_vec()))
        }
        _ => None,
    })
}

fn is_issued(world: &World, applicant: Role, certificates: &[Octets]) -> bool {
    let office = match applicant {
        Role::Merchant => &world.merchant_authority,
        Role::Gateway => &world.gateway_authority,
        _ => &world.cardholder_authority,
    };
    office.disk.stored::<AuthorityEnrolment>().any(|enrolment| match enrolment.stage {
        Issues::Issued { certificates: issued, .. } => issued == certificates,
        _ => false,
    })
}

fn signed(party: &Party) -> impl Iterator<Item = &Signed> {
    party.witness().into_iter().flat_map(|witness| witness.signed())
}

/// The first certificate that has something in common with another one before it.
fn first_in_two_drafts(
    party: &Party,
    thing: impl Fn(&UnsignedCertificate) -> Vec<u8>,
) -> Option<usize> {
    let mut seen: BTreeMap<Vec<u8>, &[u8]> = BTreeMap::new();
    signed(party).map(|one| one.draft.as_slice()).position(|draft| {
        let read: UnsignedCertificate = decode(draft).expect("what was signed is a certificate");
        *seen.entry(thing(&read)).or_insert(draft) != draft
    })
}

fn purposes(authority: Role) -> &'static [Purpose] {
    match authority {
        Role::MerchantAuthority => &[Purpose::MerchantSignature, Purpose::MerchantEncipherment],
        Role::GatewayAuthority => &[Purpose::GatewaySignature, Purpose::GatewayEncipherment],
        _ => &[Purpose::CardholderSignature],
    }
}

fn chains(
    certificate: &Octets,
    purpose: Purpose,
    trust: &Trust,
    world: &World,
) -> Result<(), openset_crypto::Untrusted> {
    let certificate: Certificate = decode(certificate.as_ref())?;
    let pki = Pki::shared();
    trust.path(&certificate, &pki.authorities, purpose, Some(&pki.brand), world.now())?;
    Ok(())
}
