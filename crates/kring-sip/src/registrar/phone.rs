//! One phone's user and the bindings made in its name.

use super::{
    asked::{Asked, Wanted},
    binding::Binding,
    limits::{BINDINGS_MAX, PHONE_PACE},
};
use crate::{digest::Ha1Set, pace::Bucket};
use kring_time::Moment;
use std::time::Duration;

/// One user.
#[derive(Debug)]
pub(super) struct Phone {
    pub(super) secrets: Ha1Set,
    pub(super) bindings: Vec<Binding>,
    bucket: Bucket,
    /// Its entry in the registrar's queue.
    pub(super) queued: Option<Moment>,
}

/// What a Contact did.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// There is a new binding, in place of these.
    New {
        id: u64,
        instead_of: Vec<Binding>,
    },
    Refreshed {
        id: u64,
    },
    Removed(Binding),
    /// It was to be removed and was not there.
    Nothing,
}

impl Phone {
    pub(super) fn new(secrets: Ha1Set) -> Phone {
        Phone {
            secrets,
            bindings: Vec::new(),
            bucket: Bucket::default(),
            queued: None,
        }
    }

    /// Whether it may ask for something again already.
    pub(super) fn may_ask(&mut self, now: Moment) -> bool {
        self.bucket.take(now, PHONE_PACE)
    }

    /// The binding that a Contact is about: the same way to the same phone, or the same URI.
    fn meant(&self, wanted: &Wanted) -> Option<usize> {
        let same_phone = |binding: &Binding| {
            wanted.instance.is_some()
                && binding.instance == wanted.instance
                && binding.reg_id == wanted.reg_id
        };
        let bindings = &self.bindings;
        bindings.iter().position(same_phone).or_else(|| {
            bindings
                .iter()
                .position(|binding| binding.contact == wanted.contact)
        })
    }

    /// Whether all that is asked comes in order (RFC 3261 §10.3, step 7): the same phone must count on.
    pub(super) fn is_in_order(&self, asked: &Asked, contacts: &[Wanted]) -> bool {
        contacts
            .iter()
            .filter_map(|wanted| self.meant(wanted))
            .all(|at| self.bindings[at].is_before(asked))
    }

    /// Does what one Contact wants. `id` is for a new binding.
    pub(super) fn bind(&mut self, binding: Binding, wanted: &Wanted) -> Bound {
        let Some(at) = self.meant(wanted) else {
            if wanted.expires_s == 0 {
                return Bound::Nothing;
            }
            let id = binding.id;
            self.bindings.push(binding);
            return Bound::New {
                id,
                instead_of: self.make_room(id),
            };
        };
        if wanted.expires_s == 0 {
            return Bound::Removed(self.bindings.remove(at));
        }
        let old = &mut self.bindings[at];
        let same_way = old.flow == binding.flow && old.contact == binding.contact;
        let new = Binding {
            id: if same_way { old.id } else { binding.id },
            ..binding
        };
        let (id, old) = (new.id, std::mem::replace(old, new));
        if same_way {
            Bound::Refreshed { id }
        } else {
            Bound::New {
                id,
                instead_of: vec![old],
            }
        }
    }

    /// The binding that was refreshed longest ago gives way.
    fn make_room(&mut self, new: u64) -> Vec<Binding> {
        if self.bindings.len() <= BINDINGS_MAX {
            return Vec::new();
        }
        let others = self.bindings.iter().enumerate();
        let others = others.filter(|(_, binding)| binding.id != new);
        let oldest = others.min_by_key(|(_, binding)| binding.seen);
        let oldest = oldest.map(|(at, _)| at);
        oldest
            .map(|at| self.bindings.remove(at))
            .into_iter()
            .collect()
    }

    pub(super) fn binding(&self, id: u64) -> Option<&Binding> {
        self.bindings.iter().find(|binding| binding.id == id)
    }

    /// When something is to be done for it.
    pub(super) fn due(&self) -> Option<Moment> {
        let due = |binding: &Binding| match binding.next_ping {
            Some(ping) => ping.min(binding.expires),
            None => binding.expires,
        };
        self.bindings.iter().map(due).min()
    }
}

impl Binding {
    fn is_before(&self, asked: &Asked) -> bool {
        self.call_id != asked.call_id || self.seq < asked.seq
    }

    /// When its way through NAT is next kept open, if it has one: 25 to 30 s apart, each binding at
    /// moments of its own.
    pub(super) fn ping_after(&self, now: Moment) -> Option<Moment> {
        let spread = Duration::from_millis(self.id / 2 % 5_000);
        self.wants_pings()
            .then(|| now + Duration::from_secs(25) + spread)
    }
}
