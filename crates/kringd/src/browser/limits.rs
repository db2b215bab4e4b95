//! Every bound of phones in browsers, with its reason.

use std::time::Duration;

/// Wishes of pages that wait for the thread: each agent has one page that matters.
pub(super) const ORDERS_WAITING_MAX: usize = 1_024;

/// Legs at once. One costs 50 packets each way in a second.
pub(super) const LEGS_MAX: usize = 1_024;

/// Offers that one agent may make within [`OFFERS_WITHIN`]: a page that reloads in a loop must not keep the thread busy
/// with handshakes.
pub(super) const OFFERS_MAX: usize = 10;
/// See [`OFFERS_MAX`].
pub(super) const OFFERS_WITHIN: Duration = Duration::from_secs(10);

/// Longest offer, bytes: Firefox with every codec stays below 8 KiB.
pub(super) const OFFER_BYTES_MAX: usize = 16 * 1_024;

/// Addresses of one leg: a browser tries each of its own, and moves when the network changes.
pub(super) const ADDRESSES_OF_LEG_MAX: usize = 16;

/// Ready sockets taken from one `epoll_wait`.
pub(super) const EVENTS_MAX: usize = 256;

/// Packets read from one socket in one turn, so that no socket starves another.
pub(super) const BURST_MAX: usize = 64;

/// The longest datagram read: sound is 200 bytes, a handshake fits the MTU, SIP of kring's own 8 KiB.
pub(super) const BUFFER: usize = 65_536;

/// What the kernel may keep for the one socket of all browsers, bytes: a second of 500 legs.
pub(super) const BROWSERS_BACKLOG: usize = 4 << 20;

/// The same for the sound of one call from kring.
pub(super) const SOUND_BACKLOG: usize = 64 * 1_024;

/// Tries to find an even port with its odd neighbour.
pub(super) const PAIR_TRIES: usize = 64;

/// How often it is looked whether a leg is silent.
pub(super) const SWEEP_EVERY: Duration = Duration::from_millis(250);

/// In a call a browser that has its microphone sends every 20 ms.
pub(super) const SOUND_SILENT: Duration = Duration::from_secs(3);

/// Without one it asks every 2.5 s (Chromium) or 5 s (Firefox) whether kring is there (RFC 7675 §5.1).
pub(super) const LEG_SILENT: Duration = Duration::from_secs(15);

/// After so long nobody comes back by this leg.
pub(super) const LEG_GONE: Duration = Duration::from_secs(60);

/// A leg whose page's socket is gone is not rung any more after so long, unless something still comes by it.
pub(super) const PAGE_GONE: Duration = Duration::from_secs(3);

/// How long a leg may live on without the socket of a page that is signed in, and without a call.
pub(super) const ORPHAN_MAX: Duration = Duration::from_secs(60);

/// A leg that is not set up by then never will be.
pub(super) const SET_UP_WITHIN: Duration = Duration::from_secs(20);

/// How often figures of the sound are told, to the page and to kring's relay.
pub(super) const FIGURES_EVERY: Duration = Duration::from_secs(5);
