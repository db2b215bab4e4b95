//! A supervisor listens to a call, whispers to its agent, or barges in: the supervisor's own phone is rung, and is
//! part of the call's sound as long as both last.
//!
//! It follows the call: through hold, consult, conference and transfer to the recall, and ends with it. It is never
//! a party: nobody's leg, no state and no fact of the call depends on it, so whatever becomes of it the citizen
//! does not notice. While an agent is aside from the caller (hold, or while the unit's phone rings) the supervisor
//! is with the agent.

use super::{
    Exchange, Party, Role, aside::aside, inviting::call_header, transferring::common_voice,
};
use crate::{
    call::Call,
    command::{AgentProfile, CommandRefused, Done},
    doing::Doing,
    limits::{BRANCHES_MAX, MAX_FORWARDS, MONITOR_PATIENCE},
    monitor::{Monitor, MonitorStage, monitoring},
};
use bytes::Bytes;
use kring_journal::{AgentId, CallId, Fact, MonitorEnd, MonitorMode, MonitorState, Monitored};
use kring_media::{MediaOrder, OwnAudio, Side, coding_of, offer_to_agent};
use kring_sip::{Branch, Invitation, LegEvent, LegId, NameAddr, Reason};
use kring_time::Moment;

type Answer = Result<Done, CommandRefused>;

/// Who calls a supervisor's phone, as that phone shows it.
const CALLS_AS: &str = "monitor";

impl Exchange {
    /// Somebody who watches over others wants to hear a call so, or otherwise than before.
    pub(super) fn monitor(
        &mut self,
        now: Moment,
        by: &AgentId,
        id: CallId,
        mode: MonitorMode,
    ) -> Answer {
        let supervisor = self.roster.get(by).ok_or(CommandRefused::NoSuchAgent)?;
        if supervisor.profile.devices.is_empty() {
            return Err(CommandRefused::NoDevice);
        }
        let call = self.calls.get(&id).ok_or(CommandRefused::CallGone)?;
        match &call.monitor {
            Some(monitor) if monitor.by == *by => return Ok(self.hear_otherwise(now, id, mode)),
            Some(_) => return Err(CommandRefused::Monitored),
            None => {}
        }
        if !call.is_joined() || call.caller_leg.is_none() {
            return Err(CommandRefused::CallGone);
        }
        let idle = matches!(
            supervisor.doing,
            Doing::Offline | Doing::Ready | Doing::Paused { .. } | Doing::WrapUp { .. }
        );
        if !idle || supervisor.phone_leg.is_some() {
            return Err(CommandRefused::AgentBusy);
        }
        common_voice(call).ok_or(CommandRefused::CannotListen)?;
        let branches = self.branches_to(now, &supervisor.profile.clone());
        if branches.is_empty() {
            return Err(CommandRefused::PhoneAway);
        }
        self.ring_supervisor(now, (by, mode), id, branches)
    }

    fn ring_supervisor(
        &mut self,
        now: Moment,
        (by, mode): (&AgentId, MonitorMode),
        id: CallId,
        branches: Vec<Branch>,
    ) -> Answer {
        let Some(ports) = self.take_third_ports() else {
            self.count_bound("rtp_ports");
            return Err(CommandRefused::NoRoom);
        };
        let session = self.calls.get(&id).map(|call| call.sound.session);
        let said = session.and_then(|session| {
            let own = OwnAudio {
                address: self.config.media_address,
                port: ports.rtp,
                session_id: session.0,
                version: 1,
                shield: None,
            };
            let (_, said) = offer_to_agent(None, &self.config.codecs, &own).ok()?;
            Some((session, said))
        });
        let Some((session, said)) = said else {
            self.ports.give_back([ports]);
            return Err(CommandRefused::CannotListen);
        };
        self.order(MediaOrder::Attend {
            session,
            monitor: ports,
        });
        let mut from = self.own_uri();
        from.set_user(Some(CALLS_AS));
        let invitation = Invitation {
            from: NameAddr::new(from),
            to: NameAddr::new(branches[0].target.clone()),
            branches,
            body: Some(kring_media::write(&said).into()),
            extra: vec![(call_header(), id.to_string())],
            max_forwards: MAX_FORWARDS,
        };
        let leg = self.endpoint.invite(now, invitation);
        self.tell_leg(id, leg, Party::Phone(by.clone()));
        self.legs.insert(leg, Role::Monitor(id));
        self.roster.change(by, |agent| agent.phone_leg = Some(leg));
        let name = self.new_monitor_id(now);
        let until = now + MONITOR_PATIENCE;
        let monitor = Monitor::rung((name, by.clone()), mode, leg, (ports, said), until);
        if let Some(call) = self.calls.get_mut(&id) {
            call.monitor = Some(Box::new(monitor));
        }
        self.tell_monitor(now, id);
        self.reschedule(id);
        Ok(Done::Monitoring(name, MonitorState::Ringing))
    }

    /// Where a supervisor's phones ring: all at once, as for a call of their own.
    fn branches_to(&self, now: Moment, profile: &AgentProfile) -> Vec<Branch> {
        let devices = profile.devices.iter();
        let ways = devices.filter_map(|device| self.branches_of(now, device).ok());
        ways.flatten().take(BRANCHES_MAX).collect()
    }

    /// The same supervisor speaks otherwise from now on.
    fn hear_otherwise(&mut self, now: Moment, id: CallId, mode: MonitorMode) -> Done {
        let call = self.calls.get_mut(&id);
        let Some((session, monitor)) = call.and_then(|call| {
            let session = call.sound.session;
            Some((session, call.monitor.as_mut()?))
        }) else {
            return Done::Unchanged;
        };
        let name = monitor.id;
        let state = match monitor.stage {
            MonitorStage::Ringing { .. } => MonitorState::Ringing,
            MonitorStage::Hearing { .. } => MonitorState::On,
        };
        if std::mem::replace(&mut monitor.mode, mode) != mode {
            if state == MonitorState::On {
                let mode = monitoring(mode);
                self.order(MediaOrder::Listen { session, mode });
                self.set_agent_aside(id);
            }
            self.tell_monitor(now, id);
        }
        Done::Monitoring(name, state)
    }

    /// The supervisor wants to hear no more of it.
    pub(super) fn end_monitor(&mut self, now: Moment, by: &AgentId, id: CallId) -> Answer {
        let call = self.calls.get(&id).ok_or(CommandRefused::CallGone)?;
        match &call.monitor {
            None => Ok(Done::Unchanged),
            Some(monitor) if monitor.by != *by => Err(CommandRefused::Monitored),
            Some(_) => {
                self.stop_monitor(now, id, MonitorEnd::Left);
                Ok(Done::Ok)
            }
        }
    }

    /// Whoever is removed hears nothing more.
    pub(super) fn stop_monitor_of(&mut self, now: Moment, by: &AgentId) {
        let hears = |call: &Call| call.monitor.as_ref().is_some_and(|m| m.by == *by);
        let found = self.calls.values().find(|call| hears(call));
        if let Some(id) = found.map(|call| call.id) {
            self.stop_monitor(now, id, MonitorEnd::Left);
        }
    }

    /// What happens to a supervisor's leg.
    pub(super) fn monitor_event(&mut self, now: Moment, id: CallId, leg: LegId, event: LegEvent) {
        match event {
            LegEvent::Progress { talk: true, .. } => self.call_supervisor(now, id, leg),
            LegEvent::Accepted { body, .. } => self.supervisor_answers(now, id, leg, body.as_ref()),
            LegEvent::Rejected { code, .. } => {
                self.legs.remove(&leg);
                let why = match code {
                    408 | 480 | 487 => MonitorEnd::NoAnswer,
                    _ => MonitorEnd::Unreached,
                };
                self.stop_monitor(now, id, why);
            }
            LegEvent::Bye { .. } | LegEvent::Gone { .. } => {
                self.legs.remove(&leg);
                self.stop_monitor(now, id, MonitorEnd::Left);
            }
            LegEvent::Offer { body, .. } => self.monitor_sound_moves(now, id, leg, &body),
            LegEvent::Confirmed { body: Some(sdp) } | LegEvent::Refreshed { body: sdp } => {
                if let Ok(theirs) = kring_media::read(&sdp) {
                    self.order_monitor(id, &theirs);
                }
            }
            LegEvent::Referred { .. } => self.endpoint.reject_referral(now, leg, 403),
            // Before the answer there is nothing else, and after it nothing that concerns the call.
            _ => {}
        }
    }

    /// The phone can be made to answer, and the supervisor has asked for the call.
    fn call_supervisor(&mut self, now: Moment, id: CallId, leg: LegId) {
        let call = self.calls.get_mut(&id);
        let monitor = call.and_then(|call| call.monitor.as_mut());
        if monitor.is_some_and(|monitor| !std::mem::replace(&mut monitor.is_called, true)) {
            self.endpoint.notify_talk(now, leg);
        }
    }

    fn supervisor_answers(&mut self, now: Moment, id: CallId, leg: LegId, body: Option<&Bytes>) {
        self.endpoint.acknowledge(now, leg, None);
        let answer = body.and_then(|sdp| kring_media::read(sdp).ok());
        let fits = answer.filter(|answer| coding_of(answer).is_some());
        let call = self.calls.get_mut(&id);
        let Some((call, theirs)) = call.zip(fits) else {
            self.stop_monitor(now, id, MonitorEnd::NoCodec);
            return;
        };
        let session = call.sound.session;
        let Some(monitor) = &mut call.monitor else {
            return;
        };
        monitor.stage = MonitorStage::Hearing { since: now };
        let mode = monitoring(monitor.mode);
        self.order_monitor(id, &theirs);
        self.order(MediaOrder::Listen { session, mode });
        self.set_agent_aside(id);
        self.tell_monitor(now, id);
        self.reschedule(id);
    }

    /// The supervisor's phone has rung as long as it may.
    pub(super) fn monitor_overdue(&mut self, now: Moment, id: CallId) {
        let monitor = self.calls.get(&id).and_then(|call| call.monitor.as_ref());
        if monitor
            .and_then(|monitor| monitor.due())
            .is_some_and(|due| due <= now)
        {
            self.stop_monitor(now, id, MonitorEnd::NoAnswer);
        }
    }

    /// The call goes on without the supervisor.
    fn stop_monitor(&mut self, now: Moment, id: CallId, why: MonitorEnd) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Some(monitor) = call.monitor.take() else {
            return;
        };
        let session = call.sound.session;
        let is_aside = aside(call).is_some();
        self.order(MediaOrder::Depart { session });
        if is_aside && monitor.hears_since().is_some() {
            self.leave_out(id, Side::Third);
            self.set_agent_aside(id);
        }
        let agent = self.talking_agent(id).cloned();
        self.release_monitor(now, (id, agent), &monitor, why);
        self.reschedule(id);
    }

    /// The supervisor's leg ends, and that is told. The call may be over.
    pub(super) fn release_monitor(
        &mut self,
        now: Moment,
        (id, agent): (CallId, Option<AgentId>),
        monitor: &Monitor,
        why: MonitorEnd,
    ) {
        let (leg, by) = (monitor.leg, monitor.by.clone());
        let heard = monitor.hears_since();
        let told = heard.is_some() && self.config.monitor.tell_agent.tells(monitor.mode);
        self.record(
            now,
            id,
            Fact::Monitored(Monitored {
                monitor: monitor.id,
                by: by.clone(),
                mode: monitor.mode,
                state: MonitorState::Ended,
                told: told && agent.is_some(),
                agent,
                why: Some(why),
                heard_ms: heard.map(|since| now.since(since).as_millis() as u64),
            }),
        );
        let is_there = matches!(self.legs.get(&leg), Some(Role::Monitor(_)));
        match (is_there, heard.is_some() || why == MonitorEnd::NoCodec) {
            (true, true) => {
                let reason = match why {
                    MonitorEnd::NoCodec => Reason::sip(488, "No codec in common"),
                    _ => Reason::sip(200, "Monitoring is over"),
                };
                self.endpoint.bye(now, leg, Some(reason));
                self.legs.insert(leg, Role::Closing(Some(by)));
            }
            (true, false) => {
                let reason = Reason::sip(487, "Not wanted any more");
                self.endpoint.cancel(now, leg, reason);
                self.legs.insert(leg, Role::Dropped(Some(by)));
            }
            (false, _) => self.leg_is_gone(now, leg, Some(by)),
        }
    }

    /// The call has another agent: whoever is told of a supervisor is told.
    pub(super) fn monitor_meets_agent(&mut self, now: Moment, id: CallId) {
        let monitor = self.calls.get(&id).and_then(|call| call.monitor.as_ref());
        if monitor.is_some_and(|monitor| monitor.hears_since().is_some()) {
            self.tell_monitor(now, id);
        }
    }

    fn tell_monitor(&mut self, now: Moment, id: CallId) {
        let agent = self.talking_agent(id).cloned();
        let monitor = self.calls.get(&id).and_then(|call| call.monitor.as_ref());
        let Some(monitor) = monitor else { return };
        let hears = monitor.hears_since().is_some();
        let told = self.config.monitor.tell_agent.tells(monitor.mode);
        let how = Monitored {
            monitor: monitor.id,
            by: monitor.by.clone(),
            mode: monitor.mode,
            state: if hears {
                MonitorState::On
            } else {
                MonitorState::Ringing
            },
            told: hears && told && agent.is_some(),
            agent,
            why: None,
            heard_ms: None,
        };
        self.record(now, id, Fact::Monitored(how));
    }
}
