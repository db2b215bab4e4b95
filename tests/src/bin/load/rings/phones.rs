//! SIPp as the phones of the agents, one process for those who answer and one for those who never do, and
//! as the PBX of the callers.

use crate::Outcome;
use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A running SIPp.
pub(super) struct Sipp(Child);

/// Phones at this port whose agents lift them after six seconds.
pub(super) fn that_answer(port: u16) -> Outcome<Sipp> {
    start("rings_answers.xml", &[], port)
}

/// Phones at this port that ring until they are told to stop.
pub(super) fn that_ring(port: u16) -> Outcome<Sipp> {
    start("rings_on.xml", &[], port)
}

/// Callers, until all have ended or `lasts` is over: how many were answered, and how many were not.
pub(super) fn callers(
    port: u16,
    target: u16,
    rate: u32,
    calls: u32,
    lasts: Duration,
) -> Outcome<(u32, u32)> {
    let statistics = std::env::temp_dir().join(format!("kring-load-{port}.csv"));
    let target = format!("127.0.0.1:{target}");
    let (rate, calls) = (rate.to_string(), calls.to_string());
    let (timeout, file) = (
        lasts.as_secs().to_string(),
        statistics.display().to_string(),
    );
    let more = [
        &target,
        "-s",
        "1203",
        "-r",
        &rate,
        "-m",
        &calls,
        "-timeout",
        &timeout,
        "-trace_stat",
        "-fd",
        "1",
        "-stf",
        &file,
    ];
    let mut sipp = start("rings_caller.xml", &more, port)?;
    let until = Instant::now() + lasts + Duration::from_secs(5);
    while sipp.0.try_wait()?.is_none() {
        if Instant::now() > until {
            return Err("the callers do not end".into());
        }
        std::thread::park_timeout(Duration::from_millis(200));
    }
    let text = std::fs::read_to_string(&statistics)?;
    let _ = std::fs::remove_file(&statistics);
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().ok_or("no statistics")?.split(';').collect();
    let values: Vec<&str> = lines
        .next_back()
        .ok_or("no statistics")?
        .split(';')
        .collect();
    let of = |name: &str| {
        let column = names.iter().position(|known| *known == name);
        column
            .and_then(|n| values.get(n)?.parse().ok())
            .unwrap_or(0)
    };
    Ok((of("SuccessfulCall(C)"), of("FailedCall(C)")))
}

fn start(scenario: &str, more: &[&str], port: u16) -> Outcome<Sipp> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("load")
        .join(scenario);
    let child = Command::new("sipp")
        .args(more)
        .arg("-sf")
        .arg(file)
        .args([
            "-i",
            "127.0.0.1",
            "-p",
            &port.to_string(),
            "-nostdin",
            "-l",
            "5000",
        ])
        .args(["-buff_size", "8000000"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|refused| format!("sipp (Debian: sip-tester): {refused}"))?;
    Ok(Sipp(child))
}

impl Drop for Sipp {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
