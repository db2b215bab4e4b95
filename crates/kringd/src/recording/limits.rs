//! Every bound of recordings, with its reason.

use std::time::Duration;

/// Sound between one relaying thread and the writer, bytes. Five hundred calls make 10 MB a second, and a disk
/// that stands still for a second is a bad one.
pub(super) const RING: usize = 8 * 1024 * 1024;

/// The longest packet that is recorded, bytes: 120 ms of G.711 with its header.
pub(super) const PACKET_MAX: usize = 1_024;

/// Turns (begin, pause, resume, end) that wait for the writer: it looks 20 times a second.
pub(super) const TURNS_WAITING_MAX: usize = 4_096;

/// How often the writer looks while anything is recorded. Without, it sleeps.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Events that wait to be written down.
pub(crate) const EVENTS_WAITING_MAX: usize = 4_096;

/// The piece in which a recording is handed out, bytes: what one look into the file gives.
pub(super) const PIECE: usize = 64 * 1024;

/// How often what is too old, or nobody's, is looked for.
pub(super) const SWEEP_EVERY: Duration = Duration::from_mins(10);
