//! The wallboard: what supervisors see of the floor, and what of it others do not.

use crate::house::{House, Page, abandoned, answered, invited, offered, presence, ring};
use axum::http::StatusCode;
use kring_journal::{
    AgentId, BackWith, CallId, CallerRef, Fact, PresenceState, Transfer, TransferId, TransferMode,
    TransferOver, TransferStep, TransferWay,
};
use kring_store::Role;
use serde_json::{Value, json};

async fn board(house: &House, cookie: &str) -> Value {
    let reply = house.get("/api/v1/wallboard", cookie).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    reply.json
}

/// The board, once it says so: what comes from the database is two seconds old at most.
async fn board_when(house: &House, cookie: &str, there: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..500 {
        let board = board(house, cookie).await;
        if there(&board) {
            return board;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!(
        "the wallboard never said so: {}",
        board(house, cookie).await
    );
}

async fn person(house: &House, cookie: &str, number: &str) {
    let person = json!({"prefix": "นาย", "given": "สมชาย", "family": "ใจดี", "number": number});
    let made = house.post("/api/v1/contacts", cookie, person).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
}

#[tokio::test]
async fn the_wallboard_is_the_fold_of_what_happened() {
    let house = House::open().await;
    let somsri = house.agent("somsri", Role::Agent).await;
    let malee = house.agent("malee", Role::Agent).await;
    house.agent("boss", Role::Supervisor).await;
    let boss = house.cookie("boss").await;
    person(&house, &boss, "0812345678").await;
    house.happens(None, presence(&somsri, PresenceState::Ready));
    let owed = house.call_taken(&somsri, "0898765432");
    let left = house.call_from("0891111111");
    house.happens(Some(left), ring(2));
    house.happens(Some(left), abandoned(2));
    let talking = house.call_from("0812345678");
    house.happens(Some(talking), invited(&malee));
    house.happens(Some(talking), answered(&malee));
    house.happens(None, presence(&malee, PresenceState::Talking));
    let ringing = house.call_from("0892222222");
    house.happens(Some(ringing), ring(2));
    house.happens(Some(ringing), invited(&somsri));
    house
        .await_note(
            "the lookups",
            |fact| matches!(fact, Fact::LookedUp { result, .. } if result == "known"),
        )
        .await;

    let told = board(&house, &boss).await;
    assert_eq!(
        told["ring_rule"],
        json!({"decided": 3, "within": 2, "within_pct": 66.7, "target_pct": 95.0, "rescued": 0,
            "refused": 0, "breached": 0, "abandoned": [0, 1, 0]})
    );
    assert_eq!(told["oldest"]["call"], ringing.to_string());
    assert_eq!(
        (&told["oldest"]["ring"], &told["oldest"]["of"]),
        (&json!(2), &json!(3))
    );
    live_calls(&told, ringing);
    owed_records(&told, owed);
    seats(&told, talking, ringing);
    let half_hours = told["half_hours"].as_array().unwrap();
    let sum = |key: &str| {
        half_hours
            .iter()
            .map(|n| n[key].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!((sum("within"), sum("other")), (2, 1));
}

fn live_calls(told: &Value, ringing: CallId) {
    let calls = told["calls"].as_array().unwrap();
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert_eq!(calls[0]["id"], ringing.to_string(), "who waits comes first");
    assert_eq!(calls[0]["ringing_at"], json!(["somsri"]));
    let talk = &calls[1];
    assert_eq!(
        (
            &talk["state"],
            &talk["agent"],
            &talk["agent_name"],
            &talk["name"]
        ),
        (
            &json!("talking"),
            &json!("malee"),
            &json!("คุณmalee"),
            &json!("นายสมชาย ใจดี")
        )
    );
    assert_eq!(talk["number"]["canonical"], "+66812345678");
    assert!(talk["talk_ms"].is_u64() && talk["held"] == false);
}

fn owed_records(told: &Value, owed: CallId) {
    let unfinished = &told["unfinished"];
    assert_eq!(
        (&unfinished["count"], &unfinished["under_15_min"]),
        (&json!(1), &json!(1))
    );
    let first = &unfinished["oldest"][0];
    assert_eq!(
        (&first["call"], &first["agent"], &first["why"]),
        (
            &json!(owed.to_string()),
            &json!("somsri"),
            &json!("page_gone")
        ),
        "the form is open, and no page shows it"
    );
}

fn seats(told: &Value, talking: CallId, ringing: CallId) {
    let seats = told["seats"].as_array().unwrap();
    let logins: Vec<_> = seats
        .iter()
        .map(|seat| seat["login"].as_str().unwrap())
        .collect();
    assert_eq!(logins, ["boss", "malee", "somsri"]);
    assert_eq!(
        (&seats[1]["state"], &seats[1]["call"], &seats[1]["screen"]),
        (
            &json!("talking"),
            &json!(talking.to_string()),
            &json!("none")
        )
    );
    assert_eq!(seats[2]["call"], ringing.to_string());
}

#[tokio::test]
async fn a_record_that_is_made_is_owed_no_more() {
    let house = House::open().await;
    let somsri = house.agent("somsri", Role::Agent).await;
    house.agent("boss", Role::Supervisor).await;
    let boss = house.cookie("boss").await;
    let first = house.call_taken(&somsri, "0898765432");
    house.happens(
        Some(first),
        Fact::WrapUpExpired {
            agent: somsri.clone(),
        },
    );
    let second = house.call_taken(&somsri, "0891111111");
    let told = board(&house, &boss).await;
    assert_eq!(told["unfinished"]["count"], 2);
    assert_eq!(told["unfinished"]["oldest"][0]["why"], "expired");
    let reason = Fact::NoCase {
        agent: somsri.clone(),
        reason: "dropped".into(),
    };
    house.happens(Some(second), reason);
    let told = board(&house, &boss).await;
    assert_eq!(told["unfinished"]["count"], 1);
    assert_eq!(told["unfinished"]["oldest"][0]["call"], first.to_string());
}

#[tokio::test]
async fn a_restart_shows_the_same() {
    let house = House::open().await;
    let somsri = house.agent("somsri", Role::Agent).await;
    house.agent("boss", Role::Supervisor).await;
    house.call_taken(&somsri, "0898765432");
    let left = house.call_from("0891111111");
    house.happens(Some(left), abandoned(1));
    house.written().await;
    let boss = house.cookie("boss").await;
    let before = board(&house, &boss).await;
    let again = house.again().await;
    let told = board_when(&again, &boss, |told| told["unfinished"]["count"] == 1).await;
    assert_eq!(told["ring_rule"], before["ring_rule"]);
    assert_eq!(told["half_hours"], before["half_hours"]);
    assert_eq!(
        told["unfinished"]["oldest"][0]["call"],
        before["unfinished"]["oldest"][0]["call"]
    );
}

#[tokio::test]
async fn callers_of_others_are_masked_for_agents_and_bare_programs() {
    let house = House::open().await;
    let somsri = house.agent("somsri", Role::Agent).await;
    house.agent("malee", Role::Agent).await;
    house.agent("boss", Role::Supervisor).await;
    let (own, other) = (house.cookie("somsri").await, house.cookie("malee").await);
    let boss = house.cookie("boss").await;
    person(&house, &own, "0812345678").await;
    let call = house.call_from("0812345678");
    house.happens(Some(call), invited(&somsri));
    let known = |board: &Value| board["calls"][0]["name"].is_string();
    let seen = |board: &Value| {
        let call = &board["calls"][0];
        (call["name"].clone(), call["number"]["canonical"].clone())
    };
    let whole = (json!("นายสมชาย ใจดี"), json!("+66812345678"));
    let masked = (json!("ส•••"), Value::Null);
    assert_eq!(seen(&board_when(&house, &boss, known).await), whole);
    assert_eq!(seen(&board(&house, &own).await), whole, "it rings there");
    assert_eq!(seen(&board(&house, &other).await), masked);
    let program = house.program(&["floor:read"]).await;
    let request = crate::house::request(
        "GET",
        "/api/v1/wallboard",
        "",
        &json!({}),
        &[("authorization", &program)],
    );
    let told = house.send(request).await.json;
    assert_eq!(seen(&told), masked);
    assert!(!told.to_string().contains("สมชาย"));
    house.agent("officer", Role::UnitOfficer).await;
    let officer = house.cookie("officer").await;
    let refused = house.get("/api/v1/wallboard", &officer).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn transfers_that_fail_are_counted_by_unit() {
    let house = House::open().await;
    let somsri = house.agent("somsri", Role::Agent).await;
    house.agent("boss", Role::Supervisor).await;
    let boss = house.cookie("boss").await;
    let call = house.call_from("0812345678");
    house.happens(Some(call), answered(&somsri));
    for (n, code, why) in [
        (1, 486, TransferOver::Busy),
        (2, 486, TransferOver::Busy),
        (3, 0, TransferOver::Cancelled),
    ] {
        let over = TransferStep::Over {
            why,
            code,
            back: BackWith::Agent,
            took_ms: 900,
        };
        for step in [asked(&somsri), over] {
            let transfer = TransferId::new(7, n);
            house.happens(Some(call), Fact::Transfer(Transfer { transfer, step }));
        }
    }
    let done = TransferStep::Done {
        to: "4600".to_owned(),
        talk_ms: 20_000,
        took_ms: 4_000,
    };
    for step in [asked(&somsri), done] {
        let transfer = TransferId::new(7, 9);
        house.happens(Some(call), Fact::Transfer(Transfer { transfer, step }));
    }
    let told = board(&house, &boss).await;
    let transfers = &told["transfers"];
    assert_eq!(
        (&transfers["failed"], &transfers["total"]),
        (&json!(2), &json!(3))
    );
    let failing = &transfers["failing"][0];
    assert_eq!(
        (
            &failing["department"],
            &failing["extension"],
            &failing["sip_code"]
        ),
        (&json!("DIP"), &json!("4600"), &json!(486))
    );
    assert_eq!(failing["name_th"], "กรมทรัพย์สินทางปัญญา");
    assert_eq!(
        (&failing["failed"], &failing["total"]),
        (&json!(2), &json!(3))
    );
    let row = &told["calls"][0];
    assert_eq!(
        (&row["agent"], &row["connected_to"]),
        (&Value::Null, &json!("4600"))
    );
}

fn asked(agent: &AgentId) -> TransferStep {
    TransferStep::Asked {
        agent: agent.clone(),
        mode: TransferMode::Blind,
        way: TransferWay::Bridge,
        department: Some("DIP".to_owned()),
        to: "4600".to_owned(),
        reason: None,
        by_phone: false,
    }
}

#[tokio::test]
async fn supervisors_hear_of_dead_screens_by_name() {
    let house = House::open().await;
    let somsri = house.agent("somsri", Role::Agent).await;
    house.agent("boss", Role::Supervisor).await;
    let boss = house.cookie("boss").await;
    let at = house.serve().await;
    let (mut page, _) = Page::hello(at, &boss, json!({})).await;
    house.happens(None, presence(&somsri, PresenceState::Ready));
    house.happens(
        None,
        Fact::ScreenDead {
            agent: somsri.clone(),
        },
    );
    let told = page.hear_of("agent.screen_dead").await;
    assert_eq!(told["d"]["agent"], "somsri");
    let seat = |board: &Value| board["seats"].as_array().unwrap()[1].clone();
    let dead = seat(&board(&house, &boss).await);
    assert_eq!(dead["screen"], "dead");
    assert!(dead["dead_ms"].is_u64());
    let stats = page.hear_of("queue.stats").await;
    assert_eq!(stats["d"]["ready"], 1);
    house.happens(None, Fact::ScreenRestored { agent: somsri });
    let told = page.hear_of("agent.restored").await;
    assert_eq!(told["d"]["agent"], "somsri");
    let told = seat(&board(&house, &boss).await);
    assert_eq!(
        (&told["screen"], &told["dead_ms"]),
        (&json!("none"), &Value::Null)
    );
}

#[tokio::test]
async fn a_crowded_floor_is_told_within_its_bounds() {
    let house = House::open().await;
    house.agent("boss", Role::Supervisor).await;
    let boss = house.cookie("boss").await;
    for n in 0..300_u32 {
        let call = CallId::new(1_700_000_000_000, u128::from(n));
        let fact = offered(CallerRef::new(u64::from(n)), &format!("{n}@pbx"));
        house.happens(Some(call), fact);
    }
    let told = board(&house, &boss).await;
    assert_eq!(told["calls"].as_array().unwrap().len(), 200);
    assert_eq!(
        told["oldest"]["call"],
        CallId::new(1_700_000_000_000, 0).to_string()
    );
}
