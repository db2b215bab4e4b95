//! Questions to those who are no trunk yet: whether they are there, asked from the socket by which kring would call them.
//! They are the only commands whose answer comes later than the step that takes them.

use super::{Exchange, Output};
use crate::{
    command::{Command, CommandRefused, Done, ReplySlot},
    limits::{PING_PATIENCE, PROBES_MAX},
};
use kring_sip::{Answered, AskId, HeaderName, Method, NameAddr, Peer, Question, Uri};
use kring_time::Moment;
use rustc_hash::FxHashMap;

/// Who waits for which answer.
pub(super) type Probes = FxHashMap<AskId, ReplySlot>;

impl Exchange {
    /// Obeys a command and answers it; a probe is answered when it has an answer.
    pub(super) fn take(&mut self, now: Moment, slot: ReplySlot, command: Command) {
        if let Command::Probe { target, peer } = command {
            return self.probe(now, slot, target, peer);
        }
        let answer = self.obey(now, command);
        self.outputs.push_back(Output::Reply(slot, answer));
    }

    /// Asks, or says at once that too many are being asked.
    fn probe(&mut self, now: Moment, slot: ReplySlot, target: Uri, peer: Peer) {
        if self.probes.len() >= PROBES_MAX {
            let refused = Err(CommandRefused::NoRoom);
            self.outputs.push_back(Output::Reply(slot, refused));
            return;
        }
        let question = self.are_you_there(target, peer);
        let ask = self.endpoint.ask(now, question);
        self.probes.insert(ask, slot);
    }

    /// Somebody has answered a question, or has not: whoever waits for it is told, else it was a ping.
    pub(super) fn ask_answered(&mut self, now: Moment, ask: AskId, answered: Answered) {
        match self.probes.remove(&ask) {
            Some(slot) => {
                let done = Ok(Done::Probed(Box::new(answered)));
                self.outputs.push_back(Output::Reply(slot, done));
            }
            None => self.ping_answered(now, ask, &answered),
        }
    }

    /// OPTIONS to somebody at one address, from us, without an account (RFC 3261 section 11).
    pub(super) fn are_you_there(&self, target: Uri, peer: Peer) -> Question {
        Question {
            method: Method::Options,
            from: NameAddr::new(self.own_uri()),
            to: NameAddr::new(target.clone()),
            target,
            route: Vec::new(),
            peers: vec![peer],
            extra: vec![(HeaderName::Accept, "application/sdp".to_owned())],
            login: None,
            patience: PING_PATIENCE,
        }
    }
}
