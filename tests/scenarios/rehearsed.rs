//! What a preview says of who rings at which burst is what the phones sound, plan by plan.

use crate::lawful;
use kring_call::{OnDeadline, Plan, Seated, rehearse};
use kring_journal::{AgentId, PresenceState};
use kring_tests::{Cadence, Citizen, Floor, Seat};
use kring_time::Moment;

const PLANS: [&[&str]; 8] = [
    &["longest_idle:2", "all:1"],
    &["longest_idle:1", "longest_idle:1", "all:1"],
    &["longest_idle:1", "linear:2"],
    &["linear:1", "all:2"],
    &["least_calls:1", "linear:1", "longest_idle:1"],
    &["all:1", "longest_idle:2"],
    &["all:2", "linear:1"],
    &["all:3"],
];

/// The queue's list, and when each of them signs in, ms: not in the order of the list.
const AGENTS: [(&str, u64); 4] = [
    ("seat-5021", 30),
    ("seat-5022", 10),
    ("seat-5023", 40),
    ("seat-5024", 20),
];

fn rehearsed(plan: &[&str], agents: usize) -> Vec<u32> {
    let seated = AGENTS.iter().take(agents).enumerate();
    let seated: Vec<Seated> = seated
        .map(|(place, (login, signs_in_ms))| Seated {
            agent: AgentId::new(*login),
            devices: vec!["pbx:5021".to_owned()],
            state: PresenceState::Ready,
            free: true,
            priority: 1,
            place: place as u32,
            idle_since: Moment::from_millis(*signs_in_ms),
            answered: 0,
            screen_dead: false,
        })
        .collect();
    let plan = Plan::read(plan, 3).expect("a plan of three rings");
    let hops = rehearse(&plan, &seated);
    let bursts = seated.iter().map(|seated| {
        let rung = hops.iter().filter(|hop| hop.agents.contains(&seated.agent));
        rung.map(|hop| u32::from(hop.rings)).sum()
    });
    bursts.collect()
}

#[test]
fn a_rehearsal_is_what_the_phones_sound() {
    for plan in PLANS {
        for agents in 1..=AGENTS.len() {
            let (seats, members) = (
                AGENTS.iter().take(agents),
                AGENTS.map(|(login, _)| (login, 1)),
            );
            let floor = Floor::new(Cadence::THAILAND)
                .queue("support", plan, OnDeadline::AnnounceBusy)
                .members("support", &members)
                .citizen(Citizen::new("citizen-1", "support").dials_at_ms(1_000));
            let floor = seats.fold(floor, |floor, (login, signs_in_ms)| {
                floor.seat(Seat::new(login).signs_in_at_ms(*signs_in_ms))
            });
            let floor = floor.play();
            let sounded: Vec<u32> = AGENTS
                .iter()
                .take(agents)
                .map(|(login, _)| floor.bursts_at(login))
                .collect();
            assert_eq!(rehearsed(plan, agents), sounded, "{plan:?} with {agents}");
            lawful(&floor);
        }
    }
}
