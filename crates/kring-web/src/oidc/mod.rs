//! Signing in at the house's identity provider (OpenID Connect: code, PKCE, state and nonce).
//!
//! This crate asks nobody by itself: requests go out through a function that was handed in, to the provider's own hosts
//! alone, and what comes back counts only when it is signed by the provider for us and for this very sign-in. An
//! account with a password is never taken over: whoever sits at the provider is not whoever sits here.

mod arrive;
mod fetch;
mod groups;
mod pending;
mod provider;

pub use fetch::{Fetch, FetchAnswer, FetchRefused};

use crate::app::App;
use kring_store::Role;
use pending::Pending;
use provider::Provider;
use std::{fmt, sync::Arc};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The identity provider (`[auth.oidc]`).
#[derive(Clone)]
pub struct OidcConfig {
    /// Its name, a URL: `https://id.example.go.th/realms/moc`.
    pub issuer: String,
    /// Hosts beside the issuer's own that may be asked for tokens and keys.
    pub hosts: Vec<String>,
    /// Who we are there.
    pub client_id: String,
    /// Our secret there; none for a public client.
    pub client_secret: Option<String>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that becomes the login.
    pub login_claim: String,
    /// The claim that names the groups.
    pub groups_claim: String,
    /// Which group makes which role.
    pub roles: Vec<(String, Role)>,
    /// Whether an account is made at the first sign-in.
    pub create: bool,
    /// Where the provider sends people back to.
    pub redirect_uri: String,
    /// What the console's button says.
    pub button_th: String,
    /// And in English.
    pub button_en: String,
    /// The way out.
    pub fetch: Fetch,
}

impl fmt::Debug for OidcConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcConfig")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// The provider, and the sign-ins that are under way there.
#[derive(Debug)]
pub(crate) struct Oidc {
    config: Arc<OidcConfig>,
    provider: Provider,
    pending: Pending,
}

impl Oidc {
    pub(crate) fn new(config: &OidcConfig) -> Oidc {
        let config = Arc::new(config.clone());
        Oidc {
            provider: Provider::new(Arc::clone(&config)),
            pending: Pending::default(),
            config,
        }
    }
}

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(arrive::ways))
        .routes(routes!(arrive::begin))
        .routes(routes!(arrive::end))
}
