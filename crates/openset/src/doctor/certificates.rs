//! Whether the certificates of the data folder are good for a while, and its lists of revoked
//! certificates fresh enough to be believed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use openset_node::clock::{Clock, SystemClock};
use openset_types::UnixTime;
use openset_wire::{der::decode, x509::CertificateRevocationList};

use super::Finding;
use crate::{
    ceremony::{age_s, read_pem},
    demo::cast::OTHER_BRAND_FOLDER,
    house,
};

const CERTIFICATES: &str = "certificates";
const LISTS: &str = "revoked lists";
const DAY_S: i64 = 86_400;
/// Whoever has this long left is told to renew.
const SOON_S: i64 = 30 * DAY_S;
/// A list of a week is not wrong yet, but nobody has published for a week.
const OLD_S: i64 = 7 * DAY_S;

/// Looks at every role's certificates and at every published list.
pub(super) fn look(data: &Path) -> Vec<Finding> {
    if !data.exists() {
        return Vec::new();
    }
    let now = SystemClock.now();
    let other = house::other_brand(data);
    let files = |ending: &str| -> Vec<PathBuf> {
        let folders = [Some(data), other.as_deref()].into_iter().flatten();
        folders.flat_map(|folder| files_below(folder, ending, FOLDERS_DEEP)).collect()
    };
    vec![certificates(data, &files("pem"), now), lists(data, &files("crl"), now)]
}

/// Role, `certificates`, file.
const FOLDERS_DEEP: usize = 2;

fn certificates(data: &Path, files: &[PathBuf], now: UnixTime) -> Finding {
    let mut first: Option<(UnixTime, &PathBuf)> = None;
    for file in files {
        let until = match until(file) {
            Ok(until) => until,
            Err(error) => return unreadable(CERTIFICATES, data, file, &error),
        };
        if first.is_none_or(|(sooner, _)| until < sooner) {
            first = Some((until, file));
        }
    }
    let Some((until, file)) = first else {
        return Finding::good(CERTIFICATES, "none yet; the demo makes them");
    };
    let (shown, left_s) = (short(data, file), until.seconds_since(now));
    let remedy = remedy(&shown);
    if left_s < 0 {
        return Finding::bad(CERTIFICATES, format!("{shown} ended on {until}"), remedy);
    }
    let found = format!("{shown} ends first, in {} days", left_s / DAY_S);
    match left_s < SOON_S {
        true => Finding::notable(CERTIFICATES, found, remedy),
        false => Finding::good(CERTIFICATES, format!("{} files; {found}", files.len())),
    }
}

/// What brings others, for whom a file belongs to.
fn remedy(shown: &str) -> &'static str {
    let mut folders = shown.split(['/', '\\']);
    match folders.next() {
        Some(OTHER_BRAND_FOLDER) => {
            "openset certificates --data, with this brand's folder, says whose and renews them"
        }
        Some("merchant") => "openset certificates --role merchant renew",
        Some("gateway") => "openset certificates --role gateway renew",
        _ => "openset demo --reset makes new ones; cards are registered again",
    }
}

fn lists(data: &Path, files: &[PathBuf], now: UnixTime) -> Finding {
    let remedy = "a start of the demo publishes new ones";
    let mut oldest_s = 0;
    for file in files {
        let list = match list(file) {
            Ok(list) => list,
            Err(error) => return unreadable(LISTS, data, file, &error),
        };
        let next = list.to_be_signed.next_update.map(|next| next.moment());
        if next.is_none_or(|next| next < now) {
            let found = format!("{} is not believed any more", short(data, file));
            return Finding::bad(LISTS, found, remedy);
        }
        oldest_s = oldest_s.max(age_s(&list, now));
    }
    if files.is_empty() {
        return Finding::good(LISTS, "none yet; the demo publishes them");
    }
    let found = format!("{} files; the oldest is {} days old", files.len(), oldest_s / DAY_S);
    match oldest_s > OLD_S {
        true => Finding::notable(LISTS, found, remedy),
        false => Finding::good(LISTS, found),
    }
}

/// When the first certificate of a file ends: the others are above it and end later.
fn until(file: &Path) -> anyhow::Result<UnixTime> {
    let certificates = read_pem(&fs::read_to_string(file)?)?;
    let first = certificates.first().context("no certificate in it")?;
    Ok(first.to_be_signed.value().validity.not_after.moment())
}

fn list(file: &Path) -> anyhow::Result<CertificateRevocationList> {
    Ok(decode(&fs::read(file)?)?)
}

fn unreadable(about: &'static str, data: &Path, file: &Path, error: &anyhow::Error) -> Finding {
    let found = format!("{} cannot be read: {error:#}", short(data, file));
    Finding::bad(about, found, "put back what was there, or openset demo --reset")
}

fn short(data: &Path, file: &Path) -> String {
    file.strip_prefix(data).unwrap_or(file).display().to_string()
}

/// The files of an ending, in this folder and those some steps below it.
fn files_below(folder: &Path, ending: &str, deep: usize) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() && deep > 0 {
            files.extend(files_below(&path, ending, deep - 1));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use openset_crypto::Suite;

    use super::*;
    use crate::{ceremony, doctor::State, house::holders::Holders};

    /// The certificates and lists of a ceremony, looked at so many days later.
    fn looked(data: &Path, days: i64) -> [State; 2] {
        let now = SystemClock.now().plus_s(days * DAY_S);
        let files = |ending| files_below(data, ending, FOLDERS_DEEP);
        [certificates(data, &files("pem"), now).state, lists(data, &files("crl"), now).state]
    }

    #[test]
    fn what_ends_is_told_before_it_ends() {
        let data = tempfile::tempdir().expect("a folder");
        ceremony::hold(
            &ceremony::Rings::new(data.path(), &Holders::FILES),
            Suite::Modern,
            &SystemClock,
        )
        .expect("a ceremony");
        assert_eq!(looked(data.path(), 0), [State::Good, State::Good]);
        assert_eq!(looked(data.path(), 8), [State::Good, State::Notable]);
        assert_eq!(looked(data.path(), 40), [State::Good, State::Bad]);
        assert_eq!(looked(data.path(), 3 * 365 - 10)[0], State::Notable);
        assert_eq!(looked(data.path(), 3 * 365 + 10)[0], State::Bad);
    }

    #[test]
    fn who_can_renew_is_told_how() {
        for (shown, begins) in [
            ("merchant/certificates/signature.pem", "openset certificates --role merchant"),
            ("gateway/certificates/encipherment.pem", "openset certificates --role gateway"),
            ("ca-root/certificates/certificates.pem", "openset demo --reset"),
            ("trial-brand/gateway/certificates/signature.pem", "openset certificates --data"),
        ] {
            assert!(remedy(shown).starts_with(begins), "{shown}");
        }
    }

    #[test]
    fn a_damaged_file_is_named() {
        let data = tempfile::tempdir().expect("a folder");
        fs::write(data.path().join("a.pem"), "nothing").expect("a file");
        fs::write(data.path().join("b.crl"), "nothing").expect("a file");
        let findings = look(data.path());
        assert!(findings.iter().all(|finding| finding.state == State::Bad), "{findings:?}");
        assert!(findings[0].found.starts_with("a.pem") && findings[1].found.starts_with("b.crl"));
    }

    #[test]
    fn a_folder_without_any_is_fine() {
        let data = tempfile::tempdir().expect("a folder");
        assert_eq!(looked(data.path(), 0), [State::Good, State::Good]);
        assert!(look(&data.path().join("later")).is_empty());
    }
}
