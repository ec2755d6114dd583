//! The pages about batches: all of them, and one with what differs.

use askama::Template;
use openset_types::{BatchTotals, Side};

use super::desk::{DeskTop, Part};
use crate::frame::{Frame, Site};
use crate::ports::{BatchBreak, BatchFile, BatchRow, BreakAbout, Told};
use crate::table::{Badge, Cell, Table};
use crate::words::Words;

/// All batches.
#[derive(Template)]
#[template(path = "pages/batches.html")]
pub struct Batches<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Who has them.
    pub owner: &'a str,
    /// Each of them.
    pub rows: &'a [BatchRow],
}

/// One batch at the merchant.
#[derive(Template)]
#[template(path = "pages/batch.html")]
pub struct BatchPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The shop's name.
    pub shop: &'a str,
    /// The batch.
    pub batch: &'a BatchFile,
}

impl<'a> Batches<'a> {
    fn top(&self) -> DeskTop<'a> {
        DeskTop::of(self.frame, self.owner, Part::Batches)
    }

    /// Whether its reader may open one.
    fn is_shop(&self) -> bool {
        self.frame.site == Site::Merchant
    }

    fn table(&self) -> Table {
        let say = self.frame.say;
        let number = |row: &BatchRow| match self.is_shop() {
            true => Cell::Link { href: format!("/batches/{}", row.slug), text: row.number.clone() },
            false => Cell::Text(row.number.clone()),
        };
        let row = |row: &BatchRow| {
            vec![
                number(row),
                Cell::Text(row.whose.clone()),
                Cell::Badge(Badge::batch(row.state, say)),
                Cell::Number(side(row.totals, Side::Debit, say)),
                Cell::Number(side(row.totals, Side::Credit, say)),
            ]
        };
        let whose = if self.is_shop() { say.batch_brand() } else { say.batch_merchant() };
        Table::new(say.batches_title(), say.batches_none())
            .column(say.batch_number())
            .column(whose)
            .column(say.head_state())
            .numbers(say.batch_debits())
            .numbers(say.batch_credits())
            .rows(self.rows.iter().map(row))
    }
}

impl BatchPage<'_> {
    fn badge(&self) -> Badge {
        Badge::batch(self.batch.row.state, self.frame.say)
    }

    fn sums(&self) -> Table {
        let say = self.frame.say;
        let row = |(whose, totals): (String, Option<BatchTotals>)| {
            let [debits, credits] = [Side::Debit, Side::Credit].map(|one| side(totals, one, say));
            vec![Cell::Text(whose), Cell::Number(debits), Cell::Number(credits)]
        };
        let rows =
            [(say.batch_ours(), self.batch.row.totals), (say.batch_theirs(), self.batch.theirs)];
        Table::new(say.batch_sums(), String::new())
            .column(say.batch_whose())
            .numbers(say.batch_debits())
            .numbers(say.batch_credits())
            .rows(rows.map(row))
    }

    fn differences(&self, breaks: &[BatchBreak]) -> Table {
        let say = self.frame.say;
        let row = |found: &BatchBreak| {
            vec![
                Cell::Text(about(found.about, say)),
                Cell::Number(told(found.ours, say)),
                Cell::Number(told(found.theirs, say)),
            ]
        };
        Table::new(say.batch_breaks(), say.batch_breaks_none())
            .column(say.batch_about())
            .numbers(say.batch_ours())
            .numbers(say.batch_theirs())
            .rows(breaks.iter().map(row))
    }
}

/// How many items of a side, and what they come to.
fn side(totals: Option<BatchTotals>, side: Side, say: &Words) -> String {
    let Some(totals) = totals else { return "–".to_owned() };
    let (count, amount) = match side {
        Side::Credit => (totals.credits, totals.credit),
        Side::Debit => (totals.debits, totals.debit),
    };
    format!("{count} · {}", say.money(amount))
}

fn about(about: BreakAbout, say: &Words) -> String {
    match about {
        BreakAbout::Count(Side::Credit) => say.batch_count_credits(),
        BreakAbout::Count(Side::Debit) => say.batch_count_debits(),
        BreakAbout::Sum(Side::Credit) => say.batch_sum_credits(),
        BreakAbout::Sum(Side::Debit) => say.batch_sum_debits(),
        BreakAbout::Item(place) => say.batch_item(place.to_string()),
    }
}

fn told(told: Option<Told>, say: &Words) -> String {
    match told {
        None => say.batch_missing(),
        Some(Told::Count(count)) => count.to_string(),
        Some(Told::Amount(Side::Debit, amount)) => say.money(amount),
        Some(Told::Amount(Side::Credit, amount)) => say.batch_credit_of(say.money(amount)),
    }
}

#[cfg(test)]
mod tests {
    use openset_types::{Currency, Money};

    use super::*;
    use crate::ports::BatchState;
    use crate::sample;
    use crate::words::Tongue;

    fn eur(minor: u64) -> Money {
        Money::new(minor, Currency::EUR).expect("within range")
    }

    fn file(breaks: Option<Vec<BatchBreak>>) -> BatchFile {
        let debit = |minor| {
            let nothing = BatchTotals::nothing(Currency::EUR);
            Some(nothing.with(Side::Debit, eur(minor)).expect("one currency"))
        };
        let row = BatchRow {
            slug: "0-17".to_owned(),
            number: "17".to_owned(),
            whose: "Demo <Brand>".to_owned(),
            state: BatchState::Open,
            totals: debit(4200),
        };
        BatchFile { row, theirs: debit(4300), status: Some("Success".to_owned()), breaks }
    }

    fn html(breaks: Option<Vec<BatchBreak>>) -> String {
        let frame = sample::frame(Site::Merchant, Tongue::English);
        BatchPage { frame: &frame, shop: "Atelier Lumen", batch: &file(breaks) }.to_string()
    }

    #[test]
    fn a_difference_is_named_with_what_each_side_has() {
        let ours = Some(Told::Amount(Side::Debit, eur(4200)));
        let found = BatchBreak { about: BreakAbout::Item(3), ours, theirs: None };
        let html = html(Some(vec![found]));
        assert!(html.contains("item 3") && html.contains("€42.00"), "{html}");
        assert!(html.contains("does not have it"), "{html}");
        assert!(html.contains("Demo &#60;Brand&#62;"), "{html}");
    }

    #[test]
    fn agreement_is_said_only_after_a_comparison() {
        assert!(html(Some(Vec::new())).contains("Both sides have the same"));
        assert!(!html(None).contains("Both sides have the same"));
    }

    #[test]
    fn only_a_shop_opens_batches() {
        for (site, is_shop) in [(Site::Merchant, true), (Site::Gateway, false)] {
            let frame = sample::frame(site, Tongue::French);
            let rows = [file(None).row];
            let html = Batches { frame: &frame, owner: "A", rows: &rows }.to_string();
            assert_eq!(html.contains("action=\"/batches\""), is_shop, "{html}");
            assert_eq!(html.contains("href=\"/batches/0-17\""), is_shop, "{html}");
        }
    }
}
