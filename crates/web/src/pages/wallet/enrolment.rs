//! Registration at the bank: its form, its terms, and the certificate in the end.

use askama::Template;

use crate::frame::Frame;
use crate::ports::{Card, CardState, RegistrationForm};

/// What is wrong with the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistrationComplaint {
    /// A field the bank insists on is empty, or one holds too much; its id.
    Field(String),
    /// The terms were not accepted.
    Terms,
}

/// The bank's registration form.
#[derive(Template)]
#[template(path = "pages/wallet/registration.html")]
pub struct Registration<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What addresses call this registration.
    pub id: &'a str,
    /// The form, from the bank's signed answer.
    pub form: &'a RegistrationForm,
    /// What was wrong with the last try.
    pub complaint: Option<RegistrationComplaint>,
}

impl Registration<'_> {
    fn complains(&self, field: &str) -> bool {
        matches!(&self.complaint, Some(RegistrationComplaint::Field(id)) if id == field)
    }

    /// Why the bank did not accept the answer to a field.
    fn why(&self, field: &str) -> Option<&str> {
        let mut unfit = self.form.unfit.iter();
        unfit.find(|unfit| unfit.field == field).map(|unfit| unfit.why.as_str())
    }

    /// The fields whose answers the bank did not accept, in its words for them; each with its id.
    fn returned(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.form.fields.iter().filter(|field| self.why(&field.id).is_some());
        fields.map(|field| (field.id.as_str(), field.label.as_str()))
    }

    fn button(&self) -> String {
        match self.form.unfit.is_empty() {
            true => self.frame.say.registration_button(),
            false => self.frame.say.refused_again(),
        }
    }

    fn complaint_text(&self) -> String {
        match &self.complaint {
            Some(RegistrationComplaint::Field(_)) => self.frame.say.complaint_answer(),
            Some(RegistrationComplaint::Terms) => self.frame.say.complaint_terms(),
            None => String::new(),
        }
    }
}

/// A card is certified.
#[derive(Template)]
#[template(path = "pages/wallet/certified.html")]
pub struct Certified<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The card.
    pub card: &'a Card,
}

impl Certified<'_> {
    fn until(&self) -> Option<String> {
        match self.card.state {
            CardState::Certified { until } | CardState::Ending { until, .. } => {
                Some(self.frame.say.day(until))
            }
            CardState::Expired { .. } | CardState::Unfinished => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::ports::Unfit;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn the_form_asks_what_the_bank_asks_and_shows_its_terms() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let form = sample::registration_form();
        let html = Registration { frame: &frame, id: "e7", form: &form, complaint: None };
        let html = html.to_string();
        assert!(html.contains("Date of birth") && html.contains("name=\"field-1\""), "{html}");
        assert!(html.contains("By registering") && html.contains("name=\"accept\""), "{html}");
    }

    #[test]
    fn an_answer_that_the_bank_did_not_accept_is_marked_with_its_words() {
        let frame = sample::frame(Site::Wallet, Tongue::French);
        let unfit =
            vec![Unfit { field: "field-1".to_owned(), why: "ce n'est pas ça <b>".to_owned() }];
        let form = RegistrationForm { unfit, ..sample::registration_form() };
        let html = Registration { frame: &frame, id: "e7", form: &form, complaint: None };
        let html = html.to_string();
        assert!(html.contains("role=\"alert\"") && html.contains("ça &#60;b&#62;"), "{html}");
        assert_eq!(html.matches("aria-invalid").count(), 1, "{html}");
        assert!(html.contains("aria-describedby=\"field-1-wrong\""), "{html}");
    }

    #[test]
    fn unaccepted_terms_are_a_complaint_of_their_own() {
        let frame = sample::frame(Site::Wallet, Tongue::French);
        let form = sample::registration_form();
        let complaint = Some(RegistrationComplaint::Terms);
        let html = Registration { frame: &frame, id: "e7", form: &form, complaint }.to_string();
        assert!(html.contains("role=\"alert\"") && html.contains("conditions"), "{html}");
    }

    #[test]
    fn a_certified_card_says_until_when() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let card = sample::card("4242");
        let html = Certified { frame: &frame, card: &card }.to_string();
        assert!(html.contains("30 Nov 2029"), "{html}");
    }
}
