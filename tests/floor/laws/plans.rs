//! Section 3 of the specification: who may be rung when. Leavers stay away until the ring that follows,
//! a hop for one phone rings one phone, who refused is not asked again, and nobody is rung for nothing.

use super::Court;
use crate::witness::{Evidence, Story, reopens_race};
use kring_call::{Plan, Strategy};
use kring_journal::{AgentId, Entry, Fact, Outbound, RingTerms, Withdrawal};
use kring_time::Moment;
use std::time::Duration;

/// Every INVITE of every call was allowed by the plan of its queue.
pub(super) fn kept(evidence: &Evidence<'_>, court: &mut Court) {
    for story in &evidence.stories {
        let Some(Fact::Offered {
            queue,
            terms,
            outbound,
            ..
        }) = story.entries.first().map(|e| &e.fact)
        else {
            continue;
        };
        let Some(plan) = evidence.plan(queue) else {
            court.accuse(
                "plan",
                format!("{} came to an unknown queue {queue}", story.name),
            );
            continue;
        };
        // Whoever calls somebody is rung for that call, whatever queues they serve.
        let own = match outbound {
            Some(Outbound::ByAgent { agent, .. }) => Some(agent),
            _ => None,
        };
        let mut ringing = Ringing::new(terms, plan, story.t0);
        let mut queue = queue.as_str();
        for entry in &story.entries {
            if let Fact::Queued {
                queue: Some(other), ..
            } = &entry.fact
                && other != queue
                && let Some(plan) = evidence.plan(other)
            {
                queue = other;
                ringing.goes_by(plan);
            }
            if let Fact::Invited { agent, .. } = &entry.fact {
                let is_member =
                    own.map_or_else(|| evidence.serves(agent, queue), |caller| caller == agent);
                let fault = if is_member {
                    ringing.fault(entry.at, agent)
                } else {
                    Some("is no member of the queue")
                };
                if let Some(fault) = fault {
                    court.accuse("plan", format!("{}: {entry}: {fault}", story.name));
                }
            }
            ringing.follow(entry);
        }
        spread(evidence, story, court);
    }
}

/// The phones of one call as its facts say.
pub(super) struct Ringing<'a> {
    terms: &'a RingTerms,
    plan: &'a Plan,
    t0: Moment,
    pub(super) live: Vec<&'a AgentId>,
    /// Who may not be rung again, and until when; none: as long as the budget lasts.
    barred: Vec<(&'a AgentId, Option<Moment>)>,
    caller: Caller,
}

/// How far the caller has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    /// Hears the ringing tone.
    Waits,
    /// kring has answered, and does not know yet how to speak to them: no phone rings meanwhile.
    IsAnswered,
    /// Has a place in the queue.
    IsQueued,
    /// On the way elsewhere: no phone rings meanwhile.
    IsAway,
}

/// Who let a caller ring out who is kept is left alone so long.
const AFTER_RING_OUT: Duration = Duration::from_secs(10);

/// The same for who declined, or whose phone failed.
const AFTER_REFUSAL: Duration = Duration::from_secs(30);

impl<'a> Ringing<'a> {
    pub(super) fn new(terms: &'a RingTerms, plan: &'a Plan, t0: Moment) -> Ringing<'a> {
        Ringing {
            terms,
            plan,
            t0,
            live: Vec::new(),
            barred: Vec::new(),
            caller: Caller::Waits,
        }
    }

    pub(super) fn follow(&mut self, entry: &'a Entry) {
        match &entry.fact {
            Fact::Invited { agent, .. } => self.live.push(agent),
            Fact::Unreached { agent, .. } => {
                self.live.retain(|other| *other != agent);
                self.bar(entry.at, agent, AFTER_REFUSAL);
            }
            Fact::Rescued(_) => {
                self.caller = Caller::IsAnswered;
                let until = entry.at + AFTER_REFUSAL;
                for (_, end) in &mut self.barred {
                    end.get_or_insert(until);
                }
            }
            // Whoever had the caller is rung first, whatever the plan says.
            fact if reopens_race(fact) => {
                self.caller = Caller::IsQueued;
                self.live.clear();
                self.barred.clear();
            }
            Fact::Queued { .. } => self.caller = Caller::IsQueued,
            Fact::Overflowed(_) => self.caller = Caller::IsAway,
            Fact::OfferedAgain { .. } => self.t0 = entry.at,
            Fact::Withdrawn { agent, why } => {
                self.live.retain(|other| *other != agent);
                match why {
                    Withdrawal::Declined => self.bar(entry.at, agent, AFTER_REFUSAL),
                    // Before the deadline a device has rung out its own rings.
                    Withdrawal::Rona if entry.at < self.withdrawal_due() => {
                        self.bar(entry.at, agent, AFTER_RING_OUT);
                    }
                    Withdrawal::Rona => {
                        self.barred.retain(|(other, _)| *other != agent);
                        self.barred.push((agent, Some(entry.at + AFTER_RING_OUT)));
                    }
                    Withdrawal::HopEnded => {
                        self.barred.push((agent, Some(self.next_ring(entry.at))));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The caller is in another queue from now on.
    pub(super) fn goes_by(&mut self, plan: &'a Plan) {
        self.plan = plan;
        self.barred.clear();
    }

    fn bar(&mut self, now: Moment, agent: &'a AgentId, rest: Duration) {
        self.barred.retain(|(other, _)| *other != agent);
        let until = (self.caller != Caller::Waits).then(|| now + rest);
        self.barred.push((agent, until));
    }

    fn withdrawal_due(&self) -> Moment {
        self.t0 + self.terms.budget().saturating_sub(self.terms.guard())
    }

    /// Whether nobody rings for a caller who is kept, so that anybody may.
    fn rests(&self) -> bool {
        self.caller == Caller::IsQueued && self.live.is_empty()
    }

    fn next_ring(&self, now: Moment) -> Moment {
        self.t0 + self.terms.period() * (self.ring(now) as u32)
    }

    fn ring(&self, now: Moment) -> u64 {
        (now.since(self.t0).as_micros() / self.terms.period().as_micros()) as u64 + 1
    }

    /// How the agents of the present hop are chosen.
    pub(super) fn strategy(&self, now: Moment) -> Strategy {
        let ring = self.ring(now);
        let begun = |hop: &usize| {
            self.plan
                .first_ring(*hop)
                .is_some_and(|first| u64::from(first) <= ring)
        };
        self.plan.strategy(
            (0..usize::from(u8::MAX))
                .take_while(begun)
                .last()
                .unwrap_or(0),
        )
    }

    /// Whether this agent has had the call already.
    pub(super) fn is_barred(&self, now: Moment, agent: &AgentId) -> bool {
        let barred = |until: &Option<Moment>| until.is_none_or(|until| now < until);
        self.barred
            .iter()
            .any(|(other, until)| *other == agent && barred(until))
    }

    /// The same, but for one whose rest is over at this very moment.
    pub(super) fn was_barred(&self, now: Moment, agent: &AgentId) -> bool {
        let barred = |until: &Option<Moment>| until.is_none_or(|until| now <= until);
        self.barred
            .iter()
            .any(|(other, until)| *other == agent && barred(until))
    }

    /// Whether a whole burst could still sound, and no hop is just changing.
    pub(super) fn may_offer(&self, now: Moment) -> bool {
        if self.caller == Caller::IsAnswered {
            return false;
        }
        let next = self.next_ring(now);
        let next_hop = (1..)
            .map_while(|hop| self.plan.first_ring(hop))
            .any(|first| next == self.t0 + self.terms.period() * u32::from(first - 1));
        let guard = Duration::from_millis(u64::from(self.terms.guard_ms));
        self.caller != Caller::IsAway
            && (self.rests() || self.can_sound(now))
            && !(next_hop && now >= next - guard)
    }

    fn can_sound(&self, now: Moment) -> bool {
        let deadline = self.t0 + self.terms.budget();
        now < deadline - Duration::from_millis(u64::from(self.terms.on_ms))
    }

    fn fault(&self, now: Moment, agent: &AgentId) -> Option<&'static str> {
        if self.is_barred(now, agent) {
            return Some("was not to be asked again");
        }
        if !self.can_sound(now) {
            return Some("not even one burst could sound");
        }
        if self.caller == Caller::IsAnswered {
            return Some("the caller could hear nothing yet");
        }
        if !self.may_offer(now) {
            return Some("the hop was just changing");
        }
        (self.strategy(now).is_for_one() && !self.live.is_empty()).then_some("another phone rings")
    }
}

/// A phone with a leg for this call never has a second one at once, but for a device of which nothing was heard
/// when the other devices of its agent had ended: it is not waited for.
fn spread(evidence: &Evidence<'_>, story: &Story<'_>, court: &mut Court) {
    let legs: Vec<_> = evidence.legs_of(story).collect();
    for (n, leg) in legs.iter().enumerate() {
        let over = leg.over();
        let again = legs[n + 1..].iter().find(|next| next.phone == leg.phone);
        let has_others = || {
            let mut others = legs.iter();
            others.any(|other| other.call_id == leg.call_id && other.phone != leg.phone)
        };
        let is_left = |then: Moment| leg.heard_back.is_none_or(|at| at > then) && has_others();
        if let Some(again) = again
            && !is_left(again.invited)
            && over.is_none_or(|over| again.invited < over)
        {
            court.accuse(
                "plan",
                format!("{}: phone {} was rung twice at once", story.name, leg.phone),
            );
        }
    }
}
