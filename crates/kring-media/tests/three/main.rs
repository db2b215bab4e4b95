//! A third comes into a session, and perhaps stays: who hears whom, and that each hears one stream over it all.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod conference;
mod table;

use kring_media::{
    Coding, Ground, Joined, Library, MediaNotice, PacketKind, Particle, Player, Program, Prompt,
    Samples, Side, Verdict, Why, rtcp, rtp, tone,
};
use std::time::Duration;
use table::{ALL_PCMA, CHANCES, PCMA, SESSION, Table, ms, remote};

const AGENT_OUT: Joined = Joined::Without(Side::Agent);
const CALLER_OUT: Joined = Joined::Without(Side::Caller);
const THIRD_OUT: Joined = Joined::Without(Side::Third);

/// Music of 500 Hz without end.
fn music(coding: Coding) -> Player {
    let second = Duration::from_secs(1);
    let mut library = Library::new(Particle::Ka, Prompt::ringback(400.0, second, second));
    library.set_music(Prompt::new(&Samples {
        rate: 8_000,
        samples: tone::Sine::new(500.0, 6_000).take(8_000).collect(),
    }));
    library.player(&Program::new(Vec::new(), Ground::Music), coding)
}

fn hold(table: &mut Table, side: Side) {
    let player = music(PCMA);
    table.relay.play(ms(table.now), side, player, 8, 99);
}

fn silent_of(table: &Table) -> Vec<(u64, Side)> {
    let silent = table
        .notices
        .iter()
        .filter_map(|(at, notice)| match notice {
            MediaNotice::Silent { side, .. } => Some((*at, *side)),
            _ => None,
        });
    silent.collect()
}

fn is_dead(table: &Table) -> bool {
    let dead = MediaNotice::Dead { session: SESSION };
    table.notices.iter().any(|(_, notice)| *notice == dead)
}

/// Until somebody else is heard, a third who comes in changes no packet and hears none.
#[test]
fn a_third_who_comes_in_changes_nothing() {
    let mut table = Table::of_three();
    for _ in 0..10 {
        for (side, out) in [(Side::Caller, Side::Agent), (Side::Agent, Side::Caller)] {
            let to = remote(out).rtp;
            assert_eq!(table.says(side), Verdict::Forward { out, to });
        }
        assert_eq!(table.says(Side::Third), Verdict::Drop(Why::LeftOut));
        table.now += 20;
    }
    assert!(table.phone(Side::Third).received.is_empty());
    table.beat();
    let flowing = |side| MediaNotice::Flowing {
        session: SESSION,
        side,
    };
    let told: Vec<_> = table.notices.iter().map(|(_, notice)| notice).collect();
    assert_eq!(told, Side::PARTIES.map(flowing).iter().collect::<Vec<_>>());
}

/// The agent talks, music plays, the third talks: the caller's phone sees one stream, and the third's first
/// packet is on its way at once.
#[test]
fn agent_music_and_third_are_one_stream_to_the_caller() {
    let mut table = Table::of_three();
    table.talk(1_000);
    hold(&mut table, Side::Caller);
    table.join(CALLER_OUT);
    table.talk(2_000);
    assert_eq!(table.hears(Side::Agent, 1_200, 2_900), [Side::Third]);
    assert_eq!(table.hears(Side::Third, 1_200, 2_900), [Side::Agent]);
    let heard = table.phone(Side::Caller).sound(1_200, 2_900);
    assert_eq!(tone::heard(&heard, &[400.0, 500.0]), Some(500.0));
    table.relay.hush(Side::Caller);
    table.join(AGENT_OUT);
    let before = table.phone(Side::Caller).received.len();
    assert!(matches!(table.says(Side::Third), Verdict::Renumber { .. }));
    let first = &table.phone(Side::Caller).received[before].1;
    assert_eq!(first[1], 8 | rtp::MARKER, "a talk spurt begins");
    table.now += 20;
    table.talk(1_000);
    assert_eq!(table.hears(Side::Caller, 3_000, 4_000), [Side::Third]);
    assert_eq!(table.hears(Side::Third, 3_100, 4_000), [Side::Caller]);
    for side in Side::PARTIES {
        table.assert_one_stream(side);
    }
    assert!(table.longest_gap(Side::Caller) <= 40);
    let ssrc = table.phone(Side::Caller).received[0].1[8..12].to_vec();
    assert_eq!(
        ssrc,
        0xbeef_0001_u32.to_be_bytes(),
        "the agent's, as it began"
    );
}

/// Nobody of kring's has spoken: the agent's packets passed untouched, and the third goes on in their numbers.
#[test]
fn the_first_change_of_the_speaker_shows_as_no_new_stream() {
    let mut table = Table::of_three();
    // Two phones may choose the same source.
    table.phone(Side::Third).ssrc = 0xbeef_0001;
    table.talk(1_000);
    table.join(AGENT_OUT);
    table.talk(1_000);
    table.join(THIRD_OUT);
    table.talk(1_000);
    table.assert_one_stream(Side::Caller);
    assert!(table.longest_gap(Side::Caller) <= 20);
    let marks =
        (table.phone(Side::Caller).received.iter()).filter(|(_, p)| p[1] & rtp::MARKER != 0);
    assert_eq!(marks.count(), 2, "one spurt for each change");
    assert_eq!(table.hears(Side::Caller, 0, 1_000), [Side::Agent]);
    assert_eq!(table.hears(Side::Caller, 1_000, 2_000), [Side::Third]);
    assert_eq!(table.hears(Side::Caller, 2_000, 3_000), [Side::Agent]);
}

/// All ways of a transfer after each other, and each ear has one stream.
#[test]
fn consulting_swapping_conferring_and_completing_is_one_stream_to_everybody() {
    let mut table = Table::of_two();
    table.talk(500);
    hold(&mut table, Side::Caller);
    table.admit();
    table.join(CALLER_OUT);
    table.talk(500);
    hold(&mut table, Side::Third);
    table.relay.hush(Side::Caller);
    table.join(THIRD_OUT);
    table.talk(500);
    table.relay.hush(Side::Third);
    table.join(ALL_PCMA);
    table.talk(500);
    table.relay.succeed(ms(table.now), CHANCES);
    // From here on the third's phone has the agent's place.
    assert_eq!(table.relay.remote(Side::Agent), Some(remote(Side::Third)));
    assert_eq!(table.relay.remote(Side::Third), None);
    let unit = std::mem::replace(
        &mut table.phones[2],
        Table::of_two().phones.into_iter().nth(2).unwrap(),
    );
    let agent = std::mem::replace(&mut table.phones[1], unit);
    table.talk(500);
    for side in Side::BOTH {
        table.assert_one_stream(side);
    }
    table.phones[1] = agent;
    table.assert_one_stream(Side::Agent);
    assert!(table.longest_gap(Side::Caller) <= 40);
    let caller = table.phone(Side::Caller);
    let unit = tone::amplitude(&caller.sound(2_050, 2_500), table::TONES[2]);
    assert!(unit > 6_500.0, "the caller hears the unit: {unit}");
}

/// Who was joined with the caller already takes the agent's place without a seam.
#[test]
fn a_succession_is_no_change_to_those_who_talk() {
    let mut table = Table::of_three();
    table.talk(500);
    table.join(AGENT_OUT);
    table.talk(500);
    let before = table.relay.stats(Side::Third);
    table.relay.succeed(ms(table.now), CHANCES);
    assert_eq!(table.relay.stats(Side::Agent), before);
    assert_eq!(table.relay.stats(Side::Third).packets, 0);
    let packet = table.phone(Side::Third).packet();
    let heard = table.phone(Side::Caller).received.len();
    table.send(Side::Agent, &packet);
    let first = &table.phone(Side::Caller).received[heard].1;
    assert_eq!(first[1], 8, "no new spurt");
    table.assert_one_stream(Side::Caller);
    // The former agent is a stranger now.
    let (now, kind) = (ms(table.now), PacketKind::Rtp);
    let former = remote(Side::Agent).rtp;
    let verdict = table.relay.packet(now, Side::Agent, kind, former, &packet);
    assert_eq!(verdict, Verdict::Drop(Why::Stranger));
    table.beat();
    let again = MediaNotice::Flowing {
        session: SESSION,
        side: Side::Agent,
    };
    let told = table.notices.iter().filter(|(_, notice)| *notice == again);
    assert_eq!(told.count(), 1, "of the agent who came first");
}

#[test]
fn who_is_dismissed_is_a_stranger_and_the_next_one_comes_in_new() {
    let mut table = Table::of_three();
    table.talk(200);
    table.join(CALLER_OUT);
    table.talk(200);
    table.relay.dismiss(ms(table.now), CHANCES);
    let packet = table.phone(Side::Third).packet();
    let (now, third) = (ms(table.now), remote(Side::Third).rtp);
    let rtp = PacketKind::Rtp;
    let late = table.relay.packet(now, Side::Third, rtp, third, &packet);
    assert_eq!(late, Verdict::Drop(Why::Stranger));
    table.talk(400);
    assert_eq!(table.hears(Side::Caller, 420, 800), [Side::Agent]);
    assert_eq!(table.hears(Side::Agent, 420, 800), [Side::Caller]);
    let stats = table.relay.stats(Side::Third);
    assert_eq!((stats.packets, stats.strangers), (0, 1));
    table.admit();
    table.join(AGENT_OUT);
    table.talk(400);
    assert_eq!(table.hears(Side::Caller, 820, 1_200), [Side::Third]);
    table.assert_one_stream(Side::Caller);
}

#[test]
fn strangers_on_the_thirds_port_are_counted_and_go_nowhere() {
    for joined in [AGENT_OUT, CALLER_OUT, THIRD_OUT, ALL_PCMA] {
        let mut table = Table::of_three();
        table.join(joined);
        let packet = table.phone(Side::Third).packet();
        for kind in [PacketKind::Rtp, PacketKind::Rtcp] {
            let stranger = "192.0.2.66:8000".parse().unwrap();
            let verdict = table
                .relay
                .packet(ms(1), Side::Third, kind, stranger, &packet);
            assert_eq!(verdict, Verdict::Drop(Why::Stranger));
        }
        // Nor can the agent speak as the third.
        let (rtp, agent) = (PacketKind::Rtp, remote(Side::Agent).rtp);
        let verdict = table.relay.packet(ms(1), Side::Third, rtp, agent, &packet);
        assert_eq!(verdict, Verdict::Drop(Why::Stranger));
        assert_eq!(table.relay.stats(Side::Third).strangers, 3);
    }
}

/// Whoever is left out is expected to say nothing, and has its full time when it is back.
#[test]
fn only_those_who_are_joined_are_waited_for() {
    let mut table = Table::of_three();
    table.talk(1_000);
    table.phone(Side::Caller).mute = true;
    hold(&mut table, Side::Caller);
    table.join(CALLER_OUT);
    table.talk(30_000);
    assert_eq!(silent_of(&table), [], "the caller is on hold");
    assert!(!is_dead(&table));
    table.relay.hush(Side::Caller);
    table.join(THIRD_OUT);
    let back = table.now;
    table.talk(10_000);
    let silent = silent_of(&table);
    assert!(
        matches!(silent[..], [(at, Side::Caller)] if (5_000..5_100).contains(&(at - back))),
        "{silent:?} after {back}"
    );
    assert!(!is_dead(&table), "the agent speaks");
}

#[test]
fn a_call_is_dead_when_those_who_are_joined_are_silent() {
    let mut table = Table::of_three();
    table.talk(1_000);
    table.join(AGENT_OUT);
    table.phone(Side::Caller).mute = true;
    table.phone(Side::Third).mute = true;
    table.talk(19_900);
    assert!(!is_dead(&table));
    table.talk(200);
    assert!(is_dead(&table), "although the agent who is left out speaks");
}

#[test]
fn a_conference_is_dead_when_all_three_are_silent() {
    let mut table = Table::of_three();
    table.join(ALL_PCMA);
    table.talk(1_000);
    table.phone(Side::Caller).mute = true;
    table.phone(Side::Third).mute = true;
    table.talk(30_000);
    assert!(!is_dead(&table), "the agent speaks");
    let silent: Vec<Side> = silent_of(&table)
        .into_iter()
        .map(|(_, side)| side)
        .collect();
    assert_eq!(silent, [Side::Caller, Side::Third]);
    table.phone(Side::Agent).mute = true;
    table.talk(19_900);
    assert!(!is_dead(&table));
    table.talk(200);
    assert!(is_dead(&table));
}

/// A press has the payload number of an ear: another ear does not get it.
#[test]
fn keys_for_one_ear_are_not_heard_by_another() {
    let mut table = Table::of_three();
    table.talk(100);
    table.relay.press(Side::Caller, '5', 100, 101);
    table.join(AGENT_OUT);
    table.talk(300);
    let third = table.phone(Side::Third);
    let is_key = |(_, p): &(u64, Vec<u8>)| p[1] & 0x7f == 101;
    assert!(!third.received.iter().any(is_key));
    table.relay.press(Side::Agent, '1', 100, 101);
    table.relay.press(Side::Caller, '7', 100, 101);
    table.join(AGENT_OUT);
    table.talk(300);
    assert!(
        table.phone(Side::Third).received.iter().any(is_key),
        "his own"
    );
    table.join(THIRD_OUT);
    table.talk(300);
    let caller = table.phone(Side::Caller);
    assert!(
        !caller.received.iter().any(is_key),
        "pressed while left out"
    );
}

/// A report is of one line, and a goodbye would end a stream that goes on.
#[test]
fn reports_and_goodbyes_stay_here() {
    let mut table = Table::of_three();
    let report = rtcp::receiver_report(7);
    let send = |table: &mut Table, side: Side, bytes: &[u8]| {
        let (now, home) = (ms(table.now), remote(side).rtcp);
        table.relay.packet(now, side, PacketKind::Rtcp, home, bytes)
    };
    let left_out = send(&mut table, Side::Third, &report);
    assert_eq!(left_out, Verdict::Drop(Why::Read));
    table.join(AGENT_OUT);
    let joined = send(&mut table, Side::Third, &report);
    assert_eq!(joined, Verdict::Drop(Why::Read));
    let mut goodbye = report.clone();
    goodbye.extend([0x81, 203, 0, 1, 0, 0, 0, 7]);
    let kept = send(&mut table, Side::Third, &goodbye);
    assert_eq!(kept, Verdict::Drop(Why::Goodbye));
}
