//! Whether it is open at a time, in a place, and when it opens again.

use crate::Zone;
use kring_journal::{ClosedWhy, WallTime};
use kring_time::{Day, Schedule, WeekHours};
use std::{collections::BTreeSet, sync::Arc};

/// How it is with a queue or a unit at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Open.
    Open,
    /// Closed.
    Closed {
        /// Why.
        why: ClosedWhy,
        /// When it opens; none: not within a year.
        next_open: Option<WallTime>,
    },
}

impl Standing {
    /// By these hours, in this zone. Outside of the years that a calendar has there is no reason to close.
    pub fn of(schedule: &Schedule, zone: &Zone, at: WallTime) -> Standing {
        let Some(at) = zone.civil_minute(at) else {
            return Standing::Open;
        };
        match ClosedWhy::of(schedule.at(at)) {
            None => Standing::Open,
            Some(why) => {
                let next = schedule.next_open(at);
                let next_open = next.and_then(|next| zone.wall_time(next));
                Standing::Closed { why, next_open }
            }
        }
    }
}

/// What `[hours]` says: of queues and units that have no hours of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsualHours {
    /// Where the centre is (`hours.tz`).
    pub zone: Zone,
    /// The hours of a week (`hours.default`).
    pub week: WeekHours,
    /// Days on which all are closed, beside the holidays of the directory (`hours.holidays`).
    pub holidays: Arc<BTreeSet<Day>>,
}

impl Default for UsualHours {
    /// In Thailand, always open.
    fn default() -> UsualHours {
        UsualHours {
            zone: Zone::default(),
            week: WeekHours::Always,
            holidays: Arc::default(),
        }
    }
}
