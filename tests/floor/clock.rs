//! Time on the floor: it passes when the floor says so, and the wall's clock may be set meanwhile.

use kring_journal::WallTime;
use kring_time::Moment;
use std::time::Duration;

/// RFC 3261's estimate of a round trip, with which every witness repeats its messages.
pub(crate) const T1: Duration = Duration::from_millis(500);

/// The longest interval between repetitions of a request that is no INVITE, and of a response.
pub(crate) const T2: Duration = Duration::from_secs(4);

/// How long a message is repeated at all: 64 times T1.
pub(crate) const GIVE_UP: Duration = Duration::from_secs(32);

/// 2026-11-23T08:00:00Z, the wall's time at boot.
const OPENING_US: i64 = 1_795_420_800_000_000;

/// The clock on the wall: steady but for one step.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wall {
    step: Option<(Moment, i64)>,
}

impl Wall {
    /// A clock that is set by `by_us` microseconds at `at`.
    pub(crate) fn stepped(at: Moment, by_us: i64) -> Wall {
        Wall {
            step: Some((at, by_us)),
        }
    }

    /// What it shows.
    pub(crate) fn at(self, now: Moment) -> WallTime {
        let step = self
            .step
            .filter(|(at, _)| *at <= now)
            .map_or(0, |(_, by_us)| by_us);
        WallTime(OPENING_US + now.as_micros() as i64 + step)
    }

    /// What it shows at boot, Unix milliseconds.
    pub(crate) fn opening_ms() -> u64 {
        OPENING_US as u64 / 1_000
    }
}

/// How messages travel to and from a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    /// UDP: what is lost is sent again.
    Datagrams,
    /// TCP: nothing is lost, and all comes in order.
    Stream,
}

/// The repetitions of one message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Repeats {
    next: Moment,
    interval: Duration,
    longest: Duration,
    until: Moment,
}

impl Repeats {
    /// A request that is no INVITE, or a final response: intervals double up to T2 (RFC 3261 §17.1.2.2).
    /// Over a stream nothing is repeated.
    pub(crate) fn bounded(now: Moment, wire: Wire) -> Repeats {
        Repeats {
            next: match wire {
                Wire::Datagrams => now + T1,
                Wire::Stream => now + GIVE_UP,
            },
            interval: T1,
            longest: T2,
            until: now + GIVE_UP,
        }
    }

    /// An INVITE: intervals double without bound (RFC 3261 §17.1.1.2).
    pub(crate) fn of_invite(now: Moment, wire: Wire) -> Repeats {
        Repeats {
            longest: GIVE_UP,
            ..Repeats::bounded(now, wire)
        }
    }

    /// When to repeat or to give up.
    pub(crate) fn due(&self) -> Moment {
        self.next.min(self.until)
    }

    /// Whether to send it again now; `None` when it is time to give up.
    pub(crate) fn again(&mut self, now: Moment) -> Option<bool> {
        if now >= self.until {
            return None;
        }
        if now < self.next {
            return Some(false);
        }
        self.interval = (self.interval * 2).min(self.longest);
        self.next = now + self.interval;
        Some(true)
    }
}
