//! The walk and what is kept, against a name server of our own on the loopback.

use super::*;
use hickory_resolver::{
    Name,
    proto::{
        op::{Message, MessageType, ResponseCode},
        rr::{
            RData, Record, RecordType,
            rdata::{A, AAAA, NAPTR, SRV},
        },
    },
};
use std::collections::BTreeSet;
use tokio::net::UdpSocket;

/// One record a line: name, seconds, kind, and what the kind has.
const EXAMPLE: &str = "
    plain.test        300 A     192.0.2.10
    both.test         300 A     192.0.2.11
    both.test         300 AAAA  2001:db8::11
    pbx.test          300 A     192.0.2.1
    pbx.test          300 NAPTR 20 _sip._udp.pbx.test SIP+D2U
    pbx.test          300 NAPTR 10 _sip._tcp.pbx.test SIP+D2T
    pbx.test          300 NAPTR 30 _sip._ws.pbx.test  SIP+D2W
    _sip._tcp.pbx.test 60 SRV   20 0 5070 b.pbx.test
    _sip._tcp.pbx.test 60 SRV   10 0 5070 a.pbx.test
    _sip._udp.pbx.test 60 SRV   10 0 5080 a.pbx.test
    a.pbx.test        300 A     192.0.2.21
    b.pbx.test         30 A     192.0.2.22
    srv.test          300 A     192.0.2.1
    _sip._udp.srv.test 60 SRV   10 3 5060 c.srv.test
    _sip._udp.srv.test 60 SRV   10 1 5060 d.srv.test
    _sip._udp.srv.test 60 SRV   20 0 5060 e.srv.test
    _sips._tcp.srv.test 60 SRV  10 0 5061 c.srv.test
    c.srv.test         60 A     192.0.2.31
    d.srv.test         60 A     192.0.2.32
    e.srv.test         60 A     192.0.2.33
    none.test         300 A     192.0.2.1
    _sip._udp.none.test 60 SRV  0 0 0 .
";

/// What the server does with a question.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    /// SERVFAIL to everything.
    Ill,
    /// Drops what is no address, as some home routers do.
    Narrow,
}

struct Server {
    mood: Arc<Mutex<Mood>>,
    asked: Arc<Mutex<usize>>,
}

impl Server {
    fn feels(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

fn record(line: &str) -> Record {
    let words: Vec<&str> = line.split_whitespace().collect();
    let name = |text: &str| Name::from_ascii(format!("{}.", text.trim_end_matches('.'))).unwrap();
    let number = |text: &str| text.parse::<u16>().unwrap();
    let data = match words[2] {
        "A" => RData::A(A(words[3].parse().unwrap())),
        "AAAA" => RData::AAAA(AAAA(words[3].parse().unwrap())),
        "SRV" => RData::SRV(SRV::new(
            number(words[3]),
            number(words[4]),
            number(words[5]),
            name(words[6]),
        )),
        _ => RData::NAPTR(NAPTR::new(
            number(words[3]),
            0,
            Box::from(*b"S"),
            words[5].as_bytes().into(),
            Box::default(),
            name(words[4]),
        )),
    };
    Record::from_rdata(name(words[0]), words[1].parse().unwrap(), data)
}

fn answer(question: &[u8], zone: &[Record], mood: Mood) -> Option<Vec<u8>> {
    let asked = Message::from_vec(question).ok()?;
    let query = asked.queries().first()?.clone();
    let kind = query.query_type();
    if mood == Mood::Narrow && !matches!(kind, RecordType::A | RecordType::AAAA) {
        return None;
    }
    let mut reply = Message::new();
    reply.set_id(asked.id());
    reply.set_message_type(MessageType::Response);
    reply.set_recursion_available(true);
    reply.add_query(query.clone());
    let of_name = |record: &&Record| record.name() == query.name();
    if mood == Mood::Ill {
        reply.set_response_code(ResponseCode::ServFail);
    } else if !zone.iter().any(|record| of_name(&record)) {
        reply.set_response_code(ResponseCode::NXDomain);
    } else {
        let found = zone.iter().filter(of_name);
        reply.add_answers(found.filter(|r| r.record_type() == kind).cloned());
    }
    reply.to_vec().ok()
}

async fn served(zone: &str, families: Families) -> (Resolver, Server) {
    let lines = zone.lines().filter(|line| !line.trim().is_empty());
    let zone: Vec<Record> = lines.map(record).collect();
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let mood = Arc::new(Mutex::new(Mood::Well));
    let asked = Arc::new(Mutex::new(0));
    let server = Server {
        mood: Arc::clone(&mood),
        asked: Arc::clone(&asked),
    };
    tokio::spawn(async move {
        let mut buffer = [0; 1_500];
        while let Ok((count, from)) = socket.recv_from(&mut buffer).await {
            *asked.lock().unwrap() += 1;
            let mood = *mood.lock().unwrap();
            if let Some(reply) = answer(&buffer[..count], &zone, mood) {
                socket.send_to(&reply, from).await.unwrap();
            }
        }
    });
    let source = Source::server(address);
    (Resolver::with(source, families, Duration::ZERO, 1), server)
}

fn uri(text: &str) -> Sought {
    Sought::uri(&text.parse().unwrap())
}

async fn shown(resolver: &Resolver, sought: &Sought) -> String {
    let found = resolver.resolve(sought).await.unwrap();
    let peers: Vec<String> = found.peers.iter().map(Peer::to_string).collect();
    peers.join(" ")
}

#[tokio::test]
async fn each_form_of_a_uri_leads_where_rfc_3263_says() {
    let (resolver, _server) = served(EXAMPLE, Families::Four).await;
    for (text, peers) in [
        // An address is its own answer (§4.2).
        ("sip:a@192.0.2.7", "udp:192.0.2.7:5060"),
        ("sip:a@[2001:db8::7]:5070", "udp:[2001:db8::7]:5070"),
        ("sips:a@192.0.2.7", "tls:192.0.2.7:5061"),
        ("sip:a@192.0.2.7;transport=tcp", "tcp:192.0.2.7:5060"),
        // A port rules NAPTR and SRV out.
        ("sip:a@pbx.test:5090", "udp:192.0.2.1:5090"),
        // NAPTR's order, then SRV's priority; a transport that we cannot open is passed over.
        (
            "sip:a@pbx.test",
            "tcp:192.0.2.21:5070 tcp:192.0.2.22:5070 udp:192.0.2.21:5080",
        ),
        // A transport in the URI rules NAPTR out.
        ("sip:a@pbx.test;transport=udp", "udp:192.0.2.21:5080"),
        // Without NAPTR the SRV names are guessed; sips takes nothing that can be read.
        ("sips:a@srv.test", "tls:192.0.2.31:5061"),
        // Neither: the address and the usual port.
        ("sip:a@plain.test", "udp:192.0.2.10:5060"),
        ("sip:a@Plain.TEST;transport=tls", "tls:192.0.2.10:5061"),
    ] {
        assert_eq!(shown(&resolver, &uri(text)).await, peers, "{text}");
    }
}

#[tokio::test]
async fn equal_targets_take_turns_by_their_weights() {
    let (resolver, server) = served(EXAMPLE, Families::Four).await;
    let sought = uri("sip:a@srv.test;transport=udp");
    let mut firsts = BTreeSet::new();
    let mut heavy = 0;
    for _ in 0..200 {
        let found = resolver.resolve(&sought).await.unwrap();
        assert_eq!(found.peers[2].address.to_string(), "192.0.2.33:5060");
        heavy += usize::from(found.peers[0].address.to_string() == "192.0.2.31:5060");
        firsts.insert(found.peers[0]);
    }
    assert_eq!(firsts.len(), 2);
    assert!((110..190).contains(&heavy), "three of four: {heavy} of 200");
    assert!(server.asked() < 20, "the answer was kept");
}

#[tokio::test]
async fn the_families_are_those_of_our_sockets() {
    for (families, peers) in [
        (Families::Four, "udp:192.0.2.11:5060"),
        (Families::Six, "udp:[2001:db8::11]:5060"),
        (
            Families::SixFour,
            "udp:[2001:db8::11]:5060 udp:192.0.2.11:5060",
        ),
    ] {
        let (resolver, _server) = served(EXAMPLE, families).await;
        let found = shown(&resolver, &uri("sip:a@both.test")).await;
        assert_eq!(found, peers);
    }
    let (resolver, _server) = served(EXAMPLE, Families::Six).await;
    let refused = resolver.resolve(&uri("sip:a@plain.test")).await;
    assert_eq!(
        refused,
        Err(NameRefused::NoAddress("plain.test".to_owned()))
    );
}

#[tokio::test]
async fn a_name_without_service_and_a_name_that_is_none_are_told_apart() {
    let (resolver, server) = served(EXAMPLE, Families::Four).await;
    let refused = resolver.resolve(&uri("sip:a@none.test")).await;
    assert_eq!(refused, Err(NameRefused::NoService("none.test".to_owned())));
    let refused = resolver.resolve(&uri("sip:a@nobody.test")).await;
    assert_eq!(
        refused,
        Err(NameRefused::NoAddress("nobody.test".to_owned()))
    );
    server.feels(Mood::Ill);
    let refused = resolver.resolve(&uri("sip:a@plain.test")).await;
    assert_eq!(refused, Err(NameRefused::NoAnswer("plain.test".to_owned())));
}

#[tokio::test]
async fn the_last_answer_serves_while_no_name_server_does() {
    // Nothing is kept beyond its time, and these have none.
    let zone = "brief.test 0 A 192.0.2.40";
    let (resolver, server) = served(zone, Families::Four).await;
    let sought = uri("sip:a@brief.test:5062");
    assert_eq!(shown(&resolver, &sought).await, "udp:192.0.2.40:5062");
    server.feels(Mood::Ill);
    let asked = server.asked();
    assert_eq!(shown(&resolver, &sought).await, "udp:192.0.2.40:5062");
    assert!(server.asked() > asked, "it was asked for again");
}

#[tokio::test]
async fn a_server_that_drops_what_it_does_not_know_costs_less_than_two_seconds() {
    let (resolver, server) = served(EXAMPLE, Families::Four).await;
    server.feels(Mood::Narrow);
    let began = Instant::now();
    let found = shown(&resolver, &uri("sip:a@plain.test")).await;
    assert_eq!(found, "udp:192.0.2.10:5060");
    assert!(began.elapsed() < limits::NAME_WITHIN);
}

#[tokio::test]
async fn the_machine_knows_itself_without_a_name_server() {
    let resolver = Resolver::of_system(Families::Four);
    let found = shown(&resolver, &uri("sip:a@localhost:5066")).await;
    assert_eq!(found, "udp:127.0.0.1:5066");
}
