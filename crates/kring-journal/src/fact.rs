//! The facts, and how each is said in one line.
//!
//! A fact is a stored format: a kind is never renamed, a field is never removed, and a new field is
//! optional. `tests/golden/facts.jsonl` keeps one of every kind that was ever written.

use crate::{AgentId, CallerRef, call_record::RingResult};
use serde::{Deserialize, Serialize};
use std::fmt;

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
}

/// What was done at the deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineAction {
    /// 486 or 480 with Retry-After.
    AnnounceBusy,
    /// 302.
    Redirect,
}

/// Why a call was refused to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The budget of rings was spent.
    Deadline,
    /// No member of the queue is signed in.
    Unstaffed,
}

/// Which side of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaSide {
    /// The citizen's, towards the PBX.
    Caller,
    /// The agent's phone.
    Agent,
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

/// Something that has happened. The serde tag is `kind`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// The process started.
    Booted {
        /// Version of kring.
        version: String,
    },
    /// The boot before this one ended without saying so; its last group of facts may be missing.
    Gap {
        /// The boot that ended so.
        boot: i64,
        /// Calls that were open in it and were closed by this start.
        calls_open: u32,
    },
    /// The wall clock was set.
    WallStepped {
        /// By how much, microseconds, positive when it went forward.
        by_us: i64,
    },
    /// No new calls are accepted; running ones end in their time.
    Draining,
    /// The process ended in order.
    Stopped,

    /// An agent's state changed.
    Presence {
        /// The agent.
        agent: AgentId,
        /// The new state.
        state: PresenceState,
        /// Why, for `paused`: one of the configured reasons, or `rona`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// None of the agent's screens acknowledged in time.
    ScreenDead {
        /// The agent.
        agent: AgentId,
    },
    /// A screen of the agent acknowledged again.
    ScreenRestored {
        /// The agent.
        agent: AgentId,
    },
    /// The queue's last ready agent let calls ring out, and was warned, not paused.
    RonaWarned {
        /// The agent.
        agent: AgentId,
    },

    /// A call was accepted for processing. In this step t0 begins.
    Offered {
        /// Whose call.
        caller: CallerRef,
        /// The queue its number leads to.
        queue: String,
        /// The number that was dialled.
        did: String,
        /// Call-ID of the caller's leg.
        sip_call_id: String,
        /// The trunk it came by.
        trunk: String,
        /// The number that forwarded it, from Diversion.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        forwarded_by: Option<String>,
        /// True when Diversion says that it had rung elsewhere before.
        #[serde(default)]
        rang_before: bool,
        /// How its rings are counted.
        terms: RingTerms,
    },
    /// No screen of any candidate is alive; phones ring all the same.
    Degraded,
    /// INVITE to an agent's phone. The pop is in the agent's outbox before it leaves.
    Invited {
        /// The agent.
        agent: AgentId,
        /// The device, as configured.
        device: String,
        /// Which hop of the plan, from 1.
        hop: u8,
        /// Which offer of this call, from 1.
        attempt: u16,
    },
    /// The phone's first 18x.
    Alerting {
        /// The agent.
        agent: AgentId,
        /// 180 to 189.
        code: u16,
        /// Whether the phone can be made to answer (`Allow-Events: talk`).
        #[serde(default)]
        answerable: bool,
    },
    /// A burst began, counted from t0.
    Ring {
        /// 1, 2, 3.
        number: u8,
        /// The budget.
        of: u8,
    },
    /// CANCEL to a phone.
    Withdrawn {
        /// The agent.
        agent: AgentId,
        /// Why.
        why: Withdrawal,
    },
    /// A phone ended the offer itself.
    Unreached {
        /// The agent.
        agent: AgentId,
        /// How.
        why: Unreached,
        /// Its final response; 0 for none.
        code: u16,
    },
    /// A phone went on sounding after its withdrawal was due to be heard.
    LateSilence {
        /// The agent.
        agent: AgentId,
        /// From the deadline to the phone's confirmation, ms.
        over_ms: u64,
    },
    /// An agent answered.
    Answered {
        /// The agent.
        agent: AgentId,
        /// Rings begun, from t0.
        rings: u8,
        /// From t0, ms.
        wait_ms: u64,
        /// Within the budget, or not.
        result: RingResult,
        /// What was left of the budget, ms; negative when breached.
        margin_ms: i64,
    },
    /// A second 200 came after another agent had won; it got ACK and BYE.
    LostRace {
        /// Who lost.
        agent: AgentId,
        /// Who won; none when the caller had gone or the deadline action was committed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        winner: Option<AgentId>,
    },
    /// The deadline action, or the refusal of an unstaffed queue.
    Refused {
        /// Why.
        why: Refusal,
        /// What was done.
        action: DeadlineAction,
        /// The final response to the caller.
        code: u16,
        /// Retry-After, s, for busy.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_s: Option<u32>,
        /// Where to, for a redirect.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
        /// Rings begun, from t0.
        rings: u8,
        /// From t0, ms.
        wait_ms: u64,
        /// How long after its due time the action was taken, microseconds.
        lateness_us: u64,
    },
    /// The caller hung up before anybody answered.
    Abandoned {
        /// Rings begun, from t0.
        rings: u8,
        /// From t0, ms.
        wait_ms: u64,
    },
    /// The call could not be carried on, before an answer.
    Failed {
        /// In words that an operator understands.
        cause: String,
        /// The final response to the caller; 0 for none.
        code: u16,
    },
    /// First packet from this side was passed on.
    MediaFlowing {
        /// Which side.
        side: MediaSide,
    },
    /// One side is silent; the call goes on.
    MediaSilent {
        /// Which side.
        side: MediaSide,
        /// For how long, ms.
        for_ms: u64,
    },
    /// What the relay saw of one side, told when the call ends.
    MediaSummary {
        /// Which side.
        side: MediaSide,
        /// RTP packets received.
        packets: u64,
        /// Lost on the way to us, by sequence number.
        lost: u64,
        /// Interarrival jitter at the end, microseconds (RFC 3550 section 6.4.1).
        jitter_us: u64,
        /// Packets from addresses that were not signalled, dropped.
        strangers: u64,
    },
    /// The answered call ended.
    Ended {
        /// By whom.
        by: EndedBy,
        /// Why, such as `bye`, `no_ack`, `media_lost`, `restart`.
        cause: String,
        /// From answer to end, ms.
        talk_ms: u64,
    },

    /// The caller and history were found (or not) for the pop.
    LookedUp {
        /// `known`, `new`, `several`, `anonymous` or `late`.
        result: String,
        /// How long it took, microseconds.
        took_us: u64,
    },
    /// A screen acknowledged the pop.
    PopAcknowledged {
        /// The agent.
        agent: AgentId,
        /// From the pop's entry into the outbox, microseconds.
        after_us: u64,
    },
    /// A screen painted the pop.
    PopPainted {
        /// The agent.
        agent: AgentId,
        /// As the page measured it, ms.
        after_ms: u64,
    },
    /// The phone or page began to sound the ring.
    RingAudible {
        /// The agent.
        agent: AgentId,
    },

    /// The agent's time for the record began.
    WrapUpOpened {
        /// The agent.
        agent: AgentId,
        /// How long it lasts, s; 0 for none.
        for_s: u32,
    },
    /// It ran out; the draft waits in the unfinished list.
    WrapUpExpired {
        /// The agent.
        agent: AgentId,
    },
    /// A draft was stored.
    DraftSaved {
        /// The agent.
        agent: AgentId,
        /// Its version.
        version: i64,
    },
    /// The agent confirmed the record.
    Confirmed {
        /// The agent.
        agent: AgentId,
        /// The case's reference.
        case_ref: String,
        /// `inquiry`, `consultation`, `complaint` or `tip`.
        case_kind: String,
        /// How it was resolved.
        resolution: String,
        /// From the end of the call, ms.
        #[serde(default)]
        wrap_up_ms: u64,
    },
    /// The agent closed the call without a case.
    NoCase {
        /// The agent.
        agent: AgentId,
        /// `nuisance`, `wrong_number`, `dropped` or another.
        reason: String,
    },
    /// A law of the house was found broken at run time. This is our own fault.
    InvariantBroken {
        /// Which, such as `I3`.
        rule: String,
        /// What was seen.
        seen: String,
    },
}

impl fmt::Display for Fact {
    /// A verb of ten characters, then the rest. Scenario tests compare these lines.
    #[allow(clippy::too_many_lines, reason = "one line a kind, kept whole")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::Booted { version } => write!(f, "booted     kring {version}"),
            Fact::Gap { boot, calls_open } => {
                write!(
                    f,
                    "gap        boot {boot} ended unannounced, {calls_open} calls open"
                )
            }
            Fact::WallStepped { by_us } => {
                write!(f, "wall       stepped by {:.3} s", *by_us as f64 / 1e6)
            }
            Fact::Draining => write!(f, "draining"),
            Fact::Stopped => write!(f, "stopped"),
            Fact::Presence {
                agent,
                state,
                reason,
            } => match reason {
                Some(reason) => write!(f, "presence   {agent} {state:?} ({reason})"),
                None => write!(f, "presence   {agent} {state:?}"),
            },
            Fact::ScreenDead { agent } => write!(f, "screen     {agent} dead"),
            Fact::ScreenRestored { agent } => write!(f, "screen     {agent} restored"),
            Fact::RonaWarned { agent } => write!(f, "warned     {agent} Rona, last one ready"),
            Fact::Offered {
                caller,
                queue,
                forwarded_by,
                ..
            } => {
                write!(f, "offered    {caller} -> {queue}")?;
                forwarded_by
                    .iter()
                    .try_for_each(|by| write!(f, " via {by}"))
            }
            Fact::Degraded => write!(f, "degraded   no live screen"),
            Fact::Invited { agent, device, .. } => write!(f, "invited    {agent} at {device}"),
            Fact::Alerting { agent, .. } => write!(f, "alerting   {agent}"),
            Fact::Ring { number, .. } => write!(f, "ring       {number}"),
            Fact::Withdrawn { agent, why } => write!(f, "withdrawn  {agent} {why:?}"),
            Fact::Unreached { agent, why, code } => {
                write!(f, "unreached  {agent} {why:?} {code}")
            }
            Fact::LateSilence { agent, over_ms } => {
                write!(
                    f,
                    "late       {agent} silent {over_ms} ms past the deadline"
                )
            }
            Fact::Answered {
                agent,
                rings,
                wait_ms,
                ..
            } => {
                let wait = *wait_ms as f64 / 1e3;
                write!(f, "answered   {agent} after {wait:.3} s, ring {rings}")
            }
            Fact::LostRace { agent, winner } => match winner {
                Some(winner) => write!(f, "lost race  {agent} to {winner}"),
                None => write!(f, "lost race  {agent}, the call was over"),
            },
            Fact::Refused {
                why,
                action,
                retry_after_s,
                to,
                ..
            } => {
                match (action, retry_after_s) {
                    (DeadlineAction::AnnounceBusy, Some(s)) => {
                        write!(f, "refused    busy, retry after {s} s")?;
                    }
                    (DeadlineAction::AnnounceBusy, None) => write!(f, "refused    busy")?,
                    (DeadlineAction::Redirect, _) => {
                        write!(
                            f,
                            "refused    redirected to {}",
                            to.as_deref().unwrap_or("?")
                        )?;
                    }
                }
                match why {
                    Refusal::Deadline => Ok(()),
                    Refusal::Unstaffed => write!(f, ", unstaffed"),
                }
            }
            Fact::Abandoned { rings, wait_ms } => {
                let wait = *wait_ms as f64 / 1e3;
                write!(f, "abandoned  after {wait:.3} s, ring {rings}")
            }
            Fact::Failed { cause, code } => write!(f, "failed     {code} {cause}"),
            Fact::MediaFlowing { side } => write!(f, "media      from {side:?}"),
            Fact::MediaSilent { side, for_ms } => {
                write!(f, "silent     {side:?} for {for_ms} ms")
            }
            Fact::MediaSummary {
                side,
                packets,
                lost,
                strangers,
                ..
            } => {
                write!(f, "heard      {side:?} {packets} packets, {lost} lost")?;
                if *strangers > 0 {
                    write!(f, ", {strangers} from strangers dropped")?;
                }
                Ok(())
            }
            Fact::Ended { by, cause, talk_ms } => {
                let talk = *talk_ms as f64 / 1e3;
                write!(f, "ended      by {by:?}, {cause}, talked {talk:.3} s")
            }
            Fact::LookedUp { result, .. } => write!(f, "looked up  {result}"),
            Fact::PopAcknowledged { agent, .. } => write!(f, "popped     {agent}"),
            Fact::PopPainted { agent, after_ms } => {
                write!(f, "painted    {agent} in {after_ms} ms")
            }
            Fact::RingAudible { agent } => write!(f, "audible    {agent}"),
            Fact::WrapUpOpened { agent, for_s } => write!(f, "wrap-up    {agent} for {for_s} s"),
            Fact::WrapUpExpired { agent } => write!(f, "unfinished {agent}"),
            Fact::DraftSaved { agent, version } => {
                write!(f, "draft      {agent} version {version}")
            }
            Fact::Confirmed {
                agent, case_ref, ..
            } => {
                write!(f, "confirmed  {agent} {case_ref}")
            }
            Fact::NoCase { agent, reason } => write!(f, "no case    {agent} {reason}"),
            Fact::InvariantBroken { rule, seen } => write!(f, "broken     {rule}: {seen}"),
        }
    }
}
