//! The fifth law: replaying a journal gives the same history rows, and the rows say what the citizens saw.

use super::Court;
use crate::witness::{Evidence, Story};
use kring_journal::{CallRecord, CallState, DeadlineAction, Entry, Outcome, RingResult};

/// Rows folded from the journal as written, and from the journal as stored and read again, are the same
/// and true.
pub(super) fn same_rows(evidence: &Evidence<'_>, court: &mut Court) {
    for story in &evidence.stories {
        let row = fold(story.entries.iter().copied());
        let stored: Vec<Entry> = story
            .entries
            .iter()
            .filter_map(|entry| stored(entry))
            .collect();
        let again = fold(&stored);
        let Some(row) = row else {
            court.accuse("law 5", format!("{} has no row", story.name));
            continue;
        };
        if again.as_ref() != Some(&row) {
            court.accuse("law 5", format!("{row:?} is read again as {again:?}"));
        }
        if let Some(fault) = untruth(evidence, story, &row) {
            court.accuse(
                "law 5",
                format!("{}: {fault}; the row is {row:?}", story.name),
            );
        }
    }
}

fn fold<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Option<CallRecord> {
    let mut entries = entries.into_iter();
    let mut row = CallRecord::begin(entries.next()?)?;
    entries.for_each(|entry| row.apply(entry));
    Some(row)
}

/// The entry as the disk gives it back.
fn stored(entry: &Entry) -> Option<Entry> {
    serde_json::from_str(&serde_json::to_string(entry).ok()?).ok()
}

/// What the row says otherwise than the wire and the citizen.
fn untruth(evidence: &Evidence<'_>, story: &Story<'_>, row: &CallRecord) -> Option<String> {
    if row.state != CallState::Ended {
        return Some("it has not ended".to_owned());
    }
    if story.is_placed() {
        return row
            .result
            .map(|_| "the ring rule is not of this call".to_owned());
    }
    let leg = evidence.caller_leg(story)?;
    let (sent, code, _) = leg.finals.first()?;
    let is_announced = row.deadline_action == Some(DeadlineAction::Announce);
    let outcome = match code {
        200 if row.outcome == Some(Outcome::Rescued) => Outcome::Rescued,
        200 if is_announced => Outcome::Rejected,
        200 => Outcome::Answered,
        487 => Outcome::Abandoned,
        _ if row.outcome == Some(Outcome::Failed) => Outcome::Failed,
        _ => Outcome::Rejected,
    };
    if row.outcome != Some(outcome) {
        return Some(format!("the caller was told {code}"));
    }
    if *code >= 300 && *code != 487 && row.final_code != Some(*code) {
        return Some(format!(
            "the caller was told {code}, not {:?}",
            row.final_code
        ));
    }
    if row.result == Some(RingResult::Breached) {
        return Some("the budget was breached".to_owned());
    }
    if row.wait_ms.map(u128::from) != Some(sent.since(story.t0).as_millis()) {
        return Some(format!(
            "the caller was told after {:?}",
            sent.since(story.t0)
        ));
    }
    let rings = sent.since(story.t0).as_micros() / evidence.account.terms.period().as_micros() + 1;
    let rings = if leg.ringback.is_some() { rings } else { 0 };
    if u128::from(row.rings) != rings && leg.ringback.is_some() {
        return Some(format!("{rings} rings had begun"));
    }
    let told = evidence
        .account
        .told
        .iter()
        .find(|(citizen, _)| citizen.name == story.name);
    let settled = told.and_then(|(_, told)| told.settled);
    settled
        .filter(|(_, heard)| heard != code)
        .map(|(_, heard)| format!("the citizen heard {heard}"))
}
