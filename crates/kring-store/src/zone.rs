//! Where the centre is: what its clocks show, by the zones that come along with the program.

use jiff::{
    Timestamp, civil,
    tz::{AmbiguousOffset, TimeZone, offset},
};
use kring_journal::WallTime;
use kring_time::{CivilMinute, Day};

/// The zone of a centre that says nothing else.
const USUAL: &str = "Asia/Bangkok";

/// A time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Default for Zone {
    /// Thailand's.
    fn default() -> Zone {
        let there = TimeZone::get(USUAL);
        Zone(there.unwrap_or_else(|_| TimeZone::fixed(offset(7))))
    }
}

impl Zone {
    /// The zone of this name, such as `Asia/Bangkok`.
    pub fn named(name: &str) -> Option<Zone> {
        TimeZone::get(name).ok().map(Zone)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What a clock on the wall there shows; none outside of the years that a calendar has.
    pub fn civil_minute(&self, wall: WallTime) -> Option<CivilMinute> {
        let at = Timestamp::from_microsecond(wall.0).ok()?;
        let shown = self.0.to_datetime(at);
        let day = Day::of(
            i32::from(shown.year()),
            shown.month().unsigned_abs(),
            shown.day().unsigned_abs(),
        )?;
        let minute =
            u16::from(shown.hour().unsigned_abs()) * 60 + u16::from(shown.minute().unsigned_abs());
        Some(CivilMinute { day, minute })
    }

    /// When a clock there shows this for the first time; a time that is left out when clocks go forward is
    /// that at which they do.
    pub fn wall_time(&self, at: CivilMinute) -> Option<WallTime> {
        let (year, month, day) = at.day.civil();
        let shown = civil::DateTime::new(
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
            i8::try_from(at.minute / 60).ok()?,
            i8::try_from(at.minute % 60).ok()?,
            0,
            0,
        );
        let shown = self.0.to_ambiguous_timestamp(shown.ok()?);
        let at = if matches!(shown.offset(), AmbiguousOffset::Gap { .. }) {
            let after = shown.later().ok()?;
            self.0.preceding(after).next()?.timestamp()
        } else {
            shown.compatible().ok()?
        };
        Some(WallTime(at.as_microsecond()))
    }
}
