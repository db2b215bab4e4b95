//! A table as a file of rows, for spreadsheets.

use crate::csv_rows::guarded;

/// Rows as such a file, with a byte order mark; the first is the heading. No cell is taken for a formula.
pub fn write_table_csv(rows: &[Vec<String>]) -> String {
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let full = "writing to memory does not fail";
    for row in rows {
        out.write_record(row.iter().map(|cell| guarded(cell)))
            .expect(full);
    }
    let bytes = out.into_inner().expect(full);
    String::from_utf8(bytes).expect("texts and commas")
}
