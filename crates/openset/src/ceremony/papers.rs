//! A party's certificates in its folder: PEM files, the certificate first, then those above it.
//!
//! `openssl verify` and `openssl x509` read them. They are public; the keys are elsewhere.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use data_encoding::BASE64;
use openset_crypto::{Identity, vault::Cost};
use openset_node::{entropy, keys::KeyRing};
use openset_types::Secret;
use openset_wire::{
    der::{decode, encode},
    x509::{Certificate, CertificateRevocationList},
};

/// The paper of whoever signs certificates.
pub(crate) const CERTIFICATES: &str = "certificates";
/// The paper of whoever signs lists with a certificate of their own.
pub(crate) const LISTS: &str = "lists";
/// The paper of whoever signs messages.
pub(crate) const SIGNATURE: &str = "signature";
/// The paper of whoever is sealed to.
pub(crate) const ENCIPHERMENT: &str = "encipherment";

/// What armour says that is around a certificate.
const CERTIFICATE: &str = "CERTIFICATE";
/// Around a list of revoked certificates.
pub(super) const LIST: &str = "X509 CRL";
/// Around a brand's word on which lists are current.
pub(super) const BCI: &str = "SET BRAND CRL IDENTIFIER";
const COLUMNS: usize = 64;

/// The certificates of one party.
#[derive(Debug, Clone)]
pub(crate) struct Papers(PathBuf);

impl Papers {
    /// Those in a party's folder.
    pub(crate) fn of(role: &Path) -> Self {
        Self(role.join("certificates"))
    }

    /// Those in a folder that holds nothing else.
    pub(crate) fn within(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Keeps a certificate with its chain.
    pub(crate) fn keep(&self, paper: &str, identity: &Identity) -> anyhow::Result<()> {
        fs::create_dir_all(&self.0)?;
        let all = [&identity.certificate].into_iter().chain(&identity.chain);
        fs::write(self.path(paper), write_pem(all)?)
            .with_context(|| format!("{} cannot be written", self.path(paper).display()))
    }

    /// Takes it out again.
    pub(crate) fn take(&self, paper: &str) -> anyhow::Result<Identity> {
        let path = self.path(paper);
        let text =
            fs::read_to_string(&path).with_context(|| format!("{} is missing", path.display()))?;
        let mut certificates = read_pem(&text).with_context(|| path.display().to_string())?;
        if certificates.is_empty() {
            bail!("{} holds no certificate", path.display());
        }
        let chain = certificates.split_off(1);
        Ok(Identity::new(certificates.remove(0), chain)?)
    }

    /// Whether there is a certificate.
    pub(crate) fn has(&self, paper: &str) -> bool {
        self.path(paper).is_file()
    }

    fn path(&self, paper: &str) -> PathBuf {
        self.0.join(paper).with_extension("pem")
    }
}

/// Writes certificates as PEM.
pub(crate) fn write_pem<'a>(
    certificates: impl IntoIterator<Item = &'a Certificate>,
) -> anyhow::Result<String> {
    let mut text = String::new();
    for certificate in certificates {
        armour(&mut text, CERTIFICATE, &encode(certificate)?);
    }
    Ok(text)
}

/// Writes a list of revoked certificates as PEM.
pub(crate) fn write_list_pem(list: &CertificateRevocationList) -> anyhow::Result<String> {
    let mut text = String::new();
    armour(&mut text, LIST, &encode(list)?);
    Ok(text)
}

/// Reads the first list of a PEM text, if there is one in it.
pub(crate) fn read_list_pem(text: &str) -> anyhow::Result<Option<CertificateRevocationList>> {
    Ok(unarmour(text, LIST)?.first().map(|der| decode(der)).transpose()?)
}

/// Reads all certificates of a PEM text.
pub(crate) fn read_pem(text: &str) -> anyhow::Result<Vec<Certificate>> {
    Ok(unarmour(text, CERTIFICATE)?.iter().map(|der| decode(der)).collect::<Result<_, _>>()?)
}

/// Puts octets into armour of a label.
pub(super) fn armour(text: &mut String, label: &str, octets: &[u8]) {
    text.push_str(&format!("-----BEGIN {label}-----"));
    for line in BASE64.encode(octets).as_bytes().chunks(COLUMNS) {
        text.push('\n');
        text.push_str(&String::from_utf8_lossy(line));
    }
    text.push_str(&format!("\n-----END {label}-----\n"));
}

/// The octets of all that has armour of a label.
pub(super) fn unarmour(text: &str, label: &str) -> anyhow::Result<Vec<Vec<u8>>> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, begun)) = rest.split_once(&begin) {
        let (body, after) =
            begun.split_once(&end).with_context(|| format!("a {label} has no end"))?;
        let base64: String = body.split_whitespace().collect();
        found.push(BASE64.decode(base64.as_bytes()).context("not base64")?);
        rest = after;
    }
    Ok(found)
}

/// What opening a key file costs. In the tests of this executable it costs next to nothing: each
/// start of a story opens dozens, and what it costs elsewhere took most of their time.
const COST: Cost = if cfg!(test) { Cost::FLEETING } else { Cost::KEY_FILE };

/// Opens the keys of a party under the passphrase in a file beside them, made if there is none.
pub(crate) fn ring(role: &Path) -> anyhow::Result<KeyRing> {
    let path = role.join("passphrase");
    let passphrase = match fs::read(&path) {
        Ok(passphrase) => passphrase,
        Err(_) => {
            let passphrase = BASE64.encode(&entropy::seed()?).into_bytes();
            write_private(&path, &passphrase)?;
            passphrase
        }
    };
    Ok(KeyRing::open(&role.join("keys"), Secret::new(passphrase))?.costing(COST))
}

/// Makes a folder, and those above it that are not there, into which nobody else may look.
pub(super) fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a file that nobody else may read.
pub(crate) fn write_private(path: &Path, octets: &[u8]) -> anyhow::Result<()> {
    use std::io::Write;
    if let Some(folder) = path.parent() {
        make_private(folder)?;
    }
    let mut options = fs::File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(octets)?;
    Ok(file.sync_all()?)
}
