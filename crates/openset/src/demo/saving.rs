//! Saving a story: every message that crossed a wire, as a file in the order it crossed.
//!
//! SET messages are `NN-Name.der`, bank messages `NN-mti.bin`, files between banks `NN-name.xml`;
//! `root.pem` is the trust anchor they lead to. All are as they crossed, the card number in bank
//! messages included: it is the number of a test card, and no bank keeps it there.

use std::{fs, path::Path, sync::Arc};

use anyhow::Context;
use openset_node::{
    link::Tap,
    store::{JournalOf, Page, Passed, Seq, Store},
};

use crate::{
    ceremony::write_pem,
    house::{
        banks,
        merge::{Crossed, merge},
        system::System,
        transcript,
    },
};

/// More messages than a story has.
const MESSAGES_MAX: u32 = 10_000;

/// Where every journal stood when the story began.
#[derive(Debug, Clone)]
pub(crate) struct Marks(Vec<Option<Seq>>);

/// Every journal, by what journals call its party.
fn journals(system: &System) -> Vec<(&'static str, &Arc<dyn Store>)> {
    let mut journals = vec![
        ("cardholder", &system.wallet.party.store),
        ("merchant", &system.merchant.party.store),
        ("gateway", &system.gateway.party.store),
        ("issuer", &system.issuer.store),
        ("acquirer", &system.acquirer.store),
    ];
    for authority in &system.authorities {
        let name = authority.seat.folder;
        journals.push((name, &authority.party.store));
    }
    journals
}

impl Marks {
    /// Marks the end of every journal.
    pub(crate) async fn set(system: &System) -> anyhow::Result<Self> {
        let mut marks = Vec::new();
        for (_, store) in journals(system) {
            let last = store.journal(&JournalOf::Everything, Page::newest(1)).await?;
            marks.push(last.first().map(|passed| passed.seq));
        }
        Ok(Self(marks))
    }

    /// Everything of the story that crossed since, in the order it crossed.
    pub(crate) async fn since(&self, system: &System) -> anyhow::Result<Vec<Crossed>> {
        let mut all = Vec::new();
        for ((party, store), mark) in journals(system).into_iter().zip(&self.0) {
            let mut journal =
                store.journal(&JournalOf::Everything, Page::newest(MESSAGES_MAX)).await?;
            journal.retain(|passed| mark.is_none_or(|mark| passed.seq > mark) && tells(passed));
            journal.reverse();
            if party == "gateway" {
                (journal, _, _) = transcript::with_banks(system, journal).await?;
            }
            all.push((party, journal));
        }
        Ok(merge(all))
    }
}

/// Whether a message belongs to what people do. A merchant asks its gateway for a certificate
/// whenever it starts.
fn tells(passed: &Passed) -> bool {
    !matches!(&*passed.name, "PCertReq" | "PCertRes")
}

/// The same story with every bank message as it crossed: the banks' journals keep them without
/// the card, and the tap has them with it.
pub(crate) fn unmasked(mut story: Vec<Crossed>, tap: &Tap) -> anyhow::Result<Vec<Crossed>> {
    let dialect = banks::dialect();
    for Crossed { passed, .. } in story.iter_mut().filter(|one| is_bank(&one.passed.name)) {
        let found = tap.unmasked(&passed.octets, &dialect);
        passed.octets = found.with_context(|| format!("{} crossed no link", passed.name))?;
    }
    Ok(story)
}

/// Writes the messages into a folder; answers how many there were.
///
/// How merchant and gateway came to their certificates goes into folders of its own: that was
/// before the story, and is numbered apart.
pub(crate) async fn write(
    system: &System,
    folder: &Path,
    story: &[Crossed],
) -> anyhow::Result<usize> {
    let enrolments = [
        ("enrolment-merchant", transcript::of_merchant(system).await?),
        ("enrolment-gateway", transcript::of_gateway(system).await?),
    ];
    for (name, enrolment) in &enrolments {
        write_all(&folder.join(name), enrolment)?;
    }
    write_all(folder, story)?;
    let root = write_pem([&system.ground.root])?;
    fs::write(folder.join("root.pem"), root)
        .with_context(|| format!("{} cannot be written", folder.display()))?;
    Ok(story.len() + enrolments.iter().map(|(_, enrolment)| enrolment.len()).sum::<usize>())
}

fn write_all(folder: &Path, story: &[Crossed]) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for (Crossed { passed, .. }, number) in story.iter().zip(1..) {
        let name = file_name(number, passed);
        fs::write(folder.join(&name), &passed.octets)
            .with_context(|| format!("{name} cannot be written"))?;
    }
    Ok(())
}

/// `07-0100.bin`: the number is as wide as two digits at least.
pub(crate) fn file_name(number: usize, passed: &Passed) -> String {
    let name = &passed.name;
    let ending = match name.contains('.') {
        true => "xml",
        false if is_bank(name) => "bin",
        false => "der",
    };
    format!("{number:02}-{name}.{ending}")
}

/// Whether a message is one between banks, by its name.
fn is_bank(name: &str) -> bool {
    name.len() == 4 && name.bytes().all(|byte| byte.is_ascii_digit())
}
