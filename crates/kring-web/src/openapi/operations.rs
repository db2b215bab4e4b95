//! The name of every operation, and an example of every body that its own code does not give: programs are generated from
//! the first, people read the second.

use serde_json::{Value, json};
use utoipa::openapi::path::Operation;

/// Names that several routes have given themselves: their path is part of the name.
const COMMON: [&str; 14] = [
    "add", "cancel", "export", "get", "import", "list", "patch", "put", "read", "remove", "search",
    "show", "status", "write",
];

/// Makes the name one of its own, and puts the example in.
pub(super) fn put_right(path: &str, operation: &mut Operation) {
    let name = operation.operation_id.take().unwrap_or_default();
    let name = if COMMON.contains(&name.as_str()) {
        named(&name, path)
    } else {
        name
    };
    if let (Some(example), Some(body)) = (example(&name), operation.request_body.as_mut()) {
        for content in body.content.values_mut() {
            if content.example.is_none() && content.examples.is_empty() {
                content.example = Some(example.clone());
            }
        }
    }
    operation.operation_id = Some(name);
}

/// `list` of `/departments/{id}/endpoints` is `list_departments_endpoints`.
fn named(name: &str, path: &str) -> String {
    let words = path
        .split('/')
        .filter(|word| !word.is_empty() && !word.starts_with('{') && *word != name);
    words.fold(name.to_owned(), |mut text, word| {
        text.push('_');
        text.push_str(&word.replace('-', "_"));
        text
    })
}

fn example(name: &str) -> Option<Value> {
    Some(match name {
        "place" => json!({"number": "081-234-5678"}),
        "extend_wrap_up" => json!({"by_s": 60}),
        "consult" => json!({"department_id": "DBD"}),
        "transfer" => {
            json!({"department_id": "DBD", "mode": "blind", "reason": "in_depth", "note": "ถามเรื่องจดทะเบียน"})
        }
        "set_presence" => json!({"state": "ready"}),
        "force_presence" => json!({"state": "paused", "reason": "break"}),
        "readiness" => json!({"lights": {"sound": true}}),
        "change_contact" => json!({"family": "ใจดี", "vip": true}),
        "add_departments" => {
            json!({"short": "RYG", "name_th": "สำนักงานพาณิชย์จังหวัดระยอง", "name_en": "Rayong Provincial Commerce Office"})
        }
        "patch_departments" => json!({"hotline": "1203"}),
        "add_departments_endpoints" => {
            json!({"extension": "2104", "label": "นายทะเบียน", "rings": 3})
        }
        "patch_departments_endpoints" => json!({"active": false}),
        "put_departments_hours" => json!({"hours": "mon-fri 08:30-16:30", "exceptions": []}),
        "add_holidays" => {
            json!({"day": "2026-12-07", "name_th": "ชดเชยวันพ่อแห่งชาติ", "name_en": "Substitution day"})
        }
        "import_departments" => json!("short,name_th\nRYG,สำนักงานพาณิชย์จังหวัดระยอง\n"),
        "import_contacts" => json!("given,family,number\nสมชาย,ใจดี,0812345678\n"),
        "add_queue" => {
            json!({"name": "law", "did": ["1500"], "members": ["malee", "somchai:2"], "plan": ["longest_idle:2", "all:1"]})
        }
        "change_queue" => json!({"members": ["malee"], "max_wait_s": null}),
        "add_trunk" => {
            json!({"name": "pbx", "address": "192.0.2.10:5060", "peers": ["192.0.2.10"]})
        }
        "change_trunk" => {
            json!({"register": {"uri": "sip:5000@pbx.example.net", "password": "K7-river-stone"}})
        }
        "change_settings" => json!({"agent.wrapup_s": 90, "house.name": "ศูนย์บริการจังหวัดระยอง"}),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_name_says_of_what_it_is() {
        for (name, path, told) in [
            (
                "list",
                "/departments/{id}/endpoints",
                "list_departments_endpoints",
            ),
            ("get", "/calls/{id}", "get_calls"),
            (
                "cancel",
                "/calls/{id}/consult/cancel",
                "cancel_calls_consult",
            ),
            ("export", "/departments/export", "export_departments"),
            ("list", "/access-log", "list_access_log"),
        ] {
            assert_eq!(named(name, path), told);
        }
    }
}
