//! Who may do what: every operation of the description against every role, nobody, and a token without scopes.
//!
//! A route that is not in the table fails here: whoever adds one says whose it is.

mod asking;
mod of_setup;

use crate::{description::operations, house::House};
use asking::{There, ask};
use axum::http::StatusCode;
use kring_store::Role;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Whose an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    /// Anybody's, signed in or not.
    Anybody,
    /// Of every person for themselves.
    Oneself,
    /// Of those who have this right.
    Right(&'static str),
}

use For::{Anybody, Oneself, Right};

const RULES: &[(&str, For)] = &[
    ("add_activity", Right("cases:write")),
    ("add_contact_number", Right("contacts:write")),
    ("add_departments", Right("admin")),
    ("add_departments_endpoints", Right("admin")),
    ("add_holidays", Right("admin")),
    ("add_privacy_request", Right("privacy:act")),
    ("add_queue", Right("admin")),
    ("add_source", Right("knowledge:write")),
    ("add_synonym", Right("knowledge:write")),
    ("add_token", Right("admin")),
    ("add_trunk", Right("admin")),
    ("add_user", Right("admin")),
    ("agents", Right("floor:read")),
    ("answer", Right("calls:act")),
    ("answer_gap", Right("knowledge:write")),
    ("attach_file", Right("cases:write")),
    ("attach_to_call", Right("calls:act")),
    ("attach_to_case", Right("cases:write")),
    ("audit", Right("audit:read")),
    ("begin_oidc", Anybody),
    ("book_video_session", Right("cases:write")),
    ("cancel_callbacks", Right("calls:act of all")),
    ("cancel_calls_consult", Right("calls:act")),
    ("capture", Right("traces:read")),
    ("carry_out_privacy_request", Right("privacy:act")),
    ("change_case", Right("cases:write")),
    ("call_monitor", Right("floor:act")),
    ("change_contact", Right("contacts:write")),
    ("change_follow_up", Right("cases:write")),
    ("change_password", Oneself),
    ("change_queue", Right("admin")),
    ("change_settings", Right("admin")),
    ("change_source", Right("knowledge:write")),
    ("change_synonym", Right("knowledge:write")),
    ("change_trunk", Right("admin")),
    ("change_user", Right("admin")),
    ("change_video_session", Right("cases:write")),
    ("close_call_without_case", Right("calls:act")),
    ("complete", Right("calls:act")),
    ("conference", Right("calls:act")),
    ("confirm_call", Right("calls:act")),
    ("consult", Right("calls:act")),
    ("contact_duplicates", Right("contacts:read")),
    ("contact_history", Right("contacts:read")),
    ("create_contact", Right("contacts:write")),
    ("decline", Right("calls:act")),
    ("detach_from_call", Right("calls:act")),
    ("detach_from_case", Right("cases:write")),
    ("end_oidc", Anybody),
    ("end_own_session", Oneself),
    ("end_own_sessions", Oneself),
    ("end_sessions_of", Right("admin")),
    ("erase_recording", Right("privacy:act")),
    ("events", Right("calls:read")),
    ("evidence", Right("calls:read")),
    ("export_audit", Right("audit:read")),
    ("export_contacts", Right("admin")),
    ("export_departments", Right("directory:read")),
    ("export_knowledge", Right("knowledge:write")),
    ("export_subject", Right("privacy:act")),
    ("extend_wrap_up", Right("calls:act")),
    ("force_presence", Right("floor:act")),
    ("get_attachment", Right("cases:read")),
    ("get_calls", Right("calls:read")),
    ("get_case", Right("cases:read")),
    ("get_case_by_ref", Right("cases:read")),
    ("get_contact", Right("contacts:read")),
    ("get_departments", Right("directory:read")),
    ("get_departments_hours", Right("directory:read")),
    ("get_privacy_request", Right("privacy:act")),
    ("get_source", Right("knowledge:read")),
    ("get_source_file", Right("knowledge:read")),
    ("get_transfers", Right("calls:read")),
    ("hand_over_record", Right("floor:act")),
    ("hang_up", Right("calls:act")),
    ("hear_recording", Right("recordings:read")),
    ("hold_call", Right("calls:act")),
    ("house", Anybody),
    ("import_contacts", Right("admin")),
    ("import_departments", Right("admin")),
    ("import_knowledge", Right("knowledge:write")),
    ("ladder", Right("traces:read")),
    ("list_accesses", Right("privacy:act")),
    ("list_activities", Right("cases:read")),
    ("list_attachments", Right("cases:read")),
    ("list_call_knowledge", Right("calls:read")),
    ("list_callbacks", Right("calls:read of all")),
    ("list_calls", Right("calls:read")),
    ("list_case_knowledge", Right("cases:read, knowledge:read")),
    ("list_cases", Right("cases:read")),
    ("list_consent_texts", Right("contacts:read")),
    ("list_consents", Right("contacts:read")),
    ("list_departments", Right("directory:read")),
    ("list_departments_endpoints", Right("directory:read")),
    ("list_documents", Right("knowledge:write")),
    ("list_follow_ups", Right("cases:read")),
    ("list_follow_ups_of_case", Right("cases:read")),
    ("list_gaps", Right("knowledge:write")),
    ("list_holidays", Right("directory:read")),
    ("list_privacy_requests", Right("privacy:act")),
    ("list_reviews", Right("knowledge:write")),
    ("list_source_versions", Right("knowledge:write")),
    ("list_sources", Right("knowledge:read")),
    ("list_synonyms", Right("knowledge:read")),
    ("list_video_sessions", Right("cases:read")),
    ("list_video_sessions_of_case", Right("cases:read")),
    ("look_up_contact", Right("contacts:read")),
    ("me", Oneself),
    ("merge_contact", Right("contacts:write")),
    ("monitor_call", Right("floor:act")),
    ("no_case_reasons", Oneself),
    ("not_this_person", Right("contacts:write")),
    ("note_consent", Right("contacts:write")),
    ("note_gap", Right("knowledge:read")),
    ("open_case", Right("cases:write")),
    ("own_sessions", Oneself),
    ("patch_departments", Right("admin")),
    ("patch_departments_endpoints", Right("admin")),
    ("phones", Right("floor:read")),
    ("place", Right("calls:act")),
    ("plan_follow_up", Right("cases:write")),
    ("preview_queue", Right("admin")),
    ("put_departments_hours", Right("admin")),
    ("queue", Right("floor:read")),
    ("queues", Right("floor:read")),
    ("read_draft", Right("calls:act")),
    ("readiness", Oneself),
    ("record_call", Right("calls:act")),
    ("recording_info", Right("calls:read")),
    ("refuse_privacy_request", Right("privacy:act")),
    ("reload", Right("admin")),
    ("remove_contact_number", Right("contacts:write")),
    ("remove_departments", Right("admin")),
    ("remove_departments_endpoints", Right("admin")),
    ("remove_holidays", Right("admin")),
    ("remove_queue", Right("admin")),
    ("remove_source", Right("knowledge:write")),
    ("remove_synonym", Right("knowledge:write")),
    ("remove_token", Right("admin")),
    ("remove_trunk", Right("admin")),
    ("report", Right("reports:read")),
    ("reset_password", Right("admin")),
    ("resume_call", Right("calls:act")),
    ("run_retention", Right("privacy:act")),
    ("search_contacts", Right("contacts:read")),
    ("search_departments", Right("directory:read")),
    ("search_knowledge", Right("knowledge:read")),
    ("set_presence", Right("calls:act")),
    ("set_retention", Right("privacy:act")),
    ("settings", Right("admin")),
    ("show_retention", Right("privacy:act")),
    ("sign_in", Anybody),
    ("sign_out", Oneself),
    ("status_departments", Right("directory:read")),
    ("stop_monitoring", Right("floor:act")),
    ("swap", Right("calls:act")),
    ("this_person", Right("contacts:write")),
    ("tokens", Right("admin")),
    ("transfer", Right("calls:act")),
    ("trunk", Right("floor:read")),
    ("trunks", Right("floor:read")),
    ("unfinished", Oneself),
    ("unmerge_contact", Right("contacts:write")),
    ("user", Right("admin")),
    ("users", Right("admin")),
    ("wallboard", Right("floor:read")),
    ("ways_to_sign_in", Anybody),
    ("write_consent_text", Right("privacy:act")),
    ("write_draft", Right("calls:act")),
];

/// Who has a right, as the specification says it.
const HAVE: &[(&str, &str)] = &[
    ("admin", "admin"),
    ("audit:read", "admin auditor dpo"),
    ("calls:act of all", "admin supervisor"),
    (
        "calls:read of all",
        "admin auditor dpo integrator supervisor",
    ),
    ("calls:act", "admin agent supervisor tip_officer"),
    (
        "calls:read",
        "admin agent auditor dpo integrator supervisor tip_officer",
    ),
    (
        "cases:read",
        "admin agent auditor dpo integrator supervisor tip_officer unit_officer",
    ),
    (
        "cases:read, knowledge:read",
        "admin agent auditor integrator supervisor tip_officer unit_officer",
    ),
    (
        "cases:write",
        "admin agent supervisor tip_officer unit_officer",
    ),
    (
        "contacts:read",
        "admin agent auditor dpo integrator supervisor tip_officer unit_officer",
    ),
    ("contacts:write", "admin agent dpo supervisor tip_officer"),
    (
        "directory:read",
        "admin agent auditor dpo integrator kb_editor supervisor tip_officer unit_officer",
    ),
    ("floor:act", "admin supervisor"),
    (
        "floor:read",
        "admin agent auditor integrator supervisor tip_officer",
    ),
    (
        "knowledge:read",
        "admin agent auditor integrator kb_editor supervisor tip_officer unit_officer",
    ),
    ("knowledge:write", "admin kb_editor supervisor"),
    ("privacy:act", "admin dpo"),
    (
        "recordings:read",
        "admin auditor dpo supervisor tip_officer",
    ),
    ("reports:read", "admin auditor supervisor"),
    ("traces:read", "admin auditor supervisor"),
];

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

#[tokio::test]
async fn every_role_may_what_the_table_says_and_nothing_else() {
    let house = House::open().await;
    let api = house.get("/api/v1/openapi.json", "").await.json;
    let rules: BTreeMap<&str, For> = RULES.iter().chain(of_setup::RULES).copied().collect();
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
    for name in rules.keys() {
        let there = |of: &(String, String, Value)| of.2["operationId"] == *name;
        if !operations(&api).iter().any(there) {
            wrong.push(format!("{name} is in the table and nowhere else"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}
