//! Sound through the whole daemon: calls set up by SIP, then RTP both ways at 50 packets a second each.

mod callers;
mod phones;
mod streams;

use crate::{Options, Outcome, house::House, proc};
pub(crate) use callers::Callers;
pub(crate) use phones::Phones;
use std::{
    net::{SocketAddr, UdpSocket},
    time::{Duration, Instant},
};
pub(crate) use streams::{Direction, Listening, Streams};

/// Sockets on each side, shared by the calls, so that none has to hold more than a few packets at once.
const SOCKETS: usize = 16;

/// Streams run so long before anything is counted.
const WARM_UP: Duration = Duration::from_secs(2);

/// CPU seconds per million relayed packets, loss, delay and memory per call.
pub(crate) fn relay(options: &Options) -> Outcome<()> {
    let calls = options.number("--calls", 500)?;
    let rate = options.number("--rate", 50)?.max(1);
    let length = Duration::from_secs(u64::from(options.number("--seconds", 10)?));
    let (caller_ends, phone_ends) = (sockets()?, sockets()?);
    let phones = Phones::open(ports(&phone_ends)?)?;
    let house = House::open(calls + 8, phones.port(), options.text("--database"))?;
    let mut callers = Callers::open(house.sip, ports(&caller_ends)?)?;
    let empty = proc::resident_kb(house.pid())?;
    callers.call(calls, rate)?;
    let to_callers_ports = callers.targets();
    let to_phones_ports = phones.targets();
    let up = to_callers_ports.len().min(to_phones_ports.len());
    if up == 0 {
        return Err("no call was answered".into());
    }
    let directions = [
        Direction {
            from: caller_ends,
            to: to_callers_ports,
        },
        Direction {
            from: phone_ends,
            to: to_phones_ports,
        },
    ];
    let streams = Streams::start(directions, Listening::AtOnce)?;
    for run in 0..options.number("--runs", 3)? {
        std::thread::sleep(WARM_UP);
        let (cpu, began) = (proc::cpu_seconds(house.pid())?, Instant::now());
        let before = streams.count();
        std::thread::sleep(length);
        let heard = streams.count().since(&before);
        let used = proc::cpu_seconds(house.pid())? - cpu;
        println!(
            "sound calls={up} failed={} run={run} wall={:.1}s sent={} got={} loss={:.4}% cpu={used:.2}s \
             cpu_per_million={:.2}s p50={}us p99={}us late_ticks={} per_call={:.1}kB",
            calls as usize - up,
            began.elapsed().as_secs_f64(),
            heard.sent,
            heard.got,
            heard.loss_percent(),
            used / heard.got.max(1) as f64 * 1e6,
            heard.delay_us(50),
            heard.delay_us(99),
            heard.late_ticks,
            proc::resident_kb(house.pid())?.saturating_sub(empty) as f64 / up as f64,
        );
    }
    streams.stop();
    let ended = callers.hang_up(rate)?;
    println!("sound ended={ended} of {up}");
    Ok(())
}

pub(crate) fn sockets() -> Outcome<Vec<UdpSocket>> {
    let bound: Result<Vec<_>, _> = (0..SOCKETS)
        .map(|_| UdpSocket::bind("127.0.0.1:0"))
        .collect();
    Ok(bound?)
}

pub(crate) fn ports(sockets: &[UdpSocket]) -> Outcome<Vec<u16>> {
    let ports: Result<Vec<_>, _> = sockets
        .iter()
        .map(|socket| socket.local_addr().map(|at| at.port()))
        .collect();
    Ok(ports?)
}

/// A description with this RTP port.
fn description(port: u16) -> String {
    format!(
        "v=0\r\no=u 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
    )
}

/// Where a message's description wants sound. The generator reads SDP by its own, simpler means.
fn target(message: &str) -> Option<SocketAddr> {
    let after = |key: &str| {
        message
            .split("\r\n")
            .find_map(|line| line.strip_prefix(key))
    };
    let ip = after("c=IN IP4 ")?.trim().parse().ok()?;
    let port = after("m=audio ")?.split(' ').next()?.parse().ok()?;
    Some(SocketAddr::new(ip, port))
}

/// The value of the first header of this name.
fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    message
        .split("\r\n")
        .take_while(|line| !line.is_empty())
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .map(str::trim)
}
