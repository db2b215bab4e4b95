//! Phones that answer at once.

use super::{description, header, target};
use crate::Outcome;
use std::{
    collections::HashMap,
    net::{SocketAddr, UdpSocket},
    sync::{Arc, Mutex, PoisonError},
};

/// All phones, on one socket and a thread that ends with the process.
pub(crate) struct Phones {
    port: u16,
    legs: Arc<Mutex<Legs>>,
}

#[derive(Default)]
struct Legs {
    /// Which leg a Call-ID is, for repeated INVITEs.
    known: HashMap<String, usize>,
    sounds: Vec<(usize, SocketAddr)>,
}

impl Phones {
    pub(crate) fn open(rtp: Vec<u16>) -> Outcome<Phones> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        let port = socket.local_addr()?.port();
        let legs = Arc::new(Mutex::new(Legs::default()));
        let shared = legs.clone();
        std::thread::spawn(move || answer_all(&socket, port, &rtp, &shared));
        Ok(Phones { port, legs })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// By which of its sockets each phone speaks, and to where.
    pub(crate) fn targets(&self) -> Vec<(usize, SocketAddr)> {
        let legs = self.legs.lock().unwrap_or_else(PoisonError::into_inner);
        legs.sounds.clone()
    }
}

fn answer_all(socket: &UdpSocket, port: u16, rtp: &[u16], legs: &Mutex<Legs>) {
    let mut buffer = [0; 8_192];
    while let Ok((length, from)) = socket.recv_from(&mut buffer) {
        let message = String::from_utf8_lossy(&buffer[..length]);
        if message.starts_with("SIP/2.0 ") || message.starts_with("ACK ") {
            continue;
        }
        let say = |status: &str, body: &str| {
            if let Some(response) = response(&message, status, port, body) {
                let _ = socket.send_to(response.as_bytes(), from);
            }
        };
        if !message.starts_with("INVITE ") {
            say("200 OK", "");
            continue;
        }
        let (Some(id), Some(sound)) = (header(&message, "Call-ID"), target(&message)) else {
            continue;
        };
        let leg = {
            let mut legs = legs.lock().unwrap_or_else(PoisonError::into_inner);
            let next = legs.sounds.len();
            let leg = *legs.known.entry(id.to_owned()).or_insert(next);
            if leg == next {
                legs.sounds.push((leg % rtp.len(), sound));
            }
            leg
        };
        say("180 Ringing", "");
        say("200 OK", &description(rtp[leg % rtp.len()]));
    }
}

/// Echoes what a response must echo.
fn response(request: &str, status: &str, port: u16, body: &str) -> Option<String> {
    let vias: String = request
        .split("\r\n")
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("Via:") || line.starts_with("Record-Route:"))
        .flat_map(|line| [line, "\r\n"])
        .collect();
    let to = header(request, "To")?;
    let tag = if to.contains(";tag=") {
        ""
    } else {
        ";tag=phone"
    };
    let kind = if body.is_empty() {
        ""
    } else {
        "Content-Type: application/sdp\r\n"
    };
    Some(format!(
        "SIP/2.0 {status}\r\n{vias}From: {}\r\nTo: {to}{tag}\r\nCall-ID: {}\r\nCSeq: {}\r\n\
         Contact: <sip:phone@127.0.0.1:{port}>\r\n{kind}Content-Length: {}\r\n\r\n{body}",
        header(request, "From")?,
        header(request, "Call-ID")?,
        header(request, "CSeq")?,
        body.len(),
    ))
}
