//! Three talk with each other: each hears the two others, as loud as they are, and nothing of itself.

use crate::{
    hold,
    table::{ALL_PCMA, G722, PCMA, PCMU, TONES, Table, USUAL, ms},
};
use kring_media::{Coding, Joined, Side, Verdict, Why, dtmf, rtp, tone};

fn others(side: Side) -> Vec<Side> {
    let all = Side::PARTIES.into_iter();
    all.filter(|other| *other != side).collect()
}

fn conference(codings: [Coding; 3]) -> Table {
    let mut table = Table::of_three();
    for side in Side::PARTIES {
        table.phone(side).coding = codings[side as usize];
    }
    table.join(Joined::Conference(codings));
    table
}

/// How much of a sound is none of the tones, in parts of its energy.
fn strange_part(sound: &[i16]) -> f64 {
    let energy: f64 = sound.iter().map(|s| f64::from(*s).powi(2)).sum();
    let of_tone = |hz: &f32| tone::amplitude(sound, *hz).powi(2) / 2.0 * sound.len() as f64;
    1.0 - TONES.iter().map(of_tone).sum::<f64>() / energy
}

/// The tones have -10 dBm0: their sum is not distorted. Every frame of 20 ms comes.
#[test]
fn each_hears_the_two_others_and_not_itself() {
    let mut table = conference([PCMA; 3]);
    table.talk(3_000);
    for side in Side::PARTIES {
        assert_eq!(table.hears(side, 1_000, 3_000), others(side), "{side:?}");
        let sound = table.phone(side).sound(1_000, 3_000);
        let strange = strange_part(&sound);
        assert!(strange < 0.001, "{side:?}: {strange} of it is distortion");
        let loudest = sound.iter().map(|s| s.unsigned_abs()).max().unwrap();
        assert!(
            (13_000..15_000).contains(&loudest),
            "{side:?}: {loudest}, two tones of {USUAL}"
        );
        assert_eq!(table.phone(side).received.len(), 150);
        assert_eq!(table.longest_gap(side), 20);
        table.assert_one_stream(side);
    }
}

#[test]
fn every_pairing_of_codings_is_heard() {
    for codings in [[PCMA, PCMU, G722], [G722, PCMA, G722], [G722, G722, PCMU]] {
        let mut table = conference(codings);
        table.talk(3_000);
        for side in Side::PARTIES {
            let heard = table.hears(side, 1_000, 3_000);
            assert_eq!(heard, others(side), "{side:?} of {codings:?}");
            let strange = strange_part(&table.phone(side).sound(1_000, 3_000));
            assert!(strange < 0.01, "{side:?} of {codings:?}: {strange}");
            let number = codings[side as usize].payload_type;
            let received = &table.phone(side).received;
            assert!(received.iter().all(|(_, p)| p[1] & 0x7f == number));
        }
    }
}

/// A side may send in another law than it is spoken to, and under other numbers.
#[test]
fn what_a_side_sends_is_known_by_its_number() {
    let named = Coding {
        payload_type: 97,
        ..PCMU
    };
    let mut table = conference([PCMA, PCMA, named]);
    table.phone(Side::Agent).coding = PCMU;
    table.talk(2_000);
    let sound = {
        table.phone(Side::Agent).coding = PCMA;
        table.phone(Side::Agent).sound(1_000, 2_000)
    };
    for side in [Side::Caller, Side::Third] {
        let loudness = tone::amplitude(&sound, TONES[side as usize]);
        assert!((loudness - f64::from(USUAL)).abs() < 300.0, "{side:?}");
        assert!(table.hears(side, 1_000, 2_000).contains(&Side::Agent));
    }
}

#[test]
fn packets_of_every_length_are_heard() {
    for ptimes in [[10, 30, 40], [40, 10, 60], [30, 20, 10]] {
        let mut table = conference([PCMA, G722, PCMU]);
        for side in Side::PARTIES {
            table.phone(side).ptime = ptimes[side as usize];
        }
        table.talk(3_000);
        for side in Side::PARTIES {
            let heard = table.hears(side, 1_000, 3_000);
            assert_eq!(heard, others(side), "{side:?} of {ptimes:?}");
            table.assert_one_stream(side);
        }
    }
}

/// Full scale, in phase: the sum stays at the loudest sample there is and never turns over.
#[test]
fn what_is_too_loud_is_cut_and_never_wraps() {
    let mut table = conference([PCMA; 3]);
    for step in 0..100_u32 {
        let level = if step % 2 == 0 { i16::MAX } else { i16::MIN };
        for side in Side::PARTIES {
            let mut packet = Vec::new();
            let loud = [kring_media::g711::alaw(level); 160];
            rtp::write(&mut packet, 8, step as u16, step * 160, 1, &loud);
            table.send(side, &packet);
        }
        table.now += 20;
        table.beat();
    }
    for side in Side::PARTIES {
        let sound = table.phone(side).sound(200, 2_000);
        let frames: Vec<&[i16]> = sound.chunks(160).collect();
        let whole = |frame: &&[i16]| {
            frame
                .iter()
                .all(|s| *s == frame[0] && s.unsigned_abs() > 32_000)
        };
        assert!(frames.iter().all(whole));
        let turns = frames
            .windows(2)
            .all(|two| (two[0][0] > 0) != (two[1][0] > 0));
        assert!(turns, "{side:?} hears each frame with its own sign");
    }
}

/// One packet in twenty is lost, and they come in pairs: the tones stay what they are.
#[test]
fn loss_and_jitter_are_bridged() {
    let mut table = conference([PCMA; 3]);
    for step in 0..200_u32 {
        for side in Side::PARTIES {
            let packet = table.phone(side).packet();
            if step % 20 == 7 {
                continue;
            }
            // Every second packet is 15 ms late.
            table.now += if step % 2 == 0 { 15 } else { 0 };
            table.send(side, &packet);
            table.now -= if step % 2 == 0 { 15 } else { 0 };
        }
        table.now += 18;
        table.beat();
        table.now += 2;
    }
    for side in Side::PARTIES {
        let sound = table.phone(side).sound(1_000, 4_000);
        for other in others(side) {
            let loudness = tone::amplitude(&sound, TONES[other as usize]);
            assert!(loudness > 0.93 * f64::from(USUAL), "{other:?}: {loudness}");
        }
        let own = tone::amplitude(&sound, TONES[side as usize]);
        assert!(own < 0.02 * f64::from(USUAL), "{side:?}: {own}");
        assert_eq!(table.phone(side).received.len(), 200);
    }
}

/// Keys, comfort noise and codecs that kring does not speak are no sound; nobody gets their packets either.
#[test]
fn what_is_no_sound_is_not_mixed() {
    let mut table = conference([PCMA; 3]);
    let events = dtmf::press('5', 50).map(|payload| payload.to_vec());
    let noise = std::iter::repeat_n(vec![40_u8; 1], 20);
    let opus = std::iter::repeat_n(vec![0xaa_u8; 160], 20);
    let numbered = events
        .map(|payload| (101, payload))
        .chain(noise.map(|payload| (13, payload)))
        .chain(opus.map(|payload| (111, payload)));
    for (n, (number, payload)) in numbered.enumerate() {
        let mut packet = Vec::new();
        let (sequence, timestamp) = (n as u16, n as u32 * 160);
        rtp::write(&mut packet, number, sequence, timestamp, 3, &payload);
        let verdict = table.send(Side::Caller, &packet);
        assert_eq!(verdict, Verdict::Drop(Why::Mixed));
        table.now += 20;
        table.beat();
    }
    table.relay.press(Side::Agent, '9', 100, 101);
    table.talk(200);
    for side in [Side::Agent, Side::Third] {
        let silent = table.phone(side).sound(0, 1_800);
        assert!(silent.iter().all(|sample| sample.unsigned_abs() <= 8));
        let received = &table.phone(side).received;
        assert!(received.iter().all(|(_, p)| p[1] & 0x7f == 8));
    }
}

/// Whoever hears music in a conference hears that alone, and is heard; after it the others, in one stream.
#[test]
fn kring_speaks_to_one_of_three() {
    let mut table = conference([PCMA; 3]);
    table.talk(1_000);
    hold(&mut table, Side::Caller);
    table.talk(1_000);
    let sound = table.phone(Side::Caller).sound(1_020, 2_000);
    assert_eq!(tone::heard(&sound, &[400.0, 500.0]), Some(500.0));
    assert_eq!(table.hears(Side::Agent, 1_000, 2_000), others(Side::Agent));
    table.relay.hush(Side::Caller);
    table.talk(1_000);
    assert_eq!(
        table.hears(Side::Caller, 2_000, 3_000),
        others(Side::Caller)
    );
    table.assert_one_stream(Side::Caller);
    assert_eq!(table.longest_gap(Side::Caller), 20);
}

#[test]
fn packets_pass_again_after_a_conference() {
    let mut table = Table::of_three();
    table.talk(500);
    table.join(ALL_PCMA);
    assert!(table.relay.speaks(), "it needs its beat");
    table.talk(500);
    // One of them changes its codec: who is heard goes on being heard.
    table.join(Joined::Conference([PCMU, PCMA, PCMA]));
    table.talk(500);
    table.join(Joined::Without(Side::Third));
    assert!(!table.relay.speaks());
    table.talk(500);
    assert_eq!(table.hears(Side::Agent, 1_520, 2_000), [Side::Caller]);
    assert_eq!(table.hears(Side::Agent, 0, 500), [Side::Caller]);
    let agents = table.hears(Side::Agent, 600, 1_500);
    assert_eq!(agents, others(Side::Agent), "over the change of codec");
    for side in Side::BOTH {
        table.assert_one_stream(side);
    }
    assert!(table.longest_gap(Side::Caller) <= 40);
}

/// A thread that was held up for a second sends no second of frames at once, and goes on in time.
#[test]
fn a_late_thread_leaves_out_what_it_missed() {
    let mut table = conference([PCMA; 3]);
    table.talk(1_000);
    let before = table.phone(Side::Agent).received.len();
    table.now += 1_000;
    table.beat();
    let burst = table.phone(Side::Agent).received.len() - before;
    assert!(burst <= 4, "{burst} frames at once");
    table.talk(2_000);
    table.assert_one_stream(Side::Agent);
    assert_eq!(table.hears(Side::Agent, 2_200, 4_000), others(Side::Agent));
}

/// Somebody who does not listen now is sent nothing, and is heard.
#[test]
fn who_does_not_listen_is_heard_all_the_same() {
    let mut table = conference([PCMA; 3]);
    table.talk(500);
    let deaf = kring_media::Remote {
        receives: false,
        ..crate::table::remote(Side::Third)
    };
    table.relay.set_remote(ms(table.now), Side::Third, deaf);
    let before = table.phone(Side::Third).received.len();
    table.talk(1_000);
    assert_eq!(table.phone(Side::Third).received.len(), before);
    assert_eq!(table.hears(Side::Caller, 600, 1_500), others(Side::Caller));
    table.admit();
    table.talk(500);
    table.assert_one_stream(Side::Third);
}
