//! `POST /session` and `DELETE /session`.

use super::{
    Cookie, Identity, OwnPage, Source, guessing::Attempt, has_one_seat, hash_token, new_token,
};
use crate::{
    app::{App, Rooms},
    directory_api::Me,
    json::Json,
    limits,
    problem::{Code, Problem},
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use kring_call::command::{Command, PresenceWish};
use kring_journal::{AgentId, PresenceState, WallTime};
use kring_store::{Account, NewSession, SignedFrom};
use serde::Deserialize;
use utoipa::ToSchema;

/// What a person types.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"login": "somsri", "password": "ช้างกินกล้วยบนดาวอังคาร"}))]
pub(crate) struct SignIn {
    login: String,
    password: String,
    /// An agent in a call at another screen: take the call's screen over all the same.
    #[serde(default)]
    take_over: bool,
}

/// How somebody has shown who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Password,
    Oidc,
}

impl Way {
    const fn name(self) -> &'static str {
        match self {
            Way::Password => "password",
            Way::Oidc => "oidc",
        }
    }
}

/// Signs a person in: 201, the cookie, and who they are. An agent has one seat: a second sign-in takes over
/// from the first, whose page is told so (`session.replaced`) and whose requests get 401 `session_replaced`. In a
/// call that wants `take_over`, else 409 `signed_in_elsewhere`. `must_change`: `POST /me/password` first.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignIn,
    responses((status = 201, body = Me), (status = 401), (status = 409), (status = 429)))]
pub(crate) async fn sign_in(
    State(app): State<App>,
    _own: OwnPage,
    source: Source,
    headers: HeaderMap,
    Json(form): Json<SignIn>,
) -> Result<Response, Problem> {
    let wrong = || Problem::new(Code::WrongPassword);
    if form.password.len() > limits::PASSWORD_BYTES || form.login.len() > limits::LOGIN_BYTES {
        return Err(wrong());
    }
    let attempt = Attempt::begin(&app, &source, &form.login).await?;
    let account = app.store.account(&AgentId::new(&form.login)).await?;
    let account = account.filter(|account| !account.agent.disabled);
    let stored = account.as_ref().and_then(|a| a.agent.password_hash.clone());
    let right = app.passwords.check(form.password, stored).await?;
    let Some(account) = account.filter(|_| right) else {
        attempt.was_wrong().await?;
        return Err(wrong());
    };
    attempt.was_right();
    let take_over = form.take_over;
    let signed = app
        .signs_in(&account, &source, &headers, Way::Password, take_over)
        .await?;
    let me = axum::Json(Me::of(&app, &account.agent).must_change(account.must_change));
    let cookies = signed.map(|cookie| (header::SET_COOKIE, cookie));
    Ok((StatusCode::CREATED, AppendHeaders(cookies), me).into_response())
}

/// Signs out: the cookie counts no more, its sockets are closed, and an agent without another
/// screen goes offline.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
pub(crate) async fn sign_out(
    State(app): State<App>,
    who: Identity,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let secret = app.cookies.read(&headers, Cookie::Session);
    if let (Identity::Person(signed), Some(secret)) = (&who, secret) {
        app.store.close_session(&hash_token(secret)).await?;
        app.leaves(&signed.agent.login, &signed.session);
    }
    let gone = [(header::SET_COOKIE, app.cookies.forget(Cookie::Session))];
    Ok((StatusCode::NO_CONTENT, gone).into_response())
}

impl Rooms {
    /// Opens a session for somebody who has shown who they are: the cookies for their browser. The secret is new at each
    /// sign-in, whatever the browser has sent; the session that this browser had ends.
    pub(crate) async fn signs_in(
        &self,
        account: &Account,
        source: &Source,
        headers: &HeaderMap,
        way: Way,
        take_over: bool,
    ) -> Result<[HeaderValue; 2], Problem> {
        let agent = &account.agent;
        let one_seat = has_one_seat(agent.role);
        if one_seat && !take_over && self.is_in_a_call_elsewhere(&agent.login) {
            return Err(Problem::new(Code::SignedInElsewhere));
        }
        if let Some(before) = self.cookies.read(headers, Cookie::Session) {
            self.store.close_session(&hash_token(before)).await?;
        }
        let (_, wall) = self.clock.now();
        let life = self.config.auth.session_life;
        let secret = new_token();
        let device = source.device.clone().unwrap_or_else(new_token);
        let session = NewSession {
            token: hash_token(&secret),
            agent: agent.login.clone(),
            created: wall,
            expires: WallTime(wall.0 + life.as_micros() as i64),
            from: SignedFrom {
                address: source.address.to_string(),
                user_agent: source.browser.clone(),
                way: way.name().to_owned(),
                sources: vec![source.by_address(), Source::by_device(&device)],
            },
        };
        if one_seat {
            self.store.take_over_sessions(&session).await?;
            self.live.take_over(&agent.login);
        } else {
            self.store.open_session(&session).await?;
        }
        let device = self
            .cookies
            .set(Cookie::Device, &device, limits::DEVICE_LIFE);
        Ok([self.cookies.set(Cookie::Session, &secret, life), device])
    }

    /// A session has ended: its sockets are closed, and an agent without another screen goes offline.
    pub(crate) fn leaves(&self, agent: &AgentId, session: &str) {
        self.live.sign_out(agent, session);
        self.is_offline_without_screen(agent);
    }

    /// All sessions of this person have ended.
    pub(crate) fn leaves_everywhere(&self, agent: &AgentId) {
        self.live.sign_out_everywhere(agent);
        self.is_offline_without_screen(agent);
    }

    fn is_offline_without_screen(&self, agent: &AgentId) {
        if self.live.sockets_of(agent) == 0 {
            let (agent, wish) = (agent.clone(), PresenceWish::Offline);
            self.desk.tell(Command::SetPresence { agent, wish });
        }
    }

    /// Whether this agent has a call now, and another screen that shows it.
    fn is_in_a_call_elsewhere(&self, agent: &AgentId) -> bool {
        let now = self.live.presence(agent).map(|now| now.state);
        let in_call = matches!(
            now,
            Some(PresenceState::Offered | PresenceState::Ringing | PresenceState::Talking)
        );
        in_call && self.live.seats_of(agent) > 0
    }
}
