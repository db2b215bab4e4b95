//! The house as `docs/ARCHITECTURE.md` draws it, compared with the house as it stands.
//!
//! What is refused here is a drift. Whoever means it changes the drawing first, with the reason.

mod crates;
mod files;
mod house;
mod sip_table;
