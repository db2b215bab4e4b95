//! Which packets of one source were there already, and how often their numbers have wrapped (RFC 3711 §3.3).

/// How many packets back are remembered.
pub(super) const WINDOW: u64 = u128::BITS as u64;

/// Sources of one leg that are remembered. A phone changes its source with a call or a hold; who changes it more often
/// than this meanwhile is known as a new one.
const SOURCES: usize = 8;

/// The packets of one source, newest at bit 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    highest: u64,
    seen: u128,
}

impl Window {
    /// Of a source whose first packet has this index.
    pub(super) fn beginning_at(index: u64) -> Window {
        Window {
            highest: index,
            seen: 1,
        }
    }

    /// The index of the packet with this sequence number that is nearest to those that were there
    /// (RFC 3711 §3.3.1).
    pub(super) fn index_of(&self, sequence: u16) -> u64 {
        let (cycle, newest) = (self.highest & !0xffff, self.highest as u16);
        let index = cycle | u64::from(sequence);
        let ahead = sequence.wrapping_sub(newest) as i16;
        match (ahead >= 0, sequence < newest) {
            (true, true) => index + 0x1_0000,
            (false, false) => index.checked_sub(0x1_0000).unwrap_or(index),
            _ => index,
        }
    }

    /// It was not there, and is not too old to know.
    pub(super) fn is_new(&self, index: u64) -> bool {
        match self.highest.checked_sub(index) {
            None => true,
            Some(back) => back < WINDOW && self.seen & (1 << back) == 0,
        }
    }

    /// It is there now.
    pub(super) fn note(&mut self, index: u64) {
        match index.checked_sub(self.highest) {
            Some(ahead) => {
                self.seen = self.seen.checked_shl(ahead.min(WINDOW) as u32).unwrap_or(0) | 1;
                self.highest = index;
            }
            None => {
                let back = self.highest - index;
                if back < WINDOW {
                    self.seen |= 1 << back;
                }
            }
        }
    }

    pub(super) fn highest(&self) -> u64 {
        self.highest
    }
}

/// What is known of each of a few sources, by name; the one that was used last comes first.
#[derive(Clone, Debug)]
pub(super) struct Sources<Known>([Option<(u32, Known)>; SOURCES]);

impl<Known: Copy> Sources<Known> {
    pub(super) fn new() -> Sources<Known> {
        Sources([None; SOURCES])
    }

    /// The source of this name, which comes to the front.
    pub(super) fn get(&mut self, ssrc: u32) -> Option<&mut Known> {
        let is_it = |known: &Option<(u32, Known)>| known.is_some_and(|(name, _)| name == ssrc);
        let at = self.0.iter().position(is_it)?;
        self.0[..=at].rotate_right(1);
        self.0[0].as_mut().map(|(_, known)| known)
    }

    /// The same, where it stays.
    pub(super) fn peek(&self, ssrc: u32) -> Option<&Known> {
        let found = self.0.iter().flatten().find(|(name, _)| *name == ssrc)?;
        Some(&found.1)
    }

    /// A source that was not known; the one that was silent longest may go for it: whether one did.
    pub(super) fn add(&mut self, ssrc: u32, known: Known) -> bool {
        let goes = self.0[SOURCES - 1].is_some();
        self.0.rotate_right(1);
        self.0[0] = Some((ssrc, known));
        goes
    }

    /// Forgets a source.
    pub(super) fn forget(&mut self, ssrc: u32) {
        let is_it = |known: &Option<(u32, Known)>| known.is_some_and(|(name, _)| name == ssrc);
        if let Some(at) = self.0.iter().position(is_it) {
            self.0[at..].rotate_left(1);
            self.0[SOURCES - 1] = None;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Known> {
        self.0.iter().flatten().map(|(_, known)| known)
    }
}
