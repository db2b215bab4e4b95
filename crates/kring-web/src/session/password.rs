//! Passwords: argon2id, checked away from the runtime's threads and a few at a time.

use crate::{
    limits,
    problem::{Code, Problem},
};
use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};
use tokio::sync::Semaphore;

/// The argon2id text that the store keeps of a password. Takes tens of milliseconds and 19 MiB: do
/// not call it on the runtime's threads. Whether it is a good one, `PasswordRules` say.
pub fn hash_password(password: &str) -> String {
    let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>())
        .expect("16 bytes are a salt of the recommended length");
    Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .expect("a salt of 16 bytes and the default cost are what argon2 takes")
        .to_string()
}

/// Checked when there is no such login, so that both take the same time.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_password("no password is this"));

/// Lets a few checks run at once and a bounded number wait.
#[derive(Debug)]
pub(crate) struct PasswordGate {
    room: Arc<Semaphore>,
    waiting: AtomicUsize,
    computed: Arc<AtomicU64>,
}

impl PasswordGate {
    pub(crate) fn new() -> PasswordGate {
        PasswordGate {
            room: Arc::new(Semaphore::new(limits::PASSWORD_CHECKS_MAX)),
            waiting: AtomicUsize::new(0),
            computed: Arc::default(),
        }
    }

    /// Whether `password` is the one whose hash is stored. False when none is.
    pub(crate) async fn check(
        &self,
        password: String,
        stored: Option<String>,
    ) -> Result<bool, Problem> {
        let computed = Arc::clone(&self.computed);
        self.alone(move || {
            let known = stored.is_some();
            let stored = stored.as_deref().unwrap_or(&NOBODY);
            computed.fetch_add(1, Ordering::Relaxed);
            matches(&password, stored) && known
        })
        .await
    }

    /// What the store keeps of a password.
    pub(crate) async fn hash(&self, password: String) -> Result<String, Problem> {
        self.alone(move || hash_password(&password)).await
    }

    /// Hashes that were computed to check a password, since the start.
    #[cfg(test)]
    fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    async fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let busy = || Problem::new(Code::Busy).retry_after(1);
        if self.waiting.fetch_add(1, Ordering::AcqRel) >= limits::PASSWORD_WAITING_MAX {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            return Err(busy());
        }
        let room = Arc::clone(&self.room).acquire_owned().await;
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        let room = room.map_err(|_| busy())?;
        let done = tokio::task::spawn_blocking(move || {
            let _room = room;
            work()
        });
        done.await.map_err(|_| Problem::new(Code::Internal))
    }
}

fn matches(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_login_passes() {
        let gate = PasswordGate::new();
        let stored = hash_password("สวัสดีระยอง");
        let check =
            |text: &str, stored: Option<&String>| gate.check(text.to_owned(), stored.cloned());
        assert!(check("สวัสดีระยอง", Some(&stored)).await.unwrap());
        assert!(!check("สวัสดีระนอง", Some(&stored)).await.unwrap());
        assert!(!check("no password is this", None).await.unwrap());
        assert_eq!(gate.computed(), 3, "one hash each, whoever it is");
    }
}
