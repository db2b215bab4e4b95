//! Sides that speak different codings, or the same under other numbers.

use crate::hall::{CHANCES, Hall, codec, ms, remote, usual};
use kring_media::{Codec, Monitoring, PacketKind, Side, Verdict, Why, dtmf, rtp};
use std::sync::Arc;

const ALL: [&str; 4] = ["PCMA", "PCMU", "G722", "opus"];

/// Every coding with every other, in packets of every usual length: both hear each other, in their own coding,
/// number by number, and by their own clock.
#[test]
fn each_hears_the_other_whatever_each_speaks() {
    for callers in ALL {
        for agents in ALL {
            for ptime in [10, 20, 30, 40, 60] {
                // Opus has no frame of 30 ms: to it, it is said in one packet of three.
                if ptime == 30 && callers == "opus" {
                    continue;
                }
                let mut hall = Hall::of([callers, agents, "PCMA", "PCMA"]);
                hall.phone(Side::Caller).ptime = ptime;
                hall.talk(720);
                let what = format!("{callers} and {agents}, {ptime} ms");
                assert_eq!(hall.hears(Side::Agent, 120, 720), [Side::Caller], "{what}");
                assert_eq!(hall.hears(Side::Caller, 120, 720), [Side::Agent], "{what}");
                for side in Side::BOTH {
                    hall.assert_one_stream(side);
                }
                let sent = hall.phone(Side::Caller).sequence.wrapping_sub(65_500);
                let came = hall.phone(Side::Agent).received.len();
                assert_eq!(usize::from(sent), came, "{what}: one packet for each");
            }
        }
    }
}

/// The numbers of a phone's own that are not the other's.
#[test]
fn the_same_coding_under_another_number_is_renumbered_only() {
    let mut hall = Hall::of(["opus", "opus", "PCMA", "PCMA"]);
    hall.phone(Side::Agent).takes = vec![codec(111, "opus"), codec(126, "telephone-event")];
    hall.phone(Side::Agent).says = codec(111, "opus");
    hall.comes(Side::Agent);
    let packet = hall.phone(Side::Caller).packet();
    hall.send(Side::Caller, &packet);
    let came = &hall.phone(Side::Agent).received[0].1;
    assert_eq!(came[1] & 0x7f, 111);
    assert_eq!(
        (&came[..1], &came[2..]),
        (&packet[..1], &packet[2..]),
        "nothing else"
    );
    hall.talk(500);
    assert_eq!(hall.hears(Side::Agent, 100, 500), [Side::Caller]);
    assert_eq!(hall.hears(Side::Caller, 100, 500), [Side::Agent]);
}

/// RFC 3264 §6.1: who answers may choose numbers of his own; each sends under those that it was told.
#[test]
fn a_side_sends_under_the_numbers_that_it_was_told() {
    let mut hall = Hall::of(["opus", "PCMA", "PCMA", "PCMA"]);
    let takes: Arc<[Codec]> = [codec(96, "opus"), usual("telephone-event")].into();
    let told: Arc<[Codec]> = [codec(107, "opus"), codec(96, "telephone-event")].into();
    hall.says_of_itself(Side::Caller, &takes, &told);
    hall.phone(Side::Caller).says = codec(107, "opus");
    hall.talk(500);
    assert_eq!(hall.hears(Side::Agent, 100, 500), [Side::Caller]);
    assert_eq!(hall.hears(Side::Caller, 100, 500), [Side::Agent]);
    press(&mut hall, Side::Caller, '4', 96, 8);
    assert_eq!(hall.phone(Side::Agent).keys(), "4");
}

/// A key on the line of its sender's sound, counting by its clock.
fn press(hall: &mut Hall, side: Side, key: char, number: u8, units_per_ms: u16) {
    let timestamp = hall.phone(side).timestamp;
    for (n, mut payload) in dtmf::press(key, 4).enumerate() {
        let duration = u16::from_be_bytes([payload[2], payload[3]]) / 8 * units_per_ms;
        payload[2..].copy_from_slice(&duration.to_be_bytes());
        let phone = hall.phone(side);
        let (ssrc, sequence) = (phone.ssrc, phone.sequence);
        phone.sequence = sequence.wrapping_add(1);
        let mark = if n == 0 { rtp::MARKER } else { 0 };
        let mut packet = Vec::new();
        rtp::write(
            &mut packet,
            number | mark,
            sequence,
            timestamp,
            ssrc,
            &payload,
        );
        hall.send(side, &packet);
        hall.now += 20;
    }
    let phone = hall.phone(side);
    let (clock, taken) = (phone.says.clock / 1_000, 7 * 20);
    phone.timestamp = phone.timestamp.wrapping_add(clock * taken);
}

/// Keys lie on the line of the sound, under the listener's number and in its clock.
#[test]
fn keys_go_with_recoded_sound() {
    let events = |number, clock| Codec {
        clock,
        ..codec(number, "telephone-event")
    };
    let mut hall = Hall::of(["opus", "PCMA", "PCMA", "PCMA"]);
    hall.phone(Side::Caller).takes = vec![usual("opus"), events(110, 48_000), events(126, 8_000)];
    hall.phone(Side::Agent).takes = vec![usual("PCMA"), events(101, 8_000)];
    for side in Side::BOTH {
        hall.comes(side);
    }
    hall.talk(200);
    press(&mut hall, Side::Caller, '7', 110, 48);
    hall.talk(200);
    press(&mut hall, Side::Agent, '9', 101, 8);
    hall.talk(200);
    assert_eq!(hall.phone(Side::Agent).keys(), "7");
    assert_eq!(hall.phone(Side::Caller).keys(), "9");
    let longest = |hall: &mut Hall, side: Side, number: u8| {
        let received = hall.phone(side).received.iter();
        let events = received.filter(|(_, packet)| packet[1] & 0x7f == number);
        events
            .map(|(_, p)| u16::from_be_bytes([p[14], p[15]]))
            .max()
    };
    // 80 ms.
    assert_eq!(longest(&mut hall, Side::Agent, 101), Some(640));
    assert_eq!(longest(&mut hall, Side::Caller, 110), Some(3_840));
    // No number is missing or twice, keys and sound together.
    for side in Side::BOTH {
        let packets: Vec<_> = (hall.phone(side).received.iter())
            .map(|(_, packet)| rtp::look(packet).unwrap())
            .collect();
        for two in packets.windows(2) {
            assert_eq!(two[1].sequence, two[0].sequence.wrapping_add(1));
            assert_eq!(two[1].ssrc, two[0].ssrc);
        }
    }
}

/// A key that was told by INFO takes the place of recoded sound as of any other.
#[test]
fn presses_take_the_place_of_recoded_sound() {
    let mut hall = Hall::of(["PCMU", "PCMA", "PCMA", "PCMA"]);
    hall.talk(100);
    hall.relay.press(Side::Caller, '3', 100, 101);
    hall.talk(400);
    assert_eq!(hall.phone(Side::Agent).keys(), "3");
}

/// What kring does not speak passes where it is known, and goes nowhere else.
#[test]
fn a_foreign_coding_passes_to_those_who_take_it() {
    let mut hall = Hall::of(["G729", "G729", "PCMA", "PCMA"]);
    let to = remote(Side::Agent).rtp;
    let out = Side::Agent;
    assert_eq!(hall.says(Side::Caller), Verdict::Forward { out, to });
    hall.phone(Side::Agent).takes = vec![usual("PCMA")];
    hall.comes(Side::Agent);
    assert_eq!(hall.says(Side::Caller), Verdict::Drop(Why::NotUnderstood));
}

/// It would be silence in the mix: they keep each other, and the supervisor is not heard.
#[test]
fn those_who_cannot_be_mixed_keep_each_other() {
    let mut hall = Hall::of(["G729", "G729", "PCMA", "PCMA"]);
    hall.comes(Side::Monitor);
    for mode in [Monitoring::Whisper, Monitoring::Barge] {
        hall.listen(mode);
        for (side, out) in [(Side::Caller, Side::Agent), (Side::Agent, Side::Caller)] {
            let to = remote(out).rtp;
            assert_eq!(hall.says(side), Verdict::Forward { out, to }, "{mode:?}");
        }
    }
    // Both take up what can be mixed: now the supervisor is heard as it was ordered.
    for side in Side::BOTH {
        hall.phone(side).received.clear();
        hall.phone(side).takes = vec![usual("PCMA")];
        hall.phone(side).says = usual("PCMA");
        hall.comes(side);
    }
    let from = hall.now + 120;
    hall.talk(500);
    let (caller, agent, monitor) = (Side::Caller, Side::Agent, Side::Monitor);
    assert_eq!(hall.hears(agent, from, hall.now), [caller, monitor]);
    assert_eq!(hall.hears(caller, from, hall.now), [agent, monitor]);
    for side in Side::BOTH {
        hall.assert_one_stream(side);
    }
}

/// A phone may take up another of its codings in the middle of a word.
#[test]
fn a_change_of_the_speakers_coding_is_no_change_to_the_listener() {
    let mut hall = Hall::of(["PCMA", "PCMA", "PCMA", "PCMA"]);
    hall.phone(Side::Caller).takes = ALL.map(usual).into();
    hall.comes(Side::Caller);
    for name in ["PCMA", "G722", "PCMU", "opus", "PCMA"] {
        hall.phone(Side::Caller).says = usual(name);
        let from = hall.now + 60;
        hall.talk(400);
        assert_eq!(
            hall.hears(Side::Agent, from, hall.now),
            [Side::Caller],
            "{name}"
        );
    }
    hall.assert_one_stream(Side::Agent);
}

/// Each of four in a coding of its own, and a supervisor who speaks to them.
#[test]
fn a_mix_speaks_to_each_in_its_own_coding() {
    let mut hall = Hall::of(["PCMU", "G722", "PCMA", "opus"]);
    hall.comes(Side::Monitor);
    hall.listen(Monitoring::Barge);
    hall.talk(1_000);
    let (caller, agent, monitor) = (Side::Caller, Side::Agent, Side::Monitor);
    assert_eq!(hall.hears(caller, 300, 1_000), [agent, monitor]);
    assert_eq!(hall.hears(agent, 300, 1_000), [caller, monitor]);
    assert_eq!(hall.hears(monitor, 300, 1_000), [caller, agent]);
    for side in [caller, agent, monitor] {
        hall.assert_one_stream(side);
    }
}

/// Bytes that are no opus are no sound, and harm nothing.
#[test]
fn garbage_in_a_coding_is_dropped_and_the_next_word_is_heard() {
    let mut hall = Hall::of(["opus", "PCMA", "PCMA", "PCMA"]);
    hall.talk(200);
    for n in 0..50_u8 {
        let mut packet = hall.phone(Side::Caller).packet();
        let end = packet.len().min(rtp::HEADER + usize::from(n));
        packet.truncate(end);
        packet[rtp::HEADER..].fill(0xff ^ n);
        let (now, home) = (ms(hall.now), remote(Side::Caller).rtp);
        let kind = PacketKind::Rtp;
        let verdict = hall.relay.packet(now, Side::Caller, kind, home, &packet);
        let Verdict::Recode { by, .. } = verdict else {
            panic!("{verdict:?}");
        };
        let mut made = [0; 1_500];
        assert!(hall.relay.recode(by, &packet, &mut made) <= rtp::HEADER + 960);
        assert_eq!(
            hall.relay.recode(by, &packet, &mut made[..20]),
            0,
            "no room"
        );
        hall.now += 20;
    }
    let from = hall.now + 100;
    hall.talk(500);
    assert_eq!(hall.hears(Side::Agent, from, hall.now), [Side::Caller]);
    hall.relay.succeed(ms(hall.now), CHANCES);
}
