//! A pack as the bank keeps it: a folder of files, and what may be added when it is signed.

use std::{fs, path::Path};

use anyhow::{Context, bail};
use openset_crypto::Suite;
use toml::{Table, Value};

use super::files::{Files, PACK, ROOT, known};
use crate::ceremony::read_pem;

/// The most files of a folder that are looked at.
const ENTRIES_MAX: usize = 16;

/// What a folder may leave open, because it is another in each place: a demo's authority and
/// root are made when it first starts.
#[derive(Debug, Default, Clone)]
pub(crate) struct Complement {
    /// The certificate that all trust begins at, in PEM.
    pub(crate) root: Option<String>,
    /// Where the cardholder authority takes messages.
    pub(crate) authority: Option<String>,
}

/// Reads the folder of a pack; a file that no pack has is refused with its name.
pub(crate) fn read_folder(folder: &Path) -> anyhow::Result<Files> {
    let mut files = Files::default();
    let entries = fs::read_dir(folder).context("cannot be read")?;
    for (at, entry) in entries.enumerate() {
        let entry = entry?;
        if at >= ENTRIES_MAX {
            bail!("more than {ENTRIES_MAX} files");
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        let about = entry.metadata()?;
        if !about.is_file() {
            bail!("{name}: not a file");
        }
        // What is too long is not read at all.
        let octets_max = known(&name).map_or(0, |(_, octets_max)| octets_max);
        let is_short = usize::try_from(about.len()).is_ok_and(|octets| octets <= octets_max);
        if known(&name).is_some() && !is_short {
            bail!("{name}: {} octets, and at most {octets_max} are read", about.len());
        }
        files.put(&name, if is_short { fs::read(entry.path())? } else { Vec::new() })?;
    }
    Ok(files)
}

impl Complement {
    /// Adds what a folder left open. What it says itself is not replaced by something else.
    pub(crate) fn add_to(&self, files: &mut Files) -> anyhow::Result<()> {
        if let Some(pem) = &self.root {
            if files.find(ROOT).is_some_and(|own| own != pem.as_bytes()) {
                bail!("{ROOT}: the pack has another");
            }
            files.put(ROOT, pem.clone().into_bytes())?;
            add(files, "suite", &suite_of(pem)?.to_string())?;
        }
        if let Some(authority) = &self.authority {
            add(files, "authority", authority)?;
        }
        Ok(())
    }
}

fn suite_of(pem: &str) -> anyhow::Result<Suite> {
    let all = read_pem(pem).context(ROOT)?;
    let root = all.first().with_context(|| format!("{ROOT}: no certificate in it"))?;
    Suite::of_root(root).map_err(|unknown| anyhow::anyhow!("{ROOT}: {unknown}"))
}

/// Adds a text to `pack.toml`, before its first table, where it belongs to the pack itself.
fn add(files: &mut Files, key: &str, value: &str) -> anyhow::Result<()> {
    let toml = files.text(PACK)?;
    let table: Table = toml.parse().map_err(|error| anyhow::anyhow!("{PACK}: {error}"))?;
    match table.get(key) {
        Some(Value::String(own)) if own == value => Ok(()),
        Some(_) => bail!("{PACK}: {key}: the pack has another\n  expected: {value}, or none"),
        None => {
            let value = Value::String(value.to_owned());
            let toml = format!("{key} = {value}\n{toml}");
            files.put(PACK, toml.into_bytes())
        }
    }
}
