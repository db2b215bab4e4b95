//! `/reports`: what happened over days, months and a year, each row with the way to its calls.

mod calls;
mod cases;
mod files;
mod links;
mod others;
mod span;
mod table;

pub(crate) use span::ahead_of_utc;

use crate::{
    app::{App, Rooms},
    clock::rfc3339,
    json::Filter,
    limits,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use kring_store::ReportSpan;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use span::Days;
use std::sync::Weak;
use table::{Column, Table};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of reports.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(report))
}

/// Counts days that are over, one after the other, so that a report of a year need not read a year. Ends with the
/// process.
pub(crate) async fn keep_days(rooms: Weak<Rooms>) {
    loop {
        let Some(rooms) = rooms.upgrade() else { return };
        let (_, now) = rooms.clock.now();
        let ahead = ahead_of_utc(&rooms.config.rules.now().hours.zone, now);
        let rest = match rooms.store.keep_a_day(now, ahead).await {
            Ok(true) => limits::REPORT_DAY_EVERY,
            Ok(false) => limits::REPORT_DAYS_EVERY,
            Err(refused) => {
                tracing::warn!(%refused, "a day could not be counted for reports");
                limits::REPORT_DAYS_EVERY
            }
        };
        drop(rooms);
        tokio::time::sleep(rest).await;
    }
}

/// Of which days, and how.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Wanted {
    /// The first day, `YYYY-MM-DD`; years of the Buddhist era are read, too. The first of this month when nothing is said.
    from: Option<String>,
    /// The last day. The last of the month of `from` when nothing is said.
    to: Option<String>,
    /// What a row is about. `ring-rule`: `day`, `hour`, `month`, `agent`, `queue`, `heat`; `abandoned`: `day`, `hour`,
    /// `month`, `queue`; `agents`: `agent`; `transfers`: `department`, `agent`, `day`, `month`; `topics`: `department`,
    /// `subject`, `day`, `month`; `sla`: `department`, `day`, `month`; `repeat-callers`: `number`; `knowledge-gaps`:
    /// `question`. The first of them when nothing is said.
    by: Option<String>,
    /// In which era files show dates first: `be` (usual) or `ce`.
    calendar: Option<String>,
    /// `json`, `csv` or `xlsx`.
    format: Option<String>,
}

/// In which era files show dates first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Calendar {
    Be,
    Ce,
}

/// A report that is made.
struct Report {
    name: &'static str,
    calendar: Calendar,
    table: Table,
}

/// A report.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportOnWire {
    report: &'static str,
    /// The first day.
    from: String,
    /// The last.
    to: String,
    /// Where days begin: `Asia/Bangkok`.
    zone: String,
    by: &'static str,
    made_at: String,
    columns: Vec<Column>,
    /// A member for each column, and `link`: the query of `GET /calls` that lists exactly the row's calls, or null.
    #[schema(value_type = Vec<Object>)]
    rows: Vec<Map<String, Value>>,
    /// The same members; null where a sum means nothing.
    #[schema(value_type = Option<Object>)]
    total: Option<Map<String, Value>>,
    /// The column that counts the calls which `link` lists.
    link_counts: Option<&'static str>,
}

/// What a report is made of.
struct Making<'a> {
    app: &'a App,
    who: &'a Identity,
    days: &'a Days,
    span: ReportSpan,
    by: Option<&'a str>,
}

impl Making<'_> {
    /// By which of these, the first when nothing is said.
    fn by(&self, of: &[&'static str]) -> Result<&'static str, Problem> {
        match self.by {
            None => Ok(of[0]),
            Some(by) => of
                .iter()
                .copied()
                .find(|one| *one == by)
                .ok_or_else(|| bad("by")),
        }
    }
}

/// A filter that a report does not have.
fn bad(filter: &str) -> Problem {
    Problem::new(Code::BadFilter)
        .with("filter", filter)
        .unprocessable()
}

/// `ring-rule`, `abandoned`, `agents`, `transfers`, `topics`, `sla`, `repeat-callers` or `knowledge-gaps`. 422
/// `bad_filter` for days or a `by` that the report does not have. Callers' numbers are for those who may read contacts.
#[utoipa::path(get, path = "/reports/{name}", tag = "reports", params(Wanted),
    responses((status = 200, body = ReportOnWire), (status = 403), (status = 404), (status = 422)))]
async fn report(
    State(app): State<App>,
    who: Identity,
    Path(name): Path<String>,
    Filter(wanted): Filter<Wanted>,
) -> Result<Response, Problem> {
    who.must(Right::ReadReports)?;
    let calendar = match wanted.calendar.as_deref() {
        None | Some("be") => Calendar::Be,
        Some("ce") => Calendar::Ce,
        Some(_) => return Err(bad("calendar")),
    };
    let rules = app.config.rules.now();
    let (_, now) = app.clock.now();
    let days = Days::read(&rules.hours.zone, now, &wanted.from, &wanted.to)?;
    let making = Making {
        app: &app,
        who: &who,
        span: days.span(),
        days: &days,
        by: wanted.by.as_deref(),
    };
    let (name, table) = match name.as_str() {
        "ring-rule" => ("ring-rule", calls::ring_rule(&making).await?),
        "abandoned" => ("abandoned", calls::abandoned(&making).await?),
        "agents" => ("agents", calls::agents(&making).await?),
        "transfers" => ("transfers", others::transfers(&making).await?),
        "topics" => ("topics", cases::topics(&making).await?),
        "sla" => ("sla", cases::sla(&making).await?),
        "repeat-callers" => ("repeat-callers", others::repeat_callers(&making).await?),
        "knowledge-gaps" => ("knowledge-gaps", others::knowledge_gaps(&making).await?),
        _ => return Err(Problem::new(Code::NotFound)),
    };
    let report = Report {
        name,
        calendar,
        table,
    };
    match wanted.format.as_deref() {
        None | Some("json") => Ok(Json(ReportOnWire {
            report: name,
            from: days.from.to_string(),
            to: days.to.to_string(),
            zone: rules.hours.zone.name().to_owned(),
            by: report.table.by,
            made_at: rfc3339(now),
            rows: report.table.rows_on_wire(),
            total: report.table.total_on_wire(),
            link_counts: report.table.link_counts,
            columns: report.table.columns,
        })
        .into_response()),
        Some("csv") => {
            let text = files::csv(&report);
            Ok(file(&report, &days, "csv", "text/csv; charset=utf-8", text))
        }
        Some("xlsx") => {
            let bytes = files::xlsx(&report).map_err(|refused| {
                tracing::error!(%refused, "a report could not be written as a workbook");
                Problem::new(Code::Internal)
            })?;
            Ok(file(&report, &days, "xlsx", XLSX, bytes))
        }
        Some(_) => Err(bad("format")),
    }
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn file(
    report: &Report,
    days: &Days,
    ending: &str,
    kind: &'static str,
    content: impl IntoResponse,
) -> Response {
    let name = format!(
        "attachment; filename=\"{}-{}-{}.{ending}\"",
        report.name, days.from, days.to
    );
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    (headers, content).into_response()
}
