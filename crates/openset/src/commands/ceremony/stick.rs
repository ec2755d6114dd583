//! An authority's folder.
//!
//! ```text
//! authority.json       what it is
//! keys/                locked key files
//! operators/           a share of their passphrase for each operator, locked under theirs
//! certificates/        its own, with those above each
//! revoked.crl          its list, if it publishes one
//! above/ca-.../        certificates and lists of those above
//! ceremony/            requests, what was signed and why, log.txt
//! ```
//!
//! Authorities that answer messages have the folders of running roles: their passphrase is beside
//! their keys, and those above are beside their folder, where roles look for them.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use openset_crypto::{Authority, Identity, KeyId};
use openset_node::clock::{Clock, SystemClock};
use openset_types::UnixTime;
use openset_wire::{
    der::{decode, encode},
    x509::CertificateRevocationList,
};

use super::plate::Plate;
use crate::{
    ceremony::{Papers, folder, papers},
    ending::{Done, Ending},
};

const PLATE: &str = "authority.json";
const LIST: &str = "revoked.crl";
const PENDING: &str = "pending.request";
const LOG: &str = "log.txt";

/// An authority's folder, in use by this process alone.
pub(super) struct Stick {
    path: PathBuf,
    _lock: File,
}

impl Stick {
    /// Takes a folder, made if there is none, for its owner alone.
    pub(super) fn take(path: &Path) -> Result<Self, Ending> {
        let unusable = || format!("{} cannot be used", path.display());
        make_folder(&path.join("ceremony")).with_context(unusable)?;
        let path = path.canonicalize().with_context(unusable)?;
        let lock = OpenOptions::new().create(true).append(true).open(path.join("ceremony/.lock"));
        let lock = lock.with_context(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Ending::Machine(anyhow::anyhow!(
                "{} is in use by another ceremony",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => {
                Err(anyhow::Error::new(error).context(unusable()).into())
            }
        }
    }

    /// Takes the folder of an authority that is there.
    pub(super) fn open(path: &Path) -> Result<(Self, Plate), Ending> {
        if !path.join(PLATE).is_file() {
            return Err(Ending::input(format_args!(
                "{} is not the folder of an authority\n  try: openset ceremony init --help",
                path.display()
            )));
        }
        let stick = Self::take(path)?;
        let plate = stick.plate()?.context("the folder is gone again")?;
        Ok((stick, plate))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What the folder is, if it is anything yet.
    pub(super) fn plate(&self) -> Result<Option<Plate>, Ending> {
        let path = self.path.join(PLATE);
        let unfit =
            |error: anyhow::Error| Ending::input(format_args!("{}: {error:#}", path.display()));
        if !path.exists() {
            return Ok(None);
        }
        let json = fs::read(&path).map_err(|error| unfit(error.into()))?;
        Plate::read(&json).map(Some).map_err(unfit)
    }

    pub(super) fn put_plate(&self, plate: &Plate) -> anyhow::Result<()> {
        replace(&self.path.join(PLATE), &plate.write()?)
    }

    /// Where a file about ceremonies lies.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join("ceremony").join(name)
    }

    /// The request that an answer is waited for.
    pub(super) fn pending(&self) -> PathBuf {
        self.file(PENDING)
    }

    /// Writes a line into the folder's log, to the disk: what cannot be logged is not done.
    pub(super) fn log(&self, what: &str) -> Done {
        let line = format!("{} {what}\n", now().rfc3339());
        let written = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.file(LOG))
            .and_then(|mut log| log.write_all(line.as_bytes()).and_then(|()| log.sync_all()));
        Ok(written.context("the ceremony cannot be logged")?)
    }

    pub(super) fn papers(&self) -> Papers {
        Papers::of(&self.path)
    }

    /// The authority's certificate for certificates.
    pub(super) fn identity(&self) -> Result<Identity, Ending> {
        if !self.papers().has(papers::CERTIFICATES) {
            return Err(Ending::input(format_args!(
                "{} has no certificate yet; its request is to be signed by the authority above",
                self.path.display()
            )));
        }
        Ok(self.papers().take(papers::CERTIFICATES)?)
    }

    /// With which of its certificates it signs lists.
    pub(super) fn lister(&self) -> Result<Identity, Ending> {
        match self.papers().has(papers::LISTS) {
            true => Ok(self.papers().take(papers::LISTS)?),
            false => self.identity(),
        }
    }

    /// Takes new certificates into use, all of them at once.
    pub(super) fn put_papers(&self, all: &[(&'static str, &Identity)]) -> anyhow::Result<()> {
        let [now, new, before] = ["certificates", "certificates.new", "certificates.before"];
        let [now, new, before] = [now, new, before].map(|name| self.path.join(name));
        clear(&new)?;
        let papers = Papers::within(new.clone());
        all.iter().try_for_each(|(paper, identity)| papers.keep(paper, identity))?;
        if now.exists() {
            clear(&before)?;
            fs::rename(&now, &before)?;
        }
        fs::rename(&new, &now)?;
        sync(&self.path)
    }

    /// Whether the file of a key is here.
    pub(super) fn holds(&self, key: &KeyId) -> bool {
        self.path.join("keys").join(key.to_string()).with_extension("p8").is_file()
    }

    /// The folder of an authority above.
    pub(super) fn above(&self, role: Authority, own: Authority) -> PathBuf {
        let beside = answers(own).then(|| self.path.parent()).flatten();
        beside.map_or_else(|| self.path.join("above"), Path::to_owned).join(folder(role))
    }

    /// The authority's own list.
    pub(super) fn list(&self) -> anyhow::Result<Option<CertificateRevocationList>> {
        read_list(&self.path)
    }

    pub(super) fn put_list(&self, list: &CertificateRevocationList) -> anyhow::Result<()> {
        put_list(&self.path, list)
    }
}

/// Whether an authority answers messages, and has the folder of a running role.
pub(super) fn answers(role: Authority) -> bool {
    match role {
        Authority::Root | Authority::Brand | Authority::Geopolitical => false,
        Authority::Cardholder | Authority::Merchant | Authority::Gateway => true,
    }
}

/// The list in an authority's folder.
pub(super) fn read_list(authority: &Path) -> anyhow::Result<Option<CertificateRevocationList>> {
    let path = authority.join(LIST);
    match fs::read(&path) {
        Ok(octets) => Ok(Some(decode(&octets).with_context(|| path.display().to_string())?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// Puts a list into an authority's folder.
pub(super) fn put_list(authority: &Path, list: &CertificateRevocationList) -> anyhow::Result<()> {
    make_folder(authority)?;
    replace(&authority.join(LIST), &encode(list)?)
}

/// What time it is.
pub(super) fn now() -> UnixTime {
    SystemClock.now()
}

/// Makes a folder, and those above it, for its owner alone.
pub(super) fn make_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Takes the place of a file: after a crash there is the old one or the new one.
pub(super) fn replace(path: &Path, octets: &[u8]) -> anyhow::Result<()> {
    let beside = path.with_extension("new");
    let write = || {
        let mut file = File::create(&beside)?;
        file.write_all(octets)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().with_context(|| format!("{} cannot be written", path.display()))?;
    let here = Path::new(".");
    sync(path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(here))
}

/// A renamed file is on the disk when its folder is.
pub(super) fn sync(folder: &Path) -> anyhow::Result<()> {
    if cfg!(unix) {
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.with_context(|| format!("{} is not on the disk", folder.display()))?;
    }
    Ok(())
}

fn clear(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}
