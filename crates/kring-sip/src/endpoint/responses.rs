//! Responses: to which request of ours they belong, and what the end of a request means.

use super::{Direction, Endpoint, LegEvent, SipCount, heads::Heads, identity::own_branch};
use crate::{
    Method, Peer, Response,
    transaction::{ClientHeard, ClientKey, Purpose},
};
use kring_time::Moment;

impl Endpoint {
    /// A response that is not to one of our requests is dropped (RFC 3261 §18.1.2): our branches are
    /// not to be guessed.
    pub(super) fn response(&mut self, now: Moment, from: Peer, response: Response) {
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
        self.note_answer(now, from);
        let key = ClientKey::of_branch(branch);
        match heads.method {
            Method::Invite if self.is_change(key) => {
                self.change_response(now, key, &heads, &response);
            }
            Method::Invite => self.invite_response(now, key, &heads, &response),
            Method::Cancel => self.other_response(now, key.of_cancel(), &heads.method, &response),
            _ => self.other_response(now, key, &heads.method, &response),
        }
    }

    fn other_response(
        &mut self,
        now: Moment,
        key: ClientKey,
        method: &Method,
        response: &Response,
    ) {
        let (timers, code) = (self.timers, response.status.code());
        let heard = self.clients.change(&mut self.queue, key, |client| {
            if client.purpose.method() != *method {
                return (client.purpose, ClientHeard::Nothing);
            }
            (client.purpose, client.response(now, &timers, code))
        });
        match heard {
            Some((purpose, ClientHeard::Asked(request))) => {
                if !self.prove_within(now, key, &request, response) {
                    self.request_ended(now, key, purpose, End::Heard(response));
                }
            }
            Some((purpose, ClientHeard::Final)) => {
                self.request_ended(now, key, purpose, End::Heard(response));
            }
            None if *method == Method::Options => self.ping_answered(now, response),
            Some((_, ClientHeard::Nothing)) | None => {}
        }
    }

    /// A request is dead without a response: `code` says how.
    pub(super) fn request_failed(&mut self, now: Moment, key: ClientKey, code: u16) {
        if let Some(client) = self.clients.remove(&mut self.queue, key) {
            self.request_ended(now, key, client.purpose, End::Unheard(code));
        }
    }

    fn request_ended(&mut self, now: Moment, key: ClientKey, purpose: Purpose, end: End<'_>) {
        let (code, headers) = match &end {
            End::Heard(response) => (response.status.code(), Some(&response.headers)),
            End::Unheard(code) => (*code, None),
        };
        match purpose {
            Purpose::Update(leg) => self.update_ended(now, leg, key, code, headers),
            Purpose::Refer(leg) => {
                self.referral_answered(now, leg, key, (code, headers.is_none()));
            }
            Purpose::Report(leg) => self.report_answered(leg, key, code),
            Purpose::Options(ask) | Purpose::Register(ask) => self.ask_ended(now, ask, end),
            Purpose::Bye(leg) => {
                if self.legs.contains(leg) {
                    self.end_leg(leg);
                    self.tell(leg, LegEvent::Gone { code });
                }
            }
            // The INVITE's own end is what matters; a NOTIFY that failed leaves a phone that rings on.
            Purpose::Cancel | Purpose::ByeOfFork | Purpose::Talk(_) | Purpose::Prack(_) => {}
        }
    }
}

/// How a request of ours ended.
#[derive(Debug)]
pub(super) enum End<'a> {
    /// By its final response.
    Heard(&'a Response),
    /// Without one: the code says how.
    Unheard(u16),
}
