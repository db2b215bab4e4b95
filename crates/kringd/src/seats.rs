//! Seats: the agents in the database, as the exchange needs them. `kringd user add` is another
//! process, so the table is looked at again and again; what changed is told to the exchange.

use crate::config::{HostPort, Trunk};
use kring_call::command::{AgentProfile, Command, Device};
use kring_journal::AgentId;
use kring_sip::{Peer, Transport, Uri};
use kring_store::{AgentRow, Store};
use kring_web::Ask;
use rustc_hash::FxHashMap;
use std::{net::SocketAddr, time::Duration};
use tokio::sync::{mpsc, oneshot};

/// How often the table is read.
const READ_EVERY: Duration = Duration::from_secs(2);

/// Port of a phone that names none (RFC 3261 section 19.1.2).
const SIP_PORT: u16 = 5060;

/// Why a device cannot be rung.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DeviceRefused {
    /// Not one of the forms.
    #[error("{0:?} is no device: write sip:USER@HOST:PORT or pbx:EXT")]
    NotADevice(String),
    /// One of a later version.
    #[error("{0:?}: phones that register with kring and browser phones are not in this version")]
    Later(String),
    /// `pbx:` without a trunk that says where its PBX is.
    #[error("{0:?} needs a [[trunk]] with an address: that is the PBX that has the extension")]
    NoPbx(String),
    /// The host has no address.
    #[error("the host of {0:?} cannot be found")]
    NoSuchHost(String),
}

/// Where a device of the configuration's words is.
pub(crate) async fn device(text: &str, trunks: &[Trunk]) -> Result<Device, DeviceRefused> {
    let refused = || DeviceRefused::NotADevice(text.to_owned());
    let (uri, address) = if let Some(extension) = text.strip_prefix("pbx:") {
        let pbx = trunks.iter().find_map(|trunk| trunk.address.as_ref());
        let pbx = pbx.ok_or_else(|| DeviceRefused::NoPbx(text.to_owned()))?;
        let HostPort { host, port } = pbx;
        let uri = Uri::sip(Some(extension), host, Some(*port)).map_err(|_| refused())?;
        (uri, find(host, *port).await)
    } else if text.starts_with("phone:") || text == "browser" {
        return Err(DeviceRefused::Later(text.to_owned()));
    } else {
        let uri: Uri = text.parse().map_err(|_| refused())?;
        if uri.user().is_none() || !text.starts_with("sip:") {
            return Err(refused());
        }
        let address = find(uri.host(), uri.port().unwrap_or(SIP_PORT)).await;
        (uri, address)
    };
    let address = address.ok_or_else(|| DeviceRefused::NoSuchHost(text.to_owned()))?;
    let transport = match uri.param("transport") {
        Some(name) if name.eq_ignore_ascii_case("tcp") => Transport::Tcp,
        _ => Transport::Udp,
    };
    Ok(Device {
        name: text.to_owned(),
        uri,
        peer: Peer { transport, address },
        ring_period: None,
    })
}

async fn find(host: &str, port: u16) -> Option<SocketAddr> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    tokio::net::lookup_host((host, port)).await.ok()?.next()
}

/// An agent as the exchange needs one. A device that cannot be rung is said once, in the log, and the
/// agent can still sign in and write records.
pub(crate) async fn profile(row: &AgentRow, trunks: &[Trunk]) -> AgentProfile {
    let found = match &row.device {
        Some(text) => Some(device(text, trunks).await),
        None => None,
    };
    let device = match found {
        Some(Ok(device)) => Some(device),
        Some(Err(refused)) => {
            tracing::warn!(agent = %row.login, %refused, "this agent's phone cannot be rung");
            None
        }
        None => None,
    };
    AgentProfile {
        id: row.login.clone(),
        device,
        queues: row.queues.clone(),
    }
}

/// Tells the exchange of agents that were added, changed or disabled, until the exchange is gone.
pub(crate) async fn follow(
    store: Store,
    trunks: Vec<Trunk>,
    asks: mpsc::Sender<Ask>,
    mut known: FxHashMap<AgentId, AgentRow>,
) {
    let mut tick = tokio::time::interval(READ_EVERY);
    loop {
        tick.tick().await;
        let rows = match store.agents().await {
            Ok(rows) => rows,
            Err(refused) => {
                tracing::warn!(%refused, "the agents cannot be read");
                continue;
            }
        };
        for row in rows {
            if known.get(&row.login) == Some(&row) {
                continue;
            }
            let command = if row.disabled {
                Command::RemoveAgent(row.login.clone())
            } else {
                Command::PutAgent(profile(&row, &trunks).await)
            };
            let (reply, _) = oneshot::channel();
            if asks.send(Ask { command, reply }).await.is_err() {
                return;
            }
            known.insert(row.login.clone(), row);
        }
    }
}
