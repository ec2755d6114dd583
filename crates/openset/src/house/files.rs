//! Files between banks and to the merchant, where they come in: each is taken only under the
//! [`FileSeal`] of its route.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use openset_bank::iso20022::outline::{self, Element};
use openset_node::{
    banks::IssuerHost,
    clock::Clock,
    fault::Fault,
    store::{Change, Direction, Entry, Expected, Page, Put, Store},
};
use openset_types::{Currency, Money};

use super::seal::FileSeal;

/// `POST /clearing`: where the issuer takes clearing files.
pub(crate) fn clearing(seal: FileSeal, issuer: Arc<IssuerHost>) -> Router {
    Router::new().route("/clearing", post(take_clearing)).with_state((seal, issuer))
}

async fn take_clearing(
    State((seal, issuer)): State<(FileSeal, Arc<IssuerHost>)>,
    headers: HeaderMap,
    file: Bytes,
) -> Response {
    if let Err(status) = seal.check(&headers, &file) {
        return status.into_response();
    }
    match issuer.clearing(&file).await {
        Ok(Ok(answer)) => seal.answer(&file, answer),
        Ok(Err(bad)) => {
            tracing::warn!(%bad, "a clearing file cannot be read");
            StatusCode::UNPROCESSABLE_ENTITY.into_response()
        }
        Err(fault) => {
            tracing::error!(%fault, "a clearing file was not taken");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// The statements a merchant got from its bank, in its own database.
#[derive(Clone)]
pub(crate) struct Statements {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

/// The store's name for statements.
const STATEMENT: &str = "merchant.statement";
/// More statements than anybody reads back at once.
const STATEMENTS_MAX: u32 = 10_000;

impl Statements {
    /// Keeps statements in a store.
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    async fn keep(&self, id: &str, file: &[u8]) -> Result<(), Fault> {
        let now = self.clock.now();
        let key = id.as_bytes().to_vec();
        let entry = Entry {
            at: now,
            direction: Direction::In,
            sender: "acquirer",
            recipient: "merchant",
            name: "camt.053",
            xid: None,
            rrpid: None,
            kind: STATEMENT,
            key: key.clone(),
            octets: file.to_vec(),
        };
        let put =
            Put { kind: STATEMENT, key, expected: Expected::Absent, state: file.to_vec(), at: now };
        let change = Change { puts: vec![put], journal: vec![entry], ..Change::default() };
        match self.store.commit(change).await {
            // A statement that came before is not kept twice.
            Ok(_) | Err(openset_node::store::Uncommitted::Refused(_)) => Ok(()),
            Err(openset_node::store::Uncommitted::Fault(fault)) => Err(fault),
        }
    }

    /// What all statements credited, less what they debited, in minor units.
    pub(crate) async fn credited(&self) -> anyhow::Result<i64> {
        let records = self.store.list(STATEMENT, Page::newest(STATEMENTS_MAX)).await?;
        let mut credited = 0;
        for record in records {
            credited += credits(&outline::read(&record.state)?);
        }
        Ok(credited)
    }
}

/// `POST /statements`: where the merchant takes its bank's statements.
pub(crate) fn statements(seal: FileSeal, statements: Statements) -> Router {
    Router::new().route("/statements", post(take_statement)).with_state((seal, statements))
}

async fn take_statement(
    State((seal, statements)): State<(FileSeal, Statements)>,
    headers: HeaderMap,
    file: Bytes,
) -> Response {
    if let Err(status) = seal.check(&headers, &file) {
        return status.into_response();
    }
    let statement = outline::read(&file).ok();
    let Some(id) = statement.as_ref().and_then(|read| find(read, &["BkToCstmrStmt", "Stmt", "Id"]))
    else {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    };
    let id = id.text.clone().unwrap_or_default();
    match statements.keep(&id, &file).await {
        Ok(()) => seal.answer(&file, Vec::new()),
        Err(fault) => {
            tracing::error!(%fault, "a statement was not taken");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// The first element at the end of a path below another.
fn find<'a>(from: &'a Element, path: &[&str]) -> Option<&'a Element> {
    let [first, rest @ ..] = path else { return Some(from) };
    from.children.iter().filter(|child| child.name == *first).find_map(|child| find(child, rest))
}

/// What a statement credits, less what it debits, in minor units of two decimal places.
fn credits(statement: &Element) -> i64 {
    let Some(statement) = find(statement, &["BkToCstmrStmt", "Stmt"]) else { return 0 };
    let entries = statement.children.iter().filter(|child| child.name == "Ntry");
    let minor = |entry: &Element| {
        let amount = find(entry, &["Amt"])?.text.as_deref()?;
        let minor = Money::parse(amount, Currency::EUR).ok()?.minor();
        let minor = i64::try_from(minor).ok()?;
        match find(entry, &["CdtDbtInd"])?.text.as_deref()? {
            "CRDT" => Some(minor),
            "DBIT" => Some(-minor),
            _ => None,
        }
    };
    entries.filter_map(minor).sum()
}
