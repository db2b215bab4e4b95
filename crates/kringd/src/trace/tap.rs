//! Where the exchange's thread leaves what it has seen: a lock, a push, and back to work.
//!
//! Nobody is woken. Bytes are shared, not copied, but where keys must be struck out. When those who watch are too slow, messages are
//! dropped here and counted.

use super::{keys::without_keys, limits};
use bytes::Bytes;
use kring_call::Party;
use kring_journal::{CallId, Fact};
use kring_sip::{Advertised, Peer};
use kring_time::Moment;
use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

/// Something that was seen.
#[derive(Clone, Debug)]
pub(super) enum Seen {
    /// A message came or left.
    Message {
        at: Moment,
        sent: bool,
        peer: Peer,
        bytes: Bytes,
    },
    /// The messages with this Call-ID belong to this call.
    Leg {
        call: CallId,
        sip_call_id: String,
        party: Party,
    },
    /// The call is over; a few messages may still come.
    Ended { at: Moment, call: CallId },
}

/// The exchange's end. Clones are the same tap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tap(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    basket: Mutex<Basket>,
    ours: OnceLock<Advertised>,
}

/// What has been seen since it was emptied last.
#[derive(Debug, Default)]
pub(super) struct Basket {
    pub(super) seen: Vec<Seen>,
    bytes: usize,
    /// Messages for which there was no room.
    pub(super) missed: u64,
}

impl Tap {
    /// By which addresses others reach us; told once, when the sockets are bound.
    pub(crate) fn reached_by(&self, ours: Advertised) {
        // The sockets are bound once in a process's life.
        let _ = self.0.ours.set(ours);
    }

    /// See [`Tap::reached_by`].
    pub(super) fn ours(&self) -> Option<&Advertised> {
        self.0.ours.get()
    }

    /// A message came.
    pub(crate) fn came(&self, at: Moment, from: Peer, bytes: &Bytes) {
        self.message(at, false, from, bytes);
    }

    /// A message leaves.
    pub(crate) fn leaves(&self, at: Moment, to: Peer, bytes: &Bytes) {
        self.message(at, true, to, bytes);
    }

    fn message(&self, at: Moment, sent: bool, peer: Peer, bytes: &Bytes) {
        let mut basket = self.basket();
        if basket.seen.len() >= limits::SEEN_MAX
            || basket.bytes + bytes.len() > limits::SEEN_BYTES_MAX
        {
            basket.missed += 1;
            return;
        }
        basket.bytes += bytes.len();
        let bytes = without_keys(bytes);
        basket.seen.push(Seen::Message {
            at,
            sent,
            peer,
            bytes,
        });
    }

    /// A leg of a call began.
    pub(crate) fn leg(&self, call: CallId, sip_call_id: String, party: Party) {
        self.basket().seen.push(Seen::Leg {
            call,
            sip_call_id,
            party,
        });
    }

    /// A fact of a call: the last one ends its trace.
    pub(crate) fn fact(&self, at: Moment, call: CallId, fact: &Fact) {
        if fact.ends_call() {
            self.basket().seen.push(Seen::Ended { at, call });
        }
    }

    /// Takes what was seen.
    pub(super) fn empty(&self) -> Basket {
        mem::take(&mut *self.basket())
    }

    fn basket(&self) -> MutexGuard<'_, Basket> {
        // A panic elsewhere leaves nothing half done in a basket.
        let basket = self.0.basket.lock();
        basket.unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kring_sip::Transport;

    #[test]
    fn too_much_is_dropped_and_counted() {
        let tap = Tap::default();
        let peer = Peer {
            transport: Transport::Udp,
            address: "192.0.2.10:5060".parse().unwrap(),
        };
        let bytes = Bytes::from(vec![b'x'; 60_000]);
        for _ in 0..1_000 {
            tap.came(Moment::BOOT, peer, &bytes);
        }
        let basket = tap.empty();
        assert_eq!(basket.seen.len() as u64 + basket.missed, 1_000);
        assert!(basket.seen.len() * bytes.len() <= limits::SEEN_BYTES_MAX);
        assert!(basket.missed > 0);

        tap.came(Moment::BOOT, peer, &bytes);
        assert_eq!(
            tap.empty().seen.len(),
            1,
            "an emptied basket has room again"
        );
    }
}
