//! Reports: what is counted is what a loop over the rows counts, kept or not, and a list of calls finds the same.

use crate::{
    records::{confirmed, record},
    world::{MORNING, Recorder, SECOND, World},
};
use kring_journal::{
    AgentId, BackWith, CallId, CallRecord, CallState, DeadlineAction, Direction, Fact, QueueExit,
    Refusal, Rescue, RingResult, Service, Transfer, TransferId, TransferMode, TransferOver,
    TransferStep, TransferWay, WallTime, Withdrawal,
};
use kring_store::{
    CallFilter, CallTally, CaseOfCall, ContactChoice, NoCaseWanted, NoCaseWrite, ReportBy,
    ReportKey, ReportSpan, Store, TransferBy, TransferWanted, TrustedWrite,
};
use std::{collections::BTreeMap, time::Duration};

const AHEAD: Duration = Duration::from_hours(7);
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// 2026-11-23T00:00 in Thailand, in the morning of which the recorders begin.
const MIDNIGHT: i64 = MORNING - 15 * HOUR;

fn span(from_day: i64, until_day: i64) -> ReportSpan {
    ReportSpan {
        from: WallTime(MIDNIGHT + from_day * DAY),
        until: WallTime(MIDNIGHT + until_day * DAY),
        ahead: AHEAD,
    }
}

/// Two weeks of calls of every kind, each with what comes by chance of its number.
async fn two_weeks(recorder: &mut Recorder) -> Vec<CallId> {
    let mut calls = Vec::new();
    let mut chance = 2_569_u64;
    let mut next = move |below: u64| {
        chance = chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (chance >> 33) % below
    };
    for n in 0..260 {
        recorder.now = recorder
            .now
            .max(n * DAY / 20 + (next(3_000) as i64) * SECOND);
        let number = format!("08{:08}", 10_000_000 + next(60));
        let call = recorder.offered(&number);
        let agent = AgentId::new(["somsri", "malee", "prasit"][next(3) as usize]);
        for number in 2..=1 + next(3) as u8 {
            recorder.fact(Some(call), Fact::Ring { number, of: 3 });
        }
        if next(4) == 0 {
            let (agent, why) = (agent.clone(), Withdrawal::Rona);
            recorder.fact(Some(call), Fact::Withdrawn { agent, why });
        }
        let rings = recorder.records[&call].rings;
        outcome(recorder, call, agent, rings, next(9));
        recorder.commit().await.unwrap();
        if recorder.records[&call].is_unfinished() && next(2) == 0 {
            settle(recorder, call, next(3)).await;
        }
        calls.push(call);
    }
    calls
}

fn outcome(recorder: &mut Recorder, call: CallId, agent: AgentId, rings: u8, kind: u64) {
    let wait_ms = u64::from(rings) * 4_000 - 1_500;
    recorder.later(wait_ms as i64 * 1_000);
    match kind {
        0 => {
            recorder.fact(Some(call), Fact::Abandoned { rings, wait_ms });
        }
        1 => {
            let refused = Fact::Refused {
                why: Refusal::Deadline,
                action: DeadlineAction::AnnounceBusy,
                code: 486,
                retry_after_s: Some(60),
                to: None,
                rings,
                wait_ms,
                lateness_us: 0,
            };
            recorder.fact(Some(call), refused);
        }
        2 => {
            let (cause, code) = ("no common codec".to_owned(), 488);
            recorder.fact(Some(call), Fact::Failed { cause, code });
        }
        3 | 4 => {
            let rescue = Rescue {
                why: Refusal::Deadline,
                action: DeadlineAction::AnswerGreetQueue,
                rings,
                wait_ms,
                lateness_us: 0,
            };
            recorder.fact(Some(call), Fact::Rescued(rescue));
            recorder.later(20 * SECOND);
            if kind == 3 {
                let (why, queued_ms) = (QueueExit::GaveUp, 20_000);
                recorder.fact(Some(call), Fact::LeftQueue { why, queued_ms });
            } else {
                let service = Service {
                    agent,
                    device: None,
                    rings: 1,
                    wait_ms: wait_ms + 20_000,
                    queued_ms: 20_000,
                };
                recorder.fact(Some(call), Fact::Served(service));
                transferred(recorder, call, 1 + u64::from(rings));
            }
            recorder.ended(call);
        }
        _ => {
            let answered = Fact::Answered {
                agent,
                device: None,
                rings,
                wait_ms,
                result: if kind == 5 && rings == 3 {
                    RingResult::Breached
                } else {
                    RingResult::Within
                },
                margin_ms: 15_000 - wait_ms as i64,
            };
            recorder.fact(Some(call), answered);
            transferred(recorder, call, kind);
            // The last call of some days ends in the next.
            recorder.later(if kind == 8 { HOUR } else { SECOND });
            recorder.ended(call);
        }
    }
}

fn transferred(recorder: &mut Recorder, call: CallId, kind: u64) {
    let Some(agent) = recorder.records[&call].agent.clone() else {
        return;
    };
    let transfer = TransferId::new(recorder.wall().0 as u64 / 1_000, kind.into());
    let department = match kind {
        5 | 6 => Some("DIP".to_owned()),
        7 => None,
        2 => Some("DBD".to_owned()),
        _ => return,
    };
    let asked = TransferStep::Asked {
        agent,
        mode: TransferMode::Blind,
        way: TransferWay::Bridge,
        department,
        to: "4600".to_owned(),
        reason: None,
        by_phone: false,
    };
    let over = |why, code| TransferStep::Over {
        why,
        code,
        back: BackWith::Agent,
        took_ms: 700,
    };
    let end = match kind {
        5 => over(TransferOver::Busy, 486),
        2 => over(TransferOver::Cancelled, 0),
        _ => TransferStep::Done {
            to: "4601".to_owned(),
            talk_ms: 9_000,
            took_ms: 4_000,
        },
    };
    for step in [asked, end] {
        recorder
            .later(SECOND)
            .fact(Some(call), Fact::Transfer(Transfer { transfer, step }));
    }
}

/// The record of a call is made, some of them the day after.
async fn settle(recorder: &mut Recorder, call: CallId, kind: u64) {
    let was = recorder.now;
    recorder.later(if kind == 2 { DAY } else { 40 * SECOND });
    let agent = recorder.records[&call].agent.clone().unwrap();
    if kind == 1 {
        let close = NoCaseWrite {
            call,
            agent,
            reason: "dropped".to_owned(),
            note: None,
        };
        recorder.trust(TrustedWrite::NoCase(close)).await.unwrap();
    } else {
        let mut record = record(call, ContactChoice::Nobody, "ราคาปุ๋ย");
        record.agent = agent;
        confirmed(recorder, record).await;
    }
    recorder.now = was.max(recorder.now - DAY);
}

/// Every call that a filter finds, page by page.
async fn found(store: &Store, filter: &CallFilter) -> Vec<CallRecord> {
    let mut filter = CallFilter {
        ahead: AHEAD,
        limit: 100,
        ..filter.clone()
    };
    let mut found = Vec::new();
    loop {
        let page = store.calls(&filter).await.unwrap();
        found.extend(page.calls.into_iter().map(|row| row.record));
        match page.next {
            Some(next) => filter.after = Some(next),
            None => return found,
        }
    }
}

fn within(span: &ReportSpan) -> CallFilter {
    CallFilter {
        from: Some(span.from),
        until: Some(span.until),
        counted: true,
        ..CallFilter::default()
    }
}

fn key_of(by: ReportBy, record: &CallRecord) -> ReportKey {
    let shown = record.arrived_at.0 + 7 * HOUR;
    let (day, hour) = (shown.div_euclid(DAY), shown.div_euclid(HOUR) % 24);
    match by {
        ReportBy::Day => ReportKey::Number(day * DAY - 7 * HOUR),
        ReportBy::Hour => ReportKey::Number(hour),
        ReportBy::Heat => ReportKey::Number((day + 3) % 7 * 24 + hour),
        ReportBy::Queue => ReportKey::Name(record.queue.clone()),
        ReportBy::Agent => {
            let agent = record.agent.as_ref().map(ToString::to_string);
            ReportKey::Name(agent.unwrap_or_default())
        }
    }
}

/// The same counts by a loop over records; how long records took is not theirs to tell.
fn counted(by: ReportBy, records: &[CallRecord]) -> BTreeMap<ReportKey, CallTally> {
    let mut tallies: BTreeMap<ReportKey, CallTally> = BTreeMap::new();
    for record in records {
        let tally = tallies.entry(key_of(by, record)).or_default();
        let wait = record.wait_ms.unwrap_or(0) as i64;
        tally.calls += 1;
        tally.cases += i64::from(record.case_ref.is_some());
        tally.left_in_queue += i64::from(record.abandoned_in_queue());
        if record.agent.is_some() {
            tally.talks += i64::from(record.talk_ms.is_some());
            tally.talk_ms += record.talk_ms.unwrap_or(0) as i64;
        }
        let Some(result) = record.result else {
            continue;
        };
        tally.decided += 1;
        tally.wait_ms += wait;
        let rings = record.rings;
        match result {
            RingResult::Within => tally.within += 1,
            RingResult::Breached => tally.breached += 1,
            RingResult::Rescued => tally.rescued += 1,
            RingResult::Refused => tally.refused += 1,
            RingResult::Failed => tally.failed += 1,
            RingResult::AbandonedWithin => {
                tally.abandoned += 1;
                tally.patience_ms += wait;
                *[
                    &mut tally.abandoned_1,
                    &mut tally.abandoned_2,
                    &mut tally.abandoned_3,
                ][usize::from(rings.clamp(1, 3)) - 1] += 1;
            }
        }
        if matches!(result, RingResult::Within | RingResult::Breached) {
            *[&mut tally.ring_1, &mut tally.ring_2, &mut tally.ring_3]
                [usize::from(rings.clamp(1, 3)) - 1] += 1;
        }
    }
    tallies
}

fn without_wrap_ups(mut tallies: BTreeMap<ReportKey, CallTally>) -> BTreeMap<ReportKey, CallTally> {
    for tally in tallies.values_mut() {
        (tally.wrap_ups, tally.wrap_up_ms) = (0, 0);
    }
    tallies
}

const ALL: [ReportBy; 5] = [
    ReportBy::Day,
    ReportBy::Hour,
    ReportBy::Heat,
    ReportBy::Queue,
    ReportBy::Agent,
];

async fn agrees(store: &Store, span: &ReportSpan) {
    let records = found(store, &within(span)).await;
    for by in ALL {
        let told = store.count_calls(span, by).await.unwrap();
        assert_eq!(without_wrap_ups(told), counted(by, &records), "{by:?}");
    }
}

async fn keep_all(store: &Store, now: WallTime) -> usize {
    let mut kept = 0;
    while store.keep_a_day(now, AHEAD).await.unwrap() {
        kept += 1;
    }
    kept
}

pub(crate) async fn what_is_counted_is_what_a_loop_counts(world: World) {
    let mut recorder = world.boot().await;
    two_weeks(&mut recorder).await;
    let whole = span(-1, 16);
    agrees(&world.store, &whole).await;
    agrees(&world.store, &span(3, 5)).await;
    let before = world
        .store
        .count_calls(&whole, ReportBy::Day)
        .await
        .unwrap();
    let kept = keep_all(&world.store, recorder.wall()).await;
    assert!(kept >= 12, "{kept}");
    assert_eq!(
        keep_all(&world.store, recorder.wall()).await,
        0,
        "once each"
    );
    agrees(&world.store, &whole).await;
    agrees(&world.store, &span(3, 5)).await;
    let after = world
        .store
        .count_calls(&whole, ReportBy::Day)
        .await
        .unwrap();
    assert_eq!(before, after, "kept or not");
}

pub(crate) async fn a_late_record_is_counted_on_the_day_of_its_call(world: World) {
    let mut recorder = world.boot().await;
    let calls = two_weeks(&mut recorder).await;
    let store = &world.store;
    keep_all(store, recorder.wall()).await;
    let owed: Vec<CallId> = calls
        .into_iter()
        .filter(|call| recorder.records[call].is_unfinished())
        .take(3)
        .collect();
    let day = ReportSpan {
        from: WallTime(MIDNIGHT),
        until: WallTime(MIDNIGHT + DAY),
        ahead: AHEAD,
    };
    let before = store.count_calls(&day, ReportBy::Agent).await.unwrap();
    for call in owed {
        recorder.later(SECOND);
        settle(&mut recorder, call, 0).await;
    }
    agrees(store, &day).await;
    agrees(store, &span(-1, 16)).await;
    let after = store.count_calls(&day, ReportBy::Agent).await.unwrap();
    assert_ne!(before, after, "a day that was kept is counted anew");
    assert!(keep_all(store, recorder.wall()).await > 0);
    agrees(store, &day).await;
    let wrap_ups: i64 = after.values().map(|tally| tally.wrap_ups).sum();
    assert!(wrap_ups > 0, "those made within an hour: {wrap_ups}");
}

pub(crate) async fn a_list_finds_the_calls_of_every_sum(world: World) {
    let mut recorder = world.boot().await;
    two_weeks(&mut recorder).await;
    let store = &world.store;
    let whole = span(-1, 16);
    for by in ALL {
        for (key, tally) in store.count_calls(&whole, by).await.unwrap() {
            let mut filter = within(&whole);
            match (&key, by) {
                (ReportKey::Number(midnight), ReportBy::Day) => {
                    filter.from = Some(WallTime(*midnight));
                    filter.until = Some(WallTime(midnight + DAY));
                }
                (ReportKey::Number(hour), ReportBy::Hour) => filter.hour = Some(*hour as u8),
                (ReportKey::Number(n), _) => {
                    filter.weekday = Some((n / 24) as u8);
                    filter.hour = Some((n % 24) as u8);
                }
                (ReportKey::Name(name), ReportBy::Queue) => filter.queue = Some(name.clone()),
                (ReportKey::Name(name), _) if name.is_empty() => filter.unanswered = true,
                (ReportKey::Name(name), _) => filter.agent = Some(AgentId::new(name)),
            }
            let all = found(store, &filter).await;
            assert_eq!(all.len() as i64, tally.calls, "{key:?}");
            assert!(all.iter().all(|record| filter_of(&filter).fits(record)));
            let decided = CallFilter {
                decided: true,
                ..filter.clone()
            };
            assert_eq!(
                found(store, &decided).await.len() as i64,
                tally.decided,
                "{key:?}"
            );
            let abandoned = CallFilter {
                results: vec![RingResult::AbandonedWithin],
                ..filter.clone()
            };
            assert_eq!(found(store, &abandoned).await.len() as i64, tally.abandoned);
            let left = CallFilter {
                left_in_queue: true,
                ..filter
            };
            assert_eq!(found(store, &left).await.len() as i64, tally.left_in_queue);
        }
    }
}

fn filter_of(filter: &CallFilter) -> CallFilter {
    CallFilter {
        ahead: AHEAD,
        ..filter.clone()
    }
}

pub(crate) async fn every_new_filter_says_the_same_in_memory(world: World) {
    let mut recorder = world.boot().await;
    two_weeks(&mut recorder).await;
    let store = &world.store;
    let everything = found(store, &CallFilter::default()).await;
    let all = CallFilter::default;
    for filter in [
        CallFilter {
            results: vec![RingResult::Breached],
            ..all()
        },
        CallFilter {
            results: vec![RingResult::Within, RingResult::Refused],
            ..all()
        },
        CallFilter {
            outcomes: vec![kring_journal::Outcome::Rescued],
            ..all()
        },
        CallFilter {
            outcomes: vec![kring_journal::Outcome::Answered],
            ..all()
        },
        CallFilter {
            served_by: Some(AgentId::new("malee")),
            ..all()
        },
        CallFilter {
            rings: Some(2),
            ..all()
        },
        CallFilter {
            no_case: Some(NoCaseWanted::Any),
            ..all()
        },
        CallFilter {
            no_case: Some(NoCaseWanted::Reason("dropped".to_owned())),
            ..all()
        },
        CallFilter {
            unfinished: true,
            ..all()
        },
        CallFilter {
            direction: Some(Direction::Inbound),
            ..all()
        },
        CallFilter {
            queue: Some("support".to_owned()),
            weekday: Some(1),
            ..all()
        },
        CallFilter {
            state: Some(CallState::Ended),
            hour: Some(15),
            ..all()
        },
        CallFilter {
            left_in_queue: true,
            ..all()
        },
    ] {
        let filter = filter_of(&filter);
        let told = found(store, &filter).await;
        let expected: Vec<_> = everything
            .iter()
            .filter(|record| filter.fits(record))
            .cloned()
            .collect();
        assert_eq!(told, expected, "{filter:?}");
        assert!(!told.is_empty(), "{filter:?}");
    }
}

pub(crate) async fn transfers_and_offers_that_rang_out_are_counted(world: World) {
    let mut recorder = world.boot().await;
    two_weeks(&mut recorder).await;
    let store = &world.store;
    let whole = span(-1, 16);
    let mut asked: BTreeMap<TransferId, (String, CallId)> = BTreeMap::new();
    let mut expected: BTreeMap<String, (i64, i64, std::collections::BTreeSet<CallId>)> =
        BTreeMap::new();
    let mut rung_out: BTreeMap<String, i64> = BTreeMap::new();
    for entry in &recorder.entries {
        match &entry.fact {
            Fact::Transfer(fact) => match &fact.step {
                TransferStep::Asked { department, .. } => {
                    let unit = department.clone().unwrap_or_default();
                    asked.insert(fact.transfer, (unit, entry.call.unwrap()));
                }
                step => {
                    let (unit, call) = asked[&fact.transfer].clone();
                    let row = expected.entry(unit).or_default();
                    row.0 += 1;
                    row.1 += i64::from(matches!(step, TransferStep::Done { .. }));
                    row.2.insert(call);
                }
            },
            Fact::Withdrawn { agent, .. } => *rung_out.entry(agent.to_string()).or_default() += 1,
            _ => {}
        }
    }
    let told = store
        .count_transfers(&whole, TransferBy::Unit)
        .await
        .unwrap();
    assert_eq!(told.len(), expected.len());
    for row in &told {
        let (total, done, calls) = &expected[&row.key];
        assert_eq!(
            (row.total, row.done, row.calls),
            (*total, *done, calls.len() as i64)
        );
        let parts = row.done + row.busy + row.no_answer + row.declined + row.failed + row.given_up;
        assert_eq!(parts, row.total);
        let wanted = match row.key.as_str() {
            "" => TransferWanted::NoUnit,
            unit => TransferWanted::Unit(unit.to_owned()),
        };
        let filter = CallFilter {
            transfer: Some(wanted),
            ..within(&whole)
        };
        assert_eq!(
            found(store, &filter).await.len() as i64,
            row.calls,
            "{}",
            row.key
        );
    }
    let all = store
        .count_transfers(&whole, TransferBy::All)
        .await
        .unwrap();
    let by_day = store
        .count_transfers(&whole, TransferBy::Day)
        .await
        .unwrap();
    assert_eq!(
        all[0].total,
        by_day.iter().map(|row| row.total).sum::<i64>()
    );
    let told = store.count_rung_out(&whole).await.unwrap();
    let told: BTreeMap<String, i64> = told
        .into_iter()
        .map(|row| (row.agent.to_string(), row.times))
        .collect();
    assert_eq!(told, rung_out);
}

pub(crate) async fn cases_and_callers_are_counted(world: World) {
    let mut recorder = world.boot().await;
    two_weeks(&mut recorder).await;
    let store = &world.store;
    let whole = span(-1, 17);
    let topics = store.count_topics(&whole, false).await.unwrap();
    assert_eq!(topics.len(), 1, "all of one kind, and of no unit");
    let case = CaseOfCall {
        from: Some(whole.from),
        until: Some(whole.until),
        kind: Some(topics[0].kind),
        department: Some(None),
        subject: Some("ราคาปุ๋ย".to_owned()),
    };
    let filter = CallFilter {
        case: Some(case),
        ..CallFilter::default()
    };
    let with_case = found(store, &filter).await;
    assert_eq!(with_case.len() as i64, topics[0].calls);
    let expected = found(store, &CallFilter::default()).await;
    let expected = expected.iter().filter(|record| record.case_ref.is_some());
    assert_eq!(expected.count() as i64, topics[0].cases);
    let subjects = store.count_subjects(&whole, 10).await.unwrap();
    assert_eq!((subjects.len(), subjects[0].cases), (1, topics[0].cases));

    let callers = store.repeat_callers(&whole, 3, 200).await.unwrap();
    let mut numbers: BTreeMap<String, i64> = BTreeMap::new();
    for row in store
        .calls(&CallFilter {
            limit: 500,
            ..CallFilter::default()
        })
        .await
        .unwrap()
        .calls
    {
        *numbers.entry(row.number.unwrap().canonical).or_default() += 1;
    }
    numbers.retain(|_, calls| *calls >= 3);
    let told: BTreeMap<String, i64> = callers
        .iter()
        .map(|caller| (caller.number.canonical.clone(), caller.calls))
        .collect();
    assert_eq!(told, numbers);
    for caller in callers.iter().take(10) {
        let filter = CallFilter {
            phone: Some(caller.number.canonical.clone()),
            direction: Some(Direction::Inbound),
            ..within(&whole)
        };
        let calls = found(store, &filter).await;
        assert_eq!(calls.len() as i64, caller.calls);
        let unanswered = calls.iter().filter(|record| record.agent.is_none());
        assert_eq!(unanswered.count() as i64, caller.unanswered);
        assert_eq!(calls[0].arrived_at, caller.last);
    }
}

pub(crate) async fn calls_are_found_by_a_name(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    recorder.talked("0898765432", "somsri").await;
    let person = crate::records::person("สมชาย", "ใจดี");
    confirmed(&mut recorder, record(call, person, "ถาม")).await;
    for (name, count) in [
        ("สมชาย", 1),
        ("ใจ", 1),
        ("นายสมชาย ใจดี", 1),
        ("มาลี", 0),
        (" ", 0),
    ] {
        let filter = CallFilter {
            name: Some(name.to_owned()),
            ..CallFilter::default()
        };
        assert_eq!(found(&world.store, &filter).await.len(), count, "{name}");
    }
    let page = world.store.calls(&CallFilter::default()).await.unwrap();
    let access = kring_store::CaseAccess::ALL;
    let matters = world
        .store
        .matters_of_calls(&page.calls, &access)
        .await
        .unwrap();
    let name = matters[&call].name.clone().unwrap();
    assert_eq!(name, ["นาย", "สมชาย", "ใจดี"]);
    assert_eq!(matters.len(), 1);
}

pub(crate) async fn calls_of_kring_to_itself_are_in_no_report(world: World) {
    let mut recorder = world.boot().await;
    let counted = recorder.talked("0812345678", "somsri").await;
    let own = recorder.offered("0812345678");
    for entry in &mut recorder.group.entries {
        if let Fact::Offered { trunk, .. } = &mut entry.fact {
            *trunk = kring_store::TEST_TRUNK.to_owned();
        }
    }
    let rewritten = CallRecord::of(&recorder.group.entries).unwrap();
    recorder.records.insert(own, rewritten.clone());
    recorder.group.records = vec![rewritten];
    recorder.answered(own, "somsri");
    recorder.ended(own);
    recorder.commit().await.unwrap();
    let (store, whole) = (&world.store, span(-1, 2));
    for kept in [false, true] {
        if kept {
            assert!(keep_all(store, WallTime(MORNING + 3 * DAY)).await > 0);
        }
        let told = store.count_calls(&whole, ReportBy::Queue).await.unwrap();
        let calls: i64 = told.values().map(|tally| tally.calls).sum();
        assert_eq!(calls, 1, "kept: {kept}");
    }
    let found = found(store, &within(&whole)).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, counted);
    assert!(
        store
            .repeat_callers(&whole, 2, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

/// What was in a journal before there were reports is in them after the next start.
pub(crate) async fn what_was_before_is_folded_once(world: World) {
    let mut recorder = world.boot().await;
    two_weeks(&mut recorder).await;
    let whole = span(-1, 16);
    let store = &world.store;
    let transfers = store
        .count_transfers(&whole, TransferBy::Unit)
        .await
        .unwrap();
    let rung_out = store.count_rung_out(&whole).await.unwrap();
    let calls = store.count_calls(&whole, ReportBy::Agent).await.unwrap();
    world
        .sql(
            "DELETE FROM call_transfer; DELETE FROM call_rung_out; UPDATE call SET wrap_up_ms = NULL; \
             UPDATE report_state SET looked_back = 0",
        )
        .await
        .unwrap();
    let again = world.store_of("node-1").await;
    assert_eq!(
        again
            .count_transfers(&whole, TransferBy::Unit)
            .await
            .unwrap(),
        transfers
    );
    assert_eq!(again.count_rung_out(&whole).await.unwrap(), rung_out);
    assert_eq!(
        again.count_calls(&whole, ReportBy::Agent).await.unwrap(),
        calls
    );
}
