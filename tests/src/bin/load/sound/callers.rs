//! Callers that talk till they are told to hang up.

use super::{description, header, target};
use crate::Outcome;
use std::{
    collections::HashMap,
    net::{SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

/// Answers are awaited so long after the last INVITE or BYE.
const PATIENCE: Duration = Duration::from_secs(20);

/// All callers, on one socket.
pub(crate) struct Callers {
    socket: UdpSocket,
    daemon: SocketAddr,
    at: SocketAddr,
    rtp: Vec<u16>,
    /// The number of the first.
    first: u32,
    /// By the number in the Call-ID.
    answered: HashMap<u32, Answered>,
    refused: u32,
    ended: u32,
}

/// What an in-dialog request needs.
struct Answered {
    sound: SocketAddr,
    contact: String,
    to: String,
}

impl Callers {
    pub(crate) fn open(daemon: u16, rtp: Vec<u16>) -> Outcome<Callers> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        let at = socket.local_addr()?;
        Ok(Callers {
            socket,
            daemon: SocketAddr::from(([127, 0, 0, 1], daemon)),
            at,
            rtp,
            first: 0,
            answered: HashMap::new(),
            refused: 0,
            ended: 0,
        })
    }

    /// Numbers them from here on: no other callers of this process have their Call-IDs.
    pub(crate) fn numbered_from(mut self, first: u32) -> Callers {
        self.first = first;
        self
    }

    /// By which of its sockets each caller speaks, and to where.
    pub(crate) fn targets(&self) -> Vec<(usize, SocketAddr)> {
        let target = |(call, answered): (&u32, &Answered)| (self.end(*call), answered.sound);
        self.answered.iter().map(target).collect()
    }

    fn end(&self, call: u32) -> usize {
        call as usize % self.rtp.len()
    }

    /// Makes so many calls at this rate and waits until each is answered or refused.
    pub(crate) fn call(&mut self, calls: u32, rate: u32) -> Outcome<()> {
        let began = Instant::now();
        for n in 0..calls {
            let call = self.first + n;
            self.listen_until(began + Duration::from_secs(1) * n / rate)?;
            let body = description(self.rtp[self.end(call)]);
            let uri = format!("sip:1203@{}", self.daemon);
            self.request("INVITE", 1, call, &uri, &format!("<{uri}>"), &body)?;
        }
        self.listen_while(|own| own.answered.len() as u32 + own.refused < calls)?;
        Ok(())
    }

    /// Ends them all; gives how many ends were confirmed.
    pub(crate) fn hang_up(&mut self, rate: u32) -> Outcome<u32> {
        let began = Instant::now();
        let calls: Vec<u32> = self.answered.keys().copied().collect();
        for (n, call) in calls.iter().enumerate() {
            self.listen_until(began + Duration::from_secs(1) * n as u32 / rate)?;
            let Answered { contact, to, .. } = &self.answered[call];
            self.request("BYE", 2, *call, contact, to, "")?;
        }
        self.listen_while(|own| own.ended < own.answered.len() as u32)?;
        Ok(self.ended)
    }

    fn request(
        &self,
        method: &str,
        cseq: u32,
        call: u32,
        uri: &str,
        to: &str,
        body: &str,
    ) -> Outcome<()> {
        let (at, own) = (self.at, std::process::id());
        let kind = if body.is_empty() {
            ""
        } else {
            "Content-Type: application/sdp\r\n"
        };
        let message = format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {at};branch=z9hG4bK{own}{method}{call}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:caller-{call}@{at}>;tag=t{call}\r\nTo: {to}\r\n\
             Call-ID: {own}-{call}@load\r\nCSeq: {cseq} {method}\r\nContact: <sip:caller@{at}>\r\n\
             {kind}Content-Length: {}\r\n\r\n{body}",
            body.len(),
        );
        self.socket.send_to(message.as_bytes(), self.daemon)?;
        Ok(())
    }

    fn listen_while(&mut self, waiting: impl Fn(&Callers) -> bool) -> Outcome<()> {
        let until = Instant::now() + PATIENCE;
        while waiting(self) && Instant::now() < until {
            self.listen_until(Instant::now() + Duration::from_millis(20))?;
        }
        Ok(())
    }

    fn listen_until(&mut self, until: Instant) -> Outcome<()> {
        let mut buffer = [0; 8_192];
        loop {
            let patience = until.saturating_duration_since(Instant::now());
            if patience.is_zero() {
                return Ok(());
            }
            self.socket.set_read_timeout(Some(patience))?;
            if let Ok((length, _)) = self.socket.recv_from(&mut buffer) {
                let message = String::from_utf8_lossy(&buffer[..length]).into_owned();
                self.take(&message)?;
            }
        }
    }

    fn take(&mut self, message: &str) -> Outcome<()> {
        let Some(status) = message.strip_prefix("SIP/2.0 ") else {
            return Ok(());
        };
        let code: u32 = status
            .get(..3)
            .and_then(|code| code.parse().ok())
            .unwrap_or(0);
        let call = header(message, "Call-ID")
            .and_then(|id| id.split(['-', '@']).nth(1)?.parse::<u32>().ok());
        let (Some(call), Some(cseq), Some(to)) =
            (call, header(message, "CSeq"), header(message, "To"))
        else {
            return Ok(());
        };
        match (code, cseq.ends_with("BYE")) {
            (..200, _) => {}
            (_, true) => self.ended += 1,
            (200..300, false) => {
                let contact = header(message, "Contact")
                    .and_then(uri_in)
                    .unwrap_or_default();
                self.request("ACK", 1, call, contact, to, "")?;
                if let Some(sound) = target(message) {
                    let (contact, to) = (contact.to_owned(), to.to_owned());
                    self.answered.insert(call, Answered { sound, contact, to });
                }
            }
            (_, false) => {
                let first = message.lines().next().unwrap_or_default();
                eprintln!("call {call}: {first}");
                self.refused += 1;
            }
        }
        Ok(())
    }
}

fn uri_in(contact: &str) -> Option<&str> {
    contact
        .split_once('<')?
        .1
        .split_once('>')
        .map(|(uri, _)| uri)
}
