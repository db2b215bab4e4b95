//! Who would serve a queue, be it one that is not there yet: what a rehearsal is held with.

use super::{Agent, Roster, seat};
use crate::{config::QueueConfig, rehearsal::Seated};

impl Roster {
    /// Everybody who would serve this queue, by login.
    pub(crate) fn survey(&self, queue: &QueueConfig) -> Vec<Seated> {
        let seated = |agent: &Agent| {
            let seat = seat(0, queue, &agent.profile)?;
            let (standing, devices) = (agent.standing(), agent.profile.devices.iter());
            Some(Seated {
                agent: agent.profile.id.clone(),
                devices: devices.map(|device| device.name.clone()).collect(),
                state: agent.doing.state(),
                free: agent.is_free(),
                priority: seat.priority,
                place: seat.place,
                idle_since: standing.idle_since,
                answered: standing.answered,
                screen_dead: standing.screen_dead,
            })
        };
        let mut all: Vec<Seated> = self.agents.values().filter_map(seated).collect();
        all.sort_unstable_by(|a, b| a.agent.cmp(&b.agent));
        all
    }
}
