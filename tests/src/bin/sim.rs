//! `cargo sim`: days on the floor, seed after seed, until a law is broken.
//!
//! `cargo sim -- --seeds 10000` ends after so many; `--from N` begins elsewhere; `--seed N` replays one day
//! and prints what happened.

use kring_tests::{any_floor, ladder, same_twice, transcript, violations};
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

const USAGE: &str = "cargo sim -- [--seeds COUNT] [--from SEED] | --seed SEED [--wire]";

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
    let known = ["--seeds", "--from", "--seed", "--wire"];
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
        (None, Some(Some(seed)), ..) => replay(seed, arguments.iter().any(|a| a == "--wire")),
        (None, None, seeds, from) => {
            let from = from.flatten().unwrap_or(1);
            search(
                from,
                seeds
                    .flatten()
                    .map_or(u64::MAX, |count| from.saturating_add(count)),
            )
        }
    }
}

fn replay(seed: u64, with_the_wire: bool) -> ExitCode {
    let account = any_floor(seed).play();
    print!(
        "{}",
        if with_the_wire {
            ladder(&account)
        } else {
            transcript(&account)
        }
    );
    let mut found = violations(&account);
    found.extend(same_twice(&account, &any_floor(seed).play()));
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
fn search(from: u64, end: u64) -> ExitCode {
    let began = Instant::now();
    let next = AtomicU64::new(from);
    let broken = AtomicBool::new(false);
    let printing = Mutex::new(());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while !broken.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    let found = judge(seed);
                    let _one_at_a_time = printing.lock();
                    for violation in &found {
                        println!("seed {seed}: {violation}");
                        broken.store(true, Ordering::Relaxed);
                    }
                    if (seed - from + 1).is_multiple_of(10_000) {
                        println!(
                            "{} seeds, {:.0} s",
                            seed - from + 1,
                            began.elapsed().as_secs_f64()
                        );
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

fn judge(seed: u64) -> Vec<kring_tests::Violation> {
    let account = any_floor(seed).play();
    let mut found = violations(&account);
    if seed.is_multiple_of(TWICE_EVERY) {
        found.extend(same_twice(&account, &any_floor(seed).play()));
    }
    found
}
