//! The wallet that a bank gives out: the executable, the signed brand pack and what a desktop
//! needs to know, as a Debian package and as a tarball.
//!
//! Both are made of the same tree, below `usr` in the one and below a folder of its own in the
//! other, with the same owner and time for every file: who packages the same things twice has the
//! same octets twice.

mod archive;
mod machine;
#[cfg(test)]
mod tests;
mod texts;

use anyhow::Context;
use openset_crypto::KeyId;

pub(crate) use self::machine::Machine;
use self::{archive::Item, texts::Texts};
use crate::pack::{Pack, SUFFIX};

/// What is packaged.
pub(crate) struct Goods<'a> {
    /// The bank's pack.
    pub(crate) pack: &'a Pack,
    /// The same, as it was signed.
    pub(crate) sealed: &'a [u8],
    /// The key that signed it.
    pub(crate) by: KeyId,
    /// The executable.
    pub(crate) executable: &'a [u8],
    /// What it runs on.
    pub(crate) machine: Machine,
}

/// A file that was made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) name: String,
    pub(crate) octets: Vec<u8>,
}

/// The version of packages: that of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Goods<'_> {
    /// What both packages are called, without version and machine.
    pub(crate) fn name(&self) -> String {
        format!("openset-wallet-{}", self.pack.facts.id)
    }

    /// The Debian package (deb(5), format 2.0).
    pub(crate) fn deb(&self) -> anyhow::Result<Made> {
        let tree = self.tree("usr/");
        let size_kib = tree.iter().map(|item| item.octets.len().div_ceil(1024)).sum();
        let control = self.texts().control(self.machine, size_kib);
        let control = Item::file("control", control.into_bytes());
        let control = archive::tar_gz(&[control]).context("the control archive")?;
        let data = archive::tar_gz(&tree).context("the data archive")?;
        let members = [
            ("debian-binary", b"2.0\n".as_slice()),
            ("control.tar.gz", control.as_slice()),
            ("data.tar.gz", data.as_slice()),
        ];
        let name = format!("{}_{VERSION}_{}.deb", self.name(), self.machine.debian());
        Ok(Made { name, octets: archive::ar(&members)? })
    }

    /// The tarball, for systems without Debian's packages.
    pub(crate) fn tarball(&self) -> anyhow::Result<Made> {
        let folder = format!("{}-{VERSION}-{}", self.name(), self.machine.debian());
        let mut tree = self.tree(&format!("{folder}/"));
        let readme = Item::file(&format!("{folder}/README"), self.texts().readme().into_bytes());
        tree.push(readme);
        let octets = archive::tar_gz(&tree).context("the tarball")?;
        Ok(Made { name: format!("{folder}.tar.gz"), octets })
    }

    fn texts(&self) -> Texts<'_> {
        Texts { facts: &self.pack.facts, by: self.by, package: self.name() }
    }

    /// Every file, below a folder.
    fn tree(&self, below: &str) -> Vec<Item> {
        let (name, texts, id) = (self.name(), self.texts(), &self.pack.facts.id);
        let at = |path: String| format!("{below}{path}");
        let text = |path: String, text: String| Item::file(&at(path), text.into_bytes());
        let logo = &self.pack.logo;
        let icons = match logo.extension() {
            "svg" => "share/icons/hicolor/scalable/apps",
            _ => "share/pixmaps",
        };
        let icon = at(format!("{icons}/{name}.{}", logo.extension()));
        vec![
            Item::program(&at(format!("bin/{id}-wallet")), texts.launcher().into_bytes()),
            Item::program(&at(format!("lib/{name}/openset")), self.executable.to_vec()),
            Item::file(&at(format!("lib/{name}/{id}.{SUFFIX}")), self.sealed.to_vec()),
            text(format!("share/applications/{name}.desktop"), texts.desktop()),
            text(format!("share/doc/{name}/copyright"), texts::COPYRIGHT.to_owned()),
            Item::file(&icon, logo.octets().to_vec()),
            text(format!("share/mime/packages/{name}.xml"), texts::MEDIA_TYPES.to_owned()),
        ]
    }
}
