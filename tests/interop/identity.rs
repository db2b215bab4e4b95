//! Who calls, as PBXs write it: the row of the history and the INVITE to the agent's phone tell what the
//! agent will see.

use crate::{
    kring::Kring,
    parts::{CITIZEN, phone_rings},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp},
};
use serde_json::Value;

/// What a call of this caller looks like: its row, and From of the INVITE to the phone.
fn seen(tables: &str, caller: Scenario, lines: &[&str]) -> (Value, String) {
    let at = free_port();
    let (kring, _agents) = Kring::with_agents(tables, &[("malee", at)]);
    let phone = kring.phone("phone", at, &phone_rings());
    let caller = caller
        .calls(lines, &sdp(CITIZEN))
        .may_hear("100")
        .hears("180")
        .waits(200)
        .cancels(PLAIN)
        .hears("200")
        .hears("487")
        .acks_refusal();
    kring.caller("caller", &caller).finish();
    let ladder = phone.finish();
    let invite = ladder.iter().find(|m| m.is("INVITE")).expect("an INVITE");
    let from = invite.get("From").unwrap_or_default().to_owned();
    (kring.newest_call("state", "ended"), from)
}

fn number(row: &Value) -> &str {
    row["number"]["canonical"].as_str().unwrap_or("none")
}

#[test]
fn the_asserted_identity_names_the_caller() {
    let pai = "P-Asserted-Identity: \"สมหญิง ใจดี\" <sip:+66898765432@pbx.example>";
    let (row, from) = seen("", Scenario::caller(), &[pai]);
    assert_eq!(number(&row), "+66898765432", "{row}");
    assert!(
        from.contains("สมหญิง") && from.contains("66898765432"),
        "{from}"
    );
}

/// A trunk that is not trusted cannot assert anything.
#[test]
fn an_asserted_identity_of_an_untrusted_trunk_is_passed_over() {
    let trunk = "[[trunk]]\nname = \"pbx\"\npeers = [\"127.0.0.1\"]\ntrust_identity = false\n";
    let pai = "P-Asserted-Identity: <sip:+66898765432@pbx.example>";
    let (row, _) = seen(trunk, Scenario::caller(), &[pai]);
    assert_eq!(number(&row), "+66812345678", "{row}");
}

#[test]
fn a_remote_party_id_names_the_caller() {
    let rpid = "Remote-Party-ID: \"Mali\" <sip:0898765432@pbx.example>;party=calling;privacy=off";
    let (row, from) = seen("", Scenario::caller(), &[rpid]);
    assert_eq!(number(&row), "+66898765432", "{row}");
    assert!(from.contains("Mali"), "{from}");
}

/// `Privacy: id` with an asserted number: nobody sees it, the phone neither (RFC 3323, RFC 3325).
#[test]
fn privacy_hides_the_caller_from_everybody() {
    let lines = [
        "P-Asserted-Identity: \"Mali\" <sip:+66898765432@pbx.example>",
        "Privacy: id",
    ];
    let (row, from) = seen("", Scenario::caller(), &lines);
    assert_eq!(number(&row), "anon", "{row}");
    assert!(
        !from.contains("898765432") && !from.contains("Mali"),
        "{from}"
    );
}

#[test]
fn an_anonymous_from_is_nobody() {
    let caller = Scenario::caller().named("\"Anonymous\" <sip:anonymous@anonymous.invalid>");
    let (row, from) = seen("", caller, PLAIN);
    assert_eq!(number(&row), "anon", "{row}");
    assert!(from.contains("anonymous"), "{from}");
}

#[test]
fn a_diversion_tells_who_forwarded_the_call() {
    let diversion = "Diversion: <sip:1203@pbx.example>;reason=no-answer;counter=1";
    let (row, _) = seen("", Scenario::caller(), &[diversion]);
    assert_eq!(row["forwarded_by"], "1203", "{row}");
    assert_eq!(
        number(&row),
        "+66812345678",
        "From stays the citizen: {row}"
    );
}

/// RFC 7044: the last hop that forwarded.
#[test]
fn a_history_tells_who_forwarded_the_call() {
    let history = "History-Info: <sip:1569@pbx.example>;index=1, \
                   <sip:1203@pbx.example;cause=408>;index=1.1;mp=1";
    let (row, _) = seen("", Scenario::caller(), &[history]);
    assert_eq!(row["forwarded_by"], "1569", "{row}");
}

/// A carrier writes telephone numbers as such (RFC 3966), with hyphens for the eye.
#[test]
fn a_tel_uri_is_a_number() {
    let caller = Scenario::caller().named("<tel:+66-81-234-5678>");
    let (row, _) = seen("", caller, PLAIN);
    assert_eq!(number(&row), "+66812345678", "{row}");
}

/// An old Thai PBX writes names in TIS-620: the phone is told them in UTF-8.
#[test]
fn a_name_in_tis_620_is_read() {
    // มาลี
    let tis_620 = [0xc1, 0xd2, 0xc5, 0xd5];
    let caller = Scenario::caller()
        .named("\"@NAME@\" <sip:0812345678@[local_ip]:[local_port]>")
        .with_bytes("@NAME@", &tis_620);
    let (row, from) = seen("", caller, PLAIN);
    assert_eq!(number(&row), "+66812345678", "{row}");
    assert!(from.contains("มาลี"), "{from}");
}
