//! How each operation is asked: with things that are there, so that nobody is refused for another reason.

use crate::{
    description::example,
    house::{House, Reply, request},
};
use serde_json::{Value, json};

/// What a path's parameters stand for in this house: things that are there, so that nobody is refused for another reason.
pub(super) struct There {
    pub(super) call: String,
    pub(super) contact: String,
    pub(super) case: String,
}

impl There {
    fn fill(&self, path: &str) -> String {
        let id = match path.split('/').nth(1) {
            Some("calls" | "callbacks") => &self.call,
            Some("cases") => &self.case,
            _ => &self.contact,
        };
        let id = if path.starts_with("/departments/") {
            "DFT"
        } else {
            id
        };
        let path = path
            .replace("{login}", "target")
            .replace("{day}", "2026-12-07")
            .replace("{name}", "none")
            .replace("/agents/{id}", "/agents/target")
            .replace("{id}", id);
        let open = path.find('{').zip(path.find('}'));
        match open {
            Some((from, to)) => format!("{}none{}", &path[..from], &path[to + 1..]),
            None => path,
        }
    }

    /// The filters that an operation cannot do without.
    fn filters(&self, operation: &Value) -> String {
        let needed = |parameter: &&Value| {
            let asked = parameter["required"] == true || parameter["name"] == "q";
            parameter["in"] == "query" && asked
        };
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let filled = parameters.filter(needed).map(|parameter| {
            let name = parameter["name"].as_str().unwrap_or_default();
            let value = match name {
                "contact_id" => self.contact.as_str(),
                "dry_run" => "true",
                "all" => "false",
                _ => "0812345678",
            };
            format!("{name}={value}")
        });
        match filled.collect::<Vec<_>>() {
            none if none.is_empty() => String::new(),
            some => format!("?{}", some.join("&")),
        }
    }
}

pub(super) async fn ask(
    house: &House,
    api: &Value,
    there: &There,
    of: &(String, String, Value),
    headers: &[(&str, &str)],
) -> Reply {
    let (method, path, operation) = of;
    let path = format!("/api/v1{}{}", there.fill(path), there.filters(operation));
    let body = example(api, operation).unwrap_or_else(|| json!({}));
    let mut request = request(method, &path, "", &body, headers);
    let kinds = operation["requestBody"]["content"].as_object();
    let kind = kinds.and_then(|kinds| kinds.keys().next());
    if let Some(kind) = kind.filter(|kind| *kind != "application/json") {
        let text = body.as_str().unwrap_or("a file").to_owned();
        request
            .headers_mut()
            .insert("content-type", kind.parse().unwrap());
        *request.body_mut() = text.into();
    }
    house.send(request).await
}
