//! Legs whose sound is sealed: the other side hears it plain, and what their keys did not seal is counted and heard
//! by nobody.

use super::{Phone, Studio, at, free_ports, knock, received, rtp};
use kring_media::{
    MASTER_MAX, MasterKey, MediaNotice, MediaOrder, PacketKind, SRTP_OVERHEAD, SessionId, Side,
    SideStats, Srtp, SrtpKeys, Suite,
};

const SESSION: SessionId = SessionId(1);

fn keys(suite: Suite, ours: u8, theirs: u8) -> SrtpKeys {
    SrtpKeys {
        suite,
        ours: MasterKey::of_chance(suite, &[ours; MASTER_MAX]),
        theirs: MasterKey::of_chance(suite, &[theirs; MASTER_MAX]),
    }
}

/// A phone's own end of a leg.
struct Sealed(Srtp);

impl Sealed {
    fn new(suite: Suite, ours: u8, theirs: u8) -> Sealed {
        Sealed(Srtp::new(keys(suite, ours, theirs)))
    }

    fn seal(&mut self, kind: PacketKind, plain: &[u8]) -> Vec<u8> {
        let mut buffer = plain.to_vec();
        buffer.resize(plain.len() + SRTP_OVERHEAD, 0);
        let length = self.0.seal(kind, &mut buffer, plain.len()).expect("new");
        buffer.truncate(length);
        buffer
    }

    fn open(&mut self, kind: PacketKind, mut sealed: Vec<u8>) -> Vec<u8> {
        let length = sealed.len();
        let length = self.0.open(kind, &mut sealed, length).expect("kring's");
        sealed.truncate(length);
        sealed
    }
}

fn secure(studio: &Studio, side: Side, keys: Option<SrtpKeys>) {
    studio.media.order(MediaOrder::Secure {
        session: SESSION,
        side,
        keys: keys.map(Box::new),
    });
}

fn closed(studio: &mut Studio) -> [SideStats; 2] {
    studio.media.order(MediaOrder::Close { session: SESSION });
    loop {
        if let MediaNotice::Closed { caller, agent, .. } = studio.notice() {
            return [caller, agent];
        }
    }
}

#[test]
fn one_side_is_sealed_and_the_other_plain_and_both_hear_each_other() {
    for suite in Suite::ALL {
        let mut studio = Studio::on(free_ports(20), 20);
        let (caller, agent) = (Phone::new(), Phone::new());
        let [ours, theirs] = studio.open(SESSION.0, &caller, &agent);
        secure(&studio, Side::Agent, Some(keys(suite, 1, 2)));
        let mut end = Sealed::new(suite, 2, 1);
        // Orders are taken on the thread's next turn: what comes before is plain still.
        let mut first = Vec::new();
        for n in 0..500 {
            caller.rtp.send_to(&rtp(n), at(ours.rtp)).unwrap();
            first = received(&agent.rtp).0;
            if first.len() > 172 {
                assert_eq!(end.open(PacketKind::Rtp, first.clone()), rtp(n));
                break;
            }
        }
        assert!(first.len() > 172, "{suite:?}");
        for n in 1_000..1_050 {
            caller.rtp.send_to(&rtp(n), at(ours.rtp)).unwrap();
            let (sealed, from) = received(&agent.rtp);
            assert_eq!(from, at(theirs.rtp));
            assert_ne!(sealed[12..172], rtp(n)[12..]);
            assert_eq!(end.open(PacketKind::Rtp, sealed), rtp(n));
            let sealed = end.seal(PacketKind::Rtp, &rtp(n));
            agent.rtp.send_to(&sealed, at(theirs.rtp)).unwrap();
            assert_eq!(received(&caller.rtp).0, rtp(n));
        }
        assert_eq!(closed(&mut studio).map(|side| side.bad), [0, 0]);
    }
}

#[test]
fn what_its_key_did_not_seal_is_counted_and_heard_by_nobody() {
    let suite = Suite::AesCm128HmacSha1_80;
    let mut studio = Studio::on(free_ports(20), 20);
    let (caller, agent, stranger) = (Phone::new(), Phone::new(), Phone::new());
    let [_, theirs] = studio.open(SESSION.0, &caller, &agent);
    secure(&studio, Side::Agent, Some(keys(suite, 1, 2)));
    let (mut end, mut wrong) = (Sealed::new(suite, 2, 1), Sealed::new(suite, 3, 1));
    let good = end.seal(PacketKind::Rtp, &rtp(1));
    let send = |packet: &[u8]| {
        agent.rtp.send_to(packet, at(theirs.rtp)).unwrap();
    };
    // The keys are there when a sealed packet is heard plain.
    send(&good);
    while received(&caller.rtp).0 != rtp(1) {
        send(&end.seal(PacketKind::Rtp, &rtp(1)));
    }
    let before = 4;
    send(&good);
    send(&wrong.seal(PacketKind::Rtp, &rtp(2)));
    let cut = end.seal(PacketKind::Rtp, &rtp(3));
    send(&cut[..cut.len() - 1]);
    send(&rtp(4));
    stranger.rtp.send_to(&good, at(theirs.rtp)).unwrap();
    send(&end.seal(PacketKind::Rtp, &rtp(9)));
    assert_eq!(received(&caller.rtp).0, rtp(9), "the first that is heard");
    let [caller, agent] = closed(&mut studio);
    assert_eq!((caller.bad, agent.bad), (0, before));
    assert_eq!((agent.strangers, agent.garbage), (1, 0));
}

/// Other keys in the middle of a call, and then none.
#[test]
fn keys_change_within_a_call_and_may_go() {
    let mut studio = Studio::on(free_ports(20), 20);
    let (caller, agent) = (Phone::new(), Phone::new());
    let [ours, theirs] = studio.open(SESSION.0, &caller, &agent);
    for (suite, ours_key, theirs_key) in [
        (Suite::AeadAes128Gcm, 1, 2),
        (Suite::AeadAes128Gcm, 3, 4),
        (Suite::AeadAes256Gcm, 5, 6),
    ] {
        secure(
            &studio,
            Side::Agent,
            Some(keys(suite, ours_key, theirs_key)),
        );
        let mut end = Sealed::new(suite, theirs_key, ours_key);
        let heard = (0..500).find_map(|n| {
            let sealed = end.seal(PacketKind::Rtp, &rtp(n));
            agent.rtp.send_to(&sealed, at(theirs.rtp)).unwrap();
            let patience = Some(std::time::Duration::from_millis(20));
            caller.rtp.set_read_timeout(patience).unwrap();
            let mut buffer = [0; 4_096];
            let length = caller.rtp.recv(&mut buffer).ok()?;
            (buffer[..length] == rtp(n)).then_some(())
        });
        assert!(heard.is_some(), "{suite:?}");
    }
    secure(&studio, Side::Agent, None);
    knock(&caller, ours, &agent);
}
