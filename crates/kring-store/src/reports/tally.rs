//! What is counted of calls: the name of each sum, and the SQL that makes it of a row of `call`.

use crate::{StoreRefused, sql::Cells};

macro_rules! tally {
    ($($(#[$doc:meta])* $name:ident = $of:literal;)+) => {
        /// Sums over calls.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct CallTally { $($(#[$doc])* pub $name: i64),+ }

        impl CallTally {
            /// Adds the sums of other calls.
            pub fn add(&mut self, other: &CallTally) {
                $(self.$name += other.$name;)+
            }

            /// Reads the columns of [`CALLS`] or [`KEPT`].
            pub(crate) fn read(cells: &mut Cells<'_>) -> Result<CallTally, StoreRefused> {
                Ok(CallTally { $($name: cells.maybe_int()?.unwrap_or(0)),+ })
            }
        }

        /// The sums over rows of `call`.
        pub(crate) const CALLS: &str = concat!($(", CAST(SUM(", $of, ") AS BIGINT)"),+);
        /// The sums over rows that were kept.
        pub(crate) const KEPT: &str = concat!($(", CAST(SUM(", stringify!($name), ") AS BIGINT)"),+);
        /// The columns that keep them.
        pub(crate) const COLUMNS: &str = concat!("begins, part, hour, queue, agent" $(, ", ", stringify!($name))+);
    };
}

tally! {
    /// All.
    calls = "1";
    /// Decided by the ring rule.
    decided = "CASE WHEN result IS NOT NULL THEN 1 ELSE 0 END";
    /// Answered within it.
    within = "CASE WHEN result = 'within' THEN 1 ELSE 0 END";
    /// Answered after it.
    breached = "CASE WHEN result = 'breached' THEN 1 ELSE 0 END";
    /// Kept at the deadline.
    rescued = "CASE WHEN result = 'rescued' THEN 1 ELSE 0 END";
    /// Busy or redirected at the deadline.
    refused = "CASE WHEN result = 'refused' THEN 1 ELSE 0 END";
    /// Could not be carried on.
    failed = "CASE WHEN result = 'failed' THEN 1 ELSE 0 END";
    /// The caller hung up while it rang.
    abandoned = "CASE WHEN result = 'abandoned_within' THEN 1 ELSE 0 END";
    /// In the first ring.
    abandoned_1 = "CASE WHEN result = 'abandoned_within' AND rings <= 1 THEN 1 ELSE 0 END";
    /// In the second.
    abandoned_2 = "CASE WHEN result = 'abandoned_within' AND rings = 2 THEN 1 ELSE 0 END";
    /// In the third.
    abandoned_3 = "CASE WHEN result = 'abandoned_within' AND rings >= 3 THEN 1 ELSE 0 END";
    /// The caller was kept and hung up unserved.
    left_in_queue = "CASE WHEN outcome = 'rescued' AND agent IS NULL AND connected_to IS NULL AND ended_by = 'caller' AND COALESCE(left_queue, '') NOT IN ('call_back', 'closed') THEN 1 ELSE 0 END";
    /// Waits of those decided, ms.
    wait_ms = "CASE WHEN result IS NOT NULL THEN COALESCE(wait_ms, 0) ELSE 0 END";
    /// Waits of those whose caller hung up, ms.
    patience_ms = "CASE WHEN result = 'abandoned_within' THEN COALESCE(wait_ms, 0) ELSE 0 END";
    /// Answered in the first ring.
    ring_1 = "CASE WHEN result IN ('within', 'breached') AND rings <= 1 THEN 1 ELSE 0 END";
    /// In the second.
    ring_2 = "CASE WHEN result IN ('within', 'breached') AND rings = 2 THEN 1 ELSE 0 END";
    /// In the third, or later.
    ring_3 = "CASE WHEN result IN ('within', 'breached') AND rings >= 3 THEN 1 ELSE 0 END";
    /// Talks that are over.
    talks = "CASE WHEN agent IS NOT NULL AND talk_ms IS NOT NULL THEN 1 ELSE 0 END";
    /// How long they were, ms.
    talk_ms = "CASE WHEN agent IS NOT NULL THEN COALESCE(talk_ms, 0) ELSE 0 END";
    /// Records made within an hour of the call's end: later ones come from the unfinished list.
    wrap_ups = "CASE WHEN wrap_up_ms <= 3600000 THEN 1 ELSE 0 END";
    /// How long those took, ms.
    wrap_up_ms = "CASE WHEN wrap_up_ms <= 3600000 THEN wrap_up_ms ELSE 0 END";
    /// With a case.
    cases = "CASE WHEN case_ref IS NOT NULL THEN 1 ELSE 0 END";
}
