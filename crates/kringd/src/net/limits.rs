//! Every bound of the sockets, with its reason.

use std::time::Duration;

/// Kernel buffer asked for each UDP socket, bytes: a second of 2,000 messages of 2 KiB, should the
/// exchange be late. The kernel gives less when net.core.rmem_max is smaller.
pub(super) const UDP_BUFFER_BYTES: usize = 4 << 20;

/// The largest datagram that there can be, bytes.
pub(super) const DATAGRAM_BYTES_MAX: usize = 65_535;

/// Datagrams that wait for a socket that takes no more. SIP repeats what is lost, so more are dropped.
pub(super) const UDP_BACKLOG_MAX: usize = 1_024;

/// How long a backlog waits when the socket says that it takes more, and does not.
pub(super) const UDP_AGAIN_AFTER: Duration = Duration::from_millis(2);

/// Senders whose socket of arrival is remembered, when there are several sockets.
pub(super) const ARRIVALS_REMEMBERED_MAX: usize = 8_192;

/// Connections that peers opened, at once. Five hundred phones and their PBXs are a large house.
pub(super) const CONNECTIONS_MAX: usize = 2_048;

/// Of these, those of strangers: the rest is kept free for trunks and phones.
pub(super) const CONNECTIONS_OF_STRANGERS_MAX: usize = 1_024;

/// Connections that one stranger's address may open to us.
pub(super) const CONNECTIONS_PER_ADDRESS_MAX: usize = 64;

/// Connections of one address that we know: a proxy or a router may stand before many phones.
pub(super) const CONNECTIONS_PER_KNOWN_ADDRESS_MAX: usize = 768;

/// All connections at once, with those that we opened.
pub(super) const CONNECTIONS_WITH_OURS_MAX: usize = 4_096;

/// Addresses that are remembered for having been no strangers.
pub(super) const FAMILIAR_ADDRESSES_MAX: usize = 8_192;

/// How long the handshakes of TLS and WebSocket may take.
pub(super) const HANDSHAKE_WITHIN: Duration = Duration::from_secs(5);

/// How often a WebSocket is pinged: routers forget a quiet connection after a minute or less.
pub(super) const WS_PING_EVERY: Duration = Duration::from_secs(25);

/// How long a WebSocket may give no sign of life: three pings.
pub(super) const WS_SILENT_MAX: Duration = Duration::from_secs(80);

/// Differentiated services code point of signalling: CS3 (RFC 4594 §3.2), in the place of the byte.
pub(super) const DSCP: u32 = 24 << 2;

/// Messages that wait to be written to one connection: a peer that is so far behind is cut.
pub(super) const WRITES_WAITING_MAX: usize = 256;

/// Events of all connections that wait for the exchange. When it is full the connections are
/// not read, and TCP slows their senders down.
pub(super) const EVENTS_WAITING_MAX: usize = 1_024;

/// Undeliverable messages not yet reported.
pub(super) const FAILURES_WAITING_MAX: usize = 1_024;

/// Bytes read at once from a connection.
pub(super) const READ_BYTES: usize = 16 * 1024;

/// How long a connection may take to be made. Less than the silence after which the exchange takes
/// a phone for dead, so that it hears of the failure.
pub(super) const CONNECT_WITHIN: Duration = Duration::from_secs(3);

/// How long one message may take to be written: a peer that takes none is cut.
pub(super) const WRITE_WITHIN: Duration = Duration::from_secs(5);

/// How long a connection may be silent in both directions. Longer than a long conversation's pause;
/// a connection that is needed again is opened again.
pub(super) const IDLE_MAX: Duration = Duration::from_hours(1);

/// How long a new connection may take to its first whole message, and any message from its first
/// byte to its last. Strangers who only hold connections are cut.
pub(super) const MESSAGE_WITHIN: Duration = Duration::from_secs(10);

/// How long no connection is accepted when the process has no file descriptor left.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Connections in the kernel's queue before they are accepted.
pub(super) const LISTEN_BACKLOG: i32 = 256;

/// How long a name may take to its targets, all questions together. A call waits for it.
pub(super) const NAME_WITHIN: Duration = Duration::from_secs(2);

/// How long one question to a name server may take before it is asked once more.
pub(super) const NAME_QUERY_WITHIN: Duration = Duration::from_millis(500);

/// How long an answer is kept at least, whatever its records say: 100 calls a second must not be
/// 100 questions a second.
pub(super) const NAME_KEPT_MIN: Duration = Duration::from_secs(5);

/// How long an answer is kept at most: whoever moves a PBX waits no longer.
pub(super) const NAME_KEPT_MAX: Duration = Duration::from_hours(1);

/// How long an answer without a time to live is kept: one of the machine's own resolver.
pub(super) const NAME_OF_SYSTEM_KEPT: Duration = Duration::from_mins(1);

/// How long an answer is used after its time when no name server answers (RFC 8767 §5 says days).
pub(super) const NAME_STALE_MAX: Duration = Duration::from_hours(24);

/// Names whose targets are kept: trunks, and the hosts of phones.
pub(super) const NAMES_KEPT_MAX: usize = 1_024;

/// Addresses of one name that are used. A host has a few.
pub(super) const ADDRESSES_OF_NAME_MAX: usize = 8;

/// NAPTR or SRV records of one name that are followed.
pub(super) const SERVICES_OF_NAME_MAX: usize = 8;

/// Targets in one answer: nobody waits for more failures.
pub(super) const TARGETS_MAX: usize = 16;
