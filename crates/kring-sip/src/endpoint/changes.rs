//! What we want to change of a dialog, and what of it is on its way: one request at a time.

use super::proofs::Proofs;
use crate::{Method, entropy::Entropy, transaction::ClientKey};
use bytes::Bytes;
use kring_time::Moment;
use std::time::Duration;

/// What we want of one dialog.
#[derive(Debug)]
pub(crate) struct Changes {
    /// Who made the Call-ID: the other side waits less after glare (RFC 3261 §14.1).
    owner: CallIdOwner,
    pub(crate) open: Option<Open>,
    pub(crate) next: Option<Next>,
    pub(crate) tries: u8,
}

#[derive(Clone, Copy, Debug)]
enum CallIdOwner {
    Us,
    Them,
}

/// A request that is on its way.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) request: ClientKey,
    pub(crate) method: Method,
    pub(crate) wish: Wish,
    /// Who we are, if somebody has asked. Of an UPDATE its transaction knows.
    pub(crate) proofs: Proofs,
}

/// A request that waits.
#[derive(Debug)]
pub(crate) struct Next {
    pub(crate) wish: Wish,
    pub(crate) at: Moment,
}

#[derive(Clone, Debug)]
pub(crate) enum Wish {
    /// This is how we want the session to be.
    Offer(Bytes),
    /// It is to last on as it is.
    Refresh,
}

impl Changes {
    /// In a call that we have made.
    pub(crate) fn of_calling() -> Changes {
        Changes::of(CallIdOwner::Us)
    }

    /// In a call that was made to us.
    pub(crate) fn of_called() -> Changes {
        Changes::of(CallIdOwner::Them)
    }

    fn of(owner: CallIdOwner) -> Changes {
        Changes {
            owner,
            open: None,
            next: None,
            tries: 0,
        }
    }

    /// Something is on its way.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// An offer is on its way, so that theirs must wait.
    pub(crate) fn has_open_offer(&self) -> bool {
        let open = self.open.as_ref();
        open.is_some_and(|open| open.method == Method::Invite)
    }

    /// When the next one wants to go.
    pub(crate) fn due(&self) -> Option<Moment> {
        self.next.as_ref().map(|next| next.at)
    }

    /// The session is to last on. Whatever goes out anyway sees to that.
    pub(crate) fn refresh(&mut self, now: Moment) {
        if self.open.is_none() {
            self.again(Wish::Refresh, now);
        }
    }

    /// Tries `wish` at `at`, unless something newer waits already.
    pub(crate) fn again(&mut self, wish: Wish, at: Moment) {
        self.next.get_or_insert(Next { wish, at });
    }

    /// Nobody wants the offer that waits any more: whether there was one.
    pub(crate) fn withdraw(&mut self) -> bool {
        let waits = self
            .next
            .take_if(|next| matches!(next.wish, Wish::Offer(_)));
        if waits.is_some() {
            self.tries = 0;
        }
        waits.is_some()
    }

    /// The open request was sent again under another key, with proof of who we are.
    pub(crate) fn sent_again(&mut self, before: ClientKey, now: ClientKey) {
        if let Some(open) = self.open.as_mut().filter(|open| open.request == before) {
            open.request = now;
        }
    }

    pub(crate) fn take_open(&mut self, request: ClientKey) -> Option<Open> {
        self.open.take_if(|open| open.request == request)
    }

    /// RFC 3261 §14.1, in steps of 10 ms.
    pub(crate) fn back_off(&self, entropy: &mut Entropy) -> Duration {
        let ms = match self.owner {
            CallIdOwner::Us => 2_100 + 10 * entropy.below(191),
            CallIdOwner::Them => 10 * entropy.below(201),
        };
        Duration::from_millis(u64::from(ms))
    }
}
