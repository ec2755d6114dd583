//! An authority that stops between the record and the signature (abuse case 30): the certificate
//! that was written down is issued, or none.

use std::collections::BTreeSet;

use openset_crypto::{Authority, Purpose};
use openset_protocol::{
    ca::{Approval, Input, Stage as Desk},
    cardholder::registration::Stage,
    enrolment::{Ended, Rejection},
    role::{Claim, Effect, Machine, Register},
};
use openset_wire::{cert::CertStatusCode, der::decode, x509::Certificate};

use crate::{
    applicants::{Counter, asked},
    office::answers,
    world::pki::Wish,
};

/// How often a backup is brought back.
const RESTORED: usize = 20;

#[test]
fn after_a_crash_the_certificate_that_was_written_down_is_signed_and_no_other() {
    let mut counter = Counter::new();
    let key = counter.applied();
    let input = Input::Approved(Approval::Cardholder);
    let done = counter.office.party.command(&key, input, &mut counter.world).expect("approved");
    let Desk::Issuing(issuing) = counter.office.stage(&key) else { panic!("written down") };
    let [Effect::Claim(key_of), Effect::Claim(number), Effect::Own(sign)] = &done.effects[..]
    else {
        panic!("then signed");
    };
    // Its key and its number are taken for good, in the commit that writes it down.
    let claims = [key_of.register, number.register];
    assert_eq!(claims, [Register::Certified, Register::Serials]);
    type Bureau = openset_protocol::ca::AuthorityEnrolment;
    let interrupted = Bureau::interrupted(Bureau::note(sign));
    counter.world.now = counter.world.now.plus_s(60);
    let done = counter.office.party.command(&key, interrupted, &mut counter.world);
    let cert_res = done.expect("signed").reply();
    let Desk::Issued { certificates, .. } = counter.office.stage(&key) else { panic!("issued") };
    let certificate: Certificate = decode(certificates[0].as_ref()).expect("stored as it was");
    assert_eq!(certificate.to_be_signed.octets(), issuing.drafts[0].as_ref());
    counter.open(&cert_res).expect("a certificate");
    let again = counter.office.party.command(&key, Input::Sign, &mut counter.world);
    assert!(again.expect("nothing").effects.is_empty(), "signed once");
}

#[test]
fn what_was_written_down_under_a_certificate_that_was_replaced_is_never_signed() {
    let mut counter = Counter::new();
    let key = counter.applied();
    let input = Input::Approved(Approval::Cardholder);
    counter.office.party.command(&key, input, &mut counter.world).expect("approved");
    // The authority comes back from a stop with a newer certificate of its own.
    let brand = counter.world.pki.house.authority.clone();
    let purpose = Purpose::CertificateSigning(Authority::Cardholder);
    let wish = Wish { purpose, brand: "Demo Brand", name: "CCA", merchant: "" };
    counter.office.party.standing.issuing = counter.world.pki.certify(&wish, &brand);
    let done = counter.office.party.command(&key, Input::Sign, &mut counter.world);
    let cert_res = done.expect("an answer").reply();
    let Desk::Refused { code, .. } = counter.office.stage(&key) else { panic!("refused") };
    assert_eq!(code, CertStatusCode::RejectedByCa);
    counter.open(&cert_res).expect("an answer");
    let rejection = Rejection { code: CertStatusCode::RejectedByCa, message: None };
    assert_eq!(counter.stage(), Stage::Refused(Ended::Rejected(rejection)));
    let again = counter.office.party.command(&key, Input::Sign, &mut counter.world);
    assert!(again.expect("nothing").effects.is_empty(), "refused once");
}

#[test]
fn an_authority_that_was_restored_from_a_backup_numbers_no_certificate_as_before() {
    let mut counter = Counter::new();
    let key = counter.applied();
    let office = &counter.office.party;
    let backup = (office.states.clone(), office.register.clone());
    let mut numbers = BTreeSet::new();
    for _ in 0..RESTORED {
        let input = Input::Approved(Approval::Cardholder);
        counter.office.party.command(&key, input, &mut counter.world).expect("approved");
        counter.office.party.command(&key, Input::Sign, &mut counter.world).expect("signed");
        let Desk::Issued { certificates, .. } = counter.office.stage(&key) else {
            panic!("issued")
        };
        let certificate: Certificate = decode(certificates[0].as_ref()).expect("as it was");
        let number = certificate.to_be_signed.value().serial_number.clone();
        let claim = Claim { register: Register::Serials, key: number.as_bytes().to_vec() };
        assert!(counter.office.party.register.contains(&claim), "taken for good");
        // The same minute once more, and nothing is known of what was issued in it.
        let (states, register) = backup.clone();
        assert!(!register.contains(&claim));
        (counter.office.party.states, counter.office.party.register) = (states, register);
        numbers.insert(number.as_bytes().to_vec());
    }
    assert_eq!(numbers.len(), RESTORED);
}

#[test]
fn after_a_crash_the_registrar_is_asked_again() {
    let mut counter = Counter::new();
    let key = counter.applied();
    let again = counter.office.party.command(&key, Input::AskAgain, &mut counter.world);
    let again = again.expect("asked again");
    assert_eq!(asked(&again).expect("the same question").answers, answers());
}
