//! Phones that register, and where they are.

use crate::world::{MORNING, SECOND, World};
use kring_journal::WallTime;
use kring_store::{BindingRow, PhoneRow};

fn phone(user: &str) -> PhoneRow {
    PhoneRow {
        srtp: None,
        phone: user.to_owned(),
        realm: "kring".to_owned(),
        secrets: "MD5:0123456789abcdef0123456789abcdef".to_owned(),
        name: "โต๊ะ ๑ ศูนย์บริการ".to_owned(),
        disabled: false,
        created: WallTime(MORNING),
        symmetric: false,
    }
}

fn binding(user: &str, id: &str) -> BindingRow {
    BindingRow {
        phone: user.to_owned(),
        id: id.to_owned(),
        contact: format!("sip:{user}@10.0.0.9:5060"),
        instance: Some("\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\"".to_owned()),
        reg_id: Some(1),
        preference: 1_000,
        path: vec!["<sip:edge.example;lr>".to_owned()],
        transport: "udp".to_owned(),
        address: "198.51.100.4:40123".to_owned(),
        reach: None,
        call_id: "a84b4c76e66710".to_owned(),
        seq: 7,
        expires: WallTime(MORNING + 60 * SECOND),
        seen: WallTime(MORNING),
        user_agent: "Yealink SIP-T31P".to_owned(),
    }
}

pub(crate) async fn a_phone_is_stored_changed_and_removed(world: World) {
    let store = &world.store;
    store.put_phone(&phone("5022")).await.unwrap();
    store.put_phone(&phone("5021")).await.unwrap();
    assert_eq!(
        store.phones().await.unwrap(),
        [phone("5021"), phone("5022")]
    );
    let disabled = PhoneRow {
        srtp: Some("require".to_owned()),
        disabled: true,
        symmetric: true,
        created: WallTime(MORNING + SECOND),
        ..phone("5021")
    };
    store.put_phone(&disabled).await.unwrap();
    let kept = store.phone("5021").await.unwrap().unwrap();
    assert!(kept.disabled && kept.symmetric);
    assert_eq!(kept.srtp.as_deref(), Some("require"));
    assert_eq!(kept.created, WallTime(MORNING), "known since then");
    assert_eq!(store.phone("5099").await.unwrap(), None);

    store
        .keep_bindings(&[binding("5021", "2a")], &[])
        .await
        .unwrap();
    assert!(store.remove_phone("5021").await.unwrap());
    assert!(!store.remove_phone("5021").await.unwrap());
    assert!(store.bindings(WallTime(MORNING)).await.unwrap().is_empty());
}

pub(crate) async fn bindings_are_kept_until_they_end(world: World) {
    let store = &world.store;
    let bare = BindingRow {
        instance: None,
        reg_id: None,
        path: Vec::new(),
        reach: Some("10.0.0.9:5060".to_owned()),
        ..binding("5022", "4c")
    };
    let all = [binding("5021", "2a"), binding("5021", "2c"), bare.clone()];
    store.keep_bindings(&all, &[]).await.unwrap();
    let fresher = BindingRow {
        expires: WallTime(MORNING + 600 * SECOND),
        seen: WallTime(MORNING + SECOND),
        seq: 8,
        ..binding("5021", "2c")
    };
    let gone = [("5021".to_owned(), "2a".to_owned())];
    store
        .keep_bindings(std::slice::from_ref(&fresher), &gone)
        .await
        .unwrap();
    let now = WallTime(MORNING + 2 * SECOND);
    assert_eq!(store.bindings(now).await.unwrap(), [fresher.clone(), bare]);
    let later = WallTime(MORNING + 61 * SECOND);
    assert_eq!(
        store.bindings(later).await.unwrap(),
        std::slice::from_ref(&fresher)
    );
    assert_eq!(store.take_up_bindings(later).await.unwrap(), [fresher]);
}

/// The connections of one node lead nowhere from another.
pub(crate) async fn a_node_takes_up_its_own_bindings(world: World) {
    world
        .store
        .keep_bindings(&[binding("5021", "2a")], &[])
        .await
        .unwrap();
    let other = world.store_of("node-2").await;
    let now = WallTime(MORNING);
    assert!(other.take_up_bindings(now).await.unwrap().is_empty());
    assert_eq!(
        other.bindings(now).await.unwrap().len(),
        1,
        "but all are shown"
    );
    assert_eq!(world.store.take_up_bindings(now).await.unwrap().len(), 1);
}
