//! A steady beat that a thread finds among its ready sockets.
//!
//! A time limit on `epoll_wait` would set and clear a timer of the kernel at every packet, which
//! on a virtual machine costs more than the packet.

use super::limits::SWEEP_EVERY;
use kring_media::FRAME_LENGTH;
use rustix::{
    io::Errno,
    time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    },
};
use std::{
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    time::Duration,
};

/// Beats as fast as it is wanted.
pub(super) struct Metronome {
    timer: OwnedFd,
    beat: Beat,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Beat {
    /// Not at all.
    Still,
    /// Every [`SWEEP_EVERY`]: there are calls.
    Sweeps,
    /// Every [`FRAME_LENGTH`]: somebody is spoken to.
    Frames,
}

impl Metronome {
    pub(super) fn new() -> Result<Metronome, Errno> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        Ok(Metronome {
            timer,
            beat: Beat::Still,
        })
    }

    /// Begins or ends the beat; nothing is done when it is so already.
    pub(super) fn set(&mut self, beat: Beat) {
        if self.beat == beat {
            return;
        }
        let length = match beat {
            Beat::Still => Duration::ZERO,
            Beat::Sweeps => SWEEP_EVERY,
            Beat::Frames => FRAME_LENGTH,
        };
        let length = Timespec {
            tv_sec: length.as_secs() as i64,
            tv_nsec: i64::from(length.subsec_nanos()),
        };
        let every = Itimerspec {
            it_interval: length,
            it_value: length,
        };
        match timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &every) {
            Ok(_) => self.beat = beat,
            Err(refused) => {
                tracing::error!(%refused, "calls will neither be spoken to nor will their silence be noticed")
            }
        }
    }

    /// Hears the beat, so that the timer is not ready any more.
    pub(super) fn hear(&self) {
        let _ = rustix::io::read(&self.timer, &mut [0_u8; 8]);
    }
}

impl AsFd for Metronome {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.timer.as_fd()
    }
}
