//! Phones that register with kring: they ring where they are, and nobody waits for one that is nowhere.

use crate::lawful;
use kring_tests::{Cadence, Citizen, Floor, Party, Seat, assert_journal};

fn desk(number: u8) -> Seat {
    Seat::new(&format!("seat-502{number}"))
        .registers_as(&format!("502{number}"))
        .signs_in_at_ms(10 * u64::from(number))
}

#[test]
fn a_registered_phone_rings_and_is_answered() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(desk(1).answers_after_ms(3_000))
        .registers_at_ms(0, "5021", Party::Phone(0), 600)
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  invited    seat-5021 at phone:5021
         0.000  ring       1
         0.080  alerting   seat-5021
         3.080  answered   seat-5021 after 3.080 s, ring 1
        13.160  ended      by Caller, bye, talked 10.080 s
        ",
    );
    lawful(&floor);
}

/// Its last place was the first desk; it is rung where it says that it is now, and nowhere else.
#[test]
fn a_phone_that_has_moved_rings_at_its_new_address() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(desk(1))
        .seat(Seat::new("seat-5022").never_signs_in())
        .registers_at_ms(0, "5021", Party::Phone(0), 600)
        .registers_at_ms(100, "5021", Party::Phone(0), 0)
        .registers_at_ms(200, "5021", Party::Phone(1), 600)
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
        .play();

    assert_eq!(floor.bursts_at("seat-5021"), 0, "the old desk");
    assert_eq!(floor.bursts_at("seat-5022"), 3, "the new one");
}

/// One agent, two phones: both ring, one answers, the other is told that it was answered elsewhere.
#[test]
fn two_bindings_ring_at_once_and_one_wins() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(desk(1).answers_after_ms(7_000))
        .seat(Seat::new("seat-5022").never_signs_in())
        .registers_at_ms(0, "5021", Party::Phone(0), 600)
        .registers_at_ms(50, "5021", Party::Phone(1), 600)
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  invited    seat-5021 at phone:5021
         0.000  ring       1
         0.080  alerting   seat-5021
         5.000  ring       2
         7.080  answered   seat-5021 after 7.080 s, ring 2
        17.160  ended      by Caller, bye, talked 10.080 s
        ",
    );
    assert_eq!(floor.bursts_at("seat-5022"), 2, "it was told to stop");
}

/// Who is not registered is passed over in the same step; the call rings at the next.
#[test]
fn a_phone_that_is_not_registered_is_not_waited_for() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(desk(1))
        .seat(desk(2))
        .registers_at_ms(0, "5022", Party::Phone(1), 600)
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  unreached  seat-5021 Unregistered 0
         0.000  invited    seat-5022 at phone:5022
         0.000  ring       1
         0.080  alerting   seat-5022
         5.000  ring       2
        10.000  ring       3
        14.500  withdrawn  seat-5022 Rona
        14.750  refused    busy, retry after 60 s
        ",
    );
    lawful(&floor);
}

/// The registration ends while the phone rings: this call goes on, and is withdrawn in time; the next
/// one does not find it.
#[test]
fn a_registration_that_ends_in_the_middle_of_ringing_ends_no_ring() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(desk(1))
        .registers_at_ms(0, "5021", Party::Phone(0), 60)
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(52_000))
        .citizen(Citizen::new("citizen-2", "support").dials_at_ms(70_000))
        .play();

    assert_eq!(floor.bursts_at("seat-5021"), 3);
    lawful(&floor);
}

/// REGISTER and its answers are lost and repeated like anything else, and the refreshes keep the phone
/// where it is beyond its first minute.
#[test]
fn a_phone_whose_registers_are_lost_is_there_all_the_same() {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(desk(1).answers_after_ms(3_000))
        .enrols_at_ms(0, "5021", Party::Phone(0), 60)
        .loses("REGISTER", Party::Kring, 2)
        .loses("401", Party::Phone(0), 1)
        .loses("200", Party::Phone(0), 1)
        .citizen(Citizen::new("citizen-1", "support").dials_at_ms(70_000))
        .play();

    assert_journal(
        &floor,
        "
         0.000  offered    citizen-1 -> support
         0.000  invited    seat-5021 at phone:5021
         0.000  ring       1
         0.080  alerting   seat-5021
         3.080  answered   seat-5021 after 3.080 s, ring 1
        13.160  ended      by Caller, bye, talked 10.080 s
        ",
    );
    lawful(&floor);
}
