//! An issuer: its holds and its ledger against its messages and files.

use std::collections::{BTreeMap, BTreeSet};

use openset_types::{Money, RetrievalReference, UnixTime};

use crate::{
    books::{self, Account as In, Hold},
    files::{Clearing, Document, Settlement},
    ledger::{self, Expected},
    report::{Difference, MESSAGES, NOTHING, What, said},
    sales::{Sale, SaleId, Sales, Terms},
    testimony::{Testimony, Way},
};

/// What an issuer's messages come to.
pub(crate) struct Account<'a> {
    pub(crate) of: &'a Testimony,
    pub(crate) sales: BTreeMap<SaleId, Sale>,
    /// Sales by their references: an issuer has given each once.
    references: BTreeMap<RetrievalReference, SaleId>,
    /// The files that came, by name, and what was paid for them.
    pub(crate) files: BTreeMap<String, Taken>,
    pub(crate) found: Vec<Difference>,
}

/// A clearing file and what was paid for it.
pub(crate) struct Taken {
    pub(crate) clearing: Clearing,
    pub(crate) paid: Option<Settlement>,
}

impl<'a> Account<'a> {
    pub(crate) fn of(of: &'a Testimony, now: UnixTime) -> Self {
        let Sales { by_id: sales, found } = Sales::of(of);
        let references = sales.keys().map(|id| (id.reference.clone(), id.clone())).collect();
        let mut account = Self { of, sales, references, files: BTreeMap::new(), found };
        account.take_files();
        account.compare_holds(now);
        account.compare_cards();
        account.compare_files();
        account.compare_refunds();
        let expected = account.entries();
        account.found.extend(ledger::compare(account.folder(), &of.books.entries, expected));
        account
    }

    pub(crate) fn folder(&self) -> &'a str {
        &self.of.party().folder
    }

    /// A sale by its reference.
    pub(crate) fn sale(&self, reference: &RetrievalReference) -> Option<(&SaleId, &Sale)> {
        self.sales.get_key_value(self.references.get(reference)?)
    }

    /// Every sale that was paid for, with its file and amount.
    fn cleared(&self) -> BTreeMap<&RetrievalReference, (&str, Money)> {
        let paid = self.files.iter().filter(|(_, taken)| taken.paid.is_some());
        paid.flat_map(|(file, taken)| {
            let sales = taken.clearing.sales.iter().filter(|sale| sale.credit.is_none());
            sales.map(move |sale| (&sale.reference, (file.as_str(), sale.amount)))
        })
        .collect()
    }

    fn take_files(&mut self) {
        for file in &self.of.files {
            match (&file.says, file.way) {
                (Document::Clearing(clearing), Way::In) => {
                    // What comes again says that it does, and is the same otherwise.
                    let name = clearing.file.clone();
                    let taken = Taken { clearing: clearing.clone(), paid: None };
                    self.files.entry(name).or_insert(taken);
                }
                (Document::Settlement(paid), Way::Out) => self.pay(paid),
                _ => {}
            }
        }
    }

    fn pay(&mut self, paid: &Settlement) {
        let about = format!("file {}", paid.file);
        let between = [self.folder(), MESSAGES];
        let Some(taken) = self.files.get_mut(&paid.file) else {
            let says = [said(Some(paid.amount)), "no such file came".to_owned()];
            self.found.push(Difference::new(What::FileMissing, about, between, says));
            return;
        };
        let owed = taken.clearing.total;
        if !paid.is_for(&taken.clearing) || !taken.clearing.adds_up {
            let says = [said(Some(paid.amount)), said(Some(owed))];
            self.found.push(Difference::new(What::FileDiffers, about, between, says));
        }
        taken.paid.get_or_insert_with(|| paid.clone());
    }

    fn compare_holds(&mut self, now: UnixTime) {
        let mut found = Vec::new();
        let cleared = self.cleared();
        for hold in &self.of.books.holds {
            let posted = cleared.get(&hold.authorization).map(|(_, amount)| *amount);
            let wrong = match self.sale(&hold.authorization) {
                Some((_, sale)) => judge(hold, sale, posted, now),
                None => Some((What::HoldUnasked, NOTHING.to_owned())),
            };
            found.extend(wrong.map(|(what, says)| {
                let about = format!("hold {}", hold.authorization);
                let own = format!("{} {}", hold.amount, books::state(&hold.state).0);
                Difference::new(what, about, [self.folder(), MESSAGES], [own, says])
            }));
        }
        let written: BTreeSet<_> =
            self.of.books.holds.iter().map(|hold| &hold.authorization).collect();
        for (id, sale) in &self.sales {
            if let Some(held) = &sale.held
                && !written.contains(&id.reference)
            {
                let says = [NOTHING.to_owned(), said(Some(held.amount))];
                let between = [self.folder(), MESSAGES];
                let about = format!("hold {}", id.reference);
                found.push(Difference::new(What::HoldMissing, about, between, says));
            }
        }
        self.found.extend(found);
    }

    /// Two cards are never one account. What is kept of their numbers tells them apart.
    fn compare_cards(&mut self) {
        let mut seen: BTreeMap<u32, &str> = BTreeMap::new();
        let mut found = Vec::new();
        for hold in &self.of.books.holds {
            let sale = self.sale(&hold.authorization);
            let card = sale.and_then(|(_, sale)| sale.asked.first()?.card.as_deref());
            let Some(card) = card else { continue };
            if *seen.entry(hold.card).or_insert(card) != card {
                let about = format!("hold {} on card {:06}", hold.authorization, hold.card);
                let says = ["this account", "another card"];
                let between = [self.folder(), MESSAGES];
                found.push(Difference::new(What::CardDiffers, about, between, says));
            }
        }
        self.found.extend(found);
    }

    fn compare_files(&mut self) {
        let mut found = Vec::new();
        let mut written = BTreeSet::new();
        for taken in &self.of.books.taken {
            let books::ClearingFile { id, items, total } = &taken.file;
            written.insert(id.as_str());
            let paid = self.files.get(id).and_then(|file| file.paid.as_ref());
            let came = self.files.get(id).map(|file| &file.clearing);
            let is_same = paid.is_some_and(|paid| paid.amount == taken.settlement.amount)
                && came.is_some_and(|came| came.total == *total && came.sales.len() == items.len());
            if !is_same {
                let about = format!("file {id}");
                let says = [*total, taken.settlement.amount].map(|sum| said(Some(sum)));
                let own = format!("{}, paid {}", says[0], says[1]);
                let came = said(came.map(|came| came.total));
                let derived = format!("{came}, paid {}", said(paid.map(|paid| paid.amount)));
                let between = [self.folder(), MESSAGES];
                found.push(Difference::new(What::FileDiffers, about, between, [own, derived]));
            }
        }
        for (id, file) in &self.files {
            if let Some(paid) = &file.paid
                && !written.contains(id.as_str())
            {
                let says = [NOTHING.to_owned(), said(Some(paid.amount))];
                let between = [self.folder(), MESSAGES];
                found.push(Difference::new(What::FileMissing, format!("file {id}"), between, says));
            }
        }
        self.found.extend(found);
    }

    /// No card is given back more of a sale than it paid.
    fn compare_refunds(&mut self) {
        let mut given: BTreeMap<&RetrievalReference, Option<Money>> = BTreeMap::new();
        let paid = self.files.values().filter(|taken| taken.paid.is_some());
        for credit in paid.flat_map(|taken| &taken.clearing.sales) {
            if credit.credit.is_some() {
                let nothing = Some(Money::zero(credit.amount.currency()));
                let sum = given.entry(&credit.reference).or_insert(nothing);
                *sum = sum.and_then(|sum| sum.plus(credit.amount).ok());
            }
        }
        let cleared = self.cleared();
        let mut found = Vec::new();
        for (reference, sum) in given {
            let taken = cleared.get(reference).map(|(_, amount)| *amount);
            let is_so = taken.zip(sum).is_some_and(|(taken, sum)| taken.minus(sum).is_ok());
            if !is_so {
                let says = [said(sum), said(taken)];
                let between = [self.folder(), MESSAGES];
                let about = format!("sale {reference}");
                found.push(Difference::new(What::RefundedMore, about, between, says));
            }
        }
        self.found.extend(found);
    }

    /// Each sale is owed by its card and due to the acquirer, each credit the other way round;
    /// then the file is paid.
    fn entries(&self) -> Vec<Expected> {
        let holds: BTreeMap<_, _> =
            self.of.books.holds.iter().map(|hold| (&hold.authorization, hold.card)).collect();
        let mut expected = Vec::new();
        for (id, taken) in &self.files {
            let Some(paid) = &taken.paid else { continue };
            let in_order = |sides: [In; 2]| match (taken.clearing.is_credit, sides) {
                (true, [debit, credit]) => [credit, debit],
                (false, sides) => sides,
            };
            let due = || In::Clearing(taken.clearing.acquirer.clone());
            for sale in &taken.clearing.sales {
                // A sale without a hold is a difference already.
                let Some(card) = holds.get(&sale.reference) else { continue };
                let sides = in_order([In::Card(*card), due()]);
                expected.push(Expected::pair("cleared", sale.name(), sides, sale.amount));
            }
            let sides = in_order([due(), In::Central]);
            expected.push(Expected::pair("settled", id, sides, paid.amount));
        }
        expected
    }
}

/// What is wrong with a hold by what the messages say of its sale.
fn judge(hold: &Hold, sale: &Sale, posted: Option<Money>, now: UnixTime) -> Option<(What, String)> {
    let is_it =
        |terms: &Terms| terms.amount == hold.amount && terms.merchant == hold.merchant.as_str();
    let Some(held) = &sale.held else {
        // A question without an answer: the bank may have decided either way.
        let may_be = sale.is_undecided && sale.asked.iter().any(is_it);
        return (!may_be).then(|| (What::HoldUnasked, NOTHING.to_owned()));
    };
    let lowered = sale.lowered.unwrap_or(held.amount);
    let held = &Terms { amount: lowered, ..held.clone() };
    if !is_it(held) || held.approval.as_ref() != Some(&hold.approval_code) {
        let approval = held.approval.as_ref().map_or(NOTHING, |code| code.as_str());
        return Some((What::HoldDiffers, format!("{}, approval code {approval}", held.amount)));
    }
    let (state, amount) = books::state(&hold.state);
    let amount: Option<Money> =
        amount.and_then(|amount| serde_json::from_value(amount.clone()).ok());
    let is_so = match state {
        "placed" => posted.is_none() && !sale.is_released,
        "posted" => posted.is_some() && posted == amount,
        "released" => posted.is_none() && sale.is_released,
        "expired" => posted.is_none() && now >= hold.expires_at,
        _ => false,
    };
    let derived = match posted {
        Some(posted) => format!("posted for {posted}"),
        None if sale.is_released => "released".to_owned(),
        None => "placed".to_owned(),
    };
    (!is_so).then_some((What::HoldDiffers, derived))
}
