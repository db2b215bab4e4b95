//! Before anybody has an account: who may make the first one. Whoever sits at the machine itself, or has read the code
//! that the daemon printed at its start.

use crate::session::same_secret;
use rand::Rng;
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// Letters and digits that nobody confuses, in capitals.
const LETTERS: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/// Letters of a code: 31^10 are 49 bits, and wrong ones are braked as wrong passwords are.
const LETTERS_MADE: usize = 10;

/// What is known of the first run.
#[derive(Clone, Default)]
pub struct FirstRun {
    /// Without one, only the machine itself may begin.
    code: Option<Arc<str>>,
    addresses: Arc<[String]>,
    /// A proxy stands between: who comes from this machine may be anybody.
    behind_proxy: bool,
    /// Somebody has an account. That never changes back, so the store is not asked again.
    over: Arc<AtomicBool>,
}

impl fmt::Debug for FirstRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FirstRun")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

/// A code for [`FirstRun`], as it is read from a screen: `7KQM2-XPTRA`.
pub fn setup_code() -> String {
    let mut chance = rand::rng();
    let letter = |_| char::from(LETTERS[chance.random_range(0..LETTERS.len())]);
    let mut code: String = (0..LETTERS_MADE).map(letter).collect();
    code.insert(LETTERS_MADE / 2, '-');
    code
}

impl FirstRun {
    /// With this code, for who opens the console at one of these addresses.
    pub fn new(code: Option<&str>, addresses: Vec<String>, behind_proxy: bool) -> FirstRun {
        FirstRun {
            code: code.map(|code| spelled(code).into()),
            addresses: addresses.into(),
            behind_proxy,
            over: Arc::default(),
        }
    }

    /// Whether this is the code, however it is spelled.
    pub(crate) fn is_code(&self, said: &str) -> bool {
        let code = self.code.as_deref();
        code.is_some_and(|code| same_secret(code, &spelled(said)))
    }

    /// Where the console is.
    pub(crate) fn addresses(&self) -> &[String] {
        &self.addresses
    }

    pub(crate) fn is_behind_proxy(&self) -> bool {
        self.behind_proxy
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::Release);
    }
}

/// Without what people add or leave out.
fn spelled(code: &str) -> String {
    let kept = code.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed_and_no_code_is_none() {
        let code = setup_code();
        let first = FirstRun::new(Some(&code), Vec::new(), false);
        assert!(first.is_code(&code.to_lowercase().replace('-', " ")));
        assert!(!first.is_code(&code[1..]));
        assert!(!first.is_code(""));
        assert!(!FirstRun::default().is_code(""));
        assert_ne!(setup_code(), code);
    }
}
