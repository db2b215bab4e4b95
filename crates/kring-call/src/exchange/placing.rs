//! Calls that kring places itself: how they begin, for a citizen who asked or an agent who wants to, and how
//! they are over when the citizen was not reached.

use super::{Exchange, Output, Role};
use crate::{
    beginning::Beginning,
    call::{Call, Cause, Errand, State},
    command::{CallerIdentity, CommandRefused, Done, PresenceWish},
    doing::Doing,
    limits::CALLS_MAX,
    roster::Wish,
    sound::Sound,
};
use kring_journal::{AgentId, CallId, CallerRef, Fact, Missed, Outbound, Unreached, Withdrawal};
use kring_media::OwnAudio;
use kring_sip::{NameAddr, Reason};
use kring_time::Moment;

/// A call that is to be placed.
pub(super) struct Placing {
    pub(super) queue: usize,
    pub(super) trunk: usize,
    /// As the PBX is asked for it.
    pub(super) number: String,
    pub(super) identity: CallerIdentity,
    /// Where it stands among those that wait.
    pub(super) turn: Moment,
    pub(super) did: String,
    pub(super) cause: Cause,
    pub(super) outbound: Outbound,
}

/// Why a placed call is over before the citizen has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// The citizen is busy or not there.
    Missed(Unreached, u16),
    /// No agent's phone was lifted.
    NoAgent,
    /// The agent has hung up.
    AgentLeft,
    /// Nobody wants it any more, or the house closes.
    CalledOff(&'static str),
}

impl Exchange {
    /// Places a call: none if there is no room for one. Nobody is rung for it yet.
    pub(super) fn place_call(&mut self, now: Moment, placing: Placing) -> Option<CallId> {
        if self.calls.len() >= CALLS_MAX || self.admission != crate::command::Admission::Open {
            return None;
        }
        let sound = self.sound_to_place()?;
        let id = self.new_call_id(now);
        let caller = CallerRef::new(self.chance_u128() as u64);
        let terms = self.config.terms.clone();
        let offered = Fact::Offered {
            caller,
            queue: self.config.queues[placing.queue].name.clone(),
            did: placing.did.clone(),
            sip_call_id: String::new(),
            trunk: self.config.trunks[placing.trunk].name.clone(),
            forwarded_by: None,
            rang_before: false,
            chosen_by: None,
            priority: None,
            terms: (*terms).clone(),
            outbound: Some(placing.outbound),
        };
        let from = self.caller_for_phones(&placing.identity);
        let introduced = placing.identity.clone();
        self.outputs
            .push_back(Output::Introduce(id, caller, introduced));
        self.record(now, id, offered);
        let errand = Errand {
            number: placing.number,
            from: self.own_caller(placing.trunk, &placing.did),
            cause: placing.cause,
        };
        let beginning = Beginning {
            id,
            queue: placing.queue,
            trunk: placing.trunk,
            caller,
            identity: placing.identity,
            did: placing.did,
            dialled: self.own_uri(),
            from,
            turn: placing.turn,
            terms,
            plan: self.config.queues[placing.queue].plan.clone(),
            sound,
        };
        let call = Call {
            errand: Some(Box::new(errand)),
            ..Call::begin(now, beginning)
        };
        self.calls.insert(id, Box::new(call));
        self.shares.began(placing.trunk);
        Some(id)
    }

    fn sound_to_place(&mut self) -> Option<Sound> {
        let (caller_ports, agent_ports) = self.take_ports()?;
        let session = self.new_session();
        let own = OwnAudio {
            shield: None,
            address: self.config.media_address,
            port: agent_ports.rtp,
            session_id: session.0,
            version: 1,
        };
        let ports = (caller_ports, agent_ports);
        if let Ok((_, to_phones)) = kring_media::offer_to_agent(None, &self.config.codecs, &own) {
            return Some(Sound::placed(session, ports, to_phones));
        }
        self.ports.give_back([caller_ports, agent_ports]);
        None
    }

    /// Who calls a citizen: our account at the PBX, or the number that is theirs to call.
    fn own_caller(&self, trunk: usize, did: &str) -> NameAddr {
        let account = self.config.trunks[trunk].line.account.as_ref();
        let uri = account.map_or_else(
            || {
                let mut uri = self.own_uri();
                if !did.is_empty() {
                    uri.set_user(Some(did));
                }
                uri
            },
            |account| account.aor.clone(),
        );
        NameAddr::new(uri)
    }

    /// A placed call is over before the citizen has answered.
    pub(super) fn placed_over(&mut self, now: Moment, id: CallId, over: Over) {
        let Some(call) = self.forget(id) else {
            return;
        };
        let reason = match over {
            Over::Missed(why, code) => {
                let missed = Missed {
                    to: None,
                    why,
                    code,
                };
                self.record(now, id, Fact::Missed(missed));
                Reason::sip(if code == 0 { 408 } else { code }, "Not reached")
            }
            Over::NoAgent | Over::AgentLeft | Over::CalledOff(_) => {
                Reason::sip(487, "Not wanted any more")
            }
        };
        self.record(now, id, outcome(now, &call, over));
        let agent = match &call.state {
            State::Reaching { agent, leg, .. } => {
                // Whoever has hung up has no leg any more.
                if self.legs.contains_key(leg) {
                    self.endpoint.bye(now, *leg, Some(reason.clone()));
                    let role = Role::Closing(Some(agent.clone()));
                    self.legs.insert(*leg, role);
                } else {
                    self.roster.change(agent, |agent| agent.phone_leg = None);
                }
                Some(agent.clone())
            }
            _ => None,
        };
        let cause = call.errand.as_ref().map(|errand| errand.cause.clone());
        self.let_phones_go_because(now, call, Withdrawal::CallOver, reason);
        if let Some(agent) = agent {
            self.let_go(now, &agent);
        }
        if let Some(Cause::CallBack(asked)) = cause {
            let missed = matches!(over, Over::Missed(..));
            self.call_back_again(now, asked, missed);
        }
    }

    /// A placed call is not wanted any more. Whoever talks already goes on.
    pub(super) fn call_off(&mut self, now: Moment, id: CallId) {
        let call = self.calls.get(&id);
        if call.is_some_and(|call| !call.is_joined()) {
            self.placed_over(now, id, Over::CalledOff("called_off"));
        }
    }

    /// An agent calls somebody.
    pub(super) fn call_by_agent(
        &mut self,
        now: Moment,
        agent: &AgentId,
        number: &str,
        case_id: Option<String>,
    ) -> Result<Done, CommandRefused> {
        let known = self.roster.get(agent).ok_or(CommandRefused::NoSuchAgent)?;
        if known.profile.devices.is_empty() {
            return Err(CommandRefused::NoDevice);
        }
        let idle = matches!(known.doing, Doing::Ready | Doing::Paused { .. });
        if !idle || known.phone_leg.is_some() {
            return Err(CommandRefused::AgentBusy);
        }
        let back_to = match &known.doing {
            Doing::Paused { reason } => Some(reason.clone()),
            _ => None,
        };
        let queue = known.seats.first().map_or(0, |seat| seat.queue);
        let trunk = self.outward_trunk(0).ok_or(CommandRefused::NoWayOut)?;
        let name = &self.config.trunks[trunk].name;
        let spelled = self.config.dial.spelling(number, name);
        let number_dialled = spelled.ok_or(CommandRefused::NumberNotAllowed)?;
        let placing = Placing {
            queue,
            trunk,
            number: number_dialled,
            identity: CallerIdentity {
                user: number.to_owned(),
                ..CallerIdentity::default()
            },
            turn: now,
            did: self.config.queues[queue]
                .did
                .first()
                .cloned()
                .unwrap_or_default(),
            cause: Cause::Agent,
            outbound: Outbound::ByAgent {
                agent: agent.clone(),
                case_id,
            },
        };
        let id = self
            .place_call(now, placing)
            .ok_or(CommandRefused::NoRoom)?;
        if let Some(reason) = back_to {
            let wish = Wish {
                wish: PresenceWish::Paused { reason },
                ..Wish::default()
            };
            self.roster.change(agent, |agent| agent.wish = Some(wish));
        }
        if !self.invite(now, id, agent) {
            self.let_go(now, agent);
        }
        self.tell_rings(now, id);
        self.reschedule(id);
        Ok(Done::Placed(id))
    }
}

/// The outcome of a call whose citizen was not reached.
fn outcome(now: Moment, call: &Call, over: Over) -> Fact {
    let cause = match over {
        Over::AgentLeft => {
            return Fact::Abandoned {
                rings: call.rings_told,
                wait_ms: now.since(call.t0).as_millis() as u64,
            };
        }
        Over::Missed(Unreached::Busy, _) => "busy",
        Over::Missed(Unreached::NoAnswer | Unreached::Silent, _) => "no_answer",
        Over::Missed(Unreached::Declined, _) => "declined",
        Over::Missed(..) => "not_reached",
        Over::NoAgent => "no_agent",
        Over::CalledOff(cause) => cause,
    };
    let code = match over {
        Over::Missed(_, code) => code,
        _ => 0,
    };
    Fact::Failed {
        cause: cause.to_owned(),
        code,
    }
}
