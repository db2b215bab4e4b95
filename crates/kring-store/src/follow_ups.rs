//! What somebody will do about a case, and by when: the list that a day begins with.

use crate::{
    CaseAccess, CaseId, CaseRefused, CaseRow, CaseShown, ChangedBy, FollowUpId, Store,
    StoreRefused,
    case_activities::{Activity, ActivityKind, note_activity},
    case_rows::{CASE_COLUMNS, read_case_by_id, read_case_cells},
    cases::check_filled,
    connect::Durability,
    limits,
    sql::{Cells, Given, Question, Value},
};
use kring_journal::{AgentId, WallTime};
use sqlx::{AnyConnection, any::AnyRow};

/// Something that is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUpRow {
    /// The id.
    pub id: FollowUpId,
    /// Of which case.
    pub case: CaseId,
    /// By when.
    pub due: WallTime,
    /// What.
    pub what: String,
    /// By whom.
    pub assigned_to: AgentId,
    /// Who planned it.
    pub made_by: String,
    /// When it was done.
    pub done: Option<WallTime>,
    /// Who did it.
    pub done_by: Option<String>,
    /// From 1, one more with each change.
    pub version: i64,
}

/// What is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFollowUp {
    /// By when.
    pub due: WallTime,
    /// What.
    pub what: String,
    /// By whom.
    pub assigned_to: AgentId,
}

/// What to change; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowUpPatch {
    /// By when.
    pub due: Option<WallTime>,
    /// What.
    pub what: Option<String>,
    /// By whom.
    pub assigned_to: Option<AgentId>,
    /// Whether it is done.
    pub done: Option<bool>,
}

/// Which; `None` asks for all.
#[derive(Clone, Debug, Default)]
pub struct FollowUpFilter {
    /// Of this case.
    pub case: Option<CaseId>,
    /// Of this person.
    pub assigned_to: Option<AgentId>,
    /// Due at this time or later.
    pub from: Option<WallTime>,
    /// Due before this time.
    pub until: Option<WallTime>,
    /// Only those that are not done.
    pub owed: bool,
    /// Rows, 1 to [`crate::limits::PAGE_MAX`]; 0 means 50.
    pub limit: u32,
}

const COLUMNS: &str = "f.id, f.case_id, f.due, f.what, f.assigned_to, f.made_by, f.done, f.done_by, \
    f.version";

impl Store {
    /// Plans something for a case.
    pub async fn plan_follow_up(
        &self,
        access: &CaseAccess,
        by: &ChangedBy,
        case: CaseId,
        new: NewFollowUp,
    ) -> Result<FollowUpRow, StoreRefused> {
        check_filled("what", &new.what)?;
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        access.must_read(&read_case_by_id(&mut tx, case).await?)?;
        agent_exists(&mut tx, &new.assigned_to).await?;
        let sql = "SELECT COUNT(*) FROM follow_up WHERE case_id = $1 AND done IS NULL";
        let counted = sqlx::query(sql)
            .bind(case.to_string())
            .fetch_one(&mut *tx)
            .await?;
        if Cells::of(&counted, "follow_up").int()? >= limits::FOLLOW_UPS_OF_CASE_MAX {
            return Err(StoreRefused::TooMany("open follow-ups of this case"));
        }
        let row = FollowUpRow {
            id: FollowUpId::new(by.at),
            case,
            due: new.due,
            what: new.what.trim().to_owned(),
            assigned_to: new.assigned_to,
            made_by: by.who.clone(),
            done: None,
            done_by: None,
            version: 1,
        };
        let mut given = Given::default();
        given
            .add_text(&row.id)
            .add_text(&row.case)
            .add(row.due.0)
            .add(row.what.as_str())
            .add(row.assigned_to.as_str())
            .add(row.made_by.as_str())
            .add(by.at.0);
        sqlx::query_with(
            "INSERT INTO follow_up (id, case_id, due, what, assigned_to, made_by, made, version) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 1)",
            given.take(),
        )
        .execute(&mut *tx)
        .await?;
        let planned = Activity::said(ActivityKind::FollowUp, row.what.clone());
        note_activity(&mut tx, by, case, &planned).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Changes one, or says that it is done.
    pub async fn change_follow_up(
        &self,
        access: &CaseAccess,
        by: &ChangedBy,
        (id, version): (FollowUpId, Option<i64>),
        patch: &FollowUpPatch,
    ) -> Result<FollowUpRow, StoreRefused> {
        if let Some(what) = &patch.what {
            check_filled("what", what)?;
        }
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let was = read_one(&mut tx, id).await?;
        access.must_read(&read_case_by_id(&mut tx, was.case).await?)?;
        if version.is_some_and(|version| version != was.version) {
            let current = was.version;
            return Err(StoreRefused::Stale { current });
        }
        if let Some(agent) = &patch.assigned_to {
            agent_exists(&mut tx, agent).await?;
        }
        let mut row = FollowUpRow {
            due: patch.due.unwrap_or(was.due),
            what: patch.what.clone().unwrap_or_else(|| was.what.clone()),
            assigned_to: patch
                .assigned_to
                .clone()
                .unwrap_or_else(|| was.assigned_to.clone()),
            version: was.version + 1,
            ..was.clone()
        };
        match patch.done {
            Some(true) if was.done.is_none() => {
                row.done = Some(by.at);
                row.done_by = Some(by.who.clone());
            }
            Some(false) => (row.done, row.done_by) = (None, None),
            _ => {}
        }
        update(&mut tx, &row).await?;
        if row.done.is_some() != was.done.is_some() {
            let mark = if row.done.is_some() { "✓" } else { "↺" };
            let text = format!("{mark} {}", row.what);
            let told = Activity::said(ActivityKind::FollowUp, text);
            note_activity(&mut tx, by, row.case, &told).await?;
        }
        tx.commit().await?;
        Ok(row)
    }

    /// What is to be done, the most urgent first, each with its case as it may be shown. What may not be read
    /// is left out of the words.
    pub async fn follow_ups(
        &self,
        access: &CaseAccess,
        filter: &FollowUpFilter,
    ) -> Result<Vec<(FollowUpRow, CaseShown)>, StoreRefused> {
        let select = format!(
            "SELECT {COLUMNS}, {CASE_COLUMNS} FROM follow_up f JOIN case_file k ON k.id = f.case_id"
        );
        let mut question = Question::new(&select);
        if let Some(case) = filter.case {
            question.when_is("f.case_id = $", [Value::text(&case)]);
        }
        if let Some(agent) = &filter.assigned_to {
            question.when_is("f.assigned_to = $", [Value::text(agent)]);
        }
        if let Some(from) = filter.from {
            question.when_is("f.due >= $", [Value::Whole(from.0)]);
        }
        if let Some(until) = filter.until {
            question.when_is("f.due < $", [Value::Whole(until.0)]);
        }
        if filter.owed {
            question.when("f.done IS NULL");
        }
        let limit = limits::page(filter.limit);
        question.push(" ORDER BY f.due, f.id LIMIT $", [Value::Whole(limit)]);
        let rows = question.rows(&self.reader).await?;
        let read = |row| -> Result<Option<(FollowUpRow, CaseShown)>, StoreRefused> {
            let mut cells = Cells::of(row, "follow_up");
            let mut found = read_row(&mut cells)?;
            let case: CaseRow = read_case_cells(&mut cells)?;
            if !access.knows_of(&case) {
                return Ok(None);
            }
            let shown = access.shown(case);
            if shown.masked {
                found.what.clear();
            }
            Ok(Some((found, shown)))
        };
        rows.iter()
            .map(read)
            .filter_map(Result::transpose)
            .collect()
    }
}

async fn update(connection: &mut AnyConnection, row: &FollowUpRow) -> Result<(), StoreRefused> {
    let mut given = Given::default();
    given
        .add_text(&row.id)
        .add(row.due.0)
        .add(row.what.as_str())
        .add(row.assigned_to.as_str())
        .add_wall(row.done)
        .add(row.done_by.clone())
        .add(row.version);
    let done = sqlx::query_with(
        "UPDATE follow_up SET due = $2, what = $3, assigned_to = $4, done = $5, done_by = $6, \
         version = $7 WHERE id = $1 AND version = $7 - 1",
        given.take(),
    )
    .execute(connection)
    .await?;
    match done.rows_affected() {
        0 => Err(StoreRefused::Stale {
            current: row.version,
        }),
        _ => Ok(()),
    }
}

async fn read_one(
    connection: &mut AnyConnection,
    id: FollowUpId,
) -> Result<FollowUpRow, StoreRefused> {
    let mut question = Question::new(&format!("SELECT {COLUMNS} FROM follow_up f"));
    question.when_is("f.id = $", [Value::text(&id)]);
    let rows: Vec<AnyRow> = question.rows(connection).await?;
    let row = rows.first().ok_or(CaseRefused::NoSuchFollowUp)?;
    read_row(&mut Cells::of(row, "follow_up"))
}

fn read_row(cells: &mut Cells<'_>) -> Result<FollowUpRow, StoreRefused> {
    Ok(FollowUpRow {
        id: cells.id()?,
        case: cells.id()?,
        due: cells.wall()?,
        what: cells.text()?,
        assigned_to: AgentId::new(cells.str()?),
        made_by: cells.text()?,
        done: cells.some_wall()?,
        done_by: cells.some_text()?,
        version: cells.int()?,
    })
}

/// Refuses work for somebody who is not there.
pub(crate) async fn agent_exists(
    connection: &mut AnyConnection,
    agent: &AgentId,
) -> Result<(), StoreRefused> {
    sqlx::query("SELECT login FROM agent WHERE login = $1 AND disabled = 0")
        .bind(agent.as_str())
        .fetch_optional(connection)
        .await?
        .map(drop)
        .ok_or(StoreRefused::NoSuchAgent)
}
