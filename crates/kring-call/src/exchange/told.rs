//! What the media threads tell of a line, as facts.

use kring_journal::{Fact, LineSound, MediaSide, SideSummary, SoundClass, ToldSummary, WaySound};
use kring_media::{Mos, SideStats, WayFigures};

/// What was heard of a side that leaves.
pub(super) fn summary(side: MediaSide, stats: &SideStats) -> Fact {
    Fact::MediaSummary(SideSummary {
        side,
        packets: stats.packets,
        lost: stats.lost,
        jitter_us: stats.jitter_us,
        strangers: stats.strangers,
        bad: stats.bad,
        sent: (stats.sent > 0).then_some(stats.sent),
        mos_hundredths: stats.mos.map(Mos::hundredths),
        round_trip_us: stats.round_trip_us,
        told: stats.told.map(|told| ToldSummary {
            lost: told.lost,
            jitter_us: told.jitter_us,
            mos_hundredths: told.mos.hundredths(),
        }),
    })
}

/// How a side's line sounds now.
pub(super) fn line_sound(side: MediaSide, line: &kring_media::LineSound) -> Fact {
    Fact::SoundChanged(LineSound {
        side,
        class: match line.class {
            kring_media::SoundClass::Poor => SoundClass::Poor,
            kring_media::SoundClass::Fair => SoundClass::Fair,
            kring_media::SoundClass::Good => SoundClass::Good,
        },
        from: line.from.map(way),
        to: line.to.map(way),
        round_trip_us: line.round_trip_us,
    })
}

fn way(figures: WayFigures) -> WaySound {
    WaySound {
        lost_permille: figures.lost_permille,
        jitter_us: figures.jitter_us,
        mos_hundredths: figures.mos.hundredths(),
    }
}
