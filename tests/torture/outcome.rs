//! Each message has its outcome, and those that are accepted have the fields that are expected.

use super::{OUTCOMES, Outcome, accepted, bytes_of, folder};
use kring_sip::{Message, parse};
use serde_json::Value;
use std::fs;

fn expectations() -> Value {
    serde_json::from_slice(&fs::read(folder().join("expectations.json")).unwrap()).unwrap()
}

fn outcome(name: &str) -> Outcome {
    match parse(&bytes_of(name)) {
        Ok(_) => Outcome::Accepted,
        Err(refused) => match refused.salvage {
            Some(salvage) => Outcome::Refused(salvage.status.code()),
            None => Outcome::Dropped,
        },
    }
}

#[test]
fn every_file_has_an_outcome() {
    let mut files = Vec::new();
    for class in ["valid", "invalid"] {
        for file in fs::read_dir(folder().join(class)).unwrap() {
            let stem = file
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            files.push(format!("{class}/{stem}"));
        }
    }
    files.sort();
    let mut listed: Vec<_> = OUTCOMES
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    listed.sort();
    assert_eq!(files, listed);
}

#[test]
fn every_message_has_the_outcome_that_was_chosen() {
    for (name, chosen) in OUTCOMES {
        assert_eq!(outcome(name), chosen, "{name}");
    }
}

#[test]
fn no_choice_contradicts_the_expectations() {
    let expectations = expectations();
    for (name, chosen) in OUTCOMES {
        match expectations[name]["accept"] {
            Value::Bool(accept) => assert_eq!(chosen == Outcome::Accepted, accept, "{name}"),
            ref other => assert!(other.is_null(), "{name}"),
        }
    }
}

#[test]
fn the_fields_are_those_expected() {
    let expectations = expectations();
    for (name, expected) in expectations.as_object().unwrap() {
        let fields = expected["fields"].as_object().unwrap();
        for (field, value) in fields {
            let have = field_of(&accepted(name), field);
            assert_eq!(have, *value, "{name}: {field}");
        }
    }
}

fn field_of(message: &Message, field: &str) -> Value {
    let headers = message.headers();
    let tag = |address: kring_sip::NameAddr| address.tag().unwrap_or("").to_owned();
    match field {
        "body" => message.body().len().into(),
        "branch" => headers.via().unwrap().branch().unwrap().into(),
        "callid" => headers.call_id().unwrap().into(),
        "cseq" => {
            let (number, method) = headers.cseq().unwrap();
            format!("{number} {method}").into()
        }
        "ftag" => tag(headers.from().unwrap()).into(),
        "ttag" => tag(headers.to().unwrap()).into(),
        "ncontact" => headers.contacts().map(Result::unwrap).count().into(),
        "nroute" => headers.routes().map(Result::unwrap).count().into(),
        "nvia" => headers.vias().map(Result::unwrap).count().into(),
        other => panic!("no such field: {other}"),
    }
}
