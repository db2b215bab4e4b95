//! How loud a recording is along its length: what a page draws without hearing it.

use super::RECORDING_RATE;

/// Peaks of one channel that are kept at most. When they are full, two become one.
const PEAKS_MAX: usize = 1_200;

/// Samples of one peak in the beginning: a tenth of a second.
const SAMPLES: u32 = RECORDING_RATE / 10;

/// The loudest sample of each stretch, both channels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peaks {
    /// 0 to 127 each, left and right.
    peaks: Vec<[u8; 2]>,
    samples_each: u32,
    now: [u8; 2],
    counted: u32,
}

impl Default for Peaks {
    fn default() -> Peaks {
        Peaks {
            peaks: Vec::new(),
            samples_each: SAMPLES,
            now: [0; 2],
            counted: 0,
        }
    }
}

impl Peaks {
    #[inline]
    pub(super) fn put(&mut self, left: i16, right: i16) {
        let peak = |sample: i16| (sample.unsigned_abs() >> 8).min(127) as u8;
        self.now = [self.now[0].max(peak(left)), self.now[1].max(peak(right))];
        self.counted += 1;
        if self.counted == self.samples_each {
            self.turn();
        }
    }

    /// How long the stretch of one peak is, ms.
    pub const fn each_ms(&self) -> u32 {
        self.samples_each * 1_000 / RECORDING_RATE
    }

    /// 0 to 127 each, left and right.
    pub fn all(&self) -> impl ExactSizeIterator<Item = [u8; 2]> {
        self.peaks.iter().copied()
    }

    fn turn(&mut self) {
        self.peaks.push(std::mem::take(&mut self.now));
        self.counted = 0;
        if self.peaks.len() == PEAKS_MAX {
            let two = |two: &[[u8; 2]]| {
                let [one, other] = [two[0], two[two.len() - 1]];
                [one[0].max(other[0]), one[1].max(other[1])]
            };
            self.peaks = self.peaks.chunks(2).map(two).collect();
            self.samples_each *= 2;
        }
    }
}
