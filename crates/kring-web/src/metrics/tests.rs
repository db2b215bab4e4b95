//! A call is told, and the numbers say it.

use super::{fold::Fold, rendered};
use kring_journal::{
    AgentId, CallId, CallerRef, EndedBy, Entry, Fact, MediaSide, PresenceState, RingResult,
    RingTerms, SideSummary, ToldSummary, WallTime,
};
use kring_time::Moment;

fn told(facts: &[(u64, u128, Fact)]) -> String {
    rendered(|| {
        let mut fold = Fold::default();
        for (ms, call, fact) in facts {
            fold.take(&entry(*ms, *call, fact.clone()));
        }
    })
}

fn entry(ms: u64, call: u128, fact: Fact) -> Entry {
    Entry {
        node: "test".into(),
        boot: 1,
        seq: 1,
        at: Moment::from_millis(ms),
        wall: WallTime(0),
        call: (call > 0).then(|| CallId::new(1, call)),
        fact,
    }
}

fn offered() -> Fact {
    Fact::Offered {
        caller: CallerRef::new(1),
        queue: "support".into(),
        did: "1203".into(),
        sip_call_id: "a@pbx".into(),
        trunk: "pbx".into(),
        forwarded_by: None,
        rang_before: false,
        chosen_by: None,
        priority: None,
        outbound: None,
        terms: RingTerms::thailand(),
    }
}

fn says(text: &str, line: &str) {
    assert!(
        text.lines().any(|told| told == line),
        "{line} is not in\n{text}"
    );
}

/// An answered call from its offer to its record.
fn answered_call() -> Vec<(u64, u128, Fact)> {
    let agent = AgentId::new("somsri");
    let invited = Fact::Invited {
        agent: agent.clone(),
        device: "pbx:5021".into(),
        beside: Vec::new(),
        hop: 1,
        attempt: 1,
    };
    let looked_up = Fact::LookedUp {
        result: "known".into(),
        took_us: 400,
    };
    let seen = Fact::PopAcknowledged {
        agent: agent.clone(),
        after_us: 8_000,
    };
    let answered = Fact::Answered {
        agent: agent.clone(),
        device: None,
        rings: 2,
        wait_ms: 7_000,
        result: RingResult::Within,
        margin_ms: 8_000,
    };
    let ended = Fact::Ended {
        by: EndedBy::Caller,
        cause: "bye".into(),
        talk_ms: 60_000,
    };
    let confirmed = Fact::Confirmed {
        agent,
        case_ref: "RY-2569-000001".into(),
        case_kind: "inquiry".into(),
        resolution: "answered".into(),
        wrap_up_ms: 25_000,
    };
    vec![
        (0, 1, offered()),
        (0, 1, Fact::Ring { number: 1, of: 3 }),
        (1, 1, invited),
        (2, 1, looked_up),
        (9, 1, seen),
        (7_000, 1, answered),
        (67_000, 1, ended),
        (92_000, 1, confirmed),
    ]
}

#[test]
fn gauges_follow_a_call_from_talk_to_record() {
    let facts = answered_call();
    let talking = told(&facts[..6]);
    says(&talking, r#"kring_calls_active{state="talking"} 1"#);
    says(&talking, r#"kring_queue_calls{queue="support"} 0"#);
    says(&told(&facts[..7]), "kring_wrapup_pending 1");
    let done = told(&facts);
    says(&done, "kring_wrapup_pending 0");
    says(&done, r#"kring_calls_active{state="talking"} 0"#);
}

#[test]
fn an_answered_call_is_counted_once_in_each_number() {
    let text = told(&answered_call());
    for line in [
        r#"kring_calls_total{direction="inbound",outcome="answered"} 1"#,
        r#"kring_ring_rule_total{queue="support",result="within"} 1"#,
        r#"kring_call_rings_bucket{le="2"} 1"#,
        r#"kring_call_ring_seconds_bucket{le="6"} 0"#,
        r#"kring_call_ring_seconds_bucket{le="10"} 1"#,
        r#"kring_screen_pop_seconds_bucket{stage="lookup",le="0.0005"} 1"#,
        r#"kring_screen_pop_seconds_bucket{stage="ack",le="0.01"} 1"#,
        r#"kring_screen_pop_total{result="acknowledged"} 1"#,
        r#"kring_contact_lookups_total{result="known"} 1"#,
        r#"kring_cases_total{kind="inquiry",resolution="answered"} 1"#,
        r#"kring_wrapup_seconds_bucket{le="30"} 1"#,
    ] {
        says(&text, line);
    }
    assert!(
        !text.contains("1203") && !text.contains("a@pbx"),
        "no number in a label"
    );
}

#[test]
fn a_refused_call_says_how_late_it_was_and_that_nobody_saw_it() {
    let invited = Fact::Invited {
        agent: AgentId::new("somsri"),
        device: "pbx:5021".into(),
        beside: Vec::new(),
        hop: 1,
        attempt: 1,
    };
    let refused = Fact::Refused {
        why: kring_journal::Refusal::Deadline,
        action: kring_journal::DeadlineAction::AnnounceBusy,
        code: 486,
        retry_after_s: Some(60),
        to: None,
        rings: 3,
        wait_ms: 14_750,
        lateness_us: 300,
    };
    let text = told(&[(0, 1, offered()), (0, 1, invited), (14_750, 1, refused)]);
    says(
        &text,
        r#"kring_calls_total{direction="inbound",outcome="rejected"} 1"#,
    );
    says(
        &text,
        r#"kring_ring_rule_total{queue="support",result="refused"} 1"#,
    );
    says(
        &text,
        r#"kring_ring_deadline_lateness_seconds_bucket{le="0.0005"} 1"#,
    );
    says(&text, r#"kring_screen_pop_total{result="unseen"} 1"#);
    says(&text, "kring_wrapup_pending 0");
}

#[test]
fn agents_are_counted_by_state_and_those_at_home_need_no_screen() {
    let agent = |login| AgentId::new(login);
    let is = |login, state| Fact::Presence {
        agent: agent(login),
        state,
        reason: None,
        by: None,
    };
    let facts = [
        (0, 0, is("somsri", PresenceState::Ready)),
        (0, 0, is("wichai", PresenceState::Offline)),
        (
            0,
            0,
            Fact::ScreenDead {
                agent: agent("somsri"),
            },
        ),
        (
            0,
            0,
            Fact::ScreenDead {
                agent: agent("wichai"),
            },
        ),
    ];
    let text = told(&facts);
    says(&text, r#"kring_agents{state="ready"} 1"#);
    says(&text, r#"kring_agents{state="offline"} 1"#);
    says(&text, r#"kring_agents{state="talking"} 0"#);
    says(&text, "kring_screen_dead_agents 1");
}

/// The wait grows though nothing happens, and a queue without calls says so.
#[test]
fn the_oldest_wait_is_told_as_of_now() {
    let text = rendered(|| {
        let mut fold = Fold::default();
        fold.take(&entry(0, 1, offered()));
        let queues = ["support".to_owned(), "law".to_owned()];
        fold.tell_waits(Moment::from_millis(12_000), &queues);
    });
    says(&text, r#"kring_queue_calls{queue="support"} 1"#);
    says(
        &text,
        r#"kring_queue_oldest_wait_seconds{queue="support"} 12"#,
    );
    says(&text, r#"kring_queue_calls{queue="law"} 0"#);
    says(
        &text,
        r#"kring_ring_rule_total{queue="law",result="breached"} 0"#,
    );
}

#[test]
fn a_silent_phone_is_counted_by_its_kind_and_not_by_its_number() {
    let invited = Fact::Invited {
        agent: AgentId::new("somsri"),
        device: "pbx:5021".into(),
        beside: Vec::new(),
        hop: 1,
        attempt: 1,
    };
    let silent = Fact::Unreached {
        agent: AgentId::new("somsri"),
        why: kring_journal::Unreached::Silent,
        code: 0,
    };
    let text = told(&[(0, 1, offered()), (0, 1, invited), (4_000, 1, silent)]);
    says(&text, r#"kring_ring_silent_total{device="pbx"} 1"#);
    assert!(!text.contains("5021"));
}

/// Both ways of a line have a score, if there was sound enough to give one.
#[test]
fn lost_packets_jitter_and_scores_are_counted_when_a_side_has_left() {
    let heard = |side, packets, told: Option<ToldSummary>| {
        Fact::MediaSummary(SideSummary {
            side,
            packets,
            lost: 40,
            jitter_us: 4_000,
            strangers: 0,
            bad: 0,
            sent: Some(1_000),
            mos_hundredths: Some(395),
            round_trip_us: None,
            told,
        })
    };
    let told_of = ToldSummary {
        lost: 0,
        jitter_us: 900,
        mos_hundredths: 439,
    };
    let text = told(&[
        (0, 1, offered()),
        (9, 1, heard(MediaSide::Caller, 960, Some(told_of))),
        (9, 1, heard(MediaSide::Agent, 20, None)),
    ]);
    for line in [
        r#"kring_rtp_packets_total{direction="caller"} 960"#,
        r#"kring_rtp_packets_total{direction="agent"} 20"#,
        "kring_rtp_lost_total 80",
        r#"kring_rtp_jitter_seconds_bucket{le="0.005"} 2"#,
        r#"kring_call_mos_bucket{le="3.6"} 0"#,
        r#"kring_call_mos_bucket{le="4.02"} 1"#,
        r#"kring_call_mos_bucket{le="4.5"} 2"#,
    ] {
        says(&text, line);
    }
}
