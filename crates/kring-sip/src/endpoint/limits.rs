//! Every bound of the UA layer, with its reason.

/// Legs at once: a call has two, and an `all` hop rings many phones for one call. Beyond, calls get
/// 503 and so do our own.
pub(crate) const LEGS_MAX: usize = 60_000;

/// Server transactions at which new calls get 503. A call leaves two behind for 32 s (timers J and L),
/// so this is about 900 calls a second.
pub(crate) const SERVER_TRANSACTIONS_MAX: usize = 60_000;

/// Server transactions beyond which requests within dialogs are still answered, but not remembered:
/// a BYE must get through when calls no longer do.
pub(crate) const SERVER_TRANSACTIONS_HARD_MAX: usize = 120_000;

/// What a caller refused for overload is told to wait, s.
pub(crate) const RETRY_AFTER_S: u32 = 5;

/// Forks of one INVITE that are told apart. A household has fewer phones; more is a loop upstream.
pub(crate) const FORKS_MAX: usize = 16;

/// Longest Via, From, To, Call-ID, CSeq and Record-Route of one request, together, bytes: they are
/// kept for 32 s. Thirty proxies need about 4,000.
pub(crate) const ECHO_BYTES_MAX: usize = 8 * 1024;
