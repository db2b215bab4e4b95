//! A full house: people, their numbers, past calls and cases, made by SQLite itself where it can.

use super::people::people;
use kring_store::{Store, StoreConfig};
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};
use std::{error::Error, path::Path, time::Instant};

/// A year in microseconds.
const YEAR: i64 = 365 * 86_400 * 1_000_000;
/// 2026-11-23T08:00:00Z.
const NOW: i64 = 1_795_420_800_000_000;
const SUBJECT: &str = r#"["จดทะเบียนพาณิชย์","หนังสือรับรองนิติบุคคล","ราคาสินค้าแพง","เครื่องหมายการค้า","ใบอนุญาตส่งออก","งบการเงิน","ไม่ปิดป้ายราคา"]"#;

/// Makes a database at `path`, where nothing is yet, and tells each step.
pub(crate) async fn fill(
    path: &str,
    contacts: i64,
    calls: i64,
    years: i64,
    tell: impl Fn(&str, u64, f64),
) -> Result<(), Box<dyn Error>> {
    if Path::new(path).exists() || contacts < 100 || calls < 1 || years < 1 {
        return Err("it exists already, or there is too little to fill it with".into());
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
    database.execute("BEGIN").await?;
    let parts = people(&mut database, contacts as usize, NOW - years * YEAR).await?;
    database.execute("COMMIT").await?;
    tell("people", contacts as u64, begun.elapsed().as_secs_f64());
    tell(
        "parts of names",
        parts as u64,
        begun.elapsed().as_secs_f64(),
    );
    for (what, sql) in steps(contacts, calls, years) {
        let done = database.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await?;
        tell(what, done.rows_affected(), begun.elapsed().as_secs_f64());
    }
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
    database.close().await?;
    Ok(())
}

/// The rows, from those that others refer to. `i` counts; ids sort as they were made.
fn steps(contacts: i64, calls: i64, years: i64) -> [(&'static str, String); 9] {
    let span = years * YEAR;
    let count = |to: i64| {
        format!(
            "WITH RECURSIVE c (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < {to} - 1)"
        )
    };
    let number = |i: &str| format!("'+668' || printf('%08d', ({i}) * 7919 % 100000000)");
    let contact = |i: &str| format!("'01J' || printf('%023d', {i})");
    let pick = |list: &str, n: i64| format!("json_extract('{list}', '$[' || (i % {n}) || ']')");
    let (per_contact, per_call) = (count(contacts), count(calls));
    // Calls visit the people in an order that looks random and is the same each time; one of a hundred calls
    // again and again.
    let whose = format!(
        "(CASE WHEN i % 7 = 0 THEN i * 48271 % ({contacts} / 100) ELSE i * 2654435761 % {contacts} END)"
    );
    let arrived = format!("{NOW} - ({calls} - i) * ({span} / {calls})");
    let case_ref = format!("'RY-' || (2567 + i * 3 / {calls}) || printf('-%07d', i)");
    [
        (
            "numbers",
            format!(
                "{} INSERT INTO phone_number (canonical, class, display) \
                 SELECT {n}, 'mobile', '08' || substr({n}, 5, 1) || '-' || substr({n}, 6, 3) || '-' \
                 || substr({n}, 9) FROM c",
                count(contacts + contacts / 2),
                n = number("i"),
            ),
        ),
        // Each has a number, every second one has two, and every twentieth shares that of the one before.
        (
            "links",
            format!(
                "{per_contact} INSERT INTO contact_number (number, contact, last_used) \
                 SELECT {own}, {id}, {NOW} FROM c \
                 UNION ALL SELECT {second}, {id}, {NOW} - {span} FROM c WHERE i % 2 = 0 \
                 AND i / 2 < {contacts} / 2 \
                 UNION ALL SELECT {before}, {id}, {NOW} - 1 FROM c WHERE i % 20 = 19",
                own = number("i"),
                second = number(&format!("{contacts} + i / 2")),
                before = number("i - 1"),
                id = contact("i"),
            ),
        ),
        (
            "callers",
            format!(
                "{per_call} INSERT INTO caller (caller, number, came) \
                 SELECT 'c-' || printf('%015x', i), {}, {arrived} FROM c",
                number(&whose),
            ),
        ),
        (
            "calls",
            format!(
                "{per_call} INSERT INTO call (id, node, sip_call_id, caller, queue, did, trunk, \
                 state, outcome, result, rings, arrived_at, answered_at, ended_at, wait_ms, talk_ms, \
                 agent, ended_by, cause, degraded, case_ref, no_case, offered_us) \
                 SELECT '01K' || printf('%023d', i), 'filled', printf('%d@pbx', i), \
                 'c-' || printf('%015x', i), 'support', '038611025', 'pbx', 'ended', \
                 CASE WHEN i % 10 = 0 THEN 'abandoned' ELSE 'answered' END, \
                 CASE WHEN i % 10 = 0 THEN 'abandoned_within' ELSE 'within' END, 1 + i % 3, \
                 {arrived}, CASE WHEN i % 10 > 0 THEN {arrived} + 4000000 END, \
                 {arrived} + 90000000, 4000, CASE WHEN i % 10 > 0 THEN 86000 END, \
                 CASE WHEN i % 10 > 0 THEN 'agent' || (i % 10) END, \
                 CASE WHEN i % 10 > 0 THEN 'caller' END, 'bye', 0, \
                 CASE WHEN i % 10 BETWEEN 1 AND 3 THEN {case_ref} END, \
                 CASE WHEN i % 10 > 3 THEN 'other' END, 0 FROM c"
            ),
        ),
        (
            "cases",
            format!(
                "{per_call} INSERT INTO case_file (id, case_ref, kind, subject, detail, contact, \
                 call, number, department, resolution, confidentiality, status, agent, opened, \
                 updated, version) \
                 SELECT '01K' || printf('%023d', i), {case_ref}, \
                 CASE WHEN i % 29 = 0 THEN 'tip' WHEN i % 8 = 0 THEN 'complaint' \
                 WHEN i % 13 = 0 THEN 'consultation' ELSE 'inquiry' END, {}, '', {}, \
                 '01K' || printf('%023d', i), {}, printf('%026d', 1 + i % 9), 'answered', \
                 CASE WHEN i % 29 = 0 THEN 'restricted' ELSE 'normal' END, \
                 CASE WHEN i % 8 = 0 AND i > {calls} * 9 / 10 THEN 'open' ELSE 'closed' END, \
                 'agent' || (i % 10), {arrived}, {arrived}, 1 FROM c WHERE i % 10 BETWEEN 1 AND 3",
                pick(SUBJECT, 7),
                contact(&whose),
                number(&whose),
            ),
        ),
        // Every twentieth call was transferred, a third of those in vain; every eighth rang out at somebody first.
        (
            "transfers",
            format!(
                "{per_call} INSERT INTO call_transfer (transfer, call, came, agent, mode, department, \
                 extension, result, sip_code, took_ms) SELECT '01T' || printf('%023d', i), \
                 '01K' || printf('%023d', i), {arrived}, 'agent' || (i % 10), 'blind', \
                 (SELECT d.short FROM department d WHERE d.id = printf('%026d', 1 + i % 9)), '4600', \
                 CASE i % 3 WHEN 0 THEN 'busy' ELSE 'done' END, 200, 4000 FROM c WHERE i % 20 = 7"
            ),
        ),
        (
            "offers that rang out",
            format!(
                "{per_call} INSERT INTO call_rung_out (boot, seq, call, came, agent) SELECT 0, i, \
                 '01K' || printf('%023d', i), {arrived}, 'agent' || (i % 10) FROM c WHERE i % 8 = 3"
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
