//! Who asks: sign-in, cookies, tokens, and what each may do.
//!
//! The store keeps hashes only; a secret exists in the cookie of one browser or the file of one
//! program. A request from another site is refused before it is understood.

mod breached;
mod cookies;
mod guessable;
mod guessing;
mod identity;
mod origin;
mod own;
mod password;
mod password_rules;
mod rights;
mod secret;
mod sign_in;
mod source;
mod throttle;

pub use breached::{BreachedFile, BreachedRefused};
pub(crate) use cookies::{Cookie, Cookies};
pub(crate) use guessing::{Attempt, SETUP};
pub(crate) use identity::Identity;
pub(crate) use origin::{OwnOrigins, OwnPage};
pub(crate) use own::routes;
pub(crate) use password::PasswordGate;
pub use password::hash_password;
pub use password_rules::{PasswordRefused, PasswordRules};
pub(crate) use rights::Right;
pub use rights::SCOPES;
pub(crate) use secret::same_secret;
pub use secret::{hash_token, new_token, one_time_password};
pub(crate) use sign_in::Way;
pub(crate) use source::Source;
pub(crate) use throttle::Throttle;

use crate::{
    clock::Clock,
    limits,
    problem::{Code, Problem},
};
use axum::http::{HeaderMap, header};
use kring_journal::{AgentId, WallTime};
use kring_store::{AgentRow, ApiToken, Role, Store, StoreRefused};
use std::{future::Future, time::Duration};

/// A person with a session, or a program that acts for one.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) agent: AgentRow,
    /// Names the session for signing out; nobody can sign in with it.
    pub(crate) session: String,
    /// How they proved it.
    pub(crate) proof: Proof,
    /// They have to choose a password first.
    pub(crate) must_change: bool,
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
    /// How long a session counts that nobody uses.
    idle: Duration,
}

impl Gate {
    pub(crate) fn new(store: Store, clock: Clock, idle: Duration) -> Gate {
        Gate { store, clock, idle }
    }

    /// Whose session this cookie is.
    pub(crate) async fn session(&self, secret: &str) -> Result<Option<Signed>, Problem> {
        let hash = hash_token(secret);
        let (_, wall) = self.clock.now();
        let found = self.store.session(&hash, wall, self.idle).await?;
        let Some(session) = found else {
            return Ok(None);
        };
        if session.replaced {
            return Err(Problem::new(Code::SessionReplaced));
        }
        let name = secret::name_of(&hash);
        if is_stale(wall, session.seen) {
            let (store, name) = (self.store.clone(), name.clone());
            beside(async move { store.session_is_used(&name, wall).await.map(drop) });
        }
        Ok(Some(Signed {
            agent: session.agent,
            session: name,
            proof: Proof::Session,
            must_change: session.must_change,
        }))
    }

    /// The program's token.
    pub(crate) async fn token(&self, secret: &str) -> Result<Option<ApiToken>, Problem> {
        let (_, wall) = self.clock.now();
        let found = self.store.token(&hash_token(secret), wall).await?;
        let used = found.as_ref().map(|token| token.last_used);
        if let (Some(token), Some(last)) = (&found, used)
            && last.is_none_or(|last| is_stale(wall, last))
        {
            let (store, name) = (self.store.clone(), token.name.clone());
            beside(async move { store.token_was_used(&name, wall).await });
        }
        Ok(found)
    }

    /// Whether whoever opened a socket so may go on listening; a live socket counts as use. When the database does not
    /// answer they may.
    pub(crate) async fn still_counts(&self, session: &str, proof: Proof) -> bool {
        let (_, wall) = self.clock.now();
        let counts = match proof {
            Proof::Session => self.store.session_is_used(session, wall).await,
            Proof::Token => self.store.token_counts(session, wall).await,
        };
        counts.unwrap_or(true)
    }

    /// How long a session counts that nobody uses.
    pub(crate) fn idle(&self) -> Duration {
        self.idle
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
            Ok(Some(signed)) => return Some(signed).filter(|signed| !signed.must_change),
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
            must_change: false,
        })
    }
}

/// Whether what was noted of a use is so old that it is noted anew.
fn is_stale(now: WallTime, noted: WallTime) -> bool {
    now.0 - noted.0 >= limits::USE_NOTED_EVERY.as_micros() as i64
}

/// Writes beside the request, which does not wait for it.
fn beside(write: impl Future<Output = Result<(), StoreRefused>> + Send + 'static) {
    tokio::spawn(async move {
        if let Err(refused) = write.await {
            tracing::debug!(%refused, "the use of a session or a token was not noted");
        }
    });
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
