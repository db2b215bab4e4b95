//! People out of files, and into them.

use crate::{customers::create, same_person::by, world::World};
use kring_journal::AgentId;
use kring_store::{
    AgentRow, ImportRefused, ImportRun, ImportedContacts, NumberPlan, Role, read_agents_csv,
    read_contacts_csv, write_agents_csv,
};

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

pub(crate) async fn people_who_sign_in_are_imported_all_or_nothing(world: World) {
    let store = &world.store;
    let boss = AgentRow {
        login: AgentId::new("boss"),
        name: "หัวหน้า".to_owned(),
        role: Role::Admin,
        password_hash: Some("$argon2id$".to_owned()),
        devices: Vec::new(),
        auto_answer: false,
        queues: Vec::new(),
        skills: Vec::new(),
        disabled: false,
        department: None,
        record: false,
    };
    store.put_agent(&boss).await.unwrap();
    let import = async |file: &str, run| {
        let told = read_agents_csv(file.as_bytes()).unwrap();
        store.import_agents(&by(20), &told, run).await
    };
    let file = "login,ชื่อ,role,queues,skills\nsomsri,สมศรี ใจดี,agent,support; tax,tax:3\nboss,ผู้จัดการ,admin,,\n";
    let dry = import(file, ImportRun::Dry).await.unwrap();
    assert_eq!((dry.added.len(), dry.changed.len()), (1, 1));
    assert_eq!(store.agents().await.unwrap().len(), 1);
    import(file, ImportRun::Real).await.unwrap();
    let again = import(file, ImportRun::Real).await.unwrap();
    assert_eq!(again.left, ["somsri", "boss"]);
    let somsri = store.agent(&AgentId::new("somsri")).await.unwrap().unwrap();
    assert_eq!((somsri.name.as_str(), somsri.queues.len()), ("สมศรี ใจดี", 2));
    assert_eq!(somsri.password_hash, None);
    let stored = store.agent(&boss.login).await.unwrap().unwrap();
    assert_eq!(stored.password_hash, boss.password_hash, "it stays");

    // The last administrator stays one, and then nothing of the file is done.
    let wrong = "login,role,name\nmalee,agent,มาลี\nboss,agent,ใคร\n";
    let Err(ImportRefused::Mistakes(mistakes)) = import(wrong, ImportRun::Real).await else {
        panic!("nobody would be left to administer");
    };
    assert_eq!((mistakes[0].row, mistakes[0].column.as_str()), (3, "role"));
    assert_eq!(store.agent(&AgentId::new("malee")).await.unwrap(), None);
    let agents = store.agents().await.unwrap();
    let told = read_agents_csv(write_agents_csv(&agents).as_bytes()).unwrap();
    let back = store
        .import_agents(&by(30), &told, ImportRun::Real)
        .await
        .unwrap();
    assert_eq!(back.left.len(), 2, "{back:?}");
}
