//! The evidence of the ring rule for one call: what rang, when, for how long, and what was left.

use crate::{
    AgentId, CallId, ChosenBy, DeadlineAction, DeviceEnd, Entry, Fact, KeptTime, Refusal,
    RingPolicyKind, RingResult, RingTerms, Said, Service, Unreached, WallTime, Withdrawal,
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

impl From<DeviceEnd> for AttemptEnd {
    fn from(end: DeviceEnd) -> AttemptEnd {
        match end {
            DeviceEnd::Withdrawn { why } => AttemptEnd::Withdrawn { why },
            DeviceEnd::Unreached { why, code } => AttemptEnd::Unreached { why, code },
        }
    }
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
    /// Which offer of this call, from 1.
    pub attempt: u16,
    /// In which round of the queue; 0 within the budget.
    pub round: u16,
    /// When the INVITE left.
    pub invited_ms: i64,
    /// When its first 18x came.
    pub alerting_ms: Option<i64>,
    /// Which that was.
    pub alerting_code: Option<u16>,
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
    /// t0 on the node's clock that never steps, microseconds since its boot; all else counts from it.
    pub t0_us: u64,
    /// t0 on the wall, microseconds since 1970 UTC: for people, not for measuring.
    pub t0_wall_us: WallTime,
    /// The queue.
    pub queue: String,
    /// How its rings were counted, and where that came from: the cadence, and how sure t0 is.
    pub terms: RingTerms,
    /// Whether the PBX had let it ring elsewhere before.
    pub rang_before: bool,
    /// Who forwarded it.
    pub forwarded_by: Option<String>,
    /// What the queue was chosen by among those of the number, if not by the number alone.
    pub chosen_by: Option<ChosenBy>,
    /// The priority of the queue, 1 first; none: the usual one, 5.
    pub priority: Option<u8>,
    /// The deadline.
    pub deadline_ms: i64,
    /// When each ring began.
    pub rings_ms: Vec<i64>,
    /// How many had begun when it was decided.
    pub rings: u8,
    /// Every offer, in order; those of the queue after the decision, too.
    pub attempts: Vec<Attempt>,
    /// When it was decided: answered, refused, abandoned or failed.
    pub decided_ms: Option<i64>,
    /// What was left of the budget at that moment; negative when breached.
    pub margin_ms: Option<i64>,
    /// How the ring rule ended.
    pub result: Option<RingResult>,
    /// How late the deadline action was, microseconds.
    pub lateness_us: Option<u64>,
    /// Why the caller was refused, if so.
    pub refused: Option<Refusal>,
    /// The time after kring answered the caller itself, if it did.
    pub kept: Option<KeptTime>,
    /// Everything that kring said to the caller.
    pub announced: Vec<Said>,
    /// When nobody was connected any more.
    pub ended_ms: Option<i64>,
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
            queue,
            chosen_by,
            priority,
            ..
        } = &entry.fact
        else {
            return None;
        };
        Some(RingTime {
            call: entry.call?,
            t0_us: entry.at.as_micros(),
            t0_wall_us: entry.wall,
            queue: queue.clone(),
            deadline_ms: terms.budget().as_millis() as i64,
            terms: terms.clone(),
            rang_before: *rang_before,
            forwarded_by: forwarded_by.clone(),
            chosen_by: *chosen_by,
            priority: *priority,
            rings_ms: Vec::new(),
            rings: 0,
            attempts: Vec::new(),
            decided_ms: None,
            margin_ms: None,
            result: None,
            lateness_us: None,
            refused: None,
            kept: None,
            announced: Vec::new(),
            ended_ms: None,
            t0: entry.at,
        })
    }

    fn apply(&mut self, entry: &Entry) {
        let ms = entry.at.millis_from(self.t0);
        if let Some(kept) = &mut self.kept {
            kept.apply(ms, &entry.fact);
        }
        match &entry.fact {
            Fact::Ring { .. } if self.decided_ms.is_none() => self.rings_ms.push(ms),
            Fact::Invited { .. } => self.invited(ms, &entry.fact),
            Fact::Alerting {
                agent,
                device,
                code,
                ..
            } => self.last(agent, device.as_deref(), |a| {
                a.alerting_ms = a.alerting_ms.or(Some(ms));
                a.alerting_code = a.alerting_code.or(Some(*code));
            }),
            Fact::RingAudible { agent } => {
                self.last(agent, None, |a| a.audible_ms = a.audible_ms.or(Some(ms)));
            }
            Fact::Withdrawn { agent, why } => {
                self.close(agent, ms, AttemptEnd::Withdrawn { why: *why });
            }
            Fact::DeviceOut(out) => self.last(&out.agent, Some(&out.device), |a| {
                a.ended_ms = Some(ms);
                a.end = Some(out.end.into());
            }),
            Fact::Unreached { agent, why, code } => {
                let end = AttemptEnd::Unreached {
                    why: *why,
                    code: *code,
                };
                self.close(agent, ms, end);
            }
            Fact::LostRace { agent, .. } => self.close(agent, ms, AttemptEnd::LostRace),
            Fact::LateSilence { agent, over_ms } => {
                self.last(agent, None, |a| a.late_silence_ms = Some(*over_ms));
            }
            Fact::Served(Service { agent, device, .. }) => self.won(agent, device.as_deref(), ms),
            Fact::Announced(said) => self.announced.push(Said {
                at_ms: ms,
                clips: said.clips.clone(),
                position: said.position,
                wait_min: said.wait_min,
            }),
            Fact::Ended { .. } => self.ended_ms = self.ended_ms.or(Some(ms)),
            fact => self.apply_decision(ms, fact),
        }
    }

    /// Every device of the agent begins an attempt.
    fn invited(&mut self, ms: i64, fact: &Fact) {
        let Fact::Invited {
            agent,
            device,
            beside,
            hop,
            attempt,
        } = fact
        else {
            return;
        };
        let round = self.round();
        for device in std::iter::once(device).chain(beside) {
            self.attempts.push(Attempt {
                agent: agent.clone(),
                device: device.clone(),
                hop: *hop,
                attempt: *attempt,
                round,
                invited_ms: ms,
                alerting_ms: None,
                alerting_code: None,
                audible_ms: None,
                ended_ms: None,
                end: None,
                late_silence_ms: None,
            });
        }
    }

    /// What decides the call: once.
    fn apply_decision(&mut self, ms: i64, fact: &Fact) {
        match fact {
            Fact::Answered {
                agent,
                device,
                rings,
                result,
                ..
            } => {
                self.won(agent, device.as_deref(), ms);
                self.decide(ms, *rings, *result);
            }
            Fact::Refused {
                lateness_us,
                why,
                action,
                rings,
                ..
            } => {
                self.lateness_us = Some(*lateness_us);
                self.refused = Some(*why);
                self.decide(ms, *rings, RingResult::Refused);
                // Whoever hears why stays until it was said.
                if *action != DeadlineAction::Announce {
                    self.ended_ms = self.ended_ms.or(Some(ms));
                }
            }
            Fact::Rescued(rescue) => {
                self.lateness_us = Some(rescue.lateness_us);
                self.kept = Some(KeptTime {
                    since_ms: ms,
                    why: rescue.why,
                    action: rescue.action,
                    position: None,
                    rounds: Vec::new(),
                    served: None,
                    left: None,
                });
                self.decide(ms, rescue.rings, RingResult::Rescued);
            }
            Fact::Abandoned { rings, .. } => {
                self.decide(ms, *rings, RingResult::AbandonedWithin);
                self.ended_ms = self.ended_ms.or(Some(ms));
            }
            Fact::Failed { .. } => {
                let rings = u8::try_from(self.rings_ms.len()).unwrap_or(u8::MAX);
                self.decide(ms, rings, RingResult::Failed);
                self.ended_ms = self.ended_ms.or(Some(ms));
            }
            _ => {}
        }
    }

    /// The queue's present round of offers; 0 within the budget.
    fn round(&self) -> u16 {
        let last = self.kept.as_ref().and_then(|kept| kept.rounds.last());
        last.map_or(0, |round| round.round)
    }

    /// The agent's latest attempt, at this device if it is said.
    fn last(&mut self, agent: &AgentId, device: Option<&str>, change: impl FnOnce(&mut Attempt)) {
        let is = |a: &&mut Attempt| a.agent == *agent && device.is_none_or(|at| a.device == at);
        if let Some(attempt) = self.attempts.iter_mut().rfind(is) {
            change(attempt);
        }
    }

    /// The agent's latest offer is over, at all its devices that did not end before. An answer or a
    /// lost race overrides a withdrawal that it crossed.
    fn close(&mut self, agent: &AgentId, ms: i64, end: AttemptEnd) {
        let Some(offer) = self.last_offer(agent) else {
            return;
        };
        let of_offer = |a: &&mut Attempt| a.agent == *agent && a.attempt == offer;
        let alone = self.attempts.iter_mut().filter(of_offer).count() == 1;
        for attempt in self.attempts.iter_mut().filter(of_offer) {
            if alone || attempt.end.is_none() {
                attempt.ended_ms = Some(ms);
                attempt.end = Some(end.clone());
            }
        }
    }

    /// One device of the agent's latest offer won, and its others were told to stop.
    fn won(&mut self, agent: &AgentId, device: Option<&str>, ms: i64) {
        let elsewhere = AttemptEnd::Withdrawn {
            why: Withdrawal::AnsweredElsewhere,
        };
        self.last(agent, device, |attempt| {
            attempt.ended_ms = Some(ms);
            attempt.end = Some(AttemptEnd::Answered);
        });
        if device.is_some() {
            self.close(agent, ms, elsewhere);
        }
    }

    fn last_offer(&self, agent: &AgentId) -> Option<u16> {
        let mut attempts = self.attempts.iter();
        attempts.rfind(|a| a.agent == *agent).map(|a| a.attempt)
    }

    fn decide(&mut self, ms: i64, rings: u8, result: RingResult) {
        if self.decided_ms.is_none() {
            self.rings = rings;
            self.result = Some(result);
            self.decided_ms = Some(ms);
            self.margin_ms = Some(self.deadline_ms - ms);
        }
    }
}

impl RingTerms {
    /// Three Thai rings: 400 Hz, 1 s on and 4 s off, guard 500 ms, before the next ring.
    pub fn thailand() -> RingTerms {
        RingTerms {
            on_ms: 1_000,
            off_ms: 4_000,
            limit: 3,
            guard_ms: 500,
            policy: RingPolicyKind::BeforeNextRing,
            cadence_from: "default".to_owned(),
            t0_from: "modelled".to_owned(),
        }
    }

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
