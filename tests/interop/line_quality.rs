//! A call with a bad line: what was lost on it is told by kring to the phones in RTCP, and to people by REST, the
//! metrics and the journal.

use crate::{
    desk::is_hung_up,
    kring::{House, Kring},
    ports::free_port,
    scenario::{PLAIN, Scenario, sdp},
    sound::{packet, sdp_port},
};
use kring_media::rtcp::{self, RtcpSeen};
use serde_json::Value;
use std::{
    net::UdpSocket,
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// How long they talk: long enough for a report of each side at least, 50 packets a second.
const TALK: Duration = Duration::from_secs(9);

/// One end of a call with RTP and RTCP of its own.
struct Line {
    rtp: UdpSocket,
    rtcp: UdpSocket,
    port: u16,
    source: u32,
}

/// What it did and what kring told it.
struct Talked {
    sent: u64,
    left_out: u64,
    reports: Vec<RtcpSeen>,
}

impl Line {
    fn open(source: u8) -> Line {
        let port = free_port();
        let bind = |port| {
            let socket = UdpSocket::bind(("127.0.0.1", port)).expect("a free port");
            socket.set_nonblocking(true).expect("no waiting");
            socket
        };
        Line {
            rtp: bind(port),
            rtcp: bind(port + 1),
            port,
            source: source.into(),
        }
    }

    /// Speaks to kring's port and leaves out every so many-th packet (0: none), while it hears kring's reports and
    /// answers each with one that says how much it misses itself.
    fn talks(self, to: u16, leaves_out: u64, misses: u32) -> JoinHandle<Talked> {
        std::thread::spawn(move || {
            let mut talked = Talked {
                sent: 0,
                left_out: 0,
                reports: Vec::new(),
            };
            let began = Instant::now();
            let mut others = None;
            for n in 0_u32.. {
                let due = Duration::from_millis(20) * n;
                if due > TALK {
                    break;
                }
                std::thread::park_timeout(due.saturating_sub(began.elapsed()));
                if leaves_out > 0 && u64::from(n) % leaves_out == leaves_out - 1 {
                    talked.left_out += 1;
                } else {
                    let packet = packet(n, self.source as u8);
                    let _ = self.rtp.send_to(&packet, ("127.0.0.1", to));
                    talked.sent += 1;
                }
                let mut buffer = [0; 2_000];
                while let Ok((length, _)) = self.rtp.recv_from(&mut buffer) {
                    others = kring_media::rtp::look(&buffer[..length]).or(others);
                }
                while let Ok((length, _)) = self.rtcp.recv_from(&mut buffer) {
                    let seen = rtcp::look_for(&buffer[..length], Some(self.source));
                    let seen = seen.expect("kring sends RTCP");
                    if let (Some(middle), Some(heard)) = (seen.sent_at, others) {
                        let report = report(self.source, heard.ssrc, misses, middle);
                        let _ = self.rtcp.send_to(&report, ("127.0.0.1", to + 1));
                    }
                    talked.reports.push(seen);
                }
            }
            talked
        })
    }
}

/// A receiver report with one block (RFC 3550 section 6.4.2), sent at once.
fn report(source: u32, of: u32, lost: u32, middle: u32) -> Vec<u8> {
    let words = [
        0x81c9_0007,
        source,
        of,
        lost & 0x00ff_ffff,
        5_000,
        80,
        middle,
        0,
    ];
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn json(kring: &Kring, path: &str) -> Value {
    serde_json::from_str(&kring.get(path).body).expect("JSON")
}

#[test]
fn what_a_line_loses_is_told_to_phones_and_to_people() {
    let phone_at = free_port();
    let (kring, _agents) = Kring::with_agents("", &[("malee", phone_at)]);
    let (citizen, agent) = (Line::open(0x2a), Line::open(0x6b));
    let lifts = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .answers("200 OK", PLAIN, &sdp(agent.port))
        .hears("ACK");
    let phone = kring.phone("phone", phone_at, &is_hung_up(lifts));
    let calls = Scenario::caller()
        .calls(PLAIN, &sdp(citizen.port))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("")
        .waits(TALK.as_millis() as u32 + 1_000)
        .says("BYE", PLAIN, "")
        .hears("200");
    let caller = kring.caller("caller", &calls);
    let agents = sdp_port(&phone.wait_for(false, "INVITE").text);
    let citizens = sdp_port(&caller.wait_for(false, "200").text);
    // Of the citizen's sound every 20th packet gets lost; the agent's phone says that it misses nine of what it is sent
    // beside those.
    let citizen = citizen.talks(citizens, 20, 0);
    let agent = agent.talks(agents, 0, 31);
    let (citizen, agent) = (citizen.join().unwrap(), agent.join().unwrap());
    caller.finish();
    phone.finish();

    // Both were told by kring, and the citizen's phone of the loss.
    assert!(!agent.reports.is_empty() && !citizen.reports.is_empty());
    let told = citizen.reports.iter().filter_map(|seen| seen.block).last();
    let told = told.expect("a block on the citizen's stream");
    assert!(
        (1..=citizen.left_out as u32).contains(&told.lost),
        "{told:?}"
    );
    let of_agent = agent.reports.iter().filter_map(|seen| seen.block).last();
    assert_eq!(of_agent.expect("a block on the agent's").lost, 0);

    kring.journal_until("heard      Agent");
    let newest = kring.newest_call("state", "ended");
    let path = format!("/api/v1/calls/{}", newest["id"].as_str().unwrap());
    let sound = &json(&kring, &path)["sound"];
    let caller = &sound["caller"];
    assert_eq!(caller["packets"], citizen.sent, "{sound}");
    let lost = caller["from"]["lost"].as_u64().unwrap();
    // What was left out last is behind all that came.
    assert!(
        (citizen.left_out - 1..=citizen.left_out).contains(&lost),
        "{sound}"
    );
    let pct = caller["from"]["loss_pct"].as_f64().unwrap();
    assert!((4.5..=5.1).contains(&pct), "{sound}");
    // 5 % of G.711 is R 76.2, with a jitter of a few ms on a busy machine perhaps less.
    let mos = caller["from"]["mos"].as_f64().unwrap();
    assert!((3.2..=3.92).contains(&mos), "{sound}");
    let of_agent = &sound["agent"];
    assert_eq!(of_agent["from"]["lost"], 0, "{sound}");
    assert!(of_agent["from"]["mos"].as_f64().unwrap() > 3.9, "{sound}");
    // What its phone misses is more than what was missing before.
    assert!(of_agent["to"]["lost"].as_u64().unwrap() >= 8, "{sound}");
    assert!(
        of_agent["round_trip_ms"].as_f64().unwrap() < 500.0,
        "{sound}"
    );
    assert!(
        (9.9..=10.1).contains(&of_agent["to"]["jitter_ms"].as_f64().unwrap()),
        "{sound}"
    );

    let evidence = json(&kring, &format!("{path}/evidence"));
    let told = evidence["told_th"].as_str().unwrap();
    assert!(told.contains("เสียงจากผู้โทรขาดหาย"), "{told}");
    let metrics = kring.metrics_until(&format!("kring_rtp_lost_total {lost}"));
    assert!(metrics.contains("kring_call_mos_count"), "{metrics}");
    assert!(
        metrics.contains("kring_rtp_jitter_seconds_count 2"),
        "{metrics}"
    );
}

/// A line of which only reports come is a mute one, and the call lives; when not even these come any more from either
/// side, it is dead.
#[test]
fn a_call_lives_on_reports_alone_and_dies_of_silence() {
    let phone_at = free_port();
    let house = House {
        seats: vec![("malee", format!("sip:malee@127.0.0.1:{phone_at}"))],
        ..House::default()
    };
    let prepared = house.prepare();
    let file = prepared.folder.path().join("kring.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    let config = config.replace("dead_after_s = 90", "dead_after_s = 3");
    std::fs::write(&file, config).unwrap();
    let (kring, _agents) = prepared.open();
    let (citizen, agent) = (Line::open(0x2a), Line::open(0x6b));
    let lifts = Scenario::phone()
        .hears("INVITE")
        .answers("180 Ringing", PLAIN, "")
        .answers("200 OK", PLAIN, &sdp(agent.port))
        .hears("ACK");
    let phone = kring.phone("phone", phone_at, &is_hung_up(lifts));
    let calls = Scenario::caller()
        .calls(PLAIN, &sdp(citizen.port))
        .may_hear("100")
        .hears("180")
        .hears("200")
        .acks("");
    let caller = kring.caller("caller", &is_hung_up(calls));
    let agents = sdp_port(&phone.wait_for(false, "INVITE").text);
    let citizens = sdp_port(&caller.wait_for(false, "200").text);
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(8) {
        for (line, port) in [(&citizen, citizens), (&agent, agents)] {
            let sent = rtcp::receiver_report(line.source);
            let _ = line.rtcp.send_to(&sent, ("127.0.0.1", port + 1));
        }
        std::thread::park_timeout(Duration::from_millis(500));
    }
    let call = kring.newest_call("state", "talking");
    assert_eq!(call["ended_by"], Value::Null, "{call}");
    caller.finish();
    phone.finish();
    let call = kring.newest_call("state", "ended");
    assert_eq!(call["ended_by"], "kring", "{call}");
    assert_eq!(call["cause"], "media_lost", "{call}");
    // Three seconds after the last report, and the time that it takes to be told.
    let talked = call["talk_ms"].as_u64().unwrap();
    assert!((10_400..20_000).contains(&talked), "{talked} ms");
}
