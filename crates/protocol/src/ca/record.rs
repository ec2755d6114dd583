//! What an authority stores of an application. Never a card number: what an applicant has sealed
//! stays sealed, and is opened again when it is needed.
//!
//! ```text
//! CardCInitReq ──▶ Initiated ──RegFormReq──▶ FormSent ──CertReq──▶ Applied
//! Me-AqCInitReq ──────────────────────────────▲  │                 │ │ │
//!                                             └──┼─answers unfit───┘ │ └─no──▶ Refused
//!                                   no form ─────┴──▶ Unserved       │
//!                                                          approved ─┴──▶ Issuing ──▶ Issued
//! ```
//!
//! Where the registrar takes its time the applicant is told so ([`Told`]), and hears the rest when
//! it inquires. Answers that are unfit wait for it in Returned.

use openset_types::{Bin, Language, LocalId, MerchantId, UnixTime};
use openset_wire::cert::{CertStatusCode, IdData};
use serde::{Deserialize, Serialize};

use crate::{
    enrolment::{Unfit, Wanted},
    octets::Octets,
    version::Version,
};

/// One application as the authority stores it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The form of what follows.
    pub version: Version<1>,
    /// The authority's label.
    pub lid_ca: LocalId,
    /// The applicant's label.
    pub lid_ee: LocalId,
    /// When it began.
    pub began_at: UnixTime,
    /// How far it has come.
    pub stage: Stage,
}

/// How far an application has come.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// A cardholder knows whom to seal for.
    Initiated,
    /// There is no form for this applicant.
    Unserved(Unserved),
    /// The applicant has a form.
    FormSent(FormSent),
    /// The application holds together. The registrar is asked.
    Applied(Applied),
    /// The registrar agrees. What will be signed is written down.
    Issuing(Issuing),
    /// Some answers are not right, and the applicant is to hear so when it inquires.
    Returned(Returned),
    /// The certificates are issued.
    Issued {
        /// The certificates (DER).
        certificates: Vec<Octets>,
        /// When.
        at: UnixTime,
        /// What inquiries are answered with, as long as they are.
        about: Option<Answerable>,
    },
    /// There will be no certificate.
    Refused {
        /// What the applicant was told.
        #[serde(with = "crate::stored::cert_status_code")]
        code: CertStatusCode,
        /// In which words.
        message: Option<String>,
        /// When.
        at: UnixTime,
        /// What inquiries are answered with, as long as they are.
        about: Option<Answerable>,
    },
}

/// Why there is no form.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unserved {
    /// The authority does not work for this bank.
    Bank,
    /// The bank has no form in this language.
    Language,
    /// Another authority works for this bank.
    Elsewhere,
}

/// A form that was sent, and what its answers must repeat.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormSent {
    /// The challenge.
    pub chall_ca: Octets,
    /// What is asked for.
    pub wanted: Wanted,
    /// The form's number.
    pub form: u64,
    /// The language it is in.
    pub language: Language,
    /// The bank whose form it is.
    pub bin: Bin,
    /// Who asked for it.
    pub whom: Whom,
}

/// Who asked for a form.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whom {
    /// The holder of a card.
    Cardholder {
        /// RegFormReq, sealed (DER): the card's number is in it and nowhere else.
        request: Octets,
    },
    /// A merchant.
    Merchant {
        /// Its number at its acquirer.
        merchant: MerchantId,
    },
    /// A payment gateway.
    Gateway {
        /// The acquirer's number for its business.
        business: Option<String>,
    },
}

/// An application the registrar is asked about.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The form that was answered.
    pub sent: FormSent,
    /// CertReq, sealed (DER). Its signatures were checked.
    pub request: Octets,
    /// The certificate in whose name it was signed as well (DER).
    pub renews: Option<Octets>,
    /// When it came.
    pub at: UnixTime,
    /// What the applicant knows.
    pub told: Told,
}

/// What an applicant knows of its application.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    /// Nothing: it waits for the answer to CertReq.
    Nothing,
    /// That the registrar is being asked. It will inquire.
    InProgress,
    /// That somebody will look at it. It will inquire.
    Pended,
}

/// Answers that are not right. Others may be given.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// The application.
    pub applied: Applied,
    /// The answers.
    pub unfit: Vec<Unfit>,
    /// Words for the applicant.
    pub message: Option<String>,
}

/// What it takes to answer whoever inquires after an application that was decided.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answerable {
    /// CertReq, sealed (DER): in it are the applicant's key and the key for the answer.
    pub request: Octets,
    /// The certificate in whose name it was signed as well (DER).
    pub renews: Option<Octets>,
    /// Nonce-CCA.
    pub nonce_cca: Option<Octets>,
}

/// Certificates that are about to be signed.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuing {
    /// The application.
    pub applied: Applied,
    /// Nonce-CCA. Alone it tells nothing: PANSecret is derived from it and from the
    /// cardholder's half, which stays sealed.
    pub nonce_cca: Option<Octets>,
    /// What will be signed (DER): these very octets and no others.
    pub drafts: Vec<Octets>,
}

impl Whom {
    /// Reads who a merchant or gateway says it is.
    pub(super) fn read(id_data: &IdData) -> (Bin, Self) {
        match id_data {
            IdData::MerchantAcquirerId(id) => {
                let whom = Self::Merchant { merchant: id.merchant_id.0.clone() };
                (id.merchant_bin.0.clone(), whom)
            }
            IdData::AcquirerId(id) => {
                let business = id.acquirer_business_id.as_ref().map(ToString::to_string);
                (id.acquirer_bin.0.clone(), Self::Gateway { business })
            }
        }
    }
}

impl Enrolment {
    /// Moves on.
    pub(super) fn becomes(self, stage: Stage) -> Self {
        Self { stage, ..self }
    }

    /// Drops what was kept to answer inquiries.
    pub(super) fn forgets(mut self) -> Self {
        if let Stage::Issued { about, .. } | Stage::Refused { about, .. } = &mut self.stage {
            *about = None;
        }
        self
    }
}
