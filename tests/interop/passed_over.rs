//! Phones that will not or cannot take the call: whatever they say, the next phone rings at once, and the
//! journal tells why.

use crate::{
    kring::Kring,
    parts::{AGENT, caller_talks, phone_answers},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp, sdp_with},
};

/// The first phone answers with this; the second takes the call.
fn passed_over(first: Scenario, why: &str) -> (Kring, String) {
    let ports = [free_port(), free_port()];
    let seats = [("anong", ports[0]), ("boonmi", ports[1])];
    let (kring, _agents) = Kring::with_agents("", &seats);
    let first = kring.phone("first", ports[0], &first);
    let second = kring.phone("second", ports[1], &phone_answers(100));
    kring.caller("caller", &caller_talks(300)).finish();
    first.finish();
    second.finish();
    let call = kring.newest_call("state", "ended");
    assert_eq!(
        (&call["agent"], &call["outcome"]),
        (&"boonmi".into(), &"answered".into())
    );
    let journal = kring.journal_until("ended");
    let line = format!("unreached  anong {why}");
    assert!(journal.contains(&line), "no {line:?} in\n{journal}");
    (kring, journal)
}

fn says(status: &str) -> Scenario {
    says_with(status, PLAIN)
}

fn says_with(status: &str, lines: &[&str]) -> Scenario {
    Scenario::phone()
        .hears("INVITE")
        .answers(status, lines, "")
        .hears("ACK")
}

#[test]
fn a_busy_phone_says_486() {
    passed_over(says("486 Busy Here"), "Busy 486");
}

#[test]
fn a_phone_that_is_busy_everywhere_says_600() {
    passed_over(says("600 Busy Everywhere"), "Busy 600");
}

#[test]
fn a_phone_that_declines_says_603() {
    passed_over(says("603 Decline"), "Declined 603");
}

#[test]
fn a_phone_that_is_gone_says_480() {
    passed_over(says("480 Temporarily Unavailable"), "Unregistered 480");
}

#[test]
fn a_phone_that_nobody_knows_says_404() {
    passed_over(says("404 Not Found"), "Unregistered 404");
}

#[test]
fn a_phone_that_timed_out_says_408() {
    passed_over(says("408 Request Timeout"), "Failed 408");
}

#[test]
fn a_phone_that_is_ill_says_503() {
    passed_over(
        says_with("503 Service Unavailable", &["Retry-After: 30"]),
        "Failed 503",
    );
}

#[test]
fn a_phone_that_wants_another_codec_says_488() {
    passed_over(says("488 Not Acceptable Here"), "Failed 488");
}

/// A phone cannot send the call elsewhere: nobody listens at the place that its 302 names, and if
/// somebody did, nothing would come.
#[test]
fn a_phone_that_forwards_by_302_is_passed_over() {
    let elsewhere = std::net::UdpSocket::bind("127.0.0.1:0").expect("a free port");
    elsewhere.set_nonblocking(true).expect("a socket");
    let port = elsewhere.local_addr().expect("bound").port();
    let contact = format!("Contact: <sip:premium@127.0.0.1:{port}>");
    let forwards = Scenario::phone()
        .hears("INVITE")
        .answers("181 Call Is Being Forwarded", PLAIN, "")
        .answers("302 Moved Temporarily", &[&contact], "")
        .hears("ACK");
    passed_over(forwards, "Redirected 302");
    assert!(
        elsewhere.recv_from(&mut [0; 2_000]).is_err(),
        "kring called where a phone said"
    );
}

/// The phone takes the call with a codec that the caller cannot have: ACK, BYE with the reason, next.
#[test]
fn a_phone_that_answers_with_another_codec_is_hung_up() {
    let speaks_gsm = sdp_with(AGENT, "3", &["a=rtpmap:3 GSM/8000"]);
    let strange = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .answers("200 OK", PLAIN, &speaks_gsm)
        .hears("ACK")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    passed_over(strange, "Failed 488");
}

/// A 200 without any description is no answer to an offer.
#[test]
fn a_phone_that_answers_without_sdp_is_hung_up() {
    let mute = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .answers("200 OK", PLAIN, "")
        .hears("ACK")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    passed_over(mute, "Failed 488");
}

/// Rings, and then declines.
#[test]
fn a_phone_that_rings_and_declines_is_passed_over() {
    let declines = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .waits(500)
        .answers(
            "603 Decline",
            &["Reason: SIP;cause=603;text=\"Declined\""],
            "",
        )
        .hears("ACK");
    let (_, journal) = passed_over(declines, "Declined 603");
    assert!(journal.contains("alerting   anong"), "{journal}");
}

/// Early media: 183 with a description counts as ringing; the caller hears kring's 180 alone.
#[test]
fn a_phone_with_early_media_rings() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = Scenario::phone()
        .hears("INVITE")
        .answers("183 Session Progress", PLAIN, &sdp(AGENT))
        .waits(300)
        .answers("200 OK", PLAIN, &sdp(AGENT))
        .hears("ACK")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let phone = kring.phone("phone", at, &phone);
    let ladder = kring.caller("caller", &caller_talks(300)).finish();
    phone.finish();
    assert!(!ladder.iter().any(|m| m.is("183")), "{ladder:#?}");
    let journal = kring.journal_until("ended");
    assert!(journal.contains("alerting   malee"), "{journal}");
}

/// A proxy before the phones forks: two of them ring, the second answers.
#[test]
fn forked_ringing_with_two_tags_is_one_phone() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = Scenario::phone()
        .hears("INVITE")
        .as_fork("fork-a")
        .answers("180 Ringing", PLAIN, "")
        .as_fork("fork-b")
        .answers("180 Ringing", PLAIN, "")
        .answers("200 OK", PLAIN, &sdp(AGENT))
        .hears("ACK")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let phone = kring.phone("phone", at, &phone);
    kring.caller("caller", &caller_talks(300)).finish();
    let ladder = phone.finish();
    let ack = ladder.iter().find(|m| m.is("ACK")).expect("an ACK");
    assert!(
        ack.get("To").unwrap_or_default().contains("tag=fork-b"),
        "{}",
        ack.text
    );
    let journal = kring.journal_until("ended");
    assert_eq!(journal.matches("alerting ").count(), 1, "{journal}");
}

/// Both forks answer: the first has the call, the second gets ACK and BYE in its own dialog.
#[test]
fn a_second_fork_that_answers_is_acknowledged_and_hung_up() {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", at)]);
    let phone = Scenario::phone()
        .hears("INVITE")
        .as_fork("fork-a")
        .answers("180 Ringing", PLAIN, "")
        .answers("200 OK", PLAIN, &sdp(AGENT))
        .hears("ACK")
        .as_fork("fork-b")
        .answers_invite("200 OK", PLAIN, &sdp(AGENT))
        .hears("ACK")
        .hears("BYE")
        .answers("200 OK", PLAIN, "")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let phone = kring.phone("phone", at, &phone);
    kring.caller("caller", &caller_talks(1_000)).finish();
    let ladder = phone.finish();
    let ended: Vec<bool> = ladder
        .iter()
        .filter(|m| m.is("BYE"))
        .map(|m| m.get("To").unwrap_or_default().contains("fork-b"))
        .collect();
    assert_eq!(
        ended,
        [true, false],
        "the fork first, the call later: {ladder:#?}"
    );
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
}
