//! Nonces: made without being kept, known again by their seal, and each of their counts taken once.
//!
//! A nonce carries its time and a keyed hash over it, so asking a stranger for proof costs no memory.
//! Only a nonce that a right password came with is remembered, until it is too old to be used.

use kring_time::Moment;
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeMap, time::Duration};

/// Nonces of which counts are remembered: 10,000 phones that each come with a fresh one every 60 s use
/// 50,000 in 300 s. Beyond it the eldest are forgotten, and all that are as old are too old.
const NONCES_MAX: usize = 65_536;

/// Hexadecimal digits of time (µs), salt and seal.
const TIME_DIGITS: usize = 14;
const SALT_DIGITS: usize = 16;
const SEAL_DIGITS: usize = 16;

/// What a nonce of ours says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Minted {
    at: Moment,
    salt: u64,
}

/// What makes nonces and takes them back.
pub(super) struct Nonces {
    secret: [u8; 32],
    lifetime: Duration,
    used: BTreeMap<Minted, Counts>,
    /// Nonces made until then are too old, whatever their age.
    forgotten: Option<Moment>,
    max: usize,
}

impl Nonces {
    /// None are used yet. Who knows `secret` can make nonces.
    pub(super) fn new(secret: [u8; 32], lifetime: Duration) -> Nonces {
        Nonces {
            secret,
            lifetime,
            used: BTreeMap::new(),
            forgotten: None,
            max: NONCES_MAX,
        }
    }

    /// A fresh one. Two with the same `salt` at the same time are the same.
    pub(super) fn mint(&self, now: Moment, salt: u64) -> String {
        let minted = Minted { at: now, salt };
        let (time, seal) = (now.as_micros(), self.seal(minted));
        format!("{time:0TIME_DIGITS$x}{salt:0SALT_DIGITS$x}{seal:0SEAL_DIGITS$x}")
    }

    /// Reads a nonce; none if it is not ours.
    pub(super) fn read(&self, text: &str) -> Option<Minted> {
        let is_ours = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != TIME_DIGITS + SALT_DIGITS + SEAL_DIGITS || !text.bytes().all(is_ours) {
            return None;
        }
        let number = |digits: &str| u64::from_str_radix(digits, 16).ok();
        let (time, rest) = text.split_at(TIME_DIGITS);
        let (salt, seal) = rest.split_at(SALT_DIGITS);
        let minted = Minted {
            at: Moment::from_micros(number(time)?),
            salt: number(salt)?,
        };
        // One comparison of two words: its time tells nothing.
        (number(seal)? == self.seal(minted)).then_some(minted)
    }

    /// Uses one count of a nonce, or all of it where the answer is not counted. Refused if too old or used.
    pub(super) fn spend(&mut self, now: Moment, nonce: Minted, count: Option<u32>) -> bool {
        self.forget(now);
        let too_old = now.since(nonce.at) > self.lifetime
            || nonce.at > now
            || self.forgotten.is_some_and(|until| nonce.at <= until);
        if too_old {
            return false;
        }
        let unused = self.used.entry(nonce).or_default().take(count);
        if self.used.len() > self.max
            && let Some((eldest, _)) = self.used.pop_first()
        {
            self.forgotten = self.forgotten.max(Some(eldest.at));
        }
        unused
    }

    /// Nonces of which counts are remembered.
    pub(super) fn remembered(&self) -> usize {
        self.used.len()
    }

    fn forget(&mut self, now: Moment) {
        while let Some(eldest) = self.used.first_entry()
            && now.since(eldest.key().at) > self.lifetime
        {
            eldest.remove();
        }
    }

    /// The input has one length only, so nobody can prolong it, and half of the digest stays with us.
    fn seal(&self, minted: Minted) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.secret);
        hash.update(minted.at.as_micros().to_be_bytes());
        hash.update(minted.salt.to_be_bytes());
        let bytes = hash.finalize();
        let first = bytes.first_chunk().expect("a digest has 32 bytes");
        u64::from_be_bytes(*first)
    }
}

/// The counts of one nonce that were used: the highest, and of the 64 before it each. Datagrams overtake
/// each other, so a lower one need not be a repetition.
#[derive(Clone, Copy, Debug)]
struct Counts {
    highest: u32,
    /// Bit n: `highest - n` was used.
    before: u64,
}

/// Counting begins at 1 (RFC 7616 §3.4), so 0 is as if used.
impl Default for Counts {
    fn default() -> Counts {
        Counts {
            highest: 0,
            before: 1,
        }
    }
}

impl Counts {
    fn take(&mut self, count: Option<u32>) -> bool {
        let Some(count) = count else {
            let unused = self.highest == 0;
            (self.highest, self.before) = (u32::MAX, u64::MAX);
            return unused;
        };
        if count > self.highest {
            let ahead = count - self.highest;
            self.before = self.before.checked_shl(ahead).unwrap_or(0) | 1;
            self.highest = count;
            return true;
        }
        let Some(bit) = 1_u64.checked_shl(self.highest - count) else {
            return false;
        };
        let unused = self.before & bit == 0;
        self.before |= bit;
        unused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: Duration = Duration::from_mins(5);

    fn nonces() -> Nonces {
        Nonces::new([7; 32], LIFETIME)
    }

    #[test]
    fn only_our_own_nonces_are_known() {
        let nonces = nonces();
        let text = nonces.mint(Moment::from_millis(1_500), 42);
        let minted = nonces.read(&text).unwrap();
        assert_eq!(minted.at, Moment::from_millis(1_500));
        assert_eq!(Nonces::new([8; 32], LIFETIME).read(&text), None);
        for at in 0..text.len() {
            let mut forged = text.clone().into_bytes();
            forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(
                nonces.read(std::str::from_utf8(&forged).unwrap()),
                None,
                "{at}"
            );
        }
        assert_eq!(nonces.read(""), None);
        assert_eq!(nonces.read(&"+".repeat(text.len())), None);
    }

    #[test]
    fn each_count_is_taken_once_and_in_almost_any_order() {
        let (mut nonces, now) = (nonces(), Moment::from_millis(1));
        let nonce = nonces.read(&nonces.mint(now, 1)).unwrap();
        assert!(!nonces.spend(now, nonce, Some(0)));
        for count in [1, 3, 2, 40, 39, 200, 137, u32::MAX] {
            assert!(nonces.spend(now, nonce, Some(count)), "{count}");
            assert!(!nonces.spend(now, nonce, Some(count)), "{count}");
        }
        assert!(
            !nonces.spend(now, nonce, Some(136)),
            "too far behind to be told from a repetition"
        );
        let once = nonces.read(&nonces.mint(now, 2)).unwrap();
        assert!(nonces.spend(now, once, None));
        assert!(!nonces.spend(now, once, None) && !nonces.spend(now, once, Some(9)));
    }

    #[test]
    fn nonces_age_and_are_forgotten_with_their_counts() {
        let (mut nonces, now) = (nonces(), Moment::from_millis(1_000));
        let nonce = nonces.read(&nonces.mint(now, 1)).unwrap();
        assert!(nonces.spend(now + LIFETIME, nonce, Some(1)));
        let later = now + LIFETIME + Duration::from_micros(1);
        assert!(!nonces.spend(later, nonce, Some(2)));
        assert_eq!(nonces.remembered(), 0);
        let future = nonces.read(&nonces.mint(later, 1)).unwrap();
        assert!(!nonces.spend(now, future, Some(1)));
    }

    /// Full: what is forgotten is too old for good, so forgetting lets nothing be used twice.
    #[test]
    fn a_flood_of_proofs_makes_old_nonces_stale_and_never_fresh_again() {
        let mut nonces = nonces();
        nonces.max = 4;
        let minted: Vec<Minted> = (0..6)
            .map(|at| {
                nonces
                    .read(&nonces.mint(Moment::from_millis(at), at))
                    .unwrap()
            })
            .collect();
        let now = Moment::from_millis(10);
        for nonce in &minted {
            assert!(nonces.spend(now, *nonce, Some(1)));
        }
        assert_eq!(nonces.remembered(), 4);
        for nonce in &minted {
            assert!(!nonces.spend(now, *nonce, Some(1)));
        }
        assert!(!nonces.spend(now, minted[0], Some(2)), "forgotten");
        assert!(nonces.spend(now, minted[5], Some(2)), "remembered");
    }
}
