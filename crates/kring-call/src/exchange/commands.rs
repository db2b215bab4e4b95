//! What people and programs ask for, and whether they get it.

use super::{Exchange, agents::wished, transferring::SaidAt};
use crate::{
    command::{Admission, AgentProfile, Command, CommandRefused, Done, PresenceWish},
    doing::{Doing, Miss},
    limits::{AGAIN_AFTER_REFUSAL, WRAP_UP_MAX},
    roster::Wish,
};
use kring_journal::{AgentId, CallId, Fact, Withdrawal};
use kring_sip::LegId;
use kring_time::Moment;
use std::time::Duration;

type Answer = Result<Done, CommandRefused>;

impl Exchange {
    pub(super) fn obey(&mut self, now: Moment, command: Command) -> Answer {
        match command {
            Command::PutAgent(profile) => self.put_agent(now, profile),
            Command::RemoveAgent(agent) => self.remove_agent(now, &agent),
            Command::PutPhone {
                user,
                secrets,
                traits,
            } => self.put_phone(&user, secrets, traits),
            Command::RemovePhone(user) => {
                self.endpoint.remove_phone(&user);
                self.phones.remove(&user);
                Ok(Done::Ok)
            }
            Command::SetPresence { agent, wish } => {
                self.set_presence(now, &agent, Wish { wish, by: None })
            }
            Command::ForcePresence { agent, wish, by } => {
                let by = Some(by);
                self.set_presence(now, &agent, Wish { wish, by })
            }
            Command::RingAudible { agent, call } => self.ring_is_audible(&agent, call),
            Command::Answer { agent, call } => self.answer_by_screen(now, &agent, call),
            Command::Decline { agent, call } => self.decline(now, &agent, call),
            Command::Hold { agent, call } => self.hold(now, &agent, call),
            Command::Resume { agent, call } => self.resume(now, &agent, call),
            Command::HangUp { agent, call } => self.hang_up(now, &agent, call),
            Command::WrapUpDone { agent, call } => self.wrap_up_done(now, &agent, call),
            Command::ExtendWrapUp { agent, call, by } => self.extend_wrap_up(now, &agent, call, by),
            Command::ScreenAlive { agent } => self.screen(now, &agent, true),
            Command::ScreenDead { agent } => self.screen(now, &agent, false),
            Command::SetOpening { queue, opening } => self.set_opening(now, &queue, opening),
            Command::Admit(admission) => {
                // A drain is not undone: the process is on its way out.
                if self.admission != Admission::Draining {
                    self.admission = admission;
                }
                Ok(Done::Ok)
            }
            Command::Call {
                agent,
                number,
                case_id,
            } => self.call_by_agent(now, &agent, &number, case_id),
            Command::Transfer {
                agent,
                call,
                wanted,
            } => self.transfer(now, agent.as_ref(), call, *wanted, SaidAt::Screen),
            Command::Consult { agent, call, turn } => self.consult(now, agent.as_ref(), call, turn),
            Command::Record {
                agent,
                by,
                call,
                wish,
            } => self.record_call(now, (agent.as_ref(), by), call, wish),
            Command::Monitor { by, call, mode } => self.monitor(now, &by, call, mode),
            Command::EndMonitor { by, call } => self.end_monitor(now, &by, call),
            Command::CancelCallBack(asked) => self.cancel_call_back(now, asked),
            Command::PutDepartment { short, extensions } => self.put_department(short, extensions),
            Command::RemoveDepartment(short) => {
                self.departments.remove(&short);
                Ok(Done::Ok)
            }
            Command::MoveTrunk {
                trunk,
                peers,
                registrar,
            } => self.move_line(now, &trunk, peers, registrar),
            // Taken before it comes here: its answer comes later.
            Command::Probe { .. } => Ok(Done::Unchanged),
            Command::LoseTrunk { trunk, why } => self.lose_line(now, &trunk, why),
            Command::Survey(queue) => Ok(Done::Surveyed(now, self.roster.survey(&queue))),
            Command::Reconfigure(settings) => self.reconfigure(now, *settings),
            Command::NoteRefusedConfiguration { complaints } => {
                Ok(self.note_refused_configuration(now, complaints))
            }
            Command::EndAll => {
                self.end_all(now);
                self.unregister_all(now);
                Ok(Done::Ok)
            }
        }
    }

    fn put_agent(&mut self, now: Moment, profile: AgentProfile) -> Answer {
        if !self.roster.put(profile) {
            return Err(CommandRefused::TooManyAgents);
        }
        self.serve_waiting(now);
        Ok(Done::Ok)
    }

    fn remove_agent(&mut self, now: Moment, id: &AgentId) -> Answer {
        let wish = Wish {
            wish: PresenceWish::Offline,
            by: None,
        };
        self.stop_monitor_of(now, id);
        let answer = self.set_presence(now, id, wish);
        self.roster.forget(id);
        answer
    }

    /// The agent's own wish not during a call: it could only be kept after it, and the screen would say
    /// what is not so. Somebody else's is kept until the call is over.
    fn set_presence(&mut self, now: Moment, id: &AgentId, wanted: Wish) -> Answer {
        let Wish { wish, by } = wanted.clone();
        let agent = self.roster.get(id).ok_or(CommandRefused::NoSuchAgent)?;
        if let PresenceWish::Paused { reason } = &wish
            && !self.config.pause_reasons.contains(reason)
        {
            return Err(CommandRefused::NoSuchReason(reason.clone()));
        }
        if wish == PresenceWish::Ready && agent.profile.devices.is_empty() {
            return Err(CommandRefused::NoDevice);
        }
        match (agent.doing.clone(), wish) {
            (Doing::Talking { .. }, _) if by.is_some() => {
                self.roster.change(id, |agent| agent.wish = Some(wanted));
                Ok(Done::AfterCall)
            }
            (Doing::Talking { .. }, _) => Err(CommandRefused::AgentBusy),
            (Doing::Offered { .. } | Doing::Ringing { .. }, PresenceWish::Ready) => {
                Ok(Done::Unchanged)
            }
            (Doing::Offered { call } | Doing::Ringing { call, .. }, _) => {
                // The offer goes to somebody else; the wish holds when the phone is silent.
                self.roster.change(id, |agent| agent.wish = Some(wanted));
                if let Some(leg) = self.ringing_leg(id, call) {
                    self.decline_leg(now, id, call, leg);
                }
                Ok(Done::Ok)
            }
            (Doing::WrapUp { call, .. }, _) => {
                self.record(now, call, Fact::WrapUpExpired { agent: id.clone() });
                self.roster.change(id, |agent| agent.wish = Some(wanted));
                self.end_wrap_up(now, id);
                Ok(Done::Ok)
            }
            (Doing::Offline | Doing::Ready | Doing::Paused { .. }, wish) => {
                let doing = wished(wish);
                if doing == agent_doing(self, id) {
                    return Ok(Done::Unchanged);
                }
                self.roster
                    .change(id, |agent| agent.misses = crate::doing::Misses::default());
                self.roster.idle_from(now, id);
                self.set_doing_by(now, id, doing, by);
                self.serve_waiting(now);
                Ok(Done::Ok)
            }
        }
    }

    fn answer_by_screen(&mut self, now: Moment, id: &AgentId, call: CallId) -> Answer {
        let agent = self.roster.get(id).ok_or(CommandRefused::NoSuchAgent)?;
        match agent.doing {
            Doing::Talking { call: present } if present == call => return Ok(Done::Unchanged),
            Doing::Ringing {
                call: present,
                answerable,
            } if present == call => {
                if !answerable {
                    return Err(CommandRefused::AnswerOnPhone);
                }
            }
            Doing::Offered { call: present } if present == call => {
                return Err(CommandRefused::AnswerOnPhone);
            }
            _ => return Err(CommandRefused::CallGone),
        }
        let leg = self.ringing_leg(id, call).ok_or(CommandRefused::CallGone)?;
        self.endpoint.notify_talk(now, leg);
        Ok(Done::Ok)
    }

    fn decline(&mut self, now: Moment, id: &AgentId, call: CallId) -> Answer {
        self.roster.get(id).ok_or(CommandRefused::NoSuchAgent)?;
        let leg = self.ringing_leg(id, call).ok_or(CommandRefused::CallGone)?;
        self.count_miss(now, call, id, Miss::Declined);
        self.decline_leg(now, id, call, leg);
        Ok(Done::Ok)
    }

    fn decline_leg(&mut self, now: Moment, id: &AgentId, call: CallId, leg: LegId) {
        if let Some(call) = self.calls.get_mut(&call) {
            call.bar(now, id.clone(), AGAIN_AFTER_REFUSAL);
        }
        self.withdraw(now, call, leg, Withdrawal::Declined);
        self.offer_more(now, call);
        self.reschedule(call);
    }

    fn hang_up(&mut self, now: Moment, id: &AgentId, call: CallId) -> Answer {
        self.roster.get(id).ok_or(CommandRefused::NoSuchAgent)?;
        if self.talking_agent(call) != Some(id) {
            return Err(CommandRefused::CallGone);
        }
        self.hang_up_by_agent(now, call);
        Ok(Done::Ok)
    }

    fn wrap_up_done(&mut self, now: Moment, id: &AgentId, call: CallId) -> Answer {
        let agent = self.roster.get(id).ok_or(CommandRefused::NoSuchAgent)?;
        match agent.doing {
            Doing::WrapUp { call: present, .. } if present == call => {
                self.end_wrap_up(now, id);
                Ok(Done::Ok)
            }
            // A record from the unfinished list: the agent does something else by now.
            _ => Ok(Done::Unchanged),
        }
    }

    fn extend_wrap_up(&mut self, now: Moment, id: &AgentId, call: CallId, by: Duration) -> Answer {
        let changed = self.roster.change(id, |agent| match &mut agent.doing {
            Doing::WrapUp {
                call: present,
                since,
                until,
            } if *present == call => {
                let longer = (*until + by).min(*since + WRAP_UP_MAX);
                if longer <= *until {
                    return Err(CommandRefused::WrapUpTooLong);
                }
                *until = longer;
                Ok(longer)
            }
            _ => Err(CommandRefused::CallGone),
        });
        let until = changed.ok_or(CommandRefused::NoSuchAgent)??;
        let fact = Fact::WrapUpExtended {
            agent: id.clone(),
            for_s: until.since(now).as_secs() as u32,
        };
        self.record(now, call, fact);
        Ok(Done::Ok)
    }

    fn screen(&mut self, now: Moment, id: &AgentId, alive: bool) -> Answer {
        let was = self.roster.change(id, |agent| {
            std::mem::replace(&mut agent.screen_alive, alive)
        });
        let agent = id.clone();
        match (was, alive) {
            (None, _) => return Err(CommandRefused::NoSuchAgent),
            (Some(true), false) => self.record_apart(now, Fact::ScreenDead { agent }),
            (Some(false), true) => self.record_apart(now, Fact::ScreenRestored { agent }),
            (Some(_), _) => return Ok(Done::Unchanged),
        }
        // Who was passed over for a dead screen, or for another's live one, may be wanted now.
        self.serve_waiting(now);
        Ok(Done::Ok)
    }

    /// The leg with which this agent's phone rings for this call, if it was not told to stop.
    fn ringing_leg(&self, id: &AgentId, call: CallId) -> Option<LegId> {
        let mut offers = self.calls.get(&call)?.live_offers();
        offers
            .find(|offer| offer.agent == *id)
            .map(|offer| offer.leg)
    }
}

fn agent_doing(exchange: &Exchange, id: &AgentId) -> Doing {
    exchange
        .roster
        .get(id)
        .map_or(Doing::Offline, |agent| agent.doing.clone())
}
