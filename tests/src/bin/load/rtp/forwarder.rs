//! The bare forwarder: two sockets a call, epoll, and for each packet one receive and one send. It knows no calls, no sources
//! and no numbers, so this is what the kernel alone takes. A process of its own, so that its CPU time is its own.

use crate::{Options, Outcome};
use rustix::{
    buffer::spare_capacity,
    event::epoll,
    net::{RecvFlags, SendFlags, recv, sendto, sockopt},
};
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
};

/// `forwarder --calls N --ends "CALLERS… PHONES…"`: binds two ports a call, prints them, and forwards until its input ends.
pub(crate) fn forward(options: &Options) -> Outcome<()> {
    let calls = options.number("--calls", 1)? as usize;
    let ends: Result<Vec<u16>, _> = options
        .text("--ends")
        .unwrap_or_default()
        .split_whitespace()
        .map(str::parse)
        .collect();
    let ends = ends?;
    let (callers, phones) = ends.split_at(ends.len() / 2);
    if callers.is_empty() {
        return Err("--ends names no ports".into());
    }
    let sockets: Result<Vec<UdpSocket>, _> = (0..2 * calls)
        .map(|_| UdpSocket::bind("127.0.0.1:0"))
        .collect();
    let sockets = sockets?;
    // What comes by an even one, from a caller, leaves by the odd one after it, to a phone.
    let to = |n: usize| {
        let ends = if n % 2 == 0 { phones } else { callers };
        SocketAddrV4::new(Ipv4Addr::LOCALHOST, ends[n / 2 % ends.len()])
    };
    let targets: Vec<SocketAddrV4> = (0..2 * calls).map(to).collect();
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let mut ports = String::new();
    for (n, socket) in sockets.iter().enumerate() {
        sockopt::set_socket_recv_buffer_size(socket, 1 << 20)?;
        let token = epoll::EventData::new_u64(n as u64);
        epoll::add(&epoll, socket, token, epoll::EventFlags::IN)?;
        ports += &format!("{} ", socket.local_addr()?.port());
    }
    println!("{ports}");
    std::io::stdout().flush()?;
    std::thread::spawn(|| {
        // Whoever measures has gone.
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    let mut ready = Vec::with_capacity(256);
    let mut packet = [0_u8; 1_500];
    loop {
        ready.clear();
        epoll::wait(&epoll, spare_capacity(&mut ready), None)?;
        for event in &ready {
            let n = event.data.u64() as usize;
            let came = recv(&sockets[n], &mut packet, RecvFlags::DONTWAIT);
            if let Ok((length, _)) = came {
                let _ = sendto(
                    &sockets[n ^ 1],
                    &packet[..length],
                    SendFlags::empty(),
                    &targets[n],
                );
            }
        }
    }
}
