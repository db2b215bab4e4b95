//! Who read of a person.

use super::contact_id;
use crate::{
    app::App,
    clock::rfc3339,
    json::Filter,
    limits,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Of whom.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    contact_id: String,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows, 1 to 200.
    limit: Option<u32>,
}

/// A reading.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccessOnWire {
    at: String,
    /// `person LOGIN` or `program NAME`.
    who: String,
    /// `pop`, `contact`, `history`, `lookup` or `export`.
    what: &'static str,
}

/// Readings, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccessPage {
    items: Vec<AccessOnWire>,
    next: Option<String>,
}

/// Who read of a person, newest first.
#[utoipa::path(get, path = "/privacy/access-log", tag = "privacy",
    operation_id = "list_accesses", params(Which),
    responses((status = 200, body = AccessPage), (status = 400), (status = 403), (status = 404)))]
pub(crate) async fn list(
    State(app): State<App>,
    who: Identity,
    Filter(which): Filter<Which>,
) -> Result<Json<AccessPage>, Problem> {
    who.must(Right::ActOnPrivacy)?;
    let contact = contact_id(&app, &which.contact_id).await?;
    let after = which.cursor.as_deref().map(str::parse).transpose();
    let after = after.map_err(|_| Problem::new(Code::BadCursor))?;
    let limit = which.limit.unwrap_or(limits::PAGE_ROWS);
    let limit = limit.clamp(1, limits::PAGE_ROWS_MAX);
    let (lines, next) = app.store.accesses(contact, after, limit).await?;
    let items = lines.into_iter().map(|line| AccessOnWire {
        at: rfc3339(line.at),
        who: line.who,
        what: line.what.as_str(),
    });
    Ok(Json(AccessPage {
        items: items.collect(),
        next: next.map(|next| next.to_string()),
    }))
}
