//! `/cases`, `/follow-ups`, `/video-sessions`: what citizens asked, and what becomes of it. What a tip says is
//! masked to all but the officers of tips, and each of their readings is noted before it is answered.

mod activities;
mod attachments;
mod edit;
mod follow_ups;
mod list;
mod video_sessions;
mod wire;

pub(crate) use wire::{CaseBook, CaseOnWire};

use crate::{
    app::App,
    clock::read_rfc3339,
    departments_api::changed_by,
    etag,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    extract::DefaultBodyLimit,
    http::{HeaderMap, header},
};
use kring_journal::WallTime;
use kring_store::{
    Access, AccessWhat, CaseAccess, CaseId, CaseShown, ChangedBy, Confidentiality, FieldMistake,
    FieldWhy,
};
use kring_time::{CivilMinute, DAY_MINUTES, Day};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of cases.
pub(crate) fn routes() -> OpenApiRouter<App> {
    // How large a file may be is configured; whoever sends more is told so in words.
    let files = OpenApiRouter::new()
        .routes(routes!(attachments::list, attachments::add))
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .routes(routes!(list::list, edit::open))
        .routes(routes!(list::get, edit::patch))
        .routes(routes!(list::by_ref))
        .routes(routes!(activities::list, activities::add))
        .routes(routes!(follow_ups::plan, follow_ups::of_case))
        .routes(routes!(follow_ups::list))
        .routes(routes!(follow_ups::patch))
        .routes(routes!(video_sessions::book, video_sessions::of_case))
        .routes(routes!(video_sessions::list))
        .routes(routes!(video_sessions::patch))
        .merge(files)
        .routes(routes!(attachments::get))
}

/// Who asks, as the store wants to know it.
struct Asking {
    access: CaseAccess,
    by: ChangedBy,
}

/// Who reads a person's case is in the access log.
fn note_access(app: &App, by: &ChangedBy, shown: &CaseShown) {
    if let Some(contact) = shown.case.contact {
        app.access.note(Access {
            at: by.at,
            who: by.who.clone(),
            contact,
            what: AccessWhat::History,
        });
    }
}

impl Asking {
    fn of(app: &App, who: &Identity) -> Asking {
        Asking {
            access: who.case_access(),
            by: changed_by(app, who),
        }
    }

    /// The case, as they are shown it.
    async fn case(&self, app: &App, id: &str) -> Result<CaseShown, Problem> {
        let none = || Problem::new(Code::NoSuchCase);
        let id: CaseId = id.parse().map_err(|_| none())?;
        let case = app.store.case(id).await?.ok_or_else(none)?;
        let shown = app.store.show_case(&self.access, &self.by, case).await?;
        note_access(app, &self.by, &shown);
        Ok(shown)
    }

    /// The case, when they may read what it says.
    async fn readable(&self, app: &App, id: &str) -> Result<CaseShown, Problem> {
        let shown = self.case(app, id).await?;
        if shown.masked {
            return Err(Problem::new(Code::Masked));
        }
        Ok(shown)
    }

    /// The case, when they may add to it.
    async fn writable(&self, app: &App, who: &Identity, id: &str) -> Result<CaseShown, Problem> {
        who.must(Right::WriteCases)?;
        self.readable(app, id).await
    }
}

/// Agents change their own cases; officers of tips change tips, whoever took them.
fn must_be_theirs(who: &Identity, shown: &CaseShown) -> Result<(), Problem> {
    let tip = shown.case.confidentiality == Confidentiality::Restricted;
    match who.only_own() {
        Some(own) if shown.case.agent != *own && !(tip && who.may(Right::ReadTips)) => {
            Err(Problem::new(Code::NotYours))
        }
        _ => Ok(()),
    }
}

/// The version that `If-Match` asks for; none: whatever is stored.
fn wanted_version(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let tag = headers.get(header::IF_MATCH);
    let read = |tag| etag::read(tag).ok_or_else(|| Problem::new(Code::Stale));
    tag.map(read).transpose()
}

/// The day that it is where the centre is.
pub(crate) fn today(app: &App) -> Option<Day> {
    let zone = &app.config.rules.now().hours.zone;
    zone.civil_minute(app.clock.now().1).map(|now| now.day)
}

/// When a day begins where the centre is.
fn midnight(app: &App, day: Day) -> Option<WallTime> {
    let zone = &app.config.rules.now().hours.zone;
    zone.wall_time(CivilMinute { day, minute: 0 })
}

/// A time (RFC 3339), or a day of either era: then its last minute.
fn by_when(app: &App, text: &str) -> Option<WallTime> {
    if let Some(at) = read_rfc3339(text.trim()) {
        return Some(at);
    }
    let day: Day = text.parse().ok()?;
    let minute = DAY_MINUTES - 1;
    let zone = &app.config.rules.now().hours.zone;
    zone.wall_time(CivilMinute { day, minute })
}

/// A time that a body must have.
fn due_field(app: &App, field: &'static str, text: &str) -> Result<WallTime, Problem> {
    let why = if text.trim().is_empty() {
        FieldWhy::Missing
    } else {
        FieldWhy::NoDate
    };
    by_when(app, text).ok_or_else(|| Problem::fields(&[FieldMistake::new(field, why)]))
}
