//! Sources as they are told.

use crate::clock::rfc3339;
use kring_store::{Directory, DocumentFile, Source, SourceKind};
use kring_text::Piece;
use kring_time::Day;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// A source. Texts are as they were written: an article is Markdown, and nothing is HTML.
#[derive(Serialize, ToSchema)]
pub(crate) struct SourceOnWire {
    id: String,
    /// `article`, `document` or `website`.
    kind: &'static str,
    title: String,
    /// Absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    /// Of a website as it is printed; of a document, the name of its file.
    address: Option<String>,
    /// Of a website, for a link.
    url: Option<String>,
    department_id: Option<String>,
    /// The unit's short name, while it is in the directory.
    department: Option<String>,
    topics: Vec<String>,
    /// `th` or `en`.
    language: Option<String>,
    /// `draft`, `published` or `retired`.
    status: &'static str,
    /// The first day on which it holds, such as `2026-12-31`.
    valid_from: Option<String>,
    /// The last one.
    valid_until: Option<String>,
    /// Today: `valid`, `expired` or `not_yet`.
    validity: &'static str,
    /// The day by which it is to be reviewed.
    review_by: Option<String>,
    /// Whether that day has come.
    review_due: bool,
    version: i64,
    created: String,
    updated: String,
    updated_by: String,
    /// How often it was opened.
    shown: i64,
    /// To how many cases and calls it was attached.
    attached: i64,
    /// The file of a document is not where it was; its text is that of the last time.
    missing: bool,
}

/// A source without its body.
pub(crate) fn brief(source: &Source, directory: &Directory, today: Day) -> SourceOnWire {
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let day = |day: Option<Day>| day.map(|day| day.to_string());
    let unit = source.department.and_then(|id| directory.department(id));
    SourceOnWire {
        id: source.id.to_string(),
        kind: source.kind.as_str(),
        title: source.title.clone(),
        body: None,
        address: some(&source.address),
        url: url(source),
        department_id: source.department.map(|id| id.to_string()),
        department: unit.map(|unit| unit.short.clone()),
        topics: topics(&source.topics),
        language: some(&source.language),
        status: source.status.as_str(),
        valid_from: day(source.valid_from),
        valid_until: day(source.valid_until),
        validity: source.validity(today).as_str(),
        review_by: day(source.review_by),
        review_due: source.review_by.is_some_and(|by| by <= today),
        version: source.version,
        created: rfc3339(source.created),
        updated: rfc3339(source.updated),
        updated_by: source.updated_by.clone(),
        shown: source.shown,
        attached: source.attached,
        missing: source.missing,
    }
}

/// All of a source.
pub(crate) fn whole(source: &Source, directory: &Directory, today: Day) -> SourceOnWire {
    SourceOnWire {
        body: Some(source.body.clone()),
        ..brief(source, directory, today)
    }
}

fn url(source: &Source) -> Option<String> {
    if source.kind != SourceKind::Website {
        return None;
    }
    let has_scheme = source.address.contains("://");
    let scheme = if has_scheme { "" } else { "https://" };
    Some(format!("{scheme}{}", source.address))
}

/// Topics are stored as one text.
fn topics(text: &str) -> Vec<String> {
    let topics = text.split([';', '\n']).map(str::trim);
    topics
        .filter(|topic| !topic.is_empty())
        .map(Into::into)
        .collect()
}

/// The one text that they are stored as.
pub(crate) fn one_text(topics: &[String]) -> String {
    topics.join("; ")
}

/// A piece of a text.
#[derive(Serialize, ToSchema)]
pub(crate) struct PieceOnWire {
    text: String,
    /// Whether it is what was looked for.
    hit: bool,
}

pub(crate) fn pieces(pieces: Vec<Piece>) -> Vec<PieceOnWire> {
    let piece = |piece: Piece| PieceOnWire {
        text: piece.text,
        hit: piece.hit,
    };
    pieces.into_iter().map(piece).collect()
}

/// The file of a document.
#[derive(Serialize, ToSchema)]
pub(crate) struct FileOnWire {
    source_id: String,
    /// Where it is, on the node that read it.
    path: String,
    node: String,
    bytes: i64,
    pages: i64,
    /// Why it could not be read; null: it was.
    failed: Option<String>,
    /// It is not where it was.
    missing: bool,
    read_at: String,
}

impl From<&DocumentFile> for FileOnWire {
    fn from(file: &DocumentFile) -> FileOnWire {
        FileOnWire {
            source_id: file.source.to_string(),
            path: file.path.clone(),
            node: file.node.clone(),
            bytes: file.size,
            pages: file.pages,
            failed: file.failed.clone(),
            missing: file.missing,
            read_at: rfc3339(file.read_at),
        }
    }
}

/// For serde: a member that is there, be it null, is another than one that is not.
pub(crate) fn told<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
