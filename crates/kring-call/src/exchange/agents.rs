//! What happens to agents: they become free, miss calls, run out of time for the record.

use super::{Exchange, WithdrawnPhone, queue::Stand};
use crate::{
    command::PresenceWish,
    config::Restored,
    doing::{Doing, Miss, Misses},
    roster::Wish,
};
use kring_journal::{AgentId, CallId, Fact, PresenceState, RonaWarning, Withdrawal};
use kring_time::Moment;

impl Exchange {
    /// Changes what an agent does, and says so.
    pub(super) fn set_doing(&mut self, now: Moment, id: &AgentId, doing: Doing) {
        self.set_doing_by(now, id, doing, None);
    }

    /// The same, by the word of somebody who watches over others.
    pub(super) fn set_doing_by(
        &mut self,
        now: Moment,
        id: &AgentId,
        doing: Doing,
        by: Option<AgentId>,
    ) {
        let (state, reason) = (doing.state(), doing.reason());
        let changed = self.roster.change(id, |agent| {
            let changed = agent.doing.state() != state || agent.doing.reason() != reason;
            agent.doing = doing;
            changed
        });
        if changed == Some(true) {
            let agent = id.clone();
            self.record_apart(
                now,
                Fact::Presence {
                    agent,
                    state,
                    reason,
                    by,
                },
            );
            if state == PresenceState::Offline {
                self.empty_closed_queues(now);
            }
        }
    }

    /// The present call has no more claim on the agent, and the phone is silent or never rang.
    pub(super) fn let_go(&mut self, now: Moment, id: &AgentId) {
        let Some(agent) = self.roster.get(id) else {
            return;
        };
        let Wish { wish, by } = agent.wish.clone().unwrap_or_default();
        let engaged_elsewhere = matches!(agent.doing, Doing::Offline | Doing::Paused { .. });
        self.roster.change(id, |agent| {
            agent.wish = None;
            if !matches!(agent.doing, Doing::Talking { .. } | Doing::WrapUp { .. }) {
                agent.phone_leg = None;
            }
        });
        if !engaged_elsewhere {
            self.set_doing_by(now, id, wished(wish), by);
        }
        self.pause_if_missing(now, id);
        self.serve_waiting(now);
    }

    /// Offers the waiting calls to whoever is free, and calls back, by their turn. Only queues with somebody
    /// free are looked at, and in each only those who want a phone.
    pub(super) fn serve_waiting(&mut self, now: Moment) {
        let mut backs = self.call_backs_in_line();
        let mut last = None;
        while self.roster.anybody_free() {
            let next = self.next_wanting(last);
            let is_first = |back: &mut Stand| next.is_none_or(|next| *back < next);
            if let Some((_, asked)) = backs.pop_front_if(is_first) {
                self.call_back_turn(now, asked);
                continue;
            }
            let Some(next) = next else {
                return;
            };
            let (_, id) = next;
            self.offer_more(now, id);
            // Each is asked once: whoever is free and is left over is barred by it.
            last = Some(next);
        }
    }

    fn next_wanting(&self, after: Option<Stand>) -> Option<Stand> {
        let queues = self.queues.iter().enumerate();
        let served = queues.filter(|(index, _)| self.roster.has_free(*index));
        served
            .filter_map(|(_, queue)| queue.next_wanting(after))
            .min()
    }

    /// Counts a call that rang out at this agent's phone. A last ring of an `all` hop, or less than one
    /// whole ring, is no fault: neither does it count, nor does the agent's idle time begin anew.
    pub(super) fn count_ring_out(&mut self, now: Moment, phone: &WithdrawnPhone) {
        let rang_out = matches!(phone.why, Withdrawal::Rona | Withdrawal::HopEnded);
        if !rang_out || !phone.had_its_ring {
            return;
        }
        let miss = if phone.alerting {
            Miss::RungOut
        } else {
            Miss::Device
        };
        self.count_miss(now, phone.call, &phone.agent, miss);
    }

    /// Counts a call that the agent did not take. Who let it ring out or declined it goes to the end of
    /// the line of the longest idle; whose device failed keeps the place. A call that the agent asked for
    /// counts for nothing: it was nobody else's.
    pub(super) fn count_miss(&mut self, now: Moment, call: CallId, id: &AgentId, miss: Miss) {
        if self.calls.get(&call).is_some_and(|call| call.is_for_one()) {
            return;
        }
        self.roster.change(id, |agent| agent.misses.count(miss));
        if matches!(miss, Miss::RungOut | Miss::Declined) {
            self.roster.idle_from(now, id);
        }
    }

    /// RONA: who does not take too many calls, for the same reason, is paused and told so; a queue's last
    /// ready one is warned.
    pub(super) fn pause_if_missing(&mut self, now: Moment, id: &AgentId) {
        let limit = self.config.rona_limit;
        let Some(agent) = self.roster.get(id) else {
            return;
        };
        if limit == 0 || agent.doing != Doing::Ready {
            return;
        }
        let Some(miss) = agent.misses.at(limit) else {
            return;
        };
        self.roster
            .change(id, |agent| agent.misses = Misses::default());
        if self.roster.another_is_ready(id) {
            let reason = miss.reason().to_owned();
            self.set_doing(now, id, Doing::Paused { reason });
        } else {
            let reason = (miss != Miss::RungOut).then(|| miss.reason().to_owned());
            let agent = id.clone();
            self.record_apart(now, Fact::RonaWarned(RonaWarning { agent, reason }));
        }
    }

    /// The time for the record is over: the draft waits in the unfinished list, the agent is ready.
    pub(super) fn wrap_up_expired(&mut self, now: Moment, id: &AgentId) {
        let Some(Doing::WrapUp { call, .. }) = self.roster.get(id).map(|agent| agent.doing.clone())
        else {
            return;
        };
        self.record(now, call, Fact::WrapUpExpired { agent: id.clone() });
        self.end_wrap_up(now, id);
    }

    pub(super) fn end_wrap_up(&mut self, now: Moment, id: &AgentId) {
        self.roster.idle_from(now, id);
        let wish = self.roster.change(id, |agent| agent.wish.take()).flatten();
        let Wish { wish, by } = wish.unwrap_or_default();
        self.set_doing_by(now, id, wished(wish), by);
        self.serve_waiting(now);
    }

    /// Gives agents back the state they had when the last process ended (invariant I8). Call it
    /// after [`Exchange::introduce_agent`] and before the first other input.
    pub fn restore(&mut self, now: Moment, agents: &[Restored]) {
        for agent in agents {
            self.restore_agent(now, agent);
        }
    }

    fn restore_agent(&mut self, now: Moment, restored: &Restored) {
        let doing = match (restored.state, restored.call) {
            (PresenceState::Offline, _) => Doing::Offline,
            (PresenceState::Paused, _) => Doing::Paused {
                reason: restored.reason.clone().unwrap_or_default(),
            },
            (PresenceState::Talking | PresenceState::WrapUp, Some(call)) => Doing::WrapUp {
                call,
                since: now,
                until: now + self.config.wrap_up,
            },
            // Offers died with the process; so did wrap-ups whose call nobody knows any more.
            _ => Doing::Ready,
        };
        self.roster.idle_from(now, &restored.agent);
        let same = doing.state() == restored.state;
        self.roster
            .change(&restored.agent, |agent| agent.doing = doing.clone());
        if !same {
            let agent = restored.agent.clone();
            let (state, reason) = (doing.state(), doing.reason());
            self.record_apart(
                now,
                Fact::Presence {
                    agent,
                    state,
                    reason,
                    by: None,
                },
            );
        }
    }
}

pub(super) fn wished(wish: PresenceWish) -> Doing {
    match wish {
        PresenceWish::Ready => Doing::Ready,
        PresenceWish::Paused { reason } => Doing::Paused { reason },
        PresenceWish::Offline => Doing::Offline,
    }
}
