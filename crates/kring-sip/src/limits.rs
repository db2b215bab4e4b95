//! Every bound of this crate, with its reason.
//!
//! A peer decides how much it sends; only this file decides how much of it is kept.

/// Longest message taken from a stream, in bytes: the most that a UDP datagram can carry, so that no
/// message is acceptable over one transport and not over the other.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// Most header lines in one message. RFC 4475 §3.1.1.7 sends 44; a call through ten proxies has
/// about 60. The bound keeps the index small, the bytes are bounded already.
pub const HEADER_LINES_MAX: usize = 256;

/// Most parameters on one URI, address or Via. The longest seen in the field is 14.
pub const PARAMS_MAX: usize = 64;

/// Largest CSeq number (RFC 3261 §8.1.1.5).
pub const CSEQ_MAX: u32 = (1 << 31) - 1;

/// Largest Max-Forwards (RFC 3261 §20.22).
pub const MAX_FORWARDS_MAX: u32 = 255;

/// Most bytes of one stream that wait for their message to be whole: one message, and what one read
/// brought behind it.
pub const STREAM_BYTES_MAX: usize = 2 * MESSAGE_BYTES_MAX;
