//! People who sign in, tokens of programs, and the list of cases.

use crate::{
    records::{confirmed, record},
    world::{MORNING, SECOND, World},
};
use kring_journal::{AgentId, WallTime};
use kring_store::{
    AgentRow, ApiToken, CaseAccess, CaseFilter, CaseKind, CasePage, CasePatch, CaseRow, CaseStatus,
    CaseTerms, ChangedBy, ConfirmWrite, ContactChoice, DepartmentId, NewSession, Role, SignedFrom,
};

/// How long sessions live here without being used.
const HOUR: std::time::Duration = std::time::Duration::from_secs(3_600);

fn somsri() -> AgentRow {
    AgentRow {
        login: AgentId::new("somsri"),
        name: "สมศรี มีสุข".to_owned(),
        role: Role::Supervisor,
        password_hash: Some("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_owned()),
        devices: vec!["pbx:5021".to_owned(), "phone:somsri".to_owned()],
        auto_answer: true,
        queues: vec!["support".to_owned(), "ร้องเรียน".to_owned()],
        disabled: false,
        department: None,
        skills: vec!["tax:3".to_owned()],
        record: false,
    }
}

pub(crate) async fn an_agent_is_stored(world: World) {
    let store = &world.store;
    let somsri = somsri();
    assert_eq!(store.agent(&somsri.login).await.unwrap(), None);
    store.put_agent(&somsri).await.unwrap();
    let preecha = AgentRow {
        login: AgentId::new("preecha"),
        password_hash: None,
        devices: Vec::new(),
        auto_answer: false,
        queues: Vec::new(),
        ..somsri.clone()
    };
    store.put_agent(&preecha).await.unwrap();
    assert_eq!(
        store.agents().await.unwrap(),
        [preecha.clone(), somsri.clone()]
    );
    assert_eq!(store.agent(&somsri.login).await.unwrap(), Some(somsri));
}

pub(crate) async fn a_session_ends_in_time(world: World) {
    let store = &world.store;
    let somsri = somsri();
    store.put_agent(&somsri).await.unwrap();
    let session = |token: u8, from: i64, until: i64| NewSession {
        token: [token; 32],
        agent: somsri.login.clone(),
        created: WallTime(from),
        expires: WallTime(until),
        from: SignedFrom::default(),
    };
    store.open_session(&session(1, 0, 100)).await.unwrap();
    let found = store
        .session(&[1; 32], WallTime(99), HOUR)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (found.agent, found.expires),
        (somsri.clone(), WallTime(100))
    );
    assert_eq!(
        store.session(&[1; 32], WallTime(100), HOUR).await.unwrap(),
        None
    );
    assert_eq!(
        store.session(&[2; 32], WallTime(0), HOUR).await.unwrap(),
        None
    );
    assert!(store.close_session(&[1; 32]).await.unwrap());
    assert!(!store.close_session(&[1; 32]).await.unwrap());
    assert_eq!(
        store.session(&[1; 32], WallTime(0), HOUR).await.unwrap(),
        None
    );
    // A sign-in forgets those that have expired.
    store.open_session(&session(3, 0, 100)).await.unwrap();
    store.open_session(&session(4, 200, 300)).await.unwrap();
    assert!(!store.close_session(&[3; 32]).await.unwrap());
    // Being disabled signs out everywhere.
    store.open_session(&session(5, 200, 300)).await.unwrap();
    store
        .put_agent(&AgentRow {
            disabled: true,
            ..somsri.clone()
        })
        .await
        .unwrap();
    assert_eq!(
        store.session(&[5; 32], WallTime(200), HOUR).await.unwrap(),
        None
    );
    let refused = store.open_session(&session(6, 200, 300)).await.unwrap_err();
    assert_eq!(refused.code(), "no_such_agent");
}

pub(crate) async fn a_token_is_known_by_its_hash(world: World) {
    let store = &world.store;
    let mut token = ApiToken::new(
        "wallboard",
        vec!["calls:read".to_owned()],
        WallTime(MORNING),
    );
    let by = ChangedBy {
        who: "kringd".to_owned(),
        at: WallTime(MORNING),
    };
    store.add_token(&by, &[7; 32], &token).await.unwrap();
    token.made_by.clone_from(&by.who);
    let refused = store.add_token(&by, &[8; 32], &token).await.unwrap_err();
    assert_eq!(refused.code(), "taken");
    assert_eq!(
        store
            .token(&[7; 32], WallTime(MORNING))
            .await
            .unwrap()
            .as_ref(),
        Some(&token)
    );
    assert_eq!(
        store.token(&[8; 32], WallTime(MORNING)).await.unwrap(),
        None
    );
    assert_eq!(store.tokens().await.unwrap(), [token]);
    assert!(store.revoke_token(&by, "wallboard").await.unwrap());
    assert!(!store.revoke_token(&by, "wallboard").await.unwrap());
    assert_eq!(
        store.token(&[7; 32], WallTime(MORNING)).await.unwrap(),
        None
    );
}

pub(crate) async fn cases_are_listed_and_changed_by_version(world: World) {
    let mut recorder = world.boot().await;
    let store = &world.store;
    let mut cases = Vec::new();
    for n in 0..7 {
        let call = recorder.talked("0812345678", "somsri").await;
        let kind = [CaseKind::Complaint, CaseKind::Inquiry][n % 2];
        let write = ConfirmWrite {
            kind,
            ..record(call, ContactChoice::Nobody, "เรื่อง")
        };
        cases.push(confirmed(&mut recorder, write).await);
    }
    let all = CaseAccess::ALL;
    let list = async |filter: CaseFilter| store.cases(&all, &filter).await.unwrap();
    let rows = |page: &CasePage| -> Vec<CaseRow> {
        let shown = page.cases.iter();
        shown.map(|shown| shown.case.clone()).collect()
    };
    let page = list(CaseFilter {
        limit: 5,
        ..CaseFilter::default()
    })
    .await;
    assert_eq!((page.cases.len(), page.next), (5, Some(cases[2].id)));
    assert_eq!(page.cases[0].case, cases[6]);
    let rest = list(CaseFilter {
        after: page.next,
        ..CaseFilter::default()
    })
    .await;
    assert_eq!(
        (rows(&rest), rest.next),
        (vec![cases[1].clone(), cases[0].clone()], None)
    );
    let open = list(CaseFilter {
        status: Some(CaseStatus::Open),
        kind: Some(CaseKind::Complaint),
        ..CaseFilter::default()
    });
    assert_eq!(open.await.cases.len(), 4);
    let closed = list(CaseFilter {
        status: Some(CaseStatus::Closed),
        agent: Some(AgentId::new("somsri")),
        ..CaseFilter::default()
    });
    assert_eq!(closed.await.cases.len(), 3);

    let department = store.departments().await.unwrap()[2].id;
    let later = WallTime(MORNING + 9_000 * SECOND);
    let by = ChangedBy {
        who: "person somsri".to_owned(),
        at: later,
    };
    let terms = CaseTerms::default();
    let change = async |id, version, patch: &CasePatch| {
        store
            .change_case(&all, &by, &terms, (id, Some(version)), patch)
            .await
    };
    let patch = CasePatch {
        status: Some(CaseStatus::WaitingUnit),
        department: Some(department),
        due: Some(later),
        ..CasePatch::default()
    };
    let changed = change(cases[0].id, 1, &patch).await.unwrap();
    assert_eq!(
        (changed.version, changed.updated, changed.due),
        (2, later, Some(later))
    );
    assert_eq!(changed.subject, cases[0].subject);
    assert_eq!(store.case(cases[0].id).await.unwrap(), Some(changed));
    let of_unit = list(CaseFilter {
        department: Some(department),
        ..CaseFilter::default()
    });
    assert_eq!(of_unit.await.cases.len(), 1);
    let refused = change(cases[0].id, 1, &patch).await.unwrap_err();
    assert_eq!(refused.code(), "stale");
    let unknown = CasePatch {
        department: Some(DepartmentId::new(later)),
        ..CasePatch::default()
    };
    let refused = change(cases[0].id, 2, &unknown).await.unwrap_err();
    assert_eq!(refused.code(), "no_such_department");
    let stranger = kring_store::CaseId::new(later);
    let refused = change(stranger, 1, &patch).await.unwrap_err();
    assert_eq!(refused.code(), "no_such_case");
}
