//! Measures the knowledge where an agent waits for it: the search as they type, and how long a change takes.
//!
//! `knowledge_figures URL [ARTICLES]` fills the database at URL with 20,000 articles, or as many as are named:
//! use one that may be thrown away.

use kring_journal::WallTime;
use kring_store::{
    ChangedBy, ImportRun, KnowledgeQuestion, Readers, Source, SourceId, SourceKind, Store,
    StoreConfig, read_knowledge_csv,
};
use std::{
    env,
    error::Error,
    fs,
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};

#[path = "../../store_contract/knowledge_crowd.rs"]
mod knowledge_crowd;
#[path = "../../store_contract/knowledge_table.rs"]
mod knowledge_table;

use knowledge_table::{ARTICLES, FINDS, FINDS_NOTHING};

type Done = Result<(), Box<dyn Error>>;

/// 2026-11-24T01:00:00Z.
const MORNING: i64 = 1_795_482_000_000_000;
/// How often each question is put.
const ROUNDS: usize = 10;

#[tokio::main]
async fn main() -> ExitCode {
    let mut given = env::args().skip(1);
    let Some(url) = given.next() else {
        eprintln!("usage: knowledge_figures URL [ARTICLES]");
        return ExitCode::from(64);
    };
    let articles = given.next().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    match figures(&url, articles).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{url}: {why}");
            ExitCode::from(70)
        }
    }
}

async fn figures(url: &str, articles: usize) -> Done {
    let store = Store::open(&StoreConfig::new(url, "figures")).await?;
    fill(&store, articles).await?;
    let again = Store::open(&StoreConfig::new(url, "figures-2")).await?;
    let (begun, used) = (Instant::now(), cpu_time());
    let (sources, bytes) = again.prepare_knowledge().await?;
    let (took, used) = (begun.elapsed(), cpu_time() - used);
    println!(
        "preparing {sources} sources at a start: {took:?}, CPU {used:?}, {} MB",
        bytes / 1_000_000
    );
    searches(&again).await?;
    changes(&store, &again).await?;
    again.close().await;
    store.close().await;
    Ok(())
}

async fn fill(store: &Store, articles: usize) -> Done {
    let file = knowledge_crowd::crowd(articles);
    let rows = read_knowledge_csv(file.as_bytes()).map_err(|told| format!("{told:?}"))?;
    let begun = Instant::now();
    store
        .import_knowledge(&root(), &rows, ImportRun::Real)
        .await?;
    println!(
        "importing {} articles, {} MB: {:?}",
        rows.len(),
        file.len() / 1_000_000,
        begun.elapsed()
    );
    for (_, title, topics, body) in ARTICLES {
        let new = Source::named(
            SourceId::new(WallTime(MORNING)),
            SourceKind::Article,
            title,
            WallTime(MORNING),
        );
        let source = Source {
            topics: topics.to_owned(),
            body: body.to_owned(),
            ..new
        };
        store.add_source(&root(), source).await?;
    }
    Ok(())
}

async fn searches(store: &Store) -> Done {
    let finds = FINDS.iter().map(|(q, _)| *q);
    // Words that hundreds and thousands of the articles hold, and a whole sentence.
    let common = [
        "ชาวนา",
        "ข้าวหอมมะลิ ชุมชน",
        "ที่",
        "โรงเรียนธนาคาร",
        "อยากรู้เรื่องกองทุนสหกรณ์ออมทรัพย์ของหมู่บ้าน",
    ];
    let asked: Vec<&str> = finds.chain(FINDS_NOTHING).chain(common).collect();
    let mut all = Vec::new();
    let mut slowest = (Duration::ZERO, "");
    let used = cpu_time();
    for q in &asked {
        for _ in 0..ROUNDS {
            let question = question(q);
            let begun = Instant::now();
            black_box(store.search_knowledge(&question).await?);
            let took = begun.elapsed();
            if took > slowest.0 {
                slowest = (took, q);
            }
            all.push(took);
        }
    }
    let each = (cpu_time() - used) / all.len() as u32;
    say("a search", &mut all);
    println!(
        "a search: CPU {each:?} each; the slowest {:?}: {}",
        slowest.0, slowest.1
    );
    Ok(())
}

/// A change on the disk, and the first search after it in another process.
async fn changes(store: &Store, other: &Store) -> Done {
    let (mut writes, mut reads) = (Vec::new(), Vec::new());
    for n in 0..50 {
        let new = Source::named(
            SourceId::new(WallTime(MORNING)),
            SourceKind::Article,
            &format!("ใหม่ {n}"),
            WallTime(MORNING),
        );
        let begun = Instant::now();
        store.add_source(&root(), new).await?;
        writes.push(begun.elapsed());
        let begun = Instant::now();
        black_box(other.search_knowledge(&question("ใหม่")).await?);
        reads.push(begun.elapsed());
    }
    say("an article more, on the disk", &mut writes);
    say("the first search after it", &mut reads);
    Ok(())
}

fn question(q: &str) -> KnowledgeQuestion {
    KnowledgeQuestion {
        q: q.to_owned(),
        department: None,
        own_unit: None,
        kind: None,
        readers: Readers::All,
        today: kring_time::Day::of(2026, 11, 29).expect("a day"),
        skip: 0,
        limit: 10,
    }
}

fn root() -> ChangedBy {
    ChangedBy {
        who: "figures".to_owned(),
        at: WallTime(MORNING),
    }
}

/// What this process has used of the processor, all threads.
fn cpu_time() -> Duration {
    let tasks = fs::read_dir("/proc/self/task");
    let ns = tasks.into_iter().flatten().flatten().filter_map(|task| {
        let stat = fs::read_to_string(task.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(ns.sum())
}

fn say(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: f64| {
        let place = (times.len() as f64 * share) as usize;
        times.get(place).copied().unwrap_or_default()
    };
    let most = times.last().copied().unwrap_or_default();
    println!(
        "{what}: p50 {:?}, p99 {:?}, most {most:?}",
        at(0.5),
        at(0.99)
    );
}
