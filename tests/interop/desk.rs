//! A desk from which callers are transferred: malee's phone, and an extension of the PBX that kring dials, each played
//! by SIPp and each with a voice.

use crate::{
    kring::{A_SLOW_MACHINE, Agent, Answer, House, Kring, Prepared, eventually, free_port},
    scenario::{PLAIN, Scenario, sdp},
    sipp::Sipp,
    talker::{self, Talker},
};
use serde_json::{Value, json};

/// The extension.
pub const EXTENSION: &str = "1500";

/// Rings of a second, and a caller's PBX on this machine.
const TABLES: &str = "[agent]\nwrapup_s = 0\n[ring]\ncadence_on_ms = 300\ncadence_off_ms = 1700\nguard_ms = 300\n\
                      [dial]\npatterns = [\"15XX\"]\n";

/// The house, the agent who sits there, and where the phones are.
pub struct Desk {
    pub kring: Kring,
    pub malee: Agent,
    pub phone_at: u16,
    pub unit_at: u16,
}

/// Citizen and agent who talk with each other.
pub struct Talk {
    pub caller: Sipp,
    pub phone: Sipp,
    pub citizen: Talker,
    pub agent: Talker,
    /// Of the call.
    pub id: String,
}

/// Three who talk in some way.
pub struct Three {
    pub talk: Talk,
    pub unit: Talker,
    pub unit_phone: Sipp,
    /// Of the transfer.
    pub transfer: String,
}

impl Desk {
    /// With more keys of the trunk and of `[transfer]`.
    pub fn open(trunk: &str, transfer: &str) -> Desk {
        Desk::opened(trunk, transfer, |prepared| prepared)
    }

    /// The same, with somebody more.
    pub fn opened(trunk: &str, transfer: &str, more: impl FnOnce(Prepared) -> Prepared) -> Desk {
        let [phone_at, unit_at] = [free_port(), free_port()];
        let tables = format!(
            "{TABLES}[[trunk]]\nname = \"pbx\"\naddress = \"127.0.0.1:{unit_at}\"\npeers = [\"127.0.0.1\"]\n{trunk}\n\
             [transfer]\n{transfer}\n"
        );
        let house = House {
            tables: &tables,
            // Whoever plays the extension is there for one call, and expects nothing else.
            sip: "options_ping_s = 0",
            seats: vec![("malee", format!("sip:malee@127.0.0.1:{phone_at}"))],
            ..House::default()
        };
        let (kring, mut agents) = more(house.prepare()).open();
        let malee = agents.remove(0);
        Desk {
            kring,
            malee,
            phone_at,
            unit_at,
        }
    }

    /// A department with this one desk, which rings so often.
    pub fn department(&self, rings: u8) {
        let unit = json!({"name_th": "หน่วยทดสอบ", "name_en": "Test unit", "short": "TEST"});
        let made = self
            .kring
            .post_that("/api/v1/departments", &unit.to_string());
        assert_eq!(made.status, 201, "{made:?}");
        let desk = json!({"label": "โต๊ะหนึ่ง", "extension": EXTENSION, "rings": rings});
        let path = "/api/v1/departments/TEST/endpoints";
        let made = self.kring.post_that(path, &desk.to_string());
        assert_eq!(made.status, 201, "{made:?}");
    }

    /// The call that malee has, once she has one.
    pub fn call(&self) -> String {
        let call = self.kring.newest_call("state", "talking");
        call["id"].as_str().expect("an id").to_owned()
    }

    /// A citizen who calls and talks with malee; each plays its part to the end, and both are heard.
    pub fn talks(
        &self,
        caller: &dyn Fn(Scenario) -> Scenario,
        phone: &dyn Fn(Scenario) -> Scenario,
    ) -> Talk {
        let (mut citizen, mut agent) = (Talker::open(talker::CITIZEN), Talker::open(talker::AGENT));
        let lifts = Scenario::phone()
            .hears("INVITE")
            .answers("180 Ringing", PLAIN, "")
            .answers("200 OK", PLAIN, &sdp(agent.port))
            .hears("ACK");
        let phone = self.kring.phone("phone", self.phone_at, &phone(lifts));
        let calls = Scenario::caller()
            .calls(PLAIN, &sdp(citizen.port))
            .may_hear("100")
            .hears("180")
            .hears("200")
            .acks("");
        let caller = self.kring.caller("caller", &caller(calls));
        agent.speak_to(&phone.wait_for(false, "INVITE"));
        citizen.speak_to(&caller.wait_for(false, "200"));
        let id = self.call();
        citizen.hears(&[talker::AGENT]);
        agent.hears(&[talker::CITIZEN]);
        Talk {
            caller,
            phone,
            citizen,
            agent,
            id,
        }
    }

    /// The same, and malee asks the unit, which answers: caller, agent and unit each play their part from there.
    pub fn consults(&self, [caller, phone, unit]: [&dyn Fn(Scenario) -> Scenario; 3]) -> Three {
        let talk = self.talks(caller, phone);
        let (mut voice, path) = (
            Talker::open(talker::UNIT),
            format!("/api/v1/calls/{}/consult", talk.id),
        );
        let lifts = Scenario::phone()
            .hears("INVITE")
            .answers("180 Ringing", PLAIN, "")
            .waits(300)
            .answers("200 OK", PLAIN, &sdp(voice.port))
            .hears("ACK");
        let unit_phone = self.kring.phone("unit", self.unit_at, &unit(lifts));
        let transfer = self.begins(&path, &json!({"extension": EXTENSION}));
        voice.speak_to(&unit_phone.wait_for(false, "INVITE"));
        self.transfer_until(&transfer, "answered");
        voice.hears(&[talker::AGENT]);
        talk.agent.hears(&[talker::UNIT]);
        talk.citizen.hears_music();
        Three {
            talk,
            unit: voice,
            unit_phone,
            transfer,
        }
    }

    /// malee transfers her call: the transfer's id.
    pub fn transfers(&self, id: &str, wanted: &Value) -> String {
        self.begins(&format!("/api/v1/calls/{id}/transfer"), wanted)
    }

    fn begins(&self, path: &str, wanted: &Value) -> String {
        let begun = self.malee.post(path, &wanted.to_string());
        assert_eq!(begun.status, 202, "{begun:?}");
        let begun: Value = serde_json::from_str(&begun.body).expect("JSON");
        assert_eq!(begun["state"], "requested", "{begun}");
        begun["transfer_id"].as_str().expect("an id").to_owned()
    }

    /// malee's turn in a consult: `complete`, `cancel`, `swap`, `conference`.
    pub fn turns(&self, id: &str, turn: &str) -> Answer {
        let told = self
            .malee
            .post(&format!("/api/v1/calls/{id}/consult/{turn}"), "{}");
        assert_eq!(told.status, 200, "{turn}: {told:?}");
        told
    }

    /// A transfer as it is told, once it is in this state.
    #[track_caller]
    pub fn transfer_until(&self, transfer: &str, state: &str) -> Value {
        let path = format!("/api/v1/transfers/{transfer}");
        let now = || serde_json::from_str::<Value>(&self.malee.get(&path).body).ok();
        eventually(A_SLOW_MACHINE, || {
            now().filter(|told| told["state"] == state)
        })
        .unwrap_or_else(|| panic!("not {state}, but {:?}", now()))
    }
}

/// Whoever is hung up on.
pub fn is_hung_up(side: Scenario) -> Scenario {
    side.hears("BYE").answers("200 OK", PLAIN, "")
}

/// Whoever hangs up when the test says so.
pub fn hangs_up(side: Scenario) -> Scenario {
    side.hears_cue().says("BYE", PLAIN, "").hears("200")
}

/// The lines of a journal, in this order.
#[track_caller]
pub fn tells(journal: &str, lines: &[&str]) {
    let mut rest = journal;
    for line in lines {
        let Some(at) = rest.find(line) else {
            panic!("{line:?} is not there, or not after the others, in\n{journal}");
        };
        rest = &rest[at + line.len()..];
    }
}
