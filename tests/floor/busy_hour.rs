//! The busiest hour of a national centre for any seed: thirty agents, three queues that share them, and
//! five hundred callers, of whom more come at a time than there are agents. Agents decline, let ring,
//! pause and go home; their screens are loaded anew or have their sound locked, and the power fails at
//! some desks.

use crate::{
    any_elsewhere::{Closing, any_elsewhere, any_lifting, any_numbers},
    any_floor::{any_citizen, any_mood, any_phone},
    chance::Chance,
    citizen::Citizen,
    floor::{Cadence, Floor},
    media::Hearing,
    network::{Faults, Party},
    screen::Habit,
    seat::Seat,
};
use kring_call::{
    OnDeadline, WaitingRules,
    command::{Admission, PresenceWish},
};
use kring_journal::ClosedWhy;
use kring_time::Moment;
use std::time::Duration;

const AGENTS: u64 = 30;
const CALLERS: u64 = 500;

/// An hour, ms.
const HOUR_MS: u64 = 3_600_000;

/// When queues close of which citizens are called back.
const CLOSING: Closing = Closing {
    from_ms: HOUR_MS + 600_000,
    until_ms: HOUR_MS + 900_000,
};

/// The longest that a call takes after the last one has come: the wait, the talk, and what is never
/// answered.
const SETTLED_WITHIN: Duration = Duration::from_mins(20);

/// The queues: where most calls come, one with a list of specialists, and one of which everybody helps.
const QUEUES: [&str; 3] = ["support", "law", "hotline"];

/// Plans that spend three rings.
const PLANS: [&[&str]; 7] = [
    &["longest_idle:2", "all:1"],
    &["linear:1", "least_calls:2"],
    &["least_calls:1", "longest_idle:1", "all:1"],
    &["linear:2", "all:1"],
    &["longest_idle:1", "longest_idle:1", "longest_idle:1"],
    &["all:3"],
    &["least_calls:3"],
];

/// The hour of this seed.
pub fn busy_hour(seed: u64) -> Floor {
    // Other streams than those of the floor for any seed.
    let mut chance = Chance::new(seed, 20);
    let mut floor = Floor::new(Cadence::THAILAND).seed(seed);
    floor.settles_within = SETTLED_WITHIN;
    floor = any_queues(&mut chance, floor)
        .wrap_up_s(chance.one_of(&[0, 10, 30]))
        .rona_limit(chance.one_of(&[0, 1, 2, 3]))
        .session_timer_s(chance.one_of(&[0, 90, 1_800]));
    if chance.happens(300) {
        floor = floor.makes_the_tone();
    }
    if chance.happens(300) {
        floor = floor.greets_with("greeting");
    }
    for number in 0..AGENTS {
        floor = floor.seat(any_seat(&mut chance, number));
    }
    let rushes: Vec<u64> = (0..5).map(|_| chance.between(0, HOUR_MS)).collect();
    for number in 0..CALLERS {
        floor = floor.citizen(any_caller(&mut chance, number, &rushes));
    }
    let floor = any_trouble(&mut chance, floor);
    let mut others = Chance::new(seed, 21);
    let floor = if others.happens(500) {
        let floor = any_numbers(&mut others, floor);
        any_elsewhere(&mut others, floor, &QUEUES, CLOSING)
    } else {
        floor
    };
    any_lifting(&mut Chance::new(seed, 22), floor)
}

fn any_queues(chance: &mut Chance, mut floor: Floor) -> Floor {
    for queue in QUEUES {
        let on_deadline = match chance.between(0, 9) {
            0 => OnDeadline::AnnounceBusy,
            1 => OnDeadline::Redirect {
                to: "sip:operator@192.0.2.10".to_owned(),
            },
            2 => OnDeadline::Announce,
            _ => OnDeadline::AnswerGreetQueue,
        };
        let rules = WaitingRules {
            max_wait: Duration::from_secs(chance.one_of(&[45, 120, 300])),
            waiting_max: chance.one_of(&[0, 0, 5, 20]),
            announce_every: Duration::from_secs(chance.one_of(&[0, 20, 45])),
            ..WaitingRules::default()
        };
        floor = floor
            .queue(queue, chance.one_of(&PLANS), on_deadline)
            .waiting(queue, rules);
        if chance.happens(500) {
            floor = floor.priority(queue, chance.between(1, 9) as u8);
        }
        if chance.happens(150) {
            let at = chance.between(0, HOUR_MS);
            floor = floor.closes_at_ms(at, queue, ClosedWhy::Hours);
            floor = floor.opens_at_ms(at + chance.between(0, 600_000), queue);
        }
    }
    if chance.happens(300) {
        floor = floor.asks_for("hotline", &["tax:2"]);
    }
    let names: Vec<String> = (0..AGENTS).map(login).collect();
    let mut specialists: Vec<(&str, u8)> = Vec::new();
    for name in &names {
        if chance.happens(400) {
            specialists.push((name, chance.between(1, 3) as u8));
        }
    }
    // Without any name the list would be everybody's.
    if specialists.is_empty() {
        specialists.push((&names[0], 1));
    }
    floor.members("law", &specialists)
}

fn login(number: u64) -> String {
    format!("seat-{}", 5_021 + number)
}

fn any_seat(chance: &mut Chance, number: u64) -> Seat {
    let mut seat = Seat::new(&login(number));
    match chance.between(0, 9) {
        0..=3 => {}
        4..=7 => seat = seat.serves("support"),
        _ => seat = seat.serves("hotline"),
    }
    seat = seat.signs_in_at_ms(chance.between(0, 120_000));
    if chance.happens(100) {
        seat = seat.rings_every_ms(chance.between(2_000, 6_000));
    }
    for _ in 0..40 {
        seat = seat.mood(any_mood(chance));
    }
    any_phone(chance, &mut seat.phone);
    // Talking is the callers' to end, mostly.
    seat.phone.talks = chance.happens(200).then(|| chance.millis(5_000, 120_000));
    let habit = |chance: &mut Chance, of_1000, from, to| {
        Some(Habit {
            of_1000,
            after: chance.millis(from, to),
        })
    };
    seat.screen.declines = habit(chance, 50, 0, 6_000);
    seat.screen.answers = habit(chance, 300, 500, 8_000);
    seat.screen.hangs_up = habit(chance, 150, 3_000, 120_000);
    seat.screen.writes_up = habit(chance, 600, 2_000, 35_000);
    seat.screen.returns = habit(chance, 950, 500, 60_000);
    if chance.happens(250) {
        // A page whose sound the browser has locked says nothing.
        seat.is_page = true;
        seat.screen.sounds = habit(chance, 700, 50, 900);
    }
    seat.auto_answer = chance.happens(100);
    for skill in ["tax:2", "tax:4", "law:2"] {
        if chance.happens(400) {
            seat = seat.can(skill);
        }
    }
    seat.screen.alive = chance.happens(950);
    any_day(chance, seat)
}

/// What an agent does in this hour besides taking calls, and what happens to the desk.
fn any_day(chance: &mut Chance, mut seat: Seat) -> Seat {
    for _ in 0..chance.between(0, 2) {
        let at = chance.between(0, HOUR_MS);
        let reason = "lunch".to_owned();
        seat = seat.wishes_at_ms(at, PresenceWish::Paused { reason });
        let back = at + chance.between(10_000, 300_000);
        seat = seat.wishes_at_ms(back, PresenceWish::Ready);
    }
    if chance.happens(200) {
        let at = chance.between(0, HOUR_MS);
        seat = seat.wishes_at_ms(at, PresenceWish::Offline);
        let back = at + chance.between(60_000, 900_000);
        seat = seat.wishes_at_ms(back, PresenceWish::Ready);
    }
    // One after another: a desk has one power and one screen.
    let mut at = 0;
    for _ in 0..chance.between(0, 3) {
        at += chance.between(130_000, HOUR_MS / 3);
        if chance.happens(300) {
            let lasts = chance.between(2_000, 180_000);
            seat = seat.crashes_at_ms(at, lasts);
            at += lasts;
        } else {
            let lasts = chance.between(300, 8_000);
            seat = seat.reloads_at_ms(at, lasts);
            at += lasts;
        }
    }
    seat
}

fn any_caller(chance: &mut Chance, number: u64, rushes: &[u64]) -> Citizen {
    let queues = ["support", "support", "support", "law", "hotline"];
    let mut citizen = any_citizen(chance, number, &queues);
    let at = if chance.happens(400) {
        chance.one_of(rushes) + chance.between(0, 90_000)
    } else {
        chance.between(0, HOUR_MS)
    };
    citizen = citizen.dials_at_ms(at);
    citizen.patience = match chance.between(0, 19) {
        0 => Some(chance.millis(0, 500)),
        1 => Some(chance.millis(14_200, 15_100)),
        2..=4 => Some(chance.millis(0, 16_000)),
        _ => None,
    };
    citizen.talks = Some(chance.millis(5_000, 240_000));
    citizen.waits = chance.happens(500).then(|| chance.millis(0, 180_000));
    citizen
}

fn any_trouble(chance: &mut Chance, mut floor: Floor) -> Floor {
    floor.latency = chance.millis(0, 120);
    for n in 0..AGENTS as u8 {
        if chance.happens(200) {
            let own = chance.millis(0, 500);
            floor.own_latency.push((Party::Kring, Party::Phone(n), own));
        }
        if chance.happens(200) {
            let own = chance.millis(0, 500);
            floor.own_latency.push((Party::Phone(n), Party::Kring, own));
        }
        if floor.seats[usize::from(n)].phone.is_on_tcp && chance.happens(300) {
            floor = floor.cut_at_ms(chance.between(0, HOUR_MS), Party::Phone(n));
        }
    }
    if chance.happens(700) {
        floor = floor.faults(Faults {
            lost: chance.between(0, 40) as u32,
            doubled: chance.between(0, 20) as u32,
            held_up: chance.between(0, 40) as u32,
            held_up_max_ms: chance.between(0, 1_500),
            until: Moment::from_millis(chance.between(HOUR_MS / 2, HOUR_MS)),
        });
    }
    for _ in 0..chance.between(0, 5) {
        floor = floor.pbx_pings_at_ms(chance.between(0, HOUR_MS));
    }
    if chance.happens(100) {
        let at = chance.between(0, HOUR_MS);
        floor = floor.admits_at_ms(at, Admission::JournalFull);
        floor = floor.admits_at_ms(at + 5_000, Admission::Open);
    }
    if chance.happens(200) {
        floor = floor.wall_steps_at_ms(chance.between(0, HOUR_MS), -3_600);
    }
    floor.hearing(Hearing {
        silent: 10,
        dead: 10,
    })
}
