//! The house: oneself and the agents.

use crate::{
    app::App,
    clock::rfc3339,
    health::exchange_answers,
    json::Json,
    live::PresenceNow,
    phone_desk::{IceServer, LegState},
    problem::Problem,
    queues_api,
    session::{Identity, Right},
    wire::Presence,
};
use axum::extract::{Path, State};
use kring_call::command::{Command, Done, PresenceWish};
use kring_journal::{AgentId, PresenceState};
use kring_store::AgentRow;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the house.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(me))
        .routes(routes!(set_presence))
        .routes(routes!(readiness))
        .routes(routes!(agents))
        .routes(routes!(force_presence))
        .merge(queues_api::routes())
}

/// The person who asks.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    login: String,
    name: String,
    roles: Vec<&'static str>,
    /// The first of the phones.
    device: Option<String>,
    /// All of them: they ring together.
    devices: Vec<String>,
    queues: Vec<String>,
    /// ค่ะ or ครับ.
    particle: String,
    pause_reasons: Vec<String>,
    /// Calls can be recorded by whoever has them, of some queue at least.
    record: bool,
    #[schema(value_type = Option<Object>)]
    presence: Option<Presence>,
    /// The phone in the browser; null where none of the devices is `browser`.
    phone: Option<PhoneOfMine>,
    /// The password was given by somebody else: `POST /me/password` first; every other route answers 403
    /// `password_change_needed`.
    must_change: bool,
}

impl Me {
    /// What this person is told of themselves.
    pub(crate) fn of(app: &App, agent: &AgentRow) -> Me {
        let rules = app.config.rules.now();
        Me {
            login: agent.login.to_string(),
            name: agent.name.clone(),
            roles: vec![agent.role.as_str()],
            device: agent.devices.first().cloned(),
            devices: agent.devices.clone(),
            queues: agent.queues.clone(),
            particle: rules.particle.clone(),
            pause_reasons: rules.pause_reasons.clone(),
            record: rules.records_on_demand,
            presence: app.live.presence(&agent.login).map(|now| now.on_wire()),
            phone: PhoneOfMine::of(app, agent),
            must_change: false,
        }
    }

    /// The same, where a password is to be chosen first.
    pub(crate) fn must_change(self, must_change: bool) -> Me {
        Me {
            must_change,
            ..self
        }
    }
}

/// A phone in the browser: the page offers its sound by `phone.offer` on `/ws/v1`.
#[derive(Serialize, ToSchema)]
pub(crate) struct PhoneOfMine {
    /// `browser`.
    kind: &'static str,
    /// `none`, `connecting`, `connected` or `lost`: of whichever page has the phone.
    leg: LegState,
    /// For `RTCPeerConnection`; empty within one network.
    ice_servers: Vec<IceServer>,
}

impl PhoneOfMine {
    fn of(app: &App, agent: &AgentRow) -> Option<PhoneOfMine> {
        let desk = &app.config.phone_desk;
        let has_one = agent.devices.iter().any(|device| device == "browser");
        has_one.then(|| PhoneOfMine {
            kind: "browser",
            leg: desk.leg(&agent.login).unwrap_or(LegState::None),
            ice_servers: desk.ice_servers(),
        })
    }
}

/// Who is signed in.
#[utoipa::path(get, path = "/me", tag = "session", responses((status = 200, body = Me)))]
pub(crate) async fn me(State(app): State<App>, who: Identity) -> Result<axum::Json<Me>, Problem> {
    let must_change = matches!(&who, Identity::Person(signed) if signed.must_change);
    let me = Me::of(&app, who.agent()?);
    Ok(axum::Json(me.must_change(must_change)))
}

/// What the agent wants to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    /// `ready`, `paused` or `offline`.
    state: String,
    /// One of the configured reasons, for `paused`.
    #[serde(default)]
    reason: Option<String>,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Granted {
    state: String,
    reason: Option<String>,
    /// It will be so when the present call is over.
    after_call: bool,
}

/// Asks for a state. 409 `agent_busy` during a call.
#[utoipa::path(post, path = "/me/presence", tag = "session", request_body = Wish,
    responses((status = 200, body = Granted), (status = 409), (status = 422)))]
pub(crate) async fn set_presence(
    State(app): State<App>,
    who: Identity,
    Json(Wish { state, reason }): Json<Wish>,
) -> Result<axum::Json<Granted>, Problem> {
    who.must(Right::ActOnCalls)?;
    let agent = who.agent()?.login.clone();
    let wish = wished(&state, reason.as_deref())?;
    app.desk.ask(Command::SetPresence { agent, wish }).await?;
    Ok(axum::Json(Granted {
        state,
        reason,
        after_call: false,
    }))
}

fn wished(state: &str, reason: Option<&str>) -> Result<PresenceWish, Problem> {
    match (state, reason) {
        ("ready", _) => Ok(PresenceWish::Ready),
        ("offline", _) => Ok(PresenceWish::Offline),
        ("paused", Some(reason)) => Ok(PresenceWish::Paused {
            reason: reason.to_owned(),
        }),
        ("paused", None) => Err(Problem::field("reason", "is needed to pause")),
        _ => Err(Problem::field("state", "is ready, paused or offline")),
    }
}

/// Sets the state of somebody else. In a call it holds when the call is over (`after_call`).
#[utoipa::path(post, path = "/agents/{id}/presence", tag = "directory", request_body = Wish,
    responses((status = 200, body = Granted), (status = 403), (status = 404), (status = 409),
        (status = 422)))]
pub(crate) async fn force_presence(
    State(app): State<App>,
    who: Identity,
    Path(login): Path<String>,
    Json(Wish { state, reason }): Json<Wish>,
) -> Result<axum::Json<Granted>, Problem> {
    who.must(Right::ActOnFloor)?;
    let wish = wished(&state, reason.as_deref())?;
    let command = Command::ForcePresence {
        agent: AgentId::new(&login),
        wish,
        by: who.says(),
    };
    let done = app.desk.ask(command).await?;
    Ok(axum::Json(Granted {
        state,
        reason,
        after_call: done == Done::AfterCall,
    }))
}

/// What the page has checked by itself, such as sound and microphone; it is told back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct Checked {
    lights: BTreeMap<String, bool>,
}

/// The lights of the sign-in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Readiness {
    /// By name: `database`, `exchange`, `device`, `screen`, `phone_leg` for a phone in the browser, and what the page
    /// has checked.
    lights: BTreeMap<String, bool>,
    /// Whether all that a call needs is there: database, exchange and a phone.
    ready: bool,
    /// For the light of the clock: a PC that is far off shows wrong times.
    server_time: String,
}

/// Looks whether a call could be taken now.
#[utoipa::path(post, path = "/me/readiness", tag = "session", request_body = Checked,
    responses((status = 200, body = Readiness)))]
pub(crate) async fn readiness(
    State(app): State<App>,
    who: Identity,
    Json(checked): Json<Checked>,
) -> Result<axum::Json<Readiness>, Problem> {
    let agent = who.agent()?;
    let (database, exchange, device) = tokio::join!(
        app.store.ping(),
        exchange_answers(&app),
        has_phone(&app, agent)
    );
    let needed = [
        ("database", database.is_ok()),
        ("exchange", exchange),
        ("device", device),
    ];
    let screen = ("screen", app.live.has_screen(&agent.login));
    let leg = app.config.phone_desk.leg(&agent.login);
    let leg = leg.map(|leg| ("phone_leg", leg == LegState::Connected));
    let own = needed.into_iter().chain([screen]).chain(leg);
    let mut lights: BTreeMap<String, bool> = checked.lights.into_iter().take(16).collect();
    lights.extend(own.map(|(name, on)| (name.to_owned(), on)));
    Ok(axum::Json(Readiness {
        lights,
        ready: needed.iter().all(|(_, on)| *on),
        server_time: rfc3339(app.clock.now().1),
    }))
}

/// Whether the agent has a phone that can be rung, as far as it can be known before it rings.
async fn has_phone(app: &App, agent: &AgentRow) -> bool {
    let now = app.clock.now().1;
    for device in &agent.devices {
        let there = match device.strip_prefix("phone:") {
            Some(user) => app.store.is_registered(user, now).await.unwrap_or(false),
            None if device == "browser" => {
                app.config.phone_desk.leg(&agent.login) == Some(LegState::Connected)
            }
            None => true,
        };
        if there {
            return true;
        }
    }
    false
}

/// An agent and what they do now.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentOnWire {
    login: String,
    name: String,
    role: &'static str,
    /// The first of the phones.
    device: Option<String>,
    /// All of them: they ring together.
    devices: Vec<String>,
    /// The phones are asked to answer by themselves.
    auto_answer: bool,
    queues: Vec<String>,
    /// What they can do and how well: `tax:3`.
    skills: Vec<String>,
    /// `offline`, `ready`, `offered`, `ringing`, `talking`, `wrap_up` or `paused`.
    #[schema(value_type = String)]
    state: PresenceState,
    reason: Option<String>,
    since: Option<String>,
    /// One of their screens is alive.
    screen: bool,
}

/// Agents by login.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgentList {
    items: Vec<AgentOnWire>,
}

/// Every agent who may sign in, and what they do now.
#[utoipa::path(get, path = "/agents", tag = "directory",
    responses((status = 200, body = AgentList)))]
pub(crate) async fn agents(
    State(app): State<App>,
    who: Identity,
) -> Result<axum::Json<AgentList>, Problem> {
    who.must(Right::ReadFloor)?;
    let rows = app.store.agents().await?;
    let items = rows.into_iter().filter(|row| !row.disabled).map(|row| {
        let now: Option<PresenceNow> = app.live.presence(&row.login);
        AgentOnWire {
            screen: app.live.has_screen(&row.login),
            login: row.login.to_string(),
            name: row.name,
            role: row.role.as_str(),
            device: row.devices.first().cloned(),
            devices: row.devices,
            auto_answer: row.auto_answer,
            queues: row.queues,
            skills: row.skills,
            state: now.as_ref().map_or(PresenceState::Offline, |now| now.state),
            reason: now.as_ref().and_then(|now| now.reason.clone()),
            since: now.map(|now| rfc3339(now.since)),
        }
    });
    Ok(axum::Json(AgentList {
        items: items.collect(),
    }))
}
