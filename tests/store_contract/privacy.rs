//! The PDPA desk: what is erased is nowhere any more, and the journal still proves itself.

use crate::{
    backups::{backup, lines, lived_in, restore},
    case_life::agent,
    records::{confirmed, draft, person, record},
    world::{MORNING, SECOND, World},
};
use kring_journal::{AgentId, WallTime};
use kring_store::{
    Access, AccessWhat, ActivityKind, CaseAccess, CaseOutcome, CasePatch, CaseStatus, CaseTerms,
    ChangedBy, ConsentSaid, Contact, ContactChoice, ContactPatch, Erased, NOTICE, NewAttachment,
    NewConsent, NewFollowUp, NewVideoSession, PrivacyFilter, PrivacyKind, PrivacyStatus,
    RetentionRun, RetentionWhat, Role, StoreRefused, Subject, TraceRow,
};

const DAY: i64 = 86_400 * SECOND;

fn by(second: i64) -> ChangedBy {
    ChangedBy {
        who: "person dpo".to_owned(),
        at: WallTime(MORNING + second * SECOND),
    }
}

async fn named(world: &World, name: &str) -> Contact {
    let mut found = world.store.search_contacts(name, 10).await.unwrap();
    found.pop().unwrap()
}

pub(crate) async fn an_erased_person_is_nowhere_any_more(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0866543210", "somsri").await;
    recorder
        .trust(draft(call, None, "เพ็ญศรีถามเรื่องร้าน"))
        .await
        .unwrap();
    let trace = TraceRow {
        call,
        kept_at: recorder.wall(),
        messages: 1,
        packed: b"INVITE".to_vec(),
    };
    world.store.keep_traces(&[trace]).await.unwrap();
    let mut made = record(call, person("เพ็ญศรี", "แสงทอง"), "เพ็ญศรีร้องเรียน");
    made.detail = "ร้านของเพ็ญศรี แสงทอง โทร 086-654-3210".to_owned();
    let case = confirmed(&mut recorder, made).await;
    let other = recorder.talked("0899999999", "somsri").await;
    confirmed(&mut recorder, record(other, person("มานี", ""), "ถามราคา")).await;
    // What was done about the case says it as well.
    let (all, then) = (CaseAccess::ALL, by(0));
    let note = (ActivityKind::Called, "โทรหาเพ็ญศรี");
    world
        .store
        .add_activity(&all, &then, case.id, note)
        .await
        .unwrap();
    agent(&world.store, "somsri", Role::Agent).await;
    let plan = NewFollowUp {
        due: then.at,
        what: "โทรกลับคุณแสงทอง".to_owned(),
        assigned_to: AgentId::new("somsri"),
    };
    world
        .store
        .plan_follow_up(&all, &then, case.id, plan)
        .await
        .unwrap();
    let slot = NewVideoSession {
        department: world.store.departments().await.unwrap()[0].id,
        officer: "คุณวิไล".to_owned(),
        starts: then.at,
        ends: WallTime(then.at.0 + DAY / 24),
        channel: "086-654-3210".to_owned(),
        link_template: None,
    };
    world
        .store
        .book_video_session(&all, &then, case.id, slot)
        .await
        .unwrap();
    let file = NewAttachment {
        name: "เพ็ญศรี.txt".to_owned(),
        contents: "แสงทอง".into(),
        bytes_max: 100,
    };
    let file = world
        .store
        .attach(&all, &then, case.id, file)
        .await
        .unwrap();
    let contact = named(&world, "เพ็ญศรี").await;
    let chain = world.store.verify().await.unwrap();
    let subject = Subject::Contact(contact.id);
    let wanted = Erased {
        contacts: 1,
        numbers: 1,
        callers: 1,
        calls: 1,
        cases: 1,
    };
    assert_eq!(world.store.would_erase(&subject).await.unwrap(), wanted);
    assert_eq!(world.store.erase(&by(0), &subject).await.unwrap(), wanted);

    let everything = lines(&backup(&world.store).await);
    for trace in ["เพ็ญศรี", "แสงทอง", "866543210", "086-654", "INVITE"] {
        assert!(!everything.contains(trace), "{trace} is still there");
    }
    world
        .store
        .sweep_attachments(WallTime(i64::MAX / 2))
        .await
        .unwrap();
    let gone = world.store.contents(&file).await.unwrap_err();
    assert_eq!(gone.code(), "file_unavailable", "files go with their rows");
    assert!(everything.contains("มานี") && everything.contains("66899999999"));
    assert_eq!(
        world.store.verify().await.unwrap(),
        chain,
        "the journal is untouched"
    );
    assert_eq!(world.store.trace(call).await.unwrap(), None);
    let kept = world.store.case(case.id).await.unwrap().unwrap();
    assert_eq!(
        (kept.case_ref, kept.kind),
        (case.case_ref, case.kind),
        "for the statistics"
    );
    assert_eq!((kept.contact, kept.number), (None, None));
    assert_eq!(world.store.call(call).await.unwrap().unwrap().number, None);
    assert!(matches!(
        world.store.erase(&by(1), &subject).await,
        Err(StoreRefused::NoSuchContact)
    ));
}

pub(crate) async fn a_number_of_two_persons_stays_the_others(world: World) {
    let mut recorder = world.boot().await;
    for name in ["มาลี", "มานะ"] {
        let call = recorder.talked("038611025", "somsri").await;
        confirmed(&mut recorder, record(call, person(name, ""), name)).await;
    }
    let contact = named(&world, "มาลี").await;
    let erased = world
        .store
        .erase(&by(0), &Subject::Contact(contact.id))
        .await
        .unwrap();
    assert_eq!((erased.contacts, erased.numbers, erased.cases), (1, 0, 1));
    let card = world.store.caller_card("+6638611025", 3).await.unwrap();
    assert_eq!(card.contact.unwrap().given, "มานะ");
    assert_eq!(card.history.len(), 1);
}

pub(crate) async fn whoever_is_nobodys_contact_is_erased_by_number(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0866543210", "somsri").await;
    confirmed(
        &mut recorder,
        record(call, ContactChoice::Nobody, "ถามราคา"),
    )
    .await;
    let subject = Subject::Number("+66866543210".to_owned());
    let erased = world.store.erase(&by(0), &subject).await.unwrap();
    assert_eq!((erased.numbers, erased.callers, erased.cases), (1, 1, 1));
    assert!(!lines(&backup(&world.store).await).contains("866543210"));
    let call = recorder.talked("0812345678", "somsri").await;
    confirmed(&mut recorder, record(call, person("มาลี", ""), "ถามราคา")).await;
    let theirs = Subject::Number("+66812345678".to_owned());
    assert!(matches!(
        world.store.erase(&by(1), &theirs).await,
        Err(StoreRefused::Unacceptable {
            field: "number",
            ..
        })
    ));
}

pub(crate) async fn nobody_is_erased_within_a_call(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    confirmed(&mut recorder, record(call, person("มาลี", ""), "ถามราคา")).await;
    recorder.offered("0812345678");
    recorder.commit().await.unwrap();
    let contact = named(&world, "มาลี").await;
    assert!(matches!(
        world
            .store
            .erase(&by(0), &Subject::Contact(contact.id))
            .await,
        Err(StoreRefused::InCall)
    ));
    assert!(world.store.contact(contact.id).await.unwrap().is_some());
}

pub(crate) async fn an_old_backup_is_erased_again(world: World) {
    lived_in(&world).await;
    let before = backup(&world.store).await;
    let folder = std::env::temp_dir().join(format!(
        "kring-erased-{}-{}",
        std::process::id(),
        world.is_sqlite()
    ));
    std::fs::create_dir_all(&folder).unwrap();
    let contact = named(&world, "มานะ").await;
    let now = WallTime(MORNING + DAY);
    assert_eq!(world.store.keep_erasures(now, &folder).await.unwrap(), 0);
    world
        .store
        .erase(&by(0), &Subject::Contact(contact.id))
        .await
        .unwrap();
    assert_eq!(world.store.keep_erasures(now, &folder).await.unwrap(), 0);
    // The database is lost, and the backup of yesterday is put back.
    let (store, _) = restore(&world.another("erased").await, &before)
        .await
        .unwrap();
    assert!(lines(&backup(&store).await).contains("มานะ"));
    assert!(store.keep_erasures(now, &folder).await.unwrap() > 0);
    let text = lines(&backup(&store).await);
    for trace in ["มานะ", "38611025\""] {
        assert!(!text.contains(&format!("\"{trace}")), "{trace}");
    }
    assert_eq!(
        store.erased().await.unwrap(),
        world.store.erased().await.unwrap()
    );
    assert_eq!(store.keep_erasures(now, &folder).await.unwrap(), 0);
    store.verify().await.unwrap();
    store.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}

pub(crate) async fn a_request_has_a_clock_and_one_end(world: World) {
    lived_in(&world).await;
    let contact = named(&world, "มานะ").await;
    let subject = Subject::Contact(contact.id);
    let store = &world.store;
    let received = WallTime(MORNING - 5 * DAY);
    let asked = store
        .add_privacy_request(&by(0), PrivacyKind::Erase, &subject, received, "หนังสือ")
        .await
        .unwrap();
    assert_eq!(asked.due, WallTime(received.0 + 90 * DAY));
    let refused = store
        .refuse_privacy_request(&by(1), asked.id, "อยู่ระหว่างดำเนินคดี")
        .await
        .unwrap();
    assert_eq!(
        (refused.status, refused.version),
        (PrivacyStatus::Refused, 2)
    );
    assert!(matches!(
        store.carry_out_privacy_request(&by(2), asked.id).await,
        Err(StoreRefused::Closed)
    ));
    assert!(
        store.contact(contact.id).await.unwrap().is_some(),
        "a refused request erases nobody"
    );

    let again = store
        .add_privacy_request(&by(3), PrivacyKind::Erase, &subject, received, "อีกครั้ง มานะ")
        .await
        .unwrap();
    let (done, erased) = store
        .carry_out_privacy_request(&by(4), again.id)
        .await
        .unwrap();
    assert_eq!(
        (done.status, erased.unwrap().contacts),
        (PrivacyStatus::Done, 1)
    );
    assert!(
        !lines(&backup(store).await).contains("มานะ"),
        "nor in the desk's own papers"
    );
    let open = PrivacyFilter {
        status: Some(PrivacyStatus::Open),
        ..PrivacyFilter::default()
    };
    assert_eq!(store.privacy_requests(&open).await.unwrap().0, []);
    let audit = store
        .audit(Some(&again.id.to_string()), None, 10)
        .await
        .unwrap();
    let actions: Vec<&str> = audit.rows.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["privacy.carry_out", "privacy.request"]);
    let future = store
        .add_privacy_request(
            &by(5),
            PrivacyKind::Access,
            &Subject::Number("x".into()),
            WallTime(MORNING + DAY),
            "",
        )
        .await;
    assert!(matches!(
        future,
        Err(StoreRefused::Unacceptable {
            field: "received",
            ..
        })
    ));
}

pub(crate) async fn a_restricted_person_is_marked_until_it_is_lifted(world: World) {
    lived_in(&world).await;
    let contact = named(&world, "มานะ").await;
    let subject = Subject::Contact(contact.id);
    for (kind, restricted) in [(PrivacyKind::Restrict, true), (PrivacyKind::Lift, false)] {
        let asked = world
            .store
            .add_privacy_request(&by(0), kind, &subject, WallTime(MORNING), "")
            .await
            .unwrap();
        world
            .store
            .carry_out_privacy_request(&by(1), asked.id)
            .await
            .unwrap();
        assert_eq!(
            world.store.is_restricted(contact.id).await.unwrap(),
            restricted
        );
    }
}

pub(crate) async fn everybody_is_told_of_the_newest_notice_once(world: World) {
    lived_in(&world).await;
    let contact = named(&world, "มานะ").await.id;
    let store = &world.store;
    let told = NewConsent {
        purpose: NOTICE.to_owned(),
        said: ConsentSaid::Notified,
        call: None,
    };
    assert!(store.notice_due(contact).await.unwrap());
    store.note_consent(&by(0), contact, &told).await.unwrap();
    assert!(!store.notice_due(contact).await.unwrap());
    let text = store
        .write_consent_text(&by(1), NOTICE, "ข้อความใหม่", "new")
        .await
        .unwrap();
    assert_eq!(text.version, 2);
    assert!(
        store.notice_due(contact).await.unwrap(),
        "of the new one not yet"
    );
    let said = NewConsent {
        purpose: "recording".to_owned(),
        said: ConsentSaid::Refused,
        call: None,
    };
    store.note_consent(&by(2), contact, &said).await.unwrap();
    let all = store.consents_of(contact).await.unwrap();
    let said: Vec<_> = all
        .iter()
        .map(|c| (c.purpose.as_str(), c.version, c.said))
        .collect();
    assert_eq!(
        said,
        [
            ("recording", 1, ConsentSaid::Refused),
            (NOTICE, 1, ConsentSaid::Notified)
        ]
    );
    let unknown = NewConsent {
        purpose: "marketing".to_owned(),
        said: ConsentSaid::Given,
        call: None,
    };
    assert!(store.note_consent(&by(3), contact, &unknown).await.is_err());
}

pub(crate) async fn a_person_gets_all_that_is_known_of_them(world: World) {
    let (_, calls) = lived_in(&world).await;
    let contact = named(&world, "มานะ").await;
    let told = NewConsent {
        purpose: NOTICE.to_owned(),
        said: ConsentSaid::Notified,
        call: Some(calls[1]),
    };
    world
        .store
        .note_consent(&by(0), contact.id, &told)
        .await
        .unwrap();
    let subject = Subject::Contact(contact.id);
    let export = world
        .store
        .export_subject(WallTime(MORNING), &subject)
        .await
        .unwrap();
    assert_eq!(export.contact.unwrap().given, "มานะ");
    assert_eq!(
        export.numbers,
        [("+6638611025".to_owned(), "038-611-025".to_owned())]
    );
    assert_eq!(export.done.len(), 1, "the case was opened");
    assert_eq!(
        (export.cases.len(), export.consents.len(), export.cut),
        (1, 1, false)
    );
    let its: Vec<_> = export.calls.iter().map(|call| call.record.id).collect();
    assert_eq!(its, [calls[1]]);
}

pub(crate) async fn who_read_of_a_person_is_listed(world: World) {
    lived_in(&world).await;
    let contact = named(&world, "มานะ").await.id;
    let read = |n: i64, what| Access {
        at: WallTime(MORNING + n * SECOND),
        who: "person somsri".to_owned(),
        contact,
        what,
    };
    let lines = [
        read(1, AccessWhat::Pop),
        read(2, AccessWhat::Contact),
        read(3, AccessWhat::History),
    ];
    world.store.note_accesses(&lines).await.unwrap();
    let (page, next) = world.store.accesses(contact, None, 2).await.unwrap();
    assert_eq!(page, [lines[2].clone(), lines[1].clone()]);
    let (page, next) = world.store.accesses(contact, next, 2).await.unwrap();
    assert_eq!((page, next), (vec![lines[0].clone()], None));
}

pub(crate) async fn age_takes_what_the_rules_say(world: World) {
    lived_in(&world).await;
    let store = &world.store;
    let old = ["มาลี", "มานะ", "ชูใจ"];
    let now = by(400 * DAY / SECOND);
    assert_eq!(
        store.retain(&now, None, RetentionRun::Real).await.unwrap(),
        [],
        "no rule, nothing taken"
    );
    store
        .set_retention_rule(&by(0), RetentionWhat::Cases, 365)
        .await
        .unwrap();
    store
        .set_retention_rule(&by(0), RetentionWhat::Callers, 0)
        .await
        .unwrap();
    let told = store
        .retain(&now, Some(380), RetentionRun::Dry)
        .await
        .unwrap();
    let counts: Vec<_> = told.iter().map(|r| (r.what, r.days, r.taken)).collect();
    assert_eq!(
        counts,
        [
            (RetentionWhat::Cases, 365, 3),
            (RetentionWhat::Contacts, 380, 2),
            (RetentionWhat::Recordings, 380, 0),
        ]
    );
    let text = lines(&backup(store).await);
    assert!(
        old.iter().all(|name| text.contains(name)),
        "telling takes nothing"
    );
    let took = store
        .retain(&now, Some(380), RetentionRun::Real)
        .await
        .unwrap();
    assert_eq!(took, told, "what was told is what is taken");
    let text = lines(&backup(store).await);
    for name in old {
        assert!(!text.contains(name), "{name}");
    }
    assert!(
        text.contains("66899999999"),
        "callers are kept for ever by their own rule"
    );
    assert_eq!(
        store
            .retain(&now, Some(380), RetentionRun::Dry)
            .await
            .unwrap()[0]
            .taken,
        0
    );
    store.verify().await.unwrap();
}

pub(crate) async fn an_open_case_keeps_its_person(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    let mut complaint = record(call, person("มาลี", ""), "ร้องเรียน");
    complaint.kind = kring_store::CaseKind::Complaint;
    let case = confirmed(&mut recorder, complaint).await;
    let far = by(1_000 * DAY / SECOND);
    let took = world
        .store
        .retain(&far, Some(30), RetentionRun::Real)
        .await
        .unwrap();
    assert!(took.iter().all(|rule| rule.taken == 0), "{took:?}");
    let patch = CasePatch {
        status: Some(CaseStatus::Closed),
        outcome: Some(CaseOutcome::Resolved),
        ..CasePatch::default()
    };
    world
        .store
        .change_case(
            &CaseAccess::ALL,
            &far,
            &CaseTerms::default(),
            (case.id, None),
            &patch,
        )
        .await
        .unwrap();
    let later = by(1_031 * DAY / SECOND);
    let took = world
        .store
        .retain(&later, Some(30), RetentionRun::Real)
        .await
        .unwrap();
    assert_eq!(
        took.iter().map(|rule| rule.taken).collect::<Vec<_>>(),
        [1, 1, 0, 0]
    );
}

pub(crate) async fn a_restricted_person_is_known_by_name_only(world: World) {
    lived_in(&world).await;
    let contact = named(&world, "มานะ").await;
    let store = &world.store;
    let told = NewConsent {
        purpose: NOTICE.to_owned(),
        said: ConsentSaid::Notified,
        call: None,
    };
    assert!(
        store
            .caller_card("+6638611025", 3)
            .await
            .unwrap()
            .notice_due
    );
    store.note_consent(&by(0), contact.id, &told).await.unwrap();
    let card = store.caller_card("+6638611025", 3).await.unwrap();
    assert_eq!(
        (card.notice_due, card.restricted, card.history.len()),
        (false, false, 1)
    );
    let subject = Subject::Contact(contact.id);
    let asked = store
        .add_privacy_request(
            &by(1),
            PrivacyKind::Restrict,
            &subject,
            WallTime(MORNING),
            "",
        )
        .await
        .unwrap();
    store
        .carry_out_privacy_request(&by(2), asked.id)
        .await
        .unwrap();
    let card = store.caller_card("+6638611025", 3).await.unwrap();
    assert_eq!(card.contact.unwrap().given, "มานะ");
    assert!(card.restricted && card.history.is_empty() && card.open_complaints.count == 0);
    let patch = ContactPatch {
        notes: Some("ใหม่".to_owned()),
        ..ContactPatch::default()
    };
    let stored = store.contact(contact.id).await.unwrap().unwrap();
    assert!(matches!(
        store
            .patch_contact(contact.id, stored.version, &patch)
            .await,
        Err(StoreRefused::Restricted)
    ));
}
