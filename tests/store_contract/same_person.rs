//! Two persons who are one, one who are two, and numbers that are somebody else's.

use crate::{
    customers::{create, number},
    records::{confirmed, person, record},
    world::{MORNING, SECOND, World},
};
use kring_journal::WallTime;
use kring_store::{ChangedBy, ContactChoice, ContactId, ContactPatch, NumberLink};

pub(crate) fn by(second: i64) -> ChangedBy {
    ChangedBy {
        who: "person somsri".to_owned(),
        at: WallTime(MORNING + second * SECOND),
    }
}

pub(crate) async fn merging_moves_numbers_and_cases(world: World) {
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    let one = confirmed(&mut recorder, record(call, person("สมชาย", ""), "หนึ่ง")).await;
    let call = recorder.talked("038611025", "somsri").await;
    let two = confirmed(&mut recorder, record(call, person("สมชาย", "ใจดี"), "สอง")).await;
    let third = create(&world.store, 9, "สมชัย", "038611025").await;
    let (from, into) = (one.contact.unwrap(), two.contact.unwrap());
    let merged = world
        .store
        .merge_contacts(&by(20), from, into)
        .await
        .unwrap();
    assert_eq!(merged.id, into);
    assert_eq!(
        world.store.contact(from).await.unwrap(),
        Some(merged.clone())
    );
    let card = world.store.caller_card("+66812345678", 3).await.unwrap();
    assert_eq!((card.contact, card.history.len()), (Some(merged), 2));
    assert!(
        world
            .store
            .search_contacts("สมชาย", 10)
            .await
            .unwrap()
            .iter()
            .all(|found| found.id == into)
    );
    // On over a sign-post, to a person who shares a number.
    world
        .store
        .merge_contacts(&by(21), from, third.id)
        .await
        .unwrap();
    for id in [from, into, third.id] {
        assert_eq!(world.store.contact(id).await.unwrap().unwrap().id, third.id);
    }
    assert_eq!(world.store.numbers_of(third.id).await.unwrap().len(), 2);
    let refused = world
        .store
        .merge_contacts(&by(23), from, third.id)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "unacceptable");
    let nobody = ContactId::new(WallTime(1));
    let refused = world
        .store
        .merge_contacts(&by(22), nobody, third.id)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "no_such_contact");
}

pub(crate) async fn a_merge_is_taken_back_with_all_that_it_moved(world: World) {
    let store = &world.store;
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    let one = confirmed(&mut recorder, record(call, person("สมชาย", ""), "ของหนึ่ง")).await;
    let call = recorder.talked("038611025", "somsri").await;
    let two = confirmed(
        &mut recorder,
        record(call, person("สมชาย", "ใจดี"), "ของสอง"),
    )
    .await;
    let (from, into) = (one.contact.unwrap(), two.contact.unwrap());
    // Both have the number of the house.
    for id in [from, into] {
        store
            .add_number(&by(500), id, &number("038999888"))
            .await
            .unwrap();
    }
    store.merge_contacts(&by(600), from, into).await.unwrap();
    let merged = store.merged_into(into).await.unwrap();
    assert_eq!((merged.len(), merged[0].contact.id), (1, from));
    assert_eq!(merged[0].who, "person somsri");
    assert_eq!(store.numbers_of(into).await.unwrap().len(), 3);

    // What comes later is the survivor's.
    recorder.later(1_000 * SECOND);
    let call = recorder.talked("0898765432", "somsri").await;
    let known = ContactChoice::Known {
        contact: from,
        patch: ContactPatch::default(),
    };
    let later = confirmed(&mut recorder, record(call, known, "หลังรวม")).await;
    assert_eq!(later.contact, Some(into), "the sign-post leads there");

    let back = store.unmerge_contact(&by(3_000), from).await.unwrap();
    assert_eq!(
        (back.id, back.given.as_str(), back.family.as_str()),
        (from, "สมชาย", "")
    );
    let numbers = async |id| -> Vec<String> {
        let mut numbers = store.numbers_of(id).await.unwrap();
        numbers.sort();
        numbers.into_iter().map(|(number, _)| number).collect()
    };
    assert_eq!(numbers(from).await, ["+6638999888", "+66812345678"]);
    assert_eq!(
        numbers(into).await,
        ["+6638611025", "+6638999888", "+66898765432"]
    );
    let subjects = async |id| -> Vec<String> {
        let history = store.history_of(id, 9).await.unwrap();
        history.into_iter().map(|item| item.subject).collect()
    };
    assert_eq!(subjects(from).await, ["ของหนึ่ง"]);
    assert_eq!(subjects(into).await, ["หลังรวม", "ของสอง"]);
    assert!(store.merged_into(into).await.unwrap().is_empty());
    for id in [from, into] {
        let refused = store.unmerge_contact(&by(3_001), id).await.unwrap_err();
        assert_eq!(refused.code(), "not_merged");
    }
    let audit = store
        .audit(Some(&into.to_string()), None, 10)
        .await
        .unwrap();
    let actions: Vec<&str> = audit.rows.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(
        actions,
        ["contact.unmerge", "contact.merge", "contact.number.add"]
    );
    let told = format!("{:?}", audit.rows);
    assert!(
        !told.contains("38999888") && !told.contains("สมชาย"),
        "{told}"
    );
}

pub(crate) async fn merges_upon_merges_are_taken_back_in_any_order(world: World) {
    let store = &world.store;
    for first in [0, 1] {
        let base = 100 * i64::from(first);
        let a = create(store, base, "ก", &format!("081234500{first}"))
            .await
            .id;
        let b = create(store, base + 1, "ข", &format!("081234510{first}"))
            .await
            .id;
        let c = create(store, base + 2, "ค", &format!("081234520{first}"))
            .await
            .id;
        store.merge_contacts(&by(base + 3), a, b).await.unwrap();
        store.merge_contacts(&by(base + 4), b, c).await.unwrap();
        assert_eq!(store.numbers_of(c).await.unwrap().len(), 3);
        let order = if first == 0 { [a, b] } else { [b, a] };
        store
            .unmerge_contact(&by(base + 5), order[0])
            .await
            .unwrap();
        let between = store.contact(order[1]).await.unwrap().unwrap().id;
        assert_eq!(between, if first == 0 { c } else { b });
        store
            .unmerge_contact(&by(base + 6), order[1])
            .await
            .unwrap();
        for id in [a, b, c] {
            assert_eq!(store.contact(id).await.unwrap().unwrap().id, id);
            assert_eq!(store.numbers_of(id).await.unwrap().len(), 1, "{first}");
        }
    }
    // The survivor's own id takes back what came last.
    let a = create(store, 300, "ง", "0812345300").await.id;
    let b = create(store, 301, "จ", "0812345301").await.id;
    store.merge_contacts(&by(302), a, b).await.unwrap();
    assert_eq!(store.unmerge_contact(&by(303), b).await.unwrap().id, a);
}

pub(crate) async fn a_number_is_taken_from_a_person_and_given_back(world: World) {
    let store = &world.store;
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    let case = confirmed(&mut recorder, record(call, person("สมชาย", ""), "ถาม")).await;
    let id = case.contact.unwrap();
    let other = create(store, 1, "สมหญิง", "0812345678").await;
    let call = recorder.talked("0812345678", "somsri").await;
    let done = store
        .unlink_number(&by(900), id, &NumberLink::Call(call))
        .await
        .unwrap();
    assert_eq!(done.number, "+66812345678");
    let card = store.caller_card("+66812345678", 3).await.unwrap();
    assert_eq!(
        card.contact.map(|contact| contact.id),
        Some(other.id),
        "one is left"
    );
    assert_eq!(
        store.history_of(id, 3).await.unwrap().len(),
        1,
        "cases stay"
    );
    let again = store
        .unlink_number(&by(901), id, &NumberLink::Call(call))
        .await;
    assert_eq!(again.unwrap_err().code(), "no_such_number");
    for second in [902, 903] {
        store.relink_number(&by(second), id, done.id).await.unwrap();
    }
    let card = store.caller_card("+66812345678", 3).await.unwrap();
    let order: Vec<ContactId> = card.candidates.iter().map(|contact| contact.id).collect();
    assert_eq!(order, [id, other.id], "it is as recent as it was");
    let refused = store
        .relink_number(&by(904), other.id, done.id)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "no_such_number");
    let short = store
        .add_number(&by(905), id, &number("1203"))
        .await
        .unwrap_err();
    assert_eq!(short.code(), "unacceptable");
}

pub(crate) async fn persons_who_may_be_one_are_told(world: World) {
    let store = &world.store;
    let one = create(store, 1, "น้ำ", "0812345678").await;
    let spelt = create(store, 2, "น\u{e4d}\u{e49}า", "0898765432").await;
    let house = create(store, 3, "ฟ้า", "0812345678").await;
    create(store, 4, "นำ", "0861112222").await;
    let same: Vec<ContactId> = store
        .duplicates_of(one.id)
        .await
        .unwrap()
        .into_iter()
        .map(|contact| contact.id)
        .collect();
    assert_eq!(same, [house.id, spelt.id]);
    store
        .merge_contacts(&by(10), spelt.id, one.id)
        .await
        .unwrap();
    assert_eq!(store.duplicates_of(one.id).await.unwrap().len(), 1);
    let nobody = store.duplicates_of(ContactId::new(WallTime(1))).await;
    assert_eq!(nobody.unwrap_err().code(), "no_such_contact");
}
