//! `docs/sip.md` names the tests that show what it says: each of them is there.

use crate::house::{text_of, written};

/// Every name between backticks that reads like a test's: words joined by at least three underscores.
fn named(text: &str) -> Vec<&str> {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| word.chars().all(letter) && word.matches('_').count() >= 3)
        .collect()
}

#[test]
fn every_test_that_the_table_of_sip_names_exists() {
    let page = text_of("docs/sip.md");
    let mut sources = written("crates", &[".rs"]);
    sources.extend(written("tests", &[".rs"]));
    let names = named(&page);
    assert!(
        names.len() > 60,
        "the table has lost its tests: {}",
        names.len()
    );
    let missing: Vec<&&str> = names
        .iter()
        .filter(|name| {
            let declared = format!("fn {name}(");
            !sources.iter().any(|file| file.text.contains(&declared))
        })
        .collect();
    assert!(missing.is_empty(), "named and not there: {missing:#?}");
}
