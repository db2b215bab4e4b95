//! Where registered phones are called: behind NAT, through proxies, after a move and after a restart.

use crate::{
    network::{OFFER, Side, header, peer},
    phones::{Phone, at, branches, contacts, gone, house},
    wire::Wire,
};
use kring_sip::{
    HeaderName, Invitation, LegId, Message, Peer, Response, StatusCode, Transport, parse,
    registrar::{Binding, Gone, PhoneNews},
};
use kring_time::Moment;

/// Its Contact is an address of its own network; calls and everything after them go back where it is.
#[test]
fn a_phone_behind_nat_is_called_where_it_came_from_and_kept_reachable() {
    let mut wire = house();
    let mut phone = Phone::new("5021", "secret", at(Transport::Udp, "198.51.100.4:40123"));
    phone.registers(&mut wire, "Contact: <sip:5021@10.0.0.9:5060>\n");
    let call = Invitation {
        branches: branches(&wire, "5021"),
        ..invitation()
    };
    let leg = wire.endpoint.invite(wire.now, call);
    let (to, invite) = wire.only();
    assert_eq!(to, phone.at);
    assert!(invite.starts_with("INVITE sip:5021@10.0.0.9:5060 SIP/2.0"));
    accept(&mut wire, phone.at, leg, &invite);
    let (to, ack) = wire.only();
    assert_eq!(
        (to, &ack[..4]),
        (phone.at, "ACK "),
        "though Contact says 10.0.0.9"
    );
    wire.endpoint.bye(wire.now, leg, None);
    let (to, bye) = wire.only();
    assert_eq!((to, &bye[..4]), (phone.at, "BYE "));

    wire.sent.clear();
    wire.pass_ms(31_000);
    let pings: Vec<_> = wire
        .sent
        .drain(..)
        .filter(|(_, text)| text.starts_with("OPTIONS"))
        .collect();
    assert_eq!(pings.len(), 1);
    assert_eq!(pings[0].0, phone.at);
    assert!(
        pings[0]
            .1
            .starts_with("OPTIONS sip:5021@10.0.0.9:5060 SIP/2.0")
    );
    wire.pass_ms(31_000);
    assert!(
        wire.sent
            .iter()
            .any(|(_, text)| text.starts_with("OPTIONS"))
    );
}

/// Whatever such a phone says within its call (a new Contact of its own network, a request of its own, an offer
/// of ours answered) is answered to where it came from, and nothing of ours goes to the Contact.
#[test]
fn a_phone_behind_nat_is_never_sought_at_its_private_address() {
    let mut wire = house();
    let mut phone = Phone::new("5021", "secret", at(Transport::Udp, "198.51.100.4:40123"));
    phone.registers(&mut wire, "Contact: <sip:5021@10.0.0.9:5060>\n");
    let call = Invitation {
        branches: branches(&wire, "5021"),
        ..invitation()
    };
    let leg = wire.endpoint.invite(wire.now, call);
    let (_, invite) = wire.only();
    accept(&mut wire, phone.at, leg, &invite);
    wire.only();
    let (tag, call_id) = (header(&invite, "From"), header(&invite, "Call-ID"));
    let asks = |method: &str, seq: u32| {
        format!(
            "{method} sip:kring@192.0.2.1 SIP/2.0\r\n\
             Via: SIP/2.0/UDP 10.0.0.9:5060;rport;branch=z9hG4bK-{seq}\r\nMax-Forwards: 70\r\n\
             From: <sip:5021@192.0.2.2>;tag=phone\r\nTo: {tag}\r\nCall-ID: {call_id}\r\n\
             CSeq: {seq} {method}\r\nContact: <sip:5021@10.0.0.10:5062>\r\nContent-Length: 0\r\n\r\n"
        )
    };
    wire.from = phone.at;
    wire.say(&asks("UPDATE", 1));
    let (to, answer) = wire.only();
    assert_eq!((to, &answer[..12]), (phone.at, "SIP/2.0 200 "), "{answer}");
    let sdp = bytes::Bytes::from_static(OFFER);
    wire.endpoint.reoffer(wire.now, leg, sdp);
    let (to, again) = wire.only();
    assert!(
        again.starts_with("INVITE sip:5021@10.0.0.10:5062 "),
        "{again}"
    );
    assert_eq!(to, phone.at);
    wire.say(&crate::wire::response(
        &again,
        "200 OK",
        "phone",
        &["Contact: <sip:5021@10.0.0.11:5064>"],
    ));
    let (to, ack) = wire.only();
    assert_eq!((to, &ack[..4]), (phone.at, "ACK "));
    wire.say(&asks("BYE", 2));
    let (to, answer) = wire.only();
    assert_eq!((to, &answer[..12]), (phone.at, "SIP/2.0 200 "), "{answer}");
}

/// A Contact that names somebody else's PBX is no way to have kring call there.
#[test]
fn only_the_host_that_proved_itself_is_called() {
    let mut wire = house();
    let mut phone = Phone::new("5021", "secret", at(Transport::Udp, "198.51.100.4:40123"));
    let elsewhere = "Contact: <sip:0812345678@192.0.2.250>\nPath: <sip:192.0.2.250;lr>\n";
    phone.registers(&mut wire, elsewhere);
    assert_eq!(branches(&wire, "5021")[0].peers, [phone.at]);
    let mut edge = Phone::new("5022", "secret", at(Transport::Udp, "192.0.2.77:5060"));
    let answer = edge.registers(
        &mut wire,
        "Contact: <sip:5022@10.9.9.9>\nPath: <sip:192.0.2.77:5070;lr>\n",
    );
    assert_eq!(header(&answer, "Path"), "<sip:192.0.2.77:5070;lr>");
    let branch = &branches(&wire, "5022")[0];
    assert_eq!(branch.peers, [at(Transport::Udp, "192.0.2.77:5070")]);
    assert_eq!(branch.route.len(), 1);
}

#[test]
fn a_phone_is_one_phone_wherever_it_comes_from() {
    let mut wire = house();
    let id = "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\"";
    let mut first = Phone::new("5021", "secret", at(Transport::Tcp, "10.0.0.9:40001"));
    let lines = format!(
        "Supported: gruu, outbound, path\nContact: <sip:5021@10.0.0.9:40001;transport=tcp>;{id};reg-id=1\n"
    );
    let answer = first.registers(&mut wire, &lines);
    assert_eq!(header(&answer, "Require"), "outbound");
    // It would sign its calls with a GRUU, and nobody leads requests there.
    assert!(!answer.contains("gruu"), "{answer}");
    let mut again = Phone::new("5021", "secret", at(Transport::Tcp, "10.0.0.9:40002"));
    let moved = lines.replace("40001", "40002");
    again.registers(&mut wire, &moved);
    assert_eq!(gone(&mut wire), [Gone::Replaced]);
    assert_eq!(branches(&wire, "5021")[0].peers, [again.at]);
    let second_way = moved
        .replace("reg-id=1", "reg-id=2")
        .replace("40002", "40003");
    let mut other = Phone::new("5021", "secret", at(Transport::Tcp, "10.0.0.9:40003"));
    let answer = other.registers(&mut wire, &second_way);
    assert_eq!(contacts(&answer).len(), 2);
    assert_eq!(
        branches(&wire, "5021").len(),
        1,
        "two ways to one phone ring once"
    );
    wire.endpoint.connection_closed(other.at);
    wire.drain();
    assert_eq!(
        branches(&wire, "5021")[0].peers,
        [again.at],
        "the other way"
    );
    wire.endpoint.transport_failed(wire.now, again.at);
    wire.drain();
    assert_eq!(
        gone(&mut wire),
        [Gone::ConnectionLost, Gone::ConnectionLost]
    );
}

#[test]
fn several_phones_of_one_user_are_called_and_too_many_are_not_kept() {
    let mut wire = house();
    for port in 0..12_u16 {
        let mut phone = Phone::new(
            "5021",
            "secret",
            at(Transport::Udp, &format!("10.0.0.9:{}", 6_000 + port)),
        );
        phone.registers(
            &mut wire,
            &format!("Contact: <sip:5021@10.0.0.9:{}>\n", 6_000 + port),
        );
        wire.pass_ms(1_000);
    }
    let all = branches(&wire, "5021");
    assert_eq!(all.len(), 10);
    assert_eq!(all[0].peers[0].address.port(), 6_011, "the freshest first");
    assert_eq!(gone(&mut wire), [Gone::Replaced, Gone::Replaced]);
}

/// A restart forgets connections, and keeps what can be reached without them.
#[test]
fn bindings_outlive_the_process() {
    let mut wire = house();
    let mut udp = Phone::new("5021", "secret", at(Transport::Udp, "198.51.100.4:40123"));
    udp.registers(&mut wire, "Contact: <sip:5021@10.0.0.9>\n");
    let mut web = Phone::new("5022", "secret", at(Transport::Wss, "198.51.100.4:40124"));
    web.registers(&mut wire, "Contact: <sip:x@invalid.invalid;transport=ws>\n");
    let kept = |news: PhoneNews| match news {
        PhoneNews::Registered { user, binding, .. } => Some((user, *binding)),
        _ => None,
    };
    let kept: Vec<(_, Binding)> = wire.phones.drain(..).filter_map(kept).collect();
    let mut next = house();
    next.now = Moment::from_millis(5_000);
    for (user, binding) in kept {
        next.endpoint.restore_binding(next.now, &user, binding);
    }
    assert_eq!(branches(&next, "5021")[0].peers, [udp.at]);
    assert!(branches(&next, "5022").is_empty());
    next.endpoint.remove_phone("5021");
    next.drain();
    assert_eq!(gone(&mut next), [Gone::Removed]);
    assert!(branches(&next, "5021").is_empty());
}

fn invitation() -> Invitation {
    crate::network::invitation(Some(OFFER), peer(Side::Bob, Transport::Udp))
}

fn accept(wire: &mut Wire, phone: Peer, leg: LegId, invite: &str) {
    let Ok(Message::Request(request)) = parse(invite.as_bytes()) else {
        panic!("no request: {invite}");
    };
    let mut response = Response::answering(&request, StatusCode::new(200).unwrap());
    response.headers.tag_to("phone");
    response
        .headers
        .push(HeaderName::Contact, "<sip:5021@10.0.0.9:5060>");
    wire.endpoint.receive(wire.now, phone, &response.to_bytes());
    wire.endpoint.acknowledge(wire.now, leg, None);
}
