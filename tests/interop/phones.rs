//! baresip as a phone that registers with kring, over UDP, TCP and TLS: it is rung where it is, and
//! nowhere else.

use crate::{
    baresip::{Baresip, a_call_with},
    kring::{A_SLOW_MACHINE, House, Kring, Prepared, eventually},
    parts::{CITIZEN, caller_talks},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp},
};
use std::{path::Path, time::Duration};

/// What 5021 and 5022 prove to know.
pub const PASSWORD: &str = "khao-niao-mamuang";

/// A house in which the PBX is one port of this machine: what comes from anywhere else is a stranger or
/// a phone, as in a real house.
pub fn house(more: House<'_>) -> Prepared {
    let pbx = free_port();
    House { pbx, ..more }.prepare()
}

/// The same with the phone 5021 of malee.
pub fn house_of_malee() -> Kring {
    let prepared = house(House::default()).with_phone("malee", "5021", PASSWORD);
    prepared.open().0
}

/// An account line: 5021 at this port of kring. Some parameter may be said once more.
fn account(kring_port: u16, transport: &str, answers: &str) -> String {
    format!(
        "<sip:5021@127.0.0.1:{kring_port};transport={transport}>;auth_user=5021;\
         auth_pass={PASSWORD};regint=60;answermode={answers}"
    )
}

/// baresip that has registered as 5021 and answers by itself, or not.
fn registered(kring: &Kring, transport: &str, answers: &str) -> Baresip {
    let account = account(kring.sip, transport, answers);
    let phone = Baresip::start(kring.folder.path(), free_port(), &account);
    phone.has_said("200 OK");
    phone
}

/// A caller who gives up after a moment, because there is nobody to be rung.
fn caller_gives_up() -> Scenario {
    Scenario::caller()
        .calls(PLAIN, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .waits(300)
        .cancels(PLAIN)
        .hears("200")
        .hears("487")
        .acks_refusal()
}

#[test]
fn baresip_registers_and_takes_a_call_over_udp() {
    let kring = house_of_malee();
    let phone = registered(&kring, "udp", "auto");
    a_call_with(&kring, phone);
}

#[test]
fn baresip_registers_and_takes_a_call_over_tcp() {
    let kring = house_of_malee();
    let phone = registered(&kring, "tcp", "auto");
    a_call_with(&kring, phone);
}

/// A certificate for 127.0.0.1 that vouches for itself, and its key.
fn certificate(folder: &Path) -> (String, String) {
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let at = |name: &str| folder.join(name).display().to_string();
    let (cert, key) = (at("cert.pem"), at("key.pem"));
    std::fs::write(&cert, made.cert.pem()).expect("the folder is writable");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("the folder is writable");
    let only_ours = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&key, only_ours).expect("it is ours");
    (cert, key)
}

/// The sound is plain RTP.
#[test]
fn baresip_registers_and_takes_a_call_over_tls() {
    let secrets = tempfile::tempdir().expect("a folder");
    let (cert, key) = certificate(secrets.path());
    let port = free_port();
    let house = house(House {
        listen: &format!(", \"tls:127.0.0.1:{port}\""),
        sip: &format!("tls_cert = {cert:?}\ntls_key = {key:?}\n"),
        ..House::default()
    });
    let (kring, _agents) = house.with_phone("malee", "5021", PASSWORD).open();
    let account = account(port, "tls", "auto");
    let believes = format!("sip_cafile {cert}\n");
    let phone = Baresip::start_with(kring.folder.path(), free_port(), &account, &believes);
    phone.has_said("200 OK");
    a_call_with(&kring, phone);
}

/// Without any `[[trunk]]` everybody on this machine may call, and a phone on it may be rung.
#[test]
fn a_softphone_on_krings_own_machine_is_rung() {
    let prepared = House::default().prepare();
    let (kring, _agents) = prepared.with_phone("malee", "5021", PASSWORD).open();
    let mut phone = registered(&kring, "udp", "auto");
    kring.caller("caller", &caller_talks(300)).finish();
    phone.wait_for("CALL_CLOSED");
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
}

/// It never registers, and is not there to ring.
#[test]
fn baresip_with_a_wrong_password_stays_outside() {
    let kring = house_of_malee();
    let account = account(kring.sip, "udp", "auto").replace(PASSWORD, "not-the-password");
    let phone = Baresip::start(kring.folder.path(), free_port(), &account);
    phone.has_said("401 Unauthorized");
    kring.caller("caller", &caller_gives_up()).finish();
    kring.journal_until("unreached  malee Unregistered 0");
}

/// It takes its registration back when it ends: nobody waits for it.
#[test]
fn baresip_that_has_left_is_not_rung() {
    let kring = house_of_malee();
    let phone = registered(&kring, "udp", "auto");
    kring.metrics_until("kring_sip_registered_phones 1");
    phone.leave();
    kring.metrics_until("kring_sip_registered_phones 0");
    kring.caller("caller", &caller_gives_up()).finish();
    kring.journal_until("unreached  malee Unregistered 0");
}

/// malee's phone has its plug pulled; somchai's takes the call.
fn the_next_rings_when_one_vanishes(transport: &str) {
    let house = house(House::default())
        .with_phone("malee", "5021", PASSWORD)
        .with_phone("somchai", "5022", PASSWORD);
    let (kring, _agents) = house.open();
    drop(registered(&kring, transport, "auto"));
    let next = account(kring.sip, transport, "auto").replace("5021", "5022");
    let next = Baresip::start(kring.folder.path(), free_port(), &next);
    next.has_said("200 OK");
    kring.caller("caller", &caller_talks(300)).finish();
    let call = kring.newest_call("state", "ended");
    assert_eq!(call["agent"], "somchai", "{call}");
    kring.journal_until("unreached  malee Failed 0");
}

/// Over UDP kring cannot know it before it calls.
#[test]
fn baresip_that_has_vanished_is_passed_over() {
    the_next_rings_when_one_vanishes("udp");
}

/// Over TCP the connection tells. What is left is the port that its Contact names, and nobody is there.
#[test]
fn baresip_whose_connection_is_lost_is_passed_over() {
    the_next_rings_when_one_vanishes("tcp");
}

/// One user, two phones: both ring, one answers, and the other is told to stop.
#[test]
fn two_phones_of_one_user_ring_as_one() {
    let kring = house_of_malee();
    let mut desk = registered(&kring, "udp", "manual");
    let mut soft = registered(&kring, "tcp", "manual");
    let caller = kring.caller("caller", &caller_talks(300));
    desk.wait_for("CALL_INCOMING");
    soft.wait_for("CALL_INCOMING");
    soft.tell("accept", "");
    soft.wait_for("CALL_ESTABLISHED");
    desk.wait_for("CALL_CLOSED");
    caller.finish();
    soft.wait_for("CALL_CLOSED");
    let call = kring.newest_call("state", "ended");
    assert_eq!(call["outcome"], "answered", "{call}");
    let journal = kring.journal_until("ended");
    assert_eq!(journal.matches("invited    malee").count(), 1, "{journal}");
}

/// kring comes back with another secret for nonces and the places that it had written: it can ring the
/// phone at once, and the phone's refresh, whose nonce is stale (RFC 7616 §3.3), is proved anew.
#[test]
fn baresip_is_rung_after_a_restart_and_refreshes() {
    let house = house(House {
        tables: "[registrar]\nmin_expires_s = 30\n",
        ..House::default()
    });
    let (mut kring, _agents) = house.with_phone("malee", "5021", PASSWORD).open();
    let account = account(kring.sip, "udp", "auto").replace("regint=60", "regint=30");
    let mut phone = Baresip::start(kring.folder.path(), free_port(), &account);
    phone.has_said("200 OK");
    kring.end();
    kring.start_again();
    kring.metrics_until("kring_sip_registered_phones 1");
    kring.caller("caller", &caller_talks(300)).finish();
    phone.wait_for("CALL_CLOSED");
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
    // At nine tenths of the 30 s.
    phone.wait_within("REGISTER_OK", Duration::from_secs(40));
}

/// What it dials is refused in the open, once it has proved who it is.
#[test]
fn baresip_that_dials_is_told_to_call_from_the_console() {
    let kring = house_of_malee();
    let mut phone = registered(&kring, "udp", "manual");
    phone.tell("dial", &format!("sip:1203@127.0.0.1:{}", kring.sip));
    phone.wait_for("403");
    kring.metrics_until("method=\"INVITE\",code=\"401\",direction=\"out\"");
    let calls = kring.get("/api/v1/calls").body;
    assert!(calls.contains("\"items\":[]"), "{calls}");
}

/// The table of phones tells what the phone calls itself.
#[test]
fn a_registered_phone_is_shown_with_its_name_and_place() {
    let kring = house_of_malee();
    let _phone = registered(&kring, "udp", "auto");
    let told = eventually(A_SLOW_MACHINE, || {
        let body = kring.get("/api/v1/phones").body;
        body.contains("127.0.0.1").then_some(body)
    });
    let told = told.expect("it is written within seconds");
    for part in [
        "\"transport\":\"udp\"",
        "baresip v1.0",
        "\"agent\":\"malee\"",
    ] {
        assert!(told.contains(part), "{told}");
    }
}
