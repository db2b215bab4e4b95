//! A leg: one INVITE usage from its first message to the answer to its BYE.

use super::{limits, reply::Reply};
use crate::{
    Headers, OfferKind, Peer, Reason, Uri,
    dialog::Dialog,
    transaction::{ClientKey, Repeating, ServerKey},
};
use kring_time::Moment;

/// One side of a call.
#[derive(Debug)]
pub(crate) enum Leg {
    /// UAC: no 2xx yet.
    Calling(Box<Calling>),
    /// UAS: no final response yet.
    Called(Box<Called>),
    /// There is a dialog and nobody has hung up.
    Established(Box<Established>),
    /// Our BYE is on its way.
    Leaving(Box<Dialog>),
}

/// We call.
#[derive(Debug)]
pub(crate) struct Calling {
    /// Its INVITE.
    pub(crate) invite: ClientKey,
    /// What INVITE, CANCEL and the ACK of a refusal are made of.
    pub(crate) seed: Dialog,
    /// Whether it is to be given up.
    pub(crate) cancel: Cancelling,
    /// The forks that have spoken.
    pub(crate) early: Vec<Early>,
}

/// How far the giving up has got.
#[derive(Debug)]
pub(crate) enum Cancelling {
    /// Nobody wants it.
    No,
    /// Wanted, but nothing has come back yet: a CANCEL might overtake its INVITE (RFC 3261 §9.1). When
    /// the INVITE has timed out, its last copy is still waited for, for `until` then.
    WhenHeard {
        reason: Reason,
        until: Option<Moment>,
    },
    /// Sent; without any final response until then, the INVITE is taken for dead (RFC 3261 §9.1).
    Sent { give_up: Moment },
}

/// A fork's early dialog.
#[derive(Debug)]
pub(crate) struct Early {
    pub(crate) dialog: Dialog,
    /// It can be made to answer.
    pub(crate) talk: bool,
}

/// We are called.
#[derive(Debug)]
pub(crate) struct Called {
    /// The transaction of the INVITE.
    pub(crate) invite: ServerKey,
    pub(crate) dialog: Dialog,
    pub(crate) reply: Reply,
    /// The number of the INVITE, which its ACK repeats.
    pub(crate) seq: u32,
    /// The caller made no offer: our 2xx does.
    pub(crate) late_offer: bool,
}

/// A dialog in use.
#[derive(Debug)]
pub(crate) struct Established {
    pub(crate) dialog: Dialog,
    pub(crate) ack: Ack,
    /// What the other side wants to change and the exchange has not yet answered.
    pub(crate) offer: Option<PendingOffer>,
}

/// Whether the latest INVITE of the dialog is acknowledged.
#[derive(Debug)]
pub(crate) enum Ack {
    /// By us it is not: the exchange thinks about it.
    Owed { invite: ClientKey, seq: u32 },
    /// By the other side it is not: our 2xx is repeated.
    Awaited(Awaited),
    /// It never came.
    Missing,
    /// It is.
    Done,
}

/// A 2xx of ours without its ACK.
#[derive(Debug)]
pub(crate) struct Awaited {
    pub(crate) success: Repeating,
    /// Where it goes.
    pub(crate) to: Peer,
    /// The number of the INVITE.
    pub(crate) seq: u32,
    /// Whether the ACK brings the answer to our offer.
    pub(crate) offered: bool,
    /// Whether it is the INVITE that made the dialog.
    pub(crate) first: bool,
    /// The exchange hung up meanwhile; BYE must wait (RFC 3261 §15).
    pub(crate) bye: Option<PendingBye>,
}

/// A BYE that waits for an ACK.
#[derive(Debug)]
pub(crate) struct PendingBye {
    pub(crate) reason: Option<Reason>,
}

/// A re-INVITE or UPDATE that waits for the exchange.
#[derive(Debug)]
pub(crate) struct PendingOffer {
    pub(crate) request: ServerKey,
    pub(crate) kind: OfferKind,
    pub(crate) reply: Reply,
    pub(crate) seq: u32,
    /// It asks for our offer.
    pub(crate) late_offer: bool,
    /// The remote target, once it is accepted.
    pub(crate) contact: Option<Uri>,
}

impl Leg {
    /// When it wants to be woken.
    pub(crate) fn due(&self) -> Option<Moment> {
        match self {
            Leg::Calling(calling) => match calling.cancel {
                Cancelling::Sent { give_up } => Some(give_up),
                Cancelling::WhenHeard { until, .. } => until,
                Cancelling::No => None,
            },
            Leg::Established(established) => match &established.ack {
                Ack::Awaited(awaited) => Some(awaited.success.due()),
                _ => None,
            },
            Leg::Called(_) | Leg::Leaving(_) => None,
        }
    }

    /// Our tag, by which the other side's requests find it.
    pub(crate) fn local_tag(&self) -> u64 {
        match self {
            Leg::Calling(calling) => calling.seed.local_tag(),
            Leg::Called(called) => called.dialog.local_tag(),
            Leg::Established(established) => established.dialog.local_tag(),
            Leg::Leaving(dialog) => dialog.local_tag(),
        }
    }
}

impl Calling {
    /// The early dialog of a fork, made if there is room for it.
    pub(crate) fn early(&mut self, headers: &Headers, tag: &str) -> Option<&mut Early> {
        let known = self
            .early
            .iter()
            .position(|early| early.dialog.remote_tag() == tag);
        let at = match known {
            Some(at) => at,
            None if self.early.len() < limits::FORKS_MAX => {
                self.early.push(Early {
                    dialog: self.seed.fork(headers, tag),
                    talk: false,
                });
                self.early.len() - 1
            }
            None => return None,
        };
        self.early.get_mut(at)
    }
}
