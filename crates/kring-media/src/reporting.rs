//! The relay as one who reports: RTCP to each side in its time, and how its line sounds.

use crate::{
    figures::LineSound,
    limits::QUALITY_EVERY,
    mos::SoundClass,
    notice::MediaNotice,
    order::Side,
    relay::Relay,
    reports::{Chances, ReportPacket, Tongues},
    verdict::PacketKind,
};
use kring_time::Moment;
use std::net::SocketAddr;

/// What a relay needs for its reports.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reporting {
    /// None: it reports nothing.
    chances: Option<Chances>,
    look_at: Option<Moment>,
}

/// How a side's line was found last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    told: SoundClass,
    /// It was better than what was told at the look before this.
    is_better: bool,
}

impl Default for Standing {
    fn default() -> Standing {
        Standing {
            told: SoundClass::Good,
            is_better: false,
        }
    }
}

impl Standing {
    /// What is to be told now: worse at once, better only when it was so twice, lest the light flickers.
    fn take(&mut self, class: SoundClass) -> Option<SoundClass> {
        let is_again = std::mem::replace(&mut self.is_better, class > self.told);
        let tells = class < self.told || (class > self.told && is_again);
        if tells {
            *self = Standing {
                told: class,
                is_better: false,
            };
        }
        tells.then_some(class)
    }
}

impl Relay {
    /// From now on it reports to every side, under names that come of `chance`, any random number.
    pub fn report(&mut self, chance: u64) {
        self.reporting.chances = Some(Chances::new(chance));
    }

    /// This packet of RTP has gone out to a side. Told by whoever sends, since what the kernel refused was not sent.
    #[inline]
    pub fn sent(&mut self, now: Moment, side: Side, packet: &[u8]) {
        self.ends[side as usize].reports.sent(now, packet);
    }

    /// The next report of kring's that is due now, written into `out`: who gets it, how long it is, and where it goes.
    /// Asked until it gives none, a few times in a second.
    pub fn next_report(
        &mut self,
        now: Moment,
        out: &mut ReportPacket,
    ) -> Option<(Side, usize, SocketAddr)> {
        let chances = self.reporting.chances.as_mut()?;
        for side in Side::ALL {
            let end = &mut self.ends[side as usize];
            let Some(to) = end.target(PacketKind::Rtcp) else {
                continue;
            };
            if let Some(length) =
                end.reports
                    .write(now, &end.quality, &end.speech.takes, chances, out)
            {
                return Some((side, length, to));
            }
        }
        None
    }

    /// The last report to a side that leaves, or whose call ends (RFC 3550 §6.6), written into `out`.
    pub fn goodbye(
        &mut self,
        now: Moment,
        side: Side,
        out: &mut ReportPacket,
    ) -> Option<(usize, SocketAddr)> {
        let end = &mut self.ends[side as usize];
        let to = end.target(PacketKind::Rtcp)?;
        let length = end
            .reports
            .goodbye(now, &end.quality, &end.speech.takes, out)?;
        Some((length, to))
    }

    /// Looks at how every line sounds, in its time.
    pub(crate) fn look(&mut self, now: Moment) {
        match self.reporting.look_at {
            Some(at) if now < at => return,
            Some(_) => {}
            None => {
                self.reporting.look_at = Some(now + QUALITY_EVERY);
                return;
            }
        }
        self.reporting.look_at = Some(now + QUALITY_EVERY);
        let session = self.session;
        for side in Side::ALL {
            let end = &mut self.ends[side as usize];
            let (takes, told) = (&end.speech.takes, &end.speech.told);
            let tongues = Tongues {
                sends: if told.is_empty() { takes } else { told },
                takes,
            };
            let [from, to] = end.reports.look(&end.quality, end.packets, tongues);
            let worse = [from, to].into_iter().flatten().map(|way| way.mos.class());
            let told = worse.min().and_then(|class| end.standing.take(class));
            if let Some(class) = told {
                let round_trip_us = end.reports.round_trip_us();
                let line = LineSound {
                    class,
                    from,
                    to,
                    round_trip_us,
                };
                self.tell(MediaNotice::Quality {
                    session,
                    side,
                    line,
                });
            }
        }
    }
}
