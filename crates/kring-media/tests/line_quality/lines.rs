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
pub(crate) type Way = fn(u64) -> Option<Duration>;

pub(crate) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub(crate) fn clear(_: u64) -> Option<Duration> {
    Some(ms(0))
}

/// 30 ms, always.
pub(crate) fn far(_: u64) -> Option<Duration> {
    Some(ms(30))
}

/// Every 25th packet is lost: 4 %.
pub(crate) fn lossy(n: u64) -> Option<Duration> {
    (n % 25 != 24).then_some(ms(0))
}

/// Every 50th is lost and all take 30 ms.
pub(crate) fn far_and_lossy(n: u64) -> Option<Duration> {
    (n % 50 != 49).then_some(ms(30))
}

/// 12 % lost in the first half minute, nothing later.
pub(crate) fn lossy_at_first(n: u64) -> Option<Duration> {
    (!(1..4).contains(&(n % 25)) || n > 1_500).then_some(ms(0))
}

/// Every second packet takes 8 ms longer: the mean difference of transit times is 8 ms.
pub(crate) fn unsteady(n: u64) -> Option<Duration> {
    Some(ms(20 + 8 * (n % 2)))
}

#[derive(Clone, Copy)]
pub(crate) struct Lines {
    /// From the phone to the relay, caller first.
    pub(crate) to: [Way; 2],
    /// From the relay to the phone.
    pub(crate) from: [Way; 2],
}

pub(crate) const CLEAR: Lines = Lines {
    to: [clear; 2],
    from: [clear; 2],
};

/// What a phone heard, and what it was told.
#[derive(Default)]
pub(crate) struct Phone {
    pub(crate) sent: u64,
    pub(crate) source: u32,
    /// Sequence numbers of the stream that it gets, and its source.
    pub(crate) first: Option<u16>,
    pub(crate) highest: u16,
    pub(crate) came: u64,
    pub(crate) heard: u32,
    pub(crate) jitter: f64,
    pub(crate) transit: Option<f64>,
    /// The middle of kring's last sender report, and when that came.
    pub(crate) report: Option<(u32, Moment)>,
    pub(crate) told: Vec<Told>,
    pub(crate) names: Vec<String>,
    pub(crate) goodbyes: u32,
}

/// What kring told it.
pub(crate) struct Told {
    pub(crate) lost: u32,
    pub(crate) jitter: u32,
    pub(crate) round_trip: Option<Duration>,
    pub(crate) sender: Option<(u32, u32, u32)>,
}

impl Phone {
    pub(crate) fn hear(&mut self, now: Moment, packet: &[u8]) {
        let seen = rtp::look(packet).expect("kring sends RTP");
        self.first.get_or_insert(seen.sequence);
        (self.highest, self.heard) = (seen.sequence, seen.ssrc);
        self.came += 1;
        let transit = now.as_micros() as f64 / 125.0 - f64::from(seen.timestamp);
        if let Some(before) = self.transit.replace(transit) {
            self.jitter += ((transit - before).abs() - self.jitter) / 16.0;
        }
    }

    pub(crate) fn lost(&self) -> u32 {
        let Some(first) = self.first else { return 0 };
        u32::from(self.highest - first) + 1 - self.came as u32
    }

    /// Its own report on what it hears.
    pub(crate) fn report(&self, now: Moment) -> Vec<u8> {
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

    pub(crate) fn be_told(&mut self, now: Moment, bytes: &[u8]) {
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
pub(crate) fn ntp(now: Moment) -> u64 {
    (u128::from(now.as_micros() + 77_000_000) * (1 << 32) / 1_000_000) as u64
}

pub(crate) fn home(side: Side, kind: PacketKind) -> SocketAddr {
    let port = 4_000 + 10 * side as u16 + u16::from(kind == PacketKind::Rtcp);
    SocketAddr::new("192.0.2.9".parse().unwrap(), port)
}

/// What is under way: when it comes, where to, and what.
pub(crate) type Travelling = Reverse<(Moment, u64, Arrival)>;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrival {
    pub(crate) at_relay: bool,
    pub(crate) side: usize,
    pub(crate) is_report: bool,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) struct Call {
    pub(crate) relay: Relay,
    pub(crate) phones: [Phone; 2],
    pub(crate) lines: Lines,
    pub(crate) under_way: BinaryHeap<Travelling>,
    pub(crate) order: u64,
    pub(crate) down: [u64; 2],
    pub(crate) notices: Vec<(Moment, MediaNotice)>,
}

impl Call {
    pub(crate) fn on(lines: Lines) -> Call {
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

    pub(crate) fn put(&mut self, at: Moment, arrival: Arrival) {
        self.order += 1;
        self.under_way.push(Reverse((at, self.order, arrival)));
    }

    /// Both speak for so long; what is under way then still arrives.
    pub(crate) fn talks(&mut self, seconds: u64) {
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

    pub(crate) fn speaks(&mut self, now: Moment, side: usize) {
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

    pub(crate) fn reports(&mut self, now: Moment, side: usize) {
        let takes = (self.lines.to[side])(0).unwrap();
        let arrival = Arrival {
            at_relay: true,
            side,
            is_report: true,
            bytes: self.phones[side].report(now),
        };
        self.put(now + takes, arrival);
    }

    pub(crate) fn sweep(&mut self, now: Moment) {
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

    pub(crate) fn arrives(&mut self, now: Moment, arrival: Arrival) {
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

    pub(crate) fn stats(&self, side: Side) -> SideStats {
        self.relay.stats(side)
    }

    pub(crate) fn classes(&self, side: Side) -> Vec<SoundClass> {
        let of_side = |(_, notice): &(Moment, MediaNotice)| match notice {
            MediaNotice::Quality { side: of, line, .. } if *of == side => Some(line.class),
            _ => None,
        };
        self.notices.iter().filter_map(of_side).collect()
    }
}
