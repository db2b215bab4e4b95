//! The registrar by itself: SIPp says what a phone would, and hears what a registrar must answer.

use crate::{
    kring::{House, Kring},
    parts::{caller_talks, phone_answers},
    phones::{PASSWORD, house, house_of_malee},
    ports::free_port,
    scenario::Scenario,
    sipp::{Logged, Sipp},
};

const CONTACT: &str = "Contact: <sip:5021@[local_ip]:[local_port]>\n";

/// A REGISTER of 5021 with these lines.
fn register(seq: u32, lines: &str) -> String {
    format!(
        "REGISTER sip:[remote_ip]:[remote_port] SIP/2.0\n\
         Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n\
         From: <sip:5021@[remote_ip]>;tag=r1\nTo: <sip:5021@[remote_ip]>\nCall-ID: [call_id]\n\
         CSeq: {seq} REGISTER\n{lines}Max-Forwards: 70\nContent-Length: 0\n"
    )
}

fn proof(password: &str) -> String {
    format!("[authentication username=5021 password={password}]\n")
}

fn plays(kring: &Kring, name: &str, port: u16, scenario: &Scenario) -> Sipp {
    let target = format!("127.0.0.1:{}", kring.sip);
    kring.phone_that(name, port, &[&target], scenario)
}

/// Asks, is asked for the password, and says these lines with it.
fn registers(kring: &Kring, port: u16, lines: &str, code: &str) -> Vec<Logged> {
    let scenario = Scenario::caller()
        .sends(&register(1, CONTACT))
        .hears_challenge("401")
        .sends(&register(2, &format!("{lines}{}", proof(PASSWORD))))
        .hears(code);
    plays(kring, &format!("register-{code}"), port, &scenario).finish()
}

fn only<'a>(ladder: &'a [Logged], what: &str) -> &'a Logged {
    let mut found = ladder.iter().filter(|message| message.is(what));
    let first = found
        .next()
        .unwrap_or_else(|| panic!("no {what}: {ladder:#?}"));
    assert!(found.next().is_none(), "two {what}: {ladder:#?}");
    first
}

/// Registered, called, taken away again by `*`, and then called no more.
#[test]
fn a_phone_registers_is_rung_and_leaves() {
    let kring = house_of_malee();
    let at = free_port();
    let ladder = registers(&kring, at, &format!("{CONTACT}Expires: 120\n"), "200");
    let contact = only(&ladder, "200").get("Contact").unwrap_or_default();
    assert!(contact.contains("expires=120"), "{contact}");
    let phone = kring.phone("phone", at, &phone_answers(100));
    kring.caller("caller", &caller_talks(300)).finish();
    phone.finish();
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "answered");
    kring.metrics_until("kring_sip_registered_phones 1");
    registers(&kring, at, "Contact: *\nExpires: 0\n", "200");
    kring.metrics_until("kring_sip_registered_phones 0");
}

/// RFC 3261 §10.2.8.
#[test]
fn a_registration_too_brief_gets_423() {
    let kring = house_of_malee();
    let brief = format!("{CONTACT}Expires: 5\n");
    let ladder = registers(&kring, free_port(), &brief, "423");
    assert_eq!(only(&ladder, "423").get("Min-Expires"), Some("60"));
}

/// The challenges of a first REGISTER.
fn challenges(tables: &str) -> Vec<String> {
    let (kring, _agents) = house(House {
        tables,
        ..House::default()
    })
    .with_phone("malee", "5021", PASSWORD)
    .open();
    let scenario = Scenario::caller().sends(&register(1, CONTACT)).hears("401");
    let ladder = plays(&kring, "ask", free_port(), &scenario).finish();
    let lines = only(&ladder, "401").text.lines();
    lines
        .filter_map(|line| line.strip_prefix("WWW-Authenticate: "))
        .map(str::to_owned)
        .collect()
}

#[test]
fn phones_are_asked_for_md5_and_nothing_beside_it() {
    let offered = challenges("");
    assert_eq!(offered.len(), 1, "{offered:?}");
    assert!(offered[0].contains("algorithm=MD5"), "{offered:?}");
}

/// RFC 8760 §2.3, however the configuration has them.
#[test]
fn the_strongest_of_several_algorithms_is_offered_first() {
    let offered = challenges("[registrar]\nalgorithms = [\"MD5\", \"SHA-512-256\", \"SHA-256\"]\n");
    let expected = ["SHA-512-256", "SHA-256", "MD5"];
    assert_eq!(offered.len(), expected.len(), "{offered:?}");
    for (offered, algorithm) in offered.iter().zip(expected) {
        assert!(
            offered.contains(&format!("algorithm={algorithm},")),
            "{offered}"
        );
    }
}

/// An answer that was heard once proves nothing the second time (RFC 7616 §5.12).
#[test]
fn a_replayed_proof_is_refused() {
    let kring = house_of_malee();
    let at = free_port();
    let usual = format!("{CONTACT}Expires: 120\n");
    let ladder = registers(&kring, at, &usual, "200");
    let mut proofs = ladder
        .iter()
        .filter_map(|message| message.get("Authorization"));
    let heard = proofs.next().expect("a proof");
    let lines = format!("{usual}Authorization: {heard}\n");
    let replay = Scenario::caller().sends(&register(7, &lines)).hears("401");
    plays(&kring, "replay", free_port(), &replay).finish();
}

/// Five wrong passwords are forgiven. After the sixth not even the right one is listened to for 2 s; then
/// it is.
#[test]
fn wrong_passwords_are_locked_out_for_a_while() {
    let kring = house_of_malee();
    let usual = format!("{CONTACT}Expires: 120\n");
    let says = |scenario: Scenario, seq, password| {
        scenario.sends(&register(seq, &format!("{usual}{}", proof(password))))
    };
    let mut scenario = Scenario::caller()
        .sends(&register(1, &usual))
        .hears_challenge("401");
    for seq in 2..8 {
        scenario = says(scenario, seq, "not-the-password").hears_challenge("401");
    }
    scenario = says(scenario, 8, PASSWORD)
        .hears_challenge("401")
        .waits(2_500);
    scenario = says(scenario, 9, PASSWORD).hears("200");
    plays(&kring, "guesses", free_port(), &scenario).finish();
    kring.metrics_until("kring_sip_bounds_reached_total{bound=\"register_lock\"} 1");
    kring.metrics_until("kring_sip_registered_phones 1");
}

/// Who is nobody hears what somebody hears who has no proof.
#[test]
fn an_unknown_user_and_a_wrong_password_hear_the_same() {
    let kring = house_of_malee();
    let told = |user: &str, name: &str| {
        let asks = register(1, CONTACT).replace("5021", user);
        let proof = proof("not-the-password").replace("5021", user);
        let proves = register(2, &format!("{CONTACT}{proof}")).replace("5021", user);
        let scenario = Scenario::caller()
            .sends(&asks)
            .hears_challenge("401")
            .sends(&proves)
            .hears("401");
        let ladder = plays(&kring, name, free_port(), &scenario).finish();
        let last = ladder.iter().rfind(|message| !message.sent);
        let names = last.expect("an answer").text.lines();
        let names = names.map(|line| line.split([':', ' ']).next().unwrap_or_default().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(told("5021", "somebody"), told("5099", "nobody"));
}
