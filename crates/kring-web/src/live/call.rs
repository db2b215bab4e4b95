//! One call as the screens see it: its history row, who calls, and whose phone rings.
//!
//! A fold of the call's facts; the only thing in it that is no fact is the caller's name, which
//! never enters the journal.

use super::{floor::When, monitors::MonitorNow};
use crate::wire::{Card, DraftOnWire, NumberOnWire, Pop, RingCount, SoundNow, Via};
use kring_journal::{
    AgentId, CallId, CallRecord, CallState, Entry, Fact, Outbound, Outcome, RingTerms,
};
use kring_time::Moment;
use std::sync::Arc;

/// How far the lookup of the caller is.
#[derive(Clone, Debug)]
pub(crate) enum Lookup {
    /// It runs, and pops wait for it.
    Awaited,
    /// It runs, and pops go without it.
    Overdue,
    /// It is done, or was not needed.
    Done(Arc<Card>),
}

/// A phone that rings for this call.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) agent: AgentId,
    pub(crate) hop: u8,
    pub(crate) attempt: u16,
    pub(crate) devices: Vec<String>,
    pub(crate) answerable: bool,
    /// The page has said that it sounds.
    pub(crate) audible: bool,
}

impl Offer {
    /// Stands for the offer that was answered, when only the call is left.
    pub(crate) fn answered(agent: &AgentId) -> Offer {
        Offer {
            agent: agent.clone(),
            hop: 0,
            attempt: 0,
            devices: Vec::new(),
            answerable: false,
            audible: true,
        }
    }
}

/// The time for the record of an ended call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WrapUp {
    /// There was none, or it is over.
    Closed,
    /// It goes on until then; without a limit when there is none.
    Open { until: Option<Moment> },
}

/// The call.
#[derive(Clone, Debug)]
pub(crate) struct LiveCall {
    pub(crate) id: CallId,
    pub(crate) record: Option<CallRecord>,
    pub(crate) number: NumberOnWire,
    pub(crate) lookup: Lookup,
    pub(crate) offers: Vec<Offer>,
    /// Whose outbox holds a pop of this call that waits for the lookup.
    pub(crate) held_at: Vec<AgentId>,
    pub(crate) ring: Option<RingCount>,
    pub(crate) t0: Moment,
    /// From when the rings of the present offer count: t0, or later for a caller who is kept.
    pub(crate) rings_from: Moment,
    pub(crate) answered_at: Option<Moment>,
    /// Since when the agent lets the caller hear music.
    pub(crate) held_since: Option<Moment>,
    /// How the lines sound that were ever told of, one a side.
    pub(crate) sound: Vec<SoundNow>,
    /// `recording`, `paused`, `ended` or `failed`; none: it is not recorded.
    pub(crate) recording: Option<&'static str>,
    /// The supervisor who hears it, or is rung to.
    pub(crate) monitor: Option<MonitorNow>,
    pub(crate) wrap_up: WrapUp,
    pub(crate) draft: Option<DraftOnWire>,
    /// The agent who answered has handed the caller over, and has no part in the call any more.
    pub(crate) handed_over: bool,
    /// Who works here and has the caller from another agent, or is asked about them.
    pub(crate) officer: Option<AgentId>,
    /// The extension that has the caller since.
    pub(crate) transferred_to: Option<String>,
    /// Who is noted as having read the caller's name on the wallboard.
    pub(crate) read_by: Vec<String>,
    via: Via,
    terms: Option<RingTerms>,
    outbound: Option<Outbound>,
}

impl LiveCall {
    /// A call of which nothing is known yet.
    pub(crate) fn new(id: CallId, now: Moment) -> LiveCall {
        LiveCall {
            id,
            record: None,
            number: NumberOnWire::anonymous(),
            lookup: Lookup::Done(Arc::new(Card::default())),
            offers: Vec::new(),
            held_at: Vec::new(),
            ring: None,
            t0: now,
            rings_from: now,
            answered_at: None,
            held_since: None,
            sound: Vec::new(),
            recording: None,
            monitor: None,
            wrap_up: WrapUp::Closed,
            draft: None,
            handed_over: false,
            officer: None,
            transferred_to: None,
            read_by: Vec::new(),
            via: Via::default(),
            terms: None,
            outbound: None,
        }
    }

    /// Takes in the call's first fact.
    pub(crate) fn offered(&mut self, at: Moment, record: CallRecord, fact: &Fact) {
        if let Fact::Offered {
            did,
            forwarded_by,
            terms,
            outbound,
            ..
        } = fact
        {
            self.via = Via {
                did: did.clone(),
                forwarded_by: forwarded_by.clone(),
            };
            self.terms = Some(terms.clone());
            self.outbound.clone_from(outbound);
        }
        self.t0 = at;
        self.rings_from = at;
        self.record = Some(record);
    }

    /// The pop for one phone. The caller's card is empty while it is looked up.
    pub(crate) fn pop(&self, offer: &Offer, greeting: Arc<str>) -> Pop {
        let (on_ms, off_ms, limit) = self
            .terms
            .as_ref()
            .map_or((0, 0, 0), |t| (t.on_ms, t.off_ms, t.limit));
        Pop {
            number: self.number.clone(),
            card: self.card(),
            via: self.via.clone(),
            outbound: self.outbound.clone(),
            t0: self.rings_from,
            period_ms: on_ms + off_ms,
            on_ms,
            limit,
            answerable: offer.answerable,
            greeting,
            hop: offer.hop,
            attempt: offer.attempt,
        }
    }

    /// What is known of the caller.
    pub(crate) fn card(&self) -> Arc<Card> {
        match &self.lookup {
            Lookup::Done(card) => Arc::clone(card),
            Lookup::Awaited | Lookup::Overdue => Arc::new(Card::default()),
        }
    }

    /// Whether kring placed it.
    pub(crate) fn is_placed(&self) -> bool {
        self.outbound.is_some()
    }

    /// The agent who answered.
    pub(crate) fn winner(&self) -> Option<&AgentId> {
        self.record
            .as_ref()
            .and_then(|record| record.agent.as_ref())
    }

    /// Where it is in its life.
    pub(crate) fn state(&self) -> CallState {
        self.record
            .as_ref()
            .map_or(CallState::Ringing, |record| record.state)
    }

    /// Whether it is over for the agent who answered.
    pub(crate) fn is_over_for_agent(&self) -> bool {
        self.handed_over || self.state() == CallState::Ended
    }

    /// Whether the caller waits for an agent.
    pub(crate) fn waits(&self) -> bool {
        matches!(self.state(), CallState::Ringing | CallState::Waiting)
    }

    /// How it was decided, if it is.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        self.record.as_ref().and_then(|record| record.outcome)
    }

    /// Takes the offer to `agent` out; `None` when there is none (any more).
    pub(crate) fn close_offer(&mut self, agent: &AgentId) -> Option<Offer> {
        let at = self.offers.iter().position(|o| o.agent == *agent)?;
        Some(self.offers.remove(at))
    }
}

/// The record folds entries; here they have no place in the journal yet.
pub(super) fn entry(now: When, call: CallId, fact: &Fact) -> Entry {
    Entry {
        node: String::new(),
        boot: 0,
        seq: 0,
        at: now.at,
        wall: now.wall,
        call: Some(call),
        fact: fact.clone(),
    }
}
