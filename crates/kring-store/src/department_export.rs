//! The directory as a file of rows, as it is read again by `department_csv`.

use crate::{Department, csv_rows::guarded, department_csv::COLUMNS};
use std::borrow::Borrow;

/// The directory as such a file, with a byte order mark, as spreadsheets want it.
pub fn write_departments_csv(departments: &[impl Borrow<Department>]) -> String {
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let full = "writing to memory does not fail";
    let header = COLUMNS.map(|(name, _)| name);
    out.write_record(header).expect(full);
    for unit in departments.iter().map(Borrow::borrow) {
        let of_unit = [
            guarded(&unit.short),
            guarded(&unit.name_th),
            guarded(&unit.name_en),
            guarded(&unit.website),
            guarded(&unit.hotline),
            guarded(&unit.topics),
            unit.hours
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            unit.sort.to_string(),
        ];
        let mut rows: Vec<[String; 5]> = unit
            .endpoints
            .iter()
            .map(|endpoint| {
                [
                    guarded(&endpoint.extension),
                    guarded(&endpoint.label),
                    endpoint.priority.to_string(),
                    endpoint.rings.to_string(),
                    if endpoint.active { "yes" } else { "no" }.to_owned(),
                ]
            })
            .collect();
        if rows.is_empty() {
            rows.push(Default::default());
        }
        for row in &rows {
            out.write_record(of_unit.iter().chain(row)).expect(full);
        }
    }
    let bytes = out.into_inner().expect(full);
    String::from_utf8(bytes).expect("texts and commas")
}
