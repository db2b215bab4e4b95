//! What kring's own sound costs in pure code, one turn of 20 ms without sockets: music for 500 waiting callers,
//! and a conference.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kring_media::{
    Coding, FRAME, FRAME_LENGTH, FramePacket, Ground, Joined, Library, PacketKind, Particle,
    Playable, Program, Prompt, Relay, Remote, Samples, SessionId, Side, rtp,
};
use kring_time::Moment;
use std::{hint::black_box, time::Duration};

const CALLERS: u64 = 500;

fn library() -> Library {
    let (on, off) = (Duration::from_secs(1), Duration::from_secs(4));
    let ringback = Prompt::ringback(400.0, on, off);
    let mut library = Library::new(Particle::Ka, ringback);
    library.set_music(Prompt::new(&Samples {
        rate: 8_000,
        samples: (0..240_000).map(|n| (n % 8_000) as i16).collect(),
    }));
    library
}

fn music(criterion: &mut Criterion) {
    let library = library();
    let program = Program::new(Vec::new(), Ground::Music);
    let coding = Coding {
        codec: Playable::Pcma,
        payload_type: 8,
    };
    let address = |port| std::net::SocketAddr::new([192, 0, 2, 10].into(), port);
    let remote = Remote {
        rtp: address(4_000),
        rtcp: address(4_001),
        sends: true,
        receives: true,
    };
    let mut relays: Vec<Relay> = (0..CALLERS)
        .map(|n| {
            let mut relay = Relay::new(SessionId(n), Duration::from_secs(20));
            relay.set_remote(Moment::BOOT, Side::Caller, remote);
            let player = library.player(&program, coding);
            relay.play(Moment::BOOT, Side::Caller, player, 8, n);
            relay
        })
        .collect();
    let mut group = criterion.benchmark_group("speaking");
    group.throughput(Throughput::Elements(CALLERS));
    let mut now = Moment::BOOT;
    let mut packet: FramePacket = [0; rtp::HEADER + FRAME];
    group.bench_function("500 callers, one turn", |bencher| {
        bencher.iter(|| {
            now = now + FRAME_LENGTH;
            for relay in &mut relays {
                for side in Side::BOTH {
                    while let Some(to) = relay.next_frame(now, side, &mut packet) {
                        black_box((to, &packet));
                    }
                }
            }
        });
    });
    group.finish();
}

/// Three packets in, three frames out.
fn conference(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("conference");
    for (codec, payload_type) in [(Playable::Pcma, 8), (Playable::G722, 9)] {
        let coding = Coding {
            codec,
            payload_type,
        };
        let home = |side: Side, odd| {
            let port = 4_000 + 2 * side as u16 + odd;
            std::net::SocketAddr::new([192, 0, 2, 10].into(), port)
        };
        let mut relay = Relay::new(SessionId(1), Duration::from_secs(20));
        for side in Side::PARTIES {
            let remote = Remote {
                rtp: home(side, 0),
                rtcp: home(side, 1),
                sends: true,
                receives: true,
            };
            relay.set_remote(Moment::BOOT, side, remote);
        }
        relay.join(Moment::BOOT, Joined::Conference([coding; 3]), [1; 4]);
        let mut said = Vec::new();
        let samples: Vec<i16> = (0..320).map(|n| (n * 97 % 8_000) as i16).collect();
        let payload = codec.encode(&samples[..codec.samples_per_frame()]);
        let mut packet: FramePacket = [0; rtp::HEADER + FRAME];
        let (mut now, mut n) = (Moment::BOOT, 0_u32);
        group.bench_function(format!("three of {}, one turn", codec.name()), |bencher| {
            bencher.iter(|| {
                (now, n) = (now + FRAME_LENGTH, n + 1);
                for side in Side::PARTIES {
                    rtp::write(&mut said, payload_type, n as u16, n * 160, 7, &payload);
                    let from = home(side, 0);
                    black_box(relay.packet(now, side, PacketKind::Rtp, from, &said));
                }
                while let Some(to) = relay.next_mixed(now, &mut packet) {
                    black_box((to, &packet));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, music, conference);
criterion_main!(benches);
