//! kring-store
