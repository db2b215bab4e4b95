//! How a line sounds, in figures that people can be told: what was lost, how unsteady it was, what it was worth.

use crate::mos::{Mos, SoundClass};

/// How one side's line sounds, over the last look at it ([`crate::limits::QUALITY_EVERY`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineSound {
    /// Of the worse of its two ways.
    pub class: SoundClass,
    /// From the side to kring, as kring saw it; none when nothing came.
    pub from: Option<WayFigures>,
    /// From kring to the side, as its RTCP tells; none when it tells nothing.
    pub to: Option<WayFigures>,
    /// There and back again, µs.
    pub round_trip_us: Option<u64>,
}

/// One way of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WayFigures {
    /// Packets that were lost, of a thousand.
    pub lost_permille: u16,
    /// Interarrival jitter at the end of the look, µs.
    pub jitter_us: u64,
    /// What that is worth.
    pub mos: Mos,
}
