//! Callers who wait with music: what they cost the daemon.

use crate::{
    Options, Outcome,
    house::House,
    proc,
    sound::{Callers, Direction, Listening, Streams, ports, sockets},
};
use std::time::{Duration, Instant};

/// After the last caller has come, so long until all that is said once has been said.
const SAID_AFTER: Duration = Duration::from_secs(30);

/// Calls that are made and ended before anything is counted.
const FIRST: u32 = 40;

/// Packets that a waiting caller is sent in a second.
const PACKETS: f64 = 50.0;

/// Nobody is signed in, so everybody waits at once.
const TABLES: &str = "[[queue]]\nname = \"load\"\nmax_wait_s = 0\nannounce_every_s = 0\n";

/// CPU of a core, memory per caller, and whether every packet came.
pub(crate) fn music(options: &Options) -> Outcome<()> {
    let calls = options.number("--calls", 500)?;
    let rate = options.number("--rate", 50)?.max(1);
    let length = Duration::from_secs(u64::from(options.number("--seconds", 10)?));
    let ends = sockets()?;
    let house = House::unstaffed(TABLES)?;
    // First some calls that end, so that what is made once is made.
    let mut first = Callers::open(house.sip, ports(&ends)?)?.numbered_from(calls);
    first.call(FIRST, rate)?;
    first.hang_up(rate)?;
    let mut callers = Callers::open(house.sip, ports(&ends)?)?;
    let empty = proc::resident_kb(house.pid())?;
    let ears = Direction {
        from: ends,
        to: Vec::new(),
    };
    let mute = Direction {
        from: Vec::new(),
        to: Vec::new(),
    };
    let streams = Streams::start([ears, mute], Listening::NowAndThen)?;
    callers.call(calls, rate)?;
    let up = callers.targets().len();
    if up == 0 {
        return Err("no call was answered".into());
    }
    std::thread::sleep(SAID_AFTER);
    for run in 0..options.number("--runs", 3)? {
        let (cpu, began) = (proc::cpu_seconds(house.pid())?, Instant::now());
        let before = streams.count();
        std::thread::sleep(length);
        let got = streams.count().since(&before).got as f64;
        let wall = began.elapsed().as_secs_f64();
        let used = proc::cpu_seconds(house.pid())? - cpu;
        println!(
            "waiting calls={up} failed={} run={run} wall={wall:.1}s packets={:.2}% of due cpu={:.1}% of a core \
             per_call={:.1}kB",
            calls as usize - up,
            100.0 * got / (PACKETS * wall * up as f64),
            100.0 * used / wall,
            proc::resident_kb(house.pid())?.saturating_sub(empty) as f64 / up as f64,
        );
    }
    streams.stop();
    let ended = callers.hang_up(rate)?;
    println!("waiting ended={ended} of {up}");
    Ok(())
}
