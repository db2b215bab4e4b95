//! Status codes and what they are called.

use super::model;
use std::fmt;

/// A status code, 100 to 699.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusCode(u16);

impl StatusCode {
    /// 100
    pub const TRYING: StatusCode = StatusCode(100);
    /// 180
    pub const RINGING: StatusCode = StatusCode(180);
    /// 183
    pub const SESSION_PROGRESS: StatusCode = StatusCode(183);
    /// 200
    pub const OK: StatusCode = StatusCode(200);
    /// 202
    pub const ACCEPTED: StatusCode = StatusCode(202);
    /// 400
    pub const BAD_REQUEST: StatusCode = StatusCode(400);
    /// 403
    pub const FORBIDDEN: StatusCode = StatusCode(403);
    /// 487
    pub const REQUEST_TERMINATED: StatusCode = StatusCode(487);
    /// 513
    pub const MESSAGE_TOO_LARGE: StatusCode = StatusCode(513);
    /// 505
    pub const VERSION_NOT_SUPPORTED: StatusCode = StatusCode(505);

    /// The code `code`, or none outside 100 to 699.
    pub const fn new(code: u16) -> Option<StatusCode> {
        match code {
            100..=699 => Some(StatusCode(code)),
            _ => None,
        }
    }

    /// The number.
    pub const fn code(self) -> u16 {
        self.0
    }

    /// The phrase of the standard that defined the code; for others, that of its class (RFC 3261 §21:
    /// an unknown code is treated as the x00 of its class).
    pub fn reason_phrase(self) -> &'static str {
        model::reason_phrase(self.0)
    }

    /// 1xx.
    pub const fn is_provisional(self) -> bool {
        self.0 < 200
    }

    /// 2xx.
    pub const fn is_success(self) -> bool {
        matches!(self.0, 200..=299)
    }

    /// 2xx and above.
    pub const fn is_final(self) -> bool {
        self.0 >= 200
    }
}

impl fmt::Display for StatusCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}
