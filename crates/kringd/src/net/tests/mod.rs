//! Real sockets of the loopback, on ports that the kernel chooses.

mod crowds;
mod secured;
mod web;

use super::*;
use crate::config::Config;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    time::timeout,
};

/// Longer than anything here takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

const OPTIONS: &[u8] = b"OPTIONS sip:kring SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\n\
From: <sip:a@a>;tag=1\r\nTo: <sip:kring>\r\nCall-ID: 1@a\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

fn bound(listens: &[&str]) -> (Net, Vec<SocketAddr>) {
    let listens: Vec<Listen> = listens
        .iter()
        .map(|listen| listen.parse().unwrap())
        .collect();
    let net = Net::bind(&terms("", listens)).unwrap();
    let locals = net.listens().iter().map(|listen| listen.address).collect();
    (net, locals)
}

/// The terms of a configuration's text, with these sockets and without trunks but its own.
fn terms(text: &str, listens: Vec<Listen>) -> Terms {
    let mut config = Config::read("test", text, []).unwrap();
    config.sip.listen = listens;
    if !text.contains("[[trunk]]") {
        config.trunks.clear();
    }
    let resolver = Resolver::of_system(Families::of(&config.sip.listen));
    Terms::of(&config, &resolver).unwrap()
}

fn to(transport: Transport, address: SocketAddr, bytes: &'static [u8]) -> Transmit {
    Transmit::new(Peer { transport, address }, Bytes::from_static(bytes))
}

async fn next(net: &mut Net) -> Arrival {
    timeout(PATIENCE, net.recv())
        .await
        .expect("something arrives")
}

async fn message(net: &mut Net) -> (Peer, Bytes) {
    match next(net).await {
        Arrival::Message { from, bytes } => (from, bytes),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn datagrams_come_and_go_and_keep_alives_are_not_talked_about() {
    let (mut net, locals) = bound(&["udp:127.0.0.1:0"]);
    let phone = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for datagram in [&b"\r\n\r\n"[..], b"", b"\0\0\0\0", OPTIONS] {
        phone.send_to(datagram, locals[0]).await.unwrap();
    }

    let (from, bytes) = message(&mut net).await;
    assert_eq!(bytes, OPTIONS);
    assert_eq!(from.address, phone.local_addr().unwrap());
    assert_eq!(net.try_recv(), None);

    net.send(to(Transport::Udp, from.address, b"SIP/2.0 200 OK\r\n\r\n"));
    let mut buffer = [0; 100];
    let (count, sender) = phone.recv_from(&mut buffer).await.unwrap();
    assert_eq!(&buffer[..count], b"SIP/2.0 200 OK\r\n\r\n");
    assert_eq!(sender, locals[0]);
}

#[tokio::test]
async fn a_burst_is_taken_in_one_go_and_in_order() {
    let (mut net, locals) = bound(&["udp:127.0.0.1:0"]);
    let phone = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for number in 0..100_u8 {
        phone.send_to(&[b'x', number], locals[0]).await.unwrap();
    }
    let mut seen = vec![message(&mut net).await.1[1]];
    while seen.len() < 100 {
        match net.try_recv() {
            Some(Arrival::Message { bytes, .. }) => seen.push(bytes[1]),
            Some(other) => panic!("{other:?}"),
            None => seen.push(message(&mut net).await.1[1]),
        }
    }
    assert_eq!(seen, (0..100).collect::<Vec<u8>>());
}

#[tokio::test]
async fn a_reply_leaves_by_the_socket_at_which_its_peer_was_heard() {
    let (mut net, locals) = bound(&["udp:127.0.0.1:0", "udp:127.0.0.1:0"]);
    let phone = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = phone.local_addr().unwrap();
    let mut buffer = [0; 10];
    for local in [locals[1], locals[0], locals[1]] {
        phone.send_to(b"ask", local).await.unwrap();
        message(&mut net).await;
        net.send(to(Transport::Udp, address, b"reply"));
        let (_, sender) = phone.recv_from(&mut buffer).await.unwrap();
        assert_eq!(sender, local, "RFC 3581 section 4");
    }
}

#[tokio::test]
async fn a_stream_is_cut_into_messages_and_answered_on_the_same_connection() {
    let (mut net, locals) = bound(&["tcp:127.0.0.1:0"]);
    let mut pbx = TcpStream::connect(locals[0]).await.unwrap();
    pbx.write_all(b"\r\n\r\n").await.unwrap();
    pbx.write_all(&OPTIONS[..50]).await.unwrap();
    pbx.write_all(&[&OPTIONS[50..], OPTIONS].concat())
        .await
        .unwrap();

    let (from, first) = message(&mut net).await;
    let (_, second) = message(&mut net).await;
    assert_eq!((&first[..], &second[..]), (OPTIONS, OPTIONS));
    assert_eq!(from.address, pbx.local_addr().unwrap());
    assert_eq!(net.connections(), 1);

    net.send(to(Transport::Tcp, from.address, b"SIP/2.0 200 OK\r\n\r\n"));
    let mut buffer = [0; 20];
    pbx.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"\r\nSIP/2.0 200 OK\r\n\r\n", "and the keep-alive");
}

#[tokio::test]
async fn one_connection_is_opened_to_a_peer_and_used_again() {
    let (mut net, _) = bound(&["udp:127.0.0.1:0"]);
    let pbx = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = pbx.local_addr().unwrap();
    net.send(to(Transport::Tcp, address, b"one "));
    net.send(to(Transport::Tcp, address, b"two"));
    let (mut stream, _) = pbx.accept().await.unwrap();
    let mut buffer = [0; 7];
    stream.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"one two");

    stream.write_all(OPTIONS).await.unwrap();
    let (from, bytes) = message(&mut net).await;
    assert_eq!((from.address, &bytes[..]), (address, OPTIONS));
    assert_eq!(net.connections(), 1);
}

#[tokio::test]
async fn a_connection_that_cannot_be_made_is_a_failure() {
    let (mut net, _) = bound(&["udp:127.0.0.1:0"]);
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    net.send(to(Transport::Tcp, address, b"INVITE"));
    let failed = Peer {
        transport: Transport::Tcp,
        address,
    };
    assert_eq!(next(&mut net).await, Arrival::Failed { to: failed });
    assert_eq!(net.connections(), 0);
}

#[tokio::test]
async fn a_phone_that_is_off_is_found_at_once_and_costs_nobody_else_a_message() {
    let families = [
        ("udp:127.0.0.1:0", "127.0.0.1:0"),
        ("udp:[::1]:0", "[::1]:0"),
    ];
    for (listen, phones) in families {
        let (mut net, _) = bound(&[listen]);
        let off = UdpSocket::bind(phones).await.unwrap();
        let gone = off.local_addr().unwrap();
        drop(off);
        let phone = UdpSocket::bind(phones).await.unwrap();
        let there = phone.local_addr().unwrap();
        for _ in 0..3 {
            net.send(to(Transport::Udp, gone, b"INVITE"));
            net.send(to(Transport::Udp, there, b"INVITE"));
            let failed = Peer {
                transport: Transport::Udp,
                address: gone,
            };
            assert_eq!(next(&mut net).await, Arrival::Failed { to: failed });
            net.send(to(Transport::Udp, there, b"CANCEL"));
            for expected in [b"INVITE", b"CANCEL"] {
                let mut buffer = [0; 6];
                let heard = timeout(PATIENCE, phone.recv(&mut buffer)).await;
                heard.expect("it arrives").unwrap();
                assert_eq!(&buffer, expected);
            }
        }
    }
}

#[tokio::test]
async fn a_message_leaves_by_the_socket_whose_address_the_kernel_would_use() {
    let (mut net, locals) = bound(&["udp:127.0.0.2:0", "udp:127.0.0.1:0"]);
    let phone = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    net.send(to(Transport::Udp, phone.local_addr().unwrap(), b"INVITE"));
    let mut buffer = [0; 10];
    let sender = tokio::select! {
        heard = timeout(PATIENCE, phone.recv_from(&mut buffer)) => heard.expect("it leaves").unwrap().1,
        arrival = net.recv() => panic!("{arrival:?}"),
    };
    assert_eq!(sender, locals[1]);
}

#[tokio::test]
async fn a_family_without_a_socket_is_a_failure() {
    let (mut net, _) = bound(&["udp:127.0.0.1:0"]);
    let address: SocketAddr = "[::1]:5060".parse().unwrap();
    net.send(to(Transport::Udp, address, b"INVITE"));
    let failed = Peer {
        transport: Transport::Udp,
        address,
    };
    assert_eq!(next(&mut net).await, Arrival::Failed { to: failed });
}

#[tokio::test]
async fn a_peer_that_closes_in_peace_is_no_failure_and_is_called_anew() {
    let (mut net, _) = bound(&["udp:127.0.0.1:0"]);
    let pbx = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = pbx.local_addr().unwrap();
    net.send(to(Transport::Tcp, address, b"one"));
    let (mut stream, _) = pbx.accept().await.unwrap();
    stream.write_all(OPTIONS).await.unwrap();
    stream.read_exact(&mut [0; 3]).await.unwrap();
    drop(stream);
    assert_eq!(message(&mut net).await.1, OPTIONS);
    while net.connections() > 0 {
        if let Ok(arrival) = timeout(Duration::from_millis(5), net.recv()).await {
            panic!("{arrival:?}");
        }
    }
    net.send(to(Transport::Tcp, address, b"two"));
    let (mut stream, _) = pbx.accept().await.unwrap();
    let mut buffer = [0; 3];
    stream.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"two");
}

#[tokio::test]
async fn a_peer_that_takes_nothing_is_cut_and_costs_no_more_than_its_queue() {
    let (mut net, _) = bound(&["udp:127.0.0.1:0"]);
    let pbx = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = pbx.local_addr().unwrap();
    net.send(to(Transport::Tcp, address, b"first"));
    let (_never_read, _) = pbx.accept().await.unwrap();
    let large: &'static [u8] = Box::leak(vec![b'x'; 60_000].into_boxed_slice());
    let mut sent = 0;
    loop {
        net.send(to(Transport::Tcp, address, large));
        sent += 1;
        assert!(sent < 100_000, "it was never cut");
        tokio::task::yield_now().await;
        if let Some(Arrival::Failed { to }) = net.try_recv() {
            assert_eq!(to.address, address);
            break;
        }
    }
}

#[tokio::test]
async fn who_sends_no_sip_is_told_so_and_cut() {
    let (mut net, locals) = bound(&["tcp:127.0.0.1:0"]);
    let mut stranger = TcpStream::connect(locals[0]).await.unwrap();
    let no_length: Vec<u8> = OPTIONS
        .split_inclusive(|byte| *byte == b'\n')
        .filter(|l| !l.starts_with(b"Content"))
        .flatten()
        .copied()
        .collect();
    stranger.write_all(&no_length).await.unwrap();
    let mut told = Vec::new();
    let reading = stranger.read_to_end(&mut told);
    tokio::select! {
        done = timeout(PATIENCE, reading) => { done.expect("it is cut").unwrap(); }
        arrival = net.recv() => panic!("{arrival:?}"),
    }
    assert!(
        told.starts_with(b"SIP/2.0 400 "),
        "{}",
        String::from_utf8_lossy(&told)
    );
}

/// `sip.strangers = "ignore"`: the port shows no more of itself over a stream than by datagrams.
#[tokio::test]
async fn who_sends_no_sip_hears_nothing_where_strangers_are_ignored() {
    let listens = vec!["tcp:127.0.0.1:0".parse().unwrap()];
    let net = Net::bind(&terms("sip.strangers = \"ignore\"", listens));
    let mut net = net.unwrap();
    let at = net.listens()[0].address;
    let garbage = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\n\
                   From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n";
    let mut stranger = TcpStream::connect(at).await.unwrap();
    stranger.write_all(garbage.as_bytes()).await.unwrap();
    let mut told = Vec::new();
    let reading = stranger.read_to_end(&mut told);
    tokio::select! {
        done = timeout(PATIENCE, reading) => { done.expect("it is cut").unwrap(); }
        arrival = net.recv() => panic!("{arrival:?}"),
    }
    assert_eq!(String::from_utf8_lossy(&told), "");
}

/// A phone that was switched off and on knows of no connection: its kernel says so to the next request.
#[tokio::test]
async fn a_request_that_a_dead_connection_has_swallowed_is_a_failure() {
    let (mut net, _) = bound(&["udp:127.0.0.1:0"]);
    let phone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = phone.local_addr().unwrap();
    let transport = Transport::Tcp;
    net.send(to(transport, address, b"INVITE sip:a@b SIP/2.0\r\n"));
    let (stream, _) = phone.accept().await.unwrap();
    stream.peek(&mut [0; 1]).await.unwrap();
    // What was not read is thrown away by a reset.
    drop(stream);
    let failed = Peer { transport, address };
    assert_eq!(next(&mut net).await, Arrival::Failed { to: failed });
}

#[tokio::test]
async fn one_address_cannot_take_all_connections() {
    let (mut net, locals) = bound(&["tcp:127.0.0.1:0"]);
    let mut held = Vec::new();
    for _ in 0..limits::CONNECTIONS_PER_ADDRESS_MAX {
        let mut stream = TcpStream::connect(locals[0]).await.unwrap();
        stream.write_all(OPTIONS).await.unwrap();
        message(&mut net).await;
        held.push(stream);
    }
    let mut beyond = TcpStream::connect(locals[0]).await.unwrap();
    let read = timeout(PATIENCE, beyond.read(&mut [0; 1]))
        .await
        .expect("it is cut");
    assert!(matches!(read, Ok(0) | Err(_)));

    drop(held.pop());
    while net.connections() == limits::CONNECTIONS_PER_ADDRESS_MAX {
        let _ = timeout(Duration::from_millis(5), net.recv()).await;
    }
    let mut again = TcpStream::connect(locals[0]).await.unwrap();
    again.write_all(OPTIONS).await.unwrap();
    assert_eq!(message(&mut net).await.1, OPTIONS, "a place was given back");
}

#[tokio::test]
async fn closing_writes_what_still_waits() {
    let (mut net, _) = bound(&["udp:127.0.0.1:0"]);
    let pbx = TcpListener::bind("127.0.0.1:0").await.unwrap();
    net.send(to(Transport::Tcp, pbx.local_addr().unwrap(), b"BYE"));
    net.close(PATIENCE).await;
    let (mut stream, _) = pbx.accept().await.unwrap();
    let mut told = Vec::new();
    stream.read_to_end(&mut told).await.unwrap();
    assert_eq!(told, b"BYE");
}

#[tokio::test]
async fn a_taken_port_is_told_with_the_remedy() {
    for transport in ["udp", "tcp"] {
        let (_net, locals) = bound(&[&format!("{transport}:127.0.0.1:0")]);
        let again: Listen = format!("{transport}:{}", locals[0]).parse().unwrap();
        let Err(fault) = Net::bind(&terms("", vec![again])) else {
            panic!("the port was bound twice");
        };
        let told = format!(
            "cannot listen on {}: address in use. Stop the other SIP service or set sip.listen.",
            locals[0]
        );
        assert_eq!(fault.to_string(), told);
    }
}
