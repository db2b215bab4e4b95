//! What a citizen hears from the first ring to the agent: the tone, the greeting, the place, the music and a
//! person, as one stream, in each codec that kring speaks. Judged by the packets that came.

use crate::{
    kring::{Kring, free_port},
    parts::phone_rings,
    scenario::{PLAIN, Scenario, sdp_with},
    sound::Ear,
    tape::{Heard, Recorded, Tape, is_ringback, packets_of_ms, rms},
};
use kring_media::Playable;
use std::{ops::Range, time::Duration};

/// Packets of a second.
const SECOND: usize = packets_of_ms(1_000);

const AGENT: u8 = 0x6b;

/// Two rings of kring's own tone, and then the queue.
const TABLES: &str = "[ring]\nlimit = 2\nplan = [\"all:2\"]\nringback = \"own\"\n\
                      [agent]\nrona_limit = 0\n[[queue]]\nname = \"support\"\nlanguage = \"th+en\"\n";

/// The budget of two rings, ms, and by when the greeting has begun.
const DEADLINE_MS: u64 = 10_000;
const GREETED_BY_MS: u64 = DEADLINE_MS + 250;

struct Codec {
    coding: Playable,
    payload_type: u8,
    line: &'static str,
}

impl Codec {
    fn describes(&self, port: u16) -> String {
        sdp_with(port, &self.payload_type.to_string(), &[self.line])
    }
}

#[test]
fn a_waiting_caller_hears_everything_in_pcma() {
    waits_and_is_served(&Codec {
        coding: Playable::Pcma,
        payload_type: 8,
        line: "a=rtpmap:8 PCMA/8000",
    });
}

#[test]
fn a_waiting_caller_hears_everything_in_pcmu() {
    waits_and_is_served(&Codec {
        coding: Playable::Pcmu,
        payload_type: 0,
        line: "a=rtpmap:0 PCMU/8000",
    });
}

#[test]
fn a_waiting_caller_hears_everything_in_g722() {
    waits_and_is_served(&Codec {
        coding: Playable::G722,
        payload_type: 9,
        line: "a=rtpmap:9 G722/8000",
    });
}

/// Nobody answers the first two rings; ten seconds later the phone is rung again and lifted.
fn waits_and_is_served(codec: &Codec) {
    let port = free_port();
    let (kring, _agents) = Kring::with_agents(TABLES, &[("malee", port)]);
    let (tape, mut agent) = (Tape::runs(), Ear::open(AGENT));
    agent.changes_to(codec.payload_type);
    let away = kring.phone("away", port, &phone_rings());
    let caller = Scenario::caller()
        .calls(PLAIN, &codec.describes(tape.port))
        .may_hear("100")
        .hears("183")
        .hears("200")
        .acks("")
        .waits(17_000)
        .says("BYE", PLAIN, "")
        .hears("200");
    let caller = kring.caller("caller", &caller);
    away.finish();
    let phone = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .waits(1_000)
        .answers("200 OK", PLAIN, &codec.describes(agent.port))
        .hears("ACK")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let phone = kring.phone("phone", port, &phone);
    // Whoever lifts the handset speaks at once.
    agent.speak_to(&phone.wait_for(false, "INVITE"));
    caller.finish();
    phone.finish();
    judge(&tape.stop(), codec);

    let journal = kring.journal_until("ended      by Caller");
    for line in [
        "announced  greeting, please_wait, place 1 (th+en)",
        "served     malee",
    ] {
        assert!(journal.contains(line), "no {line:?} in\n{journal}");
    }
}

fn judge(tape: &Recorded, codec: &Codec) {
    tape.assert_one_stream();
    let types = tape.packets.iter().map(|heard| heard.packet[1] & 0x7f);
    assert!(types.into_iter().all(|number| number == codec.payload_type));
    let greeting = greeting_of(tape);
    let says = |heard: &Heard| heard.packet[12..].iter().all(|byte| *byte == AGENT);
    let person = tape.packets.iter().position(says);
    let person = person.expect("the agent is heard");
    // The person's packets are sent by a thread of this test, and kring passes them on when they come.
    let (late, longest) = tape.gaps(person, Duration::from_millis(60));
    let machine = tape.late_by;
    assert!(
        late.is_empty(),
        "gaps above 60 ms: {late:?}; the machine was late by {machine:?}"
    );
    hears_two_rings(tape, codec);
    hears_the_queue(tape, codec, greeting..person);
    let spoken = &tape.packets[person..];
    assert!(spoken.len() > 3 * SECOND, "{} packets", spoken.len());
    assert!(spoken.iter().all(says), "and nobody else from then on");
    let packets = tape.packets.len();
    eprintln!(
        "{packets} packets, the longest gap {longest:?}, the machine was late by {machine:?}"
    );
}

/// Where the greeting begins, which is in time.
fn greeting_of(tape: &Recorded) -> usize {
    let at = |n: usize| tape.packets[n].at;
    let after_ms = |n: usize| at(n).saturating_sub(at(0)).as_millis() as u64;
    // A late frame that was left out begins a spurt as well, so time decides which mark is the greeting's.
    let marks = tape.spurts();
    assert_eq!(marks.first(), Some(&0), "the tone begins a spurt");
    let mut later = marks.into_iter();
    let greeting = later.find(|n| after_ms(*n) >= DEADLINE_MS - 500);
    let greeting = greeting.expect("the greeting begins a spurt");
    let greeted_ms = after_ms(greeting);
    assert!(greeted_ms < GREETED_BY_MS, "greeted at {greeted_ms} ms");
    greeting
}

/// One second of 400 Hz, four of silence, twice.
fn hears_two_rings(tape: &Recorded, codec: &Codec) {
    for n in 0..9 {
        let heard = tape.sound(codec.coding, n * SECOND, (n + 1) * SECOND);
        // What lies at the edge of a burst is not judged.
        let inner = &heard[800..7_200];
        let level = rms(inner);
        match n {
            0 | 5 => assert!(is_ringback(inner), "second {n}: no ringback, RMS {level}"),
            _ => assert!(level < 40.0, "second {n}: RMS {level}"),
        }
    }
}

/// Something at every moment: first a voice, then music.
fn hears_the_queue(tape: &Recorded, codec: &Codec, queue: Range<usize>) {
    let sound = |from: usize, until: usize| tape.sound(codec.coding, from, until);
    let greeted = rms(&sound(queue.start, queue.start + 3 * SECOND));
    assert!(greeted > 500.0, "nobody greets: RMS {greeted}");
    for (n, from) in queue.clone().step_by(SECOND).enumerate() {
        let heard = sound(from, (from + SECOND).min(queue.end));
        let level = rms(&heard);
        assert!(
            (60.0..9_000.0).contains(&level),
            "second {n} of the queue: RMS {level}"
        );
        assert!(!is_ringback(&heard), "second {n} of the queue rings");
    }
}
