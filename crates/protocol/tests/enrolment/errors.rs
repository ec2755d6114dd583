//! Errors in the place of an authority's answers: one that it has not signed, or not about this
//! very question, ends no registration (A10, A13).

use openset_crypto::{Authority, Identity, Purpose, Suite, Untrusted};
use openset_protocol::{
    cardholder::registration::Stage as CardStage,
    complaint::{Complainant, answer},
    enrolment::applicant::Stage,
    refusal::Refusal,
};

use crate::{
    applicants::Counter,
    merchant::shop,
    office::{Office, clerk},
    world::{
        letterhead, now,
        pki::{Pki, Wish},
    },
};

/// An Error about a question, by somebody or by nobody.
fn error(question: &[u8], by: Option<&Identity>, pki: &Pki) -> Vec<u8> {
    let bag = by.map(|by| pki.trust().bag(by)).unwrap_or_default();
    let letterhead = letterhead();
    let complainant = Complainant {
        identity: by,
        bag: &bag,
        keys: &pki.keys,
        letterhead: &letterhead,
        suite: pki.suite,
        now: now(),
        seed: [0x77; 32],
    };
    let error = answer(&Refusal::SenderSentTooLate, question, &complainant);
    error.expect("an Error can be made").expect("it answers a question")
}

/// The Errors that end nothing, and why not.
fn forged(question: &[u8], kind: Authority, office: &Office, pki: &mut Pki) -> Vec<Forged> {
    let other = match kind {
        Authority::Merchant => Authority::Cardholder,
        _ => Authority::Merchant,
    };
    let of_others = clerk(pki, other, Purpose::AuthoritySignature(other));
    let purpose = Purpose::AuthoritySignature(kind);
    let wish = Wish { purpose, brand: "Other Brand", name: "Clerk", merchant: "" };
    let foreign = pki.certify(&wish, &pki.foreign.authority.clone());
    let party = pki.house.merchant.signature.clone();
    let standing = &office.party.standing;
    let by = |who: &Identity, why| (error(question, Some(who), pki), Refusal::Untrusted(why));
    let mut broken = question.to_vec();
    *broken.last_mut().expect("octets") ^= 1;
    let of_another = error(&broken, Some(&standing.signature), pki);
    let unsigned = error(question, None, pki);
    vec![
        (unsigned, Refusal::SenderSentForeignMessage { name: "Error" }),
        by(&of_others, Untrusted::WrongRole),
        by(&party, Untrusted::WrongRole),
        by(&foreign, Untrusted::OtherBrand),
        by(&standing.encipherments[0], Untrusted::WrongKeyUsage),
        (of_another, Refusal::SenderComplainedOfAnother),
    ]
}

/// The octets, and why they are not believed.
type Forged = (Vec<u8>, Refusal);

#[test]
fn no_error_but_its_authoritys_own_about_this_question_ends_a_wallets_registration() {
    const QUESTIONS: [fn(&mut Counter) -> Vec<u8>; 3] =
        [Counter::begin, Counter::asking, Counter::applying];
    for suite in Suite::ALL {
        for ask in QUESTIONS {
            let mut counter = Counter::in_suite(suite);
            let question = ask(&mut counter);
            let before = counter.stage();
            let pki = &mut counter.world.pki;
            for (error, why) in forged(&question, Authority::Cardholder, &counter.office, pki) {
                assert_eq!(counter.hear(&error).err(), Some(why));
                assert_eq!(counter.stage(), before);
            }
            let own = counter.office.party.standing.signature.clone();
            let honest = error(&question, Some(&own), &counter.world.pki);
            counter.hear(&honest).expect("its authority says so");
            assert!(matches!(counter.stage(), CardStage::Refused(_)), "{suite}");
        }
    }
}

#[test]
fn no_error_but_its_authoritys_own_about_this_question_ends_a_merchants_registration() {
    for is_applying in [false, true] {
        let mut hall = shop();
        let question = if is_applying { hall.applying(None) } else { hall.begin() };
        let before = hall.stage();
        let pki = &mut hall.world.pki;
        for (error, why) in forged(&question, Authority::Merchant, &hall.office, pki) {
            assert_eq!(hall.hear(&error).err(), Some(why));
            assert_eq!(hall.stage(), before);
        }
        let own = hall.office.party.standing.signature.clone();
        let honest = error(&question, Some(&own), &hall.world.pki);
        hall.hear(&honest).expect("its authority says so");
        assert!(matches!(hall.stage(), Stage::Refused(_)));
    }
}
