//! Finding people by their names, in the order of Thai dictionaries.

use crate::{
    customers::create,
    world::{MORNING, SECOND, World},
};
use kring_journal::WallTime;
use kring_store::{Contact, ContactPatch, ContactSearch, NewContact, Store};

async fn named(store: &Store, second: i64, given: &str, family: &str) -> Contact {
    let contact = NewContact {
        given: given.to_owned(),
        family: family.to_owned(),
        ..NewContact::default()
    };
    let now = WallTime(MORNING + second * SECOND);
    store.create_contact(now, &contact, None).await.unwrap()
}

async fn found(store: &Store, text: &str) -> Vec<String> {
    let contacts = store.search_contacts(text, 50).await.unwrap();
    let name = |contact: Contact| format!("{} {}", contact.given, contact.family);
    contacts.into_iter().map(name).collect()
}

pub(crate) async fn names_are_found_in_any_spelling(world: World) {
    for (n, given) in ["แม่น้ำ", "ร้าน ๗๗ การค้า", "Smith_50%", "Smithers"]
        .iter()
        .enumerate()
    {
        create(&world.store, n as i64, given, "0812345678").await;
    }
    for (wanted, found) in [
        ("เเม่", 1),
        ("น\u{e4d}\u{e49}า", 1),
        ("77", 1),
        ("การค้า", 1),
        ("SMITH", 2),
        ("th_5", 1),
        ("50%", 1),
        ("_50", 1),
        ("%", 1),
        ("_", 1),
        ("\\", 0),
        ("ไม่มี", 0),
        ("", 0),
    ] {
        let contacts = world.store.search_contacts(wanted, 10).await.unwrap();
        assert_eq!(contacts.len(), found, "{wanted}");
    }
    assert_eq!(
        world.store.search_contacts("smith", 1).await.unwrap().len(),
        1
    );
}

pub(crate) async fn people_are_found_by_any_part_of_their_name(world: World) {
    let store = &world.store;
    for (n, (given, family)) in [
        ("สมชาย", "ใจดี"),
        ("นายสมชาย", "ดีงาม"),
        ("เอก", "สมใจ"),
        ("แก้ว", "ใจสม"),
        ("บริษัท สยามสมบูรณ์ จำกัด", ""),
    ]
    .into_iter()
    .enumerate()
    {
        named(store, n as i64, given, family).await;
    }
    for (wanted, names) in [
        ("มชา", vec!["สมชาย ใจดี", "นายสมชาย ดีงาม"]),
        ("ชาย ใจ", vec!["สมชาย ใจดี"]),
        ("ใจดี สมชาย", vec!["สมชาย ใจดี"]),
        ("นางสาวสมชาย", vec!["สมชาย ใจดี", "นายสมชาย ดีงาม"]),
        ("นาย", vec![]),
        // One and two characters begin a word.
        (
            "ส",
            vec![
                "บริษัท สยามสมบูรณ์ จำกัด ",
                "สมชาย ใจดี",
                "นายสมชาย ดีงาม",
                "เอก สมใจ",
            ],
        ),
        ("สม", vec!["สมชาย ใจดี", "นายสมชาย ดีงาม", "เอก สมใจ"]),
        ("สมบ", vec!["บริษัท สยามสมบูรณ์ จำกัด "]),
        ("จำกัด", vec![]),
        ("ไม่มีใคร", vec![]),
    ] {
        let mut got = found(store, wanted).await;
        let mut expected = names;
        if expected.len() > 3 {
            got.sort();
            expected.sort_unstable();
        }
        assert_eq!(got, expected, "{wanted}");
    }
    // Another name is found, the old one no more.
    let contact = store.search_contacts("แก้ว", 2).await.unwrap().remove(0);
    let patch = ContactPatch {
        given: Some("เก๋".to_owned()),
        ..ContactPatch::default()
    };
    store.patch_contact(contact.id, 1, &patch).await.unwrap();
    assert_eq!(found(store, "แก้ว").await, Vec::<String>::new());
    assert_eq!(found(store, "เก๋").await, ["เก๋ ใจสม"]);
    assert_eq!(found(store, "ใจสม").await, ["เก๋ ใจสม"]);
}

pub(crate) async fn people_are_listed_in_thai_order_page_by_page(world: World) {
    let store = &world.store;
    let sorted = [
        "กมล",
        "แก้ว",
        "ขวัญ",
        "เชิด",
        "ปา",
        "ป่า",
        "มานะ",
        "เมตตา",
        "เอก",
    ];
    for (n, given) in sorted.iter().rev().enumerate() {
        named(store, n as i64, given, "รักไทย").await;
    }
    for text in ["", "รักไทย", "ักไ", "รั"] {
        let mut names = Vec::new();
        let mut search = ContactSearch {
            text: text.to_owned(),
            after: None,
            limit: 2,
        };
        loop {
            let page = store.find_contacts(&search).await.unwrap();
            names.extend(page.contacts.into_iter().map(|contact| contact.given));
            let Some(next) = page.next else { break };
            // A program hands it back as text.
            search.after = Some(next.to_string().parse().unwrap());
        }
        assert_eq!(names, sorted, "{text:?}");
    }
    for odd in ["", "x", "00", "zz.01KB0000000000000000000000", "0.x", "é.x"] {
        assert!(odd.parse::<kring_store::ContactCursor>().is_err(), "{odd}");
    }
}

pub(crate) async fn people_who_were_there_before_are_made_findable(world: World) {
    named(&world.store, 1, "สมชาย", "ใจดี").await;
    world
        .sql("DELETE FROM contact_part; UPDATE contact SET found_by = 0, search_key = ''")
        .await
        .unwrap();
    assert!(found(&world.store, "สมชาย").await.is_empty());
    let again = world.store_of("node-1").await;
    assert_eq!(found(&again, "สมชาย").await, ["สมชาย ใจดี"]);
}
