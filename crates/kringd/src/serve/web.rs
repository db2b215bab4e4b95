//! The web server's socket and its life: open before the journal is, so that a taken port costs nothing.

use crate::{config::Config, exit::Fault};
use kring_web::Web;
use std::net::SocketAddr;
use tokio::{net::TcpListener, sync::watch};

pub(super) async fn listen(config: &Config) -> Result<TcpListener, Fault> {
    let address = config.http.listen;
    TcpListener::bind(address)
        .await
        .map_err(|refused| Fault::listen("http.listen", address, refused))
}

/// Serves until `stop` changes, and the requests that are in flight are answered.
pub(super) async fn serve(listener: TcpListener, web: Web, mut stop: watch::Receiver<bool>) {
    let service = web
        .router()
        .into_make_service_with_connect_info::<SocketAddr>();
    let ended = async move {
        // The sender lives as long as the house; an error is the end, too.
        let _ = stop.changed().await;
    };
    let served = axum::serve(kring_web::prompt(listener), service).with_graceful_shutdown(ended);
    if let Err(refused) = served.await {
        tracing::error!(%refused, "the web server ended");
    }
}
