//! Adding and changing accounts, and the password that an administrator gives.

use super::{
    UserOnWire,
    fields::{UserFields, check_login, role_named},
};
use crate::{
    app::App,
    departments_api::changed_by,
    json::Json,
    problem::{Code, Problem},
    session::{Identity, Right, one_time_password},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kring_journal::AgentId;
use kring_store::{Account, AgentRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"login": "somsri", "name": "สมศรี มีสุข", "role": "agent",
    "devices": ["pbx:5021"], "queues": [], "skills": ["tax:3"]}))]
pub(crate) struct NewUser {
    /// 1 to 64 of a-z, 0-9, `.`, `_` and `-`.
    login: String,
    name: String,
    role: String,
    #[serde(default)]
    devices: Vec<String>,
    #[serde(default)]
    auto_answer: bool,
    /// All of their calls are recorded.
    #[serde(default)]
    record: bool,
    #[serde(default)]
    queues: Vec<String>,
    #[serde(default)]
    skills: Vec<String>,
    /// The unit whose cases a `unit_officer` sees, by id or short name.
    department_id: Option<String>,
    /// `password`, when nothing is said: kring makes one that is to be changed. `oidc`: this person signs in at the
    /// identity provider alone.
    #[serde(default)]
    sign_in: SignInBy,
}

/// How somebody signs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SignInBy {
    #[default]
    Password,
    Oidc,
}

/// An account with the password that was just made.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserWithPassword {
    #[serde(flatten)]
    user: UserOnWire,
    /// Shown this once: it is to be changed at the first sign-in. Null for who signs in at the identity provider.
    one_time_password: Option<String>,
}

/// Adds an account. 409 `taken`: somebody has this login.
#[utoipa::path(post, path = "/users", tag = "users", operation_id = "add_user",
    request_body = NewUser,
    responses((status = 201, body = UserWithPassword), (status = 403), (status = 409),
        (status = 422)))]
pub(crate) async fn add_user(
    State(app): State<App>,
    who: Identity,
    Json(new): Json<NewUser>,
) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    check_login(&new.login)?;
    let role = role_named(&new.role)?;
    let mut fields = UserFields {
        name: Some(new.name),
        devices: Some(new.devices),
        auto_answer: Some(new.auto_answer),
        record: Some(new.record),
        queues: Some(new.queues),
        skills: Some(new.skills),
        department_id: new.department_id,
        ..UserFields::default()
    };
    fields.check(&app).await?;
    let password = match new.sign_in {
        SignInBy::Password => Some(one_time_password()),
        SignInBy::Oidc => None,
    };
    let mut agent = AgentRow {
        login: AgentId::new(&new.login),
        name: String::new(),
        role,
        password_hash: None,
        devices: Vec::new(),
        auto_answer: false,
        queues: Vec::new(),
        disabled: false,
        skills: Vec::new(),
        department: None,
        record: false,
    };
    fields.put(&mut agent);
    if let Some(password) = &password {
        agent.password_hash = Some(app.passwords.hash(password.clone()).await?);
    }
    let by = changed_by(&app, &who);
    let mut account = Account::new(agent, by.at);
    account.must_change = password.is_some();
    app.store.add_account(&by, &account).await?;
    let told = UserWithPassword {
        user: UserOnWire::from(&account),
        one_time_password: password,
    };
    Ok((StatusCode::CREATED, axum::Json(told)).into_response())
}

/// Changes an account. Who has another role by it, or is disabled, is signed out everywhere. 409 `last_administrator`:
/// nobody could administer the house any more.
#[utoipa::path(patch, path = "/users/{login}", tag = "users", operation_id = "change_user",
    request_body = UserFields,
    responses((status = 200, body = UserOnWire), (status = 403), (status = 404), (status = 409),
        (status = 422)))]
pub(crate) async fn change_user(
    State(app): State<App>,
    who: Identity,
    Path(login): Path<String>,
    Json(mut fields): Json<UserFields>,
) -> Result<axum::Json<UserOnWire>, Problem> {
    who.must(Right::Administer)?;
    fields.check(&app).await?;
    let login = AgentId::new(&login);
    let mut before = None;
    let by = changed_by(&app, &who);
    let changed = app.store.change_account(&by, &login, |account| {
        before = Some(account.agent.role);
        fields.put(&mut account.agent);
        Ok(())
    });
    let account = changed.await?;
    if before != Some(account.agent.role) || account.agent.disabled {
        app.leaves_everywhere(&login);
    }
    Ok(axum::Json(UserOnWire::from(&account)))
}

/// Gives somebody who has forgotten theirs a password that is to be changed at the next sign-in, and signs them out
/// everywhere.
#[utoipa::path(post, path = "/users/{login}/reset", tag = "users", operation_id = "reset_password",
    responses((status = 200, body = UserWithPassword), (status = 403), (status = 404),
        (status = 409)))]
pub(crate) async fn reset_password(
    State(app): State<App>,
    who: Identity,
    Path(login): Path<String>,
) -> Result<axum::Json<UserWithPassword>, Problem> {
    who.must(Right::Administer)?;
    let login = AgentId::new(&login);
    let there = app.store.account(&login).await?;
    let there = there.ok_or_else(|| Problem::new(Code::NoSuchAgent))?;
    if there.oidc_subject.is_some() && there.agent.password_hash.is_none() {
        let detail = "this person signs in at the identity provider and has no password here";
        return Err(Problem::new(Code::InUse).detail(detail));
    }
    let password = one_time_password();
    let hash = app.passwords.hash(password.clone()).await?;
    let by = changed_by(&app, &who);
    let changed = app.store.change_account(&by, &login, |account| {
        account.agent.password_hash = Some(hash);
        account.must_change = true;
        Ok(())
    });
    let account = changed.await?;
    app.leaves_everywhere(&login);
    Ok(axum::Json(UserWithPassword {
        user: UserOnWire::from(&account),
        one_time_password: Some(password),
    }))
}
