//! A supervisor with caller, agent and third, and sides that speak different codings: who hears whom, decoded at
//! every phone, after every change; and each hears one stream over it all.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod hall;
mod laws;
mod recoding;

use hall::{CHANCES, Hall, SESSION, ms, remote};
use kring_media::{
    Coding, Joined, MediaNotice, Monitoring, PacketKind, Playable, Side, Verdict, Why, rtcp,
};

pub(crate) const MODES: [Monitoring; 3] =
    [Monitoring::Listen, Monitoring::Whisper, Monitoring::Barge];

const PCMA: Coding = Coding {
    codec: Playable::Pcma,
    payload_type: 8,
};

/// Whom each hears, by simpler means than the relay's.
pub(crate) fn expected(joined: Joined, mode: Option<Monitoring>, side: Side) -> Vec<Side> {
    let left_out = match joined {
        Joined::Without(left_out) => Some(left_out),
        Joined::Conference(_) => None,
    };
    let is_joined = |one: &Side| *one != Side::Monitor && Some(*one) != left_out;
    let hears = |other: &Side| match (side, *other) {
        _ if side == *other => false,
        (Side::Monitor, other) => mode.is_some() && is_joined(&other),
        (Side::Agent, Side::Monitor) => {
            is_joined(&side) && matches!(mode, Some(Monitoring::Whisper | Monitoring::Barge))
        }
        (side, Side::Monitor) => is_joined(&side) && mode == Some(Monitoring::Barge),
        (side, other) => is_joined(&side) && is_joined(&other),
    };
    Side::ALL.into_iter().filter(hears).collect()
}

fn all_are_joined(hall: &mut Hall) {
    hall.comes(Side::Third);
    hall.comes(Side::Monitor);
    hall.talk(300);
}

/// Every mode in every way of being joined, one after another in one call: who hears whom, and no stream breaks.
#[test]
fn every_mode_is_heard_by_those_who_should_and_by_nobody_else() {
    let mut hall = Hall::of(["PCMA"; 4]);
    all_are_joined(&mut hall);
    assert_eq!(hall.hears(Side::Caller, 0, 300), [Side::Agent]);
    assert!(
        hall.phone(Side::Monitor).received.is_empty(),
        "it only attends"
    );
    let all_three = Joined::Conference([PCMA; 3]);
    let ways = Side::PARTIES
        .map(Joined::Without)
        .into_iter()
        .chain([all_three]);
    for joined in ways {
        hall.join(joined);
        for mode in MODES {
            hall.listen(mode);
            let from = hall.now + 120;
            hall.talk(500);
            for side in Side::ALL {
                let heard = hall.hears(side, from, hall.now);
                let expected = expected(joined, Some(mode), side);
                assert_eq!(heard, expected, "{side:?}, {joined:?}, {mode:?}");
            }
        }
    }
    hall.relay.depart(ms(hall.now));
    let monitors = hall.phone(Side::Monitor).received.len();
    hall.talk(300);
    assert_eq!(hall.phone(Side::Monitor).received.len(), monitors);
    for side in Side::ALL {
        hall.assert_one_stream(side);
    }
}

/// The monitor stays where the agent is replaced, the third leaves, and the caller is on hold.
#[test]
fn a_monitor_follows_the_call_through_hold_consult_and_transfer() {
    let mut hall = Hall::of(["PCMA"; 4]);
    hall.comes(Side::Monitor);
    hall.listen(Monitoring::Whisper);
    hall.talk(400);
    assert_eq!(
        hall.hears(Side::Agent, 120, 400),
        [Side::Caller, Side::Monitor]
    );
    hall.hold(Side::Caller);
    hall.comes(Side::Third);
    hall.join(Joined::Without(Side::Caller));
    hall.talk(400);
    assert_eq!(
        hall.hears(Side::Agent, 520, 800),
        [Side::Third, Side::Monitor]
    );
    assert_eq!(
        hall.hears(Side::Monitor, 520, 800),
        [Side::Agent, Side::Third]
    );
    assert_eq!(hall.hears(Side::Third, 520, 800), [Side::Agent]);
    assert_eq!(hall.hears(Side::Caller, 520, 800), []);
    assert!(hall.hears_music(Side::Caller, 520, 800));
    hall.relay.hush(Side::Caller);
    hall.relay.succeed(ms(hall.now), CHANCES);
    hall.phones.swap(1, 2);
    hall.talk(400);
    // The phone that came as the third has the agent's place now, and its own tone still.
    assert_eq!(
        hall.hears(Side::Agent, 920, 1_200),
        [Side::Caller, Side::Monitor]
    );
    assert_eq!(
        hall.hears(Side::Monitor, 920, 1_200),
        [Side::Caller, Side::Third]
    );
    assert_eq!(hall.hears(Side::Caller, 920, 1_200), [Side::Third]);
    for side in Side::ALL {
        hall.assert_one_stream(side);
    }
}

/// To whom nothing is mixed gets the packets as they came.
#[test]
fn who_is_only_listened_to_gets_every_packet_untouched() {
    let mut hall = Hall::of(["PCMA"; 4]);
    hall.comes(Side::Monitor);
    hall.listen(Monitoring::Listen);
    for _ in 0..20 {
        for (side, out) in [(Side::Caller, Side::Agent), (Side::Agent, Side::Caller)] {
            let to = remote(out).rtp;
            assert_eq!(hall.says(side), Verdict::Forward { out, to });
        }
        assert_eq!(hall.says(Side::Monitor), Verdict::Drop(Why::LeftOut));
        hall.now += 20;
    }
}

/// Nobody waits for a supervisor, nor tells of its silence; its first packet is told once.
#[test]
fn a_monitor_that_says_nothing_is_no_news() {
    let mut hall = Hall::of(["PCMA"; 4]);
    hall.comes(Side::Monitor);
    hall.listen(Monitoring::Barge);
    hall.talk(100);
    let ours = |hall: &Hall| {
        let of_monitor = |notice: &&MediaNotice| {
            let flowing = MediaNotice::Flowing {
                session: SESSION,
                side: Side::Monitor,
            };
            **notice == flowing
                || matches!(notice, MediaNotice::Silent { side, .. } if *side == Side::Monitor)
        };
        hall.notices.iter().filter(of_monitor).count()
    };
    assert_eq!(ours(&hall), 1, "it flows");
    for second in 1..60 {
        hall.now = second * 1_000;
        for side in Side::BOTH {
            hall.says(side);
        }
        hall.beat();
    }
    assert_eq!(ours(&hall), 1);
    let dead = MediaNotice::Dead { session: SESSION };
    assert!(!hall.notices.contains(&dead));
    // And it does not keep a call alive in which the others are silent.
    hall.now += 25_000;
    hall.says(Side::Monitor);
    hall.beat();
    assert!(hall.notices.contains(&dead));
}

/// While the agent hears a mix, a key of the caller is lost: it is not heard later, out of its time.
#[test]
fn a_key_that_nobody_could_hear_is_not_heard_later() {
    let mut hall = Hall::of(["PCMA"; 4]);
    hall.comes(Side::Monitor);
    hall.listen(Monitoring::Whisper);
    hall.talk(100);
    hall.relay.press(Side::Caller, '5', 100, 101);
    hall.relay.press(Side::Agent, '6', 100, 101);
    hall.talk(400);
    assert_eq!(
        hall.phone(Side::Caller).keys(),
        "6",
        "the caller hears nobody else"
    );
    hall.listen(Monitoring::Listen);
    hall.talk(400);
    assert_eq!(hall.phone(Side::Agent).keys(), "");
    hall.relay.press(Side::Caller, '7', 100, 101);
    hall.talk(400);
    assert_eq!(hall.phone(Side::Agent).keys(), "7");
}

/// What a monitor says reaches nobody by other ways: neither its reports nor its keys.
#[test]
fn reports_and_keys_of_a_monitor_stay_here() {
    let mut hall = Hall::of(["PCMA"; 4]);
    hall.comes(Side::Monitor);
    hall.listen(Monitoring::Barge);
    let (now, home) = (ms(hall.now), remote(Side::Monitor).rtcp);
    let report = rtcp::receiver_report(7);
    let kind = PacketKind::Rtcp;
    let verdict = hall.relay.packet(now, Side::Monitor, kind, home, &report);
    assert!(matches!(verdict, Verdict::Drop(_)), "{verdict:?}");
    hall.relay.press(Side::Monitor, '5', 100, 101);
    hall.talk(500);
    for side in Side::BOTH {
        assert_eq!(hall.phone(side).keys(), "");
    }
}
