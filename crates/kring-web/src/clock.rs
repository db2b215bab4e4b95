//! The time, as this crate is told it.
//!
//! Only `kringd::clock` reads a clock; here it is a function that was handed in, so that a test can
//! hand in another.

use kring_journal::WallTime;
use kring_time::Moment;
use std::{fmt, sync::Arc};
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

/// Tells the monotonic moment and the wall time that goes with it.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> (Moment, WallTime) + Send + Sync>);

impl Clock {
    /// The clock that `read` reads. It is read on hot paths and must not block.
    pub fn new(read: impl Fn() -> (Moment, WallTime) + Send + Sync + 'static) -> Clock {
        Clock(Arc::new(read))
    }

    /// The moment and the wall time, now.
    pub fn now(&self) -> (Moment, WallTime) {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

const RFC3339_MICROS: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// `2026-11-23T08:12:00.000000Z`: RFC 3339 with microseconds, always UTC.
pub(crate) fn rfc3339(wall: WallTime) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(wall.0) * 1_000)
        .ok()
        .and_then(|at| at.format(RFC3339_MICROS).ok())
        .unwrap_or_else(|| "1970-01-01T00:00:00.000000Z".into())
}

/// Reads RFC 3339 in any offset; `None` when it is not that.
pub(crate) fn read_rfc3339(text: &str) -> Option<WallTime> {
    use time::format_description::well_known::Rfc3339;
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(at.unix_timestamp_nanos() / 1_000)
        .ok()
        .map(WallTime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_times_are_printed_with_microseconds_and_read_back() {
        let wall = WallTime(1_795_421_520_000_123);
        assert_eq!(rfc3339(wall), "2026-11-23T08:12:00.000123Z");
        assert_eq!(read_rfc3339("2026-11-23T15:12:00.000123+07:00"), Some(wall));
        assert_eq!(read_rfc3339("yesterday"), None);
    }
}
