//! `/users`: the accounts of people. Administrators read and change them, every change is in the audit, and no answer
//! holds a password but the one that was just made, once.

mod edit;
mod fields;

pub(crate) use fields::{check_login, check_name};

use crate::{
    app::App,
    clock::rfc3339,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    Json,
    extract::{Path, State},
};
use kring_journal::AgentId;
use kring_store::Account;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of accounts.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(users, edit::add_user))
        .routes(routes!(user, edit::change_user))
        .routes(routes!(edit::reset_password))
}

/// An account.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserOnWire {
    login: String,
    name: String,
    /// `agent`, `tip_officer`, `unit_officer`, `supervisor`, `kb_editor`, `admin`, `dpo`, `integrator` or `auditor`.
    role: &'static str,
    /// The phones, which ring together.
    devices: Vec<String>,
    /// The phones are asked to answer by themselves.
    auto_answer: bool,
    /// All of their calls are recorded.
    record: bool,
    /// Empty: all.
    queues: Vec<String>,
    /// `tax:3`.
    skills: Vec<String>,
    /// The unit whose cases a `unit_officer` sees.
    department_id: Option<String>,
    disabled: bool,
    /// Whether there is a password to sign in with.
    has_password: bool,
    /// The password is to be changed at the next sign-in.
    must_change: bool,
    /// Whether the identity provider knows this person.
    oidc: bool,
    created: Option<String>,
    last_sign_in: Option<String>,
}

impl From<&Account> for UserOnWire {
    fn from(account: &Account) -> UserOnWire {
        let agent = &account.agent;
        UserOnWire {
            login: agent.login.to_string(),
            name: agent.name.clone(),
            role: agent.role.as_str(),
            devices: agent.devices.clone(),
            auto_answer: agent.auto_answer,
            record: agent.record,
            queues: agent.queues.clone(),
            skills: agent.skills.clone(),
            department_id: agent.department.map(|id| id.to_string()),
            disabled: agent.disabled,
            has_password: agent.password_hash.is_some(),
            must_change: account.must_change,
            oidc: account.oidc_subject.is_some(),
            created: account.created.map(rfc3339),
            last_sign_in: account.last_sign_in.map(rfc3339),
        }
    }
}

/// Accounts by login.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserList {
    items: Vec<UserOnWire>,
}

/// Every account, disabled ones too.
#[utoipa::path(get, path = "/users", tag = "users", operation_id = "users",
    responses((status = 200, body = UserList), (status = 403)))]
async fn users(State(app): State<App>, who: Identity) -> Result<Json<UserList>, Problem> {
    who.must(Right::Administer)?;
    let accounts = app.store.accounts().await?;
    let items = accounts.iter().map(UserOnWire::from).collect();
    Ok(Json(UserList { items }))
}

/// One account.
#[utoipa::path(get, path = "/users/{login}", tag = "users", operation_id = "user",
    responses((status = 200, body = UserOnWire), (status = 403), (status = 404)))]
async fn user(
    State(app): State<App>,
    who: Identity,
    Path(login): Path<String>,
) -> Result<Json<UserOnWire>, Problem> {
    who.must(Right::Administer)?;
    let account = app.store.account(&AgentId::new(&login)).await?;
    let account = account.ok_or_else(|| Problem::new(Code::NoSuchAgent))?;
    Ok(Json(UserOnWire::from(&account)))
}
