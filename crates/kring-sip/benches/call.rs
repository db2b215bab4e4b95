//! What one call costs here: an INVITE-to-BYE through two endpoints, one as UAC and one as UAS, which
//! is what kring does for each citizen. The promise is that it stays under 100 µs.
//!
//! Calls follow each other 10 ms apart, so that about 3,200 of them wait out their last timers, as in a
//! full house.

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use kring_sip::{
    Advertised, Branch, Effect, Endpoint, EndpointConfig, Invitation, LegEvent, LegId, NameAddr,
    Peer, Transport, Uri,
};
use kring_time::Moment;
use std::{hint::black_box, time::Duration};

const SDP: &[u8] = b"v=0\r\no=root 1694 1694 IN IP4 192.0.2.10\r\ns=kring\r\nc=IN IP4 192.0.2.10\r\n\
t=0 0\r\nm=audio 17844 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n\
a=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n";

struct House {
    now: Moment,
    caller: Endpoint,
    called: Endpoint,
    peers: [Peer; 2],
    target: Uri,
    from: NameAddr,
    to: NameAddr,
}

fn endpoint(peer: Peer) -> Endpoint {
    let own = Advertised::everywhere(peer.address);
    Endpoint::new(EndpointConfig::new(own, u64::from(peer.address.port())))
}

impl House {
    fn new(transport: Transport) -> House {
        let peer = |port| Peer {
            transport,
            address: ([192, 0, 2, 10], port).into(),
        };
        let peers = [peer(5060), peer(5080)];
        let address = |text: &str| text.parse().expect("an address");
        House {
            now: Moment::BOOT,
            caller: endpoint(peers[0]),
            called: endpoint(peers[1]),
            peers,
            target: "sip:5021@192.0.2.10:5080".parse().expect("a URI"),
            from: address("\"0812345678\" <sip:0812345678@192.0.2.10>"),
            to: address("<sip:5021@192.0.2.10:5080>"),
        }
    }

    /// Carries messages until both are silent; gives the events in order.
    fn settle(&mut self) -> Vec<(LegId, LegEvent)> {
        let mut events = Vec::new();
        loop {
            let (effect, from) = match (self.caller.poll(), &mut self.called) {
                (Some(effect), _) => (effect, 0),
                (None, called) => match called.poll() {
                    Some(effect) => (effect, 1),
                    None => return events,
                },
            };
            match effect {
                Effect::Send(sent) if from == 0 => {
                    self.called.receive(self.now, self.peers[0], &sent.bytes);
                }
                Effect::Send(sent) => self.caller.receive(self.now, self.peers[1], &sent.bytes),
                Effect::Event(leg, event) => events.push((leg, event)),
                Effect::Counted(_)
                | Effect::Phone(_)
                | Effect::Answered(..)
                | Effect::Account(..) => {}
            }
        }
    }

    fn call(&mut self) {
        self.now = self.now + Duration::from_millis(10);
        let sdp = Bytes::from_static(SDP);
        let leg = self.caller.invite(
            self.now,
            Invitation {
                branches: vec![Branch::to(self.target.clone(), self.peers[1])],
                from: self.from.clone(),
                to: self.to.clone(),
                body: Some(sdp.clone()),
                extra: Vec::new(),
                max_forwards: 69,
            },
        );
        let (called, _) = self.settle().pop().expect("an INVITE arrives");
        self.called.provisional(self.now, called, 180, None);
        self.settle();
        self.called.accept(self.now, called, Some(sdp));
        self.settle();
        self.caller.acknowledge(self.now, leg, None);
        self.settle();
        self.called.bye(self.now, called, None);
        let last = self.settle().pop();
        assert!(matches!(last, Some((_, LegEvent::Gone { code: 200 }))));
        self.caller.wake(self.now);
        self.called.wake(self.now);
    }
}

fn calls(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("call");
    for (name, transport) in [("udp", Transport::Udp), ("tcp", Transport::Tcp)] {
        let mut house = House::new(transport);
        for _ in 0..4_000 {
            house.call();
        }
        group.bench_function(name, |bench| bench.iter(|| black_box(&mut house).call()));
    }
    group.finish();
}

criterion_group!(benches, calls);
criterion_main!(benches);
