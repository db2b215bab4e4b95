//! Provisional responses that are acknowledged (RFC 3262): ours, each repeated until its PRACK, and those
//! of the phones that we ring, each given one.
//!
//! One of ours is under way at a time. What belongs into a session goes with the 2xx alone: a caller
//! without an offer gets ours there.

use super::{
    Endpoint,
    answers::body_of,
    branches::Early,
    effect::{LegEvent, LegId},
    identity::Identity,
    leg::{Called, Leg},
    limits::PROVISIONALS_MAX,
};
use crate::{
    HeaderName, Headers, Method, Peer, Response,
    header::RAck,
    timers::Timers,
    transaction::{ClientKey, Purpose, Repeating, Woken},
};
use bytes::Bytes;
use kring_time::Moment;
use std::collections::VecDeque;

/// What the caller wants of our provisional responses, and how far they have got.
#[derive(Debug)]
pub(crate) struct Provisionals {
    wish: Wish,
    last: u32,
    open: Option<Unacknowledged>,
    /// Codes and bodies that wait for the PRACK of the open one.
    queue: VecDeque<(u16, Option<Bytes>)>,
    /// The 2xx that waits for it.
    held: Option<Option<Bytes>>,
}

/// Whether the caller can acknowledge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Unable,
    Able,
    Demands,
}

#[derive(Debug)]
struct Unacknowledged {
    response: Repeating,
    to: Peer,
    /// A 2xx must wait for the PRACK (RFC 3262 §3).
    has_sdp: bool,
}

/// What is to be done with a provisional response of ours.
enum Way {
    Plain(Option<Bytes>),
    Reliable(Option<Bytes>),
    Waits,
}

impl Provisionals {
    /// As the INVITE says.
    pub(crate) fn wanted(invite: &Headers) -> Provisionals {
        let wish = if invite.lists(&HeaderName::Require, "100rel") {
            Wish::Demands
        } else if invite.lists(&HeaderName::Supported, "100rel") {
            Wish::Able
        } else {
            Wish::Unable
        };
        Provisionals {
            wish,
            last: 0,
            open: None,
            queue: VecDeque::new(),
            held: None,
        }
    }

    /// When the open one is repeated or given up.
    pub(crate) fn due(&self) -> Option<Moment> {
        self.open.as_ref().map(|open| open.response.due())
    }

    /// What the PRACK of the open one says; after the 2xx, too.
    pub(crate) fn expects(&self, invite_seq: u32) -> Option<RAck> {
        self.open.as_ref().map(|_| RAck {
            rseq: self.last,
            cseq: invite_seq,
            method: Method::Invite,
        })
    }

    fn way(&mut self, code: u16, body: Option<Bytes>) -> Way {
        let reliable = match self.wish {
            Wish::Demands => true,
            Wish::Able => body.is_some(),
            Wish::Unable => false,
        };
        if !reliable {
            return Way::Plain(body);
        }
        if self.open.is_some() {
            // The latest says most.
            if self.queue.len() >= PROVISIONALS_MAX {
                self.queue.pop_front();
            }
            self.queue.push_back((code, body));
            return Way::Waits;
        }
        Way::Reliable(body)
    }
}

impl Called {
    /// A 2xx that comes too early waits.
    pub(crate) fn holds(&mut self, body: &Option<Bytes>) -> bool {
        let provisionals = &mut self.provisionals;
        let waits = provisionals.open.as_ref().is_some_and(|open| open.has_sdp);
        if waits {
            provisionals.held = Some(body.clone());
        }
        waits
    }

    fn draft(
        &mut self,
        now: Moment,
        timers: &Timers,
        identity: &Identity,
        code: u16,
        body: Option<Bytes>,
    ) -> Option<Bytes> {
        let body = body.filter(|_| !self.late_offer);
        let (body, reliable) = match self.provisionals.way(code, body) {
            Way::Plain(body) => (body, false),
            Way::Reliable(body) => (body, true),
            Way::Waits => return None,
        };
        let mut draft = self.reply.begin_in_dialog(code, identity);
        if reliable {
            self.provisionals.last += 1;
            draft.line("Require", "100rel");
            draft.line("RSeq", self.provisionals.last);
        }
        let bytes = draft.finish(body.as_deref());
        if reliable {
            self.provisionals.open = Some(Unacknowledged {
                response: Repeating::sent_end_to_end(now, timers, bytes.clone()),
                to: self.reply.to,
                has_sdp: body.is_some(),
            });
        }
        Some(bytes)
    }
}

impl Endpoint {
    /// UAS: answers 101 to 199; reliably where the caller demands it, or takes it and there is SDP. In
    /// a call without an offer the SDP is left to [`Endpoint::accept`].
    pub fn provisional(&mut self, now: Moment, leg: LegId, code: u16, body: Option<Bytes>) {
        if !matches!(code, 101..=199) {
            return;
        }
        let (timers, identity) = (self.timers, &self.identity);
        let drafted = self.legs.change(&mut self.queue, leg, |leg| match leg {
            Leg::Called(called) => {
                let bytes = called.draft(now, &timers, identity, code, body)?;
                Some((called.invite, called.reply.to, bytes))
            }
            _ => None,
        });
        let Some((key, to, bytes)) = drafted.flatten() else {
            return;
        };
        let last = bytes.clone();
        self.server_invites
            .change(&mut self.queue, key, |invite| invite.provisional_sent(last));
        self.send_response(to, bytes, Method::Invite, code);
    }

    /// UAS: whether this caller can be sent early media: an offer is there to be answered, and it does not
    /// demand that provisional responses be acknowledged. Its 2xx would have to wait for that (RFC 3262
    /// §3), and the answer of a person waits for nobody.
    pub fn takes_early_media(&self, leg: LegId) -> bool {
        match self.legs.get(leg) {
            Some(Leg::Called(called)) => {
                !called.late_offer && called.provisionals.wish != Wish::Demands
            }
            _ => false,
        }
    }

    /// UAS: answers 183 with the SDP answer, unacknowledged. The 2xx must say the same.
    pub fn early_media(&mut self, now: Moment, leg: LegId, body: Bytes) {
        self.legs.change(&mut self.queue, leg, |leg| {
            if let Leg::Called(called) = leg {
                called.provisionals.wish = Wish::Unable;
            }
        });
        self.provisional(now, leg, 183, Some(body));
    }

    /// A reliable response of ours without PRACK: again, and after 64*T1 the call is refused (RFC 3262
    /// §3).
    pub(super) fn called_woken(&mut self, now: Moment, leg: LegId) {
        let longest = self.timers.patience();
        let woken = self.legs.change(&mut self.queue, leg, |leg| match leg {
            Leg::Called(called) => {
                let open = called.provisionals.open.as_mut()?;
                Some((open.to, open.response.wake(now, longest)))
            }
            _ => None,
        });
        match woken.flatten() {
            Some((to, Woken::Again(bytes))) => self.repeat(to, bytes, Method::Invite),
            Some((_, Woken::TimedOut)) => {
                if let Some(called) = self.take_called(leg) {
                    self.refuse_invite(now, called.invite, &called.reply, 504, &[]);
                    self.tell(leg, LegEvent::CallerCancelled { reason: None });
                }
            }
            Some((_, Woken::Over | Woken::Early)) | None => {}
        }
    }

    /// Whether a PRACK acknowledges what waits for it, which it then does no more.
    pub(super) fn take_prack(&mut self, leg: LegId, headers: &Headers) -> bool {
        let Ok(rack) = headers.rack() else {
            return false;
        };
        let taken = self.legs.change(&mut self.queue, leg, |leg| match leg {
            Leg::Called(called) => {
                let meant = called.provisionals.expects(called.seq) == Some(rack);
                if meant {
                    called.provisionals.open = None;
                }
                meant
            }
            Leg::Established(established) => {
                established.prack.take_if(|due| *due == rack).is_some()
            }
            Leg::Calling(_) | Leg::Leaving(_) | Leg::Left(_) => false,
        });
        taken == Some(true)
    }

    /// What waited for a PRACK that has been answered.
    pub(super) fn go_on_after_prack(&mut self, now: Moment, leg: LegId) {
        let waiting = self.legs.change(&mut self.queue, leg, |leg| match leg {
            Leg::Called(called) => {
                let provisionals = &mut called.provisionals;
                Some((provisionals.held.take(), provisionals.queue.pop_front()))
            }
            _ => None,
        });
        match waiting.flatten() {
            Some((Some(body), _)) => self.accept(now, leg, body),
            Some((None, Some((code, body)))) => self.provisional(now, leg, code, body),
            Some((None, None)) | None => {}
        }
    }

    /// UAC: acknowledges a reliable response of a fork, on the fork's own early dialog.
    pub(super) fn send_prack(
        &mut self,
        now: Moment,
        leg: LegId,
        (invite, tag): (ClientKey, &str),
        rack: &RAck,
    ) {
        let key = ClientKey::of_branch(self.entropy.token());
        let seq = self.change_calling(leg, |calling| {
            let early = calling.attempt_mut(invite)?.known(tag)?;
            Some(early.dialog.next_seq())
        });
        let Some(Leg::Calling(calling)) = self.legs.get(leg) else {
            return;
        };
        let early = calling.attempt(invite).and_then(|attempt| {
            let mut forks = attempt.early.iter();
            forks.find(|early| early.dialog.remote_tag() == tag)
        });
        let (Some(Some(seq)), Some(early)) = (seq, early) else {
            return;
        };
        let way = early.dialog.way();
        let mut draft = early
            .dialog
            .request(&self.identity, "PRACK", seq, key.branch(), 70);
        draft.line("RAck", rack);
        self.begin_client(now, key, Purpose::Prack(leg), way, draft.finish(None));
    }
}

/// Where a provisional response of a phone stands in the order of its fork.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// It wants no PRACK.
    Plain,
    /// It is the next one.
    Next(RAck),
    /// Repeated, or too early: as if it had not come (RFC 3262 §4).
    Ignored,
}

impl Early {
    /// Takes note of a response.
    pub(crate) fn order(&mut self, response: &Response, invite_seq: u32) -> Order {
        let headers = &response.headers;
        if !headers.lists(&HeaderName::Require, "100rel") {
            return Order::Plain;
        }
        let Ok(Some(rseq @ 1..)) = headers.rseq() else {
            return Order::Plain;
        };
        if self
            .rseq
            .is_some_and(|last| last.checked_add(1) != Some(rseq))
        {
            return Order::Ignored;
        }
        self.rseq = Some(rseq);
        if self.answer.is_none() {
            self.answer = body_of(response);
        }
        Order::Next(RAck {
            rseq,
            cseq: invite_seq,
            method: Method::Invite,
        })
    }
}
