//! How many calls a second may begin: whole calls in whole seconds, no burst carried over.

use kring_time::Moment;

#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    per_second: u32,
    second: u64,
    taken: u32,
}

impl Rate {
    /// `per_second` 0 is no bound.
    pub(super) fn new(per_second: u32) -> Rate {
        Rate {
            per_second,
            second: 0,
            taken: 0,
        }
    }

    /// Takes one, if there is one left in this second.
    pub(super) fn take(&mut self, now: Moment) -> bool {
        let second = now.as_micros() / 1_000_000;
        if second != self.second {
            self.second = second;
            self.taken = 0;
        }
        if self.per_second != 0 && self.taken >= self.per_second {
            return false;
        }
        self.taken = self.taken.saturating_add(1);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_second_brings_new_calls() {
        let mut rate = Rate::new(2);
        let at = Moment::from_millis;
        let taken: Vec<bool> = [100, 200, 300, 1_000].map(|ms| rate.take(at(ms))).into();
        assert_eq!(taken, [true, true, false, true]);
        assert!((0..9_999).all(|_| Rate::new(0).take(at(0))));
    }
}
