//! What it costs the exchange's thread to leave a message at the tap: a lock and a push of shared bytes.
//! As a PBX would have it: 1,000 messages between two looks of the keeper, who empties the basket.

#![allow(
    dead_code,
    unused_imports,
    reason = "the tap is taken from the program, which uses all of it"
)]

use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use kring_sip::{Peer, Transport};
use kring_time::Moment;
use std::hint::black_box;
use tap::Tap;

#[path = "../src/trace/keys.rs"]
mod keys;
#[path = "../src/trace/limits.rs"]
mod limits;
#[path = "../src/trace/tap.rs"]
mod tap;

const MESSAGES: u64 = 1_000;

fn leave(criterion: &mut Criterion) {
    let peer = Peer {
        transport: Transport::Udp,
        address: ([192, 0, 2, 10], 5060).into(),
    };
    let message = Bytes::from(vec![b'x'; 900]);
    let mut group = criterion.benchmark_group("tap");
    group.throughput(Throughput::Elements(MESSAGES));
    group.bench_function("a message left", |bencher| {
        bencher.iter_batched(
            Tap::default,
            |tap| {
                for n in 0..MESSAGES {
                    tap.came(Moment::from_micros(n), peer, black_box(&message));
                }
                tap
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, leave);
criterion_main!(benches);
