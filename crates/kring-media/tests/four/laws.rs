//! After any sequence of changes each hears exactly those it should, in one stream.

use crate::{
    MODES, expected,
    hall::{CHANCES, Hall, ms},
};
use kring_media::{Joined, Monitoring, Side};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Change {
    Join(Side),
    JoinAll,
    Listen(Monitoring),
    Depart,
    Hold(Side),
    Hush(Side),
    Admit,
    Dismiss,
    Succeed,
    /// Its phone begins a new stream, as after a restart or a new microphone.
    NewSource(Side),
}

fn change() -> impl Strategy<Value = Change> {
    let party = (0..3_usize).prop_map(|n| Side::PARTIES[n]).boxed();
    let any = (0..4_usize).prop_map(|n| Side::ALL[n]);
    prop_oneof![
        3 => party.clone().prop_map(Change::Join),
        2 => Just(Change::JoinAll),
        4 => (0..3_usize).prop_map(|n| Change::Listen(MODES[n])),
        1 => Just(Change::Depart),
        2 => party.clone().prop_map(Change::Hold),
        2 => party.prop_map(Change::Hush),
        2 => Just(Change::Admit),
        1 => Just(Change::Dismiss),
        1 => Just(Change::Succeed),
        1 => any.prop_map(Change::NewSource),
    ]
}

/// What was ordered, kept beside the relay.
struct Ordered {
    joined: Joined,
    mode: Option<Monitoring>,
    held: [bool; 4],
    /// Which phone has which place.
    phones: [Side; 4],
}

impl Ordered {
    fn is_there(&self, hall: &Hall, side: Side) -> bool {
        hall.relay.remote(side).is_some()
    }

    fn carry_out(&mut self, hall: &mut Hall, change: Change) {
        let now = ms(hall.now);
        let third = self.is_there(hall, Side::Third);
        match change {
            Change::Join(left_out) if third || left_out == Side::Third => {
                self.joined = Joined::Without(left_out);
                hall.join(self.joined);
            }
            // Nobody is left out: whoever has said what he takes can be mixed without another word.
            Change::JoinAll if third => {
                self.joined = Joined::Without(Side::Monitor);
                hall.join(self.joined);
            }
            Change::Listen(mode) => {
                if !self.is_there(hall, Side::Monitor) {
                    hall.comes(Side::Monitor);
                }
                self.mode = Some(mode);
                hall.listen(mode);
            }
            Change::Depart => {
                self.mode = None;
                hall.relay.depart(now);
                hall.phone(Side::Monitor).received.clear();
            }
            Change::Hold(side) if self.is_there(hall, side) => {
                self.held[side as usize] = true;
                hall.hold(side);
            }
            Change::Hush(side) => {
                self.held[side as usize] = false;
                hall.relay.hush(side);
            }
            Change::Admit if !third => hall.comes(Side::Third),
            Change::Dismiss if third => {
                hall.relay.dismiss(now, CHANCES);
                self.joined = Joined::Without(Side::Third);
                self.held[2] = false;
                hall.phone(Side::Third).received.clear();
            }
            Change::Succeed if third => {
                hall.relay.succeed(now, CHANCES);
                self.joined = Joined::Without(Side::Third);
                self.held[1] = std::mem::take(&mut self.held[2]);
                hall.phones.swap(1, 2);
                self.phones.swap(1, 2);
                hall.phone(Side::Third).received.clear();
            }
            Change::NewSource(side) => {
                let phone = hall.phone(side);
                phone.ssrc = phone.ssrc.wrapping_add(0x0100_0000);
                (phone.sequence, phone.timestamp) = (phone.sequence ^ 0x5555, 77);
            }
            // There is nobody for it.
            _ => {}
        }
    }

    /// The tones that a place should hear, if there is somebody who has it.
    fn tones(&self, hall: &Hall, side: Side) -> Vec<Side> {
        if self.held[side as usize] {
            return Vec::new();
        }
        let heard = expected(self.joined, self.mode, side).into_iter();
        let mut tones: Vec<Side> = heard
            .filter(|other| self.is_there(hall, *other))
            .map(|other| self.phones[other as usize])
            .collect();
        tones.sort_by_key(|side| *side as usize);
        tones
    }
}

/// A codec for each of four, of those that have one stream over hold: kring plays to them in PCMA.
const CODECS: [[&str; 4]; 3] = [
    ["PCMA"; 4],
    ["PCMA", "PCMU", "G722", "opus"],
    ["opus", "PCMA", "PCMU", "G722"],
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..Default::default() })]

    #[test]
    fn after_any_changes_each_hears_exactly_those_it_should(
        codecs in 0..CODECS.len(),
        changes in proptest::collection::vec(change(), 1..16),
    ) {
        let mut hall = Hall::of(CODECS[codecs]);
        for phone in &mut hall.phones {
            if !phone.takes.iter().any(|codec| codec.name == "PCMA") {
                phone.takes.push(crate::hall::usual("PCMA"));
            }
        }
        for side in Side::BOTH {
 hall.comes(side);
 }
        let mut ordered = Ordered {
            joined: Joined::Without(Side::Third),
            mode: None,
            held: [false; 4],
            phones: Side::ALL,
        };
        hall.talk(100);
        let mut sources_stay = true;
        for change in changes {
            sources_stay &= !matches!(change, Change::NewSource(_));
            ordered.carry_out(&mut hall, change);
            let from = hall.now + 140;
            hall.talk(340);
            for side in Side::ALL {
                if !ordered.is_there(&hall, side) {
                    continue;
                }
                let heard = hall.hears(side, from, hall.now);
                prop_assert_eq!(heard, ordered.tones(&hall, side), "{:?} after {:?}", side, change);
                let music = hall.hears_music(side, from, hall.now);
                prop_assert_eq!(music, ordered.held[side as usize], "{:?} after {:?}", side, change);
                if sources_stay {
                    hall.assert_one_stream(side);
                }
            }
        }
    }
}
