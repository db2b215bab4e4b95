//! G.711: A-law, as Thailand's network speaks, and µ-law. Samples are 16 bits, signed.

/// The A-law byte of a sample.
pub const fn alaw(sample: i16) -> u8 {
    // 13 bits; negative values mirror around -1, so that -1 and 0 are the two zeros.
    let (magnitude, mask) = match sample >> 3 {
        positive @ 0.. => (positive as u16, 0xd5),
        negative => (!negative as u16, 0x55),
    };
    let segment = segment_of(magnitude, 5);
    let shift = if segment < 2 { 1 } else { segment };
    let step = (magnitude >> shift) & 0x0f;
    ((segment << 4) as u8 | step as u8) ^ mask
}

/// The µ-law byte of a sample.
pub const fn ulaw(sample: i16) -> u8 {
    let (magnitude, mask) = match sample >> 2 {
        positive @ 0.. => (positive as u16, 0xff),
        negative => (negative.unsigned_abs(), 0x7f),
    };
    let magnitude = if magnitude > ULAW_CLIP {
        ULAW_CLIP
    } else {
        magnitude
    } + ULAW_BIAS;
    let segment = segment_of(magnitude, 6);
    let step = (magnitude >> (segment + 1)) & 0x0f;
    ((segment << 4) as u8 | step as u8) ^ mask
}

/// The sample of an A-law byte: the middle of its step.
pub const fn from_alaw(byte: u8) -> i16 {
    FROM_ALAW[byte as usize]
}

/// The sample of a µ-law byte.
pub const fn from_ulaw(byte: u8) -> i16 {
    FROM_ULAW[byte as usize]
}

/// What µ-law adds to every 14-bit magnitude so that its segments double from the first on.
const ULAW_BIAS: u16 = 33;

/// The largest magnitude that still fits the last segment with the bias.
const ULAW_CLIP: u16 = 8_158;

/// Which of the eight segments: 0 below `2^bits`, and one more for each further bit.
const fn segment_of(magnitude: u16, bits: u32) -> u16 {
    let used = u16::BITS - magnitude.leading_zeros();
    used.saturating_sub(bits) as u16
}

const FROM_ALAW: [i16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let bits = byte as i16 ^ 0x55;
        let step = (bits & 0x0f) << 4;
        let magnitude = match (bits & 0x70) >> 4 {
            0 => step + 0x008,
            segment => (step + 0x108) << (segment - 1),
        };
        table[byte] = if bits & 0x80 != 0 {
            magnitude
        } else {
            -magnitude
        };
        byte += 1;
    }
    table
};

const FROM_ULAW: [i16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let bits = !(byte as i16);
        let magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84;
        table[byte] = if bits & 0x80 != 0 {
            -magnitude
        } else {
            magnitude
        };
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    /// The corner values of ITU-T G.711's tables.
    #[test]
    fn the_corners_are_those_of_the_recommendation() {
        assert_eq!(
            [alaw(0), alaw(-1), alaw(i16::MAX), alaw(i16::MIN)],
            [0xd5, 0x55, 0xaa, 0x2a]
        );
        assert_eq!(
            [ulaw(0), ulaw(i16::MAX), ulaw(i16::MIN)],
            [0xff, 0x80, 0x00]
        );
        assert_eq!(
            [from_alaw(0xd5), from_alaw(0x55), from_alaw(0xaa)],
            [8, -8, 32_256]
        );
        assert_eq!(
            [from_ulaw(0xff), from_ulaw(0x7f), from_ulaw(0x80)],
            [0, 0, 32_124]
        );
    }

    #[test]
    fn every_byte_survives_being_a_sample() {
        for byte in 0..=u8::MAX {
            assert_eq!(alaw(from_alaw(byte)), byte);
            // µ-law has two zeros, and one sample for both.
            let expected = if byte == 0x7f { 0xff } else { byte };
            assert_eq!(ulaw(from_ulaw(byte)), expected);
        }
    }

    #[test]
    fn no_sample_moves_by_more_than_its_step() {
        for sample in i16::MIN..=i16::MAX {
            let magnitude = i32::from(sample).abs();
            let error = |back: i16| (i32::from(back) - i32::from(sample)).abs();
            let step = (magnitude / 16).max(16);
            assert!(error(from_alaw(alaw(sample))) <= step, "A-law {sample}");
            let clipped = if magnitude > 32_124 { 1_024 } else { step };
            assert!(error(from_ulaw(ulaw(sample))) <= clipped, "µ-law {sample}");
        }
    }
}
