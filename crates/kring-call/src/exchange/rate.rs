//! How many calls a second may begin, with a second's worth at once after a pause.

use kring_sip::{Bucket, Pace};
use kring_time::Moment;

#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    /// None: no bound.
    pace: Option<Pace>,
    bucket: Bucket,
}

impl Rate {
    /// `per_second` 0 is no bound.
    pub(super) fn new(per_second: u32) -> Rate {
        let pace = Pace::per_second(per_second, per_second);
        Rate {
            pace: (per_second != 0).then_some(pace),
            bucket: Bucket::default(),
        }
    }

    /// Takes one, if there is one left.
    pub(super) fn take(&mut self, now: Moment) -> bool {
        self.pace.is_none_or(|pace| self.bucket.take(now, pace))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_brings_new_calls() {
        let mut rate = Rate::new(2);
        let at = Moment::from_millis;
        let taken: Vec<bool> = [100, 200, 300, 1_000].map(|ms| rate.take(at(ms))).into();
        assert_eq!(taken, [true, true, false, true]);
        let mut unbounded = Rate::new(0);
        assert!((0..9_999).all(|_| unbounded.take(at(0))));
    }
}
