//! Persons and their numbers.

use crate::{
    records::{confirmed, person, record},
    world::{MORNING, SECOND, World},
};
use kring_journal::WallTime;
use kring_store::{
    CallerCard, CaseAccess, CaseKind, CaseOutcome, CasePatch, CaseStatus, CaseTerms, ChangedBy,
    Confidentiality, ConfirmWrite, Contact, ContactChoice, ContactId, ContactPatch, KnownCaller,
    NewContact, Number, NumberPlan, OpenComplaints, Resolution, Store, StoreRefused,
};
use std::collections::BTreeMap;

pub(crate) fn number(raw: &str) -> Number {
    Number::read(raw, &NumberPlan::default())
}

pub(crate) async fn create(store: &Store, second: i64, given: &str, raw: &str) -> Contact {
    let contact = NewContact {
        given: given.to_owned(),
        ..NewContact::default()
    };
    let now = WallTime(MORNING + second * SECOND);
    store
        .create_contact(now, &contact, Some(&number(raw)))
        .await
        .unwrap()
}

pub(crate) async fn a_number_without_a_contact_has_no_card(world: World) {
    let mut recorder = world.boot().await;
    let empty = world.store.caller_card("+66812345678", 3).await.unwrap();
    let nobody = CallerCard {
        notice_due: true,
        ..CallerCard::default()
    };
    assert_eq!(empty, nobody);
    // Somebody who gave no name has a history all the same.
    let call = recorder.talked("0812345678", "somsri").await;
    let case = confirmed(
        &mut recorder,
        record(call, ContactChoice::Nobody, "ถามราคา"),
    )
    .await;
    let card = world.store.caller_card("+66812345678", 3).await.unwrap();
    assert_eq!((card.contact, card.candidates.len()), (None, 0));
    assert_eq!(card.history.len(), 1);
    assert_eq!(
        (&card.history[0].case_ref, card.history[0].date),
        (&case.case_ref, case.opened)
    );
}

pub(crate) async fn one_person_has_a_card_with_history(world: World) {
    let mut recorder = world.boot().await;
    let contact = create(&world.store, 0, "สมชาย", "0812345678").await;
    let department = &world.store.departments().await.unwrap()[1];
    for subject in ["หนึ่ง", "สอง", "สาม", "สี่"] {
        let call = recorder.talked("0812345678", "somsri").await;
        let patch = ContactPatch::default();
        let choice = ContactChoice::Known {
            contact: contact.id,
            patch,
        };
        let write = ConfirmWrite {
            department: Some(department.id),
            ..record(call, choice, subject)
        };
        confirmed(&mut recorder, write).await;
    }
    let card = world.store.caller_card("+66812345678", 3).await.unwrap();
    assert_eq!(card.contact.as_ref(), Some(&contact));
    assert!(card.candidates.is_empty());
    let subjects: Vec<&str> = card
        .history
        .iter()
        .map(|item| item.subject.as_str())
        .collect();
    assert_eq!(subjects, ["สี่", "สาม", "สอง"]);
    assert_eq!(
        card.history[0].department.as_deref(),
        Some("กรมการค้าต่างประเทศ")
    );
    assert_eq!(card.history[0].department_id, Some(department.id));
    assert_eq!(
        world.store.history_of(contact.id, 50).await.unwrap().len(),
        4
    );
    assert!(
        world
            .store
            .caller_card("+66812345678", 0)
            .await
            .unwrap()
            .history
            .is_empty()
    );
}

pub(crate) async fn two_persons_on_one_number_are_candidates(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("038611025", "somsri").await;
    let first = confirmed(&mut recorder, record(call, person("สมชาย", ""), "ของสมชาย")).await;
    let call = recorder.talked("038611025", "somsri").await;
    let second = confirmed(&mut recorder, record(call, person("สมหญิง", ""), "ของสมหญิง")).await;
    let card = world.store.caller_card("+6638611025", 3).await.unwrap();
    assert_eq!(card.contact, None);
    let found: Vec<ContactId> = card.candidates.iter().map(|contact| contact.id).collect();
    assert_eq!(found, [second.contact.unwrap(), first.contact.unwrap()]);
    assert_eq!(card.history.len(), 2);
    assert_eq!(
        world.store.contacts_with("+6638611025").await.unwrap(),
        card.candidates
    );
    // A great family: the chooser has an end.
    for n in 0..12 {
        create(&world.store, 100 + n, "ญาติ", "038611025").await;
    }
    let card = world.store.caller_card("+6638611025", 3).await.unwrap();
    assert_eq!(card.candidates.len(), 8);
}

pub(crate) async fn short_numbers_are_nobodys(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("1203", "somsri").await;
    let case = confirmed(&mut recorder, record(call, person("สมชาย", ""), "ถาม")).await;
    assert_eq!(case.number, None);
    assert!(
        world
            .store
            .numbers_of(case.contact.unwrap())
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        world.store.caller_card("short:1203", 3).await.unwrap(),
        CallerCard::default()
    );
    let contact = create(&world.store, 0, "สมหญิง", "anonymous").await;
    assert!(world.store.numbers_of(contact.id).await.unwrap().is_empty());
    // An extension is somebody's.
    let officer = create(&world.store, 0, "เจ้าหน้าที่", "2104").await;
    let card = world.store.caller_card("ext:2104", 3).await.unwrap();
    assert_eq!(card.contact, Some(officer));
}

pub(crate) async fn restricted_matters_are_not_told(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    let write = ConfirmWrite {
        kind: CaseKind::Tip,
        confidentiality: Confidentiality::Restricted,
        ..record(call, person("สมชาย", ""), "ร้าน ก. ขายเกินราคา")
    };
    confirmed(&mut recorder, write).await;
    let card = world.store.caller_card("+66812345678", 3).await.unwrap();
    assert!(card.contact.is_some() && card.history.is_empty());
    let call = recorder.talked("0812345678", "somsri").await;
    let contact = card.contact.unwrap().id;
    let complaint = |confidentiality| ConfirmWrite {
        kind: CaseKind::Complaint,
        confidentiality,
        ..record(
            call,
            ContactChoice::Known {
                contact,
                patch: ContactPatch::default(),
            },
            "ร้าน ข.",
        )
    };
    confirmed(&mut recorder, complaint(Confidentiality::Restricted)).await;
    let card = world.store.caller_card("+66812345678", 3).await.unwrap();
    assert!(card.history.is_empty());
    assert_eq!(card.open_complaints, OpenComplaints::default());
    assert!(world.store.history_of(contact, 9).await.unwrap().is_empty());
}

pub(crate) async fn a_card_tells_what_the_caller_still_waits_for(world: World) {
    let mut recorder = world.boot().await;
    let mut refs = Vec::new();
    for n in 0..7 {
        let call = recorder.talked("0812345678", "somsri").await;
        let write = ConfirmWrite {
            kind: CaseKind::Complaint,
            ..record(call, person("สมชาย", ""), "ขายเกินราคา")
        };
        let write = if n == 0 {
            write
        } else {
            let card = world.store.caller_card("+66812345678", 0).await.unwrap();
            let contact = ContactChoice::Known {
                contact: card.contact.unwrap().id,
                patch: ContactPatch::default(),
            };
            ConfirmWrite { contact, ..write }
        };
        refs.push(confirmed(&mut recorder, write).await);
    }
    let card = world.store.caller_card("+66812345678", 3).await.unwrap();
    assert_eq!((card.open_complaints.count, card.history.len()), (7, 3));
    let newest: Vec<&str> = refs
        .iter()
        .rev()
        .take(5)
        .map(|case| case.case_ref.as_str())
        .collect();
    assert_eq!(card.open_complaints.refs, newest);
    // Without a person the number tells the same.
    world
        .sql("UPDATE contact SET merged_into = NULL; DELETE FROM contact_number")
        .await
        .unwrap();
    let card = world.store.caller_card("+66812345678", 0).await.unwrap();
    assert_eq!((card.contact, card.open_complaints.count), (None, 7));
    world
        .sql("UPDATE case_file SET status = 'closed'")
        .await
        .unwrap();
    let card = world.store.caller_card("+66812345678", 0).await.unwrap();
    assert_eq!(card.open_complaints, OpenComplaints::default());
}

pub(crate) async fn callers_are_known_by_their_marks_and_open_cases(world: World) {
    let store = &world.store;
    let mut changes = store.callers_watched();
    let vip = create(store, 0, "สมชาย", "0812345678").await;
    let mark = |vip, language: &str| ContactPatch {
        vip: Some(vip),
        language: Some(language.to_owned()),
        ..ContactPatch::default()
    };
    store
        .patch_contact(vip.id, 1, &mark(true, "en"))
        .await
        .unwrap();
    assert!(changes.has_changed().unwrap());
    let known = store.known_callers(10).await.unwrap();
    let caller = KnownCaller {
        vip: true,
        open_case: false,
        language: Some("en".to_owned()),
    };
    assert_eq!(
        known,
        BTreeMap::from([("+66812345678".to_owned(), caller.clone())])
    );

    // Whoever shares the number and speaks otherwise leaves the language open.
    let other = create(store, 1, "สมศรี", "0812345678").await;
    store
        .patch_contact(other.id, 1, &mark(false, "th"))
        .await
        .unwrap();
    let known = store.known_callers(10).await.unwrap();
    assert_eq!(known["+66812345678"].language, None);

    // A case that is not closed, of a person and of a number without one; a tip is nobody's business.
    let mut recorder = world.boot().await;
    let call = recorder.talked("038-611-025", "somsri").await;
    changes.mark_unchanged();
    let case = ConfirmWrite {
        resolution: Resolution::Unresolved,
        ..record(call, person("มานะ", "ใจดี"), "ยังไม่จบ")
    };
    let case = confirmed(&mut recorder, case).await;
    assert!(changes.has_changed().unwrap());
    let call = recorder.talked("0898765432", "somsri").await;
    let tip = ConfirmWrite {
        kind: CaseKind::Tip,
        confidentiality: Confidentiality::Restricted,
        ..record(call, ContactChoice::Nobody, "แจ้งเบาะแส")
    };
    confirmed(&mut recorder, tip).await;
    changes.mark_unchanged();
    let known = store.known_callers(10).await.unwrap();
    assert!(known["+6638611025"].open_case && !known["+6638611025"].vip);
    assert_eq!(known.len(), 2, "{known:?}");
    assert_eq!(store.known_callers(1).await.unwrap().len(), 1);
    let closed = CasePatch {
        status: Some(CaseStatus::Closed),
        outcome: Some(CaseOutcome::Resolved),
        ..CasePatch::default()
    };
    let by = ChangedBy {
        who: "person somsri".to_owned(),
        at: WallTime(MORNING + 600 * SECOND),
    };
    let (terms, at) = (CaseTerms::default(), (case.id, Some(case.version)));
    store
        .change_case(&CaseAccess::ALL, &by, &terms, at, &closed)
        .await
        .unwrap();
    assert!(changes.has_changed().unwrap());
    assert_eq!(store.known_callers(10).await.unwrap().len(), 1);
}

pub(crate) async fn a_contact_is_changed_by_version(world: World) {
    let contact = create(&world.store, 0, "สมชาย", "0812345678").await;
    let patch = ContactPatch {
        prefix: Some("ดร.".to_owned()),
        notes: Some("พูดช้า ๆ".to_owned()),
        ..ContactPatch::default()
    };
    let changed = world
        .store
        .patch_contact(contact.id, 1, &patch)
        .await
        .unwrap();
    assert_eq!(
        (changed.prefix.as_str(), changed.notes.as_str()),
        ("ดร.", "พูดช้า ๆ")
    );
    assert_eq!((changed.given.as_str(), changed.version), ("สมชาย", 2));
    let other = ContactPatch {
        given: Some("สมศักดิ์".to_owned()),
        ..ContactPatch::default()
    };
    let refused = world
        .store
        .patch_contact(contact.id, 1, &other)
        .await
        .unwrap_err();
    assert!(matches!(refused, StoreRefused::Stale { current: 2 }));
    let empty = ContactPatch {
        given: Some(" ".to_owned()),
        ..ContactPatch::default()
    };
    let refused = world
        .store
        .patch_contact(contact.id, 2, &empty)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "unacceptable");
    assert_eq!(
        world.store.contact(contact.id).await.unwrap(),
        Some(changed)
    );
    let nobody = ContactId::new(WallTime(1));
    let refused = world
        .store
        .patch_contact(nobody, 1, &other)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "no_such_contact");
    assert_eq!(world.store.contact(nobody).await.unwrap(), None);
}

pub(crate) async fn thai_text_is_kept_as_it_is(world: World) {
    // Decomposed am, doubled vowel, zero-width space, quotes, an emoji: nothing is tidied.
    let odd = "น\u{e4d}\u{e49}า เเม่ \u{200b}๑๒๓ ''\"; -- 🧾\n\tจบ";
    let contact = create(&world.store, 0, odd, "0812345678").await;
    let stored = world.store.contact(contact.id).await.unwrap().unwrap();
    assert_eq!(stored.given, odd);
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    let patch = ContactPatch::default();
    let choice = ContactChoice::Known {
        contact: contact.id,
        patch,
    };
    let case = confirmed(&mut recorder, record(call, choice, odd)).await;
    assert_eq!(
        world.store.case(case.id).await.unwrap().unwrap().subject,
        odd
    );
}
