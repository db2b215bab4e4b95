//! INVITE with Replaces (RFC 3891): which leg of ours it wants the place of, and by what others name one.

use super::{
    Endpoint,
    effect::LegId,
    identity::read_token,
    leg::{Ack, Leg},
    screen::Refused,
};
use crate::{Headers, header::Replaces};

/// Which leg a new call is to take the place of. Whoever accepts the call then ends that leg.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Replaced {
    /// The leg: confirmed, or a call of ours that rings.
    pub leg: LegId,
    /// It is wanted only while it rings.
    pub early_only: bool,
}

impl Endpoint {
    /// What another user agent must write into Replaces to take the place of this confirmed leg (RFC 3891
    /// §3): its Call-ID and tags as the other side of the leg sees them, for that is whom it must call.
    /// `None`: there is no such leg, or its other side has no tag.
    pub fn replaces_of(&self, leg: LegId) -> Option<Replaces> {
        let Leg::Established(established) = self.legs.get(leg)? else {
            return None;
        };
        let dialog = &established.dialog;
        Some(Replaces {
            call_id: dialog.call_id().into(),
            to_tag: Some(dialog.remote_tag())
                .filter(|tag| !tag.is_empty())?
                .into(),
            from_tag: format!("{:016x}", dialog.local_tag()).into(),
            early_only: false,
        })
    }

    /// The leg of ours that this names, whatever its state: what a REFER that came to us wants replaced
    /// may be a leg of our own.
    pub fn named_by(&self, replaces: &Replaces) -> Option<LegId> {
        let id = *self.tags.get(&read_token(&replaces.to_tag)?)?;
        let is_named = match self.legs.get(id)? {
            Leg::Calling(calling) => calling.early().any(|early| early.dialog.is_named(replaces)),
            leg => leg.dialog()?.is_named(replaces),
        };
        is_named.then_some(id)
    }

    /// The leg that an INVITE wants the place of, or why it cannot have it. Of early dialogs only those
    /// that we have begun (RFC 3891 §3).
    pub(super) fn replaced(&self, headers: &Headers) -> Result<Option<Replaced>, Refused> {
        let Some(replaces) = headers.replaces().map_err(|_| Refused::plain(400))? else {
            return Ok(None);
        };
        let leg = self.named_by(&replaces);
        let leg = leg.ok_or_else(|| Refused::plain(481))?;
        let early_only = replaces.early_only;
        match self.legs.get(leg) {
            Some(Leg::Calling(_)) => Ok(Some(Replaced { leg, early_only })),
            Some(Leg::Established(established)) => match &established.ack {
                Ack::Awaited(awaited) if awaited.bye.is_some() => Err(Refused::plain(603)),
                _ if early_only => Err(Refused::plain(486)),
                _ => Ok(Some(Replaced { leg, early_only })),
            },
            Some(Leg::Leaving(_)) => Err(Refused::plain(603)),
            Some(Leg::Called(_) | Leg::Left(_)) | None => Err(Refused::plain(481)),
        }
    }
}
