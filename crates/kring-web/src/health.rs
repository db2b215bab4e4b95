//! Whether the process lives, whether it can take calls, and its numbers.

use crate::{
    app::App,
    metrics,
    problem::Problem,
    session::{bearer, same_secret, sign_in_needed},
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use kring_call::command::Command;
use kring_journal::AgentId;
use serde_json::json;
use std::time::Duration;

/// A part that does not answer within this is not ready.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// The process lives and answers. Says nothing of calls: for that see [`readyz`].
pub(crate) async fn healthz(State(app): State<App>) -> Response {
    axum::Json(json!({ "status": "ok", "version": app.config.version })).into_response()
}

/// Whether new calls can be taken, told and recorded. 503 names what cannot.
pub(crate) async fn readyz(State(app): State<App>) -> Response {
    let (store, exchange) = tokio::join!(store_answers(&app), exchange_answers(&app));
    let journal =
        metrics::journal_is_well(app.config.journal_lag_max) && app.desk.journal.capacity() > 0;
    let ready = store && exchange && journal;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let word = |well: bool| if well { "ok" } else { "failing" };
    let body = json!({
        "status": if ready { "ready" } else { "not_ready" },
        "store": word(store),
        "exchange": word(exchange),
        "journal": word(journal),
    });
    (status, axum::Json(body)).into_response()
}

async fn store_answers(app: &App) -> bool {
    matches!(
        tokio::time::timeout(ANSWER_WITHIN, app.store.ping()).await,
        Ok(Ok(()))
    )
}

/// Asks of an agent who cannot be; the refusal is the sign of life.
pub(crate) async fn exchange_answers(app: &App) -> bool {
    use crate::desk::DeskRefused;
    let agent = AgentId::new("");
    let asked = app.desk.ask(Command::ScreenAlive { agent });
    let answer = tokio::time::timeout(ANSWER_WITHIN, asked).await;
    matches!(answer, Ok(Ok(_) | Err(DeskRefused::Command(_))))
}

/// The numbers, in Prometheus' text format.
pub(crate) async fn metrics(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(token) = &app.config.metrics_token
        && !bearer(&headers).is_some_and(|given| same_secret(given, token))
    {
        return Err(sign_in_needed());
    }
    metrics::ws_connections(app.live.connections());
    let (now, _) = app.clock.now();
    let text = metrics::render(now, &app.config.rules.now().queues);
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    Ok((kind, text).into_response())
}
