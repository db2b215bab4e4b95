//! What happens to a leg, and whose concern that is: the role of the leg decides.

use super::{Exchange, Role, withdrawing::LastWord};
use kring_sip::{LegEvent, LegId};
use kring_time::Moment;

impl Exchange {
    /// Every event of every leg comes through here: the role says whose concern it is.
    pub(super) fn leg_event(&mut self, now: Moment, leg: LegId, event: LegEvent) {
        match event {
            LegEvent::Incoming(invite) if invite.replaces.is_some() => {
                self.phone_takes(now, leg, &invite);
                return;
            }
            LegEvent::Incoming(invite) => {
                self.incoming(now, leg, &invite);
                return;
            }
            _ => {}
        }
        let Some(role) = self.legs.get(&leg).cloned() else {
            // A leg that was refused at the door still says goodbye.
            self.endpoint.reject_referral(now, leg, 481);
            return;
        };
        match (role, event) {
            (Role::Caller(call), LegEvent::CallerCancelled { reason }) => {
                self.caller_gave_up(now, call, reason.as_deref());
            }
            (
                Role::Caller(call) | Role::Agent(call) | Role::Third(call),
                LegEvent::Pressed { key, duration_ms },
            ) => {
                self.key_pressed(now, call, leg, (key, duration_ms));
            }
            (
                Role::Caller(call) | Role::Agent(call) | Role::Third(call),
                LegEvent::Confirmed { body },
            ) => {
                self.confirmed(now, call, leg, body);
            }
            (
                Role::Caller(call),
                ref event @ (LegEvent::ReferralAccepted
                | LegEvent::ReferralRefused { .. }
                | LegEvent::ReferralProgress { .. }),
            ) => self.referral_event(now, call, event),
            (Role::Agent(call), LegEvent::Referred { to, replaces, .. }) => {
                self.phone_refers(now, call, leg, (&to, replaces.as_ref()));
            }
            (Role::Second(call), event) => self.second_leg_event(now, call, leg, event),
            // A caller may not send kring anywhere.
            (_, LegEvent::Referred { .. }) => self.endpoint.reject_referral(now, leg, 403),
            (Role::Caller(call), LegEvent::AckMissing) => self.never_confirmed(now, call),
            (Role::Offered(call), event) => self.offered_leg_event(now, call, leg, event),
            (Role::Withdrawn(phone), LegEvent::Accepted { .. }) => {
                self.answered_too_late(now, leg, phone);
            }
            (Role::Withdrawn(_), LegEvent::Progress { code, .. }) => self.sounds_still(leg, code),
            (Role::Withdrawn(phone), LegEvent::Rejected { code, local, .. }) => {
                self.phone_is_silent(now, leg, phone, LastWord::of(code, local));
            }
            (Role::Withdrawn(_), LegEvent::BranchOver { branch, .. }) => {
                self.withdrawn_branch_over(now, leg, branch);
            }
            (Role::Withdrawn(phone), LegEvent::Gone { .. }) => {
                self.phone_is_silent(now, leg, phone, LastWord::Other);
            }
            (Role::Outward(call), event) => self.outward_event(now, call, leg, event),
            (Role::Dropped, LegEvent::Accepted { .. }) => self.dropped_answered(now, leg),
            (Role::Dropped, LegEvent::Rejected { .. } | LegEvent::Gone { .. }) => {
                self.legs.remove(&leg);
            }
            (
                Role::Caller(call) | Role::Agent(call) | Role::Third(call),
                LegEvent::Offer { body, kind },
            ) => {
                self.sound_moves(now, call, leg, &body, kind);
            }
            (
                Role::Caller(call) | Role::Agent(call) | Role::Third(call),
                LegEvent::OfferCancelled,
            ) => {
                self.change_unwanted(call, leg);
            }
            (
                Role::Caller(call) | Role::Agent(call) | Role::Third(call),
                LegEvent::Answer { body },
            ) => {
                self.change_answered(now, call, leg, &body);
            }
            (
                Role::Caller(call) | Role::Agent(call) | Role::Third(call),
                LegEvent::OfferRefused { .. },
            ) => {
                self.change_refused(now, call, leg);
            }
            (
                Role::Caller(call) | Role::Agent(call) | Role::Third(call),
                LegEvent::Refreshed { body },
            ) => {
                self.sound_is_refreshed(call, leg, &body);
            }
            (
                Role::Caller(call) | Role::Agent(call) | Role::Third(call),
                LegEvent::Bye { reason },
            ) => {
                self.hung_up(now, call, leg, "bye", reason.as_deref());
            }
            (Role::Caller(call) | Role::Agent(call) | Role::Third(call), LegEvent::Gone { .. }) => {
                self.hung_up(now, call, leg, "lost", None);
            }
            (
                Role::Closing(agent),
                LegEvent::Gone { .. } | LegEvent::Bye { .. } | LegEvent::Rejected { .. },
            ) => self.leg_is_gone(now, leg, agent),
            // What is left is late, repeated, or of no interest to this role: a fact of networks.
            (_, _) => {}
        }
    }
}
