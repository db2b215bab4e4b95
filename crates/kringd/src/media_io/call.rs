//! One call's relay with its four sockets, and how a ready socket tells whose it is.

use super::ports::BoundPair;
use kring_media::{PacketKind, Relay, Side};
use std::{
    io,
    net::{SocketAddr, UdpSocket},
};

pub(super) struct Call {
    pub(super) relay: Relay,
    pub(super) caller: BoundPair,
    pub(super) agent: BoundPair,
    /// Packets that the kernel would not send.
    pub(super) unsent: u64,
}

impl Call {
    fn pair(&self, side: Side) -> &BoundPair {
        match side {
            Side::Caller => &self.caller,
            Side::Agent | Side::Third => &self.agent,
        }
    }

    pub(super) fn socket(&self, side: Side, kind: PacketKind) -> &UdpSocket {
        match kind {
            PacketKind::Rtp => &self.pair(side).rtp,
            PacketKind::Rtcp => &self.pair(side).rtcp,
        }
    }

    pub(super) fn send(
        &self,
        out: Side,
        kind: PacketKind,
        packet: &[u8],
        to: SocketAddr,
    ) -> io::Result<()> {
        self.socket(out, kind).send_to(packet, to).map(|_| ())
    }
}

/// The four sockets of a call.
pub(super) const ENDS: [(Side, PacketKind); 4] = [
    (Side::Caller, PacketKind::Rtp),
    (Side::Caller, PacketKind::Rtcp),
    (Side::Agent, PacketKind::Rtp),
    (Side::Agent, PacketKind::Rtcp),
];

pub(super) fn join(slot: usize, side: Side, kind: PacketKind) -> u64 {
    let side = u64::from(side == Side::Agent);
    let kind = u64::from(kind == PacketKind::Rtcp);
    (slot as u64) << 2 | side << 1 | kind
}

pub(super) fn split(token: u64) -> (usize, Side, PacketKind) {
    let side = if token & 2 == 0 {
        Side::Caller
    } else {
        Side::Agent
    };
    let kind = if token & 1 == 0 {
        PacketKind::Rtp
    } else {
        PacketKind::Rtcp
    };
    ((token >> 2) as usize, side, kind)
}
