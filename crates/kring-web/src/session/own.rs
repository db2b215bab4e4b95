//! What a person does with their own account: signing in and out, the sessions that they have, and their password.

use super::{
    Identity, PasswordRefused, Right, Signed,
    sign_in::{__path_sign_in, __path_sign_out, sign_in, sign_out},
};
use crate::{
    app::{App, Rooms},
    clock::rfc3339,
    departments_api::changed_by,
    json::Json,
    limits,
    problem::{Code, Problem},
    session::Cookie,
};
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_journal::AgentId;
use kring_store::{SessionRow, Sessions, StoreRefused};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of sessions and of one's own account.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_in, sign_out))
        .routes(routes!(own_sessions, end_own_sessions))
        .routes(routes!(end_own_session))
        .routes(routes!(change_password))
        .routes(routes!(end_sessions_of))
}

/// A sign-in that counts.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionOnWire {
    id: String,
    created: String,
    /// To the minute; an open console counts as use.
    last_seen: String,
    /// Until when it counts at most.
    expires_at: String,
    address: String,
    /// Such as `Firefox, Windows`.
    user_agent: String,
    /// `password` or `oidc`.
    way: String,
    /// The one that asks.
    current: bool,
}

/// Sessions, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionList {
    items: Vec<SessionOnWire>,
}

/// Where one is signed in.
#[utoipa::path(get, path = "/me/sessions", tag = "session", operation_id = "own_sessions",
    responses((status = 200, body = SessionList), (status = 403)))]
async fn own_sessions(
    State(app): State<App>,
    who: Identity,
) -> Result<axum::Json<SessionList>, Problem> {
    let signed = signed(&who)?;
    let (_, now) = app.clock.now();
    let login = &signed.agent.login;
    let rows = app.store.sessions_of(login, now, app.gate.idle()).await?;
    let on_wire = |row: SessionRow| SessionOnWire {
        current: row.name == signed.session,
        id: row.name,
        created: rfc3339(row.created),
        last_seen: rfc3339(row.seen),
        expires_at: rfc3339(row.expires),
        address: row.from.address,
        user_agent: row.from.user_agent,
        way: row.from.way,
    };
    let items = rows.into_iter().map(on_wire).collect();
    Ok(axum::Json(SessionList { items }))
}

/// Signs out everywhere, here too.
#[utoipa::path(delete, path = "/me/sessions", tag = "session", operation_id = "end_own_sessions",
    responses((status = 204), (status = 403)))]
async fn end_own_sessions(State(app): State<App>, who: Identity) -> Result<Response, Problem> {
    let login = &signed(&who)?.agent.login;
    app.ends_sessions(&who, login).await?;
    let gone = [(header::SET_COOKIE, app.cookies.forget(Cookie::Session))];
    Ok((StatusCode::NO_CONTENT, gone).into_response())
}

/// Ends one of one's own sessions.
#[utoipa::path(delete, path = "/me/sessions/{id}", tag = "session",
    operation_id = "end_own_session",
    responses((status = 204), (status = 403), (status = 404)))]
async fn end_own_session(
    State(app): State<App>,
    who: Identity,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let login = &signed(&who)?.agent.login;
    let by = changed_by(&app, &who);
    let which = Sessions::Named(&name);
    match app.store.end_sessions(&by, login, which).await? {
        0 => Err(Problem::new(Code::NotFound)),
        _ => {
            app.leaves(login, &name);
            Ok(StatusCode::NO_CONTENT)
        }
    }
}

/// Signs somebody out everywhere.
#[utoipa::path(delete, path = "/users/{login}/sessions", tag = "users",
    operation_id = "end_sessions_of",
    responses((status = 204), (status = 403), (status = 404)))]
async fn end_sessions_of(
    State(app): State<App>,
    who: Identity,
    Path(login): Path<String>,
) -> Result<StatusCode, Problem> {
    who.must(Right::Administer)?;
    let login = AgentId::new(&login);
    if app.store.agent(&login).await?.is_none() {
        return Err(Problem::new(Code::NoSuchAgent));
    }
    app.ends_sessions(&who, &login).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The password that one has, and the one that one wants.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"old": "hw7kq2mzp9xv4rtn", "new": "ช้างกินกล้วยบนดาวอังคาร"}))]
pub(crate) struct NewPassword {
    old: String,
    /// By length: 12 characters or more where the configuration says nothing else, and none that are tried first.
    new: String,
}

/// Changes one's own password and signs out everywhere, here too: sign in with the new one. 401 `wrong_password` when
/// the old one is wrong, 422 `weak_password` with a `reason`: `too_short`, `too_long`, `guessable`, `breached`, `same`.
#[utoipa::path(post, path = "/me/password", tag = "session", operation_id = "change_password",
    request_body = NewPassword,
    responses((status = 204), (status = 401), (status = 403), (status = 422), (status = 429)))]
async fn change_password(
    State(app): State<App>,
    who: Identity,
    Json(wish): Json<NewPassword>,
) -> Result<Response, Problem> {
    let agent = &signed(&who)?.agent;
    if wish.old.len() > limits::PASSWORD_BYTES {
        return Err(Problem::new(Code::WrongPassword));
    }
    // Whoever found an open console must not guess on.
    let (now, _) = app.clock.now();
    let source = super::throttle::Trier::Device("password change");
    if let Err(wait) = app.throttle.attempt(now, source, agent.login.as_str()) {
        return Err(Problem::new(Code::TooMany).retry_after(wait.seconds));
    }
    let stored = agent.password_hash.clone();
    if !app
        .passwords
        .check(wish.old.clone(), stored.clone())
        .await?
    {
        return Err(Problem::new(Code::WrongPassword));
    }
    app.throttle.succeeded(source, agent.login.as_str());
    if wish.new == wish.old {
        return Err(PasswordRefused::Same.into());
    }
    let hash = app
        .good_password(wish.new, agent.login.as_str(), &agent.name)
        .await?;
    let by = changed_by(&app, &who);
    let changed = app.store.change_account(&by, &agent.login, |account| {
        // Somebody else has set another meanwhile.
        if account.agent.password_hash != stored {
            return Err(StoreRefused::Stale { current: 0 });
        }
        account.agent.password_hash = Some(hash);
        account.must_change = false;
        Ok(())
    });
    changed.await?;
    app.live.sign_out_everywhere(&agent.login);
    let gone = [(header::SET_COOKIE, app.cookies.forget(Cookie::Session))];
    Ok((StatusCode::NO_CONTENT, gone).into_response())
}

impl Rooms {
    /// What is kept of a password that the rules allow for this person.
    pub(crate) async fn good_password(
        &self,
        password: String,
        login: &str,
        name: &str,
    ) -> Result<String, Problem> {
        let rules = self.config.auth.passwords.clone();
        let (login, name) = (login.to_owned(), name.to_owned());
        let checked = tokio::task::spawn_blocking(move || {
            rules.check(&password, &[&login, &name])?;
            Ok::<String, PasswordRefused>(password)
        });
        let checked = checked.await.map_err(|_| Problem::new(Code::Internal))?;
        self.passwords.hash(checked?).await
    }

    async fn ends_sessions(&self, by: &Identity, login: &AgentId) -> Result<(), Problem> {
        let by = changed_by(self, by);
        self.store.end_sessions(&by, login, Sessions::All).await?;
        self.leaves_everywhere(login);
        Ok(())
    }
}

/// Programs have no sessions and no password.
fn signed(who: &Identity) -> Result<&Signed, Problem> {
    match who {
        Identity::Person(signed) => Ok(signed),
        Identity::Program { .. } => {
            let detail = "a token has no session and no password";
            Err(Problem::new(Code::Forbidden).detail(detail))
        }
    }
}
