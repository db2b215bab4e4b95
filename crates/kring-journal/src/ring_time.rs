//! The evidence of the ring rule for one call: what rang, when, for how long, and what was left.

use crate::{
    AgentId, CallId, Entry, Fact, Rescue, RingPolicyKind, RingTerms, Service, Unreached, Withdrawal,
};
use kring_time::Moment;
use serde::Serialize;
use std::time::Duration;

/// How an offer to a phone ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum AttemptEnd {
    /// It won the call.
    Answered,
    /// It was told to stop.
    Withdrawn {
        /// Why.
        why: Withdrawal,
    },
    /// It ended the offer itself.
    Unreached {
        /// How.
        why: Unreached,
        /// Its final response; 0 for none.
        code: u16,
    },
    /// Its 200 came too late.
    LostRace,
}

/// One offer of the call to one phone. All times are milliseconds from t0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// Whose phone.
    pub agent: AgentId,
    /// Which phone.
    pub device: String,
    /// Hop of the plan, from 1.
    pub hop: u8,
    /// When the INVITE left.
    pub invited_ms: i64,
    /// When its first 18x came.
    pub alerting_ms: Option<i64>,
    /// When the phone or page said that it sounded.
    pub audible_ms: Option<i64>,
    /// When the offer ended.
    pub ended_ms: Option<i64>,
    /// How the offer ended.
    #[serde(flatten)]
    pub end: Option<AttemptEnd>,
    /// How long past the deadline the phone may have sounded.
    pub late_silence_ms: Option<u64>,
}

/// The evidence of one call. All times are milliseconds from t0.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RingTime {
    /// The call.
    pub call: CallId,
    /// How its rings were counted, and where that came from.
    pub terms: RingTerms,
    /// Whether the PBX had let it ring elsewhere before.
    pub rang_before: bool,
    /// Who forwarded it.
    pub forwarded_by: Option<String>,
    /// The deadline.
    pub deadline_ms: i64,
    /// When each ring began.
    pub rings_ms: Vec<i64>,
    /// Every offer, in order; those of the queue after the decision, too.
    pub attempts: Vec<Attempt>,
    /// When it was decided: answered, refused, abandoned or failed.
    pub decided_ms: Option<i64>,
    /// What was left of the budget at that moment; negative when breached.
    pub margin_ms: Option<i64>,
    /// How late the deadline action was, microseconds.
    pub lateness_us: Option<u64>,
    #[serde(skip)]
    t0: Moment,
}

impl RingTime {
    /// The evidence of the call whose entries these are, in order; `None` without an `Offered`.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Option<RingTime> {
        let mut entries = entries.into_iter();
        let mut evidence = entries.find_map(RingTime::begin)?;
        entries.for_each(|entry| evidence.apply(entry));
        Some(evidence)
    }

    fn begin(entry: &Entry) -> Option<RingTime> {
        let Fact::Offered {
            terms,
            rang_before,
            forwarded_by,
            ..
        } = &entry.fact
        else {
            return None;
        };
        Some(RingTime {
            call: entry.call?,
            deadline_ms: terms.budget().as_millis() as i64,
            terms: terms.clone(),
            rang_before: *rang_before,
            forwarded_by: forwarded_by.clone(),
            rings_ms: Vec::new(),
            attempts: Vec::new(),
            decided_ms: None,
            margin_ms: None,
            lateness_us: None,
            t0: entry.at,
        })
    }

    fn apply(&mut self, entry: &Entry) {
        let ms = entry.at.millis_from(self.t0);
        match &entry.fact {
            Fact::Ring { .. } if self.decided_ms.is_none() => self.rings_ms.push(ms),
            Fact::Invited {
                agent, device, hop, ..
            } => self.attempts.push(Attempt {
                agent: agent.clone(),
                device: device.clone(),
                hop: *hop,
                invited_ms: ms,
                alerting_ms: None,
                audible_ms: None,
                ended_ms: None,
                end: None,
                late_silence_ms: None,
            }),
            Fact::Alerting { agent, .. } => {
                self.last(agent, |a| a.alerting_ms = a.alerting_ms.or(Some(ms)));
            }
            Fact::RingAudible { agent } => {
                self.last(agent, |a| a.audible_ms = a.audible_ms.or(Some(ms)));
            }
            Fact::Withdrawn { agent, why } => {
                self.close(agent, ms, AttemptEnd::Withdrawn { why: *why });
            }
            Fact::Unreached { agent, why, code } => {
                let end = AttemptEnd::Unreached {
                    why: *why,
                    code: *code,
                };
                self.close(agent, ms, end);
            }
            Fact::LostRace { agent, .. } => self.close(agent, ms, AttemptEnd::LostRace),
            Fact::LateSilence { agent, over_ms } => {
                self.last(agent, |a| a.late_silence_ms = Some(*over_ms));
            }
            Fact::Answered { agent, .. } => {
                self.close(agent, ms, AttemptEnd::Answered);
                self.decide(ms);
            }
            Fact::Refused { lateness_us, .. } | Fact::Rescued(Rescue { lateness_us, .. }) => {
                self.lateness_us = Some(*lateness_us);
                self.decide(ms);
            }
            Fact::Served(Service { agent, .. }) => self.close(agent, ms, AttemptEnd::Answered),
            Fact::Abandoned { .. } | Fact::Failed { .. } => self.decide(ms),
            _ => {}
        }
    }

    fn last(&mut self, agent: &AgentId, change: impl FnOnce(&mut Attempt)) {
        if let Some(attempt) = self.attempts.iter_mut().rfind(|a| a.agent == *agent) {
            change(attempt);
        }
    }

    /// An answer or a lost race overrides a withdrawal that it crossed.
    fn close(&mut self, agent: &AgentId, ms: i64, end: AttemptEnd) {
        self.last(agent, |attempt| {
            attempt.ended_ms = Some(ms);
            attempt.end = Some(end);
        });
    }

    fn decide(&mut self, ms: i64) {
        if self.decided_ms.is_none() {
            self.decided_ms = Some(ms);
            self.margin_ms = Some(self.deadline_ms - ms);
        }
    }
}

impl RingTerms {
    /// Sound and silence together.
    pub fn period(&self) -> Duration {
        Duration::from_millis(u64::from(self.on_ms) + u64::from(self.off_ms))
    }

    /// From t0 to the deadline.
    pub fn budget(&self) -> Duration {
        match self.policy {
            RingPolicyKind::BeforeNextRing => self.period() * u32::from(self.limit),
            RingPolicyKind::EndOfBurst => {
                self.period() * u32::from(self.limit.saturating_sub(1))
                    + Duration::from_millis(u64::from(self.on_ms))
            }
        }
    }

    /// How long before the deadline the phones are withdrawn; nothing for `end_of_burst`.
    pub fn guard(&self) -> Duration {
        match self.policy {
            RingPolicyKind::BeforeNextRing => Duration::from_millis(u64::from(self.guard_ms)),
            RingPolicyKind::EndOfBurst => Duration::ZERO,
        }
    }
}
