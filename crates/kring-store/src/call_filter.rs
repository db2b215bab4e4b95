//! Which calls: the conditions of a list, said in SQL and of a record in memory alike.

use crate::{
    CallCursor, CaseKind, DepartmentId, Store, StoreRefused, TEST_TRUNK, contact_search, limits,
    sql::{Question, Value},
};
use kring_journal::{AgentId, CallRecord, CallState, Direction, Outcome, RingResult, WallTime};
use std::time::Duration;

/// Which calls to list; what says nothing asks for all.
#[derive(Clone, Debug, Default)]
pub struct CallFilter {
    /// In this state.
    pub state: Option<CallState>,
    /// That came at this time or later.
    pub from: Option<WallTime>,
    /// That came before this time.
    pub until: Option<WallTime>,
    /// From this canonical number.
    pub phone: Option<String>,
    /// With this Call-ID on the caller's leg.
    pub sip_call_id: Option<String>,
    /// Answered by this agent.
    pub agent: Option<AgentId>,
    /// Kept at the deadline, and answered by this agent then.
    pub served_by: Option<AgentId>,
    /// That no agent answered.
    pub unanswered: bool,
    /// Not one that kring made to itself to try whether all is well.
    pub counted: bool,
    /// With one of these outcomes.
    pub outcomes: Vec<Outcome>,
    /// With one of these results of the ring rule.
    pub results: Vec<RingResult>,
    /// Decided by the ring rule, however.
    pub decided: bool,
    /// Of this queue.
    pub queue: Option<String>,
    /// With so many rings.
    pub rings: Option<u8>,
    /// Begun so.
    pub direction: Option<Direction>,
    /// Without a case, for a reason that was said.
    pub no_case: Option<NoCaseWanted>,
    /// Whose record is owed.
    pub unfinished: bool,
    /// Kept, and left unserved by the caller.
    pub left_in_queue: bool,
    /// That came in this hour of the day, where the centre is.
    pub hour: Option<u8>,
    /// That came on this weekday there; 0 is Monday.
    pub weekday: Option<u8>,
    /// How far ahead of UTC clocks are there.
    pub ahead: Duration,
    /// From somebody whose name has these words.
    pub name: Option<String>,
    /// With such a case.
    pub case: Option<CaseOfCall>,
    /// With such a transfer that is over.
    pub transfer: Option<TransferWanted>,
    /// After this row of the page before.
    pub after: Option<CallCursor>,
    /// Rows, 1 to [`crate::limits::PAGE_MAX`]; 0 means 50.
    pub limit: u32,
}

/// Why there is no case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoCaseWanted {
    /// For whatever reason.
    Any,
    /// For this one.
    Reason(String),
}

/// What the case of a call is like; what says nothing asks for any that not only officers of tips read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseOfCall {
    /// Opened at this time or later.
    pub from: Option<WallTime>,
    /// Opened before this time.
    pub until: Option<WallTime>,
    /// Of this kind.
    pub kind: Option<CaseKind>,
    /// Of this unit, or of none.
    pub department: Option<Option<DepartmentId>>,
    /// About exactly this.
    pub subject: Option<String>,
}

/// What transfers of a call are like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransferWanted {
    /// Any.
    Any,
    /// To the unit with this short name.
    Unit(String),
    /// To an extension of no unit.
    NoUnit,
    /// Wished by this agent.
    By(AgentId),
}

impl CallFilter {
    /// Whether the record fits, as far as records tell.
    pub fn fits(&self, record: &CallRecord) -> bool {
        let shown = (record.arrived_at.0 + self.ahead.as_micros() as i64).div_euclid(HOUR_US);
        let place = (record.arrived_at, record.id);
        let in_time = self.from.is_none_or(|from| record.arrived_at >= from)
            && self.until.is_none_or(|until| record.arrived_at < until)
            && is(self.hour, (shown.rem_euclid(24)) as u8)
            && is(
                self.weekday,
                ((shown.div_euclid(24) + 3).rem_euclid(7)) as u8,
            )
            && self
                .after
                .is_none_or(|after| place < (after.arrived_at, after.id));
        let by_whom = (self.agent.is_none() || record.agent == self.agent)
            && (self.served_by.is_none() || record.served_by() == self.served_by.as_ref())
            && !(self.unanswered && record.agent.is_some());
        let one_of = |wanted: &[Outcome]| {
            wanted.is_empty() || record.outcome.is_some_and(|is| wanted.contains(&is))
        };
        let result_of = |wanted: &[RingResult]| {
            wanted.is_empty() || record.result.is_some_and(|is| wanted.contains(&is))
        };
        let no_case = match &self.no_case {
            None => true,
            Some(NoCaseWanted::Any) => record.no_case.is_some(),
            Some(NoCaseWanted::Reason(reason)) => record.no_case.as_ref() == Some(reason),
        };
        in_time
            && by_whom
            && no_case
            && !(self.counted && record.trunk == TEST_TRUNK)
            && is(self.state, record.state)
            && is(self.rings, record.rings)
            && is(self.direction, record.direction)
            && one_of(&self.outcomes)
            && result_of(&self.results)
            && !(self.decided && record.result.is_none())
            && (!self.unfinished || record.is_unfinished())
            && (!self.left_in_queue || record.abandoned_in_queue())
            && self
                .queue
                .as_ref()
                .is_none_or(|queue| record.queue == *queue)
            && self
                .sip_call_id
                .as_ref()
                .is_none_or(|id| record.sip_call_id == *id)
    }

    /// Whether something is asked that no record tells: names, cases, transfers.
    pub fn asks_beyond_records(&self) -> bool {
        self.name.is_some() || self.case.is_some() || self.transfer.is_some()
    }
}

const HOUR_US: i64 = 3_600_000_000;

fn is<T: PartialEq>(wanted: Option<T>, found: T) -> bool {
    wanted.is_none_or(|wanted| wanted == found)
}

impl Store {
    /// Adds the conditions to a question about calls `c`.
    pub(crate) async fn narrow_calls(
        &self,
        question: &mut Question,
        filter: &CallFilter,
    ) -> Result<(), StoreRefused> {
        by_state(question, filter);
        by_time(question, filter);
        by_whom(question, filter);
        by_outcome(question, filter);
        if let Some(name) = &filter.name {
            self.by_name(question, name).await?;
        }
        if let Some(case) = &filter.case {
            by_case(question, case);
        }
        match &filter.transfer {
            None => {}
            Some(TransferWanted::Any) => question
                .when("c.id IN (SELECT t.call FROM call_transfer t WHERE t.result IS NOT NULL)"),
            Some(TransferWanted::NoUnit) => question.when(
                "c.id IN (SELECT t.call FROM call_transfer t WHERE t.result IS NOT NULL \
                 AND t.department IS NULL)",
            ),
            Some(TransferWanted::Unit(unit)) => question.when_is(
                "c.id IN (SELECT t.call FROM call_transfer t WHERE t.result IS NOT NULL \
                 AND t.department = $)",
                [Value::text(unit)],
            ),
            Some(TransferWanted::By(agent)) => question.when_is(
                "c.id IN (SELECT t.call FROM call_transfer t WHERE t.result IS NOT NULL \
                 AND t.agent = $)",
                [Value::text(agent)],
            ),
        }
        Ok(())
    }

    /// Few persons of a name are taken to their calls; where there are many, their calls are met soon on the way back
    /// through the time.
    async fn by_name(&self, question: &mut Question, name: &str) -> Result<(), StoreRefused> {
        let words = contact_search::words(name);
        if words.is_empty() {
            question.when("1 = 0");
            return Ok(());
        }
        let mut connection = self.reading().await?;
        let rarest = contact_search::rarest_parts(&mut connection, &words).await?;
        let few = match rarest.first() {
            Some(part) => {
                let count = contact_search::count_part(&mut connection, part).await?;
                (count < limits::PART_COUNTED_MAX).then_some(part)
            }
            None => None,
        };
        match few {
            Some(part) => question.when_is(
                "c.caller IN (SELECT r.caller FROM contact_part g JOIN contact k ON k.id = g.contact \
                 JOIN contact_number n ON n.contact = k.id JOIN caller r ON r.number = n.number \
                 WHERE g.part = $ AND k.merged_into IS NULL",
                [Value::text(part)],
            ),
            None => question.when(
                "EXISTS (SELECT 1 FROM caller r JOIN contact_number n ON n.number = r.number \
                 JOIN contact k ON k.id = n.contact WHERE r.caller = c.caller \
                 AND k.merged_into IS NULL",
            ),
        }
        for word in &words {
            question.push(
                " AND k.search_key LIKE $ ESCAPE '\\'",
                [Value::Text(contact_search::pattern(word))],
            );
        }
        question.push(")", []);
        Ok(())
    }
}

fn by_state(question: &mut Question, filter: &CallFilter) {
    match filter.state {
        None => {}
        Some(CallState::Ended) => question.when("c.state = 'ended'"),
        Some(live) => {
            // Said apart, so that the index of open calls serves.
            question.when("c.state <> 'ended'");
            question.when_is("c.state = $", [Value::text(&live.as_str())]);
        }
    }
    if filter.unfinished {
        question.when(crate::drafts::OWED);
    }
    match &filter.no_case {
        None => {}
        Some(NoCaseWanted::Any) => question.when("c.no_case IS NOT NULL"),
        Some(NoCaseWanted::Reason(reason)) => {
            question.when_is("c.no_case = $", [Value::text(reason)]);
        }
    }
}

fn by_time(question: &mut Question, filter: &CallFilter) {
    if let Some(from) = filter.from {
        question.when_is("c.arrived_at >= $", [Value::Whole(from.0)]);
    }
    if let Some(until) = filter.until {
        question.when_is("c.arrived_at < $", [Value::Whole(until.0)]);
    }
    let ahead = filter.ahead.as_micros() as i64;
    if let Some(hour) = filter.hour {
        question.when_is(
            "(c.arrived_at + $) / 3600000000 % 24 = $",
            [Value::Whole(ahead), Value::Whole(i64::from(hour))],
        );
    }
    if let Some(weekday) = filter.weekday {
        question.when_is(
            "((c.arrived_at + $) / 86400000000 + 3) % 7 = $",
            [Value::Whole(ahead), Value::Whole(i64::from(weekday))],
        );
    }
    if let Some(after) = filter.after {
        question.when_is(
            "(c.arrived_at, c.id) < ($, $)",
            [Value::Whole(after.arrived_at.0), Value::text(&after.id)],
        );
    }
}

fn by_whom(question: &mut Question, filter: &CallFilter) {
    if let Some(phone) = &filter.phone {
        question.when_is(
            "c.caller IN (SELECT caller FROM caller WHERE number = $)",
            [Value::text(phone)],
        );
    }
    if let Some(sip) = &filter.sip_call_id {
        question.when_is("c.sip_call_id = $", [Value::text(sip)]);
    }
    if let Some(agent) = &filter.agent {
        question.when_is("c.agent = $", [Value::text(agent)]);
    }
    if let Some(agent) = &filter.served_by {
        question.when_is(
            "c.outcome = 'rescued' AND c.agent = $",
            [Value::text(agent)],
        );
    }
    if filter.counted {
        question.when("c.trunk <> 'kring-test'");
    }
    if filter.unanswered {
        question.when("c.agent IS NULL");
    }
    if let Some(queue) = &filter.queue {
        question.when_is("c.queue = $", [Value::text(queue)]);
    }
    if let Some(direction) = filter.direction {
        question.when_is("c.direction = $", [Value::text(&direction.as_str())]);
    }
}

fn by_outcome(question: &mut Question, filter: &CallFilter) {
    if let Some(rings) = filter.rings {
        question.when_is("c.rings = $", [Value::Whole(i64::from(rings))]);
    }
    if filter.decided {
        question.when("c.result IS NOT NULL");
    }
    if !filter.outcomes.is_empty() {
        // Said apart, so that the index of those serves that were not answered.
        if !filter.outcomes.contains(&Outcome::Answered) {
            question.when("c.outcome <> 'answered'");
        }
        let names = filter.outcomes.iter().map(|outcome| outcome.as_str());
        question.when_one_of("c.outcome", names);
    }
    if !filter.results.is_empty() {
        if !filter.results.contains(&RingResult::Within) {
            question.when("c.result <> 'within'");
        }
        let names = filter.results.iter().map(|result| result.as_str());
        question.when_one_of("c.result", names);
    }
    if filter.left_in_queue {
        question.when(
            "c.outcome <> 'answered' AND c.outcome = 'rescued' AND c.agent IS NULL \
             AND c.connected_to IS NULL AND c.ended_by = 'caller' \
             AND COALESCE(c.left_queue, '') NOT IN ('call_back', 'closed')",
        );
    }
}

fn by_case(question: &mut Question, case: &CaseOfCall) {
    // That a call has a case which only officers of tips read is not found out so.
    question.when(
        "c.id IN (SELECT k.call FROM case_file k WHERE k.call IS NOT NULL \
         AND k.confidentiality = 'normal'",
    );
    if let Some(from) = case.from {
        question.push(" AND k.opened >= $", [Value::Whole(from.0)]);
    }
    if let Some(until) = case.until {
        question.push(" AND k.opened < $", [Value::Whole(until.0)]);
    }
    if let Some(kind) = case.kind {
        question.push(" AND k.kind = $", [Value::text(&kind.as_str())]);
    }
    match &case.department {
        None => {}
        Some(None) => question.push(" AND k.department IS NULL", []),
        Some(Some(unit)) => question.push(" AND k.department = $", [Value::text(unit)]),
    }
    if let Some(subject) = &case.subject {
        question.push(" AND k.subject = $", [Value::text(subject)]);
    }
    question.push(")", []);
}
