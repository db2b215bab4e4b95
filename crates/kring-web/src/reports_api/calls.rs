//! Reports that are sums over calls: the ring rule, callers who gave up, agents.

use super::{
    Making,
    links::Link,
    span::Days,
    table::{self, Cell, Column, Row, Table, Unit, column},
};
use crate::problem::Problem;
use kring_store::{CallTally, ReportBy, ReportKey};
use std::collections::BTreeMap;

const WITHIN: Column = column("within", "รับภายใน 3 ครั้ง", "Within 3 rings", Unit::Count);
const WITHIN_PCT: Column = column(
    "within_pct",
    "รับภายใน 3 ครั้ง (%)",
    "Within 3 rings, %",
    Unit::Pct,
);
const RING_1: Column = column("ring_1", "เสียงเรียกครั้งที่ 1", "Ring 1", Unit::Count);
const RING_2: Column = column("ring_2", "เสียงเรียกครั้งที่ 2", "Ring 2", Unit::Count);
const RING_3: Column = column("ring_3", "เสียงเรียกครั้งที่ 3", "Ring 3", Unit::Count);

const RING_RULE: [Column; 13] = [
    table::CALLS,
    WITHIN,
    WITHIN_PCT,
    column("rescued", "รับไว้ในระบบรอสาย", "Kept in queue", Unit::Count),
    column("refused", "แจ้งสายไม่ว่าง", "Refused", Unit::Count),
    column("breached", "รับเกินกำหนด", "Answered late", Unit::Count),
    column("failed", "ขัดข้อง", "Failed", Unit::Count),
    column("abandoned", "ผู้โทรวางสายก่อน", "Abandoned", Unit::Count),
    column(
        "abandoned_1",
        "วางสายในครั้งที่ 1",
        "Abandoned in ring 1",
        Unit::Count,
    ),
    column(
        "abandoned_2",
        "วางสายในครั้งที่ 2",
        "Abandoned in ring 2",
        Unit::Count,
    ),
    column(
        "abandoned_3",
        "วางสายในครั้งที่ 3",
        "Abandoned in ring 3",
        Unit::Count,
    ),
    column("wait_ms_avg", "เวลารอสายเฉลี่ย", "Mean wait", Unit::Ms),
    column("answered", "รับสายทั้งหมด", "Answered", Unit::Count),
];

const HEAT: [Column; 3] = [table::CALLS, WITHIN, WITHIN_PCT];

const ABANDONED: [Column; 8] = [
    table::CALLS,
    column("abandoned", "ผู้โทรวางสายก่อน", "Abandoned", Unit::Count),
    column(
        "abandoned_pct",
        "ผู้โทรวางสายก่อน (%)",
        "Abandoned, %",
        Unit::Pct,
    ),
    RING_1,
    RING_2,
    RING_3,
    column(
        "left_in_queue",
        "วางสายระหว่างรอในระบบ",
        "Left the queue",
        Unit::Count,
    ),
    column(
        "patience_ms_avg",
        "เวลารอก่อนวางสายเฉลี่ย",
        "Mean wait before leaving",
        Unit::Ms,
    ),
];

const AGENTS: [Column; 11] = [
    column("login", "รหัสเจ้าหน้าที่", "Login", Unit::Text),
    table::AGENT_NAME,
    column("calls", "สายที่รับ", "Calls taken", Unit::Count),
    WITHIN_PCT,
    RING_1,
    RING_2,
    RING_3,
    column("rona", "ไม่รับสายจนครบกำหนด", "Rang out", Unit::Count),
    column("talk_ms_avg", "เวลาสนทนาเฉลี่ย", "Mean talk", Unit::Ms),
    column(
        "wrapup_ms_avg",
        "เวลาบันทึกข้อมูลเฉลี่ย",
        "Mean wrap-up",
        Unit::Ms,
    ),
    column("cases", "เรื่องที่บันทึก", "Cases", Unit::Count),
];

/// What rows are about: how it is counted, and the columns that say it.
struct Key {
    by: &'static str,
    counted: ReportBy,
    columns: &'static [Column],
}

fn key(by: &'static str) -> Key {
    const HOUR: &[Column] = &[column("hour", "ชั่วโมง", "Hour", Unit::Hour)];
    const QUEUE: &[Column] = &[column("queue", "คิว", "Queue", Unit::Text)];
    const HEAT: &[Column] = &[
        column("weekday", "วันในสัปดาห์", "Weekday", Unit::Count),
        column("hour", "ชั่วโมง", "Hour", Unit::Hour),
    ];
    let (counted, columns): (ReportBy, &'static [Column]) = match by {
        "month" => (ReportBy::Day, &[table::MONTH]),
        "hour" => (ReportBy::Hour, HOUR),
        "queue" => (ReportBy::Queue, QUEUE),
        "heat" => (ReportBy::Heat, HEAT),
        "agent" => (ReportBy::Agent, &[table::AGENT, table::AGENT_NAME]),
        _ => (ReportBy::Day, &[table::DAY]),
    };
    Key {
        by,
        counted,
        columns,
    }
}

/// A row before its sums are cells: what it is about, and the way to its calls.
struct Sums {
    about: Vec<Cell>,
    link: Link,
    tally: CallTally,
}

async fn sums(making: &Making<'_>, key: &Key) -> Result<Vec<Sums>, Problem> {
    let counted = making
        .app
        .store
        .count_calls(&making.span, key.counted)
        .await?;
    let whole = (making.span.from, making.span.until);
    if key.by == "month" {
        return Ok(months(making, &counted));
    }
    let names = match key.by {
        "agent" => names(making).await?,
        _ => BTreeMap::new(),
    };
    let row = |(about, tally): (ReportKey, CallTally)| {
        let link = Link::came(whole);
        let (about, link) = match (about, key.by) {
            (ReportKey::Number(midnight), "day") => {
                let link = Link::came(Days::of_day(midnight));
                (vec![Cell::Day(making.days.day_of(midnight))], link)
            }
            (ReportKey::Number(n), "heat") => {
                let (weekday, hour) = (n / 24 + 1, n % 24);
                let link = link.and("weekday", &weekday.to_string());
                let link = link.and("hour", &hour.to_string());
                (vec![Cell::Whole(weekday), Cell::Whole(hour)], link)
            }
            (ReportKey::Number(hour), _) => {
                let link = link.and("hour", &hour.to_string());
                (vec![Cell::Whole(hour)], link)
            }
            (ReportKey::Name(queue), "queue") => {
                let link = link.and("queue", &queue);
                (vec![Cell::Text(queue)], link)
            }
            (ReportKey::Name(nobody), _) if nobody.is_empty() => {
                let nobody = vec![Cell::None, Cell::Text("ไม่มีผู้รับสาย".to_owned())];
                (nobody, link.and("unanswered", "true"))
            }
            (ReportKey::Name(login), _) => {
                let link = link.and("agent", &login);
                let name = Cell::some_text(names.get(&login).cloned());
                (vec![Cell::Text(login), name], link)
            }
        };
        Sums { about, link, tally }
    };
    Ok(counted.into_iter().map(row).collect())
}

fn months(making: &Making<'_>, days: &BTreeMap<ReportKey, CallTally>) -> Vec<Sums> {
    let mut months: BTreeMap<(i32, u8), CallTally> = BTreeMap::new();
    for (day, tally) in days {
        if let ReportKey::Number(midnight) = day {
            let (year, month, _) = making.days.day_of(*midnight).civil();
            months.entry((year, month)).or_default().add(tally);
        }
    }
    let row = |((year, month), tally): ((i32, u8), CallTally)| Sums {
        about: vec![Cell::Month(year, month)],
        link: Link::came(making.days.of_month(year, month)),
        tally,
    };
    months.into_iter().map(row).collect()
}

async fn names(making: &Making<'_>) -> Result<BTreeMap<String, String>, Problem> {
    let agents = making.app.store.agents().await?;
    let named = agents.into_iter();
    Ok(named
        .map(|agent| (agent.login.to_string(), agent.name))
        .collect())
}

/// The table of rows that are not empty, each with its way, and their sum.
fn summed(
    key: &Key,
    sums: Vec<Sums>,
    columns: &[Column],
    counts: fn(&CallTally) -> i64,
    shown: fn(&CallTally) -> bool,
    narrowed: fn(Link) -> Link,
    cells: fn(&CallTally) -> Vec<Cell>,
) -> Table {
    let mut total = CallTally::default();
    let mut rows = Vec::new();
    for row in sums {
        if !shown(&row.tally) {
            continue;
        }
        total.add(&row.tally);
        let mut line = row.about;
        line.extend(cells(&row.tally));
        let linked = counts(&row.tally) > 0;
        rows.push(Row {
            cells: line,
            link: linked.then(|| narrowed(row.link).text()),
        });
    }
    let nothing = key.columns.iter().map(|_| Cell::None);
    let total = (!rows.is_empty()).then(|| nothing.chain(cells(&total)).collect());
    Table {
        by: key.by,
        columns: key.columns.iter().chain(columns).copied().collect(),
        rows,
        total,
        link_counts: None,
    }
}

/// How calls were decided by the ring rule.
pub(super) async fn ring_rule(making: &Making<'_>) -> Result<Table, Problem> {
    let key = key(making.by(&["day", "hour", "month", "agent", "queue", "heat"])?);
    let columns: &[Column] = if key.by == "heat" { &HEAT } else { &RING_RULE };
    let heat = |sum: &CallTally| {
        vec![
            Cell::Whole(sum.decided),
            Cell::Whole(sum.within),
            Cell::share(sum.within, sum.decided),
        ]
    };
    let cells: fn(&CallTally) -> Vec<Cell> = if key.by == "heat" { heat } else { of_ring_rule };
    let sums = sums(making, &key).await?;
    let made = summed(
        &key,
        sums,
        columns,
        |sum| sum.decided,
        |sum| sum.decided > 0,
        |link| link.and("result", "any"),
        cells,
    );
    Ok(Table {
        link_counts: Some("calls"),
        ..made
    })
}

fn of_ring_rule(sum: &CallTally) -> Vec<Cell> {
    vec![
        Cell::Whole(sum.decided),
        Cell::Whole(sum.within),
        Cell::share(sum.within, sum.decided),
        Cell::Whole(sum.rescued),
        Cell::Whole(sum.refused),
        Cell::Whole(sum.breached),
        Cell::Whole(sum.failed),
        Cell::Whole(sum.abandoned),
        Cell::Whole(sum.abandoned_1),
        Cell::Whole(sum.abandoned_2),
        Cell::Whole(sum.abandoned_3),
        Cell::mean(sum.wait_ms, sum.decided),
        Cell::Whole(sum.within + sum.breached),
    ]
}

/// Callers who hung up while it rang, and those who were kept and hung up then.
pub(super) async fn abandoned(making: &Making<'_>) -> Result<Table, Problem> {
    let key = key(making.by(&["day", "hour", "month", "queue"])?);
    let sums = sums(making, &key).await?;
    let made = summed(
        &key,
        sums,
        &ABANDONED,
        |sum| sum.abandoned,
        |sum| sum.decided > 0,
        |link| link.and("result", "abandoned_within"),
        |sum| {
            vec![
                Cell::Whole(sum.decided),
                Cell::Whole(sum.abandoned),
                Cell::share(sum.abandoned, sum.decided),
                Cell::Whole(sum.abandoned_1),
                Cell::Whole(sum.abandoned_2),
                Cell::Whole(sum.abandoned_3),
                Cell::Whole(sum.left_in_queue),
                Cell::mean(sum.patience_ms, sum.abandoned),
            ]
        },
    );
    Ok(Table {
        link_counts: Some("abandoned"),
        ..made
    })
}

/// What each agent did.
pub(super) async fn agents(making: &Making<'_>) -> Result<Table, Problem> {
    let by = making.by(&["agent"])?;
    let store = &making.app.store;
    let mut counted = store.count_calls(&making.span, ReportBy::Agent).await?;
    counted.remove(&ReportKey::Name(String::new()));
    let mut rung_out = BTreeMap::new();
    for row in store.count_rung_out(&making.span).await? {
        let key = ReportKey::Name(row.agent.to_string());
        counted.entry(key.clone()).or_default();
        rung_out.insert(key, row.times);
    }
    let names = names(making).await?;
    let (mut sum, mut rows) = (CallTally::default(), Vec::new());
    for (key, tally) in counted {
        let rona = rung_out.get(&key).copied().unwrap_or(0);
        let ReportKey::Name(login) = key else {
            continue;
        };
        sum.add(&tally);
        let link = Link::came((making.span.from, making.span.until)).and("agent", &login);
        let name = Cell::some_text(names.get(&login).cloned());
        rows.push(Row {
            cells: of_agent(Cell::Text(login), name, &tally, rona),
            link: (tally.calls > 0).then(|| link.text()),
        });
    }
    let all = rung_out.values().sum();
    let total = (!rows.is_empty()).then(|| of_agent(Cell::None, Cell::None, &sum, all));
    Ok(Table {
        by,
        columns: AGENTS.to_vec(),
        rows,
        total,
        link_counts: Some("calls"),
    })
}

fn of_agent(login: Cell, name: Cell, sum: &CallTally, rona: i64) -> Vec<Cell> {
    vec![
        login,
        name,
        Cell::Whole(sum.calls),
        Cell::share(sum.within, sum.decided),
        Cell::Whole(sum.ring_1),
        Cell::Whole(sum.ring_2),
        Cell::Whole(sum.ring_3),
        Cell::Whole(rona),
        Cell::mean(sum.talk_ms, sum.talks),
        Cell::mean(sum.wrap_up_ms, sum.wrap_ups),
        Cell::Whole(sum.cases),
    ]
}
