//! What a person was told and agreed to (PDPA sections 19 and 23): lines that are added and never changed, each
//! for one version of a text, which is never changed either.

use crate::{
    ConsentId, ContactId, Store, StoreRefused,
    audit::{ChangedBy, Deed, note},
    cases::check_text,
    connect::Durability,
    contact_rows::find_contact,
    limits,
    names::stored_names,
    sql::{Cells, Given},
};
use kring_journal::{CallId, WallTime};
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, any::AnyRow};

/// The purpose that everybody is told of: the notice of section 23.
pub const NOTICE: &str = "notice";

stored_names! {
    /// What a person said to a text.
    ConsentSaid {
        /// They were told.
        Notified => "notified",
        /// They agreed.
        Given => "given",
        /// They did not agree.
        Refused => "refused",
        /// They take back what they agreed to.
        Withdrawn => "withdrawn",
    }
}

/// A text, as it was read out since some day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentText {
    /// `notice`, `recording` or another purpose.
    pub purpose: String,
    /// From 1.
    pub version: i64,
    /// In Thai.
    pub text_th: String,
    /// In English.
    pub text_en: String,
    /// Since when.
    pub since: WallTime,
    /// Who wrote it.
    pub by: String,
}

/// A line: this person said this to this text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// For which purpose.
    pub purpose: String,
    /// Which version of its text.
    pub version: i64,
    /// What they said.
    pub said: ConsentSaid,
    /// When.
    pub at: WallTime,
    /// Who noted it.
    pub who: String,
    /// In which call.
    pub call: Option<CallId>,
}

/// A line to be noted, to the newest text of its purpose.
#[derive(Clone, Debug)]
pub struct NewConsent {
    /// For which purpose.
    pub purpose: String,
    /// What they said.
    pub said: ConsentSaid,
    /// In which call.
    pub call: Option<CallId>,
}

impl Store {
    /// The newest text of each purpose.
    pub async fn consent_texts(&self) -> Result<Vec<ConsentText>, StoreRefused> {
        let rows = sqlx::query(
            "SELECT purpose, version, text_th, text_en, since, by_whom FROM consent_text t \
             WHERE version = (SELECT MAX(version) FROM consent_text o WHERE o.purpose = t.purpose) \
             ORDER BY purpose",
        )
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(read_text).collect()
    }

    /// Begins a new version of a purpose's text, or the first of a new purpose.
    pub async fn write_consent_text(
        &self,
        by: &ChangedBy,
        purpose: &str,
        text_th: &str,
        text_en: &str,
    ) -> Result<ConsentText, StoreRefused> {
        let letter = |c: char| c.is_ascii_lowercase() || c == '_';
        if purpose.is_empty() || purpose.len() > 40 || !purpose.chars().all(letter) {
            return Err(StoreRefused::Unacceptable {
                field: "purpose",
                why: "is not 1 to 40 of a-z and _",
            });
        }
        if text_th.trim().is_empty() {
            return Err(StoreRefused::Unacceptable {
                field: "text_th",
                why: "is empty",
            });
        }
        check_text("text_th", text_th, limits::DETAIL_CHARS_MAX)?;
        check_text("text_en", text_en, limits::DETAIL_CHARS_MAX)?;
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let was = newest(&mut tx, purpose).await?;
        let text = ConsentText {
            purpose: purpose.to_owned(),
            version: was.as_ref().map_or(0, |was| was.version) + 1,
            text_th: text_th.to_owned(),
            text_en: text_en.to_owned(),
            since: by.at,
            by: by.who.clone(),
        };
        sqlx::query(
            "INSERT INTO consent_text (purpose, version, text_th, text_en, since, by_whom) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&text.purpose)
        .bind(text.version)
        .bind(&text.text_th)
        .bind(&text.text_en)
        .bind(text.since.0)
        .bind(&text.by)
        .execute(&mut *tx)
        .await?;
        let deed = Deed {
            action: "consent_text.write",
            subject: purpose.to_owned(),
            was: was.as_ref(),
            is: Some(&text),
        };
        note(&mut tx, by, deed).await?;
        tx.commit().await?;
        Ok(text)
    }

    /// What a person was told and agreed to, newest first; at most [`limits::CONSENTS_MAX`].
    pub async fn consents_of(&self, contact: ContactId) -> Result<Vec<Consent>, StoreRefused> {
        let rows = sqlx::query(
            "SELECT id, purpose, version, said, at, who, call FROM consent WHERE contact = $1 \
             ORDER BY at DESC, id DESC LIMIT $2",
        )
        .bind(contact.to_string())
        .bind(limits::CONSENTS_MAX)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(read_consent).collect()
    }

    /// Whether this person has still to be told of the notice as it is now.
    pub async fn notice_due(&self, contact: ContactId) -> Result<bool, StoreRefused> {
        let row = sqlx::query(
            "SELECT COUNT(*) FROM consent WHERE contact = $1 AND purpose = $2 \
             AND said IN ('notified', 'given') \
             AND version = (SELECT MAX(version) FROM consent_text WHERE purpose = $2)",
        )
        .bind(contact.to_string())
        .bind(NOTICE)
        .fetch_one(&self.reader)
        .await?;
        Ok(Cells::of(&row, "consent").int()? == 0)
    }

    /// Notes what a person said.
    pub async fn note_consent(
        &self,
        by: &ChangedBy,
        contact: ContactId,
        new: &NewConsent,
    ) -> Result<Consent, StoreRefused> {
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        let contact = find_contact(&mut tx, contact).await?;
        let contact = contact.ok_or(StoreRefused::NoSuchContact)?.id;
        let consent = note_consent(&mut tx, by, contact, new).await?;
        tx.commit().await?;
        Ok(consent)
    }
}

/// Notes it within a transaction.
pub(crate) async fn note_consent(
    connection: &mut AnyConnection,
    by: &ChangedBy,
    contact: ContactId,
    new: &NewConsent,
) -> Result<Consent, StoreRefused> {
    let text = newest(connection, &new.purpose).await?;
    let text = text.ok_or(StoreRefused::Unacceptable {
        field: "purpose",
        why: "has no text: see /privacy/texts",
    })?;
    let consent = Consent {
        id: ConsentId::new(by.at),
        purpose: text.purpose,
        version: text.version,
        said: new.said,
        at: by.at,
        who: by.who.clone(),
        call: new.call,
    };
    let mut given = Given::default();
    given
        .add_text(&consent.id)
        .add_text(&contact)
        .add(consent.purpose.as_str())
        .add(consent.version)
        .add(consent.said.as_str())
        .add(consent.at.0)
        .add(consent.who.as_str())
        .add(consent.call.map(|call| call.to_string()));
    sqlx::query_with(
        "INSERT INTO consent (id, contact, purpose, version, said, at, who, call) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        given.take(),
    )
    .execute(connection)
    .await?;
    Ok(consent)
}

async fn newest(
    connection: &mut AnyConnection,
    purpose: &str,
) -> Result<Option<ConsentText>, StoreRefused> {
    let row = sqlx::query(
        "SELECT purpose, version, text_th, text_en, since, by_whom FROM consent_text \
         WHERE purpose = $1 ORDER BY version DESC LIMIT 1",
    )
    .bind(purpose)
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read_text).transpose()
}

fn read_text(row: &AnyRow) -> Result<ConsentText, StoreRefused> {
    let mut cells = Cells::of(row, "consent_text");
    Ok(ConsentText {
        purpose: cells.text()?,
        version: cells.int()?,
        text_th: cells.text()?,
        text_en: cells.text()?,
        since: cells.wall()?,
        by: cells.text()?,
    })
}

fn read_consent(row: &AnyRow) -> Result<Consent, StoreRefused> {
    let mut cells = Cells::of(row, "consent");
    Ok(Consent {
        id: cells.id()?,
        purpose: cells.text()?,
        version: cells.int()?,
        said: cells.name()?,
        at: cells.wall()?,
        who: cells.text()?,
        call: cells.some_id()?,
    })
}
