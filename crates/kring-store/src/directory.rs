//! The directory in memory: every unit with its endpoints and hours, and the holidays.
//!
//! It is one value that is never changed. A number in the database, counted up by every change in whatever
//! process, says whether what was read last is still so; asking for it is one look at one row. When it is
//! not, units whose version is another are read, and the next value shares all others with the one before.

use crate::{
    Department, DepartmentId, Endpoint, Holiday, Store, StoreRefused, UsualHours,
    departments::{read_department, read_departments},
    directory_search::{Found, FoundBy, SearchTexts},
    holidays::read_holidays,
    limits,
    sql::Cells,
};
use kring_text::folded;
use kring_time::{Day, Schedule};
use rustc_hash::FxHashMap;
use sqlx::{AnyConnection, Connection};
use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError, RwLock},
};
use tokio::sync::watch;

/// The directory as it was at one moment.
#[derive(Debug)]
pub struct Directory {
    revision: i64,
    departments: Vec<Arc<Department>>,
    holidays: Vec<Holiday>,
    closed_days: Arc<BTreeSet<Day>>,
    by_id: FxHashMap<DepartmentId, usize>,
    by_short: FxHashMap<String, usize>,
    /// The place of the unit and of its endpoint.
    by_extension: FxHashMap<String, (usize, usize)>,
    texts: SearchTexts,
}

/// The directory that was read last, and whoever waits for another.
#[derive(Debug, Default)]
pub(crate) struct DirectoryKept {
    last: RwLock<Option<Arc<Directory>>>,
    changed: watch::Sender<()>,
}

impl Directory {
    /// What is as it was in `last` is taken from there.
    pub(crate) fn new(
        revision: i64,
        departments: Vec<Arc<Department>>,
        holidays: Vec<Holiday>,
        last: Option<&Directory>,
    ) -> Directory {
        let texts = |unit: &Arc<Department>| {
            let place = last.and_then(|last| Some((last, *last.by_id.get(&unit.id)?)));
            let same = place.filter(|(last, n)| Arc::ptr_eq(&last.departments[*n], unit));
            same.map(|(last, n)| last.texts.of_unit(n))
        };
        let texts = SearchTexts::of(&departments, texts);
        let by_id = departments.iter().enumerate();
        let by_short = by_id.clone();
        let mut by_extension: FxHashMap<String, (usize, usize)> = FxHashMap::default();
        for (n, unit) in departments.iter().enumerate() {
            for (m, endpoint) in unit.endpoints.iter().enumerate() {
                let is_active = |(n, m): (usize, usize)| departments[n].endpoints[m].active;
                let place = by_extension
                    .entry(endpoint.extension.clone())
                    .or_insert((n, m));
                if endpoint.active && !is_active(*place) {
                    *place = (n, m);
                }
            }
        }
        Directory {
            revision,
            by_id: by_id.map(|(n, unit)| (unit.id, n)).collect(),
            by_short: by_short.map(|(n, unit)| (folded(&unit.short), n)).collect(),
            by_extension,
            texts,
            closed_days: Arc::new(holidays.iter().map(|holiday| holiday.day).collect()),
            departments,
            holidays,
        }
    }

    /// The number that every change counts up.
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// Every unit with its endpoints, in the order of the list.
    pub fn departments(&self) -> &[Arc<Department>] {
        &self.departments
    }

    /// The days of the holidays of all.
    pub fn closed_days(&self) -> &Arc<BTreeSet<Day>> {
        &self.closed_days
    }

    /// The holidays of all, by day.
    pub fn holidays(&self) -> &[Holiday] {
        &self.holidays
    }

    /// The unit with this id.
    pub fn department(&self, id: DepartmentId) -> Option<&Department> {
        self.by_id.get(&id).map(|n| &*self.departments[*n])
    }

    /// The unit with this id or, in whatever letters, this short name.
    pub fn find(&self, which: &str) -> Option<&Department> {
        let by_id = || self.department(which.parse().ok()?);
        let by_short = self.by_short.get(&folded(which));
        by_short.map(|n| &*self.departments[*n]).or_else(by_id)
    }

    /// Units and active endpoints that what was typed may mean, the closest first; at most `most`.
    pub fn search(&self, typed: &str, most: usize) -> Vec<Found<'_>> {
        let found = self.texts.search(typed, most).into_iter();
        let told = |(n, m, by): (usize, Option<usize>, FoundBy)| {
            let department = &self.departments[n];
            Found {
                department,
                endpoint: m.map(|m| &department.endpoints[m]),
                by,
            }
        };
        found.map(told).collect()
    }

    /// When the unit is open.
    pub fn schedule(&self, unit: &Department, usual: &UsualHours) -> Schedule {
        let week = unit.hours.as_ref().map(|hours| hours.means().clone());
        let holidays = self.closed_days.union(&usual.holidays).copied();
        let exceptions = unit.exceptions.iter();
        Schedule {
            week: week.unwrap_or_else(|| usual.week.clone()),
            holidays: Arc::new(holidays.collect()),
            exceptions: exceptions
                .map(|exception| (exception.day, exception.hours.means().clone()))
                .collect(),
        }
    }

    /// When the house is open: of what has no unit.
    pub fn usual_schedule(&self, usual: &UsualHours) -> Schedule {
        let holidays = self.closed_days.union(&usual.holidays).copied();
        Schedule {
            holidays: Arc::new(holidays.collect()),
            ..Schedule::of(usual.week.clone())
        }
    }

    /// Whose endpoint is dialled so.
    pub(crate) fn dialled_by(&self, extension: &str) -> Option<(&Department, &Endpoint)> {
        let (n, m) = *self.by_extension.get(extension)?;
        let unit = &self.departments[n];
        Some((unit, &unit.endpoints[m]))
    }
}

impl Store {
    /// The directory as it is now.
    pub async fn directory(&self) -> Result<Arc<Directory>, StoreRefused> {
        let mut connection = self.reading().await?;
        let revision = revision(&mut connection).await?;
        let last = self.directory_kept.last_read();
        if let Some(last) = last.as_ref().filter(|last| last.revision == revision) {
            return Ok(Arc::clone(last));
        }
        let mut snapshot = connection.begin_with(self.snapshot()).await?;
        let read = read(&mut snapshot, last.as_deref()).await;
        snapshot.rollback().await?;
        Ok(self.directory_kept.keep(Arc::new(read?)))
    }

    /// The directory as it is now or, while the database does not answer, as it was read last.
    pub async fn directory_at_hand(&self) -> Result<Arc<Directory>, StoreRefused> {
        match self.directory().await {
            Err(refused) if refused.code() == "database_unavailable" => {
                tracing::warn!(%refused, "the directory is used as it was read last");
                self.directory_kept.last_read().ok_or(refused)
            }
            told => told,
        }
    }

    /// Hears of changes that this process makes; others are seen by [`Directory::revision`].
    pub fn watch_directory(&self) -> watch::Receiver<()> {
        self.directory_kept.changed.subscribe()
    }
}

impl DirectoryKept {
    fn last_read(&self) -> Option<Arc<Directory>> {
        let last = self.last.read().unwrap_or_else(PoisonError::into_inner);
        last.clone()
    }

    /// Whoever reads beside us may have read a later one.
    fn keep(&self, read: Arc<Directory>) -> Arc<Directory> {
        let mut last = self.last.write().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some(later) if later.revision > read.revision => Arc::clone(later),
            _ => {
                *last = Some(Arc::clone(&read));
                read
            }
        }
    }

    pub(crate) fn has_changed(&self) {
        self.changed.send_replace(());
    }
}

async fn revision(connection: &mut AnyConnection) -> Result<i64, StoreRefused> {
    let row = sqlx::query("SELECT n FROM directory_revision WHERE one = 1")
        .fetch_one(connection)
        .await?;
    Cells::of(&row, "directory_revision").int()
}

async fn read(
    connection: &mut AnyConnection,
    last: Option<&Directory>,
) -> Result<Directory, StoreRefused> {
    let revision = revision(connection).await?;
    let departments = match last {
        Some(last) => read_changed(connection, last).await?,
        None => None,
    };
    let departments = match departments {
        Some(departments) => departments,
        None => {
            let all = read_departments(connection).await?;
            all.into_iter().map(Arc::new).collect()
        }
    };
    let holidays = read_holidays(connection).await?;
    Ok(Directory::new(revision, departments, holidays, last))
}

/// All of them, those whose version is the same taken from `last`; none: too many are others to be read one
/// by one.
async fn read_changed(
    connection: &mut AnyConnection,
    last: &Directory,
) -> Result<Option<Vec<Arc<Department>>>, StoreRefused> {
    let rows = sqlx::query("SELECT id, version FROM department ORDER BY sort, short")
        .fetch_all(&mut *connection)
        .await?;
    let mut departments = Vec::with_capacity(rows.len());
    let mut others = 0;
    for row in &rows {
        let mut cells = Cells::of(row, "department");
        let (id, version): (DepartmentId, i64) = (cells.id()?, cells.int()?);
        let place = last.by_id.get(&id);
        let known = place.map(|n| &last.departments[*n]);
        if let Some(same) = known.filter(|known| known.version == version) {
            departments.push(Arc::clone(same));
            continue;
        }
        others += 1;
        if others > limits::DIRECTORY_READ_ONE_BY_ONE_MAX {
            return Ok(None);
        }
        departments.push(Arc::new(read_department(connection, id).await?));
    }
    Ok(Some(departments))
}

/// Counts up the number of the directory. The first statement of every change: on PostgreSQL it lets one
/// change wait for another.
pub(crate) async fn begin_change(connection: &mut AnyConnection) -> Result<(), StoreRefused> {
    sqlx::query("UPDATE directory_revision SET n = n + 1 WHERE one = 1")
        .execute(connection)
        .await?;
    Ok(())
}
