//! A supervisor hears a call at their own phone: who hears whom in each mode, judged by tones, through hold and consult.

use crate::{
    desk::{Desk, Talk, Three, hangs_up, is_hung_up, tells},
    kring::{Agent, free_port},
    scenario::{PLAIN, Scenario, sdp},
    sipp::Sipp,
    talker::{AGENT, BOSS, CITIZEN, Talker, UNIT},
};
use serde_json::{Value, json};

/// wilai, who watches over malee, and her phone.
struct Boss {
    wilai: Agent,
    voice: Talker,
    phone: Sipp,
}

/// A house with both; wilai's phone is at this port.
fn house() -> (Desk, u16) {
    let port = free_port();
    let device = format!("sip:wilai@127.0.0.1:{port}");
    let desk = Desk::opened("", "", |prepared| {
        prepared.with_supervisor("wilai", &device)
    });
    (desk, port)
}

impl Boss {
    /// wilai hears this call so: her phone rings, and she lifts it.
    fn hears(desk: &Desk, port: u16, talk: &Talk, mode: &str) -> Boss {
        let mut voice = Talker::open(BOSS);
        let lifts = Scenario::phone()
            .hears("INVITE")
            .answers("180 Ringing", PLAIN, "")
            .answers("200 OK", PLAIN, &sdp(voice.port))
            .hears("ACK");
        let phone = desk.kring.phone("wilai", port, &is_hung_up(lifts));
        let wilai = desk.kring.enter("wilai");
        let asked = asks(&wilai, talk, mode);
        assert_eq!(asked["state"], "ringing", "{asked}");
        voice.speak_to(&phone.wait_for(false, "INVITE"));
        Boss {
            wilai,
            voice,
            phone,
        }
    }

    fn turns(&self, talk: &Talk, mode: &str) {
        let asked = asks(&self.wilai, talk, mode);
        assert_eq!(asked["state"], "on", "{asked}");
    }
}

fn asks(wilai: &Agent, talk: &Talk, mode: &str) -> Value {
    let path = format!("/api/v1/calls/{}/monitor", talk.id);
    let told = wilai.post(&path, &json!({ "mode": mode }).to_string());
    assert_eq!(told.status, 202, "{told:?}");
    serde_json::from_str(&told.body).expect("JSON")
}

/// Each mode after the other, with one ring; then a hold, in which a whisper is the agent's alone.
#[test]
fn each_hears_whom_it_should_in_every_mode() {
    let (desk, port) = house();
    let talk = desk.talks(&hangs_up, &is_hung_up);
    let boss = Boss::hears(&desk, port, &talk, "listen");
    boss.voice.hears(&[CITIZEN, AGENT]);
    talk.citizen.hears(&[AGENT]);
    talk.agent.hears(&[CITIZEN]);

    boss.turns(&talk, "whisper");
    talk.agent.hears(&[CITIZEN, BOSS]);
    talk.citizen.hears(&[AGENT]);
    boss.voice.hears(&[CITIZEN, AGENT]);

    let held = format!("/api/v1/calls/{}/hold", talk.id);
    assert_eq!(desk.malee.post(&held, "{}").status, 200);
    talk.citizen.hears_music();
    talk.agent.hears(&[BOSS]);
    boss.voice.hears(&[AGENT]);
    let resumed = format!("/api/v1/calls/{}/resume", talk.id);
    assert_eq!(desk.malee.post(&resumed, "{}").status, 200);
    talk.citizen.hears(&[AGENT]);

    boss.turns(&talk, "barge");
    talk.citizen.hears(&[AGENT, BOSS]);
    talk.agent.hears(&[CITIZEN, BOSS]);
    boss.voice.hears(&[CITIZEN, AGENT]);

    let path = format!("/api/v1/calls/{}/monitor", talk.id);
    assert_eq!(boss.wilai.delete(&path).status, 204);
    talk.citizen.hears(&[AGENT]);
    talk.agent.hears(&[CITIZEN]);
    boss.phone.finish();
    talk.caller.cue();
    talk.caller.finish();
    talk.phone.finish();
    for heard in [talk.citizen.stop(), talk.agent.stop()] {
        heard.assert_one_stream();
    }
    tells(
        &desk.kring.journal_until("ended      by Caller"),
        &[
            "wilai is rung to listen",
            "wilai: listen, malee is told",
            "wilai: whisper, malee is told",
            "wilai: barge, malee is told",
            "wilai no more, left",
        ],
    );
}

/// The supervisor goes along: to the unit that is asked, to the three, and with the citizen to the unit; and is let go
/// with the call.
#[test]
fn a_supervisor_goes_where_the_call_goes() {
    let (desk, port) = house();
    let three = desk.consults([&hangs_up, &is_hung_up, &is_hung_up]);
    let Three {
        talk,
        unit,
        unit_phone,
        ..
    } = three;
    let boss = Boss::hears(&desk, port, &talk, "whisper");
    boss.voice.hears(&[AGENT, UNIT]);
    talk.agent.hears(&[UNIT, BOSS]);
    unit.hears(&[AGENT]);
    talk.citizen.hears_music();
    desk.turns(&talk.id, "swap");
    boss.voice.hears(&[CITIZEN, AGENT]);
    talk.citizen.hears(&[AGENT]);
    unit.hears_music();
    desk.turns(&talk.id, "complete");
    boss.voice.hears(&[CITIZEN, UNIT]);
    unit.hears(&[CITIZEN, BOSS]);
    talk.citizen.hears(&[UNIT]);
    talk.phone.finish();
    talk.caller.cue();
    talk.caller.finish();
    unit_phone.finish();
    boss.phone.finish();
    tells(
        &desk.kring.journal_until("call_over"),
        &[
            "caller and 1500",
            "ended      by Caller",
            "wilai no more, call_over",
        ],
    );
}
