//! RTCP: what a packet of another says, and what kring says itself; and what a phone of the tests sends.
//!
//! Reports are of one line: kring reads those of a side and makes its own for it, and passes none on.

use crate::reports::ReportPacket;
use rtcp_types::{
    Bye, Compound, Packet, ReceiverReport, ReportBlock, ReportBlockBuilder, RtcpPacketWriter,
    RtcpPacketWriterExt, Sdes, SdesChunk, SdesItem, SenderReport,
};

/// What a compound packet says of the sound that its sender hears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RtcpSeen {
    /// Who sent the report, if it had one.
    pub ssrc: Option<u32>,
    /// Lost on the way to the sender of this report since it began, all sources together.
    pub lost: u32,
    /// The worst jitter that it hears, in units of the codec's clock.
    pub jitter: u32,
    /// It says goodbye: silence is to be expected.
    pub goodbye: bool,
    /// When it sent this, by the middle of its own time, if it sends sound (RFC 3550 §6.4.1).
    pub sent_at: Option<u32>,
    /// What it says of the source that was asked for.
    pub block: Option<Block>,
}

/// What a report says of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Packets lost since it began; none when more came than were expected.
    pub lost: u32,
    /// Of the last packets, in 256ths.
    pub fraction: u8,
    /// In units of the codec's clock.
    pub jitter: u32,
    /// The middle of the time of the last sender report that came; 0 for none.
    pub last_report: u32,
    /// How long ago that was, in 65,536ths of a second.
    pub delay: u32,
}

/// Not RTCP: RFC 3550 A.2's tests failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RTCP packet")]
pub struct RtcpRefused;

/// Reads a compound packet. A single packet of any known or unknown type is taken too, since
/// reduced-size RTCP is in use (RFC 5506).
///
/// # Errors
/// [`RtcpRefused`] when the versions or lengths do not fit together.
pub fn look(bytes: &[u8]) -> Result<RtcpSeen, RtcpRefused> {
    look_for(bytes, None)
}

/// The same, and what it says of one source.
///
/// # Errors
/// As [`look`].
pub fn look_for(bytes: &[u8], source: Option<u32>) -> Result<RtcpSeen, RtcpRefused> {
    let compound = Compound::parse(bytes).map_err(|_| RtcpRefused)?;
    // 192 to 223 is what RFC 5761 §4 leaves to RTCP; below is RTP with the marker.
    if !(192..=223).contains(&bytes[1]) {
        return Err(RtcpRefused);
    }
    let mut seen = RtcpSeen::default();
    for packet in compound {
        match packet.map_err(|_| RtcpRefused)? {
            Packet::Sr(report) => {
                seen.ssrc = Some(report.ssrc());
                seen.sent_at = Some((report.ntp_timestamp() >> 16) as u32);
                seen.hear(report.report_blocks(), source);
            }
            Packet::Rr(report) => {
                seen.ssrc = Some(report.ssrc());
                seen.hear(report.report_blocks(), source);
            }
            Packet::Bye(_) => seen.goodbye = true,
            _ => {}
        }
    }
    Ok(seen)
}

impl RtcpSeen {
    fn hear<'a>(&mut self, blocks: impl Iterator<Item = ReportBlock<'a>>, source: Option<u32>) {
        for block in blocks {
            // 24 bits with a sign: duplicates make it less than nothing.
            let lost = block.cumulative_lost();
            let lost = if lost > 0x7f_ffff { 0 } else { lost };
            self.lost = self.lost.saturating_add(lost);
            self.jitter = self.jitter.max(block.interarrival_jitter());
            if source == Some(block.ssrc()) {
                self.block = Some(Block {
                    lost,
                    fraction: block.fraction_lost(),
                    jitter: block.interarrival_jitter(),
                    last_report: block.last_sender_report_timestamp(),
                    delay: block.delay_since_last_sender_report_timestamp(),
                });
            }
        }
    }
}

/// As whom kring reports: a name that tells nothing (RFC 7022 §4.2), and a source where it sends no sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Own {
    ssrc: u32,
    name: [u8; 24],
}

/// What kring says of the stream that it sends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender {
    pub(crate) ssrc: u32,
    /// Now, as RTCP writes it.
    pub(crate) at: u64,
    /// The same on the stream's clock.
    pub(crate) timestamp: u32,
    pub(crate) packets: u32,
    pub(crate) octets: u32,
}

/// What kring says of the stream that it hears.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Received {
    pub(crate) ssrc: u32,
    pub(crate) fraction: u8,
    pub(crate) lost: u32,
    pub(crate) highest: u32,
    pub(crate) jitter: u32,
    pub(crate) last_report: u32,
    pub(crate) delay: u32,
}

impl Own {
    /// By two random numbers.
    pub(crate) fn named(one: u64, other: u64) -> Own {
        let digits = b"0123456789abcdefghjkmnpqrstvwxyz";
        let random = u128::from(one) << 64 | u128::from(other);
        let mut name = [0; 24];
        for (n, letter) in name.iter_mut().enumerate() {
            *letter = digits[(random >> (5 * n)) as usize % digits.len()];
        }
        Own {
            ssrc: (one ^ other) as u32,
            name,
        }
    }

    /// Writes a report; how long it is.
    pub(crate) fn write(
        &self,
        sender: Option<Sender>,
        heard: Option<Received>,
        out: &mut ReportPacket,
    ) -> Option<usize> {
        let ssrc = sender.map_or(self.ssrc, |sender| sender.ssrc);
        let mut length = write_report(out, sender, heard, ssrc)?;
        let name = str::from_utf8(&self.name).ok()?;
        let item = SdesItem::builder(SdesItem::CNAME, name);
        let name = Sdes::builder().add_chunk(SdesChunk::builder(ssrc).add_item(item));
        length += name.write_into(&mut out[length..]).ok()?;
        Some(length)
    }

    /// The same, with a goodbye.
    pub(crate) fn write_goodbye(
        &self,
        sender: Option<Sender>,
        heard: Option<Received>,
        out: &mut ReportPacket,
    ) -> Option<usize> {
        let length = self.write(sender, heard, out)?;
        let ssrc = sender.map_or(self.ssrc, |sender| sender.ssrc);
        let goodbye = Bye::builder().add_source(ssrc);
        Some(length + goodbye.write_into(&mut out[length..]).ok()?)
    }
}

/// The first packet of a report: a sender's or a receiver's.
fn write_report(
    out: &mut ReportPacket,
    sender: Option<Sender>,
    heard: Option<Received>,
    ssrc: u32,
) -> Option<usize> {
    let block = heard.map(Received::block);
    match sender {
        Some(sender) => {
            let report = SenderReport::builder(ssrc)
                .ntp_timestamp(sender.at)
                .rtp_timestamp(sender.timestamp)
                .packet_count(sender.packets)
                .octet_count(sender.octets);
            let report = block.into_iter().fold(report, |r, b| r.add_report_block(b));
            report.write_into(out).ok()
        }
        None => {
            let report = ReceiverReport::builder(ssrc);
            let report = block.into_iter().fold(report, |r, b| r.add_report_block(b));
            report.write_into(out).ok()
        }
    }
}

impl Received {
    fn block(self) -> ReportBlockBuilder {
        ReportBlock::builder(self.ssrc)
            .fraction_lost(self.fraction)
            .cumulative_lost(self.lost)
            .extended_sequence_number(self.highest)
            .interarrival_jitter(self.jitter)
            .last_sender_report_timestamp(self.last_report)
            .delay_since_last_sender_report_timestamp(self.delay)
    }
}

/// A sender report of somebody who sends and has heard nothing to report on.
pub fn sender_report(ssrc: u32, packets: u32, octets: u32, timestamp: u32) -> Vec<u8> {
    let report = SenderReport::builder(ssrc)
        .packet_count(packets)
        .octet_count(octets)
        .rtp_timestamp(timestamp);
    written(&report)
}

/// An empty receiver report: a sign of life.
pub fn receiver_report(ssrc: u32) -> Vec<u8> {
    written(&ReceiverReport::builder(ssrc))
}

fn written(packet: &impl RtcpPacketWriter) -> Vec<u8> {
    let size = packet
        .calculate_size()
        .expect("a report without blocks has a size");
    let mut bytes = vec![0; size];
    packet
        .write_into(&mut bytes)
        .expect("the buffer has the size asked for");
    bytes
}
