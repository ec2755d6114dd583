//! The home page's host, which the authorities and the inspector share.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::get;

use super::authorities::authorities;
use super::inspector::inspector;
use super::threshold::Origins;
use super::{House, Shown, behind, host, show};
use crate::frame::{Frame, Site};
use crate::pages::Home;
use crate::ports::{AuthorityPort, HomePort, JournalPort};

/// The home page, `/authorities` and `/transactions`.
pub fn home<H, A, J>(house: &House, home: Arc<H>, authority: Arc<A>, journal: Arc<J>) -> Router
where
    H: HomePort,
    A: AuthorityPort,
    J: JournalPort,
{
    let front = Router::new().route("/", get(front::<H>)).with_state(home);
    host(house, Site::Home, front)
        .merge(behind(house, Site::Authorities, Origins::Own, authorities(authority)))
        .merge(behind(house, Site::Inspector, Origins::Own, inspector(journal)))
}

async fn front<P: HomePort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let neighbours = port.neighbours().await;
    let recent = port.recent().await?;
    show(&Home { frame: &frame, neighbours: &neighbours, recent: &recent })
}
