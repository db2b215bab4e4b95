//! Facts as the exchange tells them.

use kring_journal::{
    AgentId, CallerRef, EndedBy, Fact, PresenceState, RingResult, RingTerms, Withdrawal,
};

pub(crate) fn offered(caller: CallerRef, sip_call_id: &str) -> Fact {
    Fact::Offered {
        caller,
        queue: "support".into(),
        did: "038611025".into(),
        sip_call_id: sip_call_id.into(),
        trunk: "pbx".into(),
        forwarded_by: Some("1203".into()),
        rang_before: false,
        chosen_by: None,
        priority: None,
        outbound: None,
        terms: RingTerms::thailand(),
    }
}

pub(crate) fn ring(number: u8) -> Fact {
    Fact::Ring { number, of: 3 }
}

pub(crate) fn invited(agent: &AgentId) -> Fact {
    Fact::Invited {
        agent: agent.clone(),
        device: "sip:5021@127.0.0.1:5060".into(),
        beside: Vec::new(),
        hop: 1,
        attempt: 1,
    }
}

pub(crate) fn alerting(agent: &AgentId, answerable: bool) -> Fact {
    Fact::Alerting {
        agent: agent.clone(),
        device: None,
        code: 180,
        answerable,
    }
}

pub(crate) fn withdrawn(agent: &AgentId, why: Withdrawal) -> Fact {
    Fact::Withdrawn {
        agent: agent.clone(),
        why,
    }
}

pub(crate) fn answered(agent: &AgentId) -> Fact {
    Fact::Answered {
        agent: agent.clone(),
        device: None,
        rings: 1,
        wait_ms: 2_000,
        result: RingResult::Within,
        margin_ms: 13_000,
    }
}

pub(crate) fn abandoned(rings: u8) -> Fact {
    Fact::Abandoned {
        rings,
        wait_ms: 4_000,
    }
}

pub(crate) fn ended() -> Fact {
    Fact::Ended {
        by: EndedBy::Caller,
        cause: "bye".into(),
        talk_ms: 61_000,
    }
}

pub(crate) fn wrap_up_opened(agent: &AgentId) -> Fact {
    Fact::WrapUpOpened {
        agent: agent.clone(),
        for_s: 60,
    }
}

pub(crate) fn presence(agent: &AgentId, state: PresenceState) -> Fact {
    Fact::Presence {
        agent: agent.clone(),
        state,
        reason: None,
        by: None,
    }
}
