//! What the exchange is told once of its surroundings: one PBX, the floor's queues and terms.

use crate::{clock::Wall, floor::Floor, network::Party, registering::REALM};
use kring_call::{ExchangeConfig, Line, QueueConfig, Trunk};
use kring_sip::{Advertised, EndpointConfig, Peer, Transport, Uri, registrar::RegistrarConfig};
use std::{sync::Arc, time::Duration};

/// What the exchange of a floor is told once.
pub(crate) fn configure(floor: &Floor) -> ExchangeConfig {
    let own = Party::Kring.address();
    let trunk = Party::Pbx.address().ip().to_string();
    ExchangeConfig {
        endpoint: EndpointConfig {
            session_timer_s: floor.session_timer_s,
            registrar: floor.has_registrar().then(|| RegistrarConfig::new(REALM)),
            ..EndpointConfig::new(Advertised::everywhere(own), floor.seed)
        },
        seed: floor.seed,
        wall_at_boot_ms: Wall::opening_ms(),
        media_address: own.ip(),
        codecs: Vec::new(),
        srtp: Default::default(),
        terms: Arc::new(floor.terms.clone()),
        ringback: floor.ringback,
        agent_greetings: Arc::new(floor.agent_greetings.clone()),
        queues: floor
            .queues
            .iter()
            .map(|queue| QueueConfig {
                name: queue.name.clone(),
                did: vec![queue.did.clone()],
                callers: queue.callers.clone(),
                skills: queue.skills.clone(),
                priority: queue.priority,
                on_closed: queue.on_closed,
                plan: queue.plan.clone(),
                members: queue.members.clone().into(),
                on_deadline: queue.on_deadline.clone(),
                overflow: queue.overflow.clone(),
                callback: queue.callback,
                waiting: queue.waiting.clone(),
                voice: queue.voice.clone(),
            })
            .collect(),
        known_callers: Arc::new(floor.known.clone()),
        trunks: floor
            .trunk
            .map(|name| Trunk {
                trust_identity: false,
                line: line(floor),
                ..Trunk::new(name, vec![trunk.parse().expect("an address is a pattern")])
            })
            .into_iter()
            .collect(),
        pass_headers: vec![
            "User-to-User"
                .parse()
                .expect("a header that may be passed on"),
        ],
        wrap_up: floor.wrap_up,
        rona_limit: floor.rona_limit,
        pause_reasons: vec!["lunch".to_owned()],
        dial: floor.dial.clone(),
        transfer: floor.transfer.clone(),
        monitor: floor.monitor,
        cps_max: 0,
        options_ping: Duration::ZERO,
    }
}

/// The way to the PBX, if kring is told one.
fn line(floor: &Floor) -> Line {
    let address = Party::Pbx.address();
    let uri = Uri::sip(None, &address.ip().to_string(), Some(address.port()));
    Line {
        uri: floor.has_line.then(|| uri.expect("an address is a host")),
        peers: vec![Peer {
            transport: Transport::Udp,
            address,
        }],
        account: None,
    }
}
