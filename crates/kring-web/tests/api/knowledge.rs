//! What agents look things up in, as the console and programs see it.

use crate::{
    directory_files::import_to,
    house::{House, Reply, request},
};
use axum::http::StatusCode;
use kring_store::{ChangedBy, FileRead, Role};
use kring_web::{DocumentFolders, LiveConfig, WebConfig};
use serde_json::{Value, json};

const SOURCES: &str = "/api/v1/knowledge/sources";

/// A house with an editor and an agent.
async fn house() -> (House, String, String) {
    let house = House::open().await;
    let (editor, agent) = people(&house).await;
    (house, editor, agent)
}

async fn people(house: &House) -> (String, String) {
    house.agent("editor", Role::KbEditor).await;
    let (_, agent) = house.signed_in("somsri").await;
    (house.cookie("editor").await, agent)
}

async fn search(house: &House, who: &str, query: &str) -> Reply {
    let encoded: String = query
        .bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    let path = format!("/api/v1/knowledge/search?{encoded}");
    house.get(&path, who).await
}

async fn patch(
    house: &House,
    path: &str,
    who: &str,
    body: Value,
    headers: &[(&str, &str)],
) -> Reply {
    house
        .send(request("PATCH", path, who, &body, headers))
        .await
}

/// What is found, by title.
fn titles(reply: &Reply) -> Vec<String> {
    let items = reply.json["items"].as_array().expect("a list");
    let title = |item: &Value| item["source"]["title"].as_str().unwrap().to_owned();
    items.iter().map(title).collect()
}

#[tokio::test]
async fn a_fresh_house_finds_something_at_once() {
    let (house, _, agent) = house().await;
    let found = search(&house, &agent, "q=จดทะเบียนพาณิชย์&kind=article").await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    let first = &found.json["items"][0];
    assert_eq!(first["source"]["department"], json!("DBD"));
    assert_eq!(
        first["source"].get("body"),
        None,
        "a list carries no bodies"
    );
    let pieces = first["snippet"].as_array().unwrap();
    let hit = pieces
        .iter()
        .find(|piece| piece["hit"] == json!(true))
        .unwrap();
    assert_eq!(hit["text"], json!("จดทะเบียนพาณิชย์"));
    let website = search(&house, &agent, "q=www.tpsa.moc.go.th").await;
    assert_eq!(
        website.json["items"][0]["source"]["url"],
        json!("https://www.tpsa.moc.go.th")
    );
    let none = search(&house, &agent, "q=ใบขับขี่").await;
    assert_eq!(
        (&none.json["total"], &none.json["items"]),
        (&json!(0), &json!([]))
    );
    let bad = search(&house, &agent, "q=x&kind=book").await;
    assert_eq!(bad.code(), "bad_filter");
    assert_eq!(
        search(&house, &agent, "q=x&cursor=y").await.code(),
        "bad_cursor"
    );
    assert_eq!(
        search(&house, &agent, "q=x&department=NOBODY").await.code(),
        "no_such_department"
    );
    assert_eq!(
        search(&house, "", "q=x").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn an_editor_writes_and_an_agent_reads() {
    let (house, editor, agent) = house().await;
    let body = json!({"title": "<script>ค่าปรับ</script>", "body": "# ล่าช้า\nวันละสิบบาท",
        "department": "dbd", "topics": ["ค่าปรับ", "ล่าช้า"], "status": "draft",
        "valid_until": "๒๕๖๙-๑๒-๓๑", "review_by": "2026-01-01"});
    let refused = house.post(SOURCES, &agent, body.clone()).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::FORBIDDEN, "forbidden")
    );
    let added = house.post(SOURCES, &editor, body).await;
    assert_eq!(
        (added.status, added.header("etag")),
        (StatusCode::CREATED, "\"1\"")
    );
    assert_eq!(
        added.json["title"],
        json!("<script>ค่าปรับ</script>"),
        "markup is text"
    );
    assert_eq!(added.json["valid_until"], json!("2026-12-31"));
    let path = format!("{SOURCES}/{}", added.json["id"].as_str().unwrap());
    // A draft is for editors.
    assert_eq!(house.get(&path, &agent).await.status, StatusCode::NOT_FOUND);
    assert!(titles(&search(&house, &agent, "q=ค่าปรับล่าช้า").await).is_empty());
    assert_eq!(
        titles(&search(&house, &editor, "q=ค่าปรับล่าช้า&all=true").await).len(),
        1
    );
    assert_eq!(
        search(&house, &agent, "q=x&all=true").await.status,
        StatusCode::FORBIDDEN
    );
    let publish = json!({"status": "published", "valid_until": null});
    let stale = patch(
        &house,
        &path,
        &editor,
        publish.clone(),
        &[("if-match", "\"7\"")],
    )
    .await;
    assert_eq!(
        (stale.status, &stale.json["version"]),
        (StatusCode::PRECONDITION_FAILED, &json!(1))
    );
    let changed = patch(&house, &path, &editor, publish, &[("if-match", "\"1\"")]).await;
    assert_eq!(
        (changed.status, changed.header("etag")),
        (StatusCode::OK, "\"2\""),
        "{}",
        changed.text
    );
    assert_eq!(changed.json["valid_until"], Value::Null);
    assert_eq!(
        house.get(&path, &agent).await.json["body"],
        json!("# ล่าช้า\nวันละสิบบาท")
    );
}

#[tokio::test]
async fn what_is_refused_changes_nothing_and_what_was_stays() {
    let (house, editor, agent) = house().await;
    let body = json!({"title": "ค่าปรับ", "status": "draft", "review_by": "2026-01-01"});
    let added = house.post(SOURCES, &editor, body).await;
    let path = format!("{SOURCES}/{}", added.json["id"].as_str().unwrap());
    let publish = json!({"status": "published"});
    patch(&house, &path, &editor, publish, &[]).await;
    let bad = patch(&house, &path, &editor, json!({"status": "old"}), &[]).await;
    assert_eq!(
        (bad.code(), &bad.json["field"]),
        ("bad_field", &json!("status"))
    );
    let bad = patch(
        &house,
        &path,
        &editor,
        json!({"department": "NOBODY", "title": "x"}),
        &[],
    )
    .await;
    assert_eq!(bad.code(), "no_such_department");
    assert_eq!(
        house.get(&path, &agent).await.json["version"],
        json!(2),
        "refused whole"
    );
    let versions = house.get(&format!("{path}/versions"), &editor).await;
    assert_eq!(
        versions.json["items"][0]["content"]["status"],
        json!("draft")
    );
    let due = house.get("/api/v1/knowledge/reviews", &editor).await;
    assert_eq!(due.json["items"][0]["review_due"], json!(true));
    let evil = json!({"kind": "website", "title": "x", "address": "javascript:alert(1)"});
    assert_eq!(
        house.post(SOURCES, &editor, evil).await.json["field"],
        json!("address")
    );
    assert_eq!(
        house.delete(&path, &editor).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(house.get(&path, &editor).await.code(), "no_such_source");
}

#[tokio::test]
async fn what_is_not_found_reaches_the_editors() {
    let (house, editor, agent) = house().await;
    let gaps = "/api/v1/knowledge/gaps";
    for q in ["ใบขับขี่", "ใบขับขี่ "] {
        let noted = house.post(gaps, &agent, json!({ "q": q })).await;
        assert_eq!(noted.status, StatusCode::CREATED);
    }
    assert_eq!(house.get(gaps, &agent).await.status, StatusCode::FORBIDDEN);
    let list = house.get(gaps, &editor).await;
    let gap = &list.json["items"][0];
    assert_eq!((&gap["q"], &gap["times"]), (&json!("ใบขับขี่"), &json!(2)));
    let source = house
        .post(SOURCES, &editor, json!({"title": "ใบขับขี่อยู่ที่กรมการขนส่ง"}))
        .await;
    let path = format!("{gaps}/{}", gap["id"].as_str().unwrap());
    let answer = json!({"answered_by": source.json["id"]});
    let answered = patch(&house, &path, &editor, answer, &[]).await;
    assert_eq!(answered.json["answered_by"], source.json["id"]);
    assert_eq!(house.get(gaps, &editor).await.json["items"], json!([]));
    let words = json!({"words": ["ใบขับขี่", "ใบอนุญาตขับรถ"]});
    let synonyms = "/api/v1/knowledge/synonyms";
    assert_eq!(
        house.post(synonyms, &agent, words.clone()).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        house.post(synonyms, &editor, words).await.status,
        StatusCode::CREATED
    );
    let found = search(&house, &agent, "q=ใบอนุญาตขับรถ").await;
    assert_eq!(titles(&found)[0], "ใบขับขี่อยู่ที่กรมการขนส่ง");
}

#[tokio::test]
async fn a_call_is_answered_by_what_is_attached_to_it() {
    let (house, editor, agent) = house().await;
    let somsri = kring_journal::AgentId::new("somsri");
    let call = house.call_taken(&somsri, "0812345678");
    house.written().await;
    let path = format!("/api/v1/calls/{call}/knowledge");
    let source = "00000000000000000000000206";
    let attached = house
        .post(&path, &agent, json!({"source_id": source}))
        .await;
    assert_eq!(attached.status, StatusCode::CREATED, "{}", attached.text);
    assert_eq!(attached.json["items"][0]["source"]["id"], json!(source));
    let (_, other) = house.signed_in("preecha").await;
    assert_eq!(house.get(&path, &other).await.code(), "not_yours");
    let none = house.post(&path, &agent, json!({"source_id": "x"})).await;
    assert_eq!(none.code(), "no_such_source");
    let read = house.get(&format!("{SOURCES}/{source}"), &editor).await;
    assert_eq!(read.json["attached"], json!(1));
    let gone = house.delete(&format!("{path}/{source}"), &agent).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let none = house.get("/api/v1/cases/x/knowledge", &agent).await;
    assert_eq!(none.code(), "no_such_case");
}

#[tokio::test]
async fn sources_are_taken_from_a_file_whole_or_not_at_all() {
    let (house, editor, agent) = house().await;
    let path = "/api/v1/knowledge/import";
    let file = "\u{feff}ชื่อเรื่อง,หน่วยงาน,เนื้อหา\nค่าปรับ,DBD,'=1+1\n";
    assert_eq!(
        import_to(&house, path, &agent, file).await.status,
        StatusCode::FORBIDDEN
    );
    let dry = import_to(&house, &format!("{path}?dry_run=true"), &editor, file).await;
    assert_eq!(
        dry.json,
        json!({"dry_run": true, "added": ["ค่าปรับ"], "changed": [], "left": []})
    );
    let done = import_to(&house, path, &editor, file).await;
    assert_eq!(done.json["added"], json!(["ค่าปรับ"]));
    let exported = house.get("/api/v1/knowledge/export", &editor).await;
    assert!(
        exported.text.contains("'=1+1"),
        "no spreadsheet calculates it"
    );
    let same = import_to(&house, path, &editor, &exported.text).await;
    assert_eq!(
        (&same.json["added"], &same.json["changed"]),
        (&json!([]), &json!([]))
    );
    let wrong = import_to(&house, path, &editor, "title,status\nดี,\nเสีย,gone\n").await;
    assert_eq!(
        (wrong.code(), &wrong.json["errors"][0]["row"]),
        ("bad_import", &json!(3))
    );
}

#[tokio::test]
async fn a_document_is_saved_and_never_shown() {
    let folders = DocumentFolders::default();
    let web = WebConfig {
        folders: folders.clone(),
        ..WebConfig::default()
    };
    let house = House::open_with(LiveConfig::default(), web).await;
    let (editor, agent) = people(&house).await;
    let shelf = house.folder().join("shelf");
    std::fs::create_dir(&shelf).unwrap();
    let by = ChangedBy {
        who: "kringd".to_owned(),
        at: house.clock.now().1,
    };
    let put = async |path: &std::path::Path| {
        let file = FileRead {
            path: path.display().to_string(),
            size: 1,
            mtime: 1,
            hash: String::new(),
            text: Ok(("มาตรวัดน้ำมัน".to_owned(), 0)),
        };
        house
            .store
            .put_document(&by, "มาตรวัด", &file)
            .await
            .unwrap();
        let files = house.get("/api/v1/knowledge/documents", &editor).await;
        let items = files.json["items"].as_array().unwrap();
        let one = items
            .iter()
            .find(|item| item["path"] == json!(file.path))
            .unwrap();
        format!("{SOURCES}/{}/file", one["source_id"].as_str().unwrap())
    };
    let page = shelf.join("มาตร วัด.html");
    std::fs::write(&page, "<script>alert(1)</script>").unwrap();
    let path = put(&page).await;
    assert_eq!(
        house.get(&path, &agent).await.code(),
        "no_file",
        "of no folder of ours"
    );
    folders.put(vec![shelf.clone()]);
    let file = house.get(&path, &agent).await;
    assert_eq!(
        (file.status, file.text.as_str()),
        (StatusCode::OK, "<script>alert(1)</script>")
    );
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert_eq!(file.header("content-type"), "application/octet-stream");
    let name = file.header("content-disposition");
    assert!(
        name.starts_with("attachment; filename*=UTF-8''%E0%B8%A1"),
        "{name}"
    );
    // A link out of the folder leads nowhere, and neither do dots.
    let secret = house.folder().join("secret.txt");
    std::fs::write(&secret, "secret").unwrap();
    let link = shelf.join("link.txt");
    std::os::unix::fs::symlink(&secret, &link).unwrap();
    assert_eq!(house.get(&put(&link).await, &agent).await.code(), "no_file");
    let dots = shelf.join("../secret.txt");
    assert_eq!(house.get(&put(&dots).await, &agent).await.code(), "no_file");
}
