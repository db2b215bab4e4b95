//! The relay's laws, on any packets in any order: an address that nobody signalled never gets a packet through
//! and never moves a target; a packet goes only to whom its sender is joined with; no bytes make it panic;
//! what waits in it is bounded.

use kring_media::{
    Coding, FRAME, FramePacket, Joined, PacketKind, Playable, Relay, Remote, SessionId, Side,
    Verdict, limits, read, rtcp, rtp,
};
use kring_time::Moment;
use proptest::prelude::*;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

#[derive(Clone, Debug)]
enum Step {
    Packet {
        side: Side,
        kind: PacketKind,
        from: SocketAddr,
        bytes: Vec<u8>,
    },
    Remote {
        side: Side,
        remote: Remote,
    },
    Join(Joined),
    Dismiss,
    Succeed,
    Wake,
}

/// Few addresses, so that honest ones, strangers and near misses all occur.
fn address() -> impl Strategy<Value = SocketAddr> {
    let ip = prop_oneof![
        4 => (1..4_u8).prop_map(|n| IpAddr::V4(Ipv4Addr::new(192, 0, 2, n))),
        1 => Just(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        1 => Just(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
    ];
    let port = prop_oneof![4_000..4_004_u16, Just(0), Just(u16::MAX)];
    (ip, port).prop_map(|(ip, port)| SocketAddr::new(ip, port))
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![3 => Just(Side::Caller), 3 => Just(Side::Agent), 2 => Just(Side::Third)]
}

fn joined() -> impl Strategy<Value = Joined> {
    let coding =
        (0..3_usize, prop_oneof![0..35_u8, 96..128_u8]).prop_map(|(n, payload_type)| Coding {
            codec: Playable::ALL[n],
            payload_type,
        });
    prop_oneof![
        3 => side().prop_map(Joined::Without),
        2 => [coding.clone(), coding.clone(), coding].prop_map(Joined::Conference),
    ]
}

fn kind() -> impl Strategy<Value = PacketKind> {
    prop_oneof![Just(PacketKind::Rtp), Just(PacketKind::Rtcp)]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let rtp = (any::<u8>(), any::<u16>(), any::<u32>(), 0..3_u32).prop_map(
        |(payload_type, sequence, timestamp, ssrc)| {
            let mut packet = vec![0x80, payload_type];
            packet.extend(sequence.to_be_bytes());
            packet.extend(timestamp.to_be_bytes());
            packet.extend(ssrc.to_be_bytes());
            packet.extend([0; 20]);
            packet
        },
    );
    prop_oneof![
        4 => rtp,
        1 => Just(rtcp::receiver_report(1)),
        1 => Just(rtcp::sender_report(1, 2, 3, 4)),
        2 => proptest::collection::vec(any::<u8>(), 0..64),
    ]
}

fn remote() -> impl Strategy<Value = Remote> {
    (address(), address(), any::<bool>(), any::<bool>()).prop_map(|(rtp, rtcp, sends, receives)| {
        Remote {
            rtp,
            rtcp,
            sends,
            receives,
        }
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (side(), kind(), address(), bytes())
            .prop_map(|(side, kind, from, bytes)| Step::Packet { side, kind, from, bytes }),
        2 => (side(), remote()).prop_map(|(side, remote)| Step::Remote { side, remote }),
        2 => joined().prop_map(Step::Join),
        1 => Just(Step::Dismiss),
        1 => Just(Step::Succeed),
        1 => Just(Step::Wake),
    ]
}

/// What was signalled, kept beside the relay and by simpler means: in the order of `Side::PARTIES`.
#[derive(Default)]
struct Signalled([Option<Remote>; 3]);

/// All who are joined, by simpler means too.
fn members(joined: Joined) -> Vec<Side> {
    let left_out = match joined {
        Joined::Without(side) => Some(side),
        Joined::Conference(_) => None,
    };
    (Side::PARTIES.into_iter())
        .filter(|side| Some(*side) != left_out)
        .collect()
}

impl Signalled {
    fn of(&self, side: Side) -> Option<Remote> {
        self.0[side as usize]
    }

    fn address(&self, side: Side, kind: PacketKind) -> Option<SocketAddr> {
        self.of(side).map(|remote| match kind {
            PacketKind::Rtp => remote.rtp,
            PacketKind::Rtcp => remote.rtcp,
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    #[test]
    fn only_the_signalled_address_is_forwarded_and_only_to_the_signalled_target(
        steps in proptest::collection::vec((step(), 0..3_000_u64), 1..120),
    ) {
        let mut relay = Relay::new(SessionId(1), Duration::from_secs(20));
        let mut signalled = Signalled::default();
        let mut joined = Joined::Without(Side::Third);
        let mut now = Moment::BOOT;
        for (step, later_ms) in steps {
            now = now + Duration::from_millis(later_ms);
            match step {
                Step::Packet { side, kind, from, bytes } => {
                    let before = relay.stats(side);
                    let verdict = relay.packet(now, side, kind, from, &bytes);
                    let honest = signalled.address(side, kind) == Some(from);
                    let strangers = relay.stats(side).strangers - before.strangers;
                    prop_assert_eq!(strangers, u64::from(!honest));
                    if let Verdict::Forward { out, to }
                    | Verdict::Renumber { out, to, .. }
                    | Verdict::Replace { out, to, .. } = verdict
                    {
                        prop_assert!(honest, "{} is a stranger to {:?}", from, side);
                        let mut both = [side, out];
                        both.sort_by_key(|side| *side as usize);
                        prop_assert_eq!(members(joined), both);
                        prop_assert_eq!(signalled.address(out, kind), Some(to));
                        prop_assert!(!to.ip().is_unspecified() && to.port() != 0);
                    }
                }
                Step::Join(wanted) => {
                    relay.join(now, wanted, [7; 4]);
                    joined = wanted;
                }
                Step::Dismiss => {
                    relay.dismiss(now, [7; 4]);
                    (joined, signalled.0[2]) = (Joined::Without(Side::Third), None);
                }
                Step::Succeed => {
                    relay.succeed(now, [7; 4]);
                    joined = Joined::Without(Side::Third);
                    signalled.0[1] = signalled.0[2].take();
                }
                Step::Remote { side, remote } => {
                    relay.set_remote(now, side, remote);
                    signalled.0[side as usize] = Some(remote);
                }
                Step::Wake => relay.wake(now),
            }
            let mut frame: FramePacket = [0; rtp::HEADER + FRAME];
            while let Some((side, to, length)) = relay.next_mixed(now, &mut frame) {
                prop_assert_eq!(members(joined).len(), 3, "only a conference is mixed");
                prop_assert_eq!(signalled.address(side, PacketKind::Rtp), Some(to));
                prop_assert!(rtp::look(&frame[..length]).is_some());
            }
            for side in Side::PARTIES {
                prop_assert_eq!(relay.remote(side), signalled.of(side), "a target moved");
            }
        }
        let waiting = std::iter::from_fn(|| relay.poll_notice()).count();
        prop_assert!(waiting <= limits::RELAY_NOTICES_MAX);
    }

    /// After `wake` at the deadline, the deadline is later or gone: no shell can spin on it.
    #[test]
    fn waking_at_the_deadline_settles_it(
        steps in proptest::collection::vec((step(), 0..9_000_u64), 1..60),
    ) {
        let mut relay = Relay::new(SessionId(1), Duration::from_secs(20));
        let mut now = Moment::BOOT;
        for (step, later_ms) in steps {
            now = now + Duration::from_millis(later_ms);
            match step {
                Step::Packet { side, kind, from, bytes } => {
                    relay.packet(now, side, kind, from, &bytes);
                }
                Step::Remote { side, remote } => relay.set_remote(now, side, remote),
                Step::Join(joined) => relay.join(now, joined, [7; 4]),
                Step::Dismiss => relay.dismiss(now, [7; 4]),
                Step::Succeed => relay.succeed(now, [7; 4]),
                Step::Wake => {}
            }
            if let Some(due) = relay.deadline() {
                now = now.max(due);
                relay.wake(now);
                prop_assert!(relay.deadline().is_none_or(|next| next > now));
            }
        }
    }

    #[test]
    fn reading_any_bytes_as_sdp_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
        let mut after_a_good_head = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n".to_vec();
        after_a_good_head.extend(&bytes);
        let _ = read(&after_a_good_head);
        let _ = rtcp::look(&bytes);
    }
}
