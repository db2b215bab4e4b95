//! Texts as people write them, Thai first: folded for comparing, and what else looking for them needs.
//!
//! Pure: the same text gives the same answer, whatever the database, the machine and the day.

#![forbid(unsafe_code)]

mod fold;

pub use fold::folded;
