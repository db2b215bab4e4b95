//! Sources as a file of rows, one each. The columns are known by English or Thai names, in any order.
//!
//! A column that is not there leaves what is stored; an empty cell of one that is there empties it. A row is
//! known by its id, else by kind and title, so that the same file read again changes nothing.

use crate::{
    Department, Source, SourceId, SourceKind, SourceStatus,
    csv_mistake::CsvMistake,
    csv_rows::{Columns, Row, guarded, rows},
    limits,
};
use kring_text::folded;
use kring_time::Day;
use std::{borrow::Borrow, collections::HashMap};

/// The columns, by the name that is written, and those that are read, too.
const COLUMNS: [(&str, &[&str]); 12] = [
    ("id", &["รหัส"]),
    ("kind", &["ชนิด", "ประเภท"]),
    ("title", &["ชื่อเรื่อง", "หัวข้อ", "ชื่อ"]),
    ("department", &["หน่วยงาน"]),
    ("topics", &["เรื่อง", "คำค้น"]),
    ("language", &["ภาษา"]),
    ("status", &["สถานะ"]),
    ("valid_from", &["ใช้ตั้งแต่"]),
    ("valid_until", &["ใช้ถึง"]),
    ("review_by", &["ทบทวนภายใน"]),
    ("address", &["ที่อยู่", "เว็บไซต์"]),
    ("body", &["เนื้อหา", "รายละเอียด"]),
];

/// A source as a row tells it; none: the file has no such column, or the cell is empty where that says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedSource {
    /// The line of the row.
    pub(crate) row: u64,
    pub(crate) id: Option<SourceId>,
    pub(crate) kind: SourceKind,
    pub(crate) title: String,
    /// The unit's short name or id; empty: nobody's.
    pub(crate) department: Option<String>,
    pub(crate) topics: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) status: Option<SourceStatus>,
    pub(crate) valid_from: Option<Option<Day>>,
    pub(crate) valid_until: Option<Option<Day>>,
    pub(crate) review_by: Option<Option<Day>>,
    pub(crate) address: Option<String>,
    pub(crate) body: Option<String>,
}

/// Reads a file in UTF-8, with or without byte order mark. Every mistake in it is told, up to
/// [`limits::CSV_MISTAKES_MAX`].
pub fn read_knowledge_csv(bytes: &[u8]) -> Result<Vec<ImportedSource>, Vec<CsvMistake>> {
    static KNOWN: &Columns = &COLUMNS;
    let rows = rows(bytes, KNOWN, "title")?;
    let mut mistakes = Vec::new();
    let mut seen: HashMap<(SourceKind, String), u64> = HashMap::new();
    let mut sources = Vec::new();
    for row in &rows {
        let source = source(row, &mut mistakes);
        let key = (source.kind, folded(&source.title));
        if let Some(first) = seen.insert(key, row.line) {
            let told = (
                format!("row {first} has the same title"),
                format!("ชื่อเรื่องซ้ำกับแถวที่ {first}"),
            );
            mistakes.push(row.mistake(2, told));
        }
        sources.push(source);
    }
    mistakes.truncate(limits::CSV_MISTAKES_MAX);
    if mistakes.is_empty() {
        Ok(sources)
    } else {
        Err(mistakes)
    }
}

fn source(row: &Row, mistakes: &mut Vec<CsvMistake>) -> ImportedSource {
    let title = row.text(2).unwrap_or_default().to_owned();
    if title.is_empty() {
        let told = ("is empty".to_owned(), "ต้องไม่ว่าง".to_owned());
        mistakes.push(row.mistake(2, told));
    }
    let id = row
        .text(0)
        .filter(|text| !text.is_empty())
        .and_then(|text| {
            let id = text.parse().ok();
            if id.is_none() {
                let told = ("is no id of kring".to_owned(), "ไม่ใช่รหัสของระบบ".to_owned());
                mistakes.push(row.mistake(0, told));
            }
            id
        });
    let text = |column: usize| row.text(column).map(str::to_owned);
    ImportedSource {
        row: row.line,
        id,
        kind: kind(row, mistakes),
        title,
        department: text(3),
        topics: text(4),
        language: row.text(5).map(language),
        status: status(row, mistakes),
        valid_from: day(row, 7, mistakes),
        valid_until: day(row, 8, mistakes),
        review_by: day(row, 9, mistakes),
        address: text(10),
        body: text(11),
    }
}

fn kind(row: &Row, mistakes: &mut Vec<CsvMistake>) -> SourceKind {
    let text = folded(row.text(1).unwrap_or_default());
    match text.as_str() {
        "" | "article" | "บทความ" => SourceKind::Article,
        "website" | "เว็บไซต์" => SourceKind::Website,
        "document" | "เอกสาร" => SourceKind::Document,
        _ => {
            let told = (
                "is not article, document or website".to_owned(),
                "ต้องเป็น บทความ เอกสาร หรือ เว็บไซต์".to_owned(),
            );
            mistakes.push(row.mistake(1, told));
            SourceKind::Article
        }
    }
}

fn status(row: &Row, mistakes: &mut Vec<CsvMistake>) -> Option<SourceStatus> {
    match folded(row.text(6)?).as_str() {
        "" => None,
        "draft" | "ร่าง" => Some(SourceStatus::Draft),
        "published" | "เผยแพร่" => Some(SourceStatus::Published),
        "retired" | "เลิกใช้" => Some(SourceStatus::Retired),
        _ => {
            let told = (
                "is not draft, published or retired".to_owned(),
                "ต้องเป็น ร่าง เผยแพร่ หรือ เลิกใช้".to_owned(),
            );
            mistakes.push(row.mistake(6, told));
            None
        }
    }
}

fn language(text: &str) -> String {
    match folded(text).as_str() {
        "ไทย" => "th".to_owned(),
        "อังกฤษ" => "en".to_owned(),
        other => other.to_owned(),
    }
}

fn day(row: &Row, column: usize, mistakes: &mut Vec<CsvMistake>) -> Option<Option<Day>> {
    let text = folded(row.text(column)?);
    if text.is_empty() {
        return Some(None);
    }
    match text.parse() {
        Ok(day) => Some(Some(day)),
        Err(refused) => {
            let refused: kring_time::DayRefused = refused;
            let thai = "ไม่ใช่วันที่ ตัวอย่าง 2569-12-31".to_owned();
            mistakes.push(row.mistake(column, (refused.to_string(), thai)));
            None
        }
    }
}

/// Sources as such a file, with a byte order mark, as spreadsheets want it. The text of a document is in its
/// file and not here.
pub fn write_knowledge_csv(sources: &[Source], units: &[impl Borrow<Department>]) -> String {
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let full = "writing to memory does not fail";
    out.write_record(COLUMNS.map(|(name, _)| name)).expect(full);
    let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    for source in sources {
        let unit = source.department.map(|id| {
            let unit = units.iter().map(Borrow::borrow).find(|unit| unit.id == id);
            unit.map_or_else(|| id.to_string(), |unit| unit.short.clone())
        });
        let is_document = source.kind == SourceKind::Document;
        let body = if is_document { "" } else { &source.body };
        let row = [
            source.id.to_string(),
            source.kind.as_str().to_owned(),
            guarded(&source.title),
            guarded(&unit.unwrap_or_default()),
            guarded(&source.topics),
            source.language.clone(),
            source.status.as_str().to_owned(),
            day(source.valid_from),
            day(source.valid_until),
            day(source.review_by),
            guarded(&source.address),
            guarded(body),
        ];
        out.write_record(row).expect(full);
    }
    let bytes = out.into_inner().expect(full);
    String::from_utf8(bytes).expect("texts and commas")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_mistakes(file: &str, places: &[(u64, &str)]) {
        let mistakes = read_knowledge_csv(file.as_bytes()).unwrap_err();
        let found: Vec<(u64, &str)> = mistakes
            .iter()
            .map(|told| (told.row, told.column.as_str()))
            .collect();
        assert_eq!(found, places, "{file:?}");
    }

    #[test]
    fn every_mistake_is_told_by_row_and_column() {
        assert_mistakes("body\nx\n", &[(1, "title")]);
        assert_mistakes("title,colour\n", &[(1, "colour")]);
        assert_mistakes(
            "title,id,kind,status,valid_until\n,x,book,old,tomorrow\nA,,,,\nก ,,,,\nก,,,,\n",
            &[
                (2, "title"),
                (2, "id"),
                (2, "kind"),
                (2, "status"),
                (2, "valid_until"),
                (5, "title"),
            ],
        );
    }

    #[test]
    fn thai_columns_and_years_are_read() {
        let file = "\u{feff}ชื่อเรื่อง,ชนิด,ใช้ถึง,สถานะ,ภาษา\nงบการเงิน,บทความ,๒๕๖๙-๑๒-๓๑,ร่าง,ไทย\n";
        let sources = read_knowledge_csv(file.as_bytes()).unwrap();
        assert_eq!(sources[0].valid_until, Some("2026-12-31".parse().ok()));
        assert_eq!(sources[0].status, Some(SourceStatus::Draft));
        assert_eq!(sources[0].language.as_deref(), Some("th"));
        assert_eq!(sources[0].body, None);
    }

    #[test]
    fn cells_that_a_spreadsheet_would_calculate_are_guarded() {
        let now = kring_journal::WallTime(0);
        let mut source = Source::named(SourceId::new(now), SourceKind::Article, "=1+1", now);
        source.body = "- ข้อหนึ่ง\n- ข้อสอง".to_owned();
        source.topics = "@cmd".to_owned();
        let none: [Department; 0] = [];
        let file = write_knowledge_csv(&[source.clone()], &none);
        assert!(file.contains("'=1+1") && file.contains("'- ข้อ") && file.contains("'@cmd"));
        let read = read_knowledge_csv(file.as_bytes()).unwrap();
        assert_eq!(read[0].title, source.title);
        assert_eq!(read[0].body.as_deref(), Some(source.body.as_str()));
        assert_eq!(read[0].topics.as_deref(), Some("@cmd"));
    }
}
