//! Calls that are answered, refused, lost and ended.

use crate::network::{ANSWER, Network, OFFER, Side, header, invitation, peer};
use bytes::Bytes;
use kring_sip::{LegEvent, Reason, Transport};

const PATIENCE_MS: u64 = 32_000;

#[test]
fn a_call_is_answered_and_ended() {
    let mut net = Network::udp();
    let (alice, _) = net.talk();
    net.alice.bye(
        net.now,
        alice,
        Some(Reason::sip(200, "Normal call clearing")),
    );
    net.run_out();
    assert_eq!(
        net.ladder(),
        [
            "> INVITE",
            "< 100 INVITE",
            "< 180 INVITE",
            "< 200 INVITE",
            "> ACK",
            "> BYE",
            "< 200 BYE"
        ]
    );
    assert_eq!(
        net.events_of(Side::Alice),
        ["progress 180", "accepted", "gone 200"]
    );
    assert_eq!(net.events_of(Side::Bob), ["incoming", "confirmed", "bye"]);
    net.assert_clean();
}

#[test]
fn the_called_side_learns_who_calls_and_hangs_up() {
    let mut net = Network::udp();
    let (_, bob) = net.talk();
    let Some((_, _, LegEvent::Incoming(invite))) = net.next_event() else {
        panic!("the first event is the call");
    };
    assert_eq!(invite.from.display.as_deref(), Some("สมชาย"));
    assert_eq!(invite.from_peer, peer(Side::Alice, Transport::Udp));
    assert_eq!(invite.max_forwards, 69);
    assert_eq!(invite.body.as_deref(), Some(OFFER));
    net.bob.bye(net.now, bob, None);
    net.run_out();
    assert_eq!(net.events_of(Side::Bob).last().unwrap(), "gone 200");
    assert_eq!(net.events_of(Side::Alice).last().unwrap(), "bye");
    net.assert_clean();
}

#[test]
fn a_busy_phone_refuses() {
    let mut net = Network::udp();
    net.call();
    let bob = net.ring();
    let extra = vec![(kring_sip::HeaderName::RetryAfter, "60".to_owned())];
    net.bob.reject(net.now, bob, 486, extra);
    net.run_out();
    assert_eq!(
        net.ladder(),
        [
            "> INVITE",
            "< 100 INVITE",
            "< 180 INVITE",
            "< 486 INVITE",
            "> ACK"
        ]
    );
    let rejected = net.events.iter().find_map(|(_, _, _, event)| match event {
        LegEvent::Rejected {
            code,
            reason,
            retry_after,
            local,
        } => Some((*code, reason.clone(), *retry_after, *local)),
        _ => None,
    });
    assert_eq!(
        rejected,
        Some((486, "Busy Here".to_owned(), Some(60), false))
    );
    net.assert_clean();
}

#[test]
fn a_lost_ack_of_a_refusal_comes_again() {
    let mut net = Network::udp();
    net.lose = vec!["ACK"];
    net.call();
    let bob = net.ring();
    net.bob.reject(net.now, bob, 486, Vec::new());
    net.run_out();
    assert_eq!(net.times(Side::Bob, "486 INVITE"), [20, 520]);
    assert_eq!(net.times(Side::Alice, "ACK"), [21, 521]);
    net.assert_clean();
}

/// RFC 3261 §13.3.1.4: T1, doubling, to T2.
#[test]
fn a_lost_200_comes_again_and_is_acknowledged_once_each() {
    let mut net = Network::udp();
    net.lose = vec!["200 INVITE", "200 INVITE", "ACK"];
    let alice = net.call();
    let bob = net.ring();
    net.bob
        .accept(net.now, bob, Some(Bytes::from_static(ANSWER)));
    net.run_ms(2_000);
    net.alice.acknowledge(net.now, alice, None);
    net.run_ms(5_000);
    assert_eq!(net.times(Side::Bob, "200 INVITE"), [20, 520, 1_520, 3_520]);
    assert_eq!(net.times(Side::Alice, "ACK"), [2_020, 3_521]);
    assert_eq!(net.events_of(Side::Bob), ["incoming", "confirmed"]);
    net.alice.bye(net.now, alice, None);
    net.run_out();
    net.assert_clean();
}

#[test]
fn without_an_ack_the_200_is_given_up_and_the_leg_can_be_ended() {
    let mut net = Network::udp();
    net.call();
    let bob = net.ring();
    net.bob
        .accept(net.now, bob, Some(Bytes::from_static(ANSWER)));
    net.run_ms(PATIENCE_MS + 10);
    let accepted = net.times(Side::Bob, "200 INVITE");
    assert_eq!(accepted.len(), 11);
    assert_eq!(accepted[..5], [20, 520, 1_520, 3_520, 7_520]);
    assert_eq!(accepted[10], 31_520);
    let (at, _, _, _) = net.events.last().unwrap();
    assert_eq!(at.as_micros(), (20 + PATIENCE_MS) * 1_000);
    assert_eq!(net.events_of(Side::Bob), ["incoming", "ack missing"]);
    net.bob.bye(net.now, bob, None);
    net.run_out();
    assert_eq!(net.events_of(Side::Bob)[2..], ["gone 200"]);
    assert_eq!(
        net.events_of(Side::Alice),
        ["progress 180", "accepted", "bye"]
    );
    net.assert_clean();
}

/// RFC 3261 §15: no BYE before the ACK, or before it is given up.
#[test]
fn a_bye_waits_for_the_ack() {
    let mut net = Network::udp();
    let alice = net.call();
    let bob = net.ring();
    net.bob.accept(net.now, bob, None);
    net.bob.bye(net.now, bob, None);
    net.run_ms(1_000);
    assert!(net.times(Side::Bob, "BYE").is_empty());
    net.alice.acknowledge(net.now, alice, None);
    net.run_out();
    assert_eq!(net.times(Side::Bob, "BYE"), [1_021]);
    assert_eq!(net.events_of(Side::Bob), ["incoming", "gone 200"]);
    net.assert_clean();
}

#[test]
fn nobody_answers_at_all() {
    let mut net = Network::udp();
    net.faults.loss_percent = 100;
    net.call();
    net.run_out();
    // Timer A (RFC 3261 §17.1.1.2).
    assert_eq!(
        net.times(Side::Alice, "INVITE"),
        [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]
    );
    assert_eq!(net.events_of(Side::Alice), ["rejected 408 here"]);
    // A phone that heard the last copy may still answer it: it is listened for as long again.
    assert_eq!(net.now.as_micros(), 2 * PATIENCE_MS * 1_000);
    net.assert_clean();
}

#[test]
fn a_bye_that_nobody_answers_ends_the_leg_all_the_same() {
    let mut net = Network::udp();
    let (alice, _) = net.talk();
    net.faults.loss_percent = 100;
    net.alice.bye(net.now, alice, None);
    net.run_ms(PATIENCE_MS);
    // Timer E (RFC 3261 §17.1.2.2).
    let start = 40;
    let expected = [
        0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ];
    assert_eq!(net.times(Side::Alice, "BYE"), expected.map(|at| start + at));
    assert_eq!(net.events_of(Side::Alice).last().unwrap(), "gone 408");
}

/// RFC 3261 §17: nothing is repeated over a stream, but a 2xx is end to end.
#[test]
fn over_tcp_nothing_is_repeated_but_the_2xx() {
    let mut net = Network::new(1, Transport::Tcp);
    let alice = net.call();
    let bob = net.ring();
    assert!(header(&net.sent[0].text, "Via").starts_with("SIP/2.0/TCP 192.0.2.1:5060"));
    assert!(header(&net.sent[0].text, "Contact").contains(";transport=tcp"));
    net.run_ms(10_000);
    net.bob
        .accept(net.now, bob, Some(Bytes::from_static(ANSWER)));
    net.run_ms(1_200);
    assert_eq!(net.times(Side::Bob, "200 INVITE").len(), 2);
    net.alice.acknowledge(net.now, alice, None);
    net.run_ms(100);
    net.bob.bye(net.now, bob, None);
    net.run_ms(100);
    assert_eq!(net.times(Side::Alice, "INVITE").len(), 1);
    assert_eq!(net.times(Side::Bob, "BYE").len(), 1);
    assert_eq!(net.events_of(Side::Bob).last().unwrap(), "gone 200");
    // Only the Accepted states are left.
    assert_eq!(
        net.alice.counts().transactions + net.bob.counts().transactions,
        2
    );
    net.run_out();
    net.assert_clean();
}

#[test]
fn a_refusal_over_tcp_leaves_nothing_behind() {
    let mut net = Network::new(1, Transport::Tcp);
    net.call();
    let bob = net.ring();
    net.bob.reject(net.now, bob, 603, Vec::new());
    net.run_ms(10);
    net.assert_clean();
}

#[test]
fn a_refused_connection_fails_what_nothing_has_answered() {
    let mut net = Network::new(1, Transport::Tcp);
    let alice = net
        .alice
        .invite(net.now, invitation(None, peer(Side::Bob, Transport::Tcp)));
    net.alice
        .transport_failed(net.now, peer(Side::Bob, Transport::Tcp));
    net.settle();
    assert_eq!(net.events_of(Side::Alice), ["rejected 503 here"]);
    net.alice.bye(net.now, alice, None);
    assert_eq!(net.alice.counts().dialogs, 0);
}

#[test]
fn a_late_offer_is_answered_in_the_ack() {
    let mut net = Network::udp();
    let alice = net
        .alice
        .invite(net.now, invitation(None, peer(Side::Bob, Transport::Udp)));
    let bob = net.ring();
    net.bob
        .accept(net.now, bob, Some(Bytes::from_static(OFFER)));
    net.run_ms(10);
    net.alice
        .acknowledge(net.now, alice, Some(Bytes::from_static(ANSWER)));
    net.run_ms(10);
    let (_, _, _, last) = net.events.last().unwrap();
    assert!(matches!(last, LegEvent::Confirmed { body: Some(body) } if **body == *ANSWER));
}

#[test]
fn the_same_seed_says_the_same_words() {
    let run = |seed| {
        let mut net = Network::new(seed, Transport::Udp);
        let (alice, _) = net.talk();
        net.alice.bye(net.now, alice, None);
        net.run_out();
        net.sent
            .into_iter()
            .map(|sent| sent.text)
            .collect::<Vec<_>>()
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5), run(6));
}
