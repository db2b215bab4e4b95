//! What happens to a leg, and whose concern that is: the role of the leg decides.

use super::{Exchange, Role, withdrawing::LastWord};
use kring_journal::CallId;
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
        match role {
            Role::Caller(call) => self.caller_event(now, call, leg, event),
            Role::Agent(call) => match event {
                LegEvent::Referred { to, replaces, .. } => {
                    self.phone_refers(now, call, leg, (&to, replaces.as_ref()));
                }
                event => self.talking_event(now, call, leg, event),
            },
            Role::Third(call) => self.talking_event(now, call, leg, event),
            Role::Second(call) => self.second_leg_event(now, call, leg, event),
            Role::Offered(call) => self.offered_leg_event(now, call, leg, event),
            Role::Outward(call) => self.outward_event(now, call, leg, event),
            Role::Withdrawn(phone) => match event {
                LegEvent::Accepted { .. } => self.answered_too_late(now, leg, phone),
                LegEvent::Progress { code, .. } => self.sounds_still(leg, code),
                LegEvent::Rejected { code, local, .. } => {
                    self.phone_is_silent(now, leg, phone, LastWord::of(code, local));
                }
                LegEvent::BranchOver { branch, .. } => self.withdrawn_branch_over(now, leg, branch),
                LegEvent::Gone { .. } => self.phone_is_silent(now, leg, phone, LastWord::Other),
                _ => {}
            },
            Role::Monitor(call) => self.monitor_event(now, call, leg, event),
            Role::Dropped(agent) => match event {
                LegEvent::Accepted { .. } => self.dropped_answered(now, leg, agent),
                LegEvent::Rejected { .. } | LegEvent::Gone { .. } => {
                    self.leg_is_gone(now, leg, agent);
                }
                _ => {}
            },
            Role::Closing(agent) => match event {
                LegEvent::Gone { .. } | LegEvent::Bye { .. } | LegEvent::Rejected { .. } => {
                    self.leg_is_gone(now, leg, agent);
                }
                _ => {}
            },
        }
    }

    /// What only a caller's leg may do, and what any may.
    fn caller_event(&mut self, now: Moment, call: CallId, leg: LegId, event: LegEvent) {
        match event {
            LegEvent::CallerCancelled { reason } => {
                self.caller_gave_up(now, call, reason.as_deref());
            }
            LegEvent::AckMissing => self.never_confirmed(now, call),
            LegEvent::ReferralAccepted
            | LegEvent::ReferralRefused { .. }
            | LegEvent::ReferralProgress { .. } => self.referral_event(now, call, &event),
            event => self.talking_event(now, call, leg, event),
        }
    }

    /// What happens to a leg of somebody who talks, or hears kring.
    fn talking_event(&mut self, now: Moment, call: CallId, leg: LegId, event: LegEvent) {
        match event {
            LegEvent::Pressed { key, duration_ms } => {
                self.key_pressed(now, call, leg, (key, duration_ms));
            }
            LegEvent::Confirmed { body } => self.confirmed(now, call, leg, body),
            LegEvent::Offer { body, kind } => self.sound_moves(now, call, leg, &body, kind),
            LegEvent::OfferCancelled => self.change_unwanted(call, leg),
            LegEvent::Answer { body } => self.change_answered(now, call, leg, &body),
            LegEvent::OfferRefused { .. } => self.change_refused(now, call, leg),
            LegEvent::Refreshed { body } => self.sound_is_refreshed(call, leg, &body),
            LegEvent::Bye { reason } => self.hung_up(now, call, leg, "bye", reason.as_deref()),
            LegEvent::Gone { .. } => self.hung_up(now, call, leg, "lost", None),
            // Only an agent's phone may send kring anywhere.
            LegEvent::Referred { .. } => self.endpoint.reject_referral(now, leg, 403),
            // What is left is late, repeated, or of no interest to this role: a fact of networks.
            _ => {}
        }
    }
}
