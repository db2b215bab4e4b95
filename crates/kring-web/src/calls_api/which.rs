//! Which calls a list is asked for.

#![allow(
    clippy::large_stack_arrays,
    reason = "the derive describes the parameters so, once, for openapi.json"
)]

use crate::{
    app::App,
    clock::read_rfc3339,
    limits,
    problem::{Code, Problem},
    reports_api::ahead_of_utc,
    session::Identity,
};
use kring_journal::{AgentId, CallState, Direction, Outcome, RingResult, WallTime};
use kring_store::{CallFilter, CaseKind, CaseOfCall, NoCaseWanted, Number, TransferWanted};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which calls; all of them when nothing is said.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Which {
    /// `ringing`, `waiting`, `talking` or `ended`.
    state: Option<String>,
    /// That came at this time (RFC 3339) or later.
    from: Option<String>,
    /// That came before this time.
    until: Option<String>,
    /// From this number, in any spelling.
    phone: Option<String>,
    /// With this Call-ID on the caller's leg.
    sip_call_id: Option<String>,
    /// Answered by this agent.
    agent: Option<String>,
    /// Kept at the deadline, and answered by this agent then.
    served_by: Option<String>,
    /// `true`: that no agent answered.
    unanswered: Option<bool>,
    /// `true`: without those that kring made to itself to try whether all is well, which are in no report.
    counted: Option<bool>,
    /// One or several, with commas between: `answered`, `rescued`, `abandoned`, `rejected`, `failed`.
    outcome: Option<String>,
    /// One or several: `within`, `breached`, `rescued`, `refused`, `abandoned_within`, `failed`. `any`: decided by the
    /// ring rule.
    result: Option<String>,
    /// Of this queue.
    queue: Option<String>,
    /// So many rings, 1 to 3.
    ring: Option<u8>,
    /// `inbound` or `outbound`.
    direction: Option<String>,
    /// Closed without a case for this reason; `any`: for whatever reason.
    no_case: Option<String>,
    /// `true`: the record is owed.
    unfinished: Option<bool>,
    /// `true`: the caller was kept and hung up unserved.
    left_in_queue: Option<bool>,
    /// That came in this hour of the day, 0 to 23, where the centre is.
    hour: Option<u8>,
    /// That came on this weekday there: 1 is Monday, 7 Sunday.
    weekday: Option<u8>,
    /// Part of a name, or a number in any spelling.
    q: Option<String>,
    /// With a case that was opened at this time or later.
    case_from: Option<String>,
    /// With a case that was opened before this time.
    case_until: Option<String>,
    /// With a case of this kind: `inquiry`, `consultation`, `complaint`, `tip`.
    kind: Option<String>,
    /// With a case of this unit: its id or short name; `none`: of no unit.
    department: Option<String>,
    /// With a case about exactly this; tips are not found so.
    subject: Option<String>,
    /// With a transfer to this unit that is over, by its short name; `none`: to an extension of no unit; `any`.
    transfer: Option<String>,
    /// With a transfer that this agent wished.
    transfer_by: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows, 1 to 200; 50 when nothing is said.
    limit: Option<u32>,
}

fn bad(name: &str) -> Problem {
    Problem::new(Code::BadFilter).with("filter", name)
}

fn time(name: &str, text: &Option<String>) -> Result<Option<WallTime>, Problem> {
    let read = |text: &String| read_rfc3339(text).ok_or_else(|| bad(name));
    text.as_ref().map(read).transpose()
}

/// The values that a list with commas names.
fn several<T: Copy>(
    name: &str,
    text: &str,
    of: &[T],
    called: fn(T) -> &'static str,
) -> Result<Vec<T>, Problem> {
    let one = |word: &str| {
        let found = of.iter().copied().find(|one| called(*one) == word.trim());
        found.ok_or_else(|| bad(name))
    };
    text.split(',').map(one).collect()
}

const STATES: [CallState; 4] = [
    CallState::Ringing,
    CallState::Waiting,
    CallState::Talking,
    CallState::Ended,
];
const OUTCOMES: [Outcome; 5] = [
    Outcome::Answered,
    Outcome::Rescued,
    Outcome::Abandoned,
    Outcome::Rejected,
    Outcome::Failed,
];
const RESULTS: [RingResult; 6] = [
    RingResult::Within,
    RingResult::Breached,
    RingResult::Rescued,
    RingResult::Refused,
    RingResult::AbandonedWithin,
    RingResult::Failed,
];

impl Which {
    /// As the store is asked, for whoever may see only their own calls among those.
    pub(super) async fn filter(&self, app: &App, who: &Identity) -> Result<CallFilter, Problem> {
        let state = self.state.as_ref().map(|text| {
            let found = STATES.into_iter().find(|state| state.as_str() == text);
            found.ok_or_else(|| bad("state"))
        });
        let limit = self.limit.unwrap_or(limits::PAGE_ROWS);
        if limit == 0 || limit > limits::PAGE_ROWS_MAX {
            return Err(bad("limit"));
        }
        let numbers = &app.live.config().numbers;
        let number = |text: &String| Number::read(text, numbers).canonical;
        let (phone, name) = match self.q.as_ref().filter(|q| !q.trim().is_empty()) {
            Some(q) if is_number(q) => (Some(number(q)), None),
            Some(q) => (None, Some(q.clone())),
            None => (None, None),
        };
        let after = self.cursor.as_deref().map(str::parse).transpose();
        let (_, now) = app.clock.now();
        let mut filter = CallFilter {
            state: state.transpose()?,
            from: time("from", &self.from)?,
            until: time("until", &self.until)?,
            phone: self.phone.as_ref().map(number).or(phone),
            sip_call_id: self.sip_call_id.clone(),
            agent: self.agent(who)?,
            served_by: self.served_by.as_deref().map(AgentId::new),
            unanswered: self.unanswered == Some(true),
            counted: self.counted == Some(true),
            queue: self.queue.clone(),
            rings: self.ring,
            unfinished: self.unfinished == Some(true),
            left_in_queue: self.left_in_queue == Some(true),
            ahead: ahead_of_utc(&app.config.rules.now().hours.zone, now),
            name,
            case: self.case(app).await?,
            transfer: self.transfer(),
            after: after.map_err(|_| Problem::new(Code::BadCursor))?,
            limit,
            ..CallFilter::default()
        };
        self.by_outcome(&mut filter)?;
        self.by_time_of_day(&mut filter)?;
        Ok(filter)
    }

    fn agent(&self, who: &Identity) -> Result<Option<AgentId>, Problem> {
        let agent = self.agent.as_deref().map(AgentId::new);
        match who.only_own() {
            Some(own) if agent.as_ref().is_some_and(|agent| agent != own) => {
                Err(Problem::new(Code::NotYours))
            }
            Some(own) => Ok(Some(own.clone())),
            None => Ok(agent),
        }
    }

    fn by_outcome(&self, filter: &mut CallFilter) -> Result<(), Problem> {
        if let Some(outcome) = &self.outcome {
            filter.outcomes = several("outcome", outcome, &OUTCOMES, Outcome::as_str)?;
        }
        match self.result.as_deref() {
            None => {}
            Some("any") => filter.decided = true,
            Some(text) => {
                filter.results = several("result", text, &RESULTS, RingResult::as_str)?;
            }
        }
        filter.direction = match self.direction.as_deref() {
            None => None,
            Some("inbound") => Some(Direction::Inbound),
            Some("outbound") => Some(Direction::Outbound),
            Some(_) => return Err(bad("direction")),
        };
        filter.no_case = self.no_case.as_ref().map(|reason| match reason.as_str() {
            "any" | "true" => NoCaseWanted::Any,
            _ => NoCaseWanted::Reason(reason.clone()),
        });
        Ok(())
    }

    fn by_time_of_day(&self, filter: &mut CallFilter) -> Result<(), Problem> {
        if self.hour.is_some_and(|hour| hour > 23) {
            return Err(bad("hour"));
        }
        if self.weekday.is_some_and(|day| !(1..=7).contains(&day)) {
            return Err(bad("weekday"));
        }
        filter.hour = self.hour;
        filter.weekday = self.weekday.map(|day| day - 1);
        Ok(())
    }

    async fn case(&self, app: &App) -> Result<Option<CaseOfCall>, Problem> {
        let (from, until) = (
            time("case_from", &self.case_from)?,
            time("case_until", &self.case_until)?,
        );
        let kind = self.kind.as_deref().map(|kind| {
            let kind = CaseKind::from_name(kind);
            kind.ok_or_else(|| bad("kind"))
        });
        let department = match self.department.as_deref() {
            None => None,
            Some("none") => Some(None),
            Some(which) => {
                let directory = app.store.directory_at_hand().await?;
                let unit = directory.find(which.trim());
                let unit = unit.ok_or_else(|| Problem::new(Code::NoSuchDepartment))?;
                Some(Some(unit.id))
            }
        };
        let case = CaseOfCall {
            from,
            until,
            kind: kind.transpose()?,
            department,
            subject: self.subject.clone(),
        };
        Ok(Some(case).filter(|case| *case != CaseOfCall::default()))
    }

    fn transfer(&self) -> Option<TransferWanted> {
        if let Some(agent) = &self.transfer_by {
            return Some(TransferWanted::By(AgentId::new(agent)));
        }
        Some(match self.transfer.as_deref()? {
            "any" => TransferWanted::Any,
            "none" => TransferWanted::NoUnit,
            unit => TransferWanted::Unit(unit.to_owned()),
        })
    }
}

/// Whether what was typed is a number: digits, and no word but that of an extension.
fn is_number(text: &str) -> bool {
    let text = text.replace("ต่อ", "").replace("ext", "");
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    digits >= 3 && !text.chars().any(char::is_alphabetic)
}
