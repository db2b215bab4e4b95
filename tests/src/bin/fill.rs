//! Fills a SQLite database with made-up contacts and past calls, for measuring on a full house.
//!
//! `fill PATH CONTACTS CALLS` makes a fresh database of kring and lets SQLite itself make the rows:
//! 100,000 contacts with 1,000,000 calls take half a minute. Every tenth call was abandoned; of the
//! others each has a case. Every twentieth number is shared by two persons. The calls have no facts
//! in the journal: they stand for history that was brought over from elsewhere.

use kring_store::{Store, StoreConfig};
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};
use std::{env, error::Error, path::Path, process::ExitCode, time::Instant};

/// Three years in microseconds: the span over which the calls are spread, up to `NOW`.
const SPAN: i64 = 3 * 365 * 86_400 * 1_000_000;
/// 2026-11-23T08:00:00Z.
const NOW: i64 = 1_795_420_800_000_000;
const GIVEN: &str = r#"["สมชาย","สมหญิง","วิชัย","มาลี","ประยุทธ","สุดา","อนันต์","กมลา","ธีระ","พรทิพย์","นิรันดร์","จินดา","ชัยวัฒน์","ลัดดา","สุรศักดิ์","อรุณี"]"#;
const FAMILY: &str =
    r#"["ใจดี","มีสุข","ทองดี","แสงทอง","ศรีสุข","รุ่งเรือง","พูลผล","วงศ์ใหญ่","แก้วมณี","บุญมา","สายชล"]"#;
const SUBJECT: &str = r#"["จดทะเบียนพาณิชย์","หนังสือรับรองนิติบุคคล","ราคาสินค้าแพง","เครื่องหมายการค้า","ใบอนุญาตส่งออก","งบการเงิน","ไม่ปิดป้ายราคา"]"#;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [path, contacts, calls] = &arguments[..] else {
        eprintln!("usage: fill PATH CONTACTS CALLS");
        return ExitCode::from(64);
    };
    match fill(path, contacts, calls).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{path} was not filled: {why}");
            ExitCode::from(70)
        }
    }
}

async fn fill(path: &str, contacts: &str, calls: &str) -> Result<(), Box<dyn Error>> {
    let (contacts, calls): (i64, i64) = (contacts.parse()?, calls.parse()?);
    if Path::new(path).exists() || contacts < 1 || calls < 1 {
        return Err("it exists already, or there is nothing to fill it with".into());
    }
    let url = format!("sqlite:{path}");
    Store::open(&StoreConfig::new(&url, "filled"))
        .await?
        .close()
        .await;
    let mut database = SqliteConnection::connect(&url).await?;
    database
        .execute(
            "PRAGMA synchronous = OFF; PRAGMA cache_size = -524288; PRAGMA temp_store = MEMORY",
        )
        .await?;
    let begun = Instant::now();
    for (what, sql) in steps(contacts, calls) {
        let done = database.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await?;
        println!(
            "{:>9} {what}, {:.1} s",
            done.rows_affected(),
            begun.elapsed().as_secs_f64()
        );
    }
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
    database.close().await?;
    Ok(())
}

/// The rows, from those that others refer to. `i` counts; ids sort as they were made.
fn steps(contacts: i64, calls: i64) -> [(&'static str, String); 8] {
    let count = |to: i64| {
        format!(
            "WITH RECURSIVE c (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < {to} - 1)"
        )
    };
    let number = |i: &str| format!("'+668' || printf('%08d', ({i}) * 7919 % 100000000)");
    let contact = |i: &str| format!("'01J' || printf('%023d', {i})");
    let pick = |list: &str, n: i64| format!("json_extract('{list}', '$[' || (i % {n}) || ']')");
    let (per_contact, per_call) = (count(contacts), count(calls));
    // Calls visit the numbers in an order that looks random and is the same each time.
    let whose = format!("(i * 2654435761 % {contacts})");
    let arrived = format!("{NOW} - ({calls} - i) * ({SPAN} / {calls})");
    [
        (
            "numbers",
            format!(
                "{per_contact} INSERT INTO phone_number (canonical, class, display) \
                 SELECT {n}, 'mobile', '08' || substr({n}, 5, 1) || '-' || substr({n}, 6, 3) || '-' \
                 || substr({n}, 9) FROM c",
                n = number("i"),
            ),
        ),
        (
            "contacts",
            format!(
                "{per_contact} INSERT INTO contact (id, prefix, given, family, org, notes, \
                 search_key, version, created) SELECT {}, 'คุณ', {given}, {family}, '', '', \
                 {given} || ' ' || {family}, 1, {NOW} - {SPAN} FROM c",
                contact("i"),
                given = pick(GIVEN, 16),
                family = pick(FAMILY, 11),
            ),
        ),
        (
            "links",
            format!(
                "{per_contact} INSERT INTO contact_number (number, contact, last_used) \
                 SELECT {}, {}, {NOW} FROM c",
                number("CASE WHEN i % 20 = 19 THEN i - 1 ELSE i END"),
                contact("i"),
            ),
        ),
        (
            "callers",
            format!(
                "{per_call} INSERT INTO caller (caller, number) \
                 SELECT 'c-' || printf('%015x', i), {} FROM c",
                number(&whose),
            ),
        ),
        (
            "calls",
            format!(
                "{per_call} INSERT INTO call (id, node, sip_call_id, caller, queue, did, trunk, \
                 state, outcome, result, rings, arrived_at, answered_at, ended_at, wait_ms, talk_ms, \
                 agent, ended_by, cause, degraded, case_ref, offered_us) \
                 SELECT '01K' || printf('%023d', i), 'filled', printf('%d@pbx', i), \
                 'c-' || printf('%015x', i), 'support', '038611025', 'pbx', 'ended', \
                 CASE WHEN i % 10 = 0 THEN 'abandoned' ELSE 'answered' END, \
                 CASE WHEN i % 10 = 0 THEN 'abandoned_within' ELSE 'within' END, 1 + i % 3, \
                 {arrived}, CASE WHEN i % 10 > 0 THEN {arrived} + 4000000 END, \
                 {arrived} + 90000000, 4000, CASE WHEN i % 10 > 0 THEN 86000 END, \
                 CASE WHEN i % 10 > 0 THEN 'agent' || (i % 10) END, \
                 CASE WHEN i % 10 > 0 THEN 'caller' END, 'bye', 0, \
                 CASE WHEN i % 10 > 0 THEN 'RY-' || (2567 + i * 3 / {calls}) || printf('-%07d', i) END, \
                 0 FROM c"
            ),
        ),
        (
            "cases",
            format!(
                "{per_call} INSERT INTO case_file (id, case_ref, kind, subject, detail, contact, \
                 call, number, department, resolution, confidentiality, status, agent, opened, \
                 updated, version) \
                 SELECT '01K' || printf('%023d', i), \
                 'RY-' || (2567 + i * 3 / {calls}) || printf('-%07d', i), 'inquiry', {}, '', {}, \
                 '01K' || printf('%023d', i), {}, printf('%026d', 1 + i % 9), 'answered', 'normal', \
                 'closed', 'agent' || (i % 10), {arrived}, {arrived}, 1 FROM c WHERE i % 10 > 0",
                pick(SUBJECT, 7),
                contact(&whose),
                number(&whose),
            ),
        ),
        (
            "years",
            format!(
                "INSERT INTO case_counter (year, last_n) \
                 VALUES (2567, {calls}), (2568, {calls}), (2569, {calls})"
            ),
        ),
        ("statistics", "ANALYZE".to_owned()),
    ]
}
