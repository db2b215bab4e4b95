//! Real sockets on loopback. Every wait is bounded and ends as soon as what it waits for is there.

mod injected;
mod monitor;
mod sealed;
mod speaking;
mod three;

use super::*;
use kring_media::{PortPair, Side};
use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::atomic::{AtomicU32, Ordering},
};

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Longer than anything takes; reached only by a failure.
const PATIENCE: Duration = Duration::from_secs(10);

struct Studio {
    media: MediaHandle,
    notices: mpsc::Receiver<MediaNotice>,
    runtime: tokio::runtime::Runtime,
}

impl Studio {
    /// With so many ports, all free, from the first one given.
    fn on(first: u16, ports: u16) -> Studio {
        Studio::with_room(first, ports, 64)
    }

    fn with_room(first: u16, ports: u16, room: usize) -> Studio {
        let ports = first..=first + ports - 1;
        let (sender, notices) = mpsc::channel(room);
        let config = MediaConfig {
            bind: LOOPBACK,
            ports,
            threads: 2,
            dscp: 46,
            dead_after: Duration::ZERO,
            library: Arc::new(speaking::library()),
            recording: None,
        };
        let rest = Duration::from_millis(1);
        Studio {
            media: start_resting(config, rest, sender).unwrap(),
            notices,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .unwrap(),
        }
    }

    fn notice(&mut self) -> MediaNotice {
        let notices = &mut self.notices;
        let next = async { tokio::time::timeout(PATIENCE, notices.recv()).await };
        self.runtime
            .block_on(next)
            .expect("no notice came")
            .expect("the threads are gone")
    }

    fn reserve(&mut self, pairs: usize) -> Vec<PortPair> {
        self.media.order(MediaOrder::Reserve { pairs });
        match self.notice() {
            MediaNotice::Reserved { pairs } => pairs,
            other => panic!("not reserved: {other:?}"),
        }
    }

    /// A call between two phones; gives its two port pairs.
    fn open(&mut self, session: u64, caller: &Phone, agent: &Phone) -> [PortPair; 2] {
        let session = SessionId(session);
        let pairs = self.reserve(2);
        let [ours, theirs] = pairs[..] else {
            panic!("two pairs, not {pairs:?}")
        };
        self.media.order(MediaOrder::Open {
            session,
            caller: ours,
            agent: theirs,
        });
        self.media.order(caller.remote(session, Side::Caller));
        self.media.order(agent.remote(session, Side::Agent));
        knock(agent, theirs, caller);
        let first = MediaNotice::Flowing {
            session,
            side: Side::Agent,
        };
        assert_eq!(self.notice(), first, "the agent was heard first");
        [ours, theirs]
    }
}

/// Sends till it is heard: orders are taken on the thread's next turn.
fn knock(from: &Phone, at_port: PortPair, to: &Phone) {
    to.rtp
        .set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    let heard = (0..500).any(|n| {
        from.rtp.send_to(&rtp(n), at(at_port.rtp)).unwrap();
        let mut buffer = [0; 4_096];
        // An earlier knock may still have been on its way.
        std::iter::from_fn(|| {
            to.rtp
                .recv(&mut buffer)
                .ok()
                .map(|_| buffer[..172] == rtp(n))
        })
        .any(|this_one| this_one)
    });
    assert!(heard, "the session never opened");
    to.rtp.set_read_timeout(Some(PATIENCE)).unwrap();
}

/// The first of so many free ports in a row, an even one below those that the kernel gives away.
/// Processes and calls begin to look at different places, so that tests side by side do not meet.
fn free_ports(wanted: u16) -> u16 {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let turn = std::process::id() + CALLS.fetch_add(1, Ordering::Relaxed);
    let begin = (turn % 500) as u16 * 40;
    let candidates = (0..500).map(|n| 10_000 + (begin + n * 40) % 20_000);
    let free = |first: &u16| {
        let ports = *first..first + wanted;
        ports
            .into_iter()
            .all(|port| UdpSocket::bind(at(port)).is_ok())
    };
    candidates.into_iter().find(free).expect("no free ports")
}

/// A phone with one socket for RTP and one for RTCP.
struct Phone {
    rtp: UdpSocket,
    rtcp: UdpSocket,
}

impl Phone {
    fn new() -> Phone {
        let socket = || {
            let socket = UdpSocket::bind((LOOPBACK, 0)).unwrap();
            socket.set_read_timeout(Some(PATIENCE)).unwrap();
            socket
        };
        Phone {
            rtp: socket(),
            rtcp: socket(),
        }
    }

    fn remote(&self, session: SessionId, side: Side) -> MediaOrder {
        MediaOrder::Remote {
            session,
            side,
            rtp: self.rtp.local_addr().unwrap(),
            rtcp: self.rtcp.local_addr().unwrap(),
            sends: true,
            receives: true,
            codecs: Arc::default(),
            told: Arc::default(),
            symmetric: None,
        }
    }
}

fn rtp(sequence: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 8];
    packet.extend(sequence.to_be_bytes());
    packet.extend([0, 0, 0, 0, 0, 0, 0, 7]);
    packet.extend([0xd5; 160]);
    packet
}

fn received(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = [0; 4_096];
    let (length, from) = socket.recv_from(&mut buffer).expect("nothing came");
    (buffer[..length].to_vec(), from)
}

fn at(port: u16) -> SocketAddr {
    SocketAddr::new(LOOPBACK, port)
}

#[test]
fn sound_passes_both_ways_through_the_signalled_ports() {
    let mut studio = Studio::on(free_ports(20), 20);
    let (caller, agent) = (Phone::new(), Phone::new());
    let [ours, theirs] = studio.open(1, &caller, &agent);
    for n in 0..50 {
        caller.rtp.send_to(&rtp(n), at(ours.rtp)).unwrap();
        assert_eq!(received(&agent.rtp), (rtp(n), at(theirs.rtp)));
        agent.rtp.send_to(&rtp(n), at(theirs.rtp)).unwrap();
        assert_eq!(received(&caller.rtp), (rtp(n), at(ours.rtp)));
    }
    let flowing = MediaNotice::Flowing {
        session: SessionId(1),
        side: Side::Caller,
    };
    assert_eq!(studio.notice(), flowing);
}

/// Every tenth packet of the caller's is missing: the caller is told so, and the agent what was sent. No report of one's
/// goes to the other.
#[test]
fn each_side_gets_reports_of_its_own_line() {
    let mut studio = Studio::on(free_ports(20), 20);
    let (caller, agent) = (Phone::new(), Phone::new());
    let [ours, theirs] = studio.open(1, &caller, &agent);
    for n in (0..200).filter(|n| n % 10 != 5) {
        caller.rtp.send_to(&rtp(n), at(ours.rtp)).unwrap();
        received(&agent.rtp);
    }
    let report = kring_media::rtcp::receiver_report(7);
    caller.rtcp.send_to(&report, at(ours.rtcp())).unwrap();
    let (told, from) = received(&caller.rtcp);
    assert_eq!(from, at(ours.rtcp()));
    let told = kring_media::rtcp::look_for(&told, Some(7)).unwrap();
    let block = told.block.expect("on the caller's source");
    assert_eq!((block.lost, block.fraction), (20, 25), "of 256 a tenth");
    assert_eq!(told.sent_at, None, "nothing is sent to the caller");
    let (told, from) = received(&agent.rtcp);
    assert_eq!(from, at(theirs.rtcp()));
    let seen = kring_media::rtcp::look(&told).unwrap();
    assert_eq!((seen.ssrc, seen.sent_at.is_some()), (Some(7), true));
    let packets = u32::from_be_bytes(told[20..24].try_into().unwrap());
    assert_eq!(packets, 180, "the count of the sender report");
}

#[test]
fn a_stranger_is_counted_and_the_call_goes_on() {
    let mut studio = Studio::on(free_ports(20), 20);
    let (caller, agent, stranger) = (Phone::new(), Phone::new(), Phone::new());
    let [ours, _] = studio.open(2, &caller, &agent);
    for n in 0..5 {
        stranger.rtp.send_to(&rtp(n), at(ours.rtp)).unwrap();
        stranger.rtp.send_to(&rtp(n), at(ours.rtcp())).unwrap();
    }
    // Loopback keeps the order of one socket, so the strangers were read before this one.
    caller.rtp.send_to(&rtp(77), at(ours.rtp)).unwrap();
    assert_eq!(
        received(&agent.rtp).0,
        rtp(77),
        "the first thing that arrives is honest"
    );
    studio.media.order(MediaOrder::Close {
        session: SessionId(2),
    });
    assert!(matches!(
        studio.notice(),
        MediaNotice::Flowing {
            side: Side::Caller,
            ..
        }
    ));
    let MediaNotice::Closed { caller, .. } = studio.notice() else {
        panic!("not closed");
    };
    assert_eq!(caller.packets, 1);
    assert!((5..=10).contains(&caller.strangers), "{caller:?}");
}

#[test]
fn a_new_address_is_used_when_it_is_signalled() {
    let mut studio = Studio::on(free_ports(20), 20);
    let (caller, agent, moved) = (Phone::new(), Phone::new(), Phone::new());
    let [ours, theirs] = studio.open(3, &caller, &agent);
    caller.rtp.send_to(&rtp(1), at(ours.rtp)).unwrap();
    assert_eq!(received(&agent.rtp).0, rtp(1));
    studio.media.order(moved.remote(SessionId(3), Side::Agent));
    knock(&caller, ours, &moved);
    caller.rtp.send_to(&rtp(900), at(ours.rtp)).unwrap();
    assert_eq!(received(&moved.rtp), (rtp(900), at(theirs.rtp)));
}

#[test]
fn closed_ports_rest_and_come_back_clean() {
    let mut studio = Studio::on(free_ports(4), 4);
    let (caller, agent) = (Phone::new(), Phone::new());
    let [ours, theirs] = studio.open(4, &caller, &agent);
    studio.media.order(MediaOrder::Close {
        session: SessionId(4),
    });
    assert!(matches!(studio.notice(), MediaNotice::Closed { .. }));
    let mut back = match studio.notice() {
        MediaNotice::Reserved { pairs } => pairs,
        other => panic!("{other:?}"),
    };
    back.sort();
    assert_eq!(back, [ours, theirs]);
    // Packets between the calls, from somebody who will be the next caller.
    for n in 0..20 {
        caller.rtp.send_to(&rtp(n), at(ours.rtp)).unwrap();
    }
    let session = SessionId(5);
    studio.media.order(MediaOrder::Open {
        session,
        caller: ours,
        agent: theirs,
    });
    studio.media.order(caller.remote(session, Side::Caller));
    studio.media.order(agent.remote(session, Side::Agent));
    knock(&agent, theirs, &caller);
    caller.rtp.send_to(&rtp(1_000), at(ours.rtp)).unwrap();
    assert_eq!(
        received(&agent.rtp).0,
        rtp(1_000),
        "and nothing old came first"
    );
}

#[test]
fn ports_of_others_are_passed_over_and_the_end_of_the_range_is_told() {
    // The second pair's RTCP port and the third pair's RTP port are somebody else's.
    let first = free_ports(8);
    let _held = [3, 4].map(|n| UdpSocket::bind(at(first + n)).unwrap());
    let mut studio = Studio::on(first, 8);
    let pairs = studio.reserve(3);
    assert_eq!(
        pairs,
        [PortPair { rtp: first }, PortPair { rtp: first + 6 }]
    );
    assert_eq!(studio.notice(), MediaNotice::Exhausted);
    studio.media.order(MediaOrder::Reserve { pairs: 1 });
    assert_eq!(studio.notice(), MediaNotice::Exhausted, "nothing twice");
}

#[test]
fn a_session_that_never_was_is_answered_too() {
    let first = free_ports(4);
    let mut studio = Studio::on(first, 4);
    let session = SessionId(9);
    let pair = PortPair { rtp: first };
    studio.media.order(MediaOrder::Open {
        session,
        caller: pair,
        agent: pair,
    });
    studio.media.order(MediaOrder::Close { session });
    let nothing = kring_media::SideStats::default();
    let closed = MediaNotice::Closed {
        session,
        caller: nothing,
        agent: nothing,
    };
    assert_eq!(studio.notice(), closed);
}

#[test]
fn notices_that_find_no_room_come_later() {
    let mut studio = Studio::with_room(free_ports(4), 4, 4);
    for session in 0..12 {
        studio.media.order(MediaOrder::Close {
            session: SessionId(session),
        });
    }
    let mut closed: Vec<u64> = (0..12)
        .map(|_| match studio.notice() {
            MediaNotice::Closed { session, .. } => session.0,
            other => panic!("{other:?}"),
        })
        .collect();
    closed.sort_unstable();
    assert_eq!(closed, (0..12).collect::<Vec<_>>());
}

#[test]
fn stopping_ends_the_threads_and_frees_the_ports() {
    let mut studio = Studio::on(free_ports(4), 4);
    let (caller, agent) = (Phone::new(), Phone::new());
    let [ours, _] = studio.open(6, &caller, &agent);
    studio.media.stop();
    studio.media.stop();
    studio.media.order(MediaOrder::Close {
        session: SessionId(6),
    });
    drop(studio);
    UdpSocket::bind(at(ours.rtp)).expect("the port is free again");
}

#[test]
fn ranges_hold_whole_pairs_only() {
    let pairs = |first, last| PortRange::new(first, last).map(PortRange::pairs);
    assert_eq!(pairs(20_000, 29_999), Some(5_000));
    assert_eq!(pairs(20_001, 20_004), Some(1));
    assert_eq!(pairs(20_001, 20_002), None);
    assert_eq!(pairs(65_534, 65_535), Some(1));
    assert_eq!(pairs(30_000, 20_000), None);
}
