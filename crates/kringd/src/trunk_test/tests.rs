//! What is read out of the answers of a PBX that is tested.

use super::*;
use kring_sip::{Message, parse};

fn response(text: &str) -> kring_sip::Response {
    match parse(text.replace('\n', "\r\n").as_bytes()) {
        Ok(Message::Response(response)) => response,
        other => panic!("{other:?}"),
    }
}

fn answered(text: &str) -> Answered {
    let heard = response(text);
    Answered {
        code: heard.status.code(),
        reason: heard.reason.to_string(),
        local: false,
        peer: None,
        round_trip: Duration::from_millis(2),
        heard: Some(Box::new(heard)),
    }
}

fn unheard(code: u16) -> Answered {
    Answered {
        code,
        reason: String::new(),
        local: true,
        peer: None,
        round_trip: Duration::ZERO,
        heard: None,
    }
}

fn concluded(answers: &[Answered], unsent: bool) -> TrunkTested {
    let peer = Peer {
        transport: Transport::Udp,
        address: "192.0.2.10:5060".parse().unwrap(),
    };
    let mut told = TrunkTested::default();
    conclude(&mut told, peer, answers, unsent);
    told
}

fn states(told: &TrunkTested) -> Vec<(&str, &str)> {
    let steps = told.steps.iter();
    steps.map(|step| (step.step, step.state)).collect()
}

const ASTERISK: &str = "SIP/2.0 200 OK
Via: SIP/2.0/UDP 192.0.2.5:5060;rport=5060;received=RECEIVED;branch=z9hG4bK1
From: <sip:kring@192.0.2.5>;tag=a
To: <sip:192.0.2.10>;tag=b
Call-ID: c
CSeq: 1 OPTIONS
Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, PRACK
Supported: 100rel, timer
Server: Asterisk PBX 20.5
Content-Type: application/sdp

v=0
o=- 1 1 IN IP4 192.0.2.10
s=-
t=0 0
m=audio 0 RTP/AVP 8 0 96
a=rtpmap:96 opus/48000/2
";

const REFUSED: &str = "SIP/2.0 403 Forbidden
Via: SIP/2.0/UDP 192.0.2.5:5060;branch=z9hG4bK1
From: <sip:kring@192.0.2.5>;tag=a
To: <sip:192.0.2.10>;tag=b
Call-ID: c
CSeq: 1 OPTIONS

";

#[test]
fn an_answer_tells_the_pbx_and_the_way_back() {
    let told = concluded(
        &[answered(&ASTERISK.replace("RECEIVED", "192.0.2.5"))],
        false,
    );
    let all_well = [("sent", "ok"), ("answered", "ok"), ("way_back", "ok")];
    assert_eq!(states(&told), all_well);
    assert_eq!(told.status, Some(200));
    assert_eq!(told.user_agent.as_deref(), Some("Asterisk PBX 20.5"));
    let named = ["PCMA", "PCMU", "opus"].map(str::to_owned);
    assert_eq!(told.codecs, Some(named.to_vec()));
    assert_eq!(told.learnt.transfer, Some("refer"));
    assert_eq!(told.learnt.prack, Some(true));
    assert!(told.raw.unwrap().starts_with("SIP/2.0 200 OK\r\n"));
}

#[test]
fn a_pbx_that_sees_us_elsewhere_is_told() {
    let elsewhere = ASTERISK.replace("RECEIVED", "203.0.113.9");
    let told = concluded(&[answered(&elsewhere)], false);
    let back = told.steps.last().unwrap();
    assert_eq!((back.step, back.state), ("way_back", "failed"));
    assert_eq!(back.value.as_deref(), Some("203.0.113.9"));
    assert!(back.detail_en.contains("set sip.advertised"));
}

#[test]
fn a_refusal_is_an_answer_and_says_nothing_of_methods() {
    let told = concluded(&[answered(REFUSED)], false);
    assert_eq!(told.status, Some(403));
    assert_eq!(told.learnt.transfer, None);
    assert_eq!(told.learnt.prack, None);
    assert_eq!(told.codecs, None);
}

#[test]
fn silence_and_what_cannot_be_sent_are_different_things() {
    let silent = concluded(&[unheard(408), unheard(408)], false);
    let of_silence = [
        ("sent", "ok"),
        ("answered", "failed"),
        ("way_back", "unknown"),
    ];
    assert_eq!(states(&silent), of_silence);
    let unsent = concluded(&[unheard(503)], true);
    let of_unsent = [
        ("sent", "failed"),
        ("answered", "unknown"),
        ("way_back", "unknown"),
    ];
    assert_eq!(states(&unsent), of_unsent);
}
