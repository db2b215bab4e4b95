//! Who is measured: each with its calls set up, ready for sound.

use super::{
    batch::{of_four, socket},
    generator::Direction,
    rtpengine::Rtpengine,
};
use crate::{
    Outcome,
    house::House,
    proc,
    sound::{Callers, Phones, ports},
};
use std::{
    any::Any,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
    process::{Child, ChildStdin, Command, Stdio},
};

/// Sockets of the generator on each side, shared by the calls.
const SOCKETS: usize = 4;

/// Calls a second while they are set up.
const RATE: u32 = 60;

/// One of them. It ends when dropped.
pub(super) struct Peer {
    pub(super) name: &'static str,
    pub(super) calls: u32,
    pub(super) pid: Option<u32>,
    /// Its resident memory before its first call.
    pub(super) empty_kb: u64,
    pub(super) directions: [Direction; 2],
    _keeps: Box<dyn Any>,
}

/// All, or those that `only` names: `straight forwarder kring recording rtpengine`.
pub(super) fn open(calls: u32, only: &str) -> Outcome<Vec<Peer>> {
    let wanted = |name: &str| only.is_empty() || only.split_whitespace().any(|one| one == name);
    let mut peers = Vec::new();
    if wanted("straight") {
        peers.push(straight(calls)?);
    }
    if wanted("forwarder") {
        peers.push(forwarder(calls)?);
    }
    if wanted("kring") {
        peers.push(kring("kring", calls, "rtp_ports = \"33000-40999\"")?);
    }
    if wanted("recording") {
        let media = "rtp_ports = \"41000-48999\"\nrecord = \"all\"\nrecord_notice = false";
        match kring("kring, recording", calls, media) {
            Ok(peer) => peers.push(peer),
            Err(why) => println!("kring that records is left out: {why}."),
        }
    }
    if wanted("rtpengine") {
        match rtpengine(calls)? {
            Some(peer) => peers.push(peer),
            None => {
                println!("rtpengine is left out: it is not installed (Debian: rtpengine-daemon).")
            }
        }
    }
    Ok(peers)
}

/// The generator's own ends.
struct Ends {
    callers: Vec<UdpSocket>,
    phones: Vec<UdpSocket>,
}

impl Ends {
    fn open() -> Outcome<Ends> {
        let sockets = || {
            (0..SOCKETS)
                .map(|_| socket())
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Ends {
            callers: sockets()?,
            phones: sockets()?,
        })
    }

    /// With where the callers and the phones speak to, by which socket.
    fn speak(
        self,
        callers: Vec<(usize, SocketAddrV4)>,
        phones: Vec<(usize, SocketAddrV4)>,
    ) -> [Direction; 2] {
        let (from, to) = (self.callers, callers);
        let caller = Direction { from, to };
        let (from, to) = (self.phones, phones);
        [caller, Direction { from, to }]
    }
}

/// Nothing between them: what the generator and the loopback take.
fn straight(calls: u32) -> Outcome<Peer> {
    let ends = Ends::open()?;
    let to = |ports: Vec<u16>| {
        let to = |n: usize| (n % SOCKETS, local(ports[n % SOCKETS]));
        (0..calls as usize).map(to).collect()
    };
    let (callers, phones) = (to(ports(&ends.phones)?), to(ports(&ends.callers)?));
    Ok(Peer {
        name: "nothing between",
        calls,
        pid: None,
        empty_kb: 0,
        directions: ends.speak(callers, phones),
        _keeps: Box::new(()),
    })
}

struct Forwarder(Child, Option<ChildStdin>);

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.1.take();
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn forwarder(calls: u32) -> Outcome<Peer> {
    let ends = Ends::open()?;
    let named = [ports(&ends.callers)?, ports(&ends.phones)?].concat();
    let named: Vec<String> = named.iter().map(ToString::to_string).collect();
    let mut child = Command::new(std::env::current_exe()?)
        .args(["forwarder", "--calls", &calls.to_string()])
        .args(["--ends", &named.join(" ")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let (stdin, out) = (child.stdin.take(), child.stdout.take());
    let child = Forwarder(child, stdin);
    let mut told = String::new();
    BufReader::new(out.ok_or("no output")?).read_line(&mut told)?;
    let told: Result<Vec<u16>, _> = told.split_whitespace().map(str::parse).collect();
    let told = told?;
    if told.len() != 2 * calls as usize {
        return Err("the forwarder did not start: are enough files allowed (ulimit -n)?".into());
    }
    let to = |first: usize| {
        let ports = told.iter().skip(first).step_by(2).enumerate();
        ports.map(|(n, port)| (n % SOCKETS, local(*port))).collect()
    };
    let pid = child.0.id();
    Ok(Peer {
        name: "bare forwarder",
        calls,
        pid: Some(pid),
        empty_kb: proc::resident_kb(pid)?,
        directions: ends.speak(to(0), to(1)),
        _keeps: Box::new(child),
    })
}

fn kring(name: &'static str, calls: u32, media: &str) -> Outcome<Peer> {
    let ends = Ends::open()?;
    let phones = Phones::open(ports(&ends.phones)?)?;
    // Between two rounds nobody speaks.
    let tables = format!(
        "[[trunk]]\nname = \"load\"\naddress = \"127.0.0.1:5998\"\npeers = [\"127.0.0.0/8\"]\n\
         [media]\ndead_after_s = 3600\n{media}\n"
    );
    let port = phones.port();
    let house = House::at(calls + 8, &tables, |_| port)?;
    let mut callers = Callers::open(house.sip, ports(&ends.callers)?)?;
    let empty_kb = proc::resident_kb(house.pid())?;
    callers.call(calls, RATE)?;
    let four = |targets: Vec<(usize, std::net::SocketAddr)>| {
        let four = |(by, to)| (by, of_four(to));
        targets.into_iter().map(four).collect::<Vec<_>>()
    };
    let (to_callers, to_phones) = (four(callers.targets()), four(phones.targets()));
    let up = to_callers.len().min(to_phones.len());
    if up < calls as usize {
        return Err(format!("only {up} of {calls} calls were answered").into());
    }
    Ok(Peer {
        name,
        calls,
        pid: Some(house.pid()),
        empty_kb,
        directions: ends.speak(to_callers, to_phones),
        _keeps: Box::new((callers, phones, house)),
    })
}

fn rtpengine(calls: u32) -> Outcome<Option<Peer>> {
    let Some(mut rtpengine) = Rtpengine::open((49_000, 58_999))? else {
        return Ok(None);
    };
    let ends = Ends::open()?;
    let (caller_ports, phone_ports) = (ports(&ends.callers)?, ports(&ends.phones)?);
    let empty_kb = proc::resident_kb(rtpengine.pid())?;
    let (mut callers, mut phones) = (Vec::new(), Vec::new());
    for n in 0..calls as usize {
        let by = n % SOCKETS;
        let [caller, phone] = rtpengine.call(n, caller_ports[by], phone_ports[by])?;
        callers.push((by, caller));
        phones.push((by, phone));
    }
    Ok(Some(Peer {
        name: "rtpengine",
        calls,
        pid: Some(rtpengine.pid()),
        empty_kb,
        directions: ends.speak(callers, phones),
        _keeps: Box::new(rtpengine),
    }))
}

fn local(port: u16) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)
}
