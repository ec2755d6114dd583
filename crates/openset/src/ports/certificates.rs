//! The certificates of the merchant and of the gateway, for their own pages.

use std::{sync::Arc, time::Duration};

use openset_protocol::enrolment::{
    self, Ended,
    applicant::{Applicant, Applied, Registration, Stage},
};
use openset_web::{
    Problem, Tongue,
    ports::{
        Answer, ApplicationState, Bearer, CertificateState, CertificatesPort, Enrolment,
        EnrolmentStage, KeyDuty, OwnApplication, OwnCertificate, OwnCertificates, Pended, Referral,
        Refusal, RefusedFor, RevocationReason, Said, Span, Stops,
    },
};

use super::{console::reason, enrolment as words, unavailable};
use crate::{
    demo::cast,
    house::upkeep::{Application, Line, Progress, Purpose, Report, State, Upkeep, number},
};

/// How long a page waits for the authority before it shows that it waits.
const WAIT: Duration = Duration::from_secs(2);

/// The certificates of one party.
pub(super) struct Certificates<A: Applicant> {
    pub(super) upkeep: Arc<Upkeep<A>>,
    /// Whose they are.
    pub(super) owner: &'static str,
    /// What stops without the one that signs, and without the one that opens.
    pub(super) stops: [Stops; 2],
}

impl<A: Applicant> CertificatesPort for Certificates<A> {
    fn owner(&self) -> String {
        self.owner.to_owned()
    }

    async fn own(&self) -> Said<OwnCertificates> {
        // What was granted is in use before anybody reads that it is.
        self.upkeep.look().await.map_err(unavailable)?;
        let report = self.upkeep.report().await.map_err(unavailable)?;
        Ok(self.told(report))
    }

    async fn renew(&self) -> Said<()> {
        self.upkeep.renew_within(WAIT).await.map(drop).map_err(unavailable)
    }

    async fn apply(&self, tongue: Tongue) -> Said<String> {
        self.upkeep.apply(&tongue.language()).await.map_err(unavailable)
    }

    async fn enrolment(&self, id: &str) -> Said<Enrolment<()>> {
        self.upkeep.rest(id, WAIT).await.map_err(unavailable)?;
        let stage = self.stage(&self.registration(id).await?).await?;
        Ok(Enrolment { bearer: Bearer::Server, stage })
    }

    async fn answer(&self, id: &str, answers: Vec<Answer>) -> Said<()> {
        let Stage::FormShown(shown) = self.registration(id).await?.stage else {
            return Err(Problem::FormStale);
        };
        let account = words::account(&shown.form, &answers);
        let answers = words::answers(&shown.form, &answers);
        self.upkeep.answer(id, answers, account).await.map_err(words::out_of_turn)
    }

    async fn ask_again(&self, id: &str) -> Said<()> {
        self.registration(id).await?;
        self.upkeep.ask_again(id).await.map_err(words::out_of_turn)?;
        self.upkeep.rest(id, WAIT).await.map_err(unavailable)
    }

    async fn follow(&self, id: &str, address: String) -> Said<()> {
        self.registration(id).await?;
        self.upkeep.follow(id, address).await.map_err(words::out_of_turn)
    }
}

impl<A: Applicant> Certificates<A> {
    async fn registration(&self, id: &str) -> Said<Registration<A>> {
        let found = self.upkeep.registration(id).await.map_err(unavailable)?;
        found.map(|(registration, _)| registration).ok_or(Problem::NotFound)
    }

    async fn stage(&self, registration: &Registration<A>) -> Said<EnrolmentStage<()>> {
        Ok(match &registration.stage {
            Stage::Started(_) => EnrolmentStage::Asking,
            Stage::FormShown(shown) => {
                EnrolmentStage::Form(words::form(&shown.form, cast::ACQUIRER))
            }
            Stage::Applied(_) => EnrolmentStage::Applying,
            Stage::Pending(applied) => EnrolmentStage::Pended(self.pended(applied, false)),
            Stage::Inquiring(applied) => EnrolmentStage::Pended(self.pended(applied, true)),
            Stage::Referred(enrolment::Referral { reason, urls }) => {
                let (words, addresses) = (reason.clone(), urls.clone());
                EnrolmentStage::Referred(Referral { words, addresses })
            }
            Stage::Certified { .. } => EnrolmentStage::Certified(()),
            Stage::Refused(ended) => EnrolmentStage::Refused(self.refused(ended).await?),
        })
    }

    fn pended(&self, applied: &Applied, is_open: bool) -> Pended {
        let institution = applied.shown.form.institution.clone();
        Pended {
            bank: institution.unwrap_or_else(|| cast::ACQUIRER.to_owned()),
            sent: applied.at,
            asked: applied.asked_at,
            is_open,
            until: applied.at.plus_s(self.upkeep.decided_within_s()),
        }
    }

    async fn refused(&self, ended: &Ended) -> Said<Refusal> {
        let (why, words) = words::refused(ended);
        let report = self.upkeep.report().await.map_err(unavailable)?;
        let is_good = matches!(report.state, State::Current | State::Ending);
        let good_until = (is_good && why != RefusedFor::Signature).then_some(report.until);
        Ok(Refusal { bank: cast::ACQUIRER.to_owned(), why, words, good_until })
    }

    fn told(&self, report: Report) -> OwnCertificates {
        let now = self.upkeep.now();
        let since = report.certificates.iter().filter(|line| line.is_in_use).map(|line| line.since);
        let from = since.max().unwrap_or(report.until);
        let suite = report.suite.as_str();
        let rows = report.certificates.iter().map(|line| {
            let Line { purpose, serial, brand, since, until, is_in_use, state, taken_back } = line;
            let [signs, opens] = self.stops;
            let (duty, stops) = match purpose {
                Purpose::Signature => (KeyDuty::Messages, signs),
                Purpose::Encipherment => (KeyDuty::Opens, opens),
            };
            OwnCertificate {
                duty,
                brand: brand.clone(),
                suite: suite.to_owned(),
                serial: serial.clone(),
                span: Span { from: *since, until: *until, now },
                state: word(*state),
                is_in_use: *is_in_use,
                revoked: taken_back.as_ref().map(|it| (it.at, it.reason.and_then(named))),
                stops,
            }
        });
        OwnCertificates {
            state: word(report.state),
            span: Span { from, until: report.until, now },
            renew_from: report.renew_from,
            rows: rows.collect(),
            application: report.application.map(application),
            granted: report.granted_at,
        }
    }
}

fn word(state: State) -> CertificateState {
    match state {
        State::Current => CertificateState::Current,
        State::Ending => CertificateState::Ending,
        State::Ended => CertificateState::Ended,
        State::Revoked => CertificateState::Revoked,
    }
}

/// The reason that lists call by this number.
fn named(listed: u8) -> Option<RevocationReason> {
    RevocationReason::ALL.into_iter().find(|one| number(reason(*one)) == listed)
}

fn application(asked: Application) -> OwnApplication {
    OwnApplication {
        state: match asked.progress {
            Progress::Asking => ApplicationState::Asking,
            Progress::Pended => ApplicationState::Pended,
            Progress::Form | Progress::Returned => ApplicationState::Form,
            Progress::Referred => ApplicationState::Referred,
            Progress::Refused => ApplicationState::Refused,
        },
        id: asked.id,
        number: asked.number,
        moved: asked.moved_at,
        sent: asked.sent_at,
        again: asked.again_at,
    }
}
