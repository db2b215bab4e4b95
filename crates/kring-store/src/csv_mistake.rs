//! What is wrong with a file of rows: where, and in both languages.

use std::fmt;

/// A mistake in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvMistake {
    /// The line of the file in which the row begins; the header is in line 1.
    pub row: u64,
    /// The name of the column; empty: the row as a whole.
    pub column: String,
    /// What is wrong, in English.
    pub told_en: String,
    /// And in Thai.
    pub told_th: String,
}

impl CsvMistake {
    pub(crate) fn new(row: u64, column: &str, told: (String, String)) -> CsvMistake {
        CsvMistake {
            row,
            column: column.to_owned(),
            told_en: told.0,
            told_th: told.1,
        }
    }
}

impl fmt::Display for CsvMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.row)?;
        if !self.column.is_empty() {
            write!(f, ", {}", self.column)?;
        }
        write!(f, ": {} / {}", self.told_en, self.told_th)
    }
}
