//! The facts: a stored format (`tests/golden/facts.jsonl`). Kinds and fields stay; a new field is optional.

mod elsewhere;
mod line;
mod monitoring;
mod opening;
mod outbound;
mod phones;
mod process;
mod queueing;
mod reconfiguring;
mod recording;
mod sound;
mod transferring;
mod trunks;
mod words;

pub use elsewhere::{Connection, Dialling, Missed, Overflow, OverflowWhy};
pub use monitoring::{MonitorEnd, MonitorMode, MonitorState, Monitored};
pub use opening::{Closing, Opened};
pub use outbound::{CallBackEnd, CallBackOver, CallBackWish, Outbound, PickUp, Reach};
pub use phones::{DeviceEnd, DeviceOut, PhoneAway, PhoneThere};
pub use process::{Breach, Interruption, WallStep};
pub use queueing::{Announcement, QueueExit, Rescue, Service};
pub use reconfiguring::{Mistakes, Reconfiguration};
pub use recording::{RecordedFile, RecordedWhy, RecordingFault, RecordingStep};
pub use sound::{LineSound, SideSummary, SoundClass, ToldSummary, Way, WaySound};
pub use trunks::{AccountDown, AccountUp, TrunkAway, TrunkThere};
pub use {transferring::*, words::*};

use crate::{AgentId, CallerRef, call_record::RingResult};
use serde::{Deserialize, Serialize};

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
    Gap(Interruption),
    /// The wall clock was set.
    WallStepped(WallStep),
    /// The configuration was read again, and this is in force now that was not.
    Reconfigured(Reconfiguration),
    /// The configuration was read again and has mistakes: the one in force stays.
    ConfigurationRefused(Mistakes),
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
        /// Why, for `paused`: a configured reason, or `rona`, `declined`, `busy`, `unregistered`, `device`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Who said so, if it was not the agent: a supervisor.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AgentId>,
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
    /// The queue's last ready agent did not take calls, and was warned, not paused.
    RonaWarned(RonaWarning),
    /// A queue takes calls, and did not before.
    QueueOpened(Opened),
    /// A queue takes no new calls.
    QueueClosed(Closing),
    /// A PBX answers OPTIONS, and did not before.
    TrunkUp(TrunkThere),
    /// A PBX no longer answers OPTIONS.
    TrunkDown(TrunkAway),
    /// kring is registered with a PBX, and was not before.
    Registered(AccountUp),
    /// kring is not registered with a PBX, or no longer.
    Unregistered(AccountDown),
    /// A phone can be called in one more place.
    PhoneRegistered(PhoneThere),
    /// A phone can be called in one place less.
    PhoneGone(PhoneAway),
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
        /// What the queue was chosen by among those of the number, if not by the number alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chosen_by: Option<ChosenBy>,
        /// The priority of the queue, 1 first; none: the usual one, 5.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        priority: Option<u8>,
        /// How its rings are counted.
        terms: RingTerms,
        /// Why kring placed it, if nobody called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outbound: Option<Outbound>,
    },
    /// No screen of any candidate is alive; phones ring all the same.
    Degraded,
    /// INVITE to an agent's phone. The pop is in the agent's outbox before it leaves.
    Invited {
        /// The agent.
        agent: AgentId,
        /// The device, as configured.
        device: String,
        /// The agent's other devices, which get theirs in the same step.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        beside: Vec<String>,
        /// Which hop of the plan, from 1.
        hop: u8,
        /// Which offer of this call, from 1.
        attempt: u16,
    },
    /// The phone's first 18x.
    Alerting {
        /// The agent.
        agent: AgentId,
        /// Which of several devices it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<String>,
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
    /// One of an agent's several devices rings no more; the others go on.
    DeviceOut(DeviceOut),
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
        /// At which of several devices.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<String>,
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
    /// The deadline action, or that of an unstaffed or closed queue. After `announce` the call ends later.
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
    /// The deadline action was to answer the caller and keep them.
    Rescued(Rescue),
    /// The caller has a place in the queue.
    Queued {
        /// Which, from 1.
        position: u32,
        /// Of another queue than the one that the number leads to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<String>,
    },
    /// kring said something to the caller.
    Announced(Announcement),
    /// The queue offers a waiting call again, with a budget of rings of its own.
    OfferedAgain {
        /// How many times now.
        round: u16,
    },
    /// An agent answered a caller who had been kept.
    Served(Service),
    /// A caller who had been kept left the queue unserved.
    LeftQueue {
        /// How.
        why: QueueExit,
        /// From the moment kring answered, ms.
        queued_ms: u64,
    },
    /// The caller goes elsewhere, and comes back to the queue with [`Fact::Queued`] if nobody is there.
    Overflowed(Overflow),
    /// kring has dialled somebody.
    Dialled(Dialling),
    /// Whoever kring dialled cannot be had.
    Missed(Missed),
    /// Whom kring dialled for the caller has answered.
    Connected(Connection),
    /// A caller is to talk with a third party, alone or with the agent.
    Transfer(Transfer),
    /// The agent whom kring rang for a call of its own has answered, and hears the citizen's telephone ring.
    PickedUp(PickUp),
    /// The citizen whom kring called has answered.
    Reached(Reach),
    /// The caller asked to be called back. Told of the call in which they did.
    CallBackAsked(CallBackWish),
    /// A call-back is over. Told of the call in which it was asked for.
    CallBackEnded(CallBackOver),
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
    /// One side's line sounds better or worse than before.
    SoundChanged(LineSound),
    /// What the relay saw of one side, told when it leaves or the call ends.
    MediaSummary(SideSummary),
    /// The caller's sound is recorded, or no longer. The file may be closed after the call.
    Recording(RecordingStep),
    /// The answered call ended, whoever had answered.
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
    /// The agent lets the caller hear music.
    Held(Hold),
    /// The hold is over.
    Resumed(HoldOver),
    /// Somebody who watches over others listens to the call, speaks into it, or does so no more.
    Monitored(Monitored),
    /// The agent's time for the record began.
    WrapUpOpened {
        /// The agent.
        agent: AgentId,
        /// How long it lasts, s; 0 for none.
        for_s: u32,
    },
    /// The agent took more time for the record.
    WrapUpExtended {
        /// The agent.
        agent: AgentId,
        /// How long it lasts from now on, s.
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
    /// Another agent owes the record now.
    RecordHandedOver(HandOver),
    /// A law of the house was found broken at run time. This is our own fault.
    InvariantBroken(Breach),
}
