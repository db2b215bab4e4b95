//! Every bound of the UA layer, with its reason.

use crate::Pace;
use std::time::Duration;

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
/// Shortest session interval that we take or ask for, s (RFC 4028 §5).
pub(crate) const MIN_SE_S: u32 = 90;

/// Longest Min-SE that we obey, s: beyond a day there is no timer to speak of.
pub(crate) const MIN_SE_MAX_S: u32 = 86_400;

/// So much before the end of its interval an unrefreshed session is ended, s, but at most a third of the
/// interval (RFC 4028 §10).
pub(crate) const SESSION_MARGIN_S: u32 = 32;

/// A failed refresh is tried again while there is at least so much time.
pub(crate) const REFRESH_AGAIN_MIN: Duration = Duration::from_secs(10);

/// How often one change of ours is tried: glare is over after one or two, a peer that always says 491
/// does not mean glare.
pub(crate) const CHANGE_TRIES_MAX: u8 = 6;

/// Longest Retry-After that a change of ours waits for, s: an offer that old answers nobody.
pub(crate) const CHANGE_RETRY_AFTER_MAX_S: u32 = 30;

/// Provisional responses of ours that wait for the PRACK of the one before them; of more the oldest is
/// of no interest any more.
pub(crate) const PROVISIONALS_MAX: usize = 4;

/// For how long it is told how a REFER goes, s: longer than anybody lets a telephone ring.
pub(crate) const REFERRAL_EXPIRES_S: u32 = 300;

/// So much later than its subscription ends a REFER of ours is given up: the last NOTIFY is repeated for as
/// long (64*T1).
pub(crate) const REFERRAL_GRACE: Duration = Duration::from_secs(32);

/// How long after its BYE the other side may tell how our REFER goes: a telephone is not rung for longer.
pub(crate) const REFERRAL_AFTER_BYE: Duration = Duration::from_secs(64);

/// The largest request that goes as a datagram whoever it is for, bytes (RFC 3261 §18.1.1): the MTU of a path is
/// never known here.
pub(crate) const DATAGRAM_SAFE_BYTES: usize = 1_300;

/// How long a connection may take to stand for a request that can go as a datagram, too: a fifth of a
/// second is the most that a phone may ring later for it.
pub(crate) const CONNECT_WITHIN: Duration = Duration::from_millis(150);

/// For how long a peer is believed to take TCP after it was seen to.
pub(crate) const STREAM_HEARD_FOR: Duration = Duration::from_hours(1);

/// For how long a peer whose TCP failed is sent datagrams, whatever their size.
pub(crate) const STREAM_REFUSED_FOR: Duration = Duration::from_mins(10);

/// Peers of whom it is known whether they take TCP: as many as all phones and PBXs of a large house, and
/// those that were there an hour ago.
pub(crate) const STREAMS_KNOWN_MAX: usize = 8_192;
