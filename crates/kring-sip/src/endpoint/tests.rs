//! What cannot be seen from outside: tables at their bounds.

use super::{Branch, Effect, Endpoint, EndpointConfig, Invitation, LegEvent};
use crate::{Advertised, Peer, Reason, Transport, endpoint::limits::Bounds};
use kring_time::Moment;

const NOW: Moment = Moment::BOOT;

fn pbx() -> Peer {
    Peer {
        transport: Transport::Udp,
        address: "192.0.2.2:5060".parse().unwrap(),
    }
}

fn small() -> Endpoint {
    let own = "192.0.2.1:5060".parse().unwrap();
    let mut endpoint = Endpoint::new(EndpointConfig::new(Advertised::everywhere(own), 1));
    endpoint.bounds = Bounds {
        legs: 10,
        server_transactions: 20,
        server_transactions_hard: 24,
    };
    endpoint
}

fn request(method: &str, call: usize, seq: u32, to_tag: &str) -> String {
    format!(
        "{method} sip:1203@192.0.2.1 SIP/2.0\r\n\
         Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK-{method}{call}-{seq}\r\n\
         From: <sip:a@192.0.2.2>;tag=caller\r\n\
         To: <sip:1203@192.0.2.1>{to_tag}\r\n\
         Call-ID: {call}\r\n\
         CSeq: {seq} {method}\r\n\
         Contact: <sip:a@192.0.2.2>\r\n\
         Content-Length: 0\r\n\r\n"
    )
}

/// First lines of what was sent.
fn sent(endpoint: &mut Endpoint) -> Vec<String> {
    let effects = std::iter::from_fn(|| endpoint.poll());
    effects
        .filter_map(|effect| match effect {
            Effect::Send(transmit) => {
                let text = String::from_utf8_lossy(&transmit.bytes).into_owned();
                text.lines().next().map(str::to_owned)
            }
            _ => None,
        })
        .collect()
}

/// Beyond the bounds a call costs no memory; below them again, it is taken.
#[test]
fn too_many_legs_are_refused_statelessly() {
    let mut endpoint = small();
    for call in 0..10 {
        endpoint.receive(NOW, pbx(), request("INVITE", call, 1, "").as_bytes());
        assert_eq!(sent(&mut endpoint), ["SIP/2.0 100 Trying"]);
    }
    let full = endpoint.counts();
    for call in 10..30 {
        endpoint.receive(NOW, pbx(), request("INVITE", call, 1, "").as_bytes());
        assert_eq!(sent(&mut endpoint), ["SIP/2.0 503 Service Unavailable"]);
    }
    assert_eq!(endpoint.counts(), full);
    let call = Invitation {
        branches: vec![Branch::to("sip:5021@192.0.2.9".parse().unwrap(), pbx())],
        from: "sip:a@192.0.2.1".parse().unwrap(),
        to: "sip:5021@192.0.2.9".parse().unwrap(),
        body: None,
        extra: Vec::new(),
        max_forwards: 70,
    };
    let leg = endpoint.invite(NOW, call);
    let mut said = std::iter::from_fn(|| endpoint.poll());
    assert!(matches!(
        said.find(|effect| !matches!(effect, Effect::Counted(_))),
        Some(Effect::Event(told, LegEvent::Rejected { code: 503, local: true, .. })) if told == leg
    ));
    endpoint.cancel(NOW, leg, Reason::sip(200, ""));
    assert_eq!(endpoint.counts(), full);

    endpoint.turn_away(NOW, super::LegId(1), 403, Vec::new());
    assert_eq!(sent(&mut endpoint), ["SIP/2.0 403 Forbidden"]);
    endpoint.receive(NOW, pbx(), request("INVITE", 30, 1, "").as_bytes());
    assert_eq!(sent(&mut endpoint), ["SIP/2.0 100 Trying"]);
}

/// A BYE is obeyed even when nothing more can be remembered.
#[test]
fn a_bye_gets_through_when_the_tables_are_full() {
    let mut endpoint = small();
    endpoint.receive(NOW, pbx(), request("INVITE", 1, 1, "").as_bytes());
    endpoint.accept(NOW, super::LegId(1), None);
    let tag = endpoint
        .legs
        .get(super::LegId(1))
        .map(super::Leg::local_tag)
        .unwrap();
    let to_tag = format!(";tag={tag:016x}");
    endpoint.receive(NOW, pbx(), request("ACK", 1, 1, &to_tag).as_bytes());
    for seq in 2..100 {
        endpoint.receive(NOW, pbx(), request("INFO", 1, seq, &to_tag).as_bytes());
    }
    assert_eq!(endpoint.server_transactions(), 24);
    let answers = sent(&mut endpoint);
    assert_eq!(
        answers
            .iter()
            .filter(|line| *line == "SIP/2.0 200 OK")
            .count(),
        99
    );
    endpoint.receive(NOW, pbx(), request("INVITE", 1, 100, &to_tag).as_bytes());
    assert_eq!(sent(&mut endpoint), ["SIP/2.0 503 Service Unavailable"]);
    endpoint.receive(NOW, pbx(), request("BYE", 1, 101, &to_tag).as_bytes());
    assert_eq!(sent(&mut endpoint), ["SIP/2.0 200 OK"]);
    assert_eq!(endpoint.counts().dialogs, 0);
    endpoint.wake(Moment::from_millis(32_000));
    assert_eq!(endpoint.counts().transactions, 0);
    assert_eq!(endpoint.queue.len(), 0);
    assert!(endpoint.tags.is_empty() && endpoint.merges.is_empty());
}

/// Who is turned away hears one answer, the same for a repeated INVITE, and no 100 before it.
#[test]
fn the_turned_away_hear_one_answer() {
    let mut endpoint = small();
    let mut answers = Vec::new();
    for _ in 0..2 {
        endpoint.receive(NOW, pbx(), request("INVITE", 1, 1, "").as_bytes());
        while let Some(effect) = endpoint.poll() {
            match effect {
                Effect::Event(leg, LegEvent::Incoming(_)) => {
                    endpoint.turn_away(NOW, leg, 403, Vec::new());
                }
                Effect::Send(sent) => answers.push(sent.bytes),
                _ => {}
            }
        }
    }
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0], answers[1]);
}
