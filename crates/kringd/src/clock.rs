//! The one place that reads a clock.
//!
//! Everything is measured in [`Moment`]s, which never step. The wall is only what people read: it is
//! paired with the moments every ten seconds, and when somebody sets it, that is a fact.

use kring_journal::WallTime;
use kring_time::Moment;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// How often the wall is looked at again.
pub(crate) const PAIR_EVERY: Duration = Duration::from_secs(10);

/// A difference from here on is a step. A disciplined clock is slewed by at most 500 ppm, 5 ms in
/// ten seconds, which the pairing follows without a word.
const STEP_MIN_US: i64 = 50_000;

/// Two readings of the monotonic clock around one of the wall: farther apart than this, the thread
/// was put aside between them and the pair is worth nothing.
const READ_WITHIN: Duration = Duration::from_micros(200);

/// Tries to get a good pair; the last is taken as it is.
const READ_TRIES: u8 = 5;

/// The clock of this process. Clones are the same clock.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    boot: Instant,
    /// The wall at [`Moment::BOOT`], microseconds since 1970.
    wall_at_boot_us: Arc<AtomicI64>,
}

/// Somebody set the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WallStep {
    /// By how much, microseconds, positive when it went forward.
    pub(crate) by_us: i64,
}

impl Clock {
    /// Begins to count: this is [`Moment::BOOT`].
    pub(crate) fn start() -> Clock {
        let boot = Instant::now();
        let wall = AtomicI64::new(wall_at(boot));
        Clock {
            boot,
            wall_at_boot_us: Arc::new(wall),
        }
    }

    /// Now.
    pub(crate) fn now(&self) -> Moment {
        Moment::from_micros(self.boot.elapsed().as_micros() as u64)
    }

    /// The same moment for those who count by the system's clock.
    pub(crate) fn instant(&self, at: Moment) -> Instant {
        self.boot + Duration::from_micros(at.as_micros())
    }

    /// What the wall showed at `at`, by the last pairing.
    pub(crate) fn wall(&self, at: Moment) -> WallTime {
        let boot = self.wall_at_boot_us.load(Ordering::Relaxed);
        WallTime(boot.saturating_add(at.as_micros() as i64))
    }

    /// When the runtime's timer should wake for `at`.
    pub(crate) fn timer_for(&self, at: Moment) -> tokio::time::Instant {
        let length = Duration::from_micros(at.as_micros());
        tokio::time::Instant::from_std(self.boot + length)
    }

    /// Looks at the wall again. Call it every [`PAIR_EVERY`]; a step is to be recorded.
    pub(crate) fn pair(&self) -> Option<WallStep> {
        self.follow(wall_at(self.boot))
    }

    fn follow(&self, boot_us: i64) -> Option<WallStep> {
        let before = self.wall_at_boot_us.swap(boot_us, Ordering::Relaxed);
        let by_us = boot_us.saturating_sub(before);
        (by_us.abs() >= STEP_MIN_US).then_some(WallStep { by_us })
    }
}

/// What the wall must have shown at `boot`, if it has never been set since.
fn wall_at(boot: Instant) -> i64 {
    let mut best: Option<(Duration, i64)> = None;
    for _ in 0..READ_TRIES {
        let before = Instant::now();
        let wall = SystemTime::now();
        let took = before.elapsed();
        let since_boot = (before.duration_since(boot) + took / 2).as_micros() as i64;
        let at_boot = since_1970_us(wall).saturating_sub(since_boot);
        if best.is_none_or(|(shortest, _)| took < shortest) {
            best = Some((took, at_boot));
        }
        if took <= READ_WITHIN {
            break;
        }
    }
    best.map_or(0, |(_, at_boot)| at_boot)
}

/// The wall clock's seconds since 1970, for what is measured in days.
pub(crate) fn unix_s() -> i64 {
    since_1970_us(SystemTime::now()).div_euclid(1_000_000)
}

/// A machine without a battery may begin before 1970; it is negative then.
fn since_1970_us(wall: SystemTime) -> i64 {
    match wall.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_micros()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_micros()).unwrap_or(i64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_the_wall_moves_no_moment() {
        let clock = Clock::start();
        let at = Moment::from_millis(14_500);
        let before = clock.wall(at);
        let an_hour_back = clock.wall_at_boot_us.load(Ordering::Relaxed) - 3_600_000_000;

        let step = clock.follow(an_hour_back);

        assert_eq!(
            step,
            Some(WallStep {
                by_us: -3_600_000_000
            })
        );
        assert_eq!(clock.wall(at).0, before.0 - 3_600_000_000);
        assert!(
            clock.now() < Moment::from_millis(60_000),
            "the moments went on"
        );
    }

    #[test]
    fn a_slewed_wall_is_followed_without_a_word() {
        let clock = Clock::start();
        let at = Moment::from_millis(1);
        let before = clock.wall(at);
        let slewed = clock.wall_at_boot_us.load(Ordering::Relaxed) + 5_000;
        assert_eq!(clock.follow(slewed), None);
        assert_eq!(clock.wall(at).0, before.0 + 5_000);
    }

    #[test]
    fn clones_share_the_pairing_and_moments_grow() {
        let clock = Clock::start();
        let other = clock.clone();
        clock.follow(42);
        assert_eq!(other.wall(Moment::BOOT), WallTime(42));
        let first = clock.now();
        assert!(other.now() >= first);
        assert_eq!(clock.timer_for(Moment::BOOT).into_std(), clock.boot);
    }
}
