//! An agent's phones are rung for a call: what their INVITEs say, and what is remembered of them.

use super::{Exchange, Output, Party, Role, shielding::is_private_way};
use crate::{
    call::Call,
    command::{AgentProfile, Device},
    doing::Doing,
    limits::{ATTEMPTS_MAX, BRANCHES_MAX},
    offer::{Offer, RungDevice},
    plan::Strategy,
};
use kring_journal::{AgentId, CallId, DeviceEnd, DeviceOut, Fact, Unreached};
use kring_media::SrtpPolicy;
use kring_sip::{Branch, HeaderName, Invitation, LegId, NameAddr, Uri};
use kring_time::Moment;

impl Exchange {
    /// `false`: the agent's phones are nowhere.
    pub(super) fn invite(&mut self, now: Moment, id: CallId, agent: &AgentId) -> bool {
        let profile = self.roster.get(agent).map(|a| a.profile.clone());
        let Some(profile) = profile.filter(|profile| !profile.devices.is_empty()) else {
            return true;
        };
        let Some(call) = self.calls.get(&id) else {
            return true;
        };
        if call.attempts >= ATTEMPTS_MAX {
            return true;
        }
        let plain = call.sound.to_phones.clone();
        let Ways {
            mut branches,
            policies,
            devices,
            nowhere,
        } = self.ways_of(now, call, &profile);
        if branches.is_empty() {
            let why = nowhere.first().map(|(_, why)| *why);
            self.is_nowhere(now, id, agent, why.unwrap_or(Unreached::Unregistered));
            return false;
        }
        let ways = branches.iter_mut().zip(policies);
        // What must be secured and cannot be is no way.
        let shields = ways.map(|(branch, policy)| self.shield_branch(branch, policy, &plain));
        let shields = shields.map(|shield| shield.ok().flatten()).collect();
        let Some(call) = self.calls.get_mut(&id) else {
            return true;
        };
        call.attempts += 1;
        let mut names = devices.iter().map(|device| device.name.clone());
        let fact = Fact::Invited {
            agent: agent.clone(),
            device: names.next().unwrap_or_default(),
            beside: names.collect(),
            hop: u8::try_from(call.hop + 1).unwrap_or(u8::MAX),
            attempt: call.attempts,
        };
        let invitation = Invitation {
            from: call.from.clone(),
            to: NameAddr::new(branches[0].target.clone()),
            branches,
            body: Some(kring_media::write(&plain).into()),
            extra: said_to_phone(id, call),
            max_forwards: call.max_forwards,
        };
        let leg = self.endpoint.invite(now, invitation);
        let last_hop_of_many = call.plan.first_ring(call.hop) == Some(call.clock.limit())
            && call.plan.strategy(call.hop) == Strategy::All;
        call.tried.insert(agent.clone());
        call.offers.push(Offer {
            leg,
            agent: agent.clone(),
            invited: now,
            offered: plain.origin.version,
            shields,
            devices,
            last_ring_only: last_hop_of_many,
            withdrawn: None,
        });
        self.tell_leg(id, leg, Party::Phone(agent.clone()));
        self.legs.insert(leg, Role::Offered(id));
        self.roster.change(agent, |a| a.phone_leg = Some(leg));
        self.record(now, id, fact);
        for (device, why) in nowhere {
            let end = DeviceEnd::Unreached { why, code: 0 };
            let agent = agent.clone();
            self.record(now, id, Fact::DeviceOut(DeviceOut { agent, device, end }));
        }
        self.set_doing(now, agent, Doing::Offered { call: id });
        true
    }

    /// All the branches by which an agent's devices ring, and whose each is.
    fn ways_of(&self, now: Moment, call: &Call, profile: &AgentProfile) -> Ways {
        let mut ways = Ways::default();
        for device in &profile.devices {
            let mut branches = match self.branches_of(now, device) {
                Ok(branches) => branches,
                Err(why) => {
                    ways.nowhere.push((device.name.clone(), why));
                    continue;
                }
            };
            let policy = self.policy_of_device(device);
            if policy == SrtpPolicy::Require {
                branches.retain(is_private_way);
                if branches.is_empty() {
                    ways.nowhere.push((device.name.clone(), Unreached::Failed));
                    continue;
                }
            }
            branches.truncate(BRANCHES_MAX - ways.branches.len());
            let expires = expires_s(now, call, device).to_string();
            for branch in &mut branches {
                branch.extra.push((HeaderName::Expires, expires.clone()));
                if profile.auto_answer {
                    branch.extra.extend(answer_by_itself(&branch.target));
                }
            }
            let behind = self.behind(device, &branches);
            let first = ways.branches.len() as u8;
            ways.policies
                .extend(std::iter::repeat_n(policy, branches.len()));
            ways.branches.append(&mut branches);
            let end = ways.branches.len() as u8;
            if first < end {
                let mut rung = RungDevice::new(now, device, first..end, &call.clock);
                rung.behind = behind;
                ways.devices.push(rung);
            }
        }
        ways
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

/// How the devices of an agent are rung.
#[derive(Default)]
struct Ways {
    branches: Vec<Branch>,
    /// Whether the sound of each of them is secured.
    policies: Vec<SrtpPolicy>,
    devices: Vec<RungDevice>,
    /// Those that cannot be, and why.
    nowhere: Vec<(String, Unreached)>,
}

/// What all phones are told besides who calls: the call's mark, and what the PBX wants passed on.
fn said_to_phone(id: CallId, call: &Call) -> Vec<(HeaderName, String)> {
    let own = [(call_header(), id.to_string())];
    own.into_iter().chain(call.passed.iter().cloned()).collect()
}

/// Asks a phone to answer by itself, in the words of all who make them: there is a standard
/// (RFC 5373), and the phones of the field read the other two.
fn answer_by_itself(target: &Uri) -> [(HeaderName, String); 3] {
    let host = target.host();
    let mode = HeaderName::from_token("Answer-Mode").expect("a token by RFC 3261 section 25.1");
    [
        (HeaderName::CallInfo, format!("<sip:{host}>;answer-after=0")),
        (
            HeaderName::AlertInfo,
            "<http://127.0.0.1>;info=alert-autoanswer;delay=0".to_owned(),
        ),
        (mode, "Auto".to_owned()),
    ]
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
