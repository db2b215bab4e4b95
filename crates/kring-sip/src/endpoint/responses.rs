//! Responses: to which request of ours they belong, and what the end of a request means.

use super::{Direction, Endpoint, LegEvent, SipCount, heads::Heads, identity::own_branch};
use crate::{
    Method, Response,
    transaction::{ClientHeard, ClientKey, Purpose},
};
use kring_time::Moment;

impl Endpoint {
    /// A response that is not to one of our requests is dropped (RFC 3261 §18.1.2): our branches are
    /// not to be guessed.
    pub(super) fn response(&mut self, now: Moment, response: Response) {
        let Some(heads) = Heads::of(&response.headers) else {
            return;
        };
        let code = response.status.code();
        self.count(SipCount::Response {
            method: heads.method.clone(),
            code,
            direction: Direction::In,
        });
        let Some(branch) = own_branch(&response.headers) else {
            return;
        };
        let key = ClientKey::of_branch(branch);
        match heads.method {
            Method::Invite => self.invite_response(now, key, &heads, &response),
            Method::Cancel => self.other_response(now, key.of_cancel(), &heads.method, code),
            _ => self.other_response(now, key, &heads.method, code),
        }
    }

    fn other_response(&mut self, now: Moment, key: ClientKey, method: &Method, code: u16) {
        let timers = self.timers;
        let heard = self.clients.change(&mut self.queue, key, |client| {
            if client.purpose.method() != *method {
                return (client.purpose, ClientHeard::Nothing);
            }
            (client.purpose, client.response(now, &timers, code))
        });
        if let Some((purpose, ClientHeard::Final)) = heard {
            self.request_ended(purpose, code);
        }
    }

    /// A request is dead without a response: `code` says how.
    pub(super) fn request_failed(&mut self, key: ClientKey, code: u16) {
        if let Some(client) = self.clients.remove(&mut self.queue, key) {
            self.request_ended(client.purpose, code);
        }
    }

    fn request_ended(&mut self, purpose: Purpose, code: u16) {
        match purpose {
            Purpose::Bye(leg) => {
                if self.legs.contains(leg) {
                    self.end_leg(leg);
                    self.tell(leg, LegEvent::Gone { code });
                }
            }
            // The INVITE's own end is what matters; a NOTIFY that failed leaves a phone that rings on.
            Purpose::Cancel | Purpose::ByeOfFork | Purpose::Talk(_) => {}
        }
    }
}
