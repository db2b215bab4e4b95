//! `[ring]`, `[[queue]]`, `[agent]` and `[pop]`: how calls ring and for whom.

use super::{
    deadline, entrance,
    hours::{self, Hours},
    later, recordings,
    section::{Item, Section},
    sound::Media,
};
use kring_call::{
    CallbackRules, CallerTrait, Member, OnClosed, OverflowTo, Plan, PlanRefused, QueueVoice,
    Ringback, Skill, WaitingRules,
};
use kring_journal::{AgentId, DeadlineAction, RingPolicyKind, RingTerms};
use kring_time::Schedule;

/// Rings that a budget may have.
const LIMIT_MAX: u64 = 20;

/// Numbers of one queue.
pub(super) const DIDS_MAX: usize = 200;

/// Members in one queue's list: as many agents as the exchange knows.
const MEMBERS_MAX: usize = kring_call::limits::AGENTS_MAX;

/// The last priority of a member.
const PRIORITY_MAX: u8 = 9;

/// `[ring]`.
#[derive(Clone, Debug)]
pub(crate) struct Ring {
    /// How rings are counted.
    pub(crate) terms: RingTerms,
    /// Who rings when, for queues without a plan of their own.
    pub(crate) plan: Plan,
    /// What is done at the deadline, for queues that say nothing else.
    pub(crate) deadline_action: DeadlineAction,
    /// Who makes the ringing tone.
    pub(crate) ringback: Ringback,
    /// The frequency of kring's own, Hz.
    pub(crate) tone_hz: u16,
}

/// `[[queue]]`.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    /// Its name, unique; a label of metrics.
    pub(crate) name: String,
    /// The numbers that lead to it. Empty: every number that no other queue has; at most one
    /// queue is so.
    pub(crate) did: Vec<String>,
    /// Whom of the callers of these numbers it is for; none: all who are left.
    pub(crate) callers: Vec<CallerTrait>,
    /// What one must be able to do to serve it.
    pub(crate) skills: Vec<Skill>,
    /// Whose callers come first, 1 to 9.
    pub(crate) priority: u8,
    /// When it is open; none: always.
    pub(crate) hours: Option<Schedule>,
    /// What is done with its callers while it is closed.
    pub(crate) on_closed: OnClosed,
    /// Who rings when.
    pub(crate) plan: Plan,
    /// Its members, in the order of `linear`; none: the agents that say so.
    pub(crate) members: Vec<Member>,
    /// What is done at the deadline.
    pub(crate) deadline_action: DeadlineAction,
    /// Where callers go whom it cannot serve.
    pub(crate) overflow: Option<OverflowTo>,
    /// How those are called back who ask for it; none: nobody may.
    pub(crate) callback: Option<CallbackRules>,
    /// How callers wait whom kring has answered.
    pub(crate) waiting: WaitingRules,
    /// How it sounds.
    pub(crate) voice: QueueVoice,
}

/// `[agent]`.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    /// Time for the record, s; 0: straight to ready.
    pub(crate) wrapup_s: u32,
    /// Calls rung out before the agent is paused; 0: never.
    pub(crate) rona_limit: u8,
    /// What a pause may be for.
    pub(crate) pause_reasons: Vec<String>,
    /// The greeting on the screen; `{particle}` is replaced.
    pub(crate) greeting_th: String,
    /// ค่ะ or ครับ, for agents who have chosen none.
    pub(crate) particle: String,
}

/// `[pop]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pop {
    /// A screen that acknowledges nothing for so long is dead, ms.
    pub(crate) screen_dead_ms: u32,
    /// Cases shown with the caller.
    pub(crate) history_items: u8,
}

impl Ring {
    pub(super) fn read(mut section: Section<'_>) -> Ring {
        let on_ms = section.number("cadence_on_ms", 1_000, 100..=10_000) as u32;
        let off_ms = section.number("cadence_off_ms", 4_000, 100..=30_000) as u32;
        let configured = section.says("cadence_on_ms") || section.says("cadence_off_ms");
        let ringback = section.choice(
            "ringback",
            &[("pbx", Ringback::Pbx), ("own", Ringback::Own)],
            Ringback::Pbx,
        );
        let terms = RingTerms {
            on_ms,
            off_ms,
            limit: section.number("limit", 3, 1..=LIMIT_MAX) as u8,
            guard_ms: section.number("guard_ms", 500, 0..=10_000) as u32,
            policy: section.choice(
                "policy",
                &[
                    ("before_next_ring", RingPolicyKind::BeforeNextRing),
                    ("end_of_burst", RingPolicyKind::EndOfBurst),
                ],
                RingPolicyKind::BeforeNextRing,
            ),
            cadence_from: if configured { "config" } else { "default" }.to_owned(),
            t0_from: match ringback {
                Ringback::Pbx => "modelled",
                Ringback::Own => "own_ringback",
            }
            .to_owned(),
        };
        if terms.policy == RingPolicyKind::BeforeNextRing && terms.guard_ms >= off_ms {
            let text = format!(
                "ring.guard_ms is {}, but must be shorter than the silence, ring.cadence_off_ms \
                 = {off_ms}: it would cut the last ring. Set it to {}.",
                terms.guard_ms,
                500.min(off_ms / 2),
            );
            section.complain("guard_ms", text);
        }
        let ring = Ring {
            plan: plan(&mut section, terms.limit, &Plan::usual(terms.limit)),
            deadline_action: deadline::action(&mut section, DeadlineAction::AnswerGreetQueue),
            ringback,
            tone_hz: section.number("tone_hz", 400, 300..=3_000) as u16,
            terms,
        };
        section.finish();
        ring
    }
}

/// The key `plan` of a ring or a queue.
fn plan(section: &mut Section<'_>, limit: u8, default: &Plan) -> Plan {
    let Some(items) = section.list("plan") else {
        return default.clone();
    };
    let hops: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
    let name = section.name("plan");
    match Plan::read(&hops, limit) {
        Ok(plan) => return plan,
        Err(refused @ PlanRefused::WrongSum { .. }) => {
            section.complain("plan", format!("{name}: {refused}."));
        }
        Err(PlanRefused::NotAHop(hop)) => {
            let strategy = hop.split(':').next().unwrap_or_default();
            let text = later::value("ring.plan", strategy)
                .unwrap_or_else(|| format!("{name}: {}.", PlanRefused::NotAHop(hop)));
            section.complain("plan", text);
        }
    }
    default.clone()
}

impl Queue {
    /// The queue that is there when none is configured: it takes every number.
    pub(super) fn only(ring: &Ring, hours: &Hours, media: &Media) -> Queue {
        Queue {
            name: "main".to_owned(),
            did: Vec::new(),
            callers: Vec::new(),
            skills: Vec::new(),
            priority: kring_call::limits::PRIORITY_USUAL,
            hours: hours.usual(),
            on_closed: OnClosed::default(),
            plan: ring.plan.clone(),
            members: Vec::new(),
            deadline_action: ring.deadline_action,
            overflow: None,
            callback: (ring.deadline_action == DeadlineAction::OfferCallback)
                .then(CallbackRules::default),
            waiting: deadline::usual(media),
            voice: QueueVoice {
                record: media.record.rules,
                ..QueueVoice::default()
            },
        }
    }

    pub(super) fn read(
        mut section: Section<'_>,
        (ring, hours, media): (&Ring, &Hours, &Media),
        before: &[Queue],
    ) -> Queue {
        let name = section.text("name").unwrap_or_else(|| {
            section.complain(
                "name",
                "a [[queue]] needs a name. Write name = \"support\".",
            );
            String::new()
        });
        if before.iter().any(|other| other.name == name) {
            let text = format!("two queues are called {name:?}. Give each its own name.");
            section.complain("name", text);
        }
        let callers = entrance::callers(&mut section);
        let waiting = deadline::waiting(&mut section, media);
        let deadline_action = deadline::action(&mut section, ring.deadline_action);
        let on_closed = hours::closed_action(&mut section);
        let queue = Queue {
            did: entrance::dids(&mut section, (&name, &callers), before),
            callers,
            skills: entrance::skills(&mut section),
            priority: entrance::priority(&mut section),
            hours: hours.of_queue(&mut section),
            on_closed,
            plan: plan(&mut section, ring.terms.limit, &ring.plan),
            members: members(&mut section),
            deadline_action,
            overflow: deadline::overflow(&mut section),
            callback: deadline::callback(&mut section, deadline_action, on_closed),
            voice: voice(&mut section, &waiting, media),
            waiting,
            name,
        };
        deadline::check(&section, &queue);
        section.finish();
        queue
    }
}

/// The keys of a queue that say how it sounds.
fn voice(section: &mut Section<'_>, waiting: &WaitingRules, media: &Media) -> QueueVoice {
    let greets = section.flag("greeting_on_answer", false);
    QueueVoice {
        languages: section.read("language").unwrap_or_default(),
        music: section.text("music").map(Into::into),
        greeting_on_answer: greets.then(|| waiting.greeting.clone()),
        record: recordings::of_queue(section, media.record.rules),
    }
}

/// Logins, each with its priority where that is not 1: `["malee", "somchai", "wichai:2"]`.
fn members(section: &mut Section<'_>) -> Vec<Member> {
    let items = section.list("members").unwrap_or_default();
    if items.len() > MEMBERS_MAX {
        let text = format!("queue.members has more than {MEMBERS_MAX} members.");
        section.complain("members", text);
    }
    let mut members: Vec<Member> = Vec::new();
    for item in &items {
        let (login, priority) = match item.text.split_once(':') {
            Some((login, priority)) => (login.trim(), priority.trim().parse().ok()),
            None => (item.text.trim(), Some(1)),
        };
        let priority = priority.filter(|priority| (1..=PRIORITY_MAX).contains(priority));
        let (Some(priority), false) = (priority, login.is_empty()) else {
            let text = format!(
                "queue.members has {:?}: write a login, or LOGIN:PRIORITY with a priority of 1 to \
                 {PRIORITY_MAX}.",
                item.text
            );
            section.complain_of(item, text);
            continue;
        };
        let agent = AgentId::new(login);
        if members.iter().any(|member| member.agent == agent) {
            let text = format!("{login} is in queue.members twice. Take one out.");
            section.complain_of(item, text);
        }
        members.push(Member { agent, priority });
    }
    members
}

impl Agent {
    pub(super) fn read(mut section: Section<'_>) -> Agent {
        let reasons = section.list("pause_reasons");
        let particle = section.text("particle");
        let greeting = section.text("greeting_th");
        let agent = Agent {
            wrapup_s: section.number("wrapup_s", 60, 0..=3_600) as u32,
            rona_limit: section.number("rona_limit", 2, 0..=20) as u8,
            pause_reasons: match reasons {
                Some(items) => reasons_of(&section, items),
                None => ["รับประทานอาหาร", "ห้องน้ำ", "ประชุม", "อบรม", "งานเอกสาร"]
                    .map(str::to_owned)
                    .into(),
            },
            greeting_th: greeting
                .unwrap_or_else(|| "ศูนย์บริการกระทรวงพาณิชย์ สวัสดี{particle}".to_owned()),
            particle: particle.unwrap_or_else(|| "ค่ะ".to_owned()),
        };
        section.finish();
        agent
    }
}

fn reasons_of(section: &Section<'_>, items: Vec<Item>) -> Vec<String> {
    let own = ["rona", "declined", "busy", "unregistered", "device"];
    for item in items
        .iter()
        .filter(|item| own.contains(&item.text.as_str()))
    {
        let reason = &item.text;
        let text = format!("agent.pause_reasons: {reason:?} is kring's own reason. Take it out.");
        section.complain_of(item, text);
    }
    items.into_iter().map(|item| item.text).collect()
}

impl Pop {
    pub(super) fn read(mut section: Section<'_>) -> Pop {
        let pop = Pop {
            screen_dead_ms: section.number("screen_dead_ms", 1_500, 250..=60_000) as u32,
            history_items: section.number("history_items", 3, 0..=20) as u8,
        };
        section.finish();
        pop
    }
}
