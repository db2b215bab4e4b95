//! What goes to the other end. No key stream is used twice (RFC 3711 §9.1): a number that was sent is not sent again,
//! and a source that begins anew under its name goes on under another one.

use super::{
    SrtpRefused,
    cipher::{Cipher, Purpose},
    header_of,
    keys::{MasterKey, Suite},
    window::{Sources, WINDOW, Window},
    word,
};
use crate::verdict::PacketKind;

/// SRTCP has 31 bits for its index (RFC 3711 §9.2).
const REPORTS_MAX: u32 = 1 << 31;

/// The last index of RTP, of 48 bits.
const SOUNDS_MAX: u64 = (1 << 48) - 1;

/// A step forward by more is a new beginning: five minutes of loss the other end would not follow either.
const LEAP_MAX: u64 = 1 << 14;

#[derive(Debug)]
pub(super) struct Outgoing {
    rtp: Cipher,
    rtcp: Cipher,
    streams: Sources<Stream>,
    /// How many names were changed.
    renamed: u32,
    /// A source was forgotten: its name may not be used again under this key.
    forgot: bool,
    next_report: u32,
}

/// One source, under the name by which the other end knows it.
#[derive(Clone, Copy, Debug)]
struct Stream {
    name: u32,
    sent: Window,
}

impl Outgoing {
    pub(super) fn new(suite: Suite, ours: &MasterKey) -> Outgoing {
        Outgoing::of(
            Cipher::new(suite, ours, Purpose::Rtp),
            Cipher::new(suite, ours, Purpose::Rtcp),
        )
    }

    pub(super) fn of(rtp: Cipher, rtcp: Cipher) -> Outgoing {
        Outgoing {
            rtp,
            rtcp,
            streams: Sources::new(),
            renamed: 0,
            forgot: false,
            next_report: 0,
        }
    }

    pub(super) fn seal(
        &mut self,
        kind: PacketKind,
        buffer: &mut [u8],
        length: usize,
    ) -> Result<usize, SrtpRefused> {
        match kind {
            PacketKind::Rtp => self.seal_sound(buffer, length),
            PacketKind::Rtcp => self.seal_report(buffer, length),
        }
    }

    fn seal_sound(&mut self, buffer: &mut [u8], length: usize) -> Result<usize, SrtpRefused> {
        header_of(&buffer[..length]).ok_or(SrtpRefused::Short)?;
        let sequence = u16::from_be_bytes([buffer[2], buffer[3]]);
        let ssrc = word(buffer, 8);
        let (name, index) = self.place_of(ssrc, sequence)?;
        buffer[8..12].copy_from_slice(&name.to_be_bytes());
        self.rtp.seal_rtp(buffer, length, index)
    }

    /// Under which name and index a packet of this source goes; it is then sent.
    fn place_of(&mut self, ssrc: u32, sequence: u16) -> Result<(u32, u64), SrtpRefused> {
        if let Some(stream) = self.streams.get(ssrc) {
            let (index, newest) = (stream.sent.index_of(sequence), stream.sent.highest());
            if index > SOUNDS_MAX {
                return Err(SrtpRefused::Spent);
            }
            if (newest + 1).saturating_sub(WINDOW) <= index && index < newest + LEAP_MAX {
                if !stream.sent.is_new(index) {
                    return Err(SrtpRefused::Replayed);
                }
                stream.sent.note(index);
                return Ok((stream.name, index));
            }
            // It began anew under its name.
            self.streams.forget(ssrc);
            self.forgot = true;
        }
        let name = self.name_for(ssrc);
        let sent = Window::beginning_at(sequence.into());
        self.forgot |= self.streams.add(ssrc, Stream { name, sent });
        Ok((name, sequence.into()))
    }

    /// Its own name, unless it may have been used before under this key.
    fn name_for(&mut self, ssrc: u32) -> u32 {
        if !self.forgot {
            return ssrc;
        }
        loop {
            self.renamed = self.renamed.wrapping_add(1);
            let name = ssrc.wrapping_add(self.renamed.wrapping_mul(0x9e37_79b9));
            if self.streams.iter().all(|stream| stream.name != name) {
                return name;
            }
        }
    }

    fn seal_report(&mut self, buffer: &mut [u8], length: usize) -> Result<usize, SrtpRefused> {
        if length < 8 {
            return Err(SrtpRefused::Short);
        }
        let index = self.next_report;
        if index == REPORTS_MAX {
            return Err(SrtpRefused::Spent);
        }
        self.next_report += 1;
        if let Some(stream) = self.streams.peek(word(buffer, 4)) {
            buffer[4..8].copy_from_slice(&stream.name.to_be_bytes());
        }
        self.rtcp.seal_rtcp(buffer, length, index)
    }
}
