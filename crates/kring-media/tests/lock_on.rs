//! From whom sound is taken, and where it goes: the rules of ARCHITECTURE.md ("Sound"), one by one.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use kring_media::{PacketKind, Relay, Remote, SessionId, Side, Verdict, Why, rtcp, rtp};
use kring_time::Moment;
use std::{net::SocketAddr, time::Duration};

fn at(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn remote(port: u16) -> Remote {
    let at = |port| SocketAddr::new([192, 0, 2, 10].into(), port);
    Remote {
        rtp: at(port),
        rtcp: at(port + 1),
        sends: true,
        receives: true,
    }
}

fn sound(sequence: u16, ssrc: u32) -> Vec<u8> {
    let mut packet = Vec::new();
    rtp::write(
        &mut packet,
        8,
        sequence,
        u32::from(sequence) * 160,
        ssrc,
        &[0xd5; 160],
    );
    packet
}

struct Line {
    relay: Relay,
    now: u64,
}

impl Line {
    /// The caller at 4000, the agent at 6000.
    fn new() -> Line {
        let relay = Relay::new(SessionId(1), Duration::from_secs(20));
        let mut line = Line { relay, now: 0 };
        line.signals(Side::Caller, remote(4_000));
        line.signals(Side::Agent, remote(6_000));
        line
    }

    fn signals(&mut self, side: Side, remote: Remote) {
        self.relay
            .set_remote(Moment::from_millis(self.now), side, remote);
    }

    fn takes(&mut self, kind: PacketKind, from: SocketAddr, packet: &[u8]) -> Verdict {
        self.now += 20;
        let now = Moment::from_millis(self.now);
        self.relay.packet(now, Side::Caller, kind, from, packet)
    }

    fn sound_from(&mut self, from: SocketAddr, packet: &[u8]) -> Verdict {
        self.takes(PacketKind::Rtp, from, packet)
    }
}

const STRANGER: Verdict = Verdict::Drop(Why::Stranger);

fn to_agent() -> Verdict {
    Verdict::Forward {
        out: Side::Agent,
        to: remote(6_000).rtp,
    }
}

/// Rule 1: before the signalling nothing is taken, and nothing of it is remembered.
#[test]
fn who_sends_before_he_is_signalled_gains_nothing() {
    let relay = Relay::new(SessionId(1), Duration::from_secs(20));
    let mut line = Line { relay, now: 0 };
    for n in 0..50 {
        assert_eq!(
            line.sound_from(at("203.0.113.9:4000"), &sound(n, 7)),
            STRANGER
        );
    }
    line.signals(Side::Agent, remote(6_000));
    line.signals(Side::Caller, remote(4_000));
    assert_eq!(
        line.sound_from(at("203.0.113.9:4000"), &sound(50, 7)),
        STRANGER
    );
    assert_eq!(line.sound_from(remote(4_000).rtp, &sound(1, 8)), to_agent());
    assert_eq!(line.relay.stats(Side::Caller).strangers, 51);
}

/// Rule 2: neither a copied source nor the next number makes an honest packet of a stranger's.
#[test]
fn a_copied_source_with_the_next_number_is_a_strangers() {
    let mut line = Line::new();
    for n in 0..100 {
        let (honest, copied) = (sound(n, 7), sound(n + 1, 7));
        assert_eq!(line.sound_from(remote(4_000).rtp, &honest), to_agent());
        for from in [
            "192.0.2.10:4002",
            "192.0.2.11:4000",
            "192.0.2.20:6000",
            "[2001:db8::1]:4000",
        ] {
            assert_eq!(line.sound_from(at(from), &copied), STRANGER, "{from}");
        }
    }
    let stats = line.relay.stats(Side::Caller);
    assert_eq!((stats.packets, stats.lost, stats.strangers), (100, 0, 400));
}

/// Rule 3: a new offer moves both ways at once, however late it is; what comes from the old address is a
/// stranger's from then on, and before that what comes from the new one.
#[test]
fn a_late_offer_moves_the_line_and_nothing_else_does() {
    let mut line = Line::new();
    let new = remote(9_000);
    for n in 0..100 {
        assert_eq!(line.sound_from(remote(4_000).rtp, &sound(n, 7)), to_agent());
        // The phone has moved already; its offer is on its way.
        assert_eq!(line.sound_from(new.rtp, &sound(n, 8)), STRANGER);
    }
    line.signals(Side::Caller, new);
    assert_eq!(line.sound_from(new.rtp, &sound(100, 8)), to_agent());
    assert_eq!(line.sound_from(remote(4_000).rtp, &sound(100, 7)), STRANGER);
    let now = Moment::from_millis(line.now);
    let (agent, kind) = (remote(6_000).rtp, PacketKind::Rtp);
    let back = line
        .relay
        .packet(now, Side::Agent, kind, agent, &sound(1, 9));
    let out = Side::Caller;
    assert_eq!(back, Verdict::Forward { out, to: new.rtp });
}

/// Rule 4: a new source, or a row of numbers that begins anew, from the signalled address is the same side.
#[test]
fn a_new_source_from_the_signalled_address_is_heard() {
    let mut line = Line::new();
    for (n, ssrc) in [(10, 7), (11, 7), (40_000, 8), (40_001, 8), (3, 8), (4, 8)] {
        assert_eq!(
            line.sound_from(remote(4_000).rtp, &sound(n, ssrc)),
            to_agent()
        );
    }
    assert_eq!(line.relay.stats(Side::Caller).lost, 0);
}

/// Rule 5: RTP is taken from the RTP address and RTCP from its own, and not the other way round.
#[test]
fn swapped_ports_are_strangers() {
    let mut line = Line::new();
    let Remote { rtp, rtcp, .. } = remote(4_000);
    assert_eq!(line.sound_from(rtcp, &sound(1, 7)), STRANGER);
    let report = rtcp::receiver_report(7);
    assert_eq!(line.takes(PacketKind::Rtcp, rtp, &report), STRANGER);
    assert_ne!(line.takes(PacketKind::Rtcp, rtcp, &report), STRANGER);
    // A phone that has taken one port for the other says so by an offer.
    let swapped = Remote {
        rtp: rtcp,
        rtcp: rtp,
        ..remote(4_000)
    };
    line.signals(Side::Caller, swapped);
    assert_eq!(line.sound_from(rtcp, &sound(2, 7)), to_agent());
    assert_eq!(line.sound_from(rtp, &sound(3, 7)), STRANGER);
}

/// Rule 6: a side that is on hold keeps its address; one without an address has none that could be taken.
#[test]
fn a_hold_locks_nobody_out_and_lets_nobody_in() {
    let mut line = Line::new();
    let held = Remote {
        receives: false,
        ..remote(4_000)
    };
    line.signals(Side::Caller, held);
    assert_eq!(line.sound_from(remote(4_000).rtp, &sound(1, 7)), to_agent());
    let nowhere = Remote {
        rtp: at("0.0.0.0:4000"),
        ..held
    };
    line.signals(Side::Caller, nowhere);
    for from in ["192.0.2.10:4000", "203.0.113.9:4000"] {
        assert_eq!(line.sound_from(at(from), &sound(2, 7)), STRANGER);
    }
}
