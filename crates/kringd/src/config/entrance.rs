//! Which callers a queue is for and who may serve it: `callers`, `skills` and `priority`.

use super::{floor::Queue, section::Section};
use kring_call::{CallerTrait, Skill, limits};
use kring_media::Language;

/// Kinds of callers of one queue, and skills.
const LISTED_MAX: usize = 20;

/// The key `callers`: `["vip", "open_case", "language:en"]`.
pub(super) fn callers(section: &mut Section<'_>) -> Vec<CallerTrait> {
    let mut callers = Vec::new();
    let items = section.list("callers").unwrap_or_default();
    for item in items.iter().take(LISTED_MAX) {
        callers.push(match item.text.as_str() {
            "vip" => CallerTrait::Vip,
            "open_case" => CallerTrait::OpenCase,
            "language:th" => CallerTrait::Language(Language::Thai),
            "language:en" => CallerTrait::Language(Language::English),
            other => {
                let text = format!(
                    "queue.callers has {other:?}: write \"vip\", \"open_case\", \"language:th\" or \
                     \"language:en\"."
                );
                section.complain_of(item, text);
                continue;
            }
        });
    }
    callers
}

/// The key `skills`: `["tax:3", "english"]`.
pub(super) fn skills(section: &mut Section<'_>) -> Vec<Skill> {
    let mut skills: Vec<Skill> = Vec::new();
    let items = section.list("skills").unwrap_or_default();
    if items.len() > LISTED_MAX {
        section.complain(
            "skills",
            format!("queue.skills has more than {LISTED_MAX}."),
        );
    }
    for item in items.iter().take(LISTED_MAX) {
        match item.text.parse::<Skill>() {
            Ok(skill) => skills.push(skill),
            Err(refused) => section.complain_of(item, format!("queue.skills: {refused}.")),
        }
    }
    skills
}

/// The key `priority`, 1 first.
pub(super) fn priority(section: &mut Section<'_>) -> u8 {
    let bounds = u64::from(limits::PRIORITY_FIRST)..=u64::from(limits::PRIORITY_LAST);
    section.number("priority", u64::from(limits::PRIORITY_USUAL), bounds) as u8
}

/// The key `did`. Several queues may have a number, but only one of them may be for all its callers.
pub(super) fn dids(
    section: &mut Section<'_>,
    (queue, callers): (&str, &[CallerTrait]),
    before: &[Queue],
) -> Vec<String> {
    let items = section.list("did").unwrap_or_default();
    let rival = |other: &&Queue| callers.is_empty() && other.callers.is_empty();
    if items.is_empty()
        && let Some(other) = before
            .iter()
            .filter(rival)
            .find(|other| other.did.is_empty())
    {
        let text = format!(
            "the queues {:?} and {queue:?} both have no did: only one can take the calls that are \
             left over. Write did = [\"NUMBER\"], or callers = [\"vip\"].",
            other.name
        );
        section.complain("did", text);
    }
    if items.len() > super::floor::DIDS_MAX {
        let most = super::floor::DIDS_MAX;
        section.complain("did", format!("queue.did has more than {most} numbers."));
    }
    for item in &items {
        let mut others = before.iter().filter(rival);
        if let Some(other) = others.find(|other| other.did.contains(&item.text)) {
            let text = format!(
                "the number {} leads to the queue {:?} already. Take it out of one, or say by callers = \
                 [\"vip\"] whom one of them is for.",
                item.text, other.name
            );
            section.complain_of(item, text);
        }
    }
    items.into_iter().map(|item| item.text).collect()
}

/// Whoever is not meant by a queue for some callers must find another one under the same number: the
/// first queue of which this is not so, by its place, and its number.
pub(super) fn unserved(queues: &[Queue]) -> Option<(usize, Option<&str>)> {
    let for_all = |has: &dyn Fn(&Queue) -> bool| {
        let mut others = queues.iter();
        others.any(|other| other.callers.is_empty() && has(other))
    };
    queues
        .iter()
        .enumerate()
        .filter(|(_, queue)| !queue.callers.is_empty())
        .find_map(|(at, queue)| {
            if queue.did.is_empty() {
                let left_over = |other: &Queue| other.did.is_empty();
                return (!for_all(&left_over)).then_some((at, None));
            }
            let mut dids = queue.did.iter();
            let lonely = dids.find(|did| !for_all(&|other| other.did.contains(did)));
            lonely.map(|did| (at, Some(did.as_str())))
        })
}
