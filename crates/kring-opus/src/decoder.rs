//! Packets into samples. A packet of any rate, length and number of channels becomes one channel of 8 kHz.

use crate::{RATE, SAMPLES_MAX};
use unsafe_libopus::{OPUS_OK, OpusDecoder, opus_decode, opus_decoder_get_size, opus_decoder_init};

/// The memory of one stream.
///
/// It lies in a box of ours, which needs no destructor: libopus keeps nothing outside of it, and what it points
/// to in there are tables that never change. So a copy of it is a decoder, too.
#[derive(Clone, Debug)]
pub struct Decoder(Box<[u64]>);

impl Decoder {
    /// A stream's beginning. `None`: libopus does not want to, which it never says for this rate.
    pub fn new() -> Option<Decoder> {
        // SAFETY: reads nothing but its argument.
        let size = unsafe { opus_decoder_get_size(1) };
        let words = usize::try_from(size).ok()?.div_ceil(size_of::<u64>());
        let mut decoder = Decoder(vec![0; words].into());
        // SAFETY: the box has the size that was asked for, and the alignment of libopus' largest member.
        let begun = unsafe { opus_decoder_init(decoder.state(), RATE as i32, 1) };
        (begun == OPUS_OK && words > 0).then_some(decoder)
    }

    /// The samples of a packet, and how many there are; at most [`SAMPLES_MAX`]. `None`: it is no opus packet.
    pub fn decode(&mut self, packet: &[u8], samples: &mut [i16; SAMPLES_MAX]) -> Option<usize> {
        // libopus takes an empty packet for a lost one.
        if packet.is_empty() {
            return None;
        }
        let length = i32::try_from(packet.len()).ok()?;
        let (bytes, room) = (packet.as_ptr(), samples.as_mut_ptr());
        // SAFETY: the state was begun by `new`; `bytes` has `length` bytes and `room` has SAMPLES_MAX samples
        // of one channel, which libopus does not go beyond.
        let got = unsafe { opus_decode(self.state(), bytes, length, room, SAMPLES_MAX as i32, 0) };
        usize::try_from(got).ok().filter(|got| *got <= SAMPLES_MAX)
    }

    fn state(&mut self) -> *mut OpusDecoder {
        self.0.as_mut_ptr().cast()
    }
}
