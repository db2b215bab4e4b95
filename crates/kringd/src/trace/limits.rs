//! Every bound of watching, with its reason. Whatever is too much is dropped and counted; signalling
//! never waits for those who watch.

use std::time::Duration;

/// How often what was seen is looked at. The exchange wakes nobody by being watched.
pub(super) const TURN_EVERY: Duration = Duration::from_millis(50);

/// Messages and bytes seen between two looks: a flood of 20,000 messages in 50 ms is more than the
/// exchange can answer.
pub(super) const SEEN_MAX: usize = 20_000;
pub(super) const SEEN_BYTES_MAX: usize = 32 << 20;

/// Bytes of one call: a hundred times the usual, and still a file that a person can read.
pub(super) const CALL_BYTES_MAX: usize = 256 * 1024;

/// Of these, what is kept of the beginning; the rest is for the newest.
pub(super) const CALL_HEAD_BYTES: usize = 96 * 1024;

/// Legs of one call that are watched: each hop of a large queue rings many phones.
pub(super) const CALL_LEGS_MAX: usize = 1_024;

/// Calls that are watched at once: the exchange takes no more, and some have just ended.
pub(super) const CALLS_MAX: usize = 6_000;

/// Bytes of all calls: 5,000 calls of 25 messages.
pub(super) const TOTAL_BYTES_MAX: usize = 128 << 20;

/// Messages outside any call that are kept, and their bytes: the last minutes of a usual floor.
pub(super) const APART_MAX: usize = 2_048;
pub(super) const APART_BYTES_MAX: usize = 2 << 20;

/// A call that has ended is put away when nothing more came for so long: longer than the longest
/// pause between two copies of a BYE (T2, RFC 3261 §17.1.2.2) ...
pub(super) const QUIET_FOR: Duration = Duration::from_secs(5);

/// ... and at the latest so long after its end: 64*T1 is over then, and a little more.
pub(super) const PUT_AWAY_AFTER: Duration = Duration::from_secs(40);

/// How often ended calls are put away, and how many in one transaction, so that the journal's writes
/// need not wait for them.
pub(super) const PUT_AWAY_EVERY: Duration = Duration::from_secs(1);
pub(super) const PUT_AWAY_AT_ONCE: usize = 64;

/// Old traces are erased so often, and with such pauses between two transactions.
pub(super) const ERASE_EVERY: Duration = Duration::from_hours(1);
pub(super) const ERASE_PAUSE: Duration = Duration::from_millis(100);

/// Those who follow at once, and messages that one of them may be behind before being cut.
pub(super) const FOLLOWERS_MAX: usize = 8;
pub(super) const FOLLOWER_BEHIND_MAX: usize = 1_024;

/// What one who asks may send, bytes, and how long asking and reading one line may take.
pub(super) const ASKED_BYTES_MAX: u64 = 4_096;
pub(super) const ASK_WITHIN: Duration = Duration::from_secs(5);
pub(super) const READ_WITHIN: Duration = Duration::from_secs(10);

/// Messages outside calls that are shown when nothing else is asked for.
pub(super) const RECENT_SHOWN: usize = 50;

/// How often it is asked where the name of the capture server leads now.
pub(super) const HEP_FOLLOW: Duration = Duration::from_mins(5);

/// How often the name of the capture server is asked for until it is known.
pub(super) const HEP_RETRY: Duration = Duration::from_mins(1);
