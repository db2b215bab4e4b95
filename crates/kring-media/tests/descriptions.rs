//! Descriptions as devices in the field send them, in `tests/sdp/`, and what kring makes of them.
#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use kring_media::{
    AudioDescription, Codec, Direction, OwnAudio, SdpRefused, answer_to_caller, answer_to_change,
    offer_of_change, offer_to_agent, read, write,
};

const ASTERISK: &str = include_str!("sdp/asterisk.sdp");
const FREESWITCH: &str = include_str!("sdp/freeswitch.sdp");
const YEALINK: &str = include_str!("sdp/yealink.sdp");
const LINPHONE: &str = include_str!("sdp/linphone.sdp");
const SIPP: &str = include_str!("sdp/sipp.sdp");
const BARESIP: &str = include_str!("sdp/baresip.sdp");
const SEVERAL_LINES: &str = include_str!("sdp/several_lines.sdp");
const HELD_NEW_WAY: &str = include_str!("sdp/held_new_way.sdp");
const HELD_OLD_WAY: &str = include_str!("sdp/held_old_way.sdp");

fn on_the_wire(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

fn said(text: &str) -> AudioDescription {
    read(&on_the_wire(text)).unwrap()
}

fn own(address: &str, port: u16) -> OwnAudio {
    OwnAudio {
        shield: None,
        address: address.parse().unwrap(),
        port,
        session_id: 7,
        version: 1,
    }
}

fn allowed() -> Vec<String> {
    ["PCMA", "PCMU", "G722", "opus"].map(str::to_owned).to_vec()
}

fn names(audio: &AudioDescription) -> Vec<String> {
    let name = |codec: &Codec| format!("{} {}/{}", codec.payload_type, codec.name, codec.clock);
    audio.codecs.iter().map(name).collect()
}

fn offered_to_agent(caller: &str) -> String {
    let (sdp, audio) =
        offer_to_agent(Some(&said(caller)), &allowed(), &own("192.0.2.1", 20_002)).unwrap();
    assert_eq!(read(&sdp).unwrap(), audio, "what is told is what is sent");
    text(sdp)
}

fn text(sdp: Vec<u8>) -> String {
    let text = String::from_utf8(sdp).unwrap();
    assert_eq!(
        text.matches('\n').count(),
        text.matches("\r\n").count(),
        "every line ends in CRLF"
    );
    text.replace("\r\n", "\n")
}

fn answered_to_caller(offer: &str, agents_answer: &str) -> String {
    let own = own("192.0.2.1", 20_000);
    text(write(
        &answer_to_caller(&said(offer), &said(agents_answer), &own).unwrap(),
    ))
}

#[test]
fn asterisks_offer_reaches_the_agent_with_its_numbers_and_without_gsm() {
    assert_eq!(
        offered_to_agent(ASTERISK),
        "v=0\no=kring 7 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n\
         m=audio 20002 RTP/AVP 8 0 101\na=rtpmap:8 PCMA/8000\na=rtpmap:0 PCMU/8000\n\
         a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16\na=ptime:20\na=sendrecv\n"
    );
}

#[test]
fn freeswitchs_opus_keeps_its_parameters_and_both_key_clocks() {
    let offered = offered_to_agent(FREESWITCH);
    assert!(
        offered.contains("m=audio 20002 RTP/AVP 102 9 0 8 103 101\n"),
        "{offered}"
    );
    assert!(offered.contains("a=rtpmap:102 opus/48000/2\n"));
    assert!(offered.contains("a=fmtp:102 useinbandfec=1; maxaveragebitrate=30000; maxplayback"));
    assert_eq!(said(FREESWITCH).telephone_event, Some(103));
    assert_eq!(said(FREESWITCH).rtcp, "192.0.2.6:24179".parse().unwrap());
}

#[test]
fn the_yealinks_answer_becomes_the_callers_in_the_phones_order() {
    let audio = said(YEALINK);
    assert_eq!(
        names(&audio),
        [
            "9 G722/8000",
            "0 PCMU/8000",
            "8 PCMA/8000",
            "18 G729/8000",
            "101 telephone-event/8000"
        ]
    );
    assert_eq!(audio.codecs[3].fmtp.as_deref(), Some("annexb=no"));
    assert_eq!(
        answered_to_caller(ASTERISK, YEALINK),
        "v=0\no=kring 7 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n\
         m=audio 20000 RTP/AVP 0 8 101\na=rtpmap:0 PCMU/8000\na=rtpmap:8 PCMA/8000\n\
         a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\na=ptime:20\na=sendrecv\n"
    );
}

#[test]
fn linphones_video_is_refused_and_its_profile_kept() {
    let audio = said(LINPHONE);
    assert_eq!(audio.proto, "RTP/AVPF");
    assert_eq!(audio.after.len(), 1);
    assert_eq!(
        names(&audio)[3..6],
        ["0 PCMU/8000", "8 PCMA/8000", "18 G729/8000"]
    );
    let offered = offered_to_agent(LINPHONE);
    assert!(
        offered.contains("m=audio 20002 RTP/AVP 96 0 8 101 99 100\n"),
        "{offered}"
    );
    assert!(!offered.contains("video") && !offered.contains("rtcp"));
    let answered = answered_to_caller(LINPHONE, YEALINK);
    assert!(
        answered.contains("m=audio 20000 RTP/AVPF 0 8 18 101\n"),
        "{answered}"
    );
    assert!(
        answered.ends_with("m=video 0 RTP/AVPF 96 97\n"),
        "{answered}"
    );
}

#[test]
fn sipp_speaks_mu_law_and_nothing_else() {
    let audio = said(SIPP);
    assert_eq!(names(&audio), ["0 PCMU/8000"]);
    assert_eq!((audio.telephone_event, audio.ptime), (None, None));
    assert_eq!(audio.direction, Direction::SendRecv);
    assert_eq!(audio.rtcp.port(), 6_001);
    let only_a_law = ["PCMA".to_owned()];
    let refused = offer_to_agent(Some(&audio), &only_a_law, &own("192.0.2.1", 20_002));
    assert_eq!(refused.unwrap_err(), SdpRefused::NoCommonCodec);
    let refused = answer_to_caller(&said(HELD_NEW_WAY), &audio, &own("192.0.2.1", 20_000));
    assert_eq!(refused.unwrap_err(), SdpRefused::NoCommonCodec);
}

#[test]
fn baresip_over_ipv6_names_its_rtcp_port_and_is_not_answered_with_mux() {
    let audio = said(BARESIP);
    assert_eq!(audio.rtp, "[2001:db8::10]:20456".parse().unwrap());
    assert_eq!(audio.rtcp, "[2001:db8::10]:30001".parse().unwrap());
    let own = own("2001:db8::1", 20_000);
    let answered = text(write(&answer_to_caller(&audio, &said(SIPP), &own).unwrap()));
    assert_eq!(
        answered,
        "v=0\no=kring 7 1 IN IP6 2001:db8::1\ns=-\nc=IN IP6 2001:db8::1\nt=0 0\n\
         m=audio 20000 RTP/AVP 0\na=rtpmap:0 PCMU/8000\na=sendrecv\n"
    );
}

#[test]
fn every_other_line_is_refused_in_its_place() {
    let audio = said(SEVERAL_LINES);
    assert_eq!(
        audio.rtp,
        "192.0.2.19:4004".parse().unwrap(),
        "the plain one, not the secured"
    );
    let answered = answered_to_caller(SEVERAL_LINES, YEALINK);
    let lines: Vec<&str> = answered
        .lines()
        .filter(|line| line.starts_with("m="))
        .collect();
    assert_eq!(
        lines,
        [
            "m=image 0 udptl t38",
            "m=audio 0 RTP/SAVP 8",
            "m=audio 20000 RTP/AVP 8 101",
            "m=video 0 RTP/AVP 31",
            "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
        ]
    );
}

#[test]
fn a_hold_is_a_hold_however_it_is_said() {
    let held = said(HELD_NEW_WAY);
    assert_eq!(
        held.direction,
        Direction::SendOnly,
        "said for the whole session"
    );
    let old = said(HELD_OLD_WAY);
    assert_eq!(old.direction, Direction::SendOnly);
    assert!(old.rtp.ip().is_unspecified());
    let own = own("192.0.2.1", 20_000);
    let changed = |offer: &AudioDescription| {
        let phone = said(YEALINK);
        let answer = answer_to_change(offer, &phone.codecs, phone.ptime, &own);
        text(write(&answer.unwrap()))
    };
    for hold in [held, old] {
        let answered = changed(&hold);
        assert!(answered.ends_with("a=recvonly\n"), "{answered}");
        assert!(answered.contains("RTP/AVP 8 101\n"));
    }
    let back = HELD_NEW_WAY.replace("sendonly", "sendrecv");
    let answered = changed(&said(&back));
    assert!(answered.ends_with("a=sendrecv\n"));
}

#[test]
fn the_answer_goes_the_ways_that_both_want() {
    let way = |offer: &str, answer: &str| {
        let offer = SIPP.to_owned() + "a=" + offer + "\n";
        let answer = SIPP.to_owned() + "a=" + answer + "\n";
        let answered = answered_to_caller(&offer, &answer);
        answered.trim_end().rsplit("a=").next().unwrap().to_owned()
    };
    assert_eq!(way("sendrecv", "sendrecv"), "sendrecv");
    assert_eq!(way("sendrecv", "recvonly"), "recvonly");
    assert_eq!(way("sendonly", "recvonly"), "recvonly");
    assert_eq!(
        way("sendonly", "sendrecv"),
        "recvonly",
        "not more than was offered"
    );
    assert_eq!(way("recvonly", "sendonly"), "sendonly");
    assert_eq!(way("inactive", "sendrecv"), "inactive");
    assert_eq!(way("sendrecv", "inactive"), "inactive");
}

#[test]
fn a_late_offer_is_ours_first_and_then_the_phones() {
    let own_agent = own("192.0.2.1", 20_002);
    let (sdp, _) = offer_to_agent(None, &allowed(), &own_agent).unwrap();
    let offered = text(sdp);
    assert!(
        offered.contains("m=audio 20002 RTP/AVP 8 0 9 96 101\n"),
        "{offered}"
    );
    let all = text(offer_to_agent(None, &[], &own_agent).unwrap().0);
    assert!(all.contains("a=fmtp:18 annexb=no\n"), "{all}");
    let phones = said(YEALINK);
    let own_caller = own("192.0.2.1", 20_000);
    let to_caller = text(
        offer_to_agent(Some(&phones), &allowed(), &own_caller)
            .unwrap()
            .0,
    );
    assert!(
        to_caller.contains("m=audio 20000 RTP/AVP 9 0 8 101\n"),
        "{to_caller}"
    );
    let unknown = offer_to_agent(None, &["AMR".to_owned()], &own_agent);
    assert_eq!(unknown.unwrap_err(), SdpRefused::NoCommonCodec);
}

#[test]
fn numbers_of_the_phone_stand_in_the_answer_even_if_they_differ() {
    let offer = FREESWITCH;
    let answer = BARESIP.replace("IP6 2001:db8::10", "IP4 192.0.2.30");
    let answered = answered_to_caller(offer, &answer);
    // The phone wants opus as 96; what it sends goes by the offer's 102.
    assert!(
        answered.contains("m=audio 20000 RTP/AVP 96 0 8 101\n"),
        "{answered}"
    );
}

#[test]
fn dynamic_numbers_name_g711_too() {
    let audio = said(&SIPP.replace("AVP 0", "AVP 97 120").replace(
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:97 pcma/8000/1\na=rtpmap:120 PCMU/8000",
    ));
    assert_eq!(names(&audio), ["97 pcma/8000", "120 PCMU/8000"]);
    assert!(offer_to_agent(Some(&audio), &allowed(), &own("192.0.2.1", 20_002)).is_ok());
}

#[test]
fn what_devices_do_wrong_is_borne() {
    // Bare LF, no o=, s= or t=, an empty line, a TIS-620 session name, a TTL on unicast.
    let sloppy = b"v=0\ns=\xa1\xc3\xd0\xb7\xc3\xc7\xa7\nc=IN IP4 192.0.2.8/127\n\
        m=audio 5004 RTP/AVP 8  0\na=rtpmap:8 PCMA/8000\n\n";
    let audio = read(sloppy).unwrap();
    assert_eq!(audio.rtp, "192.0.2.8:5004".parse().unwrap());
    assert_eq!(names(&audio), ["8 PCMA/8000", "0 PCMU/8000"]);
    // Unreadable RTCP addresses and packet times are as good as none.
    let odd = SIPP.to_owned() + "a=rtcp:0\na=ptime:twenty\na=rtcp-mux\n";
    assert_eq!((said(&odd).rtcp.port(), said(&odd).ptime), (6_001, None));
    let elsewhere = SIPP.to_owned() + "a=rtcp:7001 IN IP4 192.0.2.99\n";
    assert_eq!(said(&elsewhere).rtcp, "192.0.2.99:7001".parse().unwrap());
}

#[test]
fn bad_sdp_is_refused_by_name() {
    let refused = |text: &str| read(&on_the_wire(text)).unwrap_err();
    let without = |what: &str| refused(&SIPP.replace(what, ""));
    assert!(matches!(refused("INVITE me"), SdpRefused::Malformed(_)));
    assert!(matches!(refused(""), SdpRefused::Malformed(_)));
    assert!(matches!(without("v=0\n"), SdpRefused::Malformed(_)));
    assert_eq!(without("c=IN IP4 127.0.0.2\n"), SdpRefused::NoAddress);
    assert_eq!(refused(&SIPP.replace("6000", "0")), SdpRefused::NoAudio);
    assert_eq!(
        refused(&SIPP.replace("m=audio", "m=video")),
        SdpRefused::NoAudio
    );
    let secured = SdpRefused::NotPlainRtp("RTP/SAVP".into());
    assert_eq!(refused(&SIPP.replace("RTP/AVP", "RTP/SAVP")), secured);
    for address in [
        "pbx.example.com",
        "224.0.0.1",
        "255.255.255.255",
        "1.2.3",
        "::zz",
    ] {
        let text = SIPP.replace("c=IN IP4 127.0.0.2", &format!("c=IN IP4 {address}"));
        assert_eq!(refused(&text), SdpRefused::BadAddress(address.into()));
    }
    let only_keys = SIPP
        .replace("AVP 0", "AVP 101")
        .replace("0 PCMU/8000", "101 telephone-event/8000");
    assert_eq!(refused(&only_keys), SdpRefused::NoCommonCodec);
    assert_eq!(
        refused(&SIPP.replace("AVP 0", "AVP 99 200 x")),
        SdpRefused::NoCommonCodec
    );
    assert_eq!(read(&vec![b'v'; 20_000]).unwrap_err(), SdpRefused::TooLong);
    let many = SIPP.to_owned() + &"m=video 0 RTP/AVP 31\n".repeat(20);
    assert_eq!(refused(&many), SdpRefused::TooManyMedia);
    assert!(SdpRefused::TooLong.is_malformed() && !SdpRefused::NoCommonCodec.is_malformed());
}

#[test]
fn nothing_of_the_caller_breaks_out_of_a_line() {
    let sneaky = SIPP.to_owned() + "a=fmtp:0 x\ry\0z\n";
    let offered = offered_to_agent(&sneaky);
    assert!(offered.contains("a=fmtp:0 x y z\n"), "{offered}");
    let long = SIPP.to_owned() + "a=fmtp:0 " + &"x".repeat(600) + "\n";
    assert_eq!(
        said(&long).codecs[0].fmtp,
        None,
        "parameters of no sensible length are left out"
    );
}

#[test]
fn what_is_written_reads_the_same() {
    for sdp in [
        ASTERISK,
        FREESWITCH,
        YEALINK,
        LINPHONE,
        SIPP,
        SEVERAL_LINES,
        HELD_NEW_WAY,
    ] {
        let mut audio = said(sdp);
        audio.rtcp = (audio.rtp.ip(), audio.rtp.port() + 1).into();
        assert_eq!(read(&write(&audio)).unwrap(), audio);
    }
}

/// Whoever is asked for a change is offered the other side's codecs under their numbers, and finds the
/// lines that were refused in their places (RFC 3264 §8).
#[test]
fn an_offer_of_a_change_keeps_the_lines_of_the_last_one() {
    let (wanted, last) = (said(YEALINK), said(SEVERAL_LINES));
    let own = own("192.0.2.1", 20_000);
    let only_u_law = ["PCMU".to_owned()];
    let offer = offer_of_change(&wanted.codecs, None, Some(&last), &only_u_law, &own).unwrap();
    let offer = text(write(&offer));
    let lines: Vec<&str> = offer
        .lines()
        .filter(|line| line.starts_with("m="))
        .collect();
    assert_eq!(
        lines,
        [
            "m=image 0 udptl t38",
            "m=audio 0 RTP/SAVP 8",
            "m=audio 20000 RTP/AVP 0 101",
            "m=video 0 RTP/AVP 31",
            "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
        ]
    );
    let none = ["iLBC".to_owned()];
    let refused = offer_of_change(&wanted.codecs, None, Some(&last), &none, &own);
    assert_eq!(refused.unwrap_err(), SdpRefused::NoCommonCodec);
}
