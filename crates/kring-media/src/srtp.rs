//! Secured sound: SRTP and SRTCP (RFC 3711, RFC 7714), sealed and opened in place.
//!
//! One [`Srtp`] is one leg under one pair of keys. It neither reads a clock nor allocates for a packet, and what it
//! remembers is bounded. The keys come by signalling ([`crate::Crypto`]); nothing here prints them.

mod cipher;
mod incoming;
mod keys;
mod outgoing;
mod window;

#[cfg(test)]
mod tests;

use crate::verdict::PacketKind;
use incoming::Incoming;
pub use keys::{MASTER_MAX, MasterKey, SrtpKeys, Suite};
use outgoing::Outgoing;

/// What a sealed packet is longer than the plain one, at most: a tag of GCM and the index of SRTCP.
pub const OVERHEAD: usize = 16 + 4;

/// Why a packet is not taken, or not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SrtpRefused {
    /// Too short, or no RTP or RTCP at all.
    #[error("the packet is cut off or none of SRTP")]
    Short,
    /// It came before, or is older than what is remembered.
    #[error("the packet was taken before, or is too old to know")]
    Replayed,
    /// Its tag is another: a wrong key, or somebody changed it.
    #[error("the packet's tag is not its key's")]
    Forged,
    /// All indices that the key allows were used (RFC 3711 §9.2), or there is no room to seal.
    #[error("the key has no index left for the packet")]
    Spent,
}

/// The ciphers of one leg.
#[derive(Debug)]
pub struct Srtp {
    now: Pair,
    before: Before,
}

/// Both directions under one pair of keys.
#[derive(Debug)]
struct Pair {
    keys: SrtpKeys,
    incoming: Incoming,
    outgoing: Outgoing,
}

/// The keys before the last. They may come back, as a phone turns between two calls that have one place here: then they
/// go on where they were, since their count of packets is part of the cipher.
#[derive(Debug)]
enum Before {
    None,
    /// Nothing has come under the new keys: what was under way is heard.
    UnderWay(Box<Pair>),
    Resting(Box<Pair>),
}

impl Pair {
    fn new(keys: SrtpKeys) -> Pair {
        Pair {
            incoming: Incoming::new(keys.suite, &keys.theirs),
            outgoing: Outgoing::new(keys.suite, &keys.ours),
            keys,
        }
    }

    /// Under a key that was used once no other count may begin.
    fn shares_key(&self, keys: &SrtpKeys) -> bool {
        self.keys.ours == keys.ours || self.keys.theirs == keys.theirs
    }
}

impl Srtp {
    /// A leg under these keys, of which nothing was heard and to which nothing was sent.
    pub fn new(keys: SrtpKeys) -> Srtp {
        Srtp {
            now: Pair::new(keys),
            before: Before::None,
        }
    }

    /// The leg has these keys now. Where a key is the same it goes on where it is: its count of packets is part of the
    /// cipher (RFC 4568 §7.1.4).
    pub fn rekey(&mut self, keys: SrtpKeys) {
        if self.now.keys == keys {
            return;
        }
        let mut new = match std::mem::replace(&mut self.before, Before::None) {
            Before::UnderWay(pair) | Before::Resting(pair) if pair.keys == keys => *pair,
            _ => Pair::new(keys),
        };
        if self.now.shares_key(&new.keys) && self.now.keys.suite == new.keys.suite {
            if self.now.keys.ours == new.keys.ours {
                std::mem::swap(&mut self.now.outgoing, &mut new.outgoing);
            } else {
                std::mem::swap(&mut self.now.incoming, &mut new.incoming);
            }
            self.now = new;
            return;
        }
        let old = std::mem::replace(&mut self.now, new);
        self.before = Before::UnderWay(Box::new(old));
    }

    /// Makes the first `length` bytes, which came from the other end, plain: how many they are then.
    ///
    /// # Errors
    /// [`SrtpRefused::Short`], [`SrtpRefused::Replayed`] or [`SrtpRefused::Forged`]; the bytes are as they were.
    pub fn open(
        &mut self,
        kind: PacketKind,
        buffer: &mut [u8],
        length: usize,
    ) -> Result<usize, SrtpRefused> {
        let opened = self.now.incoming.open(kind, buffer, length);
        match (&opened, &mut self.before) {
            (_, Before::None | Before::Resting(_)) => opened,
            (Ok(_), Before::UnderWay(_)) => {
                if let Before::UnderWay(pair) = std::mem::replace(&mut self.before, Before::None) {
                    self.before = Before::Resting(pair);
                }
                opened
            }
            (Err(_), Before::UnderWay(pair)) => pair.incoming.open(kind, buffer, length).or(opened),
        }
    }

    /// Seals the first `length` bytes for the other end: how many they are then, at most [`OVERHEAD`] more, for which
    /// the buffer must have room.
    ///
    /// # Errors
    /// [`SrtpRefused::Short`] for what is no RTP or RTCP, [`SrtpRefused::Replayed`] for a number that was sent already:
    /// no key stream is used twice (RFC 3711 §9.1); [`SrtpRefused::Spent`].
    pub fn seal(
        &mut self,
        kind: PacketKind,
        buffer: &mut [u8],
        length: usize,
    ) -> Result<usize, SrtpRefused> {
        if buffer.len() < length + OVERHEAD {
            return Err(SrtpRefused::Spent);
        }
        self.now.outgoing.seal(kind, buffer, length)
    }

    /// Under which suite.
    pub fn suite(&self) -> Suite {
        self.now.keys.suite
    }
}

/// The length of an RTP header with its sources and its extension (RFC 3550 §5.1); none: it is cut off, or no RTP.
fn header_of(packet: &[u8]) -> Option<usize> {
    let first = *packet.first()?;
    if first >> 6 != 2 {
        return None;
    }
    let mut length = 12 + 4 * usize::from(first & 0x0f);
    if first & 0x10 != 0 {
        let words = packet.get(length + 2..length + 4)?;
        length += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    (length <= packet.len()).then_some(length)
}

fn word(packet: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([packet[at], packet[at + 1], packet[at + 2], packet[at + 3]])
}
