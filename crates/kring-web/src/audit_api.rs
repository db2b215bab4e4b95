//! Who changed what, and how it was before.

use crate::{
    app::App,
    clock::{read_rfc3339, rfc3339},
    departments_api::changed_by,
    json::Filter,
    limits,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderName, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use kring_store::{AuditCursor, AuditFilter, AuditRow, write_audit_csv};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the audit.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(export))
}

/// Which lines.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Which {
    /// By this one: a login, the name of a program, or either as `who` of a line has it.
    who: Option<String>,
    /// Of this kind, such as `department.change`; `session` stands for all that begin with `session.`.
    action: Option<String>,
    /// Of this thing: an id, or the day of a holiday.
    subject: Option<String>,
    /// At this time or later, RFC 3339.
    from: Option<String>,
    /// Before this time, RFC 3339.
    to: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows, 1 to 200.
    limit: Option<u32>,
}

/// A change.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditOnWire {
    id: String,
    at: String,
    /// `person LOGIN`, `program NAME`, or `kringd` for the command line.
    who: String,
    /// Such as `department.change`.
    action: String,
    subject: String,
    /// How it was; null: it was not there.
    #[schema(value_type = Value)]
    was: Value,
    /// How it is; null: it is gone.
    #[schema(value_type = Value)]
    is: Value,
}

/// Changes, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditPageOnWire {
    items: Vec<AuditOnWire>,
    next: Option<String>,
}

impl Which {
    fn filter(&self) -> Result<AuditFilter, Problem> {
        let time = |name: &str, text: &Option<String>| {
            let read = |text: &str| {
                let bad = || Problem::new(Code::BadFilter).with("filter", name);
                read_rfc3339(text).ok_or_else(bad)
            };
            text.as_deref().map(read).transpose()
        };
        Ok(AuditFilter {
            who: self.who.clone(),
            action: self.action.clone(),
            subject: self.subject.clone(),
            from: time("from", &self.from)?,
            to: time("to", &self.to)?,
        })
    }

    fn after(&self) -> Result<Option<AuditCursor>, Problem> {
        let after = self.cursor.as_deref().map(str::parse).transpose();
        after.map_err(|_| Problem::new(Code::BadCursor))
    }
}

/// What was changed and what was read of what is protected, newest first.
#[utoipa::path(get, path = "/audit", tag = "audit", operation_id = "audit", params(Which),
    responses((status = 200, body = AuditPageOnWire), (status = 400), (status = 403)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Filter(which): Filter<Which>,
) -> Result<Json<AuditPageOnWire>, Problem> {
    who.must(Right::ReadAudit)?;
    let limit = which.limit.unwrap_or(limits::PAGE_ROWS);
    let limit = limit.clamp(1, limits::PAGE_ROWS_MAX);
    let (filter, after) = (which.filter()?, which.after()?);
    let page = app.store.audit_of(&filter, after, limit).await?;
    Ok(Json(AuditPageOnWire {
        items: page.rows.into_iter().map(AuditOnWire::from).collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}

/// The same lines as a file (CSV in UTF-8), newest first. Where there are more than it holds, `Kring-Next` is the cursor
/// of the rest. That it was fetched is in the audit, too.
#[utoipa::path(get, path = "/audit/export", tag = "audit", operation_id = "export_audit",
    params(Which),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 400),
        (status = 403)))]
pub(crate) async fn export(
    State(app): State<App>,
    who: Identity,
    Filter(which): Filter<Which>,
) -> Result<Response, Problem> {
    who.must(Right::ReadAudit)?;
    let filter = which.filter()?;
    let mut after = which.after()?;
    let most = which
        .limit
        .map_or(limits::AUDIT_EXPORT_ROWS_MAX, |limit| limit as usize);
    let most = most.clamp(1, limits::AUDIT_EXPORT_ROWS_MAX);
    let by = changed_by(&app, &who);
    app.store.note_read(&by, "audit.export", "audit").await?;
    let mut rows = Vec::new();
    loop {
        let left = most - rows.len();
        let limit = u32::try_from(left).unwrap_or(u32::MAX);
        let page = app.store.audit_of(&filter, after, limit).await?;
        rows.extend(page.rows);
        after = page.next;
        if after.is_none() || rows.len() >= most {
            break;
        }
    }
    let kind = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"audit.csv\"",
        ),
    ];
    let next = after.map(|after| (NEXT, after.to_string()));
    Ok((kind, AppendHeaders(next), write_audit_csv(&rows)).into_response())
}

const NEXT: HeaderName = HeaderName::from_static("kring-next");

impl From<AuditRow> for AuditOnWire {
    fn from(row: AuditRow) -> AuditOnWire {
        let read = |text: Option<String>| {
            text.and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or(Value::Null)
        };
        AuditOnWire {
            id: row.id.to_string(),
            at: rfc3339(row.at),
            who: row.who,
            action: row.action,
            subject: row.subject,
            was: read(row.old_value),
            is: read(row.new_value),
        }
    }
}
