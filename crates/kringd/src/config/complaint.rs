//! What is wrong with a configuration: one line for each mistake, with its place and the remedy.
//!
//! All mistakes of a file are told at once, so that it is mended in one sitting.

use kring_store::ConfiguredKind;
use std::{cell::RefCell, collections::BTreeMap, fmt};

/// Mistakes that are told of one configuration; a file with more is told the first so many.
const COMPLAINTS_MAX: usize = 20;

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// Nowhere: it is a default, or it is missing.
    Nowhere,
    /// In this line of the file, from 1.
    Line(usize),
    /// In this environment variable.
    Variable(String),
    /// In the database.
    Row(RowPlace),
}

/// A place in a row of the database.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RowPlace {
    pub(crate) kind: ConfiguredKind,
    pub(crate) name: String,
    /// Of settings the full name; empty: the row as a whole.
    pub(crate) key: String,
}

impl RowPlace {
    /// A row as a whole.
    pub(crate) fn of(kind: ConfiguredKind, name: &str) -> RowPlace {
        RowPlace {
            kind,
            name: name.to_owned(),
            key: String::new(),
        }
    }

    /// This key of it.
    pub(super) fn within(&self, key: &str) -> RowPlace {
        let key = match self.key.as_str() {
            "" => key.to_owned(),
            before => format!("{before}.{key}"),
        };
        RowPlace {
            key,
            ..self.clone()
        }
    }
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Complaint {
    pub(crate) origin: Origin,
    pub(crate) text: String,
    /// The same in Thai, of mistakes that people make on a page.
    pub(crate) thai: Option<String>,
}

/// What a key may be, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bounds {
    /// A whole number, from and to.
    Number(u64, u64),
    /// One of these words.
    Words(Vec<String>),
}

/// Why a configuration was not taken. Prints one line for each mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigRefused {
    file: String,
    complaints: Vec<Complaint>,
}

impl ConfigRefused {
    /// A file with these mistakes.
    pub(super) fn of(file: &str, complaints: Vec<Complaint>) -> ConfigRefused {
        ConfigRefused {
            file: file.to_owned(),
            complaints,
        }
    }

    /// A file that could not even be read.
    pub(crate) fn of_file(file: &str, text: String) -> ConfigRefused {
        let origin = Origin::Nowhere;
        ConfigRefused {
            file: file.to_owned(),
            complaints: vec![Complaint {
                origin,
                text,
                thai: None,
            }],
        }
    }
}

impl std::error::Error for ConfigRefused {}

impl fmt::Display for ConfigRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, complaint) in self.complaints.iter().take(COMPLAINTS_MAX).enumerate() {
            let text = &complaint.text;
            let end = if index == 0 { "" } else { "\n" };
            match &complaint.origin {
                Origin::Nowhere => write!(f, "{end}{}: {text}", self.file)?,
                Origin::Line(line) => write!(f, "{end}{}:{line}: {text}", self.file)?,
                Origin::Variable(name) => write!(f, "{end}{name}: {text}")?,
                Origin::Row(place) => {
                    let (kind, name) = (place.kind.as_str(), &place.name);
                    write!(f, "{end}{kind} {name:?} of the database: {text}")?;
                }
            }
        }
        match self.complaints.len().saturating_sub(COMPLAINTS_MAX) {
            0 => Ok(()),
            more => write!(f, "\n{}: and {more} more mistakes", self.file),
        }
    }
}

/// Collects the mistakes while a configuration is read, and what its keys may be.
#[derive(Debug, Default)]
pub(super) struct Complaints {
    complaints: RefCell<Vec<Complaint>>,
    bounds: RefCell<BTreeMap<String, Bounds>>,
}

impl Complaints {
    /// Notes a mistake.
    pub(super) fn add(&self, origin: &Origin, text: impl Into<String>) {
        self.add_told(origin, text, None);
    }

    /// Notes a mistake with its words in Thai.
    pub(super) fn add_told(&self, origin: &Origin, text: impl Into<String>, thai: Option<String>) {
        self.complaints.borrow_mut().push(Complaint {
            origin: origin.clone(),
            text: text.into(),
            thai,
        });
    }

    /// Notes what a key may be.
    pub(super) fn allows(&self, name: String, bounds: Bounds) {
        self.bounds.borrow_mut().insert(name, bounds);
    }

    /// Every mistake in order, and what the keys may be.
    pub(super) fn told(self) -> (Vec<Complaint>, BTreeMap<String, Bounds>) {
        let mut complaints = self.complaints.into_inner();
        complaints.sort();
        complaints.dedup();
        (complaints, self.bounds.into_inner())
    }
}
