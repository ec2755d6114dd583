//! An acquirer: its captures, files, credits and ledger against its messages.

use std::collections::{BTreeMap, BTreeSet};

use openset_types::{Money, RetrievalReference};

use crate::{
    batches,
    books::{self, Account as In, Capture, Flow, Side, Signed},
    claims::{self, Claim, Claims, Presentations},
    files::{Clearing, Document, Presented, Settlement, Statement},
    ledger::{self, Expected, line},
    report::{Difference, MESSAGES, NOTHING, What, said},
    sales::{Sale, SaleId, Sales},
    testimony::{Testimony, Way},
};

/// What an acquirer's messages come to.
pub(crate) struct Account<'a> {
    pub(crate) of: &'a Testimony,
    pub(crate) sales: BTreeMap<SaleId, Sale>,
    /// Sales and credits by their names.
    pub(crate) claims: Claims,
    /// The files that left, by name, and what came of them.
    pub(crate) files: BTreeMap<String, Sent>,
    pub(crate) found: Vec<Difference>,
}

/// A clearing file and what came of it.
pub(crate) struct Sent {
    pub(crate) clearing: Clearing,
    pub(crate) outcome: Outcome,
    /// Orders to credit merchants for it, or lines of statements that debit them: account and
    /// amount.
    pub(crate) orders: Vec<(String, Money)>,
}

/// What came of a file.
pub(crate) enum Outcome {
    Unanswered,
    /// The issuer refuses these, at this place of the journal, and with them the file.
    Rejected(i64, Vec<RetrievalReference>),
    Paid(Settlement),
}

/// What a merchant is credited for a file, or debited.
pub(crate) struct Credited<'a> {
    pub(crate) is_debit: bool,
    pub(crate) file: &'a str,
    pub(crate) merchant: &'a Signed,
    pub(crate) gross: Money,
    pub(crate) fee: Money,
    pub(crate) net: Money,
}

impl<'a> Account<'a> {
    pub(crate) fn of(of: &'a Testimony) -> Self {
        let Sales { by_id: sales, found } = Sales::of(of);
        let mut presented = Presentations::new();
        for file in of.files.iter().filter(|file| file.way == Way::Out) {
            if let Document::Clearing(clearing) = &file.says {
                claims::note(&mut presented, clearing, file.number);
            }
        }
        let claims = claims::of(&sales, &presented);
        let mut account = Self { of, sales, claims, files: BTreeMap::new(), found };
        account.take_files();
        account.compare_captures();
        account.compare_refunds();
        account.compare_files();
        account.found.extend(batches::compare(of));
        let found = account.compare_credits();
        account.found.extend(found);
        let expected = account.entries();
        account.found.extend(ledger::compare(account.folder(), &of.books.entries, expected));
        account
    }

    pub(crate) fn folder(&self) -> &'a str {
        &self.of.party().folder
    }

    fn differ(&mut self, what: What, about: String, says: [String; 2]) {
        self.found.push(Difference::new(what, about, [self.folder(), MESSAGES], says));
    }

    fn take_files(&mut self) {
        for file in &self.of.files {
            match (&file.says, file.way) {
                (Document::Clearing(clearing), Way::Out) => self.present(clearing, file.number),
                (Document::Settlement(paid), Way::In) => {
                    self.outcome(&paid.file, Outcome::Paid(paid.clone()));
                }
                (Document::Rejection { file: name, sales }, Way::In) if !sales.is_empty() => {
                    self.outcome(name, Outcome::Rejected(file.number, sales.clone()));
                }
                (Document::Statement(statement), Way::Out) => self.debit(statement),
                (Document::Order { file, account, amount }, Way::Out) => {
                    match self.files.get_mut(file) {
                        Some(sent) => sent.orders.push((account.clone(), *amount)),
                        None => self.unsent(file, said(Some(*amount))),
                    }
                }
                _ => {}
            }
        }
    }

    /// A file that leaves says of each sale what was captured, once.
    fn present(&mut self, clearing: &Clearing, place: i64) {
        let about = || format!("file {}", clearing.file);
        if !clearing.adds_up {
            let says = [said(Some(clearing.total)), "sales of another sum".to_owned()];
            self.differ(What::FileDiffers, about(), says);
        }
        for sale in &clearing.sales {
            let id = name(clearing, sale);
            let claim = self.claims.get(&id);
            if !claim.is_some_and(|claim| claim.is_as(sale, place)) {
                let derived = claim.and_then(|claim| claim.at(place));
                let says = [said(Some(sale.amount)), said(derived)];
                self.differ(What::FileDiffers, format!("{}, {}", about(), id.named()), says);
            }
        }
        if let Some(before) = self.files.get(&clearing.file) {
            if before.clearing.sales != clearing.sales {
                let says = [before.clearing.total, clearing.total].map(|sum| said(Some(sum)));
                self.differ(What::FileDiffers, about(), says);
            }
            return;
        }
        let sent =
            Sent { clearing: clearing.clone(), outcome: Outcome::Unanswered, orders: Vec::new() };
        self.files.insert(clearing.file.clone(), sent);
    }

    /// What a merchant gave back is debited without an order: its statements say so, more than one
    /// of them if they were written in one run.
    fn debit(&mut self, statement: &Statement) {
        for line in statement.lines.iter().filter(|line| line.is_debit) {
            let Some(sent) = self.files.get_mut(&line.file) else {
                self.unsent(&line.file, said(Some(line.amount)));
                continue;
            };
            let before = sent.orders.iter().find(|(account, _)| *account == statement.account);
            match before.map(|(_, amount)| *amount) {
                None => sent.orders.push((statement.account.clone(), line.amount)),
                Some(before) if before == line.amount => {}
                Some(before) => {
                    let says = [said(Some(before)), said(Some(line.amount))];
                    self.differ(What::StatementDiffers, format!("file {}", line.file), says);
                }
            }
        }
    }

    fn outcome(&mut self, file: &str, outcome: Outcome) {
        let Some(sent) = self.files.get_mut(file) else {
            self.unsent(file, "an answer came".to_owned());
            return;
        };
        let wrong = match &outcome {
            Outcome::Paid(paid) if !paid.is_for(&sent.clearing) => {
                Some([sent.clearing.total, paid.amount].map(|sum| said(Some(sum))))
            }
            _ => None,
        };
        sent.outcome = outcome;
        if let Some(says) = wrong {
            self.differ(What::FileDiffers, format!("file {file}"), says);
        }
    }

    fn unsent(&mut self, file: &str, says: String) {
        let none = "no such file left".to_owned();
        self.differ(What::FileMissing, format!("file {file}"), [says, none]);
    }

    /// How far each sale and credit has come: the word for it in the books, and the file.
    fn states(&self) -> BTreeMap<SaleId, (&'static str, Option<&str>)> {
        let first = |claim: &Claim| match claim.amount() {
            Some(left) if left.is_zero() => ("taken-back", None),
            _ => ("awaiting", None),
        };
        let claims = self.claims.iter();
        let mut states: BTreeMap<_, _> =
            claims.map(|(id, claim)| (id.clone(), first(claim))).collect();
        for (file, sent) in &self.files {
            for sale in &sent.clearing.sales {
                if let Some(state) = self.state(file, sent, sale) {
                    states.insert(name(&sent.clearing, sale), state);
                }
            }
        }
        for orphan in self.disputed() {
            states.insert(orphan.0, ("disputed", None));
        }
        states
    }

    /// What a file makes of one that it presents; nothing if it waits again.
    fn state<'s>(
        &self,
        file: &'s str,
        sent: &Sent,
        sale: &Presented,
    ) -> Option<(&'static str, Option<&'s str>)> {
        let account = |account: &str| self.signed(account).map(|signed| signed.id.as_str());
        let is_credited =
            || sent.orders.iter().any(|(to, _)| account(to) == Some(sale.merchant.as_str()));
        match &sent.outcome {
            Outcome::Unanswered => Some(("presented", Some(file))),
            Outcome::Rejected(..) => None,
            Outcome::Paid(_) if is_credited() => Some(("credited", Some(file))),
            Outcome::Paid(_) => Some(("settled", Some(file))),
        }
    }

    /// Everything that issuers refused, with what it was for: what they named, and the credits of
    /// sales that they named.
    fn disputed(&self) -> Vec<(SaleId, Money)> {
        let mut disputed = Vec::new();
        for sent in self.files.values() {
            let Outcome::Rejected(at, refused) = &sent.outcome else { continue };
            let issuer = &sent.clearing.issuer;
            for (id, claim) in self.claims.iter().filter(|(id, _)| id.issuer == *issuer) {
                let is_orphan = claim.is_credit && claim.at < *at && refused.contains(&claim.sale);
                if !refused.contains(&id.reference) && !is_orphan {
                    continue;
                }
                if let Some(amount) = claim.at(*at).filter(|amount| !amount.is_zero()) {
                    disputed.push((id.clone(), amount));
                }
            }
        }
        disputed
    }

    fn signed(&self, account: &str) -> Option<&'a Signed> {
        self.of.books.merchants.iter().find(|merchant| merchant.account == account)
    }

    fn compare_captures(&mut self) {
        let mut found = Vec::new();
        let states = self.states();
        let mut written = BTreeSet::new();
        for capture in &self.of.books.captures {
            let advice = &capture.advice;
            let reference = match capture.flow {
                Flow::Sale => advice.authorization.clone(),
                Flow::Credit => advice.trace.retrieval.clone(),
            };
            let id = SaleId { issuer: advice.issuer.clone(), reference };
            let claim = self.claims.get(&id);
            let (word, file) = books::state(&capture.state);
            let derived = states.get(&id).copied().unwrap_or((NOTHING, None));
            let file = file.and_then(|file| file.as_str()).filter(|_| derived.1.is_some());
            if !claim.is_some_and(|claim| is_written(capture, claim)) || (word, file) != derived {
                let left = claim.and_then(Claim::amount);
                let own = format!("{}, {word}", said(capture.left()));
                let says = [own, format!("{}, {}", said(left), derived.0)];
                let what = match (claim, capture.flow) {
                    (Some(_), Flow::Sale) => What::CaptureDiffers,
                    (None, Flow::Sale) => What::CaptureMissing,
                    (Some(_), Flow::Credit) => What::RefundDiffers,
                    (None, Flow::Credit) => What::RefundMissing,
                };
                found.push((what, id.named(), says));
            }
            written.insert(id);
        }
        for (id, claim) in self.claims.iter().filter(|(id, _)| !written.contains(id)) {
            let what = if claim.is_credit { What::RefundMissing } else { What::CaptureMissing };
            found.push((what, id.named(), [NOTHING.to_owned(), said(claim.amount())]));
        }
        found.into_iter().for_each(|(what, about, says)| self.differ(what, about, says));
    }

    /// No more is given back of a sale than was taken.
    fn compare_refunds(&mut self) {
        let (credits, sales): (Vec<_>, Vec<_>) =
            self.claims.iter().partition(|(_, claim)| claim.is_credit);
        let mut left: BTreeMap<SaleId, Option<Money>> =
            sales.into_iter().map(|(id, claim)| (id.clone(), claim.amount())).collect();
        for (id, credit) in credits {
            let sale = SaleId { issuer: id.issuer.clone(), reference: credit.sale.clone() };
            left.entry(sale).and_modify(|left| {
                *left = left.zip(credit.amount()).and_then(|(left, back)| left.minus(back).ok());
            });
        }
        for (id, _) in left.into_iter().filter(|(_, left)| left.is_none()) {
            let taken = self.claims.get(&id).and_then(Claim::amount);
            let says = ["more is given back".to_owned(), said(taken)];
            self.differ(What::RefundedMore, id.named(), says);
        }
    }

    fn compare_files(&mut self) {
        let mut found = Vec::new();
        let mut written = BTreeSet::new();
        for books::Sent { file, state } in &self.of.books.files {
            written.insert(file.id.as_str());
            let word = books::state(state).0;
            let sent = self.files.get(&file.id);
            let derived = sent.map_or(NOTHING, |sent| match sent.outcome {
                Outcome::Unanswered => "presented",
                Outcome::Rejected(..) => "rejected",
                Outcome::Paid(_) => "settled",
            });
            let total = sent.map(|sent| sent.clearing.total);
            let count = sent.map(|sent| sent.clearing.sales.len());
            if total != Some(file.total) || count != Some(file.items.len()) || word != derived {
                let says =
                    [format!("{}, {word}", file.total), format!("{}, {derived}", said(total))];
                found.push((What::FileDiffers, format!("file {}", file.id), says));
            }
        }
        for (id, sent) in self.files.iter().filter(|(id, _)| !written.contains(id.as_str())) {
            let says = [NOTHING.to_owned(), said(Some(sent.clearing.total))];
            found.push((What::FileMissing, format!("file {id}"), says));
        }
        found.into_iter().for_each(|(what, about, says)| self.differ(what, about, says));
    }

    /// What merchants are credited or debited, reckoned from the sales or credits of each file.
    pub(crate) fn credited(&self) -> impl Iterator<Item = Credited<'_>> {
        self.files.iter().flat_map(move |(file, sent)| {
            let orders = sent.orders.iter();
            orders.filter_map(move |(account, net)| {
                let merchant = self.signed(account)?;
                let sales = sent.clearing.sales.iter();
                let own = sales.filter(|sale| sale.merchant == merchant.id.as_str());
                let amounts: Vec<_> = own.map(|sale| sale.amount).collect();
                let mut sums = amounts.iter();
                let gross = sums
                    .try_fold(Money::zero(net.currency()), |sum, amount| sum.plus(*amount).ok())?;
                let is_debit = sent.clearing.is_credit;
                let fee = match is_debit {
                    true => Money::zero(gross.currency()),
                    false => fee(gross, amounts.len(), self.fees(file, merchant)),
                };
                Some(Credited { is_debit, file, merchant, gross, fee, net: *net })
            })
        })
    }

    /// What was agreed with a merchant when it was credited for a file. A credit that the books
    /// leave out is reckoned as the next would be.
    fn fees<'m>(&self, file: &str, merchant: &'m Signed) -> &'m books::Fees {
        let mut credits = self.of.books.credits.iter();
        let made = credits.find(|one| one.file == *file && one.merchant == merchant.id);
        made.map_or(&merchant.fees, |credit| merchant.fees_at(credit.number))
    }

    fn compare_credits(&self) -> Vec<Difference> {
        let between = [self.folder(), MESSAGES];
        let mut found = Vec::new();
        let mut ordered = BTreeMap::new();
        for credited in self.credited() {
            let about = format!("credit of {} for file {}", credited.merchant.id, credited.file);
            let owed = credited.gross.minus(credited.fee).ok();
            if owed != Some(credited.net) {
                let says = [said(Some(credited.net)), said(owed)];
                found.push(Difference::new(What::CreditDiffers, about, between, says));
            }
            ordered.insert((credited.file, credited.merchant.id.as_str()), credited);
        }
        for credit in &self.of.books.credits {
            let order = ordered.remove(&(credit.file.as_str(), credit.merchant.as_str()));
            let derived = order.as_ref().map(|order| [order.gross, order.fee, order.net]);
            if derived != Some([credit.gross, credit.fee, credit.net]) {
                let about = format!("credit {} for file {}", credit.number, credit.file);
                let net = said(order.map(|order| order.net));
                let says = [said(Some(credit.net)), net];
                found.push(Difference::new(What::CreditDiffers, about, between, says));
            }
        }
        found.extend(ordered.into_values().map(|order| {
            let about = format!("credit of {} for file {}", order.merchant.id, order.file);
            let says = [NOTHING.to_owned(), said(Some(order.net))];
            Difference::new(What::CreditDiffers, about, between, says)
        }));
        found
    }

    fn entries(&self) -> Vec<Expected> {
        let mut expected = Vec::new();
        for (id, claim) in &self.claims {
            let deed = if claim.is_credit { "refunded" } else { "captured" };
            expected.push(Expected::pair(deed, &id.reference, sides(id, claim), claim.whole));
            let [debit, credit] = sides(id, claim);
            expected.extend(claim.less.iter().map(|part| {
                let back = [credit.clone(), debit.clone()];
                Expected::pair("taken-back", &id.reference, back, part.amount)
            }));
        }
        for (id, amount) in self.disputed() {
            let Some(claim) = self.claims.get(&id) else { continue };
            let [debit, credit] = sides(&id, claim);
            expected.push(Expected::pair("disputed", &id.reference, [credit, debit], amount));
        }
        for (file, sent) in &self.files {
            if let Outcome::Paid(paid) = &sent.outcome {
                let clearing = In::Clearing(sent.clearing.issuer.clone());
                let sides = match sent.clearing.is_credit {
                    true => [clearing, In::Central],
                    false => [In::Central, clearing],
                };
                expected.push(Expected::pair("settled", file, sides, paid.amount));
            }
        }
        expected.extend(self.credited().map(|credited| entry(&credited)));
        expected
    }
}

/// Debit and credit of what is noted; a credit is written the other way round.
fn sides(id: &SaleId, claim: &Claim) -> [In; 2] {
    let (due, owed) = (In::Clearing(id.issuer.clone()), In::Pending(claim.merchant.clone()));
    if claim.is_credit { [owed, due] } else { [due, owed] }
}

/// What a file calls one that it presents.
fn name(clearing: &Clearing, sale: &Presented) -> SaleId {
    SaleId { issuer: clearing.issuer.clone(), reference: sale.name().clone() }
}

/// Whether the books say of a claim what was said.
fn is_written(capture: &Capture, claim: &Claim) -> bool {
    let advice = &capture.advice;
    advice.authorization == claim.sale
        && advice.amount == claim.whole
        && capture.left() == claim.amount()
        && advice.merchant.as_str() == claim.merchant
        && Some(&advice.approval_code) == claim.approval.as_ref()
        && (capture.flow == Flow::Credit) == claim.is_credit
}

impl Capture {
    /// What is left of it in the books.
    fn left(&self) -> Option<Money> {
        let parts = self.taken_back.iter().map(|part| part.amount);
        parts.into_iter().try_fold(self.advice.amount, |left, part| left.minus(part).ok())
    }
}

fn entry(credited: &Credited<'_>) -> Expected {
    let merchant = credited.merchant.id.as_str().to_owned();
    let (pending, own) = (In::Pending(merchant.clone()), In::Merchant(merchant));
    let (here, there) = match credited.is_debit {
        true => (Side::Credit, Side::Debit),
        false => (Side::Debit, Side::Credit),
    };
    let mut lines = vec![line(pending, here, credited.gross), line(own, there, credited.net)];
    if !credited.fee.is_zero() {
        lines.push(line(In::Fees, Side::Credit, credited.fee));
    }
    Expected::new("credited", credited.file, lines)
}

/// So many hundredths of a percent, rounded down, and an amount for each sale; all of it at most.
fn fee(gross: Money, sales: usize, fees: &books::Fees) -> Money {
    let each = fees.fee_fixed.iter().find(|amount| amount.currency() == gross.currency());
    let each = each.map_or(0, |amount| u128::from(amount.minor()));
    let sales = u128::try_from(sales).unwrap_or(u128::MAX);
    let share = u128::from(gross.minor()).saturating_mul(fees.fee_basis_points.into());
    let share = share.checked_div(10_000).unwrap_or_default();
    let fee = share.saturating_add(each.saturating_mul(sales)).min(gross.minor().into());
    u64::try_from(fee).ok().and_then(|fee| Money::new(fee, gross.currency()).ok()).unwrap_or(gross)
}
