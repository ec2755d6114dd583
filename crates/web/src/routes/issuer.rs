//! The issuer's host.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use openset_wire::initiation::REGISTRATION_MEDIA_TYPE;

use super::{House, Shown, bank, file, host, show};
use crate::frame::{Frame, Site};
use crate::pages::issuer::{AccountPage, Accounts, Holds, Offer, Register};
use crate::ports::IssuerPort;

/// The issuer's console.
pub fn issuer<P: IssuerPort>(house: &House, port: Arc<P>) -> Router {
    let routes = Router::new()
        .route("/", get(accounts::<P>))
        .route("/accounts/{slug}", get(account::<P>))
        .route("/holds", get(holds::<P>))
        .route("/register", get(register::<P>))
        .route("/register/card.setreg", get(registration::<P>))
        .route("/wallet", get(offer::<P>))
        .route("/wallet/{file}", get(package::<P>))
        .with_state(Arc::clone(&port))
        .merge(bank::routes(port));
    host(house, Site::Issuer, routes)
}

async fn accounts<P: IssuerPort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let accounts = port.accounts().await?;
    show(&Accounts { frame: &frame, name: &port.name(), accounts: &accounts })
}

async fn account<P: IssuerPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path(slug): Path<String>,
) -> Shown {
    let file = port.account(&slug).await?;
    show(&AccountPage { frame: &frame, name: &port.name(), file: &file })
}

async fn holds<P: IssuerPort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let rows = port.holds().await?;
    show(&Holds { frame: &frame, name: &port.name(), rows: &rows })
}

async fn offer<P: IssuerPort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let offer = port.wallet_offer().await?;
    show(&Offer { frame: &frame, name: &port.name(), offer: &offer })
}

async fn register<P: IssuerPort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let offer = port.registration(frame.say.tongue()).await?;
    show(&Register { frame: &frame, name: &port.name(), offer: &offer })
}

/// The registration initiation document as a file, for the bank's wallet to open.
async fn registration<P: IssuerPort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let offer = port.registration(frame.say.tongue()).await?;
    Ok(file(&format!("{}.setreg", offer.id), REGISTRATION_MEDIA_TYPE, offer.document))
}

async fn package<P: IssuerPort>(State(port): State<Arc<P>>, Path(name): Path<String>) -> Shown {
    let octets = port.wallet_package(&name).await?;
    Ok(file(&name, "application/octet-stream", octets))
}
