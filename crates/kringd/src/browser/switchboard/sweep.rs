//! What time brings: legs that want to be woken, silence, and figures of the sound.

use super::{
    super::{
        limits,
        phone::{Call, Phone},
    },
    Now, Switchboard,
};
use kring_time::Moment;
use kring_web::{LegState, PhoneCall, PhoneState, metrics::browser_legs};
use std::cmp::Reverse;

impl Switchboard {
    /// Does what is due.
    pub(super) fn wake(&mut self) {
        let now = self.now();
        if self.endpoint.deadline().is_some_and(|due| due <= now.0) {
            self.endpoint.wake(now.0);
            self.speak_sip(now);
        }
        while let Some(Reverse((due, slot))) = self.due.peek().copied() {
            if due > now.1 {
                break;
            }
            self.due.pop();
            let Some(leg) = &mut self.phones[slot].leg else {
                continue;
            };
            if leg.due <= now.1 {
                let well = leg.wake(now.1);
                self.settle(now, slot, well);
            }
        }
        if self.sweep_at <= now.0 {
            self.sweep_at = now.0 + limits::SWEEP_EVERY;
            self.sweep(now);
        }
    }

    /// Who is silent, who is gone, and how the sound was.
    fn sweep(&mut self, now: Now) {
        let mut counted = [0_usize; 3];
        for slot in 0..self.phones.len() {
            let phone = &mut self.phones[slot];
            let wall_us = self.clock.wall(now.0).0;
            let figures = phone.leg.as_ref().map(|leg| &leg.figures);
            let told = match phone.call.as_mut().and_then(Call::line) {
                Some(line) => line.report(now.0, wall_us, figures),
                None => false,
            };
            if told {
                phone.say_quality();
            }
            match verdict(now.0, phone) {
                Verdict::Same => {}
                Verdict::Turn(state) => self.turn(now, slot, state),
                Verdict::Drop => self.drop_leg(now, slot, PhoneState::Closed),
            }
            match self.phones[slot].leg.as_ref().map(|leg| leg.state) {
                Some(LegState::Connecting) => counted[0] += 1,
                Some(LegState::Connected) => counted[1] += 1,
                Some(LegState::Lost) => counted[2] += 1,
                Some(LegState::None) | None => {}
            }
        }
        let [connecting, connected, lost] = counted;
        browser_legs(connecting, connected, lost);
    }
}

enum Verdict {
    Same,
    Turn(LegState),
    Drop,
}

/// How it stands with a leg by what has come of it.
fn verdict(now: Moment, phone: &Phone) -> Verdict {
    let Some(leg) = &phone.leg else {
        return Verdict::Same;
    };
    let silent = now.since(leg.heard);
    let in_call = phone.call.is_some();
    let alone = phone.page.is_none() && !in_call;
    if silent > limits::LEG_GONE || alone && now.since(phone.alone_since) > limits::ORPHAN_MAX {
        return Verdict::Drop;
    }
    match leg.state {
        LegState::Connecting if now.since(leg.began) > limits::SET_UP_WITHIN => Verdict::Drop,
        LegState::Connected | LegState::Lost => {
            let talks = phone.doing() == PhoneCall::Talking;
            let lost = silent > limits::LEG_SILENT
                || talks && now.since(leg.sounded) > limits::SOUND_SILENT;
            let state = if lost {
                LegState::Lost
            } else {
                LegState::Connected
            };
            if state == leg.state {
                Verdict::Same
            } else {
                Verdict::Turn(state)
            }
        }
        LegState::Connecting | LegState::None => Verdict::Same,
    }
}
