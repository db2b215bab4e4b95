//! Units out of a file put into the directory: all or nothing, by their short names, so that the same file
//! read again changes nothing.

use crate::{
    Department, DepartmentId, Endpoint, EndpointId, Store, StoreRefused,
    audit::ChangedBy,
    connect::Durability,
    csv_mistake::CsvMistake,
    department_csv::{ImportedEndpoint, ImportedUnit},
    department_writes::{add, check_room, put},
    departments::read_departments,
    directory::begin_change,
};
use kring_journal::WallTime;
use kring_text::folded;
use rustc_hash::FxHashMap;

/// Whether what a file says is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportRun {
    /// It is only told what would be done.
    Dry,
    /// It is done.
    Real,
}

/// What a file does, by short name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Units that were not there.
    pub added: Vec<String>,
    /// Units that were otherwise.
    pub changed: Vec<String>,
    /// Units that the file says to be as they are.
    pub left: Vec<String>,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ImportRefused {
    /// The file has mistakes.
    #[error("the file has {} mistakes", .0.len())]
    Mistakes(Vec<CsvMistake>),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreRefused),
}

impl Store {
    /// Puts the units of a file into the directory, and leaves all others.
    pub async fn import_departments(
        &self,
        by: &ChangedBy,
        units: &[ImportedUnit],
        run: ImportRun,
    ) -> Result<Imported, ImportRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        begin_change(&mut tx).await?;
        let stored = read_departments(&mut tx).await?;
        let mut last = stored.iter().map(|unit| unit.sort).max().unwrap_or(0);
        let stored = stored.into_iter();
        let stored: FxHashMap<String, Department> =
            stored.map(|unit| (folded(&unit.short), unit)).collect();
        let mut imported = Imported::default();
        let mut mistakes = Vec::new();
        for told in units {
            let was = stored.get(&folded(&told.short));
            let mut unit = was.cloned().unwrap_or_else(|| {
                last += 1;
                let new = Department::named(DepartmentId::new(by.at), &told.short, "");
                Department { sort: last, ..new }
            });
            told.put(&mut unit, by.at);
            let done = match was {
                Some(was) => put(&mut tx, by, was, &mut unit).await,
                None => add(&mut tx, by, &mut unit).await.map(|()| true),
            };
            let list = match (done, was) {
                (Ok(true), None) => &mut imported.added,
                (Ok(true), Some(_)) => &mut imported.changed,
                (Ok(false), _) => &mut imported.left,
                (Err(StoreRefused::Unacceptable { field, why }), _) => {
                    let told_th = "ค่าไม่ถูกต้องหรือว่าง".to_owned();
                    mistakes.push(CsvMistake::new(told.row, field, (why.to_owned(), told_th)));
                    continue;
                }
                (Err(refused), _) => return Err(refused.into()),
            };
            list.push(unit.short);
        }
        if !mistakes.is_empty() {
            return Err(ImportRefused::Mistakes(mistakes));
        }
        check_room(&mut tx).await?;
        let changes = !imported.added.is_empty() || !imported.changed.is_empty();
        if run == ImportRun::Real && changes {
            tx.commit().await.map_err(StoreRefused::from)?;
            self.directory_kept.has_changed();
        }
        Ok(imported)
    }
}

impl ImportedUnit {
    /// Gives a unit what the file says of it.
    fn put(&self, unit: &mut Department, now: WallTime) {
        for (text, told) in [
            (&mut unit.name_th, &self.name_th),
            (&mut unit.name_en, &self.name_en),
            (&mut unit.website, &self.website),
            (&mut unit.hotline, &self.hotline),
            (&mut unit.topics, &self.topics),
        ] {
            if let Some(told) = told {
                text.clone_from(told);
            }
        }
        unit.short.clone_from(&self.short);
        unit.sort = self.sort.unwrap_or(unit.sort);
        if let Some(hours) = &self.hours {
            unit.hours.clone_from(hours);
        }
        let Some(endpoints) = &self.endpoints else {
            return;
        };
        let stored = std::mem::take(&mut unit.endpoints);
        let with = |(n, told): (usize, &ImportedEndpoint)| {
            let mut stored = stored.iter();
            let stored = stored.find(|endpoint| endpoint.extension == told.extension);
            let new = || Endpoint::dialled(EndpointId::new(now), &told.extension, n as i64 + 1);
            told.put(stored.cloned().unwrap_or_else(new))
        };
        unit.endpoints = endpoints.iter().enumerate().map(with).collect();
    }
}

impl ImportedEndpoint {
    fn put(&self, mut endpoint: Endpoint) -> Endpoint {
        if let Some(label) = &self.label {
            endpoint.label.clone_from(label);
        }
        endpoint.priority = self.priority.unwrap_or(endpoint.priority);
        endpoint.rings = self.rings.unwrap_or(endpoint.rings);
        endpoint.active = self.active.unwrap_or(endpoint.active);
        endpoint
    }
}
