//! What becomes of sources at work: gaps, other words, cases that they answer, files and documents.

use crate::{
    departments::root,
    knowledge::{article, asked, found, titles, today, unit},
    records::{confirmed, person, record},
    world::World,
};
use kring_store::{
    AttachedTo, FileRead, Gaps, ImportRefused, ImportRun, SourceFilter, SourceKind, StoreRefused,
    read_knowledge_csv, write_knowledge_csv,
};

pub(crate) async fn what_nobody_found_is_counted_once_for_each_question(world: World) {
    let store = &world.store;
    for (q, at) in [("ค่าปรับเเบบไหน", 1), ("ใบขับขี่", 2), (" ค่าปรับแบบไหน ", 3)]
    {
        store.note_gap(&root(at), q, None).await.unwrap();
    }
    let empty = store.note_gap(&root(4), "\u{200b} ", None).await;
    assert!(matches!(
        empty,
        Err(StoreRefused::Unacceptable { field: "q", .. })
    ));
    let open = store.gaps(Gaps::Open, 10).await.unwrap();
    let told: Vec<(&str, i64)> = open.iter().map(|gap| (gap.q.as_str(), gap.times)).collect();
    assert_eq!(told, [("ค่าปรับแบบไหน", 2), ("ใบขับขี่", 1)]);
    assert_eq!(
        (open[0].first_at, open[0].last_at),
        (root(1).at, root(3).at)
    );
    let source = store
        .add_source(&root(5), article("ค่าปรับ", ""))
        .await
        .unwrap();
    let gap = store
        .answer_gap(&root(6), open[0].id, Some(open[0].version), Some(source.id))
        .await
        .unwrap();
    assert_eq!(
        (gap.answered_by, gap.answered_at),
        (Some(source.id), Some(root(6).at))
    );
    let stale = store.answer_gap(&root(7), gap.id, Some(1), None).await;
    assert!(matches!(stale, Err(StoreRefused::Stale { .. })));
    assert_eq!(store.gaps(Gaps::Open, 10).await.unwrap().len(), 1);
    assert_eq!(store.gaps(Gaps::Answered, 10).await.unwrap().len(), 1);
    // Asked in vain again: the answer is none.
    store.note_gap(&root(8), "ค่าปรับแบบไหน", None).await.unwrap();
    assert_eq!(store.gaps(Gaps::Open, 10).await.unwrap()[0].times, 3);
}

pub(crate) async fn other_words_are_kept_and_used(world: World) {
    let store = &world.store;
    let shipped = store.synonyms().await.unwrap().len();
    store
        .add_source(&root(1), article("ผลไม้ตามฤดูกาล", ""))
        .await
        .unwrap();
    assert!(titles(store, &asked("ล้งทุเรียน")).await.is_empty());
    let words = |words: &[&str]| -> Vec<String> { words.iter().map(ToString::to_string).collect() };
    let group = words(&["ล้งทุเรียน", "ผลไม้", " ผลไม้ "]);
    let group = store.add_synonym(&root(2), &group).await.unwrap();
    assert_eq!(group.words, ["ล้งทุเรียน", "ผลไม้"]);
    assert_eq!(titles(store, &asked("ล้งทุเรียน")).await, ["ผลไม้ตามฤดูกาล"]);
    let alone = store.add_synonym(&root(3), &words(&["DBD", "dbd"])).await;
    assert!(matches!(
        alone,
        Err(StoreRefused::Unacceptable { field: "words", .. })
    ));
    let changed = words(&["ล้งมังคุด", "ผลไม้"]);
    let changed = store
        .change_synonym(&root(4), group.id, Some(1), &changed)
        .await
        .unwrap();
    assert_eq!(changed.version, 2);
    assert!(titles(store, &asked("ล้งทุเรียน")).await.is_empty());
    store
        .remove_synonym(&root(5), group.id, Some(2))
        .await
        .unwrap();
    assert_eq!(store.synonyms().await.unwrap().len(), shipped);
    let audit = store
        .audit(Some(&group.id.to_string()), None, 10)
        .await
        .unwrap();
    assert_eq!(audit.rows.len(), 3);
}

pub(crate) async fn a_case_names_what_answered_it(world: World) {
    let store = &world.store;
    let source = store
        .add_source(&root(1), article("ค่าปรับ", "หนึ่งร้อย"))
        .await
        .unwrap();
    let mut recorder = world.boot().await;
    let call = recorder.talked("0812345678", "somsri").await;
    let to_call = AttachedTo::Call(call);
    for _ in 0..2 {
        let attached = store
            .attach_source(&root(2), today(), to_call, source.id)
            .await
            .unwrap();
        assert_eq!(attached.len(), 1, "attached twice is attached once");
    }
    let case = confirmed(&mut recorder, record(call, person("สมชาย", "ใจดี"), "ค่าปรับ")).await;
    let to_case = AttachedTo::Case(case.id);
    let attached = store.attached_sources(to_case).await.unwrap();
    assert_eq!(
        (attached[0].source.title.as_str(), attached[0].version),
        ("ค่าปรับ", 1)
    );
    store.count_shown(source.id, today()).await.unwrap();
    let counted = store.source(source.id).await.unwrap().unwrap();
    assert_eq!(
        (counted.shown, counted.attached, counted.version),
        (1, 1, 1)
    );
    // What was removed is still what it was answered by.
    store
        .remove_source(&root(3), source.id, None)
        .await
        .unwrap();
    assert_eq!(store.attached_sources(to_case).await.unwrap().len(), 1);
    store
        .detach_source(&root(4), to_case, source.id)
        .await
        .unwrap();
    assert!(store.attached_sources(to_call).await.unwrap().is_empty());
    let again = store.detach_source(&root(5), to_case, source.id).await;
    assert!(matches!(again, Err(StoreRefused::NoSuchSource)));
}

pub(crate) async fn sources_go_out_as_a_file_and_come_back(world: World) {
    let store = &world.store;
    let file = "title,department,valid_until,status,body\n\
                ค่าปรับ,DIT,2569-12-31,draft,\"- หนึ่ง\n- สอง\"\n=HYPERLINK,,,,x\n";
    let rows = read_knowledge_csv(file.as_bytes()).unwrap();
    let dry = store
        .import_knowledge(&root(1), &rows, ImportRun::Dry)
        .await
        .unwrap();
    assert_eq!(dry.added.len(), 2);
    assert_eq!(store.all_sources().await.unwrap().len(), 18);
    store
        .import_knowledge(&root(1), &rows, ImportRun::Real)
        .await
        .unwrap();
    let again = store
        .import_knowledge(&root(2), &rows, ImportRun::Real)
        .await
        .unwrap();
    assert_eq!(
        (again.added.len(), again.changed.len(), again.left.len()),
        (0, 0, 2)
    );
    let all = store.all_sources().await.unwrap();
    let fine = all.iter().find(|source| source.title == "ค่าปรับ").unwrap();
    assert_eq!(
        (fine.department, fine.body.as_str()),
        (Some(unit("DIT")), "- หนึ่ง\n- สอง")
    );
    let directory = store.directory().await.unwrap();
    let exported = write_knowledge_csv(&all, directory.departments());
    let rows = read_knowledge_csv(exported.as_bytes()).unwrap();
    let same = store
        .import_knowledge(&root(3), &rows, ImportRun::Real)
        .await
        .unwrap();
    assert_eq!(
        (same.added.len(), same.changed.len(), same.left.len()),
        (0, 0, 20)
    );
    let wrong = "title,department,kind,address\nดี,,,\nหน่วย,NOBODY,,\nเว็บ,,website,file:///etc\nไฟล์,,document,\n";
    let rows = read_knowledge_csv(wrong.as_bytes()).unwrap();
    let refused = store
        .import_knowledge(&root(4), &rows, ImportRun::Real)
        .await;
    let Err(ImportRefused::Mistakes(mistakes)) = refused else {
        panic!("{refused:?}");
    };
    let told: Vec<(u64, &str)> = mistakes
        .iter()
        .map(|told| (told.row, told.column.as_str()))
        .collect();
    assert_eq!(told, [(3, "department"), (4, "address"), (5, "kind")]);
    assert_eq!(
        store.all_sources().await.unwrap().len(),
        20,
        "all or nothing"
    );
}

pub(crate) async fn a_document_keeps_what_was_read_last(world: World) {
    let store = &world.store;
    let read = |text: Result<&str, &str>, mtime: i64| FileRead {
        path: "/srv/คู่มือ/ชั่งตวงวัด.pdf".to_owned(),
        size: 10,
        mtime,
        hash: format!("{mtime}"),
        text: text.map(|text| (text.to_owned(), 3)).map_err(str::to_owned),
    };
    store
        .put_document(&root(1), "ชั่งตวงวัด", &read(Ok("มาตรวัดน้ำมัน\0"), 1))
        .await
        .unwrap();
    let hits = found(store, &asked("มาตรวัดน้ำมัน")).await.hits;
    let (id, address) = (hits[0].source.id, hits[0].source.address.as_str());
    assert_eq!(
        address, "ชั่งตวงวัด.pdf",
        "where it is on the disk is nobody's business"
    );
    let rename = |source: &mut kring_store::Source| {
        source.title = "คู่มือชั่งตวงวัด".to_owned();
        Ok(())
    };
    store
        .change_source(&root(2), id, None, rename)
        .await
        .unwrap();
    // The file changes, then cannot be read, then is gone.
    store
        .put_document(&root(3), "ชั่งตวงวัด", &read(Ok("เครื่องชั่งดิจิทัล"), 2))
        .await
        .unwrap();
    assert_eq!(titles(store, &asked("เครื่องชั่งดิจิทัล")).await[0], "คู่มือชั่งตวงวัด");
    store
        .put_document(&root(4), "ชั่งตวงวัด", &read(Err("is no PDF"), 3))
        .await
        .unwrap();
    store.mark_documents(true, &[id]).await.unwrap();
    let file = store.document_file(id).await.unwrap().unwrap();
    assert_eq!(
        (file.failed.as_deref(), file.missing, file.mtime),
        (Some("is no PDF"), true, 3)
    );
    let hits = found(store, &asked("เครื่องชั่งดิจิทัล")).await.hits;
    assert!(
        hits.iter()
            .any(|hit| hit.source.id == id && hit.source.missing)
    );
    // What an editor removes stays removed, though its file is still there.
    store.remove_source(&root(5), id, None).await.unwrap();
    store
        .put_document(&root(6), "ชั่งตวงวัด", &read(Ok("เครื่องชั่งดิจิทัล"), 4))
        .await
        .unwrap();
    assert_eq!(store.source(id).await.unwrap(), None);
    let documents = SourceFilter {
        kind: Some(SourceKind::Document),
        ..SourceFilter::default()
    };
    assert!(store.sources(&documents).await.unwrap().sources.is_empty());
}
