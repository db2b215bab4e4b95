//! Who may hold a connection that they opened to us.
//!
//! Trunks, and whoever the exchange has answered well or asked something, are no strangers: for them
//! places are kept free. Strangers share the rest; when theirs run out, the one of them that has been
//! silent longest makes room. So idle connections, however many, keep nobody out.

use super::limits;
use crate::{config::Trunk, counters::bound_reached};
use kring_call::PeerPattern;
use rustc_hash::{FxHashMap, FxHashSet};
use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
};
use tokio::{sync::oneshot, time::Instant};

/// How many connections there may be; see [`limits`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) all: usize,
    pub(super) strangers: usize,
    pub(super) stranger_each: usize,
    pub(super) familiar_each: usize,
}

/// Where trunks are, who are no strangers from the beginning. Clones share it: trunks come and go.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrunkPeers(Arc<RwLock<Vec<PeerPattern>>>);

impl TrunkPeers {
    /// Of these trunks.
    pub(crate) fn of(trunks: &[Trunk]) -> TrunkPeers {
        let peers = TrunkPeers::default();
        peers.put(trunks);
        peers
    }

    /// These from now on.
    pub(crate) fn put(&self, trunks: &[Trunk]) {
        let peers = trunks.iter().flat_map(|trunk| &trunk.peers).copied();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = peers.collect();
    }

    fn hold(&self, address: IpAddr) -> bool {
        let peers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        peers.iter().any(|peer| peer.matches_host(address))
    }
}

#[cfg(test)]
impl From<Vec<PeerPattern>> for TrunkPeers {
    fn from(peers: Vec<PeerPattern>) -> TrunkPeers {
        TrunkPeers(Arc::new(RwLock::new(peers)))
    }
}

/// All places.
#[derive(Debug)]
pub(super) struct Places {
    bounds: Bounds,
    trunks: TrunkPeers,
    began: Instant,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    next: u64,
    guests: FxHashMap<u64, Entry>,
    /// Addresses of those who are no strangers.
    familiar: FxHashSet<IpAddr>,
}

#[derive(Debug)]
struct Entry {
    address: IpAddr,
    familiar: bool,
    standing: Arc<Standing>,
    cut: oneshot::Sender<()>,
}

/// What is known of one connection.
#[derive(Debug, Default)]
pub(super) struct Standing {
    level: AtomicU8,
    heard_ms: AtomicU64,
}

/// Has not sent one whole message.
const SILENT: u8 = 0;
/// Has sent something, and we gave it no reason to stay.
const SPOKEN: u8 = 1;
/// The exchange has answered it well, or asked it something.
const WELCOME: u8 = 2;

/// One connection's place; leaving gives it back.
#[derive(Debug)]
pub(super) struct Guest {
    house: Arc<Places>,
    id: u64,
    pub(super) standing: Arc<Standing>,
    familiar: bool,
    /// Resolves when the place is given to somebody else.
    pub(super) cut: oneshot::Receiver<()>,
}

impl Places {
    pub(super) fn new(trunks: TrunkPeers, bounds: Bounds) -> Arc<Places> {
        Arc::new(Places {
            bounds,
            trunks,
            began: Instant::now(),
            taken: Mutex::default(),
        })
    }

    /// A place for one more, if the house and the address's share allow it.
    pub(super) fn admit(self: &Arc<Places>, from: SocketAddr) -> Option<Guest> {
        let address = from.ip().to_canonical();
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = &mut *taken;
        let familiar = taken.familiar.contains(&address) || self.trunks.hold(address);
        let each = if familiar {
            self.bounds.familiar_each
        } else {
            self.bounds.stranger_each
        };
        let of_address = |guest: &Entry| guest.address == address;
        if taken.count(of_address) >= each {
            bound_reached("connections_per_address");
            taken.make_room(|guest| of_address(guest) && guest.standing.level() == SILENT)?;
        }
        if !familiar && taken.count(Entry::is_stranger) >= self.bounds.strangers {
            bound_reached("connections_of_strangers");
            taken.make_room(Entry::is_stranger)?;
        }
        if taken.guests.len() >= self.bounds.all {
            bound_reached("connections");
            taken.make_room(Entry::is_stranger)?;
        }
        let (cut, cuts) = oneshot::channel();
        let standing = Arc::new(Standing::default());
        self.heard(&standing);
        let id = taken.next;
        taken.next += 1;
        let entry = Entry {
            address,
            familiar,
            standing: Arc::clone(&standing),
            cut,
        };
        taken.guests.insert(id, entry);
        Some(Guest {
            house: Arc::clone(self),
            id,
            standing,
            familiar,
            cut: cuts,
        })
    }

    fn heard(&self, standing: &Standing) {
        let ms = self.began.elapsed().as_millis() as u64;
        standing.heard_ms.store(ms, Ordering::Relaxed);
    }

    /// The exchange wants to hear of this one, and of its address again.
    pub(super) fn welcome(&self, from: SocketAddr, standing: &Standing) {
        if standing.level.swap(WELCOME, Ordering::Relaxed) == WELCOME {
            return;
        }
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.familiar.len() < limits::FAMILIAR_ADDRESSES_MAX {
            taken.familiar.insert(from.ip().to_canonical());
        } else {
            bound_reached("familiar_addresses");
        }
    }
}

impl Taken {
    fn count(&self, which: impl Fn(&Entry) -> bool) -> usize {
        self.guests.values().filter(|guest| which(guest)).count()
    }

    /// Cuts the one that has been silent longest, of those that never spoke first.
    fn make_room(&mut self, which: impl Fn(&Entry) -> bool) -> Option<()> {
        let order = |guest: &Entry| {
            let heard = guest.standing.heard_ms.load(Ordering::Relaxed);
            (guest.standing.level(), heard)
        };
        let of_those = self.guests.iter().filter(|(_, guest)| which(guest));
        let victim = of_those.min_by_key(|(id, guest)| (order(guest), **id));
        let id = *victim?.0;
        let guest = self.guests.remove(&id)?;
        // It may be ending by itself.
        let _ = guest.cut.send(());
        Some(())
    }
}

impl Entry {
    fn is_stranger(&self) -> bool {
        !self.familiar && self.standing.level() < WELCOME
    }
}

impl Standing {
    fn level(&self) -> u8 {
        self.level.load(Ordering::Relaxed)
    }

    /// Whether the exchange has answered it well, or asked it something.
    pub(super) fn is_welcome(&self) -> bool {
        self.level() == WELCOME
    }
}

impl Guest {
    /// No trunk, and nobody whom we have asked or answered well.
    pub(super) fn is_stranger(&self) -> bool {
        !self.familiar && self.standing.level() < WELCOME
    }

    /// A whole message came.
    pub(super) fn spoke(&self) {
        self.house.heard(&self.standing);
        // It must not take a welcome back.
        let _ = self.standing.level.compare_exchange(
            SILENT,
            SPOKEN,
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let taken = self.house.taken.lock();
        let mut taken = taken.unwrap_or_else(PoisonError::into_inner);
        taken.guests.remove(&self.id);
    }
}

/// Whether what we say to somebody shows that we know them: a request, or a 2xx.
pub(super) fn is_welcoming(message: &[u8]) -> bool {
    match message.strip_prefix(b"SIP/2.0 ") {
        Some(status) => status.first() == Some(&b'2'),
        None => true,
    }
}
