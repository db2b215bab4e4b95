//! Passwords: argon2id, checked away from the runtime's threads and a few at a time.

use crate::{
    limits,
    problem::{Code, Problem},
};
use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::Semaphore;

/// A password that cannot be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// Too short to be worth anything.
    #[error("a password has at least 8 characters")]
    TooShort,
    /// Too long to be hashed.
    #[error("a password has at most {} bytes", limits::PASSWORD_BYTES)]
    TooLong,
}

/// The argon2id text that the store keeps of a password. Takes tens of milliseconds and 19 MiB: do
/// not call it on the runtime's threads.
pub fn hash_password(password: &str) -> Result<String, PasswordRefused> {
    if password.chars().count() < 8 {
        return Err(PasswordRefused::TooShort);
    }
    if password.len() > limits::PASSWORD_BYTES {
        return Err(PasswordRefused::TooLong);
    }
    Ok(hash(password))
}

fn hash(password: &str) -> String {
    let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>())
        .expect("16 bytes are a salt of the recommended length");
    Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .expect("a salt of 16 bytes and the default cost are what argon2 takes")
        .to_string()
}

/// Checked when there is no such login, so that both take the same time.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("no password is this"));

/// Lets a few checks run at once and a bounded number wait.
#[derive(Debug)]
pub(crate) struct PasswordGate {
    room: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl PasswordGate {
    pub(crate) fn new() -> PasswordGate {
        PasswordGate {
            room: Arc::new(Semaphore::new(limits::PASSWORD_CHECKS_MAX)),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Whether `password` is the one whose hash is stored. False when none is.
    pub(crate) async fn check(
        &self,
        password: String,
        stored: Option<String>,
    ) -> Result<bool, Problem> {
        let busy = || Problem::new(Code::Busy).retry_after(1);
        if self.waiting.fetch_add(1, Ordering::AcqRel) >= limits::PASSWORD_WAITING_MAX {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            return Err(busy());
        }
        let room = Arc::clone(&self.room).acquire_owned().await;
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        let room = room.map_err(|_| busy())?;
        let checked = tokio::task::spawn_blocking(move || {
            let _room = room;
            let known = stored.is_some();
            let stored = stored.as_deref().unwrap_or(&NOBODY);
            known && matches(&password, stored)
        });
        checked.await.map_err(|_| Problem::new(Code::Internal))
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
        let stored = hash_password("สวัสดีระยอง").unwrap();
        let check =
            |text: &str, stored: Option<&String>| gate.check(text.to_owned(), stored.cloned());
        assert!(check("สวัสดีระยอง", Some(&stored)).await.unwrap());
        assert!(!check("สวัสดีระนอง", Some(&stored)).await.unwrap());
        assert!(!check("no password is this", None).await.unwrap());
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        assert_eq!(hash_password("1234567"), Err(PasswordRefused::TooShort));
        assert_eq!(
            hash_password(&"x".repeat(257)),
            Err(PasswordRefused::TooLong)
        );
    }
}
