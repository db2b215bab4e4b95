//! The messages that the world around a measured house sends.

use kring_call::Input;
use kring_sip::{Peer, Transport};
use std::net::SocketAddr;

pub(super) fn datagram(from: Peer, text: String) -> Input {
    let bytes = text.into_bytes().into();
    Input::Datagram { from, bytes }
}

pub(super) fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let line = message.lines().find(|line| line.starts_with(name));
    line.expect("every message has it")
}

pub(super) fn answer_of(invite: &str, status: &str) -> String {
    let [via, from, to, call_id, cseq] =
        ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].map(|name| header(invite, name));
    format!(
        "SIP/2.0 {status}\r\n{via}\r\n{from}\r\n{to};tag=phone\r\n{call_id}\r\n{cseq}\r\n\
         Contact: <sip:agent@192.0.2.9>\r\nContent-Length: 0\r\n\r\n"
    )
}

pub(super) fn ack_of(ok: &str, n: u64) -> String {
    let [from, to, call_id] = ["From:", "To:", "Call-ID:"].map(|name| header(ok, name));
    format!(
        "ACK sip:kring@192.0.2.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKa{n}\r\n\
         Max-Forwards: 70\r\n{from}\r\n{to}\r\n{call_id}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n"
    )
}

pub(super) const PBX: [u8; 4] = [192, 0, 2, 10];

pub(super) fn at(host: [u8; 4]) -> Peer {
    Peer {
        transport: Transport::Udp,
        address: SocketAddr::from((host, 5060)),
    }
}
