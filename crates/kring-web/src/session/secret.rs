//! Secrets: made of 256 random bits, stored as SHA-256.
//!
//! A slow hash guards what people choose; these cannot be guessed.

use kring_store::TokenHash;
use rand::Rng;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// What the store keeps of a session's or token's secret: SHA-256 of its text.
pub fn hash_token(secret: &str) -> TokenHash {
    Sha256::digest(secret.as_bytes()).into()
}

/// A new secret: 64 hexadecimal digits.
pub fn new_token() -> String {
    hexadecimal(&rand::random::<[u8; 32]>())
}

/// Letters and digits that nobody confuses, for passwords that are read from a screen or a slip of paper.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// Letters of a password made by chance: 31^16 are 79 bits.
const LETTERS_MADE: usize = 16;

/// A password made by chance, which its owner is to change.
pub fn one_time_password() -> String {
    let mut chance = rand::rng();
    let letter = |_| char::from(LETTERS[chance.random_range(0..LETTERS.len())]);
    (0..LETTERS_MADE).map(letter).collect()
}

/// A name for a session that tells nothing of its secret.
pub(super) fn name_of(hash: &TokenHash) -> String {
    hexadecimal(&hash[..8])
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Whether two secrets are the same, in a time that does not tell how much of them is.
pub(crate) fn same_secret(one: &str, other: &str) -> bool {
    hash_token(one)
        .iter()
        .zip(hash_token(other))
        .fold(0, |difference, (a, b)| difference | (a ^ b))
        == 0
}
