//! The SIP messages of a call, as they are kept, shown and exported.
//!
//! What a message says was read by the process before it came here: this crate knows no SIP. Secrets
//! were written over there, too.

mod ladder;
mod packed;
mod pcap;

pub(crate) use ladder::{Ladder, Wanted};
pub(crate) use pcap::pcap;

pub use packed::PackedRefused;

use bytes::Bytes;
use kring_journal::{CallId, WallTime};
use serde::{Deserialize, Serialize};
use std::{fmt, net::SocketAddr, sync::Arc};

/// How a message travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Carrier {
    /// A datagram.
    Udp,
    /// A stream.
    Tcp,
    /// An encrypted stream; what is kept is what was in it.
    Tls,
    /// A WebSocket; what is kept is the frame's payload.
    Ws,
    /// An encrypted one.
    Wss,
}

/// Which side of a call a party is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The trunk that the caller came by.
    Caller,
    /// An agent's phone.
    Phone,
}

/// Whom a leg of the call connects with kring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceParty {
    /// Which side.
    pub side: Side,
    /// The trunk's name, or the agent's login.
    pub name: String,
    /// Call-ID of the leg.
    pub call_id: String,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceMessage {
    /// When it came or left.
    pub at: WallTime,
    /// Whether kring sent it.
    pub sent: bool,
    /// How.
    pub carrier: Carrier,
    /// Our address.
    pub ours: SocketAddr,
    /// The other side's.
    pub theirs: SocketAddr,
    /// Index of the party in [`Trace::parties`].
    pub party: usize,
    /// `INVITE` or `180 Ringing`.
    pub label: String,
    /// CSeq: `1 INVITE`.
    pub cseq: String,
    /// Whether it holds a session description.
    pub sdp: bool,
    /// The message without its secrets.
    pub bytes: Bytes,
}

/// The messages of a call, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The legs, in the order of their beginning.
    pub parties: Vec<TraceParty>,
    /// The messages, oldest first.
    pub messages: Vec<TraceMessage>,
    /// Messages in the middle that were let go because the call had too many.
    pub left_out: u64,
    /// Where they are missing: so many of `messages` come before the gap.
    pub gap_after: usize,
}

type Look = dyn Fn(CallId) -> Option<Trace> + Send + Sync;

/// The traces that are still in memory: those of live calls and of calls just ended.
#[derive(Clone)]
pub struct LiveTraces(Arc<Look>);

impl LiveTraces {
    /// The traces that `look` finds. It is asked by requests and must not block for long.
    pub fn new(look: impl Fn(CallId) -> Option<Trace> + Send + Sync + 'static) -> LiveTraces {
        LiveTraces(Arc::new(look))
    }

    /// The trace of a call, if it is in memory.
    pub(crate) fn of(&self, call: CallId) -> Option<Trace> {
        (self.0)(call)
    }
}

impl Default for LiveTraces {
    /// None at all.
    fn default() -> LiveTraces {
        LiveTraces::new(|_| None)
    }
}

impl fmt::Debug for LiveTraces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LiveTraces")
    }
}
