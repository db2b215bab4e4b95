//! The lines to the PBXs in the terms of the exchange, and where their names lead: looked up at start,
//! and again whenever what was found has aged.

use crate::{
    config::{Config, Trunk, name_transport},
    net::{Found, NameRefused, Resolver, Sought},
};
use kring_call::{Line, LineAccount, command::Command};
use kring_sip::{Peer, Transport, Uri};
use kring_web::Ask;
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

/// A name that leads nowhere is asked for again so soon.
const LOST_AGAIN: Duration = Duration::from_secs(15);

/// A line as it is configured; its addresses come when they are found.
pub(crate) fn line(config: &Config, trunk: &Trunk) -> Line {
    let uri = trunk.address.as_ref().and_then(|at| {
        let mut uri = Uri::sip(None, &at.uri_host(), at.port).ok()?;
        name_transport(&mut uri, trunk.transport);
        Some(uri)
    });
    let account = trunk.register.as_ref().map(|account| LineAccount {
        user: account.user.clone(),
        registrar: account.registrar(trunk.transport),
        aor: account.aor.clone(),
        route: account.route(trunk.transport),
        peers: Vec::new(),
        credentials: account.credentials.clone(),
        contact_user: contact_user(&config.node, &trunk.name, &account.aor),
        expires_s: account.expires_s,
        learns_address: config.sip.advertised.is_empty(),
    });
    Line {
        uri,
        peers: Vec::new(),
        account,
    }
}

/// The same for the same account at every start, so that a new binding takes the place of the one that
/// a crash has left; another for each node.
fn contact_user(node: &str, trunk: &str, aor: &Uri) -> String {
    let mut hasher = DefaultHasher::new();
    (node, trunk, aor.to_string()).hash(&mut hasher);
    format!("kring-{:016x}", hasher.finish())
}

/// The trunks that are configured, each with the change that brought it as it is: one that went and came back
/// is to be found anew.
#[derive(Clone, Debug)]
pub(crate) struct Trunks {
    pub(crate) configured: Vec<Trunk>,
    since: Vec<u64>,
    changes: u64,
}

impl Trunks {
    /// Those of the start.
    pub(crate) fn new(trunks: Vec<Trunk>) -> Trunks {
        Trunks {
            since: trunks.iter().map(|_| 0).collect(),
            configured: trunks,
            changes: 0,
        }
    }

    /// These now. `false`: they are the same.
    pub(crate) fn change(&mut self, trunks: &[Trunk]) -> bool {
        if self.configured == trunks {
            return false;
        }
        self.changes += 1;
        let since = trunks.iter().map(|trunk| {
            let before = self.configured.iter().position(|known| known == trunk);
            before.map_or(self.changes, |at| self.since[at])
        });
        self.since = since.collect();
        self.configured = trunks.to_vec();
        true
    }
}

/// Looks names up for as long as the exchange is there: of the trunks that are configured by then.
pub(crate) async fn follow(
    mut trunks: watch::Receiver<Trunks>,
    resolver: Resolver,
    asks: mpsc::Sender<Ask>,
) {
    let mut followed: Vec<((String, u64), AbortOnDrop)> = Vec::new();
    loop {
        let now = trunks.borrow_and_update().clone();
        let each = now.configured.iter().zip(&now.since);
        let keys: Vec<(String, u64)> = each.map(|(t, since)| (t.name.clone(), *since)).collect();
        followed.retain(|(key, _)| keys.contains(key));
        for (trunk, key) in now.configured.into_iter().zip(keys) {
            let is_new = followed.iter().all(|(known, _)| *known != key);
            if is_new && trunk.address.is_some() {
                let task = follow_one(trunk, resolver.clone(), asks.clone());
                followed.push((key, AbortOnDrop(tokio::spawn(task))));
            }
        }
        if trunks.changed().await.is_err() {
            // Nobody can change them any more: those that are there go on.
            std::future::pending::<()>().await;
        }
    }
}

/// A task that ends with its owner.
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn follow_one(trunk: Trunk, resolver: Resolver, asks: mpsc::Sender<Ask>) {
    let mut last: Option<Command> = None;
    loop {
        let (command, again) = match find(&trunk, &resolver).await {
            Ok((peers, registrar, ttl)) => {
                let trunk = trunk.name.clone();
                let found = Command::MoveTrunk {
                    trunk,
                    peers,
                    registrar,
                };
                (found, ttl)
            }
            Err(refused) => {
                tracing::warn!(trunk = %trunk.name, %refused, "the PBX is not found");
                let lost = Command::LoseTrunk {
                    trunk: trunk.name.clone(),
                    why: refused.to_string(),
                };
                (lost, LOST_AGAIN)
            }
        };
        if last.as_ref() != Some(&command) {
            let (reply, _) = oneshot::channel();
            let ask = Ask {
                command: command.clone(),
                reply,
            };
            if asks.send(ask).await.is_err() {
                return;
            }
            last = Some(command);
        }
        tokio::time::sleep(again).await;
    }
}

/// The addresses of a PBX, those of its registrar or proxy, and for how long they are good.
async fn find(
    trunk: &Trunk,
    resolver: &Resolver,
) -> Result<(Vec<Peer>, Vec<Peer>, Duration), NameRefused> {
    let transport = trunk.transport;
    let mut peers = Found {
        peers: Vec::new(),
        ttl: Duration::MAX,
    };
    if let Some(address) = &trunk.address {
        peers = resolver.resolve(&sought(address, transport)).await?;
    }
    let Some(account) = &trunk.register else {
        return Ok((peers.peers, Vec::new(), peers.ttl));
    };
    let asked = match &account.outbound_proxy {
        Some(proxy) => sought(proxy, transport),
        None => sought(&account.host(), transport),
    };
    let registrar = resolver.resolve(&asked).await?;
    Ok((peers.peers, registrar.peers, peers.ttl.min(registrar.ttl)))
}

/// An address with a port says all but the transport, which is UDP unless written. A bare name may say
/// more by its records (RFC 3263 §4.1).
pub(crate) fn sought(at: &crate::config::HostPort, transport: Option<Transport>) -> Sought {
    let transport = transport.or(at.port.map(|_| Transport::Udp));
    Sought::host(at, transport)
}
