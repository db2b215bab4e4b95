//! A change of the sound of a call that one side wants and the other is asked about.

use kring_media::{AudioDescription, Side};
use kring_sip::OfferKind;
use kring_time::Moment;

/// A change of codec for which one side is asked by an offer of ours.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// Who is asked.
    pub(crate) asked: Side,
    /// The offer.
    pub(crate) offered: AudioDescription,
    pub(crate) why: Why,
}

/// For whom a side is asked.
#[derive(Clone, Debug)]
pub(crate) enum Why {
    /// The other side waits for the answer to its own offer.
    Wanted {
        offer: Box<AudioDescription>,
        until: Moment,
    },
    /// It has waited too long or changed its mind, but the offer is on its way.
    GivenUp,
    /// A change that nobody wanted any more was accepted, and is taken back.
    Restores,
}

/// Where an offer of one side can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Here: all that the other side sends fits.
    Here,
    /// Only the other side can. If it refuses, this much of what it has agreed to fits all the same.
    There { else_here: bool },
}

impl Change {
    /// When the other side has waited too long.
    pub(crate) fn due(&self) -> Option<Moment> {
        match self.why {
            Why::Wanted { until, .. } => Some(until),
            Why::GivenUp | Why::Restores => None,
        }
    }
}

/// How long an offer of this kind may wait for the other side.
///
/// A re-INVITE was told 100 and waits for us as long as we like (RFC 3261 §17.1.1.2); a person does not.
/// An UPDATE must be answered at once (RFC 3311 §5.2): no 100 may be sent early for it (RFC 4320 §4.1),
/// and its sender repeats it. But the other side is a machine that answers by itself, so it is worth a
/// wait that is over before the fourth repetition.
pub(crate) const fn patience(kind: OfferKind) -> std::time::Duration {
    match kind {
        OfferKind::Reinvite => crate::limits::CHANGE_PATIENCE,
        OfferKind::Update => crate::limits::UPDATE_PATIENCE,
    }
}
