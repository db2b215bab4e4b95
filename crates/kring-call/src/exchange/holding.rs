//! Hold, as the agent wishes it on the screen: the caller hears music, the agent nothing, and nobody's phone is
//! asked for anything. A phone's own hold key is the phone's affair.

use super::{Exchange, transferring::common_voice};
use crate::{
    call::State,
    command::{CommandRefused, Done},
};
use kring_journal::{AgentId, CallId, Fact, Hold, HoldOver};
use kring_media::{Ground, Side};
use kring_time::Moment;

type Answer = Result<Done, CommandRefused>;

impl Exchange {
    /// The caller hears music from now on, and the agent no caller.
    pub(super) fn hold(&mut self, now: Moment, agent: &AgentId, id: CallId) -> Answer {
        if self.on_hold(agent, id)?.is_some() {
            return Ok(Done::Unchanged);
        }
        let call = self.calls.get_mut(&id).ok_or(CommandRefused::CallGone)?;
        let voice = common_voice(call).ok_or(CommandRefused::CannotHold)?;
        call.sound.voice = Some(voice);
        call.sound.on_hold = Some(now);
        self.speak(id, Vec::new(), Ground::Music);
        self.set_agent_aside(id);
        let agent = agent.clone();
        self.record(now, id, Fact::Held(Hold { agent }));
        Ok(Done::Ok)
    }

    /// They hear each other again.
    pub(super) fn resume(&mut self, now: Moment, agent: &AgentId, id: CallId) -> Answer {
        if self.on_hold(agent, id)?.is_none() {
            return Ok(Done::Unchanged);
        }
        self.hush(id, Side::Caller);
        self.hush(id, Side::Agent);
        self.end_aside(id);
        self.end_hold(now, id);
        Ok(Done::Ok)
    }

    /// It is over, whoever hears what now.
    pub(super) fn end_hold(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let (Some(since), State::Talking { agent, .. }) = (call.sound.on_hold.take(), &call.state)
        else {
            return;
        };
        let over = HoldOver {
            agent: agent.clone(),
            held_ms: now.since(since).as_millis() as u64,
        };
        self.record(now, id, Fact::Resumed(over));
    }

    /// Since when this agent's caller is on hold.
    fn on_hold(&self, agent: &AgentId, id: CallId) -> Result<Option<Moment>, CommandRefused> {
        let call = self.owned_call(Some(agent), id)?;
        match &call.state {
            State::Talking { .. } => Ok(call.sound.on_hold),
            _ if call.transfer().is_some() => Err(CommandRefused::TransferInProgress),
            _ => Err(CommandRefused::CallGone),
        }
    }
}
