//! The messages of live calls, and the last ones outside any call: by Call-ID, within bounds.
//!
//! A call that has too much keeps its beginning and its newest messages; what was let go in the
//! middle is counted, so that nobody takes the trace for whole.

use super::limits;
use bytes::Bytes;
use kring_call::Party;
use kring_journal::{CallId, WallTime};
use kring_sip::{Peer, call_id_of};
use kring_time::Moment;
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::BuildHasher,
};

/// A message as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) at: Moment,
    pub(super) wall: WallTime,
    pub(super) sent: bool,
    pub(super) peer: Peer,
    /// Without secrets.
    pub(super) bytes: Bytes,
}

/// One leg of a call.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    pub(super) party: Party,
    pub(super) sip_call_id: String,
}

/// What is kept of a call.
#[derive(Debug, Default)]
pub(super) struct CallPages {
    pub(super) legs: Vec<Leg>,
    head: Vec<(usize, Message)>,
    head_bytes: usize,
    tail: VecDeque<(usize, Message)>,
    tail_bytes: usize,
    pub(super) left_out: u64,
    last: Moment,
    ended: Option<Moment>,
}

/// Everything that is kept.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// By Call-ID: which call, and which of its legs.
    legs: HashMap<Box<[u8]>, (CallId, usize)>,
    /// By id, and so by age.
    calls: BTreeMap<CallId, CallPages>,
    ended: Vec<CallId>,
    /// With a number made of the Call-ID, by which a leg's are found soon.
    apart: VecDeque<(u64, Message)>,
    apart_bytes: usize,
    bytes: usize,
}

/// Whose message it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A leg's of this call.
    Call(CallId, usize),
    /// Nobody's call.
    Apart,
}

/// Something was let go for want of room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoRoom;

impl Book {
    /// A leg of a call: its messages so far come out of those that were nobody's.
    pub(super) fn leg(&mut self, call: CallId, leg: Leg) -> Result<(), NoRoom> {
        if self.calls.len() >= limits::CALLS_MAX && !self.calls.contains_key(&call) {
            let Some((oldest, _)) = self.calls.first_key_value() else {
                return Err(NoRoom);
            };
            self.take(*oldest);
        }
        let pages = self.calls.entry(call).or_default();
        if pages.legs.len() >= limits::CALL_LEGS_MAX {
            return Err(NoRoom);
        }
        let key: Box<[u8]> = leg.sip_call_id.as_bytes().into();
        let known = pages
            .legs
            .iter()
            .any(|other| other.sip_call_id == leg.sip_call_id);
        if known {
            return Ok(());
        }
        pages.legs.push(leg);
        let index = pages.legs.len() - 1;
        self.lift(call, index, &key);
        self.legs.insert(key, (call, index));
        Ok(())
    }

    fn lift(&mut self, call: CallId, index: usize, key: &[u8]) {
        let number = self.apart_number(key);
        if !self.apart.iter().any(|(other, _)| *other == number) {
            return;
        }
        let mut lifted = Vec::new();
        self.apart.retain(|(other, message)| {
            let is_its = *other == number && *call_id_of(&message.bytes) == *key;
            if is_its {
                lifted.push(message.clone());
            }
            !is_its
        });
        for message in lifted {
            self.apart_bytes -= message.bytes.len();
            // The first messages of a call always find room in it.
            let _ = self.put(call, index, message);
        }
    }

    /// Where a message belongs.
    pub(super) fn place_of(&self, bytes: &[u8]) -> Place {
        match self.legs.get(&*call_id_of(bytes)) {
            Some((call, leg)) => Place::Call(*call, *leg),
            None => Place::Apart,
        }
    }

    /// Keeps a message.
    pub(super) fn message(&mut self, place: Place, message: Message) -> Result<(), NoRoom> {
        match place {
            Place::Call(call, leg) => self.put(call, leg, message),
            Place::Apart => {
                self.put_apart(message);
                Ok(())
            }
        }
    }

    fn put(&mut self, call: CallId, leg: usize, message: Message) -> Result<(), NoRoom> {
        let Some(pages) = self.calls.get_mut(&call) else {
            return Err(NoRoom);
        };
        pages.last = message.at;
        let length = message.bytes.len();
        if self.bytes + length > limits::TOTAL_BYTES_MAX {
            pages.left_out += 1;
            return Err(NoRoom);
        }
        let before = pages.bytes();
        pages.put(leg, message);
        self.bytes = self.bytes + pages.bytes() - before;
        Ok(())
    }

    fn apart_number(&self, sip_call_id: &[u8]) -> u64 {
        self.legs.hasher().hash_one(sip_call_id)
    }

    fn put_apart(&mut self, message: Message) {
        self.apart_bytes += message.bytes.len();
        let number = self.apart_number(&call_id_of(&message.bytes));
        self.apart.push_back((number, message));
        while self.apart.len() > limits::APART_MAX || self.apart_bytes > limits::APART_BYTES_MAX {
            let Some((_, oldest)) = self.apart.pop_front() else {
                return;
            };
            self.apart_bytes -= oldest.bytes.len();
        }
    }

    /// A call is over.
    pub(super) fn end(&mut self, at: Moment, call: CallId) {
        if let Some(pages) = self.calls.get_mut(&call)
            && pages.ended.is_none()
        {
            pages.ended = Some(at);
            self.ended.push(call);
        }
    }

    /// What is kept of a call.
    pub(super) fn call(&self, call: CallId) -> Option<&CallPages> {
        self.calls.get(&call)
    }

    /// Takes ended calls from which nothing more is expected, at most so many.
    pub(super) fn take_settled(&mut self, now: Moment, at_most: usize) -> Vec<(CallId, CallPages)> {
        let calls = &self.calls;
        let settled = |call: &&CallId| calls.get(call).is_none_or(|pages| pages.is_settled(now));
        let ready: Vec<CallId> = self
            .ended
            .iter()
            .filter(settled)
            .take(at_most)
            .copied()
            .collect();
        self.ended.retain(|call| !ready.contains(call));
        let take = |call| Some((call, self.take(call)?));
        ready.into_iter().filter_map(take).collect()
    }

    /// Takes calls whatever comes, at most so many; at the end of the process.
    pub(super) fn take_any(&mut self, at_most: usize) -> Vec<(CallId, CallPages)> {
        let ids: Vec<CallId> = self.calls.keys().take(at_most).copied().collect();
        let take = |call| Some((call, self.take(call)?));
        ids.into_iter().filter_map(take).collect()
    }

    fn take(&mut self, call: CallId) -> Option<CallPages> {
        let pages = self.calls.remove(&call)?;
        self.bytes -= pages.bytes();
        for leg in &pages.legs {
            let key = leg.sip_call_id.as_bytes();
            // A Call-ID that was used again is another call's now.
            if self.legs.get(key).is_some_and(|(owner, _)| *owner == call) {
                self.legs.remove(key);
            }
        }
        Some(pages)
    }

    /// The newest messages outside any call, oldest first.
    pub(super) fn recent(&self, at_most: usize) -> impl Iterator<Item = &Message> {
        let passed_over = self.apart.len().saturating_sub(at_most);
        self.apart
            .iter()
            .skip(passed_over)
            .map(|(_, message)| message)
    }
}

impl CallPages {
    /// The messages with their legs, oldest first, and how many come before the gap if there is one.
    pub(super) fn messages(&self) -> (impl Iterator<Item = &(usize, Message)>, usize) {
        (self.head.iter().chain(&self.tail), self.head.len())
    }

    fn bytes(&self) -> usize {
        self.head_bytes + self.tail_bytes
    }

    fn put(&mut self, leg: usize, message: Message) {
        let length = message.bytes.len();
        if self.tail.is_empty() && self.head_bytes + length <= limits::CALL_HEAD_BYTES {
            self.head_bytes += length;
            self.head.push((leg, message));
            return;
        }
        self.tail_bytes += length;
        self.tail.push_back((leg, message));
        while self.bytes() > limits::CALL_BYTES_MAX {
            let Some((_, oldest)) = self.tail.pop_front() else {
                return;
            };
            self.tail_bytes -= oldest.bytes.len();
            self.left_out += 1;
        }
    }

    fn is_settled(&self, now: Moment) -> bool {
        self.ended.is_some_and(|ended| {
            now.since(self.last.max(ended)) >= limits::QUIET_FOR
                || now.since(ended) >= limits::PUT_AWAY_AFTER
        })
    }
}
