//! The trunks: which PBXs kring works with, and how the line to each is.

use crate::{
    app::App,
    live::LineNow,
    problem::Problem,
    session::{Identity, Right},
};
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of the trunks.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(trunks))
}

/// A PBX, and how the line to it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrunkOnWire {
    name: String,
    /// The address that is tried first.
    address: Option<String>,
    /// All of them, in the order in which they are tried.
    addresses: Vec<TrunkAddressOnWire>,
    /// Whether it answers OPTIONS; null if nobody asks it, or nothing is known yet.
    up: Option<bool>,
    /// How long the last answer took, the fastest address's, ms.
    rtt_ms: Option<f64>,
    /// Whether kring is registered there; null without an account, or before the first answer.
    registered: Option<bool>,
    /// The account: `sip:5000@pbx.example.net`.
    account: Option<String>,
    /// What went wrong last; null if all is well.
    last_error: Option<String>,
}

/// One address of a PBX.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrunkAddressOnWire {
    address: String,
    up: Option<bool>,
    rtt_ms: Option<f64>,
}

/// Trunks by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrunkList {
    items: Vec<TrunkOnWire>,
}

/// Every trunk of the configuration, with the state of its line.
#[utoipa::path(get, path = "/trunks", tag = "directory",
    responses((status = 200, body = TrunkList)))]
pub(crate) async fn trunks(
    State(app): State<App>,
    who: Identity,
) -> Result<axum::Json<TrunkList>, Problem> {
    who.must(Right::ReadFloor)?;
    let items = app
        .live
        .lines()
        .into_iter()
        .map(TrunkOnWire::from)
        .collect();
    Ok(axum::Json(TrunkList { items }))
}

impl From<LineNow> for TrunkOnWire {
    fn from(line: LineNow) -> TrunkOnWire {
        let fastest = line.addresses.iter().filter_map(|at| at.round_trip).min();
        let ms = |time: std::time::Duration| time.as_micros() as f64 / 1e3;
        let address = |at: &crate::live::LineAddress| TrunkAddressOnWire {
            address: at.address.clone(),
            up: at.up,
            rtt_ms: at.round_trip.map(ms),
        };
        TrunkOnWire {
            address: line.addresses.first().map(|at| at.address.clone()),
            addresses: line.addresses.iter().map(address).collect(),
            name: line.trunk,
            up: line.up,
            rtt_ms: fastest.map(ms),
            registered: line.registered,
            account: line.account,
            last_error: line.last_error,
        }
    }
}
