//! In which languages somebody is spoken to, and in which order.

use crate::clip::Language;
use std::{fmt, str::FromStr};

/// One language, or two of which everything is said in the first and then in the second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Languages {
    /// ภาษาไทย
    #[default]
    Thai,
    /// English
    English,
    /// ภาษาไทย, then English.
    ThaiThenEnglish,
    /// English, then ภาษาไทย.
    EnglishThenThai,
}

/// Why a text names no languages.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no languages of kring: write \"th\", \"en\", \"th+en\" or \"en+th\"")]
pub struct LanguagesRefused(String);

impl Languages {
    /// All that there are.
    pub const ALL: [Languages; 4] = [
        Languages::Thai,
        Languages::English,
        Languages::ThaiThenEnglish,
        Languages::EnglishThenThai,
    ];

    /// Each of them, in order.
    pub const fn each(self) -> &'static [Language] {
        match self {
            Languages::Thai => &[Language::Thai],
            Languages::English => &[Language::English],
            Languages::ThaiThenEnglish => &[Language::Thai, Language::English],
            Languages::EnglishThenThai => &[Language::English, Language::Thai],
        }
    }

    /// As settings and facts write them: `th+en`.
    pub const fn code(self) -> &'static str {
        match self {
            Languages::Thai => "th",
            Languages::English => "en",
            Languages::ThaiThenEnglish => "th+en",
            Languages::EnglishThenThai => "en+th",
        }
    }
}

impl From<Language> for Languages {
    fn from(language: Language) -> Languages {
        match language {
            Language::Thai => Languages::Thai,
            Language::English => Languages::English,
        }
    }
}

impl fmt::Display for Languages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Languages {
    type Err = LanguagesRefused;

    fn from_str(text: &str) -> Result<Languages, LanguagesRefused> {
        let mut all = Languages::ALL.into_iter();
        let refused = || LanguagesRefused(text.chars().take(40).collect());
        all.find(|one| one.code() == text).ok_or_else(refused)
    }
}
