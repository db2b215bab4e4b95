//! Supervisors who hear calls, as the screens see it: the agent is told where the house has it so, the supervisor how
//! far it is.

use super::{Live, call::LiveCall, floor::Delivery, screens::to};
use crate::wire::{MonitorOnWire, Said};
use kring_journal::{AgentId, CallId, MonitorMode, MonitorState, Monitored};

/// A supervisor of a call.
#[derive(Clone, Debug)]
pub(crate) struct MonitorNow {
    pub(crate) by: AgentId,
    pub(crate) mode: MonitorMode,
    pub(crate) state: MonitorState,
    /// Which agent was told.
    told: Option<AgentId>,
}

impl MonitorNow {
    /// As pages read it.
    pub(crate) fn on_wire(&self, name_of: impl Fn(&AgentId) -> Option<String>) -> MonitorOnWire {
        MonitorOnWire {
            by: self.by.clone(),
            name: name_of(&self.by),
            mode: self.mode,
            state: self.state,
        }
    }

    /// The same, if this agent was told.
    pub(crate) fn told_to(&self, agent: &AgentId) -> Option<MonitorOnWire> {
        let is_told = self.told.as_ref() == Some(agent);
        is_told.then(|| self.on_wire(|_| None))
    }
}

/// What a supervisor's coming, change and going means for the screens.
pub(super) fn of_monitor(call: &mut LiveCall, how: &Monitored) -> Vec<Delivery> {
    let id = Some(call.id);
    let is_on = how.state == MonitorState::On && how.told;
    let told = how.agent.clone().filter(|_| is_on);
    let before = call.monitor.take().and_then(|monitor| monitor.told);
    let (by, mode) = (how.by.clone(), how.mode);
    let mut out = Vec::new();
    // Whoever was told, and is not any more, or has handed the caller over.
    if let Some(agent) = before.filter(|agent| Some(agent) != told.as_ref()) {
        let (by, state) = (by.clone(), MonitorState::Ended);
        out.extend(to(&agent, id, Said::Monitored { by, mode, state }));
    }
    if let Some(agent) = &told {
        let (by, state) = (by.clone(), MonitorState::On);
        out.extend(to(agent, id, Said::Monitored { by, mode, state }));
    }
    let (state, why) = (how.state, how.why);
    out.extend(to(&by, id, Said::Monitoring { mode, state, why }));
    if state != MonitorState::Ended {
        call.monitor = Some(MonitorNow {
            by,
            mode,
            state,
            told,
        });
    }
    out
}

impl Live {
    /// Who hears this call now, by name.
    pub(crate) async fn monitor_of(&self, id: CallId) -> Option<MonitorOnWire> {
        let beside = self.inner().beside().await;
        let floor = self.inner().floor();
        let monitor = floor.call(id)?.monitor.as_ref()?;
        Some(monitor.on_wire(|login| {
            let mut agents = beside.agents.iter();
            let agent = agents.find(|agent| agent.login == *login)?;
            Some(agent.name.as_str().to_owned())
        }))
    }
}
