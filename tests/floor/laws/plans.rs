//! Section 3 of the specification: who may be rung when. Leavers stay away until the ring that follows,
//! a hop for one phone rings one phone, who refused is not asked again, and nobody is rung for nothing.

use super::Court;
use crate::witness::{Evidence, Story};
use kring_call::{Plan, Strategy};
use kring_journal::{AgentId, Entry, Fact, RingTerms, Withdrawal};
use kring_time::Moment;
use std::time::Duration;

/// Every INVITE of every call was allowed by the plan of its queue.
pub(super) fn kept(evidence: &Evidence<'_>, court: &mut Court) {
    for story in &evidence.stories {
        let Some(Fact::Offered { queue, terms, .. }) = story.entries.first().map(|e| &e.fact)
        else {
            continue;
        };
        let Some((_, plan)) = evidence
            .account
            .plans
            .iter()
            .find(|(name, _)| name == queue)
        else {
            court.accuse(
                "plan",
                format!("{} came to an unknown queue {queue}", story.name),
            );
            continue;
        };
        let mut ringing = Ringing {
            terms,
            plan,
            t0: story.t0,
            live: Vec::new(),
            barred: Vec::new(),
        };
        for entry in &story.entries {
            if let Fact::Invited { agent, .. } = &entry.fact
                && let Some(fault) = ringing
                    .fault(entry.at, agent)
                    .or_else(|| stranger(evidence, agent, queue))
            {
                court.accuse("plan", format!("{}: {entry}: {fault}", story.name));
            }
            ringing.follow(entry);
        }
        spread(evidence, story, court);
    }
}

/// The phones of one call as its facts say.
struct Ringing<'a> {
    terms: &'a RingTerms,
    plan: &'a Plan,
    t0: Moment,
    live: Vec<&'a AgentId>,
    /// Who may not be rung again, and until when; none: never.
    barred: Vec<(&'a AgentId, Option<Moment>)>,
}

impl<'a> Ringing<'a> {
    fn follow(&mut self, entry: &'a Entry) {
        match &entry.fact {
            Fact::Invited { agent, .. } => self.live.push(agent),
            Fact::Unreached { agent, .. } => {
                self.live.retain(|other| *other != agent);
                self.barred.push((agent, None));
            }
            Fact::Withdrawn { agent, why } => {
                self.live.retain(|other| *other != agent);
                match why {
                    Withdrawal::Declined => self.barred.push((agent, None)),
                    Withdrawal::HopEnded => {
                        self.barred.push((agent, Some(self.next_ring(entry.at))));
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn next_ring(&self, now: Moment) -> Moment {
        self.t0 + self.terms.period() * (self.ring(now) as u32)
    }

    fn ring(&self, now: Moment) -> u64 {
        (now.since(self.t0).as_micros() / self.terms.period().as_micros()) as u64 + 1
    }

    fn fault(&self, now: Moment, agent: &AgentId) -> Option<&'static str> {
        let barred = |until: &Option<Moment>| until.is_none_or(|until| now < until);
        if self
            .barred
            .iter()
            .any(|(other, until)| *other == agent && barred(until))
        {
            return Some("was not to be asked again");
        }
        let deadline = self.t0 + self.terms.budget();
        if now >= deadline - Duration::from_millis(u64::from(self.terms.on_ms)) {
            return Some("not even one burst could sound");
        }
        let ring = self.ring(now);
        let hop = (0..).take_while(|hop| {
            self.plan
                .first_ring(*hop)
                .is_some_and(|first| u64::from(first) <= ring)
        });
        let strategy = self.plan.strategy(hop.last().unwrap_or(0));
        (strategy == Strategy::LongestIdle && !self.live.is_empty())
            .then_some("another phone rings")
    }
}

fn stranger(evidence: &Evidence<'_>, agent: &AgentId, queue: &str) -> Option<&'static str> {
    let queues = evidence
        .account
        .members
        .iter()
        .find(|(other, _)| other == agent);
    let serves =
        queues.is_some_and(|(_, queues)| queues.is_empty() || queues.iter().any(|q| q == queue));
    (!serves).then_some("is no member of the queue")
}

/// A phone with a leg for this call never has a second one at once.
fn spread(evidence: &Evidence<'_>, story: &Story<'_>, court: &mut Court) {
    let legs: Vec<_> = evidence.legs_of(story).collect();
    for (n, leg) in legs.iter().enumerate() {
        let over = leg.final_back.map(|(at, _)| at);
        let again = legs[n + 1..].iter().find(|next| next.phone == leg.phone);
        if let Some(again) = again
            && over.is_none_or(|over| again.invited < over)
        {
            court.accuse(
                "plan",
                format!("{}: phone {} was rung twice at once", story.name, leg.phone),
            );
        }
    }
}
