//! The phone in the browser, with a real peer connection: rung, answered, heard at both ends, held, transferred, reloaded
//! in mid-call, taken over, and refused to whoever has none.

use crate::{
    browser::{Browser, Page},
    desk::{EXTENSION, hangs_up, is_hung_up, tells},
    kring::{A_SLOW_MACHINE, Agent, House, Kring, eventually, free_port},
    parts::CITIZEN,
    scenario::{PLAIN, Scenario, sdp},
    sipp::Sipp,
    talker::{self, Talker},
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Any free port, so that tests do not meet.
const MEDIA: &str = "browser_port = 0\n";

fn house(tables: &str, seats: &[(&'static str, &str)]) -> (Kring, Vec<Agent>) {
    let seats = seats
        .iter()
        .map(|(login, device)| (*login, (*device).to_owned()));
    House {
        tables,
        media: MEDIA,
        sip: "options_ping_s = 0",
        seats: seats.collect(),
        ..House::default()
    }
    .open()
}

/// A citizen who calls, and is answered by malee's browser by her click.
struct Talk {
    kring: Kring,
    malee: Agent,
    browser: Browser,
    caller: Sipp,
    citizen: Talker,
    id: String,
}

impl Talk {
    fn begins(tables: &str, caller: &dyn Fn(Scenario) -> Scenario) -> Talk {
        let (kring, mut agents) = house(tables, &[("malee", "browser")]);
        let malee = agents.remove(0);
        let browser = Browser::open(&malee, talker::AGENT);
        let mut citizen = Talker::open(talker::CITIZEN);
        let calls = Scenario::caller()
            .calls(PLAIN, &sdp(citizen.port))
            .may_hear("100")
            .hears("180")
            .hears("200")
            .acks("");
        let caller = kring.caller("caller", &caller(calls));
        let id = browser.page.offered();
        browser.page.phone_is("ringing");
        let clicked = Instant::now();
        clicks(&malee, &id);
        citizen.speak_to(&caller.wait_for(false, "200"));
        let heard = browser.hears(talker::CITIZEN).duration_since(clicked);
        citizen.hears(&[talker::AGENT]);
        eprintln!(
            "set-up {:?}; from the click until 300 ms of the caller were heard: {heard:?}",
            browser.set_up
        );
        browser.page.phone_is("talking");
        Talk {
            kring,
            malee,
            browser,
            caller,
            citizen,
            id,
        }
    }

    fn asks(&self, what: &str) {
        let told = self
            .malee
            .post(&format!("/api/v1/calls/{}/{what}", self.id), "{}");
        assert!(told.status < 300, "{what}: {told:?}");
    }
}

fn clicks(agent: &Agent, call: &str) {
    let answered = agent.post(&format!("/api/v1/calls/{call}/answer"), "{}");
    assert!(answered.status < 300, "{answered:?}");
}

fn lights(agent: &Agent) -> Value {
    let told = agent.post("/api/v1/me/readiness", "{}");
    serde_json::from_str(&told.body).expect("JSON")
}

fn me(agent: &Agent) -> Value {
    serde_json::from_str(&agent.get("/api/v1/me").body).expect("JSON")
}

/// A call from the first ring to the last word: tones at both ends, hold, keys, quality, the end.
#[test]
fn a_browser_is_a_phone_as_any_other() {
    let talk = Talk::begins("[agent]\nwrapup_s = 0\n", &is_hung_up);
    let phone = me(&talk.malee)["phone"].clone();
    assert_eq!(
        phone,
        json!({"kind": "browser", "leg": "connected", "ice_servers": []})
    );
    let light = lights(&talk.malee);
    assert_eq!(light["lights"]["phone_leg"], true, "{light}");
    assert_eq!(light["ready"], true, "{light}");

    talk.asks("hold");
    talk.citizen.hears_music();
    talk.browser.hears_nothing();
    talk.asks("resume");
    talk.citizen.hears(&[talker::AGENT]);
    talk.browser.hears(talker::CITIZEN);

    // One packet in ten is lost between the browser and kring: whoever asks is told so.
    talk.browser.loses_each(10);
    let poor = |frame: &Value| {
        frame["d"]["up"]["loss_pct"]
            .as_f64()
            .is_some_and(|pct| pct > 5.0)
    };
    let figures = talk.browser.page.hears("phone.quality", poor);
    assert_eq!(figures["d"]["down"]["loss_pct"], 0.0, "{figures}");
    talk.browser.loses_each(0);

    talk.kring
        .metrics_until("kring_browser_legs{state=\"connected\"} 1");
    talk.kring
        .metrics_until("kring_browser_leg_setup_seconds_count 1");
    talk.asks("hangup");
    talk.caller.finish();
    talk.browser.page.phone_is("idle");
    let call = talk.kring.newest_call("state", "ended");
    assert_eq!(
        (&call["outcome"], &call["agent"]),
        (&json!("answered"), &json!("malee"))
    );
}

/// Keys pass as telephone-event, under the caller's number for them.
#[test]
fn keys_of_the_browser_are_heard_by_the_caller() {
    let (kring, agents) = house("", &[("malee", "browser")]);
    let browser = Browser::open(&agents[0], talker::AGENT);
    let mut ear = crate::sound::Ear::open(0xd5);
    let with_keys = format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n",
        ear.port
    );
    let calls = Scenario::caller()
        .calls(PLAIN, &with_keys)
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("");
    let caller = kring.caller("caller", &is_hung_up(calls));
    let id = browser.page.offered();
    clicks(&agents[0], &id);
    ear.speak_to(&caller.wait_for(false, "200"));
    assert!(
        ear.hears_sound(5, A_SLOW_MACHINE) >= 5,
        "the agent is heard"
    );
    browser.presses('7');
    assert!(ear.hears_key(7, A_SLOW_MACHINE), "the key is not heard");
    agents[0].post(&format!("/api/v1/calls/{id}/hangup"), "{}");
    caller.finish();
}

/// F5 in mid-call: another page with another offer, and the sound is back within two seconds. SIP has not noticed. Then
/// the socket alone is lost, and nobody hears anything of it.
#[test]
fn a_reload_brings_the_sound_back() {
    let talk = Talk::begins("", &is_hung_up);
    let Talk {
        kring,
        malee,
        browser,
        caller,
        citizen,
        id,
    } = talk;
    // Nothing is said on the way out: the machine was switched off and on again.
    drop(browser);
    let reloaded = Instant::now();
    let browser = Browser::open(&malee, talker::AGENT);
    browser.page.phone_is("talking");
    let heard = browser.hears(talker::CITIZEN).duration_since(reloaded);
    citizen.hears(&[talker::AGENT]);
    let both = reloaded.elapsed();
    eprintln!("a reload: heard after {heard:?}, both ways after {both:?}, 300 ms of tone each");
    assert!(both < Duration::from_secs(2), "{both:?}");

    let unheard = browser.loses_its_socket();
    let browser = unheard.connects_again(&malee);
    browser.page.phone_is("talking");
    browser.hears(talker::CITIZEN);

    let ended = malee.post(&format!("/api/v1/calls/{id}/hangup"), "{}");
    assert!(ended.status < 300, "{ended:?}");
    let ladder = caller.finish();
    let invites = ladder.iter().filter(|message| message.is("INVITE")).count();
    assert_eq!(invites, 1, "the caller was asked nothing");
    let heard = citizen.stop();
    let first = kring_media::rtp::look(&heard.packets[0].packet)
        .expect("RTP")
        .ssrc;
    let others = heard
        .packets
        .iter()
        .filter_map(|heard| kring_media::rtp::look(&heard.packet));
    assert!(
        others.into_iter().all(|seen| seen.ssrc == first),
        "one stream"
    );
    kring.newest_call("state", "ended");
}

/// By REST, to an extension of the PBX: the browser's phone is free when somebody else has the caller.
#[test]
fn a_caller_at_the_browser_is_transferred() {
    let unit_at = free_port();
    let tables = format!(
        "[agent]\nwrapup_s = 0\n[dial]\npatterns = [\"15XX\"]\n\
         [[trunk]]\nname = \"pbx\"\naddress = \"127.0.0.1:{unit_at}\"\npeers = [\"127.0.0.1\"]\n"
    );
    let talk = Talk::begins(&tables, &hangs_up);
    let mut unit = Talker::open(talker::UNIT);
    let lifts = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .waits(300)
        .answers("200 OK", PLAIN, &sdp(unit.port))
        .hears("ACK");
    let unit_phone = talk.kring.phone("unit", unit_at, &is_hung_up(lifts));
    // Asked first, then handed over.
    let path = format!("/api/v1/calls/{}/consult", talk.id);
    let asked = talk
        .malee
        .post(&path, &json!({"extension": EXTENSION}).to_string());
    assert_eq!(asked.status, 202, "{asked:?}");
    unit.speak_to(&unit_phone.wait_for(false, "INVITE"));
    talk.browser.hears(talker::UNIT);
    unit.hears(&[talker::AGENT]);
    talk.citizen.hears_music();
    talk.asks("consult/complete");
    talk.citizen.hears(&[talker::UNIT]);
    unit.hears(&[talker::CITIZEN]);
    talk.browser.page.phone_is("idle");
    talk.browser.hears_nothing();
    talk.caller.cue();
    talk.caller.finish();
    unit_phone.finish();
    let journal = talk.kring.journal_until("ended      by Caller");
    tells(&journal, &["caller and 1500", "ended      by Caller"]);
}

/// Who has the phone is who is signed in: nobody else gets it, keeps it or ends it; the agent's own second page does.
#[test]
fn a_phone_is_its_agents_alone() {
    let phone_at = free_port();
    let elsewhere = format!("sip:anan@127.0.0.1:{phone_at}");
    let seats = [
        ("malee", "browser"),
        ("suda", "browser"),
        ("anan", elsewhere.as_str()),
    ];
    let (_kring, agents) = house("", &seats);
    let [malee, suda, anan] = &agents[..] else {
        panic!("three");
    };
    let browser = Browser::open(malee, talker::AGENT);
    assert_eq!(me(anan)["phone"], Value::Null);
    assert_eq!(lights(suda)["lights"]["device"], false, "she has no leg");
    let code = |page: &Page| page.hears("phone.refused", |_| true)["d"]["code"].clone();
    let other = Page::open(anan);
    other.says(&json!({"t": "phone.offer", "offer": 1, "sdp": "v=0"}));
    assert_eq!(code(&other), "no_browser_phone");
    let other = Page::open(suda);
    other.says(&json!({"t": "phone.keep", "leg": browser.leg}));
    assert_eq!(code(&other), "no_leg");
    other.says(&json!({"t": "phone.close"}));
    other.says(&json!({"t": "phone.offer", "offer": 2, "sdp": "v=0\r\n"}));
    other.hears("phone.refused", |frame| frame["d"]["code"] == "bad_offer");
    assert_eq!(me(malee)["phone"]["leg"], "connected", "hers is as it was");

    let second = Browser::open(malee, talker::UNIT);
    browser
        .page
        .hears("phone.state", |frame| frame["d"]["state"] == "taken");
    browser.page.says(&json!({"t": "phone.close"}));
    second
        .page
        .says(&json!({"t": "phone.keep", "leg": second.leg}));
    second
        .page
        .hears("phone.state", |frame| frame["d"]["state"] == "connected");
    assert_eq!(
        me(malee)["phone"]["leg"],
        "connected",
        "the second page has it"
    );
    second.page.says(&json!({"t": "phone.close"}));
    second
        .page
        .hears("phone.state", |frame| frame["d"]["state"] == "closed");
    let none = || (me(malee)["phone"]["leg"] == "none").then_some(());
    assert!(eventually(A_SLOW_MACHINE, none).is_some(), "{}", me(malee));
}

/// No page has the phone: kring hears so at once, and nobody waits a second for a ring that is only drawn.
#[test]
fn a_phone_without_a_page_is_not_there() {
    let (kring, agents) = house("", &[("malee", "browser")]);
    let _page = Page::open(&agents[0]);
    let calls = Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .waits(300)
        .cancels(PLAIN)
        .hears("200")
        .hears("487")
        .acks_refusal();
    kring.caller("caller", &calls).finish();
    kring.journal_until("unreached  malee Unregistered 480");
}

/// A caller who speaks µ-law only is understood, whatever the browser speaks.
#[test]
fn the_other_law_is_understood() {
    let (kring, agents) = house("", &[("malee", "browser")]);
    let browser = Browser::open(&agents[0], talker::AGENT);
    let ear = crate::sound::Ear::open(0xff);
    let ulaw = format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n",
        ear.port
    );
    let calls = Scenario::caller()
        .calls(PLAIN, &ulaw)
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("");
    let caller = kring.caller("caller", &is_hung_up(calls));
    let id = browser.page.offered();
    clicks(&agents[0], &id);
    caller.wait_for(false, "200");
    assert!(
        ear.hears_codec(0, 20, A_SLOW_MACHINE) >= 20,
        "no µ-law comes"
    );
    agents[0].post(&format!("/api/v1/calls/{id}/hangup"), "{}");
    caller.finish();
}
