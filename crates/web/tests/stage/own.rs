//! Plays a merchant and a gateway about their own certificates.

use openset_web::ports::*;
use openset_web::problem::Problem;
use openset_web::words::Tongue;

use super::{Stage, sample};

/// An application whose name says how far it has come.
pub(super) fn stage_of<C>(id: &str, certified: C) -> EnrolmentStage<C> {
    match id {
        "asking" => EnrolmentStage::Asking,
        "applying" => EnrolmentStage::Applying,
        "done" => EnrolmentStage::Certified(certified),
        "pended" => EnrolmentStage::Pended(sample::pended()),
        "referred" => EnrolmentStage::Referred(sample::referral()),
        "refused" => EnrolmentStage::Refused(sample::refusal()),
        "returned" => {
            let why = "this is not what the bank has".to_owned();
            let unfit = vec![Unfit { field: "field-1".to_owned(), why }];
            EnrolmentStage::Form(RegistrationForm { unfit, ..sample::registration_form() })
        }
        _ => EnrolmentStage::Form(sample::registration_form()),
    }
}

impl CertificatesPort for Stage {
    fn owner(&self) -> String {
        "Atelier Lumen".to_owned()
    }

    async fn own(&self) -> Said<OwnCertificates> {
        let mut own = sample::own_certificates();
        match *self.standing.lock().expect("one thread") {
            "revoked" => {
                own.state = CertificateState::Revoked;
                own.rows[0].state = CertificateState::Revoked;
                own.rows[0].revoked = Some((sample::at(0), Some(RevocationReason::KeyCompromise)));
            }
            "pended" => own.application = Some(sample::own_application()),
            "asking" => {
                let state = ApplicationState::Asking;
                own.application = Some(OwnApplication { state, ..sample::own_application() });
            }
            _ => {}
        }
        Ok(own)
    }

    async fn renew(&self) -> Said<()> {
        self.acted("renews".to_owned());
        Ok(())
    }

    async fn apply(&self, tongue: Tongue) -> Said<String> {
        self.acted(format!("applies in {}", tongue.tag()));
        Ok("e7".to_owned())
    }

    async fn enrolment(&self, id: &str) -> Said<Enrolment<()>> {
        match id {
            "nobody" => Err(Problem::NotFound),
            _ => Ok(Enrolment { bearer: Bearer::Server, stage: stage_of(id, ()) }),
        }
    }

    async fn answer(&self, id: &str, answers: Vec<Answer>) -> Said<()> {
        let texts: Vec<_> = answers.iter().map(|answer| answer.text.as_str()).collect();
        self.acted(format!("answers {id} {}", texts.join("|")));
        Ok(())
    }

    async fn ask_again(&self, id: &str) -> Said<()> {
        match id {
            "pended" => {
                self.acted("inquires".to_owned());
                Ok(())
            }
            "nobody" => Err(Problem::NotFound),
            _ => Err(Problem::FormStale),
        }
    }

    async fn follow(&self, _: &str, address: String) -> Said<()> {
        let known = sample::referral().addresses.contains(&address);
        if !known {
            return Err(Problem::FormStale);
        }
        self.acted(format!("follows {address}"));
        Ok(())
    }
}
