//! Transfers and consults: the wish, who is to do it, and the moment at which the caller is with somebody
//! else.
//!
//! From the wish on the caller hears music, and until a third party has them they have the agent, if only
//! a phone that hears ringing: so whatever fails, they are back without another ring. The agent may hang up
//! at any moment; then the call waits by itself for what becomes of it.

use super::{Exchange, Role};
use crate::{
    call::{Call, State},
    command::{CommandRefused, Done, PlaceOrigin, TransferPlace, TransferWanted},
    limits::TARGETS_MAX,
    transfer::{Aim, Second, Stage, Transfer, TransferMethod},
};
use kring_journal::{AgentId, CallId, Fact, TransferMode, TransferStep, TransferWay, Unreached};
use kring_media::{AudioDescription, Coding, Ground, MediaOrder, Shield, Side};
use kring_sip::LegId;
use kring_time::Moment;
use std::{collections::VecDeque, sync::Arc};

type Answer = Result<Done, CommandRefused>;

/// Where the wish was said.
#[derive(Clone, Debug)]
pub(super) enum SaidAt {
    Screen,
    /// At the phone, by a REFER in this leg.
    Phone(LegId),
    /// At the phone, which dials in this leg, and says this of its sound there.
    SecondCall(LegId, Box<AudioDescription>, Option<Arc<Shield>>),
}

/// What is decided before anything is done.
struct Begin {
    agent: AgentId,
    leg: LegId,
    since: Moment,
    voice: Coding,
    places: VecDeque<TransferPlace>,
    way: TransferWay,
}

impl Exchange {
    /// The caller is to talk with somebody else.
    pub(super) fn transfer(
        &mut self,
        now: Moment,
        agent: Option<&AgentId>,
        id: CallId,
        wanted: TransferWanted,
        said_at: SaidAt,
    ) -> Answer {
        let begin = self.judge_transfer(agent, id, &wanted)?;
        if begin.way == TransferWay::Bridge && !self.admit_third(id, begin.voice) {
            return Err(CommandRefused::NoRoom);
        }
        self.abandon_change(now, id);
        self.end_hold(now, id);
        let transfer = self.new_transfer_id(now);
        let asked = TransferStep::Asked {
            agent: begin.agent.clone(),
            mode: wanted.mode,
            way: begin.way,
            department: wanted.department.clone(),
            to: begin
                .places
                .front()
                .map_or_else(String::new, |p| p.number.clone()),
            reason: wanted.reason,
            by_phone: !matches!(said_at, SaidAt::Screen),
        };
        let (referrer, second) = match said_at {
            SaidAt::Screen => (None, None),
            SaidAt::Phone(leg) => (Some(leg), None),
            SaidAt::SecondCall(leg, offer, shield) => (None, Some((leg, offer, shield))),
        };
        let second = second.map(|(leg, offer, shield)| {
            self.legs.insert(leg, Role::Second(id));
            let answered = false;
            Second {
                leg,
                offer,
                shield,
                answered,
            }
        });
        let Some(call) = self.calls.get_mut(&id) else {
            return Err(CommandRefused::CallGone);
        };
        let tells =
            super::travelling::said_along(id, &wanted, self.config.transfer.record_link.as_deref());
        call.sound.voice = Some(begin.voice);
        let aim = match wanted.mode {
            TransferMode::Blind => Aim::HandOver,
            TransferMode::Attended => Aim::Consult,
        };
        call.state = State::Transferring(Box::new(Transfer {
            id: transfer,
            agent: begin.agent,
            agent_leg: Some(begin.leg),
            since: begin.since,
            began: now,
            aim,
            failing: wanted.failing,
            referrer,
            second,
            tells,
            stage: Stage::Waiting,
        }));
        self.tell_step(now, id, asked);
        self.speak(id, Vec::new(), Ground::Music);
        self.set_agent_aside(id);
        match begin.way {
            TransferWay::Refer => self.refer_next(now, id, begin.places),
            TransferWay::Bridge => self.dial_third(now, id, begin.places),
        }
        Ok(Done::Transferring(transfer))
    }

    /// Whether the transfer may begin, and how.
    fn judge_transfer(
        &self,
        agent: Option<&AgentId>,
        id: CallId,
        wanted: &TransferWanted,
    ) -> Result<Begin, CommandRefused> {
        let call = self.owned_call(agent, id)?;
        let State::Talking { agent, leg, since } = &call.state else {
            return Err(match call.transfer() {
                Some(_) => CommandRefused::TransferInProgress,
                None => CommandRefused::CallGone,
            });
        };
        if call.caller_leg.is_none() {
            return Err(CommandRefused::CallGone);
        }
        let trunk = self
            .outward_trunk(call.trunk)
            .ok_or(CommandRefused::NoWayOut)?;
        let places = self.places_wanted(trunk, wanted)?;
        let voice = common_voice(call).ok_or(CommandRefused::CannotHold)?;
        let method = self.transfer_method(call.trunk);
        let refers =
            wanted.mode == TransferMode::Blind && method.refers(call.caller_agent.as_deref());
        Ok(Begin {
            agent: agent.clone(),
            leg: *leg,
            since: *since,
            voice,
            places,
            way: if refers {
                TransferWay::Refer
            } else {
                TransferWay::Bridge
            },
        })
    }

    /// The call, if this agent has it, or somebody has it and nobody in particular asks.
    pub(super) fn owned_call(
        &self,
        agent: Option<&AgentId>,
        id: CallId,
    ) -> Result<&Call, CommandRefused> {
        if let Some(agent) = agent {
            self.roster.get(agent).ok_or(CommandRefused::NoSuchAgent)?;
        }
        let call = self.calls.get(&id).ok_or(CommandRefused::CallGone)?;
        match (agent, self.talking_agent(id)) {
            (_, None) => Err(CommandRefused::CallGone),
            (Some(asks), Some(has)) if asks != has => Err(CommandRefused::NotYourCall),
            _ => Ok(call),
        }
    }

    /// What is dialled, as the PBX is asked for it: what an agent has typed only where `[dial]` lets it.
    fn places_wanted(
        &self,
        trunk: usize,
        wanted: &TransferWanted,
    ) -> Result<VecDeque<TransferPlace>, CommandRefused> {
        let name = &self.config.trunks[trunk].name;
        let places = wanted.places.iter().take(TARGETS_MAX);
        let places: Option<VecDeque<_>> = match wanted.origin {
            PlaceOrigin::Directory => Some(places.cloned().collect()),
            PlaceOrigin::Typed => places
                .map(|place| {
                    let written = self
                        .is_in_directory(&place.number)
                        .then(|| place.number.clone());
                    let number =
                        written.or_else(|| self.config.dial.spelling(&place.number, name))?;
                    Some(TransferPlace {
                        number,
                        ..place.clone()
                    })
                })
                .collect(),
        };
        let places = places.ok_or(CommandRefused::NumberNotAllowed)?;
        if places.is_empty() {
            return Err(CommandRefused::NoTarget);
        }
        Ok(places)
    }

    /// Whether an administrator has written this number as some department's, or as one of the house.
    fn is_in_directory(&self, number: &str) -> bool {
        let mut departments = self.departments.values().flatten();
        departments.any(|known| known == number)
            || self
                .config
                .transfer
                .internal
                .as_ref()
                .is_some_and(|own| own.matches(number))
    }

    /// Who joins callers of this trunk with whom they are transferred to.
    pub(super) fn transfer_method(&self, trunk: usize) -> TransferMethod {
        let own = self.config.trunks[trunk].transfer_method;
        own.unwrap_or(self.config.transfer.method)
    }

    /// Writes down a step of the transfer that is on its way.
    pub(super) fn tell_step(&mut self, now: Moment, id: CallId, step: TransferStep) {
        self.report_to_phone(now, id, &step);
        if let Some(transfer) = self
            .calls
            .get(&id)
            .and_then(|call| call.transfer())
            .map(|t| t.id)
        {
            let fact = Fact::Transfer(kring_journal::Transfer { transfer, step });
            self.record(now, id, fact);
        }
    }

    /// A side hears nothing of kring any more.
    pub(super) fn hush(&mut self, id: CallId, side: Side) {
        if let Some(session) = self.calls.get(&id).map(|call| call.sound.session) {
            self.order(MediaOrder::Hush { session, side });
        }
    }

    /// The present extension cannot be had: the next one is tried, and after the last the caller is back.
    pub(super) fn third_missed(&mut self, now: Moment, id: CallId, (why, code): (Unreached, u16)) {
        let Some(transfer) = self.calls.get_mut(&id).and_then(|call| call.transfer_mut()) else {
            return;
        };
        let (to, others) = match &mut transfer.stage {
            Stage::Dialling { outward, others } => (
                outward.to.clone().unwrap_or_default(),
                std::mem::take(others),
            ),
            Stage::Referred { place, others, .. } => (place.number.clone(), std::mem::take(others)),
            _ => return,
        };
        let refers = matches!(transfer.stage, Stage::Referred { .. });
        self.tell_step(now, id, TransferStep::Missed { to, why, code });
        let is_gone = self
            .calls
            .get(&id)
            .is_some_and(|call| call.caller_leg.is_none());
        if others.is_empty() || is_gone {
            self.bring_caller_back(now, id, kring_journal::TransferOver::of(why), code);
        } else if refers {
            self.refer_next(now, id, others);
        } else {
            self.dial_third(now, id, others);
        }
    }

    /// Whoever was to answer in time has not.
    pub(super) fn transfer_overdue(&mut self, now: Moment, id: CallId) {
        let Some(transfer) = self.calls.get(&id).and_then(|call| call.transfer()) else {
            return;
        };
        if transfer.due().is_none_or(|due| due > now) {
            return;
        }
        match &transfer.stage {
            Stage::Dialling { .. } => self.outward_overdue(now, id),
            Stage::Referred { .. } => self.refer_untold(now, id),
            Stage::Joining { .. } => self.join_here(now, id),
            Stage::Settling { why, code, .. } => {
                let (why, code) = (*why, *code);
                self.bring_caller_back(now, id, why, code);
            }
            Stage::Waiting | Stage::Met { .. } => {}
        }
    }
}

/// How kring can speak to both caller and agent: as it was agreed with the phone, if the caller has that, too.
/// A phone that has held the caller has offered again all that it can, in its own order.
pub(super) fn common_voice(call: &Call) -> Option<Coding> {
    let callers = call.sound.theirs(Side::Caller)?;
    let agents = call.sound.theirs(Side::Agent)?;
    let is_callers = |coding: &Coding| {
        let mut codecs = callers.codecs.iter();
        codecs.any(|codec| Coding::of(codec) == Some(*coding))
    };
    let agreed = call.sound.agreed(Side::Agent);
    let said = agreed.iter().chain(&agents.codecs);
    said.filter_map(Coding::of).find(is_callers)
}
