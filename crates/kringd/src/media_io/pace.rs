//! Whether packets come so fast that a thread may let some gather before it looks at its sockets again.
//!
//! Waking a thread costs the machine as much as a packet does, more on a virtual one. Where packets come one by one and far
//! apart, each wakes the thread and goes on at once; where many come, the thread sleeps a moment that nobody hears, and
//! finds several.

use super::limits::{GATHER, GATHERED_MIN, PACE_OVER};
use kring_time::Moment;

/// The packets of one thread.
#[derive(Debug)]
pub(super) struct Pace {
    since: Moment,
    packets: u64,
    is_fast: bool,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            since: Moment::BOOT,
            packets: 0,
            is_fast: false,
        }
    }
}

impl Pace {
    /// So many were found now.
    pub(super) fn note(&mut self, now: Moment, packets: usize) {
        self.packets += packets as u64;
        let passed = now.since(self.since);
        if passed < PACE_OVER {
            return;
        }
        let gathered = u128::from(self.packets) * GATHER.as_micros() / passed.as_micros();
        self.is_fast = gathered >= GATHERED_MIN;
        self.since = now;
        self.packets = 0;
    }

    /// Several will have come after [`GATHER`].
    pub(super) fn is_fast(&self) -> bool {
        self.is_fast
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many packets a second, evenly, for a tenth of a second from `from` on; how it is then.
    fn comes(pace: &mut Pace, from: u64, a_second: u64) -> bool {
        for n in 0..a_second / 10 {
            pace.note(Moment::from_micros(from + n * 1_000_000 / a_second), 1);
        }
        pace.is_fast()
    }

    #[test]
    fn only_many_packets_are_gathered() {
        let mut pace = Pace::default();
        // Two calls, a hundred, five hundred; and again two.
        assert!(!comes(&mut pace, 1_000_000, 200));
        assert!(!comes(&mut pace, 2_000_000, 10_000));
        assert!(comes(&mut pace, 3_000_000, 50_000));
        assert!(!comes(&mut pace, 4_000_000, 200));
    }
}
