//! Any bytes at all, played as a story: messages that fit well, badly or not at all, orders for legs that
//! exist or not, phones and registrars, lost connections, and time. Whatever happens, what `stage` asserts
//! holds at each step, and nothing is left once all is over.
//!
//! The fuzz target `endpoint` plays the same stories.

mod given;
mod lines;
mod orders;
mod phones;
mod script;
mod stage;
mod words;

use kring_sip::LegId;
use lines::{METHODS, SDP};
use script::Script;
use stage::{Stage, peer};
use std::{collections::BTreeSet, time::Duration};

/// Plays a story to its end; one in sixteen is played twice, and must be the same. Gives what it reached.
pub(crate) fn play(story: &[u8]) -> BTreeSet<String> {
    let (said, reached) = perform(story);
    if story.last().is_some_and(|last| last % 16 == 0) {
        assert_eq!(perform(story), (said, reached.clone()));
    }
    reached
}

fn perform(story: &[u8]) -> (u64, BTreeSet<String>) {
    let mut script = Script::of(story);
    let mut stage = Stage::set(&mut script);
    while let Some(deed) = script.one() {
        match deed % 26 {
            0 | 1 => stage.pass(&mut script),
            2 => drop(stage.invite(&mut script)),
            3..7 => stage.respond(&mut script),
            7..11 => stage.request(&mut script),
            11..14 => stage.order(&mut script),
            14 => stage.call(&mut script),
            15 | 16 => stage.is_called(&mut script),
            17 | 18 => stage.calls(&mut script),
            19 | 20 => stage.register(&mut script),
            21 => stage.account(&mut script),
            22 => stage.question(&mut script),
            23 => stage.house(&mut script),
            24 => stage.flood(&mut script),
            _ => stage.noise(&mut script),
        }
        stage.drain();
    }
    stage.end()
}

impl Stage {
    /// From a microsecond to an hour; often so long that whoever waits for an answer gives up.
    fn pass(&mut self, script: &mut Script<'_>) {
        let us = match script.below(8) {
            7 => 1 << script.below(33),
            6 => 33_000_000,
            _ => 1 << script.below(24),
        };
        self.wait(Duration::from_micros(us));
    }

    /// A call to us that is, mostly, answered and acknowledged.
    fn is_called(&mut self, script: &mut Script<'_>) {
        self.incoming = None;
        self.call(script);
        let Some((leg, _)) = self.incoming.take() else {
            return;
        };
        if script.once_in(2) {
            let code = [180, 183][script.below(2)];
            let early = Some(SDP.into());
            self.endpoint.provisional(self.now, leg, code, early);
            self.drain();
            match script.below(8) {
                6 | 7 => self.wait(Duration::from_secs(33)),
                4 | 5 => self.request_within(script, "NOTIFY"),
                _ => self.request_within(script, "PRACK"),
            }
        }
        match script.below(8) {
            7 => self.request_within(script, "CANCEL"),
            6 => self.endpoint.reject(self.now, leg, 486, Vec::new()),
            5 => return,
            _ => self.endpoint.accept(self.now, leg, Some(SDP.into())),
        }
        self.drain();
        if !script.once_in(8) {
            self.request_within(script, "ACK");
            self.talks(script, leg);
        }
    }

    /// A call of ours that is, mostly, answered and acknowledged.
    fn calls(&mut self, script: &mut Script<'_>) {
        let leg = self.invite(script);
        match script.below(8) {
            7 => self.respond_with(script, "183 Session Progress"),
            6 => self.respond_with(script, "401 Unauthorized"),
            4 | 5 => {
                self.respond_with(script, "180 Ringing");
                self.endpoint.notify_talk(self.now, leg);
                self.drain();
            }
            _ => {}
        }
        self.respond_with(script, "200 OK");
        if !script.once_in(8) {
            self.endpoint.acknowledge(self.now, leg, None);
            self.drain();
            self.talks(script, leg);
        }
    }

    /// What happens in a call that stands: either side changes it, refreshes it or ends it.
    fn talks(&mut self, script: &mut Script<'_>, leg: LegId) {
        for _ in 0..script.below(4) {
            let method = script.pick(&["INVITE", "UPDATE", "INFO", "BYE", "REFER", "NOTIFY"]);
            match script.below(12) {
                0..4 => self.request_within(script, method),
                4 | 5 => self.endpoint.reoffer(self.now, leg, SDP.into()),
                6 => self.wait(Duration::from_secs(46)),
                7 | 8 => self.refers(script, leg),
                9 => self.is_referred(script, leg),
                _ => self.endpoint.bye(self.now, leg, None),
            }
            self.endpoint.accept_offer(self.now, leg, Some(SDP.into()));
            self.drain();
            match script.below(4) {
                3 => self.respond(script),
                2 => self.request_within(script, "ACK"),
                _ => self.respond_with(script, "200 OK"),
            }
        }
    }

    /// The endpoint refers, and is mostly told how it goes.
    fn refers(&mut self, script: &mut Script<'_>, leg: LegId) {
        if !self.refer(script, leg) {
            return;
        }
        let status = script.pick(&[
            "202 Accepted",
            "202 Accepted",
            "603 Decline",
            "401 Unauthorized",
        ]);
        self.respond_with(script, status);
        for _ in 0..script.below(4) {
            self.request_within(script, "NOTIFY");
        }
    }

    /// The other side refers, and is mostly told how it goes.
    fn is_referred(&mut self, script: &mut Script<'_>, leg: LegId) {
        self.request_within(script, "REFER");
        match script.below(4) {
            3 => self.endpoint.reject_referral(self.now, leg, 603),
            _ => self.endpoint.accept_referral(self.now, leg),
        }
        self.drain();
        for _ in 0..script.below(3) {
            let code = [180, 200, 486][script.below(3)];
            self.endpoint.report_referral(self.now, leg, code);
            self.drain();
            self.respond(script);
        }
    }

    /// The same again and again, of somebody who is nobody's.
    fn flood(&mut self, script: &mut Script<'_>) {
        let from = peer(script.below(5));
        let method = match script.below(2) {
            0 => "REGISTER",
            _ => script.pick(&METHODS),
        };
        let number = self.fresh();
        for again in 0..script.below(80) {
            let text = format!(
                "{method} sip:1@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKf{number}x{again}\r\n\
                 From: <sip:a@192.0.2.2>;tag={again}\r\nTo: <sip:1@192.0.2.1>\r\nCall-ID: f{again}\r\n\
                 CSeq: 1 {method}\r\nContent-Length: 0\r\n\r\n"
            );
            self.hears_stranger(from, text.as_bytes());
        }
    }

    fn noise(&mut self, script: &mut Script<'_>) {
        let from = peer(script.below(5));
        match script.below(4) {
            0 | 1 => {
                self.endpoint.transport_failed(self.now, from);
                self.has_done_what_is_due();
            }
            2 => self.hears(from, script.some(200)),
            _ => self.hears_stranger(from, script.some(200)),
        }
    }
}

#[cfg(test)]
mod tests;
