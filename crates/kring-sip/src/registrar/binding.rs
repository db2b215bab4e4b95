//! A binding: one place where a phone can be reached, and for how long (RFC 3261 §10.3).

use crate::{NameAddr, Peer, Uri};
use kring_time::Moment;

/// How requests reach a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// At the address that its Contact or the nearest proxy of its Path names: the host is the one
    /// that the REGISTER came from, so nobody can send our calls elsewhere.
    Direct(Peer),
    /// Back to where the REGISTER came from: the phone is behind NAT, or has opened the connection.
    Flow,
}

/// One place where a phone can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Which one it is, as long as it lasts. Even.
    pub id: u64,
    /// The Contact: the Request-URI of our requests.
    pub contact: Uri,
    /// `+sip.instance` as written: which phone it is, whatever its address (RFC 5626 §4.1).
    pub instance: Option<Box<str>>,
    /// `reg-id`: which of several ways to the same phone.
    pub reg_id: Option<u32>,
    /// `q` in thousandths.
    pub preference: u16,
    /// Proxies between us and the phone, nearest first (RFC 3327).
    pub path: Vec<NameAddr>,
    /// Where the REGISTER came from.
    pub flow: Peer,
    /// Where requests go.
    pub reach: Reach,
    /// Of the latest REGISTER.
    pub call_id: Box<str>,
    /// Of the latest REGISTER.
    pub seq: u32,
    /// When it ends unless refreshed.
    pub expires: Moment,
    /// The latest REGISTER, or answer to a keep-alive.
    pub seen: Moment,
    /// What the phone calls itself.
    pub user_agent: Box<str>,
    /// When its way through NAT is next kept open. The registrar sees to it.
    pub next_ping: Option<Moment>,
}

impl Binding {
    /// Whether the way to it ends with the process: only the phone can open its connection.
    pub(super) fn ends_with_process(&self) -> bool {
        self.flow.transport.is_reliable() && self.reach == Reach::Flow
    }

    /// Where requests go.
    pub fn peer(&self) -> Peer {
        match self.reach {
            Reach::Direct(peer) => peer,
            Reach::Flow => self.flow,
        }
    }

    /// Whether a way through NAT must be kept open by us. Whoever has opened a connection keeps it.
    pub(super) fn wants_pings(&self) -> bool {
        self.reach == Reach::Flow && !self.flow.transport.is_reliable()
    }

    /// The seconds that are left at `now`, rounded up: a phone that refreshes at half time is in time.
    pub fn seconds_left(&self, now: Moment) -> u64 {
        self.expires.since(now).as_micros().div_ceil(1_000_000) as u64
    }
}
