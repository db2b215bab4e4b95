//! Which queue a call comes to: by the number that was dialled, and by what is known of the caller.
//!
//! Which queues a number leads to changes with the configuration only, and is kept until then: an INVITE
//! to a number that is nobody's costs one look into a table.

use super::Exchange;
use crate::{command::CallerIdentity, config::QueueConfig, known::CallerTraits};
use kring_journal::ChosenBy;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The queue of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Its index.
    pub(super) queue: usize,
    /// What of the caller chose it among those of the number.
    pub(super) by: Option<ChosenBy>,
}

/// Where one number leads.
#[derive(Clone, Debug)]
pub(super) struct Number {
    /// The queues for some callers only, by index, in the order of the configuration.
    for_some: Arc<[usize]>,
    /// The queue for everybody else.
    for_all: usize,
}

/// The queues to which calls may come, and where each number leads.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// The indexes of the queues, in the order of the configuration; the others are retired.
    pub(super) serving: Vec<usize>,
    /// None: only to queues for some callers, so that it is nobody's.
    known: FxHashMap<String, Option<Number>>,
    /// Where every number leads that no queue has.
    others: Option<Number>,
}

impl Numbers {
    /// The numbers of the queues that serve, by index in their order.
    pub(super) fn new(queues: &[QueueConfig], serving: Vec<usize>) -> Numbers {
        let mut of_number: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        let mut of_others = Vec::new();
        for place in &serving {
            let dids = &queues[*place].did;
            if dids.is_empty() {
                of_others.push(*place);
            }
            for did in dids {
                let places = of_number.entry(plain(did)).or_default();
                if places.last() != Some(place) {
                    places.push(*place);
                }
            }
        }
        let known = of_number.into_iter();
        Numbers {
            known: known
                .map(|(did, places)| (did.to_owned(), Number::of(queues, &places)))
                .collect(),
            others: Number::of(queues, &of_others),
            serving,
        }
    }

    /// Where this number leads; none: it is nobody's.
    pub(super) fn get(&self, dialled: &str) -> Option<&Number> {
        match self.known.get(plain(dialled)) {
            Some(number) => number.as_ref(),
            None => self.others.as_ref(),
        }
    }
}

impl Number {
    fn of(queues: &[QueueConfig], places: &[usize]) -> Option<Number> {
        let is_for_all = |place: &&usize| queues[**place].callers.is_empty();
        let for_all = *places.iter().find(is_for_all)?;
        let for_some = places.iter().filter(|place| !is_for_all(place)).copied();
        let for_some = for_some.collect();
        Some(Number { for_some, for_all })
    }

    /// The first queue that is for such callers, else the one for all.
    fn choose(&self, queues: &[QueueConfig], known: CallerTraits) -> Chosen {
        let meant = |place: &usize| {
            let mut callers = queues[*place].callers.iter();
            let meant = callers.find(|caller| caller.means(known))?;
            let by = Some(meant.chosen_by());
            Some(Chosen { queue: *place, by })
        };
        let usual = Chosen {
            queue: self.for_all,
            by: None,
        };
        self.for_some.iter().find_map(meant).unwrap_or(usual)
    }
}

impl Exchange {
    /// The queue for this caller of this number.
    pub(super) fn choose_queue(&self, number: &Number, known: CallerTraits) -> Chosen {
        number.choose(&self.config.queues, known)
    }

    /// What is known of a caller. Of who withholds the number nothing is.
    pub(super) fn known_of(&self, identity: &CallerIdentity) -> CallerTraits {
        if identity.anonymous {
            return CallerTraits::default();
        }
        self.config.known_callers.traits_of(&identity.user)
    }
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
        let numbers = Numbers::new(queues, (0..queues.len()).collect());
        let number = numbers.get(dialled)?;
        Some(number.choose(queues, known))
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
