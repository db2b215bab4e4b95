//! Phones that register with kring: which there are, whose, and where they are now. Their secrets stay
//! in the store.

mod edit;

use crate::{
    app::App,
    clock::rfc3339,
    problem::Problem,
    session::{Identity, Right},
};
use axum::extract::State;
use kring_store::{AgentRow, BindingRow, PhoneRow};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of phones.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(phones, edit::add_phone))
        .routes(routes!(edit::change_phone, edit::remove_phone))
        .routes(routes!(edit::renew_phone_secret))
}

/// A phone that may register.
#[derive(Serialize, ToSchema)]
pub(crate) struct PhoneOnWire {
    user: String,
    name: String,
    /// Whose device it is.
    agent: Option<String>,
    disabled: bool,
    /// Whether its sound is secured; null: as the configuration says.
    srtp: Option<edit::Srtp>,
    /// Whether it stands behind a translator of addresses (NAT), so that where its sound comes from is learned.
    symmetric: bool,
    /// Whether it can be called now.
    registered: bool,
    /// The freshest first.
    bindings: Vec<BindingOnWire>,
}

/// A place where a phone can be called. What is told is some seconds old.
#[derive(Serialize, ToSchema)]
pub(crate) struct BindingOnWire {
    /// `udp`, `tcp`, `tls`, `ws` or `wss`.
    transport: String,
    /// Where the phone was seen.
    address: String,
    user_agent: Option<String>,
    /// When it ends unless refreshed.
    expires_at: String,
    last_seen: String,
}

/// Phones by user.
#[derive(Serialize, ToSchema)]
pub(crate) struct PhoneList {
    items: Vec<PhoneOnWire>,
}

/// Every phone that may register, and where it is now.
#[utoipa::path(get, path = "/phones", tag = "directory",
    responses((status = 200, body = PhoneList)))]
pub(crate) async fn phones(
    State(app): State<App>,
    who: Identity,
) -> Result<axum::Json<PhoneList>, Problem> {
    who.must(Right::ReadFloor)?;
    let now = app.clock.now().1;
    let (phones, bindings, agents) = tokio::try_join!(
        app.store.phones(),
        app.store.bindings(now),
        app.store.agents()
    )?;
    let mut places: HashMap<String, Vec<BindingOnWire>> = HashMap::new();
    for row in bindings {
        let place = places.entry(row.phone.clone()).or_default();
        place.push(BindingOnWire::from(row));
    }
    let item = |row: PhoneRow| {
        let bindings = places.remove(&row.phone).unwrap_or_default();
        shown(row, bindings, &agents)
    };
    let items = phones.into_iter().map(item).collect();
    Ok(axum::Json(PhoneList { items }))
}

fn shown(row: PhoneRow, bindings: Vec<BindingOnWire>, agents: &[AgentRow]) -> PhoneOnWire {
    PhoneOnWire {
        agent: agent_of(agents, &row.phone),
        registered: !row.disabled && !bindings.is_empty(),
        srtp: row.srtp.as_deref().and_then(edit::Srtp::kept),
        user: row.phone,
        name: row.name,
        disabled: row.disabled,
        symmetric: row.symmetric,
        bindings,
    }
}

/// A phone with its places.
async fn one(app: &App, row: PhoneRow) -> Result<PhoneOnWire, Problem> {
    let now = app.clock.now().1;
    let (bindings, agents) = tokio::try_join!(app.store.bindings(now), app.store.agents())?;
    let own = bindings
        .into_iter()
        .filter(|binding| binding.phone == row.phone);
    let own = own.map(BindingOnWire::from).collect();
    Ok(shown(row, own, &agents))
}

fn agent_of(agents: &[AgentRow], phone: &str) -> Option<String> {
    let has = |agent: &&AgentRow| {
        let mut devices = agent.devices.iter();
        !agent.disabled && devices.any(|device| device.strip_prefix("phone:") == Some(phone))
    };
    agents.iter().find(has).map(|agent| agent.login.to_string())
}

impl From<BindingRow> for BindingOnWire {
    fn from(row: BindingRow) -> BindingOnWire {
        BindingOnWire {
            transport: row.transport,
            address: row.address,
            user_agent: Some(row.user_agent).filter(|agent| !agent.is_empty()),
            expires_at: rfc3339(row.expires),
            last_seen: rfc3339(row.seen),
        }
    }
}
