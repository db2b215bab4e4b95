//! Calls that nobody answers, in time or at all.

use crate::{
    kring::Kring,
    parts::{caller_talks, phone_rings},
    ports::free_port,
    sipp::{Logged, Sipp},
};

/// Busy for whoever is not answered in time.
const BUSY: &str = "[ring]\ndeadline_action = \"announce_busy\"\n";

fn at(ladder: &[Logged], sent: bool, what: &str) -> f64 {
    let found = ladder.iter().find(|m| m.sent == sent && m.is(what));
    found
        .unwrap_or_else(|| panic!("no {what} in {ladder:#?}"))
        .at
}

/// The phone rings from 14.0 to 15.0 s, then gets CANCEL; the caller's final response has left by 15.0 s.
#[test]
fn nobody_answers_and_the_phone_is_silent_before_a_fourth_ring() {
    let phone_port = free_port();
    let (kring, _agents) = Kring::with_agents(BUSY, &[("malee", phone_port)]);
    let phone = Sipp::phone(kring.folder.path(), "phone_rings.xml", phone_port, 30_100);
    let caller = Sipp::caller(
        kring.folder.path(),
        "caller_gets_486.xml",
        kring.sip,
        30_102,
    );
    let at_caller = caller.finish();
    let at_phone = phone.finish();

    let rang = at(&at_phone, false, "CANCEL") - at(&at_phone, true, "180");
    assert!((14.0..15.0).contains(&rang), "the phone rang {rang:.3} s");
    let waited = at(&at_caller, false, "486") - at(&at_caller, false, "180");
    assert!(
        (14.5..=15.0).contains(&waited),
        "the caller waited {waited:.3} s"
    );
    let busy = at_caller.iter().find(|m| m.is("486")).expect("a 486");
    assert!(busy.text.contains("Retry-After: 60"), "{}", busy.text);

    let call = kring.newest_call("state", "ended");
    assert_eq!(
        (&call["outcome"], &call["result"]),
        (&"rejected".into(), &"refused".into())
    );
    assert_eq!(call["rings"], 3, "{call}");
    let journal = kring.journal_until("refused");
    for line in [
        "ring       3",
        "withdrawn  malee Rona",
        "refused    busy, retry after 60 s",
    ] {
        assert!(journal.contains(line), "no {line:?} in\n{journal}");
    }
    assert!(!journal.contains("late "), "{journal}");
    kring.metrics_until("kring_ring_rule_total{queue=\"main\",result=\"refused\"} 1");
    kring.verify_journal();
}

#[test]
fn a_caller_who_gives_up_is_abandoned_and_the_phone_is_told() {
    let phone_port = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", phone_port)]);
    let phone = Sipp::phone(kring.folder.path(), "phone_rings.xml", phone_port, 30_104);
    let caller = Sipp::caller(kring.folder.path(), "caller_cancels.xml", kring.sip, 30_106);
    caller.finish();
    phone.finish();
    let call = kring.newest_call("state", "ended");
    assert_eq!(
        (&call["outcome"], &call["result"]),
        (&"abandoned".into(), &"abandoned_within".into())
    );
    let journal = kring.journal_until("abandoned");
    assert!(
        journal.contains("withdrawn  malee CallerGaveUp"),
        "{journal}"
    );
    kring.metrics_until("kring_calls_total{direction=\"inbound\",outcome=\"abandoned\"} 1");
}

/// The phone answers after the caller has gone: ACK and BYE, and nobody owes a record.
#[test]
fn a_200_after_the_caller_has_gone_is_acknowledged_and_hung_up() {
    let phone_port = free_port();
    let (kring, agents) = Kring::with_agents("", &[("malee", phone_port)]);
    let phone = Sipp::phone(
        kring.folder.path(),
        "phone_answers_too_late.xml",
        phone_port,
        30_108,
    );
    let caller = Sipp::caller(kring.folder.path(), "caller_cancels.xml", kring.sip, 30_110);
    caller.finish();
    phone.finish();
    let call = kring.newest_call("state", "ended");
    assert_eq!(call["outcome"], "abandoned", "{call}");
    let journal = kring.journal_until("lost race");
    assert!(
        journal.contains("lost race  malee, the call was over"),
        "{journal}"
    );
    let unfinished = agents[0].get("/api/v1/unfinished");
    assert!(unfinished.body.contains("\"items\":[]"), "{unfinished:?}");
}

/// The same at the deadline: the caller has had 486 already.
#[test]
fn a_200_after_the_deadline_action_is_acknowledged_and_hung_up() {
    let phone_port = free_port();
    let (kring, _agents) = Kring::with_agents(BUSY, &[("malee", phone_port)]);
    let phone = Sipp::phone(
        kring.folder.path(),
        "phone_answers_too_late.xml",
        phone_port,
        30_112,
    );
    let caller = Sipp::caller(
        kring.folder.path(),
        "caller_gets_486.xml",
        kring.sip,
        30_114,
    );
    caller.finish();
    phone.finish();
    assert_eq!(kring.newest_call("state", "ended")["outcome"], "rejected");
    kring.journal_until("lost race  malee, the call was over");
}

/// One agent is busy, the next presses reject, the third answers: nobody is asked twice.
#[test]
fn busy_and_declined_phones_are_passed_over_at_once() {
    let ports = [free_port(), free_port(), free_port()];
    let agents = [
        ("anong", ports[0]),
        ("boonmi", ports[1]),
        ("chai", ports[2]),
    ];
    let (kring, _agents) = Kring::with_agents("", &agents);
    let folder = kring.folder.path();
    let busy = Sipp::phone(folder, "phone_busy.xml", ports[0], 30_116);
    let declines = Sipp::phone(folder, "phone_declines.xml", ports[1], 30_118);
    let answers = Sipp::phone(folder, "phone_answers.xml", ports[2], 30_120);
    let caller = Sipp::caller(folder, "caller_hangs_up.xml", kring.sip, 30_122);
    caller.finish();
    busy.finish();
    declines.finish();
    answers.finish();
    let call = kring.newest_call("state", "ended");
    assert_eq!(
        (&call["agent"], &call["outcome"]),
        (&"chai".into(), &"answered".into())
    );
    let journal = kring.journal_until("ended");
    for line in [
        "unreached  anong Busy 486",
        "unreached  boonmi Declined 603",
        "answered   chai",
    ] {
        assert!(journal.contains(line), "no {line:?} in\n{journal}");
    }
}

/// No member of the queue is signed in: 480 at once, and no phone rings.
#[test]
fn an_unstaffed_queue_refuses_at_once() {
    let phone_port = free_port();
    let (kring, agents) = Kring::with_agents(BUSY, &[("malee", phone_port)]);
    let away = agents[0].post("/api/v1/me/presence", r#"{"state":"offline"}"#);
    assert!(away.status < 300, "{away:?}");
    let caller = Sipp::caller(
        kring.folder.path(),
        "caller_gets_480.xml",
        kring.sip,
        30_124,
    );
    let ladder = caller.finish();
    let waited = at(&ladder, false, "480") - at(&ladder, true, "INVITE");
    assert!(waited < 0.5, "{waited}");
    let journal = kring.journal_until("refused");
    assert!(journal.contains("retry after 60 s, unstaffed"), "{journal}");
    assert!(!journal.contains("invited"), "{journal}");
}

/// As shipped: kring answers before the deadline, greets the caller, and no phone sounds a fourth ring.
#[test]
fn whoever_nobody_answers_is_greeted_before_the_deadline() {
    let phone_port = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", phone_port)]);
    let phone = kring.phone("phone", phone_port, &phone_rings());
    let caller = kring.caller("caller", &caller_talks(1_500));
    let at_caller = caller.finish();
    let at_phone = phone.finish();
    let rang = at(&at_phone, false, "CANCEL") - at(&at_phone, true, "180");
    assert!((14.0..15.0).contains(&rang), "the phone rang {rang:.3} s");
    let waited = at(&at_caller, false, "200") - at(&at_caller, false, "180");
    assert!(
        (14.5..=15.0).contains(&waited),
        "the caller waited {waited:.3} s"
    );
    let call = kring.newest_call("state", "ended");
    assert_eq!(
        (&call["outcome"], &call["result"]),
        (&"rescued".into(), &"rescued".into())
    );
    let journal = kring.journal_until("left       caller gave up");
    for line in [
        "rescued    answered and queued",
        "queued     place 1",
        "announced  greeting, please_wait, place 1",
    ] {
        assert!(journal.contains(line), "no {line:?} in\n{journal}");
    }
    kring.metrics_until("kring_ring_rule_total{queue=\"main\",result=\"rescued\"} 1");
}

#[test]
fn a_redirect_at_the_deadline_names_the_overflow() {
    let phone_port = free_port();
    let redirect = "[ring]\ndeadline_action = \"redirect\"\ncadence_on_ms = 200\ncadence_off_ms = 800\n\
                    guard_ms = 300\n[[queue]]\nname = \"main\"\noverflow = \"sip:9000@127.0.0.1:5999\"\n";
    let (kring, _agents) = Kring::with_agents(redirect, &[("malee", phone_port)]);
    let phone = Sipp::phone(kring.folder.path(), "phone_rings.xml", phone_port, 30_126);
    let caller = Sipp::caller(
        kring.folder.path(),
        "caller_gets_302.xml",
        kring.sip,
        30_128,
    );
    let ladder = caller.finish();
    phone.finish();
    let moved = ladder.iter().find(|m| m.is("302")).expect("a 302");
    assert!(
        moved.text.contains("Contact: <sip:9000@127.0.0.1:5999>"),
        "{}",
        moved.text
    );
    assert_eq!(kring.newest_call("state", "ended")["result"], "refused");
}
