//! Sign-ins that are under way at the provider, by the secret of the browser that began them. Each ends once.

use crate::{limits, session::hash_token};
use kring_store::TokenHash;
use kring_time::Moment;
use openidconnect::{Nonce, PkceCodeVerifier};
use rustc_hash::FxHashMap;
use std::sync::{Mutex, PoisonError};

/// What was said at the beginning and must come back at the end.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) state: String,
    pub(super) nonce: Nonce,
    pub(super) verifier: PkceCodeVerifier,
    pub(super) at: Moment,
}

/// Those under way.
#[derive(Debug, Default)]
pub(super) struct Pending(Mutex<FxHashMap<TokenHash, Begun>>);

impl Pending {
    pub(super) fn put(&self, secret: &str, begun: Begun) {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = begun.at;
        if pending.len() >= limits::OIDC_PENDING_MAX {
            pending.retain(|_, begun| now.since(begun.at) < limits::OIDC_PENDING_LIFE);
        }
        if pending.len() >= limits::OIDC_PENDING_MAX {
            let oldest = pending.iter().min_by_key(|(_, begun)| begun.at);
            if let Some(oldest) = oldest.map(|(key, _)| *key) {
                pending.remove(&oldest);
            }
        }
        pending.insert(hash_token(secret), begun);
    }

    /// The sign-in of this browser, which is over by that.
    pub(super) fn take(&self, secret: &str, now: Moment) -> Option<Begun> {
        let mut pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = pending.remove(&hash_token(secret))?;
        (now.since(begun.at) < limits::OIDC_PENDING_LIFE).then_some(begun)
    }
}
