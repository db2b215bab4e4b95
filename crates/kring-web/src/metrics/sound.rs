//! How calls sounded, as numbers.

use kring_journal::{MediaSide, SideSummary};
use metrics::histogram;

/// Fewer packets than so many, two seconds, are worth no score.
const PACKETS_MIN: u64 = 100;

/// What was counted of one side.
pub(super) fn take(summary: &SideSummary) {
    let direction = match summary.side {
        MediaSide::Caller => "caller",
        MediaSide::Agent => "agent",
        MediaSide::Third => "third",
    };
    super::rtp(direction, summary.packets, summary.lost);
    histogram!("kring_rtp_jitter_seconds").record(summary.jitter_us as f64 / 1e6);
    let from = summary.mos_hundredths;
    let from = from.filter(|_| summary.packets + summary.lost >= PACKETS_MIN);
    let to = summary.told.as_ref().map(|told| told.mos_hundredths);
    let to = to.filter(|_| summary.sent >= Some(PACKETS_MIN));
    for mos in [from, to].into_iter().flatten() {
        histogram!("kring_call_mos").record(f64::from(mos) / 100.0);
    }
}
