//! The one table of all consoles, and the badge that says how something stands.

use std::borrow::Borrow;

use askama::Template;
use askama::filters::HtmlSafe;

use crate::ports::{
    AccountState, ApplicationState, BatchState, Card, CardState, CertificateState, CheckState,
    ClearingState, HoldState, Newest, Pulse, RequestState, Standing,
};
use crate::validity::Validity;
use crate::words::Words;

/// A table with a caption. On a narrow screen each row becomes a small list of its own.
#[derive(Template)]
#[template(path = "table.html")]
pub struct Table {
    caption: String,
    heads: Vec<Head>,
    rows: Vec<Vec<Cell>>,
    empty: String,
    /// Said of the rows that are not there.
    hidden: Option<String>,
}

struct Head {
    text: String,
    numeric: bool,
}

/// What stands in a cell.
pub enum Cell {
    /// Words.
    Text(String),
    /// A number or an amount, set to the right.
    Number(String),
    /// An identifier, set in a fixed width.
    Code(String),
    /// A link; it names its row.
    Link {
        /// Where it leads.
        href: String,
        /// What it says.
        text: String,
    },
    /// How something stands.
    Badge(Badge),
    /// How much of its time is over.
    Validity(Validity),
}

impl Table {
    /// An empty table. `empty` stands in its place as long as it has no rows.
    pub fn new(caption: String, empty: String) -> Self {
        Self { caption, heads: Vec::new(), rows: Vec::new(), empty, hidden: None }
    }

    /// Adds a column of words.
    pub fn column(mut self, text: String) -> Self {
        self.heads.push(Head { text, numeric: false });
        self
    }

    /// Adds a column of numbers.
    pub fn numbers(mut self, text: String) -> Self {
        self.heads.push(Head { text, numeric: true });
        self
    }

    /// Adds the rows; each has a cell per column.
    pub fn rows(mut self, rows: impl IntoIterator<Item = Vec<Cell>>) -> Self {
        self.rows.extend(rows);
        debug_assert!(self.rows.iter().all(|row| row.len() == self.heads.len()));
        self
    }

    /// Adds the newest of many rows, and says how many older ones there are.
    pub fn newest<T>(self, newest: &Newest<T>, say: &Words, row: impl Fn(&T) -> Vec<Cell>) -> Self {
        let older = (newest.older > 0).then(|| say.rows_hidden(say.number(newest.older as u64)));
        Self { hidden: older, ..self }.rows(newest.rows.iter().map(row))
    }
}

impl HtmlSafe for Table {}

/// How good a piece of news is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// On its way.
    Open,
    /// Worth a look.
    Warning,
    /// Not as it should be.
    Bad,
}

/// A word or two with a sign and a colour; the word alone would do.
#[derive(Template, Clone)]
#[template(
    source = "<span class=\"badge {{ self.class() }}\"><span aria-hidden=\"true\">\
              {{ self.sign() }}</span> {{ text }}</span>",
    ext = "html"
)]
pub struct Badge {
    tone: Tone,
    text: String,
}

impl HtmlSafe for Badge {}

impl Badge {
    fn new(tone: Tone, text: String) -> Self {
        Self { tone, text }
    }

    fn class(&self) -> &'static str {
        match self.tone {
            Tone::Good => "good",
            Tone::Open => "open",
            Tone::Warning => "warning",
            Tone::Bad => "bad",
        }
    }

    fn sign(&self) -> &'static str {
        match self.tone {
            Tone::Good => "✓",
            Tone::Open => "○",
            Tone::Warning => "!",
            Tone::Bad => "✕",
        }
    }

    /// Whether a batch takes items.
    pub fn batch(state: BatchState, say: &Words) -> Self {
        match state {
            BatchState::Unknown => Self::new(Tone::Warning, say.batch_state_unknown()),
            BatchState::Open => Self::new(Tone::Open, say.batch_state_open()),
            BatchState::Closed => Self::new(Tone::Good, say.batch_state_closed()),
            BatchState::ClosedByBank => Self::new(Tone::Good, say.batch_state_by_bank()),
        }
    }

    /// How far a payment has come, in the words everybody sees.
    pub fn standing(standing: &Standing, say: &Words) -> Self {
        let tone = match standing {
            Standing::AwaitingWallet | Standing::Received => Tone::Open,
            Standing::Authorized | Standing::Captured | Standing::Settled | Standing::Refunded => {
                Tone::Good
            }
            Standing::Declined => Tone::Bad,
            Standing::Cancelled | Standing::Released | Standing::Unknown => Tone::Warning,
        };
        Self::new(tone, standing_word(standing, say))
    }

    /// What a card is good for; while it is good for nothing, how far its application has come.
    pub fn card(card: &Card, say: &Words) -> Self {
        match (&card.state, &card.application) {
            (CardState::Certified { until }, _) => {
                Self::new(Tone::Good, say.card_certified(say.day(*until)))
            }
            (CardState::Ending { days, .. }, _) => {
                Self::new(Tone::Warning, say.card_ends_soon(days))
            }
            (CardState::Expired { on }, _) => Self::new(Tone::Bad, say.card_expired(say.day(*on))),
            (CardState::Unfinished, Some(application)) => Self::application(application.state, say),
            (CardState::Unfinished, None) => Self::new(Tone::Open, say.card_unfinished()),
        }
    }

    /// How far an application has come.
    pub fn application(state: impl Borrow<ApplicationState>, say: &Words) -> Self {
        match state.borrow() {
            ApplicationState::Asking => Self::new(Tone::Open, say.application_asking()),
            ApplicationState::Form => Self::new(Tone::Open, say.application_form()),
            ApplicationState::Pended => Self::new(Tone::Warning, say.application_pended()),
            ApplicationState::Referred => Self::new(Tone::Warning, say.application_referred()),
            ApplicationState::Refused => Self::new(Tone::Bad, say.application_refused()),
        }
    }

    /// Whether a certificate may be relied on.
    pub fn certificate(state: &CertificateState, say: &Words) -> Self {
        match state {
            CertificateState::Current => Self::new(Tone::Good, say.certificate_current()),
            CertificateState::Ending => Self::new(Tone::Warning, say.certificate_ending()),
            CertificateState::Ended => Self::new(Tone::Bad, say.certificate_ended()),
            CertificateState::Revoked => Self::new(Tone::Bad, say.certificate_revoked()),
        }
    }

    /// How far a request for certificates has come.
    pub fn request(state: &RequestState, say: &Words) -> Self {
        match state {
            RequestState::Begun => Self::new(Tone::Open, say.request_begun()),
            RequestState::Asking => Self::new(Tone::Open, say.request_asking()),
            RequestState::Waiting => Self::new(Tone::Warning, say.request_waiting()),
            RequestState::Issuing => Self::new(Tone::Open, say.request_issuing()),
            RequestState::Returned => Self::new(Tone::Open, say.request_returned()),
            RequestState::Issued => Self::new(Tone::Good, say.request_issued()),
            RequestState::Refused => Self::new(Tone::Bad, say.request_refused()),
            RequestState::Unserved => Self::new(Tone::Bad, say.request_unserved()),
        }
    }

    /// Whether an account may pay.
    pub fn account(state: &AccountState, say: &Words) -> Self {
        match state {
            AccountState::Active => Self::new(Tone::Good, say.account_active()),
            AccountState::Expired => Self::new(Tone::Warning, say.account_expired()),
            AccountState::Blocked => Self::new(Tone::Bad, say.account_blocked()),
        }
    }

    /// What became of a hold.
    pub fn hold(state: &HoldState, say: &Words) -> Self {
        match state {
            HoldState::Placed => Self::new(Tone::Open, say.hold_placed()),
            HoldState::Posted => Self::new(Tone::Good, say.hold_posted()),
            HoldState::Released => Self::new(Tone::Warning, say.hold_released()),
            HoldState::Expired => Self::new(Tone::Warning, say.hold_expired()),
        }
    }

    /// What came of a clearing file.
    pub fn clearing(state: ClearingState, say: &Words) -> Self {
        match state {
            ClearingState::Presented => Self::new(Tone::Open, say.clearing_presented()),
            ClearingState::Rejected => Self::new(Tone::Bad, say.clearing_rejected()),
            ClearingState::Settled(_) => Self::new(Tone::Good, say.clearing_settled()),
        }
    }

    /// Whether all debits of a ledger equal all credits.
    pub fn ledger(is_balanced: bool, say: &Words) -> Self {
        match is_balanced {
            true => Self::new(Tone::Good, say.ledger_balanced()),
            false => Self::new(Tone::Bad, say.ledger_unbalanced()),
        }
    }

    /// Whether two banks have written the same.
    pub fn agree(is_same: bool, say: &Words) -> Self {
        match is_same {
            true => Self::new(Tone::Good, say.books_agree()),
            false => Self::new(Tone::Bad, say.books_differ()),
        }
    }

    /// Whether a bank is there at the other end of a link.
    pub fn link(is_up: bool, say: &Words) -> Self {
        match is_up {
            true => Self::new(Tone::Good, say.link_up()),
            false => Self::new(Tone::Bad, say.link_down()),
        }
    }

    /// Whether a party answers.
    pub fn pulse(pulse: &Pulse, say: &Words) -> Self {
        match pulse {
            Pulse::Up => Self::new(Tone::Good, say.pulse_up()),
            Pulse::Down => Self::new(Tone::Bad, say.pulse_down()),
        }
    }

    /// How a check went.
    pub fn check(state: &CheckState, say: &Words) -> Self {
        match state {
            CheckState::Held => Self::new(Tone::Good, say.check_held()),
            CheckState::Failed => Self::new(Tone::Bad, say.check_failed()),
            CheckState::NotReached => Self::new(Tone::Open, say.check_not_reached()),
        }
    }
}

/// The words for how far a payment has come: the same everywhere.
pub fn standing_word(standing: &Standing, say: &Words) -> String {
    match standing {
        Standing::AwaitingWallet => say.standing_awaiting_wallet(),
        Standing::Received => say.standing_received(),
        Standing::Authorized => say.standing_authorized(),
        Standing::Declined => say.standing_declined(),
        Standing::Captured => say.standing_captured(),
        Standing::Settled => say.standing_settled(),
        Standing::Refunded => say.standing_refunded(),
        Standing::Cancelled => say.standing_cancelled(),
        Standing::Released => say.standing_released(),
        Standing::Unknown => say.standing_unknown(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Tongue;

    fn table() -> Table {
        Table::new("Orders".to_owned(), "None yet.".to_owned())
            .column("Order".to_owned())
            .numbers("Amount".to_owned())
    }

    #[test]
    fn a_table_names_its_columns_in_every_cell_for_narrow_screens() {
        let link = Cell::Link { href: "/1".to_owned(), text: "1042".to_owned() };
        let html = table().rows([vec![link, Cell::Number("€42.00".to_owned())]]).to_string();
        assert!(html.contains(r#"<caption>Orders</caption>"#), "{html}");
        assert!(html.contains(r#"data-label="Amount""#), "{html}");
        assert!(html.contains(r#"<a href="/1">1042</a>"#), "{html}");
    }

    #[test]
    fn a_table_without_rows_says_so_in_words() {
        let html = table().to_string();
        assert!(html.contains("None yet.") && !html.contains("<table"), "{html}");
    }

    #[test]
    fn rows_that_are_not_there_are_counted() {
        let say = Words::of(Tongue::English);
        let row = |text: &String| vec![Cell::Text(text.clone()), Cell::Number(String::new())];
        let all = ["1042", "1041", "1040"].map(str::to_owned);
        let some = Newest::of(all.to_vec(), 2);
        let html = table().newest(&some, say, row).to_string();
        assert!(html.contains("1041") && !html.contains("1040"), "{html}");
        assert!(html.contains("Older ones are not shown here: 1."), "{html}");
        let whole = table().newest(&Newest::of(all.to_vec(), 3), say, row).to_string();
        assert!(whole.contains("1040") && !whole.contains("not shown"), "{whole}");
    }

    #[test]
    fn what_stands_in_a_cell_cannot_become_markup() {
        let cell = Cell::Text("<b>".to_owned());
        let html = table().rows([vec![cell, Cell::Number(String::new())]]).to_string();
        assert!(!html.contains("<b>"), "{html}");
    }

    #[test]
    fn a_badge_never_speaks_by_colour_alone() {
        let html = Badge::standing(&Standing::Declined, Words::of(Tongue::English)).to_string();
        assert!(html.contains("✕") && html.contains("Payment declined"), "{html}");
    }
}
