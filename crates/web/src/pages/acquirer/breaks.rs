//! Reconciliation: what the acquirer and each issuer have written differently, sale by sale and by
//! the sums of a day, and the links between them.

use askama::Template;

use crate::frame::Frame;
use crate::pages::bank::{BankTop, Part, flow};
use crate::ports::{
    BankCompared, Comparison, DayAsked, DayLine, DaySum, Difference, FoundBreak, LinkRow,
};
use crate::table::{Badge, Cell, Table};
use crate::words::Words;

/// The books of the acquirer held against those of the issuers.
#[derive(Template)]
#[template(path = "pages/acquirer/breaks.html")]
pub struct BreaksPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The bank's name.
    pub name: &'a str,
    /// What was found.
    pub found: &'a Comparison,
}

impl<'a> BreaksPage<'a> {
    fn top(&self) -> BankTop<'a> {
        BankTop::of(self.frame, self.name, Part::Breaks)
    }

    fn banks(&self) -> Table {
        let say = self.frame.say;
        let row = |bank: &BankCompared| {
            vec![
                Cell::Text(bank.bank.clone()),
                Cell::Number(bank.settled.to_string()),
                Cell::Badge(Badge::agree(bank.breaks.is_empty(), say)),
                Cell::Number(bank.breaks.len().to_string()),
            ]
        };
        Table::new(say.compared_title(), say.compared_none())
            .column(say.head_bank())
            .numbers(say.compared_settled())
            .column(say.head_state())
            .numbers(say.batch_breaks())
            .rows(self.found.banks.iter().map(row))
    }

    fn has_breaks(&self) -> bool {
        self.found.banks.iter().any(|bank| !bank.breaks.is_empty())
    }

    fn breaks(&self) -> Table {
        let say = self.frame.say;
        let all = self.found.banks.iter();
        let rows = all.flat_map(|bank| bank.breaks.iter().map(move |one| row(bank, one, say)));
        Table::new(say.batch_breaks(), String::new())
            .column(say.head_bank())
            .column(say.head_reference())
            .column(say.batch_about())
            .numbers(say.breaks_ours())
            .numbers(say.breaks_theirs())
            .rows(rows)
    }

    fn today(&self, asked: &DayAsked) -> Table {
        let say = self.frame.say;
        let row = |line: &DayLine| {
            vec![
                Cell::Text(line.bank.clone()),
                Cell::Text(flow(line.flow, say)),
                Cell::Number(sum(line.ours, say)),
                Cell::Number(sum(line.theirs, say)),
                Cell::Badge(Badge::agree(line.ours == line.theirs, say)),
            ]
        };
        Table::new(say.today_sums(say.day(asked.day)), say.today_none())
            .column(say.head_bank())
            .column(say.batch_about())
            .numbers(say.breaks_ours())
            .numbers(say.breaks_theirs())
            .column(say.head_state())
            .rows(asked.lines.iter().map(row))
    }

    fn links(&self) -> Table {
        let say = self.frame.say;
        let codes = |link: &LinkRow| match link.has_codes {
            true => say.link_codes(),
            false => say.link_no_codes(),
        };
        let row = |link: &LinkRow| {
            vec![
                Cell::Text(link.bank.clone()),
                Cell::Code(link.address.clone()),
                Cell::Text(format!("{}, {}", link.dialect, codes(link))),
                Cell::Badge(Badge::link(link.is_up, say)),
            ]
        };
        Table::new(say.links_title(), say.links_none())
            .column(say.head_bank())
            .column(say.link_address())
            .column(say.link_dialect())
            .column(say.head_state())
            .rows(self.found.links.iter().map(row))
    }
}

fn row(bank: &BankCompared, found: &FoundBreak, say: &Words) -> Vec<Cell> {
    let missing = || say.batch_missing();
    let (what, ours, theirs) = match found.how {
        Difference::Amounts { ours, theirs } => {
            (say.break_amounts(), say.money(ours), say.money(theirs))
        }
        Difference::OnlyOurs(amount) => (say.break_only_ours(), say.money(amount), missing()),
        Difference::OnlyTheirs(amount) => (say.break_only_theirs(), missing(), say.money(amount)),
        Difference::Twice => (say.break_twice(), String::new(), String::new()),
    };
    vec![
        Cell::Text(bank.bank.clone()),
        Cell::Code(found.reference.clone()),
        Cell::Text(what),
        Cell::Number(ours),
        Cell::Number(theirs),
    ]
}

/// How many, and how much together.
fn sum(sum: DaySum, say: &Words) -> String {
    format!("{} · {}", say.number(sum.count), say.money(sum.amount))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    fn html(found: &Comparison) -> String {
        let frame = sample::frame(Site::Acquirer, Tongue::English);
        BreaksPage { frame: &frame, name: "Demo Acquirer", found }.to_string()
    }

    #[test]
    fn every_break_is_named_with_what_both_sides_have() {
        let html = html(&sample::comparison());
        for told in ["632714000042", "the amounts differ", "€42.00", "€24.00", "does not have it"]
        {
            assert!(html.contains(told), "{told}: {html}");
        }
        assert!(html.contains("The books differ") && html.contains("The books agree"), "{html}");
    }

    #[test]
    fn books_that_agree_have_no_list_of_breaks() {
        let mut found = Comparison { today: None, ..sample::comparison() };
        found.banks.iter_mut().for_each(|bank| bank.breaks.clear());
        let html = html(&found);
        assert!(!html.contains("The books differ") && !html.contains("the amounts differ"));
    }

    #[test]
    fn who_was_not_asked_and_who_was_silent_are_named() {
        let html = html(&sample::comparison());
        assert!(html.contains("Crédit Démo did not answer"), "{html}");
        assert!(html.contains("Nothing was ever cleared with Banque Autre"), "{html}");
        let unasked = Comparison { today: None, ..sample::comparison() };
        assert!(!self::html(&unasked).contains("did not answer"));
    }

    #[test]
    fn a_link_that_is_down_is_told() {
        let html = html(&sample::comparison());
        assert!(html.contains("signed on") && html.contains("down"), "{html}");
    }
}
