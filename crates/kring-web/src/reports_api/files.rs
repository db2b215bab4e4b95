//! Reports as files: CSV and XLSX, with each date in both eras.

use super::{
    Calendar, Report,
    table::{Cell, Unit},
};
use kring_store::write_table_csv;
use kring_time::Day;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};

/// พ.ศ. less ค.ศ.
const BUDDHIST_AHEAD: i32 = 543;

/// In which era a column shows its dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Era {
    Common,
    Buddhist,
}

/// A column of a file: one of the report's, in an era.
struct Shown {
    heading: String,
    place: usize,
    era: Era,
}

/// The columns of the file: those of dates twice, first in the calendar that was asked for.
fn columns(report: &Report) -> Vec<Shown> {
    let mut shown = Vec::new();
    for (place, column) in report.table.columns.iter().enumerate() {
        let twice = matches!(column.unit, Unit::Date | Unit::Month);
        let eras: &[Era] = match (twice, report.calendar) {
            (false, _) => &[Era::Common],
            (true, Calendar::Be) => &[Era::Buddhist, Era::Common],
            (true, Calendar::Ce) => &[Era::Common, Era::Buddhist],
        };
        for era in eras {
            let unit = match column.unit {
                Unit::Ms => " (วินาที)",
                Unit::Date | Unit::Month if *era == Era::Buddhist => " (พ.ศ.)",
                Unit::Date | Unit::Month => " (ISO)",
                _ => "",
            };
            shown.push(Shown {
                heading: format!("{}{unit}", column.th),
                place,
                era: *era,
            });
        }
    }
    shown
}

/// Whether a cell is of a column of lengths.
fn is_length(report: &Report, shown: &Shown) -> bool {
    report.table.columns[shown.place].unit == Unit::Ms
}

fn buddhist(day: Day) -> String {
    let (year, month, of_month) = day.civil();
    format!("{of_month:02}/{month:02}/{}", year + BUDDHIST_AHEAD)
}

fn text(report: &Report, shown: &Shown, cell: &Cell) -> String {
    match (cell, shown.era) {
        (Cell::None, _) => String::new(),
        (Cell::Text(text), _) => text.clone(),
        (Cell::Whole(ms), _) if is_length(report, shown) => format!("{:.1}", *ms as f64 / 1e3),
        (Cell::Whole(n), _) => n.to_string(),
        (Cell::Pct(pct), _) => format!("{pct:.1}"),
        (Cell::Day(day), Era::Common) => day.to_string(),
        (Cell::Day(day), Era::Buddhist) => buddhist(*day),
        (Cell::Month(year, month), Era::Common) => format!("{year:04}-{month:02}"),
        (Cell::Month(year, month), Era::Buddhist) => {
            format!("{month:02}/{}", year + BUDDHIST_AHEAD)
        }
    }
}

/// The rows of the file: those of the report, then what they sum up to.
fn rows(report: &Report) -> impl Iterator<Item = &[Cell]> {
    let rows = report.table.rows.iter().map(|row| row.cells.as_slice());
    rows.chain(report.table.total.as_deref())
}

/// UTF-8 with a byte order mark, as spreadsheets want it.
pub(super) fn csv(report: &Report) -> String {
    let columns = columns(report);
    let heading = columns.iter().map(|shown| shown.heading.clone()).collect();
    let mut lines: Vec<Vec<String>> = vec![heading];
    for cells in rows(report) {
        let line = columns.iter();
        lines.push(
            line.map(|shown| text(report, shown, &cells[shown.place]))
                .collect(),
        );
    }
    if report.table.total.is_some()
        && let Some(first) = lines.last_mut().and_then(|line| line.first_mut())
    {
        TOTAL.clone_into(first);
    }
    write_table_csv(&lines)
}

const TOTAL: &str = "รวม";

/// A workbook with cells of their kinds: numbers are numbers, dates are dates.
pub(super) fn xlsx(report: &Report) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let pct = Format::new().set_num_format("0.0");
    let sheet = workbook.add_worksheet();
    sheet.set_name(report.name)?;
    let columns = columns(report);
    for (x, shown) in (0..).zip(&columns) {
        sheet.write_with_format(0, x, shown.heading.as_str(), &bold)?;
        sheet.set_column_width(x, 16)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut last = 0;
    for (y, cells) in (1..).zip(rows(report)) {
        last = y;
        for (x, shown) in (0..).zip(&columns) {
            match (&cells[shown.place], shown.era) {
                (Cell::None, _) => {}
                (Cell::Whole(ms), _) if is_length(report, shown) => {
                    sheet.write_with_format(y, x, *ms as f64 / 1e3, &pct)?;
                }
                (Cell::Whole(n), _) => {
                    sheet.write(y, x, *n as f64)?;
                }
                (Cell::Pct(share), _) => {
                    sheet.write_with_format(y, x, *share, &pct)?;
                }
                (Cell::Day(day), Era::Common) => {
                    let (year, month, of_month) = day.civil();
                    let year = u16::try_from(year).unwrap_or(u16::MAX);
                    let day = ExcelDateTime::from_ymd(year, month, of_month)?;
                    sheet.write_with_format(y, x, &day, &date)?;
                }
                (cell, _) => {
                    sheet.write(y, x, text(report, shown, cell))?;
                }
            }
        }
    }
    if report.table.total.is_some() {
        sheet.write_with_format(last, 0, TOTAL, &bold)?;
    }
    workbook.save_to_buffer()
}
