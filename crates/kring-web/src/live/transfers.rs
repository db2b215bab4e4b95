//! Transfers and consults as screens and programs see them: a fold of their steps.

use super::{
    call::{LiveCall, Offer},
    floor::{Delivery, When},
    screens::to,
};
use crate::{
    limits::RECENT_TRANSFERS_MAX,
    wire::{Said, TransferProgress},
};
use kring_journal::{
    AgentId, BackWith, CallId, EndedBy, RingResult, Transfer, TransferId, TransferMode,
    TransferOver, TransferStep, Unreached,
};
use kring_time::Moment;
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::{collections::VecDeque, sync::Arc};
use utoipa::ToSchema;

/// How far a transfer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TransferState {
    /// It was wished.
    Requested,
    /// The PBX has taken it on.
    Accepted,
    /// The target is sought.
    Trying,
    /// The target rings.
    Ringing,
    /// The target has the caller, or talks with the agent.
    Answered,
    /// The caller is not with the target, and has hung up or was never away.
    Failed,
    /// The caller is back.
    Recalled,
}

/// A transfer as it is now.
#[derive(Clone, Debug)]
pub(crate) struct TransferNow {
    pub(crate) call: CallId,
    pub(crate) agent: AgentId,
    pub(crate) mode: TransferMode,
    pub(crate) state: TransferState,
    pub(crate) sip_code: Option<u16>,
    pub(crate) department: Option<String>,
    pub(crate) to: String,
    began: Moment,
    /// Set when it is over.
    took_ms: Option<u64>,
}

impl TransferNow {
    /// How long it has taken so far, or took, ms.
    pub(crate) fn elapsed_ms(&self, now: Moment) -> u64 {
        self.took_ms
            .unwrap_or_else(|| now.since(self.began).as_millis() as u64)
    }
}

/// The last transfers, by id: the oldest make room.
#[derive(Debug, Default)]
pub(crate) struct Transfers {
    known: FxHashMap<TransferId, TransferNow>,
    order: VecDeque<TransferId>,
}

impl Transfers {
    pub(crate) fn get(&self, id: TransferId) -> Option<&TransferNow> {
        self.known.get(&id)
    }

    /// Takes in a step; the transfer as it is then, if its beginning is still known.
    pub(crate) fn apply(
        &mut self,
        now: When,
        call: CallId,
        fact: &Transfer,
    ) -> Option<&TransferNow> {
        let id = fact.transfer;
        if let TransferStep::Asked {
            agent,
            mode,
            department,
            to,
            ..
        } = &fact.step
        {
            let begun = TransferNow {
                call,
                agent: agent.clone(),
                mode: *mode,
                state: TransferState::Requested,
                sip_code: None,
                department: department.clone(),
                to: to.clone(),
                began: now.at,
                took_ms: None,
            };
            if self.known.insert(id, begun).is_none() {
                self.order.push_back(id);
            }
            if self.order.len() > RECENT_TRANSFERS_MAX
                && let Some(oldest) = self.order.pop_front()
            {
                self.known.remove(&oldest);
            }
            return self.known.get(&id);
        }
        let transfer = self.known.get_mut(&id)?;
        let (state, code) = match &fact.step {
            TransferStep::Asked { .. }
            | TransferStep::Turned { .. }
            | TransferStep::Shown { .. }
            | TransferStep::Taken { .. } => (transfer.state, None),
            TransferStep::Accepted { code } => (TransferState::Accepted, Some(*code)),
            TransferStep::Progress { code: 180..=199 } => (TransferState::Ringing, None),
            TransferStep::Progress { .. } | TransferStep::Tried { .. } | TransferStep::Released => {
                (TransferState::Trying, None)
            }
            TransferStep::Missed { code, .. } => (TransferState::Trying, Some(*code)),
            TransferStep::Consulting { .. } | TransferStep::Done { .. } => {
                (TransferState::Answered, Some(200))
            }
            TransferStep::Over { code, back, .. } => match back {
                BackWith::Nobody => (TransferState::Failed, Some(*code)),
                _ => (TransferState::Recalled, Some(*code)),
            },
        };
        transfer.state = state;
        transfer.sip_code = code.filter(|code| *code != 0).or(transfer.sip_code);
        match &fact.step {
            TransferStep::Tried { to, .. }
            | TransferStep::Consulting { to }
            | TransferStep::Missed { to, .. } => transfer.to.clone_from(to),
            TransferStep::Done { to, took_ms, .. } => {
                transfer.to.clone_from(to);
                transfer.took_ms = Some(*took_ms);
            }
            TransferStep::Over { took_ms, .. } => transfer.took_ms = Some(*took_ms),
            _ => {}
        }
        Some(transfer)
    }
}

/// The frames that a step means.
pub(super) fn frames(
    call: &mut LiveCall,
    fact: &Transfer,
    transfer: &TransferNow,
) -> Vec<Delivery> {
    let id = Some(call.id);
    let (agent, transfer_id) = (&transfer.agent, fact.transfer);
    let said = match &fact.step {
        TransferStep::Asked {
            mode: TransferMode::Attended,
            department,
            to,
            ..
        } => Said::ConsultStarted {
            transfer_id,
            department: department.clone(),
            to: to.clone(),
        },
        TransferStep::Consulting { to } => Said::ConsultAnswered {
            transfer_id,
            to: to.clone(),
        },
        TransferStep::Turned { with } => Said::ConsultTurned {
            transfer_id,
            with: *with,
        },
        TransferStep::Done {
            to: whom, talk_ms, ..
        } => {
            call.handed_over = true;
            call.transferred_to = Some(whom.clone());
            let progress = progress(fact, transfer);
            let ended = Said::Ended {
                by: EndedBy::Kring,
                cause: "transferred".to_owned(),
                talk_ms: *talk_ms,
                transferred_to: Some(whom.clone()),
            };
            let mut out = to(agent, id, progress);
            out.extend(to(agent, id, ended));
            out.extend(officer_has(call, transfer));
            return out;
        }
        TransferStep::Shown { officer } => return shown(call, officer),
        TransferStep::Missed { .. } => {
            let mut out = officer_lets_go(call, Said::Withdrawn { reason: "rona" });
            out.extend(to(agent, id, progress(fact, transfer)));
            return out;
        }
        TransferStep::Over { why, back, .. } => {
            let mut out = officer_lets_go(call, Said::Withdrawn { reason: "failed" });
            out.extend(over(call, fact, transfer, (*why, *back)));
            return out;
        }
        _ => progress(fact, transfer),
    };
    to(agent, id, said)
}

/// Somebody who works here is called: the pop says who comes, as for any call.
fn shown(call: &mut LiveCall, officer: &AgentId) -> Vec<Delivery> {
    let mut out = officer_lets_go(call, Said::Withdrawn { reason: "rona" });
    call.officer = Some(officer.clone());
    let offer = Offer::answered(officer);
    out.push(Delivery::Pop {
        to: officer.clone(),
        call: call.id,
        pop: Box::new(call.pop(&offer, Arc::from(""))),
        held: false,
    });
    out
}

/// The officer has the caller.
fn officer_has(call: &LiveCall, transfer: &TransferNow) -> Vec<Delivery> {
    let Some(officer) = &call.officer else {
        return Vec::new();
    };
    let said = Said::Answered {
        by: officer.clone(),
        rings: 1,
        wait_ms: transfer.took_ms.unwrap_or(0),
        rule: RingResult::Within,
    };
    to(officer, Some(call.id), said)
}

/// Whoever was called has nothing to do with the call any more.
pub(super) fn officer_lets_go(call: &mut LiveCall, said: Said) -> Vec<Delivery> {
    match call.officer.take() {
        Some(officer) => to(&officer, Some(call.id), said),
        None => Vec::new(),
    }
}

/// It came to nothing: the agent is told, and whoever watches over others.
fn over(
    call: &LiveCall,
    fact: &Transfer,
    transfer: &TransferNow,
    (why, back): (TransferOver, BackWith),
) -> Vec<Delivery> {
    let (id, agent) = (Some(call.id), &transfer.agent);
    let mut out = Vec::new();
    if transfer.mode == TransferMode::Attended {
        let transfer_id = fact.transfer;
        out.extend(to(
            agent,
            id,
            Said::ConsultEnded {
                transfer_id,
                reason: why.as_str(),
            },
        ));
    }
    let told = progress(fact, transfer);
    if why != TransferOver::Cancelled {
        out.push(Delivery::Supervisors(id, told.clone()));
    }
    out.extend(to(agent, id, told));
    if back != BackWith::Nobody {
        out.extend(to(
            agent,
            id,
            Said::TransferRecalled {
                reason: why.as_str(),
            },
        ));
    }
    out
}

fn progress(fact: &Transfer, transfer: &TransferNow) -> Said {
    let (text_th, text_en) = words(&fact.step, &transfer.to);
    Said::TransferProgress(TransferProgress {
        transfer_id: fact.transfer,
        state: transfer.state,
        sip_code: transfer.sip_code,
        text_th,
        text_en,
    })
}

/// What has happened, in words for the agent.
fn words(step: &TransferStep, to: &str) -> (String, String) {
    let (th, en) = match step {
        TransferStep::Asked { .. } => ("กำลังโอนสายไปที่", "transferring to"),
        TransferStep::Accepted { .. } => ("ตู้สาขารับโอนสายไปที่", "the PBX transfers to"),
        TransferStep::Progress { code: 180..=199 } => ("ปลายทางกำลังดัง", "ringing at"),
        TransferStep::Tried { .. } | TransferStep::Progress { .. } | TransferStep::Released => {
            ("กำลังติดต่อ", "trying")
        }
        TransferStep::Missed { why, .. } => match why {
            Unreached::Busy => ("สายไม่ว่าง", "busy:"),
            Unreached::NoAnswer | Unreached::Silent => ("ไม่มีผู้รับสาย", "no answer at"),
            Unreached::Declined => ("ปลายทางไม่รับสาย", "declined by"),
            _ => ("ติดต่อไม่ได้", "cannot reach"),
        },
        TransferStep::Consulting { .. }
        | TransferStep::Turned { .. }
        | TransferStep::Shown { .. }
        | TransferStep::Taken { .. } => ("กำลังสนทนากับ", "talking with"),
        TransferStep::Done { .. } => ("โอนสายสำเร็จไปที่", "transferred to"),
        TransferStep::Over { why, back, .. } => return back_in_words(*why, *back, to),
    };
    (format!("{th} {to}"), format!("{en} {to}"))
}

fn back_in_words(why: TransferOver, back: BackWith, to: &str) -> (String, String) {
    let (th, en) = match why {
        TransferOver::Busy => ("ปลายทางสายไม่ว่าง", "the target is busy"),
        TransferOver::NoAnswer => ("ปลายทางไม่มีผู้รับสาย", "nobody answered"),
        TransferOver::Declined => ("ปลายทางไม่รับสาย", "the target declined"),
        TransferOver::Failed => ("ติดต่อปลายทางไม่ได้", "the target cannot be reached"),
        TransferOver::NotTold => (
            "ตู้สาขาไม่แจ้งผลการโอน",
            "the PBX did not say what became of it",
        ),
        TransferOver::Returned => ("ตู้สาขาส่งสายกลับมา", "the PBX sent the caller back"),
        TransferOver::Cancelled => ("ยกเลิกแล้ว", "cancelled"),
        TransferOver::UnitLeft => ("หน่วยงานวางสายแล้ว", "the unit hung up"),
        TransferOver::CallerLeft => ("ผู้โทรวางสายแล้ว", "the caller hung up"),
        TransferOver::CallOver => ("สายสิ้นสุดแล้ว", "the call is over"),
    };
    let (with_th, with_en) = match back {
        BackWith::Agent => (" ผู้โทรกลับมาที่คุณ", "; the caller is back with you"),
        BackWith::AgentRung => (" กำลังเรียกเครื่องของคุณ", "; your phone rings again"),
        BackWith::Queue => (" ผู้โทรอยู่ลำดับแรกของคิว", "; the caller is first in the queue"),
        BackWith::Nobody => ("", ""),
    };
    (
        format!("{th} ({to}){with_th}"),
        format!("{en} ({to}){with_en}"),
    )
}
