//! Samples into packets of speech.

use crate::{BYTES_MAX, RATE, SAMPLES_MAX};
use unsafe_libopus::{
    OPUS_APPLICATION_VOIP, OPUS_OK, OPUS_SET_BITRATE_REQUEST, OPUS_SET_COMPLEXITY_REQUEST,
    OpusEncoder, opus_encode, opus_encoder_ctl, opus_encoder_get_size, opus_encoder_init,
};

/// As much as telephone sound gains from (RFC 6716 §2.1.1: 8 to 12 kbit/s for narrow speech), doubled so that
/// music on hold is one.
const BITS_PER_SECOND: i32 = 24_000;

/// Of 10: what more costs, telephone sound does not repay.
const COMPLEXITY: i32 = 4;

/// The memory of one stream. As [`crate::Decoder`], it is whole in a box of ours.
#[derive(Clone, Debug)]
pub struct Encoder(Box<[u64]>);

impl Encoder {
    /// A stream's beginning. `None`: libopus does not want to, which it never says for this rate.
    pub fn new() -> Option<Encoder> {
        // SAFETY: reads nothing but its argument.
        let size = unsafe { opus_encoder_get_size(1) };
        let words = usize::try_from(size).ok()?.div_ceil(size_of::<u64>());
        let mut encoder = Encoder(vec![0; words].into());
        let state = encoder.state();
        // SAFETY: the box has the size that was asked for, and the alignment of libopus' largest member; the
        // two settings come after the state was begun.
        let begun = unsafe {
            let begun = opus_encoder_init(state, RATE as i32, 1, OPUS_APPLICATION_VOIP);
            if begun == OPUS_OK {
                opus_encoder_ctl!(state, OPUS_SET_BITRATE_REQUEST, BITS_PER_SECOND);
                opus_encoder_ctl!(state, OPUS_SET_COMPLEXITY_REQUEST, COMPLEXITY);
            }
            begun
        };
        (begun == OPUS_OK && words > 0).then_some(encoder)
    }

    /// The packet of these samples, and its length, bytes. `None` for a length that opus has not: it has 2.5, 5,
    /// 10, 20, 40, 60, 80, 100 and 120 ms.
    pub fn encode(&mut self, samples: &[i16], packet: &mut [u8; BYTES_MAX]) -> Option<usize> {
        if samples.is_empty() || samples.len() > SAMPLES_MAX {
            return None;
        }
        let (length, sound, room) = (samples.len() as i32, samples.as_ptr(), packet.as_mut_ptr());
        // SAFETY: the state was begun by `new`; `sound` has `length` samples and `room` has BYTES_MAX bytes,
        // which libopus does not go beyond. It refuses lengths that are none of its.
        let got = unsafe { opus_encode(self.state(), sound, length, room, BYTES_MAX as i32) };
        usize::try_from(got)
            .ok()
            .filter(|got| (1..=BYTES_MAX).contains(got))
    }

    fn state(&mut self) -> *mut OpusEncoder {
        self.0.as_mut_ptr().cast()
    }
}
