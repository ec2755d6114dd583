//! The files of a pack: four names, of which a pack has two or three, each with a bound.

use std::collections::BTreeMap;

use anyhow::{Context, bail};

/// What the bank says.
pub(crate) const PACK: &str = "pack.toml";
/// The certificate that all trust begins at.
pub(crate) const ROOT: &str = "root.pem";
/// The logo as a drawing.
pub(crate) const LOGO_SVG: &str = "logo.svg";
/// The logo as pixels.
pub(crate) const LOGO_PNG: &str = "logo.png";

/// Every file that a pack may have, and how many octets it has at most.
const KNOWN: [(&str, usize); 4] =
    [(LOGO_PNG, 128 * 1024), (LOGO_SVG, 32 * 1024), (PACK, 8 * 1024), (ROOT, 16 * 1024)];

/// The files of a pack, in the order of their names.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Files(BTreeMap<&'static str, Vec<u8>>);

/// The name of a file that a pack may have, and how many octets it has at most.
pub(crate) fn known(name: &str) -> Option<(&'static str, usize)> {
    KNOWN.into_iter().find(|(known, _)| *known == name)
}

impl Files {
    /// Adds a file, or puts it in the place of the one that was there.
    pub(crate) fn put(&mut self, name: &str, octets: Vec<u8>) -> anyhow::Result<()> {
        let Some((name, octets_max)) = known(name) else {
            let names = KNOWN.map(|(name, _)| name).join(", ");
            bail!("{name}: a file that no pack has\n  expected: {names}");
        };
        if octets.len() > octets_max {
            bail!("{name}: {} octets, and at most {octets_max} are read", octets.len());
        }
        self.0.insert(name, octets);
        Ok(())
    }

    /// A file, if it is there.
    pub(crate) fn find(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// A file of text that must be there.
    pub(crate) fn text(&self, name: &str) -> anyhow::Result<&str> {
        let octets = self.find(name).with_context(|| format!("{name} is missing"))?;
        str::from_utf8(octets).map_err(|_| anyhow::anyhow!("{name}: not UTF-8"))
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.0.iter().map(|(name, octets)| (*name, octets.as_slice()))
    }
}
