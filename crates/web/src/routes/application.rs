//! What the sites share on which certificates are applied for: the page of each stage, and looking
//! through answers before they are sent.

use super::form::Fields;
use super::{Shown, refreshing, show, wrong};
use crate::frame::Frame;
use crate::pages::application::{
    PendedSheet, ReferredSheet, RefusedSheet, Registration, RegistrationComplaint, Waiting,
};
use crate::ports::{Answer, Enrolment, EnrolmentStage};

/// What was made of answers that came.
pub(super) enum Answered {
    /// They can be sent.
    Fits(Vec<Answer>),
    /// Some are wrong: the form again, with what is wrong.
    Wrong(Shown),
    /// No form waits for them any more.
    Late,
}

/// The page of an application as it stands.
pub(super) fn sheet<C>(
    frame: &Frame,
    id: &str,
    enrolment: &Enrolment<C>,
    certified: impl FnOnce(&C) -> Shown,
) -> Shown {
    let Enrolment { bearer, stage } = enrolment;
    match stage {
        EnrolmentStage::Asking => refreshing(1, show(&Waiting { frame, bearer, applied: false })),
        EnrolmentStage::Applying => refreshing(1, show(&Waiting { frame, bearer, applied: true })),
        EnrolmentStage::Form(form) => {
            show(&Registration { frame, id, bearer, form, complaint: None })
        }
        EnrolmentStage::Pended(pended) => show(&PendedSheet { frame, id, bearer, pended }),
        EnrolmentStage::Referred(referral) => show(&ReferredSheet { frame, id, bearer, referral }),
        EnrolmentStage::Certified(what) => certified(what),
        EnrolmentStage::Refused(refusal) => show(&RefusedSheet { frame, id, bearer, refusal }),
    }
}

/// Looks through the answers to the form of an application.
pub(super) fn answered<C>(
    frame: &Frame,
    id: &str,
    enrolment: &Enrolment<C>,
    fields: &Fields,
) -> Answered {
    let Enrolment { bearer, stage: EnrolmentStage::Form(form) } = enrolment else {
        return Answered::Late;
    };
    let answer = |id: &String| Answer { field: id.clone(), text: fields.text(id).to_owned() };
    let answers: Vec<_> = form.fields.iter().map(|field| answer(&field.id)).collect();
    let is_accepted = !fields.text("accept").is_empty();
    match RegistrationComplaint::about(form, &answers, is_accepted) {
        None => Answered::Fits(answers),
        complaint => {
            Answered::Wrong(wrong(show(&Registration { frame, id, bearer, form, complaint })))
        }
    }
}
