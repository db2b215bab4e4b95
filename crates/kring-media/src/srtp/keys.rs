//! Which cipher, and the master keys of a leg.

use std::fmt;
use zeroize::Zeroizing;

/// The longest master key with its salt, bytes.
pub const MASTER_MAX: usize = 44;

/// A way of securing RTP and RTCP, by its name in SDP (RFC 4568 §6.2, RFC 7714 §14.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suite {
    /// AES in counter mode with a key of 128 bits and a tag of 80: what every phone with SRTP can.
    AesCm128HmacSha1_80,
    /// AES-GCM with a key of 128 bits and a tag of 128.
    AeadAes128Gcm,
    /// The same with a key of 256 bits.
    AeadAes256Gcm,
}

impl Suite {
    /// All of them, as kring offers them: authenticated encryption first, the quicker one before.
    pub const ALL: [Suite; 3] = [
        Suite::AeadAes128Gcm,
        Suite::AeadAes256Gcm,
        Suite::AesCm128HmacSha1_80,
    ];

    /// Its name in SDP.
    pub const fn name(self) -> &'static str {
        match self {
            Suite::AesCm128HmacSha1_80 => "AES_CM_128_HMAC_SHA1_80",
            Suite::AeadAes128Gcm => "AEAD_AES_128_GCM",
            Suite::AeadAes256Gcm => "AEAD_AES_256_GCM",
        }
    }

    /// The one of this name, in any case.
    pub fn named(name: &str) -> Option<Suite> {
        (Suite::ALL.into_iter()).find(|suite| suite.name().eq_ignore_ascii_case(name))
    }

    /// Bytes of the master key.
    pub const fn key_len(self) -> usize {
        match self {
            Suite::AesCm128HmacSha1_80 | Suite::AeadAes128Gcm => 16,
            Suite::AeadAes256Gcm => 32,
        }
    }

    /// Bytes of the master salt, which follows the key.
    pub const fn salt_len(self) -> usize {
        match self {
            Suite::AesCm128HmacSha1_80 => 14,
            Suite::AeadAes128Gcm | Suite::AeadAes256Gcm => 12,
        }
    }

    /// Bytes of both.
    pub const fn master_len(self) -> usize {
        self.key_len() + self.salt_len()
    }
}

/// A master key and its salt. It is wiped when it goes, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey {
    bytes: Zeroizing<[u8; MASTER_MAX]>,
    length: u8,
}

impl MasterKey {
    /// Key and salt for a suite; none when they are of another length.
    pub fn new(suite: Suite, key_and_salt: &[u8]) -> Option<MasterKey> {
        if key_and_salt.len() != suite.master_len() {
            return None;
        }
        let mut bytes = Zeroizing::new([0; MASTER_MAX]);
        bytes[..key_and_salt.len()].copy_from_slice(key_and_salt);
        let length = key_and_salt.len() as u8;
        Some(MasterKey { bytes, length })
    }

    /// One for a suite of random bytes, which must come from a cryptographic source.
    pub fn of_chance(suite: Suite, chance: &[u8; MASTER_MAX]) -> MasterKey {
        let mut bytes = Zeroizing::new([0; MASTER_MAX]);
        let length = suite.master_len();
        bytes[..length].copy_from_slice(&chance[..length]);
        let length = length as u8;
        MasterKey { bytes, length }
    }

    /// Key and salt.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// What a leg is secured by: one suite, and a key for each direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SrtpKeys {
    /// The suite of both directions.
    pub suite: Suite,
    /// By which kring sends.
    pub ours: MasterKey,
    /// By which the other end sends.
    pub theirs: MasterKey,
}
