//! Accounts, sessions and the audit: who may do what, and that nobody can make it undone.

use crate::world::{MORNING, SECOND, World};
use kring_journal::{AgentId, WallTime};
use kring_store::{
    Account, AgentRow, ApiToken, AuditFilter, BrakeRow, ChangedBy, NewSession, Role, Sessions,
    SignedFrom, Store,
};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn at(second: i64) -> WallTime {
    WallTime(MORNING + second * SECOND)
}

fn by(who: &str, second: i64) -> ChangedBy {
    ChangedBy {
        who: who.to_owned(),
        at: at(second),
    }
}

fn account(login: &str, role: Role) -> Account {
    let agent = AgentRow {
        login: AgentId::new(login),
        name: format!("คุณ{login}"),
        role,
        password_hash: Some(format!("$argon2id$of-{login}")),
        devices: Vec::new(),
        auto_answer: false,
        queues: Vec::new(),
        disabled: false,
        department: None,
        skills: Vec::new(),
        record: false,
    };
    Account::new(agent, at(0))
}

async fn with(store: &Store, login: &str, role: Role) -> AgentId {
    let account = account(login, role);
    store
        .add_account(&by("kringd", -60), &account)
        .await
        .unwrap();
    account.agent.login
}

fn session(login: &AgentId, token: u8, second: i64) -> NewSession {
    NewSession {
        token: [token; 32],
        agent: login.clone(),
        created: at(second),
        expires: at(second + 12 * 3_600),
        from: SignedFrom {
            address: "10.0.0.7".to_owned(),
            user_agent: "Firefox, Windows".to_owned(),
            way: "password".to_owned(),
            sources: vec!["address 10.0.0.7".to_owned(), "device a1".to_owned()],
        },
    }
}

async fn actions(store: &Store, subject: &str) -> Vec<String> {
    let page = store.audit(Some(subject), None, 0).await.unwrap();
    page.rows.into_iter().rev().map(|row| row.action).collect()
}

pub(crate) async fn the_audit_only_grows(world: World) {
    let store = &world.store;
    with(store, "somsri", Role::Agent).await;
    let before = store.audit(None, None, 0).await.unwrap();
    assert_eq!(before.rows.len(), 1);
    for sql in [
        "UPDATE audit SET who = 'nobody'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE action = 'user.add'",
    ] {
        let refused = world.sql(sql).await.unwrap_err().to_string();
        assert!(refused.contains("the audit only grows"), "{sql}: {refused}");
    }
    let instead = if world.is_sqlite() {
        "INSERT OR REPLACE INTO audit SELECT id, at, 'nobody', action, subject, NULL, NULL FROM audit"
    } else {
        "TRUNCATE audit"
    };
    let refused = world.sql(instead).await.unwrap_err().to_string();
    assert!(refused.contains("the audit only grows"), "{refused}");
    assert_eq!(store.audit(None, None, 0).await.unwrap(), before);
}

pub(crate) async fn an_account_is_changed_with_its_line_in_the_audit(world: World) {
    let store = &world.store;
    let somsri = with(store, "somsri", Role::Agent).await;
    let (again, later) = (account("somsri", Role::Admin), by("kringd", 1));
    let twice = store.add_account(&later, &again).await;
    assert_eq!(twice.unwrap_err().code(), "taken");

    let who = by("person malee", 2);
    let change = async |second, change: fn(&mut Account)| {
        let by = by("person malee", second);
        let changed = store.change_account(&by, &somsri, |account| {
            change(account);
            Ok(())
        });
        changed.await.unwrap()
    };
    let renamed = change(2, |account| account.agent.name = "สมศรี มีสุข".to_owned());
    assert_eq!(renamed.await.agent.name, "สมศรี มีสุข");
    change(3, |_| ()).await;
    let password = change(4, |account| {
        account.agent.password_hash = Some("$argon2id$another".to_owned());
        account.must_change = true;
    });
    assert!(password.await.must_change);
    change(5, |account| account.agent.disabled = true).await;
    assert_eq!(
        actions(store, "somsri").await,
        ["user.add", "user.change", "user.password", "user.disable"]
    );
    let lines = store.audit(Some("somsri"), None, 0).await.unwrap().rows;
    assert!(lines.iter().all(|row| {
        let texts = [&row.old_value, &row.new_value];
        !texts
            .into_iter()
            .flatten()
            .any(|text| text.contains("argon2"))
    }));
    let change = &lines[2];
    assert_eq!(change.who, "person malee");
    assert!(change.old_value.as_deref().unwrap().contains("คุณsomsri"));
    assert!(change.new_value.as_deref().unwrap().contains("สมศรี มีสุข"));
    let nobody = AgentId::new("nobody");
    let refused = store.change_account(&who, &nobody, |_| Ok(())).await;
    assert_eq!(refused.unwrap_err().code(), "no_such_agent");
}

pub(crate) async fn the_last_administrator_stays(world: World) {
    let store = &world.store;
    let malee = with(store, "malee", Role::Admin).await;
    let who = by("person malee", 1);
    let demote = |account: &mut Account| {
        account.agent.role = Role::Agent;
        Ok(())
    };
    let refused = store
        .change_account(&who, &malee, demote)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "last_administrator");
    // Who can only come by the identity provider is no help when that is down.
    let mut wichai = account("wichai", Role::Admin);
    wichai.agent.password_hash = None;
    wichai.oidc_subject = Some("https://id.example 7".to_owned());
    store.add_account(&who, &wichai).await.unwrap();
    let found = store.account_of_subject("https://id.example 7").await;
    assert_eq!(found.unwrap(), Some(wichai));
    for change in [
        (|account: &mut Account| account.agent.disabled = true) as fn(&mut Account),
        |account| account.agent.role = Role::Supervisor,
        |account| account.agent.password_hash = None,
    ] {
        let refused = store.change_account(&who, &malee, |account| {
            change(account);
            Ok(())
        });
        assert_eq!(refused.await.unwrap_err().code(), "last_administrator");
    }
    with(store, "prasit", Role::Admin).await;
    store.change_account(&who, &malee, demote).await.unwrap();
    let prasit = AgentId::new("prasit");
    let both = tokio::join!(
        store.change_account(&who, &malee, |_| Ok(())),
        store.change_account(&who, &prasit, demote),
    );
    assert_eq!(both.1.unwrap_err().code(), "last_administrator");
}

pub(crate) async fn sessions_are_listed_used_and_ended(world: World) {
    let store = &world.store;
    let somsri = with(store, "somsri", Role::Supervisor).await;
    store.open_session(&session(&somsri, 1, 0)).await.unwrap();
    store.open_session(&session(&somsri, 2, 60)).await.unwrap();
    let listed = store.sessions_of(&somsri, at(61), HOUR).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(
        (listed[0].name.as_str(), listed[0].created),
        ("0202020202020202", at(60))
    );
    assert_eq!(listed[0].from.user_agent, "Firefox, Windows");
    let account = store.account(&somsri).await.unwrap().unwrap();
    assert_eq!(account.last_sign_in, Some(at(60)));

    // What is not used ends by itself; a sign of life keeps it.
    assert!(
        store
            .session_is_used("0101010101010101", at(3_000))
            .await
            .unwrap()
    );
    assert!(
        !store
            .session_is_used("0303030303030303", at(3_000))
            .await
            .unwrap()
    );
    assert_eq!(
        store.session(&[2; 32], at(3_700), HOUR).await.unwrap(),
        None
    );
    let used = store.session(&[1; 32], at(3_700), HOUR).await.unwrap();
    assert_eq!(used.unwrap().seen, at(3_000));
    let end = at(12 * 3_600);
    assert!(
        !store
            .session_is_used("0101010101010101", end)
            .await
            .unwrap()
    );

    let end = async |who: &str, which| {
        let by = by(who, 70);
        store.end_sessions(&by, &somsri, which).await.unwrap()
    };
    let one = Sessions::Named("0101010101010101");
    assert_eq!(end("person somsri", one).await, 1);
    assert_eq!(store.session(&[1; 32], at(61), HOUR).await.unwrap(), None);
    assert_eq!(end("person malee", Sessions::All).await, 1);
    assert_eq!(end("person malee", Sessions::All).await, 0);
    assert_eq!(
        actions(store, "somsri").await,
        [
            "user.add",
            "session.begin",
            "session.begin",
            "session.end",
            "session.end"
        ]
    );
}

pub(crate) async fn a_change_of_role_or_password_signs_out(world: World) {
    let store = &world.store;
    let somsri = with(store, "somsri", Role::Agent).await;
    let changes: [(fn(&mut Account), bool); 4] = [
        (|account| account.agent.name = "สมศรี".to_owned(), true),
        (|account| account.agent.role = Role::Supervisor, false),
        (
            |account| account.agent.password_hash = Some("$argon2id$new".to_owned()),
            false,
        ),
        (|account| account.agent.disabled = true, false),
    ];
    for (n, (change, stays)) in changes.into_iter().enumerate() {
        let session = session(&somsri, n as u8, n as i64);
        store.open_session(&session).await.unwrap();
        let by = by("kringd", 10);
        let changed = store.change_account(&by, &somsri, |account| {
            change(account);
            Ok(())
        });
        changed.await.unwrap();
        let found = store.session(&session.token, at(11), HOUR).await.unwrap();
        assert_eq!(found.is_some(), stays, "change {n}");
    }
    // A seed that says the same leaves people where they are, and one that says otherwise does not.
    let mut row = account("wichai", Role::Agent).agent;
    store.put_agent(&row).await.unwrap();
    let wichai = session(&row.login, 9, 20);
    store.open_session(&wichai).await.unwrap();
    row.name = "วิชัย".to_owned();
    store.put_agent(&row).await.unwrap();
    assert!(
        store
            .session(&wichai.token, at(21), HOUR)
            .await
            .unwrap()
            .is_some()
    );
    row.role = Role::Admin;
    store.put_agent(&row).await.unwrap();
    assert!(
        store
            .session(&wichai.token, at(21), HOUR)
            .await
            .unwrap()
            .is_none()
    );
}

pub(crate) async fn where_people_sign_in_is_remembered(world: World) {
    let store = &world.store;
    let somsri = with(store, "somsri", Role::Agent).await;
    let sources = ("address 10.0.0.7", "device b2");
    let known = store.known_sources(&somsri, sources, at(-1)).await.unwrap();
    assert!(known.is_empty());
    store.open_session(&session(&somsri, 1, 0)).await.unwrap();
    let known = store.known_sources(&somsri, sources, at(-1)).await.unwrap();
    assert_eq!(known, ["address 10.0.0.7"]);
    assert!(
        store
            .known_sources(&somsri, sources, at(0))
            .await
            .unwrap()
            .is_empty(),
        "too old"
    );
    for n in 0..30 {
        let mut session = session(&somsri, 2, 100 + n);
        session.token[0] = n as u8;
        session.from.sources = vec![format!("address 192.0.2.{n}")];
        store.open_session(&session).await.unwrap();
    }
    let gone = store.known_sources(&somsri, sources, at(-1)).await.unwrap();
    assert!(gone.is_empty(), "the oldest is forgotten: {gone:?}");
    let newest = ("address 192.0.2.29", "address 192.0.2.10");
    assert_eq!(
        store
            .known_sources(&somsri, newest, at(-1))
            .await
            .unwrap()
            .len(),
        2
    );
}

pub(crate) async fn a_brake_survives_a_restart(world: World) {
    let brake = |login: &str, failures, second| BrakeRow {
        login: login.to_owned(),
        failures,
        last: at(second),
    };
    let store = &world.store;
    store
        .keep_sign_in_brake(&brake("somsri", 20, 5), at(-90))
        .await
        .unwrap();
    store
        .keep_sign_in_brake(&brake("somsri", 21, 9), at(-90))
        .await
        .unwrap();
    let again = world.store_of("node-1").await;
    assert_eq!(
        again.sign_in_brakes(at(0)).await.unwrap(),
        [brake("somsri", 21, 9)]
    );
    again
        .keep_sign_in_brake(&brake("wichai", 6, 100), at(10))
        .await
        .unwrap();
    assert_eq!(
        again.sign_in_brakes(at(-90)).await.unwrap(),
        [brake("wichai", 6, 100)]
    );
}

pub(crate) async fn the_audit_is_asked_by_who_what_and_when(world: World) {
    let store = &world.store;
    for (who, action, subject, second) in [
        ("person malee", "trunk.change", "pbx-1", 1),
        ("program malee", "session.refused", "somsri", 2),
        ("person wichai", "session.locked", "somsri", 3),
        ("person wichai", "sessions.odd", "100%_'--", 4),
    ] {
        let by = by(who, second);
        let noted = store.note_act(&by, action, subject, &subject).await;
        noted.unwrap();
    }
    let asked = async |filter: AuditFilter| {
        let page = store.audit_of(&filter, None, 0).await.unwrap();
        page.rows
            .into_iter()
            .map(|row| row.at.0 - MORNING)
            .map(|us| us / SECOND)
            .collect::<Vec<_>>()
    };
    let text = |text: &str| Some(text.to_owned());
    let all = AuditFilter::default;
    assert_eq!(
        asked(AuditFilter {
            who: text("malee"),
            ..all()
        })
        .await,
        [2, 1]
    );
    assert_eq!(
        asked(AuditFilter {
            who: text("person malee"),
            ..all()
        })
        .await,
        [1]
    );
    assert_eq!(
        asked(AuditFilter {
            action: text("session"),
            ..all()
        })
        .await,
        [3, 2]
    );
    assert_eq!(
        asked(AuditFilter {
            action: text("session.locked"),
            ..all()
        })
        .await,
        [3]
    );
    assert_eq!(
        asked(AuditFilter {
            action: text("%"),
            ..all()
        })
        .await,
        [0; 0]
    );
    assert_eq!(
        asked(AuditFilter {
            subject: text("100%_'--"),
            ..all()
        })
        .await,
        [4]
    );
    let between = AuditFilter {
        from: Some(at(2)),
        to: Some(at(4)),
        ..all()
    };
    assert_eq!(asked(between).await, [3, 2]);
}

pub(crate) async fn a_token_ends_in_time_and_says_when_it_was_used(world: World) {
    let store = &world.store;
    let mut token = ApiToken::new("crm", vec!["calls:read".to_owned()], at(0));
    token.expires = Some(at(100));
    store
        .add_token(&by("person malee", 0), &[1; 32], &token)
        .await
        .unwrap();
    let found = store.token(&[1; 32], at(99)).await.unwrap().unwrap();
    assert_eq!(
        (found.made_by.as_str(), found.last_used),
        ("person malee", None)
    );
    assert_eq!(store.token(&[1; 32], at(100)).await.unwrap(), None);
    store.token_was_used("crm", at(50)).await.unwrap();
    assert_eq!(store.tokens().await.unwrap()[0].last_used, Some(at(50)));
    assert!(store.revoke_token(&by("kringd", 60), "crm").await.unwrap());
    assert!(!store.revoke_token(&by("kringd", 60), "crm").await.unwrap());
    assert_eq!(actions(store, "crm").await, ["token.add", "token.remove"]);
    let lines = store.audit(Some("crm"), None, 0).await.unwrap().rows;
    let hash = "01".repeat(32);
    assert!(!format!("{lines:?}").contains(&hash));
}

/// Two nodes, and many who try at the same moment: one of them has the first account, and the others have none.
pub(crate) async fn there_is_one_first_account(world: World) {
    assert!(world.store.has_no_account().await.unwrap());
    let other = world.store_of("kring-2").await;
    let tries = (0..8).map(|n| {
        let store = if n % 2 == 0 { &world.store } else { &other };
        let account = account(&format!("boss-{n}"), Role::Admin);
        async move {
            let by = by("/setup", n);
            store.add_first_account(&by, &account).await.unwrap()
        }
    });
    let first = futures_util::future::join_all(tries).await;
    assert_eq!(first.iter().filter(|first| **first).count(), 1, "{first:?}");
    assert_eq!(world.store.accounts().await.unwrap().len(), 1);
    assert!(!other.has_no_account().await.unwrap());
    let page = world.store.audit(None, None, 10).await.unwrap();
    assert_eq!(page.rows.len(), 1, "who was not first leaves no line");
    other.close().await;
}

/// A phone is somebody's device until the account says otherwise, and the audit holds no secret.
pub(crate) async fn a_phone_is_changed_with_its_line_in_the_audit(world: World) {
    let store = &world.store;
    let phone = kring_store::PhoneRow {
        srtp: None,
        phone: "5021".to_owned(),
        realm: "kring".to_owned(),
        secrets: "MD5:0123456789abcdef0123456789abcdef".to_owned(),
        name: "โต๊ะ ๑".to_owned(),
        disabled: false,
        created: at(0),
        symmetric: false,
    };
    store.add_phone(&by("boss", 1), &phone).await.unwrap();
    let twice = store.add_phone(&by("boss", 2), &phone).await;
    assert_eq!(twice.unwrap_err().code(), "taken");
    let later = by("boss", 3);
    let changed = store.change_phone(&later, "5021", |row| row.disabled = true);
    assert!(changed.await.unwrap().unwrap().disabled);
    let same = store.change_phone(&later, "5021", |row| row.disabled = true);
    assert!(same.await.unwrap().is_some());
    let nobody = store.change_phone(&later, "5022", |row| row.disabled = true);
    assert!(nobody.await.unwrap().is_none());

    let mut owner = account("somsri", Role::Agent);
    owner.agent.devices = vec!["phone:5021".to_owned()];
    store.add_account(&by("boss", 6), &owner).await.unwrap();
    let refused = store.take_phone_away(&by("boss", 7), "5021").await;
    assert_eq!(refused.unwrap_err().code(), "in_use");
    let later = by("boss", 8);
    let given_back = store.change_account(&later, &owner.agent.login, |account| {
        account.agent.devices = vec!["phone:50211".to_owned()];
        Ok(())
    });
    given_back.await.unwrap();
    assert!(store.take_phone_away(&by("boss", 9), "5021").await.unwrap());
    assert!(
        !store
            .take_phone_away(&by("boss", 10), "5021")
            .await
            .unwrap()
    );

    let page = store.audit(Some("5021"), None, 10).await.unwrap();
    let actions: Vec<&str> = page
        .rows
        .iter()
        .rev()
        .map(|row| row.action.as_str())
        .collect();
    assert_eq!(actions, ["phone.add", "phone.change", "phone.remove"]);
    assert!(!format!("{:?}", page.rows).contains("MD5:"));
}
