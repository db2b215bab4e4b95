//! Provisional responses that are not to be lost (RFC 3262), as the witnesses know them.

use crate::{
    clock::{GIVE_UP, T1},
    network::Party,
    post::{Post, Sent},
    wire::{Letter, Message},
};
use kring_time::Moment;
use std::time::Duration;

/// A provisional response of a phone, sent again until its PRACK comes.
#[derive(Debug)]
pub(crate) struct Reliable {
    sent: Sent,
    next: Moment,
    interval: Duration,
    until: Moment,
}

impl Reliable {
    /// Just sent.
    pub(crate) fn sent(now: Moment, sent: Sent) -> Reliable {
        Reliable {
            sent,
            next: now + T1,
            interval: T1,
            until: now + GIVE_UP,
        }
    }

    /// When it is sent again, or given up.
    pub(crate) fn due(&self) -> Moment {
        self.next.min(self.until)
    }

    /// Sends it again; `false` when nobody has ever acknowledged it.
    pub(crate) fn wake(&mut self, now: Moment, from: Party, post: &mut Post) -> bool {
        if now >= self.until {
            return false;
        }
        if now >= self.next {
            post.again(from, Some(&self.sent));
            self.interval *= 2;
            self.next = now + self.interval;
        }
        true
    }

    /// Whether this PRACK is its own.
    pub(crate) fn is_meant(&self, prack: &Letter) -> bool {
        let (seq, method) = self.sent.letter.cseq();
        let number = self.sent.letter.get("RSeq").unwrap_or_default();
        prack.get("RAck") == Some(&format!("{number} {seq} {method}"))
    }
}

/// Whether a provisional response wants a PRACK: its RSeq.
pub(crate) fn wanted(letter: &Message) -> Option<u32> {
    let is_required = letter
        .get("Require")
        .is_some_and(|tags| has(tags, "100rel"));
    let number = letter.get("RSeq")?.trim().parse().ok()?;
    is_required.then_some(number)
}

/// Whether a list of option tags has this one.
pub(crate) fn has(tags: &str, tag: &str) -> bool {
    tags.split(',').any(|other| other.trim() == tag)
}
