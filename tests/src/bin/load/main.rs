//! Load on the whole daemon, read from `/proc/PID`: CPU per call, memory per call, and the time from an
//! INVITE to the pop. Everything runs on 127.0.0.1, is bounded in count and time, and ends by itself.
//!
//! ```text
//! load signalling --rate 100 --seconds 10     CPU seconds per 1,000 calls
//! load memory --calls 1000 --rate 100         kB per concurrent call
//! load sound --calls 500 --seconds 10         CPU seconds per million relayed RTP packets
//! load rtp --sizes "100 500 1500"             the same beside a bare forwarder and rtpengine (tests/load/rtp)
//! load waiting --calls 500 --seconds 10     CPU and memory of callers who wait with music
//! load pop --rate 20 --count 400 [--database sqlite:PATH]   INVITE to call.offered
//! load floods --seconds 10                    an honest caller beside floods: success, set-up time
//! load rings --calls 200 --rate 2 --agents 40 [--plan longest_idle:2,all:1]   rings at phones that are captured
//! load screens --agents 200 --rate 20 --seconds 15   what the agents' sockets cost: CPU with and without them
//! load registrations --count 10000 --seconds 130   phones that refresh every 60 s: CPU, memory, refusals
//! ```
//! `KRINGD` names the binary; the default is the release build beside this one. SIPp plays PBX and phones
//! (Debian: `sip-tester`); what passes is captured by dumpcap and read by tshark (Debian: `tshark`).

mod floods;
mod house;
mod pop;
mod proc;
mod registrations;
mod rings;
mod rtp;
mod screen;
mod screens;
mod signalling;
mod sound;
mod waiting;

use std::{collections::HashMap, process::ExitCode};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let options = match Options::read(arguments) {
        Ok(options) => options,
        Err(wrong) => return usage(&wrong),
    };
    let done = match what.as_str() {
        "signalling" => signalling::rate(&options),
        "memory" => signalling::memory(&options),
        "sound" => sound::relay(&options),
        "rtp" => rtp::compare(&options),
        "forwarder" => rtp::forward(&options),
        "waiting" => waiting::music(&options),
        "pop" => pop::latency(&options),
        "floods" => floods::beside(&options),
        "rings" => rings::in_real_time(&options),
        "screens" => screens::cost(&options),
        "registrations" => registrations::refresh(&options),
        _ => return usage("say what to measure"),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("load: {failed}");
            ExitCode::from(70)
        }
    }
}

fn usage(wrong: &str) -> ExitCode {
    eprintln!(
        "load: {wrong}. Use: load signalling|memory|sound|rtp|waiting|pop|floods|rings|screens|registrations [--rate N] [--seconds N] [--calls N] [--count N] [--runs N] [--agents N] [--plan HOPS] [--database URL]"
    );
    ExitCode::from(64)
}

/// What can go wrong is told in words; nobody handles it.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// `--name value` pairs.
struct Options(HashMap<String, String>);

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
        let mut options = HashMap::new();
        while let Some(name) = arguments.next() {
            let known = [
                "--rate",
                "--seconds",
                "--calls",
                "--count",
                "--runs",
                "--database",
                "--agents",
                "--plan",
                "--sizes",
                "--rounds",
                "--only",
                "--ends",
            ];
            if !known.contains(&name.as_str()) {
                return Err(format!("{name} is no option"));
            }
            let value = arguments
                .next()
                .ok_or_else(|| format!("{name} needs a value"))?;
            options.insert(name, value);
        }
        Ok(Options(options))
    }

    fn number(&self, name: &str, default: u32) -> Outcome<u32> {
        match self.0.get(name) {
            Some(text) => Ok(text
                .parse()
                .map_err(|_| format!("{name} {text} is no number"))?),
            None => Ok(default),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}
