//! Clearing at the acquirer: files go out, settlements and rejections come back.

use std::collections::BTreeMap;
use std::fmt;

use openset_types::{Bin, Currency, RetrievalReference, UnixTime};

use super::{Acquirer, AcquirerRecord, Capture, CaptureState, FileState, SentFile};
use crate::Decided;
use crate::clearing::{
    ClearingFile, FileId, Flow, ITEMS_MAX, Presentation, Rejection, RejectionReason, Sale,
    SaleFault,
};
use crate::ledger::{Account, Ledger, LedgerFault, Line, Occasion};
use crate::settlement::{Settlement, SettlementFault};

/// A file that has to be presented to its issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared {
    /// The file.
    pub file: ClearingFile,
    /// Whether the issuer may have seen it.
    pub presentation: Presentation,
}

/// Why an issuer's answer to a file cannot be taken. The run stops; nothing was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerFault {
    /// The file was answered otherwise before.
    AnsweredBefore,
    /// The sums no longer fit.
    Ledger(LedgerFault),
    /// The issuer refuses the file as such, not its sales.
    Refused,
    /// It pays something else than the file.
    Settlement(SettlementFault),
    /// No such file was made here.
    UnknownFile,
}

impl Acquirer {
    /// Closes the batches that are the bank's to close, and makes a file for each issuer and
    /// currency of the sales that wait in closed ones, and one of the credits whose sales were
    /// paid. Files without an answer come first, to be presented again.
    pub fn clear(&mut self, now: UnixTime) -> Decided<Vec<Cleared>, AcquirerRecord> {
        let again = self.unanswered();
        let mut files = Vec::new();
        let mut records = self.closing(now);
        self.take_in(&records);
        let waiting = [Flow::Sale, Flow::Credit].map(|flow| self.awaiting(flow));
        for ((issuer, _), captures) in waiting.into_iter().flatten() {
            let first = self.files.len().saturating_add(files.len()).saturating_add(1);
            let Some(file) = self.make_file(first, issuer, &captures, now) else { continue };
            records.extend(present(&file, captures));
            files.push(file);
        }
        self.take_in(&records);
        let first = |file| Cleared { file, presentation: Presentation::First };
        let answer = again.into_iter().chain(files.into_iter().map(first)).collect();
        Decided::new(answer, records)
    }

    /// Books the money an issuer paid for a file. Saying it again changes nothing.
    pub fn settled(
        &mut self,
        settlement: &Settlement,
        now: UnixTime,
    ) -> Result<Decided<(), AcquirerRecord>, AnswerFault> {
        let sent = self.files.get(&settlement.file).ok_or(AnswerFault::UnknownFile)?;
        settlement.pays_for(&sent.file).map_err(AnswerFault::Settlement)?;
        match &sent.state {
            FileState::Settled(before) if before == settlement => {
                return Ok(Decided::unchanged(()));
            }
            FileState::Presented => {}
            FileState::Settled(_) | FileState::Rejected => return Err(AnswerFault::AnsweredBefore),
        }
        let id = sent.file.id().clone();
        let mut ledger = self.ledger.clone();
        let clearing = Account::Clearing(sent.file.issuer().clone());
        let (debit, credit) = match sent.file.flow() {
            Flow::Sale => (Account::Central, clearing),
            Flow::Credit => (clearing, Account::Central),
        };
        let lines =
            vec![Line::debit(debit, settlement.amount), Line::credit(credit, settlement.amount)];
        let entry =
            ledger.post(now, Occasion::Settled(id.clone()), lines).map_err(AnswerFault::Ledger)?;
        let file = sent.file.clone();
        let mut records = self.move_on(&id, |_| CaptureState::Settled(id.clone()));
        records.push(AcquirerRecord::Entry(entry));
        let state = FileState::Settled(settlement.clone());
        records.push(AcquirerRecord::File(SentFile { file, state }));
        self.adopt(ledger, &records);
        Ok(Decided::new((), records))
    }

    /// Books an issuer's refusal: the sales it names are disputed, and with them their credits; the
    /// others wait again.
    pub fn rejected(
        &mut self,
        rejection: &Rejection,
        now: UnixTime,
    ) -> Result<Decided<(), AcquirerRecord>, AnswerFault> {
        let sent = self.files.get(&rejection.file).ok_or(AnswerFault::UnknownFile)?;
        match sent.state {
            FileState::Presented => {}
            FileState::Rejected => return Ok(Decided::unchanged(())),
            FileState::Settled(_) => return Err(AnswerFault::AnsweredBefore),
        }
        let RejectionReason::Sales(faults) = &rejection.reason else {
            return Err(AnswerFault::Refused);
        };
        let faults: BTreeMap<_, _> = faults.iter().cloned().collect();
        let file = sent.file.clone();
        let mut records = self.move_on(file.id(), |capture| match faults.get(capture.name()) {
            Some(fault) => CaptureState::Disputed(*fault),
            None => CaptureState::Awaiting,
        });
        records.extend(self.orphans(&faults));
        let mut ledger = self.ledger.clone();
        let taken_back = take_back(&mut ledger, &records, now).map_err(AnswerFault::Ledger)?;
        records.extend(taken_back);
        records.push(AcquirerRecord::File(SentFile { file, state: FileState::Rejected }));
        self.adopt(ledger, &records);
        Ok(Decided::new((), records))
    }

    fn unanswered(&self) -> Vec<Cleared> {
        let waiting = self.files.values().filter(|sent| sent.state == FileState::Presented);
        waiting
            .map(|sent| Cleared { file: sent.file.clone(), presentation: Presentation::Again })
            .collect()
    }

    /// The credits that wait of sales that are disputed now.
    fn orphans(&self, faults: &BTreeMap<RetrievalReference, SaleFault>) -> Vec<AcquirerRecord> {
        let is_one = |credit: &&Capture| {
            credit.state == CaptureState::Awaiting
                && faults.contains_key(&credit.advice.authorization)
        };
        let disputed = |credit: &Capture| {
            let state = CaptureState::Disputed(SaleFault::NoHold);
            AcquirerRecord::Capture(Capture { state, ..credit.clone() })
        };
        self.refunds().filter(is_one).map(disputed).collect()
    }

    /// Whether it can be presented: an issuer takes a credit of what it has posted.
    fn is_due(&self, capture: &Capture) -> bool {
        let sale = self.captures.get(&capture.advice.authorization);
        capture.state == CaptureState::Awaiting
            && self.is_counted_out(capture)
            && (capture.flow == Flow::Sale || sale.is_some_and(Capture::is_paid))
    }

    fn awaiting(&self, flow: Flow) -> BTreeMap<(Bin, Currency), Vec<Capture>> {
        let mut groups: BTreeMap<_, Vec<Capture>> = BTreeMap::new();
        for capture in self.all().filter(|capture| capture.flow == flow) {
            if self.is_due(capture) {
                let advice = &capture.advice;
                let group = (advice.issuer.clone(), advice.amount.currency());
                groups.entry(group).or_default().push(capture.clone());
            }
        }
        groups.values_mut().for_each(|group| group.truncate(ITEMS_MAX));
        groups
    }

    fn make_file(
        &self,
        number: usize,
        issuer: Bin,
        captures: &[Capture],
        now: UnixTime,
    ) -> Option<ClearingFile> {
        let day = now.utc().format("%Y%m%d");
        // Letters between the digits: a name never looks like a card number.
        let id = format!("CLR-B{}-D{day}-N{number:06}", self.institution);
        let id = FileId::parse(&id).ok()?;
        let sales = captures.iter().map(sale).collect();
        ClearingFile::new(id, self.institution.clone(), issuer, now, sales).ok()
    }

    /// The sales of a file, each in the state that is said.
    fn move_on(
        &self,
        file: &FileId,
        state: impl Fn(&Capture) -> CaptureState,
    ) -> Vec<AcquirerRecord> {
        let presented = CaptureState::Presented(file.clone());
        let captures = self.all().filter(|capture| capture.state == presented);
        captures
            .map(|capture| {
                let state = state(capture);
                AcquirerRecord::Capture(Capture { state, ..capture.clone() })
            })
            .collect()
    }
}

fn present(file: &ClearingFile, captures: Vec<Capture>) -> Vec<AcquirerRecord> {
    let presented = |capture| {
        let state = CaptureState::Presented(file.id().clone());
        AcquirerRecord::Capture(Capture { state, ..capture })
    };
    let sent = SentFile { file: file.clone(), state: FileState::Presented };
    captures.into_iter().map(presented).chain([AcquirerRecord::File(sent)]).collect()
}

/// What was written for disputed sales is written back.
fn take_back(
    ledger: &mut Ledger,
    records: &[AcquirerRecord],
    now: UnixTime,
) -> Result<Vec<AcquirerRecord>, LedgerFault> {
    let mut entries = Vec::new();
    for record in records {
        let AcquirerRecord::Capture(capture) = record else { continue };
        let CaptureState::Disputed(_) = capture.state else { continue };
        let advice = &capture.advice;
        let pending = Account::Pending(advice.merchant.clone());
        let clearing = Account::Clearing(advice.issuer.clone());
        let (debit, credit) = match capture.flow {
            Flow::Sale => (pending, clearing),
            Flow::Credit => (clearing, pending),
        };
        let amount = capture.amount();
        let lines = vec![Line::debit(debit, amount), Line::credit(credit, amount)];
        let occasion = Occasion::Disputed(capture.name().clone());
        entries.push(AcquirerRecord::Entry(ledger.post(now, occasion, lines)?));
    }
    Ok(entries)
}

fn sale(capture: &Capture) -> Sale {
    let advice = &capture.advice;
    Sale {
        authorization: advice.authorization.clone(),
        approval_code: advice.approval_code.clone(),
        amount: capture.amount(),
        merchant: advice.merchant.clone(),
        captured_at: capture.at,
        credit: match capture.flow {
            Flow::Sale => None,
            Flow::Credit => Some(capture.name().clone()),
        },
    }
}

impl fmt::Display for AnswerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnsweredBefore => f.write_str("the file was answered otherwise before"),
            Self::Ledger(fault) => fault.fmt(f),
            Self::Refused => f.write_str("the issuer refuses the file as such"),
            Self::Settlement(fault) => fault.fmt(f),
            Self::UnknownFile => f.write_str("no such file was made here"),
        }
    }
}

impl std::error::Error for AnswerFault {}
