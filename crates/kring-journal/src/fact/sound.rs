//! How the lines of a call sounded: figures of RTP and RTCP, and what they are worth (ITU-T G.107).

use super::MediaSide;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the relay saw of one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideSummary {
    /// Which side.
    pub side: MediaSide,
    /// RTP packets received.
    pub packets: u64,
    /// Lost on the way to us, by sequence number.
    pub lost: u64,
    /// Interarrival jitter at the end, microseconds (RFC 3550 section 6.4.1).
    pub jitter_us: u64,
    /// Packets from addresses that were not signalled, dropped.
    pub strangers: u64,
    /// Packets that failed their authentication or were played again, dropped.
    #[serde(default, skip_serializing_if = "is_none")]
    pub bad: u64,
    /// RTP packets sent to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<u64>,
    /// Mean opinion score of its sound as it came here, in hundredths (MOS-CQE of G.107); none where nothing came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mos_hundredths: Option<u16>,
    /// There and back again, microseconds; none when its RTCP did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_trip_us: Option<u64>,
    /// What it told by RTCP of the sound that it got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<ToldSummary>,
}

/// What a side tells of the sound that kring sends to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldSummary {
    /// RTP packets lost on the way to it.
    pub lost: u64,
    /// Interarrival jitter that it heard last, microseconds.
    pub jitter_us: u64,
    /// Mean opinion score of the sound that it got, in hundredths.
    pub mos_hundredths: u16,
}

/// How people find a line (G.107 Annex B).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoundClass {
    /// Many are dissatisfied: MOS below 3.60.
    Poor,
    /// Some are dissatisfied: MOS from 3.60 on.
    Fair,
    /// They are satisfied: MOS from 4.02 on.
    Good,
}

/// How one side's line sounds now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineSound {
    /// Which side.
    pub side: MediaSide,
    /// Of the worse of its two ways.
    pub class: SoundClass,
    /// From the side to kring; none when nothing came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<WaySound>,
    /// From kring to the side, as its RTCP tells; none when it tells nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<WaySound>,
    /// There and back again, microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_trip_us: Option<u64>,
}

/// One way of a line, over the last seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaySound {
    /// Packets lost, of a thousand.
    pub lost_permille: u16,
    /// Interarrival jitter, microseconds.
    pub jitter_us: u64,
    /// Mean opinion score, in hundredths.
    pub mos_hundredths: u16,
}

impl LineSound {
    /// The way that sounds worse, and whether it is the one from the side.
    pub fn worse(&self) -> Option<(Way, WaySound)> {
        let from = self.from.map(|sound| (Way::From, sound));
        let to = self.to.map(|sound| (Way::To, sound));
        let both = [from, to].into_iter().flatten();
        both.min_by_key(|(_, sound)| sound.mos_hundredths)
    }
}

/// One of the two ways of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the side to kring: what the others hear.
    From,
    /// From kring to the side: what it hears.
    To,
}

impl fmt::Display for LineSound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.side, self.class)?;
        for (name, sound) in [("from", self.from), ("to", self.to)] {
            if let Some(sound) = sound {
                let lost = f64::from(sound.lost_permille) / 10.0;
                let mos = f64::from(sound.mos_hundredths) / 100.0;
                write!(f, ", {name} it {lost:.1}% lost, MOS {mos:.2}")?;
            }
        }
        Ok(())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
const fn is_none(count: &u64) -> bool {
    *count == 0
}
