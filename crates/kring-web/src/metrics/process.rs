//! The usual numbers of a process, by the names that every Prometheus client gives them.
//!
//! Linux tells them; what it does not tell is left out.

use std::{fmt::Write, fs};

/// Units of time in `/proc/self/stat` in a second: `USER_HZ`, 100 on every Linux that we run on.
const TICKS: f64 = 100.0;

/// Appends them in Prometheus' text format.
pub(super) fn append(text: &mut String) {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let machine = fs::read_to_string("/proc/stat").unwrap_or_default();
    let fds = fs::read_dir("/proc/self/fd").map(Iterator::count).ok();
    let said = Said {
        stat: &stat,
        status: &status,
        limits: &limits,
        machine: &machine,
    };
    for (kind, name, meaning, value) in [
        (
            "counter",
            "process_cpu_seconds_total",
            "CPU time used, user and system",
            said.cpu_s(),
        ),
        (
            "gauge",
            "process_resident_memory_bytes",
            "Memory in RAM",
            said.bytes("VmRSS:"),
        ),
        (
            "gauge",
            "process_virtual_memory_bytes",
            "Memory in the address space",
            said.bytes("VmSize:"),
        ),
        (
            "gauge",
            "process_threads",
            "Threads",
            said.number("Threads:"),
        ),
        (
            "gauge",
            "process_open_fds",
            "Open file descriptors",
            fds.map(|count| count as f64),
        ),
        (
            "gauge",
            "process_max_fds",
            "Most file descriptors that may be open",
            said.fds_max(),
        ),
        (
            "gauge",
            "process_start_time_seconds",
            "When it began, since 1970",
            said.began_s(),
        ),
    ] {
        if let Some(value) = value {
            writeln!(
                text,
                "# HELP {name} {meaning}\n# TYPE {name} {kind}\n{name} {value}"
            )
            .expect("a String takes everything");
        }
    }
}

/// What Linux says of us.
struct Said<'t> {
    stat: &'t str,
    status: &'t str,
    limits: &'t str,
    machine: &'t str,
}

impl Said<'_> {
    /// A field of `stat` by its number in proc(5). The name, field 2, may hold anything but ends with
    /// the last parenthesis.
    fn field(&self, number: usize) -> Option<f64> {
        let (_, after_name) = self.stat.rsplit_once(')')?;
        after_name.split_whitespace().nth(number - 3)?.parse().ok()
    }

    fn cpu_s(&self) -> Option<f64> {
        Some((self.field(14)? + self.field(15)?) / TICKS)
    }

    fn began_s(&self) -> Option<f64> {
        let booted: f64 = value_of(self.machine, "btime")?.parse().ok()?;
        Some(booted + self.field(22)? / TICKS)
    }

    fn number(&self, name: &str) -> Option<f64> {
        value_of(self.status, name)?.parse().ok()
    }

    /// `status` says kB.
    fn bytes(&self, name: &str) -> Option<f64> {
        Some(self.number(name)? * 1_024.0)
    }

    fn fds_max(&self) -> Option<f64> {
        let rest = self
            .limits
            .lines()
            .find_map(|line| line.strip_prefix("Max open files"))?;
        rest.split_whitespace().next()?.parse().ok()
    }
}

/// The word after `name` on the line that begins with it.
fn value_of<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_hides_nothing() {
        let said = Said {
            stat: "7 (kringd) (x) S 1 7 7 0 -1 0 0 0 0 0 250 50 0 0 20 0 9 0 12345 1 1",
            status: "Name:\tx\nVmRSS:\t   20480 kB\nThreads:\t9\n",
            limits: "Limit  Soft Limit  Hard Limit Units\nMax open files            1024     524288   files\n",
            machine: "cpu 1 2\nbtime 1795420000\n",
        };
        assert_eq!(said.cpu_s(), Some(3.0));
        assert_eq!(said.began_s(), Some(1_795_420_123.45));
        assert_eq!(said.bytes("VmRSS:"), Some(20_971_520.0));
        assert_eq!(said.number("Threads:"), Some(9.0));
        assert_eq!(said.fds_max(), Some(1_024.0));
    }

    #[test]
    fn this_process_has_memory_and_threads() {
        let mut text = String::new();
        append(&mut text);
        for name in [
            "process_resident_memory_bytes",
            "process_threads",
            "process_open_fds",
        ] {
            let line = text.lines().find(|line| line.starts_with(name));
            let value = line.and_then(|line| line.split(' ').nth(1)?.parse::<f64>().ok());
            assert!(value.is_some_and(|value| value >= 1.0), "{text}");
        }
    }
}
