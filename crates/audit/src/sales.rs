//! What a bank agreed to about each sale, as its questions and answers say.

use std::collections::BTreeMap;

use openset_types::{ApprovalCode, Bin, Money, RetrievalReference};

use crate::{
    effects::{self, Effect, Row},
    report::{Difference, MESSAGES, What, said},
    testimony::{Role, Testimony, Way},
    words::Word,
};

/// Names a sale among banks: references are unique at an issuer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SaleId {
    pub(crate) issuer: Bin,
    pub(crate) reference: RetrievalReference,
}

/// Terms that were asked for or agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) amount: Money,
    pub(crate) merchant: String,
    /// The issuer's word for it, once there is one.
    pub(crate) approval: Option<ApprovalCode>,
    /// The card as far as it is kept.
    pub(crate) card: Option<String>,
}

/// A sale, as the messages of one bank have it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sale {
    /// Every hold that was asked for.
    pub(crate) asked: Vec<Terms>,
    /// Whether a question about it has no answer: the bank may have decided either way.
    pub(crate) is_undecided: bool,
    /// What the issuer agreed to hold.
    pub(crate) held: Option<Terms>,
    /// What of it is to stay, where a part was undone.
    pub(crate) lowered: Option<Money>,
    /// Whether the issuer agreed that it holds nothing any more.
    pub(crate) is_released: bool,
    /// What the acquirer took note of.
    pub(crate) taken: Option<Terms>,
    /// What was taken back of it before the issuer was asked.
    pub(crate) less: Vec<Part>,
    /// What the merchant gives back of it.
    pub(crate) given: Vec<Part>,
    /// What of that it does not give back after all.
    pub(crate) kept: Vec<Part>,
}

/// An amount of a sale that moves by a question of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The question's own reference (field 63).
    pub(crate) own: RetrievalReference,
    /// Where in the journal it was agreed to.
    pub(crate) at: i64,
    pub(crate) amount: Money,
}

/// All sales of one bank.
#[derive(Debug, Default)]
pub(crate) struct Sales {
    pub(crate) by_id: BTreeMap<SaleId, Sale>,
    pub(crate) found: Vec<Difference>,
}

/// A question that waits for its answer.
struct Open<'a> {
    question: &'a Word,
    row: &'static Row,
    id: SaleId,
}

impl SaleId {
    /// The sale in the words of a report.
    pub(crate) fn named(&self) -> String {
        format!("sale {} of issuer {}", self.reference, self.issuer)
    }
}

impl Sales {
    /// Follows a bank's messages from the first one.
    pub(crate) fn of(testimony: &Testimony) -> Self {
        let (bank, folder) = (testimony.party().role, testimony.party().folder.as_str());
        let mut sales = Self::default();
        let mut open: Vec<Open<'_>> = Vec::new();
        for word in &testimony.words {
            if word.way == Way::Out && effects::is_answer(&word.kind) {
                match open.iter().position(|open| open.is_answered_by(word)) {
                    Some(at) => sales.answered(folder, &open.remove(at), word),
                    None => sales.alone(folder, word),
                }
            } else if let Some(asked) = sales.ask(bank, folder, word) {
                open.push(asked);
            }
        }
        for unanswered in open.iter().filter(|open| open.row.effect != Effect::Nothing) {
            sales.by_id.entry(unanswered.id.clone()).or_default().is_undecided = true;
        }
        sales
    }

    /// Takes a question; nothing if it cannot be one.
    fn ask<'a>(&mut self, bank: Role, folder: &str, word: &'a Word) -> Option<Open<'a>> {
        let row = effects::row(bank, &word.kind, word.processing.as_deref().unwrap_or_default());
        let (Some(row), Some(issuer)) = (row, &word.issuer) else {
            let about = format!("{}, message {} of the journal", word.kind, word.number);
            let says = ["it passed", "nobody knows what it does"];
            self.found.push(Difference::new(What::MessageUnreadable, about, [folder; 2], says));
            return None;
        };
        let id = SaleId { issuer: issuer.clone(), reference: word.reference.clone() };
        if row.effect == Effect::Hold
            && let Some(terms) = word.terms()
        {
            self.by_id.entry(id.clone()).or_default().asked.push(terms);
        }
        Some(Open { question: word, row, id })
    }

    fn answered(&mut self, folder: &str, open: &Open<'_>, answer: &Word) {
        let Open { question, row, id } = open;
        let says = [said(question.amount), said(answer.amount)];
        if answer.amount.is_some() && answer.amount != question.amount {
            let about = format!("{}, {} and {}", id.named(), question.kind, answer.kind);
            let between = [folder, MESSAGES];
            self.found.push(Difference::new(What::AuthorizationDiffers, about, between, says));
        }
        let is_agreed = answer.code.as_deref().is_some_and(|code| {
            // What is not known cannot be lowered: only a yes does that.
            row.agreed.contains(&code) && (question.remains.is_none() || code == "00")
        });
        let terms = question
            .terms()
            .map(|terms| Terms { approval: answer.approval.clone().or(terms.approval), ..terms });
        if let (true, Some(terms)) = (is_agreed, terms) {
            let sale = self.by_id.entry(id.clone()).or_default();
            let wrong = match question.remains {
                Some(remains) => sale.lower(remains),
                None => match (sale.parts(row.effect), question.part(answer.number)) {
                    (None, _) => apply(row.effect, sale, terms),
                    (Some(parts), Some(part)) => once(parts, part),
                    (Some(_), None) => {
                        Some((What::RefundDiffers, [said(question.amount), said(None)]))
                    }
                },
            };
            self.found.extend(
                wrong.map(|(what, says)| {
                    Difference::new(what, id.named(), [folder, MESSAGES], says)
                }),
            );
        }
    }

    fn alone(&mut self, folder: &str, answer: &Word) {
        let about = format!("{} about {}", answer.kind, answer.reference);
        let says = ["an answer left", "no such question"];
        self.found.push(Difference::new(What::AnswerAlone, about, [folder, MESSAGES], says));
    }
}

/// Does what an agreed question does; says what is wrong with it.
fn apply(effect: Effect, sale: &mut Sale, terms: Terms) -> Option<(What, [String; 2])> {
    match effect {
        Effect::Nothing => None,
        Effect::Hold if sale.is_released => {
            let says = [said(Some(terms.amount)), "undone before".to_owned()];
            Some((What::HoldDiffers, says))
        }
        Effect::Hold => again(What::AuthorizationDiffers, &mut sale.held, terms),
        Effect::Release => {
            sale.is_released = true;
            None
        }
        Effect::Take => again(What::CaptureDiffers, &mut sale.taken, terms),
        // Told apart by references of their own.
        Effect::TakeLess | Effect::GiveBack | Effect::Keep => None,
    }
}

/// Agrees once; agreeing to the same again changes nothing.
fn again(what: What, agreed: &mut Option<Terms>, terms: Terms) -> Option<(What, [String; 2])> {
    match agreed {
        None => {
            *agreed = Some(terms);
            None
        }
        Some(before) if *before == terms => None,
        Some(before) => Some((what, [said(Some(before.amount)), said(Some(terms.amount))])),
    }
}

/// Notes a part once; under its reference nothing else is agreed to.
fn once(parts: &mut Vec<Part>, part: Part) -> Option<(What, [String; 2])> {
    match parts.iter().find(|before| before.own == part.own) {
        None => {
            parts.push(part);
            None
        }
        Some(before) if before.amount == part.amount => None,
        Some(before) => {
            Some((What::RefundDiffers, [said(Some(before.amount)), said(Some(part.amount))]))
        }
    }
}

impl Sale {
    /// The parts that an effect adds to.
    fn parts(&mut self, effect: Effect) -> Option<&mut Vec<Part>> {
        match effect {
            Effect::TakeLess => Some(&mut self.less),
            Effect::GiveBack => Some(&mut self.given),
            Effect::Keep => Some(&mut self.kept),
            Effect::Nothing | Effect::Hold | Effect::Release | Effect::Take => None,
        }
    }

    /// What the issuer holds, or held until it was paid.
    pub(crate) fn standing(&self) -> Option<Terms> {
        let held = self.held.clone().filter(|_| !self.is_released)?;
        Some(Terms { amount: self.lowered.unwrap_or(held.amount), ..held })
    }

    /// Holds no more than this. What is lower already stays as it is.
    fn lower(&mut self, remains: Money) -> Option<(What, [String; 2])> {
        let Some(standing) = self.standing() else {
            return Some((What::HoldDiffers, [said(Some(remains)), said(None)]));
        };
        if standing.amount.exceeds(remains).unwrap_or(true) {
            self.lowered = Some(remains);
        }
        None
    }
}

impl Open<'_> {
    fn is_answered_by(&self, answer: &Word) -> bool {
        self.row.answer == answer.kind
            && self.question.reference == answer.reference
            && self.question.tag == answer.tag
    }
}

impl Word {
    /// The amount of a question that has a reference of its own.
    fn part(&self, at: i64) -> Option<Part> {
        let own = RetrievalReference::parse(self.tag.first()?.as_deref()?).ok()?;
        Some(Part { own, at, amount: self.amount? })
    }

    /// What a question asks for; nothing if it names no amount or nobody.
    fn terms(&self) -> Option<Terms> {
        Some(Terms {
            amount: self.amount?,
            merchant: self.merchant.clone()?,
            approval: self.approval.clone(),
            card: self.card.clone(),
        })
    }
}
