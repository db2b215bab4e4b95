//! Who is shown which cases, and who owes which record.

use crate::{
    case_life::{agent, by, terms, tip, walk_in},
    records::{draft, person, record},
    world::World,
};
use kring_journal::{AgentId, Fact, HandOver};
use kring_store::{
    ActivityKind, CaseAccess, CaseFilter, CaseKind, CasePatch, CaseUnits, ConfirmWrite,
    HandOverWrite, NewAttachment, NewCase, Role, TrustedDone, TrustedWrite,
};

const NOT_TIPS: CaseAccess = CaseAccess {
    tips: false,
    units: CaseUnits::All,
};

pub(crate) async fn a_tip_is_read_by_its_officers_and_each_reading_is_noted(world: World) {
    let mut recorder = world.boot().await;
    let store = &world.store;
    let case = tip(&mut recorder, "0812345678", "ขายบุหรี่เถื่อน").await;
    let reads = async |who: &str| -> usize {
        let lines = store.audit(None, None, 0).await.unwrap().rows;
        let who = format!("person {who}");
        let reads = |line: &&kring_store::AuditRow| line.action == "tip.read" && line.who == who;
        lines.iter().filter(reads).count()
    };
    let masked = store
        .show_case(&NOT_TIPS, &by("somsri", 0), case.clone())
        .await
        .unwrap();
    assert!(masked.masked && masked.case.subject.is_empty());
    assert_eq!((masked.case.call, masked.case.number), (None, None));
    assert_eq!(reads("somsri").await, 0);
    let shown = store
        .show_case(&CaseAccess::ALL, &by("officer", 0), case.clone())
        .await
        .unwrap();
    assert_eq!(
        (shown.masked, shown.case.subject.as_str()),
        (false, "ขายบุหรี่เถื่อน")
    );
    assert_eq!(reads("officer").await, 1);

    // Who may not read it may not add to it either.
    let by = by("somsri", 0);
    let note = (ActivityKind::Note, "อ่านไม่ได้");
    let refused = store.add_activity(&NOT_TIPS, &by, case.id, note).await;
    assert_eq!(refused.unwrap_err().code(), "masked");
    let patch = CasePatch {
        subject: Some("อื่น".to_owned()),
        ..CasePatch::default()
    };
    let refused = store
        .change_case(&NOT_TIPS, &by, &terms(), (case.id, None), &patch)
        .await;
    assert_eq!(refused.unwrap_err().code(), "masked");
    let file = NewAttachment {
        name: "a.txt".to_owned(),
        contents: b"text".to_vec(),
        bytes_max: 100,
    };
    let refused = store.attach(&NOT_TIPS, &by, case.id, file).await;
    assert_eq!(refused.unwrap_err().code(), "masked");
    // The audit does not tell what the tip says.
    let lines = store.audit(None, None, 0).await.unwrap().rows;
    assert!(!format!("{lines:?}").contains("บุหรี่"));
}

pub(crate) async fn what_may_not_be_read_is_not_found_by_what_it_says(world: World) {
    let mut recorder = world.boot().await;
    let store = &world.store;
    let tip = tip(&mut recorder, "0812345678", "ร้านโชคดีขายเกินราคา 50%").await;
    let complaint = walk_in(CaseKind::Complaint, "ร้านโชคดี ไม่ปิดป้ายราคา");
    let complaint = store
        .open_case(&by("somsri", 0), &terms(), complaint)
        .await
        .unwrap();
    let found = async |access: &CaseAccess, text: &str| -> Vec<_> {
        let filter = CaseFilter {
            text: Some(text.to_owned()),
            ..CaseFilter::default()
        };
        let page = store.cases(access, &filter).await.unwrap();
        page.cases.into_iter().map(|shown| shown.case.id).collect()
    };
    assert_eq!(found(&NOT_TIPS, "ร้านโชคดี").await, [complaint.id]);
    assert_eq!(found(&CaseAccess::ALL, "ร้านโชคดี").await.len(), 2);
    assert_eq!(found(&CaseAccess::ALL, "เกินราคา โชคดี ๕๐%").await, [tip.id]);
    assert_eq!(found(&CaseAccess::ALL, "5_%").await, []);
    // In a list it is there, and says nothing.
    let page = store
        .cases(&NOT_TIPS, &CaseFilter::default())
        .await
        .unwrap();
    assert_eq!(page.cases.len(), 2);
    assert!(
        page.cases
            .iter()
            .all(|shown| shown.masked == (shown.case.id == tip.id))
    );
    let by_ref = CaseFilter {
        case_ref: Some(tip.case_ref.to_lowercase()),
        ..CaseFilter::default()
    };
    assert_eq!(
        store.cases(&NOT_TIPS, &by_ref).await.unwrap().cases.len(),
        1
    );
}

pub(crate) async fn an_officer_of_a_unit_has_the_units_cases(world: World) {
    let store = &world.store;
    let units = store.departments().await.unwrap();
    let of = async |n: usize| {
        let new = NewCase {
            department: Some(units[n].id),
            ..walk_in(CaseKind::Complaint, "ร้องเรียน")
        };
        store
            .open_case(&by("somsri", 0), &terms(), new)
            .await
            .unwrap()
    };
    let (own, other) = (of(2).await, of(3).await);
    let officer = CaseAccess {
        tips: false,
        units: CaseUnits::Only(units[2].id),
    };
    let list = store.cases(&officer, &CaseFilter::default()).await.unwrap();
    let ids: Vec<_> = list.cases.iter().map(|shown| shown.case.id).collect();
    assert_eq!(ids, [own.id]);
    let nobodys = CaseAccess {
        units: CaseUnits::Nobodys,
        ..officer
    };
    assert_eq!(
        store
            .cases(&nobodys, &CaseFilter::default())
            .await
            .unwrap()
            .cases,
        []
    );
    let refused = store
        .show_case(&officer, &by("dit-1", 0), other.clone())
        .await;
    assert_eq!(refused.unwrap_err().code(), "no_such_case");
    let note = (ActivityKind::UnitAnswered, "ตอบแล้ว");
    let refused = store
        .add_activity(&officer, &by("dit-1", 0), other.id, note)
        .await;
    assert_eq!(refused.unwrap_err().code(), "no_such_case");
    store
        .add_activity(&officer, &by("dit-1", 0), own.id, note)
        .await
        .unwrap();
    // An officer's unit is one that there is.
    agent(store, "dit-1", Role::UnitOfficer).await;
    let mut row = store.agent(&AgentId::new("dit-1")).await.unwrap().unwrap();
    row.department = Some(units[2].id);
    store.put_agent(&row).await.unwrap();
    let again = store.agent(&row.login).await.unwrap().unwrap();
    assert_eq!(again.department, Some(units[2].id));
}

pub(crate) async fn a_record_is_handed_over_once_and_audited(world: World) {
    let mut recorder = world.boot().await;
    let store = &world.store;
    agent(store, "malee", Role::Agent).await;
    let call = recorder.talked("0812345678", "somsri").await;
    recorder.trust(draft(call, None, "ค้างไว้")).await.unwrap();
    let (somsri, malee) = (AgentId::new("somsri"), AgentId::new("malee"));
    let give = |to: &AgentId| {
        TrustedWrite::HandOver(HandOverWrite {
            call,
            who: "person wilai".to_owned(),
            by: AgentId::new("wilai"),
            to: to.clone(),
        })
    };
    let refused = recorder
        .trust(give(&AgentId::new("nobody")))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "no_such_agent");
    for _ in 0..2 {
        let done = recorder.trust(give(&malee)).await.unwrap();
        assert_eq!(done, TrustedDone::HandedOver);
    }
    let facts = store.entries_of(call).await.unwrap();
    let over = Fact::RecordHandedOver(HandOver {
        by: AgentId::new("wilai"),
        from: somsri.clone(),
        to: malee.clone(),
    });
    assert_eq!(facts.iter().filter(|entry| entry.fact == over).count(), 1);
    let row = store.call(call).await.unwrap().unwrap();
    assert_eq!(row.record.agent, Some(somsri.clone()), "who answered stays");
    assert_eq!(row.record.record_owner, Some(malee.clone()));
    assert_eq!(store.unfinished(&somsri).await.unwrap(), []);
    assert_eq!(
        store.unfinished(&malee).await.unwrap()[0]
            .draft
            .as_ref()
            .unwrap()
            .version,
        1
    );
    assert_eq!(store.unfinished_of_all().await.unwrap().len(), 1);
    let lines = store
        .audit(Some(&call.to_string()), None, 0)
        .await
        .unwrap()
        .rows;
    assert_eq!(
        (lines.len(), lines[0].action.as_str()),
        (1, "record.hand_over")
    );

    let refused = recorder
        .trust(draft(call, Some(1), "ผิดคน"))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "not_yours");
    let write = ConfirmWrite {
        agent: malee.clone(),
        ..record(call, person("สมชาย", ""), "ถาม")
    };
    let done = recorder.trust(TrustedWrite::Confirm(Box::new(write))).await;
    assert!(
        matches!(done, Ok(TrustedDone::Confirmed { .. })),
        "{done:?}"
    );
    let refused = recorder.trust(give(&somsri)).await.unwrap_err();
    assert_eq!(refused.code(), "nothing_owed");
}
