//! Where tags, branches and Call-IDs come from: ChaCha8 from a seed, so that the same seed and the
//! same inputs give the same bytes. The one source of randomness in this crate.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A seeded stream of randomness, and a secret with which foreign keys are hashed.
#[derive(Debug)]
pub(crate) struct Entropy {
    stream: ChaCha8Rng,
    secret: [u64; 2],
}

impl Entropy {
    /// Begins the stream of `seed`.
    pub(crate) fn new(seed: u64) -> Entropy {
        let mut stream = ChaCha8Rng::seed_from_u64(seed);
        let secret = [stream.next_u64(), stream.next_u64()];
        Entropy { stream, secret }
    }

    /// 64 bits, for a tag (RFC 3261 §19.3 asks for 32) or a branch.
    pub(crate) fn token(&mut self) -> u64 {
        self.stream.next_u64()
    }

    /// 128 bits, for a Call-ID.
    pub(crate) fn call_id(&mut self) -> u128 {
        u128::from(self.stream.next_u64()) << 64 | u128::from(self.stream.next_u64())
    }

    /// 256 bits, for a secret of the registrar's.
    pub(crate) fn secret(&mut self) -> [u8; 32] {
        let mut secret = [0; 32];
        self.stream.fill_bytes(&mut secret);
        secret
    }

    /// A number below `bound`, which is not 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.stream.next_u32() % bound
    }

    /// Hashes what a peer chose, so that it cannot choose collisions: the maps hold digests instead
    /// of texts.
    pub(crate) fn digest<Key: Hash>(&self, key: Key) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.secret.hash(&mut hasher);
        key.hash(&mut hasher);
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_stream() {
        let (mut one, mut same, mut other) = (Entropy::new(7), Entropy::new(7), Entropy::new(8));
        assert_eq!(one.token(), same.token());
        assert_eq!(one.call_id(), same.call_id());
        assert_eq!(one.digest("a"), same.digest("a"));
        assert_ne!(one.token(), other.token());
        assert_ne!(one.digest("a"), other.digest("a"));
        assert!(one.below(10) < 10);
    }
}
