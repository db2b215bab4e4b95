//! Files of cases: the contents lie in a folder of their own under names that tell nothing, and are on the
//! disk before their row is. A row without its file cannot come about; a file without a row is swept away.

use crate::{
    AttachmentKind, CaseAccess, CaseFileId, CaseId, CaseRefused, ChangedBy, Store, StoreRefused,
    attachment_files::{self, Folder},
    case_activities::{Activity, ActivityKind, note_activity},
    case_rows::read_case_by_id,
    cases::check_filled,
    connect::Durability,
    limits,
    sql::{Cells, Given},
};
use kring_journal::WallTime;
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;

/// A file of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentRow {
    /// The id.
    pub id: CaseFileId,
    /// Of which case.
    pub case: CaseId,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: AttachmentKind,
    /// How large.
    pub bytes: i64,
    /// Of its contents, in hexadecimal digits.
    pub sha256: String,
    /// Under which name it lies in the folder.
    file: String,
    /// Which node took it in.
    node: String,
    /// Who added it.
    pub made_by: String,
    /// When.
    pub made: WallTime,
}

/// A file that is to be kept.
#[derive(Clone, Debug)]
pub struct NewAttachment {
    /// What it is called; a path is cut off.
    pub name: String,
    /// What it holds.
    pub contents: Vec<u8>,
    /// How large it may be (`case.attachment_max_mb`).
    pub bytes_max: u64,
}

/// What a sweep has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files without a row, which are gone now.
    pub orphans: usize,
    /// Rows of this node without their file.
    pub missing: Vec<CaseFileId>,
}

const COLUMNS: &str = "id, case_id, name, kind, bytes, sha256, file, node, made_by, made";

impl Store {
    /// Keeps a file with a case. The same contents under the same name are kept once.
    pub async fn attach(
        &self,
        access: &CaseAccess,
        by: &ChangedBy,
        case: CaseId,
        new: NewAttachment,
    ) -> Result<AttachmentRow, StoreRefused> {
        let name = last_part(&new.name);
        check_filled("name", &name)?;
        if new.contents.len() as u64 > new.bytes_max {
            let bytes = new.bytes_max;
            return Err(CaseRefused::FileTooLarge { bytes }.into());
        }
        let allowed = AttachmentKind::ALLOWED;
        let kind = AttachmentKind::of(&new.contents).ok_or(CaseRefused::NotAllowed { allowed })?;
        let found = self.case(case).await?.ok_or(StoreRefused::NoSuchCase)?;
        access.must_read(&found)?;
        let (bytes, sha256) = (new.contents.len() as i64, hex(&new.contents));
        let kept = self.attachments(case).await?;
        let same = |row: &&AttachmentRow| row.sha256 == sha256 && row.name == name;
        if let Some(same) = kept.iter().find(same) {
            return Ok(same.clone());
        }
        let file = self.folder()?.keep(new.contents).await?;
        let row = AttachmentRow {
            id: CaseFileId::new(by.at),
            case,
            name,
            kind,
            bytes,
            sha256,
            file,
            node: self.config.node.clone(),
            made_by: by.who.clone(),
            made: by.at,
        };
        match self.write_attachment(access, by, &row).await {
            Ok(()) => Ok(row),
            Err(refused) => {
                // Whether the row was written is not known when the database went away: then a sweep decides.
                if refused.code() != "database_unavailable" {
                    self.folder()?.remove(&row.file).await;
                }
                Err(refused)
            }
        }
    }

    async fn write_attachment(
        &self,
        access: &CaseAccess,
        by: &ChangedBy,
        row: &AttachmentRow,
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        access.must_read(&read_case_by_id(&mut tx, row.case).await?)?;
        let sql = "SELECT COUNT(*) FROM attachment WHERE case_id = $1";
        let counted = sqlx::query(sql)
            .bind(row.case.to_string())
            .fetch_one(&mut *tx)
            .await?;
        if Cells::of(&counted, "attachment").int()? >= limits::ATTACHMENTS_OF_CASE_MAX {
            return Err(StoreRefused::TooMany("attachments of this case"));
        }
        let mut given = Given::default();
        given
            .add_text(&row.id)
            .add_text(&row.case)
            .add(row.name.as_str())
            .add(row.kind.as_str())
            .add(row.bytes)
            .add(row.sha256.as_str())
            .add(row.file.as_str())
            .add(row.node.as_str())
            .add(row.made_by.as_str())
            .add(row.made.0);
        let sql = format!(
            "INSERT INTO attachment ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        );
        sqlx::query_with(AssertSqlSafe(sql), given.take())
            .execute(&mut *tx)
            .await?;
        let attached = Activity::said(ActivityKind::Attached, row.name.clone());
        note_activity(&mut tx, by, row.case, &attached).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The files of a case that they may read, the first first.
    pub async fn attachments(&self, case: CaseId) -> Result<Vec<AttachmentRow>, StoreRefused> {
        let sql = format!("SELECT {COLUMNS} FROM attachment WHERE case_id = $1 ORDER BY id");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(case.to_string())
            .fetch_all(&self.reader)
            .await?;
        rows.iter()
            .map(|row| read_row(&mut Cells::of(row, "attachment")))
            .collect()
    }

    /// One of them.
    pub async fn attachment(&self, id: CaseFileId) -> Result<AttachmentRow, StoreRefused> {
        let sql = format!("SELECT {COLUMNS} FROM attachment WHERE id = $1");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(id.to_string())
            .fetch_optional(&self.reader)
            .await?;
        let row = row.ok_or(CaseRefused::NoSuchAttachment)?;
        read_row(&mut Cells::of(&row, "attachment"))
    }

    /// What a file holds. Whoever hands it out has asked for the rights of its case.
    pub async fn contents(&self, row: &AttachmentRow) -> Result<Vec<u8>, StoreRefused> {
        let found = self.folder()?.read(&row.file).await?;
        let Some(contents) = found else {
            let node = row.node.clone();
            return Err(CaseRefused::FileElsewhere { node }.into());
        };
        if hex(&contents) != row.sha256 {
            tracing::error!(attachment = %row.id, "a file is not what it was when it was kept");
            return Err(CaseRefused::Disk("its contents have changed".to_owned()).into());
        }
        Ok(contents)
    }

    /// Takes files away that have no row, and tells of rows that have no file.
    pub async fn sweep_attachments(&self, now: WallTime) -> Result<Swept, StoreRefused> {
        let Ok(folder) = self.folder() else {
            return Ok(Swept::default());
        };
        // The files first: a row that comes meanwhile is of a file that is too young to be swept.
        let (all, old) = folder
            .list(WallTime(now.0 - limits::ORPHAN_AFTER_S * 1_000_000))
            .await?;
        let rows = sqlx::query("SELECT file, node, id FROM attachment ORDER BY id")
            .fetch_all(&self.reader)
            .await?;
        let (mut known, mut swept) = (BTreeSet::new(), Swept::default());
        for row in &rows {
            let mut cells = Cells::of(row, "attachment");
            let (file, node) = (cells.text()?, cells.str()?);
            if node == self.config.node && !all.contains(&file) && folder.lacks(&file).await {
                swept.missing.push(cells.id()?);
            }
            known.insert(file);
        }
        for orphan in old.iter().filter(|file| !known.contains(*file)) {
            folder.remove(orphan).await;
            swept.orphans += 1;
        }
        Ok(swept)
    }

    fn folder(&self) -> Result<Folder<'_>, StoreRefused> {
        let path = self.config.attachments.as_deref();
        Ok(attachment_files::Folder(path.ok_or(CaseRefused::NoFolder)?))
    }
}

/// A name without the folders before it, and without what no screen shows.
fn last_part(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown = last.chars().filter(|c| !c.is_control());
    let name: String = shown.take(limits::FILE_NAME_CHARS_MAX).collect();
    match name.trim() {
        "" | "." | ".." => String::new(),
        name => name.to_owned(),
    }
}

fn hex(contents: &[u8]) -> String {
    let digest = Sha256::digest(contents);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_row(cells: &mut Cells<'_>) -> Result<AttachmentRow, StoreRefused> {
    Ok(AttachmentRow {
        id: cells.id()?,
        case: cells.id()?,
        name: cells.text()?,
        kind: cells.name()?,
        bytes: cells.int()?,
        sha256: cells.text()?,
        file: cells.text()?,
        node: cells.text()?,
        made_by: cells.text()?,
        made: cells.wall()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path() {
        assert_eq!(last_part("../../etc/passwd"), "passwd");
        assert_eq!(last_part("C:\\temp\\ใบเสร็จ.pdf"), "ใบเสร็จ.pdf");
        for nothing in ["", "..", "a/..", "/", "\u{7}\n"] {
            assert_eq!(last_part(nothing), "", "{nothing:?}");
        }
    }
}
