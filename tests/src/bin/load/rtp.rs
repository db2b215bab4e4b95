//! What a relayed packet costs: kring, kring that records, a bare forwarder and Debian's rtpengine, side by side in one run.
//!
//! All of them stand ready with the same number of calls, and the generator speaks through one after another, in rounds, so
//! that a busy machine is busy for all. CPU time is the kernel's account of the whole process; a delay is from just before a
//! packet is sent to the kernel's own stamp at its receipt, so it does not matter when the generator wakes.

mod batch;
mod forwarder;
mod generator;
mod peers;
mod rtpengine;
mod table;

use crate::{Options, Outcome, proc};
pub(crate) use forwarder::forward;
use generator::{Heard, Window};
use peers::Peer;
use std::time::Duration;
use table::{Row, Table};

/// Streams run so long before anything is counted.
const WARM_UP: Duration = Duration::from_secs(1);

/// Most calls of one program: each takes ten ports and files of this machine.
const CALLS_MAX: u32 = 2_000;

/// `--sizes "100 500 1500" --rounds 3 --seconds 4 --only "kring forwarder"`
pub(crate) fn compare(options: &Options) -> Outcome<()> {
    let rounds = options.number("--rounds", 3)?.clamp(1, 20);
    let length = Duration::from_secs(u64::from(options.number("--seconds", 4)?.clamp(1, 60)));
    let sizes = options.text("--sizes").unwrap_or("100 500 1500");
    let sizes: Result<Vec<u32>, _> = sizes.split_whitespace().map(str::parse).collect();
    let only = options.text("--only").unwrap_or_default();
    let mut table = Table::default();
    for calls in sizes? {
        let calls = calls.clamp(1, CALLS_MAX);
        let mut peers = peers::open(calls, only)?;
        let mut rows: Vec<Row> = peers
            .iter()
            .map(|peer| Row::new(peer.name, calls))
            .collect();
        for _ in 0..rounds {
            for (peer, row) in peers.iter_mut().zip(&mut rows) {
                row.add(measure(peer, length)?);
            }
        }
        for (peer, mut row) in peers.into_iter().zip(rows) {
            row.kb_per_call = peer.kb_per_call()?;
            table.add(row);
        }
        // What is there so far, should somebody lose patience.
        table.print_last();
    }
    table.print();
    Ok(())
}

/// One round of one program.
struct Round {
    heard: Heard,
    cpu: f64,
    wakings: u64,
}

fn measure(peer: &Peer, length: Duration) -> Outcome<Round> {
    let window = Window::open(&peer.directions)?;
    std::thread::sleep(WARM_UP);
    let (cpu, wakings) = (peer.cpu()?, peer.wakings()?);
    window.count();
    std::thread::sleep(length);
    window.count_no_more();
    let (cpu, wakings) = (peer.cpu()? - cpu, peer.wakings()? - wakings);
    Ok(Round {
        heard: window.close(),
        cpu,
        wakings,
    })
}

impl Peer {
    fn cpu(&self) -> Outcome<f64> {
        self.pid.map_or(Ok(0.0), proc::cpu_seconds)
    }

    fn wakings(&self) -> Outcome<u64> {
        self.pid.map_or(Ok(0), proc::wakings)
    }

    /// What its calls have added to its resident memory.
    fn kb_per_call(&self) -> Outcome<f64> {
        let Some(pid) = self.pid else {
            return Ok(0.0);
        };
        let now = proc::resident_kb(pid)?;
        Ok(now.saturating_sub(self.empty_kb) as f64 / f64::from(self.calls))
    }
}
