//! `GET /ws/v1`: the door of the live socket.

use crate::{
    app::App,
    limits, live,
    phone_desk::PhoneLine,
    problem::{Code, Problem},
    session::{Cookie, Signed},
    wire::SUBPROTOCOL,
};
use axum::{
    extract::{FromRequestParts, State, WebSocketUpgrade},
    http::request::Parts,
    response::Response,
};

/// Who the cookie of a socket says it is; nobody without one. A page of another site is refused
/// before the socket is open, because a browser sends the cookie with it.
pub(crate) struct CookieOf(Option<Signed>);

impl FromRequestParts<App> for CookieOf {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<CookieOf, Problem> {
        let Some(secret) = app.cookies.read(&parts.headers, Cookie::Session) else {
            return Ok(CookieOf(None));
        };
        app.origins.check(parts)?;
        match app.gate.session(secret).await {
            Ok(signed) => Ok(CookieOf(signed.filter(|signed| !signed.must_change))),
            // A browser does not show its page why an upgrade was refused; the socket's close code does.
            Err(refused) if refused.code() == Code::SessionReplaced => Ok(CookieOf(None)),
            Err(refused) => Err(refused),
        }
    }
}

/// Opens the socket.
pub(crate) async fn upgrade(
    State(app): State<App>,
    CookieOf(signed): CookieOf,
    upgrade: WebSocketUpgrade,
) -> Response {
    let (live, gate) = (app.live.clone(), app.gate.clone());
    let phone = PhoneLine::new(app.config.phone_desk.clone());
    upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(limits::SOCKET_MESSAGE_BYTES)
        .max_frame_size(limits::SOCKET_MESSAGE_BYTES)
        .on_upgrade(move |socket| live::open(live, gate, socket, (signed, phone)))
}
