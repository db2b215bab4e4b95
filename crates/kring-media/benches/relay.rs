//! What one packet and one description cost in pure code, without sockets.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use kring_media::{
    OwnAudio, PacketKind, Relay, Remote, SessionId, Side, answer_to_caller, offer_to_agent, read,
};
use kring_time::Moment;
use std::{hint::black_box, time::Duration};

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

criterion_group!(benches, packets, descriptions);
criterion_main!(benches);
