//! The banks of the world: what they decide is stored before it is said, and after a crash they
//! are rebuilt from what was stored.

use std::collections::BTreeMap;

use openset_bank::{
    Decided,
    acquirer::{Acquirer, AcquirerRecord, Fees, Merchant},
    iso8583::{Message, Mti, ResponseCode, words::respond},
    issuer::{Issuer, IssuerRecord, StoredCard},
    ledger::HoldState,
};
use openset_types::{Bin, MerchantId, UnixTime};
use serde::{Serialize, de::DeserializeOwned};

use super::{party::Life, planted::Planted};
use crate::pki::{ACQUIRER, CARDS, CardOf, ISSUER, MERCHANT};

/// A bank that is rebuilt from its records.
pub trait Bank: Sized {
    /// What it keeps.
    type Record: Serialize + DeserializeOwned;

    /// Rebuilds it.
    fn rebuilt(records: Vec<Self::Record>) -> Self;

    /// Answers a message.
    fn answer(
        &mut self,
        message: &Message,
        now: UnixTime,
        draw: u32,
    ) -> Decided<Option<Message>, Self::Record>;

    /// Where a record is kept: in the order in which the bank is rebuilt.
    fn place(record: &Self::Record) -> (usize, String);
}

/// A bank, and what it would have on disk.
pub struct Host<B: Bank> {
    /// The bank as it stands in memory.
    pub bank: B,
    pub(super) life: Life,
    shelf: BTreeMap<(usize, String), Vec<u8>>,
    forgets: fn(&B::Record) -> bool,
    refuses: fn(&Message) -> Option<ResponseCode>,
    changes: u64,
}

impl<B: Bank> Host<B> {
    fn open(records: Vec<B::Record>, forgets: fn(&B::Record) -> bool) -> Self {
        let bank = B::rebuilt(Vec::new());
        let mut host = Self {
            bank,
            life: Life::default(),
            shelf: BTreeMap::new(),
            forgets,
            refuses: |_| None,
            changes: 0,
        };
        host.keep(records);
        host.rebuild();
        host
    }

    /// Answers a message; what is stored survives.
    pub(super) fn answer(
        &mut self,
        message: &Message,
        now: UnixTime,
        draw: u32,
    ) -> Option<Message> {
        if let Some(code) = (self.refuses)(message) {
            return respond(message, code);
        }
        let Decided { answer, records } = self.bank.answer(message, now, draw);
        self.keep(records);
        answer
    }

    /// Stores records.
    pub(super) fn keep(&mut self, records: Vec<B::Record>) {
        self.changes += 1;
        let all = records.len();
        let kept: Vec<_> = records.into_iter().filter(|record| !(self.forgets)(record)).collect();
        let forgot = kept.len() < all;
        for record in kept {
            let stored = serde_json::to_vec(&record).expect("a record can be written");
            self.shelf.insert(B::place(&record), stored);
        }
        if forgot {
            self.rebuild();
        }
    }

    /// The bank as its records have it, and nothing else.
    pub(super) fn rebuild(&mut self) {
        let read = |stored: &Vec<u8>| {
            serde_json::from_slice(stored).expect("what was written can be read")
        };
        self.bank = B::rebuilt(self.shelf.values().map(read).collect());
    }

    /// How often something was stored.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Everything it keeps.
    pub fn octets(&self) -> impl Iterator<Item = &[u8]> {
        self.shelf.values().map(Vec::as_slice)
    }
}

impl Host<Issuer> {
    pub(super) fn issuer(planted: Option<Planted>) -> Self {
        let cards = CARDS.iter().map(CardOf::account).map(StoredCard).map(IssuerRecord::Card);
        let mut host = Self::open(
            cards.collect(),
            match planted {
                Some(Planted::IssuerForgetsAnswers) => {
                    |record| matches!(record, IssuerRecord::Answered(_))
                }
                Some(Planted::IssuerForgetsReversals) => |record| match record {
                    IssuerRecord::Hold(hold) => hold.state == HoldState::Released,
                    IssuerRecord::Reversed(_) => true,
                    _ => false,
                },
                _ => |_| false,
            },
        );
        if planted == Some(Planted::IssuerRefusesReversals) {
            host.refuses = |message| {
                let reversals = [Mti::REVERSAL_ADVICE, Mti::REVERSAL_ADVICE_REPEAT];
                reversals.contains(&message.mti()).then_some(ResponseCode::SystemMalfunction)
            };
        }
        if planted == Some(Planted::IssuerLowersNothing) {
            host.refuses = |message| message.text(95).map(|_| ResponseCode::Approved);
        }
        host
    }
}

impl Host<Acquirer> {
    pub(super) fn acquirer() -> Self {
        let merchant = Merchant {
            id: MerchantId::parse(MERCHANT).expect("a number"),
            name: "Atelier Lumen".to_owned(),
            account: "ATELIER-LUMEN".to_owned(),
            fees: Fees::new(120, Vec::new()).expect("a small share"),
            earlier_fees: Vec::new(),
            batches: openset_bank::acquirer::BatchControl::Acquirer,
        };
        Self::open(vec![AcquirerRecord::Merchant(merchant)], |_| false)
    }
}

impl Bank for Issuer {
    type Record = IssuerRecord;

    fn rebuilt(records: Vec<IssuerRecord>) -> Self {
        let institution = Bin::parse(ISSUER).expect("six digits");
        Self::restore(institution, records).expect("its own entries")
    }

    fn answer(
        &mut self,
        message: &Message,
        now: UnixTime,
        draw: u32,
    ) -> Decided<Option<Message>, IssuerRecord> {
        Self::answer(self, message, now, draw)
    }

    fn place(record: &IssuerRecord) -> (usize, String) {
        (place_of(&IssuerRecord::KINDS, record.kind()), record.key())
    }
}

impl Bank for Acquirer {
    type Record = AcquirerRecord;

    fn rebuilt(records: Vec<AcquirerRecord>) -> Self {
        let institution = Bin::parse(ACQUIRER).expect("six digits");
        Self::restore(institution, "Demo Acquirer", records).expect("its own entries")
    }

    fn answer(
        &mut self,
        message: &Message,
        now: UnixTime,
        _: u32,
    ) -> Decided<Option<Message>, AcquirerRecord> {
        Self::answer(self, message, now)
    }

    fn place(record: &AcquirerRecord) -> (usize, String) {
        (place_of(&AcquirerRecord::KINDS, record.kind()), record.key())
    }
}

fn place_of(kinds: &[&str], kind: &str) -> usize {
    kinds.iter().position(|one| *one == kind).expect("every kind has its place")
}
