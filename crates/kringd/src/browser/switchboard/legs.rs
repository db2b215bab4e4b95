//! The browsers' side: offers are answered, datagrams find their leg, and what comes of a leg goes into the call.

use super::{
    super::{
        door::{Doors, asked_for},
        leg::{FromLeg, Leg},
        limits,
    },
    DOORS, Now, Switchboard, said_of, watch,
};
use kring_media::quality::RtpSeen;
use kring_web::{
    LegState, PhonePage, PhoneRefused, PhoneSaid, PhoneState, metrics::browser_leg_set_up,
};
use std::cmp::Reverse;

impl Switchboard {
    /// A new leg takes the phone, with the call that it has.
    pub(super) fn answer(
        &mut self,
        now: Now,
        slot: usize,
        page: &PhonePage,
        (offer, sdp): (u32, &str),
    ) -> Result<(), PhoneRefused> {
        let full = self.by_ufrag.len() >= limits::LEGS_MAX;
        if full || !self.phones[slot].may_offer(now.0) {
            return Err(PhoneRefused::TooMany);
        }
        if sdp.len() > limits::OFFER_BYTES_MAX {
            return Err(PhoneRefused::BadOffer);
        }
        self.open_doors()?;
        let Some(doors) = &self.doors else {
            return Err(PhoneRefused::NoPort);
        };
        let (leg, answer) = Leg::answer(now.0, &self.clock, sdp, doors, &self.certificate)?;
        let before = self.phones[slot].page.take();
        let other = before.filter(|before| before.id != page.id);
        if let (Some(other), Some(old)) = (other, &self.phones[slot].leg) {
            let ms = now.0.since(old.began).as_millis() as u64;
            let (state, leg) = (PhoneState::Taken, old.name.clone());
            other.say(PhoneSaid::State { state, ms, leg });
        }
        self.forget_leg(now, slot);
        self.by_ufrag.insert(leg.ufrag.clone(), slot);
        self.due.push(Reverse((leg.due, slot)));
        page.say(PhoneSaid::Answer {
            offer,
            leg: leg.name.clone(),
            sdp: answer,
        });
        let phone = &mut self.phones[slot];
        phone.leg = Some(leg);
        phone.page = Some(page.clone());
        phone.count_anew();
        if let Some(line) = phone.line() {
            line.part();
        }
        self.turn(now, slot, LegState::Connecting);
        self.phones[slot].say_call();
        Ok(())
    }

    /// The port is bound when the first browser comes: a house without any has nothing open.
    pub(super) fn open_doors(&mut self) -> Result<(), PhoneRefused> {
        if self.doors.is_some() {
            return Ok(());
        }
        let opened = Doors::bind(&self.terms.told, self.terms.port).and_then(|doors| {
            for (n, door) in doors.all().iter().enumerate() {
                watch(&self.epoll, &door.socket, DOORS + n as u64)?;
            }
            Ok(doors)
        });
        match opened {
            Ok(doors) => {
                let told: Vec<_> = doors.all().iter().map(|door| door.told).collect();
                tracing::info!(?told, "browsers send their sound here");
                self.doors = Some(doors);
                Ok(())
            }
            Err(refused) => {
                let port = self.terms.port;
                tracing::error!(
                    port, %refused,
                    "media.browser_port cannot be bound: phones in browsers have no sound. Free it, or set another."
                );
                Err(PhoneRefused::NoPort)
            }
        }
    }

    /// The leg stands otherwise now; its page and whoever asks are told.
    pub(super) fn turn(&mut self, now: Now, slot: usize, state: LegState) {
        let phone = &mut self.phones[slot];
        if let Some(leg) = &mut phone.leg {
            leg.state = state;
            self.seats.turn(&phone.agent, state);
            phone.say_state(now.0, said_of(Some(state)));
        }
    }

    /// Ends the leg of this phone. Its call stays: another leg may take it.
    pub(super) fn drop_leg(&mut self, now: Now, slot: usize, why: PhoneState) {
        self.phones[slot].say_state(now.0, why);
        self.forget_leg(now, slot);
        self.seats.turn(&self.phones[slot].agent, LegState::None);
    }

    fn forget_leg(&mut self, now: Now, slot: usize) {
        if let Some(leg) = self.phones[slot].leg.take() {
            self.by_ufrag.remove(&leg.ufrag);
            for address in &leg.addresses {
                self.by_address.remove(address);
            }
            if let Some(doors) = &self.doors {
                leg.close(now, doors);
            }
        }
    }

    /// What browsers have sent to one of the doors.
    pub(super) fn hear_browsers(&mut self, door: usize) {
        for _ in 0..limits::BURST_MAX {
            let Some(doors) = &self.doors else {
                return;
            };
            let Some(door) = doors.all().get(door) else {
                return;
            };
            let told = door.told;
            let Ok((length, from)) = door.socket.recv_from(&mut self.buffer) else {
                return;
            };
            let now = self.now();
            let bytes = &self.buffer[..length];
            let named = asked_for(bytes).and_then(|ufrag| self.by_ufrag.get(ufrag));
            let Some(slot) = named.or_else(|| self.by_address.get(&from)).copied() else {
                continue;
            };
            let Some(leg) = &mut self.phones[slot].leg else {
                continue;
            };
            if self.by_address.get(&from) != Some(&slot) {
                if !leg.accepts(now.1, (from, told), bytes) {
                    continue;
                }
                if leg.addresses.len() >= limits::ADDRESSES_OF_LEG_MAX {
                    self.by_address.remove(&leg.addresses.remove(0));
                }
                leg.addresses.push(from);
                self.by_address.insert(from, slot);
            }
            let well = leg.take(now, (from, told), bytes);
            self.settle(now, slot, well);
        }
    }

    /// What the leg of this phone has to say, and what came of it.
    pub(super) fn settle(&mut self, now: Now, slot: usize, well: bool) {
        let (Some(doors), Some(leg)) = (&self.doors, &mut self.phones[slot].leg) else {
            return;
        };
        let mut came = std::mem::take(&mut self.came);
        let before = leg.due;
        let well = leg.drain(now, doors, &mut came) && well;
        if leg.due != before {
            self.due.push(Reverse((leg.due, slot)));
        }
        let mut ended = !well;
        for event in came.drain(..) {
            match event {
                FromLeg::Packet(packet, heard) => {
                    let seen = RtpSeen {
                        payload_type: *packet.header.payload_type,
                        sequence: packet.header.sequence_number,
                        timestamp: packet.header.timestamp,
                        ssrc: *packet.header.ssrc,
                    };
                    if let Some(line) = self.phones[slot].line() {
                        line.speak(now.0, heard, seen, packet.header.marker, &packet.payload);
                    }
                }
                FromLeg::Connected => {
                    if let Some(leg) = &mut self.phones[slot].leg {
                        // A microphone takes its time to be heard.
                        leg.sounded = now.0;
                        browser_leg_set_up(now.0.since(leg.began));
                    }
                    self.turn(now, slot, LegState::Connected);
                }
                FromLeg::Closed => ended = true,
            }
        }
        self.came = came;
        if ended {
            self.drop_leg(now, slot, PhoneState::Closed);
        }
    }
}
