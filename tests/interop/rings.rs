//! Rings in real time: several callers at once, and half of the agents never answer. What SIPp's logs at
//! the phones and at the PBX say is the measure. `load rings` is the same at length, with a capture.

use crate::{
    kring::{Kring, free_port},
    sipp::{Logged, Sipp, Stage},
};
use std::collections::BTreeMap;

const CALLS: u32 = 20;

/// Nobody is kept, so that the caller's final response is the deadline action.
const TABLES: &str =
    "[ring]\ndeadline_action = \"announce_busy\"\n[agent]\nrona_limit = 0\nwrapup_s = 0\n";

/// The messages of each call, by Call-ID.
fn calls(ladder: &[Logged]) -> BTreeMap<&str, Vec<&Logged>> {
    let mut calls: BTreeMap<&str, Vec<&Logged>> = BTreeMap::new();
    for logged in ladder {
        let call = logged.get("Call-ID").unwrap_or_default();
        calls.entry(call).or_default().push(logged);
    }
    calls
}

/// When the first of these passed, s.
fn first(call: &[&Logged], what: &[&str]) -> Option<f64> {
    let is = |logged: &&&Logged| {
        let of_invite = logged.cseq().ends_with("INVITE") || logged.is("CANCEL");
        of_invite && what.iter().any(|what| logged.is(what))
    };
    call.iter().find(is).map(|logged| logged.at)
}

/// Twenty callers, four a second, eight agents.
#[test]
fn no_phone_rings_longer_than_the_budget_and_no_caller_is_told_late() {
    let (answering, silent) = (free_port(), free_port());
    let answer = ["malee", "pranee", "somsri", "anong"].map(|login| (login, answering));
    let ignore = ["somchai", "wichai", "prasit", "manee"].map(|login| (login, silent));
    let (kring, _agents) = Kring::with_agents(TABLES, &[answer, ignore].concat());
    let folder = kring.folder.path();
    let phone = |scenario, port| Sipp::plays_many(Stage::local(folder, port, &[]), scenario, 1_000);
    let phones = [
        phone("rings_answers.xml", answering),
        phone("rings_on.xml", silent),
    ];
    let target = format!("127.0.0.1:{}", kring.sip);
    let stage = Stage::local(folder, 0, &[&target, "-s", "1203", "-r", "4"]);
    let at_callers = Sipp::plays_many(stage, "rings_caller.xml", CALLS).finish();

    let mut rang = 0;
    for ladder in phones.map(|phone| phone.ladder()) {
        for (call, messages) in calls(&ladder) {
            let began = first(&messages, &["180"]);
            let end = first(&messages, &["CANCEL", "200"]);
            let (Some(began), Some(end)) = (began, end) else {
                continue;
            };
            rang += 1;
            assert!(end - began <= 15.0, "{call} rang {:.3} s", end - began);
        }
    }
    assert!(rang >= CALLS, "{rang} phones rang");
    let (mut answered, mut refused) = (0, 0);
    for (call, messages) in calls(&at_callers) {
        let since = first(&messages, &["180"]).expect("a ringing tone");
        match (first(&messages, &["486"]), first(&messages, &["200"])) {
            (Some(at), None) => {
                refused += 1;
                let waited = at - since;
                assert!((14.5..=15.0).contains(&waited), "{call}: {waited:.3} s");
            }
            (None, Some(_)) => answered += 1,
            both => panic!("{call} ended in {both:?}"),
        }
    }
    assert_eq!(answered + refused, CALLS);
    assert!(answered > 0 && refused > 0, "{answered} and {refused}");
    kring.verify_journal();
}
