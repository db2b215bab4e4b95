//! The stream's promises, without a socket.

use super::*;
use crate::wire::{Card, NumberOnWire, RingCount, Via};

const CALL: u128 = 7;

fn call(n: u128) -> CallId {
    CallId::new(1, n)
}

fn stamp(ms: u64) -> Stamp {
    Stamp {
        id: Ulid::from_parts(1, u128::from(ms)),
        at: Moment::from_millis(ms),
        wall: WallTime(0),
    }
}

fn pop() -> Pop {
    Pop {
        number: NumberOnWire::anonymous(),
        card: Arc::new(Card::default()),
        via: Via::default(),
        outbound: None,
        t0: Moment::BOOT,
        period_ms: 5_000,
        on_ms: 1_000,
        limit: 3,
        answerable: false,
        greeting: "".into(),
        hop: 1,
        attempt: 1,
    }
}

fn put_pop(outbox: &mut Outbox, n: u128, ms: u64) {
    outbox.put_pop(stamp(ms), call(n), Body::Pop(Arc::new(pop())));
}

fn put_ring(outbox: &mut Outbox, ms: u64) {
    let said = Said::Ring(RingCount { n: 1, of: 3 });
    outbox.put(stamp(ms), Some(call(CALL)), &said);
}

fn seqs(outbox: &mut Outbox, ms: u64, after: u64) -> Vec<u64> {
    match outbox.take(Moment::from_millis(ms), after) {
        Batch::Frames(frames) => frames.iter().map(|frame| frame.label.seq).collect(),
        Batch::FellBehind => panic!("fell behind"),
    }
}

#[test]
fn frames_are_numbered_without_gaps_and_held_in_bounded_number() {
    let mut outbox = Outbox::new();
    for ms in 0..(limits::OUTBOX_FRAMES_MAX as u64 + 10) {
        put_ring(&mut outbox, ms);
    }
    assert_eq!(outbox.frames.len(), limits::OUTBOX_FRAMES_MAX);
    assert!(matches!(outbox.take(Moment::BOOT, 9), Batch::FellBehind));
    assert_eq!(seqs(&mut outbox, 0, 10), (11..=42).collect::<Vec<_>>());
}

#[test]
fn a_held_pop_holds_back_what_follows_and_lets_it_go_in_order() {
    let mut outbox = Outbox::new();
    outbox.put_pop(stamp(1), call(CALL), Body::Held(Box::new(pop())));
    put_ring(&mut outbox, 2);
    assert_eq!(seqs(&mut outbox, 2, 0), Vec::<u64>::new());
    assert_eq!(outbox.release(call(8), |_| ()), 0, "another call's");
    assert_eq!(outbox.release(call(CALL), |pop| pop.hop = 2), 1);
    assert_eq!(seqs(&mut outbox, 3, 0), vec![1, 2]);
    assert_eq!(outbox.release(call(CALL), |_| ()), 0, "once");
}

#[test]
fn a_pop_is_seen_once_and_acknowledgements_are_cumulative() {
    let mut outbox = Outbox::new();
    put_pop(&mut outbox, CALL, 10);
    put_ring(&mut outbox, 11);
    let after = Duration::from_millis(8);
    let seen = PopSeen {
        call: call(CALL),
        after,
    };
    assert_eq!(outbox.acknowledge(Moment::from_millis(18), 2), vec![seen]);
    assert_eq!(outbox.acknowledge(Moment::from_millis(19), 2), vec![]);
    assert_eq!(
        outbox.acknowledge(Moment::from_millis(19), 1_000),
        vec![],
        "what never was"
    );
    put_pop(&mut outbox, 8, 20);
    assert_eq!(
        outbox.acknowledge(Moment::from_millis(21), 3).len(),
        1,
        "the next is not lost by it"
    );
}

#[test]
fn only_frames_that_must_be_acknowledged_and_were_handed_over_become_overdue() {
    let (mut outbox, within) = (Outbox::new(), Duration::from_millis(1_500));
    let slot = Slot::new("session".into(), crate::session::Proof::Session);
    outbox.join(Arc::clone(&slot));
    assert_eq!(
        outbox.judge(Moment::from_millis(0), within),
        Some(Screen::Alive)
    );
    put_ring(&mut outbox, 1);
    put_pop(&mut outbox, CALL, 100);
    assert_eq!(
        outbox.ack_deadline(within),
        None,
        "nothing was handed over yet"
    );
    seqs(&mut outbox, 200, 0);
    assert_eq!(
        outbox.ack_deadline(within),
        Some(Moment::from_millis(1_700))
    );
    assert_eq!(outbox.judge(Moment::from_millis(1_699), within), None);
    assert_eq!(
        outbox.judge(Moment::from_millis(1_700), within),
        Some(Screen::Dead)
    );
    outbox.acknowledge(Moment::from_millis(1_800), 2);
    assert_eq!(
        outbox.judge(Moment::from_millis(1_800), within),
        Some(Screen::Alive)
    );
    outbox.leave(&slot);
    assert_eq!(
        outbox.judge(Moment::from_millis(1_900), within),
        Some(Screen::Dead)
    );
}

#[test]
fn a_page_goes_on_where_it_was_or_before_the_pop_that_rings() {
    let mut outbox = Outbox::new();
    put_ring(&mut outbox, 1);
    put_pop(&mut outbox, CALL, 2);
    put_ring(&mut outbox, 3);
    let ringing = Some(call(CALL));
    assert_eq!(outbox.start(Some(2), ringing), 2, "resumes");
    assert_eq!(outbox.start(None, ringing), 1, "a new page gets the pop");
    assert_eq!(
        outbox.start(None, None),
        3,
        "a new page begins behind what has been"
    );
    assert_eq!(
        outbox.start(Some(1), None),
        3,
        "the pop of a call that is over is passed by"
    );
    assert_eq!(outbox.start(Some(2), None), 2);
    assert_eq!(
        outbox.start(Some(99), ringing),
        1,
        "a number that never was"
    );
}

#[test]
fn the_ninth_socket_dismisses_the_first() {
    let mut outbox = Outbox::new();
    let slots: Vec<_> = (0..9)
        .map(|n| Slot::new(format!("{n}"), crate::session::Proof::Session))
        .collect();
    for slot in &slots {
        outbox.join(Arc::clone(slot));
    }
    assert_eq!(slots[0].dismissal(), Some(Dismissal::Replaced));
    assert_eq!(outbox.sockets(), limits::SOCKETS_PER_AGENT_MAX);
    outbox.sign_out("3");
    assert_eq!(slots[3].dismissal(), Some(Dismissal::SignedOut));
    assert_eq!(outbox.sockets(), limits::SOCKETS_PER_AGENT_MAX - 1);
}
