//! What the exchange is told once of its surroundings: one PBX, the floor's queues and terms.

use crate::{clock::Wall, floor::Floor, network::Party, registering::REALM};
use kring_call::{ExchangeConfig, QueueConfig, Trunk};
use kring_sip::{Advertised, EndpointConfig, registrar::RegistrarConfig};
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
                waiting: queue.waiting.clone(),
                voice: queue.voice.clone(),
            })
            .collect(),
        known_callers: Arc::new(floor.known.clone()),
        trunks: vec![Trunk {
            trust_identity: false,
            ..Trunk::new("pbx", vec![trunk.parse().expect("an address is a pattern")])
        }],
        pass_headers: vec![
            "User-to-User"
                .parse()
                .expect("a header that may be passed on"),
        ],
        wrap_up: floor.wrap_up,
        rona_limit: floor.rona_limit,
        pause_reasons: vec!["lunch".to_owned()],
        dial: kring_call::DialPolicy::default(),
        cps_max: 0,
        options_ping: Duration::ZERO,
    }
}
