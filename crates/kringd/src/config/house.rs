//! `[house]`: what the centre is called.

use super::section::Section;

/// What the centre is called, on the pages before anybody has signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HouseName {
    pub(crate) thai: String,
    pub(crate) english: String,
}

impl HouseName {
    pub(super) fn read(mut section: Section<'_>) -> HouseName {
        let usual = HouseName::default();
        let name = HouseName {
            thai: section.text("name").unwrap_or(usual.thai),
            english: section.text("name_en").unwrap_or(usual.english),
        };
        section.finish();
        name
    }
}

impl Default for HouseName {
    fn default() -> HouseName {
        HouseName {
            thai: "ศูนย์บริการกระทรวงพาณิชย์".to_owned(),
            english: "Ministry of Commerce service centre".to_owned(),
        }
    }
}
