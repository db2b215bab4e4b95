//! NOTIFY of a REFER: what it says of how that goes (RFC 3515 §2.4, RFC 3420).

use super::screen::Refused;
use crate::{HeaderName, Headers, Params, Request, token::trim};

/// The body of such a NOTIFY; parameters such as its version are left out.
pub(crate) const SIPFRAG: &str = "message/sipfrag";

/// How a REFER goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    /// The status of the call that was asked for; none if that is not told.
    pub(crate) code: Option<u16>,
    pub(crate) subscription: Subscription,
}

/// Whether more will be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subscription {
    /// For so long, if it says so.
    Lasts { expires_s: Option<u32> },
    /// Nothing more.
    Over,
}

/// The event of a REFER: the `id` by which it names which one. `None`: another event, or none.
pub(crate) fn refer_event(headers: &Headers) -> Option<Option<String>> {
    let (event, params) = split(headers.get(&HeaderName::Event)?);
    let params = Params::read(params).unwrap_or_default();
    event
        .eq_ignore_ascii_case("refer")
        .then(|| params.get("id").map(str::to_owned))
}

/// Reads it. What it says of the subscription counts even where its body cannot be read, if that is the
/// last one.
pub(crate) fn read(request: &Request) -> (Option<Notice>, Result<(), Refused>) {
    let subscription = subscription(&request.headers);
    let code = match (request.body.is_empty(), subscription) {
        // It has no more to say.
        (true, Subscription::Over) => Ok(None),
        _ => status(request).map(Some),
    };
    match (code, subscription) {
        (Ok(code), subscription) => {
            let notice = Notice { code, subscription };
            (Some(notice), Ok(()))
        }
        (Err(refused), Subscription::Over) => {
            let notice = Notice {
                code: None,
                subscription,
            };
            (Some(notice), Err(refused))
        }
        (Err(refused), Subscription::Lasts { .. }) => (None, Err(refused)),
    }
}

/// What is no end lasts: a NOTIFY without Subscription-State is one of the time before RFC 3265.
fn subscription(headers: &Headers) -> Subscription {
    let line = headers.get(&HeaderName::SubscriptionState);
    let (state, params) = split(line.unwrap_or_default());
    if state.eq_ignore_ascii_case("terminated") {
        return Subscription::Over;
    }
    let params = Params::read(params).unwrap_or_default();
    let expires_s = params.get("expires").and_then(|text| text.parse().ok());
    Subscription::Lasts { expires_s }
}

/// The status line with which the fragment must begin (RFC 3515 §2.4.5).
fn status(request: &Request) -> Result<u16, Refused> {
    let kind = request.headers.content_type();
    if kind.is_some_and(|kind| kind != SIPFRAG) {
        return Err(Refused::because(415, HeaderName::Accept, SIPFRAG));
    }
    let text = String::from_utf8_lossy(&request.body);
    let mut words = text.trim_start().split_ascii_whitespace();
    let version = words.next().unwrap_or_default();
    let code = words.next().unwrap_or_default();
    let digits = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    let code = code
        .parse()
        .ok()
        .filter(|code| digits && (100..700).contains(code));
    match (version.eq_ignore_ascii_case("SIP/2.0"), code) {
        (true, Some(code)) => Ok(code),
        _ => Err(Refused::plain(400)),
    }
}

/// A word and the parameters behind it.
fn split(text: &str) -> (&str, &str) {
    let at = text.find(';').unwrap_or(text.len());
    (trim(&text[..at]), &text[at..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, parse};

    fn notify(lines: &str, body: &str) -> Request {
        let text = format!(
            "NOTIFY sip:kring@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKn\r\n\
             From: <sip:a@192.0.2.2>;tag=a\r\nTo: <sip:b@192.0.2.1>;tag=b\r\nCall-ID: c\r\n\
             CSeq: 2 NOTIFY\r\n{lines}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        match parse(text.as_bytes()) {
            Ok(Message::Request(request)) => request,
            other => panic!("{other:?}"),
        }
    }

    const KIND: &str = "Content-Type: message/sipfrag;version=2.0\r\n";

    fn told(state: &str, body: &str) -> Result<(Option<u16>, Subscription), u16> {
        let lines = format!("{KIND}Subscription-State: {state}\r\n");
        let (notice, refused) = read(&notify(&lines, body));
        refused.map_err(|refused| refused.code)?;
        let notice = notice.unwrap();
        Ok((notice.code, notice.subscription))
    }

    #[test]
    fn the_event_and_its_number_are_read() {
        let event = |line: &str| refer_event(&notify(line, "").headers);
        assert_eq!(event("Event: refer\r\n"), Some(None));
        assert_eq!(
            event("o: Refer ; id=93809824\r\n"),
            Some(Some("93809824".to_owned()))
        );
        assert_eq!(event("Event: refer;;\r\n"), Some(None));
        assert_eq!(event("Event: talk\r\n"), None);
        assert_eq!(event(""), None);
    }

    #[test]
    fn the_status_and_the_state_are_read() {
        let lasts = |expires_s| Subscription::Lasts { expires_s };
        assert_eq!(
            told("active;expires=60", "SIP/2.0 100 Trying\r\n"),
            Ok((Some(100), lasts(Some(60))))
        );
        assert_eq!(
            told("pending", "\r\nsip/2.0 180"),
            Ok((Some(180), lasts(None)))
        );
        assert_eq!(
            told(
                "terminated;reason=noresource",
                "SIP/2.0 200 OK\r\nTo: x\r\n"
            ),
            Ok((Some(200), Subscription::Over))
        );
        assert_eq!(told("Terminated", ""), Ok((None, Subscription::Over)));
        assert_eq!(
            told("active;expires=soon", "SIP/2.0 486 Busy Here"),
            Ok((Some(486), lasts(None)))
        );
    }

    #[test]
    fn what_is_no_status_is_refused() {
        for body in [
            "",
            "hello",
            "SIP/2.0",
            "SIP/2.0 20 OK",
            "SIP/2.0 +20 OK",
            "SIP/2.0 700 No",
            "HTTP/1.1 200 OK",
        ] {
            assert_eq!(told("active", body), Err(400), "{body}");
        }
        let (notice, refused) = read(&notify("Content-Type: text/plain\r\n", "SIP/2.0 200 OK"));
        assert_eq!((notice, refused.unwrap_err().code), (None, 415));
        let lines = "Subscription-State: terminated\r\n";
        let (notice, refused) = read(&notify(lines, "nonsense"));
        assert_eq!(refused.unwrap_err().code, 400);
        assert_eq!(notice.unwrap().subscription, Subscription::Over);
    }
}
