//! Every bound of the media threads, with its reason.

use std::time::Duration;

/// Most relaying threads: more cores than that have other work.
pub(super) const THREADS_MAX: usize = 64;

/// A thread gets this many calls before the next one gets any: 40,000 packets a second, a tenth of a core. A thread that has
/// more to do is woken less often for each packet, and one that has nothing costs nothing.
pub(super) const CALLS_FIRST: usize = 400;

/// How long used ports wait for late packets before another call gets them.
pub(super) const PORTS_REST: Duration = Duration::from_secs(5);

/// Orders that wait for one relaying thread. A call gives about five, a transfer as many more; a thread that is 400 calls
/// behind is stuck.
pub(super) const ORDERS_WAITING_MAX: usize = 4_096;

/// `Reserve` orders that wait beside the resting ports.
pub(super) const RESERVES_WAITING_MAX: usize = 64;

/// Notices of flow, silence and keys that wait for a full channel before the next ones are let go.
/// Those that end something are always kept: there is at most one for each call or pair.
pub(super) const NOTICES_WAITING_MAX: usize = 1_024;

/// Ready sockets taken from one `epoll_wait`: 500 calls have 1,000 packets in 20 ms, so this is
/// already 5 ms of delay.
pub(super) const EVENTS_MAX: usize = 256;

/// Packets left by an earlier call that are thrown away when a pair is used again.
pub(super) const STALE_PACKETS_MAX: usize = 256;

/// The longest packet read, one byte more than the longest taken, so that a longer one is seen
/// to be so.
pub(super) const BUFFER: usize = kring_media::limits::PACKET_MAX + 1;

/// What the kernel may keep for one RTP socket, bytes (it reserves twice as much): some 340 packets, so that honest ones among
/// 20,000 a second of somebody else's are lost only if the thread gets no core for 17 ms.
pub(super) const RTP_BACKLOG: usize = 128 * 1024;

/// How long packets may gather: a fifth of the millisecond of delay that is allowed. The kernel's timers add 50 µs.
pub(super) const GATHER: Duration = Duration::from_micros(150);

/// So many must come in that time for it to be worth a timer of the kernel's.
pub(super) const GATHERED_MIN: u128 = 3;

/// Over how long the pace is taken.
pub(super) const PACE_OVER: Duration = Duration::from_millis(5);

/// The same for RTCP, which comes every few seconds.
pub(super) const RTCP_BACKLOG: usize = 8 * 1024;

/// How often all relays are asked whether somebody is silent: an answer late by so much matters
/// to nobody, and a thousand relays are asked in 20 µs.
pub(super) const SWEEP_EVERY: Duration = Duration::from_millis(100);

/// How often a full channel of notices is tried again where there are no calls.
pub(super) const RETELL_EVERY: Duration = Duration::from_millis(50);

/// Most pairs told in one notice.
pub(super) const PAIRS_TOLD_MAX: usize = 256;
