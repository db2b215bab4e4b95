//! The person at a phone, and what the phone itself is like.

use crate::{in_call::Reoffer, wire::Letter};
use kring_time::Moment;
use std::{collections::VecDeque, time::Duration};

/// What the person at the phone does about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Lets it ring.
    Ignores,
    /// Lifts the handset so long after it began to ring.
    Answers(Duration),
    /// Presses reject, 603, so long after it began to ring.
    Declines(Duration),
    /// The phone refuses with this code before it rings: 486 busy, 404 not registered.
    Refuses(u16),
    /// The phone is without power: it says nothing at all.
    Dead,
    /// The phone is unplugged, and the network says so (ICMP, connection refused).
    Unplugged,
}

/// A time without power, or without a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// When it begins.
    pub from: Moment,
    /// When it is over.
    pub until: Moment,
}

impl Outage {
    /// Whether it lasts at `now`.
    pub fn lasts(&self, now: Moment) -> bool {
        self.from <= now && now < self.until
    }
}

/// The words of an INVITE by which a phone lifts itself: makers have never agreed on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelfAnswer {
    /// `Call-Info: …;answer-after=0`.
    CallInfo,
    /// `Alert-Info: …;info=alert-autoanswer`.
    AlertInfo,
    /// `Answer-Mode: Auto` (RFC 5373).
    AnswerMode,
}

impl SelfAnswer {
    /// Whether this INVITE has these words.
    pub(crate) fn is_asked(self, invite: &Letter) -> bool {
        let (name, word) = match self {
            SelfAnswer::CallInfo => ("Call-Info", ";answer-after=0"),
            SelfAnswer::AlertInfo => ("Alert-Info", ";info=alert-autoanswer"),
            SelfAnswer::AnswerMode => ("Answer-Mode", "Auto"),
        };
        invite.all(name).any(|value| value.contains(word))
    }
}

/// A phone and the person at it.
#[derive(Clone, Debug)]
pub struct PhoneSetup {
    /// When it has no power, one after another: it loses its calls and hears nothing.
    pub outages: Vec<Outage>,
    /// From the INVITE to the first sound.
    pub rings_after: Duration,
    /// Sound and silence together.
    pub period: Duration,
    /// What the person does about the first, second, … call; the last mood stays.
    pub moods: VecDeque<Mood>,
    /// How long the person talks before hanging up; none: leaves it to the caller.
    pub talks: Option<Duration>,
    /// How long after the answer the person holds the call; none: never.
    pub holds: Option<Duration>,
    /// The provisional response with which it says that it rings: 180, or 183 with a tone of its own.
    pub rings_with: u16,
    /// Whether it is registered over TCP.
    pub is_on_tcp: bool,
    /// Whether it says `Allow-Events: talk`.
    pub answerable: bool,
    /// Whether its provisional responses want a PRACK, where the INVITE allows it (RFC 3262).
    pub is_reliable: bool,
    /// Whether it stops ringing when the invitation expires; many do not look.
    pub honours_expires: bool,
    /// A second telephone rings with it, and is lifted so long after it; none: it is alone.
    pub fork: Option<Duration>,
    /// The codecs that it knows, by payload number, the best first.
    pub knows: Vec<u8>,
    /// How long after the answer the person sends the caller where, by the phone's own button; none: never.
    pub refers: Option<(Duration, String)>,
    /// How long after the answer it changes to which codec; none: never.
    pub changes: Option<(Duration, u8)>,
    /// By which request it holds, resumes and refreshes.
    pub reoffers_by: Reoffer,
    /// The words by which it lifts itself; none: it knows no such words.
    pub lifts_itself: Option<SelfAnswer>,
    /// Whether it names itself as the one who refreshes the session, where the INVITE leaves it open.
    pub refreshes: bool,
}
