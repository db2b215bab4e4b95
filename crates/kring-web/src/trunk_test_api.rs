//! The test of a PBX before it is a trunk: OPTIONS from kring's own socket to wherever an administrator says.

use crate::{
    app::App,
    departments_api::changed_by,
    json::Json,
    limits,
    means::{MeansRefused, TrunkQuestion, TrunkTested},
    problem::{Code, Problem},
    session::{Identity, Right},
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Questions of one test.
const COUNT_MAX: u8 = 16;

/// Longest address, bytes.
const ADDRESS_BYTES: usize = 300;

const TRANSPORTS: [&str; 3] = ["udp", "tcp", "tls"];

/// The route of the test.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(test_trunk))
}

/// Whom to ask.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"address": "192.0.2.10:5060", "transport": "udp", "count": 4}))]
pub(crate) struct TrunkTestWish {
    /// A name or an address, with a port or without.
    address: String,
    /// `udp`, `tcp` or `tls`.
    #[serde(default = "usual_transport")]
    transport: String,
    /// How often: 1 to 16.
    #[serde(default = "once")]
    count: u8,
}

fn usual_transport() -> String {
    "udp".to_owned()
}

const fn once() -> u8 {
    1
}

/// What the audit keeps of a test.
#[derive(Serialize)]
struct Noted<'a> {
    #[serde(flatten)]
    wish: &'a TrunkTestWish,
    /// In words, for whoever reads the audit and wonders at the address.
    what: &'static str,
}

/// Asks a PBX by OPTIONS whether it is there, from the socket from which kring would call it, and tells what it says of
/// itself. This sends SIP to any address, also within the house's network: administrators alone may, and each test is in
/// the audit. Whatever fails is a step that says so, not a refusal. 503 while two others go on.
#[utoipa::path(post, path = "/trunks/test", tag = "directory", operation_id = "test_trunk",
    request_body = TrunkTestWish,
    responses((status = 200, body = TrunkTested), (status = 403), (status = 422), (status = 503)))]
pub(crate) async fn test_trunk(
    State(app): State<App>,
    who: Identity,
    Json(wish): Json<TrunkTestWish>,
) -> Result<axum::Json<TrunkTested>, Problem> {
    who.must(Right::Administer)?;
    if !(1..=COUNT_MAX).contains(&wish.count) {
        return Err(Problem::field("count", format!("is 1 to {COUNT_MAX}")));
    }
    if !TRANSPORTS.contains(&wish.transport.as_str()) {
        return Err(Problem::field("transport", "is udp, tcp or tls"));
    }
    if wish.address.is_empty() || wish.address.len() > ADDRESS_BYTES {
        return Err(Problem::field("address", "is a name or an address"));
    }
    let Ok(_place) = app.trunk_tests.try_acquire() else {
        return Err(Problem::new(Code::Busy).retry_after(limits::TRUNK_TEST_AGAIN_S));
    };
    // Before anything leaves: what was sent is in the audit, whatever comes of it.
    let noted = Noted {
        wish: &wish,
        what: "SIP OPTIONS are sent to this address at the wish of an administrator",
    };
    let by = changed_by(&app, &who);
    app.store
        .note_act(&by, "trunk.test", &wish.address, &noted)
        .await?;
    let question = TrunkQuestion {
        address: wish.address.clone(),
        transport: wish.transport.clone(),
        count: wish.count,
    };
    let asked = tokio::time::timeout(limits::TRUNK_TEST_MAX, app.config.trunk_tests.ask(question));
    let tested = match asked.await {
        Ok(Some(Ok(tested))) => tested,
        Ok(Some(Err(MeansRefused::Wrong(why)))) => return Err(Problem::field("address", why)),
        Ok(Some(Err(MeansRefused::NotNow(why)))) => {
            return Err(Problem::new(Code::Busy).detail(why).retry_after(1));
        }
        Ok(None) | Err(_) => return Err(Problem::new(Code::Busy).retry_after(1)),
    };
    Ok(axum::Json(tested))
}
