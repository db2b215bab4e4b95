//! Who asks: sign-in, cookies, tokens, and what each may do.
//!
//! The store keeps hashes only; a secret exists in the cookie of one browser or the file of one
//! program. A request from another site is refused before it is understood.

mod identity;
mod origin;
mod password;
mod rights;
mod secret;
mod sign_in;
mod throttle;

pub(crate) use identity::Identity;
pub(crate) use origin::OwnOrigins;
pub(crate) use password::PasswordGate;
pub use password::{PasswordRefused, hash_password};
pub(crate) use rights::Right;
pub use rights::SCOPES;
pub(crate) use secret::same_secret;
pub use secret::{hash_token, new_token};
pub(crate) use sign_in::{__path_sign_in, __path_sign_out, sign_in, sign_out};
pub(crate) use throttle::Throttle;

use crate::{
    clock::Clock,
    problem::{Code, Problem},
};
use axum::http::{HeaderMap, header};
use kring_journal::AgentId;
use kring_store::{AgentRow, ApiToken, Role, Store};

/// The session's cookie.
pub(crate) const COOKIE: &str = "kring_session";

/// A person with a session, or a program that acts for one.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) agent: AgentRow,
    /// Names the session for signing out; nobody can sign in with it.
    pub(crate) session: String,
    /// How they proved it.
    pub(crate) proof: Proof,
}

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// By a sign-in at a screen.
    Session,
    /// By a program's token: it has no seat, and nobody takes one from it.
    Token,
}

impl Signed {
    /// Whether this person is told of what goes wrong in the house.
    pub(crate) fn watches_over_others(&self) -> bool {
        matches!(self.agent.role, Role::Supervisor | Role::Admin)
    }
}

/// Whether people of this role have one seat at a time: those whose phone rings.
pub(crate) const fn has_one_seat(role: Role) -> bool {
    matches!(role, Role::Agent | Role::TipOfficer)
}

/// Finds out whose a secret is.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    store: Store,
    clock: Clock,
}

impl Gate {
    pub(crate) fn new(store: Store, clock: Clock) -> Gate {
        Gate { store, clock }
    }

    /// Whose session this cookie is.
    pub(crate) async fn session(&self, secret: &str) -> Result<Option<Signed>, Problem> {
        let hash = hash_token(secret);
        let (_, wall) = self.clock.now();
        let found = self.store.session(&hash, wall).await?;
        let Some(session) = found else {
            return Ok(None);
        };
        if session.replaced {
            return Err(Problem::new(Code::SessionReplaced));
        }
        Ok(Some(Signed {
            agent: session.agent,
            session: secret::name_of(&hash),
            proof: Proof::Session,
        }))
    }

    /// The program's token.
    pub(crate) async fn token(&self, secret: &str) -> Result<Option<ApiToken>, Problem> {
        Ok(self.store.token(&hash_token(secret)).await?)
    }

    /// The agent for whom a token with the scope `agent:LOGIN` acts.
    pub(crate) async fn acts_for(&self, token: &ApiToken) -> Result<Option<AgentRow>, Problem> {
        let login = token
            .scopes
            .iter()
            .find_map(|scope| scope.strip_prefix("agent:"));
        let Some(login) = login else { return Ok(None) };
        let agent = self.store.agent(&AgentId::new(login)).await?;
        Ok(agent.filter(|agent| !agent.disabled))
    }

    /// The agent whose stream a socket without a cookie may have: by the secret of a session, or
    /// by a token that acts for an agent.
    pub(crate) async fn agent_by_secret(&self, secret: &str) -> Option<Signed> {
        match self.session(secret).await {
            Ok(Some(signed)) => return Some(signed),
            Ok(None) => {}
            Err(problem) => {
                tracing::warn!(code = problem.code().as_str(), "a session was not read");
            }
        }
        let token = self.token(secret).await.ok().flatten()?;
        let agent = self.acts_for(&token).await.ok().flatten()?;
        Some(Signed {
            agent,
            session: secret::name_of(&hash_token(secret)),
            proof: Proof::Token,
        })
    }
}

/// The secret in the session's cookie.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then_some(value))
}

/// The secret in `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// What a request without a valid session or token is told.
pub(crate) fn sign_in_needed() -> Problem {
    Problem::new(Code::SignInNeeded)
}
