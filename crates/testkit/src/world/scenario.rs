//! What is drawn of a run before it begins: who orders what, and how bad the weather is.

use openset_protocol::merchant;
use openset_types::{Currency, Money, RefundKind};

use super::{
    StopAt,
    enrolling::{Answers, Enrolling, Who},
    network::{Cut, LINES, Moment, Weather},
    people::{Deed, GivesUp, Plan, Shopper},
    planted::Planted,
};
use crate::{draws::Draws, pki::CARDS};

/// A run before it begins.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What the rest is drawn from.
    pub seed: u64,
    /// The orders.
    pub plans: Vec<Plan>,
    /// The applications for certificates.
    pub enrolments: Vec<Enrolling>,
    /// The weather.
    pub weather: Weather,
    /// What a thief does, and when.
    pub thefts: Vec<(Moment, Deed)>,
    /// A fault that must be noticed.
    pub planted: Option<Planted>,
    /// A crash at one step instead of many by chance.
    pub stop_at: Option<StopAt>,
}

/// How long the bad weather lasts, in milliseconds.
const BAD_MS: (u64, u64) = (30_000, 900_000);
/// Sets what is given back apart from all that is drawn of the same seed.
const GIVING_BACK: u64 = 0x6261_636b;
/// How many parties enrol in one run.
const ENROLMENTS_MAX: u64 = 4;

impl Scenario {
    /// The scenario of a seed.
    pub fn drawn(seed: u64) -> Self {
        let mut draws = Draws::new(seed);
        let heals_at = draws.between(BAD_MS.0, BAD_MS.1);
        let plans = (0..draws.between(1, 3)).map(|_| plan(&mut draws, heals_at));
        let mut plans: Vec<_> = plans.collect();
        let enrolments = 0..draws.below(ENROLMENTS_MAX + 1);
        let enrolments = enrolments.map(|_| enrolling(&mut draws, heals_at)).collect();
        let weather = weather(&mut draws, heals_at);
        let deeds = [Deed::PresentsConsentAgain, Deed::PresentsCaptureAgain];
        let thefts = (0..draws.below(4))
            .map(|_| (draws.between(1_000, heals_at), *draws.one_of(&deeds)))
            .collect();
        let seed = draws.number();
        // Last, so that everything else of a seed stays as it was.
        for plan in &mut plans {
            plan.gives_up = gives_up(&mut draws);
        }
        for plan in &mut plans {
            plan.taken = taken(&mut draws, plan.amount);
        }
        Self { seed, plans, enrolments, weather, thefts, planted: None, stop_at: None }
    }

    /// One order, paid at once with a card, all of it taken, on a calm day.
    pub fn calm(card: usize) -> Self {
        let shopper = Shopper {
            card,
            begins_after_ms: 1_000,
            thinks_ms: 3_000,
            consents: true,
            inquires_after_ms: None,
        };
        let amount = Money::new(4_200, CARDS[card].currency()).expect("within range");
        let (shoppers, takes, gives_back) = (vec![shopper], Some(1_000), Vec::new());
        let taken = merchant::Plan::default();
        let plan =
            Plan { amount, placed_at: 0, shoppers, taken, takes, gives_back, gives_up: None };
        Self {
            seed: 1,
            plans: vec![plan],
            enrolments: Vec::new(),
            weather: Weather::calm(),
            thefts: Vec::new(),
            planted: None,
            stop_at: None,
        }
    }

    /// The same where so many thousandths are authorized with the order, and the rest as it goes
    /// out.
    #[must_use]
    pub fn in_parts(mut self, first: u64) -> Self {
        for plan in &mut self.plans {
            let first = Money::new(plan.amount.minor() * first / 1_000, plan.amount.currency());
            plan.taken = merchant::Plan::Parts { first: first.expect("a part") };
        }
        self
    }

    /// The same where the shop gives up all but so many thousandths, and takes nothing.
    #[must_use]
    pub fn given_up(mut self, keeps: u64) -> Self {
        for plan in &mut self.plans {
            plan.gives_up = Some(GivesUp { after_ms: 0, keeps, is_patient: true });
            plan.takes = None;
        }
        self
    }

    /// Somebody enrols on a calm day, and nothing else happens.
    pub fn enrolment(who: Who) -> Self {
        let enrolling = Enrolling {
            who,
            key: 0,
            begins_at: 1_000,
            thinks_ms: 3_000,
            answers: Answers::Rightly,
        };
        Self { plans: Vec::new(), enrolments: vec![enrolling], ..Self::calm(0) }
    }

    /// The same without any orders.
    #[must_use]
    pub fn without_orders(self) -> Self {
        Self { plans: Vec::new(), thefts: Vec::new(), ..self }
    }

    /// The same, and the shop gives money back of every order: what and how much is drawn apart, so
    /// that all else is as it was.
    #[must_use]
    pub fn giving_back(mut self) -> Self {
        let mut draws = Draws::new(self.seed ^ GIVING_BACK);
        for plan in &mut self.plans {
            plan.takes = plan.takes.or(Some(1_000));
            plan.gives_back = (0..draws.between(1, 5)).map(|_| gift(&mut draws)).collect();
        }
        self
    }

    /// The same with a planted fault.
    #[must_use]
    pub fn planted(self, planted: Planted) -> Self {
        Self { planted: Some(planted), ..self }
    }
}

fn gift(draws: &mut Draws) -> (RefundKind, u64) {
    let kinds = [RefundKind::CaptureReversal, RefundKind::Credit, RefundKind::CreditReversal];
    (*draws.one_of(&kinds), *draws.one_of(&[1_000, 500, 300, 1]))
}

fn plan(draws: &mut Draws, heals_at: Moment) -> Plan {
    let dollar = Currency::from_code("USD").expect("in the table");
    let currency = if draws.happens(200) { dollar } else { Currency::EUR };
    let amount = Money::new(draws.between(1, 50_000), currency).expect("within range");
    let shoppers = (0..draws.between(1, 2)).map(|_| shopper(draws)).collect();
    let takes = match draws.below(4) {
        0 => None,
        1 => Some(draws.between(1, 999)),
        _ => Some(1_000),
    };
    let placed_at = draws.below(heals_at / 2);
    let (taken, gives_back) = (merchant::Plan::default(), Vec::new());
    Plan { amount, placed_at, shoppers, taken, takes, gives_back, gives_up: None }
}

/// When the money is taken.
fn taken(draws: &mut Draws, amount: Money) -> merchant::Plan {
    match draws.below(10) {
        0..3 => merchant::Plan::Sale,
        3..6 => {
            let first = Money::new(draws.between(1, amount.minor()), amount.currency());
            merchant::Plan::Parts { first: first.expect("a part") }
        }
        _ => merchant::Plan::Held,
    }
}

fn gives_up(draws: &mut Draws) -> Option<GivesUp> {
    draws.happens(400).then(|| GivesUp {
        after_ms: draws.below(120_000),
        keeps: if draws.happens(500) { 0 } else { draws.below(1_000) },
        is_patient: draws.happens(500),
    })
}

fn shopper(draws: &mut Draws) -> Shopper {
    let cards: Vec<usize> = (0..CARDS.len()).collect();
    Shopper {
        card: if draws.happens(500) { 0 } else { *draws.one_of(&cards) },
        begins_after_ms: draws.below(60_000),
        thinks_ms: draws.below(20_000),
        consents: draws.happens(900),
        inquires_after_ms: draws.happens(300).then(|| draws.below(120_000)),
    }
}

fn enrolling(draws: &mut Draws, heals_at: Moment) -> Enrolling {
    let cards: Vec<usize> = (0..CARDS.len()).collect();
    let who = match draws.below(4) {
        0 => Who::Merchant,
        1 => Who::Gateway,
        _ => Who::Cardholder(*draws.one_of(&cards)),
    };
    // Now and then two applicants have the same key.
    let key = if draws.happens(400) { 0 } else { 8 * draws.below(3) as usize };
    let answers = match draws.below(10) {
        0 => Answers::Never,
        1 | 2 => Answers::WronglyFirst,
        _ => Answers::Rightly,
    };
    let begins_at = draws.below(heals_at / 2);
    Enrolling { who, key, begins_at, thinks_ms: draws.below(20_000), answers }
}

fn weather(draws: &mut Draws, heals_at: Moment) -> Weather {
    let cut = |draws: &mut Draws| {
        let begins_at = draws.below(heals_at);
        let (one, other) = *draws.one_of(&LINES);
        let (from, to) = if draws.happens(500) { (one, other) } else { (other, one) };
        Cut { from, to, begins_at, ends_at: draws.between(begins_at, heals_at) }
    };
    Weather {
        lost: draws.below(250),
        repeated: draws.below(250),
        delay_ms_max: *draws.one_of(&[50, 500, 5_000, 12_000]),
        late_ms_max: *draws.one_of(&[1_000, 60_000, 1_200_000]),
        crashes: draws.below(60),
        cuts: (0..draws.below(4)).map(|_| cut(draws)).collect(),
        heals_at,
    }
}
