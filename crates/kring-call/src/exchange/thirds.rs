//! The third party of a transfer or consult: dialled, met, and turned to.

use super::{Exchange, Role, outward::Wanted};
use crate::{
    command::{CommandRefused, ConsultTurn, Done, TransferPlace},
    transfer::{Aim, Circle, Stage},
};
use kring_journal::{
    AgentId, CallId, TalksWith, TransferOver, TransferStep, TransferWay, Unreached,
};
use kring_media::{AudioDescription, Coding, Ground, Joined, MediaOrder, Side, coding_of};
use kring_sip::{LegId, Reason};
use kring_time::Moment;
use std::{collections::VecDeque, time::Duration};

type Answer = Result<Done, CommandRefused>;

impl Exchange {
    /// Makes room for a third party: whether there is any.
    pub(super) fn admit_third(&mut self, id: CallId, voice: Coding) -> bool {
        let Some(third) = self.take_third_ports() else {
            self.count_bound("rtp_ports");
            return false;
        };
        let address = self.config.media_address;
        let call = self.calls.get_mut(&id);
        let admitted = call.and_then(|call| {
            call.sound.admit(address, third, voice)?;
            Some(call.sound.session)
        });
        let Some(session) = admitted else {
            self.ports.give_back([third]);
            return false;
        };
        self.order(MediaOrder::Admit { session, third });
        true
    }

    /// Dials the first of these that can be dialled.
    pub(super) fn dial_third(
        &mut self,
        now: Moment,
        id: CallId,
        mut places: VecDeque<TransferPlace>,
    ) {
        while let Some(place) = places.pop_front() {
            let rings = self.rings_of(&place);
            let Some(call) = self.calls.get(&id) else {
                return;
            };
            let tells = call.transfer().map_or_else(Vec::new, |t| t.tells.clone());
            let wanted = self.outward_trunk(call.trunk).and_then(|trunk| {
                let mut extra = tells;
                extra.extend(self.caller_told(call, trunk, &place.number));
                Some(Wanted {
                    number: &place.number,
                    trunk,
                    from: call.from.clone(),
                    offer: call.sound.to_third()?,
                    patience: rings,
                    told: Some(place.number.clone()),
                    extra,
                })
            });
            // Their screen shows who comes before their telephone rings.
            if let Some(officer) = self.roster.officer_at(&place.number).cloned() {
                self.tell_step(now, id, TransferStep::Shown { officer });
            }
            let outward = wanted.and_then(|wanted| self.dial(now, id, wanted));
            let Some(outward) = outward else {
                let (to, why) = (place.number, Unreached::Failed);
                self.tell_step(now, id, TransferStep::Missed { to, why, code: 0 });
                continue;
            };
            if let Some(transfer) = self.calls.get_mut(&id).and_then(|call| call.transfer_mut()) {
                let others = places;
                transfer.stage = Stage::Dialling { outward, others };
            }
            self.reschedule(id);
            return;
        }
        self.bring_caller_back(now, id, TransferOver::Failed, 0);
    }

    /// How long a place may ring: so many rings of the cadence, less the silence of the last.
    pub(super) fn rings_of(&self, place: &TransferPlace) -> Duration {
        let terms = &self.config.terms;
        let rings = match place.rings {
            0 => self.config.transfer.recall_rings,
            rings => rings,
        };
        let guard = Duration::from_millis(u64::from(terms.guard_ms));
        (terms.period() * u32::from(rings.max(1))).saturating_sub(guard)
    }

    /// The third party has answered.
    pub(super) fn third_answered(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        answer: AudioDescription,
    ) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let session = call.sound.session;
        let Some(transfer) = call.transfer_mut() else {
            return;
        };
        let Stage::Dialling { outward, .. } = &transfer.stage else {
            return;
        };
        let (to, aim) = (outward.to.clone().unwrap_or_default(), transfer.aim);
        transfer.stage = Stage::Met {
            third: leg,
            to: to.clone(),
            circle: Circle::Unit,
        };
        call.sound.hear(Side::Third, answer.clone());
        self.legs.insert(leg, Role::Third(id));
        self.order_remote(session, Side::Third, &answer);
        match aim {
            Aim::HandOver => self.hand_over(now, id),
            Aim::Consult => {
                self.tell_step(now, id, TransferStep::Consulting { to });
                self.leave_out(id, Side::Caller);
                self.hush(id, Side::Agent);
                self.second_is_answered(now, id);
                self.reschedule(id);
            }
        }
    }

    /// The others hear each other; this one hears what kring plays.
    pub(super) fn leave_out(&mut self, id: CallId, side: Side) {
        if let Some(session) = self.calls.get(&id).map(|call| call.sound.session) {
            let joined = Joined::Without(side);
            self.order(MediaOrder::Join { session, joined });
        }
    }

    /// Something that an agent wants of a consult.
    pub(super) fn consult(
        &mut self,
        now: Moment,
        agent: Option<&AgentId>,
        id: CallId,
        turn: ConsultTurn,
    ) -> Answer {
        let call = self.owned_call(agent, id)?;
        let transfer = call.transfer().ok_or(CommandRefused::NoConsult)?;
        match (turn, &transfer.stage) {
            (
                _,
                Stage::Referred { .. }
                | Stage::Joining { .. }
                | Stage::Waiting
                | Stage::Settling { .. },
            ) => Err(CommandRefused::TransferInProgress),
            (ConsultTurn::Cancel, _) => {
                self.bring_caller_back(now, id, TransferOver::Cancelled, 0);
                Ok(Done::Ok)
            }
            (ConsultTurn::Complete, Stage::Met { .. }) => {
                self.complete(now, id);
                Ok(Done::Ok)
            }
            (ConsultTurn::Complete, Stage::Dialling { .. }) => Ok(self.release_agent(now, id)),
            (ConsultTurn::Swap, Stage::Met { circle, .. }) => {
                let next = match circle {
                    Circle::Unit => Circle::Caller,
                    Circle::Caller | Circle::All => Circle::Unit,
                };
                self.turn_to(now, id, next);
                Ok(Done::Ok)
            }
            (ConsultTurn::Conference, Stage::Met { .. }) => {
                self.turn_to(now, id, Circle::All);
                Ok(Done::Ok)
            }
            (ConsultTurn::Swap | ConsultTurn::Conference, Stage::Dialling { .. }) => {
                Err(CommandRefused::NoConsult)
            }
        }
    }

    /// The agent does not wait for the answer: the caller gets it.
    fn release_agent(&mut self, now: Moment, id: CallId) -> Done {
        let Some(transfer) = self.calls.get_mut(&id).and_then(|call| call.transfer_mut()) else {
            return Done::Unchanged;
        };
        if std::mem::replace(&mut transfer.aim, Aim::HandOver) == Aim::HandOver {
            return Done::Unchanged;
        }
        self.tell_step(now, id, TransferStep::Released);
        Done::Ok
    }

    /// Others hear each other from now on.
    pub(super) fn turn_to(&mut self, now: Moment, id: CallId, next: Circle) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let (session, voice) = (call.sound.session, call.sound.voice);
        let third = call.sound.theirs(Side::Third).and_then(coding_of).or(voice);
        let Some(Stage::Met { circle, .. }) = call.transfer_mut().map(|t| &mut t.stage) else {
            return;
        };
        if *circle == next {
            return;
        }
        *circle = next;
        match (next.left_out(), voice, third) {
            (Some(side), ..) => {
                for heard in Side::PARTIES {
                    if heard == side {
                        self.speak_to(id, side, Vec::new(), Ground::Music);
                    } else {
                        self.hush(id, heard);
                    }
                }
                self.leave_out(id, side);
            }
            (None, Some(voice), Some(third)) => {
                let joined = Joined::Conference([voice, voice, third]);
                self.order(MediaOrder::Join { session, joined });
                for heard in Side::PARTIES {
                    self.hush(id, heard);
                }
            }
            // Nobody is held to whom kring cannot speak.
            (None, ..) => return,
        }
        let with = match next {
            Circle::Unit => TalksWith::Unit,
            Circle::Caller => TalksWith::Caller,
            Circle::All => TalksWith::Both,
        };
        self.tell_step(now, id, TransferStep::Turned { with });
    }

    /// Caller and third party are to talk alone: by the PBX, if it has both and is to do it, else here.
    fn complete(&mut self, now: Moment, id: CallId) {
        if !self.refer_to_third(now, id) {
            self.hand_over(now, id);
        }
    }

    /// The PBX did not join the two, or has not said so: kring does.
    pub(super) fn join_here(&mut self, now: Moment, id: CallId) {
        let Some(transfer) = self.calls.get_mut(&id).and_then(|call| call.transfer_mut()) else {
            return;
        };
        let Stage::Joining {
            third, to, circle, ..
        } = &transfer.stage
        else {
            return;
        };
        let (third, to, circle) = (*third, to.clone(), *circle);
        transfer.stage = Stage::Met {
            third,
            to: to.clone(),
            circle,
        };
        let way = TransferWay::Bridge;
        self.tell_step(now, id, TransferStep::Tried { to, way });
        self.hand_over(now, id);
    }

    /// Whom kring dials for a transfer says how it goes.
    pub(super) fn third_progress(&mut self, now: Moment, id: CallId, code: u16) {
        let outward = self.calls.get_mut(&id).and_then(|call| call.outward_mut());
        let Some(outward) = outward.filter(|outward| code > 100 && outward.told != code) else {
            return;
        };
        outward.told = code;
        let transfer = self.calls.get(&id).and_then(|call| call.transfer());
        if let Some(second) = transfer.and_then(|transfer| transfer.second.as_ref()) {
            self.endpoint.provisional(now, second.leg, 180, None);
        }
        self.tell_step(now, id, TransferStep::Progress { code });
    }

    /// The third party is hung up on, or rings no more.
    pub(super) fn drop_third(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let leg = call.transfer().and_then(crate::transfer::Transfer::third);
        match leg.and_then(|leg| Some((leg, self.legs.get(&leg)?))) {
            Some((leg, Role::Outward(_))) => {
                self.drop_leg(now, leg, Reason::sip(487, "Not wanted any more"));
            }
            Some((leg, Role::Third(_))) => {
                let reason = Reason::sip(200, "Normal call clearing");
                self.endpoint.bye(now, leg, Some(reason));
                self.legs.insert(leg, Role::Closing(None));
            }
            // It is gone by itself.
            _ => {}
        }
    }
}
