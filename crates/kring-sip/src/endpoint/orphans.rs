//! INVITEs that nobody waits for any more: another branch won, or another peer was asked after a silence.
//!
//! Each is given a CANCEL as soon as RFC 3261 §9.1 allows, and whoever answers it all the same gets
//! ACK and BYE: no phone is left ringing, or talking to nobody.

use super::{
    Endpoint,
    branches::{Attempt, Cancelling},
    table::{Machine, Owner},
};
use crate::{
    Reason,
    dialog::Dialog,
    transaction::{ClientInvite, ClientKey},
};
use kring_time::Moment;

/// One of them, known by its transaction.
#[derive(Debug)]
pub(crate) struct Orphan {
    /// What CANCEL and the ACK of a refusal are made of.
    pub(crate) seed: Dialog,
    cancel: Cancelling,
}

impl Machine for Orphan {
    type Key = ClientKey;

    fn owner(key: ClientKey) -> Owner {
        Owner::Orphan(key)
    }

    fn due(&self) -> Option<Moment> {
        self.cancel.due()
    }
}

impl Endpoint {
    /// Its leg lets go of `attempt`. `reason` is for its CANCEL, if none was sent yet.
    pub(super) fn disown(&mut self, now: Moment, attempt: Attempt, reason: Reason) {
        let (key, seed) = (attempt.invite, attempt.seed);
        let Some(invite) = self.client_invites.get(key) else {
            return;
        };
        let unheard = invite.is_unanswered();
        let cancel = match attempt.cancel {
            Cancelling::No if unheard => Cancelling::WhenHeard {
                reason,
                until: None,
            },
            Cancelling::No => self.send_cancel(now, &seed, key, &reason),
            told => told,
        };
        let orphan = Orphan { seed, cancel };
        self.orphans.insert(&mut self.queue, key, orphan);
    }

    /// Its leg waits no longer for this peer, which was silent too long: the INVITE is repeated no more, and
    /// what its copies bring is waited for. `reason` is for the CANCEL that it is given then.
    pub(super) fn disown_silent(&mut self, now: Moment, attempt: Attempt, reason: Reason) {
        self.client_invites
            .change(&mut self.queue, attempt.invite, ClientInvite::listen);
        let orphan = Orphan {
            seed: attempt.seed,
            cancel: Cancelling::WhenHeard {
                reason,
                until: Some(now + self.timers.patience()),
            },
        };
        self.orphans.insert(&mut self.queue, attempt.invite, orphan);
    }

    /// A provisional response: now it can be cancelled.
    pub(super) fn orphan_heard(&mut self, now: Moment, key: ClientKey) {
        let Some(Cancelling::WhenHeard { reason, .. }) =
            self.orphans.get(key).map(|orphan| &orphan.cancel)
        else {
            return;
        };
        let reason = reason.clone();
        let Some(orphan) = self.orphans.remove(&mut self.queue, key) else {
            return;
        };
        let seed = orphan.seed;
        let cancel = self.send_cancel(now, &seed, key, &reason);
        let orphan = Orphan { seed, cancel };
        self.orphans.insert(&mut self.queue, key, orphan);
    }

    /// Timer B of its INVITE: whether what the last copy may bring is still waited for.
    pub(super) fn orphan_unheard(&mut self, now: Moment, key: ClientKey) -> bool {
        let until_then = now + self.timers.t4 * 2;
        let waits = self.orphans.change(&mut self.queue, key, |orphan| {
            orphan.cancel.wait_until(until_then)
        });
        waits == Some(true)
    }

    /// A final response came, or none will: there is nothing left to be given up.
    pub(super) fn forget_orphan(&mut self, key: ClientKey) -> bool {
        self.orphans.remove(&mut self.queue, key).is_some()
    }

    /// It was waited for in vain.
    pub(super) fn orphan_woken(&mut self, key: ClientKey) {
        self.orphans.remove(&mut self.queue, key);
        self.client_invites.remove(&mut self.queue, key);
    }
}
