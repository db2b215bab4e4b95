//! Where messages go (RFC 3261 §12, §18.2.2; RFC 3581).

use crate::{
    network::{OFFER, Side, header, invitation, peer},
    wire::{CONTACT, Wire, invite, request, response, to_tag},
};
use kring_sip::{Peer, Transport};

fn from(address: &str) -> Peer {
    Peer {
        transport: Transport::Udp,
        address: address.parse().unwrap(),
    }
}

fn routes(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("Route: "))
        .collect()
}

#[test]
fn responses_go_where_via_and_the_source_say() {
    let cases = [
        // The port of Via, at the address it came from.
        (
            "192.0.2.2:5060;branch=z9hG4bK-1",
            "192.0.2.2:4000",
            "192.0.2.2:5060",
            "",
        ),
        (
            "192.0.2.2;branch=z9hG4bK-1",
            "192.0.2.2:4000",
            "192.0.2.2:5060",
            "",
        ),
        (
            "10.0.0.1:5080;branch=z9hG4bK-1",
            "192.0.2.2:4000",
            "192.0.2.2:5080",
            ";received=192.0.2.2",
        ),
        (
            "pbx.example:5080;branch=z9hG4bK-1",
            "192.0.2.2:4000",
            "192.0.2.2:5080",
            ";received=192.0.2.2",
        ),
        // Both, where it asks for it.
        (
            "10.0.0.1:5080;rport;branch=z9hG4bK-1",
            "192.0.2.2:4000",
            "192.0.2.2:4000",
            ";received=192.0.2.2",
        ),
        (
            "192.0.2.2:5060;maddr=192.0.2.8;branch=z9hG4bK-1",
            "192.0.2.2:4000",
            "192.0.2.8:5060",
            "",
        ),
        (
            "[2001:db8::2]:5070;rport;branch=z9hG4bK-1",
            "[2001:db8::9]:4000",
            "[2001:db8::9]:4000",
            ";received=2001:db8::9",
        ),
    ];
    for (via, source, answered_to, stamp) in cases {
        let mut wire = Wire::new();
        wire.from = from(source);
        let text =
            invite("z9hG4bK-1", &[CONTACT], "v=0").replace("192.0.2.2:5060;branch=z9hG4bK-1", via);
        wire.say(&text);
        let (to, trying) = wire.only();
        assert_eq!(to, from(answered_to), "{via}");
        assert!(header(&trying, "Via").contains(stamp), "{trying}");
        let port = format!(";rport={}", from(source).address.port());
        assert_eq!(
            header(&trying, "Via").contains(&port),
            via.contains("rport"),
            "{trying}"
        );
    }
}

#[test]
fn over_tcp_responses_go_back_through_the_connection() {
    let mut wire = Wire::over(Transport::Tcp);
    wire.from.address = "192.0.2.2:49152".parse().unwrap();
    wire.say(&invite("z9hG4bK-1", &[CONTACT], "v=0"));
    assert_eq!(wire.only().0, wire.from);
}

#[test]
fn loose_routers_get_the_requests_of_the_called_side() {
    let mut wire = Wire::new();
    let record = "Record-Route: <sip:10.0.0.1;lr>, <sip:10.0.0.2:5070;lr>";
    let (leg, _) = wire.answered(&[record]);
    wire.endpoint.bye(wire.now, leg, None);
    let (to, bye) = wire.only();
    assert_eq!(to, from("10.0.0.1:5060"));
    assert!(bye.starts_with("BYE sip:caller@192.0.2.2:5062 SIP/2.0\r\n"));
    assert_eq!(
        routes(&bye),
        ["<sip:10.0.0.1;lr>", "<sip:10.0.0.2:5070;lr>"]
    );
}

#[test]
fn record_route_comes_back_in_what_makes_a_dialog() {
    let mut wire = Wire::new();
    let record = "Record-Route: <sip:10.0.0.1;lr>";
    wire.say(&invite("z9hG4bK-1", &[CONTACT, record], "v=0"));
    let leg = wire.events[0].0;
    wire.endpoint.provisional(wire.now, leg, 180, None);
    wire.endpoint.accept(wire.now, leg, None);
    wire.drain();
    for (_, text) in &wire.sent[1..] {
        assert_eq!(header(text, "Record-Route"), "<sip:10.0.0.1;lr>");
        assert_eq!(header(text, "Contact"), "<sip:kring@192.0.2.1:5060>");
    }
}

/// RFC 3261 §12.2.1.1: a strict router becomes the Request-URI.
#[test]
fn strict_routers_become_the_request_uri() {
    let mut wire = Wire::new();
    let record = "Record-Route: <sip:10.0.0.1>, <sip:10.0.0.2;lr>";
    let (leg, _) = wire.answered(&[record]);
    wire.endpoint.bye(wire.now, leg, None);
    let (to, bye) = wire.only();
    assert_eq!(to, from("10.0.0.1:5060"));
    assert!(bye.starts_with("BYE sip:10.0.0.1 SIP/2.0\r\n"));
    assert_eq!(
        routes(&bye),
        ["<sip:10.0.0.2;lr>", "<sip:caller@192.0.2.2:5062>"]
    );
}

#[test]
fn the_calling_side_takes_the_route_backwards() {
    let mut wire = Wire::new();
    let to = peer(Side::Bob, Transport::Udp);
    let leg = wire.endpoint.invite(wire.now, invitation(Some(OFFER), to));
    let (_, sent) = wire.only();
    let lines = [
        "Record-Route: <sip:10.0.0.1;lr>, <sip:10.0.0.2;lr>",
        "Contact: <sip:5021@192.0.2.77;transport=tcp>",
    ];
    wire.say(&response(&sent, "200 OK", "bob", &lines));
    wire.endpoint.acknowledge(wire.now, leg, None);
    let (to, ack) = wire.only();
    assert_eq!(to, from("10.0.0.2:5060"));
    assert!(ack.starts_with("ACK sip:5021@192.0.2.77;transport=tcp SIP/2.0\r\n"));
    assert_eq!(routes(&ack), ["<sip:10.0.0.2;lr>", "<sip:10.0.0.1;lr>"]);
}

#[test]
fn a_contact_that_is_a_name_is_reached_through_whom_we_talk_with() {
    let mut wire = Wire::new();
    wire.say(&invite(
        "z9hG4bK-1",
        &["Contact: <sip:caller@pbx.example>"],
        "v=0",
    ));
    let leg = wire.events[0].0;
    wire.endpoint.accept(wire.now, leg, None);
    wire.drain();
    let tag = to_tag(&wire.sent.last().unwrap().1);
    wire.say(&request(
        "ACK sip:kring@192.0.2.1",
        "z9hG4bK-2",
        &tag,
        1,
        &[],
        "",
    ));
    wire.sent.clear();
    wire.endpoint.bye(wire.now, leg, None);
    let (to, bye) = wire.only();
    assert_eq!(to, wire.from);
    assert!(bye.starts_with("BYE sip:caller@pbx.example SIP/2.0\r\n"));
}

#[test]
fn a_contact_may_move_the_dialog_to_tcp() {
    let mut wire = Wire::new();
    wire.say(&invite(
        "z9hG4bK-1",
        &["Contact: <sip:a@192.0.2.2:5066;transport=tcp>"],
        "v=0",
    ));
    let leg = wire.events[0].0;
    wire.endpoint.accept(wire.now, leg, None);
    wire.pass_ms(32_000);
    wire.sent.clear();
    wire.endpoint.bye(wire.now, leg, None);
    let (to, bye) = wire.only();
    assert_eq!(to.transport, Transport::Tcp);
    assert_eq!(to.address.to_string(), "192.0.2.2:5066");
    assert!(header(&bye, "Via").starts_with("SIP/2.0/TCP "));
    wire.pass_ms(31_000);
    assert!(wire.heard().is_empty());
    wire.pass_ms(1_000);
    assert_eq!(wire.happened().last().unwrap(), "gone 408");
}

/// Names in TIS-620 come back byte for byte, in responses and in our own requests.
#[test]
fn bytes_that_are_no_utf8_come_back_as_they_were() {
    let mut wire = Wire::new();
    let name: &[u8] = b"\"\xca\xc1\xaa\xd2\xc2\" <sip:0812345678@192.0.2.2>;tag=caller";
    let text = invite("z9hG4bK-1", &[CONTACT], "v=0");
    let (before, after) = text
        .split_once("<sip:0812345678@192.0.2.2>;tag=caller")
        .unwrap();
    let bytes = [before.as_bytes(), name, after.as_bytes()].concat();
    wire.endpoint.receive(wire.now, wire.from, &bytes);
    let leg = kring_sip::LegId(1);
    wire.endpoint.accept(wire.now, leg, None);
    wire.now = kring_time::Moment::from_millis(32_000);
    wire.endpoint.wake(wire.now);
    wire.endpoint.bye(wire.now, leg, None);
    let mut echoed = 0;
    while let Some(effect) = wire.endpoint.poll() {
        if let kring_sip::Effect::Send(transmit) = effect {
            assert!(transmit.bytes.windows(name.len()).any(|part| part == name));
            echoed += 1;
        }
    }
    assert!(echoed >= 3, "100, 200 and BYE");
}
