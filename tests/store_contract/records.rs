//! What a person trusts: drafts, records, and the list of what is owed.

use crate::world::{Recorder, SECOND, World};
use kring_journal::WallTime;
use kring_journal::{AgentId, CallId, Fact};
use kring_store::{
    CaseKind, CaseRow, CaseStatus, Confidentiality, ConfirmWrite, ContactChoice, ContactId,
    ContactPatch, DepartmentId, DraftWrite, NewContact, NoCaseWrite, Resolution, StoreRefused,
    TrustedDone, TrustedWrite,
};
use serde_json::json;

pub(crate) fn draft(call: CallId, expected_version: Option<i64>, text: &str) -> TrustedWrite {
    TrustedWrite::SaveDraft(DraftWrite {
        call,
        agent: AgentId::new("somsri"),
        expected_version,
        body: json!({ "detail": text }),
    })
}

/// A record as the console would send it.
pub(crate) fn record(call: CallId, contact: ContactChoice, subject: &str) -> ConfirmWrite {
    ConfirmWrite {
        call,
        agent: AgentId::new("somsri"),
        contact,
        kind: CaseKind::Inquiry,
        subject: subject.to_owned(),
        detail: "ถามวิธีจดทะเบียนพาณิชย์".to_owned(),
        department: None,
        extension: None,
        resolution: Resolution::Answered,
        confidentiality: Confidentiality::Normal,
        fields: None,
        sla: None,
        due: None,
        notice_told: false,
    }
}

pub(crate) fn person(given: &str, family: &str) -> ContactChoice {
    ContactChoice::New(NewContact {
        prefix: "นาย".to_owned(),
        given: given.to_owned(),
        family: family.to_owned(),
        ..NewContact::default()
    })
}

pub(crate) async fn confirmed(recorder: &mut Recorder, record: ConfirmWrite) -> CaseRow {
    match recorder
        .trust(TrustedWrite::Confirm(Box::new(record)))
        .await
    {
        Ok(TrustedDone::Confirmed { case }) => *case,
        other => panic!("not confirmed: {other:?}"),
    }
}

pub(crate) async fn a_draft_grows_by_version(world: World) {
    let mut recorder = world.boot().await;
    // It is already there while the phone rings, before anybody has answered.
    let call = recorder.offered("0812345678");
    let done = recorder.trust(draft(call, None, "ส")).await.unwrap();
    assert_eq!(done, TrustedDone::DraftSaved { version: 1 });
    let done = recorder
        .later(SECOND)
        .trust(draft(call, Some(1), "สวัสดี"))
        .await
        .unwrap();
    assert_eq!(done, TrustedDone::DraftSaved { version: 2 });
    let stored = world.store.draft(call).await.unwrap().unwrap();
    assert_eq!(
        (stored.version, stored.body),
        (2, json!({ "detail": "สวัสดี" }))
    );
    assert_eq!(stored.updated, recorder.wall());
    let facts = world.store.entries_of(call).await.unwrap();
    assert_eq!(facts, recorder.entries);
    let agent = AgentId::new("somsri");
    assert_eq!(
        facts.last().unwrap().fact,
        Fact::DraftSaved { agent, version: 2 }
    );
    assert_eq!(world.store.verify().await.unwrap().entries, 4);
}

pub(crate) async fn a_stale_draft_is_not_written(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    recorder.trust(draft(call, None, "หนึ่ง")).await.unwrap();
    recorder.trust(draft(call, Some(1), "สอง")).await.unwrap();
    for expected in [None, Some(1), Some(3)] {
        let done = recorder.trust(draft(call, expected, "อื่น")).await.unwrap();
        let TrustedDone::StaleDraft {
            current: Some(current),
        } = done
        else {
            panic!("written over version {expected:?}: {done:?}");
        };
        assert_eq!(
            (current.version, current.body),
            (2, json!({ "detail": "สอง" }))
        );
    }
    let facts = world.store.entries_of(call).await.unwrap();
    assert_eq!(
        facts
            .iter()
            .filter(|entry| matches!(entry.fact, Fact::DraftSaved { .. }))
            .count(),
        2
    );
    let huge = recorder
        .trust(draft(call, Some(2), &"ก".repeat(30_000)))
        .await;
    assert!(matches!(
        huge,
        Err(StoreRefused::Unacceptable { field: "draft", .. })
    ));
}

pub(crate) async fn a_draft_saved_twice_is_saved_once(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    for _ in 0..2 {
        let done = recorder.trust(draft(call, None, "หนึ่ง")).await.unwrap();
        assert_eq!(done, TrustedDone::DraftSaved { version: 1 });
    }
    let facts = world.store.entries_of(call).await.unwrap();
    assert_eq!(
        facts
            .iter()
            .filter(|entry| matches!(entry.fact, Fact::DraftSaved { .. }))
            .count(),
        1
    );
}

pub(crate) async fn only_the_calls_agent_may_write(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "preecha").await;
    let unknown = CallId::new(1, 1);
    let refused = recorder.trust(draft(call, None, "ก")).await;
    assert!(matches!(refused, Err(StoreRefused::NotYours)));
    let refused = recorder.trust(draft(unknown, None, "ก")).await;
    assert!(matches!(refused, Err(StoreRefused::NoSuchCall)));
    for (call, code) in [(call, "not_yours"), (unknown, "no_such_call")] {
        let write = TrustedWrite::Confirm(Box::new(record(call, ContactChoice::Nobody, "ถาม")));
        assert_eq!(recorder.trust(write).await.unwrap_err().code(), code);
        let write = TrustedWrite::NoCase(NoCaseWrite {
            call,
            agent: AgentId::new("somsri"),
            reason: "nuisance".to_owned(),
            note: None,
        });
        assert_eq!(recorder.trust(write).await.unwrap_err().code(), code);
    }
    let ringing = recorder.offered("0812345678");
    let write = TrustedWrite::Confirm(Box::new(record(ringing, ContactChoice::Nobody, "ถาม")));
    assert_eq!(recorder.trust(write).await.unwrap_err().code(), "not_yours");
}

pub(crate) async fn a_new_caller_becomes_a_contact(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("๐๘๑-๒๓๔-๕๖๗๘", "somsri").await;
    recorder.trust(draft(call, None, "กำลังพิมพ์")).await.unwrap();
    let department = world.store.departments().await.unwrap()[5].id;
    let write = ConfirmWrite {
        department: Some(department),
        extension: Some("2104".to_owned()),
        resolution: Resolution::Transferred,
        ..record(call, person("สมชาย", "ใจดี"), "จดทะเบียนพาณิชย์")
    };
    let case = confirmed(recorder.later(20 * SECOND), write).await;
    assert_eq!(case.case_ref, "RY-2569-000001-3");
    assert_eq!((case.status, case.version), (CaseStatus::Closed, 1));
    assert_eq!(
        (case.department, case.extension.as_deref()),
        (Some(department), Some("2104"))
    );
    assert_eq!(
        (case.call, case.number.as_deref()),
        (Some(call), Some("+66812345678"))
    );
    for found in [
        world.store.case(case.id).await.unwrap(),
        world.store.case_by_ref("RY-2569-000001-3").await.unwrap(),
        world.store.case_of_call(call).await.unwrap(),
    ] {
        assert_eq!(found.as_ref(), Some(&case));
    }
    let card = world.store.caller_card("+66812345678", 3).await.unwrap();
    let contact = card.contact.unwrap();
    assert_eq!(Some(contact.id), case.contact);
    assert_eq!(
        (
            contact.prefix.as_str(),
            contact.given.as_str(),
            contact.family.as_str()
        ),
        ("นาย", "สมชาย", "ใจดี")
    );
    assert_eq!(world.store.draft(call).await.unwrap(), None);
    assert_eq!(
        world.store.call(call).await.unwrap().unwrap().record,
        recorder.records[&call]
    );
    assert_eq!(
        recorder.records[&call].case_ref.as_deref(),
        Some("RY-2569-000001-3")
    );
    let last = world.store.entries_of(call).await.unwrap().pop().unwrap();
    let Fact::Confirmed {
        case_ref,
        case_kind,
        resolution,
        wrap_up_ms,
        ..
    } = last.fact
    else {
        panic!("{last}");
    };
    assert_eq!(
        (case_ref.as_str(), case_kind.as_str()),
        ("RY-2569-000001-3", "inquiry")
    );
    assert_eq!((resolution.as_str(), wrap_up_ms), ("transferred", 21_000));
}

pub(crate) async fn a_known_caller_is_put_right(world: World) {
    let mut recorder = world.boot().await;
    let first = recorder.talked("0812345678", "somsri").await;
    let case = confirmed(
        &mut recorder,
        record(first, person("สมชาย", "ใจดี"), "ครั้งแรก"),
    )
    .await;
    let contact = case.contact.unwrap();
    // The same person from another number, whose family name was misheard.
    let second = recorder.talked("038-611-025", "somsri").await;
    let patch = ContactPatch {
        family: Some("ใจดีมาก".to_owned()),
        ..ContactPatch::default()
    };
    let known = ContactChoice::Known { contact, patch };
    let case = confirmed(&mut recorder, record(second, known, "ครั้งที่สอง")).await;
    assert_eq!(
        (case.contact, case.case_ref.as_str()),
        (Some(contact), "RY-2569-000002-1")
    );
    let stored = world.store.contact(contact).await.unwrap().unwrap();
    assert_eq!((stored.family.as_str(), stored.version), ("ใจดีมาก", 2));
    let numbers = world.store.numbers_of(contact).await.unwrap();
    let numbers: Vec<&str> = numbers
        .iter()
        .map(|(canonical, _)| canonical.as_str())
        .collect();
    assert_eq!(numbers, ["+6638611025", "+66812345678"]);
    let card = world.store.caller_card("+6638611025", 3).await.unwrap();
    let refs: Vec<&str> = card
        .history
        .iter()
        .map(|item| item.case_ref.as_str())
        .collect();
    assert_eq!(refs, ["RY-2569-000002-1", "RY-2569-000001-3"]);
    // A choice that says nothing new leaves the person as they are.
    let third = recorder.talked("0812345678", "somsri").await;
    let patch = ContactPatch::default();
    confirmed(
        &mut recorder,
        record(third, ContactChoice::Known { contact, patch }, "อีก"),
    )
    .await;
    assert_eq!(
        world.store.contact(contact).await.unwrap().unwrap().version,
        2
    );
}

pub(crate) async fn an_anonymous_tip_names_nobody(world: World) {
    let mut recorder = world.boot().await;
    let hidden = recorder.talked("anonymous", "somsri").await;
    let shown = recorder.talked("0812345678", "somsri").await;
    for call in [hidden, shown] {
        let write = ConfirmWrite {
            kind: CaseKind::Tip,
            confidentiality: Confidentiality::Restricted,
            ..record(call, ContactChoice::Nobody, "ขายเกินราคา")
        };
        let case = confirmed(&mut recorder, write).await;
        assert_eq!((case.contact, case.number), (None, None));
        assert_eq!(
            case.status,
            CaseStatus::Open,
            "a tip is not closed by the call that brought it"
        );
    }
    // A person behind a withheld number is kept, but no number can be linked.
    let call = recorder.talked("", "somsri").await;
    let case = confirmed(&mut recorder, record(call, person("สมหญิง", ""), "ถาม")).await;
    assert!(
        world
            .store
            .numbers_of(case.contact.unwrap())
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        world.store.caller_card("anon", 3).await.unwrap(),
        kring_store::CallerCard::default()
    );
}

pub(crate) async fn a_refused_record_leaves_the_facts_and_takes_no_number(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    let no_department = DepartmentId::new(WallTime(1));
    let stranger = ContactId::new(WallTime(1));
    let patch = ContactPatch::default();
    for (write, code) in [
        (
            ConfirmWrite {
                department: Some(no_department),
                ..record(call, person("สมชาย", ""), "ถาม")
            },
            "no_such_department",
        ),
        (
            record(
                call,
                ContactChoice::Known {
                    contact: stranger,
                    patch,
                },
                "ถาม",
            ),
            "no_such_contact",
        ),
        (record(call, person(" ", ""), "ถาม"), "unacceptable"),
        (record(call, person("สมชาย", ""), "  "), "unacceptable"),
        (record(call, person("สม\0ชาย", ""), "ถาม"), "unacceptable"),
    ] {
        recorder.fact(Some(call), Fact::Degraded);
        let refused = recorder
            .trust(TrustedWrite::Confirm(Box::new(write)))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), code, "{refused}");
    }
    // The facts of the same groups stand, and nothing of the records does.
    let facts = world.store.entries_of(call).await.unwrap();
    assert_eq!(
        facts
            .iter()
            .filter(|entry| entry.fact == Fact::Degraded)
            .count(),
        5
    );
    assert_eq!(world.store.case_of_call(call).await.unwrap(), None);
    assert!(
        world
            .store
            .contacts_with("+66812345678")
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        world
            .store
            .search_contacts("สมชาย", 10)
            .await
            .unwrap()
            .is_empty()
    );
    let case = confirmed(&mut recorder, record(call, ContactChoice::Nobody, "ถาม")).await;
    assert_eq!(case.case_ref, "RY-2569-000001-3");
    assert_eq!(world.store.verify().await.unwrap().entries, 10);
}

pub(crate) async fn a_record_is_made_once(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    let case = confirmed(&mut recorder, record(call, person("สมชาย", ""), "ถาม")).await;
    let again = record(call, person("สมชาย", ""), "ถามอีก");
    let again = recorder
        .trust(TrustedWrite::Confirm(Box::new(again)))
        .await
        .unwrap();
    let done = TrustedDone::AlreadyDone {
        case: Some(Box::new(case)),
        no_case: None,
    };
    assert_eq!(again, done);
    let close = TrustedWrite::NoCase(NoCaseWrite {
        call,
        agent: AgentId::new("somsri"),
        reason: "dropped".to_owned(),
        note: None,
    });
    assert_eq!(recorder.trust(close).await.unwrap(), done);
    let late = recorder.trust(draft(call, None, "สายไป")).await.unwrap();
    assert_eq!(late, TrustedDone::StaleDraft { current: None });
    assert_eq!(
        world
            .store
            .contacts_with("+66812345678")
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(world.store.entries_of(call).await.unwrap().len(), 5);
    // A row that a recorder kept from before does not take the case away.
    let mut stale = recorder.records[&call].clone();
    stale.case_ref = None;
    recorder.group.records.push(stale);
    recorder.commit().await.unwrap();
    let row = world.store.call(call).await.unwrap().unwrap();
    assert_eq!(row.record.case_ref.as_deref(), Some("RY-2569-000001-3"));
}

pub(crate) async fn a_call_can_be_closed_without_a_case(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    recorder.trust(draft(call, None, "ก่อกวน")).await.unwrap();
    let close = || {
        TrustedWrite::NoCase(NoCaseWrite {
            call,
            agent: AgentId::new("somsri"),
            reason: "nuisance".to_owned(),
            note: None,
        })
    };
    assert_eq!(
        recorder.trust(close()).await.unwrap(),
        TrustedDone::NoCaseDone
    );
    assert_eq!(world.store.draft(call).await.unwrap(), None);
    let row = world.store.call(call).await.unwrap().unwrap();
    assert_eq!(row.record, recorder.records[&call]);
    assert_eq!(row.record.no_case.as_deref(), Some("nuisance"));
    let again = recorder.trust(close()).await.unwrap();
    let no_case = Some("nuisance".to_owned());
    assert_eq!(
        again,
        TrustedDone::AlreadyDone {
            case: None,
            no_case
        }
    );
}

pub(crate) async fn the_unfinished_list_holds_what_is_owed(world: World) {
    let mut recorder = world.boot().await;
    let agent = AgentId::new("somsri");
    let with_draft = recorder.talked("0812345678", "somsri").await;
    recorder
        .trust(draft(with_draft, None, "ค้างไว้"))
        .await
        .unwrap();
    let without = recorder.talked("0898765432", "somsri").await;
    let of_another = recorder.talked("0898765432", "preecha").await;
    let done = recorder.talked("0812345678", "somsri").await;
    confirmed(&mut recorder, record(done, ContactChoice::Nobody, "ถาม")).await;
    let talking = recorder.offered("0812345678");
    recorder.answered(talking, "somsri");
    let abandoned = recorder.offered("0812345678");
    recorder.fact(
        Some(abandoned),
        Fact::Abandoned {
            rings: 1,
            wait_ms: 10,
        },
    );
    recorder.commit().await.unwrap();

    let list = world.store.unfinished(&agent).await.unwrap();
    let calls: Vec<CallId> = list.iter().map(|owed| owed.call.record.id).collect();
    assert_eq!(calls, [with_draft, without]);
    assert!(list.iter().all(|owed| owed.call.record.is_unfinished()));
    assert_eq!(
        list[0].draft.as_ref().unwrap().body,
        json!({ "detail": "ค้างไว้" })
    );
    assert_eq!(list[1].draft, None);
    let others = world
        .store
        .unfinished(&AgentId::new("preecha"))
        .await
        .unwrap();
    assert_eq!(others[0].call.record.id, of_another);
    confirmed(
        &mut recorder,
        record(with_draft, ContactChoice::Nobody, "ถาม"),
    )
    .await;
    assert_eq!(world.store.unfinished(&agent).await.unwrap().len(), 1);
}

pub(crate) async fn references_count_by_thai_year(world: World) {
    let mut recorder = world.boot().await;
    let mut refs = Vec::new();
    // From the morning of 23 November 2569 to the first minutes of 2570 in Thailand.
    for wait in [0, 1, 38 * 86_400 + 9 * 3_600] {
        let call = recorder
            .later(wait * SECOND)
            .talked("0812345678", "somsri")
            .await;
        let case = confirmed(&mut recorder, record(call, ContactChoice::Nobody, "ถาม")).await;
        refs.push(case.case_ref);
    }
    assert_eq!(
        refs,
        ["RY-2569-000001-3", "RY-2569-000002-1", "RY-2570-000001-2"]
    );
}
