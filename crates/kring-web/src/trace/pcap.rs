//! A call's SIP messages as a capture file that Wireshark opens.
//!
//! Datagrams are what they were. Streams are told anew: one segment a message (or several, for a long
//! one), with sequence numbers that fit; what was encrypted is in the clear and goes by the port of
//! plain SIP, else nobody would show it as SIP.

use super::{Carrier, Trace, TraceMessage};
use etherparse::{IpHeaders, PacketBuilder, PacketBuilderStep, err::packet::BuildWriteError};
use pcap_file::{
    DataLink, Endianness, PcapError, TsResolution,
    pcap::{PcapHeader, PcapPacket, PcapWriter},
};
use rustc_hash::FxHashMap;
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

/// What one packet carries at most: the length field of IP has 16 bits.
const PAYLOAD_MAX: usize = 60_000;

/// Window of the streams that are told anew.
const WINDOW: u16 = 65_535;

/// Port of SIP in the clear (RFC 3261 §19.1.2).
const PLAIN_PORT: u16 = 5_060;

/// Hops that the packets could still take.
const HOPS: u8 = 64;

/// Why a capture could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PcapRefused {
    /// A packet could not be made.
    #[error("a packet cannot be made: {0}")]
    Packet(#[from] BuildWriteError),
    /// The file could not be made.
    #[error("the capture cannot be made: {0}")]
    File(#[from] PcapError),
}

/// The capture file.
pub(crate) fn pcap(trace: &Trace) -> Result<Vec<u8>, PcapRefused> {
    let header = PcapHeader {
        datalink: DataLink::RAW,
        ts_resolution: TsResolution::MicroSecond,
        endianness: Endianness::Little,
        ..PcapHeader::default()
    };
    let mut file = PcapWriter::with_header(Vec::new(), header)?;
    let mut streams = FxHashMap::default();
    let mut packet = Vec::new();
    for message in &trace.messages {
        let at = Duration::from_micros(u64::try_from(message.at.0).unwrap_or(0));
        for part in parts(message) {
            packet.clear();
            write_packet(message, part, &mut streams, &mut packet)?;
            let length = packet.len() as u32;
            file.write_packet(&PcapPacket::new(at, length, &packet))?;
        }
    }
    Ok(file.into_writer())
}

fn parts(message: &TraceMessage) -> impl Iterator<Item = &[u8]> {
    // A datagram that is too long for a packet never came as one; it is cut as a stream would be.
    message.bytes.chunks(PAYLOAD_MAX)
}

/// The next sequence number of each direction.
type Streams = FxHashMap<(SocketAddr, SocketAddr), u32>;

fn write_packet(
    message: &TraceMessage,
    payload: &[u8],
    streams: &mut Streams,
    out: &mut Vec<u8>,
) -> Result<(), BuildWriteError> {
    let (ours, theirs) = addresses(message);
    let (from, to) = if message.sent {
        (ours, theirs)
    } else {
        (theirs, ours)
    };
    let ip = ip(from.ip(), to.ip());
    if message.carrier == Carrier::Udp {
        return ip.udp(from.port(), to.port()).write(out, payload);
    }
    let answered = *streams.entry((to, from)).or_insert(1);
    let next = streams.entry((from, to)).or_insert(1);
    let seq = *next;
    *next = next.wrapping_add(payload.len() as u32);
    ip.tcp(from.port(), to.port(), seq, WINDOW)
        .ack(answered)
        .psh()
        .write(out, payload)
}

/// Ours and theirs, in one family, and by a port under which SIP is looked for.
fn addresses(message: &TraceMessage) -> (SocketAddr, SocketAddr) {
    let (mut ours, mut theirs) = (message.ours, message.theirs);
    if ours.is_ipv4() != theirs.is_ipv4() {
        ours.set_ip(v6(ours.ip()));
        theirs.set_ip(v6(theirs.ip()));
    }
    if matches!(message.carrier, Carrier::Tls | Carrier::Ws | Carrier::Wss) {
        ours.set_port(PLAIN_PORT);
    }
    (ours, theirs)
}

fn v6(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(v4) => IpAddr::V6(v4.to_ipv6_mapped()),
        IpAddr::V6(_) => ip,
    }
}

fn ip(from: IpAddr, to: IpAddr) -> PacketBuilderStep<IpHeaders> {
    match (from, to) {
        (IpAddr::V4(from), IpAddr::V4(to)) => PacketBuilder::ipv4(from.octets(), to.octets(), HOPS),
        (from, to) => PacketBuilder::ipv6(octets(from), octets(to), HOPS),
    }
}

fn octets(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    }
}
