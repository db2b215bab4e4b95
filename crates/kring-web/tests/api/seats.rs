//! Seats: one screen an agent, the state that somebody else sets, and more time for the record.

use crate::house::{House, Page, answered, invited, presence, wrap_up_opened};
use axum::http::StatusCode;
use kring_call::command::Done;
use kring_journal::{
    AgentId, DeviceEnd, DeviceOut, Fact, Hold, HoldOver, PresenceState, Unreached,
};
use kring_store::Role;
use serde_json::{Value, json};

const SESSION: &str = "/api/v1/session";
const PASSWORD: &str = "ระยอง-2569";

async fn sign_in(house: &House, login: &str, more: Value) -> (StatusCode, String, String) {
    let mut form = json!({"login": login, "password": PASSWORD});
    let more = more.as_object().unwrap().clone();
    form.as_object_mut().unwrap().extend(more);
    let reply = house.post(SESSION, "", form).await;
    let cookie = reply
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap_or_default();
    (reply.status, cookie.to_owned(), reply.code().to_owned())
}

async fn token(house: &House, scopes: &[&str]) -> [(&'static str, String); 1] {
    [("authorization", house.program(scopes).await)]
}

#[tokio::test]
async fn a_second_sign_in_takes_the_seat() {
    let house = House::open().await;
    house
        .agent_with_password("somsri", Role::Agent, Some(PASSWORD))
        .await;
    let (_, first, _) = sign_in(&house, "somsri", json!({})).await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &first, json!({})).await;

    let (status, second, _) = sign_in(&house, "somsri", json!({})).await;
    assert_eq!(status, StatusCode::CREATED);
    let told = page.hear_of("session.replaced").await;
    assert_eq!(told["d"], json!({}));
    assert_eq!(page.closed_with().await, 4411);

    let refused = house.get("/api/v1/me", &first).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::UNAUTHORIZED, "session_replaced")
    );
    let mut late = Page::open(at, &first, None).await.unwrap();
    late.say(json!({"t": "hello", "client_id": "late", "caps": []}))
        .await;
    assert_eq!(
        late.closed_with().await,
        4401,
        "and its socket does not come back"
    );
    assert_eq!(
        house.get("/api/v1/me", &second).await.status,
        StatusCode::OK
    );
    let (_page, welcome) = Page::hello(at, &second, json!({})).await;
    assert_eq!(welcome["agent"], "somsri");
}

#[tokio::test]
async fn a_call_at_another_screen_is_taken_only_when_asked_for() {
    let house = House::open().await;
    let agent = house
        .agent_with_password("somsri", Role::Agent, Some(PASSWORD))
        .await;
    let (_, first, _) = sign_in(&house, "somsri", json!({})).await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &first, json!({})).await;
    let call = house.call_from("0898765432");
    house.happens(Some(call), invited(&agent));
    house.happens(Some(call), answered(&agent));
    house.happens(None, presence(&agent, PresenceState::Talking));

    let (status, _, code) = sign_in(&house, "somsri", json!({})).await;
    assert_eq!(
        (status, &*code),
        (StatusCode::CONFLICT, "signed_in_elsewhere")
    );
    assert_eq!(house.get("/api/v1/me", &first).await.status, StatusCode::OK);

    let (status, second, _) = sign_in(&house, "somsri", json!({"take_over": true})).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(page.closed_with().await, 4411);
    let (_page, welcome) = Page::hello(at, &second, json!({})).await;
    assert_eq!(
        welcome["snapshot"]["call"]["state"], "talking",
        "the call goes on here"
    );
}

/// The screen of the call is gone with its PC: there is nobody to ask.
#[tokio::test]
async fn a_call_without_a_screen_is_taken_over_at_once() {
    let house = House::open().await;
    let agent = house
        .agent_with_password("somsri", Role::Agent, Some(PASSWORD))
        .await;
    sign_in(&house, "somsri", json!({})).await;
    house.happens(None, presence(&agent, PresenceState::Talking));
    let (status, _, _) = sign_in(&house, "somsri", json!({})).await;
    assert_eq!(status, StatusCode::CREATED);
}

#[tokio::test]
async fn supervisors_and_programs_have_no_single_seat() {
    let house = House::open().await;
    house
        .agent_with_password("boss", Role::Supervisor, Some(PASSWORD))
        .await;
    let (_, first, _) = sign_in(&house, "boss", json!({})).await;
    let (_, second, _) = sign_in(&house, "boss", json!({})).await;
    for cookie in [first, second] {
        assert_eq!(
            house.get("/api/v1/me", &cookie).await.status,
            StatusCode::OK
        );
    }
    house
        .agent_with_password("somsri", Role::Agent, Some(PASSWORD))
        .await;
    let [(_, bearer)] = token(&house, &["agent:somsri"]).await;
    let at = house.serve().await;
    let secret = bearer.trim_start_matches("Bearer ").to_owned();
    let (mut robot, _) = Page::hello(at, "", json!({"token": secret})).await;
    sign_in(&house, "somsri", json!({})).await;
    house.happens(
        None,
        presence(&AgentId::new("somsri"), PresenceState::Ready),
    );
    assert_eq!(
        robot.hear_of("presence.changed").await["d"]["state"],
        "ready"
    );
}

#[tokio::test]
async fn a_supervisor_sets_an_agents_state_and_the_agent_is_told_by_whom() {
    let house = House::open().await;
    house.agent("boss", Role::Supervisor).await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let boss = house.cookie("boss").await;
    let path = "/api/v1/agents/somsri/presence";
    let pause = || json!({"state": "paused", "reason": "ประชุม"});

    let refused = house.post(path, &cookie, pause()).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::FORBIDDEN, "forbidden")
    );
    assert_eq!(refused.json["scope"], "floor:act");
    let done = house.post(path, &boss, pause()).await;
    assert_eq!(
        (done.status, &done.json["after_call"]),
        (StatusCode::OK, &json!(false))
    );
    house.await_command("ForcePresence").await;
    let asked = house.commands().pop().unwrap();
    assert!(
        asked.contains("somsri") && asked.contains("by: AgentId(\"boss\")"),
        "{asked}"
    );

    house.exchange_says(|_| Ok(Done::AfterCall));
    let later = house.post(path, &boss, json!({"state": "offline"})).await;
    assert_eq!(later.json["after_call"], true);
    assert_eq!(
        house
            .post(path, &boss, json!({"state": "asleep"}))
            .await
            .code(),
        "bad_field"
    );

    let [(name, value)] = token(&house, &["floor:act"]).await;
    let by_program = house
        .post_with(path, "", json!({"state": "ready"}), &[(name, &value)])
        .await;
    assert_eq!(by_program.status, StatusCode::OK);

    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    house.happens(
        None,
        Fact::Presence {
            agent,
            state: PresenceState::Paused,
            reason: Some("ประชุม".to_owned()),
            by: Some(AgentId::new("boss")),
        },
    );
    let told = page.hear_of("presence.changed").await;
    assert_eq!(
        (&told["d"]["by"], &told["d"]["state"]),
        (&json!("boss"), &json!("paused"))
    );
}

#[tokio::test]
async fn an_agent_takes_more_time_for_the_record() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    let call = house.call_taken(&agent, "0898765432");
    let path = format!("/api/v1/calls/{call}/wrap-up/extend");
    let done = house.post(&path, &cookie, json!({"by_s": 60})).await;
    assert_eq!(
        (done.status, &done.json["done"]),
        (StatusCode::OK, &json!("ok"))
    );
    house.await_command("ExtendWrapUp").await;
    for by_s in [0, 601] {
        let refused = house.post(&path, &cookie, json!({"by_s": by_s})).await;
        assert_eq!(refused.code(), "bad_field");
    }
    house.exchange_says(|_| Err(kring_call::command::CommandRefused::WrapUpTooLong));
    let refused = house.post(&path, &cookie, json!({"by_s": 60})).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "wrap_up_too_long")
    );

    page.hear_of("wrapup.opened").await;
    house.happens(Some(call), Fact::WrapUpExtended { agent, for_s: 90 });
    let told = page.hear_of("wrapup.extended").await;
    assert_eq!(told["d"]["for_ms"], 90_000);
}

/// A page that comes back in the middle of a hold draws it.
#[tokio::test]
async fn a_hold_is_told_and_remembered() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    let call = house.call_from("0898765432");
    house.happens(Some(call), invited(&agent));
    house.happens(Some(call), answered(&agent));
    let held = Fact::Held(Hold {
        agent: agent.clone(),
    });
    house.happens(Some(call), held);
    page.hear_of("call.held").await;
    let (_, welcome) = Page::hello(at, &cookie, json!({})).await;
    assert!(welcome["snapshot"]["call"]["held_ms"].is_u64(), "{welcome}");
    let held_ms = 12_480;
    house.happens(Some(call), Fact::Resumed(HoldOver { agent, held_ms }));
    assert_eq!(page.hear_of("call.resumed").await["d"]["held_ms"], 12_480);
    let (_, welcome) = Page::hello(at, &cookie, json!({})).await;
    assert!(
        welcome["snapshot"]["call"]["held_ms"].is_null(),
        "{welcome}"
    );
}

/// What the page says of its sound reaches the exchange, and what the exchange makes of silence the page.
#[tokio::test]
async fn a_page_says_that_it_sounds_and_hears_when_it_did_not() {
    let house = House::open().await;
    let (agent, cookie) = house.signed_in("somsri").await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &cookie, json!({})).await;
    let call = house.call_from("0898765432");
    house.happens(Some(call), invited(&agent));
    page.hear_of("call.offered").await;
    page.say(json!({"t": "ring.audible", "call": call.to_string()}))
        .await;
    house.await_command("RingAudible").await;

    let end = DeviceEnd::Unreached {
        why: Unreached::SilentDevice,
        code: 0,
    };
    let out = Fact::DeviceOut(DeviceOut {
        agent: agent.clone(),
        device: "browser".to_owned(),
        end,
    });
    house.happens(Some(call), out);
    let why = Unreached::SilentDevice;
    house.happens(
        Some(call),
        Fact::Unreached {
            agent,
            why,
            code: 0,
        },
    );
    let told = page.hear_of("call.withdrawn").await;
    assert_eq!(told["d"]["reason"], "silent_device");
}

/// Nobody was at a screen: the record waits in the unfinished list until somebody signs in.
#[tokio::test]
async fn drafts_wait_for_an_agent_who_had_no_screen() {
    let house = House::open().await;
    let agent = house
        .agent_with_password("somsri", Role::Agent, Some(PASSWORD))
        .await;
    let call = house.call_from("0898765432");
    house.happens(Some(call), Fact::Degraded);
    for fact in [
        invited(&agent),
        answered(&agent),
        crate::house::ended(),
        wrap_up_opened(&agent),
        Fact::WrapUpExpired {
            agent: agent.clone(),
        },
    ] {
        house.happens(Some(call), fact);
    }
    house.written().await;
    let (_, cookie, _) = sign_in(&house, "somsri", json!({})).await;
    let at = house.serve().await;
    let (_page, welcome) = Page::hello(at, &cookie, json!({})).await;
    assert_eq!(
        welcome["snapshot"]["drafts"][0]["call"],
        call.to_string(),
        "{welcome}"
    );
    let row = house.get(&format!("/api/v1/calls/{call}"), &cookie).await;
    assert_eq!(row.json["degraded"], true, "{}", row.text);
}
