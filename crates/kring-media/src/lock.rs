//! Locking on: from which addresses a side's packets are taken, and to which its own go.
//!
//! 1. As a rule only the address and port that were signalled count, in both directions, and only another offer moves
//!    them: neither a packet, nor its source (SSRC), nor its numbers ever do.
//! 2. A phone behind a translator of addresses signals a place where it cannot be reached. If it is known to be one
//!    (`symmetric`), the port from which it speaks is learned (RFC 4961 §3): once, by the first packet that is RTP, or RTCP
//!    for that port, and only from the one IP address at which the phone is registered.
//! 3. A packet from the signalled address settles it as well: the phone is where it said.
//! 4. Until it is settled nothing is sent to a signalled address with another IP than the phone's: in this network
//!    that address may be somebody else.
//! 5. A new offer asks anew. Until the next packet, sound goes on to where the phone was last.

use crate::verdict::{PacketKind, Remote};
use std::net::{IpAddr, SocketAddr};

/// How a side's address is known.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Lock {
    /// By what it signalled.
    #[default]
    Signalled,
    /// By the first packet from one of its ports.
    Symmetric {
        /// The only IP address that may turn out to be its own.
        at: IpAddr,
        rtp: Port,
        rtcp: Port,
    },
}

/// One port of a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    /// It will speak from somewhere; before the last offer it was here.
    Open { before: Option<SocketAddr> },
    /// It has spoken from here.
    Found(SocketAddr),
}

impl Lock {
    /// As it is after an offer, of a phone that is registered `at` if its address is to be learned.
    pub(crate) fn asked_anew(self, at: Option<IpAddr>) -> Lock {
        let Some(at) = at else {
            return Lock::Signalled;
        };
        match self {
            Lock::Symmetric { at: was, rtp, rtcp } if was == at => Lock::Symmetric {
                at,
                rtp: rtp.asked_anew(),
                rtcp: rtcp.asked_anew(),
            },
            Lock::Symmetric { .. } | Lock::Signalled => {
                let (rtp, rtcp) = (Port::Open { before: None }, Port::Open { before: None });
                Lock::Symmetric { at, rtp, rtcp }
            }
        }
    }

    /// Whether a packet from there may be this side's.
    #[inline]
    pub(crate) fn admits(&self, remote: &Remote, kind: PacketKind, from: SocketAddr) -> bool {
        let signalled = remote.address(kind);
        match self {
            Lock::Signalled => is(from, signalled),
            Lock::Symmetric { at, rtp, rtcp } => match port(kind, *rtp, *rtcp) {
                Port::Found(place) => is(from, place),
                Port::Open { before } => {
                    from.ip() == *at
                        || is(from, signalled)
                        || before.is_some_and(|before| is(from, before))
                }
            },
        }
    }

    /// A packet from there was admitted and is what it should be.
    #[inline]
    pub(crate) fn settle(&mut self, kind: PacketKind, from: SocketAddr) {
        if let Lock::Symmetric { rtp, rtcp, .. } = self {
            let port = match kind {
                PacketKind::Rtp => rtp,
                PacketKind::Rtcp => rtcp,
            };
            if let Port::Open { .. } = port {
                *port = Port::Found(from);
            }
        }
    }

    /// Where packets of a kind go, if that is known.
    #[inline]
    pub(crate) fn target(&self, remote: &Remote, kind: PacketKind) -> Option<SocketAddr> {
        let signalled = remote.address(kind);
        match self {
            Lock::Signalled => Some(signalled),
            Lock::Symmetric { at, rtp, rtcp } => match port(kind, *rtp, *rtcp) {
                Port::Found(place)
                | Port::Open {
                    before: Some(place),
                } => Some(place),
                Port::Open { before: None } => (signalled.ip() == *at).then_some(signalled),
            },
        }
    }
}

impl Port {
    fn asked_anew(self) -> Port {
        match self {
            Port::Found(place) => Port::Open {
                before: Some(place),
            },
            Port::Open { .. } => self,
        }
    }
}

fn port(kind: PacketKind, rtp: Port, rtcp: Port) -> Port {
    match kind {
        PacketKind::Rtp => rtp,
        PacketKind::Rtcp => rtcp,
    }
}

/// Address and port; an IPv6 scope or flow label is the kernel's word and not the sender's.
#[inline]
fn is(one: SocketAddr, other: SocketAddr) -> bool {
    one.port() == other.port() && one.ip() == other.ip()
}
