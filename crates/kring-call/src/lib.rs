//! kring-call
