//! A REFER of the other side within a call: handed to the exchange, answered when it says so, and told of
//! by NOTIFY until it is done.

use super::{
    Endpoint,
    effect::{LegEvent, LegId},
    heads::Arrival,
    leg::{Established, Leg},
    limits::{REFERRAL_EXPIRES_S, RETRY_AFTER_S},
    notice::SIPFRAG,
    referral::{Report, Reported, Theirs, Undecided},
    reply::Reply,
    screen::Refused,
};
use crate::{
    HeaderName, Method, NameAddr, Request, StatusCode,
    header::{ReferTarget, ReferTo, Replaces},
    transaction::{ClientKey, Purpose, Server},
};
use kring_time::Moment;
use std::time::Duration;

/// What a REFER asks for.
#[derive(Debug)]
pub(crate) struct Errand {
    to: NameAddr,
    replaces: Option<Replaces>,
    referred_by: Option<NameAddr>,
    subscribes: bool,
}

impl Endpoint {
    /// Takes on a REFER of the other side ([`LegEvent::Referred`]): 202, and the first NOTIFY, which says
    /// 100 (RFC 3515 §2.4.4). Where it wants no NOTIFY, the 202 says that there is none (RFC 4488).
    pub fn accept_referral(&mut self, now: Moment, leg: LegId) {
        let taken = self.change_established(leg, |established| {
            let theirs = &mut established.referrals.theirs;
            let undecided = theirs.take_undecided()?;
            if undecided.subscribes {
                *theirs = Theirs::Reported(Reported {
                    id: undecided.id,
                    code: 100,
                    latest: ClientKey::of_branch(0),
                    until: now + Duration::from_secs(u64::from(REFERRAL_EXPIRES_S)),
                });
            }
            Some(undecided)
        });
        let Some(Some(undecided)) = taken else {
            return;
        };
        let reply = &undecided.reply;
        let mut draft = reply.begin(202);
        self.identity.contact(&mut draft, reply.to);
        if !undecided.subscribes {
            draft.line("Refer-Sub", "false");
        }
        draft.line("Server", &self.identity.user_agent);
        self.answer_waiting(now, undecided.request, reply, draft.finish(None), 202);
        self.send_report(now, leg, 100, Report::Going);
    }

    /// Refuses a REFER of the other side with 300 to 699, usually 603.
    pub fn reject_referral(&mut self, now: Moment, leg: LegId, code: u16) {
        let code = if (300..=699).contains(&code) {
            code
        } else {
            603
        };
        let taken = self.change_established(leg, |established| {
            established.referrals.theirs.take_undecided()
        });
        let Some(Some(undecided)) = taken else {
            return;
        };
        let reply = &undecided.reply;
        let mut draft = reply.begin(code);
        draft.line("Server", &self.identity.user_agent);
        self.answer_waiting(now, undecided.request, reply, draft.finish(None), code);
    }

    /// Tells the other side by NOTIFY how its REFER goes; a final code is the last word.
    pub fn report_referral(&mut self, now: Moment, leg: LegId, code: u16) {
        let (code, report) = match code {
            100..=199 => (code, Report::Going),
            200..=699 => (code, Report::Over),
            _ => (500, Report::Over),
        };
        let said = match self.legs.get(leg) {
            Some(Leg::Established(established)) => match &established.referrals.theirs {
                Theirs::Reported(reported) => Some(reported.code),
                Theirs::None | Theirs::Undecided(_) => None,
            },
            _ => None,
        };
        // What was said is no news.
        if said.is_some_and(|said| said != code) {
            self.send_report(now, leg, code, report);
        }
    }

    fn send_report(&mut self, now: Moment, leg: LegId, code: u16, report: Report) {
        let key = ClientKey::of_branch(self.entropy.token());
        let told = self.change_established(leg, |established| {
            let Established {
                dialog, referrals, ..
            } = established;
            let theirs = &mut referrals.theirs;
            theirs.tell(now, key, (code, report), || dialog.next_seq())
        });
        let (Some(Some(told)), Some(Leg::Established(established))) = (told, self.legs.get(leg))
        else {
            return;
        };
        let (dialog, way) = (&established.dialog, established.dialog.way());
        let mut draft = dialog.request(&self.identity, "NOTIFY", told.seq, key.branch(), 70);
        self.identity.contact(&mut draft, way.hop);
        match told.id {
            Some(id) => draft.line("Event", format_args!("refer;id={id}")),
            None => draft.line("Event", "refer"),
        }
        match report {
            Report::Going => {
                let state = format_args!("active;expires={}", told.left_s);
                draft.line("Subscription-State", state);
            }
            Report::Over => draft.line("Subscription-State", "terminated;reason=noresource"),
            Report::TimedOut => draft.line("Subscription-State", "terminated;reason=timeout"),
        }
        draft.line("User-Agent", &self.identity.user_agent);
        let phrase = StatusCode::new(code).map_or("", StatusCode::reason_phrase);
        let status = format!("SIP/2.0 {code} {phrase}\r\n");
        let kind = format!("{SIPFRAG};version=2.0");
        let bytes = draft.finish_with(&kind, status.as_bytes());
        self.begin_client(now, key, Purpose::Report(leg), way, bytes);
    }

    /// A NOTIFY of ours has ended: some answers say that nobody wants any more of them (RFC 6665 §4.2.2).
    pub(super) fn report_answered(&mut self, leg: LegId, key: ClientKey, code: u16) {
        let unwanted = matches!(
            code,
            404 | 405 | 408 | 410 | 416 | 480..=485 | 489 | 501 | 604
        );
        if !unwanted {
            return;
        }
        self.change_established(leg, |established| {
            let theirs = &mut established.referrals.theirs;
            if matches!(theirs, Theirs::Reported(reported) if reported.latest == key) {
                *theirs = Theirs::None;
            }
        });
    }

    /// Ends what has lasted too long, of both sides.
    pub(super) fn referrals_woken(&mut self, now: Moment, leg: LegId) {
        let woken = self.change_established(leg, |established| {
            let referrals = &mut established.referrals;
            let ended = match &referrals.theirs {
                Theirs::Reported(reported) if reported.until <= now => Some(reported.code),
                _ => None,
            };
            (referrals.ours.wake(now), ended)
        });
        let Some((event, ended)) = woken else {
            return;
        };
        if let Some(event) = event {
            self.tell(leg, event);
        }
        if let Some(code) = ended {
            self.send_report(now, leg, code, Report::TimedOut);
        }
    }

    /// The dialog ends while a REFER waits for a decision (RFC 3261 §15.1.2).
    pub(super) fn drop_referral(&mut self, now: Moment, leg: LegId) {
        self.reject_referral(now, leg, StatusCode::REQUEST_TERMINATED.code());
    }

    /// A REFER that may go to the exchange.
    pub(super) fn referred(
        &mut self,
        leg: LegId,
        reply: Reply,
        (arrival, errand): (&Arrival<'_>, Errand),
    ) {
        if !self.has_room_to_remember() {
            self.send_refusal(&reply, Refused::for_now(503, RETRY_AFTER_S));
            return;
        }
        let server = Server::received(reply.to, Method::Refer);
        self.servers.insert(&mut self.queue, arrival.key, server);
        self.change_established(leg, |established| {
            let referrals = &mut established.referrals;
            referrals.received = referrals.received.saturating_add(1);
            referrals.theirs = Theirs::Undecided(Box::new(Undecided {
                request: arrival.key,
                reply,
                id: (referrals.received > 1).then_some(arrival.heads.seq),
                subscribes: errand.subscribes,
            }));
        });
        let event = LegEvent::Referred {
            to: errand.to,
            replaces: errand.replaces,
            referred_by: errand.referred_by,
        };
        self.tell(leg, event);
    }
}

/// Whether a REFER can be taken now, and what it asks for. Another one must wait until the one before it
/// is decided and done.
pub(crate) fn judge(
    established: &Established,
    request: &Request,
    later_s: u32,
) -> Result<Errand, Refused> {
    match &established.referrals.theirs {
        Theirs::Undecided(_) => Err(Refused::plain(491)),
        Theirs::Reported(_) => Err(Refused::for_now(500, later_s)),
        Theirs::None => read(request),
    }
}

/// Reads it: exactly one Refer-To (RFC 3515 §2.4.2), for a call and nothing else. A Referred-By that
/// cannot be read was not said: nothing depends on it.
fn read(request: &Request) -> Result<Errand, Refused> {
    let headers = &request.headers;
    let refer_to = headers.refer_to().map_err(|_| Refused::plain(400))?;
    let uri = refer_to.request_uri();
    let ReferTo {
        mut address,
        target,
    } = refer_to;
    address.uri = uri;
    let replaces = match target {
        ReferTarget::Call => None,
        ReferTarget::Replace(replaces) => Some(replaces),
        ReferTarget::Request(_) => return Err(Refused::plain(403)),
    };
    let quiet = headers.get(&HeaderName::ReferSub).is_some_and(|line| {
        let word = line.split(';').next().unwrap_or_default();
        word.trim().eq_ignore_ascii_case("false")
    });
    let referred_by = headers.get(&HeaderName::ReferredBy);
    Ok(Errand {
        to: address,
        replaces,
        referred_by: referred_by.and_then(|line| line.parse().ok()),
        subscribes: !quiet,
    })
}
