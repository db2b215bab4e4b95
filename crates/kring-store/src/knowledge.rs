//! What agents look things up in: articles that editors write, documents out of folders, websites.
//!
//! A source is changed by version, and every version before is kept. A website is a name: kring fetches
//! nothing.

use crate::{
    DepartmentId, SourceId, StoreRefused,
    cases::{check_filled, check_text},
    limits,
    names::stored_names,
};
use kring_journal::WallTime;
use kring_time::Day;
use serde::{Deserialize, Serialize};

stored_names! {
    /// What a source is.
    SourceKind {
        /// Written here.
        Article => "article",
        /// A file of a folder.
        Document => "document",
        /// A place elsewhere.
        Website => "website",
    }
}

stored_names! {
    /// Whom a source is for.
    SourceStatus {
        /// For editors: it is not ready.
        Draft => "draft",
        /// For everybody.
        Published => "published",
        /// For editors: it was for everybody once.
        Retired => "retired",
    }
}

stored_names! {
    /// Whether what a source says holds on a day.
    Validity {
        /// It holds.
        Valid => "valid",
        /// It held until a day that is over.
        Expired => "expired",
        /// It will hold.
        NotYet => "not_yet",
    }
}

/// A source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// What it is; never changed.
    pub kind: SourceKind,
    /// What it is called: text, whatever signs are in it.
    pub title: String,
    /// An article in Markdown, the text of a document, notes on a website.
    pub body: String,
    /// Of a website, with or without `http://`; of a document, the name of its file.
    pub address: String,
    /// Whose it is.
    pub department: Option<DepartmentId>,
    /// What it is about, with `; ` between.
    pub topics: String,
    /// `th`, `en`, or nothing.
    pub language: String,
    /// Whom it is for.
    pub status: SourceStatus,
    /// The first day on which it holds.
    pub valid_from: Option<Day>,
    /// The last one.
    pub valid_until: Option<Day>,
    /// The day by which somebody must look whether it is still right.
    pub review_by: Option<Day>,
    /// From 1, one more with each change.
    pub version: i64,
    /// When it was added.
    pub created: WallTime,
    /// When it was changed last.
    pub updated: WallTime,
    /// By whom.
    pub updated_by: String,
    /// How often it was opened.
    pub shown: i64,
    /// To how many cases and calls it was attached.
    pub attached: i64,
    /// The file of a document is not where it was.
    pub missing: bool,
}

/// How a source was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceVersion {
    /// Which version.
    pub version: i64,
    /// When it became so.
    pub at: WallTime,
    /// By whom.
    pub who: String,
    /// Its fields, as JSON.
    pub content: String,
}

impl Source {
    /// A published one of this kind and name, with nothing in it.
    pub fn named(id: SourceId, kind: SourceKind, title: &str, now: WallTime) -> Source {
        Source {
            id,
            kind,
            title: title.to_owned(),
            body: String::new(),
            address: String::new(),
            department: None,
            topics: String::new(),
            language: String::new(),
            status: SourceStatus::Published,
            valid_from: None,
            valid_until: None,
            review_by: None,
            version: 1,
            created: now,
            updated: now,
            updated_by: String::new(),
            shown: 0,
            attached: 0,
            missing: false,
        }
    }

    /// Whether it holds on this day.
    pub fn validity(&self, today: Day) -> Validity {
        validity(self.valid_from, self.valid_until, today)
    }

    /// Refuses what no source can be. Texts are trimmed.
    pub(crate) fn check(&mut self) -> Result<(), StoreRefused> {
        for text in [
            &mut self.title,
            &mut self.body,
            &mut self.address,
            &mut self.topics,
            &mut self.language,
        ] {
            if text.trim().len() < text.len() {
                *text = text.trim().to_owned();
            }
        }
        check_filled("title", &self.title)?;
        check_text("topics", &self.topics, limits::DETAIL_CHARS_MAX)?;
        let most = match self.kind {
            SourceKind::Article => limits::ARTICLE_CHARS_MAX,
            SourceKind::Document => limits::DOCUMENT_CHARS_MAX,
            SourceKind::Website => limits::DETAIL_CHARS_MAX,
        };
        check_text("body", &self.body, most)?;
        check_text("address", &self.address, limits::SHORT_CHARS_MAX)?;
        let refused = |field, why| Err(StoreRefused::Unacceptable { field, why });
        match self.kind {
            SourceKind::Website if !is_web_address(&self.address) => {
                return refused("address", "is no address of a website (http or https)");
            }
            SourceKind::Article if !self.address.is_empty() => {
                return refused("address", "is for websites only");
            }
            _ => {}
        }
        if !matches!(self.language.as_str(), "" | "th" | "en") {
            return refused("language", "is not th, en or empty");
        }
        match (self.valid_from, self.valid_until) {
            (Some(from), Some(until)) if until < from => {
                refused("valid_until", "is before valid_from")
            }
            _ => Ok(()),
        }
    }
}

pub(crate) fn validity(from: Option<Day>, until: Option<Day>, today: Day) -> Validity {
    if until.is_some_and(|until| until < today) {
        Validity::Expired
    } else if from.is_some_and(|from| today < from) {
        Validity::NotYet
    } else {
        Validity::Valid
    }
}

/// `www.example.go.th/path`, with or without `http://` or `https://`; no other scheme, no user, no spaces.
pub fn is_web_address(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let rest = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"))
        .unwrap_or(&lower);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
    let of_host = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
    let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '\\');
    host.contains('.')
        && !host.split('.').any(str::is_empty)
        && host.chars().all(|c| of_host(c) || is_thai_mark(c))
        && port.parse::<u16>().is_ok_and(|port| port > 0)
        && !path.contains(bad)
}

/// Thai names of hosts hold marks, which are no letters.
fn is_thai_mark(c: char) -> bool {
    matches!(c, '\u{e31}'..='\u{e4e}')
}

/// The fields of a source as the audit and its versions keep them.
#[derive(Serialize)]
pub(crate) struct Told<'s> {
    kind: SourceKind,
    title: &'s str,
    address: &'s str,
    department: Option<DepartmentId>,
    topics: &'s str,
    language: &'s str,
    status: SourceStatus,
    valid_from: Option<String>,
    valid_until: Option<String>,
    review_by: Option<String>,
    version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'s str>,
}

impl<'s> Told<'s> {
    /// All but the body, which its version keeps.
    pub(crate) fn brief(source: &'s Source) -> Told<'s> {
        let day = |day: Option<Day>| day.map(|day| day.to_string());
        Told {
            kind: source.kind,
            title: &source.title,
            address: &source.address,
            department: source.department,
            topics: &source.topics,
            language: &source.language,
            status: source.status,
            valid_from: day(source.valid_from),
            valid_until: day(source.valid_until),
            review_by: day(source.review_by),
            version: source.version,
            body: None,
        }
    }

    /// All of it; the text of a document is in its file.
    pub(crate) fn whole(source: &'s Source) -> Told<'s> {
        Told {
            body: (source.kind != SourceKind::Document).then_some(&source.body),
            ..Told::brief(source)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn websites_are_named_and_nothing_else() {
        for good in [
            "www.moc.go.th",
            "https://www.dbd.go.th/form?id=1#top",
            "http://example.go.th:8080/",
            "https://พาณิชย์.ไทย/หน้า",
        ] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "",
            "localhost",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "ftp://www.moc.go.th",
            "https://user@www.moc.go.th",
            "www.moc.go.th/a b",
            "https://www..th",
            "www.moc.go.th:0",
            "data:text/html,<b>.x",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }

    #[test]
    fn a_source_holds_between_its_days() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let on = |today: &str| {
            let from = Some(day("2026-01-01"));
            validity(from, Some(day("2026-12-31")), day(today))
        };
        assert_eq!(on("2025-12-31"), Validity::NotYet);
        assert_eq!(on("2569-01-01"), Validity::Valid);
        assert_eq!(on("2026-12-31"), Validity::Valid);
        assert_eq!(on("2027-01-01"), Validity::Expired);
    }
}
