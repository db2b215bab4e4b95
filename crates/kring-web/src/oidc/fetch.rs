//! The way out, as it is handed in: a request, and what came back.

use axum::http::{Request, Response};
use std::{fmt, future::Future, pin::Pin, sync::Arc};

/// What a request comes to.
pub type FetchAnswer =
    Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, FetchRefused>> + Send>>;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchRefused {
    /// Not one of the hosts that may be asked.
    #[error("{0} is not a host of the identity provider")]
    ForeignHost(String),
    /// It cannot be reached, is too slow, or says too much.
    #[error("{0}")]
    Failed(String),
}

/// Sends requests. Follows no redirection, and answers within seconds.
#[derive(Clone)]
pub struct Fetch(Arc<dyn Fn(Request<Vec<u8>>) -> FetchAnswer + Send + Sync>);

impl Fetch {
    /// Through this function.
    pub fn new(send: impl Fn(Request<Vec<u8>>) -> FetchAnswer + Send + Sync + 'static) -> Fetch {
        Fetch(Arc::new(send))
    }

    /// Sends it, when it goes to one of these hosts.
    pub(super) async fn ask(
        &self,
        request: Request<Vec<u8>>,
        hosts: &[String],
    ) -> Result<Response<Vec<u8>>, FetchRefused> {
        let authority = request
            .uri()
            .authority()
            .map(|at| at.as_str().to_lowercase());
        let host = authority.unwrap_or_default();
        // A name before the host would be sent along, and nobody of ours has one.
        if host.contains('@') || !hosts.contains(&host) {
            return Err(FetchRefused::ForeignHost(host));
        }
        (self.0)(request).await
    }
}

impl fmt::Debug for Fetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fetch")
    }
}
