//! The initiation documents a wallet was given, each under a name nobody can guess.

use std::sync::Arc;

use data_encoding::BASE64;
use openset_node::{
    clock::Clock,
    fault::Fault,
    store::{Alias, Change, Expected, Lookup, Put, Record, Store, Uncommitted},
};
use openset_types::UnixTime;
use openset_wire::initiation::Initiation;
use serde::{Deserialize, Serialize};

/// The store's name for documents.
const KIND: &str = "wallet.initiation";

/// A document, and the purchase it became.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Document {
    /// The octets, as they came (base64).
    octets: String,
    /// The purchase it becomes or became.
    pub(crate) instance: String,
    /// The card the shop was asked with, once it was.
    pub(crate) card: Option<String>,
    /// When it came.
    pub(crate) at: UnixTime,
}

impl Document {
    /// What it says.
    pub(crate) fn initiation(&self) -> Option<Initiation> {
        Initiation::parse(&BASE64.decode(self.octets.as_bytes()).ok()?).ok()
    }

    /// The same document, becoming another purchase.
    pub(crate) fn becoming(self, instance: String) -> Self {
        Self { instance, ..self }
    }

    /// The same document, with the card the shop was asked with.
    pub(crate) fn with_card(self, card: &str) -> Self {
        Self { card: Some(card.to_owned()), ..self }
    }
}

/// The documents in a wallet's database.
pub(crate) struct Documents {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl Documents {
    /// Those in a store.
    pub(crate) fn new(store: &Arc<dyn Store>, clock: &Arc<dyn Clock>) -> Self {
        Self { store: Arc::clone(store), clock: Arc::clone(clock) }
    }

    /// Keeps a document under a name.
    pub(crate) async fn add(&self, id: &str, octets: &[u8]) -> Result<(), Fault> {
        let document = Document {
            octets: BASE64.encode(octets),
            instance: id.to_owned(),
            card: None,
            at: self.clock.now(),
        };
        self.put(id, &document, Expected::Absent).await
    }

    /// The document of this name.
    pub(crate) async fn find(&self, id: &str) -> Result<Option<Document>, Fault> {
        let record = self.record(&Lookup::Key(id.as_bytes().to_vec())).await?;
        record.as_ref().map(read).transpose()
    }

    /// The document that a purchase came from, and its name.
    pub(crate) async fn of_instance(
        &self,
        instance: &str,
    ) -> Result<Option<(String, Document)>, Fault> {
        let record = self.record(&Lookup::Alias(instance.as_bytes().to_vec())).await?;
        let named = |record: Record| {
            let document = read(&record)?;
            Ok((String::from_utf8_lossy(&record.key).into_owned(), document))
        };
        record.map(named).transpose()
    }

    /// Notes which purchase a document became, and with which card.
    pub(crate) async fn choose(
        &self,
        id: &str,
        document: &Document,
        card: &str,
    ) -> Result<(), Fault> {
        let Some(record) = self.record(&Lookup::Key(id.as_bytes().to_vec())).await? else {
            return Err(Fault::StateUnreadable);
        };
        let chosen = document.clone().with_card(card);
        self.put(id, &chosen, Expected::At(record.version)).await
    }

    async fn record(&self, at: &Lookup) -> Result<Option<Record>, Fault> {
        self.store.load(KIND, at).await
    }

    async fn put(&self, id: &str, document: &Document, expected: Expected) -> Result<(), Fault> {
        let key = id.as_bytes().to_vec();
        let state = serde_json::to_vec(document).map_err(|_| Fault::StateUnreadable)?;
        let alias = document.instance.as_bytes().to_vec();
        let aliases = vec![Alias { kind: KIND, alias, key: key.clone() }];
        let put = Put { kind: KIND, key, expected, state, at: self.clock.now() };
        let change = Change { puts: vec![put], aliases, ..Change::default() };
        match self.store.commit(change).await {
            Ok(_) => Ok(()),
            Err(Uncommitted::Refused(_)) => Err(Fault::Contended),
            Err(Uncommitted::Fault(fault)) => Err(fault),
        }
    }
}

fn read(record: &Record) -> Result<Document, Fault> {
    serde_json::from_slice(&record.state).map_err(|_| Fault::StateUnreadable)
}
