//! What a REGISTER does to the bindings, all of it or nothing, and who is told.

use super::{
    Came, Gone, PhoneNews, Registrar,
    asked::{Asked, Change, Wanted},
    binding::Binding,
    phone::{Bound, Phone},
};
use kring_time::Moment;
use std::{sync::Arc, time::Duration};

impl Registrar {
    /// Does what is asked; not in part, but all of it or nothing.
    pub(super) fn change(
        &mut self,
        now: Moment,
        came: Came,
        asked: &Asked,
        (user, phone): (&Arc<str>, &mut Phone),
        mut fresh: impl FnMut() -> u64,
    ) -> bool {
        self.expire(now, user, phone);
        match &asked.change {
            Change::Ask => {}
            Change::RemoveAll => {
                let late = |binding: &Binding| {
                    binding.call_id == asked.call_id && binding.seq >= asked.seq
                };
                if phone.bindings.iter().any(late) {
                    return false;
                }
                for binding in std::mem::take(&mut phone.bindings) {
                    self.gone(user, &binding, Gone::Unregistered, 0);
                }
            }
            Change::Contacts(contacts) => {
                if !phone.is_in_order(asked, contacts) {
                    return false;
                }
                for wanted in contacts {
                    let binding = new_binding(now, came, asked, wanted, fresh() & !1);
                    let bound = phone.bind(binding, wanted);
                    self.tell(user, phone, bound);
                }
            }
        }
        true
    }

    fn tell(&mut self, user: &Arc<str>, phone: &Phone, bound: Bound) {
        let live = phone.bindings.len();
        match bound {
            Bound::New { id, instead_of } => {
                for old in instead_of {
                    self.gone(user, &old, Gone::Replaced, live);
                }
                if let Some(binding) = phone.binding(id) {
                    self.came(user, binding);
                    self.news.push_back(PhoneNews::Registered {
                        user: user.clone(),
                        binding: Box::new(binding.clone()),
                        live,
                    });
                }
            }
            Bound::Refreshed { id } => {
                if let Some(binding) = phone.binding(id) {
                    self.news.push_back(PhoneNews::Refreshed {
                        user: user.clone(),
                        binding: Box::new(binding.clone()),
                    });
                }
            }
            Bound::Removed(binding) => self.gone(user, &binding, Gone::Unregistered, live),
            Bound::Nothing => {}
        }
    }

    pub(super) fn came(&mut self, user: &Arc<str>, binding: &Binding) {
        self.bindings += 1;
        self.flows
            .entry(binding.flow)
            .or_default()
            .push(user.clone());
        if binding.wants_pings() {
            self.pinged.insert(binding.id, user.clone());
        }
    }

    pub(super) fn gone(&mut self, user: &Arc<str>, binding: &Binding, why: Gone, live: usize) {
        self.bindings -= 1;
        self.pinged.remove(&binding.id);
        if let Some(users) = self.flows.get_mut(&binding.flow) {
            if let Some(at) = users.iter().position(|other| other == user) {
                users.swap_remove(at);
            }
            if users.is_empty() {
                self.flows.remove(&binding.flow);
            }
        }
        self.news.push_back(PhoneNews::Gone {
            user: user.clone(),
            id: binding.id,
            why,
            live,
        });
    }

    pub(super) fn expire(&mut self, now: Moment, user: &Arc<str>, phone: &mut Phone) {
        let over = |binding: &mut Binding| binding.expires <= now;
        let expired: Vec<Binding> = phone.bindings.extract_if(.., over).collect();
        for binding in expired {
            self.gone(user, &binding, Gone::Expired, phone.bindings.len());
        }
    }
}

fn new_binding(now: Moment, came: Came, asked: &Asked, wanted: &Wanted, id: u64) -> Binding {
    let mut binding = Binding {
        id,
        contact: wanted.contact.clone(),
        instance: wanted.instance.clone(),
        reg_id: wanted.reg_id,
        preference: wanted.preference,
        path: asked.path.clone(),
        flow: came.from,
        reach: wanted.reach,
        call_id: asked.call_id.clone(),
        seq: asked.seq,
        expires: now + Duration::from_secs(u64::from(wanted.expires_s)),
        seen: now,
        user_agent: asked.user_agent.clone(),
        next_ping: None,
    };
    binding.next_ping = binding.ping_after(now);
    binding
}
