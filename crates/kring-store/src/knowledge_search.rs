//! Looking for sources: words by `kring_text`, and what is around them out of the database.

use crate::{
    DepartmentId, Source, SourceId, SourceKind, SourceStatus, Store, StoreRefused, Validity,
    knowledge::validity,
    knowledge_kept::About,
    knowledge_rows::{COLUMNS, FROM, read_source},
    limits,
    sql::Given,
};
use kring_text::{Bearing, Hit, Piece, Query, marked, search, snippet};
use kring_time::Day;
use sqlx::AssertSqlSafe;
use std::sync::OnceLock;

/// Who sees what is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Everybody: what is published.
    All,
    /// Editors: drafts and what was retired, too.
    Editors,
}

/// What is looked for.
#[derive(Clone, Debug)]
pub struct KnowledgeQuestion {
    /// As it was typed.
    pub q: String,
    /// Of this unit only.
    pub department: Option<DepartmentId>,
    /// What this unit says comes first where others say it as well.
    pub own_unit: Option<DepartmentId>,
    /// Of this kind only.
    pub kind: Option<SourceKind>,
    /// For whom.
    pub readers: Readers,
    /// The day on which it is asked.
    pub today: Day,
    /// How many of the best are passed over: those of the pages before.
    pub skip: usize,
    /// How many, at most [`limits::HITS_MAX`].
    pub limit: usize,
}

/// A source that was found.
#[derive(Clone, Debug)]
pub struct KnowledgeHit {
    /// The source, without its body.
    pub source: Source,
    /// Its title, in pieces that are what was looked for or are not.
    pub title: Vec<Piece>,
    /// What its body says around it.
    pub snippet: Vec<Piece>,
    /// Whether it holds today.
    pub validity: Validity,
    /// How well it fits, to be compared within one search.
    pub score: f32,
}

/// A page of what was found, the best first.
#[derive(Clone, Debug)]
pub struct KnowledgeFound {
    /// The hits.
    pub hits: Vec<KnowledgeHit>,
    /// How many there are on all pages, at most [`limits::HITS_ON_ALL_PAGES`].
    pub all: usize,
}

/// What is worth more because it is of the own unit.
const OWN_UNIT: f32 = 1.25;
/// And because cases were answered by it: a little, so that words decide.
const USED: f32 = 0.04;

impl Store {
    /// Looks for sources.
    pub async fn search_knowledge(
        &self,
        question: &KnowledgeQuestion,
    ) -> Result<KnowledgeFound, StoreRefused> {
        let shelf = self.shelf().await?;
        let asked = question.clone();
        let looked = tokio::task::spawn_blocking(move || {
            let query = Query::read(&asked.q, &shelf.synonyms)?;
            let bearing = |about: &About| bearing(about, &asked);
            let hits = search(&shelf.books, &query, limits::HITS_ON_ALL_PAGES, bearing);
            let all = hits.len();
            let told = |hit: Hit<'_, About>| (hit.about().id, hit.score);
            let page = hits.into_iter().skip(asked.skip);
            let page: Vec<(SourceId, f32)> = page
                .take(asked.limit.clamp(1, limits::HITS_MAX))
                .map(told)
                .collect();
            Some((query, page, all))
        });
        let looked = looked.await.map_err(|why| StoreRefused::Unreadable {
            table: "knowledge_source",
            why: why.to_string(),
        })?;
        let Some((query, page, all)) = looked else {
            let hits = Vec::new();
            return Ok(KnowledgeFound { hits, all: 0 });
        };
        let sources = self.sources_of(&page).await?;
        let hit = |(id, score): &(SourceId, f32)| {
            // One that was removed since has no row.
            let mut source = sources.iter().find(|source| source.id == *id)?.clone();
            let body = std::mem::take(&mut source.body);
            Some(KnowledgeHit {
                title: marked(&source.title, &query),
                snippet: snippet(&body, &query, limits::SNIPPET_CHARS),
                validity: source.validity(question.today),
                score: *score,
                source,
            })
        };
        let hits = page.iter().filter_map(hit).collect();
        Ok(KnowledgeFound { hits, all })
    }

    /// Those of one page, in any order.
    async fn sources_of(&self, page: &[(SourceId, f32)]) -> Result<Vec<Source>, StoreRefused> {
        static SQL: OnceLock<String> = OnceLock::new();
        let sql = SQL.get_or_init(|| {
            let markers: Vec<String> = (1..=limits::HITS_MAX).map(|n| format!("${n}")).collect();
            let markers = markers.join(",");
            format!("SELECT {COLUMNS} {FROM} WHERE s.removed = 0 AND s.id IN ({markers})")
        });
        let mut given = Given::default();
        for n in 0..limits::HITS_MAX {
            // The statement has one shape; no id is empty.
            given.add(page.get(n).map_or(String::new(), |(id, _)| id.to_string()));
        }
        let rows = sqlx::query_with(AssertSqlSafe(sql.as_str()), given.take())
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_source).collect()
    }
}

fn bearing(about: &About, asked: &KnowledgeQuestion) -> Option<Bearing> {
    let for_them = about.status == SourceStatus::Published || asked.readers == Readers::Editors;
    let of_kind = asked.kind.is_none_or(|kind| kind == about.kind);
    let of_unit = asked.department.is_none() || asked.department == about.department;
    if !(for_them && of_kind && of_unit) {
        return None;
    }
    let holds = validity(about.valid_from, about.valid_until, asked.today) == Validity::Valid;
    let is_own = asked.own_unit.is_some() && asked.own_unit == about.department;
    let used = 1.0 + USED * (1.0 + about.attached as f32).ln();
    Some(Bearing {
        last: !holds || about.missing || about.status == SourceStatus::Retired,
        favour: used * if is_own { OWN_UNIT } else { 1.0 },
    })
}
