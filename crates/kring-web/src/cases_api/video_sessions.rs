//! In-depth consultations by video (S7): booked from a case, reminded of, and told how they went.

use super::{Asking, wanted_version, wire::CaseBook};
use crate::{
    app::App,
    calls_api::{Mistakes, said},
    clock::{read_rfc3339, rfc3339},
    etag,
    json::{Filter, Json},
    limits,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_journal::WallTime;
use kring_store::{
    CaseRefused, CaseShown, FieldWhy, NewVideoSession, VideoSessionFilter, VideoSessionPatch,
    VideoSessionRow, VideoState,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Microseconds of a minute.
const MINUTE_US: i64 = 60_000_000;

/// How long a session lasts when nobody says, minutes.
const MINUTES_USUAL: u32 = 60;

/// A session.
#[derive(Serialize, ToSchema)]
pub(crate) struct VideoSessionOnWire {
    id: String,
    case: String,
    department_id: String,
    officer: String,
    starts: String,
    ends: String,
    /// How the citizen is told.
    channel: String,
    /// Where they meet; empty when no template is configured, or the asker may not read the case.
    link: String,
    /// `booked`, `held`, `missed` or `cancelled`.
    state: &'static str,
    outcome: String,
    made_by: String,
    reminded: Option<String>,
    version: i64,
    /// The case's reference and matter, in lists.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    case_ref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

impl From<&VideoSessionRow> for VideoSessionOnWire {
    fn from(row: &VideoSessionRow) -> VideoSessionOnWire {
        VideoSessionOnWire {
            id: row.id.to_string(),
            case: row.case.to_string(),
            department_id: row.department.to_string(),
            officer: row.officer.clone(),
            starts: rfc3339(row.starts),
            ends: rfc3339(row.ends),
            channel: row.channel.clone(),
            link: row.link.clone(),
            state: row.state.as_str(),
            outcome: row.outcome.clone(),
            made_by: row.made_by.clone(),
            reminded: row.reminded.map(rfc3339),
            version: row.version,
            case_ref: None,
            subject: None,
        }
    }
}

impl VideoSessionOnWire {
    fn of((row, shown): &(VideoSessionRow, CaseShown)) -> VideoSessionOnWire {
        VideoSessionOnWire {
            case_ref: Some(shown.case.case_ref.clone()),
            subject: Some(shown.case.subject.clone()),
            ..VideoSessionOnWire::from(row)
        }
    }
}

/// Sessions, the next first.
#[derive(Serialize, ToSchema)]
pub(crate) struct VideoSessionList {
    items: Vec<VideoSessionOnWire>,
}

/// A session to book.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Booking {
    /// The unit, by id or short name.
    department: Option<String>,
    /// Its officer.
    officer: Option<String>,
    /// When it begins (RFC 3339).
    slot: Option<String>,
    /// How long it lasts; 60 when nothing is said.
    minutes: Option<u32>,
    /// How the citizen is told: a number, an address, a name.
    channel: Option<String>,
}

/// Books a session. Its link comes from `video.link_template`. 409 `slot_taken`: the officer has another one then.
#[utoipa::path(post, path = "/cases/{id}/video-sessions", tag = "cases", operation_id = "book_video_session",
    request_body(content = Booking, example = json!({"department": "DIP", "officer": "คุณวิไล",
        "slot": "2026-12-01T10:00:00+07:00", "minutes": 45, "channel": "LINE @somchai"})),
    responses((status = 201, body = VideoSessionOnWire), (status = 403), (status = 404), (status = 409),
        (status = 422)))]
pub(crate) async fn book(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    Json(form): Json<Booking>,
) -> Result<Response, Problem> {
    let asking = Asking::of(&app, &who);
    let found = asking.writable(&app, &who, &id).await?;
    let book = CaseBook::open(&app).await?;
    let most = kring_store::limits::SHORT_CHARS_MAX;
    let mut wrong = Mistakes::default();
    let unit = wrong.filled("department", form.department, most);
    let unit = book.unit(&unit);
    if unit.is_err() && wrong.0.is_empty() {
        wrong.add("department", FieldWhy::NoSuch);
    }
    let officer = wrong.filled("officer", form.officer, most);
    let channel = wrong.filled("channel", form.channel, most);
    let slot = said(form.slot);
    let starts = slot.as_deref().and_then(read_rfc3339);
    if starts.is_none() {
        let why = slot.map_or(FieldWhy::Missing, |_| FieldWhy::NoDate);
        wrong.add("slot", why);
    }
    let (Some(starts), true) = (starts, wrong.0.is_empty()) else {
        return Err(Problem::fields(&wrong.0));
    };
    let new = NewVideoSession {
        department: unit?,
        officer,
        starts,
        ends: after(starts, form.minutes),
        channel,
        link_template: app.config.rules.now().cases.video_link.clone(),
    };
    let (access, case) = (&asking.access, found.case.id);
    let row = app
        .store
        .book_video_session(access, &asking.by, case, new)
        .await?;
    Ok((StatusCode::CREATED, shown(&row)).into_response())
}

fn after(starts: WallTime, minutes: Option<u32>) -> WallTime {
    WallTime(starts.0 + i64::from(minutes.unwrap_or(MINUTES_USUAL)) * MINUTE_US)
}

/// The sessions of a case.
#[utoipa::path(get, path = "/cases/{id}/video-sessions", tag = "cases", operation_id = "list_video_sessions_of_case",
    responses((status = 200, body = VideoSessionList), (status = 403), (status = 404)))]
pub(crate) async fn of_case(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
) -> Result<axum::Json<VideoSessionList>, Problem> {
    who.must(Right::ReadCases)?;
    let asking = Asking::of(&app, &who);
    let found = asking.readable(&app, &id).await?;
    let filter = VideoSessionFilter {
        case: Some(found.case.id),
        ..VideoSessionFilter::default()
    };
    let rows = app.store.video_sessions(&asking.access, &filter).await?;
    let items = rows.iter().map(VideoSessionOnWire::of).collect();
    Ok(axum::Json(VideoSessionList { items }))
}

/// Which.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Which {
    /// That begin at this time (RFC 3339) or later.
    from: Option<String>,
    /// That begin before this time.
    until: Option<String>,
    state: Option<String>,
    /// Of this unit, by id or short name.
    department: Option<String>,
    /// `due`: booked ones of which the citizen should be reminded now (`video.remind_hours`).
    reminder: Option<String>,
    /// Rows, 1 to 200; 50 when nothing is said.
    limit: Option<u32>,
}

/// Sessions, the next first.
#[utoipa::path(get, path = "/video-sessions", tag = "cases", params(Which), operation_id = "list_video_sessions",
    responses((status = 200, body = VideoSessionList), (status = 400), (status = 403)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Filter(which): Filter<Which>,
) -> Result<axum::Json<VideoSessionList>, Problem> {
    who.must(Right::ReadCases)?;
    let asking = Asking::of(&app, &who);
    let book = CaseBook::open(&app).await?;
    let bad = |name: &str| Problem::new(Code::BadFilter).with("filter", name);
    let time = |name: &str, text: &Option<String>| -> Result<Option<WallTime>, Problem> {
        let read = |text: &String| read_rfc3339(text).ok_or_else(|| bad(name));
        text.as_ref().map(read).transpose()
    };
    let state = which
        .state
        .as_deref()
        .map(|text| VideoState::from_name(text).ok_or(text));
    let unit = which.department.as_deref().map(|unit| book.unit(unit));
    let mut filter = VideoSessionFilter {
        case: None,
        department: unit.transpose()?,
        from: time("from", &which.from)?,
        until: time("until", &which.until)?,
        state: state.transpose().map_err(|_| bad("state"))?,
        unreminded: false,
        limit: which
            .limit
            .unwrap_or(limits::PAGE_ROWS)
            .clamp(1, limits::PAGE_ROWS_MAX),
    };
    match which.reminder.as_deref() {
        None => {}
        Some("due") => {
            let now = app.clock.now().1;
            let ahead = app.config.rules.now().cases.video_remind.as_micros() as i64;
            filter.from = Some(now);
            filter.until = Some(WallTime(now.0 + ahead));
            filter.state = Some(VideoState::Booked);
            filter.unreminded = true;
        }
        Some(_) => return Err(bad("reminder")),
    }
    let rows = app.store.video_sessions(&asking.access, &filter).await?;
    let cases = rows.iter().map(|(_, shown)| shown);
    app.store.note_tips_read(&asking.by, cases).await?;
    let items = rows.iter().map(VideoSessionOnWire::of).collect();
    Ok(axum::Json(VideoSessionList { items }))
}

/// What to change; absent members stay.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Changes {
    /// When it begins (RFC 3339).
    slot: Option<String>,
    minutes: Option<u32>,
    officer: Option<String>,
    channel: Option<String>,
    /// `held`, `missed` or `cancelled`.
    state: Option<String>,
    outcome: Option<String>,
    /// The citizen was reminded.
    reminded: bool,
}

/// Moves a session, tells how it went, or that the citizen was reminded. With `If-Match`, only at that version.
#[utoipa::path(patch, path = "/video-sessions/{id}", tag = "cases", operation_id = "change_video_session",
    request_body(content = Changes, example = json!({"state": "held", "outcome": "ตอบครบถ้วน"})),
    responses((status = 200, body = VideoSessionOnWire), (status = 403), (status = 404), (status = 409),
        (status = 412), (status = 422)))]
pub(crate) async fn patch(
    State(app): State<App>,
    who: Identity,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(form): Json<Changes>,
) -> Result<Response, Problem> {
    who.must(Right::WriteCases)?;
    let asking = Asking::of(&app, &who);
    let id = id
        .parse()
        .map_err(|_| Problem::from(&CaseRefused::NoSuchVideoSession))?;
    let mut wrong = Mistakes::default();
    let names = (
        |text: &str| VideoState::from_name(text).map(Some),
        "booked, held, missed, cancelled",
    );
    let state = wrong.named("state", form.state, None, names);
    let starts = form.slot.as_deref().map(read_rfc3339);
    if starts == Some(None) {
        wrong.add("slot", FieldWhy::NoDate);
    }
    if starts.is_none() && form.minutes.is_some() {
        wrong.add("slot", FieldWhy::Missing);
    }
    if !wrong.0.is_empty() {
        return Err(Problem::fields(&wrong.0));
    }
    let slot = starts.flatten();
    let patch = VideoSessionPatch {
        slot: slot.map(|starts| (starts, after(starts, form.minutes))),
        officer: form.officer,
        channel: form.channel,
        state,
        outcome: form.outcome,
        reminded: form.reminded,
    };
    let at = (id, wanted_version(&headers)?);
    let row = app
        .store
        .change_video_session(&asking.access, &asking.by, at, &patch)
        .await?;
    Ok(shown(&row))
}

fn shown(row: &VideoSessionRow) -> Response {
    let tag = [(header::ETAG, etag::write(row.version))];
    (tag, axum::Json(VideoSessionOnWire::from(row))).into_response()
}
