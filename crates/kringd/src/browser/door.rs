//! The port of all browsers: one, for every agent. Which leg a datagram is for is told by where it comes from, and of a
//! newcomer by the name in its first word (STUN's USERNAME, RFC 8445 §7.2.2).
//!
//! One port because a firewall then has one rule, however many agents there are, and because a range would have to be as
//! wide as the house has seats twice over: a reload has two legs for a moment. The price is one socket's buffer for all.

use super::limits::BROWSERS_BACKLOG;
use rustix::net::sockopt;
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
};

/// Expedited forwarding (RFC 3246), which networks give to speech.
const SPEECH_TOS: u8 = 46 << 2;

/// One socket and the address by which browsers know it.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) socket: UdpSocket,
    /// What candidates say; replies leave from it where it is an address of this machine.
    pub(super) told: SocketAddr,
}

/// The sockets: one for each address that browsers are told, where this machine has it; else one for all.
#[derive(Debug, Default)]
pub(super) struct Doors(Vec<Door>);

impl Doors {
    /// Binds the port, 0 for a free one.
    pub(super) fn bind(told: &[IpAddr], port: u16) -> io::Result<Doors> {
        let mut doors = Vec::new();
        let mut port = port;
        for ip in told {
            match socket(*ip, port) {
                Ok(socket) => {
                    let bound = socket.local_addr()?;
                    // The next address has the same port as the first.
                    port = bound.port();
                    doors.push(Door {
                        socket,
                        told: bound,
                    });
                }
                // The address is another machine's, which passes the port on to this one.
                Err(refused) if refused.kind() == io::ErrorKind::AddrNotAvailable => {
                    return Doors::for_all(told, port);
                }
                Err(refused) => return Err(refused),
            }
        }
        Ok(Doors(doors))
    }

    fn for_all(told: &[IpAddr], port: u16) -> io::Result<Doors> {
        let mut doors = Vec::new();
        for (is_v4, any) in [
            (true, IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            (false, IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
        ] {
            let Some(ip) = told.iter().find(|ip| ip.is_ipv4() == is_v4) else {
                continue;
            };
            let socket = socket(any, port)?;
            let port = socket.local_addr()?.port();
            doors.push(Door {
                socket,
                told: SocketAddr::new(*ip, port),
            });
        }
        Ok(Doors(doors))
    }

    pub(super) fn all(&self) -> &[Door] {
        &self.0
    }

    /// Sends from the address that the browser speaks to. What cannot leave is lost, as the net may do.
    pub(super) fn send(&self, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        let door = self.0.iter().find(|door| door.told == from);
        let family = |door: &&Door| door.told.is_ipv4() == to.is_ipv4();
        if let Some(door) = door.or_else(|| self.0.iter().find(family)) {
            let _ = door.socket.send_to(bytes, to);
        }
    }
}

fn socket(ip: IpAddr, port: u16) -> io::Result<UdpSocket> {
    let address = SocketAddr::new(ip, port);
    let socket = socket2::Socket::new(
        socket2::Domain::for_address(address),
        socket2::Type::DGRAM,
        Some(socket2::Protocol::UDP),
    )?;
    if ip.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    let socket = UdpSocket::from(socket);
    socket.set_nonblocking(true)?;
    // Wishes, not needs: sound flows without them.
    let _ = sockopt::set_socket_recv_buffer_size(&socket, BROWSERS_BACKLOG);
    let _ = match ip {
        IpAddr::V4(_) => sockopt::set_ip_tos(&socket, SPEECH_TOS),
        IpAddr::V6(_) => sockopt::set_ipv6_tclass(&socket, u32::from(SPEECH_TOS)),
    };
    Ok(socket)
}

/// The ufrag of ours that a binding request asks for; none: it is no such request.
pub(super) fn asked_for(datagram: &[u8]) -> Option<&str> {
    const HEADER: usize = 20;
    const BINDING: [u8; 2] = [0, 1];
    const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
    const USERNAME: u16 = 6;
    if datagram.get(..2)? != BINDING || datagram.get(4..8)? != COOKIE {
        return None;
    }
    let mut rest = datagram.get(HEADER..)?;
    while let [a, b, c, d, value @ ..] = rest {
        let (kind, length) = (
            u16::from_be_bytes([*a, *b]),
            usize::from(u16::from_be_bytes([*c, *d])),
        );
        let text = value.get(..length)?;
        if kind == USERNAME {
            return std::str::from_utf8(text).ok()?.split(':').next();
        }
        rest = value.get(length.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newcomer_says_for_whom() {
        let mut asks = vec![0, 1, 0, 20, 0x21, 0x12, 0xa4, 0x42];
        asks.extend([0; 12]);
        asks.extend([0x80, 0x22, 0, 3, b'x', b'y', b'z', 0]);
        asks.extend([0, 6, 0, 7]);
        asks.extend(b"abcd:ef\0");
        assert_eq!(asked_for(&asks), Some("abcd"));
        assert_eq!(asked_for(&asks[..asks.len() - 6]), None, "cut off");
        asks[1] = 0x11;
        assert_eq!(asked_for(&asks), None, "an indication");
        assert_eq!(asked_for(&[0x80, 8, 1, 2]), None);
    }

    #[test]
    fn an_address_of_another_machine_is_served_from_all() {
        let doors = Doors::bind(&["192.0.2.77".parse().unwrap()], 0).unwrap();
        let [door] = doors.all() else {
            panic!("one door");
        };
        assert_eq!(door.told.ip().to_string(), "192.0.2.77");
        assert!(door.socket.local_addr().unwrap().ip().is_unspecified());
        let doors = Doors::bind(&["127.0.0.1".parse().unwrap()], 0).unwrap();
        assert!(doors.all()[0].told.ip().is_loopback());
    }
}
