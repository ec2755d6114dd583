//! Two halves without a signature: what opens, and everything that does not.

use openset_types::Secret;
use openset_wire::der::{Element, decode};
use openset_wire::opaque::{PaymentGateway, Sealed};
use openset_wire::payment::PiDualSigned;
use openset_wire::x509::{CardCertRequired, Certificate, ExtensionValue, Extensions};

use super::*;
use crate::dual::tests::{CARD, consent as signed_consent};
use crate::envelope::SealFor;
use crate::pki::{MODERN, Wish, World, in_every_suite, now};
use crate::set10::{oaep, pkcs7::EnvelopedData, primitives, sealed};
use crate::{Bag, Draw, Purpose, Signer, card, dual};

const SET10: Suite = Suite::Set10;
const SEALING: Purpose = Purpose::GatewayEncipherment;

struct Desk {
    world: World,
    /// A certificate of the gateway that takes what nobody has signed.
    taking: Identity,
    draw: Draw,
}

impl Desk {
    fn new() -> Self {
        let mut world = World::new(SET10);
        let pca = world.pca.clone();
        let wish = Wish { card_cert_required: false, ..Wish::of(SEALING) };
        let taking = world.certify(wish, &pca);
        Self { world, taking, draw: Draw::new(SET10, [4; 32]) }
    }

    fn consent(&mut self, cents: u64) -> Consent {
        consent(SET10, &mut self.draw, cents)
    }

    fn request(&mut self, cents: u64) -> PReqUnsigned {
        let consent = self.consent(cents);
        make(consent, &self.world.path(&self.taking, SEALING)).expect("sealed")
    }

    fn open(&self, instructions: &PiUnsigned) -> Result<Opened<Payment>, Unopened> {
        open(instructions, std::slice::from_ref(&self.taking), SET10, &self.world.keys)
    }
}

fn consent(suite: Suite, draw: &mut Draw, cents: u64) -> Consent {
    let dual::Consent { order, head, pan_data } = signed_consent(suite, draw, cents, 1);
    let (pan, card_expiry, ex_nonce) = (pan_data.pan, pan_data.card_expiry, pan_data.ex_nonce);
    Consent { order, head, pan_token: PanToken { pan, card_expiry, ex_nonce } }
}

/// What is sealed, and its extra part, as their octets.
fn parts(consent: &Consent) -> (Vec<u8>, Vec<u8>) {
    let h_order = digest(SET10, &consent.order).expect("encodable");
    let head = decode(&encode(&consent.head).expect("encodable")).expect("its own encoding");
    let linked: PiOiLink = link(head, &h_order).expect("encodable");
    let h_card = digest(SET10, &consent.pan_token).expect("encodable");
    let linked: PiUnsignedTbe = link(linked, &h_card).expect("encodable");
    (encode(&linked).expect("encodable"), encode(&consent.pan_token).expect("encodable"))
}

/// What somebody seals who checks nothing.
fn sealed_anyhow(content: &[u8], extra: &[u8], to: &Path) -> PiUnsigned {
    let to = SealFor { certificate: to.leaf().name(), key: to.leaf().key() };
    let octets = sealed::seal(&to, &kind(), content, extra).expect("sealed");
    Sealed::from_octets(octets).expect("one sequence")
}

fn kind() -> openset_wire::der::Oid {
    use openset_wire::content::Content;
    PiUnsignedTbe::TYPE.oid()
}

#[test]
fn both_halves_are_read_and_tied_to_each_other() {
    let mut desk = Desk::new();
    let request = desk.request(4_200);
    let opened = desk.open(&request.pi_unsigned).expect("the gateway's half");
    assert_eq!(opened.certificate(), desk.taking.thumb(SET10));
    let Payment { head, pan_token, h_oi_data } = opened.into_value();
    let order = &request.oi_unsigned.t1;
    assert!(crate::digest_original(SET10, order).matches(&h_oi_data));
    assert_eq!(head.inputs.hod, order.hod);
    assert_eq!(pan_token.pan.expose(), CARD);
    let payment = PiDataUnsigned { pi_head: head.into_value(), pan_token };
    let link = &request.oi_unsigned.t2;
    assert!(digest(SET10, &payment).expect("encodable").matches(link));
    let other = desk.request(4_200);
    assert!(!digest(SET10, &payment).expect("encodable").matches(&other.oi_unsigned.t2));
}

#[test]
fn a_gateway_that_demands_signatures_is_sealed_nothing_else() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let gateway = world.path(&world.gateway_exchange, SEALING);
        assert!(!gateway.leaf().takes_unsigned());
        let consent = consent(suite, &mut Draw::new(suite, [4; 32]), 4_200);
        assert_eq!(make(consent, &gateway).err(), Some(Unmade::SignatureRequired));
    });
}

#[test]
fn a_gateway_that_demands_signatures_opens_nothing_else() {
    let mut desk = Desk::new();
    let demanding = desk.world.gateway_exchange.clone();
    let gateway = desk.world.path(&demanding, SEALING);
    let (content, extra) = parts(&desk.consent(4_200));
    let anyhow = sealed_anyhow(&content, &extra, &gateway);
    let keys = &desk.world.keys;
    let good = sealed_anyhow(&content, &extra, &desk.world.path(&desk.taking, SEALING));
    assert!(desk.open(&good).is_ok());
    let with = |sealed, openers: &[Identity]| open(sealed, openers, SET10, keys).is_ok();
    assert!(!with(&anyhow, std::slice::from_ref(&demanding)));
    // Its older certificate demanded them, or its newer one does.
    let (taking, demanding) = (desk.taking.clone(), demanding);
    assert!(!with(&anyhow, &[taking.clone(), demanding.clone()]));
    assert!(with(&good, &[taking.clone(), demanding.clone()]));
    assert!(!with(&good, &[demanding, taking]));
    assert!(!with(&good, &[]));
}

#[test]
fn whatever_a_certificate_of_suite_modern_says_it_takes_none() {
    // A6. No authority signs such a certificate: this one is read as it stands.
    let world = World::new(MODERN);
    let says_it_takes_any = |of: &Identity| {
        let mut unsigned = of.certificate.to_be_signed.value().clone();
        let extensions = unsigned.extensions.as_ref().expect("always").iter().cloned();
        let others = extensions.filter(|one| one.extn_id != CardCertRequired::OID);
        let takes = CardCertRequired(false).extension().expect("encodable");
        let all = others.chain([takes]).collect();
        unsigned.extensions = Some(Extensions::new(all).expect("each once"));
        let to_be_signed = Original::new(unsigned).expect("encodable").into();
        let certificate = Certificate { to_be_signed, ..of.certificate.clone() };
        Identity { certificate, ..of.clone() }
    };
    let read = |of: &Identity, suite| of.certified(suite).expect("in the profile");
    let gateway = says_it_takes_any(&world.gateway_exchange);
    assert!(!read(&gateway, MODERN).takes_unsigned());
    let of_1997 = World::new(SET10).gateway_exchange;
    assert!(!read(&of_1997, SET10).takes_unsigned());
    assert!(read(&says_it_takes_any(&of_1997), SET10).takes_unsigned());

    // And an envelope of modern, with such a certificate or any, does not open as one.
    let to = world.path(&world.gateway_exchange, SEALING);
    let Consent { order, head, pan_token } =
        consent(MODERN, &mut Draw::new(MODERN, [4; 32]), 4_200);
    let linked: PiOiLink = link(head, &digest(MODERN, &order).expect("encodable")).expect("made");
    let h_card = digest(MODERN, &pan_token).expect("encodable");
    let linked: PiUnsignedTbe = link(linked, &h_card).expect("encodable");
    let sealed: PiUnsigned = seal_with_extra(&linked, &pan_token, &to).expect("sealed");
    let card = sealed_card(&sealed, MODERN).expect("two envelopes");
    for openers in [[gateway], [world.gateway_exchange.clone()]] {
        assert!(open(&sealed, &openers, MODERN, &world.keys).is_err());
        assert!(reopen_card(&card, &openers, MODERN, &world.keys).is_err());
    }
}

#[test]
fn only_its_gateway_reads_the_card() {
    let mut desk = Desk::new();
    let request = desk.request(4_200);
    let octets = encode(&request).expect("encodable");
    assert!(!octets.windows(CARD.len()).any(|window| window == CARD.as_bytes()));
    let pca = desk.world.pca.clone();
    let wish = Wish { card_cert_required: false, ..Wish::of(SEALING) };
    let other = desk.world.certify(wish, &pca);
    for openers in [other, desk.world.merchant_exchange.clone(), desk.world.gateway.clone()] {
        let opened = open(&request.pi_unsigned, &[openers], SET10, &desk.world.keys);
        assert!(opened.is_err());
    }
}

#[test]
fn one_bit_changed_in_the_sealed_half_opens_nothing() {
    let mut desk = Desk::new();
    let PReqUnsigned { pi_unsigned, .. } = desk.request(4_200);
    for at in 0..pi_unsigned.octets().len() {
        let mut touched = pi_unsigned.octets().to_vec();
        touched[at] ^= 1 << (at % 8);
        let Ok(touched) = Sealed::from_octets(touched) else { continue };
        assert!(desk.open(&touched).is_err(), "octet {at}");
    }
}

#[test]
fn content_that_its_digest_is_not_of_opens_nothing() {
    // Who knows the key beside the digest writes another amount under it: the digest is the one
    // that stands in the block, and whoever changes that does not have the card beside it.
    let mut desk = Desk::new();
    let (small, large) = (desk.consent(1), desk.consent(4_200));
    let (content, extra) = parts(&small);
    let honest = sealed_anyhow(&content, &extra, &desk.world.path(&desk.taking, SEALING));
    assert!(desk.open(&honest).is_ok());
    let mut envelope: EnvelopedData = decode(honest.octets()).expect("our own");
    let block = &envelope.recipients[0].key;
    let block: Secret = desk.world.keys.open_block(&desk.taking.key, block).expect("our key");
    let found = oaep::open(block.expose(), oaep::Layout::of(&kind())).expect("a block");
    let iv = envelope.content.encryption.parameters.as_ref().expect("an IV");
    let iv: [u8; 8] = iv.contents().try_into().expect("eight octets");
    let other = Consent { pan_token: small.pan_token, ..large };
    let other = primitives::des_cbc_seal(&found.key, &iv, &parts(&other).0);
    envelope.content.ciphertext = other.into();
    let forged = encode(&envelope).expect("encodable");
    assert!(desk.open(&Sealed::from_octets(forged).expect("one sequence")).is_err());
}

#[test]
fn a_card_that_the_content_is_not_linked_to_opens_nothing() {
    // Made by somebody who may seal what it likes: the digest in the block is right.
    let mut desk = Desk::new();
    let (one, two) = (desk.consent(4_200), desk.consent(4_200));
    let to = desk.world.path(&desk.taking, SEALING);
    let ((content, extra), (_, other)) = (parts(&one), parts(&two));
    assert!(desk.open(&sealed_anyhow(&content, &extra, &to)).is_ok());
    assert!(desk.open(&sealed_anyhow(&content, &other, &to)).is_err());
    let nothing = Element::of(&openset_wire::x509::Serial::new(&[1]).expect("a number"));
    let nothing = nothing.expect("encodable");
    assert!(desk.open(&sealed_anyhow(nothing.octets(), &extra, &to)).is_err());
    let linked: PiUnsignedTbe = decode(&content).expect("its own encoding");
    let sealed: Result<Sealed<_, PaymentGateway>, _> =
        seal_with_extra(&linked, &two.pan_token, &to);
    assert_eq!(sealed.err(), Some(Unmade::NotLinked));
}

#[test]
fn signed_instructions_are_not_read_as_unsigned_ones_nor_the_reverse() {
    // A6 and B9: what a stripped signature leaves has another kind and another block.
    let mut desk = Desk::new();
    let to = desk.world.path(&desk.taking, SEALING);
    let consent = signed_consent(SET10, &mut desk.draw, 4_200, 1);
    let by = &desk.world.cardholder;
    let bag = Bag::of(by);
    let signer = Signer::Certified { identity: by, bag: &bag };
    let signed = dual::make(consent, signer, &desk.world.keys, &to, now()).expect("signed");
    let PiDualSigned { pi_signature, ex_pi_data } = signed.pi_dual_signed;
    let stripped = Sealed::from_octets(ex_pi_data.octets().to_vec()).expect("one sequence");
    assert!(desk.open(&stripped).is_err());
    let card = sealed_card(&stripped, SET10).expect("the whole");
    let openers = [desk.taking.clone()];
    assert!(reopen_card(&card, &openers, SET10, &desk.world.keys).is_err());

    let unsigned = desk.request(4_200).pi_unsigned;
    let ex_pi_data = Sealed::from_octets(unsigned.octets().to_vec()).expect("one sequence");
    let dressed = PiDualSigned { pi_signature, ex_pi_data };
    let (trust, brand) = (desk.world.trust(), crate::pki::brand());
    let keys = &desk.world.keys;
    let checked = dual::check_payment(&dressed, &openers, keys, &trust, &brand, now());
    assert_eq!(checked.err(), Some(crate::Untrusted::Unopened));
    let card = sealed_card(&unsigned, SET10).expect("the whole");
    assert!(dual::reopen_card(&card, &openers, SET10, keys).is_err());
}

#[test]
fn a_card_is_opened_once_more_whatever_certificates_say_by_then() {
    let mut desk = Desk::new();
    let request = desk.request(4_200);
    let card = sealed_card(&request.pi_unsigned, SET10).expect("the whole");
    let demanding = desk.world.gateway_exchange.clone();
    let openers = [demanding.clone(), desk.taking.clone()];
    let opened = reopen_card(&card, &openers, SET10, &desk.world.keys).expect("its own");
    assert_eq!(opened.value().pan.expose(), CARD);
    assert!(reopen_card(&card, &[demanding], SET10, &desk.world.keys).is_err());
    assert!(reopen_card(&[0x30, 0], &openers, SET10, &desk.world.keys).is_err());
}

#[test]
fn a_stain_without_a_secret_is_of_its_purchase() {
    let xid = |octet| openset_types::Xid::new([octet; 20]);
    let zeros = Secret::new(vec![0; 20]);
    let own = card::no_stain(SET10, xid(1)).expect("encodable");
    assert_eq!(own, card::trans_stain(SET10, xid(1), &zeros).expect("encodable"));
    assert_ne!(own, card::no_stain(SET10, xid(2)).expect("encodable"));
}
