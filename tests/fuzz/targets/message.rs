//! Any datagram: is read or refused; what is read can be written, reads the same again, and every typed
//! header can be asked for; what is refused gives an answer that is a message.
//!
//! Run from the top: `RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz message tests/fuzz/corpus/message tests/torture/valid tests/torture/invalid -- -max_total_time=600`

#![no_main]

use kring_sip::{HeaderName, Message, Response, StatusCode, header::RouteSet, limits, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| match parse(bytes) {
    Ok(message) => {
        read_all(&message);
        let written = message.to_bytes();
        let again = parse(&written).expect("what was read and written reads again");
        assert_eq!(again.to_bytes(), written);
        assert_eq!(lines(&again), lines(&message));
        if let Message::Request(request) = message {
            respond(request);
        }
    }
    Err(refused) => {
        if let Some(salvage) = refused.salvage {
            let answer = salvage.respond("kring").to_bytes();
            assert!(answer.starts_with(b"SIP/2.0 ") && answer.ends_with(b"\r\n\r\n"));
        }
    }
});

fn lines(message: &Message) -> Vec<(String, Vec<u8>)> {
    let headers = message.headers().iter_raw();
    headers
        .filter(|(name, _)| **name != HeaderName::ContentLength)
        .map(|(name, value)| (name.as_str().to_owned(), value.to_vec()))
        .collect()
}

fn read_all(message: &Message) {
    let headers = message.headers();
    headers.via().expect("the reader has checked it");
    headers.from().expect("the reader has checked it");
    headers.to().expect("the reader has checked it");
    headers.call_id().expect("the reader has checked it");
    headers.cseq().expect("the reader has checked it");
    headers.content_length().expect("the reader has checked it");
    assert!(headers.vias().all(|via| via.is_ok()));
    let _ = (
        headers.expires(),
        headers.retry_after(),
        headers.content_type(),
    );
    let _ = (
        headers.refer_to(),
        headers.replaces(),
        headers.session_expires(),
        headers.rack(),
    );
    let _ = (
        headers.diversion().count(),
        headers.reasons().count(),
        headers.contact(),
    );
    let _ = (RouteSet::of_uas(headers), RouteSet::of_uac(headers));
}

/// The source may be stamped (where there is room for it), and a response to what was read can be read by whoever asked.
fn respond(mut request: kring_sip::Request) {
    let source = "192.0.2.7:1024".parse().expect("a valid address");
    let most = |params: &kring_sip::Params| params.len() + 2 > limits::PARAMS_MAX;
    let via = request.headers.via().expect("the reader has checked it");
    let to = request.headers.to().expect("the reader has checked it");
    if most(&via.params) || most(&to.params) {
        return;
    }
    if str::from_utf8(request.headers.raw(&HeaderName::Via).unwrap_or_default()).is_ok() {
        request
            .headers
            .stamp_source(source)
            .expect("the reader has checked the Via");
    }
    let mut response = Response::answering(&request, StatusCode::OK);
    response.headers.tag_to("kring");
    let again = parse(&response.to_bytes()).expect("an answer is a message");
    assert!(again.headers().to().expect("it was one").tag().is_some());
    assert_eq!(again.headers().call_id(), request.headers.call_id());
}
