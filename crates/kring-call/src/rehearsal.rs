//! Who would ring at which burst, if a call came to a queue now: the plan, the orders of the free members and
//! the rules of hops as calls are led by them, without a call.
//!
//! Nobody answers, refuses or becomes free in a rehearsal. Whose turn it is at a hop is decided here, for calls
//! and rehearsals alike.

use crate::{
    bench::{Bench, Seat, Standing},
    plan::{Plan, Strategy},
};
use kring_journal::{AgentId, PresenceState};
use kring_time::Moment;

/// An agent who serves a queue, as the exchange knows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seated {
    /// Who.
    pub agent: AgentId,
    /// The names of the agent's phones.
    pub devices: Vec<String>,
    /// What the agent does.
    pub state: PresenceState,
    /// Whether a call could be offered.
    pub free: bool,
    /// 1 is rung before 2.
    pub priority: u8,
    /// Place in the queue's list of members.
    pub place: u32,
    /// Since when idle.
    pub idle_since: Moment,
    /// Calls answered since signing in.
    pub answered: u32,
    /// Whether no screen of theirs shows calls.
    pub screen_dead: bool,
}

/// A hop of a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RehearsedHop {
    /// The ring, from 1, with which it begins.
    pub first_ring: u8,
    /// How many rings it has.
    pub rings: u8,
    /// How its agents are chosen.
    pub strategy: Strategy,
    /// Whose phones ring, in the order in which they began to.
    pub agents: Vec<AgentId>,
}

impl Seated {
    fn seat(&self) -> Seat {
        Seat {
            queue: 0,
            priority: self.priority,
            place: self.place,
        }
    }

    fn standing(&self) -> Standing {
        Standing {
            screen_dead: self.screen_dead,
            answered: self.answered,
            idle_since: self.idle_since,
        }
    }
}

/// The hops of a call to these agents, of whom those who are free are rung.
pub fn rehearse(plan: &Plan, agents: &[Seated]) -> Vec<RehearsedHop> {
    let mut bench = Bench::default();
    for seated in agents.iter().filter(|seated| seated.free) {
        bench.take_seat(&seated.agent, seated.seat(), seated.standing());
    }
    let back = |bench: &mut Bench, id: &AgentId| {
        if let Some(seated) = agents.iter().find(|seated| seated.agent == *id) {
            bench.take_seat(id, seated.seat(), seated.standing());
        }
    };
    let (mut ringing, mut tried): (Vec<AgentId>, Vec<AgentId>) = (Vec::new(), Vec::new());
    let mut hops = Vec::new();
    for (strategy, rings, first_ring) in plan.hops() {
        if first_ring > 1 {
            let fresh = |id: &AgentId| !tried.contains(id);
            let another = || !bench.first(strategy, 1, fresh).0.is_empty();
            let stays = stays(strategy, another, ringing.len());
            for gone in ringing.split_off(stays) {
                back(&mut bench, &gone);
            }
        }
        let wanted = strategy.phones_at_once().saturating_sub(ringing.len());
        let is_tried = |id: &AgentId| tried.contains(id);
        let (joiners, _) = next(strategy, is_tried, |fits| {
            bench.first(strategy, wanted, fits)
        });
        for id in joiners {
            if let Some(seated) = agents.iter().find(|seated| seated.agent == id) {
                bench.leave_seat(&id, seated.seat(), seated.standing());
            }
            tried.push(id.clone());
            ringing.push(id);
        }
        hops.push(RehearsedHop {
            first_ring,
            rings,
            strategy,
            agents: ringing.clone(),
        });
    }
    hops
}

/// How many of the phones that ring, from the one that began first, ring on when a hop of this strategy is to
/// begin. An `all` hop keeps every phone; a hop for one phone takes another if there is another. With nobody to
/// take over one phone goes on, and an `all` hop keeps its longest idle.
pub(crate) fn stays(next: Strategy, another: impl FnOnce() -> bool, ringing: usize) -> usize {
    if next == Strategy::All {
        ringing
    } else if another() {
        0
    } else {
        ringing.min(1)
    }
}

/// Who is offered a call next: for one seat, somebody who was not tried yet if there is one.
pub(crate) fn next(
    strategy: Strategy,
    is_tried: impl Fn(&AgentId) -> bool,
    candidates: impl Fn(&dyn Fn(&AgentId) -> bool) -> (Vec<AgentId>, bool),
) -> (Vec<AgentId>, bool) {
    if strategy.is_for_one() {
        let fresh = candidates(&|id| !is_tried(id));
        if !fresh.0.is_empty() {
            return fresh;
        }
    }
    candidates(&|_| true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seated(login: &str, place: u32, answered: u32, idle_s: u64) -> Seated {
        Seated {
            agent: AgentId::new(login),
            devices: vec!["pbx:5021".to_owned()],
            state: PresenceState::Ready,
            free: true,
            priority: 1,
            place,
            idle_since: Moment::from_millis(idle_s * 1_000),
            answered,
            screen_dead: false,
        }
    }

    fn told(plan: &[&str], agents: &[Seated]) -> String {
        let limit = plan
            .iter()
            .map(|hop| hop[hop.len() - 1..].parse::<u8>().unwrap());
        let plan = Plan::read(plan, limit.sum()).unwrap();
        let hop = |hop: &RehearsedHop| {
            let names: Vec<&str> = hop.agents.iter().map(AgentId::as_str).collect();
            format!("{}:{}", hop.first_ring, names.join("+"))
        };
        let hops = rehearse(&plan, agents);
        hops.iter().map(hop).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_plan_is_led_as_a_call_is() {
        let all = [
            seated("malee", 2, 5, 1),
            seated("somchai", 0, 3, 2),
            seated("wichai", 1, 4, 3),
        ];
        assert_eq!(
            told(&["longest_idle:2", "all:1"], &all),
            "1:malee 3:malee+somchai+wichai"
        );
        assert_eq!(
            told(&["linear:1", "least_calls:1", "longest_idle:1"], &all),
            "1:somchai 2:wichai 3:malee",
            "nobody twice while somebody is left"
        );
        assert_eq!(
            told(&["all:2", "linear:1"], &all),
            "1:malee+somchai+wichai 3:malee"
        );
        assert_eq!(
            told(&["linear:1", "linear:1", "all:1"], &all[..1]),
            "1:malee 2:malee 3:malee",
            "one phone goes on"
        );
        assert_eq!(told(&["all:3"], &[]), "1:");
    }
}
