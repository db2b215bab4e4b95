//! Notices on their way out. Telling never waits, and what ends a call or frees a port is never
//! lost, however long the other side does not listen.

use super::limits::NOTICES_WAITING_MAX;
use kring_media::MediaNotice;
use std::collections::VecDeque;
use tokio::sync::mpsc::{Sender, error::TrySendError};

pub(crate) struct Outbox {
    to: Sender<MediaNotice>,
    waiting: VecDeque<MediaNotice>,
}

impl Outbox {
    pub(crate) fn new(to: Sender<MediaNotice>) -> Outbox {
        Outbox {
            to,
            waiting: VecDeque::new(),
        }
    }

    pub(crate) fn tell(&mut self, notice: MediaNotice) {
        let passing = matches!(
            notice,
            MediaNotice::Flowing { .. }
                | MediaNotice::Silent { .. }
                | MediaNotice::Pressed { .. }
                | MediaNotice::Quality { .. }
        );
        if passing && self.waiting.len() >= NOTICES_WAITING_MAX {
            return;
        }
        self.waiting.push_back(notice);
        self.flush();
    }

    /// Tries what waits, in order.
    pub(crate) fn flush(&mut self) {
        while let Some(notice) = self.waiting.pop_front() {
            match self.to.try_send(notice) {
                Ok(()) => {}
                Err(TrySendError::Full(notice)) => {
                    self.waiting.push_front(notice);
                    return;
                }
                // Nobody will ever listen again: the process is ending.
                Err(TrySendError::Closed(_)) => self.waiting.clear(),
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}
