//! Measures the store where a person or a call waits for it, and prints the figures.
//!
//! `store_figures URL [CONTACTS]` writes to the database at URL: use one made by `fill`, of so many people (100,000
//! when nothing is said). Cold are the first questions of the process; take the file out of the system's cache
//! before (`dd of=PATH oflag=nocache conv=notrunc,fdatasync count=0`), and they are cold for the disk, too.

mod people;
mod record;

use kring_journal::{
    AgentId, CallId, CallRecord, CallerRef, EndedBy, Fact, PresenceState, RingResult, RingTerms,
    WallTime,
};
use kring_store::{
    CallFilter, CallerRow, Group, JournalLog, Number, NumberPlan, PresenceRow, Store, StoreConfig,
};
use kring_time::Moment;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{
    env,
    error::Error,
    fs,
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};

type Done = Result<(), Box<dyn Error>>;

/// 2026-11-24T01:00:00Z.
const MORNING: i64 = 1_795_482_000_000_000;
/// Groups of facts, and calls whose facts are in each: a national centre's 20 ms at its busiest.
const GROUPS: usize = 500;
const CALLS_A_GROUP: usize = 4;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let contacts = |text: Option<String>| text.map_or(Some(100_000), |text| text.parse().ok());
    let (Some(url), Some(contacts)) = (arguments.next(), contacts(arguments.next())) else {
        eprintln!("usage: store_figures URL [CONTACTS]");
        return ExitCode::from(64);
    };
    match figures(&url, contacts).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{url}: {why}");
            ExitCode::from(70)
        }
    }
}

async fn figures(url: &str, contacts: u64) -> Done {
    let store = Store::open(&StoreConfig::new(url, "figures")).await?;
    let mut chance = ChaCha8Rng::seed_from_u64(2569);
    numbers(&mut chance);
    people::cards(&store, contacts, &mut chance).await?;
    people::searches(&store, contacts, &mut chance).await?;
    let mut log = store
        .begin_boot(WallTime(MORNING), "figures")
        .await?
        .journal;
    let calls = groups(&mut log, &mut chance).await?;
    record::drafts(&mut log, calls[0]).await?;
    record::confirms(&mut log, &calls).await?;
    pages(&store).await?;
    let begun = Instant::now();
    let verified = store.verify().await?;
    println!(
        "verify: {} facts in {:?}",
        verified.entries,
        begun.elapsed()
    );
    store.close().await;
    Ok(())
}

fn numbers(chance: &mut ChaCha8Rng) {
    let plan = NumberPlan::default();
    for (what, raw) in [
        ("mobile", "081-234-5678"),
        ("landline", "038-611-025 ต่อ 12"),
        ("abroad", "+14155552671"),
    ] {
        black_box(Number::read(raw, &plan));
        let rounds = 20_000;
        let begun = Instant::now();
        for _ in 0..rounds {
            black_box(Number::read(black_box(raw), &plan));
        }
        println!("number, {what}: {:?}", begun.elapsed() / rounds);
    }
    let random: Vec<String> = (0..1_000)
        .map(|_| format!("0{}", chance.random_range(1..999_999_999)))
        .collect();
    let begun = Instant::now();
    for raw in &random {
        black_box(Number::read(raw, &plan));
    }
    println!("number, random digits: {:?}", begun.elapsed() / 1_000);
}

/// Appends groups of whole calls, which lack their record.
async fn groups(
    log: &mut JournalLog,
    chance: &mut ChaCha8Rng,
) -> Result<Vec<CallId>, Box<dyn Error>> {
    let mut times = Vec::new();
    let (mut facts, mut made) = (0, Vec::new());
    let cpu = cpu_time();
    for n in 0..GROUPS {
        let mut group = Group::default();
        for _ in 0..CALLS_A_GROUP {
            made.push(whole_call(log, &mut group, n as i64, chance));
        }
        facts += group.entries.len();
        let begun = Instant::now();
        log.append(&group).await?;
        times.push(begun.elapsed());
    }
    let calls = (GROUPS * CALLS_A_GROUP) as u32;
    say("append, a group", &mut times);
    println!(
        "append: {:.1} facts a call, CPU {:?} a call (making the facts included)",
        facts as f64 / f64::from(calls),
        (cpu_time() - cpu) / calls
    );
    Ok(made)
}

fn whole_call(log: &mut JournalLog, group: &mut Group, n: i64, chance: &mut ChaCha8Rng) -> CallId {
    let wall = WallTime(MORNING + n * 20_000);
    let call = CallId::new((wall.0 / 1_000) as u64, chance.random());
    let (caller, agent) = (CallerRef::new(chance.random()), AgentId::new("agent7"));
    let number = Number::read(
        &format!("08{:08}", chance.random_range(0..100_000_000)),
        &NumberPlan::default(),
    );
    group.callers.push(CallerRow {
        caller,
        canonical: number.canonical,
        class: number.class,
        display: number.display,
    });
    let mut record = None;
    for (after_ms, fact) in facts_of_a_call(caller, &agent) {
        let at = Moment::from_millis((n * 20 + after_ms) as u64);
        let entry = log.entry(at, WallTime(wall.0 + after_ms * 1_000), Some(call), fact);
        record = record.or_else(|| CallRecord::begin(&entry));
        if let Some(record) = &mut record {
            record.apply(&entry);
        }
        group.entries.push(entry);
    }
    group.records.extend(record);
    group.presence.push(PresenceRow {
        agent,
        state: PresenceState::WrapUp,
        reason: None,
        since: wall,
    });
    call
}

fn facts_of_a_call(caller: CallerRef, agent: &AgentId) -> Vec<(i64, Fact)> {
    let terms = RingTerms::thailand();
    let offered = Fact::Offered {
        caller,
        queue: "support".to_owned(),
        did: "038611025".to_owned(),
        sip_call_id: format!("{caller}-8d1f2a77@192.0.2.10"),
        trunk: "pbx".to_owned(),
        forwarded_by: Some("1203".to_owned()),
        rang_before: false,
        chosen_by: None,
        priority: None,
        outbound: None,
        terms,
    };
    let agent = || agent.clone();
    let (device, side) = (
        "sip:5021@192.0.2.21:5060".to_owned(),
        kring_journal::MediaSide::Caller,
    );
    let (result, wait_ms, margin_ms) = (RingResult::Within, 6_200, 8_800);
    vec![
        (0, offered),
        (0, Fact::Ring { number: 1, of: 3 }),
        (
            0,
            Fact::Invited {
                agent: agent(),
                device,
                beside: Vec::new(),
                hop: 1,
                attempt: 1,
            },
        ),
        (
            1,
            Fact::LookedUp {
                result: "known".to_owned(),
                took_us: 140,
            },
        ),
        (
            40,
            Fact::PopAcknowledged {
                agent: agent(),
                after_us: 2_300,
            },
        ),
        (
            80,
            Fact::Alerting {
                agent: agent(),
                device: None,
                code: 180,
                answerable: false,
            },
        ),
        (5_000, Fact::Ring { number: 2, of: 3 }),
        (
            6_200,
            Fact::Answered {
                agent: agent(),
                device: None,
                rings: 2,
                wait_ms,
                result,
                margin_ms,
            },
        ),
        (6_260, Fact::MediaFlowing { side }),
        (
            90_000,
            Fact::Ended {
                by: EndedBy::Caller,
                cause: "bye".to_owned(),
                talk_ms: 83_800,
            },
        ),
        (
            90_000,
            Fact::MediaSummary(kring_journal::SideSummary {
                side,
                packets: 4_190,
                lost: 0,
                jitter_us: 700,
                strangers: 0,
                bad: 0,
                sent: Some(4_185),
                mos_hundredths: Some(439),
                round_trip_us: Some(21_000),
                told: None,
            }),
        ),
        (
            90_000,
            Fact::WrapUpOpened {
                agent: agent(),
                for_s: 60,
            },
        ),
    ]
}

async fn pages(store: &Store) -> Done {
    let agent = Some(AgentId::new("agent7"));
    let phone = Some("+66800007919".to_owned());
    let state = Some(kring_journal::CallState::Ringing);
    for (what, filter) in [
        ("all", CallFilter::default()),
        (
            "of an agent",
            CallFilter {
                agent,
                ..CallFilter::default()
            },
        ),
        (
            "of a number",
            CallFilter {
                phone,
                ..CallFilter::default()
            },
        ),
        (
            "live",
            CallFilter {
                state,
                ..CallFilter::default()
            },
        ),
    ] {
        let mut times = Vec::new();
        for _ in 0..200 {
            let begun = Instant::now();
            black_box(store.calls(&filter).await?);
            times.push(begun.elapsed());
        }
        say(&format!("calls, a page of 50, {what}"), &mut times);
    }
    let mut times = Vec::new();
    for _ in 0..200 {
        let begun = Instant::now();
        black_box(store.unfinished(&AgentId::new("agent7")).await?.len());
        times.push(begun.elapsed());
    }
    say("unfinished", &mut times);
    Ok(())
}

fn say(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: f64| {
        times
            .get((times.len() as f64 * share) as usize)
            .copied()
            .unwrap_or_default()
    };
    println!(
        "{what}: p50 {:?}, p99 {:?}, n {}",
        at(0.5),
        at(0.99),
        times.len()
    );
}

/// What this process has used of the processor, all threads, in steps of the scheduler's clock.
fn cpu_time() -> Duration {
    let tasks = fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let ns = tasks.filter_map(|task| {
        let stat = fs::read_to_string(task.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(ns.sum())
}
