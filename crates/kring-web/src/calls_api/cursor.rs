//! The end of a page as text that a program hands back.

use crate::problem::{Code, Problem};
use kring_journal::WallTime;
use kring_store::CallCursor;

/// `1795421520000123.01J…`: when the page's last call came, and which it was.
pub(super) fn write(cursor: CallCursor) -> String {
    format!("{}.{}", cursor.arrived_at.0, cursor.id)
}

/// Reads what [`write`] wrote.
pub(super) fn read(text: &str) -> Result<CallCursor, Problem> {
    let parts = text.split_once('.').and_then(|(at, id)| {
        Some(CallCursor {
            arrived_at: WallTime(at.parse().ok()?),
            id: id.parse().ok()?,
        })
    });
    parts.ok_or_else(|| Problem::new(Code::BadCursor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kring_journal::CallId;

    #[test]
    fn a_cursor_is_read_back_and_nothing_else_is() {
        let cursor = CallCursor {
            arrived_at: WallTime(1_795_421_520_000_123),
            id: CallId::new(1_795_421_520_000, 7),
        };
        assert_eq!(read(&write(cursor)).ok(), Some(cursor));
        for text in ["", "1", "1.2", "x.01J", "1.01ARZ3NDEKTSV4RRFFQ69G5FA"] {
            assert_eq!(read(text).err().map(|p| p.code()), Some(Code::BadCursor));
        }
    }
}
