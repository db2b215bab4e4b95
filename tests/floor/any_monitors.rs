//! Supervisors on any floor: they listen, whisper and barge in at any moment of any call, change their minds,
//! hang up or do not lift at all.

use crate::{any_floor::any_mood, chance::Chance, floor::Floor, screen::Deed, seat::Seat};
use kring_call::{MonitorRules, TellAgent};
use kring_journal::MonitorMode;
use std::time::Duration;

const MODES: [MonitorMode; 3] = [
    MonitorMode::Listen,
    MonitorMode::Whisper,
    MonitorMode::Barge,
];

fn any_watches(chance: &mut Chance) -> Vec<(Duration, Deed)> {
    let mut at = chance.millis(0, 8_000);
    let mut deeds = vec![(at, Deed::Monitors(chance.one_of(&MODES)))];
    for _ in 0..chance.between(0, 4) {
        at += chance.millis(0, 6_000);
        let deed = match chance.between(0, 4) {
            0 => Deed::StopsMonitoring,
            _ => Deed::Monitors(chance.one_of(&MODES)),
        };
        deeds.push((at, deed));
    }
    deeds
}

/// Gives a floor a supervisor with a phone of their own, and lets some agents watch over others.
pub(crate) fn any_monitors(chance: &mut Chance, mut floor: Floor) -> Floor {
    let tell_agent = chance.one_of(&[
        TellAgent::Always,
        TellAgent::WhisperAndBarge,
        TellAgent::Never,
    ]);
    floor.monitor = MonitorRules { tell_agent };
    let mut boss = Seat::new("seat-boss").away();
    boss.screen.watches = any_watches(chance);
    for _ in 0..6 {
        let mood = any_mood(chance);
        boss = boss.mood(mood);
    }
    boss.phone.rings_after = chance.millis(0, 400);
    boss.phone.answerable = chance.happens(600);
    boss.phone.is_on_tcp = chance.happens(150);
    boss.phone.holds = chance.happens(200).then(|| chance.millis(0, 5_000));
    boss.phone.talks = chance.happens(400).then(|| chance.millis(0, 20_000));
    floor = floor.seat(boss);
    for seat in &mut floor.seats {
        if chance.happens(150) {
            seat.screen.watches = any_watches(chance);
        }
    }
    floor
}
