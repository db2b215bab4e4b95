//! When silence is worth a word: of a side that should send, and of all who are joined.

use super::{Life, Relay};
use crate::{
    end::{Ear, End},
    limits::SILENT_AFTER,
    notice::MediaNotice,
    order::Side,
};
use kring_time::Moment;

impl Relay {
    /// When [`Relay::wake`] has something to say if nothing is heard till then.
    pub fn deadline(&self) -> Option<Moment> {
        let silent = |end: &End| match end.ear {
            Ear::Open { since } => Some(since + SILENT_AFTER),
            Ear::Closed | Ear::Told { .. } => None,
        };
        let silent = self.ends.iter().filter_map(silent).min();
        silent.into_iter().chain(self.dies_at()).min()
    }

    /// Time has passed: is somebody silent, or the call dead? Cheap enough to be asked often.
    pub fn wake(&mut self, now: Moment) {
        for side in Side::ALL {
            let ear = &mut self.ends[side as usize].ear;
            if let Ear::Open { since } = *ear
                && since + SILENT_AFTER <= now
            {
                *ear = Ear::Told { since };
                let for_ms = now.since(since).as_millis() as u64;
                let session = self.session;
                self.tell(MediaNotice::Silent {
                    session,
                    side,
                    for_ms,
                });
            }
        }
        self.look(now);
        if self.dies_at().is_some_and(|at| at <= now) {
            self.life = Life::ToldDead;
            let session = self.session;
            self.tell(MediaNotice::Dead { session });
        }
    }

    /// Waits for whoever should send, and for nobody else. Who was not waited for has the full time.
    pub(super) fn wait_for(&mut self, now: Moment) {
        for side in Side::ALL {
            let expected = self.ends[side as usize].sends() && self.is_listened_to(side);
            let ear = &mut self.ends[side as usize].ear;
            if expected {
                ear.open(now);
            } else {
                *ear = Ear::Closed;
            }
        }
    }

    /// A party listens to it. A monitor is waited for by nobody, and waits for nobody.
    fn is_listened_to(&self, side: Side) -> bool {
        let mut parties = Side::PARTIES.into_iter();
        let hears = |other: Side| self.bond.is_heard_by(side, other);
        side != Side::Monitor
            && parties.any(|other| hears(other) && self.ends[other as usize].receives())
    }

    /// All who are joined should send and none has been heard for so long. Not while one of them speaks
    /// or need not send: a mute or a hold is no death.
    fn dies_at(&self) -> Option<Moment> {
        if self.life == Life::ToldDead || self.dead_after.is_zero() {
            return None;
        }
        let mut heard = None;
        for side in self.bond.members() {
            heard = heard.max(Some(self.ends[side as usize].ear.since()?));
        }
        heard.map(|at| at + self.dead_after)
    }
}
