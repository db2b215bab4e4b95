//! What is kept, shown, stored and exported of what was seen.

use super::{book::Place, *};
use crate::config;
use bytes::Bytes;
use kring_journal::AgentId;
use kring_sip::Advertised;
use kring_store::{Store, StoreConfig};
use kring_time::Moment;
use std::{net::UdpSocket, time::Duration};

fn peer(transport: Transport, address: &str) -> Peer {
    Peer {
        transport,
        address: address.parse().unwrap(),
    }
}

fn pbx() -> Peer {
    peer(Transport::Udp, "192.0.2.10:5060")
}

fn phone() -> Peer {
    peer(Transport::Tcp, "192.0.2.31:40001")
}

fn text(start: &str, call_id: &str, filler: usize) -> Bytes {
    let body = "x".repeat(filler);
    format!("{start}\r\nCall-ID: {call_id}\r\nCSeq: 1 INVITE\r\n\r\n{body}").into()
}

fn call(number: u64) -> CallId {
    CallId::new(number, 1)
}

fn watch() -> (Tap, Watch) {
    let tap = Tap::default();
    tap.reached_by(Advertised::everywhere("192.0.2.20:5060".parse().unwrap()));
    (tap.clone(), Watch::new(tap, Clock::start()))
}

fn ms(at: u64) -> Moment {
    Moment::from_millis(at)
}

/// A call from the PBX to one phone, as the exchange would tell it.
fn one_call(tap: &Tap, id: CallId) {
    tap.came(
        ms(1),
        pbx(),
        &text("INVITE sip:1203@kring SIP/2.0", "from-pbx", 0),
    );
    tap.leaves(ms(1), pbx(), &text("SIP/2.0 100 Trying", "from-pbx", 0));
    tap.leg(id, "from-pbx".into(), Party::Caller("pbx".into()));
    tap.leg(id, "to-phone".into(), Party::Phone(AgentId::new("somsri")));
    tap.leaves(
        ms(1),
        phone(),
        &text("INVITE sip:5021@phone SIP/2.0", "to-phone", 0),
    );
    tap.came(ms(80), phone(), &text("SIP/2.0 180 Ringing", "to-phone", 0));
    tap.came(ms(80), pbx(), &text("OPTIONS sip:kring SIP/2.0", "ping", 0));
}

#[test]
fn both_legs_of_a_call_are_its_trace_and_nothing_else_is() {
    let (tap, watch) = watch();
    one_call(&tap, call(1));
    let trace = watch.trace(call(1)).expect("it is live");
    let said: Vec<(&str, bool, usize)> = trace
        .messages
        .iter()
        .map(|message| (message.label.as_str(), message.sent, message.party))
        .collect();
    assert_eq!(
        said,
        [
            ("INVITE", false, 0),
            ("100 Trying", true, 0),
            ("INVITE", true, 1),
            ("180 Ringing", false, 1)
        ]
    );
    assert_eq!(trace.parties[0].name, "pbx");
    assert_eq!(trace.parties[1].side, Side::Phone);
    assert_eq!(trace.messages[0].ours.to_string(), "192.0.2.20:5060");
    assert!(trace.messages[3].at > trace.messages[0].at);
    let apart = watch.recent();
    assert_eq!(apart.len(), 1);
    assert_eq!(apart[0].message.label, "OPTIONS");
    assert!(watch.trace(call(2)).is_none());
}

#[test]
fn an_invite_that_was_looked_at_before_its_call_was_known_is_found_again() {
    let (tap, watch) = watch();
    tap.came(
        ms(1),
        pbx(),
        &text("INVITE sip:1203@kring SIP/2.0", "from-pbx", 0),
    );
    assert_eq!(watch.recent().len(), 1);
    tap.leg(call(1), "from-pbx".into(), Party::Caller("pbx".into()));
    assert_eq!(watch.trace(call(1)).unwrap().messages.len(), 1);
    assert!(watch.recent().is_empty());
}

#[test]
fn a_call_with_too_much_keeps_its_beginning_and_its_end_and_says_so() {
    let (tap, watch) = watch();
    tap.leg(call(1), "a".into(), Party::Caller("pbx".into()));
    for n in 0..600 {
        tap.came(
            ms(n),
            pbx(),
            &text(&format!("INFO sip:{n}@kring SIP/2.0"), "a", 1_000),
        );
    }
    let trace = watch.trace(call(1)).unwrap();
    let bytes: usize = trace
        .messages
        .iter()
        .map(|message| message.bytes.len())
        .sum();
    assert!(bytes <= limits::CALL_BYTES_MAX, "{bytes}");
    assert_eq!(trace.messages.len() as u64 + trace.left_out, 600);
    let number = |at: usize| String::from_utf8_lossy(&trace.messages[at].bytes[..20]).into_owned();
    assert!(number(0).contains("sip:0@"), "the beginning is there");
    assert!(
        number(trace.messages.len() - 1).contains("sip:599@"),
        "and the end"
    );
    let before = trace.messages[trace.gap_after - 1].at.0;
    let after = trace.messages[trace.gap_after].at.0;
    assert_eq!(
        (after - before) as u64 / 1_000,
        trace.left_out + 1,
        "the gap is where it is said"
    );
}

#[test]
fn what_belongs_to_nobody_is_bounded() {
    let mut book = Book::default();
    for n in 0..10_000_u64 {
        let message = Message {
            at: ms(n),
            wall: kring_journal::WallTime(n as i64),
            sent: false,
            peer: pbx(),
            bytes: text("REGISTER sip:kring SIP/2.0", &n.to_string(), 5_000),
        };
        book.message(Place::Apart, message).unwrap();
    }
    let kept: Vec<&Message> = book.recent(usize::MAX).collect();
    let bytes: usize = kept.iter().map(|message| message.bytes.len()).sum();
    assert!(kept.len() <= limits::APART_MAX && bytes <= limits::APART_BYTES_MAX);
    assert_eq!(kept.last().unwrap().at, ms(9_999), "the newest stay");
}

#[test]
fn an_ended_call_waits_for_late_messages_and_then_leaves_nothing_behind() {
    let mut book = Book::default();
    let leg = |id: &str| Leg {
        party: Party::Caller("pbx".into()),
        sip_call_id: id.into(),
    };
    book.leg(call(1), leg("a")).unwrap();
    book.end(ms(10_000), call(1));
    assert!(
        book.take_settled(ms(14_000), 9).is_empty(),
        "a BYE may still be answered"
    );
    let late = Message {
        at: ms(14_000),
        wall: kring_journal::WallTime(0),
        sent: false,
        peer: pbx(),
        bytes: text("SIP/2.0 200 OK", "a", 0),
    };
    book.message(book.place_of(&late.bytes), late.clone())
        .unwrap();
    assert!(
        book.take_settled(ms(18_000), 9).is_empty(),
        "it was not quiet for long"
    );
    let settled = book.take_settled(ms(19_000), 9);
    assert_eq!(settled.len(), 1);
    assert_eq!(settled[0].1.messages().0.count(), 1);
    assert_eq!(book.place_of(&late.bytes), Place::Apart);
    assert!(book.take_any(9).is_empty());
}

#[test]
fn a_call_that_is_never_quiet_is_put_away_all_the_same() {
    let mut book = Book::default();
    let leg = Leg {
        party: Party::Caller("pbx".into()),
        sip_call_id: "a".into(),
    };
    book.leg(call(1), leg).unwrap();
    book.end(ms(0), call(1));
    for second in 0..41 {
        let message = Message {
            at: ms(second * 1_000),
            wall: kring_journal::WallTime(0),
            sent: true,
            peer: pbx(),
            bytes: text("BYE sip:pbx SIP/2.0", "a", 0),
        };
        book.message(Place::Call(call(1), 0), message).unwrap();
    }
    assert_eq!(book.take_settled(ms(40_500), 9).len(), 1);
}

#[test]
fn calls_that_never_end_make_room_for_new_ones() {
    let mut book = Book::default();
    for n in 0..limits::CALLS_MAX as u64 + 10 {
        let leg = Leg {
            party: Party::Caller("pbx".into()),
            sip_call_id: n.to_string(),
        };
        book.leg(call(n + 1), leg).unwrap();
    }
    assert!(book.call(call(1)).is_none(), "the oldest went");
    assert_eq!(
        book.place_of(&text("BYE sip:a SIP/2.0", "3", 0)),
        Place::Apart
    );
    assert!(book.call(call(limits::CALLS_MAX as u64 + 10)).is_some());
}

#[test]
fn secrets_are_in_no_trace() {
    let (tap, watch) = watch();
    let register = "REGISTER sip:kring SIP/2.0\r\nCall-ID: r\r\nAuthorization: Digest \
                    username=\"5021\", response=\"6629fae49393a05397450978507c4ef1\"\r\n\r\n";
    tap.came(ms(1), phone(), &Bytes::from_static(register.as_bytes()));
    let shown = watch.recent()[0].text(Detail::Whole);
    assert!(
        shown.contains("username=\"5021\"") && !shown.contains("6629fae4"),
        "{shown}"
    );
}

/// The chunks of a HEP datagram, by kind.
fn chunks(datagram: &[u8]) -> Vec<(u16, Vec<u8>)> {
    assert_eq!(&datagram[..4], b"HEP3");
    let word = |at: usize| usize::from(u16::from_be_bytes([datagram[at], datagram[at + 1]]));
    assert_eq!(word(4), datagram.len(), "the length is that of the whole");
    let (mut at, mut chunks) = (6, Vec::new());
    while at < datagram.len() {
        assert_eq!(word(at), 0, "vendor");
        let length = word(at + 4);
        chunks.push((word(at + 2) as u16, datagram[at + 6..at + length].to_vec()));
        at += length;
    }
    chunks
}

#[tokio::test]
async fn every_message_is_copied_to_the_capture_server_under_its_callers_call_id() {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    server
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let (tap, watch) = watch();
    let config = config::Hep {
        address: server.local_addr().unwrap().to_string().parse().unwrap(),
        capture_id: 2_001,
        password: Some("ลับ".into()),
    };
    let to = Hep::find(&config, None).await.unwrap();
    watch.watching().hep = Some(Hep::towards(to, &config).unwrap());
    one_call(&tap, call(1));
    watch.watching().turn();

    let mut buffer = [0; 2_048];
    let mut copies = Vec::new();
    for _ in 0..5 {
        let length = server.recv(&mut buffer).unwrap();
        copies.push(chunks(&buffer[..length]));
    }
    let chunk = |copy: &[(u16, Vec<u8>)], kind: u16| {
        let found = copy.iter().find(|(other, _)| *other == kind);
        found
            .map(|(_, payload)| payload.clone())
            .unwrap_or_default()
    };
    let to_phone = &copies[2];
    assert!(chunk(to_phone, 15).starts_with(b"INVITE sip:5021@phone"));
    assert_eq!(
        chunk(to_phone, 17),
        b"from-pbx",
        "one call, one correlation id"
    );
    assert_eq!(chunk(&copies[4], 17), b"ping", "apart, its own");
    assert_eq!(chunk(to_phone, 1), [2]);
    assert_eq!(chunk(to_phone, 2), [6], "by TCP");
    assert_eq!(chunk(&copies[0], 2), [17], "by UDP");
    assert_eq!(chunk(to_phone, 3), [192, 0, 2, 20]);
    assert_eq!(chunk(to_phone, 4), [192, 0, 2, 31]);
    assert_eq!(chunk(to_phone, 7), 5_060_u16.to_be_bytes());
    assert_eq!(chunk(to_phone, 8), 40_001_u16.to_be_bytes());
    assert_eq!(chunk(&copies[0], 3), [192, 0, 2, 10], "from the PBX");
    assert_eq!(chunk(to_phone, 11), [1], "SIP");
    assert_eq!(chunk(to_phone, 12), 2_001_u32.to_be_bytes());
    assert_eq!(chunk(to_phone, 14), "ลับ".as_bytes());
    let seconds = u32::from_be_bytes(chunk(to_phone, 9).try_into().unwrap());
    let trace = watch.trace(call(1)).unwrap();
    assert_eq!(i64::from(seconds), trace.messages[2].at.0 / 1_000_000);
}

#[tokio::test]
async fn traces_are_stored_when_the_daemon_ends_and_old_ones_are_erased() {
    let folder = std::env::temp_dir().join(format!("kring-traces-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let url = format!("sqlite:{}", folder.join("kring.db").display());
    let store = Store::open(&StoreConfig::new(&url, "test")).await.unwrap();
    let old = kring_store::TraceRow {
        call: call(9),
        kept_at: kring_journal::WallTime(0),
        messages: 0,
        packed: Trace::default().pack(),
    };
    store.keep_traces(&[old]).await.unwrap();
    let (tap, watch) = watch();
    let keeper = Keeper {
        watch,
        store: store.clone(),
        clock: Clock::start(),
        terms: KeeperTerms {
            keep_days: 30,
            hep: None,
        },
    };
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(keeper.run(stopping));
    one_call(&tap, call(1));
    let erased = async {
        while store.trace(call(9)).await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), erased)
        .await
        .expect("what is older than 30 days is erased");
    stop.send_replace(true);
    running.await.unwrap();
    let packed = store.trace(call(1)).await.unwrap().expect("it is stored");
    assert_eq!(Trace::unpack(&packed).unwrap().messages.len(), 4);
    std::fs::remove_dir_all(&folder).unwrap();
}
