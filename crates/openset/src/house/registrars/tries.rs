//! How often each card was tried today: guesses at what a bank has on record come to an end, also
//! when the authority is started anew between them.
//!
//! A try that was no guess is forgiven and leaves nothing. One that was is in the authority's store
//! before its refusal is told. Of the card there is a keyed code over its number and the day; the
//! key lies beside the authority's other secrets, and on the next day the codes are taken away.

use std::{collections::HashMap, fs, io::ErrorKind, path::Path, sync::Arc};

use anyhow::Context;
use data_encoding::HEXLOWER;
use openset_crypto::mac::MacKey;
use openset_node::{
    entropy,
    fault::Fault,
    store::{Change, Store, Tally, Uncommitted},
};
use openset_types::{Pan, Secret, UnixTime};
use tokio::sync::Mutex;

use crate::ceremony::papers::write_private;

const DAY_S: i64 = 86_400;
/// What the store calls what is counted here.
const REGISTER: &str = "tries";
/// Where the key of the codes is, in the authority's folder.
const KEY: &str = "tries.key";

/// A card on a day, as a number that tells nothing without the key.
type Card = [u8; 32];

/// The tries of one day.
pub(super) struct Tries {
    store: Arc<dyn Store>,
    key: MacKey,
    today: Mutex<Today>,
}

#[derive(Default)]
struct Today {
    /// The last day that anybody was let try.
    day: Option<i64>,
    /// The tries that are being made, which no store has yet.
    making: HashMap<Card, u32>,
}

/// A try that is being made.
pub(super) struct Try<'a> {
    tries: &'a Tries,
    day: i64,
    card: Card,
}

impl Tries {
    /// The tries of an authority, whose folder has the key; it is made if there is none.
    pub(super) fn open(folder: &Path, store: Arc<dyn Store>) -> anyhow::Result<Self> {
        let path = folder.join(KEY);
        let hex = match fs::read_to_string(&path) {
            Ok(hex) => hex,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let hex = HEXLOWER.encode(&entropy::seed()?);
                write_private(&path, hex.as_bytes())?;
                hex
            }
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        let key = HEXLOWER.decode(hex.trim().as_bytes());
        let key = key.with_context(|| format!("{} is no key in hex", path.display()))?;
        Ok(Self { store, key: MacKey::new(Secret::new(key)), today: Mutex::default() })
    }

    /// Begins a try, if the card has one left today.
    pub(super) async fn begin(
        &self,
        pan: &Pan,
        now: UnixTime,
        most: u32,
    ) -> Result<Option<Try<'_>>, Fault> {
        let mut today = self.today.lock().await;
        let last = match today.day {
            Some(last) => Some(last),
            None => self.store.tally_period(REGISTER).await?,
        };
        // A clock that is set back begins no second day.
        let day = last.unwrap_or(i64::MIN).max(now.seconds().div_euclid(DAY_S));
        today.day = Some(day);
        let card = self.card(pan, day);
        // Whoever counts a try takes it from those being made after it is in the store.
        let counted = self.store.tally(REGISTER, day, &card).await?;
        let making = today.making.entry(card).or_default();
        if counted.saturating_add(u64::from(*making)) >= u64::from(most) {
            today.making.retain(|_, making| *making > 0);
            return Ok(None);
        }
        *making += 1;
        Ok(Some(Try { tries: self, day, card }))
    }

    fn card(&self, pan: &Pan, day: i64) -> Card {
        let told = Secret::new([&day.to_be_bytes()[..], pan.expose().as_bytes()].concat());
        self.key.code(told.expose())
    }
}

impl Try<'_> {
    /// It was no guess: the bank agreed, or was not there.
    pub(super) async fn forgive(self) {
        let mut today = self.tries.today.lock().await;
        if let Some(making) = today.making.get_mut(&self.card) {
            *making = making.saturating_sub(1);
        }
        today.making.retain(|_, making| *making > 0);
    }

    /// It was one. This answers when that is on the disk: only then may anybody hear so.
    pub(super) async fn count(self) -> Result<(), Uncommitted> {
        let tally = Tally { register: REGISTER, period: self.day, key: self.card.to_vec() };
        let change = Change { tallies: vec![tally], ..Change::default() };
        self.tries.store.commit(change).await?;
        self.forgive().await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use openset_node::store::sqlite::Sqlite;
    use tempfile::TempDir;

    use super::*;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(seconds).expect("a time")
    }

    fn noon() -> UnixTime {
        at(20_000 * DAY_S + DAY_S / 2)
    }

    fn pan(digits: &str) -> Pan {
        Pan::parse(digits).expect("a test card")
    }

    fn folder() -> TempDir {
        tempfile::tempdir().expect("a folder")
    }

    /// The tries as an authority finds them that is started now.
    fn start(folder: &TempDir) -> Tries {
        let store = Sqlite::open(&folder.path().join("store.db")).expect("a store");
        Tries::open(folder.path(), Arc::new(store)).expect("a key")
    }

    async fn guess(tries: &Tries, card: &Pan, now: UnixTime, most: u32) -> bool {
        let begun = tries.begin(card, now, most).await.expect("a store");
        match begun {
            Some(begun) => begun.count().await.map(|()| true).expect("a store"),
            None => false,
        }
    }

    #[tokio::test]
    async fn a_card_is_tried_so_often_a_day_and_others_are_not_affected() {
        let folder = folder();
        let (tries, noon) = (start(&folder), noon());
        let (one, other) = (pan("9999990000064242"), pan("9999990000040002"));
        for _ in 0..2 {
            assert!(guess(&tries, &one, noon, 2).await);
        }
        assert!(!guess(&tries, &one, noon, 2).await);
        assert!(guess(&tries, &other, noon, 2).await);
        assert!(!guess(&tries, &one, at(20_001 * DAY_S - 1), 2).await, "the same day");
        assert!(guess(&tries, &one, at(20_001 * DAY_S), 2).await, "the next day");
        assert!(!guess(&tries, &one, noon, 1).await, "a clock that is set back");
    }

    #[tokio::test]
    async fn guesses_are_not_forgotten_when_the_authority_is_started_anew() {
        let folder = folder();
        let card = pan("9999990000064242");
        for started in 0..5 {
            let may = guess(&start(&folder), &card, noon(), 3).await;
            assert_eq!(may, started < 3, "start {started}");
        }
        let tomorrow = noon().plus_s(DAY_S);
        assert!(guess(&start(&folder), &card, tomorrow, 1).await, "a new day");
        let tries = start(&folder);
        assert!(!guess(&tries, &card, noon(), 1).await, "a clock that is set back");
    }

    #[tokio::test]
    async fn what_was_counted_is_no_card_number_and_gone_on_the_next_day() {
        let folder = folder();
        let tries = start(&folder);
        let card = pan("9999990000064242");
        assert!(guess(&tries, &card, noon(), 3).await);
        let code = tries.card(&card, 20_000);
        assert_eq!(tries.store.tally(REGISTER, 20_000, &code).await, Ok(1));
        assert_ne!(code, tries.card(&card, 20_001), "another code on another day");
        for file in ["store.db", "store.db-wal"] {
            let octets = fs::read(folder.path().join(file)).expect("a file");
            let digits = card.expose().as_bytes();
            assert!(!octets.windows(digits.len()).any(|found| found == digits), "{file}");
        }
        assert!(guess(&tries, &pan("9999990000040002"), noon().plus_s(DAY_S), 3).await);
        assert_eq!(tries.store.tally(REGISTER, 20_000, &code).await, Ok(0));
        assert_eq!(tries.store.tally_period(REGISTER).await, Ok(Some(20_001)));
    }

    #[tokio::test]
    async fn a_forgiven_try_does_not_count_and_one_of_yesterday_takes_nothing_from_today() {
        let folder = folder();
        let (tries, noon) = (start(&folder), noon());
        let card = pan("9999990000064242");
        for _ in 0..9 {
            let begun = tries.begin(&card, noon, 1).await.expect("a store");
            begun.expect("one left").forgive().await;
        }
        let late = tries.begin(&card, noon, 1).await.expect("a store").expect("one left");
        let tomorrow = noon.plus_s(DAY_S);
        assert!(tries.begin(&card, tomorrow, 1).await.expect("a store").is_some(), "a new day");
        late.forgive().await;
        assert!(tries.begin(&card, tomorrow, 1).await.expect("a store").is_none());
    }

    #[test]
    fn a_key_that_is_none_is_no_fresh_start() {
        let folder = folder();
        fs::write(folder.path().join(KEY), "not hex").expect("a file");
        let store = Sqlite::open(&folder.path().join("store.db")).expect("a store");
        let opened = Tries::open(folder.path(), Arc::new(store)).err().expect("refused");
        assert!(opened.to_string().contains("is no key in hex"), "{opened}");
    }
}
