//! What leaves again: accepted messages survive writing, refused ones are answered by the letter,
//! and streams keep their step.

use super::{OUTCOMES, Outcome, accepted, bytes_of, refused};
use kring_sip::{
    FrameRefusal, HeaderName, Headers, Message, NameAddr, StreamFramer, header::Via, parse,
};

/// What a message says, apart from how it is spelled.
#[derive(Debug, PartialEq)]
struct Meaning {
    start: String,
    lines: Vec<(String, Vec<u8>)>,
    vias: Vec<Via>,
    from: NameAddr,
    to: NameAddr,
    body: Vec<u8>,
}

fn meaning(message: &Message) -> Meaning {
    let start = match message {
        Message::Request(request) => format!("{} {}", request.method, request.uri),
        Message::Response(response) => format!("{} {}", response.status, response.reason),
    };
    let headers = message.headers();
    Meaning {
        start,
        lines: headers
            .iter_raw()
            .filter(|(name, _)| **name != HeaderName::ContentLength)
            .map(|(name, value)| (name.as_str().to_owned(), value.to_vec()))
            .collect(),
        vias: headers.vias().map(Result::unwrap).collect(),
        from: headers.from().unwrap(),
        to: headers.to().unwrap(),
        body: message.body().to_vec(),
    }
}

#[test]
fn what_is_written_says_what_was_read() {
    for (name, outcome) in OUTCOMES {
        if outcome == Outcome::Accepted {
            let message = accepted(name);
            let bytes = message.to_bytes();
            let again = parse(&bytes).unwrap_or_else(|refused| panic!("{name}: {refused}"));
            assert_eq!(meaning(&again), meaning(&message), "{name}");
            assert_eq!(again.to_bytes(), bytes, "{name}: a second writing differs");
        }
    }
}

#[test]
fn a_refusal_echoes_the_five_key_headers() {
    for (name, outcome) in OUTCOMES {
        let Outcome::Refused(code) = outcome else {
            continue;
        };
        let response = refused(name).salvage.unwrap().respond("kring-tag");
        assert_eq!(response.status.code(), code, "{name}");
        for header in ["Via", "From", "To", "Call-ID", "CSeq"] {
            let header = HeaderName::from_token(header).unwrap();
            assert!(response.headers.contains(&header), "{name}: {header}");
        }
        let text = String::from_utf8(response.to_bytes().to_vec()).unwrap();
        assert!(text.starts_with(&format!("SIP/2.0 {code} ")), "{name}");
        assert!(text.ends_with("Content-Length: 0\r\n\r\n"), "{name}");
    }
}

#[test]
fn a_refusal_tags_the_to_only_once() {
    let untagged = refused("invalid/badvers").salvage.unwrap().respond("mine");
    assert_eq!(untagged.headers.to().unwrap().tag(), Some("mine"));
    let tagged = refused("invalid/lwsruri").salvage.unwrap().respond("mine");
    assert_eq!(tagged.headers.to().unwrap().tag(), Some("3xfe-9921883-z9f"));
}

#[test]
fn a_stream_waits_for_a_body_that_a_datagram_cannot_have() {
    let bytes = bytes_of("invalid/clerr");
    let mut framer = StreamFramer::new();
    framer.push(&bytes);
    assert_eq!(framer.next(), None);
    assert_eq!(framer.waiting(), bytes.len());
    framer.push(&vec![b' '; 9999]);
    let whole = framer.next().unwrap().unwrap();
    let message = parse(&whole).unwrap();
    assert_eq!(message.body().len(), 9999);
    assert!(message.body().starts_with(b"v=0\r\n"));
}

#[test]
fn a_stream_ends_at_a_negative_content_length() {
    let mut framer = StreamFramer::new();
    framer.push(&bytes_of("invalid/ncl"));
    let refused = framer.next().unwrap().unwrap_err();
    assert_eq!(refused.why, FrameRefusal::BadLength);
    let answer = parse(&refused.answer.unwrap()).unwrap();
    assert_eq!(
        answer.headers().call_id(),
        Ok("ncl.0ha0isndaksdj2193423r542w35")
    );
    assert_eq!(framer.next(), None);
}

#[test]
fn a_stream_yields_both_requests_of_dblreq() {
    let mut framer = StreamFramer::new();
    framer.push(&bytes_of("valid/dblreq"));
    let call_ids: Vec<_> = framer
        .by_ref()
        .take(2)
        .map(|frame| call_id(parse(&frame.unwrap()).unwrap().headers()))
        .collect();
    assert_eq!(
        call_ids,
        [
            "dblreq.0ha0isndaksdj99sdfafnl3lk233412",
            "dblreq.0ha0isnda977644900765@192.0.2.15"
        ]
    );
    // The second body is longer than it says, so the stream is out of step.
    assert!(framer.next().unwrap().is_err());
    assert_eq!(framer.next(), None);
}

fn call_id(headers: &Headers) -> String {
    headers.call_id().unwrap().to_owned()
}

#[test]
fn a_message_cut_anywhere_never_passes_for_whole_on_a_stream() {
    for (name, outcome) in OUTCOMES {
        let bytes = bytes_of(name);
        let mut whole = StreamFramer::new();
        whole.push(&bytes);
        let Some(Ok(frame)) = whole.next() else {
            assert!(
                outcome != Outcome::Accepted || name.ends_with("inv2543"),
                "{name}"
            );
            continue;
        };
        for cut in 1..frame.len() {
            let mut framer = StreamFramer::new();
            framer.push(&frame[..cut]);
            assert_eq!(framer.next(), None, "{name} cut at {cut}");
            framer.push(&frame[cut..]);
            assert_eq!(
                framer.next(),
                Some(Ok(frame.clone())),
                "{name} cut at {cut}"
            );
        }
    }
}
