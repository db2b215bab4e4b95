//! Which queue a call comes to: by the number that was dialled, and by what is known of the caller.

use super::Exchange;
use crate::{command::CallerIdentity, config::QueueConfig, known::CallerTraits};
use kring_journal::ChosenBy;

/// The queue of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Its index.
    pub(super) queue: usize,
    /// What of the caller chose it among those of the number.
    pub(super) by: Option<ChosenBy>,
}

impl Exchange {
    /// Whether any queue has this number.
    pub(super) fn is_ours(&self, dialled: &str) -> bool {
        self.choose_queue(dialled, CallerTraits::default())
            .is_some()
    }

    /// The queue for this caller of this number.
    pub(super) fn choose_queue(&self, dialled: &str, known: CallerTraits) -> Option<Chosen> {
        let serving: Vec<_> = self.serving_queues().collect();
        queue_for(&serving, dialled, known)
    }

    /// What is known of a caller. Of who withholds the number nothing is.
    pub(super) fn known_of(&self, identity: &CallerIdentity) -> CallerTraits {
        if identity.anonymous {
            return CallerTraits::default();
        }
        self.config.known_callers.traits_of(&identity.user)
    }
}

/// Among the queues of the number the first that is for such callers, else the first that is for all;
/// the queues of a number that nobody has are those without numbers.
fn queue_for(
    queues: &[(usize, &QueueConfig)],
    dialled: &str,
    known: CallerTraits,
) -> Option<Chosen> {
    let dialled = plain(dialled);
    let has = |queue: &QueueConfig| queue.did.iter().any(|did| plain(did) == dialled);
    let left_over = !queues.iter().any(|(_, queue)| has(queue));
    let of_number = |queue: &QueueConfig| {
        if left_over {
            queue.did.is_empty()
        } else {
            has(queue)
        }
    };
    let mut for_all = None;
    for (index, queue) in queues.iter().filter(|(_, queue)| of_number(queue)) {
        let meant = queue.callers.iter().find(|caller| caller.means(known));
        if let Some(meant) = meant {
            let by = Some(meant.chosen_by());
            return Some(Chosen { queue: *index, by });
        }
        if queue.callers.is_empty() {
            for_all.get_or_insert(Chosen {
                queue: *index,
                by: None,
            });
        }
    }
    for_all
}

fn plain(number: &str) -> &str {
    number.trim_start_matches('+')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known::CallerTrait;
    use kring_media::Language;

    fn queue(name: &str, did: &[&str], callers: &[CallerTrait]) -> QueueConfig {
        QueueConfig {
            did: did.iter().map(|did| (*did).to_owned()).collect(),
            callers: callers.to_vec(),
            ..crate::tests::queue(name, &[])
        }
    }

    fn choose(queues: &[QueueConfig], dialled: &str, known: CallerTraits) -> Option<Chosen> {
        let serving: Vec<_> = queues.iter().enumerate().collect();
        queue_for(&serving, dialled, known)
    }

    fn name(queues: &[QueueConfig], dialled: &str, known: CallerTraits) -> Option<String> {
        let chosen = choose(queues, dialled, known)?;
        Some(queues[chosen.queue].name.clone())
    }

    #[test]
    fn the_first_queue_for_such_callers_comes_before_the_one_for_all() {
        let english = CallerTrait::Language(Language::English);
        let queues = [
            queue("support", &["1203"], &[]),
            queue("vip", &["1203"], &[CallerTrait::Vip, CallerTrait::OpenCase]),
            queue("english", &["1203"], &[english]),
            queue("rest", &[], &[]),
        ];
        let nobody = CallerTraits::default();
        let returning = CallerTraits {
            open_case: true,
            language: Some(Language::English),
            ..nobody
        };
        let foreign = CallerTraits {
            language: Some(Language::English),
            ..nobody
        };
        assert_eq!(name(&queues, "1203", nobody).unwrap(), "support");
        assert_eq!(name(&queues, "+1203", returning).unwrap(), "vip");
        assert_eq!(name(&queues, "1203", foreign).unwrap(), "english");
        assert_eq!(name(&queues, "1569", returning).unwrap(), "rest");
        let chosen = choose(&queues, "1203", returning).unwrap();
        assert_eq!(chosen.by, Some(ChosenBy::OpenCase));
        assert_eq!(choose(&queues[..3], "1569", nobody), None);
    }
}
