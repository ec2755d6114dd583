//! Applicants that are sent to another authority, and how often they let themselves be sent.

use openset_protocol::{
    ca::{Referral, Stage as At, Unserved},
    cardholder::registration::{Input, Stage},
    enrolment::{Ended, applicant},
    refusal::Refusal,
    role::{Effect, Party},
};
use openset_types::Bin;
use openset_wire::{
    cert::{ReferralData, RegFormOrReferral},
    types::Url,
};

use crate::{
    applicants::{Counter, HERE},
    forge::reg_form_res,
    merchant::shop,
    office::{ACQUIRER, Office},
    world::pki::CARD,
};

const ELSEWHERE: &str = "http://ca.second.localhost:7180/set";

fn sent_on(office: &mut Office, bin: &str) {
    let policy = &mut office.party.standing.policy;
    let bin = Bin::parse(bin).expect("six digits");
    policy.institutions.remove(&bin);
    let referral = Referral {
        reason: "Your bank has an authority of its own.".to_owned(),
        urls: vec![ELSEWHERE.to_owned()],
    };
    policy.referrals.insert(bin, referral);
}

impl Counter {
    /// The wallet is sent to another authority: gives the name of the instance at this one.
    fn referred(&mut self) -> Vec<u8> {
        sent_on(&mut self.office, "411111");
        let request = self.asking();
        let done = self.office.request(&request, &mut self.world).expect("an answer");
        self.hear(&done.reply()).expect("a referral");
        done.key
    }

    fn follow(&mut self, url: &str) -> Result<Vec<u8>, Refusal> {
        let done = self.do_here(Input::Follow { url: url.to_owned() })?;
        let [Effect::Ask { party, .. }, Effect::WakeAt(_)] = &done.effects[..] else {
            panic!("somebody is asked")
        };
        assert_eq!(*party, Party::ReferredAuthority { url: url.to_owned() });
        Ok(done.ask())
    }

    /// What the authority says in place of a form, changed before it is signed anew.
    fn misled(&mut self, urls: &[&str]) -> Stage {
        let answer = self.form();
        let by = self.office.party.standing.signature.clone();
        let urls = urls.iter().map(|url| Url::new(url).expect("printable"));
        let referral = ReferralData { reason: None, referral_url_seq: Some(urls.collect()) };
        let pki = &self.world.pki;
        let forged = reg_form_res(&answer, &by, pki, |it| {
            it.data.form_or_referral = RegFormOrReferral::ReferralData(referral);
        });
        self.hear(&forged).expect("a referral");
        self.stage()
    }
}

#[test]
fn a_wallet_is_certified_by_the_authority_it_was_sent_to() {
    let mut counter = Counter::new();
    let key = counter.referred();
    assert!(matches!(counter.office.stage(&key), At::Unserved(Unserved::Elsewhere)));
    let Stage::Referred(referral) = counter.stage() else { panic!("sent on") };
    assert_eq!(referral.urls, [ELSEWHERE]);
    assert!(referral.reason.is_some());
    let first = counter.wallet.state(HERE).expect("begun").lid_ee;
    // The other authority of the same brand knows the bank.
    counter.office = Office::of_cardholders(&mut counter.world);
    let request = counter.follow(ELSEWHERE).expect("followed");
    assert_ne!(counter.wallet.state(HERE).expect("begun").lid_ee, first);
    let answer = counter.office.request(&request, &mut counter.world).expect("good").reply();
    counter.hear(&answer).expect("an introduction");
    let request = counter.do_here(Input::Card(CARD.pan())).expect("a card").ask();
    let answer = counter.office.request(&request, &mut counter.world).expect("good").reply();
    counter.hear(&answer).expect("a form");
    assert!(matches!(counter.stage(), Stage::FormShown(_)));
}

#[test]
fn a_wallet_goes_only_where_it_was_sent_and_only_when_told() {
    let mut counter = Counter::new();
    counter.referred();
    let refused = counter.follow("http://elsewhere.example/set").err();
    assert_eq!(refused, Some(Refusal::CommandOutOfTurn));
    let woken = counter.do_here(Input::Woke).expect("woken");
    assert!(woken.effects.is_empty(), "it waits for its owner");
    counter.follow(ELSEWHERE).expect("followed");
    let twice = counter.follow(ELSEWHERE).err();
    assert_eq!(twice, Some(Refusal::CommandOutOfTurn));
}

#[test]
fn two_authorities_that_send_a_wallet_back_and_forth_lose_it() {
    // A22: the second one refers to itself again.
    let mut counter = Counter::new();
    counter.referred();
    let request = counter.follow(ELSEWHERE).expect("followed");
    let answer = counter.office.request(&request, &mut counter.world).expect("good").reply();
    counter.hear(&answer).expect("an introduction");
    let request = counter.do_here(Input::Card(CARD.pan())).expect("a card").ask();
    let answer = counter.office.request(&request, &mut counter.world).expect("good").reply();
    counter.hear(&answer).expect("a referral");
    assert_eq!(counter.stage(), Stage::Refused(Ended::ReferredInCircle));
}

#[test]
fn an_address_that_hides_something_is_not_offered() {
    // A22.
    for wrong in ["javascript:alert(1)", "file:///etc/passwd", "https://bank@evil.example/set"] {
        let stage = Counter::new().misled(&[wrong]);
        assert_eq!(stage, Stage::Refused(Ended::ReferredInCircle), "{wrong}");
    }
    let stage = Counter::new().misled(&["ftp://ca.example/", ELSEWHERE]);
    let Stage::Referred(referral) = stage else { panic!("one of two") };
    assert_eq!(referral.urls, [ELSEWHERE]);
}

#[test]
fn a_merchant_is_sent_on_too() {
    let mut hall = shop();
    sent_on(&mut hall.office, ACQUIRER);
    let answer = hall.form();
    hall.hear(&answer).expect("a referral");
    let applicant::Stage::Referred(referral) = hall.stage() else { panic!("sent on") };
    assert_eq!(referral.urls, [ELSEWHERE]);
    hall.office = Office::of_merchants(&mut hall.world);
    let input = applicant::Input::Follow { url: ELSEWHERE.to_owned() };
    let request = hall.do_here(input).expect("followed").ask();
    let answer = hall.office.request(&request, &mut hall.world).expect("good").reply();
    hall.hear(&answer).expect("a form");
    assert!(matches!(hall.stage(), applicant::Stage::FormShown(_)));
}
