//! What lists and details take from memory: calls that the journal has not committed yet, and the
//! fresher state of those that it has.

use super::{
    Inner, Live, alerts, call::WrapUp, presence::PresenceNow, screens::to_supervisors,
    transfers::TransferNow,
};
use crate::wire::NumberOnWire;
use kring_journal::{AgentId, CallId, CallRecord, Closing, PresenceState, TransferId};
use std::collections::BTreeMap;

/// A call in memory.
#[derive(Clone, Debug)]
pub(crate) struct Fresh {
    pub(crate) record: CallRecord,
    pub(crate) number: NumberOnWire,
    /// Whose phones ring for it.
    pub(crate) ringing_at: Vec<AgentId>,
}

impl Live {
    /// Every call in memory that has begun, live or just ended, in no order.
    pub(crate) fn fresh_calls(&self) -> Vec<Fresh> {
        self.inner().floor().calls().filter_map(fresh).collect()
    }

    /// The call, if it is in memory.
    pub(crate) fn fresh_call(&self, id: CallId) -> Option<Fresh> {
        self.inner().floor().call(id).and_then(fresh)
    }

    /// A transfer as it is now, and how long it has taken, ms; none: it is not known any more.
    pub(crate) fn transfer(&self, id: TransferId) -> Option<(TransferNow, u64)> {
        let inner = self.inner();
        let (now, _) = inner.clock.now();
        let floor = inner.floor();
        let transfer = floor.transfers.get(id)?;
        Some((transfer.clone(), transfer.elapsed_ms(now)))
    }

    /// Whether whoever answered is at the record of this call now.
    pub(crate) fn is_at_record(&self, id: CallId) -> bool {
        let floor = self.inner().floor();
        let Some(call) = floor.call(id) else {
            return false;
        };
        let winner = call.winner().and_then(|agent| floor.presence(agent));
        let wraps_up = winner.is_some_and(|now| now.state == PresenceState::WrapUp);
        wraps_up && matches!(call.wrap_up, WrapUp::Open { .. })
    }

    /// What the agent does now, if a fact has said so.
    pub(crate) fn presence(&self, agent: &AgentId) -> Option<PresenceNow> {
        self.inner().floor().presence(agent).cloned()
    }

    /// The queues that are closed now.
    pub(crate) fn closed_queues(&self) -> BTreeMap<String, Closing> {
        self.inner().floor().closings.closed().clone()
    }

    /// Whether one of the agent's screens is alive.
    pub(crate) fn has_screen(&self, agent: &AgentId) -> bool {
        self.inner().has_screen(agent)
    }

    /// Closes the sockets that this session opened.
    pub(crate) fn sign_out(&self, agent: &AgentId, session: &str) {
        if let Some(stream) = self.inner().stream(agent) {
            stream.outbox().sign_out(session);
        }
    }

    /// Closes all sockets of this agent, those of programs too.
    pub(crate) fn sign_out_everywhere(&self, agent: &AgentId) {
        if let Some(stream) = self.inner().stream(agent) {
            stream.outbox().sign_out_everywhere();
        }
    }

    /// Tells those who watch over the house that somebody guesses passwords.
    pub(crate) fn tell_of_guessing(&self) {
        let inner = self.inner();
        for delivery in to_supervisors(alerts::PASSWORDS_GUESSED) {
            inner.deliver(inner.now(), delivery);
        }
    }

    /// Closes the sockets of every sign-in of this agent: another one takes over.
    pub(crate) fn take_over(&self, agent: &AgentId) {
        if let Some(stream) = self.inner().stream(agent) {
            stream.outbox().take_over();
        }
    }

    /// Sockets of sign-ins of this agent that were not told to close.
    pub(crate) fn seats_of(&self, agent: &AgentId) -> usize {
        self.inner()
            .stream(agent)
            .map_or(0, |stream| stream.outbox().seats())
    }

    /// Sockets of the agent that were not told to close.
    pub(crate) fn sockets_of(&self, agent: &AgentId) -> usize {
        self.inner()
            .stream(agent)
            .map_or(0, |stream| stream.outbox().sockets())
    }
}

impl Inner {
    fn has_screen(&self, agent: &AgentId) -> bool {
        self.stream(agent)
            .is_some_and(|stream| stream.outbox().screen() == super::outbox::Screen::Alive)
    }
}

fn fresh(call: &super::call::LiveCall) -> Option<Fresh> {
    Some(Fresh {
        record: call.record.clone()?,
        number: call.number.clone(),
        ringing_at: call
            .offers
            .iter()
            .map(|offer| offer.agent.clone())
            .collect(),
    })
}
