//! A packet costs no memory: whichever way it goes, nothing is allocated for it.
//!
//! Opus is left out: libopus was written for a stack of its own size and takes what it needs for the time of one
//! packet.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use kring_media::{
    Codec, FRAME, FramePacket, Monitoring, PacketKind, Relay, Remote, SessionId, Side, Verdict, rtp,
};
use kring_time::Moment;
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    sync::Arc,
    time::Duration,
};

thread_local! {
    static ALLOCATED: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: all is the system's; only a number is kept beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.with(|allocated| allocated.set(allocated.get() + 1));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn codec(payload_type: u8, name: &str) -> Codec {
    Codec {
        payload_type,
        name: name.into(),
        clock: 8_000,
        channels: 1,
        fmtp: None,
    }
}

fn remote(side: Side) -> Remote {
    let port = 4_000 + 2 * side as u16;
    let at = |port| format!("192.0.2.10:{port}").parse().unwrap();
    Remote {
        rtp: at(port),
        rtcp: at(port + 1),
        sends: true,
        receives: true,
    }
}

fn relay(takes: [Codec; 3]) -> Relay {
    let mut relay = Relay::new(SessionId(1), Duration::from_secs(20));
    for (side, codec) in [Side::Caller, Side::Agent, Side::Monitor]
        .into_iter()
        .zip(takes)
    {
        let codecs: Arc<[Codec]> = [codec].into();
        let told = Arc::default();
        relay.set_codecs(Moment::BOOT, side, (&codecs, &told), [7; 4]);
        relay.set_remote(Moment::BOOT, side, remote(side));
    }
    relay
}

/// What two who talk, and a monitor who does, cost in so many turns after the first, which finds the ways; and
/// which verdict the caller's packets had.
fn allocated(relay: &mut Relay, number: u8, turns: u32) -> (u64, Verdict) {
    let (mut packet, mut made) = ([0xd5_u8; 172], [0_u8; 1_500]);
    let mut frame: FramePacket = [0; rtp::HEADER + FRAME];
    let (mut before, mut last) = (0, None);
    let sides = [Side::Caller, Side::Agent, Side::Monitor].map(|side| (side, remote(side).rtp));
    for n in 0..turns {
        if n == 50 {
            before = ALLOCATED.get();
        }
        packet[..2].copy_from_slice(&[0x80, number]);
        packet[2..4].copy_from_slice(&(n as u16).to_be_bytes());
        packet[4..8].copy_from_slice(&(n * 160).to_be_bytes());
        let now = Moment::from_millis(20 * u64::from(n));
        for (side, home) in sides {
            let verdict = relay.packet(now, side, PacketKind::Rtp, home, &packet);
            if let Verdict::Recode { by, .. } = verdict {
                assert!(relay.recode(by, &packet, &mut made) > 0);
            }
            if side == Side::Caller {
                last = Some(verdict);
            }
        }
        while relay.next_mixed(now, &mut frame).is_some() {}
        relay.wake(now);
        while relay.poll_notice().is_some() {}
    }
    (ALLOCATED.get() - before, last.unwrap())
}

#[test]
fn passing_renumbering_recoding_and_mixing_allocate_nothing() {
    let pcma = || codec(8, "PCMA");
    let mut plain = relay([pcma(), pcma(), pcma()]);
    let (count, verdict) = allocated(&mut plain, 8, 500);
    assert!(matches!(verdict, Verdict::Forward { .. }), "{verdict:?}");
    assert_eq!(count, 0, "passing");
    let mut renumbered = relay([codec(97, "L8"), codec(98, "L8"), pcma()]);
    let (count, verdict) = allocated(&mut renumbered, 97, 500);
    assert!(matches!(verdict, Verdict::Renumber { .. }), "{verdict:?}");
    assert_eq!(count, 0, "renumbering");
    for to in [codec(0, "PCMU"), codec(9, "G722")] {
        let mut recoded = relay([pcma(), to, pcma()]);
        let (count, verdict) = allocated(&mut recoded, 8, 500);
        assert!(matches!(verdict, Verdict::Recode { .. }), "{verdict:?}");
        assert_eq!(count, 0, "recoding");
    }
    for mode in [Monitoring::Listen, Monitoring::Whisper, Monitoring::Barge] {
        let mut mixed = relay([pcma(), codec(9, "G722"), codec(0, "PCMU")]);
        mixed.listen(Moment::BOOT, mode, [7; 4]);
        let (count, _) = allocated(&mut mixed, 8, 500);
        assert_eq!(count, 0, "{mode:?}");
    }
}
