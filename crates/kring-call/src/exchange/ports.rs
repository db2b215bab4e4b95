//! Ports that the media threads have bound for us and that no call uses.
//!
//! A call takes only ports that are bound already, so what its SDP promises is true.

use crate::limits::SPARE_PAIRS;
use kring_media::PortPair;
use std::collections::VecDeque;

#[derive(Debug, Default)]
pub(super) struct Ports {
    free: VecDeque<PortPair>,
    asked: usize,
}

impl Ports {
    /// How many more should be asked for now; counted as asked.
    pub(super) fn wanted(&mut self) -> usize {
        let coming = self.free.len() + self.asked;
        // Ask in batches of half the reserve, not one by one.
        if coming > SPARE_PAIRS / 2 {
            return 0;
        }
        let wanted = SPARE_PAIRS - coming;
        self.asked += wanted;
        wanted
    }

    /// Two pairs, one towards the caller and one towards the agent.
    pub(super) fn take(&mut self) -> Option<(PortPair, PortPair)> {
        if self.free.len() < 2 {
            return None;
        }
        // The longest unused first: late packets of an old call find nobody.
        Some((self.free.pop_front()?, self.free.pop_front()?))
    }

    /// One pair.
    pub(super) fn take_one(&mut self) -> Option<PortPair> {
        self.free.pop_front()
    }

    /// Pairs come, newly bound or rested.
    pub(super) fn bound(&mut self, pairs: Vec<PortPair>) {
        self.asked = self.asked.saturating_sub(pairs.len());
        self.free.extend(pairs);
    }

    /// Pairs that were promised but never used.
    pub(super) fn give_back<const N: usize>(&mut self, pairs: [PortPair; N]) {
        self.free.extend(pairs);
    }

    /// Nothing more can be bound; what was asked for will not come.
    pub(super) fn exhausted(&mut self) {
        self.asked = 0;
    }
}
