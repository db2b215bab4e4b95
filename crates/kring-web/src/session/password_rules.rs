//! What a new password must be, after NIST SP 800-63B: long, not one that everybody tries first, and otherwise whatever
//! its owner likes. Nothing is asked of its characters and it does not expire.
//!
//! SP 800-63B-4 wants 15 characters where a password is all there is, its predecessor wanted 8. Twelve is what people
//! at a desk can keep in mind as three words; those who guess are held up by the throttle and by what is refused here.

use super::{breached::BreachedFile, guessable};
use crate::{
    limits,
    problem::{Code, Problem},
};

/// A password that cannot be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// Too short to be worth anything.
    #[error(
        "a password has {0} characters or more. Three or four words that do not belong together are easy to keep in mind"
    )]
    TooShort(usize),
    /// Too long to be hashed.
    #[error("a password has at most {} bytes", limits::PASSWORD_BYTES)]
    TooLong,
    /// One of those that are tried first.
    #[error(
        "this password is among those that are tried first: names, common words, keys in a row. Choose one that has nothing to do with you or this house"
    )]
    Guessable,
    /// In the list of passwords that were stolen elsewhere.
    #[error("this password is in a list of stolen ones. Choose another")]
    Breached,
    /// The same as before.
    #[error("this is the password that you have already. Choose another")]
    Same,
}

impl PasswordRefused {
    /// For scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            PasswordRefused::TooShort(_) => "too_short",
            PasswordRefused::TooLong => "too_long",
            PasswordRefused::Guessable => "guessable",
            PasswordRefused::Breached => "breached",
            PasswordRefused::Same => "same",
        }
    }
}

impl From<PasswordRefused> for Problem {
    fn from(refused: PasswordRefused) -> Problem {
        Problem::new(Code::WeakPassword)
            .with("reason", refused.code())
            .detail(refused.to_string())
    }
}

/// What is asked of a new password.
#[derive(Clone, Debug)]
pub struct PasswordRules {
    /// The fewest characters (`auth.password_min`).
    pub chars_min: usize,
    /// Passwords that were stolen elsewhere (`auth.breached_passwords`).
    pub breached: Option<BreachedFile>,
}

impl Default for PasswordRules {
    fn default() -> PasswordRules {
        PasswordRules {
            chars_min: 12,
            breached: None,
        }
    }
}

impl PasswordRules {
    /// Refuses what is no password for somebody with these words about them: login and name. Reads a file at times: do
    /// not call it on the runtime's threads.
    pub fn check(&self, password: &str, about: &[&str]) -> Result<(), PasswordRefused> {
        if password.chars().count() < self.chars_min {
            return Err(PasswordRefused::TooShort(self.chars_min));
        }
        if password.len() > limits::PASSWORD_BYTES {
            return Err(PasswordRefused::TooLong);
        }
        if guessable::is_guessable(password, about) {
            return Err(PasswordRefused::Guessable);
        }
        match &self.breached {
            Some(file) if file.holds(password) => Err(PasswordRefused::Breached),
            _ => Ok(()),
        }
    }
}
