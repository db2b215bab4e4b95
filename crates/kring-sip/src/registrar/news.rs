//! What a registrar tells: phones that came, went on, and went.

use super::Binding;
use crate::Peer;
use std::{sync::Arc, time::Duration};

/// Why a binding ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gone {
    /// The phone said so.
    Unregistered,
    /// It was not refreshed in time.
    Expired,
    /// The same phone came by another way, or a fresher one needed the room.
    Replaced,
    /// The connection that the phone had opened is lost.
    ConnectionLost,
    /// The phone was removed or disabled.
    Removed,
}

/// Something happened to a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhoneNews {
    /// There is a new way to call it.
    Registered {
        /// The phone's user.
        user: Arc<str>,
        /// The way.
        binding: Box<Binding>,
        /// How many ways there are now.
        live: usize,
    },
    /// A way to call it lasts longer.
    Refreshed {
        /// The phone's user.
        user: Arc<str>,
        /// The way.
        binding: Box<Binding>,
    },
    /// A way to call it is no more.
    Gone {
        /// The phone's user.
        user: Arc<str>,
        /// Which one it was.
        id: u64,
        /// Why.
        why: Gone,
        /// How many ways are left.
        live: usize,
    },
    /// Too many wrong passwords: somebody is not listened to for a while.
    Locked {
        /// The name that was tried last. It may be nobody's.
        user: Box<str>,
        /// From where.
        from: Peer,
        /// For how long.
        locked_for: Duration,
    },
}
