//! Reports of cases: what they were about, and whether complaints were answered in time. A row's calls are those whose
//! case was opened within its time.

use super::{
    Making,
    links::Link,
    span::Days,
    table::{self, Cell, Column, Row, Table, Unit, column},
};
use crate::{limits::REPORT_ROWS_MAX, problem::Problem, session::Right};
use kring_store::{CaseKind, Directory, SlaTally};
use std::{collections::BTreeMap, sync::Arc};

const CASES: Column = column("cases", "จำนวนเรื่อง", "Cases", Unit::Count);
const CALLS: Column = column("calls", "เรื่องที่มาทางโทรศัพท์", "By telephone", Unit::Count);

const TOPICS: [Column; 6] = [
    CASES,
    CALLS,
    column("inquiry", "สอบถาม", "Inquiries", Unit::Count),
    column("consultation", "ปรึกษาเชิงลึก", "Consultations", Unit::Count),
    column("complaint", "ร้องเรียน/ร้องทุกข์", "Complaints", Unit::Count),
    column("tip", "แจ้งเบาะแส", "Tips", Unit::Count),
];

const SLA: [Column; 8] = [
    CASES,
    CALLS,
    column("met", "ตอบภายในกำหนด", "In time", Unit::Count),
    column("late", "เกินกำหนด", "Late", Unit::Count),
    column("met_pct", "ตอบภายในกำหนด (%)", "In time, %", Unit::Pct),
    column("running", "อยู่ระหว่างดำเนินการ", "Time left", Unit::Count),
    column(
        "stopped",
        "รอข้อมูลจากผู้ร้อง",
        "Waiting for the citizen",
        Unit::Count,
    ),
    column("no_clock", "ไม่กำหนดเวลา", "Without a time", Unit::Count),
];

/// What a row is about: a unit by its id, a day or a month.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    Unit(String),
    Day(i64),
    Month(i32, u8),
}

impl About {
    fn new(by: &str, making: &Making<'_>, unit: &str, midnight: i64) -> About {
        match by {
            "day" => About::Day(midnight),
            "month" => {
                let (year, month, _) = making.days.day_of(midnight).civil();
                About::Month(year, month)
            }
            _ => About::Unit(unit.to_owned()),
        }
    }

    fn columns(by: &str) -> &'static [Column] {
        match by {
            "day" => &[table::DAY],
            "month" => &[table::MONTH],
            _ => &table::UNIT,
        }
    }

    fn cells(&self, making: &Making<'_>, directory: &Directory) -> Vec<Cell> {
        match self {
            About::Unit(id) => of_unit(directory, id),
            About::Day(midnight) => vec![Cell::Day(making.days.day_of(*midnight))],
            About::Month(year, month) => vec![Cell::Month(*year, *month)],
        }
    }

    fn link(&self, making: &Making<'_>) -> Link {
        match self {
            About::Unit(id) => with_unit(Link::opened((making.span.from, making.span.until)), id),
            About::Day(midnight) => Link::opened(Days::of_day(*midnight)),
            About::Month(year, month) => Link::opened(making.days.of_month(*year, *month)),
        }
    }
}

fn with_unit(link: Link, id: &str) -> Link {
    link.and("department", if id.is_empty() { "none" } else { id })
}

fn of_unit(directory: &Directory, id: &str) -> Vec<Cell> {
    match directory.find(id) {
        Some(unit) => vec![
            Cell::Text(unit.short.clone()),
            Cell::Text(unit.name_th.clone()),
            Cell::Text(unit.name_en.clone()),
        ],
        None => vec![
            Cell::None,
            Cell::Text("ไม่ระบุหน่วยงาน".to_owned()),
            Cell::None,
        ],
    }
}

async fn directory(making: &Making<'_>) -> Result<Arc<Directory>, Problem> {
    Ok(making.app.store.directory_at_hand().await?)
}

/// What cases were about.
pub(super) async fn topics(making: &Making<'_>) -> Result<Table, Problem> {
    let by = making.by(&["department", "subject", "day", "month"])?;
    if by == "subject" {
        return subjects(making).await;
    }
    let directory = directory(making).await?;
    let store = &making.app.store;
    let counted = store.count_topics(&making.span, by != "department").await?;
    let mut rows: BTreeMap<About, [i64; 6]> = BTreeMap::new();
    for topic in counted {
        let midnight = topic.key.parse().unwrap_or(0);
        let about = About::new(by, making, &topic.key, midnight);
        let kind = match topic.kind {
            CaseKind::Inquiry => 2,
            CaseKind::Consultation => 3,
            CaseKind::Complaint => 4,
            CaseKind::Tip => 5,
        };
        let row = rows.entry(about).or_default();
        row[0] += topic.cases;
        row[1] += topic.calls;
        row[kind] += topic.cases;
    }
    let whole = |counts: &[i64; 6]| counts.map(Cell::Whole).to_vec();
    let mut sum = [0; 6];
    let mut made = Vec::new();
    for (about, counts) in rows {
        sum.iter_mut().zip(counts).for_each(|(sum, n)| *sum += n);
        let mut cells = about.cells(making, &directory);
        cells.extend(whole(&counts));
        let link = (counts[1] > 0).then(|| about.link(making).text());
        made.push(Row { cells, link });
    }
    Ok(summed(by, &TOPICS, made, whole(&sum)))
}

fn summed(by: &'static str, columns: &[Column], rows: Vec<Row>, sums: Vec<Cell>) -> Table {
    let about = About::columns(by);
    let nothing = about.iter().map(|_| Cell::None);
    Table {
        by,
        columns: about.iter().chain(columns).copied().collect(),
        total: (!rows.is_empty()).then(|| nothing.chain(sums).collect()),
        rows,
        link_counts: Some("calls"),
    }
}

/// The subjects that were written most often. For those who may read cases; tips are left out.
async fn subjects(making: &Making<'_>) -> Result<Table, Problem> {
    making.who.must(Right::ReadCases)?;
    let directory = directory(making).await?;
    let store = &making.app.store;
    let counted = store.count_subjects(&making.span, REPORT_ROWS_MAX).await?;
    let rows = counted.into_iter().map(|row| {
        let link = Link::opened((making.span.from, making.span.until));
        let link = with_unit(link, &row.department).and("subject", &row.subject);
        let mut cells = of_unit(&directory, &row.department);
        cells.push(Cell::Text(row.subject));
        cells.extend([Cell::Whole(row.cases), Cell::Whole(row.calls)]);
        Row {
            cells,
            link: (row.calls > 0).then(|| link.text()),
        }
    });
    let subject = column("subject", "เรื่อง", "Subject", Unit::Text);
    Ok(Table {
        by: "subject",
        columns: [&table::UNIT[..], &[subject, CASES, CALLS]].concat(),
        rows: rows.collect(),
        total: None,
        link_counts: Some("calls"),
    })
}

/// Whether complaints were answered in time.
pub(super) async fn sla(making: &Making<'_>) -> Result<Table, Problem> {
    let by = making.by(&["department", "day", "month"])?;
    let directory = directory(making).await?;
    let app = making.app;
    let terms = app.config.rules.now().case_terms();
    let (_, now) = app.clock.now();
    let counted = app.store.count_sla(&making.span, &terms, now).await?;
    let mut rows: BTreeMap<About, SlaTally> = BTreeMap::new();
    for ((unit, midnight), tally) in counted {
        let about = About::new(by, making, &unit, midnight);
        rows.entry(about).or_default().add(&tally);
    }
    let (mut sum, mut made) = (SlaTally::default(), Vec::new());
    for (about, tally) in rows {
        sum.add(&tally);
        let mut cells = about.cells(making, &directory);
        cells.extend(of_sla(&tally));
        let link = about.link(making).and("kind", "complaint");
        made.push(Row {
            cells,
            link: (tally.calls > 0).then(|| link.text()),
        });
    }
    Ok(summed(by, &SLA, made, of_sla(&sum)))
}

fn of_sla(sum: &SlaTally) -> Vec<Cell> {
    vec![
        Cell::Whole(sum.cases),
        Cell::Whole(sum.calls),
        Cell::Whole(sum.met),
        Cell::Whole(sum.late),
        Cell::share(sum.met, sum.met + sum.late),
        Cell::Whole(sum.running),
        Cell::Whole(sum.stopped),
        Cell::Whole(sum.no_clock),
    ]
}
