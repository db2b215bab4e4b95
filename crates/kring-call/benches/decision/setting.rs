//! What the exchange of a measured house is told when it is made.

use super::{QUEUES, Size, Staff, login};
use kring_call::{
    DialPolicy, ExchangeConfig, Member, NobodyKnown, OnClosed, OnDeadline, PeerPattern, Plan,
    QueueConfig, QueueVoice, Ringback, Trunk, WaitingRules, limits::PRIORITY_USUAL,
};
use kring_journal::RingTerms;
use kring_sip::{Advertised, EndpointConfig};
use std::{net::SocketAddr, sync::Arc, time::Duration};

pub(super) fn config(size: Size, staff: Staff) -> ExchangeConfig {
    let terms = Arc::new(RingTerms::thailand());
    let plan = Plan::read(&["longest_idle:1", "longest_idle:2"], terms.limit);
    let plan = Arc::new(plan.expect("a plan of three rings"));
    let members = |serves: &dyn Fn(usize) -> bool| -> Arc<[Member]> {
        let own = (0..size.agents).filter(|n| serves(*n));
        own.map(|n| Member {
            agent: login(n),
            priority: 1,
        })
        .collect()
    };
    let queue = |name: String, members: Arc<[Member]>| QueueConfig {
        did: vec![name.clone()],
        name,
        callers: Vec::new(),
        skills: Vec::new(),
        priority: PRIORITY_USUAL,
        on_closed: OnClosed::default(),
        plan: plan.clone(),
        members,
        on_deadline: OnDeadline::AnswerGreetQueue,
        overflow: None,
        callback: None,
        waiting: WaitingRules {
            max_wait: Duration::ZERO,
            announce_every: Duration::ZERO,
            tells_position: false,
            ..WaitingRules::default()
        },
        voice: QueueVoice::default(),
    };
    let serves = |n: usize, q: usize| {
        n == 0 || (staff == Staff::Paused && (n % QUEUES == q || (n + 3) % QUEUES == q))
    };
    let mut queues: Vec<QueueConfig> = (0..QUEUES)
        .map(|q| queue(format!("q{q}"), members(&|n| serves(n, q))))
        .collect();
    queues.push(queue("free".to_owned(), members(&|n| n > 0)));
    let own = SocketAddr::from(([192, 0, 2, 1], 5060));
    let pbx: PeerPattern = "192.0.2.10".parse().expect("an address is a pattern");
    ExchangeConfig {
        endpoint: EndpointConfig::new(Advertised::everywhere(own), 7),
        seed: 7,
        wall_at_boot_ms: 0,
        media_address: own.ip(),
        codecs: Vec::new(),
        srtp: Default::default(),
        terms,
        ringback: Ringback::Pbx,
        agent_greetings: Arc::default(),
        queues,
        known_callers: Arc::new(NobodyKnown),
        trunks: vec![Trunk::new("pbx", vec![pbx])],
        pass_headers: Vec::new(),
        wrap_up: Duration::ZERO,
        rona_limit: 0,
        pause_reasons: vec!["lunch".to_owned()],
        dial: DialPolicy::default(),
        transfer: Default::default(),
        monitor: kring_call::MonitorRules::default(),
        cps_max: 0,
        options_ping: Duration::ZERO,
    }
}
