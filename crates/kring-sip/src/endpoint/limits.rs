//! Every bound of the UA layer, with its reason.

use crate::Pace;

/// How much one endpoint keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Legs at once, beyond which calls get 503 and so do our own.
    pub(crate) legs: usize,
    /// Server transactions at which new calls get 503.
    pub(crate) server_transactions: usize,
    /// Server transactions beyond which requests within dialogs are still answered, but not
    /// remembered: a BYE must get through when calls no longer do.
    pub(crate) server_transactions_hard: usize,
}

/// A call has two legs, and an `all` hop rings many phones for one call. It leaves two server
/// transactions behind for 32 s (timers J and L), so this is about 900 calls a second.
pub(crate) const BOUNDS: Bounds = Bounds {
    legs: 60_000,
    server_transactions: 60_000,
    server_transactions_hard: 120_000,
};

/// What a caller refused for overload is told to wait, s.
pub(crate) const RETRY_AFTER_S: u32 = 5;

/// Forks of one INVITE that are told apart. A household has fewer phones; more is a loop upstream.
pub(crate) const FORKS_MAX: usize = 16;

/// Places where one call of ours rings at once: the phones that one person may have.
pub(crate) const BRANCHES_MAX: usize = 10;

/// Addresses that are tried for one branch: a name has two or three servers, and each costs seconds.
pub(crate) const PEERS_MAX: usize = 4;

/// Questions of ours that wait for an answer: some for each trunk, and as many more.
pub(crate) const ASKS_MAX: usize = 2_000;

/// Longest Via, From, To, Call-ID, CSeq and Record-Route of one request, together, bytes: they are
/// kept for 32 s. Thirty proxies need about 4,000.
pub(crate) const ECHO_BYTES_MAX: usize = 8 * 1024;

/// Answers to one stranger. Enough for a PBX that is not configured yet, and too few to search with:
/// ten thousand extensions take a quarter of an hour, and each answer says the same.
pub(crate) const STRANGER_PACE: Pace = Pace::per_second(10, 20);

/// Answers to all strangers together, so that we are nobody's amplifier and no burden to ourselves.
pub(crate) const STRANGERS_PACE: Pace = Pace::per_second(200, 200);

/// Strangers whose pace is remembered. More at once have the pace of all to share.
pub(crate) const STRANGERS_KNOWN_MAX: usize = 4_096;
