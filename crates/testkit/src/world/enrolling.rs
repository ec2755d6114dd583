//! How parties come to certificates in a world: somebody applies, looks at the form, answers it,
//! and tries again with another key if nothing came of it.

use openset_crypto::{Draw, Identity};
use openset_protocol::{
    cardholder::{
        CardIdentity,
        registration::{self as card, CardholderRegistration},
    },
    enrolment::{
        Answer, FormShown,
        applicant::{self, Applicant, Registering},
    },
    gateway::registration as gateway,
    merchant::registration as merchant,
};
use openset_types::{Bin, MerchantId};

use super::{
    World,
    network::{Event, Moment, Role},
    people::Deed,
    shell::Cause,
};
use crate::pki::{self, ACQUIRER, MERCHANT, Pki};

/// One party that wants certificates, and how it goes about it.
#[derive(Debug, Clone)]
pub struct Enrolling {
    /// Who.
    pub who: Who,
    /// Which of the spare keys it begins with.
    pub key: usize,
    /// When.
    pub begins_at: Moment,
    /// How long the form is looked at.
    pub thinks_ms: u64,
    /// What is answered first; the right thing afterwards.
    pub answers: Answers,
}

/// Who wants certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The holder of a card.
    Cardholder(usize),
    /// The merchant.
    Merchant,
    /// The gateway.
    Gateway,
}

/// What is answered to a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// What is right.
    Rightly,
    /// First something that the registrar does not accept.
    WronglyFirst,
    /// Nothing.
    Never,
}

/// How often somebody begins again.
const TRIES_MAX: usize = 3;
/// How often somebody looks whether it can go on.
const LOOKS_MAX: u32 = 600;
/// How long somebody waits before looking again.
const LOOK_MS: u64 = 5_000;
/// The answer that no registrar accepts.
pub const WRONG: &str = "nobody";
/// The answer that every registrar accepts.
const RIGHT: &str = "Ada Lumen";

/// How a registration stands, for whoever looks at it.
enum Stands {
    /// Nothing can be done.
    Waits,
    /// The form can be answered.
    Asked(Box<FormShown>),
    /// There is a certificate.
    Certified,
    /// Nothing came of it.
    Refused,
}

/// What a party calls one try of an enrolment.
pub fn enrolment_key(enrolment: usize, attempt: usize) -> Vec<u8> {
    format!("enrolment-{enrolment:02}/{attempt}").into_bytes()
}

impl Who {
    pub(super) fn role(self) -> Role {
        match self {
            Self::Cardholder(_) => Role::Wallet,
            Self::Merchant => Role::Merchant,
            Self::Gateway => Role::Gateway,
        }
    }
}

impl World {
    /// Writes down who will apply, and when.
    pub(super) fn plan_enrolments(&mut self) {
        for (enrolment, enrolling) in self.enrolments.iter().enumerate() {
            let deed = Deed::Applies(enrolment, 0);
            self.network.after(enrolling.begins_at, Event::Does(deed));
        }
    }

    /// Somebody applies; how often it has tried says with which key.
    pub(super) fn applies(&mut self, enrolment: usize, attempt: usize) -> bool {
        let Enrolling { who, key, thinks_ms, .. } = self.enrolments[enrolment].clone();
        let pki = Pki::shared();
        let at = enrolment_key(enrolment, attempt);
        let brand = pki.brand.clone();
        let signature = pki.spare(key + 2 * attempt);
        let keys = applicant::Keys { signature, encipherment: pki.spare(key + 2 * attempt + 1) };
        let is_done = match who {
            Who::Cardholder(card) => {
                let back_key = Draw::new(pki::suite(), self.draws.seed()).content_key();
                self.vault.take(&at, card, back_key);
                let begin =
                    card::Input::Begin(card::Begin { brand, key: keys.signature, renews: None });
                self.input::<CardholderRegistration>(Role::Wallet, &at, begin, Cause::Command)
            }
            Who::Merchant => {
                let merchant = MerchantId::parse(MERCHANT).expect("a number");
                let names = merchant::Names { acquirer: acquirer(), merchant };
                let begin = applicant::Begin { brand, names, keys, renews: None };
                self.begins_to_register::<merchant::Merchant>(who, &at, begin)
            }
            Who::Gateway => {
                let names = gateway::Names { acquirer: acquirer(), business: None };
                let begin = applicant::Begin { brand, names, keys, renews: None };
                self.begins_to_register::<gateway::Gateway>(who, &at, begin)
            }
        };
        if is_done {
            let deed = Deed::Answers(enrolment, attempt, 0);
            self.network.after(thinks_ms, Event::Does(deed));
        }
        is_done
    }

    fn begins_to_register<A: Applicant>(
        &mut self,
        who: Who,
        at: &[u8],
        begin: applicant::Begin<A>,
    ) -> bool {
        let begin = applicant::Input::Begin(begin);
        self.input::<Registering<A>>(who.role(), at, begin, Cause::Command)
    }

    /// Somebody looks how its registration stands, and goes on with it.
    pub(super) fn answers(&mut self, enrolment: usize, attempt: usize, looks: u32) -> bool {
        let Enrolling { who, answers, .. } = self.enrolments[enrolment].clone();
        let at = enrolment_key(enrolment, attempt);
        let later = Deed::Answers(enrolment, attempt, looks + 1);
        match self.stands(who, &at) {
            Stands::Certified => true,
            Stands::Refused if attempt + 1 < TRIES_MAX => {
                let deed = Deed::Applies(enrolment, attempt + 1);
                self.network.after(LOOK_MS, Event::Does(deed));
                true
            }
            Stands::Refused => true,
            Stands::Asked(_) if answers == Answers::Never => true,
            Stands::Asked(form) => {
                let is_wrong = answers == Answers::WronglyFirst && form.unfit.is_empty();
                let text = if is_wrong { WRONG } else { RIGHT };
                let is_done = self.fills(who, &at, &form, text);
                if is_done {
                    self.network.after(LOOK_MS, Event::Does(later));
                }
                is_done
            }
            Stands::Waits => {
                if looks < LOOKS_MAX {
                    self.network.after(LOOK_MS, Event::Does(later));
                }
                true
            }
        }
    }

    fn fills(&mut self, who: Who, at: &[u8], form: &FormShown, text: &str) -> bool {
        let answer = |field: &str| Answer { field: field.to_owned(), text: text.to_owned() };
        let answers: Vec<Answer> =
            form.form.fields.iter().map(|field| answer(&field.name)).collect();
        let cause = Cause::Command;
        match who {
            Who::Cardholder(_) => {
                let input = card::Input::Filled(self.vault.filled(at, answers));
                self.input::<CardholderRegistration>(Role::Wallet, at, input, cause)
            }
            Who::Merchant => {
                let input = applicant::Input::Filled(applicant::Filled { answers, account: None });
                self.input::<merchant::MerchantRegistration>(Role::Merchant, at, input, cause)
            }
            Who::Gateway => {
                let input = applicant::Input::Filled(applicant::Filled { answers, account: None });
                self.input::<gateway::GatewayRegistration>(Role::Gateway, at, input, cause)
            }
        }
    }

    fn stands(&self, who: Who, at: &[u8]) -> Stands {
        match who {
            Who::Cardholder(_) => {
                let state = self.wallet.disk.state::<CardholderRegistration>(at);
                match state.map(|registration| registration.stage) {
                    Some(card::Stage::FormShown(shown)) => Stands::Asked(Box::new(shown.form)),
                    Some(card::Stage::Certified { .. }) => Stands::Certified,
                    Some(card::Stage::Refused(_)) => Stands::Refused,
                    _ => Stands::Waits,
                }
            }
            Who::Merchant => {
                let state = self.merchant.disk.state::<merchant::MerchantRegistration>(at);
                stage_stands(state.map(|registration| registration.stage))
            }
            Who::Gateway => {
                let state = self.gateway.disk.state::<gateway::GatewayRegistration>(at);
                stage_stands(state.map(|registration| registration.stage))
            }
        }
    }

    /// The certificate that a shopper pays with: one that the card got in this world, if its
    /// secrets are in the vault, or the one it had before.
    pub(super) fn pays_with(&mut self, purchase: &[u8], card: usize) -> CardIdentity {
        let certified = self.vault.registrations(card).find_map(|at| {
            let state = self.wallet.disk.state::<CardholderRegistration>(at)?;
            match state.stage {
                card::Stage::Certified { card, .. } if self.vault.can_pay_with(at) => {
                    Some((at.to_vec(), card))
                }
                _ => None,
            }
        });
        match certified {
            Some((at, card)) => {
                self.vault.pay(purchase, &at);
                card
            }
            None => {
                let before: &Identity = &Pki::shared().cardholders[card];
                CardIdentity::of(before).expect("encodable")
            }
        }
    }
}

fn stage_stands(stage: Option<applicant::Stage>) -> Stands {
    match stage {
        Some(applicant::Stage::FormShown(shown)) => Stands::Asked(Box::new(shown.form)),
        Some(applicant::Stage::Certified { .. }) => Stands::Certified,
        Some(applicant::Stage::Refused(_)) => Stands::Refused,
        _ => Stands::Waits,
    }
}

fn acquirer() -> Bin {
    Bin::parse(ACQUIRER).expect("six digits")
}
