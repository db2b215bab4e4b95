//! SIPp as PBX, SIPp as all phones, kring between them: set up, popped, journalled, torn down.

use crate::{
    Options, Outcome,
    house::{House, free_port},
    proc,
};
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long each call of the rate test talks, ms.
const TALK_MS: u32 = 1_000;

/// CPU seconds per 1,000 calls at a steady rate.
pub(crate) fn rate(options: &Options) -> Outcome<()> {
    let rate = options.number("--rate", 100)?;
    let seconds = options.number("--seconds", 10)?;
    let phones_at = free_port()?;
    // Talk, set-up and tear-down of a call, with room for a slow moment.
    let house = House::open(rate * 4, phones_at, options.text("--database"))?;
    let _phones = Sipp::phones(phones_at)?;
    for run in 0..options.number("--runs", 3)? {
        let calls = rate * seconds;
        let before = proc::cpu_seconds(house.pid())?;
        let began = Instant::now();
        let (good, bad, repeated) = Sipp::callers(house.sip, rate, calls, TALK_MS)?.finish()?;
        std::thread::park_timeout(Duration::from_secs(1));
        let used = proc::cpu_seconds(house.pid())? - before;
        println!(
            "signalling rate={rate}/s run={run} calls={calls} good={good} failed={bad} repeated={repeated} \
             wall={:.1}s cpu={used:.2}s cpu_per_1000={:.3}s",
            began.elapsed().as_secs_f64(),
            used / f64::from(good.max(1)) * 1_000.0,
        );
    }
    Ok(())
}

/// Resident memory per concurrent call.
pub(crate) fn memory(options: &Options) -> Outcome<()> {
    let calls = options.number("--calls", 1_000)?;
    let rate = options.number("--rate", 100)?;
    let phones_at = free_port()?;
    let house = House::open(calls + 50, phones_at, options.text("--database"))?;
    let _phones = Sipp::phones(phones_at)?;
    // First some calls that end, so that what is made once is made.
    Sipp::callers(house.sip, 20, 40, 500)?.finish()?;
    let before = proc::resident_kb(house.pid())?;
    let ramp = Duration::from_secs(u64::from(calls / rate));
    let hold = ramp.as_millis() as u32 + 8_000;
    let callers = Sipp::callers(house.sip, rate, calls, hold)?;
    std::thread::park_timeout(ramp + Duration::from_secs(4));
    let during = proc::resident_kb(house.pid())?;
    let (good, bad, _) = callers.finish()?;
    println!(
        "memory calls={calls} good={good} failed={bad} before={before}kB during={during}kB per_call={:.1}kB",
        during.saturating_sub(before) as f64 / f64::from(calls),
    );
    Ok(())
}

/// A running SIPp with its statistics file.
pub(crate) struct Sipp {
    child: Child,
    statistics: PathBuf,
}

impl Sipp {
    pub(crate) fn phones(port: u16) -> Outcome<Sipp> {
        Sipp::start("load_phone.xml", &[], port)
    }

    pub(crate) fn callers(target: u16, rate: u32, calls: u32, talk_ms: u32) -> Outcome<Sipp> {
        let target = format!("127.0.0.1:{target}");
        let (rate, calls, talk) = (rate.to_string(), calls.to_string(), talk_ms.to_string());
        let more = [
            &target, "-s", "1203", "-r", &rate, "-m", &calls, "-d", &talk, "-timeout", "300",
        ];
        Sipp::start("load_caller.xml", &more, free_port()?)
    }

    fn start(scenario: &str, more: &[&str], port: u16) -> Outcome<Sipp> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("load")
            .join(scenario);
        let statistics = std::env::temp_dir().join(format!("kring-load-{port}.csv"));
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
                "15000",
            ])
            .args([
                "-recv_timeout",
                "60000",
                "-buff_size",
                "8000000",
                "-trace_stat",
                "-fd",
                "1",
                "-stf",
            ])
            .arg(&statistics)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|refused| format!("sipp (Debian: sip-tester): {refused}"))?;
        Ok(Sipp { child, statistics })
    }

    /// Successful calls, failed calls, retransmissions.
    pub(crate) fn finish(mut self) -> Outcome<(u32, u32, u32)> {
        self.child.wait()?;
        let text = std::fs::read_to_string(&self.statistics)?;
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
        Ok((
            of("SuccessfulCall(C)"),
            of("FailedCall(C)"),
            of("Retransmissions(C)"),
        ))
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.statistics);
    }
}
