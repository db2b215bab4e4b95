//! The directory as a file of rows: one row an endpoint, the unit's own fields in the first of its rows or in
//! all of them. The columns are known by English or Thai names, in any order.
//!
//! A column that is not there leaves what is stored; an empty cell of one that is there empties it.

use crate::{
    Written,
    csv_mistake::CsvMistake,
    csv_rows::{Row, rows},
    dialled::dialled,
    limits,
};
use kring_text::folded;
use kring_time::WeekHours;
use rustc_hash::FxHashMap;

/// The columns, by the name that is written, and those that are read, too.
pub(crate) const COLUMNS: [(&str, &[&str]); 13] = [
    ("short", &["ชื่อย่อ"]),
    ("name_th", &["ชื่อหน่วยงาน", "ชื่อไทย", "ชื่อภาษาไทย", "ชื่อ"]),
    ("name_en", &["ชื่ออังกฤษ", "ชื่อภาษาอังกฤษ"]),
    ("website", &["เว็บไซต์"]),
    ("hotline", &["สายด่วน"]),
    ("topics", &["เรื่อง", "เรื่องที่รับผิดชอบ"]),
    ("hours", &["เวลาทำการ"]),
    ("sort", &["ลำดับหน่วยงาน"]),
    ("extension", &["หมายเลข", "หมายเลขภายใน", "เบอร์", "เบอร์โทร"]),
    ("label", &["จุดรับสาย", "ผู้รับสาย"]),
    ("priority", &["ลำดับ", "ลำดับการโทร"]),
    ("rings", &["จำนวนครั้ง", "จำนวนครั้งที่ดัง"]),
    ("active", &["ใช้งาน"]),
];

/// Columns of the unit; those after them are of an endpoint.
const OF_UNIT: usize = 8;

/// A unit as the rows of a file tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedUnit {
    /// The line of its first row.
    pub(crate) row: u64,
    pub(crate) short: String,
    pub(crate) name_th: Option<String>,
    pub(crate) name_en: Option<String>,
    pub(crate) website: Option<String>,
    pub(crate) hotline: Option<String>,
    pub(crate) topics: Option<String>,
    pub(crate) hours: Option<Option<Written<WeekHours>>>,
    pub(crate) sort: Option<i64>,
    /// None: the file has no column for them.
    pub(crate) endpoints: Option<Vec<ImportedEndpoint>>,
}

/// An endpoint as a row tells it; none: the file has no column for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImportedEndpoint {
    pub(crate) extension: String,
    pub(crate) label: Option<String>,
    pub(crate) priority: Option<i64>,
    pub(crate) rings: Option<u8>,
    pub(crate) active: Option<bool>,
}

/// Reads a file in UTF-8, with or without byte order mark. Every mistake in it is told, up to
/// [`limits::CSV_MISTAKES_MAX`].
pub fn read_departments_csv(bytes: &[u8]) -> Result<Vec<ImportedUnit>, Vec<CsvMistake>> {
    let rows = rows(bytes, &COLUMNS, "short")?;
    let mut mistakes = Vec::new();
    let mut units: Vec<(Vec<Row>, u64)> = Vec::new();
    let mut by_short: FxHashMap<String, usize> = FxHashMap::default();
    for row in rows {
        let short = folded(row.text(0).unwrap_or_default());
        if short.is_empty() {
            let told = ("is empty".to_owned(), "ต้องไม่ว่าง".to_owned());
            mistakes.push(row.mistake(0, told));
            continue;
        }
        let place = *by_short.entry(short).or_insert_with(|| {
            units.push((Vec::new(), row.line));
            units.len() - 1
        });
        units[place].0.push(row);
    }
    let units = units
        .into_iter()
        .map(|(rows, line)| unit(&rows, line, &mut mistakes))
        .collect();
    mistakes.sort_by_key(|mistake| mistake.row);
    mistakes.truncate(limits::CSV_MISTAKES_MAX);
    if mistakes.is_empty() {
        Ok(units)
    } else {
        Err(mistakes)
    }
}

fn unit(rows: &[Row], line: u64, mistakes: &mut Vec<CsvMistake>) -> ImportedUnit {
    let mut cells: [Option<String>; OF_UNIT] = Default::default();
    for (column, cell) in cells.iter_mut().enumerate() {
        *cell = one_for_all(rows, column, mistakes);
    }
    let [
        short,
        name_th,
        name_en,
        website,
        hotline,
        topics,
        hours,
        sort,
    ] = cells;
    let first = &rows[0];
    let hours = hours.map(|text| {
        let text = Some(text).filter(|text| !text.is_empty());
        text.and_then(|text| match text.parse() {
            Ok(hours) => Some(hours),
            Err(refused) => {
                mistakes.push(first.mistake(6, told_hours(&refused)));
                None
            }
        })
    });
    let sort = sort.filter(|text| !text.is_empty());
    let sort = sort.and_then(|text| whole(first, 7, &text, mistakes));
    let has_endpoints = first.text(OF_UNIT).is_some();
    ImportedUnit {
        row: line,
        short: short.unwrap_or_default(),
        name_th,
        name_en,
        website,
        hotline,
        topics,
        hours,
        sort,
        endpoints: has_endpoints.then(|| endpoints(rows, mistakes)),
    }
}

/// The cell of the unit in whichever row it is written; rows must not contradict each other.
fn one_for_all(rows: &[Row], column: usize, mistakes: &mut Vec<CsvMistake>) -> Option<String> {
    let mut told = rows[0].text(column)?;
    let mut line = rows[0].line;
    for row in &rows[1..] {
        let again = row.text(column).unwrap_or_default();
        if told.is_empty() {
            (told, line) = (again, row.line);
        } else if !again.is_empty() && folded(again) != folded(told) {
            let told = (
                format!("is not what row {line} says of the same department"),
                format!("ไม่ตรงกับแถวที่ {line} ของหน่วยงานเดียวกัน"),
            );
            mistakes.push(row.mistake(column, told));
        }
    }
    let most = if column == 5 {
        limits::DETAIL_CHARS_MAX
    } else if column == 0 {
        limits::SHORT_NAME_CHARS_MAX
    } else {
        limits::SHORT_CHARS_MAX
    };
    if told.chars().count() > most {
        mistakes.push(rows[0].mistake(column, too_long(most)));
    }
    Some(told.to_owned())
}

fn endpoints(rows: &[Row], mistakes: &mut Vec<CsvMistake>) -> Vec<ImportedEndpoint> {
    let mut endpoints: Vec<ImportedEndpoint> = Vec::new();
    for row in rows {
        let cells: Vec<&str> = (OF_UNIT..COLUMNS.len())
            .map(|column| row.text(column).unwrap_or_default())
            .collect();
        if cells.iter().all(|cell| cell.is_empty()) {
            continue;
        }
        let Some(extension) = dialled(cells[0]) else {
            let told = (
                "is no number or extension that can be dialled".to_owned(),
                "ไม่ใช่หมายเลขที่โทรออกได้".to_owned(),
            );
            mistakes.push(row.mistake(OF_UNIT, told));
            continue;
        };
        if endpoints.iter().any(|other| other.extension == extension) {
            let told = (
                "is twice in this department".to_owned(),
                "ซ้ำกันในหน่วยงานเดียวกัน".to_owned(),
            );
            mistakes.push(row.mistake(OF_UNIT, told));
            continue;
        }
        let place = endpoints.len() as i64 + 1;
        endpoints.push(endpoint(row, extension, place, mistakes));
    }
    endpoints
}

fn endpoint(
    row: &Row,
    extension: String,
    place: i64,
    mistakes: &mut Vec<CsvMistake>,
) -> ImportedEndpoint {
    let label = row.text(9).map(str::to_owned);
    if label
        .as_ref()
        .is_some_and(|label| label.chars().count() > limits::SHORT_CHARS_MAX)
    {
        mistakes.push(row.mistake(9, too_long(limits::SHORT_CHARS_MAX)));
    }
    let priority = row.text(10).map(|text| match text {
        "" => Some(place),
        text => whole(row, 10, text, mistakes),
    });
    let rings = row.text(11).map(|text| match text {
        "" => limits::ENDPOINT_RINGS_USUAL,
        text => {
            let rings = folded(text).parse::<u8>().ok();
            let rings = rings.filter(|rings| limits::ENDPOINT_RINGS.contains(rings));
            rings.unwrap_or_else(|| {
                let told = ("is not 1 to 10".to_owned(), "ต้องเป็น 1 ถึง 10".to_owned());
                mistakes.push(row.mistake(11, told));
                0
            })
        }
    });
    let active = row.text(12).map(|text| {
        truth(text).unwrap_or_else(|| {
            let told = (
                "is neither yes nor no".to_owned(),
                "ต้องเป็น ใช่ หรือ ไม่".to_owned(),
            );
            mistakes.push(row.mistake(12, told));
            true
        })
    });
    ImportedEndpoint {
        extension,
        label,
        priority: priority.map(|priority| priority.unwrap_or(place)),
        rings,
        active,
    }
}

fn whole(row: &Row, column: usize, text: &str, mistakes: &mut Vec<CsvMistake>) -> Option<i64> {
    let whole = folded(text).parse().ok();
    if whole.is_none() {
        let told = ("is no whole number".to_owned(), "ต้องเป็นจำนวนเต็ม".to_owned());
        mistakes.push(row.mistake(column, told));
    }
    whole
}

fn truth(text: &str) -> Option<bool> {
    match folded(text).as_str() {
        "" | "yes" | "y" | "true" | "1" | "ใช่" | "ใช้" | "เปิด" => Some(true),
        "no" | "n" | "false" | "0" | "ไม่" | "ไม่ใช้" | "ไม่ใช่" | "ปิด" => {
            Some(false)
        }
        _ => None,
    }
}

fn too_long(most: usize) -> (String, String) {
    (
        format!("has more than {most} characters"),
        format!("ยาวเกิน {most} ตัวอักษร"),
    )
}

fn told_hours(refused: &impl ToString) -> (String, String) {
    let thai = "อ่านเวลาทำการไม่ได้ ตัวอย่าง mon-fri 08:30-12:00,13:00-16:30";
    (refused.to_string(), thai.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the mistakes are, and the English of the first.
    fn mistakes(file: &[u8]) -> (Vec<(u64, String)>, String) {
        let mistakes = read_departments_csv(file).unwrap_err();
        let first = mistakes[0].told_en.clone();
        let places = mistakes.into_iter().map(|told| (told.row, told.column));
        (places.collect(), first)
    }

    #[track_caller]
    fn assert_mistakes(file: &str, places: &[(u64, &str)], first: &str) {
        let (found, told) = mistakes(file.as_bytes());
        let found: Vec<(u64, &str)> = found
            .iter()
            .map(|(row, name)| (*row, name.as_str()))
            .collect();
        assert_eq!(found, places, "{file:?}");
        assert!(told.contains(first), "{told:?}");
    }

    #[test]
    fn every_mistake_is_told_by_row_and_column() {
        assert_mistakes("", &[(1, "")], "empty");
        assert_mistakes("name_th\nx\n", &[(1, "short")], "needs this column");
        assert_mistakes("short,phone\n", &[(1, "phone")], "no column");
        assert_mistakes("short,ชื่อย่อ\n", &[(1, "ชื่อย่อ")], "twice");
        assert_mistakes("short\nA,b\n", &[(2, "")], "2 cells");
        assert_mistakes("short,name_th\n,x\n", &[(2, "short")], "empty");
        assert_mistakes(
            "short,name_th\nA,one\n\nA,two\n",
            &[(4, "name_th")],
            "row 2 says",
        );
        assert_mistakes(
            "short,hours,sort\nA,mon 9-12,first\n",
            &[(2, "hours"), (2, "sort")],
            "tells no hours",
        );
        assert_mistakes(
            "short,extension,rings,active,priority\nA,21,0,perhaps,x\nA,21,1,1,1\nA,,2,,\n",
            &[
                (2, "priority"),
                (2, "rings"),
                (2, "active"),
                (3, "extension"),
                (4, "extension"),
            ],
            "whole number",
        );
    }

    #[test]
    fn a_file_of_another_coding_is_told_so() {
        let (places, told) = mistakes(b"short,name_th\nA,\xa1\xc3\n");
        assert_eq!(places, [(2, String::new())]);
        assert!(told.contains("UTF-8"));
    }

    #[test]
    fn cells_that_a_spreadsheet_would_calculate_are_guarded() {
        use crate::{Department, DepartmentId, Endpoint, EndpointId, write_departments_csv};
        let now = kring_journal::WallTime(0);
        let mut unit = Department::named(DepartmentId::new(now), "X", "=HYPERLINK(\"a\")");
        unit.endpoints
            .push(Endpoint::dialled(EndpointId::new(now), "+6638611025", 1));
        let file = write_departments_csv(&[unit]);
        assert!(file.contains("'=HYPERLINK"), "{file}");
        assert!(file.contains(",+6638611025,"), "a number stays one");
        let units = read_departments_csv(file.as_bytes()).unwrap();
        assert_eq!(units[0].name_th.as_deref(), Some("=HYPERLINK(\"a\")"));
    }

    #[test]
    fn quoted_cells_may_hold_lines_and_commas() {
        let file = "short,topics,extension\r\n\"A\",\"one, two\r\nthree\",21\r\nB,,22\r\n";
        let units = read_departments_csv(file.as_bytes()).unwrap();
        assert_eq!(units[0].topics.as_deref(), Some("one, two\r\nthree"));
        assert_eq!(units[1].row, 4);
    }
}
