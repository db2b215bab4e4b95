//! Locking on: whose packets are taken, and what may change that. The rules stand in `src/lock.rs`.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use kring_media::{PacketKind, Relay, Remote, SessionId, Side, Verdict, Why, rtcp};
use kring_time::Moment;
use std::{net::SocketAddr, time::Duration};

/// What the agent's phone signs, and where it is in truth: behind a translator.
const SIGNED: &str = "10.0.0.9:4000";
const TRULY: &str = "203.0.113.5:61000";

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn remote(rtp: &str) -> Remote {
    let rtp = address(rtp);
    Remote {
        rtp,
        rtcp: SocketAddr::new(rtp.ip(), rtp.port() + 1),
        sends: true,
        receives: true,
    }
}

/// A caller who is where she says, and an agent's phone that signs `agent` and is registered at `behind`.
struct Line(Relay);

impl Line {
    fn open(agent: &str, behind: Option<&str>) -> Line {
        let mut relay = Relay::new(SessionId(1), Duration::ZERO);
        relay.set_remote(Moment::BOOT, Side::Caller, remote("192.0.2.10:4000"));
        let mut line = Line(relay);
        line.offers(agent, behind);
        line
    }

    /// The agent's phone makes or answers an offer.
    fn offers(&mut self, agent: &str, behind: Option<&str>) {
        let behind = behind.map(|ip| ip.parse().unwrap());
        self.0.set_symmetric(Side::Agent, behind);
        self.0.set_remote(Moment::BOOT, Side::Agent, remote(agent));
    }

    /// A packet of the source `ssrc` comes to a side's port; where it goes.
    fn comes(&mut self, side: Side, from: &str, ssrc: u32) -> Result<SocketAddr, Why> {
        let mut packet = vec![0x80, 8, 0, 1, 0, 0, 0, 160];
        packet.extend(ssrc.to_be_bytes());
        packet.extend([0xd5; 160]);
        self.brings(side, PacketKind::Rtp, from, &packet)
    }

    fn brings(
        &mut self,
        side: Side,
        kind: PacketKind,
        from: &str,
        packet: &[u8],
    ) -> Result<SocketAddr, Why> {
        match self
            .0
            .packet(Moment::BOOT, side, kind, address(from), packet)
        {
            Verdict::Forward { to, .. } | Verdict::Renumber { to, .. } => Ok(to),
            Verdict::Drop(why) => Err(why),
            other => panic!("{other:?}"),
        }
    }

    /// From where the agent's sound is taken, and the caller's goes.
    fn is_with(&mut self, agent: &str) {
        assert!(self.comes(Side::Agent, agent, 7).is_ok(), "it is heard");
        let to = self.comes(Side::Caller, "192.0.2.10:4000", 9);
        assert_eq!(to, Ok(address(agent)));
    }

    fn is_strange(&mut self, from: &str) {
        assert_eq!(
            self.comes(Side::Agent, from, 7),
            Err(Why::Stranger),
            "{from}"
        );
    }
}

#[test]
fn without_a_word_only_the_signalled_address_counts() {
    let mut line = Line::open("192.0.2.20:6000", None);
    // Before the first honest packet and after it; the next port, and another address with that port.
    for _ in 0..2 {
        line.is_strange("192.0.2.20:6002");
        line.is_strange("192.0.2.21:6000");
        line.is_strange("192.0.2.10:4000");
        line.is_with("192.0.2.20:6000");
    }
}

#[test]
fn another_source_of_the_same_phone_is_still_that_phone() {
    let mut line = Line::open("192.0.2.20:6000", None);
    for ssrc in [7, 8, 7, 0, u32::MAX] {
        assert!(line.comes(Side::Agent, "192.0.2.20:6000", ssrc).is_ok());
    }
    assert_eq!(line.0.stats(Side::Agent).strangers, 0);
}

/// The caller's sound arrives at the agent's port, and the other way round: neither is taken for the other.
#[test]
fn swapped_ports_are_strange() {
    let mut line = Line::open("192.0.2.20:6000", None);
    line.is_strange("192.0.2.10:4000");
    let swapped = line.comes(Side::Caller, "192.0.2.20:6000", 7);
    assert_eq!(swapped, Err(Why::Stranger));
    // RTP from where RTCP should come.
    line.is_strange("192.0.2.20:6001");
}

/// The phone moves, and speaks from there before its offer has come; the old place is nobody's afterwards.
#[test]
fn a_late_offer_moves_the_phone_and_nothing_before_it_does() {
    let mut line = Line::open("192.0.2.20:6000", None);
    line.is_with("192.0.2.20:6000");
    line.is_strange("192.0.2.30:7000");
    line.offers("192.0.2.30:7000", None);
    line.is_strange("192.0.2.20:6000");
    line.is_with("192.0.2.30:7000");
}

#[test]
fn a_symmetric_phone_is_where_its_first_packet_comes_from() {
    let mut line = Line::open(SIGNED, Some("203.0.113.5"));
    // Nothing goes to an address that somebody of this network may have.
    let before = line.comes(Side::Caller, "192.0.2.10:4000", 9);
    assert_eq!(before, Err(Why::NotWanted));
    line.is_strange("203.0.113.6:61000");
    line.is_with(TRULY);
    // Once: neither another port of it, nor what it has signed, nor anybody else.
    line.is_strange("203.0.113.5:61002");
    line.is_strange(SIGNED);
    line.is_strange("203.0.113.6:61000");
    line.is_with(TRULY);
}

#[test]
fn rubbish_locks_nothing() {
    let mut line = Line::open(SIGNED, Some("203.0.113.5"));
    let rubbish = line.brings(Side::Agent, PacketKind::Rtp, "203.0.113.5:1", b"hello");
    assert_eq!(rubbish, Err(Why::Garbage));
    line.is_with(TRULY);
}

#[test]
fn a_symmetric_phone_that_is_where_it_said_is_nowhere_else() {
    let mut line = Line::open(SIGNED, Some("203.0.113.5"));
    line.is_with(SIGNED);
    line.is_strange(TRULY);
}

#[test]
fn a_new_offer_asks_anew_and_until_then_sound_goes_on() {
    let mut line = Line::open(SIGNED, Some("203.0.113.5"));
    line.is_with(TRULY);
    line.offers(SIGNED, Some("203.0.113.5"));
    let meanwhile = line.comes(Side::Caller, "192.0.2.10:4000", 9);
    assert_eq!(meanwhile, Ok(address(TRULY)));
    // The translator has given it another port.
    line.is_with("203.0.113.5:62000");
    line.is_strange(TRULY);
    // Of another phone nothing is left of that.
    line.offers("192.0.2.20:6000", None);
    line.is_strange("203.0.113.5:62000");
    line.is_with("192.0.2.20:6000");
}

/// RTCP has a port of its own, which is learned by itself.
#[test]
fn rtcp_is_locked_by_itself() {
    let mut line = Line::open(SIGNED, Some("203.0.113.5"));
    let report = rtcp::receiver_report(7);
    let rtcp = PacketKind::Rtcp;
    let stranger = line.brings(Side::Agent, rtcp, "203.0.113.6:61001", &report);
    assert_eq!(stranger, Err(Why::Stranger));
    let own = line.brings(Side::Agent, rtcp, "203.0.113.5:40404", &report);
    assert_ne!(own, Err(Why::Stranger));
    let other = line.brings(Side::Agent, rtcp, "203.0.113.5:40405", &report);
    assert_eq!(other, Err(Why::Stranger));
    // Its sound is still to be found.
    line.is_with(TRULY);
}
