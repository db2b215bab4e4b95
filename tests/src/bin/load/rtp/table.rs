//! What was measured, as a table and against what is wanted.

use super::{Round, generator::Heard};

/// One program with one number of calls.
pub(super) struct Row {
    name: &'static str,
    calls: u32,
    heard: Heard,
    /// CPU seconds per million packets, of each round.
    costs: Vec<f64>,
    wakings: u64,
    pub(super) kb_per_call: f64,
}

#[derive(Default)]
pub(super) struct Table(Vec<Row>);

impl Row {
    pub(super) fn new(name: &'static str, calls: u32) -> Row {
        Row {
            name,
            calls,
            heard: Heard::default(),
            costs: Vec::new(),
            wakings: 0,
            kb_per_call: 0.0,
        }
    }

    pub(super) fn add(&mut self, round: Round) {
        self.costs
            .push(round.cpu / round.heard.got.max(1) as f64 * 1e6);
        self.wakings += round.wakings;
        self.heard.add(&round.heard);
    }

    /// The median of the rounds: one that fell into somebody's compiler does not count.
    fn cost(&self) -> f64 {
        let mut costs = self.costs.clone();
        costs.sort_by(f64::total_cmp);
        costs.get(costs.len() / 2).copied().unwrap_or(0.0)
    }

    fn line(&self, beside: &[Row]) -> String {
        let bare = beside.iter().find(|row| {
            row.name == "bare forwarder" && row.calls == self.calls && row.cost() > 0.0
        });
        let times = match bare {
            Some(bare) if self.cost() > 0.0 => format!("{:.2}", self.cost() / bare.cost()),
            _ => String::new(),
        };
        format!(
            "| {} | {} | {:.2} | {times} | {:.0} | {:.4} | {} | {} | {:.1} |",
            self.calls,
            self.name,
            self.cost(),
            self.wakings as f64 / self.heard.got.max(1) as f64 * 1_000.0,
            self.heard.lost_percent(),
            self.heard.delay_us(500),
            self.heard.delay_us(990),
            self.kb_per_call,
        )
    }
}

impl Table {
    pub(super) fn add(&mut self, row: Row) {
        self.0.push(row);
    }

    /// The rows of the last number of calls.
    pub(super) fn print_last(&self) {
        let Some(last) = self.0.last() else { return };
        head();
        let rows = self.0.iter().filter(|row| row.calls == last.calls);
        rows.for_each(|row| println!("{}", row.line(&self.0)));
    }

    pub(super) fn print(&self) {
        println!("\nAll of it:\n");
        head();
        self.0
            .iter()
            .for_each(|row| println!("{}", row.line(&self.0)));
        println!();
        let find = |name, calls| {
            let is_it = |row: &&Row| row.name == name && row.calls == calls;
            self.0.iter().find(is_it)
        };
        let (bare, other) = (find("bare forwarder", 500), find("rtpengine", 500));
        let (plain, records) = (find("kring", 500), find("kring, recording", 500));
        compared("kring, times the bare forwarder", plain, bare, 1.5);
        compared("kring, times rtpengine", plain, other, 0.5);
        compared("kring that records, times kring", records, plain, 2.0);
        if let Some(plain) = plain {
            let told = |what: &str, is: f64, most: f64| {
                println!(
                    "{what} at 500 calls: {is:.2} (aim: {most} at most): {}",
                    met(is <= most)
                );
            };
            told("kring, lost, %", plain.heard.lost_percent(), 0.0);
            told(
                "kring, delay p99, ms",
                plain.heard.delay_us(990) as f64 / 1e3,
                1.0,
            );
            told("kring, kB a call, SIP and all", plain.kb_per_call, 12.0);
        }
    }
}

fn head() {
    println!(
        "| calls | program | CPU s per million packets | times the forwarder | wakings per 1,000 packets | lost % | delay p50 µs | p99 µs | kB a call |\n\
         |---|---|---|---|---|---|---|---|---|"
    );
}

fn compared(what: &str, one: Option<&Row>, other: Option<&Row>, most: f64) {
    if let (Some(one), Some(other)) = (one, other) {
        let is = one.cost() / other.cost();
        println!(
            "{what} at 500 calls: {is:.2} (aim: {most} at most): {}",
            met(is <= most)
        );
    }
}

fn met(is: bool) -> &'static str {
    if is { "met" } else { "missed" }
}
