//! Cutting a TCP stream into messages, byte by byte and out of step.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

use kring_sip::{FrameRefusal, StreamFramer, limits, parse};

/// An OPTIONS with one more line, and no body.
fn options(line: &str) -> Vec<u8> {
    let mut bytes = b"OPTIONS sip:192.0.2.20 SIP/2.0\r\n\
        Via: SIP/2.0/TCP 192.0.2.10;branch=z9hG4bK1\r\n\
        From: <sip:pbx@192.0.2.10>;tag=a\r\nTo: <sip:192.0.2.20>\r\n\
        Call-ID: 1\r\nCSeq: 1 OPTIONS\r\n"
        .to_vec();
    bytes.extend_from_slice(line.as_bytes());
    bytes.extend_from_slice(b"\r\n\r\n");
    bytes
}

#[test]
fn a_stream_is_cut_at_content_length_and_keep_alives_vanish() {
    let mut bytes = b"\r\n\r\n".to_vec();
    bytes.extend_from_slice(&options("l : 4"));
    bytes.extend_from_slice(b"body\r\n\r\n");
    bytes.extend_from_slice(&options("Content-Length:\r\n 0"));
    let mut framer = StreamFramer::new();
    let mut bodies = Vec::new();
    for byte in bytes {
        framer.push(&[byte]);
        bodies.extend(
            framer
                .by_ref()
                .map(|frame| parse(&frame.unwrap()).unwrap().body().clone()),
        );
    }
    assert_eq!(bodies, ["body", ""]);
    assert_eq!(framer.waiting(), 0);
}

/// RFC 5626 §3.5.1: however the network cuts it, before and behind a message.
#[test]
fn keep_alives_are_counted_and_a_single_line_end_is_none() {
    let message = options("l: 0");
    let bytes = [
        &b"\r\n\r\n"[..],
        &message,
        b"\r\n\r\n\r\n\r\n",
        &message,
        b"\r\n",
    ]
    .concat();
    for step in [1, 2, 3, 5, bytes.len()] {
        let mut framer = StreamFramer::new();
        let (mut messages, mut pings) = (0, 0);
        for part in bytes.chunks(step) {
            framer.push(part);
            messages += framer.by_ref().count();
            pings += framer.take_pings();
        }
        assert_eq!((messages, pings), (2, 3), "in steps of {step}");
    }
}

#[test]
fn a_stream_without_length_or_without_end_is_refused() {
    let mut framer = StreamFramer::new();
    framer.push(&options("Subject: x"));
    let refused = framer.next().unwrap().unwrap_err();
    assert_eq!(refused.why, FrameRefusal::NoLength);
    assert!(
        refused
            .answer
            .unwrap()
            .starts_with(b"SIP/2.0 400 Bad Request\r\n")
    );

    let mut framer = StreamFramer::new();
    let mut refused = None;
    for _ in 0..100 {
        framer.push(&[b'x'; 4096]);
        refused = refused.or(framer.next());
        assert!(framer.waiting() <= limits::STREAM_BYTES_MAX);
    }
    assert_eq!(refused.unwrap().unwrap_err().why, FrameRefusal::TooLarge);
    assert_eq!(framer.waiting(), 0);

    let mut framer = StreamFramer::new();
    framer.push(&options("Content-Length: 65536"));
    assert_eq!(
        framer.next().unwrap().unwrap_err().why,
        FrameRefusal::TooLarge
    );
}

/// Whoever pushes more at once than the buffer holds gets what is whole in it, and is refused then.
#[test]
fn what_is_whole_in_an_overflown_stream_is_given() {
    let one = options("Content-Length: 0");
    let many = one.repeat(limits::STREAM_BYTES_MAX / one.len() + 1);
    let mut framer = StreamFramer::new();
    framer.push(&many);
    let mut whole = 0;
    let refused = loop {
        match framer.next().unwrap() {
            Ok(frame) => {
                assert_eq!(frame, one);
                whole += 1;
            }
            Err(refused) => break refused,
        }
    };
    assert_eq!(whole, limits::STREAM_BYTES_MAX / one.len());
    assert_eq!(refused.why, FrameRefusal::TooLarge);
    framer.push(&one);
    assert_eq!(framer.next(), None);
}

/// A trace keeps messages for minutes: it must not keep what else was read with them.
#[test]
fn a_message_that_is_kept_keeps_nothing_of_its_stream() {
    let mut framer = StreamFramer::new();
    let one = "OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 0\r\n\r\n";
    framer.push(one.repeat(100).as_bytes());
    let first = framer.next().unwrap().unwrap();
    assert_eq!(first, one);
    assert!(first.is_unique(), "it shares no memory with the other 99");
}
