//! A third comes into a call, over real sockets.

use super::{Phone, Studio, at, free_ports, received};
use kring_media::{
    Coding, Joined, MediaNotice, MediaOrder, Playable, PortPair, SessionId, Side, rtp, tone,
};
use std::time::Duration;

/// What caller, agent and third say, each its own tone.
const TONES: [f32; 3] = [450.0, 710.0, 1_130.0];

const PCMA: Coding = Coding {
    codec: Playable::Pcma,
    payload_type: 8,
};

/// Three phones and their ports.
struct Party {
    studio: Studio,
    session: SessionId,
    caller: Phone,
    agent: Phone,
    third: Phone,
    ports: [PortPair; 3],
}

impl Party {
    /// The caller and the agent hear each other, the third is admitted.
    fn of(session: u64, ports: u16) -> Party {
        let mut studio = Studio::on(free_ports(ports), ports);
        let (caller, agent, third) = (Phone::new(), Phone::new(), Phone::new());
        let [callers, agents] = studio.open(session, &caller, &agent);
        let session = SessionId(session);
        let [thirds] = studio.reserve(1)[..] else {
            panic!("a third pair")
        };
        let admitted = MediaOrder::Admit {
            session,
            third: thirds,
        };
        studio.media.order(admitted);
        studio.media.order(third.remote(session, Side::Third));
        Party {
            studio,
            session,
            caller,
            agent,
            third,
            ports: [callers, agents, thirds],
        }
    }

    fn join(&self, joined: Joined) {
        let session = self.session;
        self.studio
            .media
            .order(MediaOrder::Join { session, joined });
    }

    /// The first notice that is none of flow.
    fn notice(&mut self) -> MediaNotice {
        loop {
            match self.studio.notice() {
                MediaNotice::Flowing { .. } | MediaNotice::Left { .. } => {}
                other => return other,
            }
        }
    }
}

/// Says `what` till the other hears it, which it does from this port.
fn assert_heard(from: &Phone, to_port: PortPair, to: &Phone, from_port: PortPair, what: u8) {
    let patience = Duration::from_millis(20);
    to.rtp.set_read_timeout(Some(patience)).unwrap();
    let heard = (0..500_u16).any(|n| {
        let mut packet = Vec::new();
        let timestamp = 160 * u32::from(n);
        rtp::write(&mut packet, 8, n, timestamp, u32::from(what), &[what; 160]);
        from.rtp.send_to(&packet, at(to_port.rtp)).unwrap();
        let mut buffer = [0; 4_096];
        // Something else may still have been on its way.
        std::iter::from_fn(|| {
            to.rtp
                .recv_from(&mut buffer)
                .ok()
                .map(|got| (got, buffer[12]))
        })
        .any(|((length, by), byte)| (length, by, byte) == (172, at(from_port.rtp), what))
    });
    assert!(heard, "{what} is never heard");
    to.rtp.set_read_timeout(Some(super::PATIENCE)).unwrap();
}

/// The agent asks the third, the caller is put through, and the agent's ports are free again.
#[test]
fn the_third_takes_the_agents_place() {
    let mut party = Party::of(21, 20);
    let [callers, agents, thirds] = party.ports;
    party.join(Joined::Without(Side::Caller));
    assert_heard(&party.agent, agents, &party.third, thirds, 1);
    assert_heard(&party.third, thirds, &party.agent, agents, 2);
    let session = party.session;
    party.studio.media.order(MediaOrder::Succeed { session });
    assert_heard(&party.third, thirds, &party.caller, callers, 3);
    assert_heard(&party.caller, callers, &party.third, thirds, 4);
    assert_eq!(
        party.notice(),
        MediaNotice::Reserved {
            pairs: vec![agents]
        }
    );
    // The new agent has moved, as an agent may.
    let moved = Phone::new();
    let remote = moved.remote(session, Side::Agent);
    party.studio.media.order(remote);
    assert_heard(&moved, thirds, &party.caller, callers, 5);
    assert_heard(&party.caller, callers, &moved, thirds, 6);
    party.studio.media.order(MediaOrder::Close { session });
    let MediaNotice::Closed { agent, .. } = party.notice() else {
        panic!("not closed");
    };
    assert!(agent.packets >= 3, "the third's are the agent's: {agent:?}");
    let MediaNotice::Reserved { mut pairs } = party.notice() else {
        panic!("not given back");
    };
    pairs.sort();
    assert_eq!(pairs, [callers, thirds]);
}

#[test]
fn the_third_is_dismissed_and_another_one_comes() {
    let mut party = Party::of(22, 20);
    let [callers, agents, thirds] = party.ports;
    party.join(Joined::Without(Side::Agent));
    assert_heard(&party.third, thirds, &party.caller, callers, 1);
    let session = party.session;
    party.studio.media.order(MediaOrder::Dismiss { session });
    assert_heard(&party.agent, agents, &party.caller, callers, 2);
    assert_heard(&party.caller, callers, &party.agent, agents, 3);
    let pairs = vec![thirds];
    assert_eq!(party.notice(), MediaNotice::Reserved { pairs });
    // The same ports, another telephone: it was a stranger before.
    let third = thirds;
    party
        .studio
        .media
        .order(MediaOrder::Admit { session, third });
    let other = Phone::new();
    party.studio.media.order(other.remote(session, Side::Third));
    party.join(Joined::Without(Side::Agent));
    assert_heard(&other, thirds, &party.caller, callers, 4);
}

/// Nothing of a call suffers from an order that does not fit it; ports are not lost by it.
#[test]
fn orders_that_do_not_fit_change_nothing() {
    let mut party = Party::of(23, 20);
    let [callers, agents, _] = party.ports;
    let session = party.session;
    let second = party.studio.reserve(1)[0];
    let again = MediaOrder::Admit {
        session,
        third: second,
    };
    party.studio.media.order(again);
    let pairs = vec![second];
    assert_eq!(party.notice(), MediaNotice::Reserved { pairs });
    party.studio.media.order(MediaOrder::Dismiss { session });
    party.notice();
    for order in [
        MediaOrder::Dismiss { session },
        MediaOrder::Succeed { session },
        MediaOrder::Join {
            session,
            joined: Joined::Without(Side::Agent),
        },
        party.third.remote(session, Side::Third),
        MediaOrder::Admit {
            session,
            third: agents,
        },
    ] {
        party.studio.media.order(order);
    }
    assert_heard(&party.agent, agents, &party.caller, callers, 7);
    assert_heard(&party.caller, callers, &party.agent, agents, 8);
    // A session that is over: its third's ports come back too.
    let session = SessionId(99);
    let third = second;
    party
        .studio
        .media
        .order(MediaOrder::Admit { session, third });
    let pairs = vec![second];
    assert_eq!(party.notice(), MediaNotice::Reserved { pairs });
}

/// The kernel's beat mixes: each phone gets a frame every 20 ms, in which are the two others.
#[test]
fn three_hear_each_other() {
    let mut party = Party::of(24, 20);
    party.join(Joined::Conference([PCMA; 3]));
    let mut voices = TONES.map(|hz| tone::Sine::new(hz, 7_100));
    let mut heard: [Vec<i16>; 3] = Default::default();
    for n in 0..120_u16 {
        let phones = [&party.caller, &party.agent, &party.third];
        for side in 0..3 {
            let frame: Vec<i16> = voices[side].by_ref().take(160).collect();
            let (mut packet, at_port) = (Vec::new(), at(party.ports[side].rtp));
            let (ssrc, timestamp) = (side as u32 + 1, 160 * u32::from(n));
            let payload = Playable::Pcma.encode(&frame);
            rtp::write(&mut packet, 8, n, timestamp, ssrc, &payload);
            phones[side].rtp.send_to(&packet, at_port).unwrap();
        }
        // What comes back sets the pace.
        for side in 0..3 {
            let (packet, from) = received(&phones[side].rtp);
            assert_eq!(from, at(party.ports[side].rtp));
            heard[side].extend(Playable::Pcma.decode(&packet[rtp::HEADER..]));
        }
    }
    for (side, heard) in heard.iter().enumerate() {
        let heard = &heard[20 * 160..];
        for (other, hz) in TONES.iter().enumerate() {
            let loudness = tone::amplitude(heard, *hz);
            if other == side {
                assert!(loudness < 500.0, "{side} hears itself: {loudness}");
            } else {
                assert!(loudness > 5_000.0, "{side} hears {other}: {loudness}");
            }
        }
    }
    let session = party.session;
    party.studio.media.order(MediaOrder::Close { session });
    assert!(matches!(party.notice(), MediaNotice::Closed { .. }));
    let MediaNotice::Reserved { mut pairs } = party.notice() else {
        panic!("not given back");
    };
    pairs.sort();
    let mut all = party.ports;
    all.sort();
    assert_eq!(pairs, all);
}
