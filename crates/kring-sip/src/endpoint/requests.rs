//! Requests: which are repetitions, to which dialog or transaction the others belong, and the answers
//! to those that belong to none. The latter cost no memory (RFC 3261 §8.2.7): a stranger can fill
//! nothing.

use super::{
    Direction, Endpoint, LegId, Peer, SipCount, Transmit,
    effect::Effect,
    heads::{Arrival, Heads, answer_to},
    identity::{ACCEPT, ALLOW, SUPPORTED, read_token},
    leg::Leg,
    reply::Reply,
    screen::{self, Refused},
};
use crate::{
    HeaderName, Method, ParseRefused, Refusal, Request, header::Via, transaction::ServerKey,
};
use kring_time::Moment;

impl Endpoint {
    /// Bytes that are no message: answered if they were a request whose sender can be told.
    pub(super) fn unreadable(&mut self, from: Peer, refused: ParseRefused) {
        if refused.why == Refusal::KeepAlive {
            return;
        }
        self.count(SipCount::ParseError);
        let Some(mut salvage) = refused.salvage else {
            return;
        };
        let call_id = salvage.headers.raw(&HeaderName::CallId);
        let tag = self.entropy.digest(("unreadable", call_id));
        // What cannot be stamped cannot be read by us, but perhaps by its sender.
        let _ = salvage.headers.stamp_source(from.address);
        let bytes = salvage.respond(&format!("{tag:016x}")).to_bytes();
        self.outbox
            .push_back(Effect::Send(Transmit::new(from, bytes)));
    }

    /// A request.
    pub(super) fn request(&mut self, now: Moment, from: Peer, mut request: Request) {
        let (Ok(via), Some(heads)) = (request.headers.via(), Heads::of(&request.headers)) else {
            return;
        };
        let key = self.server_key(&request, &via, &heads);
        let keeps_transaction = !matches!(request.method, Method::Ack | Method::Cancel);
        if keeps_transaction && self.answer_repeated(key) {
            return;
        }
        self.count(SipCount::Request {
            method: request.method.clone(),
            direction: Direction::In,
        });
        if request.method != Method::Ack && request.headers.stamp_source(from.address).is_err() {
            return;
        }
        let Some(heads) = Heads::of(&request.headers) else {
            return;
        };
        self.note_stream(now, from, &via, &request);
        let arrival = Arrival {
            from,
            answer_to: answer_to(from, &via),
            key,
            request: &request,
            heads,
        };
        match (&request.method, arrival.heads.to_tag) {
            (Method::Ack, _) => self.ack(now, &arrival),
            (Method::Cancel, _) => self.cancelled(now, &arrival),
            (_, Some(tag)) => match self.leg_of(tag, &arrival.heads) {
                Some(leg) => self.request_within(now, leg, &arrival),
                None => self.refuse_statelessly(&arrival, Refused::plain(481)),
            },
            (Method::Register, None) if self.registers_phones() => {
                self.phone_registers(now, &arrival);
            }
            (_, None) => self.request_outside(&arrival),
        }
    }

    /// RFC 3261 §17.2.3: a branch with the magic cookie is unique with its sent-by and method; ACK and
    /// CANCEL share the method of their INVITE. Otherwise RFC 2543's rule.
    fn server_key(&self, request: &Request, via: &Via, heads: &Heads<'_>) -> ServerKey {
        let method = match &request.method {
            Method::Ack | Method::Cancel => "INVITE",
            other => other.as_str(),
        };
        let sent_by = (via.host.to_ascii_lowercase(), via.port.unwrap_or(5060));
        ServerKey(match via.unique_branch() {
            Some(branch) => self.entropy.digest((method, sent_by, branch)),
            None => self.entropy.digest((
                (method, sent_by, via.branch()),
                (heads.call_id, heads.from_tag, heads.seq),
                request.uri.user(),
            )),
        })
    }

    fn answer_repeated(&mut self, key: ServerKey) -> bool {
        let again = if let Some(invite) = self.server_invites.get(key) {
            invite
                .repeated()
                .map(|bytes| (invite.to, bytes, Method::Invite))
        } else if let Some(server) = self.servers.get(key) {
            server
                .repeated()
                .map(|bytes| (server.to(), bytes, server.method().clone()))
        } else {
            return false;
        };
        if let Some((to, bytes, method)) = again {
            self.repeat(to, bytes, method);
        }
        true
    }

    /// The leg whose dialog a request belongs to.
    pub(super) fn leg_of(&self, to_tag: &str, heads: &Heads<'_>) -> Option<LegId> {
        let id = *self.tags.get(&read_token(to_tag)?)?;
        let is_meant = match self.legs.get(id)? {
            Leg::Calling(calling) => calling.early().any(|early| early.dialog.is_meant(heads)),
            Leg::Called(called) => called.dialog.is_meant(heads),
            Leg::Established(established) => established.dialog.is_meant(heads),
            Leg::Leaving(leaving) | Leg::Left(leaving) => leaving.dialog.is_meant(heads),
        };
        is_meant.then_some(id)
    }

    fn request_outside(&mut self, arrival: &Arrival<'_>) {
        let request = arrival.request;
        let done = screen::method(&request.method)
            .and_then(|()| screen::outside(request))
            .and_then(|()| match request.method {
                Method::Invite => self.incoming(arrival),
                Method::Options => {
                    self.answer_options(arrival);
                    Ok(())
                }
                // Who is to be called is asked within a call, by somebody whom we know by it.
                Method::Refer => Err(Refused::plain(403)),
                _ => Err(Refused::plain(481)),
            });
        if let Err(refused) = done {
            self.refuse_statelessly(arrival, refused);
        }
    }

    fn answer_options(&mut self, arrival: &Arrival<'_>) {
        let reply = self.stateless_reply(arrival);
        let mut draft = reply.begin(200);
        draft.line("Allow", ALLOW);
        draft.line("Supported", SUPPORTED);
        draft.line("Accept", ACCEPT);
        draft.line("Accept-Encoding", "identity");
        draft.line("Server", &self.identity.user_agent);
        self.send_response(reply.to, draft.finish(None), Method::Options, 200);
    }

    /// The same request again gets the same answer again, without anybody remembering the first.
    pub(super) fn refuse_statelessly(&mut self, arrival: &Arrival<'_>, refused: Refused) {
        let reply = self.stateless_reply(arrival);
        self.send_refusal(&reply, refused);
    }

    pub(super) fn send_refusal(&mut self, reply: &Reply, refused: Refused) {
        let mut draft = reply.begin(refused.code);
        if let Some((name, value)) = &refused.line {
            draft.foreign(name.as_str(), value);
        }
        draft.line("Server", &self.identity.user_agent);
        let bytes = draft.finish(None);
        self.send_response(reply.to, bytes, reply.method.clone(), refused.code);
    }

    pub(super) fn stateless_reply(&self, arrival: &Arrival<'_>) -> Reply {
        let tag = self.entropy.digest(("stateless", arrival.key));
        Reply::to_request(arrival, tag)
    }

    /// The bound that a new call would exceed.
    pub(super) fn full(&self) -> Option<&'static str> {
        if self.legs.len() >= self.bounds.legs {
            Some("legs")
        } else if self.server_transactions() >= self.bounds.server_transactions {
            Some("transactions")
        } else {
            None
        }
    }

    /// Whether one more server transaction of a dialog can be remembered.
    pub(super) fn has_room_to_remember(&mut self) -> bool {
        let has_room = self.server_transactions() < self.bounds.server_transactions_hard;
        if !has_room {
            self.count(SipCount::BoundReached {
                bound: "transactions_hard",
            });
        }
        has_room
    }
}
