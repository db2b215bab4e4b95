//! The hash functions of digest, and HA1: what proves a password without being it.

use md5::Md5;
use sha2::{Sha256, Sha512_256};
use std::{fmt, str::FromStr};

/// How a proof is computed; the weaker is less than the stronger. The `-sess` variants are not here:
/// they serve a third party that authenticates for the server, which SIP does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// Broken as a hash, and still all that most phones know.
    Md5,
    /// RFC 8760.
    Sha256,
    /// RFC 8760: the last 256 bits' truncation of SHA-512 with its own start (FIPS 180-4).
    Sha512_256,
}

/// Bytes of the longest digest.
const LONGEST: usize = 32;

impl Algorithm {
    /// All of them, the strongest first.
    pub const ALL: [Algorithm; 3] = [Algorithm::Sha512_256, Algorithm::Sha256, Algorithm::Md5];

    /// As it is written (RFC 8760 §2.1).
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
            Algorithm::Sha512_256 => "SHA-512-256",
        }
    }

    /// The algorithm of that name, in any case; none for one that we do not know.
    pub fn named(name: &str) -> Option<Algorithm> {
        let is = |algorithm: &Algorithm| algorithm.name().eq_ignore_ascii_case(name);
        Algorithm::ALL.into_iter().find(is)
    }

    /// Bytes of its digest.
    const fn len(self) -> usize {
        match self {
            Algorithm::Md5 => 16,
            Algorithm::Sha256 | Algorithm::Sha512_256 => 32,
        }
    }

    /// The digest of `parts` with colons between them: `H(a ":" b ":" c)`.
    pub(super) fn sum(self, parts: &[&str]) -> Sum {
        let mut bytes = [0; LONGEST];
        match self {
            Algorithm::Md5 => bytes[..16].copy_from_slice(&joined::<Md5>(parts)),
            Algorithm::Sha256 => bytes.copy_from_slice(&joined::<Sha256>(parts)),
            Algorithm::Sha512_256 => bytes.copy_from_slice(&joined::<Sha512_256>(parts)),
        }
        Sum {
            algorithm: self,
            bytes,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

fn joined<Hash: sha2::Digest>(parts: &[&str]) -> sha2::digest::Output<Hash> {
    let mut hash = Hash::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            hash.update(b":");
        }
        hash.update(part.as_bytes());
    }
    hash.finalize()
}

/// A digest.
#[derive(Clone, Copy)]
pub(super) struct Sum {
    algorithm: Algorithm,
    bytes: [u8; LONGEST],
}

impl Sum {
    /// Reads hexadecimal digits of either case.
    pub(super) fn of_hex(algorithm: Algorithm, text: &str) -> Option<Sum> {
        let mut bytes = [0; LONGEST];
        if text.len() != 2 * algorithm.len() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (byte, at) in bytes.iter_mut().zip((0..text.len()).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
        }
        Some(Sum { algorithm, bytes })
    }

    /// Lower-case hexadecimal digits.
    pub(super) fn hex(&self) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
        let bytes = &self.bytes[..self.algorithm.len()];
        let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits.map(digit).collect()
    }

    /// Whether two digests are the same, in a time that does not tell where they differ.
    pub(super) fn is(&self, other: &Sum) -> bool {
        let pairs = self.bytes.iter().zip(&other.bytes);
        let differing = pairs.fold(0, |differing, (one, two)| differing | (one ^ two));
        self.algorithm == other.algorithm && std::hint::black_box(differing) == 0
    }
}

/// `H(user ":" realm ":" password)`: as good as the password within its realm, so as secret.
#[derive(Clone, Copy)]
pub struct Ha1(Sum);

/// A text that is no HA1 of its algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an HA1 is 32 (MD5) or 64 hexadecimal digits")]
pub struct NoHa1;

impl Ha1 {
    /// What proves that somebody knows `password`.
    pub fn of_password(algorithm: Algorithm, user: &str, realm: &str, password: &str) -> Ha1 {
        Ha1(algorithm.sum(&[user, realm, password]))
    }

    /// Reads it as it is stored.
    pub fn of_hex(algorithm: Algorithm, text: &str) -> Result<Ha1, NoHa1> {
        Sum::of_hex(algorithm, text).map(Ha1).ok_or(NoHa1)
    }

    /// As it is stored. Not to be shown.
    pub fn hex(&self) -> String {
        self.0.hex()
    }

    /// For which algorithm it is.
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }
}

impl PartialEq for Ha1 {
    fn eq(&self, other: &Ha1) -> bool {
        self.0.is(&other.0)
    }
}

impl Eq for Ha1 {}

impl fmt::Debug for Ha1 {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Ha1({}, …)", self.algorithm())
    }
}

/// The HA1 of one user, at most one for each algorithm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ha1Set([Option<Ha1>; Algorithm::ALL.len()]);

impl Ha1Set {
    /// For every algorithm.
    pub fn of_password(user: &str, realm: &str, password: &str) -> Ha1Set {
        let of = |algorithm| Ha1::of_password(algorithm, user, realm, password);
        Algorithm::ALL.into_iter().map(of).collect()
    }

    /// That for one algorithm.
    pub fn get(&self, algorithm: Algorithm) -> Option<&Ha1> {
        self.0[algorithm as usize].as_ref()
    }

    /// All of them, the strongest first.
    pub fn iter(&self) -> impl Iterator<Item = &Ha1> {
        self.0.iter().rev().flatten()
    }

    /// Whether there is none, so that nobody can prove anything.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

impl FromIterator<Ha1> for Ha1Set {
    fn from_iter<List: IntoIterator<Item = Ha1>>(list: List) -> Ha1Set {
        let mut set = Ha1Set::default();
        for ha1 in list {
            set.0[ha1.algorithm() as usize] = Some(ha1);
        }
        set
    }
}

/// `MD5:<hex> SHA-256:<hex>`, in any order: how a set is stored in one column.
impl FromStr for Ha1Set {
    type Err = NoHa1;

    fn from_str(text: &str) -> Result<Ha1Set, NoHa1> {
        let one = |word: &str| {
            let (name, hex) = word.split_once(':').ok_or(NoHa1)?;
            Ha1::of_hex(Algorithm::named(name).ok_or(NoHa1)?, hex)
        };
        text.split_ascii_whitespace().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stronger_is_greater_and_comes_first() {
        assert!(Algorithm::ALL.is_sorted_by(|one, two| one > two));
        let set = Ha1Set::of_password("5021", "kring", "secret");
        let order: Vec<_> = set.iter().map(Ha1::algorithm).collect();
        assert_eq!(order, Algorithm::ALL);
        for algorithm in Algorithm::ALL {
            assert_eq!(set.get(algorithm).unwrap().algorithm(), algorithm);
            assert_eq!(
                Algorithm::named(&algorithm.name().to_lowercase()),
                Some(algorithm)
            );
        }
        assert_eq!(Algorithm::named("MD5-sess"), None);
    }

    #[test]
    fn an_ha1_is_stored_and_read_and_never_printed() {
        let set = Ha1Set::of_password("5021", "kring", "secret");
        let stored: Vec<String> = set
            .iter()
            .map(|ha1| format!("{}:{}", ha1.algorithm(), ha1.hex()))
            .collect();
        assert_eq!(stored.join(" ").parse(), Ok(set.clone()));
        let md5 = set.get(Algorithm::Md5).unwrap().hex();
        assert!(!format!("{set:?}").contains(&md5));
        assert_eq!("MD5:12".parse::<Ha1Set>(), Err(NoHa1));
        assert_eq!("MD5-sess:12".parse::<Ha1Set>(), Err(NoHa1));
        assert_eq!("é".repeat(16).parse::<Ha1Set>(), Err(NoHa1));
        assert!(Ha1::of_hex(Algorithm::Md5, &"é".repeat(16)).is_err());
        assert!(Ha1Set::default().is_empty() && !set.is_empty());
    }
}
