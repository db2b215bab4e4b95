//! What stands between a socket and its relay: a wire is plain, or it is sealed and opened by the keys of its leg.
//! The relay never sees a cipher.

use super::limits::BUFFER;
use kring_media::{PacketKind, SRTP_OVERHEAD, Side, Srtp, SrtpKeys};

/// Room for one packet that is sealed beside the one that was read.
pub(super) type Scratch = [u8; BUFFER + SRTP_OVERHEAD];

/// The wires of one call. Most are plain and cost a pointer each.
#[derive(Default)]
pub(super) struct Wires([Option<Box<Wire>>; Side::ALL.len()]);

struct Wire {
    /// None: it was sealed once and is plain now.
    srtp: Option<Srtp>,
    /// Packets that its keys did not open.
    bad: u64,
}

impl Wires {
    /// A side's wire has these keys from now on, or none.
    pub(super) fn secure(&mut self, side: Side, keys: Option<SrtpKeys>) {
        let wire = &mut self.0[side as usize];
        match (wire, keys) {
            (Some(wire), Some(keys)) => match &mut wire.srtp {
                Some(srtp) => srtp.rekey(keys),
                None => wire.srtp = Some(Srtp::new(keys)),
            },
            (Some(wire), None) => wire.srtp = None,
            (wire @ None, Some(keys)) => {
                let srtp = Some(Srtp::new(keys));
                *wire = Some(Box::new(Wire { srtp, bad: 0 }));
            }
            (None, None) => {}
        }
    }

    /// Whether what comes by a side's wire must be opened.
    pub(super) fn is_sealed(&self, side: Side) -> bool {
        (self.0[side as usize].as_ref()).is_some_and(|wire| wire.srtp.is_some())
    }

    /// Opens what came by a side's wire, in place: its length then. What its keys do not open is counted and is no
    /// packet.
    pub(super) fn open(
        &mut self,
        side: Side,
        kind: PacketKind,
        buffer: &mut [u8],
        length: usize,
    ) -> Option<usize> {
        let Some(wire) = &mut self.0[side as usize] else {
            return Some(length);
        };
        let Some(srtp) = &mut wire.srtp else {
            return Some(length);
        };
        let opened = srtp.open(kind, buffer, length).ok();
        if opened.is_none() {
            wire.bad += 1;
        }
        opened
    }

    /// What of a packet goes out by a side's wire: itself, or sealed in `scratch`. None: it may not go.
    pub(super) fn seal<'a>(
        &mut self,
        side: Side,
        kind: PacketKind,
        packet: &'a [u8],
        scratch: &'a mut Scratch,
    ) -> Option<&'a [u8]> {
        let wire = self.0[side as usize].as_mut();
        let Some(srtp) = wire.and_then(|wire| wire.srtp.as_mut()) else {
            return Some(packet);
        };
        scratch.get_mut(..packet.len())?.copy_from_slice(packet);
        let length = srtp.seal(kind, scratch, packet.len()).ok()?;
        Some(&scratch[..length])
    }

    /// How many packets of a side were not opened.
    pub(super) fn bad(&self, side: Side) -> u64 {
        self.0[side as usize].as_ref().map_or(0, |wire| wire.bad)
    }

    /// Nobody has this place any more.
    pub(super) fn dismiss(&mut self, side: Side) {
        self.0[side as usize] = None;
    }

    /// The third has the agent's place.
    pub(super) fn succeed(&mut self) {
        self.0[Side::Agent as usize] = self.0[Side::Third as usize].take();
    }
}
