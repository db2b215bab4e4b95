//! Opus (RFC 6716) as telephone sound: one channel of 8 kHz, whatever the other end makes of it.
//!
//! The only unsafe code of kring is here: the calls of libopus, which is C put into Rust word by word
//! (`unsafe-libopus`). Every bound that C trusts its caller to keep is kept in these two files.

mod decoder;
mod encoder;

pub use decoder::Decoder;
pub use encoder::Encoder;

/// Samples in a second, Hz.
pub const RATE: u32 = 8_000;

/// The longest packet, samples: 120 ms (RFC 6716 §3.2.5).
pub const SAMPLES_MAX: usize = 960;

/// The longest packet that the encoder makes, bytes: 120 ms at its bit rate, with room for a loud syllable.
pub const BYTES_MAX: usize = 640;
