//! What the agents' screens cost the daemon: the same calls without a socket, and with one for each agent.

use crate::{
    Options, Outcome,
    house::{House, free_port},
    proc, screen,
    signalling::Sipp,
};
use std::time::{Duration, Instant};

/// How long each call talks, ms.
const TALK_MS: u32 = 1_000;

/// CPU of the daemon in percent of a core, with and without sockets, and how late pops are.
pub(crate) fn cost(options: &Options) -> Outcome<()> {
    let agents = options.number("--agents", 200)?;
    let rate = options.number("--rate", 20)?;
    let seconds = options.number("--seconds", 15)?;
    let without = share(agents, 0, rate, seconds)?;
    let with = share(agents, agents, rate, seconds)?;
    println!(
        "screens agents={agents} rate={rate}/s seconds={seconds} without={:.1}% with={:.1}% sockets={:.1}% of a core, frames={}/s",
        without.cpu_pct,
        with.cpu_pct,
        with.cpu_pct - without.cpu_pct,
        with.frames / u64::from(seconds),
    );
    Ok(())
}

struct Share {
    cpu_pct: f64,
    frames: u64,
}

fn share(agents: u32, sockets: u32, rate: u32, seconds: u32) -> Outcome<Share> {
    let phones_at = free_port()?;
    let house = House::open(agents, phones_at, None)?;
    let _phones = Sipp::phones(phones_at)?;
    let screens: Vec<_> = (0..sockets)
        .map(|agent| screen::open(&house, agent))
        .collect::<Outcome<_>>()?;
    // What is made once is made.
    Sipp::callers(house.sip, rate, rate * 2, TALK_MS)?.finish()?;
    let heard = || screens.iter().map(screen::Screen::frames).sum::<u64>();
    let (cpu, frames, began) = (proc::cpu_seconds(house.pid())?, heard(), Instant::now());
    let (good, bad, _) = Sipp::callers(house.sip, rate, rate * seconds, TALK_MS)?.finish()?;
    std::thread::park_timeout(Duration::from_secs(1));
    let used = proc::cpu_seconds(house.pid())? - cpu;
    let cpu_pct = used * 100.0 / began.elapsed().as_secs_f64();
    println!("screens sockets={sockets} good={good} failed={bad} cpu={used:.2}s");
    Ok(Share {
        cpu_pct,
        frames: heard() - frames,
    })
}
