//! Lists and details of calls, live ones included, and what an agent does with one.

use crate::house::{House, answered, ended, invited};
use axum::http::StatusCode;
use kring_call::command::CommandRefused;
use kring_store::Role;
use serde_json::{Value, json};

fn ids(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn calls_are_listed_newest_first_from_memory_and_disk() {
    let house = House::open().await;
    let agent = house.agent("somsri", Role::Agent).await;
    house.agent("boss", Role::Supervisor).await;
    let boss = house.cookie("boss").await;
    let first = house.call_taken(&agent, "0812345678");
    let second = house.call_from("0898765432");
    house.written().await;
    let third = house.call_from("0812345678");

    let all = house.get("/api/v1/calls", &boss).await;
    let expected: Vec<_> = [third, second, first]
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(ids(&all.json), expected);
    assert_eq!(all.json["next"], Value::Null);
    let row = &all.json["items"][2];
    assert_eq!(
        (
            &row["state"],
            &row["outcome"],
            &row["result"],
            &row["talk_ms"]
        ),
        (
            &json!("ended"),
            &json!("answered"),
            &json!("within"),
            &json!(61_000)
        )
    );
    assert_eq!(row["forwarded_by"], "1203");
    assert_eq!(row["sip_call_id"], "call-1@pbx");
    assert!(row["arrived_at"].as_str().unwrap().ends_with('Z'));

    let page = house.get("/api/v1/calls?limit=2", &boss).await;
    assert_eq!(ids(&page.json), expected[..2]);
    let next = page.json["next"].as_str().unwrap();
    let rest = house
        .get(&format!("/api/v1/calls?limit=2&cursor={next}"), &boss)
        .await;
    assert_eq!(
        (ids(&rest.json), &rest.json["next"]),
        (expected[2..].to_vec(), &Value::Null)
    );
}

#[tokio::test]
async fn calls_are_found_by_state_number_call_id_and_time() {
    let house = House::open().await;
    let agent = house.agent("somsri", Role::Agent).await;
    house.agent("boss", Role::Supervisor).await;
    let boss = house.cookie("boss").await;
    let old = house.call_taken(&agent, "0812345678").to_string();
    house.written().await;
    let new = house.call_from("0898765432").to_string();

    for (query, expected) in [
        ("state=ringing", vec![&new]),
        ("state=ended", vec![&old]),
        ("state=talking", vec![]),
        ("phone=%2B66812345678", vec![&old]),
        ("phone=089-876-5432", vec![&new]),
        ("phone=1234", vec![]),
        ("sip_call_id=call-1%40pbx", vec![&old]),
        ("agent=somsri", vec![&old]),
        ("from=2001-01-01T00:00:00Z", vec![&new, &old]),
        ("from=2101-01-01T00:00:00%2B07:00", vec![]),
    ] {
        let found = house.get(&format!("/api/v1/calls?{query}"), &boss).await;
        assert_eq!(
            ids(&found.json).iter().collect::<Vec<_>>(),
            expected,
            "{query}"
        );
    }
    for (query, code) in [
        ("state=asleep", "bad_filter"),
        ("from=yesterday", "bad_filter"),
        ("limit=0", "bad_filter"),
        ("colour=red", "bad_filter"),
        ("cursor=nonsense", "bad_cursor"),
    ] {
        let refused = house.get(&format!("/api/v1/calls?{query}"), &boss).await;
        assert_eq!(
            (refused.status, refused.code()),
            (StatusCode::BAD_REQUEST, code),
            "{query}"
        );
    }
}

#[tokio::test]
async fn an_agent_sees_own_calls_and_the_one_that_rings() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let (other, theirs) = house.signed_in("wichai").await;
    let call = house.call_from("0812345678");
    let path = format!("/api/v1/calls/{call}");
    assert_eq!(house.get(&path, &cookie).await.code(), "not_yours");
    house.happens(Some(call), invited(&agent));
    assert_eq!(house.get(&path, &cookie).await.json["state"], "ringing");
    house.happens(Some(call), answered(&agent));
    assert_eq!(house.get(&path, &cookie).await.json["agent"], "somsri");
    assert_eq!(house.get(&path, &theirs).await.code(), "not_yours");
    house.call_taken(&other, "0898765432");
    house.written().await;
    let own = house.get("/api/v1/calls", &cookie).await;
    assert_eq!(ids(&own.json), vec![call.to_string()]);
    assert_eq!(
        house
            .get("/api/v1/calls?agent=wichai", &cookie)
            .await
            .code(),
        "not_yours"
    );
    assert_eq!(
        house.get("/api/v1/calls/nonsense", &cookie).await.code(),
        "no_such_call"
    );
}

#[tokio::test]
async fn the_evidence_and_the_facts_of_a_call_can_be_read() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let call = house.call_taken(&agent, "0812345678");
    house.written().await;

    let evidence = house
        .get(&format!("/api/v1/calls/{call}/evidence"), &cookie)
        .await;
    assert_eq!(evidence.json["deadline_ms"], 15_000);
    assert_eq!(evidence.json["attempts"][0]["agent"], "somsri");
    assert_eq!(evidence.json["terms"]["t0_from"], "modelled");
    let told = evidence.json["told_en"].as_str().unwrap();
    assert!(told.contains("answered after"), "{told}");
    let told = evidence.json["told_th"].as_str().unwrap();
    assert!(told.contains("วินาที โดย "), "{told}");
    assert!(evidence.json["t0"].as_str().unwrap().ends_with('Z'));
    let chain = &evidence.json["chain"];
    assert_eq!(chain["whole"], true, "{chain}");
    let segments = chain["segments"].as_array().unwrap();
    let facts: usize = segments
        .iter()
        .map(|s| s["facts"].as_array().unwrap().len())
        .sum();
    assert!(facts >= 6, "{chain}");
    assert_eq!(segments[0]["hash"].as_str().unwrap().len(), 64);
    assert_eq!(chain["heads"][0]["node"], "test");
    let events = house
        .get(&format!("/api/v1/calls/{call}/events"), &cookie)
        .await;
    let kinds = events.json["items"].as_array().unwrap().iter();
    let kinds: Vec<_> = kinds
        .map(|event| event["fact"]["kind"].as_str().unwrap())
        .collect::<Vec<_>>();
    for kind in [
        "offered",
        "ring",
        "invited",
        "answered",
        "ended",
        "wrap_up_opened",
    ] {
        assert!(kinds.contains(&kind), "{kind} is missing in {kinds:?}");
    }
    let after = &events.json["after"];
    let none = house
        .get(
            &format!("/api/v1/calls/{call}/events?after={after}"),
            &cookie,
        )
        .await;
    assert_eq!(
        (&none.json["items"], &none.json["after"]),
        (&json!([]), after)
    );
}

#[tokio::test]
async fn an_agent_acts_on_a_call_through_the_exchange() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let call = house.call_from("0812345678");
    house.happens(Some(call), invited(&agent));
    for (verb, command) in [
        ("answer", "Answer"),
        ("decline", "Decline"),
        ("hold", "Hold"),
        ("resume", "Resume"),
        ("hangup", "HangUp"),
    ] {
        let done = house
            .post(&format!("/api/v1/calls/{call}/{verb}"), &cookie, json!({}))
            .await;
        assert_eq!(
            (done.status, &done.json["done"]),
            (StatusCode::OK, &json!("ok"))
        );
        assert!(house.commands().last().unwrap().starts_with(command));
    }
    house.exchange_says(|_| Err(CommandRefused::AnswerOnPhone));
    let refused = house
        .post(&format!("/api/v1/calls/{call}/answer"), &cookie, json!({}))
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "answer_on_phone")
    );
    house.exchange_says(|_| Err(CommandRefused::CallGone));
    let gone = house
        .post(&format!("/api/v1/calls/{call}/hangup"), &cookie, json!({}))
        .await;
    assert_eq!(gone.code(), "call_gone");
}

#[tokio::test]
async fn agents_and_queues_show_what_happens_now() {
    use kring_journal::PresenceState;
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    house.happens(None, crate::house::presence(&agent, PresenceState::Ready));
    let waiting = house.call_from("0812345678");
    let agents = house.get("/api/v1/agents", &cookie).await;
    let row = &agents.json["items"][0];
    assert_eq!(
        (&row["state"], &row["screen"]),
        (&json!("ready"), &json!(false))
    );
    let queues = house.get("/api/v1/queues", &cookie).await;
    let queue = &queues.json["items"][0];
    assert_eq!(
        (&queue["name"], &queue["waiting"], &queue["ready"]),
        (&json!("support"), &json!(1), &json!(1))
    );
    house.happens(Some(waiting), answered(&agent));
    house.happens(Some(waiting), ended());
    let queues = house.get("/api/v1/queues", &cookie).await;
    assert_eq!(queues.json["items"][0]["waiting"], 0);
}

#[tokio::test]
async fn queues_say_whether_they_are_open() {
    use kring_journal::{ClosedWhy, Closing, Fact, Opened, WallTime};
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let queue = async || {
        let queues = house.get("/api/v1/queues", &cookie).await;
        queues.json["items"][0].clone()
    };
    assert_eq!(queue().await["open"], true);
    let closed = Fact::QueueClosed(Closing {
        queue: "support".into(),
        why: ClosedWhy::Holiday,
        next_open: Some(WallTime(1_796_693_400_000_000)),
    });
    house.happens(None, closed);
    let shut = queue().await;
    assert_eq!(
        (&shut["open"], &shut["closed_why"], &shut["next_open"]),
        (
            &json!(false),
            &json!("holiday"),
            &json!("2026-12-08T01:30:00.000000Z")
        )
    );
    let opened = Fact::QueueOpened(Opened {
        queue: "support".into(),
    });
    house.happens(None, opened);
    let open = queue().await;
    assert_eq!(
        (&open["open"], &open["next_open"]),
        (&json!(true), &json!(null))
    );
}
