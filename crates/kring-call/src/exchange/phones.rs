//! Phones that register with kring: where an agent's is when it is to ring, and what is told of them.
//!
//! The registrar lives in the SIP endpoint. Here a registered phone is a place that may be nowhere.

use super::{Exchange, Output, PhoneTraits};
use crate::{
    command::{CommandRefused, Device, Done, Place},
    doing::Miss,
    limits::AGAIN_AFTER_REFUSAL,
};
use kring_journal::{AgentId, CallId, Fact, PhoneAway, PhoneGoneWhy, PhoneThere, Unreached};
use kring_sip::{
    Branch, HeaderName, IncomingInvite, LegId,
    digest::Ha1Set,
    registrar::{Binding, Gone, PhoneNews},
};
use kring_time::Moment;
use std::net::IpAddr;

impl Exchange {
    /// Makes a phone known before the first input. Later ones come as `PutPhone`. `false`: too many.
    pub fn introduce_phone(&mut self, user: &str, secrets: Ha1Set, traits: PhoneTraits) -> bool {
        self.put_phone(user, secrets, traits).is_ok()
    }

    /// Gives a phone a binding back that it had when the last process ended, if it can still be reached
    /// by it. Call it after [`Exchange::introduce_phone`].
    pub fn restore_binding(&mut self, now: Moment, user: &str, binding: Binding) {
        self.endpoint.restore_binding(now, user, binding);
    }

    /// Phones that are registered now.
    pub fn registered_phones(&self) -> usize {
        self.endpoint.registered_phones().0
    }

    pub(super) fn put_phone(
        &mut self,
        user: &str,
        secrets: Ha1Set,
        traits: PhoneTraits,
    ) -> Result<Done, CommandRefused> {
        if self.endpoint.put_phone(user, secrets) {
            self.phones.insert(user.to_owned(), traits);
            Ok(Done::Ok)
        } else {
            Err(CommandRefused::TooManyPhones)
        }
    }

    /// Where a device rings, everywhere at once and at least in one place; else why it cannot: it is a
    /// phone that is not registered, or only where `[dial]` does not let us call.
    pub(super) fn branches_of(
        &self,
        now: Moment,
        device: &Device,
    ) -> Result<Vec<Branch>, Unreached> {
        let user = match &device.place {
            Place::At { uri, peers } => {
                return Ok(vec![self.way_to(&device.name, uri, peers)]);
            }
            Place::Registered { user } => user,
        };
        let (dial, trunks) = (&self.config.dial, &self.config.trunks);
        let mut branches = self.endpoint.phone_branches(now, user);
        if branches.is_empty() {
            return Err(Unreached::Unregistered);
        }
        branches.retain(|branch| {
            let mut peers = branch.peers.iter();
            peers.all(|peer| {
                dial.may_follow(&branch.target, peer.address, trunks)
                    .is_ok()
            })
        });
        if branches.is_empty() {
            return Err(Unreached::Redirected);
        }
        Ok(branches)
    }

    /// Of a phone behind a translator of addresses, the address from which it has registered, for each of these ways to
    /// it. Of any other phone, and of one behind a proxy, nothing: only what it signals counts.
    pub(super) fn behind(&self, device: &Device, branches: &[Branch]) -> Vec<Option<IpAddr>> {
        let is_symmetric = match &device.place {
            Place::Registered { user } => self.phones.get(user).is_some_and(|it| it.symmetric),
            Place::At { .. } => false,
        };
        let address = |branch: &Branch| {
            let peer = branch.peers.first().filter(|_| branch.route.is_empty());
            peer.map(|peer| peer.address.ip())
        };
        let behind = |branch| is_symmetric.then(|| address(branch)).flatten();
        branches.iter().map(behind).collect()
    }

    /// The agent's phone is nowhere: it is not waited for, and this call does not come back to it.
    pub(super) fn is_nowhere(&mut self, now: Moment, id: CallId, agent: &AgentId, why: Unreached) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.bar(now, agent.clone(), AGAIN_AFTER_REFUSAL);
        }
        let fact = Fact::Unreached {
            agent: agent.clone(),
            why,
            code: 0,
        };
        self.record(now, id, fact);
        self.count_miss(now, id, agent, Miss::of(why));
        self.pause_if_missing(now, agent);
    }

    /// A registered phone dials by itself. Whose it is must be proved. Who has a caller asks somebody; anybody
    /// else is told where calls are made: what kring does not begin, kring cannot show or record.
    pub(super) fn phone_dials(&mut self, now: Moment, leg: LegId, invite: &IncomingInvite) {
        let Some(user) = self.endpoint.prove_caller(now, leg, invite) else {
            return;
        };
        match self.phone_consults(now, leg, &user, invite) {
            Ok(()) => return,
            Err(403) => {}
            Err(code) => {
                self.endpoint.turn_away(now, leg, code, Vec::new());
                return;
            }
        }
        let said = "399 kring \"Call from the console\"".to_owned();
        let warning = HeaderName::from_token("Warning").map(|name| (name, said));
        self.endpoint
            .turn_away(now, leg, 403, warning.into_iter().collect());
    }

    /// Something happened to a phone.
    pub(super) fn phone_news(&mut self, now: Moment, news: PhoneNews) {
        match &news {
            PhoneNews::Registered {
                user,
                binding,
                live,
            } => {
                let fact = Fact::PhoneRegistered(PhoneThere {
                    phone: user.to_string(),
                    transport: Some(binding.flow.transport.name().to_owned()),
                    user_agent: Some(binding.user_agent.to_string()),
                    bindings: Some(count(*live)),
                });
                self.record_apart(now, fact);
                self.forgive_device(user);
                self.serve_waiting(now);
            }
            PhoneNews::Gone {
                user, why, live, ..
            } => {
                let fact = Fact::PhoneGone(PhoneAway {
                    phone: user.to_string(),
                    why: Some(gone(*why)),
                    bindings: Some(count(*live)),
                });
                self.record_apart(now, fact);
            }
            PhoneNews::Refreshed { .. } => {}
            PhoneNews::Locked { .. } => self.count_bound("register_lock"),
        }
        self.outputs.push_back(Output::Phone(news));
    }

    /// A phone that is back has missed nothing.
    fn forgive_device(&mut self, user: &str) {
        for agent in self.roster.agents_of_phone(user) {
            self.roster.change(&agent, |agent| {
                agent.misses.forgive(Miss::Unregistered);
                agent.misses.forgive(Miss::Device);
            });
        }
    }
}

fn count(live: usize) -> u32 {
    u32::try_from(live).unwrap_or(u32::MAX)
}

fn gone(why: Gone) -> PhoneGoneWhy {
    match why {
        Gone::Unregistered => PhoneGoneWhy::Unregistered,
        Gone::Expired => PhoneGoneWhy::Expired,
        Gone::Replaced => PhoneGoneWhy::Replaced,
        Gone::ConnectionLost => PhoneGoneWhy::ConnectionLost,
        Gone::Removed => PhoneGoneWhy::Removed,
    }
}
