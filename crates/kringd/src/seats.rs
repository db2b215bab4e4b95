//! Seats: the agents in the database, as the exchange needs them. `kringd user add` is another
//! process, so the table is looked at again and again; what changed is told to the exchange.

use crate::{
    browser::Browsers,
    config::{Trunk, name_transport},
    lines::Trunks,
    net::{NameRefused, Resolver, Sought},
};
use kring_call::command::{AgentProfile, Command, Device, Place};
use kring_journal::AgentId;
use kring_media::SrtpPolicy;
use kring_sip::{Transport, Uri};
use kring_store::{AgentRow, Store};
use kring_web::Ask;
use rustc_hash::FxHashMap;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

/// How often the table is read.
const READ_EVERY: Duration = Duration::from_secs(2);

/// Why a device cannot be rung.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DeviceRefused {
    /// Not one of the forms.
    #[error("{0:?} is no device: write sip:USER@HOST:PORT, pbx:EXT, phone:USER or browser")]
    NotADevice(String),
    /// kring rings the phone in a browser by UDP on this machine.
    #[error(
        "\"browser\" needs SIP over UDP on this machine: add \"udp:127.0.0.1:5060\" to sip.listen"
    )]
    NoUdp,
    /// `pbx:` without a trunk that says where its PBX is.
    #[error("{0:?} needs a [[trunk]] with an address: that is the PBX that has the extension")]
    NoPbx(String),
    /// The host has no address.
    #[error("the host of {0:?} cannot be found: {1}")]
    NoSuchHost(String, NameRefused),
}

/// Where a device of the configuration's words is: all that its name leads to, in the order in which to try.
pub(crate) async fn device(
    text: &str,
    trunks: &[Trunk],
    resolver: &Resolver,
) -> Result<Device, DeviceRefused> {
    let refused = || DeviceRefused::NotADevice(text.to_owned());
    let (uri, sought) = if let Some(extension) = text.strip_prefix("pbx:") {
        let named = |trunk: &Trunk| Some((trunk.address.clone()?, trunk.transport));
        let (pbx, transport) = trunks
            .iter()
            .find_map(named)
            .ok_or_else(|| DeviceRefused::NoPbx(text.to_owned()))?;
        let uri = Uri::sip(Some(extension), &pbx.uri_host(), pbx.port);
        let mut uri = uri.map_err(|_| refused())?;
        name_transport(&mut uri, transport);
        (uri, Sought::host(&pbx, transport.or(Some(Transport::Udp))))
    } else if let Some(user) = text.strip_prefix("phone:") {
        if user.is_empty() {
            return Err(refused());
        }
        return Ok(Device {
            name: text.to_owned(),
            place: Place::Registered {
                user: user.to_owned(),
            },
            ring_period: None,
            must_be_heard: false,
            srtp: None,
        });
    } else {
        let mut uri: Uri = text.parse().map_err(|_| refused())?;
        if uri.user().is_none() || !text.starts_with("sip:") {
            return Err(refused());
        }
        let written = uri.clone();
        match uri.param("transport").map(str::parse::<Transport>) {
            None => uri.set_param("transport", Transport::Udp.name()),
            Some(Ok(transport)) if !transport.is_websocket() => {}
            // A web phone opens the connection itself, and so has to register.
            Some(_) => return Err(refused()),
        }
        (written, Sought::uri(&uri))
    };
    let found = resolver.resolve(&sought).await;
    let found = found.map_err(|why| DeviceRefused::NoSuchHost(text.to_owned(), why))?;
    Ok(Device {
        name: text.to_owned(),
        place: Place::At {
            uri,
            peers: found.peers,
        },
        ring_period: None,
        must_be_heard: false,
        srtp: None,
    })
}

/// The name of a device whose phone is the agent's page.
pub(crate) const BROWSER: &str = "browser";

/// The phone in the agent's browser: one of ours, at an address of this machine.
fn browser(agent: &AgentId, browsers: &Browsers) -> Result<Device, DeviceRefused> {
    let (uri, peer) = browsers.place(agent).ok_or(DeviceRefused::NoUdp)?;
    Ok(Device {
        name: BROWSER.to_owned(),
        place: Place::At {
            uri,
            peers: vec![peer],
        },
        ring_period: None,
        must_be_heard: true,
        // It does not leave this machine; between browser and kring it is always secured.
        srtp: Some(SrtpPolicy::Off),
    })
}

/// An agent as the exchange needs one. A device that cannot be rung is said once, in the log, and the
/// agent can still sign in and write records.
pub(crate) async fn profile(
    row: &AgentRow,
    trunks: &[Trunk],
    resolver: &Resolver,
    browsers: &Browsers,
) -> AgentProfile {
    let has_browser = row.devices.iter().any(|device| device == BROWSER);
    browsers.seat(&row.login, has_browser && !row.disabled);
    let mut devices = Vec::with_capacity(row.devices.len());
    for text in &row.devices {
        let found = match text.as_str() {
            BROWSER => browser(&row.login, browsers),
            _ => device(text, trunks, resolver).await,
        };
        match found {
            Ok(device) => devices.push(device),
            Err(refused) => {
                tracing::warn!(agent = %row.login, %refused, "a phone of this agent cannot be rung");
            }
        }
    }
    AgentProfile {
        id: row.login.clone(),
        devices,
        queues: row.queues.clone(),
        auto_answer: row.auto_answer,
        // Whatever is no skill was refused when it was written.
        skills: row
            .skills
            .iter()
            .filter_map(|text| text.parse().ok())
            .collect(),
        record: row.record,
    }
}

/// Tells the exchange of agents that were added, changed or disabled, until the exchange is gone.
pub(crate) async fn follow(
    store: Store,
    mut trunks: watch::Receiver<Trunks>,
    (resolver, browsers): (Resolver, Browsers),
    asks: mpsc::Sender<Ask>,
    mut known: FxHashMap<AgentId, AgentRow>,
) {
    let mut tick = tokio::time::interval(READ_EVERY);
    trunks.mark_unchanged();
    loop {
        tick.tick().await;
        if trunks.has_changed().is_ok_and(|changed| changed) {
            // Extensions are behind another PBX now, perhaps.
            known.retain(|_, row| !row.devices.iter().any(|device| device.starts_with("pbx:")));
        }
        let trunks = trunks.borrow_and_update().configured.clone();
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
                browsers.seat(&row.login, false);
                Command::RemoveAgent(row.login.clone())
            } else {
                Command::PutAgent(profile(&row, &trunks, &resolver, &browsers).await)
            };
            let (reply, _) = oneshot::channel();
            if asks.send(Ask { command, reply }).await.is_err() {
                return;
            }
            known.insert(row.login.clone(), row);
        }
    }
}
