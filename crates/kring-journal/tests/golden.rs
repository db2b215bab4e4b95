//! A fact is a stored format: every line that was ever written must still be read, whole.
//!
//! `golden/facts.jsonl` only grows. A new kind, or a new field, adds a line.

use kring_journal::Fact;
use serde_json::Value;
use std::collections::BTreeSet;

const GOLDEN: &str = include_str!("golden/facts.jsonl");

fn lines() -> impl Iterator<Item = Value> {
    GOLDEN
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
}

/// The kinds that the code knows, as serde lists them when it meets one that it does not.
fn known_kinds() -> BTreeSet<String> {
    let refused = serde_json::from_str::<Fact>(r#"{"kind":"?"}"#)
        .expect_err("a kind that nobody wrote")
        .to_string();
    let (_, list) = refused
        .split_once("expected one of")
        .expect("serde lists the variants");
    list.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_line_is_still_read_and_nothing_of_it_is_lost() {
    for line in lines() {
        let fact: Fact =
            serde_json::from_value(line.clone()).unwrap_or_else(|why| panic!("{line}: {why}"));
        let again = serde_json::to_value(&fact).unwrap();
        for (field, value) in line.as_object().unwrap() {
            assert_eq!(again.get(field), Some(value), "{field} of {line}");
        }
        assert_eq!(serde_json::from_value::<Fact>(again).unwrap(), fact);
        assert!(!fact.to_string().is_empty());
    }
}

#[test]
fn every_kind_has_a_line() {
    let known = known_kinds();
    let golden: BTreeSet<String> = lines()
        .map(|line| line["kind"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        known.len() > 30,
        "serde's list was not understood: {known:?}"
    );
    assert_eq!(
        golden, known,
        "add one line of each new kind to golden/facts.jsonl; remove none"
    );
}
