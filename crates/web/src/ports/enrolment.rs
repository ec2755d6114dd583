//! An application for certificates, as pages show it: a card's, and those of a merchant or a
//! gateway.

use openset_types::UnixTime;

/// For whom certificates are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bearer {
    /// A card.
    Card {
        /// Its last four digits.
        last_four: String,
    },
    /// A merchant or a gateway.
    Server,
}

/// How far an application has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationState {
    /// The bank is asked for its form, or for its decision.
    Asking,
    /// The bank's form waits for answers.
    Form,
    /// Somebody at the bank looks at it.
    Pended,
    /// Another authority is to be asked, if the holder says so.
    Referred,
    /// The bank said no, or nothing.
    Refused,
}

/// A question of the bank's registration form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What the answer is filed under.
    pub id: String,
    /// The question, in the words of the bank.
    pub label: String,
    /// More words of the bank about it.
    pub hint: Option<String>,
    /// Whether the bank insists.
    pub required: bool,
    /// The most characters it takes.
    pub length_max: usize,
    /// Whether the answer is hidden while it is typed.
    pub hidden: bool,
}

/// The bank's registration form, from its signed answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationForm {
    /// The bank, from its certificate.
    pub bank: String,
    /// The bank's terms, as it wrote them.
    pub policy: String,
    /// Its questions, in its order.
    pub fields: Vec<Field>,
    /// The answers that it did not accept the last time.
    pub unfit: Vec<Unfit>,
}

/// An answer that the bank did not accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// The field's id.
    pub field: String,
    /// Why, in the words of the bank.
    pub why: String,
}

/// An answer to a [`Field`].
pub struct Answer {
    /// The field's id.
    pub field: String,
    /// What was typed.
    pub text: String,
}

/// An application, and for whom it is. `C` is what is told of what was certified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment<C> {
    /// For whom.
    pub bearer: Bearer,
    /// How far it has come.
    pub stage: EnrolmentStage<C>,
}

/// How far a registration has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnrolmentStage<C> {
    /// Waiting for the authority's form.
    Asking,
    /// The form is here.
    Form(RegistrationForm),
    /// The answers are with the authority.
    Applying,
    /// Somebody at the bank looks at it.
    Pended(Pended),
    /// Another authority is to be asked, if the applicant says so.
    Referred(Referral),
    /// It is certified.
    Certified(C),
    /// There is no certificate.
    Refused(Refusal),
}

/// An application that somebody at the bank looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pended {
    /// The bank.
    pub bank: String,
    /// When the answers were sent.
    pub sent: UnixTime,
    /// When the bank was asked last.
    pub asked: UnixTime,
    /// Whether that question is still open.
    pub is_open: bool,
    /// Until when it is asked after by itself.
    pub until: UnixTime,
}

/// An authority that sends the holder on to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// Its words.
    pub words: Option<String>,
    /// The addresses that it names and that may be followed; never none.
    pub addresses: Vec<String>,
}

/// An application that ended without a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The bank.
    pub bank: String,
    /// Why.
    pub why: RefusedFor,
    /// The words of whoever refused it.
    pub words: Option<String>,
    /// Until when the earlier certificate is good, if there is one.
    pub good_until: Option<UnixTime>,
}

/// Why an application ended without a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedFor {
    /// The bank does not know the applicant, or not the card as its holder's.
    Bank,
    /// The authority that certifies for the bank says no.
    Authority,
    /// The certificate that was to be renewed is not believed any more.
    Signature,
    /// The authority has no form for this applicant or language.
    NoForm,
    /// The authority sends on, and to nowhere that may be followed.
    Circle,
    /// The authority could not go on with what it got.
    Trouble,
    /// No answer that could be believed came in time.
    Silence,
}
