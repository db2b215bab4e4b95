//! One phone is rung for a call: what its INVITE says, and what is remembered of it.

use super::{Exchange, Output, Party, Role};
use crate::{
    call::{Call, Offer},
    command::Device,
    doing::Doing,
    limits::ATTEMPTS_MAX,
    plan::Strategy,
};
use kring_journal::{AgentId, CallId, Fact};
use kring_sip::{HeaderName, Invitation, LegId, NameAddr};
use kring_time::Moment;

impl Exchange {
    /// `false`: the agent's phone is nowhere.
    pub(super) fn invite(&mut self, now: Moment, id: CallId, agent: &AgentId) -> bool {
        let device = self
            .roster
            .get(agent)
            .and_then(|a| a.profile.device.clone());
        let Some(device) = device else {
            return true;
        };
        let (branches, login) = match self.branches_of(now, &device) {
            Ok(ways) => ways,
            Err(why) => {
                self.is_nowhere(now, id, agent, why);
                return false;
            }
        };
        let Some(call) = self.calls.get_mut(&id) else {
            return true;
        };
        if call.attempts >= ATTEMPTS_MAX {
            return true;
        }
        call.attempts += 1;
        let fact = Fact::Invited {
            agent: agent.clone(),
            device: device.name.clone(),
            hop: u8::try_from(call.hop + 1).unwrap_or(u8::MAX),
            attempt: call.attempts,
        };
        let invitation = Invitation {
            from: call.from.clone(),
            to: NameAddr::new(branches[0].target.clone()),
            branches,
            body: Some(kring_media::write(&call.sound.to_phones).into()),
            extra: said_to_phone(now, id, call, &device),
            max_forwards: call.max_forwards,
            login,
        };
        let leg = self.endpoint.invite(now, invitation);
        let last_hop_of_many = call.plan.first_ring(call.hop) == Some(call.clock.limit())
            && call.plan.strategy(call.hop) == Strategy::All;
        call.tried.push(agent.clone());
        call.offers.push(Offer {
            leg,
            agent: agent.clone(),
            invited: now,
            silent_by: call.clock.silent_by(now, device.ring_period),
            own_period: device.ring_period,
            heard: false,
            alerting: false,
            last_ring_only: last_hop_of_many,
            withdrawn: None,
        });
        self.tell_leg(id, leg, Party::Phone(agent.clone()));
        self.legs.insert(leg, Role::Offered(id));
        self.roster.change(agent, |a| a.phone_leg = Some(leg));
        self.record(now, id, fact);
        self.set_doing(now, agent, Doing::Offered { call: id });
        true
    }

    /// Tells those who watch whose messages a leg's are.
    pub(super) fn tell_leg(&mut self, call: CallId, leg: LegId, party: Party) {
        if let Some(sip_call_id) = self.endpoint.call_id(leg) {
            self.outputs.push_back(Output::Belongs {
                call,
                sip_call_id: sip_call_id.to_owned(),
                party,
            });
        }
    }
}

/// What the phone is told besides who calls: the call's mark, how long it may ring, and what the PBX
/// wants passed on.
fn said_to_phone(
    now: Moment,
    id: CallId,
    call: &Call,
    device: &Device,
) -> Vec<(HeaderName, String)> {
    let expires = expires_s(now, call, device).to_string();
    let own = [
        (call_header(), id.to_string()),
        (HeaderName::Expires, expires),
    ];
    own.into_iter().chain(call.passed.iter().cloned()).collect()
}

/// How long the phone may ring at most, whole seconds: a phone whose every answer is lost cannot be told
/// to stop (RFC 3261 section 9.1 lets no CANCEL overtake the first answer), but it can stop by itself
/// (section 13.2.1).
fn expires_s(now: Moment, call: &Call, device: &Device) -> u64 {
    let left = call.clock.deadline().since(now);
    let own = device
        .ring_period
        .map(|period| period * u32::from(call.clock.limit()));
    let left = own.map_or(left, |own| own.min(left));
    left.as_millis().div_ceil(1_000).max(1) as u64
}

/// Names the call to the phone and to whoever reads a trace.
pub(super) fn call_header() -> HeaderName {
    HeaderName::from_token("X-Kring-Call").expect("a token by RFC 3261 section 25.1")
}
