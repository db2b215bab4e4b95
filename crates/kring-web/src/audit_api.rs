//! Who changed what, and how it was before.

use crate::{
    app::App,
    clock::rfc3339,
    json::Filter,
    limits,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{Json, extract::State};
use kring_store::AuditRow;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the audit.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which lines.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Which {
    /// Of this thing: an id, or the day of a holiday.
    subject: Option<String>,
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
    #[schema(value_type = Object)]
    was: Value,
    /// How it is; null: it is gone.
    #[schema(value_type = Object)]
    is: Value,
}

/// Changes, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditPageOnWire {
    items: Vec<AuditOnWire>,
    next: Option<String>,
}

/// What was changed in the directory, newest first.
#[utoipa::path(get, path = "/audit", tag = "audit", params(Which),
    responses((status = 200, body = AuditPageOnWire), (status = 403)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Filter(which): Filter<Which>,
) -> Result<Json<AuditPageOnWire>, Problem> {
    who.must(Right::ReadAudit)?;
    let after = which.cursor.as_deref().map(str::parse).transpose();
    let after = after.map_err(|_| Problem::new(Code::BadCursor))?;
    let limit = which.limit.unwrap_or(limits::PAGE_ROWS);
    let limit = limit.clamp(1, limits::PAGE_ROWS_MAX);
    let subject = which.subject.as_deref();
    let page = app.store.audit(subject, after, limit).await?;
    Ok(Json(AuditPageOnWire {
        items: page.rows.into_iter().map(AuditOnWire::from).collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}

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
