//! kring's side: the phones ring, answer when they are asked to, and hear and speak by their lines.

use super::{
    super::{limits, line::Line},
    LINES, Now, Switchboard, watch,
};
use kring_journal::AgentId;
use kring_sip::{Effect, LegEvent, Peer, Transport};

impl Switchboard {
    /// What kring has sent to the phones.
    pub(super) fn hear_sip(&mut self) {
        for _ in 0..limits::BURST_MAX {
            let Ok((length, address)) = self.terms.sip.recv_from(&mut self.buffer) else {
                break;
            };
            if !self.kring.contains(&address) {
                continue;
            }
            let from = Peer {
                transport: Transport::Udp,
                address,
            };
            let now = self.now();
            self.endpoint.receive(now.0, from, &self.buffer[..length]);
            self.speak_sip(now);
        }
    }

    /// Sends all that the endpoint says, and obeys what happened to its legs.
    pub(super) fn speak_sip(&mut self, now: Now) {
        while let Some(effect) = self.endpoint.poll() {
            match effect {
                Effect::Send(sent) => {
                    // A datagram that cannot be sent is a lost one: it is sent again.
                    let _ = self.terms.sip.send_to(&sent.bytes, sent.to.address);
                }
                Effect::Event(sip, LegEvent::Incoming(invite)) => {
                    let user = invite.request_uri.user_decoded().unwrap_or_default();
                    let agent = AgentId::new(&user);
                    if !self.seats.has(&agent) {
                        self.endpoint.reject(now.0, sip, 404, Vec::new());
                        continue;
                    }
                    let slot = self.slot(now.0, &agent);
                    let phone = &mut self.phones[slot];
                    phone.ring(now.0, &mut self.endpoint, sip, &invite);
                    if phone.call.as_ref().is_some_and(|call| call.sip == sip) {
                        self.by_sip.insert(sip, slot);
                    }
                }
                Effect::Event(sip, event) => {
                    let Some(slot) = self.by_sip.get(&sip).copied() else {
                        continue;
                    };
                    if let LegEvent::TalkWanted = event {
                        self.lift(now, slot);
                    } else if self.phones[slot].event(now.0, &mut self.endpoint, event) {
                        self.by_sip.remove(&sip);
                    }
                }
                Effect::Counted(_)
                | Effect::Phone(_)
                | Effect::Answered(..)
                | Effect::Account(..) => {}
            }
        }
    }

    fn lift(&mut self, now: Now, slot: usize) {
        let opened = Line::open(now.0, self.terms.sound_at).and_then(|line| {
            let token = LINES + 2 * slot as u64;
            watch(&self.epoll, &line.rtp, token)?;
            watch(&self.epoll, &line.rtcp, token + 1)?;
            Ok(line)
        });
        let phone = &mut self.phones[slot];
        match opened {
            Ok(line) => {
                let sip = phone.call.as_ref().map(|call| call.sip);
                phone.lift(now.0, &mut self.endpoint, line);
                if let (None, Some(sip)) = (&phone.call, sip) {
                    self.by_sip.remove(&sip);
                }
            }
            Err(refused) => {
                tracing::error!(agent = %phone.agent, %refused, "a phone in the browser has no ports for its sound");
                if let Some(call) = phone.call.take() {
                    self.endpoint.reject(now.0, call.sip, 500, Vec::new());
                    self.by_sip.remove(&call.sip);
                }
                phone.say_call();
            }
        }
    }

    /// Sound or a report of kring's for one phone.
    pub(super) fn hear_line(&mut self, token: u64) {
        let (slot, is_report) = ((token / 2) as usize, token % 2 == 1);
        for _ in 0..limits::BURST_MAX {
            let now = self.now();
            let Some(phone) = self.phones.get_mut(slot) else {
                return;
            };
            let Some(line) = phone.line() else {
                return;
            };
            let socket = if is_report { &line.rtcp } else { &line.rtp };
            let Ok((length, from)) = socket.recv_from(&mut self.buffer) else {
                return;
            };
            let packet = &self.buffer[..length];
            if is_report {
                line.hear_report(now.0, from, packet);
                continue;
            }
            let Some(heard) = line.hear(from, packet) else {
                continue;
            };
            let Some(leg) = &mut phone.leg else {
                continue;
            };
            leg.speak(now, (heard.heard, heard.seen), heard.marked, heard.payload);
            self.settle(now, slot, true);
        }
    }
}
