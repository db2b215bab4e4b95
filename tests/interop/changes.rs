//! Another codec in the middle of a call: what phone and caller are really offered and answered, and what
//! they hear of each other before and after.

use crate::{
    kring::{A_SLOW_MACHINE, House, Kring, eventually},
    parts::{AGENT, CITIZEN, caller_is_answered, phone_is_answered},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp, sdp_with},
    sipp::{Logged, Sipp},
    sound::Ear,
};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(15);

fn house(sip: &'static str) -> (Kring, u16) {
    let at = free_port();
    let (kring, _agents) = House {
        sip,
        seats: vec![("malee", format!("sip:malee@127.0.0.1:{at}"))],
        ..House::default()
    }
    .open();
    (kring, at)
}

/// G.722 and nothing else to speak in.
fn g722(port: u16) -> String {
    let events = "a=rtpmap:101 telephone-event/8000";
    sdp_with(port, "9 101", &["a=rtpmap:9 G722/8000", events])
}

/// The message of this kind that was heard or sent as the `n`th, from 0.
#[track_caller]
fn nth<'a>(ladder: &'a [Logged], sent: bool, what: &str, n: usize) -> &'a Logged {
    let mut found = ladder.iter().filter(|m| m.sent == sent && m.is(what));
    found
        .nth(n)
        .unwrap_or_else(|| panic!("no {what} number {n} in {ladder:#?}"))
}

fn is_g722(message: &Logged) -> bool {
    message.text.contains(" RTP/AVP 9 101") && message.text.contains("a=rtpmap:9 G722/8000")
}

/// A caller and a phone with ears, so that what they hear can be judged; the caller changes to G.722.
struct Changing {
    citizen: Ear,
    agent: Ear,
    caller: Sipp,
    phone: Sipp,
    kring: Kring,
}

impl Changing {
    /// Both speak PCMA and hear each other. The phone does `then` after its first ACK; the caller hears
    /// `code` to its re-INVITE and talks on for two seconds.
    fn begin(code: &str, then: impl FnOnce(Scenario, u16) -> Scenario) -> Changing {
        let (kring, at) = house("");
        let (mut citizen, mut agent) = (Ear::open(0x2a), Ear::open(0x6b));
        let phone = Scenario::phone()
            .hears("INVITE")
            .answers("180 Ringing", PLAIN, "")
            .answers("200 OK", PLAIN, &sdp(agent.port))
            .hears("ACK");
        let phone = then(phone, agent.port)
            .hears("BYE")
            .answers("200 OK", PLAIN, "");
        let phone = kring.phone("phone", at, &phone);
        let caller = Scenario::caller()
            .calls(PLAIN, &sdp(citizen.port))
            .may_hear("100")
            .hears("180")
            .hears("200")
            .acks("")
            .waits(1_500)
            .says("INVITE", PLAIN, &g722(citizen.port))
            .may_hear("100")
            .hears(code);
        let caller = match code {
            "200" => caller.acks(""),
            _ => caller.acks_refusal(),
        };
        let caller = caller.waits(2_000).says("BYE", PLAIN, "").hears("200");
        let caller = kring.caller("caller", &caller);
        citizen.speak_to(&caller.wait_for(false, "200"));
        agent.speak_to(&phone.wait_for(false, "INVITE"));
        assert!(citizen.hears_codec(8, 20, SOON) >= 20, "PCMA before");
        assert!(agent.hears_codec(8, 20, SOON) >= 20, "PCMA before");
        Changing {
            citizen,
            agent,
            caller,
            phone,
            kring,
        }
    }

    /// When the caller has been told, both speak in this codec and are heard in it.
    fn go_on_in(&self, codec: u8, code: &str) {
        let told = || {
            let ladder = self.caller.ladder();
            let mut told = ladder.iter().filter(|m| !m.sent && m.is(code));
            told.any(|m| m.cseq() == "2 INVITE").then_some(())
        };
        eventually(A_SLOW_MACHINE, told).expect("an answer to the change");
        self.citizen.changes_to(codec);
        self.agent.changes_to(codec);
        assert!(self.citizen.hears_codec(codec, 20, SOON) >= 20, "{codec}");
        assert!(self.agent.hears_codec(codec, 20, SOON) >= 20, "{codec}");
    }

    /// The ladders of caller and phone, when the caller has hung up.
    fn end(self) -> (Vec<Logged>, Vec<Logged>) {
        let ladders = (self.caller.finish(), self.phone.finish());
        let call = self.kring.newest_call("state", "ended");
        assert_eq!(call["ended_by"], "caller");
        ladders
    }
}

/// The caller changes to G.722: the phone is offered it, takes it, and both hear each other in it.
#[test]
fn a_codec_changed_by_the_caller_is_agreed_with_the_phone() {
    let changing = Changing::begin("200", |phone, port| {
        phone
            .hears("INVITE")
            .answers("200 OK", PLAIN, &g722(port))
            .hears("ACK")
    });
    changing.go_on_in(9, "200");
    let (caller, phone) = changing.end();
    let offered = nth(&phone, false, "INVITE", 1);
    assert!(is_g722(offered), "{}", offered.text);
    let version = |m: &Logged| -> u64 {
        let line = m.text.lines().find(|line| line.starts_with("o=kring "));
        let version = line.and_then(|line| line.split(' ').nth(2));
        version.and_then(|v| v.parse().ok()).expect("a version")
    };
    let first = nth(&phone, false, "INVITE", 0);
    assert_eq!(version(offered), version(first) + 1, "RFC 3264 section 8");
    let answered = nth(&caller, false, "200", 1);
    assert!(is_g722(answered), "{}", answered.text);
}

/// The phone refuses: the caller hears 488, and both go on as they were.
#[test]
fn a_phone_that_refuses_another_codec_leaves_the_call_as_it_was() {
    let changing = Changing::begin("488", |phone, _| {
        phone
            .hears("INVITE")
            .answers("488 Not Acceptable Here", PLAIN, "")
            .hears("ACK")
    });
    changing.go_on_in(8, "488");
    let (_, phone) = changing.end();
    assert!(is_g722(nth(&phone, false, "INVITE", 1)));
}

/// The phone says 491 to the offer, because it wants something itself: kring, which made the Call-ID,
/// comes back after 2.1 to 4 s (RFC 3261 §14.1), and the caller waits for that.
#[test]
fn glare_with_the_phone_is_waited_for() {
    let changing = Changing::begin("200", |phone, port| {
        phone
            .hears("INVITE")
            .answers("491 Request Pending", PLAIN, "")
            .hears("ACK")
            .hears("INVITE")
            .answers("200 OK", PLAIN, &g722(port))
            .hears("ACK")
    });
    changing.go_on_in(9, "200");
    let (_, phone) = changing.end();
    let (first, again) = (
        nth(&phone, false, "INVITE", 1),
        nth(&phone, false, "INVITE", 2),
    );
    let after = again.at - first.at;
    assert!((2.0..4.3).contains(&after), "came back after {after} s");
    assert_ne!(first.cseq(), again.cseq());
}

/// The phone changes by UPDATE: the caller is asked.
#[test]
fn a_codec_changed_by_the_phone_is_agreed_with_the_caller() {
    let (kring, at) = house("");
    let phone = phone_is_answered(100)
        .waits(300)
        .says("UPDATE", PLAIN, &g722(AGENT))
        .hears("200")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let phone = kring.phone("phone", at, &phone);
    let caller = caller_is_answered()
        .hears("INVITE")
        .answers("200 OK", PLAIN, &g722(CITIZEN))
        .hears("ACK")
        .waits(300)
        .says("BYE", PLAIN, "")
        .hears("200");
    let caller = kring.caller("caller", &caller).finish();
    let phone = phone.finish();
    assert!(is_g722(nth(&caller, false, "INVITE", 0)));
    assert!(is_g722(nth(&phone, false, "200", 0)));
}

/// A phone that finds the session too short is asked again with a longer one, in the same ring
/// (RFC 4028 §7.3).
#[test]
fn a_phone_that_wants_a_longer_session_gets_it() {
    let (kring, at) = house("session_timer_s = 300");
    let phone = Scenario::phone()
        .hears("INVITE")
        .answers("422 Session Interval Too Small", &["Min-SE: 900"], "")
        .hears("ACK")
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .waits(100)
        .answers("200 OK", PLAIN, &sdp(AGENT))
        .hears("ACK")
        .hears("BYE")
        .answers("200 OK", PLAIN, "");
    let phone = kring.phone("phone", at, &phone);
    let caller = caller_is_answered()
        .waits(200)
        .says("BYE", PLAIN, "")
        .hears("200");
    kring.caller("caller", &caller).finish();
    let phone = phone.finish();
    let (first, again) = (
        nth(&phone, false, "INVITE", 0),
        nth(&phone, false, "INVITE", 1),
    );
    assert_eq!(again.get("Session-Expires"), Some("900"));
    assert_eq!(again.get("Min-SE"), Some("900"));
    assert_eq!(first.get("Call-ID"), again.get("Call-ID"));
    assert_eq!([first.cseq(), again.cseq()], ["1 INVITE", "2 INVITE"]);
    assert_eq!(first.get("Expires"), again.get("Expires"), "the same ring");
}
