//! The ring rule as arithmetic: when each ring begins, when phones are withdrawn, when the deadline
//! action is taken. Everything counts from t0, the moment the caller is sent 180.
//!
//! The phone makes the sound, not kring, so phones are withdrawn a guard before the cycle after the
//! last would begin: long enough for a CANCEL to travel, short enough that the last burst is whole.

use kring_journal::RingTerms;
use kring_time::Moment;
use std::{sync::Arc, time::Duration};

/// Why ring terms cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsRefused {
    /// No ring at all.
    #[error("ring.limit must be at least 1")]
    NoRing,
    /// The guard would cut the last burst.
    #[error("ring.guard_ms must be shorter than the silence, ring.cadence_off_ms")]
    GuardCutsBurst,
    /// A ring without sound or silence.
    #[error("ring.cadence_on_ms and ring.cadence_off_ms must be at least 1")]
    EmptyCadence,
}

/// The clock of one call's rings.
#[derive(Clone, Debug)]
pub struct RingClock {
    t0: Moment,
    terms: Arc<RingTerms>,
}

impl RingClock {
    /// Checks that the terms can be kept.
    pub fn check(terms: &RingTerms) -> Result<(), TermsRefused> {
        if terms.limit == 0 {
            return Err(TermsRefused::NoRing);
        }
        if terms.on_ms == 0 || terms.off_ms == 0 {
            return Err(TermsRefused::EmptyCadence);
        }
        if terms.guard() >= Duration::from_millis(u64::from(terms.off_ms)) {
            return Err(TermsRefused::GuardCutsBurst);
        }
        Ok(())
    }

    /// Begins to count at `t0`.
    pub fn start(t0: Moment, terms: Arc<RingTerms>) -> RingClock {
        RingClock { t0, terms }
    }

    /// The moment the caller was sent 180.
    pub fn t0(&self) -> Moment {
        self.t0
    }

    /// How rings are counted.
    pub fn terms(&self) -> &RingTerms {
        &self.terms
    }

    /// How many rings the call may have.
    pub fn limit(&self) -> u8 {
        self.terms.limit
    }

    /// Rings begun by `now`: `floor((now - t0) / P) + 1`, never more than 255.
    pub fn rings_at(&self, now: Moment) -> u8 {
        let whole = now.since(self.t0).as_micros() / self.terms.period().as_micros();
        u8::try_from(whole + 1).unwrap_or(u8::MAX)
    }

    /// When ring `number`, from 1, begins.
    pub fn ring_at(&self, number: u8) -> Moment {
        self.t0 + self.terms.period() * u32::from(number.saturating_sub(1))
    }

    /// The end of the budget.
    pub fn deadline(&self) -> Moment {
        self.t0 + self.terms.budget()
    }

    /// When every ringing phone gets CANCEL.
    pub fn withdraw_at(&self) -> Moment {
        self.deadline() - self.terms.guard()
    }

    /// When the deadline action is committed: half a guard after the CANCELs.
    pub fn commit_at(&self) -> Moment {
        self.deadline() - self.terms.guard() / 2
    }

    /// From here on no new phone is rung: it could not sound one whole burst.
    pub fn last_offer_at(&self) -> Moment {
        self.deadline() - Duration::from_millis(u64::from(self.terms.on_ms))
    }

    /// When the phones that leave at the start of ring `number` get CANCEL, in the silence before.
    pub fn leavers_at(&self, number: u8) -> Moment {
        self.ring_at(number) - Duration::from_millis(u64::from(self.terms.guard_ms))
    }

    /// When a phone invited at `invited` must be silent: at the deadline, or when it has sounded as many
    /// rings of its own as the call may have.
    pub fn silent_by(&self, invited: Moment, own_period: Option<Duration>) -> Moment {
        let own = own_period.map(|period| invited + period * u32::from(self.terms.limit));
        own.map_or(self.deadline(), |own| own.min(self.deadline()))
    }

    /// When a phone with a ring period of its own, invited at `invited`, has rung its allowance.
    pub fn own_allowance_ends(&self, invited: Moment, period: Duration) -> Moment {
        invited + (period * u32::from(self.terms.limit)).saturating_sub(self.terms.guard())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kring_journal::RingPolicyKind;

    fn clock(terms: RingTerms) -> RingClock {
        RingClock::start(Moment::from_millis(1_000), Arc::new(terms))
    }

    #[test]
    fn three_thai_rings_end_at_fifteen_seconds() {
        let clock = clock(RingTerms::thailand());
        assert_eq!(clock.deadline(), Moment::from_millis(16_000));
        assert_eq!(clock.withdraw_at(), Moment::from_millis(15_500));
        assert_eq!(clock.commit_at(), Moment::from_millis(15_750));
        assert_eq!(clock.last_offer_at(), Moment::from_millis(15_000));
        assert_eq!(clock.leavers_at(3), Moment::from_millis(10_500));
    }

    #[test]
    fn end_of_burst_has_no_guard() {
        let clock = clock(RingTerms {
            policy: RingPolicyKind::EndOfBurst,
            ..RingTerms::thailand()
        });
        assert_eq!(clock.deadline(), Moment::from_millis(12_000));
        assert_eq!(clock.withdraw_at(), clock.deadline());
        assert_eq!(clock.commit_at(), clock.deadline());
    }

    #[test]
    fn a_ring_is_counted_from_its_first_microsecond() {
        let clock = clock(RingTerms::thailand());
        assert_eq!(clock.rings_at(Moment::from_millis(1_000)), 1);
        assert_eq!(clock.rings_at(Moment::from_micros(5_999_999)), 1);
        assert_eq!(clock.rings_at(Moment::from_millis(6_000)), 2);
    }

    #[test]
    fn terms_that_cut_a_burst_are_refused() {
        let cut = RingTerms {
            guard_ms: 4_000,
            ..RingTerms::thailand()
        };
        assert_eq!(RingClock::check(&cut), Err(TermsRefused::GuardCutsBurst));
        let mute = RingTerms {
            limit: 0,
            ..RingTerms::thailand()
        };
        assert_eq!(RingClock::check(&mute), Err(TermsRefused::NoRing));
        assert_eq!(RingClock::check(&RingTerms::thailand()), Ok(()));
    }
}
