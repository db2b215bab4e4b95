//! `deadline_action` of a ring or a queue, and how callers wait whom kring has answered.

use super::{floor::Queue, recording, section::Section, sound::Media};
use kring_call::WaitingRules;
use kring_journal::DeadlineAction;
use std::time::Duration;

/// The keys that say how callers wait.
const WAITING_KEYS: [&str; 5] = [
    "max_wait_s",
    "max_waiting",
    "announce_every_s",
    "announce_position",
    "announcements",
];

/// The key `deadline_action`.
pub(super) fn action(section: &mut Section<'_>, default: DeadlineAction) -> DeadlineAction {
    section.choice(
        "deadline_action",
        &[
            ("announce_busy", DeadlineAction::AnnounceBusy),
            ("announce", DeadlineAction::Announce),
            ("redirect", DeadlineAction::Redirect),
            ("answer_greet_queue", DeadlineAction::AnswerGreetQueue),
        ],
        default,
    )
}

/// How callers wait where a queue says nothing of it.
pub(super) fn usual(media: &Media) -> WaitingRules {
    let usual = WaitingRules::default();
    WaitingRules {
        greeting: media.greeting.clone().unwrap_or(usual.greeting),
        ..usual
    }
}

/// The keys of a queue that say how its callers wait.
pub(super) fn waiting(section: &mut Section<'_>, media: &Media) -> WaitingRules {
    let usual = usual(media);
    let (wait, every) = (usual.max_wait.as_secs(), usual.announce_every.as_secs());
    let most = kring_call::limits::CALLS_MAX as u64;
    WaitingRules {
        max_wait: Duration::from_secs(section.number("max_wait_s", wait, 0..=86_400)),
        waiting_max: section.number("max_waiting", 0, 0..=most) as usize,
        announce_every: Duration::from_secs(section.number("announce_every_s", every, 0..=3_600)),
        tells_position: section.flag("announce_position", usual.tells_position),
        greeting: recording::one(section, "greeting").unwrap_or(usual.greeting),
        announcements: recording::several(section, "announcements"),
    }
}

/// Notes what a queue says that does not go with what is done there at the deadline.
pub(super) fn check(section: &Section<'_>, queue: &Queue) {
    let table = if section.says("deadline_action") {
        "queue"
    } else {
        "ring"
    };
    let action = queue.deadline_action;
    if action == DeadlineAction::Redirect && queue.overflow.is_none() {
        let text = format!(
            "{table}.deadline_action is \"redirect\", but queue {:?} does not say where to. \
             Write overflow = \"sip:NUMBER@HOST\".",
            queue.name
        );
        section.complain("overflow", text);
    }
    if action != DeadlineAction::Redirect && section.says("overflow") {
        let text = format!(
            "queue.overflow is where a redirect leads, but {table}.deadline_action is not \
             \"redirect\". Set that, or take the line out."
        );
        section.complain("overflow", text);
    }
    for key in WAITING_KEYS {
        if action != DeadlineAction::AnswerGreetQueue && section.says(key) {
            let text = format!(
                "queue.{key} is for callers who wait, but {table}.deadline_action is not \
                 \"answer_greet_queue\". Set that, or take the line out."
            );
            section.complain(key, text);
        }
    }
}
