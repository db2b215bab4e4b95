//! RTCP as the relay sees it: passed on whole, or no RTCP at all; and what a phone of the tests
//! sends.

use rtcp_types::{
    Compound, Packet, ReceiverReport, ReportBlock, RtcpPacketWriter, RtcpPacketWriterExt,
    SenderReport,
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
                seen.hear(report.report_blocks());
            }
            Packet::Rr(report) => {
                seen.ssrc = Some(report.ssrc());
                seen.hear(report.report_blocks());
            }
            Packet::Bye(_) => seen.goodbye = true,
            _ => {}
        }
    }
    Ok(seen)
}

impl RtcpSeen {
    fn hear<'a>(&mut self, blocks: impl Iterator<Item = ReportBlock<'a>>) {
        for block in blocks {
            self.lost = self.lost.saturating_add(block.cumulative_lost());
            self.jitter = self.jitter.max(block.interarrival_jitter());
        }
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
