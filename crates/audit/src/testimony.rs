//! What one party's database says: the messages of its journal, and its books.

use openset_crypto::trail::digest_of;
use openset_types::{Rrpid, Xid};
use openset_wire::wrapper::Outline;

use crate::{
    books::Books,
    files::File,
    letters::Letter,
    report::{Difference, What},
    words::Word,
};

/// What a party is in a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Sells, and is credited.
    Merchant,
    /// Asks the banks.
    Gateway,
    /// The merchant's bank.
    Acquirer,
    /// The cardholder's bank.
    Issuer,
}

/// A party whose database was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Party {
    /// What it is.
    pub role: Role,
    /// Its folder within the data folder: `issuer`, or `trial-brand/issuer` of another brand.
    pub folder: String,
}

/// Which way a message crossed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// It came.
    In,
    /// It left.
    Out,
}

/// One message of a journal.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Its place in the journal, from 1.
    pub number: i64,
    /// Which way it crossed.
    pub way: Way,
    /// Who sent it, as the journal calls it.
    pub sender: &'a str,
    /// Whom it was for.
    pub recipient: &'a str,
    /// What the journal calls it.
    pub name: &'a str,
    /// The purchase that the journal says it names.
    pub xid: Option<Xid>,
    /// The request that the journal says it is or answers.
    pub rrpid: Option<Rrpid>,
    /// The message, octet by octet.
    pub octets: &'a [u8],
}

/// Everything that was read of one party. Messages are taken in the order of the journal.
#[derive(Debug)]
pub struct Testimony {
    party: Party,
    pub(crate) words: Vec<Word>,
    pub(crate) files: Vec<File>,
    pub(crate) letters: Vec<Letter>,
    pub(crate) books: Books,
    pub(crate) found: Vec<Difference>,
    pub(crate) messages: u64,
    pub(crate) records: u64,
    last: i64,
}

impl Role {
    /// The kinds of records that are a party's books. Card accounts are not among them: they hold
    /// card numbers, and no balance needs one.
    pub fn books(self) -> &'static [&'static str] {
        match self {
            Self::Merchant => &["merchant.purchase"],
            Self::Gateway => &["gateway.authorization", "gateway.capture", "gateway.refund"],
            Self::Acquirer => &[
                "acquirer.merchant",
                "acquirer.batch",
                "acquirer.capture",
                "acquirer.file",
                "acquirer.credit",
                "acquirer.entry",
            ],
            Self::Issuer => &["issuer.hold", "issuer.file", "issuer.entry"],
        }
    }
}

impl Party {
    /// The brand's folder that it lives in; empty for the first brand.
    pub(crate) fn brand(&self) -> &str {
        self.folder.rsplit_once('/').map_or("", |(brand, _)| brand)
    }
}

impl Testimony {
    /// Nothing was read of this party.
    pub fn of(party: Party) -> Self {
        Self {
            party,
            words: Vec::new(),
            files: Vec::new(),
            letters: Vec::new(),
            books: Books::default(),
            found: Vec::new(),
            messages: 0,
            records: 0,
            last: 0,
        }
    }

    /// Whose it is.
    pub fn party(&self) -> &Party {
        &self.party
    }

    /// Takes the next message of the journal.
    pub fn hear(&mut self, message: Message<'_>) {
        self.count(message.number);
        let octets = message.octets;
        if message.name.contains('.') {
            match File::read(&message) {
                Some(file) => self.files.push(file),
                None => self.unreadable(&message),
            }
        } else if let Ok(outline) = Outline::of(octets) {
            let digest = digest_of(octets);
            let letter = Letter::of(&message, digest);
            if outline.name != letter.name || letter.says_otherwise(&outline) {
                self.find(What::MessageMisfiled, &message, "another message than it is filed as");
            }
            self.letters.push(letter);
        } else {
            match Word::read(&message) {
                Some(word) => self.words.push(word),
                None => self.unreadable(&message),
            }
        }
    }

    /// A message of the journal is not the one that was stored: its digest says so.
    pub fn altered(&mut self, number: i64) {
        self.count(number);
        let about = format!("message {number} of the journal");
        self.add(What::MessageAltered, about, ["one digest", "other octets"]);
    }

    /// Takes a record of the books.
    pub fn note(&mut self, kind: &str, state: &[u8]) {
        self.records = self.records.saturating_add(1);
        if self.books.take(kind, state).is_none() {
            let about = format!("a record of {kind}");
            self.add(What::RecordUnreadable, about, ["it stands in the books", "it says nothing"]);
        }
    }

    /// The places of a journal have no gaps. What is missing is named when the next one comes.
    fn count(&mut self, number: i64) {
        self.messages = self.messages.saturating_add(1);
        let expected = self.last.saturating_add(1);
        if number > expected {
            let last = number.saturating_sub(1);
            let about = match last == expected {
                true => format!("message {expected} of the journal"),
                false => format!("messages {expected} to {last} of the journal"),
            };
            self.add(What::MessageMissing, about, ["it was stored", "it is gone"]);
        }
        self.last = number;
    }

    fn unreadable(&mut self, message: &Message<'_>) {
        self.find(What::MessageUnreadable, message, "nothing that can be read");
    }

    fn find(&mut self, what: What, message: &Message<'_>, says: &str) {
        let about = format!("{}, message {} of the journal", message.name, message.number);
        self.add(what, about, ["it passed", says]);
    }

    fn add(&mut self, what: What, about: String, says: [&str; 2]) {
        let own = self.party.folder.clone();
        self.found.push(Difference::new(what, about, [own.clone(), own], says));
    }
}
