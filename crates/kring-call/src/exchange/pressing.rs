//! Keys that a side presses: where each of them goes.
//!
//! A key pressed while kring speaks to the caller is meant for kring; any other is meant for the other side.
//! Neither journal nor log is told which key it was: it may be part of a secret.

use super::Exchange;
use kring_journal::CallId;
use kring_media::{MediaOrder, SessionId, Side};
use kring_sip::LegId;
use kring_time::Moment;

impl Exchange {
    /// A key that came by INFO.
    pub(super) fn key_pressed(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        (key, duration_ms): (char, u32),
    ) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let side = call.side_of(leg);
        if side == Side::Caller && self.is_kept(id) {
            self.caller_pressed(now, id, key);
            return;
        }
        let Some(other) = call.talks_with(side) else {
            return;
        };
        let listener = call.sound.theirs(other);
        let known = listener.and_then(|listener| listener.telephone_event);
        if let Some(payload_type) = known {
            let session = call.sound.session;
            self.order(MediaOrder::Press {
                session,
                side,
                key,
                duration_ms,
                payload_type,
            });
        }
    }

    /// A key that came with the sound of a side to whom kring speaks.
    pub(super) fn key_heard(&mut self, now: Moment, session: SessionId, side: Side, key: char) {
        let call = self.sessions.get(&session).copied();
        if let Some(id) = call.filter(|id| side == Side::Caller && self.is_kept(*id)) {
            self.caller_pressed(now, id, key);
        }
    }
}
