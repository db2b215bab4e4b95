//! What one message costs: an INVITE of 860 bytes read, written, and both, with rsip alone beside it.
//!
//! The promise is that reading and writing together stay under 6 µs.

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

/// As a PBX sends a forwarded call, 860 bytes.
const INVITE: &str = "INVITE sip:1203@192.0.2.20:5060;transport=udp SIP/2.0\r\n\
Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKPj7c1f6c02e1a04d2;rport\r\n\
Max-Forwards: 70\r\n\
From: \"0812345678\" <sip:0812345678@192.0.2.10>;tag=as58f4201b7d\r\n\
To: <sip:1203@192.0.2.20>\r\n\
Contact: <sip:0812345678@192.0.2.10:5060>\r\n\
Call-ID: 5f1d2c7e0a3b49d6917c@192.0.2.10:5060\r\n\
CSeq: 102 INVITE\r\n\
User-Agent: Asterisk PBX 20.5.0\r\n\
Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, SUBSCRIBE, NOTIFY, INFO\r\n\
Supported: replaces, timer\r\n\
P-Asserted-Identity: <sip:0812345678@192.0.2.10>\r\n\
Diversion: <sip:1203@192.0.2.10>;reason=unconditional\r\n\
Content-Type: application/sdp\r\n\
Content-Length: 221\r\n\
\r\n\
v=0\r\n\
o=root 1694 1694 IN IP4 192.0.2.10\r\n\
s=Asterisk PBX 20.5.0\r\n\
c=IN IP4 192.0.2.10\r\n\
t=0 0\r\n\
m=audio 17844 RTP/AVP 8 0 101\r\n\
a=rtpmap:8 PCMA/8000\r\n\
a=rtpmap:101 telephone-event/8000\r\n\
a=fmtp:101 0-16\r\n\
a=ptime:20\r\n\
a=sendrecv\r\n";

fn kring(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("kring");
    let bytes = INVITE.as_bytes();
    let message = kring_sip::parse(bytes).expect("the INVITE is valid");
    let mut out = Vec::with_capacity(2048);
    group.bench_function("parse", |bench| {
        bench.iter(|| kring_sip::parse(black_box(bytes)));
    });
    group.bench_function("write", |bench| {
        bench.iter(|| {
            out.clear();
            black_box(&message).write(&mut out);
            out.len()
        });
    });
    group.bench_function("parse_write", |bench| {
        bench.iter(|| {
            out.clear();
            let message = kring_sip::parse(black_box(bytes)).expect("the INVITE is valid");
            message.write(&mut out);
            out.len()
        });
    });
    group.finish();
}

/// What a UAS reads of every INVITE on top: the typed headers.
fn typed(bench: &mut Criterion) {
    let message = kring_sip::parse(INVITE.as_bytes()).expect("the INVITE is valid");
    let headers = message.headers();
    bench.bench_function("kring/typed", |bench| {
        bench.iter(|| {
            let headers = black_box(headers);
            (
                headers.via(),
                headers.from(),
                headers.to(),
                headers.cseq(),
                headers.contact(),
            )
        });
    });
}

fn rsip(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("rsip");
    let bytes = INVITE.as_bytes();
    let message = rsip::SipMessage::try_from(bytes).expect("the INVITE is valid");
    group.bench_function("parse", |bench| {
        bench.iter(|| rsip::SipMessage::try_from(black_box(bytes)));
    });
    group.bench_function("write", |bench| {
        bench.iter(|| black_box(&message).to_string());
    });
    group.bench_function("parse_write", |bench| {
        bench.iter(|| {
            let message = rsip::SipMessage::try_from(black_box(bytes)).expect("it is valid");
            message.to_string().len()
        });
    });
    group.finish();
}

criterion_group!(benches, kring, typed, rsip);
criterion_main!(benches);
