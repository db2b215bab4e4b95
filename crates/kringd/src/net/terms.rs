//! What the sockets are bound with.

use super::{Credentials, Resolver, places::TrunkPeers};
use crate::{
    config::{Config, Listen},
    exit::Fault,
};
use kring_sip::Strangers;
use tokio::runtime::Handle;

/// Everything that the sockets must know.
#[derive(Clone)]
pub(crate) struct Terms {
    pub(super) listens: Vec<Listen>,
    /// Who is no stranger from the beginning.
    pub(crate) trunks: TrunkPeers,
    /// What strangers are told.
    pub(super) strangers: Strangers,
    /// Who we are over TLS.
    pub(crate) credentials: Credentials,
    /// Where connections are served that cost more than reading: not on the exchange's thread.
    pub(super) beside: Handle,
}

impl Terms {
    /// Those of a configuration; its certificates are read. Call it inside the runtime that is to
    /// serve TLS and WebSocket connections.
    pub(crate) fn of(config: &Config, resolver: &Resolver) -> Result<Terms, Fault> {
        let credentials = Credentials::load(config, resolver.clone());
        let told = |refused| Fault::Unavailable(format!("{refused}."));
        Ok(Terms {
            listens: config.sip.listen.clone(),
            trunks: TrunkPeers::of(&config.trunks),
            strangers: config.sip.strangers,
            credentials: credentials.map_err(told)?,
            beside: Handle::current(),
        })
    }
}
