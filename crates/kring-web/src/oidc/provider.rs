//! What is asked of the provider: where it is, whether a code is good, and by which keys it signs.

use super::{
    OidcConfig,
    fetch::{Fetch, FetchAnswer, FetchRefused},
    pending::Begun,
};
use crate::limits;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use kring_time::Moment;
use openidconnect::{
    AsyncHttpClient, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, IssuerUrl, Nonce,
    PkceCodeChallenge, RedirectUrl, Scope, TokenResponse,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreJwsSigningAlgorithm,
        CoreProviderMetadata,
    },
};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// Signatures of keys of which only the provider has the other half; never a shared secret, and never none.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why nobody is signed in by it.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProviderRefused {
    /// It cannot be asked.
    #[error("the identity provider cannot be asked: {0}")]
    Unavailable(String),
    /// What it says does not prove anything.
    #[error("the identity provider's answer proves nothing: {0}")]
    Unproven(String),
}

/// Who somebody is there.
#[derive(Debug)]
pub(super) struct Proven {
    /// Issuer and subject: never another's, never changed.
    pub(super) subject: String,
    /// All that was said of them.
    pub(super) claims: Value,
}

/// The provider, with what is known of it.
#[derive(Debug)]
pub(super) struct Provider {
    config: Arc<OidcConfig>,
    http: Http,
    known: Mutex<Option<(Moment, Arc<CoreProviderMetadata>)>>,
}

/// Whether what is known of the provider will do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    Known,
    /// It signs with a key that is not among the known ones.
    Anew,
}

impl Provider {
    pub(super) fn new(config: Arc<OidcConfig>) -> Provider {
        let issuer = config.issuer.split("://").nth(1).unwrap_or_default();
        let own = issuer.split('/').next().unwrap_or_default().to_lowercase();
        let hosts = config.hosts.iter().map(|host| host.to_lowercase());
        Provider {
            http: Http {
                fetch: config.fetch.clone(),
                hosts: hosts.chain([own]).collect(),
            },
            config,
            known: Mutex::new(None),
        }
    }

    /// Where to send somebody, and what must come back with them.
    pub(super) async fn begin(&self, now: Moment) -> Result<(String, Begun), ProviderRefused> {
        let client = self.client(now, Want::Known).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        for scope in &self.config.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        let (url, state, nonce) = request.set_pkce_challenge(challenge).url();
        let begun = Begun {
            state: state.secret().clone(),
            nonce,
            verifier,
            at: now,
        };
        Ok((url.to_string(), begun))
    }

    /// Who came back with this code.
    pub(super) async fn end(
        &self,
        now: Moment,
        begun: Begun,
        code: String,
    ) -> Result<Proven, ProviderRefused> {
        let client = self.client(now, Want::Known).await?;
        let unproven = |why: String| ProviderRefused::Unproven(why);
        let asked = client.exchange_code(AuthorizationCode::new(code));
        let asked = asked.map_err(|why| unproven(why.to_string()))?;
        let tokens = asked
            .set_pkce_verifier(begun.verifier)
            .request_async(&self.http)
            .await
            .map_err(|why| match why {
                openidconnect::RequestTokenError::Request(why) => {
                    ProviderRefused::Unavailable(why.to_string())
                }
                // What it says of a code that it does not take may hold the code.
                _ => unproven("the code was not taken".to_owned()),
            })?;
        let token = tokens.id_token();
        let token = token.ok_or_else(|| unproven("there is no ID token".to_owned()))?;
        match proven(&client, token, &begun.nonce) {
            Err(ClaimsVerificationError::SignatureVerification(_)) => {
                let client = self.client(now, Want::Anew).await?;
                proven(&client, token, &begun.nonce)
            }
            other => other,
        }
        .map_err(|why| unproven(why.to_string()))
    }

    async fn client(&self, now: Moment, want: Want) -> Result<Client, ProviderRefused> {
        let metadata = self.metadata(now, want).await?;
        let redirect = RedirectUrl::new(self.config.redirect_uri.clone());
        let redirect = redirect.map_err(|why| ProviderRefused::Unavailable(why.to_string()))?;
        let id = ClientId::new(self.config.client_id.clone());
        let secret = self.config.client_secret.clone().map(ClientSecret::new);
        let client = CoreClient::from_provider_metadata((*metadata).clone(), id, secret);
        Ok(client.set_redirect_uri(redirect))
    }

    /// What the provider says of itself, and its keys; asked for when nothing is known, when that is old, and when it signs
    /// with another key, but not at every bad signature.
    async fn metadata(
        &self,
        now: Moment,
        want: Want,
    ) -> Result<Arc<CoreProviderMetadata>, ProviderRefused> {
        let known = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some((at, metadata)) = known {
            let fresh = match want {
                Want::Known => limits::OIDC_KNOWN_LIFE,
                Want::Anew => limits::OIDC_ANEW_EVERY,
            };
            if now.since(at) < fresh {
                return Ok(metadata);
            }
        }
        let unavailable = |why: String| ProviderRefused::Unavailable(why);
        let issuer = IssuerUrl::new(self.config.issuer.clone());
        let issuer = issuer.map_err(|why| unavailable(why.to_string()))?;
        let asked = CoreProviderMetadata::discover_async(issuer, &self.http);
        let found = asked.await.map_err(|why| unavailable(why.to_string()))?;
        let found = Arc::new(found);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some((now, Arc::clone(&found)));
        Ok(found)
    }
}

/// Asks the provider's hosts, each time within a bound.
#[derive(Clone, Debug)]
struct Http {
    fetch: Fetch,
    hosts: Arc<[String]>,
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = FetchRefused;
    type Future = FetchAnswer;

    fn call(&'c self, request: HttpRequest) -> FetchAnswer {
        let Http { fetch, hosts } = self.clone();
        Box::pin(async move {
            let asked = fetch.ask(request, &hosts);
            match tokio::time::timeout(limits::OIDC_ANSWER, asked).await {
                Ok(answer) => answer,
                Err(_) => Err(FetchRefused::Failed(
                    "it does not answer in time".to_owned(),
                )),
            }
        })
    }
}

fn proven(
    client: &Client,
    token: &CoreIdToken,
    nonce: &Nonce,
) -> Result<Proven, ClaimsVerificationError> {
    let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS);
    let claims = token.claims(&verifier, nonce)?;
    let subject = format!("{} {}", claims.issuer().as_str(), claims.subject().as_str());
    Ok(Proven {
        subject,
        claims: payload(token).unwrap_or(Value::Null),
    })
}

/// What a token whose signature was looked at says, with the claims that no standard knows.
fn payload(token: &CoreIdToken) -> Option<Value> {
    let text = token.to_string();
    let payload = text.split('.').nth(1)?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&bytes).ok()
}
