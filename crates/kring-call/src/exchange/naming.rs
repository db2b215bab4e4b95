//! Names of what begins: calls and transfers. Their chance comes from the seed, so that the same seed and
//! inputs give the same journal.

use super::Exchange;
use kring_journal::{CallId, MonitorId, TransferId};
use kring_time::Moment;
use rand::RngCore;

impl Exchange {
    /// Names a call that begins now.
    pub(super) fn new_call_id(&mut self, now: Moment) -> CallId {
        let wall_ms = self.wall_ms(now);
        CallId::new(wall_ms, self.chance_u128())
    }

    /// Names a transfer that begins now.
    pub(super) fn new_transfer_id(&mut self, now: Moment) -> TransferId {
        let wall_ms = self.wall_ms(now);
        TransferId::new(wall_ms, self.chance_u128())
    }

    /// Names a supervisor's hearing of a call that begins now.
    pub(super) fn new_monitor_id(&mut self, now: Moment) -> MonitorId {
        let wall_ms = self.wall_ms(now);
        MonitorId::new(wall_ms, self.chance_u128())
    }

    fn wall_ms(&self, now: Moment) -> u64 {
        self.config.wall_at_boot_ms + now.as_micros() / 1_000
    }

    pub(super) fn chance_u128(&mut self) -> u128 {
        (u128::from(self.chance.next_u64()) << 64) | u128::from(self.chance.next_u64())
    }
}
