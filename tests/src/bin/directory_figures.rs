//! Measures the directory where an agent waits for it: type-ahead while they type, and what a transfer asks.
//!
//! `directory_figures URL [UNITS ENDPOINTS]` fills the database at URL with 500 units of ten endpoints each,
//! or as many as are named: use one that may be thrown away.

use kring_journal::WallTime;
use kring_store::{
    ChangedBy, Department, ImportRun, Store, StoreConfig, UsualHours, read_departments_csv,
};
use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};

type Done = Result<(), Box<dyn Error>>;

/// 2026-11-24T01:00:00Z.
const MORNING: i64 = 1_795_482_000_000_000;
/// How often each thing is asked.
const ROUNDS: usize = 500;

const PLACES: [&str; 10] = [
    "ระยอง",
    "จันทบุรี",
    "ชลบุรี",
    "เชียงใหม่",
    "นครราชสีมา",
    "สงขลา",
    "อุบลราชธานี",
    "น่าน",
    "ตราด",
    "ภูเก็ต",
];
const MATTERS: [&str; 10] = [
    "จดทะเบียนพาณิชย์",
    "เครื่องหมายการค้า",
    "หนังสือรับรองถิ่นกำเนิดสินค้า",
    "ราคาสินค้า",
    "ชั่งตวงวัด",
    "งบการเงิน",
    "ลิขสิทธิ์",
    "ส่งเสริมการส่งออก",
    "ธุรกิจต่างด้าว",
    "สินค้าเกษตร",
];
/// What agents type, and what finds nothing.
const TYPED: [&str; 12] = [
    "u123",
    "2",
    "210",
    "20417",
    "ระยอง",
    "ระ",
    "การค้า",
    "จดทะเบียน",
    "ฝ่ายทะเบียน",
    "office of matters",
    "น่าน ลิขสิทธิ์",
    "ไม่มีที่ไหน",
];

#[tokio::main]
async fn main() -> ExitCode {
    let mut given = env::args().skip(1);
    let Some(url) = given.next() else {
        eprintln!("usage: directory_figures URL [UNITS ENDPOINTS]");
        return ExitCode::from(64);
    };
    let mut count = |usual| given.next().and_then(|n| n.parse().ok()).unwrap_or(usual);
    let (units, endpoints) = (count(500), count(10));
    match figures(&url, units, endpoints).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{url}: {why}");
            ExitCode::from(70)
        }
    }
}

async fn figures(url: &str, units: usize, endpoints: usize) -> Done {
    let store = Store::open(&StoreConfig::new(url, "figures")).await?;
    fill(&store, units, endpoints).await?;
    let directory = store.directory().await?;
    let all: usize = directory
        .departments()
        .iter()
        .map(|unit| unit.endpoints.len())
        .sum();
    println!("{} units, {all} endpoints", directory.departments().len());
    type_ahead(&store).await?;
    questions(&store).await?;
    changes(&store).await?;
    store.close().await;
    Ok(())
}

async fn fill(store: &Store, units: usize, endpoints: usize) -> Done {
    let mut file = "short,name_th,name_en,topics,hours,extension,label\n".to_owned();
    for n in 0..units {
        let (place, matter) = (PLACES[n % 10], MATTERS[n / 10 % 10]);
        for m in 0..endpoints {
            writeln!(
                file,
                "U{n},สำนักงาน{matter}จังหวัด{place} {n},Office of Matters {n},{matter} {place},\
                 mon-fri 08:30-16:30,2{},ฝ่ายทะเบียน โต๊ะ {m} {place}",
                n * endpoints + m
            )?;
        }
    }
    let begun = Instant::now();
    let units = read_departments_csv(file.as_bytes()).map_err(|told| format!("{told:?}"))?;
    println!("reading the file: {:?}", begun.elapsed());
    let begun = Instant::now();
    let by = root();
    store
        .import_departments(&by, &units, ImportRun::Real)
        .await?;
    println!("importing it: {:?}", begun.elapsed());
    let begun = Instant::now();
    store
        .import_departments(&by, &units, ImportRun::Real)
        .await?;
    println!("importing it again: {:?}", begun.elapsed());
    let begun = Instant::now();
    store.directory().await?;
    println!("reading the directory into memory: {:?}", begun.elapsed());
    Ok(())
}

/// As a request does it: is the directory still the same, then the search, then open or closed for each.
async fn type_ahead(store: &Store) -> Done {
    let usual = UsualHours::default();
    let cpu = cpu_time();
    let mut all = Vec::new();
    for typed in TYPED {
        let mut times = Vec::new();
        let mut found = 0;
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let directory = store.directory_at_hand().await?;
            let hits = directory.search(typed, 10);
            for hit in &hits {
                black_box(directory.standing(hit.department, WallTime(MORNING), &usual));
            }
            found = hits.len();
            times.push(begun.elapsed());
        }
        all.extend_from_slice(&times);
        say(&format!("type-ahead {typed:?}, {found} shown"), &mut times);
    }
    say("type-ahead, all", &mut all);
    let each = (cpu_time() - cpu) / (TYPED.len() * ROUNDS) as u32;
    println!("type-ahead: CPU {each:?} each");
    Ok(())
}

async fn questions(store: &Store) -> Done {
    let usual = UsualHours::default();
    let (mut reach, mut owner, mut same) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..ROUNDS {
        let begun = Instant::now();
        black_box(
            store
                .reach(&format!("U{n}"), WallTime(MORNING), &usual)
                .await
                .ok(),
        );
        reach.push(begun.elapsed());
        let begun = Instant::now();
        black_box(store.owner_of(&format!("2{n}")).await?);
        owner.push(begun.elapsed());
        let begun = Instant::now();
        black_box(store.directory().await?);
        same.push(begun.elapsed());
    }
    say("reach: whom a transfer dials", &mut reach);
    say("whose an extension is", &mut owner);
    say("whether the directory is still the same", &mut same);
    Ok(())
}

/// A change on the disk, and the first look at it.
async fn changes(store: &Store) -> Done {
    let (mut writes, mut reads) = (Vec::new(), Vec::new());
    let id = store.directory().await?.find("U1").ok_or("no U1")?.id;
    let mut cpu = Duration::ZERO;
    for n in 0..50 {
        let begun = Instant::now();
        let hotline = |unit: &mut Department| {
            unit.hotline = n.to_string();
            Ok(())
        };
        store.change_department(&root(), id, None, hotline).await?;
        writes.push(begun.elapsed());
        let (begun, used) = (Instant::now(), cpu_time());
        black_box(store.directory().await?);
        reads.push(begun.elapsed());
        cpu += cpu_time() - used;
    }
    say("a change of one unit, on the disk", &mut writes);
    say("the first look after a change", &mut reads);
    println!("the first look after a change: CPU {:?} each", cpu / 50);
    Ok(())
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
