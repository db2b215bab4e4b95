//! Every way in which a call can go, told in one sentence of each language, and its evidence.

mod call;

use call::{
    SOMSRI, agent, answered, call, call_that_rang, ended, invited, refused, rescued, ring,
    withdrawn,
};
use kring_journal::{
    Announcement, CallRecord, CallSound, DeadlineAction, EndedBy, Entry, Fact, MediaSide,
    QueueExit, Refusal, RingTime, Service, SideSummary, Telling, ToldSummary, Unreached,
    Withdrawal,
};

#[track_caller]
fn assert_told(entries: &[Entry], th: &str, en: &str) {
    let record = CallRecord::of(entries).expect("it begins with an offer");
    let evidence = RingTime::of(entries).expect("it begins with an offer");
    let told = Telling::of(&record, &evidence, &CallSound::of(entries));
    assert_eq!((told.th.as_str(), told.en.as_str()), (th, en));
}

#[test]
fn an_answer_in_time_is_told_with_its_rings_its_wait_and_its_extension() {
    let so_far = vec![
        (0, invited(SOMSRI, "pbx:5021", 1)),
        (0, ring(1)),
        (5_000, ring(2)),
        (7_460, answered(7_460, 2)),
    ];
    assert_told(
        &call(so_far.clone()),
        "ดัง ๒ ครั้ง รับใน ๗.๔ วินาที โดย เบอร์ 5021",
        "Rang twice, answered after 7.4 s by extension 5021",
    );
    let over = [so_far, vec![(91_460, ended(EndedBy::Caller, 84_000))]].concat();
    assert_told(
        &call(over),
        "ดัง ๒ ครั้ง รับใน ๗.๔ วินาที โดย เบอร์ 5021; สนทนา ๑ นาที ๒๔ วินาที ผู้โทรวางสาย",
        "Rang twice, answered after 7.4 s by extension 5021; talked for 1 min 24 s, the caller hung up",
    );
}

/// It must not happen, and is told when it does. A phone without a number is its agent's.
#[test]
fn an_answer_that_came_too_late_says_by_how_much() {
    let entries = call(vec![
        (0, invited(SOMSRI, "sip:somsri@192.0.2.7:5060", 1)),
        (0, ring(1)),
        (15_100, answered(15_100, 4)),
    ]);
    assert_told(
        &entries,
        "ดัง ๔ ครั้ง รับใน ๑๕.๑ วินาที โดย somsri เกินกำหนด ๐.๑ วินาที",
        "Rang 4 times, answered after 15.1 s by somsri (0.1 s too late)",
    );
}

#[test]
fn phones_that_did_not_take_the_call_are_named() {
    let busy = Fact::Unreached {
        agent: agent("malee"),
        why: Unreached::Busy,
        code: 486,
    };
    let late = Fact::LateSilence {
        agent: agent("preecha"),
        over_ms: 120,
    };
    let entries = call(vec![
        (0, invited("malee", "pbx:5022", 1)),
        (0, ring(1)),
        (40, busy),
        (40, invited("preecha", "phone:5023", 2)),
        (9_500, withdrawn("preecha", Withdrawal::Rona)),
        (9_700, late),
        (10_000, invited(SOMSRI, "pbx:5021", 3)),
        (12_000, answered(12_000, 3)),
    ]);
    assert_told(
        &entries,
        "ดัง ๓ ครั้ง รับใน ๑๒.๐ วินาที โดย เบอร์ 5021; เบอร์ 5022 สายไม่ว่าง เบอร์ 5023 ไม่รับ; \
         เบอร์ 5023 อาจดังเกินกำหนด ๑๒๐ มิลลิวินาที",
        "Rang three times, answered after 12.0 s by extension 5021; extension 5022 was busy, \
         extension 5023 did not answer; extension 5023 may have sounded 120 ms too long",
    );
}

fn waiting() -> Vec<(u64, Fact)> {
    vec![
        (0, invited("malee", "pbx:5022", 1)),
        (0, ring(1)),
        (5_000, ring(2)),
        (10_000, ring(3)),
        (14_500, withdrawn("malee", Withdrawal::CallOver)),
        (
            14_750,
            rescued(Refusal::Deadline, DeadlineAction::AnswerGreetQueue),
        ),
        (
            14_750,
            Fact::Queued {
                position: 2,
                queue: None,
            },
        ),
        (
            14_750,
            Fact::Announced(Announcement {
                clips: vec!["greeting".to_owned()],
                position: Some(2),
                wait_min: Some(3),
                languages: None,
            }),
        ),
    ]
}

#[test]
fn a_caller_who_was_kept_is_told_to_the_end() {
    let served = Fact::Served(Service {
        agent: agent(SOMSRI),
        device: None,
        rings: 1,
        wait_ms: 59_750,
        queued_ms: 45_000,
    });
    let rung = vec![
        (58_000, Fact::OfferedAgain { round: 1 }),
        (58_000, invited(SOMSRI, "pbx:5021", 2)),
        (58_000, ring(1)),
    ];
    let began = "ดัง ๓ ครั้ง ไม่มีเจ้าหน้าที่รับ ระบบรับสายใน ๑๔.๗ วินาที และให้รอคิว";
    let began_en = "Rang three times, nobody answered, kring answered after 14.7 s and kept the \
                    caller in the queue";
    let so_far = call(waiting());
    assert_told(
        &so_far,
        &format!("{began}; ยังรออยู่"),
        &format!("{began_en}; still waiting"),
    );
    let entries = call(
        [
            waiting(),
            rung,
            vec![(59_750, served), (69_750, ended(EndedBy::Agent, 10_000))],
        ]
        .concat(),
    );
    assert_told(
        &entries,
        &format!("{began}; รอคิว ๔๕ วินาที แล้ว เบอร์ 5021 รับ; สนทนา ๑๐ วินาที เจ้าหน้าที่วางสาย"),
        &format!(
            "{began_en}; extension 5021 answered after 45 s in the queue; talked for 10 s, the \
             agent hung up"
        ),
    );
    for (why, by, th, en) in [
        (
            QueueExit::GaveUp,
            EndedBy::Caller,
            "ผู้โทรวางสายหลังรอคิว ๑ นาที ๐ วินาที",
            "the caller hung up after 1 min 0 s in the queue",
        ),
        (
            QueueExit::MaxWait,
            EndedBy::Kring,
            "รอครบกำหนด ๑ นาที ๐ วินาที ระบบแจ้งให้โทรใหม่",
            "after 1 min 0 s, the longest wait, the caller was told to call again",
        ),
    ] {
        let left = Fact::LeftQueue {
            why,
            queued_ms: 60_000,
        };
        let end = vec![(74_750, left), (74_750, ended(by, 0))];
        let entries = call([waiting(), end].concat());
        assert_told(
            &entries,
            &format!("{began}; {th}"),
            &format!("{began_en}; {en}"),
        );
    }
}

#[test]
fn who_is_refused_gives_up_or_fails_is_told() {
    let busy = refused(Refusal::Deadline, DeadlineAction::AnnounceBusy, 486);
    assert_told(
        &call(vec![(0, ring(1)), (14_750, busy)]),
        "ดัง ๓ ครั้ง ไม่มีเจ้าหน้าที่รับ แจ้งสายไม่ว่างใน ๑๔.๗ วินาที (486)",
        "Rang three times, nobody answered, told busy after 14.7 s (486)",
    );
    let mut told = vec![(
        14_750,
        refused(Refusal::Deadline, DeadlineAction::Announce, 200),
    )];
    told.push((19_000, ended(EndedBy::Kring, 0)));
    assert_told(
        &call(told),
        "ดัง ๓ ครั้ง ไม่มีเจ้าหน้าที่รับ ระบบรับสายและแจ้งว่าไม่ว่างใน ๑๔.๗ วินาที",
        "Rang three times, nobody answered, kring answered and said that all are busy after 14.7 s",
    );
    let sent_on = refused(Refusal::QueueFull, DeadlineAction::Redirect, 302);
    assert_told(
        &call(vec![(14_750, sent_on)]),
        "ดัง ๓ ครั้ง คิวเต็ม โอนไปที่อื่นใน ๑๔.๗ วินาที (302)",
        "Rang three times, the queue was full, sent elsewhere after 14.7 s (302)",
    );
    let gave_up = Fact::Abandoned {
        rings: 1,
        wait_ms: 3_200,
    };
    assert_told(
        &call_that_rang(true, vec![(0, ring(1)), (3_200, gave_up)]),
        "ดัง ๑ ครั้ง ผู้โทรวางสายใน ๓.๒ วินาที ก่อนมีผู้รับ; เคยดังที่อื่นมาก่อน",
        "Rang once, the caller hung up after 3.2 s, before anybody answered; it had rung elsewhere before",
    );
    let failed = Fact::Failed {
        cause: "no common codec".to_owned(),
        code: 488,
    };
    assert_told(
        &call(vec![(0, ring(1)), (400, failed)]),
        "ดัง ๑ ครั้ง สายขัดข้องใน ๐.๔ วินาที (no common codec)",
        "Rang once, failed after 0.4 s (no common codec)",
    );
    assert_told(
        &call(vec![(0, Fact::Degraded)]),
        "ไม่ได้ดัง ยังไม่มีผู้รับ; ขณะสายเข้าไม่มีหน้าจอทำงาน",
        "Did not ring, not answered yet; no screen was alive when it rang",
    );
}

#[test]
fn a_call_out_of_hours_says_so() {
    let closed = rescued(Refusal::Closed, DeadlineAction::OfferCallback);
    assert_told(
        &call(vec![(0, closed)]),
        "ไม่ได้ดัง นอกเวลาทำการ ระบบรับสายใน ๐.๐ วินาที และเสนอโทรกลับ; ยังรออยู่",
        "Did not ring, it was outside of the opening hours, kring answered after 0.0 s and offered to \
         call back; still waiting",
    );
}

/// Everything that product.md section 3 names stands in the evidence.
#[test]
fn the_evidence_has_every_hop_and_what_came_after_the_deadline() {
    let alerting = Fact::Alerting {
        agent: agent(SOMSRI),
        device: None,
        code: 180,
        answerable: false,
    };
    let served = Fact::Served(Service {
        agent: agent(SOMSRI),
        device: None,
        rings: 1,
        wait_ms: 26_500,
        queued_ms: 11_750,
    });
    let entries = call(
        [
            waiting(),
            vec![
                (24_500, Fact::OfferedAgain { round: 1 }),
                (24_500, invited(SOMSRI, "pbx:5021", 2)),
                (24_500, ring(1)),
                (24_580, alerting),
                (26_500, served),
                (36_500, ended(EndedBy::Caller, 10_000)),
            ],
        ]
        .concat(),
    );
    let evidence = serde_json::to_value(RingTime::of(&entries)).expect("it is JSON");
    for (pointer, expected) in [
        ("/t0_us", "60000000"),
        ("/queue", "\"support\""),
        ("/terms/t0_from", "\"modelled\""),
        ("/terms/cadence_from", "\"default\""),
        ("/rings", "3"),
        ("/rings_ms", "[0,5000,10000]"),
        ("/deadline_ms", "15000"),
        ("/decided_ms", "14750"),
        ("/margin_ms", "250"),
        ("/lateness_us", "210"),
        ("/result", "\"rescued\""),
        ("/attempts/0/end", "\"withdrawn\""),
        ("/attempts/0/round", "0"),
        ("/attempts/1/device", "\"pbx:5021\""),
        ("/attempts/1/invited_ms", "24500"),
        ("/attempts/1/alerting_ms", "24580"),
        ("/attempts/1/alerting_code", "180"),
        ("/attempts/1/round", "1"),
        ("/attempts/1/end", "\"answered\""),
        ("/kept/since_ms", "14750"),
        ("/kept/position", "2"),
        ("/kept/rounds/0/began_ms", "24500"),
        ("/kept/rounds/0/rings_ms", "[24500]"),
        ("/kept/served/agent", "\"somsri\""),
        ("/kept/served/queued_ms", "11750"),
        ("/announced/0/clips", "[\"greeting\"]"),
        ("/announced/0/wait_min", "3"),
        ("/ended_ms", "36500"),
    ] {
        let found = evidence.pointer(pointer).map(ToString::to_string);
        assert_eq!(
            found.as_deref(),
            Some(expected),
            "{pointer} of {evidence:#}"
        );
    }
}

/// A line that was heard to be bad is told, whose and which way; one that was well is not.
#[test]
fn what_was_lost_of_a_voice_is_told() {
    let heard = |side, lost, told_lost| {
        Fact::MediaSummary(SideSummary {
            side,
            packets: 4_200 - lost,
            lost,
            jitter_us: 900,
            strangers: 0,
            bad: 0,
            sent: Some(4_200),
            mos_hundredths: Some(if lost > 100 { 395 } else { 439 }),
            round_trip_us: Some(21_000),
            told: Some(ToldSummary {
                lost: told_lost,
                jitter_us: 900,
                mos_hundredths: 439,
            }),
        })
    };
    let entries = call(vec![
        (0, invited(SOMSRI, "pbx:5021", 1)),
        (0, ring(1)),
        (2_000, answered(2_000, 1)),
        (86_000, ended(EndedBy::Caller, 84_000)),
        (86_001, heard(MediaSide::Caller, 168, 20)),
        (86_001, heard(MediaSide::Agent, 0, 63)),
    ]);
    assert_told(
        &entries,
        "ดัง ๑ ครั้ง รับใน ๒.๐ วินาที โดย เบอร์ 5021; สนทนา ๑ นาที ๒๔ วินาที ผู้โทรวางสาย; เสียงจากผู้โทรขาดหาย ๔%; \
         เสียงที่ส่งถึงเจ้าหน้าที่ขาดหาย ๑.๕%",
        "Rang once, answered after 2.0 s by extension 5021; talked for 1 min 24 s, the caller hung up; \
         4% of the sound of the caller was lost; 1.5% of the sound to the agent was lost",
    );
}
