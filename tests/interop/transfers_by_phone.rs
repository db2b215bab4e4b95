//! Transfers by the phone's own button, from real phones; and a phone that calls by way of a PBX and obeys a REFER.

use crate::{
    baresip::Baresip,
    desk::{Desk, EXTENSION, hangs_up, is_hung_up, tells},
    kamailio::{REALM, Town},
    kring::{House, Kring, free_port},
    linphone::Linphone,
    parts::phone_is_answered,
    phones::{PASSWORD, house},
    scenario::{PLAIN, Scenario, sdp},
    sipp::Sipp,
    talker::{self, Talker},
};
use serde_json::json;

fn calls(kring: &Kring) -> (Sipp, Talker) {
    let mut citizen = Talker::open(talker::CITIZEN);
    let calls = Scenario::caller()
        .calls(PLAIN, &sdp(citizen.port))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("");
    let caller = kring.caller("caller", &hangs_up(calls));
    citizen.speak_to(&caller.wait_for(false, "200"));
    kring.newest_call("state", "talking");
    (caller, citizen)
}

fn unit(kring: &Kring, at: u16) -> (Sipp, Talker) {
    let unit = Talker::open(talker::UNIT);
    let lifts = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .waits(300)
        .answers("200 OK", PLAIN, &sdp(unit.port))
        .hears("ACK");
    (kring.phone("unit", at, &is_hung_up(lifts)), unit)
}

/// Whom the phone has sent away, the extension has.
fn has_the_citizen(
    kring: &Kring,
    (caller, citizen): (Sipp, Talker),
    (phone, mut unit): (Sipp, Talker),
) {
    unit.speak_to(&phone.wait_for(false, "INVITE"));
    citizen.hears(&[talker::UNIT]);
    unit.hears(&[talker::CITIZEN]);
    caller.cue();
    caller.finish();
    phone.finish();
    citizen.stop().assert_one_stream();
    tells(
        &kring.journal_until("ended      by Caller"),
        &[
            "malee transfers to 1500 by bridge at the phone",
            "caller and 1500",
        ],
    );
}

/// baresip's `transfer`: the citizen gets the extension, and kring's journal says that it was done at the phone.
#[test]
fn baresip_transfers_the_citizen() {
    let desk = Desk::open("", "");
    let account = "<sip:malee@127.0.0.1>;regint=0;answermode=auto";
    let mut phone = Baresip::start(desk.kring.folder.path(), desk.phone_at, account);
    let citizen = calls(&desk.kring);
    phone.wait_for("CALL_ESTABLISHED");
    let unit = unit(&desk.kring, desk.unit_at);
    phone.tell(
        "transfer",
        &format!("sip:{EXTENSION}@127.0.0.1:{}", desk.kring.sip),
    );
    phone.wait_for("CALL_CLOSED");
    has_the_citizen(&desk.kring, citizen, unit);
}

/// A house whose only phone is linphone's, registered; the extension is dialled through another trunk.
fn house_of_linphone(unit_at: u16) -> (Kring, Linphone) {
    let tables = format!(
        "[agent]\nwrapup_s = 0\n[dial]\npatterns = [\"15XX\", \"5021\"]\n\
         [[trunk]]\nname = \"units\"\naddress = \"127.0.0.1:{unit_at}\"\npeers = [\"127.0.0.1:{unit_at}\"]\n"
    );
    let house = house(House {
        tables: &tables,
        sip: "options_ping_s = 0\n",
        ..House::default()
    });
    let kring = house.with_phone("malee", "5021", PASSWORD).open().0;
    let mut phone = Linphone::start(&kring);
    phone.says("register-status ALL", "LinphoneRegistrationOk");
    (kring, phone)
}

/// A citizen whom linphone answers.
fn linphone_answers(kring: &Kring, phone: &mut Linphone) -> (Sipp, Talker) {
    let citizen = std::thread::scope(|both| {
        let citizen = both.spawn(|| calls(kring));
        phone.says("call-status", "LinphoneCallIncomingReceived");
        phone.tell("answer");
        citizen.join().expect("the citizen is answered")
    });
    phone.says("call-status", "LinphoneCallStreamsRunning");
    citizen
}

/// linphone's `call-transfer`; it hears by NOTIFY how it goes, and is hung up on.
#[test]
fn linphone_transfers_the_citizen() {
    let unit_at = free_port();
    let (kring, mut phone) = house_of_linphone(unit_at);
    let citizen = linphone_answers(&kring, &mut phone);
    let unit = unit(&kring, unit_at);
    phone.tell(&format!(
        "call-transfer 1 sip:{EXTENSION}@127.0.0.1:{}",
        kring.sip
    ));
    has_the_citizen(&kring, citizen, unit);
    phone.says("call-status", "No current call available");
}

/// linphone holds the citizen, calls the extension itself, and joins the two: `call-transfer 1 2`.
#[test]
fn linphone_asks_the_unit_and_hands_the_citizen_over() {
    let unit_at = free_port();
    let (kring, mut phone) = house_of_linphone(unit_at);
    let (caller, citizen) = linphone_answers(&kring, &mut phone);
    phone.tell("call-pause 1");
    phone.says("call-status 1", "LinphoneCallPaused");
    let (unit_phone, mut unit) = unit(&kring, unit_at);
    phone.tell(&format!("call sip:{EXTENSION}@127.0.0.1:{}", kring.sip));
    unit.speak_to(&unit_phone.wait_for(false, "INVITE"));
    phone.says("call-status 2", "LinphoneCallStreamsRunning");
    citizen.hears_music();
    phone.tell("call-transfer 1 2");
    citizen.hears(&[talker::UNIT]);
    unit.hears(&[talker::CITIZEN]);
    caller.cue();
    caller.finish();
    unit_phone.finish();
    citizen.stop().assert_one_stream();
    tells(
        &kring.journal_until("ended      by Caller"),
        &[
            "malee consults to 1500 by bridge at the phone",
            "agent and 1500",
            "caller and 1500",
        ],
    );
}

/// The extension is busy. baresip ends its call with the last NOTIFY, whatever it says: the citizen is brought back
/// to it by a new ring, and hears it again.
#[test]
fn baresip_is_rung_again_when_its_transfer_fails() {
    let desk = Desk::open("", "");
    let account = "<sip:malee@127.0.0.1>;regint=0;answermode=auto";
    let mut phone = Baresip::start(desk.kring.folder.path(), desk.phone_at, account);
    let (caller, citizen) = calls(&desk.kring);
    phone.wait_for("CALL_ESTABLISHED");
    let refuses = Scenario::phone()
        .hears("INVITE")
        .answers("486 Busy Here", PLAIN, "")
        .hears("ACK");
    let unit = desk.kring.phone("unit", desk.unit_at, &refuses);
    phone.tell(
        "transfer",
        &format!("sip:{EXTENSION}@127.0.0.1:{}", desk.kring.sip),
    );
    unit.finish();
    phone.wait_for("TRANSFER_FAILED");
    phone.wait_for("CALL_ESTABLISHED");
    citizen.hears_only(440.0);
    caller.cue();
    caller.finish();
    tells(
        &desk.kring.journal_until("ended      by Caller"),
        &[
            "by bridge at the phone",
            "1500 Busy 486",
            "served     malee",
        ],
    );
}

/// baresip has called by way of Kamailio. kring knows that it keeps its call until the other one is answered,
/// and asks it by REFER: it calls the department's phone by itself, and kring lets it go.
#[test]
fn a_phone_behind_kamailio_obeys() {
    let town = Town::build("", "\"038611025\"", &[]);
    let unit = json!({"name_th": "หน่วยทดสอบ", "name_en": "Test unit", "short": "TEST"});
    let made = town
        .kring
        .post_that("/api/v1/departments", &unit.to_string());
    assert_eq!(made.status, 201, "{made:?}");
    let desk = json!({"label": "โต๊ะหนึ่ง", "extension": "5022", "rings": 3});
    let made = town
        .kring
        .post_that("/api/v1/departments/TEST/endpoints", &desk.to_string());
    assert_eq!(made.status, 201, "{made:?}");

    town.register_phone();
    let phone = town.phone(&is_hung_up(phone_is_answered(300)));
    let pbx = format!("{}:5060", town.street.house(10));
    let folder = town.kring.folder.path();
    let starts = |user: &str, more: &str| {
        let account = format!(
            "<sip:{user}@{REALM}>;auth_user={user};auth_pass=change-me-{user};outbound=\"sip:{pbx}\";{more}"
        );
        Baresip::start(folder, free_port(), &account)
    };
    let mut unit = starts("5022", "regint=300;answermode=auto");
    unit.has_said("200 OK");
    let mut citizen = starts("5000", "regint=0");
    citizen.tell("dial", &format!("sip:038611025@{REALM}"));
    citizen.wait_for("CALL_ESTABLISHED");
    let call = town.kring.newest_call("state", "talking");
    let path = format!(
        "/api/v1/calls/{}/transfer",
        call["id"].as_str().expect("an id")
    );
    let begun = town.agents[0].post(&path, "{\"department_id\":\"TEST\"}");
    assert_eq!(begun.status, 202, "{begun:?}");
    unit.wait_for("CALL_ESTABLISHED");
    citizen.wait_for("CALL_ESTABLISHED");
    phone.finish();
    tells(
        &town.kring.journal_until("ended      by Kring"),
        &[
            "malee transfers to TEST 5022 by REFER",
            "accepted 202",
            "caller and 5022",
            "ended      by Kring, transferred",
        ],
    );
    unit.tell("hangup", "");
    citizen.wait_for("CALL_CLOSED");
}
