//! A call's recording begins, pauses and ends at the relaying thread: where its packets are tapped.

use super::{super::call::Call, Worker};
use crate::recording::{Tap, Tapped};
use kring_media::{MediaNotice, NotRecorded, Recording, SessionId};
use kring_time::Moment;

impl Worker {
    pub(super) fn record(&mut self, now: Moment, session: SessionId, what: Recording) {
        let slot = self.slots.get(&session).copied();
        let call = slot.and_then(|slot| self.calls.get_mut(slot)?.as_deref_mut());
        let begun = match (what, call, &self.tap) {
            (Recording::Begin { name }, Some(call), Some(tap)) => {
                let begun = tap.begin(session, now, name);
                call.tapped = begun.then(|| (session, Tapped::default()));
                begun
            }
            (Recording::Begin { .. }, _, _) => false,
            (what, Some(call), Some(tap)) => {
                turn(now, tap, call, &what);
                true
            }
            _ => true,
        };
        if !begun {
            self.outbox.tell(MediaNotice::Recorded {
                session,
                file: None,
                why: Some(NotRecorded::Disk),
            });
        }
    }
}

/// A call's recording is paused, goes on or ends.
pub(super) fn turn(now: Moment, tap: &Tap, call: &mut Call, what: &Recording) {
    let Some((session, tapped)) = &mut call.tapped else {
        return;
    };
    match what {
        Recording::Begin { .. } => {}
        Recording::Pause => tap.pause(*session, now, tapped),
        Recording::Resume => tap.resume(*session, now, tapped),
        Recording::End => {
            tap.end(*session, now, *tapped);
            call.tapped = None;
        }
    }
}
