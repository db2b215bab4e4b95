//! The relay's day: who is heard, who is not, and when silence is told.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use kring_media::{
    MediaNotice, PacketKind, Relay, Remote, SessionId, Side, Verdict, Why, limits, rtcp,
};
use kring_time::Moment;
use std::{net::SocketAddr, time::Duration};

const SESSION: SessionId = SessionId(7);
const DEAD_AFTER: Duration = Duration::from_secs(20);

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn ms(ms: u64) -> Moment {
    Moment::from_millis(ms)
}

fn remote(ip: &str, port: u16) -> Remote {
    Remote {
        rtp: SocketAddr::new(ip.parse().unwrap(), port),
        rtcp: SocketAddr::new(ip.parse().unwrap(), port + 1),
        sends: true,
        receives: true,
    }
}

fn caller() -> Remote {
    remote("192.0.2.10", 4_000)
}

fn agent() -> Remote {
    remote("192.0.2.20", 6_000)
}

fn rtp(sequence: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 8];
    packet.extend(sequence.to_be_bytes());
    packet.extend((u32::from(sequence) * 160).to_be_bytes());
    packet.extend(7_u32.to_be_bytes());
    packet.extend([0xd5; 160]);
    packet
}

fn joined() -> Relay {
    let mut relay = Relay::new(SESSION, DEAD_AFTER);
    relay.set_remote(ms(0), Side::Caller, caller());
    relay.set_remote(ms(0), Side::Agent, agent());
    relay
}

fn notices(relay: &mut Relay) -> Vec<MediaNotice> {
    std::iter::from_fn(|| relay.poll_notice()).collect()
}

fn speak(relay: &mut Relay, at: u64, side: Side) -> Verdict {
    let from = relay.remote(side).unwrap().rtp;
    relay.packet(ms(at), side, PacketKind::Rtp, from, &rtp((at / 20) as u16))
}

fn silent(side: Side, for_ms: u64) -> MediaNotice {
    MediaNotice::Silent {
        session: SESSION,
        side,
        for_ms,
    }
}

#[test]
fn sound_goes_both_ways_and_the_first_packet_of_each_is_told() {
    let mut relay = joined();
    let to = |out, to| Verdict::Forward { out, to };
    assert_eq!(
        speak(&mut relay, 20, Side::Caller),
        to(Side::Agent, agent().rtp)
    );
    assert_eq!(
        speak(&mut relay, 40, Side::Caller),
        to(Side::Agent, agent().rtp)
    );
    assert_eq!(
        speak(&mut relay, 40, Side::Agent),
        to(Side::Caller, caller().rtp)
    );
    let flowing = |side| MediaNotice::Flowing {
        session: SESSION,
        side,
    };
    assert_eq!(
        notices(&mut relay),
        [flowing(Side::Caller), flowing(Side::Agent)]
    );
    let report = rtcp::receiver_report(7);
    let verdict = relay.packet(
        ms(50),
        Side::Caller,
        PacketKind::Rtcp,
        caller().rtcp,
        &report,
    );
    assert_eq!(
        verdict,
        Verdict::Drop(Why::Read),
        "each side gets kring's own"
    );
    assert_eq!(
        relay.stats(Side::Caller).packets,
        2,
        "RTCP is not counted as sound"
    );
}

#[test]
fn nobody_is_heard_before_his_address_was_signalled() {
    let mut relay = Relay::new(SESSION, DEAD_AFTER);
    let early = relay.packet(ms(0), Side::Caller, PacketKind::Rtp, caller().rtp, &rtp(1));
    assert_eq!(early, Verdict::Drop(Why::Stranger));
    relay.set_remote(ms(10), Side::Caller, caller());
    assert_eq!(
        speak(&mut relay, 20, Side::Caller),
        Verdict::Drop(Why::NotWanted)
    );
    relay.set_remote(ms(30), Side::Agent, agent());
    assert!(matches!(
        speak(&mut relay, 40, Side::Caller),
        Verdict::Forward { .. }
    ));
}

#[test]
fn strangers_and_garbage_are_counted_and_go_nowhere() {
    let mut relay = joined();
    for from in [
        "192.0.2.10:4002",
        "192.0.2.11:4000",
        "192.0.2.20:6000",
        "[::1]:4000",
    ] {
        let verdict = relay.packet(ms(1), Side::Caller, PacketKind::Rtp, address(from), &rtp(1));
        assert_eq!(verdict, Verdict::Drop(Why::Stranger), "{from}");
    }
    // RTCP on the RTP port, STUN, too short, an extension longer than the packet.
    let mut extended = rtp(1);
    extended[0] |= 0x10;
    extended[15] = 0xff;
    let stun = [
        0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    for bytes in [
        &rtcp::receiver_report(7)[..],
        &stun,
        &[0x80, 8],
        &[],
        &extended,
    ] {
        let verdict = relay.packet(ms(1), Side::Caller, PacketKind::Rtp, caller().rtp, bytes);
        assert_eq!(verdict, Verdict::Drop(Why::Garbage));
    }
    let on_rtcp = relay.packet(
        ms(1),
        Side::Caller,
        PacketKind::Rtcp,
        caller().rtcp,
        &rtp(1),
    );
    assert_eq!(on_rtcp, Verdict::Drop(Why::Garbage));
    let stats = relay.stats(Side::Caller);
    assert_eq!((stats.packets, stats.strangers, stats.garbage), (0, 4, 6));
    assert_eq!(notices(&mut relay), [], "no sound is flowing");
}

#[test]
fn a_move_is_followed_only_when_it_was_signalled() {
    let mut relay = joined();
    speak(&mut relay, 20, Side::Caller);
    let new = remote("192.0.2.99", 9_000);
    let unsignalled = relay.packet(ms(30), Side::Caller, PacketKind::Rtp, new.rtp, &rtp(2));
    assert_eq!(unsignalled, Verdict::Drop(Why::Stranger));
    relay.set_remote(ms(40), Side::Caller, new);
    assert_eq!(
        speak(&mut relay, 60, Side::Agent),
        Verdict::Forward {
            out: Side::Caller,
            to: new.rtp
        }
    );
    let old = relay.packet(ms(80), Side::Caller, PacketKind::Rtp, caller().rtp, &rtp(3));
    assert_eq!(
        old,
        Verdict::Drop(Why::Stranger),
        "the old address is a stranger now"
    );
}

#[test]
fn silence_is_told_once_and_again_after_speech() {
    let mut relay = joined();
    for at in (0..10_000).step_by(20) {
        speak(&mut relay, at, Side::Agent);
        relay.wake(ms(at));
        let told = notices(&mut relay);
        match at {
            5_000 => assert_eq!(told, [silent(Side::Caller, 5_000)]),
            0 => assert_eq!(
                told,
                [MediaNotice::Flowing {
                    session: SESSION,
                    side: Side::Agent
                }]
            ),
            _ => assert_eq!(told, []),
        }
    }
    speak(&mut relay, 10_000, Side::Caller);
    notices(&mut relay);
    for at in (10_000..16_000).step_by(20) {
        speak(&mut relay, at, Side::Agent);
    }
    assert_eq!(relay.deadline(), Some(ms(15_000)));
    relay.wake(ms(15_020));
    assert_eq!(notices(&mut relay), [silent(Side::Caller, 5_020)]);
}

#[test]
fn rtcp_is_a_sign_of_life() {
    let mut relay = joined();
    let report = rtcp::receiver_report(7);
    for at in (0..60_000).step_by(4_000) {
        relay.wake(ms(at));
        relay.packet(ms(at), Side::Agent, PacketKind::Rtcp, agent().rtcp, &report);
        relay.packet(
            ms(at),
            Side::Caller,
            PacketKind::Rtcp,
            caller().rtcp,
            &report,
        );
    }
    assert_eq!(notices(&mut relay), []);
}

#[test]
fn a_call_is_dead_only_when_both_are_silent() {
    let mut relay = joined();
    for at in (0..30_000).step_by(20) {
        speak(&mut relay, at, Side::Caller);
        relay.wake(ms(at));
    }
    let dead = MediaNotice::Dead { session: SESSION };
    assert!(
        !notices(&mut relay).contains(&dead),
        "the caller still speaks"
    );
    relay.wake(ms(29_980 + 19_999));
    assert!(!notices(&mut relay).contains(&dead));
    relay.wake(ms(29_980 + 20_000));
    assert_eq!(notices(&mut relay), [dead]);
    relay.wake(ms(120_000));
    assert_eq!(notices(&mut relay), [], "told once");
    assert_eq!(relay.deadline(), None);
}

#[test]
fn a_call_on_hold_is_neither_silent_nor_dead() {
    let mut relay = joined();
    speak(&mut relay, 20, Side::Caller);
    speak(&mut relay, 20, Side::Agent);
    notices(&mut relay);
    // The agent holds: sendonly, with nothing to play.
    relay.set_remote(
        ms(100),
        Side::Agent,
        Remote {
            receives: false,
            ..agent()
        },
    );
    assert_eq!(
        speak(&mut relay, 120, Side::Caller),
        Verdict::Drop(Why::NotWanted)
    );
    relay.report(7);
    let mut report = [0; limits::REPORT_MAX];
    assert_eq!(relay.next_report(ms(130), &mut report), None);
    let on = relay.next_report(ms(7_640), &mut report);
    assert!(
        on.is_some_and(|(_, _, to)| to == caller().rtcp),
        "RTCP goes on during a hold"
    );
    relay.wake(ms(90_000));
    let held = notices(&mut relay);
    assert_eq!(
        held,
        [silent(Side::Agent, 89_900)],
        "who says that he sends, should"
    );
    // Back: both have their full time again.
    relay.set_remote(ms(90_000), Side::Agent, agent());
    relay.wake(ms(94_999));
    assert_eq!(notices(&mut relay), []);
    assert_eq!(relay.deadline(), Some(ms(95_000)));
}

#[test]
fn a_held_address_gets_nothing_and_nobody_can_pretend_to_be_it() {
    let mut relay = joined();
    let held = Remote {
        receives: false,
        ..remote("0.0.0.0", 4_000)
    };
    relay.set_remote(ms(0), Side::Caller, held);
    assert_eq!(
        speak(&mut relay, 20, Side::Agent),
        Verdict::Drop(Why::NotWanted)
    );
    relay.report(7);
    let mut report = [0; limits::REPORT_MAX];
    let mut reports = || relay.next_report(ms(60_000), &mut report);
    let targets: Vec<_> = std::iter::from_fn(|| reports().map(|(side, ..)| side)).collect();
    assert!(!targets.contains(&Side::Caller));
    let from = caller().rtp;
    let verdict = relay.packet(ms(30), Side::Caller, PacketKind::Rtp, from, &rtp(1));
    assert_eq!(verdict, Verdict::Drop(Why::Stranger));
    relay.wake(ms(60_000));
    assert_eq!(
        notices(&mut relay).len(),
        1,
        "the agent's first packet, and no silence"
    );
}

#[test]
fn the_same_address_again_changes_no_clock() {
    let mut relay = joined();
    relay.set_remote(ms(3_000), Side::Caller, caller());
    assert_eq!(relay.deadline(), Some(ms(5_000)));
}
