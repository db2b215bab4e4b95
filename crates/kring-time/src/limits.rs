//! Every bound of this crate, with its reason.

/// How many days ahead the next opening is looked for: a year of holidays is a mistake.
pub(crate) const OPENING_SOUGHT_DAYS: u16 = 366;

/// Characters of a refused text that are told back.
pub(crate) const TOLD_BACK_CHARS_MAX: usize = 80;
