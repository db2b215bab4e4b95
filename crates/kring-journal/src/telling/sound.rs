//! How a call sounded, as part of its telling: only what somebody may have heard.

use super::words::{Both, both, thai_digits};
use crate::{CallSound, MediaSide, SideSummary, SoundClass};

/// Less than so much, of a thousand, nobody hears.
const HEARD_PERMILLE: u64 = 10;

/// Fewer packets than so many, two seconds, tell nothing of a line.
const PACKETS_MIN: u64 = 100;

/// At and above this a line satisfies (G.107 Annex B), hundredths.
const SATISFIES: u16 = 402;

/// A pause there and back again that talkers notice, microseconds.
const SLOW_US: u64 = 400_000;

/// What is to be said of each side's line.
pub(super) fn of(sound: &CallSound) -> Vec<Both> {
    let counted = sound.sides().filter_map(|(side, sound)| {
        let worst = sound.worst;
        Some((side, sound.counted.as_ref()?, worst))
    });
    counted
        .flat_map(|(side, counted, worst)| of_side(side, counted, worst))
        .collect()
}

fn of_side(side: MediaSide, counted: &SideSummary, worst: Option<SoundClass>) -> Vec<Both> {
    let mut said = Vec::new();
    let name = name(side);
    let sent = counted.sent.unwrap_or(0);
    let came = counted.packets + counted.lost;
    if came >= PACKETS_MIN {
        let mos = counted.mos_hundredths;
        said.extend(way(counted.lost, came, mos).map(|fault| match fault {
            Fault::Lost(percent) => both(
                &format!("เสียงจาก{}ขาดหาย {}%", name.th, thai_digits(&percent)),
                &format!("{percent}% of the sound of {} was lost", name.en),
            ),
            Fault::Unsteady => both(
                &format!("เสียงจาก{}ไม่สม่ำเสมอ", name.th),
                &format!("the sound of {} was unsteady", name.en),
            ),
        }));
    }
    if let Some(told) = counted.told.as_ref().filter(|_| sent >= PACKETS_MIN) {
        let mos = Some(told.mos_hundredths);
        said.extend(way(told.lost, sent, mos).map(|fault| match fault {
            Fault::Lost(percent) => both(
                &format!("เสียงที่ส่งถึง{}ขาดหาย {}%", name.th, thai_digits(&percent)),
                &format!("{percent}% of the sound to {} was lost", name.en),
            ),
            Fault::Unsteady => both(
                &format!("เสียงที่ส่งถึง{}ไม่สม่ำเสมอ", name.th),
                &format!("the sound to {} was unsteady", name.en),
            ),
        }));
    }
    if counted.round_trip_us.is_some_and(|trip| trip >= SLOW_US) {
        said.push(both(
            &format!("เสียงระหว่างระบบกับ{}มาช้า", name.th),
            &format!("the line to {} was slow", name.en),
        ));
    }
    if said.is_empty() && worst == Some(SoundClass::Poor) {
        said.push(both(
            &format!("สายของ{}เสียงไม่ดีเป็นบางช่วง", name.th),
            &format!("the line of {} sounded poor for a while", name.en),
        ));
    }
    said
}

enum Fault {
    /// In percent, as it is written.
    Lost(String),
    Unsteady,
}

/// What is wrong with one way, if something is.
fn way(lost: u64, of: u64, mos: Option<u16>) -> Option<Fault> {
    let permille = lost * 1_000 / of.max(1);
    if permille >= HEARD_PERMILLE {
        let percent = if permille < 100 && !permille.is_multiple_of(10) {
            format!("{}.{}", permille / 10, permille % 10)
        } else {
            (permille / 10).to_string()
        };
        return Some(Fault::Lost(percent));
    }
    mos.is_some_and(|mos| mos < SATISFIES)
        .then_some(Fault::Unsteady)
}

fn name(side: MediaSide) -> Both {
    match side {
        MediaSide::Caller => both("ผู้โทร", "the caller"),
        MediaSide::Agent => both("เจ้าหน้าที่", "the agent"),
        MediaSide::Third => both("หน่วยงาน", "the unit"),
    }
}
