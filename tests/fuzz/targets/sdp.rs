//! Any two texts as offer and answer: what kring says in their place can be read again and is what it
//! told itself, and never more than both sides said.
//!
//! Run from the top: `RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz sdp tests/fuzz/corpus/sdp -- -max_total_time=600 -max_len=4096`

#![no_main]

use kring_media::{OwnAudio, answer_to_caller, answer_to_change, offer_to_agent, read, write};
use libfuzzer_sys::fuzz_target;

const OWN: OwnAudio = OwnAudio {
    shield: None,
    address: std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)),
    port: 20_000,
    session_id: 7,
    version: 1,
};

fuzz_target!(|input: &[u8]| {
    // A NUL parts the offer from the answer; without one the offer answers itself.
    let mut parts = input.splitn(2, |byte| *byte == 0);
    let offer = parts.next().unwrap_or_default();
    let answer = parts.next().unwrap_or(offer);
    let Ok(offer) = read(offer) else {
        return;
    };
    let (sent, told) = offer_to_agent(Some(&offer), &[], &OWN).expect("it had a codec for speech");
    assert_eq!(read(&sent).expect("our own offer is readable"), told);
    let Ok(answer) = read(answer) else {
        return;
    };
    for made in [
        answer_to_caller(&offer, &answer, &OWN),
        answer_to_change(&offer, &answer.codecs, answer.ptime, &OWN),
    ] {
        let Ok(made) = made else {
            continue;
        };
        let made = read(&write(&made)).expect("our own answer is readable");
        assert_eq!(made.before.len(), offer.before.len(), "every line has its answer");
        assert_eq!(made.after.len(), offer.after.len(), "every line has its answer");
        assert!(made.codecs.len() <= answer.codecs.len());
        assert!(!made.direction.sends() || offer.direction.receives());
    }
});
