//! The authority's form: its questions, its terms, and what is wrong with the answers.

use askama::Template;

use crate::frame::Frame;
use crate::ports::{Answer, Bearer, Field, RegistrationForm};

/// What is wrong with one answer as it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerComplaint {
    /// The authority insists on one.
    Missing,
    /// It is longer than the authority takes.
    TooLong,
}

/// What is wrong with answers, which are not sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegistrationComplaint {
    /// The fields, by their ids.
    pub answers: Vec<(String, AnswerComplaint)>,
    /// Whether the terms were not accepted.
    pub terms: bool,
    /// What was typed, to be shown again; nothing that is hidden while it is typed.
    pub given: Vec<(String, String)>,
}

impl RegistrationComplaint {
    /// Looks through the answers to a form, before anything is sent.
    pub fn about(form: &RegistrationForm, answers: &[Answer], is_accepted: bool) -> Option<Self> {
        let given = |field: &Field| {
            let answer = answers.iter().find(|answer| answer.field == field.id);
            answer.map_or("", |answer| answer.text.as_str())
        };
        let wrong = |field: &Field| {
            let length = given(field).chars().count();
            Some(match () {
                () if length > field.length_max => AnswerComplaint::TooLong,
                () if field.required && length == 0 => AnswerComplaint::Missing,
                () => return None,
            })
        };
        let fields = form.fields.iter();
        let wrong: Vec<_> =
            fields.clone().filter_map(|field| Some((field.id.clone(), wrong(field)?))).collect();
        if wrong.is_empty() && is_accepted {
            return None;
        }
        let shown = fields.filter(|field| !field.hidden);
        let given = shown.map(|field| {
            // Whatever is longer than the field is shown as far as it is taken.
            let text = given(field).chars().take(field.length_max).collect();
            (field.id.clone(), text)
        });
        Some(Self { answers: wrong, terms: !is_accepted, given: given.collect() })
    }
}

/// The authority's registration form.
#[derive(Template)]
#[template(path = "pages/application/registration.html")]
pub struct Registration<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What addresses call this registration.
    pub id: &'a str,
    /// For whom it is.
    pub bearer: &'a Bearer,
    /// The form, from the authority's signed answer.
    pub form: &'a RegistrationForm,
    /// What was wrong with the last try.
    pub complaint: Option<RegistrationComplaint>,
}

impl Registration<'_> {
    /// What is wrong with the answer to a field: what was not sent, or what the authority did not
    /// accept.
    fn wrong(&self, field: &Field) -> Option<String> {
        let say = self.frame.say;
        match &self.complaint {
            Some(complaint) => {
                let found = complaint.answers.iter().find(|(id, _)| *id == field.id)?;
                Some(match found.1 {
                    AnswerComplaint::Missing => say.complaint_missing(),
                    AnswerComplaint::TooLong => say.complaint_long(field.length_max),
                })
            }
            None => {
                let unfit = self.form.unfit.iter().find(|unfit| unfit.field == field.id);
                unfit.map(|unfit| unfit.why.clone())
            }
        }
    }

    /// The fields that are to be looked at again, in the authority's words for them; each with its
    /// id.
    fn wrongs(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.form.fields.iter().filter(|field| self.wrong(field).is_some());
        fields.map(|field| (field.id.as_str(), field.label.as_str()))
    }

    fn given(&self, field: &Field) -> &str {
        let given = self.complaint.iter().flat_map(|complaint| &complaint.given);
        given.clone().find(|(id, _)| *id == field.id).map_or("", |(_, text)| text.as_str())
    }

    fn lacks_terms(&self) -> bool {
        self.complaint.as_ref().is_some_and(|complaint| complaint.terms)
    }

    fn is_accepted(&self) -> bool {
        self.complaint.as_ref().is_some_and(|complaint| !complaint.terms)
    }

    fn button(&self) -> String {
        match self.form.unfit.is_empty() {
            true => self.frame.say.registration_button(self.bearer.word()),
            false => self.frame.say.refused_again(),
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

    fn page(form: &RegistrationForm, complaint: Option<RegistrationComplaint>) -> String {
        let frame = sample::frame(Site::Wallet, Tongue::French);
        let bearer = sample::bearer("4242");
        Registration { frame: &frame, id: "e7", bearer: &bearer, form, complaint }.to_string()
    }

    fn answer(field: &str, text: &str) -> Answer {
        Answer { field: field.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn the_form_asks_what_the_bank_asks_and_shows_its_terms() {
        let html = page(&sample::registration_form(), None);
        assert!(html.contains("Date of birth") && html.contains("name=\"field-1\""), "{html}");
        assert!(html.contains("By registering") && html.contains("name=\"accept\""), "{html}");
    }

    #[test]
    fn a_server_is_asked_in_words_of_its_own() {
        let frame = sample::frame(Site::Merchant, Tongue::English);
        let form = sample::registration_form();
        let bearer = &Bearer::Server;
        let html = Registration { frame: &frame, id: "e7", bearer, form: &form, complaint: None };
        let html = html.to_string();
        assert!(html.contains("Apply for the certificates"), "{html}");
        assert!(!html.contains("card ending") && html.contains("href=\"/certificates\""));
    }

    #[test]
    fn an_answer_that_the_bank_did_not_accept_is_marked_with_its_words() {
        let unfit =
            vec![Unfit { field: "field-1".to_owned(), why: "ce n'est pas ça <b>".to_owned() }];
        let html = page(&RegistrationForm { unfit, ..sample::registration_form() }, None);
        assert!(html.contains("role=\"alert\"") && html.contains("ça &#60;b&#62;"), "{html}");
        assert_eq!(html.matches("aria-invalid").count(), 1, "{html}");
        assert!(html.contains("aria-describedby=\"field-1-wrong"), "{html}");
    }

    #[test]
    fn every_wrong_answer_is_told_beside_its_question_and_what_was_right_stands() {
        let form = sample::registration_form();
        let long = "9".repeat(61);
        let answers = [answer("field-0", "Ada <M>"), answer("field-2", &long)];
        let complaint = RegistrationComplaint::about(&form, &answers, true).expect("two are wrong");
        let html = page(&form, Some(complaint));
        assert_eq!(html.matches("aria-invalid").count(), 2, "{html}");
        for id in ["field-1-wrong", "field-2-wrong"] {
            assert!(html.contains(&format!("<p class=\"wrong\" id=\"{id}\">")), "{html}");
        }
        assert!(html.contains("value=\"Ada &#60;M&#62;\"") && !html.contains(&long), "{html}");
        assert!(html.contains("name=\"accept\" value=\"yes\" required checked"), "{html}");
    }

    #[test]
    fn unaccepted_terms_are_a_complaint_of_their_own() {
        let form = sample::registration_form();
        let answers = [answer("field-0", "Ada Martin"), answer("field-1", "10 12 1985")];
        assert_eq!(RegistrationComplaint::about(&form, &answers, true), None);
        let complaint = RegistrationComplaint::about(&form, &answers, false);
        let html = page(&form, complaint);
        assert!(html.contains("role=\"alert\"") && html.contains("conditions"), "{html}");
        assert!(html.contains("href=\"#accept\""), "{html}");
    }

    #[test]
    fn what_is_hidden_while_it_is_typed_is_not_shown_again() {
        let mut form = sample::registration_form();
        form.fields[0].hidden = true;
        let complaint = RegistrationComplaint::about(&form, &[answer("field-0", "sesame")], true);
        let html = page(&form, complaint);
        assert!(!html.contains("sesame") && html.contains("type=\"password\""), "{html}");
    }
}
