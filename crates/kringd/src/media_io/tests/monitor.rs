//! A supervisor comes into a call, over real sockets, and goes again.

use super::{Phone, Studio, at, free_ports, received};
use kring_media::{
    Codec, FRAME, MediaNotice, MediaOrder, Monitoring, Playable, SessionId, Side, rtp, tone,
};
use std::sync::Arc;

/// What caller, agent and supervisor say, each its own tone.
const TONES: [f32; 3] = [450.0, 710.0, 1_610.0];

/// Each in a coding of its own.
const CODINGS: [Playable; 3] = [Playable::Pcma, Playable::Pcmu, Playable::G722];

const SIDES: [Side; 3] = [Side::Caller, Side::Agent, Side::Monitor];

fn number(coding: Playable) -> u8 {
    match coding {
        Playable::Pcmu => 0,
        Playable::Pcma => 8,
        Playable::G722 => 9,
    }
}

/// Where a phone is, and that it speaks this and nothing else.
fn remote(phone: &Phone, session: SessionId, side: Side, coding: Playable) -> MediaOrder {
    let codec = Codec {
        payload_type: number(coding),
        name: coding.name().into(),
        clock: 8_000,
        channels: 1,
        fmtp: None,
    };
    MediaOrder::Remote {
        session,
        side,
        rtp: phone.rtp.local_addr().unwrap(),
        rtcp: phone.rtcp.local_addr().unwrap(),
        sends: true,
        receives: true,
        codecs: [codec].into(),
        told: Arc::default(),
        symmetric: None,
    }
}

/// The supervisor barges in, in G.722, where caller and agent speak the two laws of G.711: each hears the two
/// others in its own coding. When it is gone, its ports come back and the two still hear each other.
#[test]
fn a_supervisor_barges_in_and_goes() {
    let mut studio = Studio::on(free_ports(20), 20);
    let phones = [Phone::new(), Phone::new(), Phone::new()];
    let [callers, agents] = studio.open(31, &phones[0], &phones[1]);
    let session = SessionId(31);
    let monitor = studio.reserve(1)[0];
    let media = studio.media.clone();
    media.order(MediaOrder::Attend { session, monitor });
    for ((phone, side), coding) in phones.iter().zip(SIDES).zip(CODINGS) {
        media.order(remote(phone, session, side, coding));
    }
    let mode = Monitoring::Barge;
    media.order(MediaOrder::Listen { session, mode });
    let ports = [callers, agents, monitor];
    let mut voices = TONES.map(|hz| tone::Sine::new(hz, 7_100));
    let mut heard: [Vec<u8>; 3] = Default::default();
    for n in 0..120_u16 {
        for (place, coding) in CODINGS.into_iter().enumerate() {
            let frame: Vec<i16> = voices[place].by_ref().take(FRAME).collect();
            let payload = match coding {
                // The same at twice the rate: its lower half is the tone.
                Playable::G722 => {
                    coding.encode(&frame.iter().flat_map(|s| [*s; 2]).collect::<Vec<_>>())
                }
                g711 => g711.encode(&frame),
            };
            let (mut packet, timestamp) = (Vec::new(), 160 * u32::from(n));
            let ssrc = place as u32 + 1;
            rtp::write(&mut packet, number(coding), n, timestamp, ssrc, &payload);
            phones[place]
                .rtp
                .send_to(&packet, at(ports[place].rtp))
                .unwrap();
        }
        // What comes back sets the pace.
        for place in 0..3 {
            let (packet, from) = received(&phones[place].rtp);
            assert_eq!(from, at(ports[place].rtp));
            if packet[1] & 0x7f == number(CODINGS[place]) {
                heard[place].extend(&packet[rtp::HEADER..]);
            }
        }
    }
    for (place, heard) in heard.iter().enumerate() {
        let sound: Vec<i16> = match CODINGS[place] {
            Playable::G722 => Playable::G722
                .decode(heard)
                .chunks(2)
                .map(|two| two[0])
                .collect(),
            g711 => g711.decode(heard),
        };
        for (other, hz) in TONES.iter().enumerate() {
            let loudness = tone::amplitude(&sound[20 * FRAME..], *hz);
            assert_eq!(
                loudness > 4_000.0,
                other != place,
                "{place} {other}: {loudness}"
            );
            assert!(
                loudness > 4_000.0 || loudness < 500.0,
                "{place} {other}: {loudness}"
            );
        }
    }
    media.order(MediaOrder::Depart { session });
    let back = MediaNotice::Reserved {
        pairs: vec![monitor],
    };
    let mut notices = std::iter::from_fn(|| Some(studio.notice()));
    assert!(notices.by_ref().take(8).any(|notice| notice == back));
}

/// Orders for a supervisor who is not there change nothing, and lose no ports.
#[test]
fn a_second_supervisor_and_one_who_is_gone_are_refused() {
    let mut studio = Studio::on(free_ports(20), 20);
    let (caller, agent) = (Phone::new(), Phone::new());
    let [callers, agents] = studio.open(32, &caller, &agent);
    let session = SessionId(32);
    let [first, second] = studio.reserve(2)[..] else {
        panic!("two pairs")
    };
    let media = studio.media.clone();
    media.order(MediaOrder::Depart { session });
    let mode = Monitoring::Listen;
    media.order(MediaOrder::Listen { session, mode });
    let monitor = first;
    media.order(MediaOrder::Attend { session, monitor });
    let monitor = second;
    media.order(MediaOrder::Attend { session, monitor });
    let pairs = vec![second];
    assert_eq!(studio.notice(), MediaNotice::Reserved { pairs });
    media.order(MediaOrder::Close { session });
    assert!(matches!(studio.notice(), MediaNotice::Closed { .. }));
    let MediaNotice::Reserved { mut pairs } = studio.notice() else {
        panic!("not given back");
    };
    pairs.sort();
    let mut all = [callers, agents, first];
    all.sort();
    assert_eq!(pairs, all);
}
