//! Ports for the programs of a test. A port is bound by a program some time after it was handed out, so two things keep
//! it free until then: nobody else who asks here gets it while this process lives, and it lies where neither the kernel
//! (which picks from 32768 upwards for every connection) nor kring (sound, from 20000) picks one by itself.

use std::{
    net::{TcpListener, UdpSocket},
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixDatagram},
    },
    sync::{
        Mutex,
        atomic::{AtomicU16, Ordering},
    },
};

/// Pairs of an even port and the odd one after it, from here on.
const FIRST: u16 = 10_000;
const PAIRS: u16 = 4_900;

/// What says that a pair is ours, until this process ends.
static OURS: Mutex<Vec<UnixDatagram>> = Mutex::new(Vec::new());
/// Where to look next. Processes begin at different places, so that a port rests between two programs.
static NEXT: AtomicU16 = AtomicU16::new(0);

/// A port that nobody uses, for UDP and TCP. The one after it is free as well: baresip listens for TLS there whether it
/// is asked to or not, and does not start when it cannot; RTCP arrives there.
pub fn free_port() -> u16 {
    let begin = u16::try_from(std::process::id() * 37 % u32::from(PAIRS)).expect("it is below");
    for _ in 0..PAIRS {
        let nth = (begin + NEXT.fetch_add(1, Ordering::Relaxed)) % PAIRS;
        let port = FIRST + 2 * nth;
        if claim(port) && is_free(port) && is_free(port + 1) {
            return port;
        }
    }
    panic!("all ports from {FIRST} on are taken");
}

/// A name that only one process can have, and that goes with it (a socket in Linux's abstract namespace): unlike a lock on a
/// file it leaves nothing behind.
fn claim(port: u16) -> bool {
    let name = SocketAddr::from_abstract_name(format!("kring-tests-port-{port}"));
    let claimed = UnixDatagram::bind_addr(&name.expect("a short name"));
    let Ok(claimed) = claimed else {
        return false;
    };
    OURS.lock().expect("nobody panics with it").push(claimed);
    true
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("0.0.0.0", port)).is_ok() && UdpSocket::bind(("0.0.0.0", port)).is_ok()
}
