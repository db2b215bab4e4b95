//! One call's relay with its sockets, and how a ready socket tells whose it is.

use super::{limits::BUFFER, ports::BoundPair, wire::Wires};
use crate::recording::{Tap, Tapped};
use kring_media::{
    Channel, PacketKind, Relay, SRTP_OVERHEAD, SessionId, Side, SideStats, limits::REPORT_MAX,
};
use kring_time::Moment;
use std::net::{SocketAddr, UdpSocket};

pub(super) struct Call {
    pub(super) relay: Relay,
    pub(super) caller: BoundPair,
    pub(super) agent: BoundPair,
    /// While there is somebody who is consulted, or to whom the caller goes.
    pub(super) third: Option<BoundPair>,
    /// While a supervisor is there.
    pub(super) monitor: Option<BoundPair>,
    pub(super) wires: Wires,
    /// Packets that the kernel would not send.
    unsent: u64,
    /// While it is recorded.
    pub(super) tapped: Option<(SessionId, Tapped)>,
}

impl Call {
    pub(super) fn new(relay: Relay, caller: BoundPair, agent: BoundPair) -> Call {
        Call {
            relay,
            caller,
            agent,
            third: None,
            monitor: None,
            wires: Wires::default(),
            unsent: 0,
            tapped: None,
        }
    }

    /// The ports of a side, if the call has it.
    pub(super) fn pair(&self, side: Side) -> Option<&BoundPair> {
        match side {
            Side::Caller => Some(&self.caller),
            Side::Agent => Some(&self.agent),
            Side::Third => self.third.as_ref(),
            Side::Monitor => self.monitor.as_ref(),
        }
    }

    pub(super) fn socket(&self, side: Side, kind: PacketKind) -> Option<&UdpSocket> {
        self.pair(side).map(|pair| pair.socket(kind))
    }

    /// Sends a packet of sound, which the relay then counts.
    pub(super) fn send(&mut self, now: Moment, out: Side, packet: &[u8], to: SocketAddr) {
        let mut scratch = [0; BUFFER + SRTP_OVERHEAD];
        let wires = &mut self.wires;
        let Some(sealed) = wires.seal(out, PacketKind::Rtp, packet, &mut scratch) else {
            self.unsent += 1;
            return;
        };
        // The relay sends to nobody whose side the call has not.
        let sent = self
            .socket(out, PacketKind::Rtp)
            .map(|socket| socket.send_to(sealed, to));
        match sent {
            Some(Ok(_)) => self.relay.sent(now, out, packet),
            Some(Err(_)) => self.unsent += 1,
            None => {}
        }
    }

    /// The reports that are due now, to everybody.
    pub(super) fn send_reports(&mut self, now: Moment) {
        let mut packet = [0; REPORT_MAX];
        while let Some((side, length, to)) = self.relay.next_report(now, &mut packet) {
            self.send_report(side, &packet[..length], to);
        }
    }

    /// The last report to a side, which leaves.
    pub(super) fn say_goodbye(&mut self, now: Moment, side: Side) {
        let mut packet = [0; REPORT_MAX];
        if let Some((length, to)) = self.relay.goodbye(now, side, &mut packet) {
            self.send_report(side, &packet[..length], to);
        }
    }

    fn send_report(&mut self, side: Side, packet: &[u8], to: SocketAddr) {
        let mut scratch = [0; BUFFER + SRTP_OVERHEAD];
        let wires = &mut self.wires;
        let sealed = wires.seal(side, PacketKind::Rtcp, packet, &mut scratch);
        if let (Some(packet), Some(socket)) = (sealed, self.socket(side, PacketKind::Rtcp)) {
            // One that the kernel refuses is followed by another in 5 s.
            let _ = socket.send_to(packet, to);
        }
    }

    /// What was heard of a side.
    pub(super) fn stats(&self, side: Side) -> SideStats {
        SideStats {
            bad: self.wires.bad(side),
            ..self.relay.stats(side)
        }
    }

    /// A packet that came from the caller, or went there.
    #[inline]
    pub(super) fn record(
        &mut self,
        now: Moment,
        tap: &mut Option<Tap>,
        channel: Channel,
        packet: &[u8],
    ) {
        if let (Some((session, tapped)), Some(tap)) = (&mut self.tapped, tap) {
            tap.packet(*session, now, channel, packet, tapped);
        }
    }

    /// All its ports, which nobody needs any more.
    pub(super) fn into_pairs(self, session: SessionId) -> Vec<BoundPair> {
        let unsent = self.unsent;
        if unsent > 0 {
            tracing::warn!(
                session = session.0,
                unsent,
                "packets of a call could not be sent"
            );
        }
        let both = [self.caller, self.agent];
        let others = self.third.into_iter().chain(self.monitor);
        both.into_iter().chain(others).collect()
    }
}

pub(super) const KINDS: [PacketKind; 2] = [PacketKind::Rtp, PacketKind::Rtcp];

pub(super) fn join(slot: usize, side: Side, kind: PacketKind) -> u64 {
    let kind = u64::from(kind == PacketKind::Rtcp);
    (slot as u64) << 3 | (side as u64) << 1 | kind
}

pub(super) fn split(token: u64) -> (usize, Side, PacketKind) {
    let side = match token >> 1 & 3 {
        0 => Side::Caller,
        1 => Side::Agent,
        2 => Side::Third,
        _ => Side::Monitor,
    };
    let kind = if token & 1 == 0 {
        PacketKind::Rtp
    } else {
        PacketKind::Rtcp
    };
    ((token >> 3) as usize, side, kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_slot_side_and_kind() {
        for side in Side::ALL {
            for kind in KINDS {
                for slot in [0, 1, 9_999] {
                    assert_eq!(split(join(slot, side, kind)), (slot, side, kind));
                }
            }
        }
    }
}
