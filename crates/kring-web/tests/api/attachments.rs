//! Files of cases by REST.

use crate::{
    cases::{complaint, opened, path},
    house::House,
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::json;

#[tokio::test]
async fn a_file_is_kept_for_what_it_holds_and_goes_out_to_be_saved() {
    let house = House::open().await;
    let (_, cookie) = house.signed_in("somsri").await;
    let case = opened(&house, &cookie, complaint()).await;
    let put = async |name: &str, contents: &'static [u8]| {
        let at = path(&case, &format!("/attachments?name={name}"));
        let request = Request::post(at).header("cookie", &cookie);
        house
            .send(request.body(Body::from(contents)).unwrap())
            .await
    };
    let kept = put("..%2F..%2Freceipt.html", b"%PDF-1.4 receipt").await;
    assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.text);
    assert_eq!(
        (&kept.json["name"], &kept.json["kind"]),
        (&json!("receipt.html"), &json!("pdf"))
    );
    let page = put("a.pdf", b"<html><script>alert(1)</script>").await;
    assert_eq!(
        (page.status, page.code()),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, "file_not_allowed")
    );
    let this = format!("/api/v1/attachments/{}", kept.json["id"].as_str().unwrap());
    let out = house.get(&this, &cookie).await;
    assert_eq!(
        (out.text.as_str(), out.header("content-type")),
        ("%PDF-1.4 receipt", "application/pdf")
    );
    assert!(
        out.header("content-disposition")
            .starts_with("attachment; filename=\"receipt.html\"")
    );
    assert_eq!(out.header("x-content-type-options"), "nosniff");
    let list = house.get(&path(&case, "/attachments"), &cookie).await;
    assert_eq!(list.json["items"].as_array().unwrap().len(), 1);
    for nothing in ["01KB6R2D8Q3V5W7X9YABCDEFGH", "..%2F..%2Fkring.db"] {
        let none = house
            .get(&format!("/api/v1/attachments/{nothing}"), &cookie)
            .await;
        assert_eq!(none.code(), "no_such_attachment");
    }
}
