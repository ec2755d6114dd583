//! What an authority's audit trail says of an application: who asked, and what became of it.

use openset_wire::{der::decode, x509::Certificate};

use super::{
    Applied, Enrolment, FormSent, Issuing, Returned, Stage, Whom,
    record::{Told, Unserved},
};
use crate::{octets::Octets, role::Account};

/// An application as it stands.
pub(super) fn of(enrolment: &Enrolment) -> Account {
    let (outcome, detail) = said(&enrolment.stage);
    let subject = match enrolment.stage.sent() {
        Some(sent) => format!("{} {}", enrolment.lid_ca, applicant(sent)),
        None => enrolment.lid_ca.to_string(),
    };
    Account { subject, outcome, detail }
}

fn said(stage: &Stage) -> (&'static str, String) {
    match stage {
        Stage::Initiated => ("initiated", String::new()),
        Stage::Unserved(why) => ("unserved", unserved(*why).to_owned()),
        Stage::FormSent(sent) => ("form-sent", format!("form {} in {}", sent.form, sent.language)),
        Stage::Applied(applied) => match applied.told {
            Told::Nothing => ("applied", String::new()),
            Told::InProgress => ("in-progress", String::new()),
            Told::Pended => ("pended", String::new()),
        },
        Stage::Issuing(issuing) => ("to-be-signed", format!("{} drafts", issuing.drafts.len())),
        Stage::Returned(returned) => {
            ("returned", format!("{} answers to be given anew", returned.unfit.len()))
        }
        Stage::Issued { certificates, .. } => ("issued", serials(certificates)),
        Stage::Refused { code, .. } => ("refused", format!("{code:?}")),
    }
}

fn unserved(why: Unserved) -> &'static str {
    match why {
        Unserved::Bank => "no form for this bank",
        Unserved::Language => "no form in this language",
        Unserved::Elsewhere => "another authority",
    }
}

/// The numbers of the certificates, as a list of revoked ones would name them.
fn serials(certificates: &[Octets]) -> String {
    let certificates = certificates.iter().filter_map(|octets| decode(octets.as_ref()).ok());
    let serial = |one: Certificate| one.to_be_signed.serial_number.to_string();
    certificates.map(serial).collect::<Vec<_>>().join(" ")
}

/// Whom an application is for. Of a card no more is said than whose bank it is.
fn applicant(sent: &FormSent) -> String {
    match &sent.whom {
        Whom::Cardholder { .. } => format!("cardholder of {}", sent.bin),
        Whom::Merchant { merchant } => format!("merchant {merchant} of {}", sent.bin),
        Whom::Gateway { .. } => format!("gateway of {}", sent.bin),
    }
}

impl Stage {
    /// The form that was sent, as long as the application is not decided.
    fn sent(&self) -> Option<&FormSent> {
        match self {
            Self::FormSent(sent)
            | Self::Applied(Applied { sent, .. })
            | Self::Issuing(Issuing { applied: Applied { sent, .. }, .. })
            | Self::Returned(Returned { applied: Applied { sent, .. }, .. }) => Some(sent),
            Self::Initiated | Self::Unserved(_) | Self::Issued { .. } | Self::Refused { .. } => {
                None
            }
        }
    }
}
