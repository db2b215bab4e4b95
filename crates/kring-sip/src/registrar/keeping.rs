//! What time does to bindings: they end, and ways through NAT want to be used (RFC 5626 §4.4).

use super::{Gone, Registrar, binding::Reach, phone::Phone};
use crate::{NameAddr, Peer, Uri, endpoint::address_of};
use kring_time::Moment;

/// A keep-alive to be sent: an OPTIONS, because its answer leaves the phone's side, and only that is
/// sure to refresh a NAT (RFC 4787 §4.3).
#[derive(Debug)]
pub(crate) struct Ping {
    /// Its answer is told with this.
    pub(crate) id: u64,
    pub(crate) target: Uri,
    pub(crate) route: Vec<NameAddr>,
    pub(crate) to: Peer,
}

impl Registrar {
    /// When [`Registrar::wake`] is wanted.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        self.queue.first().map(|(at, _)| *at)
    }

    /// Ends what has not been refreshed by `now`, and says what is to be kept open.
    pub(crate) fn wake(&mut self, now: Moment) -> Vec<Ping> {
        let mut pings = Vec::new();
        while let Some((at, _)) = self.queue.first() {
            if *at > now {
                break;
            }
            let Some((_, user)) = self.queue.pop_first() else {
                break;
            };
            let Some(mut phone) = self.phones.remove(&user) else {
                continue;
            };
            phone.queued = None;
            self.expire(now, &user, &mut phone);
            phone.ping(now, &mut pings);
            self.put_back(user, phone);
        }
        pings
    }

    /// A keep-alive was answered: the phone is there.
    pub(crate) fn ping_answered(&mut self, now: Moment, id: u64) {
        let phone = self
            .pinged
            .get(&id)
            .and_then(|user| self.phones.get_mut(user));
        let binding = phone.and_then(|phone| phone.bindings.iter_mut().find(|one| one.id == id));
        if let Some(binding) = binding {
            binding.seen = now;
        }
    }

    /// The connection to `flow` is lost, or none can be had. A phone that only itself can connect is
    /// gone until it comes again; others are called where they listen.
    pub(crate) fn flow_lost(&mut self, flow: Peer) {
        if !flow.transport.is_reliable() {
            return;
        }
        for user in self.flows.get(&flow).cloned().unwrap_or_default() {
            let Some(mut phone) = self.phones.remove(&user) else {
                continue;
            };
            let (lost, mut left): (Vec<_>, Vec<_>) = phone
                .bindings
                .drain(..)
                .partition(|binding| binding.flow == flow && binding.reach == Reach::Flow);
            for mut binding in lost {
                if let Some(listens) = listens_at(&binding.contact, flow) {
                    binding.reach = Reach::Direct(listens);
                    left.push(binding);
                } else {
                    self.gone(&user, &binding, Gone::ConnectionLost, left.len());
                }
            }
            phone.bindings = left;
            self.put_back(user, phone);
        }
    }
}

/// Where a phone listens that has connected to us from `flow`, if it says so: a host of its own, and
/// never a web page.
fn listens_at(contact: &Uri, flow: Peer) -> Option<Peer> {
    let (address, transport) = address_of(contact)?;
    let same_host = address.ip().to_canonical() == flow.address.ip().to_canonical();
    let connects = transport == Some(flow.transport) && !flow.transport.is_websocket();
    (same_host && connects && address != flow.address).then_some(Peer {
        transport: flow.transport,
        address,
    })
}

impl Phone {
    fn ping(&mut self, now: Moment, pings: &mut Vec<Ping>) {
        for binding in &mut self.bindings {
            if binding.next_ping.is_some_and(|at| at <= now) {
                binding.next_ping = binding.ping_after(now);
                pings.push(Ping {
                    id: binding.id,
                    target: binding.contact.clone(),
                    route: binding.path.clone(),
                    to: binding.peer(),
                });
            }
        }
    }
}
