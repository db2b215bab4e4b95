//! `POST /session` and `DELETE /session`.

use super::{COOKIE, Identity, cookie, has_one_seat, hash_token, new_token};
use crate::{
    app::{App, Rooms},
    directory_api::Me,
    json::Json,
    limits,
    problem::{Code, Problem},
};
use axum::{
    extract::{ConnectInfo, FromRequestParts, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use kring_call::command::{Command, PresenceWish};
use kring_journal::{AgentId, PresenceState, WallTime};
use kring_store::NewSession;
use serde::Deserialize;
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};
use utoipa::ToSchema;

/// What a person types.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    login: String,
    password: String,
    /// An agent in a call at another screen: take the call's screen over all the same.
    #[serde(default)]
    take_over: bool,
}

/// Where the request came from. Behind a proxy that is the proxy: what it says in a header could be
/// said by anybody.
pub(crate) struct From(IpAddr);

impl FromRequestParts<App> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<From, Infallible> {
        let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(From(
            info.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip()),
        ))
    }
}

/// Refuses a form that another site's page sends.
pub(crate) struct OwnPage;

impl FromRequestParts<App> for OwnPage {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<OwnPage, Problem> {
        app.origins.check(parts).map(|()| OwnPage)
    }
}

/// Signs a person in: 201, the cookie, and who they are. An agent has one seat: a second sign-in takes over
/// from the first, whose page is told so (`session.replaced`) and whose requests get 401 `session_replaced`. In a
/// call that wants `take_over`, else 409 `signed_in_elsewhere`.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignIn,
    responses((status = 201, body = Me), (status = 401), (status = 409), (status = 429)))]
pub(crate) async fn sign_in(
    State(app): State<App>,
    _own: OwnPage,
    From(address): From,
    Json(form): Json<SignIn>,
) -> Result<Response, Problem> {
    let wrong = || Problem::new(Code::WrongPassword);
    if form.password.len() > limits::PASSWORD_BYTES || form.login.len() > limits::LOGIN_BYTES {
        return Err(wrong());
    }
    let (now, wall) = app.clock.now();
    if let Err(wait) = app.throttle.attempt(now, address, &form.login) {
        return Err(Problem::new(Code::TooMany).retry_after(wait.0));
    }
    let agent = app.store.agent(&AgentId::new(&form.login)).await?;
    let agent = agent.filter(|agent| !agent.disabled);
    let stored = agent.as_ref().and_then(|agent| agent.password_hash.clone());
    let right = app.passwords.check(form.password, stored).await?;
    let Some(agent) = agent.filter(|_| right) else {
        tracing::info!(%address, "a sign-in was refused");
        return Err(wrong());
    };
    app.throttle.succeeded(address, &form.login);
    let one_seat = has_one_seat(agent.role);
    if one_seat && !form.take_over && app.is_in_a_call_elsewhere(&agent.login) {
        return Err(Problem::new(Code::SignedInElsewhere));
    }
    let secret = new_token();
    let life_us = limits::SESSION_LIFE.as_micros() as i64;
    let session = NewSession {
        token: hash_token(&secret),
        agent: agent.login.clone(),
        created: wall,
        expires: WallTime(wall.0 + life_us),
    };
    if one_seat {
        app.store.take_over_sessions(&session).await?;
        app.live.take_over(&agent.login);
    } else {
        app.store.open_session(&session).await?;
    }
    let cookie = app.cookie(&secret, limits::SESSION_LIFE.as_secs());
    let me = axum::Json(Me::of(&app, &agent));
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], me).into_response())
}

/// Signs out: the cookie counts no more, its sockets are closed, and an agent without another
/// screen goes offline.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
pub(crate) async fn sign_out(
    State(app): State<App>,
    who: Identity,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let (Identity::Person(signed), Some(secret)) = (&who, cookie(&headers)) {
        app.store.close_session(&hash_token(secret)).await?;
        let agent = signed.agent.login.clone();
        app.live.sign_out(&agent, &signed.session);
        if app.live.sockets_of(&agent) == 0 {
            let wish = PresenceWish::Offline;
            app.desk.tell(Command::SetPresence { agent, wish });
        }
    }
    let cookie = app.cookie("", 0);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

impl Rooms {
    /// Whether this agent has a call now, and another screen that shows it.
    fn is_in_a_call_elsewhere(&self, agent: &AgentId) -> bool {
        let now = self.live.presence(agent).map(|now| now.state);
        let in_call = matches!(
            now,
            Some(PresenceState::Offered | PresenceState::Ringing | PresenceState::Talking)
        );
        in_call && self.live.seats_of(agent) > 0
    }

    fn cookie(&self, secret: &str, max_age_s: u64) -> HeaderValue {
        let secure = if self.config.secure_cookies {
            "; Secure"
        } else {
            ""
        };
        let text = format!(
            "{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_s}{secure}"
        );
        HeaderValue::try_from(text).expect("hexadecimal digits and our own words")
    }
}
