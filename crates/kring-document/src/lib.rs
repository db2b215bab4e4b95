//! The text of documents: bytes of a PDF, DOCX, ODT, HTML page or plain text in, what it says out.
//!
//! Pure: no disk, no clock, no process. What a hostile file may cost is bounded by `limits` where it can be seen;
//! whoever reads such files bounds time and memory of the rest, and expects a panic (see `kringd`).

#![forbid(unsafe_code)]

mod encoding;
mod html;
mod kind;
pub mod limits;
mod office;
mod pdf;
mod read;

pub use kind::DocumentKind;
pub use read::{Extracted, Unreadable, extract};
