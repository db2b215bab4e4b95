//! A call of one queue, put together from what happens in it.

use kring_journal::{
    AgentId, CallId, CallerRef, DeadlineAction, EndedBy, Entry, Fact, Refusal, Rescue, RingResult,
    RingTerms, WallTime, Withdrawal,
};
use kring_time::Moment;

pub(crate) const SOMSRI: &str = "somsri";

pub(crate) fn agent(login: &str) -> AgentId {
    AgentId::new(login)
}

/// A call to `support` with these facts, each at its milliseconds from t0.
pub(crate) fn call(facts: Vec<(u64, Fact)>) -> Vec<Entry> {
    call_that_rang(false, facts)
}

pub(crate) fn call_that_rang(rang_before: bool, facts: Vec<(u64, Fact)>) -> Vec<Entry> {
    let offered = Fact::Offered {
        caller: CallerRef::new(1),
        queue: "support".to_owned(),
        did: "1203".to_owned(),
        sip_call_id: "a@pbx".to_owned(),
        trunk: "pbx".to_owned(),
        forwarded_by: None,
        rang_before,
        chosen_by: None,
        priority: None,
        outbound: None,
        terms: RingTerms::thailand(),
    };
    let facts = [(0, offered)].into_iter().chain(facts);
    let entry = |(n, (ms, fact)): (usize, (u64, Fact))| Entry {
        node: "kring-1".to_owned(),
        boot: 1,
        seq: n as u64 + 1,
        at: Moment::from_millis(60_000 + ms),
        wall: WallTime(1_795_420_800_000_000 + ms as i64 * 1_000),
        call: Some(CallId::new(1, 1)),
        fact,
    };
    facts.enumerate().map(entry).collect()
}

pub(crate) fn ring(number: u8) -> Fact {
    Fact::Ring { number, of: 3 }
}

pub(crate) fn invited(login: &str, device: &str, attempt: u16) -> Fact {
    Fact::Invited {
        agent: agent(login),
        device: device.to_owned(),
        beside: Vec::new(),
        hop: 1,
        attempt,
    }
}

pub(crate) fn withdrawn(login: &str, why: Withdrawal) -> Fact {
    Fact::Withdrawn {
        agent: agent(login),
        why,
    }
}

pub(crate) fn answered(wait_ms: u64, rings: u8) -> Fact {
    let margin_ms = 15_000 - wait_ms as i64;
    Fact::Answered {
        agent: agent(SOMSRI),
        device: None,
        rings,
        wait_ms,
        result: if margin_ms >= 0 {
            RingResult::Within
        } else {
            RingResult::Breached
        },
        margin_ms,
    }
}

pub(crate) fn ended(by: EndedBy, talk_ms: u64) -> Fact {
    Fact::Ended {
        by,
        cause: "bye".to_owned(),
        talk_ms,
    }
}

pub(crate) fn rescued(why: Refusal, action: DeadlineAction) -> Fact {
    let waited = why == Refusal::Deadline;
    Fact::Rescued(Rescue {
        why,
        action,
        rings: if waited { 3 } else { 0 },
        wait_ms: if waited { 14_750 } else { 0 },
        lateness_us: 210,
    })
}

pub(crate) fn refused(why: Refusal, action: DeadlineAction, code: u16) -> Fact {
    Fact::Refused {
        why,
        action,
        code,
        retry_after_s: Some(60),
        to: None,
        rings: 3,
        wait_ms: 14_750,
        lateness_us: 180,
    }
}
