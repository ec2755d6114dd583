//! An acquirer: its captures, files, credits and ledger against its messages.

use std::collections::{BTreeMap, BTreeSet};

use openset_types::{Money, RetrievalReference};

use crate::{
    books::{self, Account as In, Side, Signed},
    files::{Clearing, Document, Presented, Settlement},
    ledger::{self, Expected, line},
    report::{Difference, MESSAGES, NOTHING, What, said},
    sales::{Sale, SaleId, Sales},
    testimony::{Testimony, Way},
};

/// What an acquirer's messages come to.
pub(crate) struct Account<'a> {
    pub(crate) of: &'a Testimony,
    pub(crate) sales: BTreeMap<SaleId, Sale>,
    /// The files that left, by name, and what came of them.
    pub(crate) files: BTreeMap<String, Sent>,
    pub(crate) found: Vec<Difference>,
}

/// A clearing file and what came of it.
pub(crate) struct Sent {
    pub(crate) clearing: Clearing,
    pub(crate) outcome: Outcome,
    /// Orders to credit merchants for it: account and amount.
    pub(crate) orders: Vec<(String, Money)>,
}

/// What came of a file.
pub(crate) enum Outcome {
    Unanswered,
    /// The issuer refuses these sales, and with them the file.
    Rejected(Vec<RetrievalReference>),
    Paid(Settlement),
}

/// What an order credits.
pub(crate) struct Credited<'a> {
    pub(crate) file: &'a str,
    pub(crate) merchant: &'a Signed,
    pub(crate) gross: Money,
    pub(crate) fee: Money,
    pub(crate) net: Money,
}

impl<'a> Account<'a> {
    pub(crate) fn of(of: &'a Testimony) -> Self {
        let Sales { by_id: sales, found } = Sales::of(of);
        let mut account = Self { of, sales, files: BTreeMap::new(), found };
        account.take_files();
        account.compare_captures();
        account.compare_files();
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
                (Document::Clearing(clearing), Way::Out) => self.present(clearing),
                (Document::Settlement(paid), Way::In) => {
                    self.outcome(&paid.file, Outcome::Paid(paid.clone()));
                }
                (Document::Rejection { file, sales }, Way::In) if !sales.is_empty() => {
                    self.outcome(file, Outcome::Rejected(sales.clone()));
                }
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
    fn present(&mut self, clearing: &Clearing) {
        let about = || format!("file {}", clearing.file);
        if !clearing.adds_up {
            let says = [said(Some(clearing.total)), "sales of another sum".to_owned()];
            self.differ(What::FileDiffers, about(), says);
        }
        for sale in &clearing.sales {
            let id = SaleId { issuer: clearing.issuer.clone(), reference: sale.reference.clone() };
            let taken = self.sales.get(&id).and_then(|sale| sale.taken.as_ref());
            let is_so = taken.is_some_and(|taken| {
                taken.amount == sale.amount
                    && taken.merchant == sale.merchant
                    && taken.approval.as_ref() == Some(&sale.approval)
            });
            if !is_so {
                let says = [said(Some(sale.amount)), said(taken.map(|taken| taken.amount))];
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

    /// How far each sale has come: the word for it in the books, and the file.
    fn states(&self) -> BTreeMap<SaleId, (&'static str, Option<&str>)> {
        let taken = self.sales.iter().filter(|(_, sale)| sale.taken.is_some());
        let mut states: BTreeMap<_, _> =
            taken.map(|(id, _)| (id.clone(), ("awaiting", None))).collect();
        for (file, sent) in &self.files {
            for sale in &sent.clearing.sales {
                let issuer = sent.clearing.issuer.clone();
                let id = SaleId { issuer, reference: sale.reference.clone() };
                states.insert(id, self.state(file, sent, sale));
            }
        }
        states
    }

    fn state<'s>(
        &self,
        file: &'s str,
        sent: &Sent,
        sale: &Presented,
    ) -> (&'static str, Option<&'s str>) {
        let account = |account: &str| self.signed(account).map(|signed| signed.id.as_str());
        let is_credited =
            || sent.orders.iter().any(|(to, _)| account(to) == Some(sale.merchant.as_str()));
        match &sent.outcome {
            Outcome::Unanswered => ("presented", Some(file)),
            Outcome::Rejected(sales) if sales.contains(&sale.reference) => ("disputed", None),
            Outcome::Rejected(_) => ("awaiting", None),
            Outcome::Paid(_) if is_credited() => ("credited", Some(file)),
            Outcome::Paid(_) => ("settled", Some(file)),
        }
    }

    fn signed(&self, account: &str) -> Option<&'a Signed> {
        self.of.books.merchants.iter().find(|merchant| merchant.account == account)
    }

    fn compare_captures(&mut self) {
        let mut found = Vec::new();
        let states = self.states();
        let mut written = BTreeSet::new();
        for books::Capture { advice, state } in &self.of.books.captures {
            let (issuer, reference) = (advice.issuer.clone(), advice.authorization.clone());
            let id = SaleId { issuer, reference };
            let taken = self.sales.get(&id).and_then(|sale| sale.taken.as_ref());
            let is_so = taken.is_some_and(|taken| {
                taken.amount == advice.amount
                    && taken.merchant == advice.merchant.as_str()
                    && taken.approval.as_ref() == Some(&advice.approval_code)
            });
            let (word, file) = books::state(state);
            let derived = states.get(&id).copied().unwrap_or((NOTHING, None));
            let file = file.and_then(|file| file.as_str()).filter(|_| derived.1.is_some());
            if !is_so || (word, file) != derived {
                let what =
                    if taken.is_some() { What::CaptureDiffers } else { What::CaptureMissing };
                let own = format!("{}, {word}", advice.amount);
                let says =
                    [own, format!("{}, {}", said(taken.map(|taken| taken.amount)), derived.0)];
                found.push((what, id.named(), says));
            }
            written.insert(id);
        }
        for (id, sale) in self.sales.iter().filter(|(id, _)| !written.contains(id)) {
            if let Some(taken) = &sale.taken {
                let says = [NOTHING.to_owned(), said(Some(taken.amount))];
                found.push((What::CaptureMissing, id.named(), says));
            }
        }
        found.into_iter().for_each(|(what, about, says)| self.differ(what, about, says));
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
                Outcome::Rejected(_) => "rejected",
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

    /// What each order credits, reckoned from the sales of its file.
    pub(crate) fn credited(&self) -> impl Iterator<Item = Credited<'_>> {
        self.files.iter().flat_map(move |(file, sent)| {
            let orders = sent.orders.iter();
            orders.filter_map(move |(account, net)| {
                let merchant = self.signed(account)?;
                let sales = sent.clearing.sales.iter();
                let own = sales.filter(|sale| sale.merchant == merchant.id.as_str());
                let gross = own
                    .map(|sale| sale.amount)
                    .try_fold(Money::zero(net.currency()), |sum, amount| sum.plus(amount).ok())?;
                let fee = fee(gross, merchant.fee_basis_points)?;
                Some(Credited { file, merchant, gross, fee, net: *net })
            })
        })
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
        for (id, sale) in &self.sales {
            let Some(taken) = &sale.taken else { continue };
            let (due, owed) =
                (In::Clearing(id.issuer.clone()), In::Pending(taken.merchant.clone()));
            expected.push(Expected::pair("captured", &id.reference, [due, owed], taken.amount));
        }
        for (file, sent) in &self.files {
            match &sent.outcome {
                Outcome::Unanswered => {}
                Outcome::Paid(paid) => {
                    let lines = [In::Central, In::Clearing(paid.payer.clone())];
                    expected.push(Expected::pair("settled", file, lines, paid.amount));
                }
                Outcome::Rejected(refused) => {
                    let sales = sent.clearing.sales.iter();
                    let disputed = sales.filter(|sale| refused.contains(&sale.reference));
                    expected.extend(disputed.map(|sale| {
                        let due = In::Clearing(sent.clearing.issuer.clone());
                        let lines = [In::Pending(sale.merchant.clone()), due];
                        Expected::pair("disputed", &sale.reference, lines, sale.amount)
                    }));
                }
            }
        }
        expected.extend(self.credited().map(|credited| entry(&credited)));
        expected
    }
}

fn entry(credited: &Credited<'_>) -> Expected {
    let merchant = credited.merchant.id.as_str().to_owned();
    let mut lines = vec![
        line(In::Pending(merchant.clone()), Side::Debit, credited.gross),
        line(In::Merchant(merchant), Side::Credit, credited.net),
    ];
    if !credited.fee.is_zero() {
        lines.push(line(In::Fees, Side::Credit, credited.fee));
    }
    Expected::new("credited", credited.file, lines)
}

/// So many hundredths of a percent, rounded down.
fn fee(gross: Money, basis_points: u16) -> Option<Money> {
    let share = gross.minor().checked_mul(basis_points.into())?.checked_div(10_000)?;
    Money::new(share, gross.currency()).ok()
}
