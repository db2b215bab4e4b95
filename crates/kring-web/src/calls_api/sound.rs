//! How a call sounded, as REST shows it: figures of RTP and RTCP, and what they are worth.

use kring_journal::{CallSound, LineSound, SideSound, SideSummary, SoundClass, WaySound};
use serde::Serialize;
use utoipa::ToSchema;

/// The sound of a call, by side; null where nothing is known. The figures of a side come when it leaves; before
/// that only `class` and what made it so, once a line was anything but good.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SoundOnWire {
    caller: Option<SideOnWire>,
    /// Of the last one, if there were several.
    agent: Option<SideOnWire>,
    /// Whoever was consulted, or to whom the caller went.
    third: Option<SideOnWire>,
}

/// One side.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct SideOnWire {
    /// `good`, `fair` or `poor`: how its line sounded last, of the worse of both ways.
    class: &'static str,
    /// The worst that it ever was.
    worst: &'static str,
    /// RTP packets that came from it.
    packets: u64,
    /// RTP packets that were sent to it.
    sent: u64,
    /// What the others heard of it.
    from: Option<WayOnWire>,
    /// What it heard, as its RTCP told; null when it told nothing.
    to: Option<WayOnWire>,
    /// There and back again.
    round_trip_ms: Option<f64>,
    /// Packets from addresses that were not signalled, dropped.
    strangers: u64,
    /// Packets that failed their authentication, or were played again, dropped.
    bad: u64,
}

/// One way of a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct WayOnWire {
    /// Packets; null while the call goes on.
    lost: Option<u64>,
    loss_pct: f64,
    jitter_ms: f64,
    /// Mean opinion score by the E-model (ITU-T G.107), 1 to 4.5.
    mos: f64,
}

impl SoundOnWire {
    /// Null when nothing is known of any side.
    pub(crate) fn of(sound: &CallSound) -> Option<SoundOnWire> {
        let side = |side: &Option<SideSound>| side.as_ref().map(SideOnWire::of);
        let shown = SoundOnWire {
            caller: side(&sound.caller),
            agent: side(&sound.agent),
            third: side(&sound.third),
        };
        sound.sides().next().is_some().then_some(shown)
    }
}

impl SideOnWire {
    fn of(sound: &SideSound) -> SideOnWire {
        let class = sound.now.as_ref().map_or(SoundClass::Good, |now| now.class);
        let worst = sound.worst.unwrap_or(SoundClass::Good);
        let empty = SideOnWire {
            class: class_name(class),
            worst: class_name(worst),
            packets: 0,
            sent: 0,
            from: None,
            to: None,
            round_trip_ms: None,
            strangers: 0,
            bad: 0,
        };
        match (&sound.counted, &sound.now) {
            (Some(counted), _) => empty.counted(counted),
            (None, Some(now)) => empty.told(now),
            (None, None) => empty,
        }
    }

    fn counted(self, counted: &SideSummary) -> SideOnWire {
        let sent = counted.sent.unwrap_or(0);
        let from = counted.mos_hundredths.map(|mos| {
            let all = counted.packets + counted.lost;
            WayOnWire::counted(counted.lost, all, counted.jitter_us, mos)
        });
        let to = (counted.told.as_ref())
            .map(|told| WayOnWire::counted(told.lost, sent, told.jitter_us, told.mos_hundredths));
        SideOnWire {
            packets: counted.packets,
            sent,
            from,
            to,
            round_trip_ms: counted.round_trip_us.map(milliseconds),
            strangers: counted.strangers,
            bad: counted.bad,
            ..self
        }
    }

    fn told(self, now: &LineSound) -> SideOnWire {
        SideOnWire {
            from: now.from.map(WayOnWire::told),
            to: now.to.map(WayOnWire::told),
            round_trip_ms: now.round_trip_us.map(milliseconds),
            ..self
        }
    }
}

impl WayOnWire {
    fn counted(lost: u64, all: u64, jitter_us: u64, mos: u16) -> WayOnWire {
        WayOnWire {
            lost: Some(lost),
            loss_pct: hundredths(lost as f64 * 100.0 / all.max(1) as f64),
            jitter_ms: milliseconds(jitter_us),
            mos: f64::from(mos) / 100.0,
        }
    }

    fn told(way: WaySound) -> WayOnWire {
        WayOnWire {
            lost: None,
            loss_pct: f64::from(way.lost_permille) / 10.0,
            jitter_ms: milliseconds(way.jitter_us),
            mos: f64::from(way.mos_hundredths) / 100.0,
        }
    }
}

const fn class_name(class: SoundClass) -> &'static str {
    match class {
        SoundClass::Poor => "poor",
        SoundClass::Fair => "fair",
        SoundClass::Good => "good",
    }
}

fn milliseconds(us: u64) -> f64 {
    hundredths(us as f64 / 1e3)
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
