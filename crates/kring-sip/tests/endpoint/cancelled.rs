//! Calls that are given up.

use crate::network::{ANSWER, Network, Side, header};
use bytes::Bytes;
use kring_sip::{Reason, Transport};

fn elsewhere() -> Reason {
    Reason::sip(200, "Call completed elsewhere")
}

#[test]
fn a_ringing_call_is_cancelled() {
    let mut net = Network::udp();
    let alice = net.call();
    net.ring();
    net.alice.cancel(net.now, alice, elsewhere());
    net.run_out();
    assert_eq!(
        net.ladder(),
        [
            "> INVITE",
            "< 100 INVITE",
            "< 180 INVITE",
            "> CANCEL",
            "< 200 CANCEL",
            "< 487 INVITE",
            "> ACK"
        ]
    );
    let (invite, cancel) = (&net.sent[0].text, &net.sent[3].text);
    for name in ["Via", "From", "To", "Call-ID"] {
        assert_eq!(header(invite, name), header(cancel, name));
    }
    assert_eq!(header(cancel, "CSeq"), "1 CANCEL");
    assert_eq!(
        header(cancel, "Reason"),
        "SIP;cause=200;text=\"Call completed elsewhere\""
    );
    assert_eq!(net.events_of(Side::Alice), ["progress 180", "rejected 487"]);
    assert_eq!(net.events_of(Side::Bob), ["incoming", "cancelled"]);
    net.assert_clean();
}

/// RFC 3261 §9.1: a CANCEL must not overtake its INVITE.
#[test]
fn a_cancel_waits_for_the_first_provisional() {
    let mut net = Network::udp();
    net.lose = vec!["INVITE"];
    let alice = net.call();
    net.run_ms(10);
    net.alice.cancel(net.now, alice, elsewhere());
    net.run_ms(400);
    assert!(net.times(Side::Alice, "CANCEL").is_empty());
    net.run_out();
    assert_eq!(net.times(Side::Alice, "INVITE"), [0, 500]);
    assert_eq!(net.times(Side::Alice, "CANCEL"), [502]);
    assert_eq!(net.events_of(Side::Alice), ["rejected 487"]);
    net.assert_clean();
}

#[test]
fn a_lost_cancel_comes_again() {
    let mut net = Network::udp();
    let alice = net.call();
    net.ring();
    net.lose = vec!["CANCEL", "CANCEL", "200 CANCEL"];
    net.alice.cancel(net.now, alice, elsewhere());
    net.run_out();
    assert_eq!(net.times(Side::Alice, "CANCEL"), [20, 520, 1_520, 3_520]);
    assert_eq!(net.times(Side::Bob, "487 INVITE"), [1_521]);
    assert_eq!(net.times(Side::Bob, "200 CANCEL").len(), 2);
    net.assert_clean();
}

#[test]
fn a_200_that_crosses_the_cancel_is_reported() {
    let mut net = Network::udp();
    let alice = net.call();
    let bob = net.ring();
    net.alice.cancel(net.now, alice, elsewhere());
    net.bob
        .accept(net.now, bob, Some(Bytes::from_static(ANSWER)));
    net.run_ms(10);
    assert_eq!(net.events_of(Side::Alice), ["progress 180", "accepted"]);
    net.alice.acknowledge(net.now, alice, None);
    net.alice.bye(net.now, alice, Some(elsewhere()));
    net.run_out();
    assert!(net.ladder().contains(&"< 200 CANCEL".to_owned()));
    assert_eq!(net.events_of(Side::Alice).last().unwrap(), "gone 200");
    assert_eq!(net.events_of(Side::Bob), ["incoming", "confirmed", "bye"]);
    net.assert_clean();
}

/// RFC 3261 §9.1: 64*T1 after the CANCEL the INVITE is over, whatever the phone thinks.
#[test]
fn a_phone_that_never_says_its_last_word_is_given_up() {
    let mut net = Network::udp();
    let alice = net.call();
    net.ring();
    net.faults.loss_percent = 100;
    net.alice.cancel(net.now, alice, elsewhere());
    net.run_ms(32_000);
    assert_eq!(net.times(Side::Alice, "CANCEL").len(), 11);
    assert_eq!(
        net.events_of(Side::Alice),
        ["progress 180", "rejected 487 here"]
    );
    assert_eq!(net.alice.counts().dialogs, 0);
    net.run_out();
    assert_eq!(net.alice.counts().transactions, 0);
}

#[test]
fn a_second_cancel_is_one_too_many() {
    let mut net = Network::new(3, Transport::Tcp);
    let alice = net.call();
    net.ring();
    net.alice.cancel(net.now, alice, elsewhere());
    net.alice.cancel(net.now, alice, elsewhere());
    net.run_out();
    assert_eq!(net.times(Side::Alice, "CANCEL").len(), 1);
    net.alice.cancel(net.now, alice, elsewhere());
    net.run_out();
    assert_eq!(net.times(Side::Alice, "CANCEL").len(), 1);
    net.assert_clean();
}
