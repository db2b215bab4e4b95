//! The words that facts are made of: reasons, states and sides, each a closed list.

use crate::AgentId;
use kring_time::Openness;
use serde::{Deserialize, Serialize};

/// A record that is owed goes to another agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// Who decided it.
    pub by: AgentId,
    /// Who owed it.
    pub from: AgentId,
    /// Who owes it now.
    pub to: AgentId,
}

/// When the budget of a call ends (`[ring] policy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RingPolicyKind {
    /// When the ring after the last would begin: 15.000 s for three Thai rings.
    BeforeNextRing,
    /// When the last burst has sounded: 11.000 s for three Thai rings.
    EndOfBurst,
}

/// The terms under which a call's rings were counted: stored with each call, so that its evidence
/// stands when the configuration has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RingTerms {
    /// Sound of one ring, ms.
    pub on_ms: u32,
    /// Silence of one ring, ms.
    pub off_ms: u32,
    /// How many rings a call may have.
    pub limit: u8,
    /// How long before the deadline the phones are withdrawn, ms.
    pub guard_ms: u32,
    /// When the budget ends.
    pub policy: RingPolicyKind,
    /// Where the cadence came from, such as `config` or `default`.
    pub cadence_from: String,
    /// How sure t0 is: `modelled` when the PBX makes the tone, `own_ringback` when kring does.
    pub t0_from: String,
}

/// Why an agent's phone was told to stop ringing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withdrawal {
    /// Ring on no answer: the phone rang its full allowance.
    Rona,
    /// The hop ended; others ring now.
    HopEnded,
    /// Another agent answered.
    AnsweredElsewhere,
    /// The caller hung up.
    CallerGaveUp,
    /// The agent declined on the screen.
    Declined,
    /// The call ended for another reason (failure, shutdown).
    CallOver,
}

/// Why a registered phone can no longer be called somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneGoneWhy {
    /// It said so.
    Unregistered,
    /// It did not come back in time.
    Expired,
    /// It came by another way, or a fresher phone needed the room.
    Replaced,
    /// Its connection is lost.
    ConnectionLost,
    /// It was removed or disabled.
    Removed,
}

/// Why an agent's phone ended the offer itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreached {
    /// 486 or 600.
    Busy,
    /// 603 or 403: the agent pressed reject.
    Declined,
    /// 404, 410 or 480: nobody is registered there.
    Unregistered,
    /// No response at all, or the transport failed.
    Silent,
    /// Any other final response.
    Failed,
    /// Its page did not say in time that it sounds: its audio is locked, or its page is dead.
    SilentDevice,
    /// 3xx, or an address where kring may not call: the phone sends its calls elsewhere, and kring does
    /// not follow.
    Redirected,
    /// It rang as long as it might: of those whom kring dials through a trunk.
    NoAnswer,
}

/// What was done at the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineAction {
    /// 486 or 480 with Retry-After.
    AnnounceBusy,
    /// 200, words of kring, and it hangs up.
    Announce,
    /// 302.
    Redirect,
    /// 200, greeting, place and music, and the queue goes on offering.
    AnswerGreetQueue,
    /// 200 and an announcement, and the call goes to somebody else.
    Overflow,
    /// 200, and the caller may ask to be called back.
    OfferCallback,
}

impl DeadlineAction {
    /// Whether kring answers the caller, who then waits for somebody.
    pub const fn keeps_caller(self) -> bool {
        match self {
            DeadlineAction::AnswerGreetQueue
            | DeadlineAction::Overflow
            | DeadlineAction::OfferCallback => true,
            DeadlineAction::AnnounceBusy | DeadlineAction::Announce | DeadlineAction::Redirect => {
                false
            }
        }
    }
}

/// Why a call was refused to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The budget of rings was spent.
    Deadline,
    /// No member of the queue is signed in.
    Unstaffed,
    /// As many wait already as may.
    QueueFull,
    /// It is outside of the opening hours.
    Closed,
}

impl Refusal {
    /// What is said of it after what was done; nothing of the usual one.
    pub(crate) const fn aside(self) -> &'static str {
        match self {
            Refusal::Deadline => "",
            Refusal::Unstaffed => ", unstaffed",
            Refusal::QueueFull => ", queue full",
            Refusal::Closed => ", closed",
        }
    }
}

/// What of a caller chose the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChosenBy {
    /// The centre has marked them as important.
    Vip,
    /// They have a case that is not closed.
    OpenCase,
    /// They speak a language of this queue.
    Language,
}

/// Why a queue or a unit takes no new calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedWhy {
    /// It is outside of the opening hours.
    Hours,
    /// It is a holiday.
    Holiday,
}

impl ClosedWhy {
    /// Why it is closed; none: it is open.
    pub const fn of(openness: Openness) -> Option<ClosedWhy> {
        match openness {
            Openness::Open => None,
            Openness::OutOfHours => Some(ClosedWhy::Hours),
            Openness::Holiday => Some(ClosedWhy::Holiday),
        }
    }
}

/// Which side of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaSide {
    /// The citizen's, towards the PBX.
    Caller,
    /// The agent's phone.
    Agent,
    /// Whoever is consulted, or to whom the caller goes.
    Third,
}

/// Who ended an answered call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// BYE from the caller's side.
    Caller,
    /// BYE from the agent's phone, or hang up on the screen.
    Agent,
    /// kring: dead media, no ACK, shutdown, restart.
    Kring,
    /// BYE from whoever had the caller after the queue: a department, an extension.
    Target,
}

/// What an agent is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceState {
    /// Signed out.
    Offline,
    /// Waiting for a call.
    Ready,
    /// An INVITE is on its way to the phone.
    Offered,
    /// The phone rings.
    Ringing,
    /// In a call.
    Talking,
    /// Writing the record of the last call.
    WrapUp,
    /// Away, with a reason.
    Paused,
}

/// An agent was warned who would otherwise have been paused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RonaWarning {
    /// The agent.
    pub agent: AgentId,
    /// What a pause would have said; none: `rona`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
