//! The trunks: which PBXs kring works with, and how the line to each is.

use crate::{
    app::App,
    configured::{ConfiguredIn, ConfiguredItem, Keys, Mistake},
    configuring::{Change, carry_out, keep_name, name_in},
    departments_api::{changed_by, wanted_version},
    etag,
    json::Json,
    live::LineNow,
    problem::{Code, Problem},
    session::{Identity, Right},
    trunk_secrets,
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_store::ConfiguredKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the trunks.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(trunks, add))
        .routes(routes!(trunk, patch, remove))
}

/// A PBX, and how the line to it is.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct TrunkOnWire {
    name: String,
    /// The address that is tried first.
    address: Option<String>,
    /// All of them, in the order in which they are tried.
    addresses: Vec<TrunkAddressOnWire>,
    /// Whether it answers OPTIONS; null if nobody asks it, or nothing is known yet.
    up: Option<bool>,
    /// How long the last answer took, the fastest address's, ms.
    rtt_ms: Option<f64>,
    /// Whether kring is registered there; null without an account, or before the first answer.
    registered: Option<bool>,
    /// The account: `sip:5000@pbx.example.net`.
    account: Option<String>,
    /// What went wrong last; null if all is well.
    last_error: Option<String>,
    /// Where it is configured; null: it is not any more.
    source: Option<ConfiguredIn>,
    /// Of a trunk of the database, for If-Match.
    version: i64,
    /// The keys of `[[trunk]]` in the file, as far as they are written. A password is never among them.
    #[schema(value_type = Object)]
    settings: Keys,
    /// Why it is not in force; null if it is.
    complaint: Option<Mistake>,
}

/// The keys of a `[[trunk]]` in the file; in `register`, `password` takes the place of `password_file`.
#[derive(Deserialize, ToSchema)]
#[schema(value_type = Object)]
pub(crate) struct TrunkKeys(Keys);

/// One address of a PBX.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrunkAddressOnWire {
    address: String,
    up: Option<bool>,
    rtt_ms: Option<f64>,
}

/// Trunks by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrunkList {
    items: Vec<TrunkOnWire>,
}

/// Every trunk of the configuration, with the state of its line.
#[utoipa::path(get, path = "/trunks", tag = "directory",
    responses((status = 200, body = TrunkList)))]
pub(crate) async fn trunks(
    State(app): State<App>,
    who: Identity,
) -> Result<axum::Json<TrunkList>, Problem> {
    who.must(Right::ReadFloor)?;
    let items = all(&app).into_values().collect();
    Ok(axum::Json(TrunkList { items }))
}

/// One of them.
#[utoipa::path(get, path = "/trunks/{name}", tag = "directory", operation_id = "trunk",
    responses((status = 200, body = TrunkOnWire), (status = 404)))]
pub(crate) async fn trunk(
    State(app): State<App>,
    who: Identity,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    who.must(Right::ReadFloor)?;
    Ok(shown(one(&app, &name)?).into_response())
}

/// Makes a trunk; it may call at once, and kring registers there if it has an account. 409 `taken`: another has
/// this name.
#[utoipa::path(post, path = "/trunks", tag = "directory", operation_id = "add_trunk",
    request_body(content = TrunkKeys),
    responses((status = 201, body = TrunkOnWire), (status = 403), (status = 409), (status = 422)))]
pub(crate) async fn add(
    State(app): State<App>,
    who: Identity,
    Json(TrunkKeys(mut keys)): Json<TrunkKeys>,
) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    let name = name_in(&mut keys)?;
    trunk_secrets::check(&mut keys)?;
    change(&app, &who, &name, Change::Add(keys)).await?;
    Ok((StatusCode::CREATED, shown(one(&app, &name)?)).into_response())
}

/// Changes a trunk; null takes a key away, and a `register` without a password keeps the one that is stored. Its
/// calls go on. 409 `in_file`: the file says so. With `If-Match`, only at that version: 412 `stale` otherwise.
#[utoipa::path(patch, path = "/trunks/{name}", tag = "directory", operation_id = "change_trunk",
    request_body(content = TrunkKeys),
    responses((status = 200, body = TrunkOnWire), (status = 403), (status = 404), (status = 409),
        (status = 412), (status = 422)))]
pub(crate) async fn patch(
    State(app): State<App>,
    who: Identity,
    Path(name): Path<String>,
    headers: HeaderMap,
    Json(TrunkKeys(mut keys)): Json<TrunkKeys>,
) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    keep_name(&mut keys, &name)?;
    trunk_secrets::check(&mut keys)?;
    let version = wanted_version(&headers)?;
    change(&app, &who, &name, Change::Patch(keys, version)).await?;
    Ok(shown(one(&app, &name)?).into_response())
}

/// Takes a trunk away. Its calls go on to their end, and no new one comes by it. 409 `in_use`, 409 `in_file`.
#[utoipa::path(delete, path = "/trunks/{name}", tag = "directory", operation_id = "remove_trunk",
    responses((status = 204), (status = 403), (status = 404), (status = 409), (status = 412)))]
pub(crate) async fn remove(
    State(app): State<App>,
    who: Identity,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    who.must(Right::Administer)?;
    let version = wanted_version(&headers)?;
    change(&app, &who, &name, Change::Remove(version)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn change(app: &App, who: &Identity, name: &str, change: Change) -> Result<(), Problem> {
    let by = changed_by(app, who);
    carry_out(app, by, ConfiguredKind::Trunk, name, change).await?;
    Ok(())
}

fn shown(trunk: TrunkOnWire) -> impl IntoResponse {
    (
        [(header::ETAG, etag::write(trunk.version))],
        axum::Json(trunk),
    )
}

fn one(app: &App, name: &str) -> Result<TrunkOnWire, Problem> {
    let found = all(app).remove(name);
    found.ok_or_else(|| Problem::new(Code::NoSuchTrunk))
}

/// The lines as they are, with what is configured; of a trunk that was made just now nothing may be known yet.
fn all(app: &App) -> BTreeMap<String, TrunkOnWire> {
    let lines = app.live.lines().into_iter();
    let mut trunks: BTreeMap<String, TrunkOnWire> = lines
        .map(|line| (line.trunk.clone(), TrunkOnWire::from(line)))
        .collect();
    for item in &app.config.configured.now().trunks {
        let trunk = trunks.entry(item.name.clone()).or_default();
        trunk.configured(item);
    }
    trunks
}

impl TrunkOnWire {
    fn configured(&mut self, item: &ConfiguredItem) {
        self.name.clone_from(&item.name);
        self.source = Some(item.source);
        self.version = item.version;
        self.settings = trunk_secrets::told(item.settings.clone());
        self.complaint.clone_from(&item.complaint);
        if self.address.is_none() {
            let address = item.settings.get("address").and_then(|at| at.as_str());
            self.address = address.map(str::to_owned);
        }
    }
}

impl From<LineNow> for TrunkOnWire {
    fn from(line: LineNow) -> TrunkOnWire {
        let fastest = line.addresses.iter().filter_map(|at| at.round_trip).min();
        let ms = |time: std::time::Duration| time.as_micros() as f64 / 1e3;
        let address = |at: &crate::live::LineAddress| TrunkAddressOnWire {
            address: at.address.clone(),
            up: at.up,
            rtt_ms: at.round_trip.map(ms),
        };
        TrunkOnWire {
            address: line.addresses.first().map(|at| at.address.clone()),
            addresses: line.addresses.iter().map(address).collect(),
            name: line.trunk,
            up: line.up,
            rtt_ms: fastest.map(ms),
            registered: line.registered,
            account: line.account,
            last_error: line.last_error,
            ..TrunkOnWire::default()
        }
    }
}
