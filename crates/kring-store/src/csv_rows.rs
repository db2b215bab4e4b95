//! Files of rows, read by the names of their columns. Spreadsheets write them with a byte order mark, with
//! commas, semicolons or tabs.

use crate::{csv_mistake::CsvMistake, limits};
use kring_text::folded;

/// The columns that are known: a name, and others by which it is read.
pub(crate) type Columns = [(&'static str, &'static [&'static str])];

/// A row, its cells by the place of their column among those that are known.
pub(crate) struct Row {
    /// Where it begins in the file.
    pub(crate) line: u64,
    /// None: the file has no such column.
    cells: Vec<Option<String>>,
    columns: &'static Columns,
}

impl Row {
    /// The cell of a column, trimmed; none: the file has no such column.
    pub(crate) fn text(&self, column: usize) -> Option<&str> {
        self.cells[column].as_deref()
    }

    pub(crate) fn mistake(&self, column: usize, told: (String, String)) -> CsvMistake {
        CsvMistake::new(self.line, self.columns[column].0, told)
    }
}

/// The rows of a file that have anything in them.
pub(crate) fn rows(
    bytes: &[u8],
    columns: &'static Columns,
    needed: &'static str,
) -> Result<Vec<Row>, Vec<CsvMistake>> {
    let text = utf8(bytes).map_err(|mistake| vec![mistake])?;
    let mut file = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut records = file.records();
    let header = match records.next() {
        Some(Ok(header)) => header,
        Some(Err(refused)) => return Err(vec![unreadable(1, &refused)]),
        None => return Err(vec![empty()]),
    };
    let places = places(&header, columns, needed)?;
    let mut lines = Lines {
        text,
        seen: 0,
        line: 1,
    };
    let mut rows = Vec::new();
    for record in records {
        let record = record.map_err(|refused| {
            let line = refused.position().map_or(0, csv::Position::line);
            vec![unreadable(line, &refused)]
        })?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        let line = record.position().map_or(0, |at| lines.of(at.byte()));
        if record.len() > header.len() {
            let told = (
                format!(
                    "has {} cells, and the header {}",
                    record.len(),
                    header.len()
                ),
                format!("มี {} ช่อง แต่หัวตารางมี {} ช่อง", record.len(), header.len()),
            );
            return Err(vec![CsvMistake::new(line, "", told)]);
        }
        if rows.len() == limits::CSV_ROWS_MAX {
            let told = (
                format!("there are more than {} rows", limits::CSV_ROWS_MAX),
                format!("มีมากกว่า {} แถว", limits::CSV_ROWS_MAX),
            );
            return Err(vec![CsvMistake::new(line, "", told)]);
        }
        let cell = |place: &Option<usize>| {
            place.map(|place| unguarded(record.get(place).unwrap_or_default()).to_owned())
        };
        rows.push(Row {
            line,
            cells: places.iter().map(cell).collect(),
            columns,
        });
    }
    Ok(rows)
}

/// Counts lines up to a place: the reader's own count is that of the row before when empty lines lie between.
struct Lines<'t> {
    text: &'t str,
    seen: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the row that follows this place, which is not before that of the row asked for last.
    fn of(&mut self, byte: u64) -> u64 {
        let bytes = self.text.as_bytes();
        let mut place = usize::try_from(byte).unwrap_or(usize::MAX).min(bytes.len());
        while matches!(bytes.get(place), Some(b'\r' | b'\n')) {
            place += 1;
        }
        let between = self.text.get(self.seen..place).unwrap_or_default();
        self.line += between.matches('\n').count() as u64;
        self.seen = place;
        self.line
    }
}

/// The place of each known column in the file.
fn places(
    header: &csv::StringRecord,
    columns: &'static Columns,
    needed: &'static str,
) -> Result<Vec<Option<usize>>, Vec<CsvMistake>> {
    let mut places = vec![None; columns.len()];
    let mut mistakes = Vec::new();
    for (place, name) in header.iter().enumerate() {
        let wanted = folded(name);
        let is_it = |(own, others): &(&str, &[&str])| {
            folded(own) == wanted || others.iter().any(|other| folded(other) == wanted)
        };
        let told = match columns.iter().position(is_it) {
            Some(column) if places[column].is_none() => {
                places[column] = Some(place);
                continue;
            }
            Some(_) => ("is there twice".to_owned(), "มีซ้ำกัน".to_owned()),
            None => {
                let known: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
                let known = known.join(", ");
                (
                    format!("is no column that is known: {known}"),
                    format!("ไม่รู้จักคอลัมน์นี้ คอลัมน์ที่ใช้ได้คือ {known}"),
                )
            }
        };
        mistakes.push(CsvMistake::new(1, name, told));
    }
    let missing = columns.iter().zip(&places);
    for ((name, _), _) in missing.filter(|((name, _), place)| *name == needed && place.is_none()) {
        let told = (
            "the file needs this column".to_owned(),
            "ไฟล์ต้องมีคอลัมน์นี้".to_owned(),
        );
        mistakes.push(CsvMistake::new(1, name, told));
    }
    mistakes.truncate(limits::CSV_MISTAKES_MAX);
    if mistakes.is_empty() {
        Ok(places)
    } else {
        Err(mistakes)
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, CsvMistake> {
    let text = std::str::from_utf8(bytes).map_err(|refused| {
        let before = String::from_utf8_lossy(&bytes[..refused.valid_up_to()]);
        let line = before.matches('\n').count() as u64 + 1;
        let told = (
            "is not UTF-8: save the file as \"CSV UTF-8\"".to_owned(),
            "ไม่ใช่ UTF-8 กรุณาบันทึกไฟล์เป็น \"CSV UTF-8\"".to_owned(),
        );
        CsvMistake::new(line, "", told)
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// What stands most often in the first line; a comma when in doubt.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().next().unwrap_or_default();
    let count = |mark: u8| line.bytes().filter(|byte| *byte == mark).count();
    let most = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|mark| count(*mark));
    most.unwrap_or(b',')
}

fn unreadable(line: u64, refused: &csv::Error) -> CsvMistake {
    CsvMistake::new(line, "", (refused.to_string(), "อ่านแถวนี้ไม่ได้".to_owned()))
}

fn empty() -> CsvMistake {
    let told = ("the file is empty".to_owned(), "ไฟล์ว่าง".to_owned());
    CsvMistake::new(1, "", told)
}

/// With these in front, a spreadsheet takes a text for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text that no spreadsheet calculates: with an apostrophe in front, unless it is a number. One that looks as if
/// it had been given one gets another, so that it comes back as it was.
pub(crate) fn guarded(text: &str) -> String {
    let is_number = text
        .trim_start_matches('+')
        .chars()
        .all(|c| c.is_ascii_digit());
    let looks_guarded = text.starts_with('\'') && is_formula(text.trim_start_matches('\''));
    if (is_formula(text) && !is_number) || looks_guarded {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The same without it.
fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}

fn is_formula(text: &str) -> bool {
    text.starts_with(FORMULA)
}
