//! Every frame but the pop: its `t` and its `d`.

use super::{Card, DraftOnWire, Presence, QueueStats, RingCount};
use crate::live::TransferState;
use kring_journal::{
    AgentId, CallBackEnd, DeadlineAction, EndedBy, LineSound, MediaSide, MonitorEnd, MonitorMode,
    MonitorState, OverflowWhy, RingResult, SoundClass, TalksWith, TransferId, Unreached,
};
use serde::Serialize;
use std::sync::Arc;

/// What a frame says: its `t` and its `d`.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "t", content = "d")]
pub(crate) enum Said {
    #[serde(rename = "call.caller")]
    Caller(Arc<Card>),
    #[serde(rename = "call.alerting")]
    Alerting { answerable: bool },
    #[serde(rename = "call.ring")]
    Ring(RingCount),
    #[serde(rename = "call.answered")]
    Answered {
        by: AgentId,
        rings: u8,
        wait_ms: u64,
        rule: RingResult,
    },
    #[serde(rename = "call.lost_race")]
    LostRace { winner: Option<AgentId> },
    #[serde(rename = "call.rescued")]
    Rescued { action: DeadlineAction },
    #[serde(rename = "call.overflowed")]
    Overflowed { to: String, why: OverflowWhy },
    #[serde(rename = "call.connected")]
    Connected { to: String },
    #[serde(rename = "call.dialling")]
    Dialling {},
    #[serde(rename = "call.reached")]
    Reached { rang_ms: u64 },
    #[serde(rename = "call.missed")]
    Missed { reason: Unreached, code: u16 },
    #[serde(rename = "callback.asked")]
    CallBackAsked { queue: String },
    #[serde(rename = "callback.ended")]
    CallBackEnded { why: CallBackEnd, tries: u8 },
    #[serde(rename = "call.abandoned")]
    Abandoned {},
    #[serde(rename = "call.withdrawn")]
    Withdrawn { reason: &'static str },
    #[serde(rename = "call.held")]
    Held {},
    #[serde(rename = "call.resumed")]
    Resumed { held_ms: u64 },
    #[serde(rename = "call.sound")]
    Sound(SoundNow),
    #[serde(rename = "call.recording")]
    Recording { state: &'static str },
    /// To the agent: a supervisor hears the call.
    #[serde(rename = "call.monitored")]
    Monitored {
        by: AgentId,
        mode: MonitorMode,
        /// `on` or `ended`.
        state: MonitorState,
    },
    /// To the supervisor: how far it is.
    #[serde(rename = "call.monitoring")]
    Monitoring {
        mode: MonitorMode,
        state: MonitorState,
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<MonitorEnd>,
    },
    #[serde(rename = "call.ended")]
    Ended {
        by: EndedBy,
        cause: String,
        talk_ms: u64,
        /// The extension that has the caller now.
        #[serde(skip_serializing_if = "Option::is_none")]
        transferred_to: Option<String>,
    },
    #[serde(rename = "consult.started")]
    ConsultStarted {
        transfer_id: TransferId,
        department: Option<String>,
        to: String,
    },
    #[serde(rename = "consult.answered")]
    ConsultAnswered { transfer_id: TransferId, to: String },
    #[serde(rename = "consult.turned")]
    ConsultTurned {
        transfer_id: TransferId,
        with: TalksWith,
    },
    #[serde(rename = "consult.ended")]
    ConsultEnded {
        transfer_id: TransferId,
        reason: &'static str,
    },
    #[serde(rename = "transfer.progress")]
    TransferProgress(TransferProgress),
    #[serde(rename = "transfer.recalled")]
    TransferRecalled { reason: &'static str },
    #[serde(rename = "wrapup.opened")]
    WrapUpOpened {
        draft: Option<DraftOnWire>,
        deadline: Option<String>,
        for_ms: Option<u64>,
    },
    #[serde(rename = "wrapup.extended")]
    WrapUpExtended { deadline: String, for_ms: u64 },
    #[serde(rename = "wrapup.expired")]
    WrapUpExpired {},
    #[serde(rename = "wrapup.saved")]
    WrapUpSaved { version: i64 },
    #[serde(rename = "wrapup.confirmed")]
    WrapUpConfirmed {
        case_ref: Option<String>,
        no_case: Option<String>,
    },
    #[serde(rename = "wrapup.handed_over")]
    WrapUpHandedOver {
        from: AgentId,
        to: AgentId,
        by: AgentId,
    },
    #[serde(rename = "presence.changed")]
    Presence(Presence),
    #[serde(rename = "device.changed")]
    Device {
        device: String,
        there: bool,
        since: String,
    },
    #[serde(rename = "queue.stats")]
    QueueStats(QueueStats),
    #[serde(rename = "agent.screen_dead")]
    ScreenDead { agent: AgentId },
    #[serde(rename = "agent.restored")]
    ScreenRestored { agent: AgentId },
    #[serde(rename = "alert")]
    Alert(Alert),
    #[serde(rename = "system.drain")]
    Drain {},
}

/// `call.sound`: how one side's line sounds now, told when that changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct SoundNow {
    pub(crate) side: MediaSide,
    /// Of the worse of its two ways.
    pub(crate) class: SoundClass,
    /// What of that way was lost, %.
    pub(crate) loss_pct: Option<f64>,
    /// What that way is worth.
    pub(crate) mos: Option<f64>,
}

impl From<&LineSound> for SoundNow {
    fn from(line: &LineSound) -> SoundNow {
        let worse = line.worse().map(|(_, sound)| sound);
        SoundNow {
            side: line.side,
            class: line.class,
            loss_pct: worse.map(|sound| f64::from(sound.lost_permille) / 10.0),
            mos: worse.map(|sound| f64::from(sound.mos_hundredths) / 100.0),
        }
    }
}

/// `transfer.progress`: how a transfer goes, in both languages.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct TransferProgress {
    pub(crate) transfer_id: TransferId,
    pub(crate) state: TransferState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sip_code: Option<u16>,
    pub(crate) text_th: String,
    pub(crate) text_en: String,
}

/// `alert`: something that a person should know, in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Alert {
    pub(crate) code: &'static str,
    pub(crate) severity: &'static str,
    pub(crate) text_th: &'static str,
    pub(crate) text_en: &'static str,
}

impl Said {
    /// Whether a page that does not acknowledge this is a dead screen. Counts and statistics are
    /// not worth it: the next one says the same.
    pub(crate) fn must_ack(&self) -> bool {
        !matches!(
            self,
            Said::Ring(_)
                | Said::QueueStats(_)
                | Said::Device { .. }
                | Said::ScreenDead { .. }
                | Said::ScreenRestored { .. }
        )
    }
}
