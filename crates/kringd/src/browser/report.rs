//! RTCP of the phone towards kring (RFC 3550 §6.4). kring and the phone are on one machine and lose nothing between them:
//! what is told is the browser's own hearing, so that kring's account of the call is the browser's line.

use super::leg::Figures;
use kring_media::quality::RtpSeen;
use kring_time::Moment;
use rtcp_types::{
    Compound, Packet, ReceiverReport, ReportBlock, RtcpPacketWriter, RtcpPacketWriterExt,
    SenderReport,
};
use std::time::Duration;

/// Seconds from 1900, as NTP counts, to 1970.
const NTP_1970: u64 = 2_208_988_800;

/// Loss is told in 24 bits.
const LOST_MAX: u64 = 0x7f_ffff;

/// What was sent, for a sender's report.
#[derive(Debug, Default)]
pub(super) struct Sent {
    packets: u32,
    octets: u32,
    last: Option<(u32, Moment)>,
}

/// What came of kring.
#[derive(Debug, Default)]
pub(super) struct Theirs {
    stream: Option<Stream>,
    /// The middle of the NTP time of kring's last report, and when that came.
    report: Option<(u32, Moment)>,
    /// What was told last, packets and lost ones.
    told: (u64, u64),
}

#[derive(Clone, Copy, Debug)]
struct Stream {
    ssrc: u32,
    highest: u16,
    cycles: u32,
}

/// What a report is made of.
pub(super) struct Told<'f> {
    pub(super) ssrc: u32,
    pub(super) now: Moment,
    pub(super) wall_us: i64,
    /// Of the browser, while there is one.
    pub(super) figures: Option<&'f Figures>,
}

impl Sent {
    pub(super) fn note(&mut self, now: Moment, timestamp: u32, octets: usize) {
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(octets as u32);
        self.last = Some((timestamp, now));
    }
}

impl Theirs {
    pub(super) fn heard(&mut self, seen: RtpSeen) {
        match &mut self.stream {
            Some(stream) if stream.ssrc == seen.ssrc => {
                let ahead = seen.sequence.wrapping_sub(stream.highest) as i16;
                if ahead > 0 {
                    if seen.sequence < stream.highest {
                        stream.cycles = stream.cycles.wrapping_add(1 << 16);
                    }
                    stream.highest = seen.sequence;
                }
            }
            _ => {
                self.stream = Some(Stream {
                    ssrc: seen.ssrc,
                    highest: seen.sequence,
                    cycles: 0,
                });
            }
        }
    }

    pub(super) fn reported(&mut self, now: Moment, packet: &[u8]) {
        let Ok(compound) = Compound::parse(packet) else {
            return;
        };
        for part in compound.flatten() {
            if let Packet::Sr(report) = part {
                self.report = Some(((report.ntp_timestamp() >> 16) as u32, now));
            }
        }
    }

    /// What is said of kring's stream.
    fn block(&mut self, now: Moment, figures: &Figures) -> Option<rtcp_types::ReportBlockBuilder> {
        let stream = self.stream?;
        let (packets, lost) = (figures.down_packets, figures.down_lost);
        let expected = packets.saturating_sub(self.told.0);
        let missed = lost.saturating_sub(self.told.1).min(expected);
        self.told = (packets, lost);
        let fraction = (missed * 256).checked_div(expected).unwrap_or(0).min(255);
        let block = ReportBlock::builder(stream.ssrc)
            .fraction_lost(fraction as u8)
            .cumulative_lost(lost.min(LOST_MAX) as u32)
            .extended_sequence_number(stream.cycles | u32::from(stream.highest))
            .interarrival_jitter(figures.down_jitter);
        let Some((middle, at)) = self.report else {
            return Some(block);
        };
        // kring takes what it sent, what we held it for, and the rest is the way: the browser's.
        let way = figures.rtt.unwrap_or(Duration::ZERO);
        let held = now.since(at).saturating_sub(way);
        let held = held.as_micros() as u64 * 65_536 / 1_000_000;
        Some(
            block
                .last_sender_report_timestamp(middle)
                .delay_since_last_sender_report_timestamp(held as u32),
        )
    }
}

/// The report: as a sender once something was sent, as a listener before. None: there is nothing to say.
pub(super) fn write(told: &Told<'_>, sent: &Sent, theirs: &mut Theirs) -> Option<Vec<u8>> {
    let block = told
        .figures
        .and_then(|figures| theirs.block(told.now, figures));
    match sent.last {
        Some((timestamp, at)) => {
            let since = told.now.since(at).as_micros() as u64;
            let timestamp = timestamp.wrapping_add((since * 8 / 1_000) as u32);
            let mut report = SenderReport::builder(told.ssrc)
                .packet_count(sent.packets)
                .octet_count(sent.octets)
                .rtp_timestamp(timestamp)
                .ntp_timestamp(ntp(told.wall_us));
            if let Some(block) = block {
                report = report.add_report_block(block);
            }
            written(&report)
        }
        None => written(&ReceiverReport::builder(told.ssrc).add_report_block(block?)),
    }
}

fn ntp(wall_us: i64) -> u64 {
    let us = wall_us.max(0) as u64;
    let seconds = us / 1_000_000 + NTP_1970;
    let fraction = ((us % 1_000_000) << 32) / 1_000_000;
    seconds << 32 | fraction
}

fn written(packet: &impl RtcpPacketWriter) -> Option<Vec<u8>> {
    let mut bytes = vec![0; packet.calculate_size().ok()?];
    packet.write_into(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// kring reads off the browser's loss and its way there and back.
    #[test]
    fn the_browsers_hearing_is_told() {
        let mut theirs = Theirs::default();
        let seen = |sequence| RtpSeen {
            payload_type: 8,
            sequence,
            timestamp: 0,
            ssrc: 7,
        };
        theirs.heard(seen(65_535));
        theirs.heard(seen(0));
        let at = Moment::BOOT + Duration::from_secs(1);
        let report = SenderReport::builder(7).ntp_timestamp(0x1234_5678_9abc_def0);
        theirs.reported(at, &written(&report).unwrap());
        let figures = Figures {
            down_packets: 250,
            down_lost: 10,
            down_jitter: 16,
            rtt: Some(Duration::from_millis(250)),
            ..Figures::default()
        };
        let told = Told {
            ssrc: 9,
            now: at + Duration::from_millis(1_250),
            wall_us: 0,
            figures: Some(&figures),
        };
        let bytes = write(&told, &Sent::default(), &mut theirs).unwrap();
        let mut compound = Compound::parse(&bytes).unwrap();
        let Packet::Rr(report) = compound.next().unwrap().unwrap() else {
            panic!("a listener's report");
        };
        let block = report.report_blocks().next().unwrap();
        assert_eq!((block.ssrc(), block.cumulative_lost()), (7, 10));
        assert_eq!(block.fraction_lost(), 10, "10 of 250, in 256ths");
        assert_eq!(block.extended_sequence_number(), 65_536);
        assert_eq!(block.last_sender_report_timestamp(), 0x5678_9abc);
        assert_eq!(block.delay_since_last_sender_report_timestamp(), 65_536);
    }
}
