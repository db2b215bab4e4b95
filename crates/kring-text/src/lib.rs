//! Texts as people write them, Thai first: folded for comparing, and what else looking for them needs.
//!
//! Pure: the same text gives the same answer, whatever the database, the machine and the day.

#![forbid(unsafe_code)]

mod book;
mod finding;
mod fold;
mod letters;
pub mod limits;
mod names;
mod near;
mod order;
mod parts;
mod prefixes;
mod query;
mod scoring;
mod search;
mod signature;
mod snippet;
mod synonyms;
mod words;

pub use book::{Book, Texts};
pub use fold::folded;
pub use names::{TypedName, split_name, whole_name, without_prefix};
pub use order::{SORT_KEY_BYTES_MAX, sort_key};
pub use parts::{PARTS_MAX, parts_of, parts_wanted};
pub use query::Query;
pub use search::{Bearing, Hit, search};
pub use snippet::{Piece, marked, shortened, snippet};
pub use synonyms::Synonyms;
pub use words::words;
