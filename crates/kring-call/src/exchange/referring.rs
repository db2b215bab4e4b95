//! The caller's PBX is asked to transfer the caller itself (REFER: RFC 3515, RFC 5589), and says how it goes.
//!
//! The caller's leg stays until the PBX has said that somebody has answered. A PBX that refuses, fails or
//! says nothing leaves the caller where they were.

use super::{Exchange, Role, devices::unreached};
use crate::{
    command::TransferPlace,
    limits::LAST_WORD,
    transfer::{Stage, Transfer, TransferMethod, Word},
};
use kring_journal::{CallId, EndedBy, Fact, TransferOver, TransferStep, TransferWay};
use kring_media::Side;
use kring_sip::{LegEvent, LegId, NameAddr, Reason, Referral};
use kring_time::Moment;
use std::collections::VecDeque;

impl Exchange {
    /// Asks for the first of these places. What cannot be asked for is done by kring itself.
    pub(super) fn refer_next(
        &mut self,
        now: Moment,
        id: CallId,
        mut places: VecDeque<TransferPlace>,
    ) {
        let Some(place) = places.pop_front() else {
            return;
        };
        if !self.refer(now, id, &place.number, None) {
            places.push_front(place);
            self.bridge_instead(now, id, places);
            return;
        }
        let word = self.word(now);
        self.note_referred(id);
        let Some(transfer) = self.calls.get_mut(&id).and_then(|call| call.transfer_mut()) else {
            return;
        };
        let is_first = matches!(transfer.stage, Stage::Waiting);
        let to = place.number.clone();
        transfer.stage = Stage::Referred {
            place,
            others: places,
            word,
        };
        if !is_first {
            let way = TransferWay::Refer;
            self.tell_step(now, id, TransferStep::Tried { to, way });
        }
        self.reschedule(id);
    }

    /// Sends the caller's PBX a REFER to this number, to take the place of `third` there if there is one.
    fn refer(&mut self, now: Moment, id: CallId, number: &str, third: Option<LegId>) -> bool {
        let Some(call) = self.calls.get(&id) else {
            return false;
        };
        let (Some(leg), Some(transfer)) = (call.caller_leg, call.transfer()) else {
            return false;
        };
        let replaces = third.and_then(|third| self.endpoint.replaces_of(third));
        if third.is_some() && replaces.is_none() {
            return false;
        }
        let trunk = self.outward_trunk(call.trunk);
        let Some(branch) = trunk.and_then(|trunk| self.branch_by(trunk, number)) else {
            return false;
        };
        let referral = Referral {
            to: branch.target,
            replaces,
            referred_by: Some(NameAddr::new(self.own_uri())),
            extra: transfer.tells.clone(),
        };
        self.endpoint.refer(now, leg, referral)
    }

    fn word(&self, now: Moment) -> Word {
        Word {
            accepted: false,
            until: now + self.config.transfer.final_word,
            left: None,
        }
    }

    /// The PBX is to join caller and third party: whether it is asked to. Only where it is known to have
    /// both, and to do what it is asked.
    pub(super) fn refer_to_third(&mut self, now: Moment, id: CallId) -> bool {
        let Some(call) = self.calls.get(&id) else {
            return false;
        };
        let method = self.transfer_method(call.trunk);
        let is_way_out = self.outward_trunk(call.trunk) == Some(call.trunk);
        let Some(Stage::Met { third, to, circle }) = call.transfer().map(|t| t.stage.clone())
        else {
            return false;
        };
        if method != TransferMethod::Refer || !is_way_out || !self.refer(now, id, &to, Some(third))
        {
            return false;
        }
        let word = self.word(now);
        if let Some(transfer) = self.calls.get_mut(&id).and_then(|call| call.transfer_mut()) {
            let way = TransferWay::Refer;
            transfer.stage = Stage::Joining {
                third,
                to: to.clone(),
                circle,
                word,
            };
            self.tell_step(now, id, TransferStep::Tried { to, way });
        }
        self.reschedule(id);
        true
    }

    /// The PBX will not do it: kring dials these places itself.
    fn bridge_instead(&mut self, now: Moment, id: CallId, places: VecDeque<TransferPlace>) {
        let voice = self.calls.get(&id).and_then(|call| call.sound.voice);
        let to = places.front().map(|place| place.number.clone());
        if !voice.is_some_and(|voice| self.admit_third(id, voice)) {
            self.bring_caller_back(now, id, TransferOver::Failed, 0);
            return;
        }
        if let Some(to) = to {
            let way = TransferWay::Bridge;
            self.tell_step(now, id, TransferStep::Tried { to, way });
        }
        self.dial_third(now, id, places);
    }

    /// What the caller's PBX says of the REFER.
    pub(super) fn referral_event(&mut self, now: Moment, id: CallId, event: &LegEvent) {
        let patience = self.config.transfer.final_word;
        let Some(transfer) = self.calls.get_mut(&id).and_then(|call| call.transfer_mut()) else {
            // It was over before: of that the PBX may say what it likes.
            return;
        };
        let joins = matches!(transfer.stage, Stage::Joining { .. });
        let Some(word) = transfer.word_mut() else {
            return;
        };
        match event {
            LegEvent::ReferralAccepted => {
                word.accepted = true;
                word.until = now + patience;
                self.tell_step(now, id, TransferStep::Accepted { code: 202 });
            }
            LegEvent::ReferralRefused { .. } if joins => self.join_here(now, id),
            LegEvent::ReferralRefused { code, local } => {
                self.referral_refused(now, id, (*code, *local));
            }
            LegEvent::ReferralProgress { code, over } => match code {
                100..=199 if !over => {
                    if word.left.is_none() {
                        word.until = now + patience;
                    }
                    self.tell_step(now, id, TransferStep::Progress { code: *code });
                }
                200..=299 => self.referred_away(now, id),
                _ if joins => self.join_here(now, id),
                100..=199 => self.bring_caller_back(now, id, TransferOver::NotTold, *code),
                _ => self.third_missed(now, id, (unreached(*code, false), *code)),
            },
            _ => {}
        }
        self.reschedule(id);
    }

    /// The PBX does not transfer, or not this caller: if kring may choose the way, it bridges.
    fn referral_refused(&mut self, now: Moment, id: CallId, (code, local): (u16, bool)) {
        let Some(trunk) = self.calls.get(&id).map(|call| call.trunk) else {
            return;
        };
        let method = self.transfer_method(trunk);
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Some(Stage::Referred { place, others, .. }) = call.transfer_mut().map(|t| &mut t.stage)
        else {
            return;
        };
        if method == TransferMethod::Auto {
            let mut places = std::mem::take(others);
            places.push_front(place.clone());
            self.bridge_instead(now, id, places);
            return;
        }
        // No other place would be had by this way.
        others.clear();
        self.third_missed(
            now,
            id,
            (unreached(code, local), if local { 0 } else { code }),
        );
    }

    /// The caller's leg was hung up while the PBX had not said the last word: whether it is waited for. It
    /// took the transfer on, and usually says soon that it is done.
    pub(super) fn awaits_last_word(&mut self, now: Moment, id: CallId, leg: LegId) -> bool {
        let call = self.calls.get_mut(&id).filter(|call| call.errand.is_none());
        let Some(call) = call else {
            return false;
        };
        let Some(Stage::Referred { word, .. }) = call.transfer_mut().map(|t| &mut t.stage) else {
            return false;
        };
        if !word.accepted || word.left.is_some() {
            return false;
        }
        (word.left, word.until) = (Some(leg), now + LAST_WORD);
        call.caller_leg = None;
        self.legs.insert(leg, Role::Caller(id));
        self.hush(id, Side::Caller);
        self.unplug(id, Side::Caller);
        self.reschedule(id);
        true
    }

    /// Nothing more is heard of a caller's leg that was hung up.
    pub(super) fn forget_left(&mut self, transfer: &Transfer) {
        if let Some(leg) = transfer.left() {
            self.legs.remove(&leg);
        }
    }

    /// The PBX has not said in time what became of it.
    pub(super) fn refer_untold(&mut self, now: Moment, id: CallId) {
        self.bring_caller_back(now, id, TransferOver::NotTold, 0);
    }

    /// The PBX has joined the caller with somebody else: there is nothing left here but the record.
    fn referred_away(&mut self, now: Moment, id: CallId) {
        let Some(transfer) = self
            .calls
            .get(&id)
            .and_then(|call| call.transfer())
            .cloned()
        else {
            return;
        };
        let to = match &transfer.stage {
            Stage::Referred { place, .. } => place.number.clone(),
            Stage::Joining { to, .. } => to.clone(),
            _ => return,
        };
        self.drop_third(now, id);
        self.forget_left(&transfer);
        let reason = Reason::sip(200, "Transferred");
        let caller_leg = self.calls.get(&id).and_then(|call| call.caller_leg);
        let talk_ms = transfer.talk_ms(now);
        self.tell_step(
            now,
            id,
            TransferStep::Done {
                to,
                talk_ms,
                took_ms: transfer.took_ms(now),
            },
        );
        for leg in caller_leg.into_iter().chain(transfer.agent_leg) {
            self.hang_up_leg(now, id, leg, reason.clone());
        }
        let Some(call) = self.forget(id) else {
            return;
        };
        let cause = "transferred".to_owned();
        let by = EndedBy::Kring;
        self.record(now, id, Fact::Ended { by, cause, talk_ms });
        self.agent_is_done(now, id, call.queue, &transfer);
        self.release_sound(now, &call);
    }
}
