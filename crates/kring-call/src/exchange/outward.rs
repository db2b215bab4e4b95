//! Legs that kring dials itself: to an extension of the PBX for a caller, or to a citizen.
//!
//! One leg rings at a time and for a bounded time; whoever lifts too late is told so by BYE. That somebody
//! is not there is no reason to let anybody else go (invariant I7).

use super::{Exchange, Party, Role, inviting::call_header, placing::Over};
use crate::{
    call::{Call, State},
    outward::Outward,
    trunk::Trunk,
};
use bytes::Bytes;
use kring_journal::{AgentId, CallId, Dialling, Fact, Unreached};
use kring_media::{AudioDescription, Side};
use kring_sip::{Branch, HeaderName, Invitation, LegEvent, LegId, NameAddr, Reason};
use kring_time::Moment;
use std::time::Duration;

/// What is dialled.
pub(super) struct Wanted<'a> {
    /// The number, as the PBX is asked for it.
    pub(super) number: &'a str,
    /// The trunk by which it is dialled.
    pub(super) trunk: usize,
    /// Who calls.
    pub(super) from: NameAddr,
    /// The plain offer.
    pub(super) offer: AudioDescription,
    /// How long it may ring.
    pub(super) patience: Duration,
    /// What a fact may say of it: an extension, never a citizen's number.
    pub(super) told: Option<String>,
    /// Further headers.
    pub(super) extra: Vec<(HeaderName, String)>,
}

impl Exchange {
    /// The trunk by which kring dials: the one that brought the call if it can be dialled by, else the
    /// first that can.
    pub(super) fn outward_trunk(&self, preferred: usize) -> Option<usize> {
        let trunks = &self.config.trunks;
        let has_address = |trunk: &Trunk| trunk.line.uri.is_some();
        if trunks.get(preferred).is_some_and(has_address) {
            return Some(preferred);
        }
        trunks.iter().position(has_address)
    }

    /// INVITE to a number of a trunk. None: it has no address.
    pub(super) fn dial(&mut self, now: Moment, id: CallId, wanted: Wanted<'_>) -> Option<Outward> {
        let mut branch = self.branch_by(wanted.trunk, wanted.number)?;
        let policy = self.config.trunks[wanted.trunk].srtp;
        let policy = policy.unwrap_or(self.config.srtp);
        let shield = self
            .shield_branch(&mut branch, policy, &wanted.offer)
            .ok()?;
        let call = self.calls.get(&id)?;
        let mut own = wanted.extra;
        if !own.iter().any(|(name, _)| *name == call_header()) {
            own.push((call_header(), id.to_string()));
        }
        // Rounded up: whoever lifts in the last moment is not sent away by a timer of seconds.
        let expires = wanted.patience.as_millis().div_ceil(1_000);
        own.push((HeaderName::Expires, expires.to_string()));
        let invitation = Invitation {
            from: wanted.from,
            to: NameAddr::new(branch.target.clone()),
            branches: vec![branch],
            body: Some(kring_media::write(&wanted.offer).into()),
            extra: own.into_iter().chain(call.passed.iter().cloned()).collect(),
            max_forwards: call.max_forwards,
        };
        let trunk = self.config.trunks[wanted.trunk].name.clone();
        let leg = self.endpoint.invite(now, invitation);
        let party = match &wanted.told {
            Some(extension) => Party::Dialled(extension.clone()),
            None => Party::Caller(trunk.clone()),
        };
        self.tell_leg(id, leg, party);
        self.legs.insert(leg, Role::Outward(id));
        let to = wanted.told;
        let dialling = Dialling {
            to: to.clone(),
            trunk,
            sip_call_id: self.endpoint.call_id(leg).map(str::to_owned),
        };
        self.record(now, id, Fact::Dialled(dialling));
        Some(Outward {
            leg,
            to,
            until: now + wanted.patience,
            heard: false,
            told: 0,
            shield,
        })
    }

    /// A number behind a PBX, with the addresses that answer in front.
    pub(super) fn branch_by(&self, trunk: usize, number: &str) -> Option<Branch> {
        let line = &self.config.trunks[trunk].line;
        let mut target = line.uri.clone()?;
        target.set_user(Some(number));
        let row = self.lines.row(trunk);
        let mut peers = line.peers.clone();
        peers.sort_by_key(|peer| row.is_down(peer));
        let account = row.account();
        let route = account.map(|(account, _)| self.endpoint.service_route(account).to_vec());
        Some(Branch {
            target,
            route: route.unwrap_or_default(),
            peers,
            keeps_way: false,
            login: account.map(|(_, login)| login),
            extra: Vec::new(),
            offer: None,
        })
    }

    /// What happens to a leg that kring dials.
    pub(super) fn outward_event(&mut self, now: Moment, id: CallId, leg: LegId, event: LegEvent) {
        match event {
            LegEvent::Progress { code, .. } => self.outward_progress(now, id, leg, code),
            LegEvent::Accepted { body, .. } => self.outward_answered(now, id, leg, body.as_ref()),
            LegEvent::Rejected { code, local, .. } => {
                self.outward_refused(now, id, leg, (code, local));
            }
            // Before the answer there is nothing else.
            _ => {}
        }
    }

    /// Something came back from whom kring dialled.
    fn outward_progress(&mut self, now: Moment, id: CallId, leg: LegId, code: u16) {
        if let Some(outward) = self.calls.get_mut(&id).and_then(|call| call.outward_mut())
            && outward.leg == leg
        {
            outward.heard = true;
            if self.is_transferring(id) {
                self.third_progress(now, id, code);
            }
        }
    }

    /// Whom kring dialled has lifted.
    fn outward_answered(&mut self, now: Moment, id: CallId, leg: LegId, body: Option<&Bytes>) {
        self.endpoint.acknowledge(now, leg, None);
        let answer = body.and_then(|sdp| self.outward_answer(id, sdp));
        let fits = answer.filter(|answer| self.fits_other_side(id, answer));
        let Some(answer) = fits else {
            let reason = Reason::sip(488, "No codec in common");
            self.endpoint.bye(now, leg, Some(reason));
            self.legs.insert(leg, Role::Closing(None));
            self.outward_failed(now, id, (Unreached::Failed, 488));
            return;
        };
        if self.is_overflowing(id) {
            self.connect_target(now, id, answer);
        } else if self.is_transferring(id) {
            self.third_answered(now, id, leg, answer);
        } else {
            self.citizen_reached(now, id, leg, answer);
        }
        self.reschedule(id);
    }

    /// What whoever was dialled says of their sound, which is then the answer to what they were offered.
    fn outward_answer(&mut self, id: CallId, sdp: &[u8]) -> Option<AudioDescription> {
        let call = self.calls.get_mut(&id)?;
        let side = match &call.state {
            State::Reaching { .. } => Side::Caller,
            State::Transferring(_) => Side::Third,
            _ => Side::Agent,
        };
        let shield = call.outward_mut()?.shield.clone();
        let said = call.sound.said_to(side)?;
        let answer = match &shield {
            Some(shield) => kring_media::read_answer(&said.shielded(shield), Some(shield), sdp),
            None => kring_media::read(sdp),
        };
        let answer = answer.ok()?;
        call.sound.was_offered(side, shield, &answer);
        Some(answer)
    }

    /// Whom kring dialled does not want to, or is not there.
    fn outward_refused(&mut self, now: Moment, id: CallId, leg: LegId, (code, local): (u16, bool)) {
        self.legs.remove(&leg);
        let why = super::devices::unreached(code, local);
        let shown = if local { 0 } else { code };
        self.outward_failed(now, id, (why, shown));
        self.reschedule(id);
    }

    /// Whom kring dialled has been rung as long as may be.
    pub(super) fn outward_overdue(&mut self, now: Moment, id: CallId) {
        let outward = self.calls.get_mut(&id).and_then(|call| call.outward_mut());
        let Some(outward) = outward.filter(|outward| outward.until <= now) else {
            return;
        };
        let (leg, heard) = (outward.leg, outward.heard);
        self.drop_leg(now, leg, Reason::sip(408, "No answer"));
        let why = if heard {
            Unreached::NoAnswer
        } else {
            Unreached::Silent
        };
        self.outward_failed(now, id, (why, 0));
    }

    /// Whether the caller is on the way to somebody else.
    pub(super) fn is_transferring(&self, id: CallId) -> bool {
        self.calls
            .get(&id)
            .is_some_and(|call| call.transfer().is_some())
    }

    fn outward_failed(&mut self, now: Moment, id: CallId, why: (Unreached, u16)) {
        if self.is_overflowing(id) {
            self.target_missed(now, id, why);
        } else if self.is_transferring(id) {
            self.third_missed(now, id, why);
        } else if self.is_reaching(id) {
            self.placed_over(now, id, Over::Missed(why.0, why.1));
        }
    }

    /// Nobody waits for this leg any more: CANCEL, and BYE if somebody lifts all the same.
    pub(super) fn drop_leg(&mut self, now: Moment, leg: LegId, reason: Reason) {
        self.endpoint.cancel(now, leg, reason);
        self.legs.insert(leg, Role::Dropped(None));
    }

    /// Somebody has lifted for whom nobody waits any more.
    pub(super) fn dropped_answered(&mut self, now: Moment, leg: LegId, agent: Option<AgentId>) {
        self.endpoint.acknowledge(now, leg, None);
        let reason = Reason::sip(487, "Nobody waits any more");
        self.endpoint.bye(now, leg, Some(reason));
        self.legs.insert(leg, Role::Closing(agent));
    }

    /// The call goes on or ends without whom kring dials for it.
    pub(super) fn drop_outward(&mut self, now: Moment, call: &Call, reason: Reason) {
        let outward = match &call.state {
            State::Overflowing { outward, .. } => Some(outward),
            State::Reaching { outward, .. } => outward.as_ref(),
            _ => None,
        };
        // Whoever is gone already needs no CANCEL.
        let leg = outward.map(|outward| outward.leg);
        let leg = leg.filter(|leg| matches!(self.legs.get(leg), Some(Role::Outward(_))));
        if let Some(leg) = leg {
            self.drop_leg(now, leg, reason);
        }
    }

    /// Whether an answer has sound that whoever is there already can have.
    fn fits_other_side(&self, id: CallId, answer: &AudioDescription) -> bool {
        let call = self.calls.get(&id);
        call.is_some_and(|call| match &call.state {
            State::Reaching { .. } => Self::fits_agent(call, answer),
            _ => Self::fits_voice(call, answer).unwrap_or(false),
        })
    }
}
