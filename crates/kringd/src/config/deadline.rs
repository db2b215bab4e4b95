//! `deadline_action` of a ring or a queue, and how callers wait whom kring has answered.

use super::{Trunk, complaint::Origin, floor::Queue, recording, section::Section, sound::Media};
use kring_call::{CallbackRules, OnClosed, OverflowTo, Recourse, WaitingRules};
use kring_journal::DeadlineAction;
use std::time::Duration;

/// The keys that say how callers wait.
const WAITING_KEYS: [&str; 7] = [
    "max_wait_s",
    "max_waiting",
    "announce_every_s",
    "announce_position",
    "announcements",
    "when_full",
    "when_waited",
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
            ("overflow", DeadlineAction::Overflow),
            ("offer_callback", DeadlineAction::OfferCallback),
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
        when_full: recourse(section, "when_full", "announce_busy"),
        when_waited: recourse(section, "when_waited", "hang_up"),
    }
}

/// What is done with a caller for whom there is no place, or no more time.
fn recourse(section: &mut Section<'_>, key: &'static str, refusal: &str) -> Recourse {
    let choices = [
        (refusal, Recourse::Refuse),
        ("overflow", Recourse::Overflow),
        ("offer_callback", Recourse::OfferCallback),
    ];
    section.choice(key, &choices, Recourse::Refuse)
}

/// The key `overflow`. A redirect's Contact is a URI (RFC 3261 §21.3.3), so a bare number is none.
pub(super) fn overflow(section: &mut Section<'_>) -> Option<OverflowTo> {
    section.read("overflow")
}

/// The keys `callback`, `callback_retry_s` and `callback_tries` of a queue.
pub(super) fn callback(
    section: &mut Section<'_>,
    action: DeadlineAction,
    on_closed: OnClosed,
) -> Option<CallbackRules> {
    let usual = CallbackRules::default();
    let offered_by = if action == DeadlineAction::OfferCallback {
        Some("deadline_action")
    } else if on_closed == OnClosed::OfferCallback {
        Some("closed_action")
    } else {
        None
    };
    let is_offered = offered_by.is_some();
    let wanted = section.flag("callback", is_offered);
    let retry = section.number("callback_retry_s", usual.retry.as_secs(), 30..=86_400);
    let tries = section.number("callback_tries", usual.tries.into(), 1..=20);
    if let Some(key) = offered_by.filter(|_| !wanted) {
        let text =
            format!("queue.callback is false, but {key} is \"offer_callback\". Take one out.");
        section.complain("callback", text);
    }
    for key in ["callback_retry_s", "callback_tries"] {
        if !wanted && section.says(key) {
            let text = format!(
                "queue.{key} is for call-backs, but queue.callback is not true. Set that, or take the \
                 line out."
            );
            section.complain(key, text);
        }
    }
    wanted.then(|| CallbackRules {
        retry: Duration::from_secs(retry),
        tries: tries as u8,
    })
}

/// Notes what a queue says that does not go with what is done there at the deadline.
pub(super) fn check(section: &Section<'_>, queue: &Queue) {
    let table = if section.says("deadline_action") {
        "queue"
    } else {
        "ring"
    };
    let (action, rules, name) = (queue.deadline_action, &queue.waiting, &queue.name);
    let is_kept = action.keeps_caller();
    check_overflow(section, queue, table);
    let asks = [rules.when_full, rules.when_waited].contains(&Recourse::OfferCallback);
    if asks && queue.callback.is_none() {
        let text = format!(
            "the callers of queue {name:?} are asked whether they want to be called back, but it calls \
             nobody back. Write callback = true."
        );
        section.complain("callback", text);
    }
    let is_asked = is_kept || queue.on_closed == OnClosed::OfferCallback;
    if queue.callback.is_some() && !is_asked {
        let text = format!(
            "queue.callback is for callers who wait, but {table}.deadline_action is not \
             \"answer_greet_queue\", nor is closed_action \"offer_callback\". Set one, or take the line \
             out."
        );
        section.complain("callback", text);
    }
    for key in WAITING_KEYS {
        if !is_kept && section.says(key) {
            let text = format!(
                "queue.{key} is for callers who wait, but {table}.deadline_action is not \
                 \"answer_greet_queue\". Set that, or take the line out."
            );
            section.complain(key, text);
        }
    }
}

/// Notes an `overflow` that is missing, or that nobody takes.
fn check_overflow(section: &Section<'_>, queue: &Queue, table: &str) {
    let (action, rules, name) = (queue.deadline_action, &queue.waiting, &queue.name);
    let overflows = [rules.when_full, rules.when_waited].contains(&Recourse::Overflow);
    let overflows =
        overflows || action == DeadlineAction::Overflow || queue.on_closed == OnClosed::Overflow;
    let wants = if action == DeadlineAction::Redirect {
        Some("redirect")
    } else if overflows {
        Some("overflow")
    } else {
        None
    };
    match (wants, &queue.overflow) {
        // It was written, and could not be read: that has been said.
        (Some(_), None) if section.says("overflow") => {}
        (Some("redirect"), None) => {
            let text = format!(
                "{table}.deadline_action is \"redirect\", but queue {name:?} does not say where to. \
                 Write overflow = \"sip:NUMBER@HOST\"."
            );
            section.complain("overflow", text);
        }
        (Some("redirect"), Some(OverflowTo::Uri(_))) => {}
        (Some("redirect"), Some(_)) => {
            let text =
                "queue.overflow must be a URI such as sip:1500@pbx.example.net for a redirect. \
                        Write one, or deadline_action = \"overflow\"."
                    .to_owned();
            section.complain("overflow", text);
        }
        (Some(_), None) => {
            let text = format!(
                "the callers of queue {name:?} overflow, but it does not say where to. Write overflow = \
                 \"queue:NAME\", \"department:SHORTNAME\", \"ext:1500\" or a URI."
            );
            section.complain("overflow", text);
        }
        (None, Some(_)) => {
            let text = format!(
                "queue.overflow is where callers go, but {table}.deadline_action is neither \"redirect\" nor \
                 \"overflow\", nor is when_full, when_waited or closed_action. Set one, or take the line out."
            );
            section.complain("overflow", text);
        }
        _ => {}
    }
}

/// Notes a queue that overflows to one that there is not, and one that dials where no trunk has an
/// address.
pub(super) fn check_ways(
    root: &Section<'_>,
    (queues, places): (&[Queue], &[Origin]),
    trunks: &[Trunk],
) {
    let can_dial = trunks.iter().any(|trunk| trunk.address.is_some());
    for (queue, place) in queues.iter().zip(places) {
        let mut key = "overflow";
        let text = match &queue.overflow {
            Some(OverflowTo::Queue(to)) if !queues.iter().any(|other| other.name == *to) => {
                format!(
                    "queue {:?} overflows to a queue {to:?}, which there is not.",
                    queue.name
                )
            }
            // A redirect to one of these is no redirect, and that has been said.
            Some(OverflowTo::Department(_) | OverflowTo::Extension(_))
                if queue.deadline_action == DeadlineAction::Redirect =>
            {
                continue;
            }
            Some(OverflowTo::Department(_) | OverflowTo::Extension(_)) if !can_dial => format!(
                "queue {:?} overflows to somebody whom kring dials, but no [[trunk]] has an address. \
                 Write trunk.address.",
                queue.name
            ),
            _ if queue.callback.is_some() && !can_dial => {
                key = "callback";
                format!(
                    "queue {:?} calls back, but no [[trunk]] has an address. Write trunk.address.",
                    queue.name
                )
            }
            _ => continue,
        };
        root.complain_there(place, key, text);
    }
}
