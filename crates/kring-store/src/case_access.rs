//! Who is shown which cases: what a tip says is for its officers alone, and a unit's officer has the unit's
//! cases. Decided here, so that no list, search or file forgets it.

use crate::{
    CaseRefused, CaseRow, ChangedBy, Confidentiality, DepartmentId, Store, StoreRefused,
    audit::{Deed, note},
    connect::Durability,
};

/// Of which units somebody is shown cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseUnits {
    /// Of all, and those without one.
    All,
    /// Of this one.
    Only(DepartmentId),
    /// Of none: an officer whose unit nobody has named.
    Nobodys,
}

/// What decides who is shown what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseAccess {
    /// They may read what is [`Confidentiality::Restricted`].
    pub tips: bool,
    /// Of which units.
    pub units: CaseUnits,
}

/// A case as somebody is shown it.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseShown {
    /// The case; without what it says and whose it is when it is masked.
    pub case: CaseRow,
    /// Whether that was left out.
    pub masked: bool,
}

impl CaseAccess {
    /// Everything; for tests and for what the house does by itself.
    pub const ALL: CaseAccess = CaseAccess {
        tips: true,
        units: CaseUnits::All,
    };

    /// Whether they know of the case at all.
    pub(crate) fn knows_of(&self, case: &CaseRow) -> bool {
        match self.units {
            CaseUnits::All => true,
            CaseUnits::Only(unit) => case.department == Some(unit),
            CaseUnits::Nobodys => false,
        }
    }

    /// Whether they may read what it says.
    pub(crate) fn may_read(&self, case: &CaseRow) -> bool {
        self.tips || case.confidentiality == Confidentiality::Normal
    }

    /// Refuses those who may not read it, and therefore not change it.
    pub(crate) fn must_read(&self, case: &CaseRow) -> Result<(), StoreRefused> {
        if !self.knows_of(case) {
            return Err(StoreRefused::NoSuchCase);
        }
        if self.may_read(case) {
            return Ok(());
        }
        Err(CaseRefused::Masked.into())
    }

    /// The case as they are shown it.
    pub fn shown(&self, case: CaseRow) -> CaseShown {
        if self.may_read(&case) {
            return CaseShown {
                case,
                masked: false,
            };
        }
        let case = CaseRow {
            subject: String::new(),
            detail: String::new(),
            fields: None,
            contact: None,
            call: None,
            number: None,
            extension: None,
            outcome_note: String::new(),
            ..case
        };
        CaseShown { case, masked: true }
    }
}

impl Store {
    /// Shows a case; that somebody reads a tip is on the disk before they do.
    pub async fn show_case(
        &self,
        access: &CaseAccess,
        by: &ChangedBy,
        case: CaseRow,
    ) -> Result<CaseShown, StoreRefused> {
        if !access.knows_of(&case) {
            return Err(StoreRefused::NoSuchCase);
        }
        let shown = access.shown(case);
        self.note_tips_read(by, [&shown]).await?;
        Ok(shown)
    }

    /// Notes who is about to read which restricted cases, each in a line of the audit.
    pub async fn note_tips_read<'c>(
        &self,
        by: &ChangedBy,
        shown: impl IntoIterator<Item = &'c CaseShown>,
    ) -> Result<(), StoreRefused> {
        let protected = |shown: &&CaseShown| {
            !shown.masked && shown.case.confidentiality == Confidentiality::Restricted
        };
        let read: Vec<&CaseShown> = shown.into_iter().filter(protected).collect();
        if read.is_empty() {
            return Ok(());
        }
        let mut writing = self.writing().await?;
        let mut tx = writing.begin(Durability::Trusted).await?;
        for shown in read {
            let deed: Deed<'_, ()> = Deed {
                action: "tip.read",
                subject: shown.case.id.to_string(),
                was: None,
                is: None,
            };
            note(&mut tx, by, deed).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
