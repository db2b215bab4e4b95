//! `[hours]`, and the hours of a queue.

use super::section::Section;
use kring_call::OnClosed;
use kring_store::{UsualHours, Zone};
use kring_time::{Day, Schedule, WeekHours};
use std::{collections::BTreeSet, sync::Arc};

/// `[hours]`.
#[derive(Clone, Debug)]
pub(crate) struct Hours {
    /// Where the centre is: what its clocks show.
    pub(crate) zone: Zone,
    /// Of queues that say nothing else; none: always open.
    default: Option<WeekHours>,
    holidays: Arc<BTreeSet<Day>>,
}

impl Hours {
    pub(super) fn read(mut section: Section<'_>) -> Hours {
        let mut zone = Zone::default();
        if let Some(name) = section.text("tz") {
            match Zone::named(&name) {
                Some(named) => zone = named,
                None => {
                    let text = format!(
                        "hours.tz is {name:?}, which is no time zone. Write one such as \
                         \"Asia/Bangkok\"."
                    );
                    section.complain("tz", text);
                }
            }
        }
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
        Some(Schedule {
            holidays,
            ..Schedule::of(week)
        })
    }

    /// Of units of the directory that say nothing of their own.
    pub(crate) fn of_units(&self) -> UsualHours {
        UsualHours {
            zone: self.zone.clone(),
            week: self.default.clone().unwrap_or(WeekHours::Always),
            holidays: Arc::clone(&self.holidays),
        }
    }
}

/// The key `closed_action` of a queue.
pub(super) fn closed_action(section: &mut Section<'_>) -> OnClosed {
    section.choice(
        "closed_action",
        &[
            ("announce", OnClosed::Announce),
            ("announce_busy", OnClosed::AnnounceBusy),
            ("overflow", OnClosed::Overflow),
            ("offer_callback", OnClosed::OfferCallback),
        ],
        OnClosed::Announce,
    )
}
