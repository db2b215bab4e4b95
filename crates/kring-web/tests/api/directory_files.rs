//! The directory out of a file, and as a file.

use crate::{
    departments::{UNITS, house},
    house::{House, Reply},
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

/// Sends a file.
pub(crate) async fn import(house: &House, who: &str, query: &str, body: &str) -> Reply {
    import_to(house, &format!("{UNITS}/import{query}"), who, body).await
}

/// Sends a file there.
pub(crate) async fn import_to(house: &House, path: &str, who: &str, body: &str) -> Reply {
    let request = Request::post(path)
        .header("cookie", who)
        .header("content-type", "text/csv; charset=utf-8");
    let body = Body::from(body.to_owned());
    house.send(request.body(body).unwrap()).await
}

#[tokio::test]
async fn a_file_is_taken_whole_or_not_at_all() {
    let (house, root) = house().await;
    let file = "\u{feff}ชื่อย่อ,ชื่อหน่วยงาน,หมายเลข,จำนวนครั้ง\n\
                RYG,พาณิชย์จังหวัดระยอง,๒๑๐๔,๔\nRYG,,2105,\nDFT,กรมการค้าต่างประเทศ,2101,3\n";
    let dry = import(&house, &root, "?dry_run=true", file).await;
    let told = json!({"dry_run": true, "added": ["RYG"], "changed": ["DFT"], "left": []});
    assert_eq!(dry.json, told);
    assert_eq!(
        house.get(&format!("{UNITS}/RYG"), &root).await.status,
        StatusCode::NOT_FOUND
    );
    let done = import(&house, &root, "", file).await;
    assert_eq!(done.json["added"], json!(["RYG"]));
    let again = import(&house, &root, "", file).await;
    assert_eq!(again.json["left"], json!(["RYG", "DFT"]));
    let desks = house
        .get(&format!("{UNITS}/RYG/endpoints"), &root)
        .await
        .json;
    assert_eq!(
        (&desks["items"][0]["rings"], &desks["items"][1]["rings"]),
        (&json!(4), &json!(3))
    );
    let wrong = "short,name_th,extension,rings\nCHN,จันทบุรี,3101,12\nCHN,ตราด,ต่อ,2\n";
    let refused = import(&house, &root, "", wrong).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "bad_import")
    );
    let errors = refused.json["errors"].as_array().unwrap();
    let told: Vec<(&Value, &Value)> = errors
        .iter()
        .map(|error| (&error["row"], &error["column"]))
        .collect();
    assert_eq!(
        told,
        [
            (&json!(2), &json!("rings")),
            (&json!(3), &json!("name_th")),
            (&json!(3), &json!("extension")),
        ]
    );
    assert!(errors[0]["text_th"].as_str().unwrap().contains("1 ถึง 10"));
    assert_eq!(
        house.get(&format!("{UNITS}/CHN"), &root).await.status,
        StatusCode::NOT_FOUND
    );
    // What is exported is what would be imported.
    let exported = house.get(&format!("{UNITS}/export"), &root).await;
    assert!(exported.header("content-type").starts_with("text/csv"));
    let same = import(&house, &root, "", &exported.text).await;
    assert_eq!(
        (&same.json["added"], &same.json["changed"]),
        (&json!([]), &json!([]))
    );
    let json = house
        .post(&format!("{UNITS}/import"), &root, json!({}))
        .await;
    assert_eq!(
        (json.status, json.code()),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_csv")
    );
    // A file may be larger than other requests.
    let large = format!("{file}{}", "DIT,,,\n".repeat(60_000));
    let refused = import(&house, &root, "", &large).await;
    assert_eq!(
        refused.code(),
        "bad_import",
        "too many rows, and not too many bytes"
    );
}
