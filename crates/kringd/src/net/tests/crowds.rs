//! Many connections, idle and slow ones: nobody honest is kept out, and nobody waits long.

use super::{
    super::places::{Bounds, Places},
    *,
};
use socket2::{Domain, Socket, Type};
use std::time::Instant;

#[tokio::test]
async fn keep_alives_are_answered_however_they_are_cut() {
    let (mut net, locals) = bound(&["tcp:127.0.0.1:0"]);
    let mut phone = TcpStream::connect(locals[0]).await.unwrap();
    phone.write_all(OPTIONS).await.unwrap();
    message(&mut net).await;
    for part in [&b"\r\n\r"[..], b"\n"] {
        phone.write_all(part).await.unwrap();
    }
    let mut pong = [0; 2];
    let reading = timeout(PATIENCE, phone.read_exact(&mut pong));
    reading.await.expect("RFC 5626 section 3.5.1").unwrap();
    assert_eq!(&pong, b"\r\n");
    assert_eq!(net.try_recv(), None);
}

#[tokio::test]
async fn five_hundred_silent_connections_of_one_address_keep_nobody_of_it_out() {
    let (mut net, locals) = bound(&["tcp:127.0.0.1:0"]);
    let mut early = TcpStream::connect(locals[0]).await.unwrap();
    early.write_all(OPTIONS).await.unwrap();
    message(&mut net).await;
    let mut idle = Vec::new();
    for number in 0..500 {
        let mut stream = TcpStream::connect(locals[0]).await.unwrap();
        if number % 2 == 0 {
            // It may be cut already.
            let _ = stream.write_all(&OPTIONS[..40]).await;
        }
        idle.push(stream);
    }
    let mut late = TcpStream::connect(locals[0]).await.unwrap();
    for honest in [&mut late, &mut early] {
        honest.write_all(OPTIONS).await.unwrap();
        assert_eq!(message(&mut net).await.1, OPTIONS);
    }
    assert!(net.connections() <= limits::CONNECTIONS_PER_ADDRESS_MAX);
    drop(idle);
}

fn from(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

const FEW: Bounds = Bounds {
    all: 6,
    strangers: 3,
    stranger_each: 2,
    familiar_each: 4,
};

#[test]
fn the_stranger_that_was_silent_longest_makes_room() {
    let places = Places::new(Vec::new().into(), FEW);
    let mut first = places.admit(from("192.0.2.1:1")).unwrap();
    let mut second = places.admit(from("192.0.2.2:1")).unwrap();
    first.spoke();
    let mut third = places.admit(from("192.0.2.3:1")).unwrap();
    let _fourth = places.admit(from("192.0.2.4:1")).unwrap();
    assert!(
        second.cut.try_recv().is_ok(),
        "it never spoke, and came first"
    );
    assert!(first.cut.try_recv().is_err() && third.cut.try_recv().is_err());
}

#[test]
fn an_address_has_its_share_and_those_of_it_who_spoke_stay() {
    let places = Places::new(Vec::new().into(), FEW);
    let spoken: Vec<_> = (1..=2)
        .map(|port| {
            places
                .admit(SocketAddr::from(([192, 0, 2, 1], port)))
                .unwrap()
        })
        .inspect(|guest| guest.spoke())
        .collect();
    assert!(places.admit(from("192.0.2.1:3")).is_none());
    assert!(
        places.admit(from("[::ffff:192.0.2.1]:3")).is_none(),
        "the same address"
    );
    drop(spoken);
    assert!(
        places.admit(from("192.0.2.1:4")).is_some(),
        "places were given back"
    );
}

#[test]
fn places_are_kept_free_for_trunks_and_for_those_whom_we_answered_well() {
    let places = Places::new(vec!["192.0.2.9:5060".parse().unwrap()].into(), FEW);
    let phone = places.admit(from("192.0.2.1:1")).unwrap();
    phone.spoke();
    places.welcome(from("192.0.2.1:1"), &phone.standing);
    let mut strangers: Vec<_> = (10..13)
        .map(|last| {
            places
                .admit(SocketAddr::from(([192, 0, 2, last], 1)))
                .unwrap()
        })
        .collect();
    let trunk = [1, 2].map(|port| {
        places
            .admit(SocketAddr::from(([192, 0, 2, 9], port)))
            .unwrap()
    });
    // All six places are taken: a stranger has to go for the phone's second connection.
    assert!(
        strangers
            .iter_mut()
            .all(|guest| guest.cut.try_recv().is_err())
    );
    let again = places.admit(from("192.0.2.1:2")).unwrap();
    assert!(strangers[0].cut.try_recv().is_ok());
    drop((phone, trunk, again));
}

#[test]
fn a_request_or_a_2xx_is_a_welcome_and_a_refusal_is_none() {
    let welcoming = super::super::places::is_welcoming;
    assert!(welcoming(b"INVITE sip:a@b SIP/2.0\r\n") && welcoming(b"SIP/2.0 200 OK\r\n"));
    assert!(!welcoming(b"SIP/2.0 100 Trying\r\n") && !welcoming(b"SIP/2.0 403 Forbidden\r\n"));
}

/// A listener whose queue is full: the kernel swallows every further SYN, as a firewall does.
fn swallowing() -> (Socket, Vec<Socket>, SocketAddr) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&from("127.0.0.1:0").into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let connect = |_| {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_nonblocking(true).unwrap();
        let _ = socket.connect(&address.into());
        socket
    };
    let held = (0..4).map(connect).collect();
    (listener, held, address)
}

#[tokio::test]
async fn a_message_that_has_another_way_waits_no_longer_than_it_says() {
    let (_listener, _held, address) = swallowing();
    let (mut net, _) = bound(&["udp:127.0.0.1:0"]);
    let within = Duration::from_millis(150);
    let began = Instant::now();
    net.send(Transmit {
        connect_within: Some(within),
        ..to(Transport::Tcp, address, b"INVITE")
    });
    let transport = Transport::Tcp;
    let failed = Peer { transport, address };
    assert_eq!(next(&mut net).await, Arrival::Failed { to: failed });
    let took = began.elapsed();
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert!(took >= within, "it was tried");
}
