//! kring speaks in a relay: what the phone receives is one stream, and what it hears is what was ordered.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod naming;
mod stage;

use kring_media::{
    Ground, MediaNotice, PacketKind, Phrase, Prompt, Remote, Samples, Side, Verdict, Why, dtmf, rtp,
};
use stage::{SESSION, Stage, ms, program, remote};

fn from_agent(sequence: u16) -> Vec<u8> {
    let mut packet = Vec::new();
    let timestamp = 77_000 + u32::from(sequence) * 160;
    rtp::write(&mut packet, 8, sequence, timestamp, 0xbeef, &[0xd5; 160]);
    packet
}

fn marked(packet: &[u8]) -> bool {
    packet[1] & rtp::MARKER != 0
}

/// One second in five, 400 Hz, from the first frame on, for as long as it rings.
#[test]
fn ringback_before_the_answer_has_the_thai_cadence() {
    let mut stage = Stage::alone();
    stage.play(0, &program(&[], Ground::Ringback));
    stage.run(0, 15_000);
    for second in 0..15 {
        let expected = (second % 5 == 0).then_some(400.0);
        let heard = stage.heard(second * 1_000, (second + 1) * 1_000, &[400.0]);
        assert_eq!(heard, expected, "second {second}");
    }
    assert_eq!(stage.received.len(), 750);
    stage.assert_one_stream();
    let marks = stage
        .received
        .iter()
        .filter(|(_, packet)| marked(packet))
        .count();
    assert_eq!(marks, 1, "one talk spurt");
}

#[test]
fn a_greeting_and_a_place_are_said_once_and_then_music_goes_on() {
    let mut stage = Stage::alone();
    let say = [Phrase::clip("greeting"), Phrase::Position(21)];
    stage.play(0, &program(&say, Ground::Music));
    stage.run(0, 10_000);
    let tones = [500.0, 600.0, 700.0];
    assert_eq!(stage.heard(0, 300, &tones), Some(600.0));
    // ในลำดับที่ ยี่ สิบ เอ็ด ค่ะ: five recordings.
    assert_eq!(stage.heard(300, 800, &tones), Some(700.0));
    assert_eq!(stage.heard(800, 10_000, &tones), Some(500.0));
    assert_eq!(stage.said(), [800]);
    stage.assert_one_stream();
}

/// An announcement pauses the music: the same frames follow as if nobody had spoken.
#[test]
fn music_goes_on_where_it_was_interrupted() {
    let mut stage = Stage::alone();
    // Music of which every frame is another one.
    let ramp: Vec<i16> = (0..16_000).map(|n| (n / 160 * 300) as i16).collect();
    stage.library.set_music(Prompt::new(&Samples {
        rate: 8_000,
        samples: ramp,
    }));
    stage.play(0, &program(&[], Ground::Music));
    stage.run(0, 600);
    stage.play(600, &program(&[Phrase::clip("greeting")], Ground::Music));
    stage.run(600, 1_300);
    let payload = |n: usize| stage.received[n].1[rtp::HEADER..].to_vec();
    let mut fresh = Stage::alone();
    fresh.library = stage.library.clone();
    fresh.play(0, &program(&[], Ground::Music));
    fresh.run(0, 1_000);
    for n in 0..30 {
        assert_eq!(payload(n), fresh.received[n].1[rtp::HEADER..], "before");
    }
    for n in 30..50 {
        assert_eq!(payload(n + 15), fresh.received[n].1[rtp::HEADER..], "after");
    }
    stage.assert_one_stream();
}

#[test]
fn a_list_without_ground_ends_and_the_other_side_is_heard() {
    let mut stage = Stage::alone();
    stage.relay.set_remote(ms(0), Side::Agent, remote(6_000));
    stage.play(0, &program(&[Phrase::clip("greeting")], Ground::Other));
    stage.run(0, 200);
    let early = stage.agent_says(190, &from_agent(1));
    assert_eq!(early, Verdict::Drop(Why::SpokenTo));
    stage.run(200, 400);
    assert_eq!(stage.said(), [300]);
    assert!(!stage.relay.speaks());
    for n in 0..50_u16 {
        stage.agent_says(320 + 20 * u64::from(n), &from_agent(10 + n));
    }
    assert_eq!(stage.received.len(), 15 + 50);
    assert!(marked(&stage.received[15].1), "a new talk spurt");
    assert!(!marked(&stage.received[16].1));
    stage.assert_one_stream();
}

/// The agent talks, puts the caller on music, and talks again: one stream from the first packet to the last,
/// under the source that the phone knew first, and never more than 60 ms of nothing.
#[test]
fn hold_music_and_back_is_one_stream_without_a_gap() {
    let mut stage = Stage::alone();
    stage.relay.set_remote(ms(0), Side::Agent, remote(6_000));
    for n in 0..50_u16 {
        let verdict = stage.agent_says(20 * u64::from(n), &from_agent(65_500 + n % 36));
        assert!(
            matches!(verdict, Verdict::Forward { .. }),
            "untouched until kring speaks"
        );
        stage.received.clear();
    }
    for n in 0..50_u16 {
        stage.agent_says(1_000 + 20 * u64::from(n), &from_agent(100 + n));
    }
    stage.play(2_000, &program(&[], Ground::Music));
    for n in 0..50_u16 {
        stage.tick(2_000 + 20 * u64::from(n));
        stage.agent_says(2_010 + 20 * u64::from(n), &from_agent(150 + n));
    }
    stage.relay.hush(Side::Caller);
    for n in 0..50_u16 {
        stage.agent_says(3_010 + 20 * u64::from(n), &from_agent(200 + n));
    }
    assert_eq!(stage.received.len(), 150);
    assert_eq!(stage.received[0].1[8..12], 0xbeef_u32.to_be_bytes());
    stage.assert_one_stream();
    let longest = stage
        .received
        .windows(2)
        .map(|two| two[1].0 - two[0].0)
        .max();
    assert!(longest <= Some(60), "{longest:?}");
}

#[test]
fn stray_packets_from_before_the_spurt_are_left_out() {
    let mut stage = Stage::alone();
    stage.relay.set_remote(ms(0), Side::Agent, remote(6_000));
    stage.play(0, &program(&[Phrase::clip("greeting")], Ground::Other));
    stage.run(0, 400);
    stage.agent_says(400, &from_agent(10));
    let stray = stage.agent_says(405, &from_agent(9));
    assert_eq!(stray, Verdict::Drop(Why::TooLate));
    stage.agent_says(420, &from_agent(11));
    // Another phone, as after a transfer.
    let mut other = from_agent(40_000);
    other[8..12].copy_from_slice(&7_u32.to_be_bytes());
    stage.agent_says(440, &other);
    assert_eq!(stage.received.len(), 18);
    stage.assert_one_stream();
}

#[test]
fn keys_pressed_in_the_others_place_keep_the_stream_whole() {
    let mut stage = Stage::alone();
    stage.relay.set_remote(ms(0), Side::Agent, remote(6_000));
    stage.play(0, &program(&[Phrase::clip("greeting")], Ground::Other));
    stage.run(0, 400);
    stage.relay.press(Side::Agent, '5', 100, 101);
    for n in 0..20_u16 {
        stage.agent_says(320 + 20 * u64::from(n), &from_agent(10 + n));
    }
    let sources = stage
        .received
        .iter()
        .map(|(_, packet)| rtp::look(packet).unwrap());
    let row: Vec<(u32, u16)> = sources.map(|seen| (seen.ssrc, seen.sequence)).collect();
    assert!(
        row.windows(2)
            .all(|two| two[1] == (two[0].0, two[0].1.wrapping_add(1)))
    );
    assert!(
        stage
            .received
            .iter()
            .any(|(_, packet)| packet[1] & 0x7f == 101)
    );
}

#[test]
fn a_key_of_the_caller_is_told_once_while_kring_speaks() {
    let mut stage = Stage::alone();
    stage.play(0, &program(&[], Ground::Music));
    let press = |stage: &mut Stage, at: u64| {
        for (n, payload) in dtmf::press('1', 5).enumerate() {
            let mut packet = Vec::new();
            rtp::write(
                &mut packet,
                101,
                at as u16 + n as u16,
                at as u32,
                9,
                &payload,
            );
            let from = remote(4_000).rtp;
            stage
                .relay
                .packet(ms(at), Side::Caller, PacketKind::Rtp, from, &packet);
        }
        stage.tick(at);
    };
    press(&mut stage, 100);
    stage.relay.hush(Side::Caller);
    press(&mut stage, 5_000);
    let pressed = MediaNotice::Pressed {
        session: SESSION,
        side: Side::Caller,
        key: '1',
    };
    let told = stage
        .notices
        .iter()
        .filter(|(_, notice)| *notice == pressed)
        .count();
    assert_eq!(told, 1);
}

/// Half a second without a turn: the missed frames are left out, and ringback is in phase again.
#[test]
fn a_late_thread_leaves_out_what_it_missed() {
    let mut stage = Stage::alone();
    stage.play(0, &program(&[], Ground::Ringback));
    stage.run(0, 500);
    stage.tick(1_400);
    stage.run(1_420, 6_000);
    assert!(stage.received.iter().filter(|(at, _)| *at == 1_400).count() <= 4);
    assert_eq!(stage.heard(1_420, 5_000, &[400.0]), None);
    assert_eq!(stage.heard(5_000, 6_000, &[400.0]), Some(400.0));
    stage.assert_one_stream();
}

/// A caller who holds hears nothing, but what is to be said ends in its time.
#[test]
fn a_caller_who_does_not_listen_is_not_sent_anything() {
    let mut stage = Stage::alone();
    let held = Remote {
        receives: false,
        ..remote(4_000)
    };
    stage.play(0, &program(&[Phrase::clip("greeting")], Ground::Music));
    stage.run(0, 100);
    stage.relay.set_remote(ms(100), Side::Caller, held);
    stage.run(100, 1_000);
    assert_eq!(stage.received.len(), 5);
    assert_eq!(stage.said(), [300]);
    stage
        .relay
        .set_remote(ms(1_000), Side::Caller, remote(4_000));
    stage.run(1_000, 1_100);
    assert_eq!(stage.received.len(), 10);
    assert!(marked(&stage.received[5].1));
    stage.assert_one_stream();
}

#[test]
fn what_the_library_has_not_is_passed_over_and_told_as_said() {
    let mut stage = Stage::alone();
    stage.play(0, &program(&[Phrase::clip("no such thing")], Ground::Other));
    stage.run(0, 100);
    assert_eq!(stage.said(), [0]);
    assert!(stage.received.is_empty() && !stage.relay.speaks());
}
