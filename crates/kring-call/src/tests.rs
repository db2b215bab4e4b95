//! What the unit tests of this crate share.

use crate::{
    Member, OnDeadline, Plan, QueueConfig, QueueVoice,
    command::{Device, Place},
};
use kring_journal::AgentId;
use kring_sip::{Peer, Transport, Uri};

/// A phone at a fixed address.
pub(crate) fn device(user: &str) -> Device {
    Device {
        name: format!("sip:{user}@127.0.0.1:5071"),
        place: Place::At {
            uri: Uri::sip(Some(user), "127.0.0.1", Some(5071)).unwrap(),
            peers: vec![Peer {
                transport: Transport::Udp,
                address: ([127, 0, 0, 1], 5071).into(),
            }],
        },
        ring_period: None,
        must_be_heard: false,
        srtp: None,
    }
}

/// A queue with these members and their priorities; none: whoever says so.
pub(crate) fn queue(name: &str, members: &[(&str, u8)]) -> QueueConfig {
    let member = |(login, priority): &(&str, u8)| Member {
        agent: AgentId::new(login),
        priority: *priority,
    };
    QueueConfig {
        name: name.to_owned(),
        did: Vec::new(),
        callers: Vec::new(),
        skills: Vec::new(),
        priority: crate::limits::PRIORITY_USUAL,
        on_closed: crate::OnClosed::default(),
        plan: std::sync::Arc::new(Plan::usual(3)),
        members: members.iter().map(member).collect(),
        on_deadline: OnDeadline::AnnounceBusy,
        overflow: None,
        callback: None,
        waiting: crate::WaitingRules::default(),
        voice: QueueVoice::default(),
    }
}
