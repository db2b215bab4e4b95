//! Those whom nobody has named: no PBX of ours, no phone of ours, in no dialog with us.
//!
//! Each of their requests is answered alike, or not at all, whatever its method, its URI and its
//! faults: nothing of it is read but what the answer repeats, so the answer cannot tell which number,
//! user or extension exists, nor how long it took to look. Nothing is remembered but how often an
//! address was answered, in a table that never grows.

use super::{Endpoint, Peer, SipCount, Transmit, effect::Effect, identity::read_token, limits};
use crate::{
    HeaderName, Method, StatusCode,
    message::{HeadLines, head_end, salvage},
    name_addr,
    pace::{Bucket, Paces},
};
use kring_time::Moment;
use std::net::IpAddr;

/// What strangers are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strangers {
    /// 403 to every request. An honest PBX that is not configured learns what is wrong.
    #[default]
    Refuse,
    /// Nothing: the port looks closed to scanners.
    Ignore,
}

impl Endpoint {
    /// Takes one whole message of a source that is nobody's. What belongs to us (responses, and
    /// requests whose To tag is one of ours) goes the way of [`Endpoint::receive`]; the rest is a
    /// stranger's.
    pub fn receive_stranger(&mut self, now: Moment, from: Peer, bytes: &[u8]) {
        let start = bytes
            .iter()
            .position(|byte| !matches!(byte, b'\r' | b'\n'))
            .unwrap_or(bytes.len());
        let bytes = &bytes[start..];
        let head = &bytes[..head_end(bytes, 0).unwrap_or(bytes.len())];
        let is_ours = head.starts_with(b"SIP/") || self.knows_tag_of(head);
        if is_ours || self.is_phone_coming(now, from, head) {
            self.receive(now, from, bytes);
            return;
        }
        let is_phone = self.registers_phones() && head.starts_with(b"REGISTER ");
        if !head.is_empty() && !is_phone {
            self.turn_stranger_away(now, from, head);
        }
        self.wake(now);
    }

    /// Whether it is a REGISTER, and the registrar has time for it. When it has not, it has no time to say
    /// so either: the phone tries again.
    fn is_phone_coming(&mut self, now: Moment, from: Peer, head: &[u8]) -> bool {
        self.registers_phones()
            && head.starts_with(b"REGISTER ")
            && self.has_time_to_register(now, from)
    }

    /// Whether To names a leg of ours: whoever knows its tag has been told it.
    fn knows_tag_of(&self, head: &[u8]) -> bool {
        let (_, mut lines) = HeadLines::of(head);
        let is_to = |name: &[u8]| matches!(name, b"To" | b"to" | b"TO" | b"t" | b"T");
        lines
            .find(|line| is_to(line.name))
            .and_then(|to| {
                let text = String::from_utf8_lossy(&to.value);
                let parts = name_addr::Parts::find(&text).ok()?;
                read_token(parts.param("tag")?)
            })
            .is_some_and(|tag| self.tags.contains_key(&tag))
    }

    fn turn_stranger_away(&mut self, now: Moment, from: Peer, head: &[u8]) {
        let may_answer = self.strangers == Strangers::Refuse && self.has_answer_for(now, from);
        let salvaged = may_answer.then(|| salvage(StatusCode::FORBIDDEN, head));
        let salvaged = salvaged.flatten();
        self.count(SipCount::Stranger {
            method: method_of(head),
            answered: salvaged.is_some(),
        });
        let Some(mut salvaged) = salvaged else {
            return;
        };
        let call_id = salvaged.headers.raw(&HeaderName::CallId);
        let tag = self.entropy.digest(("stranger", call_id));
        // What cannot be stamped cannot be read by us, but perhaps by its sender.
        let _ = salvaged.headers.stamp_source(from.address);
        let bytes = salvaged.respond(&format!("{tag:016x}")).to_bytes();
        // To where it came from and nowhere else: a Via may name somebody who has asked for nothing.
        let answer = Transmit::new(from, bytes);
        self.outbox.push_back(Effect::Send(answer));
    }

    fn has_answer_for(&mut self, now: Moment, from: Peer) -> bool {
        let who = neighbourhood(from.address.ip());
        let place = self.entropy.digest(("stranger", who));
        let verdict = self.crowd.take(now, who, place);
        match verdict {
            Ok(()) => true,
            Err(bound) => {
                self.count(SipCount::BoundReached { bound });
                false
            }
        }
    }
}

/// How often each address was answered.
#[derive(Debug)]
pub(crate) struct Crowd {
    each: Paces,
    all: Bucket,
}

impl Crowd {
    /// Nobody was here yet.
    pub(crate) fn new() -> Crowd {
        Crowd {
            each: Paces::new(limits::STRANGERS_KNOWN_MAX, limits::STRANGER_PACE),
            all: Bucket::default(),
        }
    }

    /// Whether `who` may have an answer now; else which bound was reached. `place` is a digest of `who`.
    fn take(&mut self, now: Moment, who: u128, place: u64) -> Result<(), &'static str> {
        if !self.each.take(now, who, place) {
            return Err("stranger_rate");
        }
        if !self.all.take(now, limits::STRANGERS_PACE) {
            return Err("strangers_rate");
        }
        Ok(())
    }
}

/// An address, or the network that one household is given (RFC 6177): a host has 2^64 addresses there.
fn neighbourhood(ip: IpAddr) -> u128 {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().to_bits(),
        IpAddr::V6(ip) => ip.to_bits() >> 64 << 64,
    }
}

/// The method, for the count.
fn method_of(head: &[u8]) -> Method {
    let end = head.iter().position(|byte| *byte == b' ');
    let word = &head[..end.unwrap_or(0)];
    let word = std::str::from_utf8(word).ok();
    word.and_then(Method::from_token)
        .unwrap_or_else(|| Method::Other("other".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Moment {
        Moment::from_millis(ms)
    }

    #[test]
    fn an_address_that_asks_too_often_is_not_answered() {
        let mut crowd = Crowd::new();
        let said: Vec<bool> = (0..1_000)
            .map(|ms| crowd.take(at(ms), 7, 7).is_ok())
            .collect();
        assert_eq!(said.iter().filter(|said| **said).count(), 20 + 9);
        assert_eq!(crowd.take(at(999), 7, 7), Err("stranger_rate"));
        assert_eq!(crowd.take(at(999), 8, 8), Ok(()), "another is");
    }

    /// However many addresses there are, all together have a rate.
    #[test]
    fn a_crowd_of_addresses_has_a_rate_of_its_own() {
        let mut crowd = Crowd::new();
        let answered = (0..100_000_u64)
            .filter(|who| crowd.take(at(who / 100), u128::from(*who), who * 7).is_ok())
            .count();
        assert_eq!(answered, 200 + 199, "a burst, and the rate for a second");
    }

    #[test]
    fn a_household_is_one_neighbour() {
        let of = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(of("2001:db8:0:1::7"), of("2001:db8:0:1:ffff::9"));
        assert_ne!(of("2001:db8:0:1::7"), of("2001:db8:0:2::7"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
