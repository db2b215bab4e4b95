//! For any seed: queues whose callers go elsewhere or are called back, at the deadline, when there is no place,
//! after the longest wait and when it is closed; the telephones that kring dials for them; agents with several
//! devices, and such as answer by themselves.
//!
//! Each draws from a stream of its own, so that the days without them stay what they were.

use crate::{
    any_floor::{any_mood, any_phone},
    chance::Chance,
    extension::Extension,
    floor::{Cadence, Floor, QueueSetup},
    keys::KeysBy,
    network::Party,
    person::{Mood, PhoneSetup, SelfAnswer},
};
use kring_call::{CallbackRules, OnClosed, OnDeadline, OverflowTo, Recourse, command::Command};
use kring_journal::ClosedWhy;
use std::time::Duration;

/// Where a queue may overflow to besides another queue. Nobody has the number 1501.
const PLACES: [&str; 4] = [
    "ext:1500",
    "ext:1501",
    "department:DFT",
    "sip:1500@192.0.2.10",
];

/// The endpoints that a department may have.
const ENDPOINTS: [&[&str]; 4] = [&[], &["2101"], &["2102", "2101"], &["2101", "1501", "2102"]];

/// When nobody is called back any more, ms after the first citizen may dial: all days end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Closing {
    pub(crate) from_ms: u64,
    pub(crate) until_ms: u64,
}

/// Gives citizens numbers by which they can be called.
pub(crate) fn any_numbers(chance: &mut Chance, mut floor: Floor) -> Floor {
    for (n, citizen) in floor.citizens.iter_mut().enumerate() {
        if chance.happens(600) {
            citizen.name = format!("08{:08}", n + 1);
        }
    }
    floor
}

/// Queues that overflow or call back, and whoever is dialled for it.
pub(crate) fn any_elsewhere(
    chance: &mut Chance,
    mut floor: Floor,
    queues: &[&str],
    closing: Closing,
) -> Floor {
    floor.dial.country = Some("66".to_owned());
    floor = floor.may_dial("08XXXXXXXX");
    for number in ["1500", "2101", "2102"] {
        floor = floor.extension(any_extension(chance, number));
    }
    let extensions = chance.one_of(&ENDPOINTS).iter();
    let department = Command::PutDepartment {
        short: "DFT".to_owned(),
        extensions: extensions.map(|number| (*number).to_owned()).collect(),
    };
    floor = floor.command_at_ms(0, department);
    for name in queues {
        let others: Vec<&str> = queues.iter().copied().filter(|o| o != name).collect();
        let Some(queue) = floor.queues.iter_mut().find(|queue| queue.name == *name) else {
            continue;
        };
        if chance.happens(600) {
            any_overflow(chance, queue, &others);
        }
        if chance.happens(600) {
            any_call_backs(chance, queue);
            // Whoever is never there would be called back for ever.
            let at = chance.between(closing.from_ms, closing.until_ms);
            floor = floor.closes_at_ms(at, name, ClosedWhy::Hours);
        }
    }
    any_callers(chance, floor)
}

fn any_overflow(chance: &mut Chance, queue: &mut QueueSetup, others: &[&str]) {
    let place = if !others.is_empty() && chance.happens(500) {
        format!("queue:{}", chance.one_of(others))
    } else {
        chance.one_of(&PLACES).to_owned()
    };
    let place: Result<OverflowTo, _> = place.parse();
    queue.overflow = place.ok();
    match chance.between(0, 3) {
        0..=1 => queue.on_deadline = OnDeadline::Overflow,
        2 => {
            queue.on_deadline = OnDeadline::AnswerGreetQueue;
            queue.waiting.when_full = Recourse::Overflow;
            queue.waiting.waiting_max = 1;
        }
        _ => {
            queue.on_deadline = OnDeadline::AnswerGreetQueue;
            queue.waiting.when_waited = Recourse::Overflow;
        }
    }
    if chance.happens(600) {
        queue.on_closed = OnClosed::Overflow;
    }
}

fn any_call_backs(chance: &mut Chance, queue: &mut QueueSetup) {
    queue.callback = Some(CallbackRules {
        retry: Duration::from_secs(chance.between(30, 90)),
        tries: chance.one_of(&[1, 1, 2]),
    });
    if chance.happens(500) {
        queue.on_deadline = OnDeadline::OfferCallback;
    }
    if chance.happens(300) {
        queue.waiting.when_full = Recourse::OfferCallback;
    }
    if chance.happens(300) {
        queue.waiting.when_waited = Recourse::OfferCallback;
    }
    if chance.happens(500) {
        queue.on_closed = OnClosed::OfferCallback;
    }
}

/// Citizens who press keys and can be called, and agents who call some of them.
fn any_callers(chance: &mut Chance, mut floor: Floor) -> Floor {
    let mut numbers = Vec::new();
    for citizen in &mut floor.citizens {
        // A queue that overflows for ever lets nobody go who waits for ever.
        let waits = chance.millis(0, 100_000);
        citizen.waits.get_or_insert(waits);
        if !citizen.name.starts_with("08") {
            continue;
        }
        numbers.push((citizen.name.clone(), citizen.dials_at));
        if chance.happens(600) {
            let key = if chance.happens(850) { '1' } else { '5' };
            citizen.presses = vec![(chance.millis(0, 30_000), key)];
            citizen.keys_by = chance.one_of(&[KeysBy::Sound, KeysBy::Info]);
        }
    }
    for (number, dials_at) in numbers {
        floor = floor.extension(any_extension(chance, &number));
        if chance.happens(100) {
            let agents = floor.seats.len() as u64;
            let seat = chance.between(0, agents.saturating_sub(1)) as usize;
            let at = dials_at + chance.millis(0, 60_000);
            let call = Command::Call {
                agent: floor.seats[seat].agent.clone(),
                number,
                case_id: None,
            };
            floor.commands.push((at, call));
        }
    }
    floor
}

/// A telephone behind the PBX, which hangs up some time.
fn any_extension(chance: &mut Chance, number: &str) -> Extension {
    let mut extension = Extension::new(number);
    for _ in 0..3 {
        let mood = match any_mood(chance) {
            // The PBX is there, whatever its telephones are.
            Mood::Unplugged => Mood::Dead,
            mood => mood,
        };
        extension = extension.mood(mood);
    }
    any_phone(chance, &mut extension.phone);
    extension.phone.is_on_tcp = false;
    extension.phone.fork = None;
    extension.phone.talks = Some(chance.millis(0, 30_000));
    extension
}

/// Phones that are asked to answer by themselves; not all of them can.
pub(crate) fn any_lifting(chance: &mut Chance, mut floor: Floor) -> Floor {
    let words = [
        SelfAnswer::CallInfo,
        SelfAnswer::AlertInfo,
        SelfAnswer::AnswerMode,
    ];
    for seat in &mut floor.seats {
        if chance.happens(200) {
            seat.auto_answer = true;
            let lifts = chance.happens(800);
            seat.phone.lifts_itself = lifts.then(|| chance.one_of(&words));
        }
    }
    floor
}

/// Further devices of agents.
pub(crate) fn any_devices(chance: &mut Chance, mut floor: Floor) -> Floor {
    for seat in 0..floor.seats.len() {
        if !chance.happens(300) {
            continue;
        }
        for _ in 0..chance.between(1, 2) {
            let mut phone = any_beside(chance, &floor.seats[seat].phone);
            let own = Duration::from_millis(chance.one_of(&[2_500, 4_000, 5_000, 6_000]));
            let period = chance.happens(200).then_some(own);
            phone.period = period.unwrap_or(Cadence::THAILAND.period());
            if let Party::Phone(number) = floor.spare(seat, phone) {
                floor.seats[seat].beside.push((number, period));
            }
        }
    }
    floor
}

/// A device like this one in what it is, and unlike it in what becomes of its calls.
fn any_beside(chance: &mut Chance, own: &PhoneSetup) -> PhoneSetup {
    let mut phone = own.clone();
    for mood in &mut phone.moods {
        *mood = any_mood(chance);
    }
    any_phone(chance, &mut phone);
    phone.is_on_tcp = false;
    phone
}
