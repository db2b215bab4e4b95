//! Requests: which are repetitions, to which dialog or transaction the others belong, and the answers
//! to those that belong to none. The latter cost no memory (RFC 3261 §8.2.7): a stranger can fill
//! nothing.

use super::{
    Direction, Endpoint, LegId, Peer, SipCount, Transmit,
    effect::Effect,
    heads::Heads,
    identity::{ACCEPT, ALLOW, read_token},
    leg::Leg,
    reply::Reply,
    screen::{self, Refused},
};
use crate::{HeaderName, Method, ParseRefused, Refusal, Request, transaction::ServerKey};
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
            .push_back(Effect::Send(Transmit { to: from, bytes }));
    }

    /// A request.
    pub(super) fn request(&mut self, now: Moment, from: Peer, mut request: Request) {
        let Some(heads) = Heads::of(&request.headers) else {
            return;
        };
        let key = self.server_key(&request, &heads);
        match request.method {
            Method::Ack => {
                self.count_in(Method::Ack);
                self.ack(now, key, &request, &heads);
                return;
            }
            Method::Cancel => {}
            _ if self.answer_repeated(key) => return,
            _ => {}
        }
        self.count_in(request.method.clone());
        if request.headers.stamp_source(from.address).is_err() {
            return;
        }
        let Some(heads) = Heads::of(&request.headers) else {
            return;
        };
        match (&request.method, heads.to_tag) {
            (Method::Cancel, _) => self.cancelled(now, from, key, &request, &heads),
            (_, Some(tag)) => match self.leg_of(tag, &heads) {
                Some(leg) => self.request_within(now, from, key, leg, &request, &heads),
                None => {
                    self.refuse_statelessly(from, key, &request, &heads, Refused::plain(481));
                }
            },
            (_, None) => self.request_outside(now, from, key, request),
        }
    }

    /// RFC 3261 §17.2.3: a branch with the magic cookie is unique with its sent-by and method; ACK and
    /// CANCEL share the method of their INVITE. Otherwise RFC 2543's rule.
    fn server_key(&self, request: &Request, heads: &Heads<'_>) -> ServerKey {
        let method = match &request.method {
            Method::Ack | Method::Cancel => "INVITE",
            other => other.as_str(),
        };
        let via = &heads.via;
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
            Leg::Calling(calling) => calling
                .early
                .iter()
                .any(|early| early.dialog.is_meant(heads)),
            Leg::Called(called) => called.dialog.is_meant(heads),
            Leg::Established(established) => established.dialog.is_meant(heads),
            Leg::Leaving(dialog) => dialog.is_meant(heads),
        };
        is_meant.then_some(id)
    }

    fn request_outside(&mut self, now: Moment, from: Peer, key: ServerKey, request: Request) {
        let refused = match screen::method(&request.method).and_then(|()| screen::outside(&request))
        {
            Err(refused) => refused,
            Ok(()) => match request.method {
                Method::Invite => match self.incoming(now, from, key, &request) {
                    Ok(()) => return,
                    Err(refused) => refused,
                },
                Method::Options => {
                    self.answer_options(from, key, &request);
                    return;
                }
                _ => Refused::plain(481),
            },
        };
        if let Some(heads) = Heads::of(&request.headers) {
            self.refuse_statelessly(from, key, &request, &heads, refused);
        }
    }

    fn answer_options(&mut self, from: Peer, key: ServerKey, request: &Request) {
        let Some(heads) = Heads::of(&request.headers) else {
            return;
        };
        let reply = self.stateless_reply(from, key, request, &heads);
        let mut draft = reply.begin(200);
        draft.line("Allow", ALLOW);
        draft.line("Accept", ACCEPT);
        draft.line("Accept-Encoding", "identity");
        draft.line("Server", &self.identity.user_agent);
        self.send_response(reply.to, draft.finish(None), Method::Options, 200);
    }

    /// The same request again gets the same answer again, without anybody remembering the first.
    pub(super) fn refuse_statelessly(
        &mut self,
        from: Peer,
        key: ServerKey,
        request: &Request,
        heads: &Heads<'_>,
        refused: Refused,
    ) {
        let reply = self.stateless_reply(from, key, request, heads);
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

    pub(super) fn stateless_reply(
        &self,
        from: Peer,
        key: ServerKey,
        request: &Request,
        heads: &Heads<'_>,
    ) -> Reply {
        let tag = self.entropy.digest(("stateless", key));
        Reply::to_request(from, request.method.clone(), &request.headers, heads, tag)
    }

    /// Whether a new call would exceed a bound.
    pub(super) fn is_full(&self) -> bool {
        self.legs.len() >= self.bounds.legs
            || self.server_transactions() >= self.bounds.server_transactions
    }

    fn count_in(&mut self, method: Method) {
        let direction = Direction::In;
        self.count(SipCount::Request { method, direction });
    }
}
