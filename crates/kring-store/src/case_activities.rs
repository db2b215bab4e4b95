//! What was done about a case, line after line. A line is never changed or taken out: a trigger refuses it.

use crate::{
    ActivityId, CaseAccess, CaseId, CaseStatus, ChangedBy, Store, StoreRefused,
    case_rows::read_case_by_id,
    cases::check_text,
    connect::Durability,
    limits,
    names::stored_names,
    sql::{Cells, Given},
};
use kring_journal::WallTime;
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, AssertSqlSafe};

stored_names! {
    /// What kind of thing was done.
    ActivityKind {
        /// It was made.
        Opened => "opened",
        /// It went to another status.
        Status => "status",
        /// Something else of it was changed.
        Changed => "changed",
        /// Somebody noted something.
        Note => "note",
        /// Somebody called.
        Called => "called",
        /// Somebody wrote.
        Wrote => "wrote",
        /// The unit has answered.
        UnitAnswered => "unit_answered",
        /// A file was added.
        Attached => "attached",
        /// A follow-up was planned, or done.
        FollowUp => "follow_up",
        /// A video session was booked, or is over.
        Video => "video",
    }
}

impl ActivityKind {
    /// Those that people write themselves.
    pub const WRITTEN: [ActivityKind; 4] = [
        ActivityKind::Note,
        ActivityKind::Called,
        ActivityKind::Wrote,
        ActivityKind::UnitAnswered,
    ];
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityRow {
    /// The id.
    pub id: ActivityId,
    /// When.
    pub at: WallTime,
    /// Who: see [`ChangedBy::who`].
    pub who: String,
    /// What kind of thing.
    pub kind: ActivityKind,
    /// In words; may be empty.
    pub text: String,
    /// From which status.
    pub from: Option<CaseStatus>,
    /// To which.
    pub to: Option<CaseStatus>,
}

/// A line that is to be written.
pub(crate) struct Activity {
    kind: ActivityKind,
    text: String,
    from: Option<CaseStatus>,
    to: Option<CaseStatus>,
}

impl Activity {
    /// Words of this kind.
    pub(crate) fn said(kind: ActivityKind, text: String) -> Activity {
        let (from, to) = (None, None);
        Activity {
            kind,
            text,
            from,
            to,
        }
    }

    /// The case begins.
    pub(crate) fn opened(status: CaseStatus) -> Activity {
        Activity {
            to: Some(status),
            ..Activity::said(ActivityKind::Opened, String::new())
        }
    }

    /// It goes on to another status.
    pub(crate) fn moved(from: CaseStatus, to: CaseStatus, reason: String) -> Activity {
        Activity {
            from: Some(from),
            to: Some(to),
            ..Activity::said(ActivityKind::Status, reason)
        }
    }

    /// These fields are others.
    pub(crate) fn changed(names: String) -> Activity {
        Activity::said(ActivityKind::Changed, names)
    }
}

const COLUMNS: &str = "id, at, who, kind, text, status_from, status_to";

impl Store {
    /// Adds a line that somebody has written.
    pub async fn add_activity(
        &self,
        access: &CaseAccess,
        by: &ChangedBy,
        case: CaseId,
        (kind, text): (ActivityKind, &str),
    ) -> Result<ActivityRow, StoreRefused> {
        if text.trim().is_empty() {
            let (field, why) = ("text", "is empty");
            return Err(StoreRefused::Unacceptable { field, why });
        }
        check_text("text", text, limits::DETAIL_CHARS_MAX)?;
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let found = read_case_by_id(&mut tx, case).await?;
        access.must_read(&found)?;
        let activity = Activity::said(kind, text.trim().to_owned());
        let row = note_activity(&mut tx, by, case, &activity).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Everything that was done about a case that they may read, oldest first.
    pub async fn activities(&self, case: CaseId) -> Result<Vec<ActivityRow>, StoreRefused> {
        let sql = format!(
            "SELECT {COLUMNS} FROM case_activity WHERE case_id = $1 ORDER BY n, id LIMIT {}",
            limits::ACTIVITIES_OF_CASE_MAX
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(case.to_string())
            .fetch_all(&self.reader)
            .await?;
        let read = |row| {
            let mut cells = Cells::of(row, "case_activity");
            Ok(ActivityRow {
                id: cells.id()?,
                at: cells.wall()?,
                who: cells.text()?,
                kind: cells.name()?,
                text: cells.text()?,
                from: cells.some_name()?,
                to: cells.some_name()?,
            })
        };
        rows.iter().map(read).collect()
    }
}

/// Writes a line inside the transaction of what it tells of.
pub(crate) async fn note_activity(
    connection: &mut AnyConnection,
    by: &ChangedBy,
    case: CaseId,
    activity: &Activity,
) -> Result<ActivityRow, StoreRefused> {
    let counted = sqlx::query("SELECT COUNT(*) FROM case_activity WHERE case_id = $1")
        .bind(case.to_string())
        .fetch_one(&mut *connection)
        .await?;
    let before = Cells::of(&counted, "case_activity").int()?;
    if before >= limits::ACTIVITIES_OF_CASE_MAX {
        return Err(StoreRefused::TooMany("activities of this case"));
    }
    let row = ActivityRow {
        id: ActivityId::new(by.at),
        at: by.at,
        who: by.who.clone(),
        kind: activity.kind,
        text: activity.text.clone(),
        from: activity.from,
        to: activity.to,
    };
    let mut given = Given::default();
    given
        .add_text(&row.id)
        .add_text(&case)
        // Of two in one millisecond, the ids do not tell which was first.
        .add(before + 1)
        .add(row.at.0)
        .add(row.who.as_str())
        .add(row.kind.as_str())
        .add(row.text.as_str())
        .add(row.from.map(CaseStatus::as_str))
        .add(row.to.map(CaseStatus::as_str));
    sqlx::query_with(
        "INSERT INTO case_activity (id, case_id, n, at, who, kind, text, status_from, \
         status_to) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        given.take(),
    )
    .execute(connection)
    .await?;
    Ok(row)
}
