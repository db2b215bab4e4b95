//! The web server's socket and its life: open before the journal is, so that a taken port costs nothing.

use super::https::HttpsDoor;
use crate::{config::Config, exit::Fault, net::WebCertificate};
use axum::serve::{Listener, ListenerExt as _};
use kring_web::Web;
use std::net::SocketAddr;
use tokio::{net::TcpListener, sync::watch};

/// The certificate that the configuration names, if it names one.
pub(super) fn certificate(config: &Config) -> Result<Option<WebCertificate>, Fault> {
    let Some((cert, key)) = &config.http.tls else {
        return Ok(None);
    };
    let loaded = WebCertificate::load(cert, key);
    let told = |refused| Fault::Unavailable(format!("[http]: {refused}."));
    loaded.map(Some).map_err(told)
}

pub(super) async fn listen(config: &Config) -> Result<TcpListener, Fault> {
    let address = config.http.listen;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|refused| Fault::listen("http.listen", address, refused))?;
    if !address.ip().is_loopback() && !config.http.is_secret() {
        tracing::warn!(
            "pages are served in the clear at {address}: passwords and callers' names can be read on the way. \
             Make a certificate (kringd cert), or put a proxy with HTTPS before kring and set http.public_url."
        );
    }
    Ok(listener)
}

/// Serves until `stop` changes, and the requests that are in flight are answered.
pub(super) async fn serve(
    listener: TcpListener,
    certificate: Option<WebCertificate>,
    web: Web,
    stop: watch::Receiver<bool>,
) {
    let served = match certificate {
        None => run(kring_web::prompt(listener), web, stop).await,
        Some(certificate) => match HttpsDoor::open(listener, certificate) {
            Ok(door) => run(door.tap_io(|_| {}), web, stop).await,
            Err(refused) => Err(refused),
        },
    };
    if let Err(refused) = served {
        tracing::error!(%refused, "the web server ended");
    }
}

async fn run<L, F>(
    listener: axum::serve::TapIo<L, F>,
    web: Web,
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<()>
where
    L: Listener<Addr = SocketAddr>,
    F: FnMut(&mut L::Io) + Send + 'static,
{
    let service = web
        .router()
        .into_make_service_with_connect_info::<SocketAddr>();
    let ended = async move {
        // The sender lives as long as the house; an error is the end, too.
        let _ = stop.changed().await;
    };
    axum::serve(listener, service)
        .with_graceful_shutdown(ended)
        .await
}
