//! How a call begins, whoever began it: what is its own, and what is the same of every call.

use crate::{
    call::{Call, State},
    command::CallerIdentity,
    kept::Bars,
    limits::MAX_FORWARDS,
    plan::Plan,
    ring::RingClock,
    sound::Sound,
};
use kring_journal::{CallId, CallerRef, RingTerms};
use kring_sip::{NameAddr, Uri};
use kring_time::Moment;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// What every call has when it begins.
pub(crate) struct Beginning {
    pub(crate) id: CallId,
    pub(crate) queue: usize,
    pub(crate) trunk: usize,
    pub(crate) caller: CallerRef,
    pub(crate) identity: CallerIdentity,
    pub(crate) did: String,
    pub(crate) dialled: Uri,
    pub(crate) from: NameAddr,
    pub(crate) turn: Moment,
    pub(crate) terms: Arc<RingTerms>,
    pub(crate) plan: Arc<Plan>,
    pub(crate) sound: Sound,
}

impl Call {
    /// A call of which nobody is the caller yet, and for which no phone rings yet.
    pub(crate) fn begin(now: Moment, beginning: Beginning) -> Call {
        Call {
            id: beginning.id,
            queue: beginning.queue,
            trunk: beginning.trunk,
            caller: beginning.caller,
            identity: beginning.identity,
            did: beginning.did,
            caller_leg: None,
            errand: None,
            caller_agent: None,
            dialled: beginning.dialled,
            history_index: "1".to_owned(),
            from: beginning.from,
            max_forwards: MAX_FORWARDS,
            passed: Vec::new(),
            t0: now,
            turn: beginning.turn,
            clock: RingClock::start(now, beginning.terms),
            kept: None,
            language: None,
            plan: beginning.plan,
            sound: beginning.sound,
            state: State::Ringing {
                leavers_gone: false,
            },
            offers: Vec::new(),
            bars: Bars::default(),
            tried: FxHashSet::default(),
            attempts: 0,
            hop: 0,
            rings_told: 0,
            degraded: false,
            monitor: None,
            agenda: None,
            is_listed: false,
        }
    }
}
