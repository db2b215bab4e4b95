//! What one packet and one description cost in pure code, without sockets.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use kring_media::{
    Codec, Monitoring, OwnAudio, PacketKind, Relay, Remote, SessionId, Side, Verdict,
    answer_to_caller, offer_to_agent, read, rtp,
};
use kring_time::Moment;
use std::{f64::consts::TAU, hint::black_box, sync::Arc, time::Duration};

const OFFER: &[u8] =
    b"v=0\r\no=root 1821 1821 IN IP4 192.0.2.10\r\ns=PBX\r\nc=IN IP4 192.0.2.10\r\n\
t=0 0\r\nm=audio 11424 RTP/AVP 8 0 9 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n\
a=rtpmap:9 G722/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\n\
a=sendrecv\r\n";

fn remote(port: u16) -> Remote {
    let at = |port| format!("192.0.2.10:{port}").parse().expect("an address");
    Remote {
        rtp: at(port),
        rtcp: at(port + 1),
        sends: true,
        receives: true,
    }
}

fn packets(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("relay");
    group.throughput(Throughput::Elements(1));
    let mut relay = Relay::new(SessionId(1), Duration::from_secs(20));
    relay.set_remote(Moment::BOOT, Side::Caller, remote(4_000));
    relay.set_remote(Moment::BOOT, Side::Agent, remote(6_000));
    let mut packet = [0_u8; 172];
    packet[0] = 0x80;
    packet[1] = 8;
    let mut n = 0_u32;
    let from = remote(4_000).rtp;
    group.bench_function("packet", |bencher| {
        bencher.iter(|| {
            n = n.wrapping_add(1);
            packet[2..4].copy_from_slice(&(n as u16).to_be_bytes());
            packet[4..8].copy_from_slice(&n.wrapping_mul(160).to_be_bytes());
            let now = Moment::from_millis(20 * u64::from(n));
            black_box(relay.packet(now, Side::Caller, PacketKind::Rtp, from, black_box(&packet)))
        });
    });
    let stranger = remote(4_002).rtp;
    group.bench_function("stranger", |bencher| {
        bencher.iter(|| {
            black_box(relay.packet(
                Moment::BOOT,
                Side::Caller,
                PacketKind::Rtp,
                stranger,
                &packet,
            ))
        });
    });
    group.finish();
}

fn codec(name: &str) -> Codec {
    let (payload_type, clock, channels) = match name {
        "PCMU" => (0, 8_000, 1),
        "PCMA" => (8, 8_000, 1),
        "G722" => (9, 8_000, 1),
        "opus other" => (111, 48_000, 2),
        _ => (96, 48_000, 2),
    };
    Codec {
        payload_type,
        name: name.split(' ').next().unwrap_or(name).into(),
        clock,
        channels,
        fmtp: None,
    }
}

/// A second of a tone, in 50 payloads.
fn said_in(name: &str) -> Vec<Vec<u8>> {
    let mut opus = kring_opus::Encoder::new().expect("an encoder");
    let samples: Vec<i16> = (0..8_000)
        .map(|n| ((TAU * 450.0 * f64::from(n) / 8_000.0).sin() * 7_000.0) as i16)
        .collect();
    let frame = |samples: &[i16]| match name {
        "PCMU" => kring_media::Playable::Pcmu.encode(samples),
        "G722" => {
            let wide: Vec<i16> = samples.iter().flat_map(|sample| [*sample; 2]).collect();
            kring_media::Playable::G722.encode(&wide)
        }
        "PCMA" => kring_media::Playable::Pcma.encode(samples),
        _ => {
            let mut packet = [0; kring_opus::BYTES_MAX];
            let length = opus.encode(samples, &mut packet).expect("a frame");
            packet[..length].to_vec()
        }
    };
    samples.chunks_exact(160).map(frame).collect()
}

/// One packet from the caller to the agent, and what is made of it.
fn codings(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("relay/codings");
    group.throughput(Throughput::Elements(1));
    let ways = [
        ("PCMA", "PCMA"),
        ("opus", "opus other"),
        ("PCMA", "PCMU"),
        ("PCMA", "G722"),
        ("G722", "PCMA"),
        ("PCMA", "opus"),
        ("opus", "PCMA"),
    ];
    for (from, to) in ways {
        let mut relay = Relay::new(SessionId(1), Duration::from_secs(20));
        for (side, name, port) in [(Side::Caller, from, 4_000), (Side::Agent, to, 6_000)] {
            let codecs: Arc<[Codec]> = [codec(name)].into();
            let told = Arc::default();
            relay.set_codecs(Moment::BOOT, side, (&codecs, &told), [7; 4]);
            relay.set_remote(Moment::BOOT, side, remote(port));
        }
        let (said, number) = (said_in(from), codec(from).payload_type);
        let (mut packet, mut made, mut n) = (Vec::new(), [0; 2_048], 0_u32);
        let units = codec(from).clock / 50;
        group.bench_function(format!("{from} to {to}"), |bencher| {
            bencher.iter(|| {
                n = n.wrapping_add(1);
                let payload = &said[n as usize % said.len()];
                let timestamp = n.wrapping_mul(units);
                rtp::write(&mut packet, number, n as u16, timestamp, 7, payload);
                let now = Moment::from_millis(20 * u64::from(n));
                let (home, kind) = (remote(4_000).rtp, PacketKind::Rtp);
                match relay.packet(now, Side::Caller, kind, home, &packet) {
                    Verdict::Recode { by, .. } => {
                        black_box(relay.recode(by, &packet, &mut made));
                    }
                    verdict => {
                        black_box(verdict);
                    }
                }
            });
        });
    }
    group.finish();
}

/// What a supervisor costs in one turn of 20 ms: a packet of each, and the frames of those who hear a mix.
fn monitored(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("relay/monitored");
    for mode in [Monitoring::Listen, Monitoring::Whisper, Monitoring::Barge] {
        let mut relay = Relay::new(SessionId(1), Duration::from_secs(20));
        let sides = [
            (Side::Caller, 4_000),
            (Side::Agent, 6_000),
            (Side::Monitor, 8_000),
        ];
        for (side, port) in sides {
            let codecs: Arc<[Codec]> = [codec("PCMA")].into();
            let told = Arc::default();
            relay.set_codecs(Moment::BOOT, side, (&codecs, &told), [7; 4]);
            relay.set_remote(Moment::BOOT, side, remote(port));
        }
        relay.listen(Moment::BOOT, mode, [7; 4]);
        let said = said_in("PCMA");
        let (mut packet, mut n) = (Vec::new(), 0_u32);
        let mut frame: kring_media::FramePacket = [0; rtp::HEADER + kring_media::FRAME];
        group.bench_function(format!("{mode:?}, one turn"), |bencher| {
            bencher.iter(|| {
                n = n.wrapping_add(1);
                let now = Moment::from_millis(20 * u64::from(n));
                let payload = &said[n as usize % said.len()];
                rtp::write(&mut packet, 8, n as u16, n.wrapping_mul(160), 7, payload);
                for (side, port) in sides {
                    let (home, kind) = (remote(port).rtp, PacketKind::Rtp);
                    black_box(relay.packet(now, side, kind, home, &packet));
                }
                while let Some(sent) = relay.next_mixed(now, &mut frame) {
                    black_box((sent, &frame));
                }
            });
        });
    }
    group.finish();
}

fn descriptions(criterion: &mut Criterion) {
    let own = OwnAudio {
        shield: None,
        address: [192, 0, 2, 1].into(),
        port: 20_000,
        session_id: 1,
        version: 1,
    };
    let allowed = ["PCMA".to_owned(), "PCMU".to_owned()];
    let offer = read(OFFER).expect("a good offer");
    criterion.bench_function("sdp/read", |bencher| {
        bencher.iter_batched(|| OFFER, |sdp| read(black_box(sdp)), BatchSize::SmallInput);
    });
    criterion.bench_function("sdp/offer_to_agent", |bencher| {
        bencher.iter(|| offer_to_agent(Some(black_box(&offer)), &allowed, &own));
    });
    criterion.bench_function("sdp/answer_to_caller", |bencher| {
        bencher.iter(|| answer_to_caller(black_box(&offer), &offer, &own));
    });
}

criterion_group!(benches, packets, codings, monitored, descriptions);
criterion_main!(benches);
