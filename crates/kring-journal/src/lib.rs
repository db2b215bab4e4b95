//! The facts of calls, and the pure folds over them.
//!
//! A fact is something that has already happened; it is never edited. History, metrics and the
//! console are folds over facts, so a number that cannot be computed from facts does not exist.

#![forbid(unsafe_code)]

mod call_record;
mod call_sound;
mod entry;
mod fact;
mod ids;
mod kept_time;
mod ring_time;
mod telling;

pub use call_record::{CallRecord, CallState, Direction, Outcome, RingResult};
pub use call_sound::{CallSound, SideSound};
pub use entry::{Entry, WallTime};
pub use fact::{
    AccountDown, AccountUp, Announcement, BackWith, Breach, CallBackEnd, CallBackOver,
    CallBackWish, ChosenBy, ClosedWhy, Closing, Connection, DeadlineAction, DeviceEnd, DeviceOut,
    Dialling, EndedBy, Fact, HandOver, Hold, HoldOver, Interruption, LineSound, MediaSide, Missed,
    Mistakes, MonitorEnd, MonitorMode, MonitorState, Monitored, Opened, Outbound, Overflow,
    OverflowWhy, PhoneAway, PhoneGoneWhy, PhoneThere, PickUp, PresenceState, QueueExit, Reach,
    Reconfiguration, RecordedFile, RecordedWhy, RecordingFault, RecordingStep, Refusal, Rescue,
    RingPolicyKind, RingTerms, RonaWarning, Service, SideSummary, SoundClass, TalksWith,
    ToldSummary, Transfer, TransferMode, TransferOver, TransferReason, TransferStep, TransferWay,
    TrunkAway, TrunkThere, Unreached, WallStep, Way, WaySound, Withdrawal,
};
pub use ids::{AgentId, CallId, CallerRef, IdRefused, MonitorId, TransferId};
pub use kept_time::{KeptTime, LeftAt, Round, Said, ServedAt};
pub use ring_time::{Attempt, AttemptEnd, RingTime};
pub use telling::Telling;
