//! What becomes of a case: where it goes, what is told of it, when its answer is due, what is added to it.

use crate::{
    records::{confirmed, person, record},
    world::{MORNING, Recorder, SECOND, World},
};
use kring_journal::{AgentId, WallTime};
use kring_store::{
    ActivityKind, AgentRow, Allowance, CaseAccess, CaseFilter, CaseId, CaseKind, CaseOutcome,
    CasePatch, CaseRow, CaseStatus, CaseTerms, ChangedBy, ConfirmWrite, ContactChoice,
    FollowUpFilter, FollowUpPatch, Holiday, NewAttachment, NewCase, NewFollowUp, NewVideoSession,
    Resolution, Role, SlaState, Store, StoreRefused, Swept, UsualHours, VideoSessionFilter,
    VideoSessionPatch, VideoState,
};

const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 86_400 * SECOND;

/// Open on working days, as the house of the manual is.
pub(crate) fn terms() -> CaseTerms {
    CaseTerms {
        hours: UsualHours {
            week: "mon-fri 08:30-12:00,13:00-16:30".parse().unwrap(),
            ..UsualHours::default()
        },
        ..CaseTerms::default()
    }
}

pub(crate) fn by(who: &str, after: i64) -> ChangedBy {
    ChangedBy {
        who: format!("person {who}"),
        at: WallTime(MORNING + after),
    }
}

pub(crate) fn walk_in(kind: CaseKind, subject: &str) -> NewCase {
    NewCase {
        kind,
        subject: subject.to_owned(),
        detail: String::new(),
        fields: None,
        contact: None,
        department: None,
        resolution: Resolution::FollowUp,
        agent: AgentId::new("somsri"),
    }
}

async fn open(store: &Store, kind: CaseKind) -> CaseRow {
    let new = walk_in(kind, "ไข่ไก่ราคาแพง");
    store
        .open_case(&by("somsri", 0), &terms(), new)
        .await
        .unwrap()
}

async fn go(
    store: &Store,
    (id, after): (CaseId, i64),
    status: CaseStatus,
    outcome: Option<CaseOutcome>,
) -> Result<CaseRow, StoreRefused> {
    let patch = CasePatch {
        status: Some(status),
        outcome,
        ..CasePatch::default()
    };
    let (by, terms) = (by("somsri", after), terms());
    store
        .change_case(&CaseAccess::ALL, &by, &terms, (id, None), &patch)
        .await
}

pub(crate) async fn agent(store: &Store, login: &str, role: Role) {
    let row = AgentRow {
        login: AgentId::new(login),
        name: login.to_owned(),
        role,
        password_hash: None,
        devices: Vec::new(),
        auto_answer: false,
        queues: Vec::new(),
        skills: Vec::new(),
        disabled: false,
        department: None,
        record: false,
    };
    store.put_agent(&row).await.unwrap();
}

pub(crate) async fn a_case_goes_where_it_may_and_each_step_is_told(world: World) {
    let store = &world.store;
    let case = open(store, CaseKind::Complaint).await;
    assert_eq!((case.status, case.call), (CaseStatus::Open, None));
    let waiting = go(store, (case.id, MINUTE), CaseStatus::WaitingUnit, None)
        .await
        .unwrap();
    assert_eq!(
        (waiting.status, waiting.version),
        (CaseStatus::WaitingUnit, 2)
    );
    let refused = go(store, (case.id, MINUTE), CaseStatus::Reopened, None)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "wrong_status");
    let refused = go(store, (case.id, MINUTE), CaseStatus::Closed, None)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "needs_outcome");
    let told = (ActivityKind::UnitAnswered, "  กรมการค้าภายในตรวจร้านแล้ว ");
    let line = store
        .add_activity(&CaseAccess::ALL, &by("preecha", 2 * MINUTE), case.id, told)
        .await
        .unwrap();
    assert_eq!(line.text, "กรมการค้าภายในตรวจร้านแล้ว");
    let closed = Some(CaseOutcome::Resolved);
    let closed = go(store, (case.id, 3 * MINUTE), CaseStatus::Closed, closed)
        .await
        .unwrap();
    assert_eq!(closed.closed, Some(WallTime(MORNING + 3 * MINUTE)));

    let told = store.activities(case.id).await.unwrap();
    let steps: Vec<_> = told
        .iter()
        .map(|line| (line.kind, line.from, line.to))
        .collect();
    assert_eq!(
        steps,
        [
            (ActivityKind::Opened, None, Some(CaseStatus::Open)),
            (
                ActivityKind::Status,
                Some(CaseStatus::Open),
                Some(CaseStatus::WaitingUnit)
            ),
            (ActivityKind::UnitAnswered, None, None),
            (
                ActivityKind::Status,
                Some(CaseStatus::WaitingUnit),
                Some(CaseStatus::Closed)
            ),
        ]
    );
    assert_eq!(told[2].who, "person preecha");
    // What is told stays told; only its words may be erased.
    for sql in [
        "DELETE FROM case_activity",
        "UPDATE case_activity SET kind = 'note'",
        "UPDATE case_activity SET who = 'nobody', text = ''",
    ] {
        assert!(world.sql(sql).await.is_err(), "{sql}");
    }
    world
        .sql("UPDATE case_activity SET text = ''")
        .await
        .unwrap();
}

pub(crate) async fn a_closed_case_is_reopened_in_time_and_with_a_reason(world: World) {
    let store = &world.store;
    let case = open(store, CaseKind::Inquiry).await;
    let closed = Some(CaseOutcome::Withdrawn);
    go(store, (case.id, MINUTE), CaseStatus::Closed, closed)
        .await
        .unwrap();
    let reopen = async |after: i64, reason: &str| {
        let patch = CasePatch {
            status: Some(CaseStatus::Reopened),
            reason: Some(reason.to_owned()),
            ..CasePatch::default()
        };
        let (by, terms) = (by("somsri", after), terms());
        store
            .change_case(&CaseAccess::ALL, &by, &terms, (case.id, None), &patch)
            .await
    };
    let refused = reopen(DAY, " ").await.unwrap_err();
    assert_eq!(refused.code(), "needs_reason");
    let refused = reopen(31 * DAY, "โทรมาอีก").await.unwrap_err();
    assert_eq!(refused.code(), "closed_too_long");
    let again = reopen(DAY, "โทรมาอีก").await.unwrap();
    assert_eq!(
        (again.status, again.outcome, again.closed),
        (CaseStatus::Reopened, None, None)
    );
    let told = store.activities(case.id).await.unwrap();
    assert_eq!(told.last().unwrap().text, "โทรมาอีก");
}

pub(crate) async fn the_clock_follows_holidays_and_the_units_hours(world: World) {
    let store = &world.store;
    let mut terms = terms();
    terms
        .sla
        .insert(CaseKind::Complaint.as_str(), Allowance::Days(2));
    let opened = by("somsri", 0);
    // 15:00 on a Monday in Thailand: an hour and a half are left of the day.
    let new = walk_in(CaseKind::Complaint, "สินค้าไม่ตรงปก");
    let case = store.open_case(&opened, &terms, new).await.unwrap();
    let wednesday = WallTime(MORNING + 2 * DAY);
    assert_eq!(case.due, Some(wednesday));
    let now = async |after: i64, case: &CaseRow| {
        let directory = store.directory().await.unwrap();
        Store::sla_now(&directory, &terms, case, WallTime(MORNING + after)).unwrap()
    };
    let told = now(0, &case).await;
    assert_eq!(
        (told.state, told.remaining_working_minutes),
        (SlaState::Running, 840)
    );
    assert_eq!(now(2 * DAY + 1, &case).await.state, SlaState::Late);

    // Tuesday becomes a holiday: the answer is due a day later, at once and in lists.
    let holiday = Holiday {
        day: "2026-11-24".parse().unwrap(),
        name_th: "วันหยุด".to_owned(),
        name_en: String::new(),
    };
    store.add_holiday(&opened, &holiday).await.unwrap();
    let thursday = WallTime(MORNING + 3 * DAY);
    assert_eq!(now(0, &case).await.due, Some(thursday));
    assert_eq!(store.renew_due(&terms, opened.at).await.unwrap(), 1);
    let stored = store.case(case.id).await.unwrap().unwrap();
    assert_eq!((stored.due, stored.version), (Some(thursday), 1));
    let overdue = CaseFilter {
        due_before: Some(thursday),
        ..CaseFilter::default()
    };
    assert_eq!(
        store.cases(&CaseAccess::ALL, &overdue).await.unwrap().cases,
        []
    );

    // A unit that works at night has hours of its own.
    let unit = store.departments().await.unwrap()[2].id;
    let hours = Some("mon-fri 20:00-22:00".parse().unwrap());
    let change = |unit: &mut kring_store::Department| {
        unit.hours = hours;
        Ok(())
    };
    store
        .change_department(&opened, unit, None, change)
        .await
        .unwrap();
    let patch = CasePatch {
        department: Some(unit),
        ..CasePatch::default()
    };
    let (all, at) = (CaseAccess::ALL, (case.id, Some(1)));
    let moved = store
        .change_case(&all, &opened, &terms, at, &patch)
        .await
        .unwrap();
    // Monday's evening and Wednesday's, until ten.
    assert_eq!(
        moved.due,
        Some(WallTime(MORNING + 2 * DAY + 7 * 60 * MINUTE))
    );

    // While the citizen is waited for nothing is due, and nothing is late.
    let patch = CasePatch {
        status: Some(CaseStatus::WaitingCitizen),
        ..CasePatch::default()
    };
    let at = (case.id, Some(2));
    let waits = store
        .change_case(&all, &opened, &terms, at, &patch)
        .await
        .unwrap();
    assert_eq!(waits.due, None);
    assert_eq!(now(90 * DAY, &waits).await.state, SlaState::Stopped);
}

pub(crate) async fn a_reference_is_found_however_it_is_written(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    let case = confirmed(&mut recorder, record(call, person("สมชาย", ""), "ถาม")).await;
    let store = &world.store;
    for written in [
        "RY-2569-000001-3",
        " ry2569 000001 3",
        "ๆ",
        "RY–๒๕๖๙–๐๐๐๐๐๑–๓",
    ] {
        let found = store.case_by_ref(written).await.unwrap();
        assert_eq!(found.is_some(), written != "ๆ", "{written}");
    }
    for wrong in ["RY-2569-000001-4", "RY-2569-000010-3", "RY-2596-000001-3"] {
        let refused = store.case_by_ref(wrong).await.unwrap_err();
        assert_eq!(refused.code(), "bad_reference", "{wrong}");
    }
    assert_eq!(
        store.case_by_ref("RY-2569-000002-1").await.unwrap_or(None),
        None
    );
    // One of before there were check digits.
    world
        .sql("UPDATE case_file SET case_ref = 'RY-2569-000001', ref_key = 'RY2569000001'")
        .await
        .unwrap();
    let found = store.case_by_ref("ry 2569/000001").await.unwrap();
    assert_eq!(found.map(|found| found.id), Some(case.id));
}

pub(crate) async fn follow_ups_are_planned_and_done(world: World) {
    let store = &world.store;
    let case = open(store, CaseKind::Complaint).await;
    agent(store, "malee", Role::Agent).await;
    let (all, by) = (CaseAccess::ALL, by("somsri", 0));
    let plan = |assigned_to: &str, after: i64| NewFollowUp {
        due: WallTime(MORNING + after),
        what: "โทรกลับ".to_owned(),
        assigned_to: AgentId::new(assigned_to),
    };
    let later = store
        .plan_follow_up(&all, &by, case.id, plan("malee", 2 * DAY))
        .await
        .unwrap();
    let first = store
        .plan_follow_up(&all, &by, case.id, plan("malee", DAY))
        .await
        .unwrap();
    let refused = store
        .plan_follow_up(&all, &by, case.id, plan("nobody", DAY))
        .await;
    assert_eq!(refused.unwrap_err().code(), "no_such_agent");
    let owed = FollowUpFilter {
        assigned_to: Some(AgentId::new("malee")),
        owed: true,
        ..FollowUpFilter::default()
    };
    let list = async || -> Vec<_> {
        let list = store.follow_ups(&all, &owed).await.unwrap();
        list.into_iter().map(|(row, _)| row.id).collect()
    };
    assert_eq!(list().await, [first.id, later.id]);
    let done = FollowUpPatch {
        done: Some(true),
        ..FollowUpPatch::default()
    };
    let row = store
        .change_follow_up(&all, &by, (first.id, Some(1)), &done)
        .await
        .unwrap();
    assert_eq!((row.done, row.version), (Some(by.at), 2));
    let stale = store
        .change_follow_up(&all, &by, (first.id, Some(1)), &done)
        .await;
    assert_eq!(stale.unwrap_err().code(), "stale");
    assert_eq!(list().await, [later.id]);
    let told = store.activities(case.id).await.unwrap();
    assert_eq!(told.last().unwrap().text, "✓ โทรกลับ");
}

pub(crate) async fn a_video_session_is_booked_once(world: World) {
    let store = &world.store;
    let case = open(store, CaseKind::Consultation).await;
    let unit = store.departments().await.unwrap()[4].id;
    let (all, by) = (CaseAccess::ALL, by("somsri", 0));
    let slot = |after: i64| NewVideoSession {
        department: unit,
        officer: "คุณวิไล".to_owned(),
        starts: WallTime(MORNING + after),
        ends: WallTime(MORNING + after + 60 * MINUTE),
        channel: "LINE @rayong".to_owned(),
        link_template: Some("https://meet.example.go.th/{ref}-{secret}".to_owned()),
    };
    let booked = store
        .book_video_session(&all, &by, case.id, slot(DAY))
        .await
        .unwrap();
    let start = format!("https://meet.example.go.th/{}-", case.case_ref);
    assert!(booked.link.starts_with(&start) && booked.link.len() == start.len() + 32);
    let refused = store
        .book_video_session(&all, &by, case.id, slot(DAY + 30 * MINUTE))
        .await;
    assert_eq!(refused.unwrap_err().code(), "slot_taken");
    let other = store
        .book_video_session(&all, &by, case.id, slot(DAY + 60 * MINUTE))
        .await;
    assert_ne!(
        other.unwrap().link,
        booked.link,
        "nobody can guess the next one"
    );

    let remind = VideoSessionFilter {
        until: Some(WallTime(MORNING + DAY + MINUTE)),
        state: Some(VideoState::Booked),
        unreminded: true,
        ..VideoSessionFilter::default()
    };
    assert_eq!(store.video_sessions(&all, &remind).await.unwrap().len(), 1);
    let reminded = VideoSessionPatch {
        reminded: true,
        ..VideoSessionPatch::default()
    };
    store
        .change_video_session(&all, &by, (booked.id, Some(1)), &reminded)
        .await
        .unwrap();
    assert_eq!(store.video_sessions(&all, &remind).await.unwrap(), []);
    let held = VideoSessionPatch {
        state: Some(VideoState::Held),
        outcome: Some("ตอบครบถ้วน".to_owned()),
        ..VideoSessionPatch::default()
    };
    let row = store
        .change_video_session(&all, &by, (booked.id, Some(2)), &held)
        .await
        .unwrap();
    assert_eq!(
        (row.state, row.outcome.as_str()),
        (VideoState::Held, "ตอบครบถ้วน")
    );
    let missed = VideoSessionPatch {
        state: Some(VideoState::Missed),
        ..VideoSessionPatch::default()
    };
    let refused = store
        .change_video_session(&all, &by, (booked.id, None), &missed)
        .await;
    assert_eq!(refused.unwrap_err().code(), "session_over");
}

pub(crate) async fn an_attachment_is_what_it_holds_and_is_never_half_there(world: World) {
    let store = &world.store;
    let case = open(store, CaseKind::Complaint).await;
    let (all, by) = (CaseAccess::ALL, by("somsri", 0));
    let file = |name: &str, contents: &[u8]| NewAttachment {
        name: name.to_owned(),
        contents: contents.to_vec(),
        bytes_max: 100,
    };
    let attach = async |file| store.attach(&all, &by, case.id, file).await;
    let kept = attach(file("../../ใบเสร็จ.exe", b"%PDF-1.7 x"))
        .await
        .unwrap();
    assert_eq!(
        (kept.name.as_str(), kept.kind.as_str(), kept.bytes),
        ("ใบเสร็จ.exe", "pdf", 10)
    );
    assert_eq!(store.contents(&kept).await.unwrap(), b"%PDF-1.7 x");
    let again = attach(file("ใบเสร็จ.exe", b"%PDF-1.7 x")).await.unwrap();
    assert_eq!(again, kept, "the same file is kept once");
    for (strange, code) in [
        (file("a.pdf", b"MZ\x90\0\x03\0\0\0"), "file_not_allowed"),
        (file("a.pdf", &[b'x'; 101]), "file_too_large"),
        (file("..", b"text"), "unacceptable"),
    ] {
        assert_eq!(attach(strange).await.unwrap_err().code(), code);
    }
    let nobody = store
        .attach(&all, &by, CaseId::new(by.at), file("a.txt", b"text"))
        .await;
    assert_eq!(nobody.unwrap_err().code(), "no_such_case");
    assert_eq!(std::fs::read_dir(&world.files).unwrap().count(), 1);

    // What a power cut left is swept away; what is not ours, or young, stays.
    let orphan = world.files.join("0123456789abcdef0123456789abcdef");
    std::fs::write(&orphan, b"half").unwrap();
    std::fs::write(world.files.join("readme.txt"), b"mine").unwrap();
    assert_eq!(
        store.sweep_attachments(WallTime(0)).await.unwrap(),
        Swept::default()
    );
    let long_after = WallTime(i64::MAX / 2);
    assert_eq!(
        store.sweep_attachments(long_after).await.unwrap().orphans,
        1
    );
    assert!(!orphan.exists());
    assert_eq!(store.contents(&kept).await.unwrap().len(), 10);
    std::fs::remove_dir_all(&world.files).unwrap();
    let swept = store.sweep_attachments(long_after).await.unwrap();
    assert_eq!(swept.missing, [kept.id]);
    assert_eq!(
        store.contents(&kept).await.unwrap_err().code(),
        "file_unavailable"
    );
}

/// A call whose record makes a case that stays open.
pub(crate) async fn tip(recorder: &mut Recorder, number: &str, subject: &str) -> CaseRow {
    let call = recorder.talked(number, "somsri").await;
    let write = ConfirmWrite {
        kind: CaseKind::Tip,
        confidentiality: CaseKind::Tip.confidentiality(),
        ..record(call, ContactChoice::Nobody, subject)
    };
    confirmed(recorder, write).await
}
