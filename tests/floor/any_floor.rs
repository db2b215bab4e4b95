//! A floor for any seed: some agents, some queues, some callers, all kinds of behaviour, and a network
//! that fails until it does not.

use crate::{
    any_elsewhere::{Closing, any_devices, any_elsewhere, any_lifting, any_numbers},
    any_monitors::any_monitors,
    any_transfers::any_transfers,
    chance::Chance,
    citizen::{Citizen, Reliability},
    enrolling::Enrolment,
    floor::{Cadence, Floor},
    in_call::Reoffer,
    media::Hearing,
    network::{Faults, Party},
    person::{Mood, PhoneSetup},
    screen::Habit,
    seat::Seat,
};
use kring_call::{
    CallerTrait, CallerTraits, OnClosed, OnDeadline, WaitingRules,
    command::{Admission, Command, PresenceWish},
};
use kring_journal::ClosedWhy;
use kring_time::Moment;
use std::time::Duration;

/// Plans that spend three rings.
const PLANS: [&[&str]; 9] = [
    &["linear:2", "all:1"],
    &["least_calls:1", "linear:1", "all:1"],
    &["least_calls:3"],
    &["longest_idle:2", "all:1"],
    &["longest_idle:1", "all:2"],
    &["longest_idle:1", "longest_idle:1", "all:1"],
    &["longest_idle:1", "longest_idle:2"],
    &["all:1", "longest_idle:2"],
    &["all:3"],
];

/// Queues' own lists; not everybody in them need be there.
const MEMBERS: [&[(&str, u8)]; 3] = [
    &[("seat-5022", 1), ("seat-5021", 1), ("seat-5023", 2)],
    &[
        ("seat-5023", 1),
        ("seat-5021", 2),
        ("seat-5022", 2),
        ("seat-5024", 3),
    ],
    &[("seat-5021", 1)],
];

/// What queues may ask for.
const SKILLS: [&[&str]; 3] = [&["tax"], &["tax:3"], &["tax", "law:2"]];

/// What telephones know: each has one codec that all have.
const KNOWN: [&[u8]; 4] = [&[8, 0], &[8, 0, 9], &[8], &[9, 8]];

/// Callers come within this time, s.
const DIALLING_S: u64 = 60;

/// When queues close of which citizens are called back: after everything else.
const CLOSING: Closing = Closing {
    from_ms: 110_000,
    until_ms: 240_000,
};

/// The floor of this seed.
pub fn any_floor(seed: u64) -> Floor {
    let mut chance = Chance::new(seed, 0);
    let mut floor = Floor::new(Cadence::THAILAND).seed(seed);
    let queues: &[&str] = if chance.happens(400) {
        &["support", "law"]
    } else {
        &["support"]
    };
    for queue in queues {
        let on_deadline = match chance.between(0, 9) {
            0..=1 => OnDeadline::Redirect {
                to: "sip:operator@192.0.2.10".to_owned(),
            },
            2 => OnDeadline::Announce,
            3..=6 => OnDeadline::AnswerGreetQueue,
            _ => OnDeadline::AnnounceBusy,
        };
        floor = floor.queue(queue, chance.one_of(&PLANS), on_deadline);
        if chance.happens(200) {
            floor = floor.members(queue, chance.one_of(&MEMBERS));
        }
        floor = floor.waiting(queue, any_rules(&mut chance));
    }
    if chance.happens(100) {
        floor = floor.ending_with_the_burst();
    }
    if chance.happens(250) {
        floor = floor.makes_the_tone();
    }
    if chance.happens(250) {
        floor = floor.greets_with("greeting");
    }
    floor = floor
        .wrap_up_s(chance.one_of(&[0, 5, 20]))
        .rona_limit(chance.one_of(&[0, 1, 2]));
    floor = floor.session_timer_s(chance.one_of(&[0, 90, 120, 1_800]));
    let agents = chance.between(1, 6);
    for n in 0..agents {
        floor = floor.seat(any_seat(&mut chance, n, queues));
    }
    if Chance::new(seed, 17).happens(300) {
        floor = any_monitors(&mut Chance::new(seed, 18), floor);
    }
    floor = any_enrolments(seed, floor);
    for n in 0..chance.between(1, 10) {
        floor = floor.citizen(any_citizen(&mut chance, n, queues));
    }
    let goes_elsewhere = Chance::new(seed, 9).happens(450);
    if goes_elsewhere {
        floor = any_numbers(&mut Chance::new(seed, 10), floor);
    }
    floor = any_entrance(seed, floor, queues);
    if goes_elsewhere {
        floor = any_elsewhere(&mut Chance::new(seed, 11), floor, queues, CLOSING);
    }
    if Chance::new(seed, 12).happens(350) {
        floor = any_devices(&mut Chance::new(seed, 13), floor);
        floor = any_lifting(&mut Chance::new(seed, 14), floor);
    } else if Chance::new(seed, 15).happens(500) {
        floor = any_transfers(&mut Chance::new(seed, 16), floor);
    }
    floor = any_changes(&mut chance, floor);
    any_network(&mut chance, floor, agents as u8)
}

/// What happens apart from calls: screens die and come back, agents are removed and put back, the PBX
/// asks whether we are alive.
fn any_changes(chance: &mut Chance, mut floor: Floor) -> Floor {
    for _ in 0..chance.between(0, 3) {
        floor = floor.pbx_pings_at_ms(chance.between(0, DIALLING_S * 1_000));
    }
    for number in 0..floor.seats.len() {
        if floor.seats[number].phone.is_on_tcp && chance.happens(400) {
            let at = chance.between(0, DIALLING_S * 1_000);
            floor = floor.cut_at_ms(at, Party::Phone(number as u8));
        }
        let agent = floor.seats[number].agent.clone();
        let at = chance.between(0, DIALLING_S * 1_000);
        if chance.happens(200) {
            let dead = Command::ScreenDead {
                agent: agent.clone(),
            };
            floor = floor.command_at_ms(at, dead);
            let alive = Command::ScreenAlive {
                agent: agent.clone(),
            };
            floor = floor.command_at_ms(at + chance.between(100, 20_000), alive);
        }
        if chance.happens(100) {
            // Whoever is removed loses the session and with it the screen.
            let dead = Command::ScreenDead {
                agent: agent.clone(),
            };
            floor = floor.command_at_ms(at, dead);
            floor = floor.command_at_ms(at, Command::RemoveAgent(agent.clone()));
            let again = Command::PutAgent(floor.seats[number].profile(number as u8));
            floor = floor.command_at_ms(at + chance.between(0, 10_000), again);
            let ready = Command::SetPresence {
                agent,
                wish: PresenceWish::Ready,
            };
            floor = floor.command_at_ms(at + 10_000, ready);
        }
    }
    floor
}

/// How the callers of a queue wait.
pub(crate) fn any_rules(chance: &mut Chance) -> WaitingRules {
    let seconds = |chance: &mut Chance, of: &[u64]| Duration::from_secs(chance.one_of(of));
    WaitingRules {
        max_wait: seconds(chance, &[1, 20, 60, 120]),
        waiting_max: chance.one_of(&[0, 0, 1, 3]),
        announce_every: seconds(chance, &[0, 7, 45]),
        tells_position: chance.happens(800),
        ..WaitingRules::default()
    }
}

fn any_seat(chance: &mut Chance, number: u64, queues: &[&str]) -> Seat {
    let mut seat = Seat::new(&format!("seat-{}", 5_021 + number));
    if chance.happens(300) {
        seat = seat.serves(chance.one_of(queues));
    }
    if chance.happens(50) {
        seat = seat.away();
    } else if chance.happens(150) {
        seat = seat.signs_in_at_ms(chance.between(0, DIALLING_S * 1_000));
    }
    if chance.happens(100) {
        seat = seat.rings_every_ms(chance.between(2_000, 6_000));
    }
    for _ in 0..8 {
        seat = seat.mood(any_mood(chance));
    }
    any_phone(chance, &mut seat.phone);
    for _ in 0..chance.between(0, 3) {
        let wish = match chance.between(0, 3) {
            0 => PresenceWish::Offline,
            1 => PresenceWish::Paused {
                reason: "lunch".to_owned(),
            },
            _ => PresenceWish::Ready,
        };
        seat = seat.wishes_at_ms(chance.between(0, 90_000), wish);
    }
    let mut habit = |of_1000, from, to| {
        Some(Habit {
            of_1000,
            after: chance.millis(from, to),
        })
    };
    seat.screen.declines = habit(80, 0, 15_000);
    seat.screen.answers = habit(150, 0, 15_000);
    seat.screen.hangs_up = habit(150, 0, 10_000);
    seat.screen.writes_up = habit(600, 0, 25_000);
    seat.screen.returns = habit(700, 100, 10_000);
    seat.screen.alive = chance.happens(800);
    seat
}

/// What kind of telephone it is.
pub(crate) fn any_phone(chance: &mut Chance, phone: &mut PhoneSetup) {
    phone.rings_after = match chance.between(0, 2) {
        0 => Duration::ZERO,
        _ => chance.millis(1, 400),
    };
    phone.answerable = chance.happens(300);
    phone.is_on_tcp = chance.happens(150);
    phone.rings_with = if chance.happens(150) { 183 } else { 180 };
    phone.holds = chance.happens(200).then(|| chance.millis(0, 5_000));
    phone.is_reliable = chance.happens(200);
    phone.refreshes = chance.happens(400);
    phone.honours_expires = chance.happens(500);
    phone.fork = chance.happens(120).then(|| chance.millis(0, 900));
    phone.reoffers_by = any_reoffer(chance);
    phone.knows = chance.one_of(&KNOWN).to_vec();
    phone.changes = any_change(chance, &phone.knows);
    phone.talks = chance.happens(400).then(|| chance.millis(0, 20_000));
}

/// Some agents have telephones that register with kring: one or two each, which come, go and move. Their
/// chance is their own, so the days without them stay what they were.
fn any_enrolments(seed: u64, mut floor: Floor) -> Floor {
    let mut chance = Chance::new(seed, 7);
    if !chance.happens(350) {
        return floor;
    }
    for seat in 0..floor.seats.len() {
        if chance.happens(350) {
            continue;
        }
        let user = (5_021 + seat).to_string();
        floor.seats[seat].registers_as = Some(user.clone());
        floor = floor.enrols(any_enrolment(&mut chance, &user, Party::Phone(seat as u8)));
        if chance.happens(350) {
            let mut other = floor.seats[seat].phone.clone();
            other.is_on_tcp = chance.happens(150);
            for mood in &mut other.moods {
                *mood = any_mood(&mut chance);
            }
            let other = floor.spare(seat, other);
            floor = floor.enrols(any_enrolment(&mut chance, &user, other));
        }
    }
    floor
}

/// Queues with priorities, skills and hours, and callers who are known. Their chance is their own, too.
fn any_entrance(seed: u64, mut floor: Floor, queues: &[&str]) -> Floor {
    let mut chance = Chance::new(seed, 8);
    for queue in queues {
        if chance.happens(400) {
            floor = floor.priority(queue, chance.between(1, 9) as u8);
        }
        if chance.happens(150) {
            floor = floor.asks_for(queue, chance.one_of(&SKILLS));
        }
        if chance.happens(300) {
            floor = floor.when_closed(queue, OnClosed::AnnounceBusy);
        }
        if chance.happens(250) {
            let at = chance.between(0, DIALLING_S * 1_000);
            let why = chance.one_of(&[ClosedWhy::Hours, ClosedWhy::Holiday]);
            floor = floor.closes_at_ms(at, queue, why);
            if chance.happens(600) {
                floor = floor.opens_at_ms(at + chance.between(0, 40_000), queue);
            }
        }
    }
    for seat in &mut floor.seats {
        for skill in ["tax:2", "tax:4", "law:2"] {
            if chance.happens(400) {
                *seat = seat.clone().can(skill);
            }
        }
    }
    let Some(queue) = queues.get(1).filter(|_| chance.happens(400)) else {
        return floor;
    };
    floor = floor.is_for(queue, queues[0], &[CallerTrait::Vip, CallerTrait::OpenCase]);
    for number in 0..floor.citizens.len() {
        let known = CallerTraits {
            vip: chance.happens(250),
            open_case: chance.happens(250),
            language: None,
        };
        let name = floor.citizens[number].name.clone();
        floor = floor.knows(&name, known);
    }
    floor
}

fn any_enrolment(chance: &mut Chance, user: &str, from: Party) -> Enrolment {
    let at = match chance.between(0, 3) {
        0..=1 => chance.millis(0, 1_000),
        _ => chance.millis(0, DIALLING_S * 1_000),
    };
    Enrolment {
        user: user.to_owned(),
        from,
        at: Moment::BOOT + Duration::from_millis(50) + at,
        expires_s: chance.one_of(&[60, 61, 90, 120]),
        comes_again: chance.one_of(&[500, 800, 990, 1_050]),
        until: Moment::BOOT + at + chance.millis(5_000, 100_000),
        says_goodbye: chance.happens(500),
    }
}

fn any_reoffer(chance: &mut Chance) -> Reoffer {
    chance.one_of(&[Reoffer::Invite, Reoffer::Update])
}

pub(crate) fn any_mood(chance: &mut Chance) -> Mood {
    match chance.between(0, 19) {
        0..=5 => Mood::Ignores,
        // Moments at which something else happens too.
        6 => Mood::Answers(chance.millis(14_300, 15_200)),
        7 => Mood::Answers(chance.millis(9_300, 10_200)),
        8 => Mood::Answers(chance.millis(4_300, 5_200)),
        9..=13 => Mood::Answers(chance.millis(0, 15_000)),
        14 => Mood::Answers(chance.millis(0, 3)),
        15 => Mood::Declines(chance.millis(0, 15_000)),
        16 => Mood::Refuses(486),
        17 => Mood::Refuses(chance.one_of(&[404, 480, 500, 603, 302])),
        18 => chance.one_of(&[Mood::Dead, Mood::Unplugged]),
        _ => Mood::Answers(chance.millis(2_000, 8_000)),
    }
}

/// To which codec a side changes, and when.
fn any_change(chance: &mut Chance, knows: &[u8]) -> Option<(Duration, u8)> {
    let changes = chance.happens(250);
    changes.then(|| (chance.millis(0, 15_000), chance.one_of(knows)))
}

pub(crate) fn any_citizen(chance: &mut Chance, number: u64, queues: &[&str]) -> Citizen {
    let dials = if chance.happens(20) {
        "nobody"
    } else {
        chance.one_of(queues)
    };
    let mut citizen = Citizen::new(&format!("citizen-{}", number + 1), dials);
    citizen.dials_at = Moment::from_millis(1_000) + chance.millis(0, DIALLING_S * 1_000);
    citizen.patience = match chance.between(0, 9) {
        0 => Some(chance.millis(0, 300)),
        1 => Some(chance.millis(14_200, 15_100)),
        2..=3 => Some(chance.millis(0, 16_000)),
        _ => None,
    };
    citizen.talks = Some(chance.millis(0, 40_000));
    citizen.waits = chance.happens(600).then(|| chance.millis(0, 50_000));
    if chance.happens(250) {
        let refresher = chance.one_of(&[None, Some("uac"), Some("uas")]);
        citizen = citizen.with_session_s(chance.one_of(&[90, 100, 300]), refresher);
        citizen.talks = Some(chance.millis(0, 200_000));
    }
    citizen.reliability = match chance.between(0, 9) {
        0..=5 => Reliability::Unknown,
        6..=7 => Reliability::Supported,
        _ => Reliability::Required,
    };
    citizen.holds = chance.happens(200).then(|| chance.millis(0, 10_000));
    citizen.knows = chance.one_of(&KNOWN).to_vec();
    citizen.changes = any_change(chance, &citizen.knows);
    citizen.reoffers_by = any_reoffer(chance);
    citizen.takes_update = chance.happens(700);
    citizen.offers_late = chance.happens(100);
    citizen.confirms = !chance.happens(40);
    citizen.is_stranger = chance.happens(40);
    if chance.happens(100) {
        citizen = citizen.forwarded_by("1203");
    }
    citizen
}

fn any_network(chance: &mut Chance, mut floor: Floor, agents: u8) -> Floor {
    floor.latency = chance.millis(0, 150);
    for n in 0..agents {
        if chance.happens(300) {
            let own = chance.millis(0, 600);
            floor.own_latency.push((Party::Kring, Party::Phone(n), own));
        }
        if chance.happens(300) {
            let own = chance.millis(0, 600);
            floor.own_latency.push((Party::Phone(n), Party::Kring, own));
        }
    }
    if chance.happens(700) {
        floor = floor.faults(Faults {
            lost: chance.between(0, 200) as u32,
            doubled: chance.between(0, 100) as u32,
            held_up: chance.between(0, 200) as u32,
            held_up_max_ms: chance.between(0, 2_000),
            until: Moment::from_millis(chance.between(10_000, 100_000)),
        });
    }
    if chance.happens(100) {
        let at = chance.between(0, DIALLING_S * 1_000);
        floor = floor.admits_at_ms(at, Admission::JournalFull);
        floor = floor.admits_at_ms(at + 5_000, Admission::Open);
    }
    if chance.happens(50) {
        let at = chance.between(20_000, 80_000);
        floor = floor.admits_at_ms(at, Admission::Draining);
        floor = floor.command_at_ms(at + 10_000, Command::EndAll);
    }
    if chance.happens(100) {
        floor = floor.wall_steps_at_ms(chance.between(0, 60_000), -3_600);
    }
    floor.hearing(Hearing {
        silent: 50,
        dead: 60,
    })
}
