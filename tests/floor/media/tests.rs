//! The witness itself: three ears tell who was heard, and orders that do not fit are mistakes.

use super::*;
use crate::chance::Chance;
use kring_media::{Coding, Ground, Joined, Playable};

const SESSION: SessionId = SessionId(1);
const PCMA: Coding = Coding {
    codec: Playable::Pcma,
    payload_type: 8,
};

struct Studio {
    media: MediaThreads,
    now: Moment,
    pairs: Vec<PortPair>,
}

impl Studio {
    /// A caller and an agent who hear each other, and some more ports.
    fn of_two() -> Studio {
        let media = MediaThreads::new(Hearing::default(), Chance::new(1, 1));
        let mut studio = Studio {
            media,
            now: Moment::BOOT,
            pairs: Vec::new(),
        };
        studio.at(0, MediaOrder::Reserve { pairs: 4 });
        studio.now = Moment::from_millis(10);
        let Some(MediaNotice::Reserved { pairs }) = studio.media.notice(studio.now) else {
            panic!("no ports");
        };
        studio.pairs = pairs;
        let (caller, agent) = (studio.pairs[0], studio.pairs[1]);
        let session = SESSION;
        studio.at(
            10,
            MediaOrder::Open {
                session,
                caller,
                agent,
            },
        );
        studio.at(10, remote(Side::Caller));
        studio.at(10, remote(Side::Agent));
        studio
    }

    fn at(&mut self, ms: u64, order: MediaOrder) {
        self.now = Moment::from_millis(ms);
        self.media.obey(self.now, order);
    }

    fn admit(&mut self, ms: u64) {
        let (session, third) = (SESSION, self.pairs[2]);
        self.at(ms, MediaOrder::Admit { session, third });
        self.at(ms, remote(Side::Third));
    }

    fn join(&mut self, ms: u64, joined: Joined) {
        let session = SESSION;
        self.at(ms, MediaOrder::Join { session, joined });
    }

    fn heard(&self, who: Who) -> Vec<(u64, String)> {
        let heard = self.media.heard(SESSION, who).unwrap_or_default();
        let ms = |at: &Moment| at.as_micros() / 1_000;
        let told = heard
            .iter()
            .filter_map(|(at, what)| Some((ms(at), what.told(who)?)));
        told.collect()
    }
}

#[track_caller]
fn assert_heard(studio: &Studio, who: Who, expected: &[(u64, &str)]) {
    let heard = studio.heard(who);
    let heard: Vec<(u64, &str)> = heard.iter().map(|(at, what)| (*at, &**what)).collect();
    assert_eq!(heard, expected);
}

fn remote(side: Side) -> MediaOrder {
    let address = std::net::SocketAddr::from(([192, 0, 2, 1], 4_000));
    MediaOrder::Remote {
        session: SESSION,
        side,
        rtp: address,
        rtcp: address,
        sends: true,
        receives: true,
        codecs: std::sync::Arc::default(),
        told: std::sync::Arc::default(),
        symmetric: None,
    }
}

#[test]
fn three_ears_tell_who_was_heard_at_every_moment() {
    let mut studio = Studio::of_two();
    let session = SESSION;
    studio.admit(1_000);
    studio.at(
        1_000,
        MediaOrder::Play {
            session,
            side: Side::Caller,
            coding: PCMA,
            program: Program::new(Vec::new(), Ground::Music),
        },
    );
    studio.join(1_000, Joined::Without(Side::Caller));
    studio.join(3_000, Joined::Conference([PCMA; 3]));
    let side = Side::Caller;
    studio.at(4_000, MediaOrder::Hush { session, side });
    studio.at(5_000, MediaOrder::Succeed { session });
    studio.at(6_000, MediaOrder::Close { session });
    let caller = [
        (10, "person"),
        (1_000, "music"),
        (4_000, "agent and unit"),
        (5_000, "the unit"),
    ];
    assert_heard(&studio, Who::Caller, &caller);
    let agent = [
        (10, "person"),
        (1_000, "the unit"),
        (3_000, "caller and unit"),
    ];
    assert_heard(&studio, Who::Agent, &agent);
    let unit = [
        (1_000, "the agent"),
        (3_000, "caller and agent"),
        (5_000, "the caller"),
    ];
    assert_heard(&studio, Who::Unit, &unit);
    assert_eq!(studio.media.mistakes(), [] as [String; 0]);
    let mut back: Vec<(u64, Vec<PortPair>)> = Vec::new();
    while let Some(at) = studio.media.deadline() {
        if let Some(MediaNotice::Reserved { pairs }) = studio.media.notice(at) {
            back.push((at.as_micros() / 1_000, pairs));
        }
    }
    let [caller, agent, third, _] = studio.pairs[..] else {
        panic!("four pairs")
    };
    assert_eq!(
        back,
        [(10_000, vec![agent]), (11_000, vec![caller, third])],
        "each pair rests from when it was left"
    );
}

/// A caller who is left out and hears nothing of kring is a citizen before silence.
#[test]
fn a_caller_who_is_joined_with_nobody_hears_nothing() {
    let mut studio = Studio::of_two();
    studio.admit(1_000);
    studio.join(1_000, Joined::Without(Side::Caller));
    let session = SESSION;
    studio.at(2_000, MediaOrder::Dismiss { session });
    studio.at(3_000, MediaOrder::Close { session });
    let caller = [(10, "person"), (1_000, "silence"), (2_000, "person")];
    assert_heard(&studio, Who::Caller, &caller);
    assert_eq!(studio.media.mistakes().len(), 1);
}

#[test]
fn orders_for_a_third_who_is_not_there_are_mistakes() {
    let session = SESSION;
    let without_agent = MediaOrder::Join {
        session,
        joined: Joined::Without(Side::Agent),
    };
    let conference = MediaOrder::Join {
        session,
        joined: Joined::Conference([PCMA; 3]),
    };
    let side = Side::Third;
    let play = MediaOrder::Play {
        session,
        side,
        coding: PCMA,
        program: Program::new(Vec::new(), Ground::Music),
    };
    for order in [
        without_agent,
        conference,
        MediaOrder::Dismiss { session },
        MediaOrder::Succeed { session },
        remote(Side::Third),
        play,
        MediaOrder::Hush { session, side },
    ] {
        let mut studio = Studio::of_two();
        let name = order.name();
        studio.at(1_000, order);
        assert_eq!(studio.media.mistakes().len(), 1, "{name}");
        let caller = studio.media.relays[&SESSION].heard_by(Side::Caller);
        assert_eq!(caller, People::of([Who::Agent]), "{name} changes nothing");
    }
}

#[test]
fn a_second_third_and_ports_in_use_are_mistakes() {
    let mut studio = Studio::of_two();
    studio.admit(1_000);
    let (session, third) = (SESSION, studio.pairs[3]);
    studio.at(2_000, MediaOrder::Admit { session, third });
    assert_eq!(studio.media.mistakes().len(), 1);
    let mut studio = Studio::of_two();
    let third = studio.pairs[0];
    studio.at(2_000, MediaOrder::Admit { session, third });
    assert_eq!(studio.media.mistakes().len(), 1);
    let session = SessionId(2);
    let third = studio.pairs[3];
    studio.at(2_000, MediaOrder::Admit { session, third });
    assert_eq!(studio.media.mistakes().len(), 2);
}
