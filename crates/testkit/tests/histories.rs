//! Abuse case 5 at the banks: a million random steps of authorizations, reversals, captures and
//! clearing, by gateways that ask for anything, and an auditor that believes only what the banks
//! answered.
//!
//! The gateway's own refusals are left out on purpose: what it should have refused meets the banks
//! here. `OPENSET_SEED=4711 cargo test -p openset-testkit --test histories` runs one history again.

use std::collections::BTreeMap;

use openset_bank::{
    acquirer::{Acquirer, Fees, Merchant},
    iso8583::ResponseCode,
    issuer::{CardAccount, FileAnswer, Issuer, Standing},
    ledger::{CardId, HoldState},
};
use openset_testkit::draws::Draws;
use openset_types::{
    ApprovalCode, AuthorizationRequest, Bin, CaptureAdvice, CardExpiry, Currency, MerchantCategory,
    MerchantId, Money, Pan, RetrievalReference, ReversalAdvice, SystemTrace, Trace, UnixTime,
};

/// How many histories, each with banks of its own, and how long each is.
const HISTORIES: u64 = 1_000;
const STEPS: u64 = 1_000;
/// What is wrong once stays wrong: no hold is ever posted less of.
const AUDITED_EVERY: u64 = 10;
/// So many authorizations are asked for in one history at most: they meet again and again.
const NUMBERS: u64 = 120;
const PAN: &str = "4111111111111111";

#[expect(clippy::disallowed_methods, reason = "a test is told by its environment what to run")]
fn seeds() -> Vec<u64> {
    match std::env::var("OPENSET_SEED") {
        Ok(seed) => vec![seed.parse().expect("a number")],
        Err(_) => (0..HISTORIES).collect(),
    }
}

#[test]
fn no_history_takes_more_than_was_authorized() {
    let mut seen = Seen::default();
    for seed in seeds() {
        let mut history = History::new(seed);
        for step in 1..=STEPS {
            history.step();
            if step % AUDITED_EVERY > 0 {
                continue;
            }
            if let Err(wrong) = history.audit() {
                panic!("OPENSET_SEED={seed}, step {step}: {wrong}");
            }
        }
        seen.add(&history.seen);
    }
    let Seen { approved, reversed, taken, refused, posted, rejected } = seen;
    // A history in which nothing happens proves nothing.
    for (what, count) in [
        ("approved", approved),
        ("reversed", reversed),
        ("taken", taken),
        ("refused", refused),
        ("posted", posted),
        ("rejected", rejected),
    ] {
        assert!(count > 0, "nothing was {what}");
    }
}

/// What happened, counted.
#[derive(Default)]
struct Seen {
    approved: u64,
    reversed: u64,
    taken: u64,
    refused: u64,
    posted: u64,
    rejected: u64,
}

impl Seen {
    fn add(&mut self, other: &Self) {
        self.approved += other.approved;
        self.reversed += other.reversed;
        self.taken += other.taken;
        self.refused += other.refused;
        self.posted += other.posted;
        self.rejected += other.rejected;
    }
}

/// What an auditor has heard of one authorization.
#[derive(Default)]
struct Heard {
    /// How much the issuer agreed to, and its word for it.
    approved: Option<(Money, ApprovalCode)>,
    /// The issuer said that nothing is held.
    is_undone: bool,
    /// What the acquirer took note of.
    taken: Option<Money>,
}

struct History {
    draws: Draws,
    issuer: Issuer,
    acquirer: Acquirer,
    heard: BTreeMap<u64, Heard>,
    /// What the issuer has paid.
    paid_minor: u64,
    now: UnixTime,
    seen: Seen,
}

impl History {
    fn new(seed: u64) -> Self {
        let mut issuer = Issuer::new(bank("411111"));
        issuer.open(CardAccount {
            id: CardId(1),
            pan: Pan::parse(PAN).expect("a public test number"),
            expiry: expiry(),
            credit_line: euro(1_000_000),
            day_limit: euro(1_000_000),
            standing: Standing::Open,
        });
        let mut acquirer = Acquirer::new(bank("999998"), "Demo Acquirer");
        for id in MERCHANTS {
            let (id, account) = (merchant(id), id.to_owned());
            let name = account.clone();
            acquirer.sign_up(Merchant {
                id,
                name,
                account,
                fees: Fees::new(120, Vec::new()).expect("a small share"),
                earlier_fees: Vec::new(),
                batches: openset_bank::acquirer::BatchControl::Acquirer,
            });
        }
        Self {
            draws: Draws::new(seed),
            issuer,
            acquirer,
            heard: BTreeMap::new(),
            paid_minor: 0,
            now: UnixTime::new(1_800_000_000).expect("after 1970"),
            seen: Seen::default(),
        }
    }

    fn step(&mut self) {
        match self.draws.below(100) {
            0..40 => self.authorize(),
            40..55 => self.reverse(),
            55..95 => self.capture(),
            95..98 => self.clear(),
            _ => self.now = self.now.plus_s(3_600),
        }
    }

    fn number(&mut self) -> u64 {
        self.draws.below(NUMBERS)
    }

    fn amount(&mut self) -> Money {
        euro(self.draws.below(30) * 100)
    }

    /// Asks for a new authorization, or for one that was asked for before, with any amount.
    fn authorize(&mut self) {
        let (number, amount) = (self.number(), self.amount());
        let request = AuthorizationRequest {
            trace: trace(6_327, number),
            pan: Pan::parse(PAN).expect("a public test number"),
            expiry: expiry(),
            amount,
            merchant: merchant(self.draws.one_of::<&str>(&MERCHANTS)),
            category: MerchantCategory::parse("5999").expect("four digits"),
        };
        let draw = u32::try_from(self.draws.below(1 << 32)).expect("below it");
        let decision = self.issuer.authorize(&request, self.now, draw).answer;
        let decision = decision.expect("this card is answered for");
        if let (ResponseCode::Approved, Some(word)) = (decision.code, decision.approval_code) {
            let heard = self.heard.entry(number).or_default();
            if heard.approved.is_none() {
                heard.approved = Some((amount, word));
                self.seen.approved += 1;
            }
        }
    }

    fn reverse(&mut self) {
        let (number, any) = (self.number(), self.amount());
        let approved = self.heard.get(&number).and_then(|heard| heard.approved.as_ref());
        let honest = approved.map_or(any, |(amount, _)| *amount);
        let amount = if self.draws.happens(900) { honest } else { any };
        let advice = ReversalAdvice {
            original: trace(6_327, number),
            trace: trace(7_327, number),
            pan: Pan::parse(PAN).expect("a public test number"),
            amount,
            remains: euro(0),
            merchant: merchant(MERCHANTS[0]),
        };
        if self.issuer.reverse(&advice, self.now).answer == ResponseCode::Approved {
            self.heard.entry(number).or_default().is_undone = true;
            self.seen.reversed += 1;
        }
    }

    /// Takes money: of what was authorized or not, as much of it or more, once or again.
    fn capture(&mut self) {
        let (number, amount) = (self.number(), self.amount());
        let heard = self.heard.entry(number).or_default();
        let word = heard.approved.as_ref().map(|(_, word)| word.clone());
        let guess = ApprovalCode::parse("000000").expect("six characters");
        let advice = CaptureAdvice {
            trace: trace(8_327, number),
            authorization: trace(6_327, number).retrieval,
            approval_code: word.unwrap_or(guess),
            issuer: bank("411111"),
            amount,
            merchant: merchant(self.draws.one_of::<&str>(&MERCHANTS)),
            batch: None,
        };
        if self.acquirer.take_capture(&advice, self.now).answer != ResponseCode::Approved {
            self.seen.refused += 1;
        } else if heard.taken.is_none_or(|before| before == amount) {
            heard.taken = Some(amount);
            self.seen.taken += 1;
        } else {
            panic!("{number} is taken from twice: {:?} and {amount}", heard.taken);
        }
    }

    /// Clears what waits; now and then an answer gets lost and the file is presented again.
    fn clear(&mut self) {
        for cleared in self.acquirer.clear(self.now).answer {
            let taken = self.issuer.take_file(&cleared.file, cleared.presentation, self.now);
            let taken = taken.expect("the sums fit");
            // Files say it once: a second presentation posts nothing.
            let is_new = !taken.records.is_empty();
            match taken.answer {
                FileAnswer::Settled(settlement) => {
                    if is_new {
                        self.paid_minor += settlement.amount.minor();
                        self.seen.posted += 1;
                    }
                    if self.draws.happens(700) {
                        let settled = self.acquirer.settled(&settlement, self.now);
                        assert!(settled.is_ok(), "an honest answer is taken: {:?}", settled.err());
                    }
                }
                FileAnswer::Rejected(rejection) => {
                    self.seen.rejected += 1;
                    let rejected = self.acquirer.rejected(&rejection, self.now);
                    assert!(rejected.is_ok(), "an honest answer is taken: {:?}", rejected.err());
                }
            }
        }
    }

    /// What must hold at any time.
    fn audit(&self) -> Result<(), String> {
        let mut posted_minor = 0;
        for hold in self.issuer.holds() {
            let digits = hold.authorization.as_str();
            let number: u64 = digits[4..].parse().map_err(|_| format!("{digits}?"))?;
            let heard = self.heard.get(&number);
            let approved = heard.and_then(|heard| heard.approved.as_ref());
            let Some((approved, _)) = approved else {
                return Err(format!("{number} is held, and nobody was told so"));
            };
            let HoldState::Posted(posted) = hold.state else { continue };
            if posted.minor() > approved.minor() {
                return Err(format!("{number}: {posted} of {approved}"));
            }
            if heard.is_some_and(|heard| heard.is_undone) {
                return Err(format!("{number}: {posted} of what was undone"));
            }
            posted_minor += posted.minor();
        }
        if posted_minor != self.paid_minor {
            return Err(format!("{posted_minor} posted, {} paid", self.paid_minor));
        }
        match self.issuer.ledger().is_balanced() && self.acquirer.ledger().is_balanced() {
            true => Ok(()),
            false => Err("a ledger does not balance".to_owned()),
        }
    }
}

const MERCHANTS: [&str; 2] = ["ATELIER-LUMEN", "MAISON-NORD"];

fn trace(prefix: u64, number: u64) -> Trace {
    let retrieval = RetrievalReference::parse(&format!("{prefix}{number:08}"));
    Trace {
        retrieval: retrieval.expect("twelve digits"),
        system: SystemTrace::parse(&format!("{number:06}")).expect("six digits"),
        asked_at: UnixTime::new(1_800_000_000).expect("after 1970"),
    }
}

fn euro(minor: u64) -> Money {
    Money::new(minor, Currency::EUR).expect("within range")
}

fn bank(digits: &str) -> Bin {
    Bin::parse(digits).expect("six digits")
}

fn merchant(id: &str) -> MerchantId {
    MerchantId::parse(id).expect("a number")
}

fn expiry() -> CardExpiry {
    CardExpiry::parse("203012").expect("a month")
}
