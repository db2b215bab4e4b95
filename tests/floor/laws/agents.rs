//! The third and eighth law and I2: one live call an agent, one winner a call, the pop before the INVITE.

use super::Court;
use crate::{
    account::{MONITOR, Rung, Step},
    network::Party,
    witness::{Evidence, PhoneLeg, Race, reopens_race},
};
use kring_journal::{
    AgentId, CallId, Fact, Outbound, PickUp, PresenceState, Service, Transfer, TransferStep,
    Withdrawal,
};
use std::collections::{HashMap, HashSet};

/// No agent has two live calls, by the journal and by the phone; and only a ready agent is offered one (I3),
/// or one who pauses and calls somebody.
pub(super) fn one_live_call(evidence: &Evidence<'_>, court: &mut Court) {
    for rung in evidence
        .account
        .rung
        .iter()
        .filter(|rung| rung.heard.overlapped)
    {
        let caller = &rung.heard.caller;
        // A phone that was never heard ringing, and does not stop when the invitation expires: nobody can
        // know of its bell, nor end it.
        let unheard = |leg: &&PhoneLeg<'_>| {
            leg.phone == rung.phone
                && leg.call_id != rung.heard.call_id
                && leg.invited < rung.heard.invited
                && leg.heard_back.is_none()
        };
        if evidence.phone_legs.iter().any(|leg| unheard(&leg)) || is_told_late(evidence, rung) {
            continue;
        }
        court.accuse(
            "law 3",
            format!("{} had a call when {caller} rang", rung.agent),
        );
    }
    let mut live: HashMap<&AgentId, CallId> = HashMap::new();
    let mut states: HashMap<&AgentId, [PresenceState; 2]> = HashMap::new();
    let mut own: HashSet<CallId> = HashSet::new();
    for entry in &evidence.account.entries {
        match (&entry.fact, entry.call) {
            (Fact::Presence { agent, state, .. }, _) => {
                let states = states.entry(agent).or_insert([PresenceState::Offline; 2]);
                *states = [states[1], *state];
            }
            (
                Fact::Offered {
                    outbound: Some(Outbound::ByAgent { .. }),
                    ..
                },
                Some(call),
            ) => {
                own.insert(call);
            }
            (Fact::Invited { agent, .. }, Some(call)) => {
                if let Some(other) = live.insert(agent, call) {
                    court.accuse("law 3", format!("{entry} while {other} is alive"));
                }
                let ready = match states.get(agent) {
                    Some([_, PresenceState::Ready]) => true,
                    Some([_, PresenceState::Paused]) => own.contains(&call),
                    Some([before, PresenceState::Offered]) => *before == PresenceState::Ready,
                    _ => false,
                };
                if !ready {
                    court.accuse("law 3", format!("{entry}, who was {:?}", states.get(agent)));
                }
            }
            (
                Fact::Answered { agent, .. }
                | Fact::PickedUp(PickUp { agent })
                | Fact::Served(Service { agent, .. }),
                Some(call),
            ) if live.insert(agent, call).is_some_and(|other| other != call) => {
                court.accuse("law 3", format!("{entry} while another call is alive"));
            }
            (
                Fact::Withdrawn { agent, .. }
                | Fact::Unreached { agent, .. }
                | Fact::LostRace { agent, .. },
                Some(call),
            ) if live.get(agent) == Some(&call) => {
                live.remove(agent);
            }
            // Whoever has handed the caller over has the call no more, and whoever has hung up.
            (fact, Some(call)) if lets_agent_go(fact) => live.retain(|_, other| *other != call),
            (Fact::Ended { .. } | Fact::Failed { .. } | Fact::Abandoned { .. }, Some(call)) => {
                live.retain(|_, other| *other != call)
            }
            _ => {}
        }
    }
}

/// Whether a transfer takes the agent out of the call.
fn lets_agent_go(fact: &Fact) -> bool {
    let is_done = |transfer: &Transfer| matches!(transfer.step, TransferStep::Done { .. });
    reopens_race(fact) || matches!(fact, Fact::Transfer(transfer) if is_done(transfer))
}

/// Of several telephones of the agent another one has ended the call before, for all of them: this one
/// is told so as soon as it may be, and perhaps hears of it only after the next call.
fn is_told_late(evidence: &Evidence<'_>, rung: &Rung) -> bool {
    let legs = &evidence.phone_legs;
    let is_new = |leg: &&PhoneLeg<'_>| leg.phone == rung.phone && leg.call_id == rung.heard.call_id;
    let Some(new) = legs.iter().find(is_new) else {
        return false;
    };
    let mut before = legs.iter().filter(|leg| {
        leg.phone == rung.phone && leg.call_id != new.call_id && leg.invited < new.invited
    });
    before.any(|before| {
        let ended = |leg: &PhoneLeg<'_>| {
            let same_call = leg.call_id == before.call_id && leg.phone != before.phone;
            same_call && leg.final_back.is_some_and(|(at, _)| at <= new.invited)
        };
        legs.iter().any(ended)
    })
}

/// I2: one agent wins a call; every other alerted leg gets CANCEL, which says that the call was completed
/// elsewhere, or ACK and BYE if its 200 crossed.
pub(super) fn one_winner(evidence: &Evidence<'_>, court: &mut Court) {
    for story in &evidence.stories {
        let winners = story
            .entries
            .iter()
            .filter(|e| matches!(e.fact, Fact::Answered { .. } | Fact::Served(_)));
        if winners.count() > story.winners().count().max(1) {
            court.accuse("I2", format!("{} has several winners", story.name));
        }
        let mut kept = 0;
        for leg in evidence.legs_of(story) {
            let Some(agent) = evidence.agent(leg.phone) else {
                continue;
            };
            let race = story.race_of(leg.invited);
            let won = race.is_some_and(|race| race.winner == Some(agent));
            kept += u32::from(won && leg.final_back.is_some_and(|(_, code)| code == 200));
            // Declined at another telephone of the same agent, the call is declined (RFC 3261 §16.7).
            let is_declined = |other: &PhoneLeg<'_>| {
                let said = other.final_back.zip(leg.final_back);
                let first = said.is_some_and(|((at, code), (own, _))| {
                    // And on the screen: a telephone that was never heard is told so when it speaks, and
                    // by then the others have obeyed.
                    let untold = code == 487 && leg.cancels.first().is_none_or(|sent| *sent >= at);
                    (code >= 600 || untold) && at <= own
                });
                other.call_id == leg.call_id && other.phone != leg.phone && first
            };
            // Its sound is not the caller's, and that is told: somebody else is rung.
            let is_unusable = story.entries.iter().any(|entry| {
                let said = |who: &AgentId, code| who == agent && code == 488;
                let told = matches!(&entry.fact, Fact::Unreached { agent, code, .. } if said(agent, *code));
                told && leg.final_back == Some((entry.at, 200))
            });
            let fault = if is_unusable || evidence.legs_of(story).any(is_declined) {
                None
            } else {
                // Whoever was told to stop before, and could not be reached then, hears why it was.
                let told_before = story.entries.iter().any(|entry| {
                    let elsewhere = Withdrawal::AnsweredElsewhere;
                    let told = matches!(&entry.fact, Fact::Withdrawn { agent: who, why }
                        if who == agent && *why != elsewhere);
                    told && entry.at >= leg.invited
                });
                let reason = reason_fault(race, leg).filter(|_| !won && !told_before);
                loser_fault(race, leg, won).or(reason)
            };
            if let Some(fault) = fault {
                court.accuse("I2", format!("{agent} for {}: {fault}", story.name));
            }
        }
        if story.winners().count() > kept as usize {
            court.accuse("I2", format!("{}: the winner never sent 200", story.name));
        }
    }
}

fn loser_fault(race: Option<Race<'_>>, leg: &PhoneLeg<'_>, won: bool) -> Option<&'static str> {
    let accepted = leg.final_back.filter(|(_, code)| *code == 200);
    if accepted.is_some_and(|(at, _)| race.is_none_or(|race| at < race.over)) {
        return Some("its 200 came while the call could be won, and did not win");
    }
    if accepted.is_some() && leg.acks == 0 {
        return Some("its 200 got no ACK");
    }
    if won {
        return None;
    }
    (accepted.is_some() && leg.byes == 0 && leg.bye_came.is_none())
        .then_some("its 200 lost and got no BYE")
}

/// What a CANCEL says that leaves when another has won.
fn reason_fault(race: Option<Race<'_>>, leg: &PhoneLeg<'_>) -> Option<&'static str> {
    let decided = race.filter(|race| race.winner.is_some())?.over;
    let withdrawn_then = leg.cancels.first().is_some_and(|sent| *sent == decided);
    let says_so = leg
        .cancel_reason
        .is_some_and(|reason| reason.contains("cause=200"));
    (withdrawn_then && !says_so).then_some("its CANCEL does not say that another answered")
}

/// The pop is in the outbox before the phone's INVITE leaves, and says who calls (I5).
pub(super) fn pops_first(evidence: &Evidence<'_>, court: &mut Court) {
    let account = evidence.account;
    let mut introduced: HashSet<CallId> = HashSet::new();
    let mut popped: HashMap<&AgentId, u32> = HashMap::new();
    let mut invited: HashSet<&str> = HashSet::new();
    for step in &account.order {
        match *step {
            Step::Introduced(call) => {
                introduced.insert(call);
            }
            Step::Fact(index) => {
                let entry = &account.entries[index];
                if let (Fact::Invited { agent, .. }, Some(call)) = (&entry.fact, entry.call) {
                    *popped.entry(agent).or_default() += 1;
                    if !introduced.contains(&call) {
                        court.accuse("law 8", format!("{entry}, and nobody knows who calls"));
                    }
                }
            }
            Step::Sent(index) => {
                let datagram = &account.datagrams[index];
                let letter = &datagram.letter;
                let (Party::Phone(phone), true) = (datagram.to, letter.asks("INVITE")) else {
                    continue;
                };
                // Whoever asked to hear a call has it on the screen.
                if letter.caller() == MONITOR {
                    continue;
                }
                if letter.to_tag().is_some() || !invited.insert(letter.call_id()) {
                    continue;
                }
                let Some(agent) = evidence.agent(phone) else {
                    continue;
                };
                match popped.get_mut(agent) {
                    Some(pops) if *pops > 0 => *pops -= 1,
                    _ => court.accuse("law 8", format!("INVITE to {agent} left before the pop")),
                }
            }
        }
    }
}
