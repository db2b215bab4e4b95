//! Offers within a dialog (RFC 3261 §14.2, RFC 3311): handed to the exchange, answered when it says so.

use super::{
    Endpoint,
    called::Expected,
    effect::{LegEvent, LegId, OfferKind},
    heads::Arrival,
    leg::{Ack, PendingOffer},
    limits,
    reply::Reply,
    screen::{self, Refused},
};
use crate::{
    Method, StatusCode,
    transaction::{Server, ServerInvite, ServerKey},
};
use bytes::Bytes;
use kring_time::Moment;

impl Endpoint {
    /// Answers an [`LegEvent::Offer`] with 200.
    pub fn accept_offer(&mut self, now: Moment, leg: LegId, body: Option<Bytes>) {
        let taken = self.change_established(leg, |established| {
            let mut offer = established.offer.take()?;
            if let Some(contact) = offer.contact.take() {
                established.dialog.set_target(contact);
            }
            established.sdp = body.clone().or(established.sdp.take());
            if let Some(terms) = &offer.terms {
                established.timer = Some(terms.begin(now));
            }
            Some(offer)
        });
        let Some(Some(offer)) = taken else {
            return;
        };
        match offer.kind {
            OfferKind::Reinvite => {
                let expected = Expected {
                    seq: offer.seq,
                    answer: offer.late_offer,
                    first: false,
                    terms: offer.terms,
                };
                let awaited = self.send_success(now, offer.request, &offer.reply, body, expected);
                self.change_established(leg, |established| {
                    established.ack = Ack::Awaited(awaited);
                });
            }
            OfferKind::Update => {
                let mut draft = offer.reply.begin_in_dialog(200, &self.identity);
                if let Some(terms) = &offer.terms {
                    terms.write(&mut draft);
                }
                let bytes = draft.finish(body.as_deref());
                self.answer_waiting(now, offer.request, &offer.reply, bytes, 200);
                self.begin_change(now, leg);
            }
        }
    }

    /// Answers an [`LegEvent::Offer`] with 300 to 699, usually 488. The session stays as it was.
    pub fn reject_offer(&mut self, now: Moment, leg: LegId, code: u16) {
        self.refuse_pending(now, leg, code);
        self.begin_change(now, leg);
    }

    /// Whether there was one.
    fn refuse_pending(&mut self, now: Moment, leg: LegId, code: u16) -> bool {
        let code = if (300..=699).contains(&code) {
            code
        } else {
            488
        };
        let offer = self.change_established(leg, |established| established.offer.take());
        let Some(Some(offer)) = offer else {
            return false;
        };
        self.refuse_offer(now, &offer, code);
        true
    }

    /// The dialog ends, or the re-INVITE is cancelled, while an offer waits (RFC 3261 §15.1.2): whether
    /// one did.
    pub(super) fn drop_offer(&mut self, now: Moment, leg: LegId) -> bool {
        self.refuse_pending(now, leg, StatusCode::REQUEST_TERMINATED.code())
    }

    fn refuse_offer(&mut self, now: Moment, offer: &PendingOffer, code: u16) {
        match offer.kind {
            OfferKind::Reinvite => self.refuse_invite(now, offer.request, &offer.reply, code, &[]),
            OfferKind::Update => {
                let bytes = offer.reply.begin(code).finish(None);
                self.answer_waiting(now, offer.request, &offer.reply, bytes, code);
            }
        }
    }

    /// Answers a request other than INVITE that waited for the exchange.
    pub(super) fn answer_waiting(
        &mut self,
        now: Moment,
        request: ServerKey,
        reply: &Reply,
        bytes: Bytes,
        code: u16,
    ) {
        let (timers, kept) = (self.timers, bytes.clone());
        self.servers.change(&mut self.queue, request, |server| {
            server.answered(now, &timers, kept);
        });
        self.send_response(reply.to, bytes, reply.method.clone(), code);
    }

    /// A re-INVITE or UPDATE that may go to the exchange.
    pub(super) fn offered(&mut self, now: Moment, leg: LegId, reply: Reply, arrival: &Arrival<'_>) {
        let (key, request) = (arrival.key, arrival.request);
        let checked = screen::session(request).and_then(|body| {
            let terms = self.terms_within(leg, &request.headers)?;
            Ok((body.unwrap_or_default(), terms))
        });
        let (body, terms) = match checked {
            Ok(checked) => checked,
            Err(refused) => {
                self.answer_within(now, key, leg, &reply, refused);
                return;
            }
        };
        if !self.has_room_to_remember() {
            self.send_refusal(&reply, Refused::for_now(503, limits::RETRY_AFTER_S));
            return;
        }
        let kind = if request.method == Method::Invite {
            let trying = reply.begin(100).finish(None);
            let tag = self.legs.get(leg).map_or(0, super::leg::Leg::local_tag);
            let invite = ServerInvite::received(leg, reply.to, None, tag, trying.clone());
            self.server_invites.insert(&mut self.queue, key, invite);
            self.send_response(reply.to, trying, Method::Invite, 100);
            OfferKind::Reinvite
        } else {
            let server = Server::received(reply.to, Method::Update);
            self.servers.insert(&mut self.queue, key, server);
            OfferKind::Update
        };
        let offer = PendingOffer {
            request: key,
            kind,
            reply,
            seq: arrival.heads.seq,
            late_offer: body.is_empty(),
            contact: request.headers.contact().ok().map(|contact| contact.uri),
            terms,
        };
        self.change_established(leg, |established| established.offer = Some(offer));
        self.tell(leg, LegEvent::Offer { body, kind });
    }
}
