//! A trace as it lies in the database: a line of JSON about the whole, then for each message a line
//! of JSON and its bytes, all under gzip. `zcat` reads it.
//!
//! It is a stored format: members are never renamed, new ones have a default.

use super::{Carrier, Trace, TraceMessage, TraceParty};
use bytes::Bytes;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use kring_journal::WallTime;
use serde::{Deserialize, Serialize};
use std::{
    io::{self, Read, Write},
    net::SocketAddr,
};

/// Bytes that a trace may unpack to: several times what memory keeps of a call.
const UNPACKED_BYTES_MAX: u64 = 8 << 20;

/// Why stored bytes are no trace.
#[derive(Debug, thiserror::Error)]
pub enum PackedRefused {
    /// The compression is broken, or the bytes end too early.
    #[error("the trace cannot be unpacked: {0}")]
    Broken(#[from] io::Error),
    /// A line says what no version of kring writes.
    #[error("the trace has a line that cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// It is larger than any that kring writes.
    #[error("the trace ends in the middle of a message, or is too large")]
    Cut,
}

#[derive(Serialize, Deserialize)]
struct Head {
    parties: Vec<TraceParty>,
    #[serde(default)]
    left_out: u64,
    #[serde(default)]
    gap_after: usize,
}

#[derive(Serialize, Deserialize)]
struct Line {
    at: WallTime,
    sent: bool,
    carrier: Carrier,
    ours: SocketAddr,
    theirs: SocketAddr,
    party: usize,
    label: String,
    cseq: String,
    #[serde(default)]
    sdp: bool,
    bytes: usize,
}

impl Trace {
    /// The trace, packed for the store.
    pub fn pack(&self) -> Vec<u8> {
        let mut out = GzEncoder::new(Vec::new(), Compression::fast());
        self.write(&mut out).expect("a Vec takes everything");
        out.finish().expect("a Vec takes everything")
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let head = Head {
            parties: self.parties.clone(),
            left_out: self.left_out,
            gap_after: self.gap_after,
        };
        serde_json::to_writer(&mut *out, &head)?;
        for message in &self.messages {
            let line = Line {
                at: message.at,
                sent: message.sent,
                carrier: message.carrier,
                ours: message.ours,
                theirs: message.theirs,
                party: message.party,
                label: message.label.clone(),
                cseq: message.cseq.clone(),
                sdp: message.sdp,
                bytes: message.bytes.len(),
            };
            out.write_all(b"\n")?;
            serde_json::to_writer(&mut *out, &line)?;
            out.write_all(b"\n")?;
            out.write_all(&message.bytes)?;
        }
        out.write_all(b"\n")
    }

    /// Reads what [`Trace::pack`] has written.
    pub fn unpack(packed: &[u8]) -> Result<Trace, PackedRefused> {
        let mut whole = Vec::new();
        GzDecoder::new(packed)
            .take(UNPACKED_BYTES_MAX)
            .read_to_end(&mut whole)?;
        let mut rest = Bytes::from(whole);
        let Head {
            parties,
            left_out,
            gap_after,
        } = serde_json::from_slice(&line(&mut rest)?)?;
        let mut messages = Vec::new();
        while !rest.is_empty() {
            let said: Line = serde_json::from_slice(&line(&mut rest)?)?;
            if rest.len() <= said.bytes {
                return Err(PackedRefused::Cut);
            }
            let bytes = rest.split_to(said.bytes);
            // The line end that follows the message.
            let _ = rest.split_to(1);
            messages.push(TraceMessage {
                at: said.at,
                sent: said.sent,
                carrier: said.carrier,
                ours: said.ours,
                theirs: said.theirs,
                party: said.party,
                label: said.label,
                cseq: said.cseq,
                sdp: said.sdp,
                bytes,
            });
        }
        Ok(Trace {
            parties,
            messages,
            left_out,
            gap_after,
        })
    }
}

fn line(rest: &mut Bytes) -> Result<Bytes, PackedRefused> {
    let end = rest.iter().position(|byte| *byte == b'\n');
    let line = rest.split_to(end.ok_or(PackedRefused::Cut)?);
    let _ = rest.split_to(1);
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Side;

    fn trace() -> Trace {
        let message = |label: &str, bytes: &'static [u8]| TraceMessage {
            at: WallTime(1_795_421_520_000_123),
            sent: label.len() > 6,
            carrier: Carrier::Udp,
            ours: "192.0.2.20:5060".parse().unwrap(),
            theirs: "[2001:db8::10]:5060".parse().unwrap(),
            party: 0,
            label: label.into(),
            cseq: "1 INVITE".into(),
            sdp: true,
            bytes: Bytes::from_static(bytes),
        };
        Trace {
            parties: vec![TraceParty {
                side: Side::Caller,
                name: "pbx".into(),
                call_id: "a84b4c".into(),
            }],
            messages: vec![
                message(
                    "INVITE",
                    b"INVITE sip:1203@kring SIP/2.0\r\nFrom: \xca\xc1\xaa\xd2\xc2\n\n",
                ),
                message("180 Ringing", b""),
            ],
            left_out: 4,
            gap_after: 1,
        }
    }

    #[test]
    fn a_trace_comes_back_byte_for_byte() {
        let trace = trace();
        let packed = trace.pack();
        assert_eq!(Trace::unpack(&packed).unwrap(), trace);
        let empty = Trace::default();
        assert_eq!(Trace::unpack(&empty.pack()).unwrap(), empty);
    }

    #[test]
    fn broken_bytes_are_refused() {
        let packed = trace().pack();
        assert!(Trace::unpack(&packed[..packed.len() / 2]).is_err());
        assert!(Trace::unpack(b"no gzip").is_err());
        let mut lies = GzEncoder::new(Vec::new(), Compression::fast());
        lies.write_all(b"{\"parties\":[]}\n{\"at\":1,\"sent\":true,\"carrier\":\"udp\",\"ours\":\"1.2.3.4:1\",\
            \"theirs\":\"1.2.3.4:1\",\"party\":0,\"label\":\"\",\"cseq\":\"\",\"bytes\":99}\nshort").unwrap();
        let lies = lies.finish().unwrap();
        assert!(matches!(Trace::unpack(&lies), Err(PackedRefused::Cut)));
    }
}
