//! The order form: what is sold, what it costs, where it goes. The shop computes every sum.

use askama::Template;

use crate::frame::Frame;
use crate::ports::{Basket, Delivery, Goods, Quote};
use crate::words::Words;

/// What is wrong with what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Complaint {
    /// No name, or one too long.
    Name,
    /// No address, or one too long.
    Address,
    /// Not an e-mail address.
    Email,
    /// The sum is another than the one on the button: look again before paying.
    TotalChanged,
}

impl Complaint {
    /// The field it is about.
    fn field(&self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Address => "address",
            Self::Email => "email",
            Self::TotalChanged => "total",
        }
    }

    fn text(&self, say: &Words) -> String {
        match self {
            Self::Name => say.complaint_name(),
            Self::Address => say.complaint_address(),
            Self::Email => say.complaint_email(),
            Self::TotalChanged => say.complaint_total(),
        }
    }
}

/// What was typed so far.
#[derive(Clone, Default)]
pub struct Typed {
    /// The name.
    pub name: String,
    /// The address.
    pub address: String,
    /// The e-mail address, or nothing.
    pub email: String,
}

/// The order form.
#[derive(Template)]
#[template(path = "pages/shop/order_form.html")]
pub struct OrderForm<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What is sold.
    pub goods: &'a Goods,
    /// What is chosen.
    pub basket: &'a Basket,
    /// What that costs.
    pub quote: &'a Quote,
    /// What was typed.
    pub typed: &'a Typed,
    /// What is wrong with it.
    pub complaints: &'a [Complaint],
}

impl OrderForm<'_> {
    fn complains(&self, field: &str) -> bool {
        self.complaints.iter().any(|complaint| complaint.field() == field)
    }

    fn complaint(&self, field: &str) -> String {
        let ours = self.complaints.iter().find(|complaint| complaint.field() == field);
        ours.map(|complaint| complaint.text(self.frame.say)).unwrap_or_default()
    }

    fn delivery_price(&self, delivery: &Delivery) -> String {
        let say = self.frame.say;
        if delivery.price.is_zero() { say.free() } else { say.money(delivery.price) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    fn html(tongue: Tongue, typed: &Typed, complaints: &[Complaint]) -> String {
        let frame = sample::frame(Site::Shop, tongue);
        let (goods, basket, quote) = (sample::goods(), sample::basket(), sample::quote());
        let (goods, basket, quote) = (&goods, &basket, &quote);
        OrderForm { frame: &frame, goods, basket, quote, typed, complaints }.to_string()
    }

    #[test]
    fn the_button_states_the_total_in_both_languages() {
        let english = html(Tongue::English, &Typed::default(), &[]);
        assert!(english.contains("Pay €42.00 with my wallet"), "{english}");
        let french = html(Tongue::French, &Typed::default(), &[]);
        assert!(french.contains("Payer 42,00\u{a0}€ avec mon portefeuille"), "{french}");
    }

    #[test]
    fn what_was_typed_is_kept_and_complaints_point_at_their_fields() {
        let typed = Typed { name: "Ada \"<".to_owned(), ..Typed::default() };
        let html = html(Tongue::English, &typed, &[Complaint::Address]);
        assert!(html.contains("Ada &#34;&#60;"), "{html}");
        assert!(html.contains("href=\"#address\"") && html.contains("aria-invalid"), "{html}");
    }
}
