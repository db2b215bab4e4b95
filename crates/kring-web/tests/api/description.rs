//! The description of the API: that it is whole, and that it changes when somebody wants it to.

use crate::house::House;
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::PathBuf};

/// Set to write the description anew: `UPDATE_OPENAPI=1 cargo nextest run --test api description`.
const UPDATE: &str = "UPDATE_OPENAPI";

/// Every operation: method, path, and what is said of it.
pub(crate) fn operations(api: &Value) -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if operation.is_object() && operation["responses"].is_object() {
                found.push((method.to_uppercase(), path.clone(), operation.clone()));
            }
        }
    }
    assert!(found.len() > 80, "{}", found.len());
    found
}

/// An example of a body: of the operation, or of its schema.
pub(crate) fn example(api: &Value, operation: &Value) -> Option<Value> {
    let (_, content) = operation["requestBody"]["content"]
        .as_object()?
        .iter()
        .next()?;
    if !content["example"].is_null() {
        return Some(content["example"].clone());
    }
    let named = content["schema"]["$ref"].as_str()?;
    let name = named.rsplit('/').next()?;
    let schema = &api["components"]["schemas"][name];
    Some(schema["example"].clone()).filter(|example| !example.is_null())
}

#[tokio::test]
async fn every_operation_has_a_name_a_place_and_says_what_may_be_refused() {
    let house = House::open().await;
    let api = house.get("/api/v1/openapi.json", "").await.json;
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut lacking = Vec::new();
    for (method, path, operation) in operations(&api) {
        let at = format!("{method} {path}");
        let mut lack = |what: &str| lacking.push(format!("{at}: {what}"));
        let name = operation["operationId"].as_str().unwrap_or_default();
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || !name.chars().all(letters) {
            lack("no operationId in small letters");
        }
        if let Some(other) = names.insert(name.to_owned(), at.clone()) {
            lack(&format!("{name} is {other} already"));
        }
        if operation["tags"].as_array().is_none_or(Vec::is_empty) {
            lack("no tag");
        }
        let told = [&operation["summary"], &operation["description"]];
        if told
            .iter()
            .all(|text| text.as_str().is_none_or(str::is_empty))
        {
            lack("no summary");
        }
        let responses = operation["responses"].as_object().unwrap();
        let open =
            operation["security"].as_array().is_some_and(Vec::is_empty) || path == "/session";
        for status in ["401", "403"] {
            if !open && !responses.contains_key(status) {
                lack(&format!("no {status}"));
            }
        }
        for (status, response) in responses {
            let refused = status.starts_with(['4', '5']);
            if refused && !response["content"]["application/problem+json"].is_object() {
                lack(&format!("{status} is no problem+json"));
            }
        }
        let bodies = operation["requestBody"]["content"].as_object();
        let is_text = bodies.is_some_and(|bodies| {
            let mut kinds = bodies.keys();
            kinds.any(|kind| kind == "application/json" || kind == "text/csv")
        });
        if is_text && example(&api, &operation).is_none() {
            lack("no example of its body");
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}

#[tokio::test]
async fn the_description_is_the_one_that_was_published() {
    let house = House::open().await;
    let mut api = house.get("/api/v1/openapi.json", "").await.json;
    api["info"]["version"] = "0".into();
    let now = serde_json::to_string_pretty(&api).unwrap() + "\n";
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/api/openapi.json");
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&file, &now).unwrap();
        return;
    }
    let then = fs::read_to_string(&file).unwrap_or_default();
    let different = now
        .lines()
        .zip(then.lines())
        .enumerate()
        .find(|(_, (a, b))| a != b);
    let same = now == then;
    assert!(
        same,
        "the API is not as it was published (line {different:?}). If that is wanted: {UPDATE}=1, and tell it in the changelog"
    );
}
