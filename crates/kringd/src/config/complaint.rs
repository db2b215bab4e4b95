//! What is wrong with a configuration: one line for each mistake, with its place and the remedy.
//!
//! All mistakes of a file are told at once, so that it is mended in one sitting.

use std::{cell::RefCell, fmt};

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
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Complaint {
    origin: Origin,
    text: String,
}

/// Why a configuration was not taken. Prints one line for each mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigRefused {
    file: String,
    complaints: Vec<Complaint>,
}

impl ConfigRefused {
    /// A file that could not even be read.
    pub(crate) fn of_file(file: &str, text: String) -> ConfigRefused {
        let origin = Origin::Nowhere;
        ConfigRefused {
            file: file.to_owned(),
            complaints: vec![Complaint { origin, text }],
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
            }
        }
        match self.complaints.len().saturating_sub(COMPLAINTS_MAX) {
            0 => Ok(()),
            more => write!(f, "\n{}: and {more} more mistakes", self.file),
        }
    }
}

/// Collects the mistakes while a configuration is read.
#[derive(Debug, Default)]
pub(super) struct Complaints(RefCell<Vec<Complaint>>);

impl Complaints {
    /// Notes a mistake.
    pub(super) fn add(&self, origin: &Origin, text: impl Into<String>) {
        self.0.borrow_mut().push(Complaint {
            origin: origin.clone(),
            text: text.into(),
        });
    }

    /// `Ok` when there was none.
    pub(super) fn verdict(self, file: &str) -> Result<(), ConfigRefused> {
        let mut complaints = self.0.into_inner();
        complaints.sort();
        complaints.dedup();
        if complaints.is_empty() {
            return Ok(());
        }
        Err(ConfigRefused {
            file: file.to_owned(),
            complaints,
        })
    }
}
