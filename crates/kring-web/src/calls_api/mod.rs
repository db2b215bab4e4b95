//! `/calls` and `/unfinished`: the history, the live calls over it, and what an agent does with a
//! call and its record.

mod act;
mod consult;
mod draft;
mod evidence;
mod ladder;
mod list;
mod monitor;
mod place;
mod record;
mod record_form;
mod recording;
mod row;
mod sound;
mod transfer;
mod unfinished;
mod which;

pub(crate) use record_form::{KINDS, Mistakes, RESOLUTIONS, said};
pub(crate) use row::CallOnWire;

use crate::{
    app::App,
    live::Fresh,
    problem::{Code, Problem},
    session::{Identity, Right},
};
use kring_journal::CallId;
use kring_store::CallRow;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes of calls.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list, place::place))
        .routes(routes!(list::get))
        .routes(routes!(evidence::events))
        .routes(routes!(evidence::evidence))
        .routes(routes!(ladder::ladder))
        .routes(routes!(ladder::capture))
        .routes(routes!(act::answer))
        .routes(routes!(act::decline))
        .routes(routes!(act::hold))
        .routes(routes!(act::resume))
        .routes(routes!(act::hang_up))
        .routes(routes!(act::extend_wrap_up))
        .routes(routes!(transfer::transfer))
        .routes(routes!(transfer::get))
        .routes(routes!(transfer::consult))
        .routes(routes!(consult::complete))
        .routes(routes!(consult::cancel))
        .routes(routes!(consult::swap))
        .routes(routes!(consult::conference))
        .routes(routes!(
            recording::record,
            recording::hear,
            recording::erase
        ))
        .routes(routes!(recording::info))
        .routes(routes!(monitor::monitor, monitor::stop, monitor::read))
        .routes(routes!(draft::read, draft::write))
        .routes(routes!(record::confirm))
        .routes(routes!(record::no_case))
        .routes(routes!(record::no_case_reasons))
        .routes(routes!(unfinished::list))
        .routes(routes!(unfinished::hand_over))
}

/// The call that a path names; anything that is no id names none.
fn call_id(text: &str) -> Result<CallId, Problem> {
    text.parse().map_err(|_| Problem::new(Code::NoSuchCall))
}

/// The call that a path names, when it exists and the asker may see it.
pub(crate) async fn may_see_call(app: &App, who: &Identity, id: &str) -> Result<CallId, Problem> {
    let id = call_id(id)?;
    Known::find(app, who, id).await?;
    Ok(id)
}

/// A call as it is now: the history's row under what memory knows of it.
struct Known {
    row: CallRow,
    fresh: Option<Fresh>,
}

impl Known {
    /// The call, when it exists and the asker may see it.
    async fn find(app: &App, who: &Identity, id: CallId) -> Result<Known, Problem> {
        who.must(Right::ReadCalls)?;
        let known = Known::of(app, id).await?;
        match who.only_own() {
            Some(own) if !known.is_of(own) => Err(Problem::new(Code::NotYours)),
            _ => Ok(known),
        }
    }

    /// The call, whoever asks.
    async fn of(app: &App, id: CallId) -> Result<Known, Problem> {
        let fresh = app.live.fresh_call(id);
        let stored = app.store.call(id).await?;
        let row = match (&fresh, stored) {
            (Some(fresh), Some(stored)) => fresh.over(stored),
            (Some(fresh), None) => fresh.row(),
            (None, Some(stored)) => stored,
            (None, None) => return Err(Problem::new(Code::NoSuchCall)),
        };
        Ok(Known { row, fresh })
    }

    /// Whether it is or may become this agent's: their phone rings for it, they answered it, or they owe its
    /// record.
    fn is_of(&self, agent: &kring_journal::AgentId) -> bool {
        self.row.record.agent.as_ref() == Some(agent)
            || self.row.record.record_owner.as_ref() == Some(agent)
            || self
                .fresh
                .as_ref()
                .is_some_and(|fresh| fresh.ringing_at.contains(agent))
    }
}
