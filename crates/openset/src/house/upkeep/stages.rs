//! What is to be expected of a registration: whether it moves by itself, waits for a person
//! here, or is over; and who answers its form.

use openset_protocol::enrolment::{
    Ended,
    applicant::{Applicant, Registration, Stage},
};
use openset_types::UnixTime;
use openset_wire::cert::CertStatusCode;

use super::Asked;

/// How the store's names begin of registrations whose forms an operator answers.
const BY_HAND: &str = "hand-";
/// For how long a form waits for an operator before others are asked for without one.
const FORM_WAITS_S: i64 = 86_400;

/// Who answers the form of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answers {
    /// Nobody: the answer is known, and the same to every question.
    Known,
    /// An operator.
    ByHand,
}

/// What is expected of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moves {
    /// It moves on in a moment.
    ByItself,
    /// It waits for people, or is over.
    NotNow,
}

impl Answers {
    /// What the store calls a registration: by its name it is known after a restart who answers.
    pub(super) fn name(self, fresh: &str) -> String {
        match self {
            Self::Known => fresh.to_owned(),
            Self::ByHand => format!("{BY_HAND}{fresh}"),
        }
    }
}

impl Moves {
    pub(super) fn of(key: &[u8], stage: &Stage) -> Self {
        match stage {
            Stage::Started(_) | Stage::Applied(_) | Stage::Inquiring(_) => Self::ByItself,
            Stage::FormShown(_) if !needs_person(key, stage) => Self::ByItself,
            Stage::FormShown(_)
            | Stage::Pending(_)
            | Stage::Referred(_)
            | Stage::Certified { .. }
            | Stage::Refused(_) => Self::NotNow,
        }
    }
}

impl<A: Applicant> Asked<A> {
    /// Whether it may still be granted, and no person here is needed for that.
    pub(super) fn goes_on(&self) -> bool {
        let stage = &self.registration.stage;
        is_open(stage) && !needs_person(&self.key, stage)
    }
}

/// Whether a registration may still be granted.
pub(super) fn is_open(stage: &Stage) -> bool {
    !matches!(stage, Stage::Certified { .. } | Stage::Refused(_))
}

/// Whether it waits for a person here.
pub(super) fn needs_person(key: &[u8], stage: &Stage) -> bool {
    match stage {
        Stage::FormShown(shown) => is_by_hand(key) || !shown.form.unfit.is_empty(),
        Stage::Referred(_) => true,
        _ => false,
    }
}

/// Whether somebody began it, and has left the form as it came for so long that nobody is expected
/// back.
pub(super) fn is_left(key: &[u8], stage: &Stage, moved_at: UnixTime, now: UnixTime) -> bool {
    let is_bare = matches!(stage, Stage::FormShown(shown) if shown.form.unfit.is_empty());
    is_bare && is_by_hand(key) && now.seconds_since(moved_at) > FORM_WAITS_S
}

/// Whether a renewal failed because the authority does not believe the certificate it was signed
/// with any more.
pub(super) fn is_unheard<A: Applicant>(registration: &Registration<A>) -> bool {
    let Stage::Refused(Ended::Rejected(rejection)) = &registration.stage else { return false };
    registration.renews.is_some() && rejection.code == CertStatusCode::SigValidationFail
}

fn is_by_hand(key: &[u8]) -> bool {
    key.starts_with(BY_HAND.as_bytes())
}

#[cfg(test)]
mod tests {
    use openset_protocol::enrolment::{Addressee, Form, FormShown, Unfit, Why, applicant::Shown};
    use openset_types::LocalId;

    use super::*;

    const BY_ITSELF: &[u8] = b"0123";
    const BY_SOMEBODY: &[u8] = b"hand-0123";

    fn shown(unfit: Vec<Unfit>) -> Stage {
        let policy = "Be good.".to_owned();
        let form = Form { id: 1, fields: Vec::new(), policy, logos: Default::default() };
        let lid_ca = LocalId::new(b"request").expect("a label");
        Stage::FormShown(Shown {
            addressee: Addressee { lid_ca, certificates: Vec::new() },
            chall_ca: b"challenge".as_slice().into(),
            form: FormShown { form, institution: None, account: None, unfit },
        })
    }

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(1_800_000_000 + seconds).expect("after 1970")
    }

    #[test]
    fn a_form_waits_for_whoever_began_it_and_for_nobody_if_nobody_did() {
        assert_eq!(Moves::of(BY_ITSELF, &shown(Vec::new())), Moves::ByItself);
        assert_eq!(Moves::of(BY_SOMEBODY, &shown(Vec::new())), Moves::NotNow);
        let unfit = vec![Unfit { number: 1, why: Why::Missing }];
        assert!(needs_person(BY_ITSELF, &shown(unfit)), "the known answer is not accepted");
    }

    #[test]
    fn a_form_that_somebody_left_holds_renewals_up_for_a_day_and_no_other_form_is_left() {
        let left = |key, stage: &Stage, after| is_left(key, stage, at(0), at(after));
        let bare = shown(Vec::new());
        assert!(!left(BY_SOMEBODY, &bare, FORM_WAITS_S));
        assert!(left(BY_SOMEBODY, &bare, FORM_WAITS_S + 1));
        assert!(!left(BY_ITSELF, &bare, 100 * FORM_WAITS_S));
        let unfit = vec![Unfit { number: 1, why: Why::TooLong }];
        assert!(!left(BY_SOMEBODY, &shown(unfit), 100 * FORM_WAITS_S), "it was answered once");
        assert!(!left(BY_SOMEBODY, &Stage::Refused(Ended::WithoutAnswer), 100 * FORM_WAITS_S));
    }

    #[test]
    fn who_answers_is_known_by_the_name() {
        assert!(is_by_hand(Answers::ByHand.name("0123").as_bytes()));
        assert!(!is_by_hand(Answers::Known.name("0123").as_bytes()));
    }
}
