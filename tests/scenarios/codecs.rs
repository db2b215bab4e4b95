//! Another codec in the middle of a call: who is asked, who agrees, and what holds when somebody does
//! not. The witnesses say what they may send at the end.

use crate::lawful;
use kring_call::OnDeadline;
use kring_tests::{Account, Cadence, Citizen, Floor, Party, Reoffer, Seat};

const PCMU: u8 = 0;
const G722: u8 = 9;
const G729: u8 = 18;

/// The agent answers after 920 ms and leaves the end to the citizen, who talks for a minute.
fn floor(seat: Seat, citizen: Citizen) -> Account {
    let floor = Floor::new(Cadence::THAILAND)
        .seat(seat.answers_after_ms(920))
        .citizen(citizen.talks_ms(60_000))
        .play();
    lawful(&floor);
    floor
}

fn seat() -> Seat {
    Seat::new("seat-5021").knows(&[8, 0, 9])
}

fn citizen() -> Citizen {
    Citizen::new("citizen-1", "support").knows(&[8, 0, 9])
}

/// In which codecs citizen and agent may send at the end.
fn sent(floor: &Account) -> [Vec<u8>; 2] {
    let citizen = floor.told("citizen-1").agreed.as_ref();
    let phone = floor.rung_at("seat-5021").next();
    let phone = phone.and_then(|rung| rung.heard.agreed.as_ref());
    [citizen, phone].map(|agreed| agreed.expect("they talked").sends().collect())
}

#[track_caller]
fn talked_to_the_end(floor: &Account) {
    let text = kring_tests::transcript(floor);
    assert!(
        text.contains("ended      by Caller, bye, talked 60."),
        "{text}"
    );
}

/// The citizen's PBX changes: the phone is asked, and the PBX hears what it took.
#[test]
fn another_codec_of_the_caller_is_offered_to_the_phone() {
    for by in [Reoffer::Invite, Reoffer::Update] {
        let citizen = citizen()
            .changes_codec_after_ms(4_000, G722)
            .reoffers_by(by);
        let floor = floor(seat(), citizen);
        assert_eq!(sent(&floor), [[G722], [G722]]);
        // Asked at 5.080 s, the phone is offered it at once; its answer is back 80 ms later.
        assert_eq!(floor.sent_ms("INVITE", Party::Phone(0)), [0, 5_080]);
        assert_eq!(floor.sent_ms("200", Party::Pbx)[..2], [1_000, 5_160]);
        talked_to_the_end(&floor);
    }
}

/// The same the other way round.
#[test]
fn another_codec_of_the_phone_is_offered_to_the_caller() {
    for by in [Reoffer::Invite, Reoffer::Update] {
        let seat = seat().changes_codec_after_ms(4_000, G722).reoffers_by(by);
        let floor = floor(seat, citizen());
        assert_eq!(sent(&floor), [[G722], [G722]]);
        assert_eq!(floor.sent_ms("INVITE", Party::Pbx).len(), 1);
        assert_eq!(floor.sent_ms("200", Party::Phone(0)).len(), 1);
        talked_to_the_end(&floor);
    }
}

/// Whoever has not the codec refuses, the asker gets 488, and the call goes on as it was.
#[test]
fn a_codec_that_the_other_side_lacks_gets_488_and_the_call_goes_on() {
    let simple = Seat::new("seat-5021").knows(&[8]);
    let changing = citizen().changes_codec_after_ms(4_000, G722);
    let refused = floor(simple, changing);
    assert_eq!(sent(&refused), [[8], [8]]);
    assert_eq!(refused.sent_ms("488", Party::Pbx), [5_160]);
    talked_to_the_end(&refused);

    let simple = Citizen::new("citizen-1", "support").knows(&[8]);
    let changing = seat().changes_codec_after_ms(4_000, G722);
    let refused = floor(changing, simple);
    assert_eq!(sent(&refused), [[8], [8]]);
    assert_eq!(refused.sent_ms("488", Party::Phone(0)).len(), 1);
    talked_to_the_end(&refused);
}

/// Both speak both laws, and one narrows the choice: the other is told, so that it sends no other.
#[test]
fn a_narrower_choice_is_told_to_the_other_side() {
    let floor = floor(seat(), citizen().changes_codec_after_ms(4_000, PCMU));
    assert_eq!(sent(&floor), [[PCMU], [PCMU]]);
    talked_to_the_end(&floor);
}

/// Both sides want another codec at the same moment: 491 each way, and one after the other gets there.
#[test]
fn both_may_change_at_once() {
    let floor = floor(
        seat().changes_codec_after_ms(4_100, PCMU),
        citizen().changes_codec_after_ms(4_000, G722),
    );
    assert!(!floor.sent_ms("491", Party::Phone(0)).is_empty());
    let [citizen, phone] = sent(&floor);
    assert_eq!(citizen, phone);
    assert_eq!(citizen.len(), 1);
    talked_to_the_end(&floor);
}

/// Somebody hangs up while the phone is asked: the PBX hears that its offer is void, and nobody waits
/// for anything.
#[test]
fn the_call_may_end_while_somebody_is_asked() {
    let changing = || citizen().changes_codec_after_ms(4_000, G722);
    let answering = || seat().answers_after_ms(920);
    for (seat, citizen) in [
        (answering(), changing().talks_ms(4_050)),
        (answering().talks_ms(3_900), changing().talks_on()),
    ] {
        let floor = Floor::new(Cadence::THAILAND)
            .seat(seat)
            .citizen(citizen)
            .path_ms(Party::Kring, Party::Phone(0), 300)
            .play();
        lawful(&floor);
        let void = floor.sent_ms("487", Party::Pbx);
        assert_eq!(void.len(), 1, "RFC 3261 section 15.1.2");
    }
}

/// A phone changes its codec, and the PBX hears of it 15.5 s later: its first five INVITEs are lost.
fn asked_in_vain(codec: u8, by: Reoffer) -> Account {
    let seat = seat().changes_codec_after_ms(4_000, codec).reoffers_by(by);
    let floor = Floor::new(Cadence::THAILAND)
        .seat(seat.answers_after_ms(920))
        .citizen(citizen().knows_besides(G729).talks_ms(60_000))
        .loses("INVITE", Party::Pbx, 5)
        .play();
    lawful(&floor);
    talked_to_the_end(&floor);
    floor
}

/// A re-INVITE is told after ten seconds that nobody answers, an UPDATE after four. When the PBX agrees
/// at last, to what nobody wants any more, it is brought back.
#[test]
fn whoever_asks_does_not_wait_for_ever() {
    for (by, waited) in [(Reoffer::Invite, 10_000), (Reoffer::Update, 4_000)] {
        let floor = asked_in_vain(G729, by);
        let asked = floor.sent_ms("INVITE", Party::Pbx);
        let given_up = floor.sent_ms("504", Party::Phone(0));
        assert_eq!(given_up[0] - asked[0], waited, "{by:?}");
        assert_eq!(
            asked.len(),
            7,
            "six of the first, and one that takes it back"
        );
        assert_eq!(sent(&floor), [[8, 0, 9], [8, 0, 9]]);
    }
}

/// A choice that is only narrower needs nobody's leave: it is answered when nobody answers.
#[test]
fn a_narrower_choice_is_taken_without_an_answer() {
    let floor = asked_in_vain(PCMU, Reoffer::Update);
    assert!(floor.sent_ms("504", Party::Phone(0)).is_empty());
    assert_eq!(sent(&floor), [[PCMU], [PCMU]]);
}

/// A PBX that made no offer has agreed to both codecs that kring offered, and the phone is offered the one
/// in which kring spoke: the PBX hears what is left when somebody answers. Found by seed 3388.
#[test]
fn a_late_offer_that_was_kept_is_narrowed_to_the_phones_codec() {
    let floor = Floor::new(Cadence::THAILAND)
        .queue(
            "support",
            &["longest_idle:2", "all:1"],
            OnDeadline::AnswerGreetQueue,
        )
        .seat(seat().signs_in_at_ms(3_000).answers_after_ms(920))
        .citizen(citizen().offers_late().talks_ms(60_000))
        .play();

    assert_eq!(sent(&floor), [[8], [8]]);
    assert_eq!(floor.sent_ms("INVITE", Party::Pbx), [3_960]);
    lawful(&floor);
}

/// An agent lifts the handset just before the deadline, and the 200 comes just after kring has answered the
/// caller itself, at 14.750 s; a caller who makes a late offer is heard at 14.830 s.
fn answered_at_the_deadline(seat: Seat, citizen: Citizen) -> Account {
    let floor = Floor::new(Cadence::THAILAND)
        .queue(
            "support",
            &["longest_idle:2", "all:1"],
            OnDeadline::AnswerGreetQueue,
        )
        .path_ms(Party::Kring, Party::Phone(0), 300)
        .seat(seat)
        .citizen(citizen.offers_late().talks_ms(60_000))
        .play();
    lawful(&floor);
    talked_to_the_end(&floor);
    floor
}

/// The phone was offered all that kring knows, before the PBX said what it takes: the phone is offered what
/// is left. Found by busy hours 103 and 238.
#[test]
fn a_phone_that_answers_around_the_deadline_speaks_what_the_caller_takes() {
    let citizen = Citizen::new("citizen-1", "support").knows(&[8, 0]);
    let floor = answered_at_the_deadline(seat().answers_after_ms(14_495), citizen);
    assert_eq!(sent(&floor), [[8, 0], [8, 0]]);
    assert_eq!(floor.sent_ms("INVITE", Party::Phone(0)), [0, 14_835]);
}

/// The PBX takes both laws, and the phone that has answered before one of them: the PBX hears so as soon as
/// it has spoken, and has no place in the queue. Found by busy hours 426 and 103.
#[test]
fn a_late_offer_around_the_deadline_is_narrowed_to_the_phones_codec() {
    let simple = Seat::new("seat-5021").knows(&[8]);
    let floor = answered_at_the_deadline(simple.answers_after_ms(14_430), citizen());
    assert_eq!(sent(&floor), [[8], [8]]);
    assert_eq!(floor.sent_ms("INVITE", Party::Pbx), [14_830]);
    let text = kring_tests::transcript(&floor);
    assert!(
        text.contains("14.770  served     seat-5021") && !text.contains("queued "),
        "{text}"
    );
}

/// The phone narrows the choice by an UPDATE while one of the PBX's waits for an answer that is lost twice:
/// kring is refused again and again, the phone is answered after four seconds, and the PBX is asked all the
/// same until it hears of it. Found by busy hour 14.
#[test]
fn a_narrower_choice_is_told_however_often_changes_meet() {
    let seat = seat()
        .changes_codec_after_ms(4_640, PCMU)
        .reoffers_by(Reoffer::Update);
    let citizen = citizen()
        .changes_codec_after_ms(4_000, G722)
        .reoffers_by(Reoffer::Update);
    let floor = Floor::new(Cadence::THAILAND)
        .seat(seat.answers_after_ms(920))
        .citizen(citizen.talks_ms(60_000))
        .loses("UPDATE", Party::Kring, 2)
        .loses("491", Party::Pbx, 2)
        .play();
    lawful(&floor);
    talked_to_the_end(&floor);
    let ladder = kring_tests::ladder(&floor);
    assert_eq!(floor.sent_ms("200", Party::Phone(0))[0], 9_640, "{ladder}");
    let asked = floor.sent_ms("INVITE", Party::Pbx);
    assert!(asked.iter().any(|ms| *ms >= 9_640), "{ladder}");
    let [citizen, phone] = sent(&floor);
    assert_eq!(citizen, phone, "{ladder}");
}
