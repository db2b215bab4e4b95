//! How long what is kept.

use crate::{
    app::App,
    departments_api::changed_by,
    json::Json,
    problem::Problem,
    session::{Identity, Right},
};
use axum::extract::State;
use kring_store::{RetentionRun, RetentionWhat};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A rule.
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleOnWire {
    /// `cases`, `contacts`, `callers` or `access_log`.
    what: &'static str,
    /// Null: kept for ever.
    days: Option<u32>,
}

/// The rules in force.
#[derive(Serialize, ToSchema)]
pub(crate) struct Rules {
    items: Vec<RuleOnWire>,
}

/// How long what is kept.
#[utoipa::path(get, path = "/privacy/retention", tag = "privacy", operation_id = "show_retention",
    responses((status = 200, body = Rules), (status = 403)))]
pub(crate) async fn show(
    State(app): State<App>,
    who: Identity,
) -> Result<axum::Json<Rules>, Problem> {
    who.must(Right::ActOnPrivacy)?;
    rules(&app).await
}

/// A rule to be set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"what": "cases", "days": 1825}))]
pub(crate) struct NewRule {
    /// `cases`, `contacts`, `callers` or `access_log`.
    what: String,
    /// 0 keeps for ever, whatever `privacy.retention_days` says.
    days: u32,
}

/// Sets a rule; it is carried out once a day.
#[utoipa::path(put, path = "/privacy/retention", tag = "privacy", operation_id = "set_retention",
    request_body = NewRule,
    responses((status = 200, body = Rules), (status = 403), (status = 422)))]
pub(crate) async fn set(
    State(app): State<App>,
    who: Identity,
    Json(rule): Json<NewRule>,
) -> Result<axum::Json<Rules>, Problem> {
    who.must(Right::ActOnPrivacy)?;
    let what = RetentionWhat::from_name(&rule.what)
        .ok_or_else(|| Problem::field("what", "is cases, contacts, callers or access_log"))?;
    let by = changed_by(&app, &who);
    app.store.set_retention_rule(&by, what, rule.days).await?;
    rules(&app).await
}

async fn rules(app: &App) -> Result<axum::Json<Rules>, Problem> {
    let rules = app.store.retention_rules(app.config.retention_days).await?;
    let items = rules
        .into_iter()
        .map(|(what, days)| RuleOnWire { what, days });
    Ok(axum::Json(Rules {
        items: items.collect(),
    }))
}

/// How.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"dry_run": true}))]
pub(crate) struct How {
    /// Only tells what would be taken.
    dry_run: bool,
}

/// What a rule took, or would take.
#[derive(Serialize, ToSchema)]
pub(crate) struct TakenOnWire {
    what: &'static str,
    days: u32,
    taken: u64,
}

/// What all rules took.
#[derive(Serialize, ToSchema)]
pub(crate) struct Taken {
    dry_run: bool,
    items: Vec<TakenOnWire>,
}

/// Carries the rules out now, or tells what they would take.
#[utoipa::path(post, path = "/privacy/retention/run", tag = "privacy",
    operation_id = "run_retention", request_body = How,
    responses((status = 200, body = Taken), (status = 403)))]
pub(crate) async fn run(
    State(app): State<App>,
    who: Identity,
    Json(how): Json<How>,
) -> Result<axum::Json<Taken>, Problem> {
    who.must(Right::ActOnPrivacy)?;
    let by = changed_by(&app, &who);
    let run = if how.dry_run {
        RetentionRun::Dry
    } else {
        RetentionRun::Real
    };
    let taken = app
        .store
        .retain(&by, app.config.retention_days, run)
        .await?;
    let items = taken.into_iter().map(|rule| TakenOnWire {
        what: rule.what.as_str(),
        days: rule.days,
        taken: rule.taken,
    });
    Ok(axum::Json(Taken {
        dry_run: how.dry_run,
        items: items.collect(),
    }))
}
