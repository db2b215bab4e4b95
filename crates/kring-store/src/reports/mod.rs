//! What reports count: calls by day, hour, queue and agent; transfers, cases, callers and gaps of a span of time.
//!
//! Calls of days that are over are counted once and kept (`report_day`); all else is counted when it is asked for, by
//! the same sums. So nothing that is told can differ from the rows that it was counted from.

mod callers;
mod cases;
mod days;
mod tally;
mod transfers;

pub use callers::{GapAsked, RepeatCaller};
pub use cases::{SlaTally, SubjectTally, TopicTally};
pub use days::{ReportBy, ReportKey};
pub use tally::CallTally;
pub use transfers::{RungOut, TransferBy, TransferEnd, TransferTally};

pub(crate) use days::{forget_days, newest};

use kring_journal::WallTime;
use std::time::Duration;

/// The trunk of calls that kring makes to itself, to try whether all is well: they are in no report.
pub const TEST_TRUNK: &str = "kring-test";

/// Microseconds of a day and of an hour.
pub(crate) const DAY_US: i64 = 86_400_000_000;
pub(crate) const HOUR_US: i64 = 3_600_000_000;

/// A span of whole days where the centre is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportSpan {
    /// Midnight of the first day.
    pub from: WallTime,
    /// Midnight after the last.
    pub until: WallTime,
    /// How far ahead of UTC the centre's clocks are.
    pub ahead: Duration,
}

impl ReportSpan {
    pub(crate) fn ahead_us(&self) -> i64 {
        self.ahead.as_micros() as i64
    }
}

/// The midnight before a moment, where clocks are so far ahead of UTC.
fn midnight_before(at: i64, ahead_us: i64) -> i64 {
    (at + ahead_us).div_euclid(DAY_US) * DAY_US - ahead_us
}

/// The same in SQL, as text: of a column, with `$1` so far ahead.
macro_rules! midnight_sql {
    ($column:literal) => {
        concat!(
            "CAST((",
            $column,
            " + $1) / 86400000000 * 86400000000 - $1 AS TEXT)"
        )
    };
}
use midnight_sql;
