//! The initiation documents a wallet was given, each under a name nobody can guess.
//!
//! What came from anybody lies on a [`Shelf`] in memory; what the owner has taken up is written
//! down with the purchase it becomes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use data_encoding::BASE64;
use openset_node::{
    clock::Clock,
    fault::Fault,
    store::{Alias, Change, Expected, Lookup, Put, Record, Store, Uncommitted},
};
use openset_types::UnixTime;
use openset_wire::initiation::Initiation;
use serde::{Deserialize, Serialize};

use super::shelf::{Full, Shelf};

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
    /// A document that has just come.
    pub(super) fn new(octets: &[u8], instance: String, at: UnixTime) -> Self {
        Self { octets: BASE64.encode(octets), instance, card: None, at }
    }

    /// How many octets it keeps.
    pub(super) fn weight(&self) -> usize {
        self.octets.len()
    }

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

/// The documents of a wallet.
pub(crate) struct Documents {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    shelf: Mutex<Shelf>,
}

impl Documents {
    /// Those in a store, and an empty shelf.
    pub(crate) fn new(store: &Arc<dyn Store>, clock: &Arc<dyn Clock>) -> Self {
        let shelf = Mutex::default();
        Self { store: Arc::clone(store), clock: Arc::clone(clock), shelf }
    }

    /// Keeps a document from a page of this origin under a name, in memory.
    ///
    /// # Errors
    ///
    /// [`Full`] if the owner has taken up so many from that page that it gets no more room now.
    pub(crate) fn add(&self, id: &str, octets: &[u8], origin: &str) -> Result<(), Full> {
        let now = self.clock.now();
        let document = Document::new(octets, id.to_owned(), now);
        self.shelf().put(id, origin, document, now)
    }

    /// The document of this name.
    pub(crate) async fn find(&self, id: &str) -> Result<Option<Document>, Fault> {
        let record = self.record(&Lookup::Key(id.as_bytes().to_vec())).await?;
        match record {
            Some(record) => read(&record).map(Some),
            None => Ok(self.shelf().find(id, self.clock.now())),
        }
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

    /// Writes down which purchase a document becomes, and with which card.
    pub(crate) async fn choose(
        &self,
        id: &str,
        document: &Document,
        card: &str,
    ) -> Result<(), Fault> {
        let record = self.record(&Lookup::Key(id.as_bytes().to_vec())).await?;
        let expected = record.map_or(Expected::Absent, |record| Expected::At(record.version));
        let chosen = document.clone().with_card(card);
        self.put(id, &chosen, expected).await?;
        self.shelf().take_up(id);
        Ok(())
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
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
