//! People out of files, and into them.

use crate::{customers::create, same_person::by, world::World};
use kring_store::{ImportRun, ImportedContacts, NumberPlan, read_contacts_csv};

pub(crate) async fn people_are_imported_once(world: World) {
    let store = &world.store;
    let old = create(store, 1, "มาลี", "0812345678").await;
    let file = "ชื่อ-นามสกุล,เบอร์,หมายเหตุ\nนางมาลี,081-234-5678,พูดช้า\nนายสมชาย ใจดี,038-611-025; 0898765432,\nสมชาย ใจดี,0861112222; 038611025,\nร้านสมใจ,,\n";
    let told = read_contacts_csv(file.as_bytes(), &NumberPlan::default()).unwrap();
    let dry = store
        .import_contacts(&by(10), &told, ImportRun::Dry)
        .await
        .unwrap();
    let expected = ImportedContacts {
        added: 2,
        changed: 1,
        left: 0,
    };
    assert_eq!(dry, expected);
    assert!(store.search_contacts("สมชาย", 5).await.unwrap().is_empty());
    let done = store
        .import_contacts(&by(11), &told, ImportRun::Real)
        .await
        .unwrap();
    assert_eq!(done, expected);
    let known = store.contact(old.id).await.unwrap().unwrap();
    assert_eq!(
        (known.prefix.as_str(), known.notes.as_str(), known.version),
        ("นาง", "พูดช้า", 2)
    );
    let somchai = store.search_contacts("สมชาย ใจดี", 5).await.unwrap();
    assert_eq!(somchai.len(), 1, "two rows of one person");
    assert_eq!(store.numbers_of(somchai[0].id).await.unwrap().len(), 3);
    let again = store
        .import_contacts(&by(12), &told, ImportRun::Real)
        .await
        .unwrap();
    assert_eq!((again.added, again.changed), (0, 0), "{again:?}");

    // Out and in again: nobody is otherwise, and elsewhere everybody is the same.
    let mut export = store.export_contacts(&by(13)).await.unwrap();
    let mut file = String::new();
    while let Some(lines) = export.next().await.unwrap() {
        file.push_str(&lines);
    }
    let told = read_contacts_csv(file.as_bytes(), &NumberPlan::default()).unwrap();
    let again = store
        .import_contacts(&by(14), &told, ImportRun::Real)
        .await
        .unwrap();
    assert_eq!((again.added, again.changed, again.left), (0, 0, 3));
    world
        .sql("DELETE FROM contact_number; DELETE FROM contact_part; DELETE FROM contact")
        .await
        .unwrap();
    let elsewhere = store
        .import_contacts(&by(15), &told, ImportRun::Real)
        .await
        .unwrap();
    assert_eq!(elsewhere.added, 3);
    let back = store.contact(somchai[0].id).await.unwrap().unwrap();
    assert_eq!(
        (&back.given, &back.prefix),
        (&somchai[0].given, &somchai[0].prefix)
    );
    let actions = store.audit(Some("contacts"), None, 10).await.unwrap();
    assert_eq!(
        actions.rows.len(),
        3,
        "two that changed something, and the export"
    );
    let wrong = read_contacts_csv("given,language\nก,de\n".as_bytes(), &NumberPlan::default());
    assert_eq!(wrong.unwrap_err()[0].column, "language");
}
