//! Two phones on lines of which loss, jitter and delay are known: what the relay makes of them, what it tells the
//! phones by RTCP, and what it is told. The phones keep their own account, by RFC 3550 and not by the relay's code.

use kring_media::{
    MediaNotice, PacketKind, Relay, Remote, SessionId, Side, SideStats, SoundClass, Verdict,
    limits::REPORT_MAX, rtp,
};
use kring_time::Moment;
use rtcp_types::{
    Compound, Packet, ReportBlock, RtcpPacketWriterExt, Sdes, SdesChunk, SdesItem, SenderReport,
};
use std::{cmp::Reverse, collections::BinaryHeap, net::SocketAddr, time::Duration};

/// How one way of a line treats the packet `n`: none when it loses it, else how long it takes.
type Way = fn(u64) -> Option<Duration>;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn clear(_: u64) -> Option<Duration> {
    Some(ms(0))
}

/// 30 ms, always.
fn far(_: u64) -> Option<Duration> {
    Some(ms(30))
}

/// Every 25th packet is lost: 4 %.
fn lossy(n: u64) -> Option<Duration> {
    (n % 25 != 24).then_some(ms(0))
}

/// Every 50th is lost and all take 30 ms.
fn far_and_lossy(n: u64) -> Option<Duration> {
    (n % 50 != 49).then_some(ms(30))
}

/// 12 % lost in the first half minute, nothing later.
fn lossy_at_first(n: u64) -> Option<Duration> {
    (!(1..4).contains(&(n % 25)) || n > 1_500).then_some(ms(0))
}

/// Every second packet takes 8 ms longer: the mean difference of transit times is 8 ms.
fn unsteady(n: u64) -> Option<Duration> {
    Some(ms(20 + 8 * (n % 2)))
}

#[derive(Clone, Copy)]
struct Lines {
    /// From the phone to the relay, caller first.
    to: [Way; 2],
    /// From the relay to the phone.
    from: [Way; 2],
}

const CLEAR: Lines = Lines {
    to: [clear; 2],
    from: [clear; 2],
};

/// What a phone heard, and what it was told.
#[derive(Default)]
struct Phone {
    sent: u64,
    source: u32,
    /// Sequence numbers of the stream that it gets, and its source.
    first: Option<u16>,
    highest: u16,
    came: u64,
    heard: u32,
    jitter: f64,
    transit: Option<f64>,
    /// The middle of kring's last sender report, and when that came.
    report: Option<(u32, Moment)>,
    told: Vec<Told>,
    names: Vec<String>,
    goodbyes: u32,
}

/// What kring told it.
struct Told {
    lost: u32,
    jitter: u32,
    round_trip: Option<Duration>,
    sender: Option<(u32, u32, u32)>,
}

impl Phone {
    fn hear(&mut self, now: Moment, packet: &[u8]) {
        let seen = rtp::look(packet).expect("kring sends RTP");
        self.first.get_or_insert(seen.sequence);
        (self.highest, self.heard) = (seen.sequence, seen.ssrc);
        self.came += 1;
        let transit = now.as_micros() as f64 / 125.0 - f64::from(seen.timestamp);
        if let Some(before) = self.transit.replace(transit) {
            self.jitter += ((transit - before).abs() - self.jitter) / 16.0;
        }
    }

    fn lost(&self) -> u32 {
        let Some(first) = self.first else { return 0 };
        u32::from(self.highest - first) + 1 - self.came as u32
    }

    /// Its own report on what it hears.
    fn report(&self, now: Moment) -> Vec<u8> {
        let (middle, delay) = self.report.map_or((0, 0), |(middle, at)| {
            (
                middle,
                (now.since(at).as_micros() * 65_536 / 1_000_000) as u32,
            )
        });
        let block = ReportBlock::builder(self.heard)
            .cumulative_lost(self.lost())
            .extended_sequence_number(u32::from(self.highest))
            .interarrival_jitter(self.jitter as u32)
            .last_sender_report_timestamp(middle)
            .delay_since_last_sender_report_timestamp(delay);
        let report = SenderReport::builder(self.source)
            .ntp_timestamp(ntp(now))
            .packet_count(self.sent as u32)
            .add_report_block(block);
        let mut bytes = [0; 256];
        let length = report.write_into(&mut bytes).unwrap();
        let name = SdesItem::builder(SdesItem::CNAME, "phone");
        let name = Sdes::builder().add_chunk(SdesChunk::builder(self.source).add_item(name));
        let length = length + name.write_into(&mut bytes[length..]).unwrap();
        bytes[..length].to_vec()
    }

    fn be_told(&mut self, now: Moment, bytes: &[u8]) {
        let packets: Vec<_> = Compound::parse(bytes)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let mut told = Told {
            lost: 0,
            jitter: 0,
            round_trip: None,
            sender: None,
        };
        let block = match &packets[0] {
            Packet::Sr(report) => {
                self.report = Some(((report.ntp_timestamp() >> 16) as u32, now));
                told.sender = Some((report.ssrc(), report.packet_count(), report.rtp_timestamp()));
                report.report_blocks().next()
            }
            Packet::Rr(report) => report.report_blocks().next(),
            other => panic!("a compound begins with a report, not {other:?}"),
        };
        if let Some(block) = block {
            assert_eq!(block.ssrc(), self.source, "of what this phone sends");
            told.lost = block.cumulative_lost();
            told.jitter = block.interarrival_jitter();
            let middle = block.last_sender_report_timestamp();
            told.round_trip = (middle != 0).then(|| {
                let now = (ntp(now) >> 16) as u32;
                let delay = block.delay_since_last_sender_report_timestamp();
                let units = now.wrapping_sub(middle).wrapping_sub(delay);
                Duration::from_micros(u64::from(units) * 1_000_000 / 65_536)
            });
        }
        let Packet::Sdes(names) = &packets[1] else {
            panic!("every report has its name (RFC 3550 6.1)");
        };
        let chunk = names.chunks().next().unwrap();
        let name = chunk.items().next().unwrap().get_value_string().unwrap();
        self.names.push(name);
        self.goodbyes += u32::from(matches!(packets.get(2), Some(Packet::Bye(_))));
        self.told.push(told);
    }
}

/// The phones' clocks are another than kring's.
fn ntp(now: Moment) -> u64 {
    (u128::from(now.as_micros() + 77_000_000) * (1 << 32) / 1_000_000) as u64
}

fn home(side: Side, kind: PacketKind) -> SocketAddr {
    let port = 4_000 + 10 * side as u16 + u16::from(kind == PacketKind::Rtcp);
    SocketAddr::new("192.0.2.9".parse().unwrap(), port)
}

/// What is under way: when it comes, where to, and what.
type Travelling = Reverse<(Moment, u64, Arrival)>;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Arrival {
    at_relay: bool,
    side: usize,
    is_report: bool,
    bytes: Vec<u8>,
}

struct Call {
    relay: Relay,
    phones: [Phone; 2],
    lines: Lines,
    under_way: BinaryHeap<Travelling>,
    order: u64,
    down: [u64; 2],
    notices: Vec<(Moment, MediaNotice)>,
}

impl Call {
    fn on(lines: Lines) -> Call {
        let mut relay = Relay::new(SessionId(1), Duration::from_secs(20));
        relay.report(0x1234_5678_9abc_def0);
        for side in Side::BOTH {
            let remote = Remote {
                rtp: home(side, PacketKind::Rtp),
                rtcp: home(side, PacketKind::Rtcp),
                sends: true,
                receives: true,
            };
            relay.set_remote(Moment::BOOT, side, remote);
        }
        let phone = |source| Phone {
            source,
            ..Phone::default()
        };
        Call {
            relay,
            phones: [phone(0xca11), phone(0xa9e7)],
            lines,
            under_way: BinaryHeap::new(),
            order: 0,
            down: [0; 2],
            notices: Vec::new(),
        }
    }

    fn put(&mut self, at: Moment, arrival: Arrival) {
        self.order += 1;
        self.under_way.push(Reverse((at, self.order, arrival)));
    }

    /// Both speak for so long; what is under way then still arrives.
    fn talks(&mut self, seconds: u64) {
        for tick in 0..seconds * 1_000 + 100 {
            let now = Moment::from_millis(1_000 + tick);
            while self.under_way.peek().is_some_and(|next| next.0.0 <= now) {
                let Some(Reverse((at, _, arrival))) = self.under_way.pop() else {
                    break;
                };
                self.arrives(at, arrival);
            }
            if tick < seconds * 1_000 && tick % 20 == 0 {
                (0..2).for_each(|side| self.speaks(now, side));
            }
            if tick % 5_000 == 4_000 {
                (0..2).for_each(|side| self.reports(now, side));
            }
            if tick % 100 == 0 {
                self.sweep(now);
            }
        }
    }

    fn speaks(&mut self, now: Moment, side: usize) {
        let phone = &mut self.phones[side];
        let n = phone.sent;
        phone.sent += 1;
        let mut bytes = Vec::new();
        let (sequence, timestamp) = (100 + n as u16, 160 * n as u32);
        rtp::write(
            &mut bytes,
            8,
            sequence,
            timestamp,
            phone.source,
            &[0xd5; 160],
        );
        if let Some(takes) = (self.lines.to[side])(n) {
            let arrival = Arrival {
                at_relay: true,
                side,
                is_report: false,
                bytes,
            };
            self.put(now + takes, arrival);
        }
    }

    fn reports(&mut self, now: Moment, side: usize) {
        let takes = (self.lines.to[side])(0).unwrap();
        let arrival = Arrival {
            at_relay: true,
            side,
            is_report: true,
            bytes: self.phones[side].report(now),
        };
        self.put(now + takes, arrival);
    }

    fn sweep(&mut self, now: Moment) {
        self.relay.wake(now);
        let mut packet = [0; REPORT_MAX];
        while let Some((side, length, to)) = self.relay.next_report(now, &mut packet) {
            assert_eq!(to, home(side, PacketKind::Rtcp));
            let takes = (self.lines.from[side as usize])(0).unwrap();
            let arrival = Arrival {
                at_relay: false,
                side: side as usize,
                is_report: true,
                bytes: packet[..length].to_vec(),
            };
            self.put(now + takes, arrival);
        }
        while let Some(notice) = self.relay.poll_notice() {
            self.notices.push((now, notice));
        }
    }

    fn arrives(&mut self, now: Moment, arrival: Arrival) {
        let Arrival {
            at_relay,
            side,
            is_report,
            bytes,
        } = arrival;
        let (side, n) = (Side::BOTH[side], side);
        match (at_relay, is_report) {
            (true, true) => {
                let from = home(side, PacketKind::Rtcp);
                let verdict = self.relay.packet(now, side, PacketKind::Rtcp, from, &bytes);
                assert!(matches!(verdict, Verdict::Drop(_)), "no report passes");
            }
            (true, false) => {
                let from = home(side, PacketKind::Rtp);
                let verdict = self.relay.packet(now, side, PacketKind::Rtp, from, &bytes);
                let Verdict::Forward { out, .. } = verdict else {
                    panic!("{verdict:?}");
                };
                self.relay.sent(now, out, &bytes);
                let other = out as usize;
                let passed = self.down[other];
                self.down[other] += 1;
                if let Some(takes) = (self.lines.from[other])(passed) {
                    let arrival = Arrival {
                        at_relay: false,
                        side: other,
                        is_report: false,
                        bytes,
                    };
                    self.put(now + takes, arrival);
                }
            }
            (false, true) => self.phones[n].be_told(now, &bytes),
            (false, false) => self.phones[n].hear(now, &bytes),
        }
    }

    fn stats(&self, side: Side) -> SideStats {
        self.relay.stats(side)
    }

    fn classes(&self, side: Side) -> Vec<SoundClass> {
        let of_side = |(_, notice): &(Moment, MediaNotice)| match notice {
            MediaNotice::Quality { side: of, line, .. } if *of == side => Some(line.class),
            _ => None,
        };
        self.notices.iter().filter_map(of_side).collect()
    }
}

/// The score of a way in hundredths, of kring's and of an E-model written down elsewhere.
fn near(found: Option<kring_media::Mos>, expected: u16) {
    let found = found.expect("a score").hundredths();
    assert!(found.abs_diff(expected) <= 1, "{found}, not {expected}");
}

#[test]
fn a_clear_line_is_worth_4_39_both_ways_and_nothing_is_told_of_it() {
    let mut call = Call::on(CLEAR);
    call.talks(60);
    for side in Side::BOTH {
        let stats = call.stats(side);
        assert_eq!((stats.packets, stats.sent), (3_000, 3_000));
        assert_eq!((stats.lost, stats.jitter_us), (0, 0));
        // R 92.0: a packet of 20 ms and as much patience of the telephone.
        near(stats.mos, 439);
        let told = stats.told.expect("it reported");
        assert_eq!((told.lost, told.jitter_us), (0, 0));
        near(Some(told.mos), 439);
        assert!(stats.round_trip_us.unwrap() < 100, "{stats:?}");
        assert_eq!(call.classes(side), []);
    }
    for phone in &call.phones {
        // About one every five seconds, between a half and one and a half times that.
        assert!((8..=18).contains(&phone.told.len()), "{}", phone.told.len());
        assert!(phone.names.iter().all(|name| *name == phone.names[0]));
        assert_eq!(phone.names[0].len(), 24);
    }
    assert_ne!(call.phones[0].names[0], call.phones[1].names[0]);
}

/// What is lost between the caller and kring is the caller's line, and none of the agent's, whose phone misses those
/// packets as well.
#[test]
fn loss_is_told_of_the_line_on_which_it_was() {
    let mut call = Call::on(Lines {
        to: [lossy, clear],
        ..CLEAR
    });
    call.talks(60);
    let (caller, agent) = (call.stats(Side::Caller), call.stats(Side::Agent));
    assert_eq!(
        (caller.packets, caller.lost),
        (2_880, 119),
        "the last was behind all"
    );
    near(caller.mos, 398);
    assert_eq!(call.phones[1].lost(), 119, "what the agent's phone misses");
    let told = agent.told.unwrap();
    assert_eq!(told.lost, 0, "nothing of that on the agent's own line");
    near(Some(told.mos), 439);
    assert_eq!((agent.lost, caller.told.unwrap().lost), (0, 0));
    // The caller's phone hears of it.
    let told = call.phones[0].told.last().unwrap();
    assert!((100..=119).contains(&told.lost), "{}", told.lost);
    assert_eq!(call.classes(Side::Caller), [SoundClass::Fair]);
    assert_eq!(call.classes(Side::Agent), []);
}

#[test]
fn what_the_phone_does_not_get_is_told_by_it() {
    let mut call = Call::on(Lines {
        from: [clear, far_and_lossy],
        to: [clear, far],
    });
    call.talks(60);
    let (caller, agent) = (call.stats(Side::Caller), call.stats(Side::Agent));
    let told = agent.told.unwrap();
    // Its last report was one second before the end.
    assert_eq!((told.lost, call.phones[1].lost()), (58, 59));
    // 2 % lost and 30 ms away: R 84.3.
    near(Some(told.mos), 417);
    assert_eq!((agent.lost, caller.lost), (0, 0));
    let trip = agent.round_trip_us.unwrap();
    assert!((59_900..=60_200).contains(&trip), "{trip}");
    assert!(caller.round_trip_us.unwrap() < 100);
    // kring's reports let the phone reckon the same.
    let theirs = call.phones[1].told.last().unwrap().round_trip.unwrap();
    assert!(
        theirs.abs_diff(ms(60)) <= Duration::from_micros(100),
        "{theirs:?}"
    );
}

#[test]
fn an_unsteady_line_is_told_at_both_ends() {
    let mut call = Call::on(Lines {
        to: [unsteady, clear],
        from: [clear, clear],
    });
    call.talks(60);
    let caller = call.stats(Side::Caller);
    assert!((7_400..=8_100).contains(&caller.jitter_us), "{caller:?}");
    let told = call.phones[0].told.last().unwrap();
    assert!((59..=65).contains(&told.jitter), "{} units", told.jitter);
    // It passes through kring, and the agent's phone says so.
    let told = call.stats(Side::Agent).told.unwrap();
    assert!((7_000..=8_100).contains(&told.jitter_us), "{told:?}");
    assert_eq!((caller.lost, told.lost), (0, 0));
}

/// A line that gets better is told so after two looks that say it, and not before.
#[test]
fn a_line_that_was_poor_and_got_well_is_told_twice() {
    let mut call = Call::on(Lines {
        to: [lossy_at_first, clear],
        ..CLEAR
    });
    call.talks(60);
    let of_caller = call.notices.iter().filter_map(|(at, notice)| match notice {
        MediaNotice::Quality { side, line, .. } => Some((at.as_micros() / 1_000_000, *side, *line)),
        _ => None,
    });
    let told: Vec<_> = of_caller.collect();
    let classes: Vec<_> = told.iter().map(|(at, _, line)| (*at, line.class)).collect();
    assert_eq!(classes, [(11, SoundClass::Poor), (51, SoundClass::Good)]);
    assert_eq!(told[0].1, Side::Caller);
    let from = told[0].2.from.unwrap();
    assert!((118..=122).contains(&from.lost_permille), "{from:?}");
    assert!(told[0].2.to.is_some_and(|to| to.lost_permille == 0));
}

/// Sender reports say how much was sent, and at what time of the stream.
#[test]
fn a_sender_report_matches_the_stream() {
    let mut call = Call::on(CLEAR);
    call.talks(30);
    for (phone, other) in [(0, 1), (1, 0)] {
        let source = call.phones[other].source;
        let phone = &call.phones[phone];
        let senders: Vec<_> = phone.told.iter().filter_map(|told| told.sender).collect();
        assert!(senders.len() >= 3);
        for (ssrc, packets, timestamp) in senders {
            assert_eq!(ssrc, source, "the source of the stream that it describes");
            let ahead = i64::from(timestamp) - 160 * i64::from(packets - 1);
            assert!(
                (0..=160).contains(&ahead),
                "{timestamp} after {packets} packets"
            );
        }
    }
}

#[test]
fn who_leaves_gets_a_goodbye_and_after_it_nothing() {
    let mut call = Call::on(CLEAR);
    call.talks(20);
    let now = Moment::from_millis(22_000);
    let mut packet = [0; REPORT_MAX];
    let (length, to) = call.relay.goodbye(now, Side::Caller, &mut packet).unwrap();
    assert_eq!(to, home(Side::Caller, PacketKind::Rtcp));
    call.phones[0].be_told(now, &packet[..length]);
    assert_eq!(call.phones[0].goodbyes, 1);
    assert_eq!(call.relay.goodbye(now, Side::Caller, &mut packet), None);
}

/// A report on somebody else's stream, or one that answers none of kring's, is not believed.
#[test]
fn a_mistaken_report_changes_nothing() {
    let mut call = Call::on(CLEAR);
    call.talks(10);
    let before = call.stats(Side::Agent);
    for (of, middle) in [(0xdead_beef, 0), (0xca11, 0x7000_0000)] {
        let block = ReportBlock::builder(of)
            .cumulative_lost(if of == 0xca11 { 0 } else { 900 })
            .last_sender_report_timestamp(middle);
        let report = SenderReport::builder(0xa9e7).add_report_block(block);
        let mut bytes = [0; 64];
        let length = report.write_into(&mut bytes).unwrap();
        let from = home(Side::Agent, PacketKind::Rtcp);
        let now = Moment::from_millis(11_500);
        let bytes = &bytes[..length];
        (call.relay).packet(now, Side::Agent, PacketKind::Rtcp, from, bytes);
    }
    let after = call.stats(Side::Agent);
    assert_eq!(after.round_trip_us, before.round_trip_us);
    assert_eq!(after.told.unwrap().lost, 0);
}
