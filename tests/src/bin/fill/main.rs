//! Fills a SQLite database with made-up people and past calls, for measuring on a full house.
//!
//! `fill PATH` makes a fresh database with 100,000 people, 150,000 numbers, 1,000,000 calls and 300,000 cases; `fill
//! PATH --whole` ten times as many of each; `fill PATH CONTACTS CALLS [YEARS]` as many as is said, over so many years (3). Every tenth call was
//! abandoned, and three in ten have a case; every twentieth person shares the number of another. The calls have no
//! facts in the journal: they stand for history that was brought over from elsewhere.

mod house;
mod names;
mod people;

use std::{env, process::ExitCode};

/// People and calls of a quick run.
const QUICK: (i64, i64) = (100_000, 1_000_000);
/// Of a national centre after some years.
const WHOLE: (i64, i64) = (1_000_000, 10_000_000);

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (path, size, years) = match arguments[..] {
        [path] => (path, Some(QUICK), Some(3)),
        [path, "--whole"] => (path, Some(WHOLE), Some(3)),
        [path, contacts, calls] => (path, both(contacts, calls), Some(3)),
        [path, contacts, calls, years] => (path, both(contacts, calls), years.parse().ok()),
        _ => ("", None, None),
    };
    let Some(((contacts, calls), years)) = size.zip(years) else {
        eprintln!("usage: fill PATH [--whole | CONTACTS CALLS [YEARS]]");
        return ExitCode::from(64);
    };
    let tell = |what: &str, rows: u64, seconds: f64| println!("{rows:>9} {what}, {seconds:.1} s");
    match house::fill(path, contacts, calls, years, tell).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{path} was not filled: {why}");
            ExitCode::from(70)
        }
    }
}

fn both(contacts: &str, calls: &str) -> Option<(i64, i64)> {
    contacts.parse().ok().zip(calls.parse().ok())
}
