//! Reconnecting: nothing is lost, and nothing stale is shown.

use crate::house::{House, Page, answered, ended, invited, presence, ring, wrap_up_opened};
use kring_journal::{Fact, PresenceState};
use serde_json::{Value, json};

fn resume(welcome: &Value, after: u64) -> Value {
    json!({"epoch": welcome["epoch"], "resume_after": after})
}

#[tokio::test]
async fn what_was_not_received_is_sent_again_within_the_epoch() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    let (mut page, welcome) = Page::hello(at, &cookie, json!({})).await;
    let call = house.call_from("0812345678");
    house.happens(Some(call), invited(&agent));
    let pop = page.hear_of("call.offered").await;
    let received = pop["seq"].as_u64().unwrap();
    page.close().await;
    house.happens(Some(call), ring(2));
    house.happens(Some(call), answered(&agent));

    let (mut page, again) = Page::hello(at, &cookie, resume(&welcome, received)).await;
    assert_eq!(
        (&again["epoch"], &again["from"]),
        (&welcome["epoch"], &json!(received + 1))
    );
    assert_eq!(again["snapshot"]["call"]["state"], "talking");
    let missed = page.hear_of("call.ring").await;
    assert_eq!(
        (&missed["d"]["n"], &missed["seq"]),
        (&json!(2), &json!(received + 1))
    );
    assert_eq!(
        page.hear_of("call.answered").await["call"],
        call.to_string()
    );
}

#[tokio::test]
async fn the_pop_comes_again_to_every_page_until_the_call_is_over() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    let call = house.call_from("0812345678");
    house.happens(Some(call), invited(&agent));
    let (mut first, welcome) = Page::hello(at, &cookie, json!({})).await;
    let pop = first.hear_of("call.offered").await;
    first.ack(&pop).await;
    house.happens(Some(call), ring(2));

    // A reload that remembers nothing: the snapshot draws the call, and the pop comes again.
    let (mut reloaded, fresh) = Page::hello(at, &cookie, json!({})).await;
    let drawn = &fresh["snapshot"]["call"];
    assert_eq!(
        (&drawn["id"], &drawn["state"]),
        (&json!(call.to_string()), &json!("ringing"))
    );
    assert_eq!(drawn["ring"], json!({"n": 2, "of": 3}));
    assert_eq!(drawn["offered"]["number"]["display"], "081-234-5678");
    assert!(drawn["offered"]["ring"]["elapsed_ms"].is_u64());
    let same = reloaded.hear_of("call.offered").await;
    assert_eq!((&same["seq"], &same["id"]), (&pop["seq"], &pop["id"]));

    // Whoever has it is not sent it again.
    let newest = reloaded.hear_of("call.ring").await["seq"].as_u64().unwrap();
    let (mut page, _) = Page::hello(at, &cookie, resume(&welcome, newest)).await;
    house.happens(
        Some(call),
        Fact::Abandoned {
            rings: 2,
            wait_ms: 6_000,
        },
    );
    assert_eq!(page.hear().await["t"], "call.abandoned");
}

#[tokio::test]
async fn the_pop_of_a_call_that_is_over_is_not_shown_again() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    let (page, welcome) = Page::hello(at, &cookie, json!({})).await;
    let from = welcome["from"].as_u64().unwrap();
    page.close().await;
    let call = house.call_from("0812345678");
    house.happens(Some(call), invited(&agent));
    house.happens(
        Some(call),
        Fact::Abandoned {
            rings: 1,
            wait_ms: 900,
        },
    );

    let (mut page, again) = Page::hello(at, &cookie, resume(&welcome, from - 1)).await;
    assert_eq!(again["snapshot"]["call"], Value::Null);
    assert_eq!(
        again["from"],
        from + 2,
        "the snapshot stands for what was missed"
    );
    house.happens(None, presence(&agent, PresenceState::Ready));
    assert_eq!(page.hear().await["t"], "presence.changed");
}

#[tokio::test]
async fn another_epoch_or_a_long_absence_gets_a_snapshot() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    let call = house.call_taken(&agent, "0812345678");
    house.written().await;
    let draft = format!("/api/v1/calls/{call}/draft");
    house
        .put(&draft, &cookie, json!({"subject": "จด"}), &[])
        .await;

    let other = json!({"epoch": "0000000000000000", "resume_after": 2});
    let (_page, welcome) = Page::hello(at, &cookie, other).await;
    let shown = &welcome["snapshot"]["call"];
    assert_eq!(
        (&shown["id"], &shown["state"]),
        (&json!(call.to_string()), &json!("wrap_up"))
    );
    assert_eq!(shown["talk_ms"], 61_000);
    assert!(shown["wrapup_left_ms"].as_u64().unwrap() <= 60_000);
    assert_eq!(shown["draft"]["body"]["subject"], "จด");
    let drafts = &welcome["snapshot"]["drafts"];
    assert_eq!(
        (&drafts[0]["call"], &drafts[0]["draft"]["version"]),
        (&json!(call.to_string()), &json!(1))
    );

    for _ in 0..300 {
        house.happens(None, presence(&agent, PresenceState::WrapUp));
    }
    let (_page, long) = Page::hello(at, &cookie, resume(&welcome, 1)).await;
    assert!(long["from"].as_u64().unwrap() > 300, "{long}");
}

#[tokio::test]
async fn the_record_form_is_still_there_after_a_reload_and_gone_when_the_agent_has_left_it() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    let call = house.call_from("0812345678");
    for fact in [
        invited(&agent),
        answered(&agent),
        ended(),
        wrap_up_opened(&agent),
    ] {
        house.happens(Some(call), fact);
    }
    let (_page, welcome) = Page::hello(at, &cookie, json!({})).await;
    assert_eq!(welcome["snapshot"]["call"]["state"], "wrap_up");
    house.happens(
        Some(call),
        Fact::WrapUpExpired {
            agent: agent.clone(),
        },
    );
    let (_page, welcome) = Page::hello(at, &cookie, json!({})).await;
    assert_eq!(welcome["snapshot"]["call"], Value::Null);
}

#[tokio::test]
async fn a_call_that_died_with_the_process_is_shown_to_its_agent_with_its_draft() {
    use crate::house::offered;
    use kring_journal::{CallId, CallerRef};
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    let call = CallId::new(1_795_421_520_000, 99);
    let caller = CallerRef::new(99);
    for fact in [offered(caller, "before@pbx"), answered(&agent), ended()] {
        house.happened_before(Some(call), fact);
    }
    house.written().await;
    let draft = format!("/api/v1/calls/{call}/draft");
    house
        .put(&draft, &cookie, json!({"subject": "จด"}), &[])
        .await;

    house.happens(Some(call), wrap_up_opened(&agent));
    let opened = page.hear_of("wrapup.opened").await;
    assert_eq!(opened["d"]["draft"]["body"]["subject"], "จด");
    let (_page, welcome) = Page::hello(at, &cookie, json!({})).await;
    let shown = &welcome["snapshot"]["call"];
    assert_eq!(
        (&shown["id"], &shown["state"]),
        (&json!(call.to_string()), &json!("wrap_up"))
    );
}
