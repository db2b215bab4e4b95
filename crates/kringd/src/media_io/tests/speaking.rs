//! kring speaks over real sockets.

use super::{Phone, Studio, at, free_ports, received, rtp};
use kring_media::{
    Coding, Ground, Library, MediaNotice, MediaOrder, Particle, Playable, Program, Prompt, Samples,
    SessionId, Side, tone,
};
use std::time::Duration;

/// Music is a tone of 500 Hz.
pub(super) fn library() -> Library {
    let second = Duration::from_secs(1);
    let ringback = Prompt::ringback(400.0, second, second);
    let mut library = Library::new(Particle::Ka, ringback);
    library.set_music(Prompt::new(&Samples {
        rate: 8_000,
        samples: tone::Sine::new(500.0, 6_000).take(8_000).collect(),
    }));
    library
}

/// The caller alone is spoken to; then the agent is heard, in the same stream.
#[test]
fn music_is_played_by_the_beat_and_ends_where_the_agent_is_heard() {
    let mut studio = Studio::on(free_ports(20), 20);
    let (caller, agent) = (Phone::new(), Phone::new());
    let session = SessionId(8);
    let pairs = studio.reserve(2);
    studio.media.order(MediaOrder::Open {
        session,
        caller: pairs[0],
        agent: pairs[1],
    });
    studio.media.order(caller.remote(session, Side::Caller));
    studio.media.order(MediaOrder::Play {
        session,
        side: Side::Caller,
        coding: Coding {
            codec: Playable::Pcmu,
            payload_type: 0,
        },
        program: Program::new(Vec::new(), Ground::Music),
    });
    let said = MediaNotice::Said {
        session,
        side: Side::Caller,
    };
    assert_eq!(studio.notice(), said);
    let mut sound = Vec::new();
    let mut numbers = Vec::new();
    for _ in 0..20 {
        let (packet, from) = received(&caller.rtp);
        assert_eq!(from, at(pairs[0].rtp));
        let seen = kring_media::rtp::look(&packet).unwrap();
        numbers.push((seen.ssrc, seen.sequence));
        sound.extend(Playable::Pcmu.decode(&packet[12..]));
    }
    assert_eq!(tone::heard(&sound, &[400.0, 500.0]), Some(500.0));
    studio.media.order(agent.remote(session, Side::Agent));
    let side = Side::Caller;
    studio.media.order(MediaOrder::Hush { session, side });
    let patience = Duration::from_millis(20);
    caller.rtp.set_read_timeout(Some(patience)).unwrap();
    let mut buffer = [0; 4_096];
    let heard = (0..500).any(|n| {
        agent.rtp.send_to(&rtp(n), at(pairs[1].rtp)).unwrap();
        // The last of the music may still have been on its way.
        std::iter::from_fn(|| {
            caller
                .rtp
                .recv(&mut buffer)
                .ok()
                .map(|n| buffer[..n].to_vec())
        })
        .any(|packet| {
            let seen = kring_media::rtp::look(&packet).unwrap();
            numbers.push((seen.ssrc, seen.sequence));
            packet[12..] == [0xd5; 160]
        })
    });
    assert!(heard, "the agent is never heard");
    let follows = |two: &[(u32, u16)]| two[1] == (two[0].0, two[0].1.wrapping_add(1));
    assert!(numbers.windows(2).all(follows), "one stream: {numbers:?}");
}
