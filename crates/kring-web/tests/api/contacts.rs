//! Persons by REST: found, taken for one, taken apart, imported.

use crate::house::{House, Reply, request};
use axum::{body::Body, http::StatusCode};
use kring_store::Role;
use serde_json::{Value, json};

async fn person(house: &House, cookie: &str, name: &str, number: &str) -> String {
    let body = json!({"name": name, "number": number});
    let made = house.post("/api/v1/contacts", cookie, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json);
    made.json["id"].as_str().unwrap().to_owned()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn names(house: &House, cookie: &str, q: &str) -> Vec<String> {
    let path = format!("/api/v1/contacts?q={}", encoded(q));
    let found = house.get(&path, cookie).await;
    let given = |item: &Value| item["given"].as_str().unwrap().to_owned();
    found.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(given)
        .collect()
}

async fn admin(house: &House) -> String {
    house.agent("boss", Role::Admin).await;
    house.cookie("boss").await
}

async fn import(house: &House, cookie: &str, how: &str, file: &str) -> Reply {
    let path = format!("/api/v1/contacts/import{how}");
    let headers = [("content-type", "text/csv")];
    let mut request = request("POST", &path, cookie, &json!({}), &headers);
    request
        .headers_mut()
        .insert("content-type", "text/csv".parse().unwrap());
    *request.body_mut() = Body::from(file.to_owned());
    house.send(request).await
}

#[tokio::test]
async fn a_name_typed_into_one_box_is_found_by_its_parts_and_its_number() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    person(&house, &cookie, "นางสาวมาลี ใจดี", "081-234-5678").await;
    person(&house, &cookie, "บริษัท มาลีพาณิชย์ จำกัด", "038-611-025").await;
    let made = house
        .get("/api/v1/contacts/lookup?number=0812345678", &cookie)
        .await;
    let contact = &made.json["contact"];
    assert_eq!(
        (&contact["prefix"], &contact["given"], &contact["family"]),
        (&json!("นางสาว"), &json!("มาลี"), &json!("ใจดี"))
    );
    assert_eq!(names(&house, &cookie, "มาลี").await, ["มาลี", "มาลีพาณิชย์"]);
    assert_eq!(names(&house, &cookie, "ลีพา").await, ["มาลีพาณิชย์"]);
    assert_eq!(names(&house, &cookie, "ใจ").await, ["มาลี"]);
    for number in [
        "0812345678",
        "๐๘๑ ๒๓๔ ๕๖๗๘",
        "+66812345678",
        "โทร 081-234-5678",
    ] {
        assert_eq!(names(&house, &cookie, number).await, ["มาลี"], "{number}");
    }
    for part in ["1234", "8123", "081234567", "2345678"] {
        assert!(
            names(&house, &cookie, part).await.is_empty(),
            "{part}: never by a part of it"
        );
    }
    let both = json!({"name": "นายก ข", "given": "ก"});
    let refused = house.post("/api/v1/contacts", &cookie, both).await;
    assert_eq!(
        (refused.code(), &refused.json["field"]),
        ("bad_field", &json!("name"))
    );
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    for given in ["เอก", "แก้ว", "ขวัญ", "กมล", "มานะ"] {
        house
            .post("/api/v1/contacts", &cookie, json!({"given": given}))
            .await;
    }
    let (mut path, mut seen) = ("/api/v1/contacts?limit=2".to_owned(), Vec::new());
    loop {
        let page = house.get(&path, &cookie).await;
        for item in page.json["items"].as_array().unwrap() {
            seen.push(item["given"].as_str().unwrap().to_owned());
        }
        let Some(next) = page.json["next"].as_str() else {
            break;
        };
        path = format!("/api/v1/contacts?limit=2&cursor={next}");
    }
    assert_eq!(seen, ["กมล", "แก้ว", "ขวัญ", "มานะ", "เอก"]);
    let bad = house
        .get("/api/v1/contacts?cursor=elsewhere", &cookie)
        .await;
    assert_eq!(bad.code(), "bad_cursor");
}

#[tokio::test]
async fn two_who_are_one_are_merged_and_taken_apart() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let one = person(&house, &cookie, "นายสมชาย ใจดี", "0812345678").await;
    let two = person(&house, &cookie, "สมชาย ใจดี", "0898765432").await;
    let path = format!("/api/v1/contacts/{one}/duplicates");
    let same = house.get(&path, &cookie).await;
    assert_eq!(same.json["items"][0]["id"], json!(two));

    let path = format!("/api/v1/contacts/{one}");
    let merged = house
        .post(&format!("{path}/merge"), &cookie, json!({"into": two}))
        .await;
    assert_eq!(merged.status, StatusCode::OK);
    assert_eq!(merged.json["numbers"].as_array().unwrap().len(), 2);
    assert_eq!(merged.json["merged"][0]["contact"]["id"], json!(one));
    assert_eq!(
        house.get(&path, &cookie).await.json["id"],
        json!(two),
        "a sign-post"
    );
    let again = house
        .post(&format!("{path}/merge"), &cookie, json!({"into": two}))
        .await;
    assert_eq!(again.code(), "bad_field");

    let apart = house
        .post(&format!("{path}/unmerge"), &cookie, json!({}))
        .await;
    assert_eq!(
        (
            &apart.json["id"],
            apart.json["numbers"].as_array().unwrap().len()
        ),
        (&json!(one), 1)
    );
    let again = house
        .post(&format!("{path}/unmerge"), &cookie, json!({}))
        .await;
    assert_eq!(
        (again.status, again.code()),
        (StatusCode::CONFLICT, "not_merged")
    );
    let neither = house
        .post(&format!("{path}/merge"), &cookie, json!({}))
        .await;
    assert_eq!(neither.code(), "bad_field");
    let from = house
        .post(&format!("{path}/merge"), &cookie, json!({"from": two}))
        .await;
    assert_eq!(from.json["id"], json!(one));
}

#[tokio::test]
async fn a_number_of_somebody_else_is_taken_away_and_given_back() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let one = person(&house, &cookie, "มาลี", "0812345678").await;
    let two = person(&house, &cookie, "มานะ", "0812345678").await;
    let path = format!("/api/v1/contacts/{one}");
    let not = json!({"number": "+66 81 234 5678"});
    let done = house
        .post(&format!("{path}/not-this-person"), &cookie, not.clone())
        .await;
    assert_eq!(done.json["contact"]["id"], json!(two), "{}", done.json);
    let again = house
        .post(&format!("{path}/not-this-person"), &cookie, not)
        .await;
    assert_eq!(
        (again.status, again.code()),
        (StatusCode::NOT_FOUND, "no_such_number")
    );
    let undo = json!({"undo": done.json["undo"]});
    let back = house
        .post(&format!("{path}/this-person"), &cookie, undo)
        .await;
    assert_eq!(back.json["numbers"][0]["display"], "081-234-5678");
    let odd = house
        .post(&format!("{path}/not-this-person"), &cookie, json!({}))
        .await;
    assert_eq!(odd.code(), "bad_field");

    let more = json!({"number": "๐๓๘-๖๑๑-๐๒๕"});
    let more = house.post(&format!("{path}/numbers"), &cookie, more).await;
    assert_eq!(more.json["numbers"].as_array().unwrap().len(), 2);
    let short = house
        .post(
            &format!("{path}/numbers"),
            &cookie,
            json!({"number": "1203"}),
        )
        .await;
    assert_eq!(
        (short.code(), &short.json["field"]),
        ("bad_field", &json!("number"))
    );
    let gone = house
        .delete(&format!("{path}/numbers?number=038611025"), &cookie)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let gone = house
        .delete(&format!("{path}/numbers?number=038611025"), &cookie)
        .await;
    assert_eq!(gone.code(), "no_such_number");
}

#[tokio::test]
async fn people_come_out_of_a_file_and_go_into_one() {
    let house = House::open().await;
    let (_, agent) = house.signed_in("somsri").await;
    let cookie = admin(&house).await;
    let file = "name,numbers,notes\n\"นางมาลี ใจดี\",081-234-5678,\"'=1+1\"\nบริษัท สยาม จำกัด,038-611-025,<b>x</b>\n";
    assert_eq!(import(&house, &agent, "", file).await.code(), "forbidden");
    let dry = import(&house, &cookie, "?dry_run=true", file).await;
    assert_eq!(
        (&dry.json["added"], &dry.json["dry_run"]),
        (&json!(2), &json!(true))
    );
    assert!(names(&house, &agent, "มาลี").await.is_empty());
    let done = import(&house, &cookie, "", file).await;
    assert_eq!(
        (&done.json["added"], &done.json["changed"]),
        (&json!(2), &json!(0))
    );
    let again = import(&house, &cookie, "", file).await;
    assert_eq!(
        (&again.json["added"], &again.json["left"]),
        (&json!(0), &json!(2))
    );
    let wrong = import(&house, &cookie, "", "name,numbers\nก,1203\nข,0812345679\n").await;
    assert_eq!(
        (wrong.status, wrong.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "bad_import")
    );
    assert_eq!(
        (
            &wrong.json["errors"][0]["row"],
            &wrong.json["errors"][0]["column"]
        ),
        (&json!(2), &json!("numbers"))
    );
    assert!(
        names(&house, &agent, "ข").await.is_empty(),
        "all or nothing"
    );

    let file = house.get_bytes("/api/v1/contacts/export", &cookie).await;
    let file = String::from_utf8(file).unwrap();
    assert!(file.starts_with("\u{feff}id,prefix,given"), "{file}");
    assert!(
        file.contains("'=1+1") && file.contains("<b>x</b>") && file.contains("บริษัท … จำกัด"),
        "{file}"
    );
    let again = import(&house, &cookie, "", &file).await;
    assert_eq!(again.json["left"], 2, "{}", again.json);
    let refused = house.get("/api/v1/contacts/export", &agent).await;
    assert_eq!(refused.code(), "forbidden");
    let audit = house.get("/api/v1/audit?subject=contacts", &cookie).await;
    assert_eq!(audit.json["items"][0]["action"], "contact.export");
}
