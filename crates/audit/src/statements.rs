//! What merchants were told of their credits, against what their bank ordered and wrote.

use std::collections::BTreeMap;

use crate::{
    acquirer,
    files::{Document, File, Statement},
    merchant,
    report::{Difference, NOTHING, Report, What, said},
    testimony::Way,
};

/// Compares the statements of the one merchant of an acquirer. With more merchants at the bank than
/// were read, what is missing here may be theirs, and is not told.
pub(crate) fn compare(
    acquirers: &[acquirer::Account<'_>],
    merchants: &[merchant::Account<'_>],
    report: &mut Report,
) {
    for merchant in merchants {
        for (_, statement) in statements(&merchant.of.files, Way::In) {
            for line in statement.lines.iter().filter(|line| !line.is_debit) {
                report.add(line.amount, |totals| &mut totals.stated);
            }
        }
    }
    let ([acquirer], [merchant]) = (acquirers, merchants) else { return };
    sums(acquirer, report);
    came(acquirer, merchant, report);
    if acquirer.of.books.merchants.len() == 1 {
        left(acquirer, merchant, report);
    }
}

/// Every order is in one statement, and each statement adds up.
fn sums(acquirer: &acquirer::Account<'_>, report: &mut Report) {
    let mut told: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for (_, statement) in statements(&acquirer.of.files, Way::Out) {
        let between = [acquirer.folder(), acquirer.folder()];
        if !statement.adds_up {
            let about = format!("statement {}", statement.id);
            let says = ["a closing balance", "lines to another one"];
            report.find(Difference::new(What::StatementDiffers, about, between, says));
        }
        for line in &statement.lines {
            told.entry(&line.file).or_default().push(line.amount);
        }
    }
    for credited in acquirer.credited() {
        let told = told.get_mut(credited.file);
        let at = told.as_ref().and_then(|all| all.iter().position(|one| *one == credited.net));
        if let (Some(told), Some(at)) = (told, at) {
            told.swap_remove(at);
            continue;
        }
        let about = format!("credit of {} for file {}", credited.merchant.id, credited.file);
        let between = [acquirer.folder(), "its statements"];
        let says = [said(Some(credited.net)), NOTHING.to_owned()];
        report.find(Difference::new(What::StatementDiffers, about, between, says));
    }
}

/// What came to the merchant must have left its bank, octet by octet.
fn came(acquirer: &acquirer::Account<'_>, merchant: &merchant::Account<'_>, report: &mut Report) {
    let left: Vec<_> =
        statements(&acquirer.of.files, Way::Out).map(|(file, _)| &file.digest).collect();
    for (file, statement) in statements(&merchant.of.files, Way::In) {
        if !left.contains(&&file.digest) {
            let about = format!("statement {}", statement.id);
            let between = [merchant.folder(), acquirer.folder()];
            let says = ["one statement", "another, or none"];
            report.find(Difference::new(What::StatementDiffers, about, between, says));
        }
    }
}

/// What left the bank must have come to its merchant.
fn left(acquirer: &acquirer::Account<'_>, merchant: &merchant::Account<'_>, report: &mut Report) {
    let came: Vec<_> = statements(&merchant.of.files, Way::In).map(|(_, one)| &one.id).collect();
    for (_, statement) in statements(&acquirer.of.files, Way::Out) {
        if !came.contains(&&statement.id) {
            let about = format!("statement {}", statement.id);
            let between = [acquirer.folder(), merchant.folder()];
            let says = ["it was sent", NOTHING];
            report.find(Difference::new(What::StatementMissing, about, between, says));
        }
    }
}

fn statements(files: &[File], way: Way) -> impl Iterator<Item = (&File, &Statement)> {
    files.iter().filter(move |file| file.way == way).filter_map(|file| match &file.says {
        Document::Statement(statement) => Some((file, statement)),
        _ => None,
    })
}
