//! RTP packets: what the relay must know of one, and what the phones of tests and demo send.

use crate::quality::RtpSeen;
use rtp_rs::RtpReader;

/// Bytes before the payload of a packet that [`write`] makes.
pub const HEADER: usize = 12;

/// Added to the payload type given to [`write`], it marks the packet: the first of a talk spurt.
pub const MARKER: u8 = 0x80;

/// The header's fields that the account of quality needs. `None`: no RTP (RFC 3550 A.1).
///
/// Payload types 64 to 95 are RTCP that came to the wrong port: multiplexing both on one was
/// declined (RFC 5761 §4).
pub fn look(packet: &[u8]) -> Option<RtpSeen> {
    let packet = RtpReader::new(packet).ok()?;
    if (64..=95).contains(&packet.payload_type()) {
        return None;
    }
    Some(RtpSeen {
        payload_type: packet.payload_type(),
        sequence: packet.sequence_number().into(),
        timestamp: packet.timestamp(),
        ssrc: packet.ssrc(),
    })
}

/// The same of a packet that kring itself sends, and so needs no proof.
#[inline]
pub(crate) fn header(packet: &[u8]) -> Option<RtpSeen> {
    let header: &[u8; HEADER] = packet.first_chunk()?;
    let [_, kind, s1, s0, t3, t2, t1, t0, i3, i2, i1, i0] = *header;
    Some(RtpSeen {
        payload_type: kind & !MARKER,
        sequence: u16::from_be_bytes([s1, s0]),
        timestamp: u32::from_be_bytes([t3, t2, t1, t0]),
        ssrc: u32::from_be_bytes([i3, i2, i1, i0]),
    })
}

/// What the packet carries, without padding. `None`: no RTP.
pub fn payload(packet: &[u8]) -> Option<&[u8]> {
    let packet = RtpReader::new(packet).ok()?;
    Some(packet.payload())
}

/// Makes `out` this packet. `ssrc` must stay the same in one stream; `payload_type` may have
/// [`MARKER`] added.
pub fn write(
    out: &mut Vec<u8>,
    payload_type: u8,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    payload: &[u8],
) {
    out.clear();
    out.extend([0x80, payload_type]);
    out.extend(sequence.to_be_bytes());
    out.extend(timestamp.to_be_bytes());
    out.extend(ssrc.to_be_bytes());
    out.extend(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut packet = vec![1, 2, 3];
        write(&mut packet, 8 | MARKER, 65_535, 160, 0xcafe, &[0xd5; 160]);
        let seen = RtpSeen {
            payload_type: 8,
            sequence: 65_535,
            timestamp: 160,
            ssrc: 0xcafe,
        };
        assert_eq!(look(&packet), Some(seen));
        assert_eq!(header(&packet), Some(seen));
        assert_eq!(header(&packet[..11]), None);
        assert_eq!(payload(&packet), Some(&[0xd5; 160][..]));
        assert_eq!(packet.len(), HEADER + 160);
    }

    #[test]
    fn what_is_no_rtp_is_not_read() {
        let stun = [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0];
        assert_eq!((look(&stun), payload(&stun), look(&[])), (None, None, None));
    }
}
