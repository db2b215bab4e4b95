//! `[hours]`, and the hours of a queue.

use super::section::Section;
use jiff::tz::TimeZone;
use kring_call::{Day, OnClosed, Schedule, WeekHours};
use std::{collections::BTreeSet, sync::Arc};

/// The zone of a centre that says nothing else.
const USUAL_ZONE: &str = "Asia/Bangkok";

/// `[hours]`.
#[derive(Clone, Debug)]
pub(crate) struct Hours {
    /// Where the centre is: what its clocks show.
    pub(crate) zone: TimeZone,
    /// Of queues that say nothing else; none: always open.
    default: Option<WeekHours>,
    holidays: Arc<BTreeSet<Day>>,
}

impl Hours {
    pub(super) fn read(mut section: Section<'_>) -> Hours {
        let name = section.text("tz").unwrap_or_else(|| USUAL_ZONE.to_owned());
        let zone = TimeZone::get(&name).unwrap_or_else(|_| {
            let text = format!(
                "hours.tz is {name:?}, which is no time zone. Write one such as \"Asia/Bangkok\"."
            );
            section.complain("tz", text);
            TimeZone::UTC
        });
        let default = section.read("default");
        let mut holidays = BTreeSet::new();
        for item in section.list("holidays").unwrap_or_default() {
            match item.text.parse::<Day>() {
                Ok(day) => {
                    holidays.insert(day);
                }
                Err(refused) => {
                    section.complain_of(&item, format!("hours.holidays: {refused}."));
                }
            }
        }
        section.finish();
        Hours {
            zone,
            default,
            holidays: Arc::new(holidays),
        }
    }

    /// The key `hours` of a queue, else the default; none: always open.
    pub(super) fn of_queue(&self, section: &mut Section<'_>) -> Option<Schedule> {
        let own = section.read::<WeekHours>("hours");
        self.schedule(own.or_else(|| self.default.clone()))
    }

    /// Of a queue that says nothing of its own.
    pub(super) fn usual(&self) -> Option<Schedule> {
        self.schedule(self.default.clone())
    }

    fn schedule(&self, week: Option<WeekHours>) -> Option<Schedule> {
        let week = week.filter(|week| *week != WeekHours::Always)?;
        let holidays = Arc::clone(&self.holidays);
        Some(Schedule { week, holidays })
    }
}

/// The key `closed_action` of a queue.
pub(super) fn closed_action(section: &mut Section<'_>) -> OnClosed {
    section.choice(
        "closed_action",
        &[
            ("announce", OnClosed::Announce),
            ("announce_busy", OnClosed::AnnounceBusy),
        ],
        OnClosed::Announce,
    )
}
