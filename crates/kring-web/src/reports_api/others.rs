//! Reports of transfers, of callers who call again and again, and of what nobody could answer.

use super::{
    Making,
    links::Link,
    span::Days,
    table::{self, Cell, Column, Row, Table, Unit, column},
};
use crate::{limits::REPORT_ROWS_MAX, problem::Problem, session::Right};
use kring_journal::WallTime;
use kring_store::{TransferBy, TransferTally};
use kring_text::whole_name;
use std::collections::BTreeMap;

/// A caller who calls again and again calls so often.
const CALLS_OF_REPEATED: u32 = 3;

const TRANSFERS: [Column; 9] = [
    column("total", "โอนทั้งหมด", "Transfers", Unit::Count),
    column("done", "โอนสำเร็จ", "Done", Unit::Count),
    column("done_pct", "โอนสำเร็จ (%)", "Done, %", Unit::Pct),
    column("busy", "ปลายทางสายไม่ว่าง", "Busy", Unit::Count),
    column("no_answer", "ไม่มีผู้รับสาย", "No answer", Unit::Count),
    column("declined", "ปลายทางไม่รับ", "Declined", Unit::Count),
    column("failed", "ติดต่อไม่ได้", "Failed", Unit::Count),
    column("given_up", "ยกเลิกก่อนสำเร็จ", "Given up", Unit::Count),
    column("took_ms_avg", "เวลาโอนเฉลี่ย", "Mean time", Unit::Ms),
];

/// How transfers went.
pub(super) async fn transfers(making: &Making<'_>) -> Result<Table, Problem> {
    let by = making.by(&["department", "agent", "day", "month"])?;
    let store = &making.app.store;
    let counted_by = match by {
        "department" => TransferBy::Unit,
        "agent" => TransferBy::Agent,
        _ => TransferBy::Day,
    };
    let counted = store.count_transfers(&making.span, counted_by).await?;
    let all = store.count_transfers(&making.span, TransferBy::All).await?;
    let (columns, rows): (&[Column], Lines) = match by {
        "department" => (&table::UNIT, by_unit(making, &counted).await?),
        "agent" => (
            &[table::AGENT, table::AGENT_NAME],
            by_agent(making, &counted).await?,
        ),
        "day" => (&[table::DAY], by_time(making, by, &counted)),
        _ => (&[table::MONTH], by_time(making, by, &counted)),
    };
    let nothing = columns.iter().map(|_| Cell::None);
    let total = all
        .first()
        .map(|all| nothing.chain(of_transfers(all)).collect());
    let row = |(cells, link): Line| Row {
        cells,
        link: Some(link.text()),
    };
    Ok(Table {
        by,
        columns: [columns, &[table::CALLS], &TRANSFERS].concat(),
        rows: rows.into_iter().map(row).collect(),
        total,
        link_counts: Some("calls"),
    })
}

/// A row and the way to its calls.
type Line = (Vec<Cell>, Link);
type Lines = Vec<Line>;

async fn by_unit(making: &Making<'_>, counted: &[TransferTally]) -> Result<Lines, Problem> {
    let directory = making.app.store.directory_at_hand().await?;
    let whole = (making.span.from, making.span.until);
    let line = |row: &TransferTally| {
        let short = Some(row.key.as_str()).filter(|key| !key.is_empty());
        let unit = short.and_then(|short| directory.find(short));
        let name = match (short, unit) {
            (None, _) => Some("หมายเลขนอกรายชื่อหน่วยงาน".to_owned()),
            (Some(_), unit) => unit.map(|unit| unit.name_th.clone()),
        };
        let mut cells = vec![
            Cell::some_text(short.map(str::to_owned)),
            Cell::some_text(name),
            Cell::some_text(unit.map(|unit| unit.name_en.clone())),
        ];
        cells.extend(of_transfers(row));
        let link = Link::came(whole).and("transfer", short.unwrap_or("none"));
        (cells, link)
    };
    Ok(counted.iter().map(line).collect())
}

async fn by_agent(making: &Making<'_>, counted: &[TransferTally]) -> Result<Lines, Problem> {
    let agents = making.app.store.agents().await?;
    let whole = (making.span.from, making.span.until);
    let line = |row: &TransferTally| {
        let agent = agents.iter().find(|agent| agent.login.as_str() == row.key);
        let name = agent.map(|agent| agent.name.clone());
        let mut cells = vec![Cell::Text(row.key.clone()), Cell::some_text(name)];
        cells.extend(of_transfers(row));
        (cells, Link::came(whole).and("transfer_by", &row.key))
    };
    Ok(counted.iter().map(line).collect())
}

fn by_time(making: &Making<'_>, by: &str, counted: &[TransferTally]) -> Lines {
    let mut times: BTreeMap<(i32, u8, i64), TransferTally> = BTreeMap::new();
    for row in counted {
        let midnight: i64 = row.key.parse().unwrap_or(0);
        let (year, month, _) = making.days.day_of(midnight).civil();
        let key = (year, month, if by == "day" { midnight } else { 0 });
        times.entry(key).or_default().add(row);
    }
    let row = |((year, month, midnight), tally): ((i32, u8, i64), TransferTally)| {
        let (about, span) = if by == "day" {
            (
                Cell::Day(making.days.day_of(midnight)),
                Days::of_day(midnight),
            )
        } else {
            (Cell::Month(year, month), making.days.of_month(year, month))
        };
        let mut cells = vec![about];
        cells.extend(of_transfers(&tally));
        (cells, Link::came(span).and("transfer", "any"))
    };
    times.into_iter().map(row).collect()
}

fn of_transfers(sum: &TransferTally) -> Vec<Cell> {
    vec![
        Cell::Whole(sum.calls),
        Cell::Whole(sum.total),
        Cell::Whole(sum.done),
        Cell::share(sum.done, sum.total - sum.given_up),
        Cell::Whole(sum.busy),
        Cell::Whole(sum.no_answer),
        Cell::Whole(sum.declined),
        Cell::Whole(sum.failed),
        Cell::Whole(sum.given_up),
        Cell::mean(sum.took_ms, sum.done),
    ]
}

/// Who calls again and again. Numbers and names are for those who may read contacts.
pub(super) async fn repeat_callers(making: &Making<'_>) -> Result<Table, Problem> {
    let by = making.by(&["number"])?;
    let reads = making.who.may(Right::ReadContacts);
    let store = &making.app.store;
    let counted = store
        .repeat_callers(&making.span, CALLS_OF_REPEATED, REPORT_ROWS_MAX)
        .await?;
    let day = |at: WallTime| making.days.day_of(at.0);
    let whole = (making.span.from, making.span.until);
    let rows = counted.into_iter().map(|caller| {
        let number = caller.number;
        let name = caller
            .name
            .map(|[prefix, given, family]| whole_name(&prefix, &given, &family));
        let last = number.display.chars().rev().take(4).collect::<Vec<_>>();
        let masked = "•••-"
            .chars()
            .chain(last.into_iter().rev().filter(char::is_ascii_digit))
            .collect();
        let link = Link::came(whole).and("phone", &number.canonical);
        Row {
            cells: vec![
                Cell::Text(if reads { number.display } else { masked }),
                Cell::some_text(name.filter(|_| reads)),
                Cell::Whole(caller.calls),
                Cell::Whole(caller.unanswered),
                Cell::Day(day(caller.first)),
                Cell::Day(day(caller.last)),
            ],
            link: reads.then(|| link.and("direction", "inbound").text()),
        }
    });
    Ok(Table {
        by,
        columns: vec![
            column("number", "หมายเลขโทรศัพท์", "Number", Unit::Text),
            column("name", "ชื่อ", "Name", Unit::Text),
            column("calls", "จำนวนครั้งที่โทร", "Calls", Unit::Count),
            column("unanswered", "ไม่ได้สนทนา", "Unanswered", Unit::Count),
            column("first", "โทรครั้งแรก", "First", Unit::Date),
            column("last", "โทรล่าสุด", "Last", Unit::Date),
        ],
        rows: rows.collect(),
        total: None,
        link_counts: Some("calls"),
    })
}

/// What nobody could answer.
pub(super) async fn knowledge_gaps(making: &Making<'_>) -> Result<Table, Problem> {
    let by = making.by(&["question"])?;
    let store = &making.app.store;
    let counted = store.gaps_within(&making.span, REPORT_ROWS_MAX).await?;
    let day = |at: WallTime| Cell::Day(making.days.day_of(at.0));
    let rows = counted.into_iter().map(|gap| {
        let answered = if gap.answered {
            "มีคำตอบแล้ว"
        } else {
            "ยังไม่มีคำตอบ"
        };
        Row {
            cells: vec![
                Cell::Text(gap.q),
                Cell::Whole(gap.times),
                day(gap.first),
                day(gap.last),
                Cell::Text(answered.to_owned()),
            ],
            link: None,
        }
    });
    Ok(Table {
        by,
        columns: vec![
            column("question", "คำถาม", "Question", Unit::Text),
            column("times", "จำนวนครั้งที่ถาม", "Times asked", Unit::Count),
            column("first", "ถามครั้งแรก", "First", Unit::Date),
            column("last", "ถามล่าสุด", "Last", Unit::Date),
            column("answered", "สถานะ", "Status", Unit::Text),
        ],
        rows: rows.collect(),
        total: None,
        link_counts: None,
    })
}
