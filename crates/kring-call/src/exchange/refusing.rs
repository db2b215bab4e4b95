//! The deadline action: what a caller is told whom nobody answered, and where a redirect leads.

use super::{Exchange, placing::Over, queueing::BUSY};
use crate::{
    config::{OnDeadline, Recourse},
    kept::Kept,
    limits::RETRY_AFTER_S,
    outward::OverflowTo,
    trunk::RedirectHeader,
};
use kring_journal::{CallId, DeadlineAction, Fact, Refusal};
use kring_media::Phrase;
use kring_sip::{HeaderName, Reason, Uri};
use kring_time::Moment;

type Lines = Vec<(HeaderName, String)>;

impl Exchange {
    /// The deadline action, at once for an unstaffed queue. `due` is when it should have been.
    pub(super) fn act_at_deadline(&mut self, now: Moment, id: CallId, why: Refusal, due: Moment) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        if call.is_placed() {
            self.placed_over(now, id, Over::NoAgent);
            return;
        }
        let queue = call.queue;
        let offers = self.call_back_offered(call).is_some();
        let rules = &self.config.queues[queue];
        if self.is_shut(queue) {
            self.act_closed(now, id, due);
            return;
        }
        let full = self.is_queue_full(queue);
        let (why, action) = match (&rules.on_deadline, full) {
            (OnDeadline::Announce, _) => {
                self.announce_refusal(now, id, why, BUSY, due);
                return;
            }
            (OnDeadline::AnnounceBusy | OnDeadline::Redirect { .. }, _) => (why, None),
            (OnDeadline::Overflow, _) => (why, Some(DeadlineAction::Overflow)),
            (OnDeadline::OfferCallback, false) if offers => {
                (why, Some(DeadlineAction::OfferCallback))
            }
            (OnDeadline::AnswerGreetQueue | OnDeadline::OfferCallback, false) => {
                (why, Some(DeadlineAction::AnswerGreetQueue))
            }
            (OnDeadline::AnswerGreetQueue | OnDeadline::OfferCallback, true) => {
                let action = match rules.waiting.when_full {
                    Recourse::Refuse => None,
                    Recourse::Overflow => Some(DeadlineAction::Overflow),
                    Recourse::OfferCallback => offers.then_some(DeadlineAction::OfferCallback),
                };
                (Refusal::QueueFull, action)
            }
        };
        let to = match action {
            Some(DeadlineAction::Overflow) => Self::redirect_of(rules.overflow.as_ref()),
            _ => None,
        };
        if let Some(to) = to {
            self.send_elsewhere(now, id, why, to, due);
            return;
        }
        if !action.is_some_and(|action| self.keep(now, id, (why, action), due)) {
            self.refuse(now, id, why, due);
        }
    }

    /// The URI to which callers are redirected who overflow before kring has answered.
    pub(super) fn redirect_of(overflow: Option<&OverflowTo>) -> Option<String> {
        match overflow {
            Some(OverflowTo::Uri(uri)) => Some(uri.to_string()),
            _ => None,
        }
    }

    /// The caller is answered, hears this recording instead of anybody, and is hung up on. One to whom
    /// kring cannot speak gets a final response that says the same.
    pub(super) fn announce_refusal(
        &mut self,
        now: Moment,
        id: CallId,
        why: Refusal,
        clip: &'static str,
        due: Moment,
    ) {
        if !self.pick_up(now, id) {
            self.tell_busy(now, id, why, due);
            return;
        }
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        call.kept = Some(Kept::without_place(now));
        let fact = Fact::Refused {
            why,
            action: DeadlineAction::Announce,
            code: 200,
            retry_after_s: None,
            to: None,
            rings: call.rings_told,
            wait_ms: now.since(call.t0).as_millis() as u64,
            lateness_us: now.since(due).as_micros() as u64,
        };
        self.record(now, id, fact);
        self.say_last_words(now, id, "announced", vec![Phrase::clip(clip)]);
    }

    /// A final response other than 200: 302 if the queue redirects, else busy.
    fn refuse(&mut self, now: Moment, id: CallId, why: Refusal, due: Moment) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        match &self.config.queues[call.queue].on_deadline {
            OnDeadline::Redirect { to } => {
                let to = to.clone();
                self.send_elsewhere(now, id, why, to, due);
            }
            _ => self.tell_busy(now, id, why, due),
        }
    }

    /// 302 to this URI.
    pub(super) fn send_elsewhere(
        &mut self,
        now: Moment,
        id: CallId,
        why: Refusal,
        to: String,
        due: Moment,
    ) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let header = self.config.trunks[call.trunk].redirect_header;
        let left = (&call.dialled, call.history_index.as_str());
        let lines = redirect(left, &to, why, header);
        let told = Told::Redirect { to };
        self.respond(now, id, (why, told), lines, due);
    }

    /// 486 with Retry-After, or 480 where nobody is there.
    pub(super) fn tell_busy(&mut self, now: Moment, id: CallId, why: Refusal, due: Moment) {
        let (code, cause) = match why {
            Refusal::Deadline | Refusal::QueueFull => (486, (17, "User busy")),
            Refusal::Unstaffed | Refusal::Closed => (480, (20, "Subscriber absent")),
        };
        let retry_after = (HeaderName::RetryAfter, RETRY_AFTER_S.to_string());
        let lines = vec![retry_after, reason(cause)];
        self.respond(now, id, (why, Told::Busy { code }), lines, due);
    }

    fn respond(
        &mut self,
        now: Moment,
        id: CallId,
        (why, told): (Refusal, Told),
        lines: Lines,
        due: Moment,
    ) {
        let Some(call) = self.forget(id) else {
            return;
        };
        let (action, code, retry_after_s, to) = match told {
            Told::Busy { code } => {
                let again = Some(RETRY_AFTER_S);
                (DeadlineAction::AnnounceBusy, code, again, None)
            }
            Told::Redirect { to } => (DeadlineAction::Redirect, 302, None, Some(to)),
        };
        if let Some(leg) = call.caller_leg {
            self.endpoint.reject(now, leg, code, lines);
            self.legs.remove(&leg);
        }
        let fact = Fact::Refused {
            why,
            action,
            code,
            retry_after_s,
            to,
            rings: call.rings_told,
            wait_ms: now.since(call.t0).as_millis() as u64,
            lateness_us: now.since(due).as_micros() as u64,
        };
        self.record(now, id, fact);
        self.let_phones_go(now, call);
    }
}

/// The final response to a caller who is refused.
enum Told {
    Busy { code: u16 },
    Redirect { to: String },
}

/// The lines of a 302: where to, why, and who sends the call on: the number that was dialled, with its
/// place in the history.
fn redirect(
    (dialled, index): (&Uri, &str),
    to: &str,
    why: Refusal,
    header: RedirectHeader,
) -> Lines {
    let (cause, word, history) = match why {
        Refusal::Deadline => ((19, "No answer"), "no-answer", 408),
        Refusal::QueueFull => ((17, "User busy"), "user-busy", 486),
        Refusal::Unstaffed | Refusal::Closed => ((20, "Subscriber absent"), "unavailable", 404),
    };
    let mut lines = match header {
        RedirectHeader::Diversion => {
            let diversion = format!("<{dialled}>;reason={word};counter=1");
            vec![
                (HeaderName::Contact, format!("<{to}>")),
                (HeaderName::Diversion, diversion),
            ]
        }
        RedirectHeader::HistoryInfo => {
            let mut left = dialled.clone();
            left.push_header("Reason", &Reason::sip(history, "").to_string());
            let cause = to.parse::<Uri>().map(|mut uri| {
                uri.set_param("cause", &history.to_string());
                uri.to_string()
            });
            let target = cause.unwrap_or_else(|_| to.to_owned());
            vec![
                // RFC 7044 §7.3.1 and §5.3: the entry that is left, and the target mapped from it.
                (HeaderName::Contact, format!("<{target}>;mp={index}")),
                (HeaderName::HistoryInfo, format!("<{left}>;index={index}")),
            ]
        }
        RedirectHeader::None => vec![(HeaderName::Contact, format!("<{to}>"))],
    };
    lines.push(reason(cause));
    lines
}

/// Q.850's cause beside SIP's status (RFC 6432): a gateway tells the carrier by it what has happened.
fn reason((cause, text): (u16, &str)) -> (HeaderName, String) {
    let reason = Reason {
        protocol: "Q.850".into(),
        cause: Some(cause),
        text: Some(text.into()),
    };
    (HeaderName::Reason, reason.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(header: RedirectHeader, why: Refusal) -> Vec<String> {
        let dialled = "sip:1203@192.0.2.1:5060".parse().unwrap();
        let lines = redirect((&dialled, "1.2"), "sip:1500@pbx.example", why, header);
        let line = |(name, value): (HeaderName, String)| format!("{name}: {value}");
        lines.into_iter().map(line).collect()
    }

    #[test]
    fn a_redirect_says_who_sends_the_call_on() {
        assert_eq!(
            told(RedirectHeader::Diversion, Refusal::Deadline),
            [
                "Contact: <sip:1500@pbx.example>",
                "Diversion: <sip:1203@192.0.2.1:5060>;reason=no-answer;counter=1",
                "Reason: Q.850;cause=19;text=\"No answer\"",
            ]
        );
        assert_eq!(
            told(RedirectHeader::HistoryInfo, Refusal::Unstaffed),
            [
                "Contact: <sip:1500@pbx.example;cause=404>;mp=1.2",
                "History-Info: <sip:1203@192.0.2.1:5060?Reason=SIP%3Bcause%3D404>;index=1.2",
                "Reason: Q.850;cause=20;text=\"Subscriber absent\"",
            ]
        );
        assert_eq!(told(RedirectHeader::None, Refusal::Deadline).len(), 2);
    }
}
