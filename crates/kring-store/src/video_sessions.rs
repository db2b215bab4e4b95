//! In-depth consultations by video with the unit's officer: booked from a case, reminded of, and told how they
//! went.

use crate::{
    CaseAccess, CaseId, CaseRefused, CaseRow, CaseShown, ChangedBy, DepartmentId, Store,
    StoreRefused, VideoSessionId,
    case_activities::{Activity, ActivityKind, note_activity},
    case_rows::{CASE_COLUMNS, read_case_by_id, read_case_cells},
    cases::{check_filled, check_text},
    connect::Durability,
    departments::department_exists,
    limits,
    names::stored_names,
    sql::{Cells, Given, Question, Value},
    video_rows::{COLUMNS, insert, read_one, read_row, update},
};
use kring_journal::WallTime;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

/// Microseconds of an hour.
const HOUR_US: i64 = 3_600_000_000;

stored_names! {
    /// How it is with a session.
    VideoState {
        /// It will be.
        Booked => "booked",
        /// It was.
        Held => "held",
        /// Somebody did not come.
        Missed => "missed",
        /// It will not be.
        Cancelled => "cancelled",
    }
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoSessionRow {
    /// The id.
    pub id: VideoSessionId,
    /// Of which case.
    pub case: CaseId,
    /// The unit.
    pub department: DepartmentId,
    /// Its officer.
    pub officer: String,
    /// From when.
    pub starts: WallTime,
    /// Until when.
    pub ends: WallTime,
    /// How the citizen is told: a number, an address, a name.
    pub channel: String,
    /// Where they meet; empty when no template is configured.
    pub link: String,
    /// How it is.
    pub state: VideoState,
    /// What came of it.
    pub outcome: String,
    /// Who booked it.
    pub made_by: String,
    /// When the citizen was reminded.
    pub reminded: Option<WallTime>,
    /// From 1, one more with each change.
    pub version: i64,
}

/// What is booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVideoSession {
    /// The unit.
    pub department: DepartmentId,
    /// Its officer.
    pub officer: String,
    /// From when.
    pub starts: WallTime,
    /// Until when.
    pub ends: WallTime,
    /// How the citizen is told.
    pub channel: String,
    /// `[video] link_template`: `{ref}` is the case's reference, `{secret}` what nobody can guess.
    pub link_template: Option<String>,
}

/// What to change; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VideoSessionPatch {
    /// From when and until when.
    pub slot: Option<(WallTime, WallTime)>,
    /// The officer.
    pub officer: Option<String>,
    /// How the citizen is told.
    pub channel: Option<String>,
    /// How it is. What is not booked any more stays as it is.
    pub state: Option<VideoState>,
    /// What came of it.
    pub outcome: Option<String>,
    /// The citizen was reminded.
    pub reminded: bool,
}

/// Which; `None` asks for all.
#[derive(Clone, Debug, Default)]
pub struct VideoSessionFilter {
    /// Of this case.
    pub case: Option<CaseId>,
    /// Of this unit.
    pub department: Option<DepartmentId>,
    /// That begin at this time or later.
    pub from: Option<WallTime>,
    /// That begin before this time.
    pub until: Option<WallTime>,
    /// In this state.
    pub state: Option<VideoState>,
    /// Only those of which the citizen was not reminded.
    pub unreminded: bool,
    /// Rows, 1 to [`crate::limits::PAGE_MAX`]; 0 means 50.
    pub limit: u32,
}

impl Store {
    /// Books a session for a case.
    pub async fn book_video_session(
        &self,
        access: &CaseAccess,
        by: &ChangedBy,
        case: CaseId,
        new: NewVideoSession,
    ) -> Result<VideoSessionRow, StoreRefused> {
        check_filled("officer", &new.officer)?;
        check_filled("channel", &new.channel)?;
        check_slot(new.starts, new.ends)?;
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let found = read_case_by_id(&mut tx, case).await?;
        access.must_read(&found)?;
        department_exists(&mut tx, new.department).await?;
        let sql = "SELECT COUNT(*) FROM video_session WHERE case_id = $1";
        let counted = sqlx::query(sql)
            .bind(case.to_string())
            .fetch_one(&mut *tx)
            .await?;
        if Cells::of(&counted, "video_session").int()? >= limits::VIDEO_SESSIONS_OF_CASE_MAX {
            return Err(StoreRefused::TooMany("video sessions of this case"));
        }
        let link = new.link_template.as_deref();
        let row = VideoSessionRow {
            id: VideoSessionId::new(by.at),
            case,
            department: new.department,
            officer: new.officer.trim().to_owned(),
            starts: new.starts,
            ends: new.ends,
            channel: new.channel.trim().to_owned(),
            link: link.map(|link| link_of(link, &found)).unwrap_or_default(),
            state: VideoState::Booked,
            outcome: String::new(),
            made_by: by.who.clone(),
            reminded: None,
            version: 1,
        };
        officer_is_free(&mut tx, &row).await?;
        insert(&mut tx, &row, by.at).await?;
        let booked = Activity::said(
            ActivityKind::Video,
            format!("{} {}", VideoState::Booked.as_str(), row.officer),
        );
        note_activity(&mut tx, by, case, &booked).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Moves a session, says how it went, or that the citizen was reminded.
    pub async fn change_video_session(
        &self,
        access: &CaseAccess,
        by: &ChangedBy,
        (id, version): (VideoSessionId, Option<i64>),
        patch: &VideoSessionPatch,
    ) -> Result<VideoSessionRow, StoreRefused> {
        for (field, text) in [("officer", &patch.officer), ("channel", &patch.channel)] {
            if let Some(text) = text {
                check_filled(field, text)?;
            }
        }
        let outcome = patch.outcome.as_deref().unwrap_or("");
        check_text("outcome", outcome, limits::FIELD_CHARS_MAX)?;
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let was = read_one(&mut tx, id).await?;
        access.must_read(&read_case_by_id(&mut tx, was.case).await?)?;
        if version.is_some_and(|version| version != was.version) {
            let current = was.version;
            return Err(StoreRefused::Stale { current });
        }
        let row = patched(&was, patch, by.at)?;
        if row.state == VideoState::Booked {
            check_slot(row.starts, row.ends)?;
            officer_is_free(&mut tx, &row).await?;
        }
        update(&mut tx, &row).await?;
        if row.state != was.state || row.starts != was.starts {
            let text = format!("{} {}", row.state.as_str(), row.officer);
            let told = Activity::said(ActivityKind::Video, text);
            note_activity(&mut tx, by, row.case, &told).await?;
        }
        tx.commit().await?;
        Ok(row)
    }

    /// Sessions, the next first, each with its case as it may be shown. Of what may not be read neither the
    /// link nor the citizen is told.
    pub async fn video_sessions(
        &self,
        access: &CaseAccess,
        filter: &VideoSessionFilter,
    ) -> Result<Vec<(VideoSessionRow, CaseShown)>, StoreRefused> {
        let select = format!(
            "SELECT {COLUMNS}, {CASE_COLUMNS} FROM video_session v \
             JOIN case_file k ON k.id = v.case_id"
        );
        let mut question = Question::new(&select);
        if let Some(case) = filter.case {
            question.when_is("v.case_id = $", [Value::text(&case)]);
        }
        if let Some(department) = filter.department {
            question.when_is("v.department = $", [Value::text(&department)]);
        }
        if let Some(from) = filter.from {
            question.when_is("v.starts >= $", [Value::Whole(from.0)]);
        }
        if let Some(until) = filter.until {
            question.when_is("v.starts < $", [Value::Whole(until.0)]);
        }
        if let Some(state) = filter.state {
            question.when_is("v.state = $", [Value::text(&state.as_str())]);
        }
        if filter.unreminded {
            question.when("v.reminded IS NULL");
        }
        let limit = limits::page(filter.limit);
        question.push(" ORDER BY v.starts, v.id LIMIT $", [Value::Whole(limit)]);
        let rows = question.rows(&self.reader).await?;
        let read = |row| -> Result<Option<(VideoSessionRow, CaseShown)>, StoreRefused> {
            let mut cells = Cells::of(row, "video_session");
            let mut found = read_row(&mut cells)?;
            let case: CaseRow = read_case_cells(&mut cells)?;
            if !access.knows_of(&case) {
                return Ok(None);
            }
            let shown = access.shown(case);
            if shown.masked {
                found.link.clear();
                found.channel.clear();
                found.outcome.clear();
            }
            Ok(Some((found, shown)))
        };
        rows.iter()
            .map(read)
            .filter_map(Result::transpose)
            .collect()
    }
}

fn patched(
    was: &VideoSessionRow,
    patch: &VideoSessionPatch,
    now: WallTime,
) -> Result<VideoSessionRow, StoreRefused> {
    let (starts, ends) = patch.slot.unwrap_or((was.starts, was.ends));
    let moved = (starts, ends) != (was.starts, was.ends);
    let state = patch.state.unwrap_or(was.state);
    if was.state != VideoState::Booked && (moved || state != was.state) {
        return Err(CaseRefused::SessionOver.into());
    }
    let text = |new: &Option<String>, old: &str| new.clone().unwrap_or_else(|| old.to_owned());
    Ok(VideoSessionRow {
        officer: text(&patch.officer, &was.officer),
        starts,
        ends,
        channel: text(&patch.channel, &was.channel),
        state,
        outcome: text(&patch.outcome, &was.outcome),
        // Who was reminded of another time was not reminded of this one.
        reminded: match (patch.reminded, moved) {
            (true, _) => Some(now),
            (false, true) => None,
            (false, false) => was.reminded,
        },
        version: was.version + 1,
        ..was.clone()
    })
}

/// The place of a meeting, with 128 random bits that nobody can guess.
fn link_of(template: &str, case: &CaseRow) -> String {
    let secret = format!("{:032x}", rand::random::<u128>());
    let place = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let case_ref: String = case
        .case_ref
        .chars()
        .map(|c| if place(c) { c } else { '-' })
        .collect();
    template
        .replace("{ref}", &case_ref)
        .replace("{secret}", &secret)
}

fn check_slot(starts: WallTime, ends: WallTime) -> Result<(), StoreRefused> {
    let long = ends.0 - starts.0;
    if (1..=limits::VIDEO_SESSION_HOURS_MAX * HOUR_US).contains(&long) {
        return Ok(());
    }
    let (field, why) = ("slot", "lasts no time, or longer than a day's work");
    Err(StoreRefused::Unacceptable { field, why })
}

/// Refuses a second session of one officer at one time.
async fn officer_is_free(
    connection: &mut AnyConnection,
    row: &VideoSessionRow,
) -> Result<(), StoreRefused> {
    let mut given = Given::default();
    given
        .add_text(&row.department)
        .add(row.officer.as_str())
        .add(row.ends.0)
        .add(row.starts.0)
        .add_text(&row.id);
    let taken = sqlx::query_with(
        "SELECT id FROM video_session WHERE department = $1 AND officer = $2 AND state = 'booked' \
         AND starts < $3 AND ends > $4 AND id <> $5 LIMIT 1",
        given.take(),
    )
    .fetch_optional(connection)
    .await?;
    match taken {
        Some(_) => Err(CaseRefused::SlotTaken.into()),
        None => Ok(()),
    }
}
