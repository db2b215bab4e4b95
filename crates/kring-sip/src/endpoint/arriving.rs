//! An INVITE outside of dialogs: what it must be like before anybody hears of it, and the leg that it
//! makes. Whoever is refused here leaves nothing behind (RFC 3261 §8.2.7).

use super::{
    Endpoint,
    effect::{IncomingInvite, LegEvent, SipCount},
    heads::Arrival,
    identity::has_passed_us,
    leg::{Called, Leg},
    limits,
    reliable::Provisionals,
    replacing::Replaced,
    reply::Reply,
    screen::{self, Refused},
    session_timer::{Asked, Terms},
};
use crate::{HeaderName, NameAddr, dialog::Dialog, transaction::ServerInvite};
use bytes::Bytes;

/// What an INVITE asks for, when nothing speaks against it.
struct Wanted {
    /// The same on all its ways here.
    merge: u64,
    caller: NameAddr,
    to: NameAddr,
    body: Option<Bytes>,
    terms: Option<Terms>,
    replaces: Option<Replaced>,
}

impl Endpoint {
    /// An INVITE outside of dialogs.
    pub(super) fn incoming(&mut self, arrival: &Arrival<'_>) -> Result<(), Refused> {
        let wanted = self.wanted(arrival)?;
        if let Some(bound) = self.full() {
            self.count(SipCount::BoundReached { bound });
            return Err(Refused::for_now(503, limits::RETRY_AFTER_S));
        }
        let called = self.called_by(arrival, &wanted)?;
        self.begin_called(arrival, wanted, called);
        Ok(())
    }

    /// Reads it, or says why not.
    fn wanted(&self, arrival: &Arrival<'_>) -> Result<Wanted, Refused> {
        let Arrival { request, heads, .. } = arrival;
        let headers = &request.headers;
        // It went out through us and has come back (RFC 3261 §16.3 has proxies look for that, too).
        if has_passed_us(headers, &self.identity.own) {
            return Err(Refused::plain(482));
        }
        // On two ways to us at once (RFC 3261 §8.2.2.2).
        let merge = (heads.from_tag, heads.call_id, heads.seq);
        let merge = self.entropy.digest(merge);
        if self.merges.contains_key(&merge) {
            return Err(Refused::plain(482));
        }
        let bad = |_| Refused::plain(400);
        Ok(Wanted {
            merge,
            body: screen::session(request)?,
            terms: Asked::of(headers).settle(self.identity.session_timer_s, None)?,
            caller: headers.from().map_err(bad)?,
            to: headers.to().map_err(bad)?,
            replaces: self.replaced(headers)?,
        })
    }

    /// The leg that it makes.
    fn called_by(&mut self, arrival: &Arrival<'_>, wanted: &Wanted) -> Result<Called, Refused> {
        let Arrival {
            from,
            key,
            request,
            heads,
            ..
        } = arrival;
        let headers = &request.headers;
        // The same INVITE gets the same tag, even from us who have forgotten it (RFC 3261 §8.2.7).
        let repeatable = self.entropy.digest(("called", key));
        let tag = if self.tags.contains_key(&repeatable) {
            self.entropy.token()
        } else {
            repeatable
        };
        let dialog = Dialog::called(*from, headers, heads, &wanted.caller, tag);
        let dialog = dialog.ok_or_else(|| Refused::plain(400))?;
        let dialog = if self.is_phone_at(*from) {
            dialog.keep_to(*from)
        } else {
            dialog
        };
        let reply = Reply::to_request(arrival, tag);
        if reply.len() > limits::ECHO_BYTES_MAX {
            self.count(SipCount::BoundReached {
                bound: "echo_bytes",
            });
            return Err(Refused::plain(513));
        }
        Ok(Called {
            invite: *key,
            dialog,
            reply,
            seq: heads.seq,
            late_offer: wanted.body.is_none(),
            terms: wanted.terms,
            updates: headers.lists(&HeaderName::Allow, "UPDATE"),
            provisionals: Provisionals::wanted(headers),
        })
    }

    /// Remembers it, tells of it, and answers 100.
    fn begin_called(&mut self, arrival: &Arrival<'_>, wanted: Wanted, called: Called) {
        let Arrival {
            from,
            key,
            request,
            heads,
            ..
        } = arrival;
        let headers = &request.headers;
        let leg = self.new_leg();
        let (answer_to, tag) = (called.reply.to, called.dialog.local_tag());
        let mut trying = called.reply.begin(100);
        if let Some(timestamp) = headers.raw(&HeaderName::Timestamp) {
            trying.echo("Timestamp", timestamp);
        }
        let trying = trying.finish(None);
        let invite =
            ServerInvite::received(leg, answer_to, Some(wanted.merge), tag, trying.clone());
        self.server_invites.insert(&mut self.queue, *key, invite);
        self.merges.insert(wanted.merge, *key);
        self.put_leg(leg, Leg::Called(Box::new(called)));
        let event = IncomingInvite {
            from_peer: *from,
            request_uri: request.uri.clone(),
            from: wanted.caller,
            to: wanted.to,
            call_id: heads.call_id.to_owned(),
            max_forwards: headers.max_forwards().ok().flatten().unwrap_or(70),
            headers: headers.clone(),
            body: wanted.body,
            replaces: wanted.replaces,
        };
        self.tell(leg, LegEvent::Incoming(Box::new(event)));
        // After the event: whoever is turned away on hearing of it gets no 100.
        self.send_response(answer_to, trying, request.method.clone(), 100);
    }
}
