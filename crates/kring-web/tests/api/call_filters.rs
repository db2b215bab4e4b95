//! What lists of calls are narrowed by, and what their rows say beside the record.

use crate::{
    house::{House, request},
    reports::{get, some_days},
};
use kring_journal::WallTime;
use kring_store::{CallRow, Role};
use serde_json::json;

#[tokio::test]
async fn a_list_is_narrowed_by_name_number_outcome_and_record() {
    let (house, boss) = some_days().await;
    let count = async |query: &str| {
        let path = format!("/calls?limit=200&{query}");
        let told = get(&house, &boss, &path).await.json;
        told["items"].as_array().unwrap().len()
    };
    let all = count("").await;
    assert_eq!(all, 40);
    assert_eq!(count("outcome=abandoned,answered").await, all);
    assert_eq!(count("result=any").await, all);
    assert_eq!(count("result=breached").await, 0);
    assert_eq!(count("outcome=abandoned").await, 16);
    assert_eq!(count("unanswered=true").await, 16);
    assert_eq!(count("queue=support").await, all);
    assert_eq!(count("queue=nobody").await, 0);
    let of_number = count("phone=0810000000").await;
    assert_eq!(count("q=081-000-0000").await, of_number);
    assert_eq!(
        count("q=%E0%B9%90%E0%B9%98%E0%B9%91-000-0000").await,
        of_number
    );
    assert!(count("q=%E0%B8%AA%E0%B8%A1%E0%B8%8A%E0%B8%B2%E0%B8%A2").await > 0);
    assert_eq!(
        count("q=%E0%B8%A7%E0%B8%B4%E0%B8%8A%E0%B8%B1%E0%B8%A2").await,
        0
    );
    let rings: usize = count("ring=1").await + count("ring=2").await + count("ring=3").await;
    assert_eq!(rings, all);
    let owed = count("unfinished=true").await;
    let recorded = count("department=DBD").await;
    assert!(owed > 0 && recorded > 0);
    assert_eq!(count("kind=tip").await, 0, "nor whether a call had one");
    assert_eq!(count("no_case=any").await, 0);
    for bad in [
        "outcome=x",
        "result=within,x",
        "hour=24",
        "weekday=0",
        "kind=x",
        "direction=x",
    ] {
        let reply = house.get(&format!("/api/v1/calls?{bad}"), &boss).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code()),
            (400, "bad_filter"),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn a_row_says_who_called_and_the_unit_of_the_case() {
    let (house, boss) = some_days().await;
    let told = get(&house, &boss, "/calls?department=DBD&limit=1")
        .await
        .json;
    let row = &told["items"][0];
    assert_eq!(
        (&row["name"], &row["department_short"], &row["department"]),
        (&json!("สมชาย"), &json!("DBD"), &json!("กรมพัฒนาธุรกิจการค้า"))
    );
    let one = get(
        &house,
        &boss,
        &format!("/calls/{}", row["id"].as_str().unwrap()),
    )
    .await;
    assert_eq!(&one.json, row);
    let program = house.program(&["calls:read"]).await;
    let path = "/api/v1/calls?department=DBD&limit=1";
    let headers = [("authorization", program.as_str())];
    let told = house
        .send(request("GET", path, "", &json!({}), &headers))
        .await;
    assert_eq!(told.json["items"][0]["name"], "ส•••");
}

/// What memory has and the disk has not yet is narrowed alike.
#[tokio::test]
async fn live_calls_are_narrowed_as_stored_ones() {
    let house = House::open().await;
    house.agent("boss", Role::Supervisor).await;
    let boss = house.cookie("boss").await;
    let call = house.call_from("0812345678");
    for (query, there) in [
        ("queue=support", true),
        ("queue=other", false),
        ("result=any", false),
        ("direction=inbound", true),
        ("ring=1", true),
        ("transfer=any", false),
        ("unanswered=true", true),
    ] {
        let told = get(&house, &boss, &format!("/calls?{query}")).await.json;
        let found = told["items"].as_array().unwrap().len() == 1;
        assert_eq!(found, there, "{query}");
    }
    house.written().await;
    let stored: CallRow = house.store.call(call).await.unwrap().unwrap();
    assert!(stored.record.arrived_at > WallTime(0));
}
