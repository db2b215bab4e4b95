//! Every bound of this crate, with its reason.

use std::time::Duration;

/// Longest SDP that is read, bytes. Offers of browsers with ICE reach 8 KiB; a SIP datagram
/// cannot carry more than this anyway.
pub const SDP_MAX: usize = 16 * 1024;

/// Most `m=` lines. Every one must be answered (RFC 3264 §6); conference systems stay below 10.
pub const MEDIA_LINES_MAX: usize = 16;

/// Most codecs of one audio line that are kept. There are 128 payload numbers; phones offer up
/// to 20.
pub const CODECS_MAX: usize = 32;

/// Ways of securing a line of audio that are kept; devices offer up to six.
pub const CRYPTO_MAX: usize = 8;

/// Longest encoding name or format parameter that is passed on, bytes. The parameters of opus
/// with everything set are about 150.
pub const PARAMETER_MAX: usize = 512;

/// A side that should send and is not heard for so long is told as silent. A phone with silence
/// suppression still sends RTCP about every 5 s (RFC 3550 §6.2).
pub const SILENT_AFTER: Duration = Duration::from_secs(5);

/// How often it is looked how a side's line sounds: 500 packets, of which one that is lost is a fifth of a percent.
pub const QUALITY_EVERY: Duration = Duration::from_secs(10);

/// Fewer packets than so many in one look say nothing of a line: two seconds of speech.
pub const LOOK_PACKETS_MIN: u64 = 100;

/// How often kring reports to each side, on average: the least interval of RFC 3550 §6.2.
pub const REPORT_EVERY: Duration = Duration::from_secs(5);

/// Longest RTCP packet of kring's, bytes: a sender report with one block (52), a name (40) and a goodbye (8).
pub const REPORT_MAX: usize = 128;

/// A longer way there and back is no telephone's, and the report that says so is mistaken.
pub const ROUND_TRIP_MAX: Duration = Duration::from_secs(10);

/// Notices that wait in one relay to be fetched: one of each kind a side and one death.
pub const RELAY_NOTICES_MAX: usize = 17;

/// What one side of a conference has said and nobody has heard yet, samples at 8 kHz: eight frames. More is
/// a delay that talk does not bear, so the oldest is dropped.
pub const MIX_AHEAD_MAX: usize = 8 * 160;

/// The longest packet that is mixed, samples: 120 ms, which no telephone reaches.
pub const MIX_PACKET_MAX: usize = 6 * 160;

/// Longest RTP or RTCP packet that is relayed, bytes. An Ethernet frame holds 1,500; longer ones
/// would be fragmented and are no telephone's.
pub const PACKET_MAX: usize = 2_048;

/// Key presses of one side that wait to be sent on: more than anybody types ahead of a slow line.
pub const PRESSES_WAITING_MAX: usize = 32;

/// The longest press, packets of 20 ms: two seconds, a key that somebody leans on.
pub const PRESS_PACKETS_MAX: u16 = 100;

/// Phrases said one after another: a greeting, a place, a wait, an offer, and some.
pub const PHRASES_MAX: usize = 8;

/// Longest prompt or piece of music, seconds: ten minutes in three codings are 15 MB of memory, and
/// nobody waits for the eleventh.
pub const PROMPT_SECONDS_MAX: u32 = 600;

/// Longest WAV file that is read, bytes: ten minutes of one channel of 48 kHz and 16 bits are 58 MB, more
/// than a telephone can carry.
pub const WAV_MAX: usize = 64 * 1024 * 1024;
