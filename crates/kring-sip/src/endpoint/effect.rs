//! What an endpoint is told and tells: where messages go, what happened to a leg, what was counted.

use super::{Answered, AskId, LoginId, Replaced};
use crate::{
    AccountEvent, AccountId, HeaderName, Headers, Method, NameAddr, Peer, Uri, header::Replaces,
    registrar::PhoneNews,
};
use bytes::Bytes;
use std::{fmt, time::Duration};

/// A message on its way out. For streams the shell finds the connection to the address or opens one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transmit {
    /// Where to.
    pub to: Peer,
    /// The whole message.
    pub bytes: Bytes,
    /// How long a connection may take to stand for it, before it counts as failed: it can go another
    /// way. `None`: as long as any.
    pub connect_within: Option<Duration>,
}

impl Transmit {
    /// A message that waits for its connection as long as any.
    pub fn new(to: Peer, bytes: Bytes) -> Transmit {
        Transmit {
            to,
            bytes,
            connect_within: None,
        }
    }
}

/// One INVITE usage: one side of a call. Unique for the life of the endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct LegId(pub u64);

impl fmt::Display for LegId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "leg-{}", self.0)
    }
}

/// A call to be made.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Where it rings, everywhere at once and as one leg: the phones of one person. At most ten; what is
    /// more is not called.
    pub branches: Vec<Branch>,
    /// From, without a tag.
    pub from: NameAddr,
    /// To, without a tag.
    pub to: NameAddr,
    /// An SDP offer; none asks the called side for one.
    pub body: Option<Bytes>,
    /// Further headers.
    pub extra: Vec<(HeaderName, String)>,
    /// Hops that the request may still take; 70 unless a received INVITE had fewer.
    pub max_forwards: u8,
}

/// Which branch of an [`Invitation`] it is, counted from 0 in the order given.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct BranchId(pub u8);

/// One of the places where a call rings.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The request URI.
    pub target: Uri,
    /// Proxies that the INVITE must pass (a trunk's Service-Route, a phone's Path), nearest first.
    pub route: Vec<NameAddr>,
    /// Where the INVITE is sent, whatever the target says: the first, and then, while nothing but
    /// silence, 503 or a failed transport comes back, the others in turn (RFC 3263 §4.3). At most four.
    pub peers: Vec<Peer>,
    /// Whether requests within the dialog go there, too, whatever Contact says: the phone is behind NAT,
    /// or only it could open the connection.
    pub keeps_way: bool,
    /// Who we are, should anybody on this way ask.
    pub login: Option<LoginId>,
    /// Headers of this INVITE besides those that all of them have.
    pub extra: Vec<(HeaderName, String)>,
    /// What is offered here, if it is not what all of them are offered.
    pub offer: Option<OwnOffer>,
}

/// The SDP offer of one branch.
#[derive(Clone, Debug)]
pub struct OwnOffer {
    /// The offer.
    pub sdp: Bytes,
    /// What is offered in its place, once, when it is refused as not acceptable (488, 606, 415).
    pub instead: Option<Bytes>,
}

impl Branch {
    /// Calls `target` through `peer` and nobody else.
    pub fn to(target: Uri, peer: Peer) -> Branch {
        Branch {
            target,
            route: Vec::new(),
            peers: vec![peer],
            keeps_way: false,
            login: None,
            extra: Vec::new(),
            offer: None,
        }
    }
}

/// An INVITE that begins a call.
#[derive(Clone, Debug)]
pub struct IncomingInvite {
    /// Who sent it.
    pub from_peer: Peer,
    /// The request URI.
    pub request_uri: Uri,
    /// From.
    pub from: NameAddr,
    /// To.
    pub to: NameAddr,
    /// Call-ID, at most [`crate::limits`] long.
    pub call_id: String,
    /// Max-Forwards, 70 if there was none.
    pub max_forwards: u8,
    /// Everything else: identity, Diversion, Contact, Allow.
    pub headers: Headers,
    /// The SDP offer, if there was one.
    pub body: Option<Bytes>,
    /// The leg of ours that it wants the place of (RFC 3891).
    pub replaces: Option<Replaced>,
}

/// Which request carried an offer within a dialog.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OfferKind {
    /// A re-INVITE. Without a body it asks for our offer.
    Reinvite,
    /// An UPDATE (RFC 3311).
    Update,
}

/// What happened to a leg. After `CallerCancelled`, `Rejected`, `Bye` and `Gone` the leg is over; only what
/// comes of a REFER of ours (`Referral…`) may still be told after a `Bye`.
#[derive(Clone, Debug)]
pub enum LegEvent {
    /// UAS: somebody calls. 100 is on its way.
    Incoming(Box<IncomingInvite>),
    /// UAS: the caller gave up before a final response. All is answered; the leg is over.
    CallerCancelled {
        /// The Reason header of the CANCEL (RFC 3326).
        reason: Option<String>,
    },
    /// UAS: the ACK of our 2xx came. Comes again, with a body, when the ACK of an accepted
    /// re-INVITE brought the answer to our offer.
    Confirmed {
        /// The answer, if our 2xx made the offer.
        body: Option<Bytes>,
    },
    /// UAS: no ACK in 64*T1. The 2xx is no longer repeated; the exchange ends the leg with `bye`.
    AckMissing,
    /// UAS: whoever calls asks us to answer now (NOTIFY with `Event: talk`). Only where
    /// [`super::EndpointConfig::talkable`] says that we can be asked.
    TalkWanted,
    /// UAC: 101 to 199.
    Progress {
        /// The status.
        code: u16,
        /// Early media's SDP.
        body: Option<Bytes>,
        /// The phone can be made to answer (`Allow-Events: talk`).
        talk: bool,
        /// The To tag: which fork it was. Empty if there was none.
        tag: String,
        /// Which of the branches it was.
        branch: BranchId,
    },
    /// UAC: the first 2xx. Wants `acknowledge`, then `bye` if nobody wants it any more. 2xx of other
    /// forks are acknowledged and ended by the endpoint.
    Accepted {
        /// The answer, or the offer if ours was late.
        body: Option<Bytes>,
        /// Which of the branches it was.
        branch: BranchId,
    },
    /// UAC: one of several branches has ended without an answer, and the others go on.
    BranchOver {
        /// Which.
        branch: BranchId,
        /// The status, as in [`LegEvent::Rejected`].
        code: u16,
        /// Made here, not received.
        local: bool,
    },
    /// UAC: a final response of 300 or more, the best of all branches (RFC 3261 §16.7). The leg is over.
    Rejected {
        /// The status: 408 for a timeout, 503 for a failed transport, 487 for a CANCEL nobody answered.
        code: u16,
        /// The reason phrase.
        reason: String,
        /// Retry-After, s.
        retry_after: Option<u32>,
        /// Made here, not received.
        local: bool,
    },
    /// An offer within the dialog; wants `accept_offer` or `reject_offer`.
    Offer {
        /// The SDP; empty if the re-INVITE asks for our offer.
        body: Bytes,
        /// Which request it was.
        kind: OfferKind,
    },
    /// Whoever made the offer has taken it back (CANCEL), and was told so. The session stays as it was.
    OfferCancelled,
    /// A refresh of ours said again what holds, and so did the other side, or it moved: its description
    /// is now this one.
    Refreshed {
        /// The SDP.
        body: Bytes,
    },
    /// What we offered by [`super::Endpoint::reoffer`] is answered. The description of the other side is
    /// now this one.
    Answer {
        /// The SDP.
        body: Bytes,
    },
    /// What we offered by [`super::Endpoint::reoffer`] is refused. The session stays as it was.
    OfferRefused {
        /// The status.
        code: u16,
    },
    /// The other side pressed a key and told it apart from its sound (INFO). Answered already.
    Pressed {
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        key: char,
        /// For how long, ms, at most 2,000.
        duration_ms: u32,
    },
    /// The other side has taken on our [`super::Endpoint::refer`]: what comes of it is told next.
    ReferralAccepted,
    /// The other side does not do what our [`super::Endpoint::refer`] asks. The leg stays as it was,
    /// whatever the code.
    ReferralRefused {
        /// The status; 408 for no answer, 503 for a failed transport.
        code: u16,
        /// Made here, not received.
        local: bool,
    },
    /// How what we asked for goes (NOTIFY), after [`LegEvent::ReferralAccepted`].
    ReferralProgress {
        /// The status of the call that the other side makes.
        code: u16,
        /// That was the last word: the call has a final status, or the other side tells no more.
        over: bool,
    },
    /// The other side asks us to call somebody (REFER); wants `accept_referral` or `reject_referral`.
    Referred {
        /// Refer-To, without what was asked for beside the address.
        to: NameAddr,
        /// The dialog that the new call is to take the place of, as whoever is called sees it. It may be
        /// one of ours: see [`super::Endpoint::named_by`].
        replaces: Option<Replaces>,
        /// In whose name, as it says itself (RFC 3892).
        referred_by: Option<NameAddr>,
    },
    /// The other side hung up. 200 is on its way; the leg is over.
    Bye {
        /// The Reason header.
        reason: Option<String>,
    },
    /// Our BYE was answered or gave up, or the other side no longer knows the dialog or has not refreshed
    /// it in time. The leg is over.
    Gone {
        /// The last status: 200 usually, 408 for no answer, 481 for a dialog nobody knew.
        code: u16,
    },
}

/// Which way a message went.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    /// Received.
    In,
    /// Sent.
    Out,
}

/// What is counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SipCount {
    /// A request, each once: repetitions are counted apart.
    Request {
        /// Its method.
        method: Method,
        /// Which way.
        direction: Direction,
    },
    /// A response.
    Response {
        /// The method of its request.
        method: Method,
        /// The status.
        code: u16,
        /// Which way.
        direction: Direction,
    },
    /// Something was sent again because nothing came back.
    Retransmission {
        /// The method of the transaction.
        method: Method,
    },
    /// Bytes that are no SIP.
    ParseError,
    /// Something was refused, dropped or cut because a bound of `limits` was reached.
    BoundReached {
        /// Which: a short word of ours such as `legs`, never anything that came from outside.
        bound: &'static str,
    },
    /// A request of a source that is nobody's.
    Stranger {
        /// Its method.
        method: Method,
        /// Whether it was answered.
        answered: bool,
    },
}

/// What is to be done after an input.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Send this.
    Send(Transmit),
    /// This happened to a leg.
    Event(LegId, LegEvent),
    /// A question of ours has ended.
    Answered(AskId, Answered),
    /// This happened to an account of ours.
    Account(AccountId, AccountEvent),
    /// Something happened to a phone that registers with us.
    Phone(PhoneNews),
    /// Count this.
    Counted(SipCount),
}

/// Gauges.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Transactions that still hold state.
    pub transactions: usize,
    /// Legs: INVITEs in progress and confirmed dialogs.
    pub dialogs: usize,
    /// What else is kept for a while: questions, INVITEs that nobody waits for any more, by what requests
    /// find their leg, and what registered phones want.
    pub remembered: usize,
}
