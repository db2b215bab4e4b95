//! The first law and I4: no fourth burst, withdrawals in time and repeated, budgets kept, overruns told.

use super::Court;
use crate::{
    clock::{GIVE_UP, T1, T2},
    witness::{Evidence, PhoneLeg, Story},
};
use kring_journal::{DeadlineAction, Fact};
use kring_time::Moment;

/// If a CANCEL takes at most the guard longer than that phone's INVITE did, and left in time, the
/// phone sounds no burst beyond the limit; and whatever burst it sounds beyond it is recorded.
pub(super) fn fourth_bursts(evidence: &Evidence<'_>, court: &mut Court) {
    let account = evidence.account;
    for rung in &account.rung {
        if rung.bursts <= u32::from(account.terms.limit) {
            continue;
        }
        let heard = &rung.heard;
        let leg = evidence
            .phone_legs
            .iter()
            .find(|leg| leg.call_id == heard.call_id && leg.phone == rung.phone);
        let story = leg.and_then(|leg| evidence.story_of(leg));
        let (Some(leg), Some(story)) = (leg, story) else {
            continue;
        };
        // It was never heard ringing, so no CANCEL could be sent, and nothing known of its bursts.
        if leg.heard_back.is_none() {
            continue;
        }
        let who = format!(
            "{} sounded {} bursts for {}",
            rung.agent, rung.bursts, heard.caller
        );
        let told = |fact: &Fact| match fact {
            Fact::LateSilence { agent, .. } => *agent == rung.agent,
            _ => false,
        };
        if !story.entries.iter().any(|entry| told(&entry.fact)) {
            court.accuse("law 1", format!("{who}, and no fact tells it"));
        }
        let Some(first) = leg.cancels.first().copied() else {
            continue;
        };
        let invite_took = heard.invited.since(leg.invited);
        let cancel_took = heard.cancelled.map(|at| at.since(first));
        let in_time = first <= withdrawal_due(evidence, story, leg);
        let quick = cancel_took.is_some_and(|took| took <= account.terms.guard() + invite_took);
        if in_time && quick {
            court.accuse(
                "law 1",
                format!("{who}, though CANCEL took only {cancel_took:?}"),
            );
        }
    }
}

/// CANCEL leaves by the deadline less the guard, or when the call is decided, or when the phone first
/// speaks (RFC 3261 §9.1), whichever lets it; and it is sent again until answered.
pub(super) fn withdrawals(evidence: &Evidence<'_>, court: &mut Court) {
    for story in &evidence.stories {
        for leg in evidence.legs_of(story) {
            let agent = evidence
                .agent(leg.phone)
                .map_or("?", |agent| agent.as_str());
            let who = format!("{agent} for {}", story.name);
            if let Some(due) = cancel_due(evidence, story, leg)
                && leg.cancels.first().is_none_or(|sent| *sent > due)
            {
                let sent = leg.cancels.first();
                court.accuse(
                    "law 1",
                    format!("CANCEL to {who} was due at {due}, left {sent:?}"),
                );
            }
            // Over a stream nothing is sent twice.
            if !evidence.account.on_tcp[usize::from(leg.phone)] {
                repeated(leg, &who, evidence.account.over_at, court);
            }
        }
    }
}

/// When this leg's CANCEL must have left; `None` when it needs none.
fn cancel_due(evidence: &Evidence<'_>, story: &Story<'_>, leg: &PhoneLeg<'_>) -> Option<Moment> {
    let due = withdrawal_due(evidence, story, leg);
    let due = story
        .race_of(leg.invited)
        .map_or(due, |race| due.min(race.over.max(leg.invited)));
    let due = due.max(leg.heard_back?);
    leg.final_back.is_none_or(|(at, _)| at > due).then_some(due)
}

/// The deadline less the guard, or the end of the phone's own allowance.
fn withdrawal_due(evidence: &Evidence<'_>, story: &Story<'_>, leg: &PhoneLeg<'_>) -> Moment {
    let terms = &evidence.account.terms;
    let from = story.rings_from(leg.invited);
    let due = from + terms.budget().saturating_sub(terms.guard());
    let own = evidence
        .account
        .seats
        .get(usize::from(leg.phone))
        .and_then(|(_, own)| *own);
    own.map_or(due, |period| {
        let allowance = period * u32::from(terms.limit);
        due.min(leg.invited + allowance.saturating_sub(terms.guard()))
    })
}

fn repeated(leg: &PhoneLeg<'_>, who: &str, over_at: Moment, court: &mut Court) {
    let Some(first) = leg.cancels.first().copied() else {
        return;
    };
    let answered = [
        leg.cancel_answered,
        leg.final_back.map(|(at, _)| at),
        Some(over_at),
    ];
    let answered = answered.into_iter().flatten().min().unwrap_or(over_at);
    let (mut due, mut interval) = (first + T1, T1);
    let mut copies = leg.cancels.iter().skip(1);
    while due < answered && due < first + GIVE_UP {
        if copies.next().is_none_or(|copy| *copy > due) {
            court.accuse(
                "law 1",
                format!("CANCEL to {who} was not sent again at {due}"),
            );
            return;
        }
        interval = (interval * 2).min(T2);
        due = due + interval;
    }
}

/// I4: the caller's final response has left by the deadline, nothing that is due then is late, and that
/// is told rightly. t0 is the moment of our 180.
pub(super) fn budgets(evidence: &Evidence<'_>, court: &mut Court) {
    let terms = &evidence.account.terms;
    for story in evidence.stories.iter().filter(|story| !story.is_placed()) {
        let Some(leg) = evidence.caller_leg(story) else {
            court.accuse("I4", format!("{} has no INVITE on the wire", story.name));
            continue;
        };
        if leg.ringback.is_some_and(|at| at != story.t0) {
            court.accuse(
                "I4",
                format!("{} was told 180 at {:?}", story.name, leg.ringback),
            );
        }
        let first = leg.finals.first().map(|(at, ..)| *at);
        if first.is_none_or(|at| at > story.t0 + terms.budget()) {
            court.accuse(
                "I4",
                format!("{}'s final response left at {first:?}", story.name),
            );
        }
        for entry in &story.entries {
            let (lateness_us, wait_ms) = match &entry.fact {
                Fact::Refused {
                    lateness_us,
                    wait_ms,
                    ..
                } => (lateness_us, wait_ms),
                Fact::Rescued(rescue) => (&rescue.lateness_us, &rescue.wait_ms),
                _ => continue,
            };
            let due = match leg.ringback {
                Some(t0) => t0 + terms.budget().saturating_sub(terms.guard() / 2),
                None => story.t0,
            };
            let late = entry.at.since(due);
            // Nobody is late where time waits for everybody.
            if *lateness_us != 0 || !late.is_zero() {
                court.accuse("I4", format!("{} was {late:?} late: {entry}", story.name));
            }
            if u128::from(*wait_ms) != entry.at.since(story.t0).as_millis() {
                court.accuse("I4", format!("{} waited otherwise: {entry}", story.name));
            }
            if let Fact::Refused {
                action: DeadlineAction::AnnounceBusy,
                retry_after_s: None,
                ..
            } = entry.fact
            {
                court.accuse("I4", format!("{} got no Retry-After", story.name));
            }
        }
    }
}
