//! The evidence of an agent with several devices: every one with its beginning and its end.

use kring_journal::{
    AgentId, AttemptEnd, CallId, CallerRef, DeviceEnd, DeviceOut, Entry, Fact, RingResult,
    RingTerms, RingTime, Unreached, WallTime, Withdrawal,
};
use kring_time::Moment;

fn evidence(facts: Vec<(u64, Fact)>) -> RingTime {
    let offered = Fact::Offered {
        caller: CallerRef::new(1),
        queue: "support".to_owned(),
        did: "1203".to_owned(),
        sip_call_id: "a@pbx".to_owned(),
        trunk: "pbx".to_owned(),
        forwarded_by: None,
        rang_before: false,
        chosen_by: None,
        priority: None,
        outbound: None,
        terms: RingTerms::thailand(),
    };
    let all = std::iter::once((0, offered)).chain(facts);
    let entries: Vec<Entry> = all
        .map(|(ms, fact)| Entry {
            node: "rayong".to_owned(),
            boot: 1,
            seq: 0,
            at: Moment::from_millis(1_000 + ms),
            wall: WallTime(0),
            call: Some(CallId::new(1, 1)),
            fact,
        })
        .collect();
    RingTime::of(&entries).expect("it was offered")
}

fn malee() -> AgentId {
    AgentId::new("malee")
}

fn invited() -> Fact {
    Fact::Invited {
        agent: malee(),
        device: "pbx:5021".to_owned(),
        beside: vec!["phone:malee".to_owned(), "browser".to_owned()],
        hop: 1,
        attempt: 1,
    }
}

fn out(device: &str, end: DeviceEnd) -> Fact {
    Fact::DeviceOut(DeviceOut {
        agent: malee(),
        device: device.to_owned(),
        end,
    })
}

#[test]
fn the_device_that_won_and_those_that_did_not_are_told_apart() {
    let busy = DeviceEnd::Unreached {
        why: Unreached::Busy,
        code: 486,
    };
    let evidence = evidence(vec![
        (0, invited()),
        (40, out("browser", busy)),
        (
            80,
            Fact::Alerting {
                agent: malee(),
                device: Some("phone:malee".to_owned()),
                code: 180,
                answerable: false,
            },
        ),
        (
            3_000,
            Fact::Answered {
                agent: malee(),
                device: Some("phone:malee".to_owned()),
                rings: 1,
                wait_ms: 3_000,
                result: RingResult::Within,
                margin_ms: 12_000,
            },
        ),
    ]);
    let ends: Vec<_> = evidence
        .attempts
        .iter()
        .map(|it| {
            (
                it.device.as_str(),
                it.alerting_ms,
                it.ended_ms,
                it.end.clone(),
            )
        })
        .collect();
    let elsewhere = AttemptEnd::Withdrawn {
        why: Withdrawal::AnsweredElsewhere,
    };
    assert_eq!(
        ends,
        [
            ("pbx:5021", None, Some(3_000), Some(elsewhere)),
            (
                "phone:malee",
                Some(80),
                Some(3_000),
                Some(AttemptEnd::Answered)
            ),
            ("browser", None, Some(40), Some(busy.into())),
        ]
    );
}

#[test]
fn a_withdrawal_ends_the_devices_that_rang_till_then() {
    let rung_out = DeviceEnd::Withdrawn {
        why: Withdrawal::Rona,
    };
    let evidence = evidence(vec![
        (0, invited()),
        (8_500, out("phone:malee", rung_out)),
        (
            14_500,
            Fact::Withdrawn {
                agent: malee(),
                why: Withdrawal::Rona,
            },
        ),
    ]);
    let ended: Vec<_> = evidence.attempts.iter().map(|it| it.ended_ms).collect();
    assert_eq!(ended, [Some(14_500), Some(8_500), Some(14_500)]);
}
