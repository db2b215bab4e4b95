//! Sources out of a file put into the database: all or nothing.

use crate::{
    DepartmentId, Directory, ImportRefused, ImportRun, Imported, Source, SourceId, SourceKind,
    Store, StoreRefused,
    audit::ChangedBy,
    connect::Durability,
    csv_mistake::CsvMistake,
    knowledge_csv::ImportedSource,
    knowledge_rows::{COLUMNS, FROM, read_source},
    knowledge_writes::{add, begin_change, check_room, put},
    limits,
};
use kring_text::folded;
use rustc_hash::FxHashMap;
use sqlx::{AnyConnection, AssertSqlSafe};

impl Store {
    /// Puts the sources of a file into the database, and leaves all others.
    pub async fn import_knowledge(
        &self,
        by: &ChangedBy,
        rows: &[ImportedSource],
        run: ImportRun,
    ) -> Result<Imported, ImportRefused> {
        let directory = self.directory().await?;
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let revision = begin_change(&mut tx).await?;
        let stored = Stored::read(&mut tx).await?;
        let mut imported = Imported::default();
        let mut mistakes = Vec::new();
        for row in rows {
            let mistake = |column: &str, told: (&str, &str)| {
                CsvMistake::new(row.row, column, (told.0.to_owned(), told.1.to_owned()))
            };
            let was = stored.find(row);
            let mut source = match was {
                Some(was) => was.clone(),
                None if row.kind == SourceKind::Document => {
                    let told = (
                        "documents come from their folders",
                        "เอกสารต้องมาจากโฟลเดอร์ที่กำหนด",
                    );
                    mistakes.push(mistake("kind", told));
                    continue;
                }
                None => {
                    let id = row.id.unwrap_or_else(|| SourceId::new(by.at));
                    Source::named(id, row.kind, &row.title, by.at)
                }
            };
            if row.put(&mut source, &directory).is_err() {
                let told = ("is no department that is known", "ไม่รู้จักหน่วยงานนี้");
                mistakes.push(mistake("department", told));
                continue;
            }
            let done = match was {
                Some(was) => put(&mut tx, by, was, &mut source, revision).await,
                None if stored.removed(row.id) => {
                    let told = ("this source was removed", "แหล่งข้อมูลนี้ถูกลบแล้ว");
                    mistakes.push(mistake("id", told));
                    continue;
                }
                None => add(&mut tx, by, &mut source, revision).await.map(|()| true),
            };
            let list = match (done, was) {
                (Ok(true), None) => &mut imported.added,
                (Ok(true), Some(_)) => &mut imported.changed,
                (Ok(false), _) => &mut imported.left,
                (Err(StoreRefused::Unacceptable { field, why }), _) => {
                    mistakes.push(mistake(field, (why, "ค่าไม่ถูกต้องหรือว่าง")));
                    continue;
                }
                (Err(refused), _) => return Err(refused.into()),
            };
            list.push(source.title);
        }
        if !mistakes.is_empty() {
            mistakes.truncate(limits::CSV_MISTAKES_MAX);
            return Err(ImportRefused::Mistakes(mistakes));
        }
        check_room(&mut tx).await?;
        let changes = !imported.added.is_empty() || !imported.changed.is_empty();
        if run == ImportRun::Real && changes {
            tx.commit().await.map_err(StoreRefused::from)?;
        }
        Ok(imported)
    }

    /// All sources, for a file.
    pub async fn all_sources(&self) -> Result<Vec<Source>, StoreRefused> {
        let sql = format!("SELECT {COLUMNS} {FROM} WHERE s.removed = 0 ORDER BY s.id");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_source).collect()
    }
}

/// What is stored, by what rows name it.
struct Stored {
    sources: Vec<Source>,
    by_id: FxHashMap<SourceId, usize>,
    by_title: FxHashMap<(SourceKind, String), usize>,
    removed: Vec<SourceId>,
}

impl Stored {
    async fn read(connection: &mut AnyConnection) -> Result<Stored, StoreRefused> {
        let sql = format!("SELECT {COLUMNS} {FROM} WHERE s.removed = 0");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .fetch_all(&mut *connection)
            .await?;
        let sources: Vec<Source> = rows.iter().map(read_source).collect::<Result<_, _>>()?;
        let rows = sqlx::query("SELECT id FROM knowledge_source WHERE removed = 1")
            .fetch_all(connection)
            .await?;
        let removed = rows
            .iter()
            .map(|row| crate::sql::Cells::of(row, "knowledge_source").id());
        let places = sources.iter().enumerate();
        Ok(Stored {
            by_id: places.clone().map(|(n, source)| (source.id, n)).collect(),
            by_title: places
                .map(|(n, source)| ((source.kind, folded(&source.title)), n))
                .collect(),
            removed: removed.collect::<Result<_, _>>()?,
            sources,
        })
    }

    fn find(&self, row: &ImportedSource) -> Option<&Source> {
        let by_title = || self.by_title.get(&(row.kind, folded(&row.title)));
        let place = match row.id {
            Some(id) => self.by_id.get(&id),
            None => by_title(),
        };
        place.map(|n| &self.sources[*n])
    }

    fn removed(&self, id: Option<SourceId>) -> bool {
        id.is_some_and(|id| self.removed.contains(&id))
    }
}

/// The file names a unit that is not there.
struct NoSuchUnit;

impl ImportedSource {
    /// Gives a source what the file says of it.
    fn put(&self, source: &mut Source, directory: &Directory) -> Result<(), NoSuchUnit> {
        if let Some(which) = &self.department {
            source.department = unit(which, directory)?;
        }
        let is_document = source.kind == SourceKind::Document;
        source.title.clone_from(&self.title);
        for (text, told) in [
            (&mut source.topics, &self.topics),
            (&mut source.language, &self.language),
        ] {
            if let Some(told) = told {
                text.clone_from(told);
            }
        }
        for (text, told) in [
            (&mut source.address, &self.address),
            (&mut source.body, &self.body),
        ] {
            // Of a document they are those of its file.
            if let Some(told) = told.as_ref().filter(|_| !is_document) {
                text.clone_from(told);
            }
        }
        for (day, told) in [
            (&mut source.valid_from, self.valid_from),
            (&mut source.valid_until, self.valid_until),
            (&mut source.review_by, self.review_by),
        ] {
            *day = told.unwrap_or(*day);
        }
        source.status = self.status.unwrap_or(source.status);
        Ok(())
    }
}

fn unit(which: &str, directory: &Directory) -> Result<Option<DepartmentId>, NoSuchUnit> {
    if which.is_empty() {
        return Ok(None);
    }
    let unit = directory.find(which).map(|unit| unit.id);
    // One that left the directory since is still what it was.
    let unit = unit.or_else(|| which.parse().ok());
    unit.map(Some).ok_or(NoSuchUnit)
}
