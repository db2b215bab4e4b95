//! The directory: units, their desks and hours, holidays, type-ahead, and the audit.

use crate::{
    directory_files::import,
    house::{House, patient, request},
};
use axum::http::StatusCode;
use kring_store::{Role, UsualHours};
use kring_web::{HouseRules, RulesInForce, WebConfig};
use serde_json::{Value, json};

pub(crate) const UNITS: &str = "/api/v1/departments";

/// A house with office hours, and its administrator.
pub(crate) async fn house() -> (House, String) {
    let rules = HouseRules {
        hours: UsualHours {
            week: "mon-fri 08:30-12:00,13:00-16:30".parse().unwrap(),
            ..UsualHours::default()
        },
        ..HouseRules::default()
    };
    let web = WebConfig {
        rules: RulesInForce::from(rules),
        ..WebConfig::default()
    };
    let house = House::open_with(patient(), web).await;
    house.agent("root", Role::Admin).await;
    let root = house.cookie("root").await;
    (house, root)
}

async fn rayong(house: &House, root: &str) -> String {
    let unit = json!({"short": "RYG", "name_th": "พาณิชย์จังหวัดระยอง",
        "topics": ["ทะเบียนพาณิชย์", "ร้องเรียน"]});
    let made = house.post(UNITS, root, unit).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.header("etag"), "\"1\"");
    assert_eq!(made.json["sort"], 10, "after the nine of the manual");
    made.json["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_unit_is_added_changed_and_removed() {
    let (house, root) = house().await;
    let id = rayong(&house, &root).await;
    let path = format!("{UNITS}/{id}");
    let again = json!({"short": "ryg", "name_th": "อีกแห่ง"});
    let refused = house.post(UNITS, &root, again).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "taken")
    );
    let refused = house.post(UNITS, &root, json!({"short": "X"})).await;
    assert_eq!(refused.code(), "bad_field");
    assert_eq!(refused.json["field"], "name_th");
    let patch = json!({"hotline": "1203"});
    let send = async |version: &str| {
        let patch = request("PATCH", &path, &root, &patch, &[("if-match", version)]);
        house.send(patch).await
    };
    let changed = send("\"1\"").await;
    assert_eq!(
        (changed.status, changed.header("etag")),
        (StatusCode::OK, "\"2\"")
    );
    assert_eq!(changed.json["topics"], json!(["ทะเบียนพาณิชย์", "ร้องเรียน"]));
    let stale = send("\"1\"").await;
    assert_eq!(
        (stale.status, stale.code()),
        (StatusCode::PRECONDITION_FAILED, "stale")
    );
    assert_eq!(stale.json["version"], 2);
    let by_short = house.get(&format!("{UNITS}/RYG"), &root).await;
    assert_eq!(by_short.json["hotline"], "1203");
    assert_eq!(
        house.delete(&path, &root).await.status,
        StatusCode::NO_CONTENT
    );
    let gone = house.get(&path, &root).await;
    assert_eq!(
        (gone.status, gone.code()),
        (StatusCode::NOT_FOUND, "no_such_department")
    );
}

#[tokio::test]
async fn desks_are_added_changed_and_removed() {
    let (house, root) = house().await;
    let desks = format!("{UNITS}/DFT/endpoints");
    let first = json!({"extension": "21-01", "label": "งานนำเข้า"});
    let first = house.post(&desks, &root, first).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let told = &first.json;
    assert_eq!(
        (
            &told["extension"],
            &told["rings"],
            &told["priority"],
            &told["active"]
        ),
        (&json!("2101"), &json!(3), &json!(1), &json!(true))
    );
    let second = json!({"extension": "2102", "priority": 0, "rings": 5});
    assert_eq!(
        house.post(&desks, &root, second).await.status,
        StatusCode::CREATED
    );
    let listed = house.get(&desks, &root).await;
    assert_eq!(
        listed.json["items"][0]["extension"], "2102",
        "the lowest first"
    );
    let one = format!("{desks}/{}", told["id"].as_str().unwrap());
    let away = request(
        "PATCH",
        &one,
        &root,
        &json!({"active": false}),
        &[("if-match", "\"1\"")],
    );
    let changed = house.send(away).await;
    assert_eq!(
        (changed.header("etag"), &changed.json["active"]),
        ("\"2\"", &json!(false))
    );
    let stale = request(
        "DELETE",
        &one,
        &root,
        &Value::Null,
        &[("if-match", "\"1\"")],
    );
    assert_eq!(house.send(stale).await.code(), "stale");
    let wrong = request("PATCH", &one, &root, &json!({"rings": 11}), &[]);
    let wrong = house.send(wrong).await;
    assert_eq!(
        (wrong.code(), &wrong.json["field"]),
        ("bad_field", &json!("rings"))
    );
    assert_eq!(
        house.delete(&one, &root).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(house.delete(&one, &root).await.code(), "no_such_endpoint");
}

#[tokio::test]
async fn a_unit_is_open_by_its_hours() {
    let (house, root) = house().await;
    let status = async |at: &str| {
        let path = format!("{UNITS}/DFT/status?at={at}");
        let told = house.get(&path, &root).await.json;
        json!([
            told["open"],
            told["reason"],
            told["next_open"],
            told["holiday"]["name_th"]
        ])
    };
    // A Friday, 09:00 there; Saturday.
    assert_eq!(
        status("2026-11-27T02:00:00Z").await,
        json!([true, null, null, null])
    );
    let monday = "2026-11-30T01:30:00.000000Z";
    assert_eq!(
        status("2026-11-28T09:00:00%2B07:00").await,
        json!([false, "hours", monday, null])
    );
    let hours = json!({"hours": "mon-sat 09:00-17:00", "exceptions": [
        {"day": "2569-11-28", "hours": "closed", "name_th": "ทำบุญ"}]});
    let path = format!("{UNITS}/DFT/hours");
    let put = house
        .put(&path, &root, hours, &[("if-match", "\"1\"")])
        .await;
    assert_eq!(
        (put.status, put.header("etag")),
        (StatusCode::OK, "\"2\""),
        "{}",
        put.text
    );
    assert_eq!(put.json["tz"], "Asia/Bangkok");
    assert_eq!(put.json["exceptions"][0]["day"], "2026-11-28");
    let next = "2026-11-30T02:00:00.000000Z";
    assert_eq!(
        status("2026-11-28T03:00:00Z").await,
        json!([false, "holiday", next, "ทำบุญ"])
    );
    let wrong = house
        .put(&path, &root, json!({"hours": "mon 9-17"}), &[])
        .await;
    assert_eq!(
        (wrong.code(), &wrong.json["field"]),
        ("bad_field", &json!("hours"))
    );
    let wrong = house
        .get(&format!("{UNITS}/DFT/status?at=tomorrow"), &root)
        .await;
    assert_eq!(wrong.code(), "bad_filter");
}

#[tokio::test]
async fn holidays_close_all() {
    let (house, root) = house().await;
    let day = json!({"day": "2569-12-07", "name_th": "ชดเชยวันพ่อ", "name_en": "Father's Day"});
    let made = house.post("/api/v1/holidays", &root, day.clone()).await;
    assert_eq!(
        (made.status, &made.json["day"]),
        (StatusCode::CREATED, &json!("2026-12-07"))
    );
    assert_eq!(
        house.post("/api/v1/holidays", &root, day).await.code(),
        "taken"
    );
    let status = format!("{UNITS}/DIT/status?at=2026-12-07T03:00:00Z");
    let told = house.get(&status, &root).await.json;
    assert_eq!(
        (&told["reason"], &told["holiday"]["name_en"]),
        (&json!("holiday"), &json!("Father's Day"))
    );
    let gone = house.delete("/api/v1/holidays/2026-12-07", &root).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(house.get(&status, &root).await.json["open"], true);
    let gone = house.delete("/api/v1/holidays/2026-12-07", &root).await;
    assert_eq!(gone.code(), "no_such_holiday");
    let listed = house.get("/api/v1/holidays", &root).await;
    assert_eq!(listed.json, json!({"items": [], "configured": []}));
}

#[tokio::test]
async fn what_is_typed_finds_units_and_desks() {
    let (house, root) = house().await;
    let desk = json!({"extension": "2301", "label": "คุณส้มโอ"});
    house
        .post(&format!("{UNITS}/DITP/endpoints"), &root, desk)
        .await;
    let (_, somsri) = house.signed_in("somsri").await;
    let find = async |query: &str| {
        let path = format!("{UNITS}/search?q={query}&limit=3");
        house.get(&path, &somsri).await.json["items"].clone()
    };
    let found = find("dit").await;
    assert_eq!(
        (&found[0]["short"], &found[1]["short"]),
        (&json!("DIT"), &json!("DITP"))
    );
    assert_eq!(found[0]["endpoint"], json!(null));
    assert!(found[0]["open"].is_boolean());
    // ส้มโอ, and ๒๓๐.
    for query in [
        "%E0%B8%AA%E0%B9%89%E0%B8%A1%E0%B9%82%E0%B8%AD",
        "%E0%B9%92%E0%B9%93%E0%B9%90",
    ] {
        let found = find(query).await;
        assert_eq!(found[0]["endpoint"]["extension"], "2301", "{query}");
        assert_eq!(found[0]["short"], "DITP");
    }
    assert_eq!(find("nothing").await, json!([]));
}

#[tokio::test]
async fn the_list_comes_in_pages() {
    let (house, root) = house().await;
    let mut seen = Vec::new();
    let mut path = format!("{UNITS}?limit=4");
    loop {
        let page = house.get(&path, &root).await.json;
        for unit in page["items"].as_array().unwrap() {
            seen.push(unit["short"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => path = format!("{UNITS}?limit=4&cursor={next}"),
            None => break,
        }
    }
    let all = [
        "MOC", "DFT", "DIT", "DTN", "DIP", "DBD", "DITP", "TPSO", "PWO",
    ];
    assert_eq!(seen, all);
    let wrong = house.get(&format!("{UNITS}?cursor=x"), &root).await;
    assert_eq!(wrong.code(), "bad_cursor");
}

#[tokio::test]
async fn administrators_change_it_and_others_read_it() {
    let (house, root) = house().await;
    house.agent("boss", Role::Supervisor).await;
    let boss = house.cookie("boss").await;
    let body = json!({});
    for (method, path) in [
        ("POST", UNITS.to_owned()),
        ("PATCH", format!("{UNITS}/DFT")),
        ("DELETE", format!("{UNITS}/DFT")),
        ("POST", format!("{UNITS}/DFT/endpoints")),
        ("PATCH", format!("{UNITS}/DFT/endpoints/x")),
        ("DELETE", format!("{UNITS}/DFT/endpoints/x")),
        ("PUT", format!("{UNITS}/DFT/hours")),
        ("DELETE", "/api/v1/holidays/2026-12-07".to_owned()),
    ] {
        let refused = house.send(request(method, &path, &boss, &body, &[])).await;
        assert_eq!(refused.code(), "forbidden", "{method} {path}");
    }
    let day = json!({"day": "2026-12-07", "name_th": "หยุด"});
    assert_eq!(
        house.post("/api/v1/holidays", &boss, day).await.code(),
        "forbidden"
    );
    assert_eq!(
        import(&house, &boss, "", "short\nX\n").await.code(),
        "forbidden"
    );
    assert_eq!(house.get("/api/v1/audit", &boss).await.code(), "forbidden");
    for path in [
        "/DFT",
        "/DFT/endpoints",
        "/DFT/hours",
        "/DFT/status",
        "/export",
    ] {
        let read = house.get(&format!("{UNITS}{path}"), &boss).await;
        assert_eq!(read.status, StatusCode::OK, "{path}: {}", read.text);
    }
    // Every change has left a line, and nothing that was refused.
    let id = rayong(&house, &root).await;
    let audit = house
        .get("/api/v1/audit?action=department", &root)
        .await
        .json;
    assert_eq!(audit["items"].as_array().unwrap().len(), 1);
    let line = &audit["items"][0];
    assert_eq!(
        (
            &line["who"],
            &line["action"],
            &line["subject"],
            &line["was"]
        ),
        (
            &json!("person root"),
            &json!("department.add"),
            &json!(id),
            &Value::Null
        )
    );
    assert_eq!(line["is"]["short"], "RYG");
}
