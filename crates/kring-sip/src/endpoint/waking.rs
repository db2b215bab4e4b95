//! What a leg does when its time has come: it gives up, repeats its 2xx, refreshes its session or ends
//! it.

use super::{
    Endpoint,
    effect::{LegEvent, LegId},
    leg::{Ack, Awaited, Leg},
    session_timer::{Rings, SessionTimer},
};
use crate::{Method, transaction::Woken};
use kring_time::Moment;

impl Endpoint {
    pub(super) fn leg_woken(&mut self, now: Moment, leg: LegId) {
        match self.legs.get(leg) {
            Some(Leg::Calling(_)) => self.calling_woken(now, leg),
            Some(Leg::Established(_)) => self.established_woken(now, leg),
            Some(Leg::Called(_)) => self.called_woken(now, leg),
            Some(Leg::Left(_)) => self.left_woken(now, leg),
            Some(Leg::Leaving(_)) | None => {}
        }
    }

    fn established_woken(&mut self, now: Moment, leg: LegId) {
        self.success_woken(now, leg);
        self.referrals_woken(now, leg);
        let rings = self.change_established(leg, |established| {
            let rings = established
                .timer
                .as_mut()
                .map_or(Rings::Nothing, |timer| SessionTimer::wake(timer, now));
            if rings == Rings::Refresh {
                established.changes.refresh(now);
            }
            rings
        });
        match rings {
            Some(Rings::End) => self.lose(now, leg, 408, "Session timer expired"),
            Some(Rings::Refresh | Rings::Nothing) => self.begin_change(now, leg),
            None => {}
        }
    }

    /// A 2xx without ACK (RFC 3261 §13.3.1.4).
    fn success_woken(&mut self, now: Moment, leg: LegId) {
        let longest = self.timers.t2;
        let woken = self.change_established(leg, |established| match &mut established.ack {
            Ack::Awaited(awaited) => Some((awaited.to, awaited.success.wake(now, longest))),
            _ => None,
        });
        match woken.flatten() {
            Some((to, Woken::Again(bytes))) => self.repeat(to, bytes, Method::Invite),
            Some((_, Woken::TimedOut)) => {
                let ack = self.change_established(leg, |established| {
                    std::mem::replace(&mut established.ack, Ack::Missing)
                });
                match ack {
                    Some(Ack::Awaited(Awaited { bye: Some(bye), .. })) => {
                        self.send_bye(now, leg, bye.reason);
                    }
                    _ => self.tell(leg, LegEvent::AckMissing),
                }
            }
            Some((_, Woken::Over | Woken::Early)) | None => {}
        }
    }
}
