//! What is mixed in a relay: packets go in as they come, frames come out by the beat.

use super::Relay;
use crate::{
    bond::Hears, mixer::Beat, order::Side, quality::RtpSeen, rtp, speaking::FramePacket,
    verdict::PacketKind,
};
use kring_time::Moment;
use std::net::SocketAddr;

impl Relay {
    /// The next frame of a mix that is due now, written into `out`, who hears it, where, and how many bytes of
    /// `out` it has. Asked until it gives none, after [`Relay::next_frame`]: to whom kring speaks hears that
    /// and no other.
    pub fn next_mixed(
        &mut self,
        now: Moment,
        out: &mut FramePacket,
    ) -> Option<(Side, SocketAddr, usize)> {
        loop {
            let mixer = self.bond.mixer.as_mut()?;
            let (side, at) = match mixer.beat(now) {
                Beat::Frame { side, at } => (side, at),
                Beat::LeftOut => {
                    (self.ends.iter_mut()).for_each(|end| end.speaking.skip());
                    continue;
                }
                Beat::Later => return None,
            };
            if let Some((to, length)) = self.mixed_for(side, at, out) {
                return Some((side, to, length));
            }
        }
    }

    fn mixed_for(
        &mut self,
        side: Side,
        at: Moment,
        out: &mut FramePacket,
    ) -> Option<(SocketAddr, usize)> {
        let (hears, heard) = (self.bond.hears(side), self.bond.heard(side));
        let end = &mut self.ends[side as usize];
        if hears != Hears::Mix || end.speaking.speaks() {
            return None;
        }
        let target = end.target(PacketKind::Rtp);
        let mixer = self.bond.mixer.as_mut()?;
        let written = target.and_then(|_| mixer.write(side, heard, &mut out[rtp::HEADER..]));
        let (Some(to), Some((tongue, length))) = (target, written) else {
            end.speaking.skip();
            return None;
        };
        let header = end.speaking.mixed(at, tongue.number, tongue.codec.clock());
        out[..rtp::HEADER].copy_from_slice(&header);
        Some((to, rtp::HEADER + length))
    }

    #[inline(never)]
    pub(super) fn mix(&mut self, side: Side, seen: RtpSeen, bytes: &[u8]) {
        let Some(mixer) = &mut self.bond.mixer else {
            return;
        };
        let or = mixer.tongue(side);
        let meaning = self.ends[side as usize].meaning(seen.payload_type, or);
        if let Some(codec) = meaning {
            mixer.hear(side, codec, seen, bytes);
        }
    }
}
