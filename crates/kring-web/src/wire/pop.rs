//! The pop: who calls, how, and how long it has rung.

use super::{Card, NumberOnWire};
use kring_journal::Outbound;
use kring_time::Moment;
use serde::Serialize;
use std::sync::Arc;

/// How the call came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Via {
    pub(crate) did: String,
    pub(crate) forwarded_by: Option<String>,
}

/// `call.ring`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct RingCount {
    pub(crate) n: u8,
    pub(crate) of: u8,
}

/// The pop, all but the time that has passed. Shared by every socket that it goes to.
#[derive(Clone, Debug)]
pub(crate) struct Pop {
    pub(crate) number: NumberOnWire,
    pub(crate) card: Arc<Card>,
    pub(crate) via: Via,
    /// Why kring places it, if nobody calls.
    pub(crate) outbound: Option<Outbound>,
    /// t0 on our clock.
    pub(crate) t0: Moment,
    pub(crate) period_ms: u32,
    pub(crate) on_ms: u32,
    pub(crate) limit: u8,
    pub(crate) answerable: bool,
    pub(crate) greeting: Arc<str>,
    pub(crate) hop: u8,
    pub(crate) attempt: u16,
}

/// `ring` of `call.offered`: elapsed and not a time of day, because PC clocks drift.
#[derive(Debug, Serialize)]
pub(crate) struct RingNow {
    elapsed_ms: u64,
    period_ms: u32,
    on_ms: u32,
    limit: u8,
}

/// `d` of `call.offered`, at one moment.
#[derive(Debug, Serialize)]
pub(crate) struct PopNow {
    number: NumberOnWire,
    #[serde(flatten)]
    card: Card,
    via: Via,
    #[serde(skip_serializing_if = "Option::is_none")]
    outbound: Option<Outbound>,
    ring: RingNow,
    answerable: bool,
    greeting: Arc<str>,
    hop: u8,
    attempt: u16,
}

impl Pop {
    /// The pop as it is said at `now`.
    pub(crate) fn at(&self, now: Moment) -> PopNow {
        PopNow {
            number: self.number.clone(),
            card: (*self.card).clone(),
            via: self.via.clone(),
            outbound: self.outbound.clone(),
            ring: RingNow {
                elapsed_ms: now.since(self.t0).as_millis() as u64,
                period_ms: self.period_ms,
                on_ms: self.on_ms,
                limit: self.limit,
            },
            answerable: self.answerable,
            greeting: Arc::clone(&self.greeting),
            hop: self.hop,
            attempt: self.attempt,
        }
    }
}
