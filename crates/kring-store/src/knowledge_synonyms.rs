//! Words that mean the same, as editors keep them: ดีบีดี, DBD and กรมพัฒนาธุรกิจการค้า.

use crate::{
    Store, StoreRefused, SynonymId,
    audit::{ChangedBy, Deed, note},
    cases::check_filled,
    connect::Durability,
    department_writes::check_version,
    knowledge_writes::begin_change,
    limits,
    sql::Cells,
};
use kring_text::folded;
use serde::Serialize;
use sqlx::{AnyConnection, any::AnyRow};

/// A group of words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Synonym {
    /// Its id.
    pub id: SynonymId,
    /// Two or more, each another when it is folded.
    pub words: Vec<String>,
    /// From 1, one more with each change.
    pub version: i64,
}

/// Between the words of a row.
const BETWEEN: &str = "; ";

impl Synonym {
    fn check(&mut self) -> Result<(), StoreRefused> {
        let refused = |why| {
            let field = "words";
            Err(StoreRefused::Unacceptable { field, why })
        };
        let mut words: Vec<String> = Vec::new();
        for word in &self.words {
            let word = word.trim();
            check_filled("words", word)?;
            if word.contains(';') {
                return refused("holds a semicolon");
            }
            if word.chars().count() > limits::SYNONYM_CHARS_MAX {
                return refused("is too long");
            }
            if !words.iter().any(|other| folded(other) == folded(word)) {
                words.push(word.to_owned());
            }
        }
        match words.len() {
            0 | 1 => refused("needs two words that are not the same"),
            n if n > limits::SYNONYM_WORDS_MAX => refused("has too many words"),
            _ => {
                self.words = words;
                Ok(())
            }
        }
    }
}

impl Store {
    /// All groups, in the order in which they were added.
    pub async fn synonyms(&self) -> Result<Vec<Synonym>, StoreRefused> {
        read_synonyms(&mut *self.reading().await?).await
    }

    /// Adds a group.
    pub async fn add_synonym(
        &self,
        by: &ChangedBy,
        words: &[String],
    ) -> Result<Synonym, StoreRefused> {
        let mut synonym = Synonym {
            id: SynonymId::new(by.at),
            words: words.to_owned(),
            version: 1,
        };
        synonym.check()?;
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        begin_change(&mut tx).await?;
        sqlx::query("INSERT INTO knowledge_synonym (id, words, version) VALUES ($1, $2, 1)")
            .bind(synonym.id.to_string())
            .bind(synonym.words.join(BETWEEN))
            .execute(&mut *tx)
            .await?;
        let row = sqlx::query("SELECT COUNT(*) FROM knowledge_synonym")
            .fetch_one(&mut *tx)
            .await?;
        if Cells::of(&row, "knowledge_synonym").int()? > limits::SYNONYMS_MAX {
            return Err(StoreRefused::TooMany("synonyms"));
        }
        told(&mut tx, by, "synonym.add", None, Some(&synonym)).await?;
        tx.commit().await?;
        Ok(synonym)
    }

    /// Gives a group these words in place of those it has.
    pub async fn change_synonym(
        &self,
        by: &ChangedBy,
        id: SynonymId,
        version: Option<i64>,
        words: &[String],
    ) -> Result<Synonym, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        begin_change(&mut tx).await?;
        let was = the_synonym(&mut tx, id).await?;
        check_version(version, was.version)?;
        let mut synonym = Synonym {
            id,
            words: words.to_owned(),
            version: was.version + 1,
        };
        synonym.check()?;
        if synonym.words == was.words {
            return Ok(was);
        }
        sqlx::query("UPDATE knowledge_synonym SET words = $2, version = $3 WHERE id = $1")
            .bind(id.to_string())
            .bind(synonym.words.join(BETWEEN))
            .bind(synonym.version)
            .execute(&mut *tx)
            .await?;
        told(&mut tx, by, "synonym.change", Some(&was), Some(&synonym)).await?;
        tx.commit().await?;
        Ok(synonym)
    }

    /// Takes a group away.
    pub async fn remove_synonym(
        &self,
        by: &ChangedBy,
        id: SynonymId,
        version: Option<i64>,
    ) -> Result<(), StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        begin_change(&mut tx).await?;
        let was = the_synonym(&mut tx, id).await?;
        check_version(version, was.version)?;
        sqlx::query("DELETE FROM knowledge_synonym WHERE id = $1")
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        told(&mut tx, by, "synonym.remove", Some(&was), None).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn told(
    connection: &mut AnyConnection,
    by: &ChangedBy,
    action: &'static str,
    was: Option<&Synonym>,
    is: Option<&Synonym>,
) -> Result<(), StoreRefused> {
    let subject = was.or(is).map(|synonym| synonym.id.to_string());
    let deed = Deed {
        action,
        subject: subject.unwrap_or_default(),
        was,
        is,
    };
    note(connection, by, deed).await
}

async fn the_synonym(
    connection: &mut AnyConnection,
    id: SynonymId,
) -> Result<Synonym, StoreRefused> {
    let row = sqlx::query("SELECT id, words, version FROM knowledge_synonym WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    let row = row.ok_or(StoreRefused::NoSuchSynonym)?;
    read_synonym(&row)
}

pub(crate) async fn read_synonyms(
    connection: &mut AnyConnection,
) -> Result<Vec<Synonym>, StoreRefused> {
    let rows = sqlx::query("SELECT id, words, version FROM knowledge_synonym ORDER BY id")
        .fetch_all(connection)
        .await?;
    rows.iter().map(read_synonym).collect()
}

fn read_synonym(row: &AnyRow) -> Result<Synonym, StoreRefused> {
    let mut cells = Cells::of(row, "knowledge_synonym");
    Ok(Synonym {
        id: cells.id()?,
        words: cells.str()?.split(BETWEEN).map(str::to_owned).collect(),
        version: cells.int()?,
    })
}
