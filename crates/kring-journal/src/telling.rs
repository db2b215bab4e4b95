//! A call told in one plain sentence, in Thai and in English: what an official reads who asks what happened.
//!
//! A fold like the others: the same facts, the same words. No number and no name is in it but the
//! extension or login that the facts have.

mod sound;
mod words;

use crate::{
    Attempt, AttemptEnd, CallRecord, CallSound, CallState, DeadlineAction, EndedBy, Outcome,
    QueueExit, Refusal, RingResult, RingTime, Unreached, Withdrawal,
};
use words::{Both, both, length, many_times, party, seconds, why_nobody};

/// Phones that are named one by one because they did not take the call; more are counted.
const PHONES_NAMED_MAX: usize = 4;

/// What happened, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// In Thai, with Thai digits.
    pub th: String,
    /// In English.
    pub en: String,
}

impl Telling {
    /// Tells a call by its row, its evidence and its sound.
    pub fn of(record: &CallRecord, evidence: &RingTime, heard: &CallSound) -> Telling {
        let mut said = vec![began(record).then(", ", &decided(record, evidence))];
        said.extend(waited(record, evidence));
        said.extend(passed_over(evidence));
        said.extend(late(evidence));
        said.extend(talked(record));
        said.extend(sound::of(heard));
        if evidence.rang_before {
            said.push(both("เคยดังที่อื่นมาก่อน", "it had rung elsewhere before"));
        }
        if record.degraded {
            said.push(both(
                "ขณะสายเข้าไม่มีหน้าจอทำงาน",
                "no screen was alive when it rang",
            ));
        }
        let join = |pick: fn(&Both) -> &str| said.iter().map(pick).collect::<Vec<_>>().join("; ");
        Telling {
            th: join(|both| &both.th),
            en: join(|both| &both.en),
        }
    }
}

/// How often it rang.
fn began(record: &CallRecord) -> Both {
    many_times(record.rings)
}

/// How it was decided.
fn decided(record: &CallRecord, evidence: &RingTime) -> Both {
    let after = seconds(record.wait_ms.unwrap_or(0));
    let (th, en) = (&after.th, &after.en);
    match (record.outcome, record.result) {
        (Some(Outcome::Answered), result) => {
            let by = answerer(record, evidence);
            let answered = both(
                &format!("รับใน {th} โดย {}", by.th),
                &format!("answered after {en} by {}", by.en),
            );
            match result {
                Some(RingResult::Breached) => {
                    let over = evidence.margin_ms.unwrap_or(0).min(0).unsigned_abs();
                    let over = seconds(over);
                    answered.then(
                        " ",
                        &both(
                            &format!("เกินกำหนด {}", over.th),
                            &format!("({} too late)", over.en),
                        ),
                    )
                }
                _ => answered,
            }
        }
        (Some(Outcome::Rescued), _) => rescued(evidence, &after),
        (Some(Outcome::Rejected), _) => refused(record, evidence, &after),
        (Some(Outcome::Abandoned), _) => both(
            &format!("ผู้โทรวางสายใน {th} ก่อนมีผู้รับ"),
            &format!("the caller hung up after {en}, before anybody answered"),
        ),
        (Some(Outcome::Failed), _) => {
            let cause = record.cause.as_deref().unwrap_or("-");
            both(
                &format!("สายขัดข้องใน {th} ({cause})"),
                &format!("failed after {en} ({cause})"),
            )
        }
        (None, _) if record.state == CallState::Ended => {
            both("ไม่มีบันทึกว่าจบอย่างไร", "how it ended is not recorded")
        }
        (None, _) => both("ยังไม่มีผู้รับ", "not answered yet"),
    }
}

/// kring answered the caller itself.
fn rescued(evidence: &RingTime, after: &Both) -> Both {
    let Some(kept) = &evidence.kept else {
        return both("ระบบรับสาย", "kring answered");
    };
    let what = match kept.action {
        DeadlineAction::AnswerGreetQueue => both("และให้รอคิว", "and kept the caller in the queue"),
        DeadlineAction::Overflow => both("และต่อสายไปที่อื่น", "and passed the caller on"),
        DeadlineAction::OfferCallback => both("และเสนอโทรกลับ", "and offered to call back"),
        DeadlineAction::AnnounceBusy | DeadlineAction::Announce => {
            both("และแจ้งว่าไม่ว่าง", "and said that all are busy")
        }
        DeadlineAction::Redirect => both("และโอนไปที่อื่น", "and sent the caller elsewhere"),
    };
    let answered = both(
        &format!("ระบบรับสายใน {}", after.th),
        &format!("kring answered after {}", after.en),
    );
    why_nobody(kept.why).then(", ", &answered.then(" ", &what))
}

/// The caller was refused.
fn refused(record: &CallRecord, evidence: &RingTime, after: &Both) -> Both {
    let what = match record.deadline_action {
        Some(DeadlineAction::Redirect) => both("โอนไปที่อื่น", "sent elsewhere"),
        Some(DeadlineAction::Announce) if evidence.refused == Some(Refusal::Closed) => both(
            "ระบบรับสายและแจ้งว่าปิดทำการ",
            "kring answered and said that it is closed",
        ),
        Some(DeadlineAction::Announce) => both(
            "ระบบรับสายและแจ้งว่าไม่ว่าง",
            "kring answered and said that all are busy",
        ),
        _ => both("แจ้งสายไม่ว่าง", "told busy"),
    };
    let code = record.final_code.map(|code| format!(" ({code})"));
    let code = code.unwrap_or_default();
    let refused = both(
        &format!("{}ใน {}{code}", what.th, after.th),
        &format!("{} after {}{code}", what.en, after.en),
    );
    match evidence.refused {
        Some(why) => why_nobody(why).then(", ", &refused),
        None => refused,
    }
}

/// How the waiting of a caller who was kept ended.
fn waited(record: &CallRecord, evidence: &RingTime) -> Option<Both> {
    let kept = evidence.kept.as_ref()?;
    if let Some(served) = &kept.served {
        let (by, queued) = (answerer(record, evidence), length(served.queued_ms));
        return Some(both(
            &format!("รอคิว {} แล้ว {} รับ", queued.th, by.th),
            &format!("{} answered after {} in the queue", by.en, queued.en),
        ));
    }
    if let Some(to) = &record.connected_to {
        return Some(both(
            &format!("ต่อสายไปยัง {}", words::thai_digits(to)),
            &format!("{to} took the caller"),
        ));
    }
    let Some(left) = &kept.left else {
        return (record.state == CallState::Waiting).then(|| both("ยังรออยู่", "still waiting"));
    };
    let queued = length(left.queued_ms);
    let (th, en) = (&queued.th, &queued.en);
    Some(match left.why {
        QueueExit::GaveUp => both(
            &format!("ผู้โทรวางสายหลังรอคิว {th}"),
            &format!("the caller hung up after {en} in the queue"),
        ),
        QueueExit::MaxWait => both(
            &format!("รอครบกำหนด {th} ระบบแจ้งให้โทรใหม่"),
            &format!("after {en}, the longest wait, the caller was told to call again"),
        ),
        QueueExit::Closed if kept.why == Refusal::Closed => both(
            &format!("สายจบหลังได้รับแจ้งว่าปิดทำการ {th}"),
            &format!("the call ended {en} after that"),
        ),
        QueueExit::Closed => both(
            &format!("หลังรอ {th} ปิดทำการและไม่มีเจ้าหน้าที่แล้ว"),
            &format!("after {en} the queue had closed and nobody was left"),
        ),
        QueueExit::Overflow => both(
            &format!("หลังรอ {th} ต่อสายไปที่อื่น"),
            &format!("after {en} the caller was passed on"),
        ),
        QueueExit::CallBack => both(
            &format!("หลังรอ {th} ผู้โทรขอให้โทรกลับ"),
            &format!("after {en} the caller asked to be called back"),
        ),
        QueueExit::CallOver => both(
            &format!("สายจบหลังรอคิว {th}"),
            &format!("the call ended after {en} in the queue"),
        ),
    })
}

/// Who answered, as people name the phone.
fn answerer(record: &CallRecord, evidence: &RingTime) -> Both {
    let mut attempts = evidence.attempts.iter().rev();
    let won = attempts.find(|attempt| attempt.end == Some(AttemptEnd::Answered));
    let login = record.agent.as_ref().map_or("-", |agent| agent.as_str());
    won.map_or_else(|| both(login, login), |won| party(&won.agent, &won.device))
}

/// Phones that did not take the call through no decision of kring's.
fn passed_over(evidence: &RingTime) -> Option<Both> {
    let mut said: Vec<Both> = Vec::new();
    for attempt in &evidence.attempts {
        if let Some(fault) = fault(attempt) {
            let told = party(&attempt.agent, &attempt.device).then(" ", &fault);
            if !said.contains(&told) {
                said.push(told);
            }
        }
    }
    let more = said.len().saturating_sub(PHONES_NAMED_MAX);
    said.truncate(PHONES_NAMED_MAX);
    let first = said.into_iter().reduce(|all, next| all.then(", ", &next))?;
    Some(match more {
        0 => first,
        more => {
            let th = words::thai_digits(&more.to_string());
            first.then(
                ", ",
                &both(&format!("และอีก {th} ราย"), &format!("and {more} more")),
            )
        }
    })
}

fn fault(attempt: &Attempt) -> Option<Both> {
    Some(match attempt.end.as_ref()? {
        AttemptEnd::Withdrawn {
            why: Withdrawal::Rona,
        } => both("ไม่รับ", "did not answer"),
        AttemptEnd::Withdrawn {
            why: Withdrawal::Declined,
        } => both("ปฏิเสธสาย", "declined"),
        AttemptEnd::Unreached { why, .. } => match why {
            Unreached::Busy => both("สายไม่ว่าง", "was busy"),
            Unreached::Declined => both("ปฏิเสธสาย", "declined"),
            Unreached::Unregistered => both("ไม่ได้ลงทะเบียน", "was not registered"),
            Unreached::Silent => both("ไม่ตอบสนอง", "was silent"),
            Unreached::Failed => both("ขัดข้อง", "failed"),
            Unreached::SilentDevice => both("เสียงเรียกไม่ดังที่หน้าจอ", "could not be heard"),
            Unreached::Redirected => both("ถูกโอนสาย", "was forwarded elsewhere"),
            Unreached::NoAnswer => both("ไม่รับ", "did not answer"),
        },
        AttemptEnd::LostRace => both("รับช้ากว่า", "answered too late"),
        _ => return None,
    })
}

/// A phone that sounded on when it ought to have been silent.
fn late(evidence: &RingTime) -> Option<Both> {
    let over = |attempt: &&Attempt| attempt.late_silence_ms.is_some();
    let attempt = evidence.attempts.iter().find(over)?;
    let over = words::milliseconds(attempt.late_silence_ms.unwrap_or(0));
    let who = party(&attempt.agent, &attempt.device);
    Some(both(
        &format!("{} อาจดังเกินกำหนด {}", who.th, over.th),
        &format!("{} may have sounded {} too long", who.en, over.en),
    ))
}

/// How long they talked, and who ended it.
fn talked(record: &CallRecord) -> Option<Both> {
    record.answered_at?;
    let (by, talk_ms) = (record.ended_by?, record.talk_ms?);
    let talk = length(talk_ms);
    let by = match by {
        EndedBy::Caller => both("ผู้โทรวางสาย", "the caller hung up"),
        EndedBy::Agent => both("เจ้าหน้าที่วางสาย", "the agent hung up"),
        EndedBy::Kring => both("ระบบวางสาย", "kring ended it"),
        EndedBy::Target => both("ปลายทางวางสาย", "whoever had the caller hung up"),
    };
    let talked = both(
        &format!("สนทนา {}", talk.th),
        &format!("talked for {}", talk.en),
    );
    Some(talked.then(", ", &by))
}
