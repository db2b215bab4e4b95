//! Somebody else at a call's ports: what he sends is neither heard nor answered, and what is honest goes on.
//!
//! Bounded in count: at most 40,000 packets to one port of the loopback.

use super::*;
use std::{io::ErrorKind, sync::atomic::AtomicBool, time::Instant};

/// What the caller and the agent say, and what nobody should hear.
const HONEST: u8 = 0xd5;
const EVIL: u8 = 0x13;

/// A packet of the source that an honest phone has as well.
fn says(sequence: u16, what: u8) -> Vec<u8> {
    let mut packet = rtp(sequence);
    packet[12..].fill(what);
    packet
}

/// Everything that is there; an honest word each, or this panics.
fn heard(phone: &Phone) -> usize {
    phone.rtp.set_nonblocking(true).unwrap();
    let mut buffer = [0; 4_096];
    let mut packets = 0;
    while let Ok((length, _)) = phone.rtp.recv_from(&mut buffer) {
        let said = &buffer[12..length];
        assert!(said.iter().all(|byte| *byte == HONEST), "heard {said:x?}");
        packets += 1;
    }
    phone.rtp.set_nonblocking(false).unwrap();
    packets
}

/// Waits until so many more honest packets came, and for nothing else.
fn hears(phone: &Phone, packets: usize) {
    let mut buffer = [0; 4_096];
    for _ in 0..packets {
        let (length, _) = phone.rtp.recv_from(&mut buffer).expect("it came");
        assert!(buffer[12..length].iter().all(|byte| *byte == HONEST));
    }
}

/// Sockets that belong to nobody of the call: another port of the same address, and other addresses.
fn strangers() -> Vec<UdpSocket> {
    ["127.0.0.1", "127.0.0.2", "127.9.9.9"]
        .map(|ip| UdpSocket::bind((ip, 0)).unwrap())
        .into()
}

/// Nobody has said a word to them, nor that nobody is there (ICMP).
fn is_unanswered(strangers: &[UdpSocket]) {
    for stranger in strangers {
        stranger.set_nonblocking(true).unwrap();
        let answer = stranger.recv_from(&mut [0; 64]);
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::WouldBlock);
    }
}

/// The two sides' accounts when the call is closed.
fn closed(studio: &mut Studio, session: u64) -> [kring_media::SideStats; 2] {
    let session = SessionId(session);
    studio.media.order(MediaOrder::Close { session });
    loop {
        if let MediaNotice::Closed { caller, agent, .. } = studio.notice() {
            return [caller, agent];
        }
    }
}

#[test]
fn nothing_from_third_addresses_is_heard_or_answered() {
    let mut studio = Studio::on(free_ports(20), 20);
    let (caller, agent) = (Phone::new(), Phone::new());
    let pairs = studio.open(1, &caller, &agent);
    heard(&caller);
    let strangers = strangers();
    let goodbye = [0x81, 203, 0, 1, 0, 0, 0, 7];
    for n in 0..100_u16 {
        // The same source, the numbers that come next, and those of long before; and a goodbye in its name.
        for stranger in &strangers {
            for pair in pairs {
                for packet in [says(n + 1, EVIL), says(n.wrapping_sub(500), EVIL)] {
                    stranger.send_to(&packet, at(pair.rtp)).unwrap();
                }
                stranger.send_to(&goodbye, at(pair.rtcp())).unwrap();
            }
        }
        caller
            .rtp
            .send_to(&says(n, HONEST), at(pairs[0].rtp))
            .unwrap();
        agent
            .rtp
            .send_to(&says(n, HONEST), at(pairs[1].rtp))
            .unwrap();
        hears(&agent, 1);
        hears(&caller, 1);
    }
    assert_eq!((heard(&caller), heard(&agent)), (0, 0), "and nothing more");
    is_unanswered(&strangers);
    for rtcp in [&caller.rtcp, &agent.rtcp] {
        rtcp.set_nonblocking(true).unwrap();
        let mut buffer = [0; 512];
        while let Ok(length) = rtcp.recv(&mut buffer) {
            assert_ne!(buffer[..length], goodbye, "nobody has said goodbye");
        }
    }
    let [of_caller, of_agent] = closed(&mut studio, 1);
    assert_eq!((of_caller.lost, of_agent.lost), (0, 0));
    assert_eq!((of_caller.strangers, of_agent.strangers), (900, 900));
}

/// Whoever comes before the first honest packet is no more welcome, and does not keep the honest one out.
#[test]
fn who_is_first_is_not_whose_call_it_is() {
    let mut studio = Studio::on(free_ports(20), 20);
    let (caller, agent) = (Phone::new(), Phone::new());
    let session = SessionId(1);
    let pairs = studio.reserve(2);
    let (ours, theirs) = (pairs[0], pairs[1]);
    studio.media.order(MediaOrder::Open {
        session,
        caller: ours,
        agent: theirs,
    });
    studio.media.order(caller.remote(session, Side::Caller));
    studio.media.order(agent.remote(session, Side::Agent));
    let strangers = strangers();
    for n in 0..50 {
        for stranger in &strangers {
            stranger.send_to(&says(n, EVIL), at(ours.rtp)).unwrap();
            stranger.send_to(&says(n, EVIL), at(theirs.rtp)).unwrap();
        }
    }
    for n in 0..10 {
        caller.rtp.send_to(&says(n, HONEST), at(ours.rtp)).unwrap();
        hears(&agent, 1);
        agent.rtp.send_to(&says(n, HONEST), at(theirs.rtp)).unwrap();
        hears(&caller, 1);
    }
    assert_eq!((heard(&caller), heard(&agent)), (0, 0), "and nothing more");
    is_unanswered(&strangers);
    let flowing = |side| MediaNotice::Flowing { session, side };
    assert_eq!(studio.notice(), flowing(Side::Caller));
    assert_eq!(studio.notice(), flowing(Side::Agent));
}

/// 20,000 packets a second for two seconds at the port where an honest caller speaks, in his source's name.
#[test]
fn a_flood_takes_no_more_than_one_honest_packet_in_a_hundred() {
    let mut studio = Studio::on(free_ports(20), 20);
    let (caller, agent) = (Phone::new(), Phone::new());
    let [ours, theirs] = studio.open(1, &caller, &agent);
    heard(&caller);
    let stop = Arc::new(AtomicBool::new(false));
    let flood = {
        let stop = Arc::clone(&stop);
        let stranger = UdpSocket::bind("127.0.0.3:0").unwrap();
        std::thread::spawn(move || {
            let (evil, began) = (says(7, EVIL), Instant::now());
            let mut sent = 0_u32;
            while sent < 40_000 && !stop.load(Ordering::Relaxed) {
                // Twenty in a millisecond.
                for _ in 0..20 {
                    let _ = stranger.send_to(&evil, at(ours.rtp));
                    sent += 1;
                }
                let due = Duration::from_micros(50) * sent;
                std::thread::sleep(due.saturating_sub(began.elapsed()));
            }
            (stranger, sent)
        })
    };
    let began = Instant::now();
    let (mut both, mut sent) = (0, 0_u16);
    while sent < 200 && !flood.is_finished() {
        let due = Duration::from_millis(10) * u32::from(sent);
        std::thread::sleep(due.saturating_sub(began.elapsed()));
        caller
            .rtp
            .send_to(&says(sent, HONEST), at(ours.rtp))
            .unwrap();
        agent
            .rtp
            .send_to(&says(sent, HONEST), at(theirs.rtp))
            .unwrap();
        sent += 1;
        both += heard(&caller) + heard(&agent);
    }
    stop.store(true, Ordering::Relaxed);
    let (stranger, evil) = flood.join().unwrap();
    let until = Instant::now() + Duration::from_secs(2);
    while both < 2 * usize::from(sent) && Instant::now() < until {
        both += heard(&caller) + heard(&agent);
        std::thread::sleep(Duration::from_millis(1));
    }
    let lost = 2 * usize::from(sent) - both;
    assert!(sent >= 100, "{sent} honest packets beside {evil}");
    assert!(
        lost * 100 <= usize::from(sent) * 2,
        "{lost} of {} are lost beside {evil}",
        2 * sent
    );
    is_unanswered(&[stranger]);
    let [of_caller, _] = closed(&mut studio, 1);
    assert!(of_caller.strangers > 0);
}
