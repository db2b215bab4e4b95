//! Transfers and consults on any floor: agents who send callers elsewhere at any moment and turn to and fro,
//! phones that do so by their own button, units that answer or do not, and PBXs that obey, refuse, fail or
//! fall silent.

use crate::{
    chance::Chance, extension::Extension, floor::Floor, person::Mood, referred::Obedience,
    screen::Deed,
};
use kring_call::{TransferMethod, command::ConsultTurn};
use std::time::Duration;

/// The units' extensions.
const UNITS: [&str; 4] = ["3100", "3101", "3102", "3199"];

/// What a unit's telephones do; the last number is nobody's.
fn any_unit(chance: &mut Chance, number: &str) -> Extension {
    let mood = match chance.between(0, 9) {
        0..=4 => Mood::Answers(chance.millis(0, 16_000)),
        5 => Mood::Declines(chance.millis(0, 10_000)),
        6 => Mood::Refuses(486),
        7 => Mood::Refuses(chance.one_of(&[404, 480, 500, 503, 603])),
        8 => Mood::Dead,
        _ => Mood::Ignores,
    };
    let mut unit = Extension::new(number).mood(mood);
    if chance.happens(400) {
        unit = unit.talks_ms(chance.between(0, 20_000));
    }
    unit
}

/// How a PBX takes a REFER.
fn any_obedience(chance: &mut Chance) -> Obedience {
    let last = chance.one_of(&[200, 200, 200, 486, 404, 503, 603, 408]);
    match chance.between(0, 5) {
        0 => Obedience::Refuses(chance.one_of(&[403, 405, 481, 501, 503])),
        1 => Obedience::falls_silent(),
        2 => Obedience::says(&[(0, 100), (chance.between(0, 3_000), 180)]),
        3 => Obedience::says(&[(chance.between(0, 9_000), last)]),
        _ => {
            let rings = chance.between(0, 2_000);
            Obedience::says(&[
                (0, 100),
                (rings, 180),
                (rings + chance.between(0, 9_000), last),
            ])
        }
    }
}

fn any_deeds(chance: &mut Chance) -> Vec<(Duration, Deed)> {
    let first = chance.one_of(&UNITS);
    let to: Vec<&str> = match chance.between(0, 2) {
        0 => vec![first, chance.one_of(&UNITS)],
        _ => vec![first],
    };
    let mut at = chance.millis(0, 6_000);
    let asks = chance.happens(500);
    let begin = if asks {
        Deed::consults(&to)
    } else {
        Deed::transfers(&to)
    };
    let mut deeds = vec![(at, begin)];
    for _ in 0..chance.between(0, 4) {
        at += chance.millis(0, 5_000);
        let deed = match chance.between(0, 9) {
            0..=1 => Deed::Turns(ConsultTurn::Swap),
            2..=3 => Deed::Turns(ConsultTurn::Conference),
            4..=5 => Deed::Turns(ConsultTurn::Complete),
            6 => Deed::Turns(ConsultTurn::Cancel),
            7 => Deed::HangsUp,
            // Two at once.
            _ => Deed::transfers(&[chance.one_of(&UNITS)]),
        };
        deeds.push((at, deed));
    }
    // Nobody is asked for ever.
    at += chance.millis(0, 20_000);
    let last = chance.one_of(&[ConsultTurn::Complete, ConsultTurn::Cancel]);
    deeds.push((at, Deed::Turns(last)));
    deeds
}

/// Gives the agents of a floor something to do with their callers.
pub(crate) fn any_transfers(chance: &mut Chance, mut floor: Floor) -> Floor {
    floor = floor.may_dial("31XX");
    let methods = [
        TransferMethod::Auto,
        TransferMethod::Refer,
        TransferMethod::Bridge,
    ];
    floor = floor.transfers_by(chance.one_of(&methods));
    for number in &UNITS[..3] {
        floor = floor.extension(any_unit(chance, number));
    }
    for seat in &mut floor.seats {
        if chance.happens(600) {
            seat.screen.deeds = any_deeds(chance);
        } else if chance.happens(500) {
            let to = format!("sip:{}@192.0.2.1", chance.one_of(&UNITS));
            seat.phone.refers = Some((chance.millis(0, 6_000), to));
        }
    }
    for seat in &mut floor.seats {
        if chance.happens(300) {
            let at = chance.millis(0, 8_000);
            let until = at + chance.millis(0, 9_000);
            let deeds = &mut seat.screen.deeds;
            deeds.extend([(at, Deed::Holds), (until, Deed::Resumes)]);
            deeds.sort_by_key(|(at, _)| *at);
        }
    }
    for citizen in &mut floor.citizens {
        citizen.obedience = any_obedience(chance);
        if chance.happens(300) {
            citizen.user_agent = Some(chance.one_of(&["baresip v1.0.0", "Asterisk PBX 20.6"]));
        }
    }
    floor
}
