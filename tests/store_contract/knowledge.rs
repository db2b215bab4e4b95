//! What agents look things up in: found by the table, changed by version, in memory as it is on the disk.

use crate::{
    departments::root,
    knowledge_crowd::crowd,
    knowledge_table::{ARTICLES, FINDS, FINDS_NOTHING},
    world::World,
};
use kring_store::{
    DepartmentId, ImportRun, KnowledgeFound, KnowledgeQuestion, Readers, Source, SourceFilter,
    SourceId, SourceKind, SourceStatus, Store, StoreRefused, Validity,
};
use kring_time::Day;
use std::collections::HashMap;

/// The units of the manual in its order, as their short names.
const UNITS: [&str; 9] = [
    "MOC", "DFT", "DIT", "DTN", "DIP", "DBD", "DITP", "TPSO", "PWO",
];

pub(crate) fn today() -> Day {
    "2026-11-29".parse().expect("a day")
}

fn shipped(first: usize, unit: usize) -> SourceId {
    format!("{:026}", first + unit + 1).parse().expect("an id")
}

pub(crate) fn unit(short: &str) -> DepartmentId {
    let place = UNITS.iter().position(|unit| *unit == short);
    let id = format!("{:026}", place.expect("a unit of the manual") + 1);
    id.parse().expect("an id")
}

pub(crate) fn asked(q: &str) -> KnowledgeQuestion {
    KnowledgeQuestion {
        q: q.to_owned(),
        department: None,
        own_unit: None,
        kind: None,
        readers: Readers::All,
        today: today(),
        skip: 0,
        limit: 10,
    }
}

pub(crate) async fn found(store: &Store, question: &KnowledgeQuestion) -> KnowledgeFound {
    store.search_knowledge(question).await.expect("a search")
}

pub(crate) async fn titles(store: &Store, question: &KnowledgeQuestion) -> Vec<String> {
    let hits = found(store, question).await.hits.into_iter();
    hits.map(|hit| hit.source.title).collect()
}

pub(crate) fn article(title: &str, body: &str) -> Source {
    let by = root(1);
    let new = Source::named(SourceId::new(by.at), SourceKind::Article, title, by.at);
    Source {
        body: body.to_owned(),
        ..new
    }
}

pub(crate) async fn a_fresh_database_answers_from_the_manual(world: World) {
    let store = &world.store;
    let of_kind = |kind| SourceFilter {
        kind: Some(kind),
        ..SourceFilter::default()
    };
    let websites = store.sources(&of_kind(SourceKind::Website)).await.unwrap();
    let mut addresses: Vec<&str> = websites
        .sources
        .iter()
        .map(|source| source.address.as_str())
        .collect();
    addresses.sort_unstable();
    assert_eq!(
        addresses,
        [
            "www.dbd.go.th",
            "www.dft.go.th",
            "www.dit.go.th",
            "www.ditp.go.th",
            "www.dtn.go.th",
            "www.ipthailand.go.th",
            "www.moc.go.th",
            "www.pwo.go.th",
            "www.tpsa.moc.go.th",
        ]
    );
    let articles = store.sources(&of_kind(SourceKind::Article)).await.unwrap();
    assert_eq!(articles.sources.len(), UNITS.len());
    let hits = found(store, &asked("เครื่องหมายการค้า")).await.hits;
    assert_eq!(hits[0].source.department, Some(unit("DIP")));
    assert!(
        hits[0].snippet.iter().any(|piece| piece.hit),
        "{:?}",
        hits[0].snippet
    );
    // What an editor takes away stays away.
    let id = shipped(200, 4);
    store.remove_source(&root(1), id, None).await.unwrap();
    assert_eq!(
        world.store_of("node-2").await.source(id).await.unwrap(),
        None
    );
    let hits = found(store, &asked("เครื่องหมายการค้า")).await.hits;
    assert!(hits.iter().all(|hit| hit.source.id != id));
}

pub(crate) async fn every_question_of_the_table_is_answered(world: World) {
    let store = &world.store;
    let mut names: HashMap<SourceId, String> = HashMap::new();
    for (n, short) in UNITS.iter().enumerate() {
        names.insert(shipped(100, n), format!("WEB:{short}"));
        names.insert(shipped(200, n), format!("UNIT:{short}"));
    }
    for (name, title, topics, body) in ARTICLES {
        let source = Source {
            topics: topics.to_owned(),
            ..article(title, body)
        };
        let source = store.add_source(&root(1), source).await.unwrap();
        names.insert(source.id, name.to_owned());
    }
    let mut wrong = Vec::new();
    for (q, wanted) in FINDS {
        let hits = found(store, &asked(q)).await.hits;
        let hits: Vec<&str> = hits
            .iter()
            .map(|hit| names[&hit.source.id].as_str())
            .collect();
        if !hits.iter().take(3).any(|name| *name == wanted) {
            wrong.push(format!("{q}: {wanted} is not in {hits:?}"));
        }
    }
    for q in FINDS_NOTHING {
        let found = titles(store, &asked(q)).await;
        if !found.is_empty() {
            wrong.push(format!("{q}: nothing should be found, but {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

pub(crate) async fn a_source_is_changed_by_version(world: World) {
    let store = &world.store;
    let added = article("  <b>ค่าธรรมเนียม</b> ", "# เดิม\nห้าสิบบาท");
    let added = store.add_source(&root(1), added).await.unwrap();
    assert_eq!(added.title, "<b>ค่าธรรมเนียม</b>", "markup is text");
    let change = |body: &'static str| {
        move |source: &mut Source| {
            source.body = body.to_owned();
            Ok(())
        }
    };
    let changed = store
        .change_source(&root(2), added.id, Some(1), change("ร้อยบาท"))
        .await
        .unwrap();
    assert_eq!((changed.version, changed.updated), (2, root(2).at));
    let stale = store
        .change_source(&root(3), added.id, Some(1), change("ฟรี"))
        .await;
    assert!(matches!(stale, Err(StoreRefused::Stale { current: 2 })));
    let same = store
        .change_source(&root(3), added.id, None, change("ร้อยบาท"))
        .await
        .unwrap();
    assert_eq!(same.version, 2, "what changes nothing is no change");
    let before = store.source_versions(added.id).await.unwrap();
    assert_eq!(
        (before.len(), before[0].version, before[0].at),
        (1, 1, root(1).at)
    );
    assert!(before[0].content.contains("ห้าสิบบาท"));
    assert_eq!(store.source(added.id).await.unwrap(), Some(changed));
    store
        .remove_source(&root(4), added.id, Some(2))
        .await
        .unwrap();
    let gone = store.remove_source(&root(5), added.id, None).await;
    assert!(matches!(gone, Err(StoreRefused::NoSuchSource)));
    let audit = store
        .audit(Some(&added.id.to_string()), None, 10)
        .await
        .unwrap();
    let deeds: Vec<&str> = audit.rows.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(
        deeds,
        ["knowledge.remove", "knowledge.change", "knowledge.add"]
    );
    assert!(
        !audit.rows[1].new_value.as_ref().unwrap().contains("บาท"),
        "bodies are in the versions"
    );
}

pub(crate) async fn what_no_source_can_be_is_refused(world: World) {
    let store = &world.store;
    let refused = async |field: &str, change: fn(&mut Source)| {
        let mut source = article("หนึ่ง", "");
        change(&mut source);
        match store.add_source(&root(1), source).await {
            Err(StoreRefused::Unacceptable { field: found, .. }) => assert_eq!(found, field),
            other => panic!("{field}: {other:?}"),
        }
    };
    refused("title", |source| source.title = " \n".to_owned()).await;
    refused("title", |source| source.title = "ก".repeat(501)).await;
    refused("body", |source| source.body = "ก".repeat(100_001)).await;
    refused("body", |source| source.body = "a\0b".to_owned()).await;
    refused("address", |source| {
        source.address = "www.moc.go.th".to_owned()
    })
    .await;
    refused("address", |source| {
        source.kind = SourceKind::Website;
        source.address = "javascript:alert(1)".to_owned();
    })
    .await;
    refused("language", |source| source.language = "de".to_owned()).await;
    refused("valid_until", |source| {
        source.valid_from = Some(today());
        source.valid_until = "2026-11-28".parse().ok();
    })
    .await;
    let nobodys = Source {
        department: Some(DepartmentId::new(root(1).at)),
        ..article("หนึ่ง", "")
    };
    let nobodys = store.add_source(&root(1), nobodys).await;
    assert!(matches!(nobodys, Err(StoreRefused::NoSuchDepartment)));
}

pub(crate) async fn what_holds_comes_before_what_does_not(world: World) {
    let store = &world.store;
    let add = async |title: &str, change: fn(&mut Source)| {
        let mut source = article(title, "มาตรการลดค่าครองชีพ");
        change(&mut source);
        store.add_source(&root(1), source).await.unwrap()
    };
    add("ค่าครองชีพ", |s| {
        s.valid_until = "2026-11-28".parse().ok()
    })
    .await;
    add(
        "ลดค่าครองชีพปีหน้า",
        |s| s.valid_from = "2570-01-01".parse().ok(),
    )
    .await;
    add(
        "โครงการลดค่าครองชีพของกรมการค้าภายใน",
        |s| {
            s.department = Some(unit("DIT"));
            s.valid_until = Some(today());
        },
    )
    .await;
    add("ร่างค่าครองชีพ", |s| {
        s.status = SourceStatus::Draft
    })
    .await;
    add("ข่าวเรื่องลดค่าครองชีพของหน่วยงานอื่น", |_| {}).await;
    let question = asked("ค่าครองชีพ");
    let hits = found(store, &question).await.hits;
    let told: Vec<Validity> = hits.iter().map(|hit| hit.validity).collect();
    use Validity::{Expired, NotYet, Valid};
    assert_eq!(told[..2], [Valid, Valid]);
    assert!(told.contains(&Expired) && told.contains(&NotYet) && told.len() == 4);
    let editors = KnowledgeQuestion {
        readers: Readers::Editors,
        ..question.clone()
    };
    assert!(
        titles(store, &editors)
            .await
            .contains(&"ร่างค่าครองชีพ".to_owned())
    );
    let of_unit = KnowledgeQuestion {
        department: Some(unit("DIT")),
        ..question.clone()
    };
    assert_eq!(found(store, &of_unit).await.all, 1);
    let own = KnowledgeQuestion {
        own_unit: Some(unit("DIT")),
        ..question.clone()
    };
    assert!(titles(store, &own).await[0].starts_with("โครงการ"));
    let second = KnowledgeQuestion {
        skip: 1,
        limit: 1,
        ..question
    };
    let page = found(store, &second).await;
    assert_eq!((page.hits.len(), page.all), (1, 4));
    let due = SourceFilter {
        due: Some(today()),
        ..SourceFilter::default()
    };
    assert!(store.sources(&due).await.unwrap().sources.is_empty());
    add("ทบทวนแล้ว", |s| {
        s.review_by = "2026-11-01".parse().ok()
    })
    .await;
    add("ทบทวนก่อน", |s| {
        s.review_by = "2026-10-01".parse().ok()
    })
    .await;
    let due = store.sources(&due).await.unwrap().sources;
    let due: Vec<&str> = due.iter().map(|source| source.title.as_str()).collect();
    assert_eq!(due, ["ทบทวนก่อน", "ทบทวนแล้ว"]);
}

pub(crate) async fn a_change_is_found_at_once_by_every_process(world: World) {
    let (store, other) = (&world.store, world.store_of("node-2").await);
    let (prepared, bytes) = other.prepare_knowledge().await.unwrap();
    assert!(prepared == 18 && bytes > 1_000);
    let question = asked("ผ้าไหมแพรวา");
    assert!(titles(&other, &question).await.is_empty());
    let source = article("ตลาดผ้าไหมแพรวา", "");
    let source = store.add_source(&root(1), source).await.unwrap();
    assert_eq!(titles(&other, &question).await, ["ตลาดผ้าไหมแพรวา"]);
    let rename = |source: &mut Source| {
        source.title = "ตลาดผ้าฝ้าย".to_owned();
        Ok(())
    };
    store
        .change_source(&root(2), source.id, None, rename)
        .await
        .unwrap();
    assert!(titles(&other, &question).await.is_empty());
    assert_eq!(titles(&other, &asked("ผ้าฝ้าย")).await, ["ตลาดผ้าฝ้าย"]);
    store
        .remove_source(&root(3), source.id, None)
        .await
        .unwrap();
    assert!(titles(&other, &asked("ผ้าฝ้าย")).await.is_empty());
}

/// A tenth of what a national centre has; `knowledge_figures` measures the whole.
pub(crate) async fn the_table_is_answered_in_a_crowd(world: World) {
    let store = &world.store;
    let rows = kring_store::read_knowledge_csv(crowd(2_000).as_bytes()).unwrap();
    let done = store
        .import_knowledge(&root(1), &rows, ImportRun::Real)
        .await
        .unwrap();
    assert_eq!(done.added.len(), 2_000);
    let mut titles: HashMap<&str, &str> = HashMap::new();
    for (name, title, topics, body) in ARTICLES {
        let source = Source {
            topics: topics.to_owned(),
            ..article(title, body)
        };
        store.add_source(&root(1), source).await.unwrap();
        titles.insert(name, title);
    }
    let mut wrong = Vec::new();
    for (q, wanted) in FINDS
        .iter()
        .filter(|(_, wanted)| titles.contains_key(wanted))
    {
        let found = self::titles(store, &asked(q)).await;
        if !found.iter().take(3).any(|title| title == titles[wanted]) {
            wrong.push(format!("{q}: {wanted} is not in {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
