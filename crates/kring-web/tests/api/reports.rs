//! Reports: each row leads to exactly its calls, files are safe to open, and numbers are for those who may read them.

use crate::house::{
    House, Reply, abandoned, answered, ended, invited, request, withdrawn, wrap_up_opened,
};
use axum::http::StatusCode;
use kring_journal::{
    AgentId, BackWith, CallId, Fact, Transfer, TransferId, TransferMode, TransferOver,
    TransferStep, TransferWay, Withdrawal,
};
use kring_store::Role;
use serde_json::{Value, json};

const DAY_US: i64 = 86_400_000_000;

/// Every report, by everything.
const REPORTS: &[(&str, &[&str])] = &[
    (
        "ring-rule",
        &["day", "hour", "month", "agent", "queue", "heat"],
    ),
    ("abandoned", &["day", "hour", "month", "queue"]),
    ("agents", &["agent"]),
    ("transfers", &["department", "agent", "day", "month"]),
    ("topics", &["department", "subject", "day", "month"]),
    ("sla", &["department", "day", "month"]),
    ("repeat-callers", &["number"]),
    ("knowledge-gaps", &["question"]),
];

/// A house with some days behind it; a supervisor's cookie.
pub(crate) async fn some_days() -> (House, String) {
    let house = House::open().await;
    let somsri = house.agent("somsri", Role::Agent).await;
    let malee = house.agent("malee", Role::Agent).await;
    house.agent("boss", Role::Supervisor).await;
    for n in 0..40_u32 {
        let number = format!("08{:08}", 10_000_000 + n % 7);
        let agent = if n % 3 == 0 { &malee } else { &somsri };
        let call = house.call_from_on(&number, i64::from(n % 9) * -DAY_US / 2);
        house.happens(Some(call), invited(agent));
        match n % 5 {
            0 => house.happens(Some(call), abandoned(1 + (n % 3) as u8)),
            1 => {
                let (agent, why) = (agent, Withdrawal::Rona);
                house.happens(Some(call), withdrawn(agent, why));
                house.happens(Some(call), abandoned(3));
            }
            _ => talk(&house, call, agent, n).await,
        }
    }
    house.written().await;
    let boss = house.cookie("boss").await;
    for q in ["=1+1", "ราคาปุ๋ยอินทรีย์", "ราคาปุ๋ยอินทรีย์"]
    {
        let gap = house
            .post("/api/v1/knowledge/gaps", &boss, json!({ "q": q }))
            .await;
        assert!(gap.status.is_success(), "{}", gap.text);
    }
    (house, boss)
}

async fn talk(house: &House, call: CallId, agent: &AgentId, n: u32) {
    house.happens(Some(call), answered(agent));
    if n.is_multiple_of(4) {
        for step in [asked(agent, n), over(n)] {
            let transfer = TransferId::new(9, n.into());
            house.happens(Some(call), Fact::Transfer(Transfer { transfer, step }));
        }
    }
    house.happens(Some(call), ended());
    house.happens(Some(call), wrap_up_opened(agent));
    house.written().await;
    if n.is_multiple_of(2) {
        return;
    }
    let cookie = house.cookie(agent.as_str()).await;
    let mut record = House::record(["ราคาปุ๋ย", "จดทะเบียน"][usize::from(n.is_multiple_of(3))]);
    record["extension"] = json!("2104");
    record["kind"] = json!(["inquiry", "complaint", "tip"][(n % 4) as usize % 3]);
    if record["kind"] == "complaint" {
        record["complainant"] = json!({"given": "สมชาย"});
    }
    let path = format!("/api/v1/calls/{call}/confirm");
    let made = house.post(&path, &cookie, record).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
}

fn asked(agent: &AgentId, n: u32) -> TransferStep {
    TransferStep::Asked {
        agent: agent.clone(),
        mode: TransferMode::Blind,
        way: TransferWay::Bridge,
        department: (!n.is_multiple_of(8)).then(|| "DIP".to_owned()),
        to: "4600".to_owned(),
        reason: None,
        by_phone: false,
    }
}

fn over(n: u32) -> TransferStep {
    let (why, code) = match n % 3 {
        0 => (TransferOver::Busy, 486),
        1 => (TransferOver::NoAnswer, 480),
        _ => (TransferOver::Cancelled, 0),
    };
    TransferStep::Over {
        why,
        code,
        back: BackWith::Agent,
        took_ms: 900,
    }
}

pub(crate) async fn get(house: &House, cookie: &str, path: &str) -> Reply {
    let reply = house.get(&format!("/api/v1{path}"), cookie).await;
    assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text);
    reply
}

/// The days that hold all of it.
fn days(house: &House) -> String {
    let day = |us: i64| {
        let shown = house.clock.now().1.0 + us + 7 * 3_600_000_000;
        let date = time::OffsetDateTime::from_unix_timestamp(shown / 1_000_000).unwrap();
        date.date().to_string()
    };
    format!("from={}&to={}", day(-6 * DAY_US), day(0))
}

#[tokio::test]
async fn every_row_of_every_report_leads_to_exactly_its_calls() {
    let (house, boss) = some_days().await;
    let days = days(&house);
    let mut linked = 0;
    for (report, bys) in REPORTS {
        for by in *bys {
            let path = format!("/reports/{report}?{days}&by={by}");
            let told = get(&house, &boss, &path).await.json;
            assert_eq!((&told["report"], &told["by"]), (&json!(report), &json!(by)));
            assert_eq!(told["zone"], "Asia/Bangkok");
            let rows = told["rows"].as_array().unwrap();
            assert!(!rows.is_empty(), "{path}");
            let columns = told["columns"].as_array().unwrap();
            for row in rows {
                for column in columns {
                    let key = column["key"].as_str().unwrap();
                    assert!(row.get(key).is_some(), "{path}: {key}");
                }
                let counts = told["link_counts"].as_str().unwrap_or("calls");
                let Some(link) = row["link"].as_str() else {
                    let none = row[counts].as_i64().unwrap_or(0);
                    assert_eq!(none, 0, "{path}: {row}");
                    continue;
                };
                linked += 1;
                let listed = get(&house, &boss, &format!("{link}&limit=200")).await.json;
                let listed = listed["items"].as_array().unwrap().len();
                assert_eq!(row[counts].as_u64(), Some(listed as u64), "{path}: {row}");
            }
            adds_up(&told, &path);
        }
    }
    assert!(linked > 40, "{linked}");
}

/// A total is the sum of what is counted, where each call is in one row.
fn adds_up(told: &Value, path: &str) {
    let Some(total) = told["total"].as_object() else {
        return;
    };
    for column in told["columns"].as_array().unwrap() {
        let key = column["key"].as_str().unwrap();
        // Hours and weekdays are no counts, and a call may be transferred to two units.
        let of_units = path.contains("transfers") && key == "calls";
        if column["unit"] != "count" || key == "weekday" || of_units {
            continue;
        }
        let rows = told["rows"].as_array().unwrap();
        let sum: i64 = rows.iter().map(|row| row[key].as_i64().unwrap()).sum();
        assert_eq!(total[key].as_i64(), Some(sum), "{path}: {key}");
    }
}

#[tokio::test]
async fn a_report_says_the_same_as_the_list() {
    let (house, boss) = some_days().await;
    let days = days(&house);
    let path = format!("/reports/ring-rule?{days}&by=month");
    let told = get(&house, &boss, &path).await.json;
    let all = get(&house, &boss, "/calls?limit=200").await.json;
    let all = all["items"].as_array().unwrap();
    let of = |key: &str, value: &str| all.iter().filter(|row| row[key] == value).count();
    assert_eq!(told["total"]["calls"], all.len());
    assert_eq!(told["total"]["within"], of("result", "within"));
    assert_eq!(told["total"]["abandoned"], of("result", "abandoned_within"));
    let path = format!("/reports/agents?{days}");
    let told = get(&house, &boss, &path).await.json;
    for row in told["rows"].as_array().unwrap() {
        let login = row["login"].as_str().unwrap();
        assert_eq!(row["calls"], of("agent", login), "{row}");
        assert_eq!(row["name"], format!("คุณ{login}"));
    }
    assert!(told["total"]["rona"].as_u64() > Some(0));
    assert_eq!(told["total"]["talk_ms_avg"], 61_000);
}

#[tokio::test]
async fn both_eras_are_read_and_what_there_is_not_is_refused() {
    let (house, boss) = some_days().await;
    let common = get(
        &house,
        &boss,
        "/reports/agents?from=2026-10-01&to=2026-10-31",
    )
    .await;
    let buddhist = get(
        &house,
        &boss,
        "/reports/agents?from=2569-10-01&to=2569-10-31",
    )
    .await;
    for key in ["from", "to", "rows"] {
        assert_eq!(common.json[key], buddhist.json[key]);
    }
    for (path, filter) in [
        ("agents?by=heat", "by"),
        ("agents?from=yesterday", "from"),
        ("agents?from=2026-10-02&to=2026-10-01", "to"),
        ("agents?from=2000-01-01&to=2026-10-01", "to"),
        ("agents?format=pdf", "format"),
        ("agents?calendar=julian", "calendar"),
    ] {
        let reply = house.get(&format!("/api/v1/reports/{path}"), &boss).await;
        let told = (reply.status.as_u16(), reply.code(), &reply.json["filter"]);
        assert_eq!(told, (422, "bad_filter", &json!(filter)), "{path}");
    }
    let reply = house.get("/api/v1/reports/weather", &boss).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    for role in [Role::Agent, Role::Dpo, Role::Integrator] {
        house.agent("other", role).await;
        let cookie = house.cookie("other").await;
        let reply = house.get("/api/v1/reports/agents", &cookie).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{role:?}");
    }
}

#[tokio::test]
async fn files_open_in_a_spreadsheet_and_calculate_nothing() {
    let (house, boss) = some_days().await;
    let days = days(&house);
    let path = format!("/reports/knowledge-gaps?{days}&format=csv");
    let told = get(&house, &boss, &path).await;
    assert_eq!(told.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        told.header("content-disposition")
            .contains("knowledge-gaps-")
    );
    assert!(told.text.starts_with('\u{feff}'));
    let mut lines = told.text.lines();
    let heading = lines.next().unwrap();
    assert!(
        heading.contains("ถามครั้งแรก (พ.ศ.),ถามครั้งแรก (ISO)"),
        "{heading}"
    );
    assert!(
        lines.any(|line| line.starts_with("'=1+1,1,")),
        "{}",
        told.text
    );
    let year = time::OffsetDateTime::now_utc().year();
    assert!(
        told.text.contains(&format!("/{}", year + 543)),
        "{}",
        told.text
    );
    let path = format!("/reports/agents?{days}&format=csv&calendar=ce");
    let told = get(&house, &boss, &path).await;
    assert!(
        told.text.lines().last().unwrap().starts_with("รวม,"),
        "{}",
        told.text
    );
    for (report, bys) in REPORTS {
        for by in *bys {
            let path = format!("/api/v1/reports/{report}?{days}&by={by}&format=xlsx");
            let bytes = house.get_bytes(&path, &boss).await;
            assert!(bytes.starts_with(b"PK") && bytes.len() > 2_000, "{path}");
        }
    }
}

#[tokio::test]
async fn a_program_with_reports_alone_learns_no_number() {
    let (house, boss) = some_days().await;
    let days = days(&house);
    let path = format!("/api/v1/reports/repeat-callers?{days}");
    let whole = house.get(&path, &boss).await.json;
    assert_eq!(whole["rows"][0]["number"], "081-000-0000");
    assert_eq!(whole["rows"][0]["calls"], 6);
    let program = house.program(&["reports:read"]).await;
    let headers = [("authorization", program.as_str())];
    let told = house
        .send(request("GET", &path, "", &json!({}), &headers))
        .await;
    assert_eq!(told.json["rows"][0]["number"], "•••-0000");
    assert_eq!(told.json["rows"][0]["link"], Value::Null);
    assert!(!told.text.contains("0810000000") && !told.text.contains("81000000"));
    let path = "/api/v1/reports/topics?by=subject";
    let refused = house
        .send(request("GET", path, "", &json!({}), &headers))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
