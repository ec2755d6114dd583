//! Files between banks: the same octets at both ends.

use crate::{
    acquirer,
    files::{Document, File},
    issuer,
    report::{Difference, NOTHING, Report, What, said},
    testimony::{Testimony, Way},
};

/// A file, and whose journal it stands in.
type Filed<'a> = (&'a str, &'a File);

/// Everything that came to an acquirer must have left an issuer, and everything that came to an
/// issuer must have left the acquirer. What left and has not come is under way.
pub(crate) fn compare(
    acquirer: &acquirer::Account<'_>,
    issuers: &[issuer::Account<'_>],
    report: &mut Report,
) {
    if issuers.is_empty() {
        return;
    }
    let ours: Vec<_> = between_banks(acquirer.of).collect();
    let theirs: Vec<_> = issuers.iter().flat_map(|issuer| between_banks(issuer.of)).collect();
    one_way(&ours, &theirs, "its issuer", report);
    one_way(&theirs, &ours, acquirer.folder(), report);
}

fn one_way(came: &[Filed<'_>], left: &[Filed<'_>], somebody: &str, report: &mut Report) {
    for (recipient, file) in came.iter().filter(|(_, file)| file.way == Way::In) {
        let is_it = |other: &File| {
            other.way == Way::Out && other.name == file.name && other.id() == file.id()
        };
        let sent = || left.iter().filter(|(_, other)| is_it(other));
        if sent().any(|(_, other)| other.digest == file.digest) {
            continue;
        }
        let (what, sender, says) = match sent().next() {
            Some((sender, other)) => (What::FileDiffers, *sender, said(other.amount())),
            None => (What::FileMissing, somebody, NOTHING.to_owned()),
        };
        let about = format!("{} of file {}", file.name, file.id());
        let says = [said(file.amount()), says];
        report.find(Difference::new(what, about, [*recipient, sender], says));
    }
}

fn between_banks(of: &Testimony) -> impl Iterator<Item = Filed<'_>> {
    let folder = of.party().folder.as_str();
    let files = of.files.iter().map(move |file| (folder, file));
    files.filter(|(_, file)| match file.says {
        Document::Clearing(_) | Document::Settlement(_) | Document::Rejection { .. } => true,
        Document::Order { .. } | Document::Statement(_) => false,
    })
}
