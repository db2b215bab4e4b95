//! The figures of lines of which loss, jitter and delay are known, at both ends of each.

mod lines;

use kring_media::{MediaNotice, PacketKind, Side, SoundClass, limits::REPORT_MAX};
use kring_time::Moment;
use lines::*;
use rtcp_types::{ReportBlock, RtcpPacketWriterExt, SenderReport};
use std::time::Duration;

/// The score of a way in hundredths, of kring's and of an E-model written down elsewhere.
fn near(found: Option<kring_media::Mos>, expected: u16) {
    let found = found.expect("a score").hundredths();
    assert!(found.abs_diff(expected) <= 1, "{found}, not {expected}");
}

#[test]
fn a_clear_line_is_worth_4_39_both_ways_and_nothing_is_told_of_it() {
    let mut call = Call::on(CLEAR);
    call.talks(60);
    for side in Side::BOTH {
        let stats = call.stats(side);
        assert_eq!((stats.packets, stats.sent), (3_000, 3_000));
        assert_eq!((stats.lost, stats.jitter_us), (0, 0));
        // R 92.0: a packet of 20 ms and as much patience of the telephone.
        near(stats.mos, 439);
        let told = stats.told.expect("it reported");
        assert_eq!((told.lost, told.jitter_us), (0, 0));
        near(Some(told.mos), 439);
        assert!(stats.round_trip_us.unwrap() < 100, "{stats:?}");
        assert_eq!(call.classes(side), []);
    }
    for phone in &call.phones {
        // About one every five seconds, between a half and one and a half times that.
        assert!((8..=18).contains(&phone.told.len()), "{}", phone.told.len());
        assert!(phone.names.iter().all(|name| *name == phone.names[0]));
        assert_eq!(phone.names[0].len(), 24);
    }
    assert_ne!(call.phones[0].names[0], call.phones[1].names[0]);
}

/// What is lost between the caller and kring is the caller's line, and none of the agent's, whose phone misses those
/// packets as well.
#[test]
fn loss_is_told_of_the_line_on_which_it_was() {
    let mut call = Call::on(Lines {
        to: [lossy, clear],
        ..CLEAR
    });
    call.talks(60);
    let (caller, agent) = (call.stats(Side::Caller), call.stats(Side::Agent));
    assert_eq!(
        (caller.packets, caller.lost),
        (2_880, 119),
        "the last was behind all"
    );
    near(caller.mos, 398);
    assert_eq!(call.phones[1].lost(), 119, "what the agent's phone misses");
    let told = agent.told.unwrap();
    assert_eq!(told.lost, 0, "nothing of that on the agent's own line");
    near(Some(told.mos), 439);
    assert_eq!((agent.lost, caller.told.unwrap().lost), (0, 0));
    // The caller's phone hears of it.
    let told = call.phones[0].told.last().unwrap();
    assert!((100..=119).contains(&told.lost), "{}", told.lost);
    assert_eq!(call.classes(Side::Caller), [SoundClass::Fair]);
    assert_eq!(call.classes(Side::Agent), []);
}

#[test]
fn what_the_phone_does_not_get_is_told_by_it() {
    let mut call = Call::on(Lines {
        from: [clear, far_and_lossy],
        to: [clear, far],
    });
    call.talks(60);
    let (caller, agent) = (call.stats(Side::Caller), call.stats(Side::Agent));
    let told = agent.told.unwrap();
    // Its last report was one second before the end.
    assert_eq!((told.lost, call.phones[1].lost()), (58, 59));
    // 2 % lost and 30 ms away: R 84.3.
    near(Some(told.mos), 417);
    assert_eq!((agent.lost, caller.lost), (0, 0));
    let trip = agent.round_trip_us.unwrap();
    assert!((59_900..=60_200).contains(&trip), "{trip}");
    assert!(caller.round_trip_us.unwrap() < 100);
    // kring's reports let the phone reckon the same.
    let theirs = call.phones[1].told.last().unwrap().round_trip.unwrap();
    assert!(
        theirs.abs_diff(ms(60)) <= Duration::from_micros(100),
        "{theirs:?}"
    );
}

#[test]
fn an_unsteady_line_is_told_at_both_ends() {
    let mut call = Call::on(Lines {
        to: [unsteady, clear],
        from: [clear, clear],
    });
    call.talks(60);
    let caller = call.stats(Side::Caller);
    assert!((7_400..=8_100).contains(&caller.jitter_us), "{caller:?}");
    let told = call.phones[0].told.last().unwrap();
    assert!((59..=65).contains(&told.jitter), "{} units", told.jitter);
    // It passes through kring, and the agent's phone says so.
    let told = call.stats(Side::Agent).told.unwrap();
    assert!((7_000..=8_100).contains(&told.jitter_us), "{told:?}");
    assert_eq!((caller.lost, told.lost), (0, 0));
}

/// A line that gets better is told so after two looks that say it, and not before.
#[test]
fn a_line_that_was_poor_and_got_well_is_told_twice() {
    let mut call = Call::on(Lines {
        to: [lossy_at_first, clear],
        ..CLEAR
    });
    call.talks(60);
    let of_caller = call.notices.iter().filter_map(|(at, notice)| match notice {
        MediaNotice::Quality { side, line, .. } => Some((at.as_micros() / 1_000_000, *side, *line)),
        _ => None,
    });
    let told: Vec<_> = of_caller.collect();
    let classes: Vec<_> = told.iter().map(|(at, _, line)| (*at, line.class)).collect();
    assert_eq!(classes, [(11, SoundClass::Poor), (51, SoundClass::Good)]);
    assert_eq!(told[0].1, Side::Caller);
    let from = told[0].2.from.unwrap();
    assert!((118..=122).contains(&from.lost_permille), "{from:?}");
    assert!(told[0].2.to.is_some_and(|to| to.lost_permille == 0));
}

/// Sender reports say how much was sent, and at what time of the stream.
#[test]
fn a_sender_report_matches_the_stream() {
    let mut call = Call::on(CLEAR);
    call.talks(30);
    for (phone, other) in [(0, 1), (1, 0)] {
        let source = call.phones[other].source;
        let phone = &call.phones[phone];
        let senders: Vec<_> = phone.told.iter().filter_map(|told| told.sender).collect();
        assert!(senders.len() >= 3);
        for (ssrc, packets, timestamp) in senders {
            assert_eq!(ssrc, source, "the source of the stream that it describes");
            let ahead = i64::from(timestamp) - 160 * i64::from(packets - 1);
            assert!(
                (0..=160).contains(&ahead),
                "{timestamp} after {packets} packets"
            );
        }
    }
}

#[test]
fn who_leaves_gets_a_goodbye_and_after_it_nothing() {
    let mut call = Call::on(CLEAR);
    call.talks(20);
    let now = Moment::from_millis(22_000);
    let mut packet = [0; REPORT_MAX];
    let (length, to) = call.relay.goodbye(now, Side::Caller, &mut packet).unwrap();
    assert_eq!(to, home(Side::Caller, PacketKind::Rtcp));
    call.phones[0].be_told(now, &packet[..length]);
    assert_eq!(call.phones[0].goodbyes, 1);
    assert_eq!(call.relay.goodbye(now, Side::Caller, &mut packet), None);
}

/// A report on somebody else's stream, or one that answers none of kring's, is not believed.
#[test]
fn a_mistaken_report_changes_nothing() {
    let mut call = Call::on(CLEAR);
    call.talks(10);
    let before = call.stats(Side::Agent);
    for (of, middle) in [(0xdead_beef, 0), (0xca11, 0x7000_0000)] {
        let block = ReportBlock::builder(of)
            .cumulative_lost(if of == 0xca11 { 0 } else { 900 })
            .last_sender_report_timestamp(middle);
        let report = SenderReport::builder(0xa9e7).add_report_block(block);
        let mut bytes = [0; 64];
        let length = report.write_into(&mut bytes).unwrap();
        let from = home(Side::Agent, PacketKind::Rtcp);
        let now = Moment::from_millis(11_500);
        let bytes = &bytes[..length];
        (call.relay).packet(now, Side::Agent, PacketKind::Rtcp, from, bytes);
    }
    let after = call.stats(Side::Agent);
    assert_eq!(after.round_trip_us, before.round_trip_us);
    assert_eq!(after.told.unwrap().lost, 0);
}
