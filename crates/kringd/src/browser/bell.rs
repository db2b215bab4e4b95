//! Gets the thread out of `epoll_wait`.

use rustix::event::{EventfdFlags, eventfd};
use std::{io, os::fd::OwnedFd, sync::Arc};

/// Clones ring the same bell.
#[derive(Clone, Debug)]
pub(super) struct Bell(Arc<OwnedFd>);

impl Bell {
    pub(super) fn new() -> io::Result<Bell> {
        let fd = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Bell(Arc::new(fd)))
    }

    pub(super) fn fd(&self) -> &OwnedFd {
        &self.0
    }

    pub(super) fn ring(&self) {
        // Refused only when the counter is full: it is readable then anyway.
        let _ = rustix::io::write(&self.0, &1_u64.to_ne_bytes());
    }

    pub(super) fn settle(&self) {
        let _ = rustix::io::read(&self.0, &mut [0_u8; 8]);
    }
}
