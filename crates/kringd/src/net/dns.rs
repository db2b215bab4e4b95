//! Where a name leads: the targets of a host or URI in the order in which to try them (RFC 3263).
//!
//! An answer is kept for as long as its records say, and longer when the name servers fail: a PBX
//! that could be reached a minute ago is better than none (RFC 8767). Nobody waits beyond
//! [`limits::NAME_WITHIN`].

mod order;
mod source;
#[cfg(test)]
mod tests;
mod walk;

use super::limits;
use crate::config::{HostPort, Listen};
use kring_sip::{Peer, Scheme, Transport, Uri};
use order::Choice;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rustc_hash::FxHashMap;
use source::Source;
use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// What is looked for: a host, with as much of port and transport as is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sought {
    host: String,
    port: Option<u16>,
    transport: Option<Transport>,
    /// `sips:`: nothing that others can read will do.
    secure: bool,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// At least one, the one to try first in front.
    pub(crate) peers: Vec<Peer>,
    /// After this it should be asked for again: 5 s to 1 h.
    pub(crate) ttl: Duration,
}

/// Why nothing was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NameRefused {
    /// The name servers know the name, or know that there is none, and it leads nowhere.
    #[error("{0} has no address that kring can reach")]
    NoAddress(String),
    /// SRV records say that there is no SIP service (RFC 2782, a target of `.`).
    #[error("{0} says that it has no SIP service")]
    NoService(String),
    /// No name server answered in time, and nothing is known from before.
    #[error("no name server answered for {0}")]
    NoAnswer(String),
}

/// The address families of our own sockets, the preferred one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Families {
    /// IPv4 only.
    Four,
    /// IPv6 only.
    Six,
    /// Both, IPv4 preferred.
    FourSix,
    /// Both, IPv6 preferred.
    SixFour,
}

/// Finds targets and remembers them. Clones share what they remember. Ask it inside a runtime that
/// lives as long as the process.
#[derive(Clone)]
pub(crate) struct Resolver {
    families: Families,
    /// How long an answer is kept at least.
    ttl_min: Duration,
    source: Arc<Mutex<Source>>,
    kept: Arc<Mutex<FxHashMap<Sought, Kept>>>,
    /// Who of equals comes first.
    chance: Arc<Mutex<ChaCha8Rng>>,
}

struct Kept {
    choices: Arc<[Choice]>,
    good_until: Instant,
    lost_at: Instant,
}

impl Sought {
    /// A host of the configuration. `None` for the transport: whatever its records offer.
    pub(crate) fn host(at: &HostPort, transport: Option<Transport>) -> Sought {
        Sought::of(&at.host, at.port, transport, false)
    }

    /// Where a request to this URI goes, when no route says otherwise (RFC 3263 §4).
    pub(crate) fn uri(uri: &Uri) -> Sought {
        let transport = uri.param("transport").and_then(|name| name.parse().ok());
        let secure = *uri.scheme() == Scheme::Sips;
        Sought::of(uri.host(), uri.port(), transport, secure)
    }

    fn of(host: &str, port: Option<u16>, transport: Option<Transport>, secure: bool) -> Sought {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let transport = match transport {
            Some(Transport::Ws) if secure => Some(Transport::Wss),
            Some(Transport::Udp | Transport::Tcp) if secure => Some(Transport::Tls),
            other => other,
        };
        Sought {
            host: host.to_ascii_lowercase(),
            port,
            transport,
            secure,
        }
    }

    /// The transport when nothing is known of what the host offers (RFC 3263 §4.1).
    fn usual_transport(&self) -> Transport {
        let usual = if self.secure {
            Transport::Tls
        } else {
            Transport::Udp
        };
        self.transport.unwrap_or(usual)
    }

    fn peer(&self, ip: IpAddr) -> Peer {
        let transport = self.usual_transport();
        let port = self.port.unwrap_or(transport.default_port());
        let address = SocketAddr::new(ip, port);
        Peer { transport, address }
    }
}

impl Families {
    /// Those of the sockets; the first socket's is preferred.
    pub(crate) fn of(listens: &[Listen]) -> Families {
        let four = listens.iter().position(|listen| listen.address.is_ipv4());
        let six = listens.iter().position(|listen| listen.address.is_ipv6());
        match (four, six) {
            (Some(four), Some(six)) if six < four => Families::SixFour,
            (Some(_), Some(_)) => Families::FourSix,
            (None, Some(_)) => Families::Six,
            (_, None) => Families::Four,
        }
    }

    pub(super) fn four(self) -> bool {
        self != Families::Six
    }

    pub(super) fn six(self) -> bool {
        self != Families::Four
    }

    /// The preferred family first, otherwise in the order given; without those we have no socket for.
    fn arranged(self, mut addresses: Vec<IpAddr>) -> Vec<IpAddr> {
        addresses.retain(|ip| {
            if ip.is_ipv4() {
                self.four()
            } else {
                self.six()
            }
        });
        let later = |ip: &IpAddr| ip.is_ipv4() == (self == Families::SixFour);
        if matches!(self, Families::FourSix | Families::SixFour) {
            addresses.sort_by_key(later);
        }
        addresses.truncate(limits::ADDRESSES_OF_NAME_MAX);
        addresses
    }
}

impl Resolver {
    /// By the name servers and the hosts file of this machine, which are read again when they change.
    pub(crate) fn of_system(families: Families) -> Resolver {
        let seed = rand::random();
        Resolver::with(Source::system(), families, limits::NAME_KEPT_MIN, seed)
    }

    fn with(source: Source, families: Families, ttl_min: Duration, seed: u64) -> Resolver {
        Resolver {
            families,
            ttl_min,
            source: Arc::new(Mutex::new(source)),
            kept: Arc::default(),
            chance: Arc::new(Mutex::new(ChaCha8Rng::seed_from_u64(seed))),
        }
    }

    /// The targets, best first. Targets of equal rank come in a new order each time, by their
    /// weights (RFC 2782). Takes at most [`limits::NAME_WITHIN`].
    pub(crate) async fn resolve(&self, sought: &Sought) -> Result<Found, NameRefused> {
        if let Ok(ip) = sought.host.parse::<IpAddr>() {
            return Ok(Found {
                peers: vec![sought.peer(ip)],
                ttl: limits::NAME_KEPT_MAX,
            });
        }
        let (walked, changed) = {
            let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
            let changed = source.refresh();
            (source.lookups(), changed)
        };
        let now = Instant::now();
        if !changed && let Some(found) = self.recall(sought, |kept| now < kept.good_until) {
            return Ok(found);
        }
        let walk = walk::walk(&walked, self.families, sought).await;
        match walk {
            Ok((choices, ttl)) => {
                let ttl = ttl.clamp(self.ttl_min, limits::NAME_KEPT_MAX);
                let peers = self.arrange(&choices);
                self.keep(sought, choices, now + ttl);
                Ok(Found { peers, ttl })
            }
            Err(refused @ NameRefused::NoAnswer(_)) => {
                let stale = self.recall(sought, |kept| now < kept.lost_at);
                if stale.is_some() {
                    tracing::warn!(host = %sought.host, "no name server answers: the last answer is used");
                }
                stale.ok_or(refused)
            }
            Err(refused) => {
                self.forget(sought);
                Err(refused)
            }
        }
    }

    fn arrange(&self, choices: &[Choice]) -> Vec<Peer> {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        order::arrange(choices, &mut *chance)
    }

    /// The first target, for a look at a configuration.
    pub(crate) async fn first(&self, sought: &Sought) -> Result<Peer, NameRefused> {
        let found = self.resolve(sought).await?;
        let first = found.peers.first().copied();
        first.ok_or_else(|| NameRefused::NoAddress(sought.host.clone()))
    }

    /// What is kept, if it will do. A stale answer is asked for again soon, but not at every call.
    fn recall(&self, sought: &Sought, will_do: impl Fn(&Kept) -> bool) -> Option<Found> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get_mut(sought).filter(|kept| will_do(kept))?;
        let now = Instant::now();
        if found.good_until <= now {
            found.good_until = now + self.ttl_min;
        }
        Some(Found {
            peers: self.arrange(&found.choices),
            ttl: found.good_until.saturating_duration_since(now),
        })
    }

    fn keep(&self, sought: &Sought, choices: Vec<Choice>, good_until: Instant) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= limits::NAMES_KEPT_MAX && !kept.contains_key(sought) {
            crate::counters::bound_reached("names_kept");
            kept.clear();
        }
        let new = Kept {
            choices: choices.into(),
            good_until,
            lost_at: good_until + limits::NAME_STALE_MAX,
        };
        kept.insert(sought.clone(), new);
    }

    fn forget(&self, sought: &Sought) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(sought);
    }
}
