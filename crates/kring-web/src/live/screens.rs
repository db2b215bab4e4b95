//! What a fact of one call means for the screens of those whose phones ring, or who answered.

use super::{
    alerts,
    call::{LiveCall, WrapUp},
    floor::{Delivery, When},
    hold::of_hold,
    monitors::of_monitor,
    poor_sound, recording,
    transfers::officer_lets_go,
};
use crate::{
    clock::rfc3339,
    wire::{Alert, RingCount, Said, SoundNow},
};
use kring_journal::{
    AgentId, CallId, Fact, LineSound, Outcome, RingResult, Service, SoundClass, Unreached,
    WallTime, Way, Withdrawal,
};
use std::time::Duration;

/// The frames that a fact of this call means. The record has taken the fact in already.
pub(super) fn screens(now: When, call: &mut LiveCall, fact: &Fact) -> Vec<Delivery> {
    let id = Some(call.id);
    match fact {
        Fact::Alerting {
            agent, answerable, ..
        } => alerting(call, agent, *answerable),
        Fact::Ring { number, of } => {
            let (n, of) = (*number, *of);
            let count = RingCount { n, of };
            call.ring = Some(count);
            let ringing = call.offers.iter().map(|offer| &offer.agent);
            ringing
                .flat_map(|agent| to(agent, id, Said::Ring(count)))
                .collect()
        }
        Fact::Withdrawn { agent, why } => leaves(call, agent, withdrawn(*why)),
        Fact::Unreached { agent, why, .. } => leaves(call, agent, unreached(*why)),
        Fact::LostRace { agent, winner } => lost_race(call, agent, winner.as_ref()),
        Fact::Answered {
            agent,
            rings,
            wait_ms,
            result,
            ..
        } => {
            call.close_offer(agent);
            call.answered_at = Some(now.at);
            let said = Said::Answered {
                by: agent.clone(),
                rings: *rings,
                wait_ms: *wait_ms,
                rule: *result,
            };
            to(agent, id, said)
        }
        Fact::Rescued(_)
        | Fact::OfferedAgain { .. }
        | Fact::Served(_)
        | Fact::Overflowed(_)
        | Fact::Connected(_)
        | Fact::LeftQueue { .. } => of_kept(now, call, fact),
        Fact::PickedUp(_) | Fact::Missed(_) | Fact::Reached(_) => of_placed(now, call, fact),
        Fact::Abandoned { .. } | Fact::Refused { .. } | Fact::Failed { .. } => over(call, fact),
        Fact::SoundChanged(line) => sound_changed(call, line),
        Fact::MediaSilent { side, .. } => to_winner(call, Said::Alert(alerts::silent(*side))),
        Fact::Ended { by, cause, talk_ms } => {
            let said = Said::Ended {
                by: *by,
                cause: cause.clone(),
                talk_ms: *talk_ms,
                transferred_to: None,
            };
            let mut out = officer_lets_go(call, said.clone());
            // Whoever has handed the caller over was told of the end then.
            if !call.handed_over {
                out.extend(to_winner(call, said));
            }
            out
        }
        Fact::Held(_) | Fact::Resumed(_) => of_hold(now, call, fact),
        Fact::Recording(step) => recording::frames(call, step),
        Fact::Monitored(how) => of_monitor(call, how),
        Fact::WrapUpOpened { agent, for_s } => wrap_up_opened(now, call, agent, *for_s),
        Fact::WrapUpExtended { agent, for_s } => wrap_up_extended(now, call, agent, *for_s),
        Fact::WrapUpExpired { agent } => {
            call.wrap_up = WrapUp::Closed;
            to(agent, id, Said::WrapUpExpired {})
        }
        Fact::Confirmed { .. } | Fact::NoCase { .. } => {
            call.wrap_up = WrapUp::Closed;
            late(call.id, fact)
        }
        _ => late(call.id, fact),
    }
}

/// The agent's light; and who watches over others is told of a line that sounds poor.
fn sound_changed(call: &mut LiveCall, line: &LineSound) -> Vec<Delivery> {
    let now = SoundNow::from(line);
    call.sound.retain(|told| told.side != now.side);
    call.sound.push(now.clone());
    let mut out = to_winner(call, Said::Sound(now));
    if line.class == SoundClass::Poor {
        let way = line.worse().map_or(Way::From, |(way, _)| way);
        let alert = poor_sound::of(line.side, way);
        out.push(Delivery::Supervisors(Some(call.id), Said::Alert(alert)));
    }
    out
}

/// Nobody has it, or nobody any more: whoever still has the pop is told, and whoever lifted for a call that
/// kring placed.
fn over(call: &mut LiveCall, fact: &Fact) -> Vec<Delivery> {
    let said = match fact {
        Fact::Abandoned { .. } => Said::Abandoned {},
        Fact::Refused { .. } => Said::Withdrawn { reason: "deadline" },
        _ => Said::Withdrawn { reason: "failed" },
    };
    let mut out = close_all(call, &said);
    if call.is_placed() {
        out.extend(to_winner(call, said));
    }
    out
}

/// What becomes of a caller whom kring keeps after the deadline.
fn of_kept(now: When, call: &mut LiveCall, fact: &Fact) -> Vec<Delivery> {
    let id = Some(call.id);
    match fact {
        Fact::Rescued(rescue) => {
            let said = Said::Rescued {
                action: rescue.action,
            };
            let mut out = close_all(call, &said);
            out.push(Delivery::Supervisors(id, said));
            out
        }
        Fact::OfferedAgain { .. } => {
            call.rings_from = now.at;
            Vec::new()
        }
        Fact::Served(Service {
            agent,
            rings,
            wait_ms,
            ..
        }) => {
            call.close_offer(agent);
            call.answered_at = Some(now.at);
            call.handed_over = false;
            let said = Said::Answered {
                by: agent.clone(),
                rings: *rings,
                wait_ms: *wait_ms,
                rule: RingResult::Rescued,
            };
            to(agent, id, said)
        }
        Fact::LeftQueue { .. } => close_all(call, &Said::Abandoned {}),
        Fact::Overflowed(overflow) => {
            let said = Said::Overflowed {
                to: overflow.to.clone(),
                why: overflow.why,
            };
            let mut out = close_all(call, &Said::Withdrawn { reason: "overflow" });
            out.push(Delivery::Supervisors(id, said));
            out
        }
        Fact::Connected(connection) => {
            call.answered_at = Some(now.at);
            let to = connection.to.clone();
            vec![Delivery::Supervisors(id, Said::Connected { to })]
        }
        _ => Vec::new(),
    }
}

/// What becomes of a call that kring places, once the agent's phone was lifted.
fn of_placed(now: When, call: &mut LiveCall, fact: &Fact) -> Vec<Delivery> {
    match fact {
        Fact::PickedUp(picked_up) => {
            let agent = &picked_up.agent;
            call.close_offer(agent);
            to(agent, Some(call.id), Said::Dialling {})
        }
        Fact::Reached(reach) => {
            call.answered_at = Some(now.at);
            let rang_ms = reach.rang_ms;
            to_winner(call, Said::Reached { rang_ms })
        }
        Fact::Missed(missed) => {
            let (reason, code) = (missed.why, missed.code);
            to_winner(call, Said::Missed { reason, code })
        }
        _ => Vec::new(),
    }
}

/// The phone does not ring any more. Without an offer there was a frame already that took the call
/// from the screen.
fn leaves(call: &mut LiveCall, agent: &AgentId, said: Said) -> Vec<Delivery> {
    match call.close_offer(agent) {
        Some(_) => to(agent, Some(call.id), said),
        None => Vec::new(),
    }
}

/// A page is told again only when the phone is not what the pop said.
fn alerting(call: &LiveCall, agent: &AgentId, answerable: bool) -> Vec<Delivery> {
    let told = call.offers.iter().find(|offer| offer.agent == *agent);
    match told {
        // Of several devices one that cannot be made to answer changes nothing about the others.
        Some(offer) if offer.devices.len() > 1 && !answerable => Vec::new(),
        Some(offer) if offer.answerable != answerable => {
            to(agent, Some(call.id), Said::Alerting { answerable })
        }
        _ => Vec::new(),
    }
}

pub(super) fn to_winner(call: &LiveCall, said: Said) -> Vec<Delivery> {
    match call.winner() {
        Some(agent) => to(agent, Some(call.id), said),
        None => Vec::new(),
    }
}

/// Frames for which the call need not be in memory: its record came hours later.
pub(super) fn late(id: CallId, fact: &Fact) -> Vec<Delivery> {
    if let Fact::Recording(step) = fact {
        return recording::fault(step);
    }
    let (agent, said) = match fact {
        Fact::DraftSaved { agent, version } => (agent, Said::WrapUpSaved { version: *version }),
        Fact::Confirmed {
            agent, case_ref, ..
        } => {
            let case_ref = Some(case_ref.clone());
            (
                agent,
                Said::WrapUpConfirmed {
                    case_ref,
                    no_case: None,
                },
            )
        }
        Fact::RecordHandedOver(over) => {
            let said = || Said::WrapUpHandedOver {
                from: over.from.clone(),
                to: over.to.clone(),
                by: over.by.clone(),
            };
            let mut out = to(&over.from, Some(id), said());
            out.extend(to(&over.to, Some(id), said()));
            return out;
        }
        Fact::CallBackAsked(wish) => {
            let queue = wish.queue.clone();
            return vec![Delivery::Supervisors(
                Some(id),
                Said::CallBackAsked { queue },
            )];
        }
        Fact::CallBackEnded(over) => {
            let (why, tries) = (over.why, over.tries);
            return vec![Delivery::Supervisors(
                Some(id),
                Said::CallBackEnded { why, tries },
            )];
        }
        Fact::NoCase { agent, reason } => {
            let no_case = Some(reason.clone());
            (
                agent,
                Said::WrapUpConfirmed {
                    case_ref: None,
                    no_case,
                },
            )
        }
        _ => return Vec::new(),
    };
    to(agent, Some(id), said)
}

pub(super) fn wrap_up_opened(
    now: When,
    call: &mut LiveCall,
    agent: &AgentId,
    for_s: u32,
) -> Vec<Delivery> {
    let length = (for_s > 0).then(|| Duration::from_secs(u64::from(for_s)));
    call.wrap_up = WrapUp::Open {
        until: length.map(|length| now.at + length),
    };
    let said = Said::WrapUpOpened {
        draft: call.draft.clone(),
        deadline: length.map(|l| rfc3339(WallTime(now.wall.0 + l.as_micros() as i64))),
        for_ms: length.map(|l| l.as_millis() as u64),
    };
    to(agent, Some(call.id), said)
}

fn wrap_up_extended(now: When, call: &mut LiveCall, agent: &AgentId, for_s: u32) -> Vec<Delivery> {
    let length = Duration::from_secs(u64::from(for_s));
    call.wrap_up = WrapUp::Open {
        until: Some(now.at + length),
    };
    let said = Said::WrapUpExtended {
        deadline: rfc3339(WallTime(now.wall.0 + length.as_micros() as i64)),
        for_ms: length.as_millis() as u64,
    };
    to(agent, Some(call.id), said)
}

/// A phone whose 200 crossed a CANCEL: either somebody else has the call, or the caller had gone.
fn lost_race(call: &mut LiveCall, agent: &AgentId, winner: Option<&AgentId>) -> Vec<Delivery> {
    let told = call.close_offer(agent).is_none();
    let said = match winner {
        Some(winner) => Said::LostRace {
            winner: Some(winner.clone()),
        },
        // The withdrawal has told already that there is no call any more.
        None if told => return Vec::new(),
        None if call.outcome() == Some(Outcome::Abandoned) => Said::Abandoned {},
        None => Said::LostRace { winner: None },
    };
    to(agent, Some(call.id), said)
}

fn unreached(why: Unreached) -> Said {
    let reason = alerts::unreached(why);
    Said::Withdrawn { reason }
}

fn withdrawn(why: Withdrawal) -> Said {
    match why {
        Withdrawal::CallerGaveUp => Said::Abandoned {},
        Withdrawal::Rona => Said::Withdrawn { reason: "rona" },
        Withdrawal::HopEnded => Said::Withdrawn {
            reason: "hop_ended",
        },
        Withdrawal::AnsweredElsewhere => Said::Withdrawn {
            reason: "answered_elsewhere",
        },
        Withdrawal::Declined => Said::Withdrawn { reason: "declined" },
        Withdrawal::CallOver => Said::Withdrawn {
            reason: "call_over",
        },
    }
}

fn close_all(call: &mut LiveCall, said: &Said) -> Vec<Delivery> {
    let id = Some(call.id);
    call.offers
        .drain(..)
        .flat_map(|offer| to(&offer.agent, id, said.clone()))
        .collect()
}

/// A screen died or came back: its agent is told, and whoever watches over others.
pub(super) fn of_screen(agent: &AgentId, fact: &Fact) -> Vec<Delivery> {
    let whose = agent.clone();
    let said = match fact {
        Fact::ScreenDead { .. } => Said::ScreenDead { agent: whose },
        _ => Said::ScreenRestored { agent: whose },
    };
    vec![
        Delivery::Frame {
            to: agent.clone(),
            call: None,
            said: said.clone(),
        },
        Delivery::OtherSupervisors(agent.clone(), said),
    ]
}

/// For those who keep the house.
pub(super) fn to_supervisors(alert: Alert) -> Vec<Delivery> {
    vec![Delivery::Supervisors(None, Said::Alert(alert))]
}

pub(super) fn to(agent: &AgentId, call: Option<CallId>, said: Said) -> Vec<Delivery> {
    vec![Delivery::Frame {
        to: agent.clone(),
        call,
        said,
    }]
}
