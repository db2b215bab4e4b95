//! One INVITE, several phones.

use crate::{
    network::{Network, OFFER, Side, config, header, invitation, peer},
    wire::{Wire, response},
};
use kring_sip::{Endpoint, EndpointConfig, LegEvent, LegId, Transport};

const DESK: &[&str] = &["Contact: <sip:desk@192.0.2.2:5070>"];
const MOBILE: &[&str] = &["Contact: <sip:mobile@192.0.2.9:5080>"];

fn call(wire: &mut Wire) -> (LegId, String) {
    let to = peer(Side::Bob, Transport::Udp);
    let leg = wire.endpoint.invite(wire.now, invitation(Some(OFFER), to));
    let (_, invite) = wire.only();
    (leg, invite)
}

#[test]
fn the_first_2xx_wins_and_the_others_are_acknowledged_and_ended() {
    let mut wire = Wire::new();
    let (leg, invite) = call(&mut wire);
    wire.say(&response(&invite, "180 Ringing", "desk", DESK));
    wire.say(&response(&invite, "180 Ringing", "mobile", MOBILE));
    let tags: Vec<String> = wire
        .events
        .drain(..)
        .map(|(_, event)| match event {
            LegEvent::Progress { tag, .. } => tag,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(tags, ["desk", "mobile"]);

    wire.say(&response(&invite, "200 OK", "mobile", MOBILE));
    assert_eq!(wire.happened(), ["accepted"]);
    wire.endpoint.acknowledge(wire.now, leg, None);
    let (to, ack) = wire.only();
    assert_eq!(to.address.to_string(), "192.0.2.9:5080");
    assert!(ack.starts_with("ACK sip:mobile@192.0.2.9:5080 SIP/2.0\r\n"));
    assert_eq!(header(&ack, "CSeq"), "1 ACK");
    assert_ne!(
        header(&ack, "Via"),
        header(&invite, "Via"),
        "its own transaction"
    );

    wire.say(&response(&invite, "200 OK", "desk", DESK));
    let sent: Vec<_> = wire.sent.drain(..).collect();
    assert_eq!(sent.len(), 2);
    assert!(
        sent[0]
            .1
            .starts_with("ACK sip:desk@192.0.2.2:5070 SIP/2.0\r\n")
    );
    assert!(
        sent[1]
            .1
            .starts_with("BYE sip:desk@192.0.2.2:5070 SIP/2.0\r\n")
    );
    assert!(header(&sent[1].1, "To").ends_with(";tag=desk"));
    assert_eq!(header(&sent[1].1, "CSeq"), "2 BYE");
    assert!(wire.happened().is_empty());

    // Each repetition gets the ACK of its own fork, and no second BYE.
    wire.say(&response(&invite, "200 OK", "desk", DESK));
    assert_eq!(wire.only().1, sent[0].1);
    wire.say(&response(&invite, "200 OK", "mobile", MOBILE));
    assert_eq!(wire.only().1, ack);

    wire.say(&response(&sent[1].1, "200 OK", "", &[]));
    assert!(wire.happened().is_empty());
    assert_eq!(wire.endpoint.counts().dialogs, 1);
}

#[test]
fn a_fork_that_answers_after_the_call_has_ended_is_still_ended() {
    let mut wire = Wire::new();
    let (leg, invite) = call(&mut wire);
    wire.say(&response(&invite, "200 OK", "mobile", MOBILE));
    wire.endpoint.bye(wire.now, leg, None);
    assert_eq!(
        wire.heard(),
        ["ACK", "BYE"],
        "an exchange that forgot the ACK"
    );
    wire.pass_ms(10_000);
    wire.sent.clear();
    wire.say(&response(&invite, "200 OK", "desk", DESK));
    assert_eq!(wire.heard(), ["ACK", "BYE"]);
    wire.pass_ms(100_000);
    assert_eq!(wire.endpoint.counts().transactions, 0);
    assert_eq!(wire.endpoint.deadline(), None);
}

#[test]
fn forks_without_end_are_not_counted_for_ever() {
    let mut wire = Wire::new();
    let (_, invite) = call(&mut wire);
    for fork in 0..100 {
        wire.say(&response(
            &invite,
            "180 Ringing",
            &format!("early{fork}"),
            DESK,
        ));
    }
    for fork in 0..100 {
        wire.say(&response(&invite, "200 OK", &format!("late{fork}"), DESK));
    }
    let byes = wire.heard().iter().filter(|name| *name == "BYE").count();
    assert_eq!(byes, 15, "sixteen forks, of which one is the call");
}

#[test]
fn a_phone_that_can_talk_is_made_to_answer() {
    let mut wire = Wire::new();
    let (leg, invite) = call(&mut wire);
    wire.say(&response(&invite, "180 Ringing", "mobile", MOBILE));
    wire.endpoint.notify_talk(wire.now, leg);
    assert!(wire.heard().is_empty(), "it never said that it could");
    let lines = [DESK[0], "Allow-Events: talk, hold"];
    wire.say(&response(&invite, "180 Ringing", "desk", &lines));
    let (_, event) = wire.events.last().unwrap();
    assert!(matches!(event, LegEvent::Progress { talk: true, .. }));
    wire.endpoint.notify_talk(wire.now, leg);
    let (_, notify) = wire.only();
    assert!(notify.starts_with("NOTIFY sip:desk@192.0.2.2:5070 SIP/2.0\r\n"));
    assert_eq!(header(&notify, "Event"), "talk");
    assert_eq!(header(&notify, "CSeq"), "2 NOTIFY");
    wire.say(&response(&notify, "200 OK", "", &[]));
    wire.say(&response(&invite, "200 OK", "desk", DESK));
    wire.endpoint.bye(wire.now, leg, None);
    wire.drain();
    let bye = wire.sent.pop().unwrap().1;
    assert_eq!(
        header(&bye, "CSeq"),
        "3 BYE",
        "the early dialog's count goes on"
    );
}

/// Two endpoints, one of which is a phone that can be told to answer.
#[test]
fn the_phone_hears_that_it_is_wanted() {
    let mut net = Network::udp();
    net.bob = Endpoint::new(EndpointConfig {
        talkable: true,
        ..config(Side::Bob, 2)
    });
    let alice = net.call();
    net.ring();
    net.alice.notify_talk(net.now, alice);
    net.run_ms(10);
    assert_eq!(net.ladder()[3..], ["> NOTIFY", "< 200 NOTIFY"]);
    assert_eq!(net.events_of(Side::Bob), ["incoming", "talk wanted"]);
}
