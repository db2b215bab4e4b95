//! How many calls a second may begin, with a second's worth at once after a pause.
//!
//! When more are offered than that, the rule is fair: half of the burst is kept for callers who have
//! not called lately, so that a number that calls and calls leaves room for a citizen who calls once;
//! and among equals chance decides, not who happens to ask first after a token has come.

use crate::limits::{CALLER_PACE, CALLERS_KNOWN_MAX};
use kring_sip::{Bucket, Pace, Paces};
use kring_time::Moment;

#[derive(Debug)]
pub(super) struct Rate {
    /// None: no bound.
    bound: Option<Bound>,
}

#[derive(Debug)]
struct Bound {
    per_second: u32,
    bucket: Bucket,
    callers: Paces,
    second: u64,
    /// Calls offered in this second, and in the one before.
    offered: (u32, u32),
}

/// Who offers a call: a digest of the number, and a number by chance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offered {
    pub(super) caller: u64,
    pub(super) chance: u32,
}

impl Rate {
    /// `per_second` 0 is no bound.
    pub(super) fn new(per_second: u32) -> Rate {
        let bound = (per_second != 0).then(|| Bound {
            per_second,
            bucket: Bucket::default(),
            callers: Paces::new(CALLERS_KNOWN_MAX, CALLER_PACE),
            second: 0,
            offered: (0, 0),
        });
        Rate { bound }
    }

    /// Takes one, if there is one left for this caller.
    pub(super) fn take(&mut self, now: Moment, offered: Offered) -> bool {
        let Some(bound) = &mut self.bound else {
            return true;
        };
        bound.count(now);
        let pace = Pace::per_second(bound.per_second, bound.per_second);
        let who = u128::from(offered.caller);
        if bound.callers.take(now, who, offered.caller) {
            return bound.bucket.take(now, pace);
        }
        bound.is_chosen(offered.chance)
            && bound.bucket.take_leaving(now, pace, bound.per_second / 2)
    }
}

impl Bound {
    fn count(&mut self, now: Moment) {
        let second = now.as_micros() / 1_000_000;
        if second != self.second {
            let last = if second == self.second + 1 {
                self.offered.0
            } else {
                0
            };
            (self.second, self.offered) = (second, (0, last));
        }
        self.offered.0 = self.offered.0.saturating_add(1);
    }

    /// A quarter more are chosen than there is room for: the bucket has the last word.
    fn is_chosen(&self, chance: u32) -> bool {
        let of = self.offered.0.max(self.offered.1);
        u64::from(chance) * u64::from(of)
            <= u64::from(u32::MAX) * u64::from(self.per_second) * 5 / 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Moment {
        Moment::from_millis(ms)
    }

    /// A number by chance that is the same on each run.
    fn chance(n: u64) -> u32 {
        let mut mixed = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed >> 32) as u32
    }

    fn offered(caller: u64, n: u64) -> Offered {
        let chance = chance(n);
        Offered { caller, chance }
    }

    #[test]
    fn time_brings_new_calls() {
        let mut rate = Rate::new(2);
        let mut taken = [100, 200, 300, 1_000].into_iter();
        let taken: Vec<bool> = std::iter::from_fn(|| taken.next())
            .map(|ms| rate.take(at(ms), offered(ms, 0)))
            .collect();
        assert_eq!(taken, [true, true, false, true]);
        let mut unbounded = Rate::new(0);
        assert!((0..9_999).all(|n| unbounded.take(at(0), offered(1, n))));
    }

    /// A number that calls 300 times a second leaves room for everybody who calls once, and still
    /// gets what is left.
    #[test]
    fn who_calls_once_comes_before_who_calls_and_calls() {
        let mut rate = Rate::new(20);
        let (mut citizens, mut flood) = (0, 0);
        for ms in 0..10_000 {
            if ms % 3 == 0 {
                flood += usize::from(rate.take(at(ms), offered(7, ms)));
            }
            if ms % 100 == 50 {
                citizens += usize::from(rate.take(at(ms), offered(1_000 + ms, ms)));
            }
        }
        assert_eq!(citizens, 100, "every one");
        assert!((90..=130).contains(&flood), "the rest: {flood}");
    }

    /// All from one number, as from a PBX that shows one for all its extensions: the bound is used up,
    /// and whoever comes seldom gets no less than his share.
    #[test]
    fn among_equals_chance_decides() {
        let mut rate = Rate::new(20);
        let (mut few, mut many, mut offered_few) = (0_u32, 0_u32, 0_u32);
        for tick in 0..300_000_u64 {
            let now = Moment::from_micros(tick * 1_000);
            if tick % 3 == 0 {
                many += u32::from(rate.take(now, offered(7, tick * 2)));
            }
            if tick % 97 == 0 {
                offered_few += 1;
                few += u32::from(rate.take(now, offered(7, tick * 2 + 1)));
            }
        }
        let all = 300_000 / 3 + offered_few;
        let share = f64::from(20 * 300) / f64::from(all);
        let got = f64::from(few) / f64::from(offered_few);
        assert!(got > share * 0.85, "{got} of {share}");
        assert!(f64::from(many + few) > 20.0 * 300.0 * 0.95, "{many} {few}");
    }
}
