//! Any packets through a relay: only those of the signalled address pass, unchanged targets, no panic.
//!
//! Run from the top: `RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz rtp tests/fuzz/corpus/rtp -- -max_total_time=600 -max_len=4096`

#![no_main]

use kring_media::{
    PacketKind, Relay, Remote, SessionId, Side, Verdict, dtmf::KeyListener, rtcp, rtp,
};
use kring_time::Moment;
use libfuzzer_sys::fuzz_target;
use std::{net::SocketAddr, time::Duration};

fn remote(port: u16) -> Remote {
    let at = |port| SocketAddr::from(([192, 0, 2, 10], port));
    Remote {
        rtp: at(port),
        rtcp: at(port + 1),
        sends: true,
        receives: true,
    }
}

fuzz_target!(|story: &[u8]| {
    let mut relay = Relay::new(SessionId(1), Duration::from_secs(20));
    let mut keys = KeyListener::default();
    let mut now = Moment::BOOT;
    relay.set_remote(now, Side::Caller, remote(4_000));
    relay.set_remote(now, Side::Agent, remote(6_000));
    let mut rest = story;
    // One byte says who sends where, one how long the packet is, one how much later it comes.
    while let [how, length, later, tail @ ..] = rest {
        let (packet, next) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = next;
        now = now + Duration::from_millis(u64::from(*later) * 10);
        let side = if how & 1 == 0 { Side::Caller } else { Side::Agent };
        let kind = if how & 2 == 0 { PacketKind::Rtp } else { PacketKind::Rtcp };
        let home = relay.remote(side).expect("it was set");
        let mut from = if how & 2 == 0 { home.rtp } else { home.rtcp };
        let stranger = how & 4 != 0;
        if stranger {
            from.set_port(from.port() + 2);
        }
        if let Verdict::Forward { out, to } = relay.packet(now, side, kind, from, packet) {
            assert!(!stranger && out == side.other());
            let target = remote(if out == Side::Caller { 4_000 } else { 6_000 });
            assert!(to == target.rtp || to == target.rtcp);
        }
        relay.wake(now);
        while relay.poll_notice().is_some() {}
        assert!(relay.deadline().is_none_or(|due| due > now));
        let _ = rtcp::look(packet);
        if let (Some(seen), Some(payload)) = (rtp::look(packet), rtp::payload(packet)) {
            keys.note(seen.timestamp, payload);
        }
    }
    let stats = relay.stats(Side::Caller);
    assert!(stats.jitter_us <= 60_000_000);
});
