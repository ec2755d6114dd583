//! Lists of authorities that have no folder here: those of a brand's other houses, as they were
//! heard.
//!
//! Each is a text in the folder of the brand: the list, then the certificates that prove it. That
//! it lies there is no reason to believe it; whoever reads it checks it to the root.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use openset_crypto::{Authority, Bag, Trust};
use openset_types::Brand;
use openset_wire::{
    der::{decode, encode},
    x509::{BrandCrlIdentifier, Certificate, CertificateRevocationList},
};

use super::{
    Seat, folder,
    lists::{all, current, number, path, read, read_list, take_turn, write},
    papers::{Papers, read_list_pem, read_pem, write_list_pem, write_pem},
};
use crate::ceremony::papers;

/// The folder of such lists, in that of the brand.
const FOLDER: &str = "heard";
/// The most of them. A message carries sixteen lists at most, and those of root, brand and the
/// authorities of this house are among them.
pub(crate) const HEARD_MAX: usize = 8;

/// A list of another house, with the certificates that prove it.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) list: CertificateRevocationList,
    pub(crate) certificates: Vec<Certificate>,
}

/// Those that were heard in a data folder.
pub(super) fn heard(data: &Path) -> anyhow::Result<Vec<Heard>> {
    heard_in(&folder_of(data))
}

/// Those in a folder, in the order in which their authorities were first heard of.
pub(crate) fn heard_in(folder: &Path) -> anyhow::Result<Vec<Heard>> {
    let mut all = Vec::new();
    for place in 1..=HEARD_MAX {
        let path = file(folder, place);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => break,
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        let shown = || path.display().to_string();
        let list = read_list_pem(&text).with_context(shown)?.with_context(shown)?;
        all.push(Heard { list, certificates: read_pem(&text).with_context(shown)? });
    }
    Ok(all)
}

/// The files in which they lie, or may lie one day.
pub(super) fn files(data: &Path) -> impl Iterator<Item = PathBuf> {
    let folder = folder_of(data);
    (1..=HEARD_MAX).map(move |place| file(&folder, place))
}

/// Writes down what somebody's trust has learned of a brand's lists, and its word on them, where
/// it is newer than what lies here.
pub(crate) fn take_in(data: &Path, trust: &Trust, brand: &Brand) -> anyhow::Result<()> {
    let _turn = take_turn(data)?;
    let remembered = trust.remember()?;
    let mut known = Vec::new();
    for octets in &remembered.authorities {
        known.push(decode::<Certificate>(octets)?);
    }
    for list in &trust.with_lists_of(Bag::default(), brand).crls {
        match publisher(data, list)? {
            Some(seat) => put_own(data, seat, list)?,
            None => put_heard(&folder_of(data), list, &known)?,
        }
    }
    for octets in &remembered.bcis {
        let bci: BrandCrlIdentifier = decode(octets)?;
        if bci.to_be_signed.brand_id.0 == *brand {
            put_bci(data, &bci)?;
        }
    }
    Ok(())
}

/// Takes in the brand's word on the lists, if it is newer than the one that lies here.
fn put_bci(data: &Path, bci: &BrandCrlIdentifier) -> anyhow::Result<()> {
    let path = current(data);
    let before: Option<BrandCrlIdentifier> = read(&path)?;
    let sequence = |bci: &BrandCrlIdentifier| bci.to_be_signed.sequence_num;
    if before.is_some_and(|before| sequence(&before) >= sequence(bci)) {
        return Ok(());
    }
    write(&path, &encode(bci)?).with_context(|| format!("{} cannot be written", path.display()))
}

/// The authority of this folder whose list it is.
fn publisher(data: &Path, list: &CertificateRevocationList) -> anyhow::Result<Option<Seat>> {
    for seat in all() {
        let kept = Papers::of(&data.join(seat.folder));
        if kept.has(papers::CERTIFICATES) {
            let own = kept.take(papers::CERTIFICATES)?.certificate;
            if own.to_be_signed.subject == list.to_be_signed.issuer {
                return Ok(Some(seat));
            }
        }
    }
    Ok(None)
}

fn put_own(data: &Path, of: Seat, list: &CertificateRevocationList) -> anyhow::Result<()> {
    let path = path(data, of);
    match read_list(&path)? {
        Some(before) if number(&before) >= number(list) => Ok(()),
        _ => write(&path, &encode(list)?)
            .with_context(|| format!("{} cannot be written", path.display())),
    }
}

/// Writes a list down, if it is newer than that of the same authority, with those of the known
/// certificates that prove it.
pub(crate) fn put_heard(
    folder: &Path,
    list: &CertificateRevocationList,
    known: &[Certificate],
) -> anyhow::Result<()> {
    let before = heard_in(folder)?;
    let is_its = |one: &Heard| one.list.to_be_signed.issuer == list.to_be_signed.issuer;
    let found = before.iter().position(is_its);
    if found.is_some_and(|place| number(&before[place].list) >= number(list)) {
        return Ok(());
    }
    let place = found.unwrap_or(before.len());
    ensure!(place < HEARD_MAX, "lists of more than {HEARD_MAX} authorities of other houses");
    let text = format!("{}{}", write_list_pem(list)?, write_pem(proof(list, known))?);
    let path = file(folder, place + 1);
    fs::create_dir_all(folder)?;
    write(&path, text.as_bytes()).with_context(|| format!("{} cannot be written", path.display()))
}

/// The certificates of a list's authority and of those above it, the root left out.
fn proof<'a>(list: &CertificateRevocationList, known: &'a [Certificate]) -> Vec<&'a Certificate> {
    let mut found: Vec<&Certificate> = Vec::new();
    let mut wanted = vec![&list.to_be_signed.issuer];
    while let Some(name) = wanted.pop() {
        let named = known.iter().filter(|one| {
            let unsigned = &one.to_be_signed;
            unsigned.subject == *name && unsigned.issuer != unsigned.subject
        });
        for one in named {
            if !found.contains(&one) {
                found.push(one);
                wanted.push(&one.to_be_signed.issuer);
            }
        }
    }
    found
}

fn folder_of(data: &Path) -> PathBuf {
    data.join(folder(Authority::Brand)).join(FOLDER)
}

fn file(folder: &Path, place: usize) -> PathBuf {
    folder.join(format!("{place}.pem"))
}
