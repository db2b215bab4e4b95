//! Changes of the sound of an answered call (RFC 3261 §14, RFC 3311, RFC 6337): what one side may change
//! by itself, and what the other must agree to first.
//!
//! Hold, resume, another address and a wider choice of codecs are answered here. Another codec concerns
//! both sides: the other one is offered it, and whoever wanted it hears what came of that. Until then and
//! after a refusal the session is what it was, on both sides.

use super::Exchange;
use crate::sound::{Change, Place, Why, patience};
use bytes::Bytes;
use kring_journal::CallId;
use kring_media::{AudioDescription, Codec, Side};
use kring_sip::{LegId, OfferKind};
use kring_time::Moment;

impl Exchange {
    /// A re-INVITE or UPDATE with an offer, or a re-INVITE that wants ours.
    pub(super) fn sound_moves(
        &mut self,
        now: Moment,
        id: CallId,
        leg: LegId,
        sdp: &Bytes,
        kind: OfferKind,
    ) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let side = call.side_of(leg);
        if !call.is_joined() || call.transfer().is_some() {
            self.held_sound_moves(now, id, leg, sdp);
            return;
        }
        if sdp.is_empty() {
            self.offer_ours(now, id, leg, side);
            return;
        }
        let Ok(offer) = call.sound.read_offer(side, sdp) else {
            self.endpoint.reject_offer(now, leg, 488);
            return;
        };
        self.renew_shield(id, side, &offer);
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        match call.sound.place(side.other(), &offer) {
            Place::Here => self.answer_here(now, id, side, offer),
            // The other side is being asked something already.
            Place::There { .. } if call.sound.change.is_some() => {
                self.endpoint.reject_offer(now, leg, 491);
            }
            Place::There { .. } => self.ask_other_side(now, id, side, offer, kind),
        }
    }

    /// An offerless re-INVITE wants ours (RFC 3261 §14.2): all that the other side has agreed to.
    fn offer_ours(&mut self, now: Moment, id: CallId, leg: LegId, side: Side) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let sound = &mut call.sound;
        let own = sound.own(self.config.media_address, side);
        let (agreed, last) = (sound.agreed(side.other()), sound.theirs(side));
        let ptime = sound.theirs(side.other()).and_then(|theirs| theirs.ptime);
        let offer = kring_media::offer_of_change(&agreed, ptime, last, &self.config.codecs, &own);
        match offer {
            Ok(offer) => {
                sound.answer_due = Some(side);
                let offer = sound.say(side, offer);
                self.endpoint.accept_offer(now, leg, Some(offer.into()));
            }
            Err(_) => self.endpoint.reject_offer(now, leg, 488),
        }
    }

    /// Answers the offer of a side by what the other has agreed to.
    fn answer_here(&mut self, now: Moment, id: CallId, side: Side, offer: AudioDescription) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let agreed = call.sound.in_common(side.other(), &offer);
        self.answer_by(now, id, side, offer, &agreed);
    }

    /// Answers the offer of a side with these codecs of the other: whether that could be done.
    fn answer_by(
        &mut self,
        now: Moment,
        id: CallId,
        side: Side,
        offer: AudioDescription,
        codecs: &[Codec],
    ) -> bool {
        let Some(call) = self.calls.get_mut(&id) else {
            return false;
        };
        let Some(leg) = call.leg_of(side) else {
            return false;
        };
        let sound = &mut call.sound;
        let own = sound.own(self.config.media_address, side);
        let ptime = sound.theirs(side.other()).and_then(|theirs| theirs.ptime);
        let answer = kring_media::answer_to_change(&offer, codecs, ptime, &own);
        let Ok(answer) = answer else {
            self.endpoint.reject_offer(now, leg, 488);
            return false;
        };
        let (session, answer) = (sound.session, sound.say(side, answer));
        sound.hear(side, offer.clone());
        self.endpoint.accept_offer(now, leg, Some(answer.into()));
        self.order_remote(session, side, &offer);
        true
    }

    /// Offers the other side what this one wants.
    fn ask_other_side(
        &mut self,
        now: Moment,
        id: CallId,
        side: Side,
        offer: AudioDescription,
        kind: OfferKind,
    ) {
        let why = Why::Wanted {
            until: now + patience(kind),
            offer: Box::new(offer.clone()),
        };
        if !self.ask(now, id, side.other(), &offer, why)
            && let Some(leg) = self.calls.get(&id).and_then(|call| call.leg_of(side))
        {
            self.endpoint.reject_offer(now, leg, 488);
        }
    }

    /// Offers the side `asked` what the other one described: whether there is anything to offer.
    fn ask(
        &mut self,
        now: Moment,
        id: CallId,
        asked: Side,
        wanted: &AudioDescription,
        why: Why,
    ) -> bool {
        let Some(call) = self.calls.get_mut(&id) else {
            return false;
        };
        let Some(leg) = call.leg_of(asked) else {
            return false;
        };
        let sound = &mut call.sound;
        let own = sound.own(self.config.media_address, asked);
        let offered = kring_media::offer_of_change(
            &wanted.codecs,
            wanted.ptime,
            sound.theirs(asked),
            &self.config.codecs,
            &own,
        );
        let Ok(offered) = offered else {
            return false;
        };
        let sdp = kring_media::write(&offered).into();
        sound.ask(asked, offered, why);
        self.endpoint.reoffer(now, leg, sdp);
        self.reschedule(id);
        true
    }

    /// The side that was asked has agreed, and said to what.
    pub(super) fn change_answered(&mut self, now: Moment, id: CallId, leg: LegId, sdp: &Bytes) {
        let Some((side, change)) = self.take_change(id, leg) else {
            return;
        };
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let sound = &mut call.sound;
        sound.say(side, change.offered);
        let session = sound.session;
        if let Ok(theirs) = sound.read_answer(side, sdp) {
            sound.hear(side, theirs.clone());
            self.order_remote(session, side, &theirs);
        }
        let agreed = self
            .calls
            .get(&id)
            .map_or_else(Vec::new, |call| call.sound.agreed(side));
        let fits = match change.why {
            Why::Wanted { offer, .. } => self.answer_by(now, id, side.other(), *offer, &agreed),
            Why::GivenUp => false,
            Why::Restores => {
                // The caller comes first, and the agent after; then both have been asked.
                if side == Side::Caller {
                    self.bring_back(now, id, Side::Agent);
                }
                true
            }
        };
        if !fits {
            self.bring_back(now, id, side);
        }
        self.reschedule(id);
    }

    /// What a side has agreed to does not fit what the other one said: it is offered that. A side that
    /// has yet to say anything is asked when it has.
    pub(super) fn bring_back(&mut self, now: Moment, id: CallId, side: Side) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let sound = &call.sound;
        let (Some(_), Some(other)) = (sound.theirs(side), sound.theirs(side.other()).cloned())
        else {
            return;
        };
        if call.sound.change.is_none() && call.sound.place(side, &other) != Place::Here {
            self.ask(now, id, side, &other, Why::Restores);
        }
    }

    /// The side that was asked has refused.
    pub(super) fn change_refused(&mut self, now: Moment, id: CallId, leg: LegId) {
        let Some((side, change)) = self.take_change(id, leg) else {
            return;
        };
        match change.why {
            Why::Wanted { offer, .. } => self.answer_without(now, id, side, *offer, 488),
            Why::GivenUp => self.bring_back(now, id, side),
            Why::Restores => {}
        }
        self.reschedule(id);
    }

    /// Whoever wants a change has waited long enough (see [`patience`]): 504, as RFC 3311 §5.2 has it for
    /// an UPDATE that somebody else would have to agree to.
    pub(super) fn change_overdue(&mut self, now: Moment, id: CallId) {
        let due = self
            .calls
            .get(&id)
            .and_then(|call| call.sound.change.as_ref());
        if due.and_then(Change::due).is_none_or(|due| due > now) {
            return;
        }
        if let Some((side, offer)) = self.give_change_up(id) {
            self.answer_without(now, id, side, offer, 504);
            // Of a choice that was taken all the same the other side has yet to hear.
            self.bring_back(now, id, side);
        }
    }

    /// Whoever wanted a change has taken the offer back.
    pub(super) fn change_unwanted(&mut self, id: CallId, leg: LegId) {
        let asker = self.calls.get(&id).map(|call| call.side_of(leg));
        let wanted = self
            .calls
            .get(&id)
            .and_then(|call| call.sound.change.as_ref())
            .is_some_and(|change| change.due().is_some() && Some(change.asked.other()) == asker);
        if wanted {
            self.give_change_up(id);
            self.reschedule(id);
        }
    }

    /// The call is about to go elsewhere: whoever wants a change hears that there is none now.
    pub(super) fn abandon_change(&mut self, now: Moment, id: CallId) {
        if let Some((side, offer)) = self.give_change_up(id) {
            self.answer_without(now, id, side, offer, 491);
        }
    }

    /// Nobody waits any more for the side that was asked: which it is, and what was wanted of it. An
    /// offer that is on its way to it stands until it says something.
    fn give_change_up(&mut self, id: CallId) -> Option<(Side, AudioDescription)> {
        let call = self.calls.get_mut(&id)?;
        let side = call.sound.change.as_ref()?.asked;
        let leg = call.leg_of(side)?;
        let change = call.sound.change.as_mut()?;
        let why = std::mem::replace(&mut change.why, Why::GivenUp);
        if self.endpoint.withdraw_reoffer(leg) {
            call.sound.change = None;
        }
        match why {
            Why::Wanted { offer, .. } => Some((side, *offer)),
            Why::GivenUp | Why::Restores => None,
        }
    }

    /// Answers an offer to which the side `asked` has not agreed: by what it agreed to before, if that
    /// is enough, or with `code`.
    fn answer_without(
        &mut self,
        now: Moment,
        id: CallId,
        asked: Side,
        offer: AudioDescription,
        code: u16,
    ) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        match call.sound.place(asked, &offer) {
            Place::Here | Place::There { else_here: true } => {
                self.answer_here(now, id, asked.other(), offer);
            }
            Place::There { else_here: false } => {
                if let Some(leg) = call.leg_of(asked.other()) {
                    self.endpoint.reject_offer(now, leg, code);
                }
            }
        }
    }

    /// The change for which the side of this leg was asked.
    fn take_change(&mut self, id: CallId, leg: LegId) -> Option<(Side, Change)> {
        let call = self.calls.get_mut(&id)?;
        let side = call.side_of(leg);
        let change = call.sound.change.take_if(|change| change.asked == side)?;
        Some((side, change))
    }

    /// A side has said again what holds, or has moved.
    pub(super) fn sound_is_refreshed(&mut self, id: CallId, leg: LegId, sdp: &Bytes) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let side = call.side_of(leg);
        if let Ok(theirs) = call.sound.read_answer(side, sdp) {
            let session = call.sound.session;
            call.sound.hear(side, theirs.clone());
            self.order_remote(session, side, &theirs);
        }
    }
}
