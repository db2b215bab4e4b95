//! Stories by chance, enough of them to reach what the endpoint can do.

use super::play;
use proptest::prelude::*;
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;

const STORIES: u64 = 32;

/// Events of every kind, requests and answers of every kind, and what an address may not do too often.
const REACHED: &str = "
    ACK BYE CANCEL INVITE NOTIFY OPTIONS PRACK REFER REGISTER UPDATE
    100 180 183 200 202 400 401 403 405 406 415 416 420 422 423 480 481 482 483 486 487 488 491 500
    501
    leg:Incoming leg:CallerCancelled leg:Confirmed leg:AckMissing leg:TalkWanted leg:Progress
    leg:Accepted leg:Rejected leg:Offer leg:Answer leg:OfferRefused leg:Pressed leg:Bye leg:Gone
    leg:ReferralAccepted leg:ReferralRefused leg:ReferralProgress leg:Referred
    account:Up account:Failed account:Down phone:Registered phone:Refreshed phone:Gone phone:Locked
    answered:200 answered:408
    bound:stranger_rate
";

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_noise_is_survived(story in proptest::collection::vec(any::<u8>(), 0..800)) {
        play(&story);
    }
}

/// Each story is the same each time, so whoever makes something unreachable hears of it.
#[test]
fn stories_by_chance_reach_what_the_endpoint_can_do() {
    let mut reached = BTreeSet::new();
    for seed in 0..STORIES {
        let mut story = vec![0; 1_500];
        ChaCha8Rng::seed_from_u64(seed).fill_bytes(&mut story);
        reached.extend(play(&story));
    }
    let mut wanted = REACHED.split_whitespace();
    let missed = wanted.find(|what| !reached.contains(*what));
    assert_eq!(missed, None, "{reached:?}");
}
