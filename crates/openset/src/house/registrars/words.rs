//! What applicants are told, in the language of their form where it is one of ours.

use openset_types::Language;

/// Texts in one language: at most 128 characters each, which is what an answer has room for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    is_french: bool,
}

impl Words {
    /// In the language of a form, or else in English.
    pub(super) fn of(language: &Language) -> Self {
        Self { is_french: language.as_str().split('-').next() == Some("fr") }
    }

    /// The bank says no.
    pub(super) fn refused(self) -> String {
        self.say("The bank does not certify this card.", "La banque ne certifie pas cette carte.")
    }

    /// The bank said nothing.
    pub(super) fn not_now(self) -> String {
        self.say(
            "The bank cannot be asked at the moment.",
            "La banque ne peut pas être interrogée pour le moment.",
        )
    }

    /// The card was tried too often.
    pub(super) fn too_often(self) -> String {
        self.say(
            "This card was tried too often today. Please try again tomorrow.",
            "Cette carte a été essayée trop souvent aujourd'hui. Réessayez demain.",
        )
    }

    /// One answer is not right.
    pub(super) fn differs(self) -> String {
        self.say("this is not what the bank has", "ce n'est pas ce que la banque connaît")
    }

    fn say(self, english: &str, french: &str) -> String {
        if self.is_french { french } else { english }.to_owned()
    }
}
