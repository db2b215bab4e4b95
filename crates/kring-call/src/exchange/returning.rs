//! A caller who comes back while the PBX was asked to transfer them: where its dialplan hands the caller back,
//! a new INVITE comes from the same caller. It is the same call, and its agent has it again.

use super::{Exchange, Role};
use crate::{call::Call, command::CallerIdentity, transfer::Stage};
use kring_journal::{CallId, TransferOver};
use kring_media::{OwnAudio, Side, answer_to_change};
use kring_sip::{IncomingInvite, LegId, Reason};
use kring_time::Moment;

impl Exchange {
    /// Whether this INVITE is of a caller whom their PBX was asked to transfer; then it has them again.
    pub(super) fn takes_back(
        &mut self,
        now: Moment,
        leg: LegId,
        trunk: usize,
        (invite, identity): (&IncomingInvite, &CallerIdentity),
    ) -> bool {
        let Some(id) = self.referred_call_of(trunk, identity) else {
            return false;
        };
        let Ok(shield) = self.shield_of_trunk(trunk, invite.from_peer.transport) else {
            return false;
        };
        let Some(call) = self.calls.get_mut(&id) else {
            return false;
        };
        let read = |sdp: &[u8]| kring_media::read_under(shield.as_deref(), sdp);
        let offer = invite.body.as_deref().map(read);
        let Some(Ok(offer)) = offer else {
            return false;
        };
        let sound = &mut call.sound;
        let own = OwnAudio {
            shield: shield.clone(),
            ..sound.own(self.config.media_address, Side::Caller)
        };
        let agreed = sound.agreed(Side::Caller);
        let Ok(answer) = answer_to_change(&offer, &agreed, offer.ptime, &own) else {
            return false;
        };
        sound.shielded_by(Side::Caller, shield);
        let (session, answer) = (sound.session, sound.say(Side::Caller, answer));
        sound.hear(Side::Caller, offer.clone());
        let old = call.caller_leg.replace(leg);
        self.endpoint.accept(now, leg, Some(answer.into()));
        self.legs.insert(leg, Role::Caller(id));
        if let Some(old) = old.filter(|old| self.legs.contains_key(old)) {
            let reason = Reason::sip(200, "Came back");
            self.endpoint.bye(now, old, Some(reason));
            self.legs.insert(old, Role::Closing(None));
        }
        self.order_remote(session, Side::Caller, &offer);
        self.bring_caller_back(now, id, TransferOver::Returned, 0);
        true
    }

    /// The call of this caller that their PBX has taken a REFER for.
    fn referred_call_of(&self, trunk: usize, identity: &CallerIdentity) -> Option<CallId> {
        if identity.anonymous || identity.user.is_empty() {
            return None;
        }
        let is_theirs = |call: &Call| {
            let referred = call.transfer().is_some_and(
                |transfer| matches!(&transfer.stage, Stage::Referred { word, .. } if word.accepted),
            );
            referred && call.trunk == trunk && call.identity.user == identity.user
        };
        let mut referred = self.referred.iter();
        let found = referred.find(|id| self.calls.get(id).is_some_and(|call| is_theirs(call)));
        found.copied()
    }

    /// A PBX was asked to transfer this call: whoever comes back is looked for among these.
    pub(super) fn note_referred(&mut self, id: CallId) {
        let calls = &self.calls;
        let is_open = |id: &CallId| calls.get(id).is_some_and(|call| call.transfer().is_some());
        self.referred.retain(is_open);
        self.referred.insert(id);
    }
}
