//! The wizard's last step: a call that pops at a screen and rings a phone.

use crate::{
    app::App,
    departments_api::changed_by,
    json::Json,
    means::{MeansRefused, TestCall},
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kring_journal::AgentId;
use kring_store::CallFilter;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// A call is known to the live streams at once; this long it is looked for.
const KNOWN_WITHIN: Duration = Duration::from_secs(2);
const LOOKED_EVERY: Duration = Duration::from_millis(50);

/// Who is to be rung.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"agent": null}))]
pub(crate) struct TestCallWish {
    /// An agent: the call goes to a queue that they serve. Null: to the first queue.
    agent: Option<String>,
}

/// The call.
#[derive(Serialize, ToSchema)]
pub(crate) struct TestCallOnWire {
    /// Null if it is not seen yet.
    call: Option<String>,
    /// The number that was dialled.
    number: String,
}

/// kring calls itself as a citizen would: the call rings whoever is ready, and hangs up by itself after a minute at most.
/// It comes by the trunk `kring-test` and is in no report. 409 `test_goes_on` while one goes on, 503 where kring cannot call itself.
#[utoipa::path(post, path = "/setup/test-call", tag = "setup", operation_id = "test_call",
    request_body = TestCallWish,
    responses((status = 202, body = TestCallOnWire), (status = 403), (status = 404), (status = 409), (status = 503)))]
pub(crate) async fn test_call(
    State(app): State<App>,
    who: Identity,
    Json(wish): Json<TestCallWish>,
) -> Result<Response, Problem> {
    who.must(Right::Administer)?;
    let queues = match &wish.agent {
        None => Vec::new(),
        Some(login) => {
            let agent = app.store.agent(&AgentId::new(login)).await?;
            let agent = agent.filter(|agent| !agent.disabled);
            agent.ok_or_else(|| Problem::new(Code::NoSuchAgent))?.queues
        }
    };
    let number = number_of(&app, &queues);
    let placed = match app.config.test_calls.ask(TestCall { number }).await {
        Some(Ok(placed)) => placed,
        Some(Err(MeansRefused::NotNow(why))) => {
            return Err(Problem::new(Code::TestGoesOn).detail(why));
        }
        Some(Err(MeansRefused::Wrong(why))) => {
            return Err(Problem::new(Code::NoRoom).detail(why).retry_after(5));
        }
        None => return Err(Problem::new(Code::Busy).retry_after(1)),
    };
    let by = changed_by(&app, &who);
    let noted = app
        .store
        .note_act(&by, "setup.test_call", &placed.number, &wish.agent);
    if let Err(refused) = noted.await {
        // It rings already.
        tracing::error!(%refused, "a test call is not in the audit");
    }
    let told = TestCallOnWire {
        call: known(&app, &placed.sip_call_id).await,
        number: placed.number,
    };
    Ok((StatusCode::ACCEPTED, axum::Json(told)).into_response())
}

/// A number that no queue names, for the queue that has what is left over.
const LEFT_OVER: &str = "0000";

/// That of the first queue that is one of these, and for all callers; of all queues when none is named.
fn number_of(app: &App, queues: &[String]) -> String {
    let rules = app.config.rules.now();
    let mut dialled = rules.dialled.iter();
    let first = dialled.find(|(name, _)| queues.is_empty() || queues.contains(name));
    let did = first.and_then(|(_, did)| did.clone());
    did.unwrap_or_else(|| LEFT_OVER.to_owned())
}

/// The call with this Call-ID, as soon as it is known.
async fn known(app: &App, sip_call_id: &str) -> Option<String> {
    let look = async {
        loop {
            let mut live = app.live.fresh_calls().into_iter();
            if let Some(call) = live.find(|call| call.record.sip_call_id == sip_call_id) {
                return call.record.id.to_string();
            }
            let filter = CallFilter {
                sip_call_id: Some(sip_call_id.to_owned()),
                limit: 1,
                ..CallFilter::default()
            };
            if let Ok(page) = app.store.calls(&filter).await
                && let Some(call) = page.calls.first()
            {
                return call.record.id.to_string();
            }
            tokio::time::sleep(LOOKED_EVERY).await;
        }
    };
    tokio::time::timeout(KNOWN_WITHIN, look).await.ok()
}
