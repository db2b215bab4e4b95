//! What comes from the other end: each packet once, and none that its key did not seal.

use super::{
    SrtpRefused,
    cipher::{Cipher, Purpose},
    header_of,
    keys::{MasterKey, Suite},
    window::{Sources, Window},
    word,
};
use crate::verdict::PacketKind;

#[derive(Debug)]
pub(super) struct Incoming {
    rtp: Cipher,
    rtcp: Cipher,
    sounds: Sources<Window>,
    reports: Sources<Window>,
}

impl Incoming {
    pub(super) fn new(suite: Suite, theirs: &MasterKey) -> Incoming {
        Incoming::of(
            Cipher::new(suite, theirs, Purpose::Rtp),
            Cipher::new(suite, theirs, Purpose::Rtcp),
        )
    }

    pub(super) fn of(rtp: Cipher, rtcp: Cipher) -> Incoming {
        Incoming {
            rtp,
            rtcp,
            sounds: Sources::new(),
            reports: Sources::new(),
        }
    }

    pub(super) fn open(
        &mut self,
        kind: PacketKind,
        buffer: &mut [u8],
        length: usize,
    ) -> Result<usize, SrtpRefused> {
        let length = length.min(buffer.len());
        match kind {
            PacketKind::Rtp => self.open_sound(buffer, length),
            PacketKind::Rtcp => self.open_report(buffer, length),
        }
    }

    fn open_sound(&mut self, buffer: &mut [u8], length: usize) -> Result<usize, SrtpRefused> {
        // Before anything is looked up: what is no RTP is not asked for its name.
        let plain = self.rtp.plain_rtp(length)?;
        header_of(&buffer[..plain]).ok_or(SrtpRefused::Short)?;
        let sequence = u16::from_be_bytes([buffer[2], buffer[3]]);
        let ssrc = word(buffer, 8);
        match self.sounds.get(ssrc) {
            Some(window) => {
                let index = window.index_of(sequence);
                if !window.is_new(index) {
                    return Err(SrtpRefused::Replayed);
                }
                let plain = self.rtp.open_rtp(buffer, length, index)?;
                window.note(index);
                Ok(plain)
            }
            // Only a key's owner makes a source known.
            None => {
                let plain = self.rtp.open_rtp(buffer, length, sequence.into())?;
                let window = Window::beginning_at(sequence.into());
                self.sounds.add(ssrc, window);
                Ok(plain)
            }
        }
    }

    fn open_report(&mut self, buffer: &mut [u8], length: usize) -> Result<usize, SrtpRefused> {
        let index = self.rtcp.rtcp_index(&buffer[..length])?;
        let ssrc = word(buffer, 4);
        match self.reports.get(ssrc) {
            Some(window) => {
                if !window.is_new(index.into()) {
                    return Err(SrtpRefused::Replayed);
                }
                let plain = self.rtcp.open_rtcp(buffer, length, index)?;
                window.note(index.into());
                Ok(plain)
            }
            None => {
                let plain = self.rtcp.open_rtcp(buffer, length, index)?;
                let window = Window::beginning_at(index.into());
                self.reports.add(ssrc, window);
                Ok(plain)
            }
        }
    }
}
