//! Scenarios: each test tells one call or a few, the journal is the assertion, and the witnesses (what
//! the phones sounded, what the PBX was told) have the last word.

mod agents;
mod announced;
mod answered;
mod by_itself;
mod callbacks;
mod closed;
mod codecs;
mod consults;
mod crossings;
mod desks;
mod devices;
mod doors;
mod entrance;
mod holds;
mod keys;
mod losses;
mod missing;
mod monitored;
mod overflow;
mod own_tone;
mod phones;
mod plans;
mod queueing;
mod reconfigured;
mod recording;
mod rehearsed;
mod retrunked;
mod sound;
mod speaking;
mod three_rings;
mod transfers;

use kring_tests::{Account, transcript};

/// No law may be broken in any scenario, and the citizen knows how it went before the fourth ring:
/// 15.000 s after the ringback began, whatever the latency, since both travelled the same way.
#[track_caller]
fn lawful(floor: &Account) {
    let found = kring_tests::violations(floor);
    assert!(
        found.is_empty(),
        "{found:#?}\n{}",
        kring_tests::ladder(floor)
    );
    for (citizen, _) in floor.told.iter().filter(|(_, told)| told.gave_up.is_none()) {
        if let Some(ms) = floor.ringback_ms(&citizen.name) {
            assert!(ms <= 15_000, "{} was told after {ms} ms", citizen.name);
        }
    }
}

/// What began to be heard when, line by line.
#[track_caller]
fn assert_ear(account: &Account, citizen: &str, expected: &str) {
    let lines = expected.lines().map(str::trim);
    let expected: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    let heard = account.ear(citizen);
    assert_eq!(heard, expected.join("\n"), "{}", transcript(account));
}

/// The journal says these, one after another.
#[track_caller]
fn says(floor: &Account, lines: &[&str]) {
    let journal = transcript(floor);
    let mut rest = journal.as_str();
    for line in lines {
        let Some(at) = rest.find(line) else {
            panic!("{line:?} is not there, or not after the others:\n{journal}");
        };
        rest = &rest[at + line.len()..];
    }
}
