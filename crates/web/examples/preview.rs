//! Serves every site with sample data on one port, to look at the pages: no party behind them.
//!
//! `cargo run -p openset-web --example preview`, then `http://localhost:7180/`. The wallet's
//! passphrase is `lighthouse-42`.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use tower::ServiceExt as _;

#[path = "../tests/stage/mod.rs"]
mod stage;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let stage = Arc::new(stage::Stage::furnished());
    let sites = Router::new().fallback(move |request: Request| {
        let host = request.headers().get("host").and_then(|host| host.to_str().ok());
        let site = host.and_then(|host| host.split('.').next()).unwrap_or_default().to_owned();
        let router = stage.site(&site);
        async move { router.oneshot(request).await.into_response() }
    });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 7180)).await?;
    axum::serve(listener, sites).await
}
