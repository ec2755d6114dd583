//! What stands on an authority's folder: what it is, under which root, and who opens it.

use std::path::PathBuf;

use anyhow::Context;
use data_encoding::BASE64;
use openset_crypto::{Authority, KeyId, PublicKey, Suite};
use openset_protocol::ceremony::{self, Subject};
use serde::{Deserialize, Serialize};

/// `authority.json`. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plate {
    version: u32,
    role: String,
    pub(super) suite: Suite,
    /// The key of the root, by name: its hash.
    pub(super) root: KeyId,
    /// How many operators open the keys together; none where a running role does.
    pub(super) operators: u8,
    country: String,
    brand: String,
    institution: Option<String>,
    name: Option<String>,
    /// The key that a root has announced, whole.
    next: Option<String>,
    /// The token that holds the keys, where no files do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<Token>,
}

/// A PKCS#11 token, as it was found when the keys were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Token {
    pub(super) module: PathBuf,
    pub(super) label: String,
}

impl Plate {
    pub(super) fn new(
        role: Authority,
        suite: Suite,
        root: KeyId,
        operators: u8,
        subject: &Subject,
    ) -> Self {
        let Subject { country, brand, institution, name } = subject.clone();
        let role = ceremony::word(role).to_owned();
        let next = None;
        Self {
            version: VERSION,
            role,
            suite,
            root,
            operators,
            country,
            brand,
            institution,
            name,
            next,
            token: None,
        }
    }

    /// The same, of an authority whose keys are in a token, or in files.
    pub(super) fn holding(mut self, token: Option<Token>) -> Self {
        self.token = token;
        self
    }

    /// The same, of a root that has announced a key.
    pub(super) fn announcing(mut self, next: &PublicKey) -> Self {
        self.next = Some(BASE64.encode(next.der()));
        self
    }

    pub(super) fn read(json: &[u8]) -> anyhow::Result<Self> {
        let read: Self = serde_json::from_slice(json)?;
        anyhow::ensure!(read.version == VERSION, "it is of version {}", read.version);
        read.role()?;
        Ok(read)
    }

    pub(super) fn write(&self) -> anyhow::Result<Vec<u8>> {
        Ok(serde_json::to_vec_pretty(self)?)
    }

    pub(super) fn role(&self) -> anyhow::Result<Authority> {
        ceremony::named(&self.role).context("no authority has this role")
    }

    pub(super) fn subject(&self) -> Subject {
        Subject {
            country: self.country.clone(),
            brand: self.brand.clone(),
            institution: self.institution.clone(),
            name: self.name.clone(),
        }
    }

    /// The key that was announced.
    pub(super) fn next(&self) -> anyhow::Result<PublicKey> {
        let next = self.next.as_deref().context("only a root announces a key")?;
        Ok(PublicKey::from_der(self.suite, &BASE64.decode(next.as_bytes())?)?)
    }
}

const VERSION: u32 = 1;
