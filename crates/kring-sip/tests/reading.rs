//! The normaliser's promises, one by one: what peers in the field send, and what leaves again.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use kring_sip::{
    HeaderName, Message, Method, NameAddr, Refusal, Request, Response, StatusCode, limits, parse,
};

/// An INVITE with `lines` in place of the ordinary ones of the same name.
fn invite(lines: &[&str]) -> Vec<u8> {
    invite_bytes(&lines.iter().map(|line| line.as_bytes()).collect::<Vec<_>>())
}

fn invite_bytes(lines: &[&[u8]]) -> Vec<u8> {
    const ORDINARY: [&str; 5] = [
        "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1;rport",
        "From: <sip:0812345678@192.0.2.10>;tag=a",
        "To: <sip:1203@192.0.2.20>",
        "Call-ID: 5f1d2c7e",
        "CSeq: 1 INVITE",
    ];
    let name = |line: &[u8]| {
        line.split(|byte| *byte == b':')
            .next()
            .unwrap()
            .to_ascii_lowercase()
    };
    let mut bytes = b"INVITE sip:1203@192.0.2.20 SIP/2.0\r\n".to_vec();
    for line in ORDINARY {
        if !lines
            .iter()
            .any(|other| name(other) == name(line.as_bytes()))
        {
            bytes.extend_from_slice(line.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
    }
    for line in lines {
        bytes.extend_from_slice(line);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes
}

fn read(bytes: &[u8]) -> Request {
    match parse(bytes) {
        Ok(Message::Request(request)) => request,
        other => panic!("no request: {other:?}"),
    }
}

fn why(bytes: &[u8]) -> Refusal {
    parse(bytes).unwrap_err().why
}

fn text(response: &Response) -> Vec<u8> {
    response.to_bytes().to_vec()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// An old exchange sends สมชาย in TIS-620: it reads lossily, and comes back byte for byte.
#[test]
fn a_tis_620_name_is_echoed_byte_for_byte() {
    const NAME: &[u8] = b"From: \"\xca\xc1\xaa\xd2\xc2\" <sip:038611025@192.0.2.10>;tag=a";
    let request = read(&invite_bytes(&[NAME]));
    let from = request.headers.from().unwrap();
    assert_eq!(from.uri.user(), Some("038611025"));
    assert_eq!(from.tag(), Some("a"));
    assert!(from.display.unwrap().contains('\u{fffd}'));
    let ringing = Response::answering(&request, StatusCode::RINGING);
    assert!(holds(&text(&ringing), NAME));
    assert!(holds(&request.to_bytes(), NAME));
}

#[test]
fn a_utf_8_name_reads_as_it_is() {
    let request = read(&invite(&[
        "From: \"สมชาย ใจดี\" <sip:0812345678@192.0.2.10>;tag=a",
        "From-X: y",
    ]));
    assert_eq!(
        request.headers.from().unwrap().display.as_deref(),
        Some("สมชาย ใจดี")
    );
}

#[test]
fn a_response_repeats_what_rfc_3261_8_2_6_says() {
    let request = read(&invite(&[
        "Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1, SIP/2.0/TCP 192.0.2.9;branch=z9hG4bK0",
        "Timestamp: 54",
        "Subject: not repeated",
    ]));
    let mut ringing = Response::answering(&request, StatusCode::RINGING);
    ringing.headers.tag_to("t1");
    assert_eq!(
        String::from_utf8(text(&ringing)).unwrap(),
        "SIP/2.0 180 Ringing\r\n\
         Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK1, SIP/2.0/TCP 192.0.2.9;branch=z9hG4bK0\r\n\
         From: <sip:0812345678@192.0.2.10>;tag=a\r\n\
         To: <sip:1203@192.0.2.20>;tag=t1\r\n\
         Call-ID: 5f1d2c7e\r\n\
         CSeq: 1 INVITE\r\n\
         Content-Length: 0\r\n\r\n"
    );
    let trying = Response::answering(&request, StatusCode::TRYING);
    assert_eq!(trying.headers.get(&HeaderName::Timestamp), Some("54"));
}

#[test]
fn the_top_via_tells_where_the_request_came_from() {
    let stamped = |via: &str, source: &str| {
        let mut request = read(&invite(&[via]));
        request
            .headers
            .stamp_source(source.parse().unwrap())
            .unwrap();
        request.headers.get(&HeaderName::Via).unwrap().to_owned()
    };
    assert_eq!(
        stamped(
            "Via: SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bK1;rport, SIP/2.0/UDP h",
            "192.0.2.7:1024"
        ),
        "SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bK1;rport=1024;received=192.0.2.7, SIP/2.0/UDP h"
    );
    assert_eq!(
        stamped(
            "Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1",
            "192.0.2.7:5060"
        ),
        "SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1"
    );
    assert_eq!(
        stamped(
            "Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1;received=203.0.113.1",
            "192.0.2.7:5060"
        ),
        "SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1;received=192.0.2.7",
        "nobody may say for us where a request came from"
    );
    assert_eq!(
        stamped(
            "Via: SIP/2.0/UDP pbx.example;branch=z9hG4bK1",
            "[2001:db8::7]:5060"
        ),
        "SIP/2.0/UDP pbx.example;branch=z9hG4bK1;received=2001:db8::7"
    );
}

#[test]
fn lists_are_split_at_commas_that_separate() {
    let request = read(&invite(&[
        "Diversion: \"Rayong, front desk\" <sip:1203@pbx,a;x=1>;reason=no-answer , <sip:1569@pbx>",
        "Diversion: <sip:2104@pbx>",
        "Supported: 100rel,, timer ,replaces",
        "Supported:",
    ]));
    let users: Vec<_> = request.headers.all(&HeaderName::Diversion).collect();
    assert_eq!(
        users,
        [
            "\"Rayong, front desk\" <sip:1203@pbx,a;x=1>;reason=no-answer",
            "<sip:1569@pbx>",
            "<sip:2104@pbx>"
        ]
    );
    assert_eq!(
        request.headers.supported().collect::<Vec<_>>(),
        ["100rel", "timer", "replaces"]
    );
    assert!(request.headers.lists(&HeaderName::Supported, "TIMER"));
}

#[test]
fn folded_lines_become_one() {
    let request = read(&invite(&[
        "Subject: one\r\n\ttwo\r\n   three",
        "To:\r\n <sip:1203@192.0.2.20>",
    ]));
    assert_eq!(
        request.headers.get(&HeaderName::Subject),
        Some("one two three")
    );
    assert_eq!(request.headers.to().unwrap().uri.user(), Some("1203"));
}

#[test]
fn lines_may_end_in_a_bare_lf_but_no_value_holds_a_cr() {
    let bytes = invite(&["Subject: a\rX-Smuggled: b"]);
    let bytes = String::from_utf8(bytes).unwrap().replace("\r\n", "\n");
    let request = read(bytes.as_bytes());
    assert_eq!(
        request.headers.get(&HeaderName::Subject),
        Some("a X-Smuggled: b")
    );
}

#[test]
fn a_line_that_nobody_needs_may_be_malformed() {
    let request = read(&invite(&[
        "no colon here",
        "Bad Name: x",
        ": no name",
        "Subject: x",
    ]));
    assert_eq!(request.headers.get(&HeaderName::Subject), Some("x"));
    assert_eq!(request.headers.len(), 6);
}

#[test]
fn nothing_pushed_can_begin_a_line_of_its_own() {
    let mut request = read(&invite(&[]));
    request
        .headers
        .push(HeaderName::Subject, "a\r\nX-Smuggled: b");
    request.headers.set(HeaderName::To, "<sip:a@b>\r\n\r\n");
    let mut address: NameAddr = "<sip:a@b>".parse().unwrap();
    address.display = Some("a\r\nb".into());
    request
        .headers
        .push(HeaderName::ReplyTo, address.to_string());
    let written = String::from_utf8(request.to_bytes().to_vec()).unwrap();
    assert!(written.contains("Subject: a  X-Smuggled: b\r\n"));
    assert!(written.contains("Reply-To: \"a  b\" <sip:a@b>\r\n"));
    assert_eq!(written.matches("\r\n\r\n").count(), 1);
}

#[test]
fn unknown_methods_are_methods() {
    let bytes = String::from_utf8(invite(&["CSeq: 7 DANCE"]))
        .unwrap()
        .replace("INVITE", "DANCE");
    assert_eq!(read(bytes.as_bytes()).method, Method::Other("DANCE".into()));
    let lower = String::from_utf8(invite(&[]))
        .unwrap()
        .replace("INVITE", "invite");
    assert_eq!(
        read(lower.as_bytes()).method,
        Method::Other("invite".into()),
        "case matters"
    );
}

#[test]
fn a_datagrams_body_ends_where_content_length_says() {
    let with = |length: &str, body: &str| {
        let mut bytes = invite(&[length]);
        bytes.extend_from_slice(body.as_bytes());
        bytes
    };
    assert_eq!(read(&with("l: 2", "abcd")).body, "ab");
    assert_eq!(read(&with("Subject: none", "abcd")).body, "abcd");
    assert_eq!(why(&with("Content-Length: 5", "abcd")), Refusal::ShortBody);
    let refused = why(&with("Content-Length: 4294967296", "abcd"));
    assert!(matches!(
        refused,
        Refusal::Header(HeaderName::ContentLength, _)
    ));
    assert_eq!(
        why(&with("Content-Length: 4\r\nl: 4", "abcd")),
        Refusal::Repeated(HeaderName::ContentLength)
    );
}

#[test]
fn numbers_have_their_bounds() {
    assert!(parse(&invite(&["CSeq: 2147483647 INVITE"])).is_ok());
    for line in [
        "CSeq: 2147483648 INVITE",
        "CSeq: -1 INVITE",
        "CSeq: +1 INVITE",
        "CSeq: INVITE",
    ] {
        assert!(
            matches!(why(&invite(&[line])), Refusal::Header(HeaderName::CSeq, _)),
            "{line}"
        );
    }
    for line in ["Max-Forwards: 256", "Max-Forwards: many"] {
        let refused = why(&invite(&[line]));
        assert!(
            matches!(refused, Refusal::Header(HeaderName::MaxForwards, _)),
            "{line}"
        );
    }
    let request = read(&invite(&[
        "Expires: 99999999999",
        "Retry-After: 18000;duration=3600",
    ]));
    assert_eq!(request.headers.expires(), Ok(Some(u32::MAX)));
    assert_eq!(request.headers.retry_after(), Some(18_000));
}

#[test]
fn an_ack_and_a_response_are_never_answered() {
    let ack = String::from_utf8(invite(&["CSeq: x ACK"]))
        .unwrap()
        .replace("INVITE", "ACK");
    assert_eq!(parse(ack.as_bytes()).unwrap_err().salvage, None);
    assert_eq!(why(b"\r\n\r\n"), Refusal::KeepAlive);
    assert_eq!(why(b""), Refusal::KeepAlive);
    assert_eq!(why(b"hello"), Refusal::Unfinished);
}

#[test]
fn a_datagram_cut_within_its_headers_is_refused() {
    let bytes = invite(&["Subject: x"]);
    let refused = parse(&bytes[..bytes.len() - 2]).unwrap_err();
    assert_eq!(refused.why, Refusal::Unfinished);
    assert_eq!(refused.salvage.unwrap().status, StatusCode::BAD_REQUEST);
}

#[test]
fn too_many_headers_and_too_many_bytes_are_refused() {
    let line = "X-Filler: x";
    let many = vec![line; limits::HEADER_LINES_MAX];
    let refused = parse(&invite(&many)).unwrap_err();
    assert_eq!(refused.why, Refusal::TooLarge);
    assert_eq!(
        refused.salvage.unwrap().status,
        StatusCode::MESSAGE_TOO_LARGE
    );
    let long = format!("X-Filler: {}", "x".repeat(limits::MESSAGE_BYTES_MAX));
    assert_eq!(why(&invite(&[&long])), Refusal::TooLarge);
}
