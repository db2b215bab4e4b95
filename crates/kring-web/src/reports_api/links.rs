//! The way from a row to its calls: a query of `GET /calls`.

use crate::clock::rfc3339;
use kring_journal::WallTime;
use std::fmt::Write;

/// A query that is being written.
#[derive(Clone, Debug)]
pub(super) struct Link(String);

impl Link {
    /// Calls that came within this time.
    pub(super) fn came((from, until): (WallTime, WallTime)) -> Link {
        Link("/calls?".to_owned())
            .and("from", &rfc3339(from))
            .and("until", &rfc3339(until))
            .and("counted", "true")
    }

    /// Calls whose case was opened within this time.
    pub(super) fn opened((from, until): (WallTime, WallTime)) -> Link {
        Link("/calls?".to_owned())
            .and("case_from", &rfc3339(from))
            .and("case_until", &rfc3339(until))
    }

    /// Narrowed by a filter.
    pub(super) fn and(mut self, name: &str, value: &str) -> Link {
        if !self.0.ends_with('?') {
            self.0.push('&');
        }
        self.0.push_str(name);
        self.0.push('=');
        for byte in value.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => {
                    self.0.push(byte.into());
                }
                _ => write!(self.0, "%{byte:02X}").expect("a String takes everything"),
            }
        }
        self
    }

    /// Its text.
    pub(super) fn text(self) -> String {
        self.0
    }
}
