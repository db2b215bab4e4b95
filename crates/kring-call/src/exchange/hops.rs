//! Hops: who leaves in the silence before a ring, and who joins at its beginning.

use super::Exchange;
use crate::{call::State, rehearsal::stays};
use kring_journal::{AgentId, CallId, Withdrawal};
use kring_sip::LegId;
use kring_time::Moment;

impl Exchange {
    /// Moves to the next hop when its time has come: leavers in the silence before, joiners at its ring.
    pub(super) fn change_hop(&mut self, now: Moment, id: CallId) {
        loop {
            let Some(call) = self.calls.get_mut(&id).filter(|call| !call.is_for_one()) else {
                return;
            };
            let State::Ringing { leavers_gone } = &mut call.state else {
                return;
            };
            let Some(ring) = call.plan.first_ring(call.hop + 1) else {
                return;
            };
            if !*leavers_gone && call.clock.leavers_at(ring) <= now {
                *leavers_gone = true;
                self.send_leavers(now, id);
            } else if *leavers_gone && call.clock.ring_at(ring) <= now {
                *leavers_gone = false;
                call.hop += 1;
                self.offer_more(now, id);
            } else {
                return;
            }
        }
    }

    /// Who rings no more when the next hop is to begin is told so: see [`stays`].
    fn send_leavers(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let (next, queue) = (call.plan.strategy(call.hop + 1), call.queue);
        let fresh = |id: &AgentId| !call.bars.holds(now, id) && !call.tried.contains(id);
        let another = || !self.roster.candidates(queue, next, 1, fresh).0.is_empty();
        let ringing: Vec<LegId> = call.live_offers().map(|offer| offer.leg).collect();
        for leg in &ringing[stays(next, another, ringing.len())..] {
            self.withdraw(now, id, *leg, Withdrawal::HopEnded);
        }
    }
}
