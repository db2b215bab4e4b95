//! Measures how long reports of the last year take on a full house, and prints the figures.
//!
//! `report_figures URL` counts at a database made by `fill`, first with no day kept, then keeps every day (which it says
//! the time of, too) and counts again. What it keeps stays in the database.

use kring_journal::WallTime;
use kring_store::{CaseTerms, ReportBy, ReportSpan, Store, StoreConfig, TransferBy};
use std::{
    env,
    error::Error,
    process::ExitCode,
    time::{Duration, Instant},
};

const DAY_US: i64 = 86_400_000_000;
/// 2026-11-23T17:00:00Z, midnight in Thailand: the end of what `fill` makes.
const END: i64 = 1_795_453_200_000_000;
const AHEAD: Duration = Duration::from_hours(7);

#[tokio::main]
async fn main() -> ExitCode {
    let Some(url) = env::args().nth(1) else {
        eprintln!("usage: report_figures URL");
        return ExitCode::from(64);
    };
    match figures(&url).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{url}: {why}");
            ExitCode::from(70)
        }
    }
}

async fn figures(url: &str) -> Result<(), Box<dyn Error>> {
    let store = Store::open(&StoreConfig::new(url, "figures")).await?;
    let year = ReportSpan {
        from: WallTime(END - 366 * DAY_US),
        until: WallTime(END),
        ahead: AHEAD,
    };
    println!("no day is kept:");
    calls(&store, &year).await?;
    let (begun, mut days, mut slowest) = (Instant::now(), 0, Duration::ZERO);
    loop {
        let day = Instant::now();
        if !store.keep_a_day(WallTime(END + DAY_US), AHEAD).await? {
            break;
        }
        slowest = slowest.max(day.elapsed());
        days += 1;
    }
    let took = begun.elapsed();
    println!("{days} days kept in {took:?}, the slowest in {slowest:?}");
    calls(&store, &year).await?;
    others(&store, &year).await?;
    store.close().await;
    Ok(())
}

async fn calls(store: &Store, year: &ReportSpan) -> Result<(), Box<dyn Error>> {
    for (what, by) in [
        ("calls by day", ReportBy::Day),
        ("calls by hour", ReportBy::Hour),
        ("calls by weekday and hour", ReportBy::Heat),
        ("calls by queue", ReportBy::Queue),
        ("calls by agent", ReportBy::Agent),
    ] {
        let begun = Instant::now();
        let counted = store.count_calls(year, by).await?;
        let calls: i64 = counted.values().map(|tally| tally.calls).sum();
        tell(
            what,
            begun,
            format_args!("{} rows, {calls} calls", counted.len()),
        );
    }
    Ok(())
}

async fn others(store: &Store, year: &ReportSpan) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    let rows = store.count_rung_out(year).await?.len();
    tell("offers that rang out", begun, format_args!("{rows} rows"));
    for (what, by) in [
        ("transfers by unit", TransferBy::Unit),
        ("transfers by day", TransferBy::Day),
    ] {
        let begun = Instant::now();
        let rows = store.count_transfers(year, by).await?.len();
        tell(what, begun, format_args!("{rows} rows"));
    }
    let begun = Instant::now();
    let rows = store.count_topics(year, false).await?.len();
    tell("topics by unit", begun, format_args!("{rows} rows"));
    let begun = Instant::now();
    let rows = store.count_subjects(year, 200).await?.len();
    tell("topics by subject", begun, format_args!("{rows} rows"));
    let begun = Instant::now();
    let terms = CaseTerms::default();
    let counted = store.count_sla(year, &terms, WallTime(END)).await?;
    let cases: i64 = counted.values().map(|tally| tally.cases).sum();
    tell(
        "complaints in time",
        begun,
        format_args!("{cases} complaints"),
    );
    let begun = Instant::now();
    let rows = store.repeat_callers(year, 3, 200).await?.len();
    tell(
        "callers again and again",
        begun,
        format_args!("{rows} rows"),
    );
    Ok(())
}

fn tell(what: &str, begun: Instant, found: std::fmt::Arguments<'_>) {
    println!("  {what}: {:?} ({found})", begun.elapsed());
}
