//! A leg: one INVITE usage from its first message to the answer to its BYE.

use super::{
    branches::Calling,
    changes::Changes,
    referral::{Ours, Referrals},
    reliable::Provisionals,
    reply::Reply,
    session_timer::{SessionTimer, Terms},
};
use crate::{
    OfferKind, Peer, Reason, Uri,
    dialog::Dialog,
    header::RAck,
    transaction::{ClientKey, Repeating, ServerKey},
};
use bytes::Bytes;
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
    Leaving(Box<Leaving>),
    /// The other side has hung up, and may still tell how our REFER goes: that outlives the call (RFC 5057
    /// §4.2).
    Left(Box<Leaving>),
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
    /// What our 2xx will say about the session timer.
    pub(crate) terms: Option<Terms>,
    /// The caller takes UPDATE.
    pub(crate) updates: bool,
    /// Our 18x.
    pub(crate) provisionals: Provisionals,
}

/// A dialog in use.
#[derive(Debug)]
pub(crate) struct Established {
    pub(crate) dialog: Dialog,
    pub(crate) ack: Ack,
    /// What the other side wants to change and the exchange has not yet answered.
    pub(crate) offer: Option<PendingOffer>,
    /// What we want to change, and the refreshes of the session.
    pub(crate) changes: Changes,
    /// Until when the session lasts without a refresh.
    pub(crate) timer: Option<SessionTimer>,
    /// What we said last about sound: a refresh by re-INVITE says it again (RFC 4028 §7.4).
    pub(crate) sdp: Option<Bytes>,
    /// The other side takes UPDATE.
    pub(crate) updates: bool,
    /// A PRACK that our 2xx has overtaken.
    pub(crate) prack: Option<RAck>,
    /// Who is to call whom.
    pub(crate) referrals: Referrals,
}

/// A dialog without its call.
#[derive(Debug)]
pub(crate) struct Leaving {
    pub(crate) dialog: Dialog,
    /// How our REFER ends may cross our BYE, and follow theirs.
    pub(crate) referral: Ours,
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
    /// What our 2xx will say about the session timer.
    pub(crate) terms: Option<Terms>,
}

impl Leg {
    /// When it wants to be woken.
    pub(crate) fn due(&self) -> Option<Moment> {
        match self {
            Leg::Calling(calling) => calling.due(),
            Leg::Established(established) => established.due(),
            Leg::Called(called) => called.provisionals.due(),
            Leg::Leaving(_) => None,
            Leg::Left(left) => left.referral.due(),
        }
    }

    /// Our tag, by which the other side's requests find it.
    pub(crate) fn local_tag(&self) -> u64 {
        match self {
            Leg::Calling(calling) => calling.local_tag,
            Leg::Called(called) => called.dialog.local_tag(),
            Leg::Established(established) => established.dialog.local_tag(),
            Leg::Leaving(leaving) | Leg::Left(leaving) => leaving.dialog.local_tag(),
        }
    }

    /// The dialog of a call, once there is one.
    pub(crate) fn dialog(&self) -> Option<&Dialog> {
        match self {
            Leg::Calling(_) | Leg::Left(_) => None,
            Leg::Called(called) => Some(&called.dialog),
            Leg::Established(established) => Some(&established.dialog),
            Leg::Leaving(leaving) => Some(&leaving.dialog),
        }
    }

    /// What all its messages have in common; all branches of a call share it.
    pub(crate) fn call_id(&self) -> Option<&str> {
        let seed = match self {
            Leg::Calling(calling) => calling.attempts.first().map(|attempt| &attempt.seed),
            _ => self.dialog(),
        };
        seed.map(Dialog::call_id)
    }
}

impl Established {
    /// Nothing is open between the two sides, so that we may begin something.
    pub(crate) fn is_quiet(&self) -> bool {
        matches!(self.ack, Ack::Done) && self.offer.is_none() && !self.changes.is_open()
    }

    fn due(&self) -> Option<Moment> {
        let ack = match &self.ack {
            Ack::Awaited(awaited) => Some(awaited.success.due()),
            _ => None,
        };
        let change = self.is_quiet().then(|| self.changes.due()).flatten();
        let timer = self.timer.as_ref().map(SessionTimer::due);
        [ack, change, timer, self.referrals.due()]
            .into_iter()
            .flatten()
            .min()
    }
}
