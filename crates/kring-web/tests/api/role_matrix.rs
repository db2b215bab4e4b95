//! Who may do what: every operation of the description against every role, nobody, and a token without scopes.
//!
//! A route that is not in the table fails here: whoever adds one says whose it is.

mod rules;

use crate::{
    description::{example, operations},
    house::{House, Reply, request},
};
use axum::http::StatusCode;
use kring_store::Role;
use rules::{
    For::{self, Anybody, Right},
    HAVE, RULES,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const ROLES: [Role; 9] = [
    Role::Admin,
    Role::Agent,
    Role::Auditor,
    Role::Dpo,
    Role::Integrator,
    Role::KbEditor,
    Role::Supervisor,
    Role::TipOfficer,
    Role::UnitOfficer,
];

fn has(role: Role, right: &str) -> bool {
    let (_, who) = HAVE.iter().find(|(name, _)| *name == right).unwrap();
    who.split(' ').any(|name| name == role.as_str())
}

/// What a path's parameters stand for in this house: things that are there, so that nobody is refused for another reason.
struct There {
    call: String,
    contact: String,
    case: String,
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

async fn ask(
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

#[tokio::test]
async fn every_role_may_what_the_table_says_and_nothing_else() {
    let house = House::open().await;
    let api = house.get("/api/v1/openapi.json", "").await.json;
    let rules: BTreeMap<&str, For> = RULES.iter().copied().collect();
    house.agent("target", Role::Agent).await;
    let admin = house.administrator().await;
    let contact = house
        .post("/api/v1/contacts", &admin, json!({"given": "มาลี"}))
        .await;
    let opening = json!({"kind": "inquiry", "subject": "ราคาปุ๋ย"});
    let case = house.post("/api/v1/cases", &admin, opening).await;
    assert_eq!(case.status, StatusCode::CREATED, "{}", case.text);
    let there = There {
        case: case.json["id"].as_str().unwrap().to_owned(),
        call: house.call_from("0812345678").to_string(),
        contact: contact.json["id"].as_str().unwrap().to_owned(),
    };
    house.written().await;
    let bare = house.program(&[]).await;
    let mut wrong = Vec::new();
    for of in operations(&api) {
        let (method, path, operation) = &of;
        let name = operation["operationId"].as_str().unwrap_or_default();
        let Some(rule) = rules.get(name) else {
            wrong.push(format!("{name} ({method} {path}) is not in the table"));
            continue;
        };
        if *rule == Anybody {
            continue;
        }
        let nobody = ask(&house, &api, &there, &of, &[]).await;
        if nobody.code() != "sign_in_needed" {
            wrong.push(format!(
                "{name}: nobody gets {} {}",
                nobody.status,
                nobody.code()
            ));
        }
        let token = ask(&house, &api, &there, &of, &[("authorization", &bare)]).await;
        // Signing out is nothing to a token, and words are for all.
        if token.code() != "forbidden" && !["sign_out", "no_case_reasons"].contains(&name) {
            wrong.push(format!(
                "{name}: a token without scopes gets {} {}",
                token.status,
                token.code()
            ));
        }
        for role in ROLES {
            // Each time anew: some of them sign out.
            let login = format!("of-{}", role.as_str().replace('_', "-"));
            house.agent(&login, role).await;
            let cookie = house.cookie(&login).await;
            let reply = ask(&house, &api, &there, &of, &[("cookie", &cookie)]).await;
            let may = match rule {
                Right(right) => has(role, right),
                _ => true,
            };
            let refused = reply.code() == "forbidden";
            let unknown =
                reply.status == StatusCode::UNAUTHORIZED && reply.code() != "wrong_password";
            if refused == may || unknown {
                let told = format!("{} {}", reply.status, reply.code());
                wrong.push(format!("{name}: {} gets {told}", role.as_str()));
            }
        }
    }
    for (name, _) in RULES {
        let there = |of: &(String, String, Value)| of.2["operationId"] == *name;
        if !operations(&api).iter().any(there) {
            wrong.push(format!("{name} is in the table and nowhere else"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}
