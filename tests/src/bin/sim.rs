//! `cargo sim`: days on the floor, seed after seed, until a law is broken.
//!
//! `cargo sim -- --seeds 10000` ends after so many; `--from N` begins elsewhere; `--seed N` replays one day
//! and prints what happened. With `--busy` each day is a busy hour of 30 agents and 500 callers.

use kring_tests::{Floor, any_floor, busy_hour, ladder, same_twice, transcript, violations};
use std::{
    process::ExitCode,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

/// Every so many seeds a day is played twice, for the sixth law.
const TWICE_EVERY: u64 = 16;

/// Violations of one seed that are printed.
const TOLD_MAX: usize = 5;

/// How long a run says nothing, s.
const SILENT_S: u64 = 60;

const USAGE: &str =
    "cargo sim -- [--busy] [--seeds COUNT] [--from SEED] | [--busy] --seed SEED [--wire]";

/// What is played for a seed.
type Day = fn(u64) -> Floor;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        Some(
            arguments
                .get(place + 1)
                .and_then(|value| value.parse::<u64>().ok()),
        )
    };
    let known = ["--busy", "--seeds", "--from", "--seed", "--wire"];
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let day: Day = if has("--busy") { busy_hour } else { any_floor };
    let strange = arguments
        .iter()
        .find(|a| a.starts_with('-') && !known.contains(&a.as_str()));
    match (
        strange,
        number("--seed"),
        number("--seeds"),
        number("--from"),
    ) {
        (Some(_), ..) | (_, Some(None), ..) | (_, _, Some(None), _) | (.., Some(None)) => {
            eprintln!("{USAGE}");
            ExitCode::from(64)
        }
        (None, Some(Some(seed)), ..) => replay(day, seed, has("--wire")),
        (None, None, seeds, from) => {
            let from = from.flatten().unwrap_or(1);
            search(
                day,
                from,
                seeds
                    .flatten()
                    .map_or(u64::MAX, |count| from.saturating_add(count)),
            )
        }
    }
}

fn replay(day: Day, seed: u64, with_the_wire: bool) -> ExitCode {
    let account = day(seed).play();
    print!(
        "{}",
        if with_the_wire {
            ladder(&account)
        } else {
            transcript(&account)
        }
    );
    let mut found = violations(&account);
    found.extend(same_twice(&account, &day(seed).play()));
    for violation in &found {
        println!("seed {seed}: {violation}");
    }
    if found.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Tries the seeds from `from` up to `end` on all cores.
fn search(day: Day, from: u64, end: u64) -> ExitCode {
    let began = Instant::now();
    let next = AtomicU64::new(from);
    let broken = AtomicBool::new(false);
    let told = Mutex::new(Instant::now());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while !broken.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    let found = judge(day, seed);
                    let mut told = told.lock().expect("nobody panics while printing");
                    for violation in found.iter().take(TOLD_MAX) {
                        println!("seed {seed}: {violation}");
                        broken.store(true, Ordering::Relaxed);
                    }
                    if told.elapsed().as_secs() >= SILENT_S {
                        *told = Instant::now();
                        let seconds = began.elapsed().as_secs_f64();
                        println!("{} seeds, {seconds:.0} s", seed - from + 1);
                    }
                }
            });
        }
    });
    let played = next.load(Ordering::Relaxed).min(end) - from;
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{played} seeds in {seconds:.1} s, {:.0} a second",
        played as f64 / seconds
    );
    if broken.load(Ordering::Relaxed) {
        println!("replay with: cargo sim -- --seed SEED --wire");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn judge(day: Day, seed: u64) -> Vec<kring_tests::Violation> {
    let account = day(seed).play();
    let mut found = violations(&account);
    if seed.is_multiple_of(TWICE_EVERY) {
        found.extend(same_twice(&account, &day(seed).play()));
    }
    found
}
