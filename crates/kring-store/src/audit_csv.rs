//! The audit as a file of rows, for those who look at it elsewhere.

use crate::{AuditRow, csv_rows::guarded};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Lines of the audit as such a file, with a byte order mark, as spreadsheets want it. Values are JSON.
pub fn write_audit_csv(rows: &[AuditRow]) -> String {
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let full = "writing to memory does not fail";
    let header = ["at", "who", "action", "subject", "was", "is", "id"];
    out.write_record(header).expect(full);
    for row in rows {
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(row.at.0) * 1_000);
        let at = at.ok().and_then(|at| at.format(&Rfc3339).ok());
        let value = |value: &Option<String>| guarded(value.as_deref().unwrap_or_default());
        let cells = [
            at.unwrap_or_default(),
            guarded(&row.who),
            guarded(&row.action),
            guarded(&row.subject),
            value(&row.old_value),
            value(&row.new_value),
            row.id.to_string(),
        ];
        out.write_record(cells).expect(full);
    }
    let bytes = out.into_inner().expect(full);
    String::from_utf8(bytes).expect("texts and commas")
}
