//! Any seed of loss, doubling, delay and human will: every leg gets exactly one end, and when the
//! network is quiet nothing is left.

use crate::{
    network::{ANSWER, Faults, Network, OFFER, Side, label},
    referrals::referral,
};
use bytes::Bytes;
use kring_sip::{LegEvent, LegId, Reason, Transport};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What people do, each at its moment, ms.
#[derive(Clone, Debug)]
struct Story {
    seed: u64,
    faults: Faults,
    rings_at: u64,
    answers: Will,
    cancels_at: Option<u64>,
    refers_at: (Side, u64),
    hangs_up_at: (Side, u64),
}

#[derive(Clone, Debug)]
enum Will {
    Answer(u64),
    Refuse(u64),
    /// The phone rings until somebody else acts.
    Nothing,
}

fn stories() -> impl Strategy<Value = Story> {
    let faults = (0..60_u32, 0..50_u32, 0..100_u64, 0..900_u64).prop_map(
        |(loss_percent, double_percent, least, more)| Faults {
            loss_percent,
            double_percent,
            delay_ms: (least, least + more),
        },
    );
    let answers = prop_oneof![
        (0..20_000_u64).prop_map(Will::Answer),
        (0..20_000_u64).prop_map(Will::Refuse),
        Just(Will::Nothing),
    ];
    let sides = || prop_oneof![Just(Side::Alice), Just(Side::Bob)];
    let (refers, hangs_up) = ((sides(), 0..60_000_u64), (sides(), 0..60_000_u64));
    (
        any::<u64>(),
        faults,
        0..3_000_u64,
        answers,
        proptest::option::of(0..25_000_u64),
        refers,
        hangs_up,
    )
        .prop_map(
            |(seed, faults, rings_at, answers, cancels_at, refers_at, hangs_up_at)| Story {
                seed: seed / 2,
                faults,
                rings_at,
                answers,
                cancels_at,
                refers_at,
                hangs_up_at,
            },
        )
}

/// An exchange that wants nothing but to end well.
struct Teller {
    net: Network,
    ends: BTreeMap<(u8, LegId), Vec<String>>,
    /// Whose REFER is open, and whether it was taken on.
    referral: Option<(u8, bool)>,
    alice: LegId,
    bob: Option<LegId>,
}

impl Teller {
    fn hear(&mut self) {
        while let Some((side, leg, event)) = self.net.next_event() {
            let now = self.net.now;
            let ends = self.ends.entry((side as u8, leg)).or_default();
            match &event {
                LegEvent::Incoming(_) => self.bob = Some(self.bob.unwrap_or(leg)),
                LegEvent::Accepted { .. } => self.net.alice.acknowledge(now, leg, None),
                LegEvent::AckMissing => self.net.bob.bye(now, leg, None),
                LegEvent::Offer { .. } => {
                    let answer = Some(Bytes::from_static(ANSWER));
                    match side {
                        Side::Alice => self.net.alice.accept_offer(now, leg, answer),
                        Side::Bob => self.net.bob.accept_offer(now, leg, answer),
                    }
                }
                LegEvent::Referred { .. } => {
                    let end = match side {
                        Side::Alice => &mut self.net.alice,
                        Side::Bob => &mut self.net.bob,
                    };
                    end.accept_referral(now, leg);
                    end.report_referral(now, leg, 180);
                    end.report_referral(now, leg, 200);
                }
                LegEvent::ReferralAccepted => {
                    assert_eq!(self.referral, Some((side as u8, false)));
                    self.referral = Some((side as u8, true));
                }
                LegEvent::ReferralRefused { .. } => {
                    assert_eq!(self.referral.take(), Some((side as u8, false)));
                }
                LegEvent::ReferralProgress { over, .. } => {
                    assert_eq!(self.referral, Some((side as u8, true)));
                    if *over {
                        self.referral = None;
                    }
                }
                LegEvent::Confirmed { .. }
                | LegEvent::BranchOver { .. }
                | LegEvent::Progress { .. }
                | LegEvent::TalkWanted
                | LegEvent::Pressed { .. }
                | LegEvent::Answer { .. }
                | LegEvent::Refreshed { .. }
                | LegEvent::OfferCancelled
                | LegEvent::OfferRefused { .. } => {}
                LegEvent::CallerCancelled { .. }
                | LegEvent::Rejected { .. }
                | LegEvent::Bye { .. }
                | LegEvent::Gone { .. } => ends.push(label(&event)),
            }
            self.net.settle();
        }
    }

    fn until(&mut self, ms: u64) {
        while self
            .net
            .next()
            .is_some_and(|at| at.as_micros() <= ms * 1_000)
        {
            self.net.step();
            self.hear();
        }
        self.net.now = self.net.now.max(kring_time::Moment::from_millis(ms));
    }
}

/// What somebody does at a moment.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Ring,
    Answer,
    Refuse,
    Cancel,
    Refer(Side),
    HangUp(Side),
}

impl Teller {
    fn act(&mut self, deed: Deed) {
        let (now, alice, bob) = (self.net.now, self.alice, self.bob);
        match (deed, bob) {
            (Deed::Cancel, _) => self
                .net
                .alice
                .cancel(now, alice, Reason::sip(200, "enough")),
            (Deed::HangUp(Side::Alice), _) => self.net.alice.bye(now, alice, None),
            (Deed::Refer(Side::Alice), _) => {
                if self
                    .net
                    .alice
                    .refer(now, alice, referral("sip:1@192.0.2.9"))
                {
                    self.referral = Some((Side::Alice as u8, false));
                }
            }
            (Deed::Refer(Side::Bob), Some(bob)) => {
                if self.net.bob.refer(now, bob, referral("sip:1@192.0.2.9")) {
                    self.referral = Some((Side::Bob as u8, false));
                }
            }
            (Deed::Ring, Some(bob)) => self.net.bob.provisional(now, bob, 180, None),
            (Deed::Answer, Some(bob)) => {
                self.net
                    .bob
                    .accept(now, bob, Some(Bytes::from_static(ANSWER)));
            }
            (Deed::Refuse, Some(bob)) => self.net.bob.reject(now, bob, 486, Vec::new()),
            (Deed::HangUp(Side::Bob), Some(bob)) => self.net.bob.bye(now, bob, None),
            // The INVITE has not come yet.
            (_, None) => {}
        }
        self.net.settle();
        self.hear();
    }
}

fn tell(story: &Story, transport: Transport) -> Teller {
    let mut net = Network::new(story.seed, transport);
    net.faults = story.faults;
    let alice = net.call();
    let mut teller = Teller {
        net,
        ends: BTreeMap::new(),
        referral: None,
        alice,
        bob: None,
    };
    let (side, hangs_up_at) = story.hangs_up_at;
    let (refers, refers_at) = story.refers_at;
    let mut deeds = vec![
        (story.rings_at, Deed::Ring),
        (refers_at, Deed::Refer(refers)),
        (hangs_up_at, Deed::HangUp(side)),
    ];
    match story.answers {
        Will::Answer(after) => deeds.push((story.rings_at + after, Deed::Answer)),
        Will::Refuse(after) => deeds.push((story.rings_at + after, Deed::Refuse)),
        Will::Nothing => {}
    }
    deeds.extend(story.cancels_at.map(|at| (at, Deed::Cancel)));
    // Whatever happened, in the end both hang up.
    deeds.push((100_000, Deed::Cancel));
    deeds.push((140_000, Deed::HangUp(Side::Alice)));
    deeds.push((140_000, Deed::HangUp(Side::Bob)));
    deeds.push((140_000, Deed::Refuse));
    deeds.sort_by_key(|(at, _)| *at);
    for (at, deed) in deeds {
        teller.until(at);
        teller.act(deed);
    }
    teller.until(400_000);
    teller
}

/// Every leg that was told of has one end; one that Bob refused himself has none to be told of.
fn check(story: &Story, teller: &Teller) {
    assert_eq!(teller.net.next(), None, "something still waits: {story:?}");
    teller.net.assert_clean();
    for ((side, leg), ends) in &teller.ends {
        let refused_here = *side == Side::Bob as u8 && ends.is_empty();
        assert!(
            ends.len() == 1 || refused_here,
            "{leg} of {side}: {ends:?} in {story:?}"
        );
    }
    assert_eq!(
        teller
            .ends
            .get(&(Side::Alice as u8, teller.alice))
            .map(Vec::len),
        Some(1)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_call_ends_and_nothing_is_left(story in stories()) {
        check(&story, &tell(&story, Transport::Udp));
    }

    #[test]
    fn over_tcp_too(story in stories()) {
        check(&story, &tell(&story, Transport::Tcp));
    }
}

/// Without faults the ends are those of the story.
#[test]
fn a_quiet_network_tells_the_story_as_it_is() {
    let story = Story {
        seed: 1,
        faults: Faults::NONE,
        rings_at: 100,
        answers: Will::Answer(5_000),
        cancels_at: None,
        refers_at: (Side::Bob, 10_000),
        hangs_up_at: (Side::Bob, 20_000),
    };
    let teller = tell(&story, Transport::Udp);
    check(&story, &teller);
    let ends: Vec<_> = teller.ends.values().flatten().collect();
    assert_eq!(ends, ["bye", "gone 200"]);
    assert_eq!(teller.net.times(Side::Alice, "INVITE"), [0]);
    assert!(
        teller.net.sent[0]
            .text
            .ends_with(std::str::from_utf8(OFFER).unwrap())
    );
}
