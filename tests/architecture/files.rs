//! What stands where, how long it is, and how it begins.

use crate::house::{code_of, root, text_of, written};
use std::{collections::BTreeSet, ffi::OsStr, fs, path::Path};

/// Longest file, lines: past that it holds two nouns.
const LINES_MAX: usize = 400;

/// What may stand at the top beside dot-files.
const TOP: [&str; 9] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "crates",
    "deploy",
    "docker-compose.yml",
    "docs",
    "tests",
];

/// What building and running leave there, and git does not keep.
const LEFT_BY_RUNNING: [&str; 2] = ["target", "kring-data"];

/// Names that say nothing.
const EMPTY_NAMES: [&str; 7] = [
    "utils", "util", "common", "manager", "helpers", "helper", "types",
];

#[test]
fn the_top_of_the_house_holds_nothing_else() {
    let found: BTreeSet<String> = fs::read_dir(root())
        .expect("the top can be read")
        .map(|entry| {
            entry
                .expect("the top can be read")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| !name.starts_with('.') && !LEFT_BY_RUNNING.contains(&name.as_str()))
        .filter(|name| Path::new(name).extension() != Some(OsStr::new("log")))
        .collect();
    let wrong: Vec<_> = found
        .iter()
        .filter(|name| !TOP.contains(&name.as_str()))
        .collect();
    assert!(
        wrong.is_empty(),
        "{wrong:?} should stand in a room of the house"
    );
}

#[test]
fn no_file_holds_two_nouns() {
    let files = written("crates", &[".rs", ".ts", ".svelte"]);
    let long: Vec<String> = files
        .iter()
        .map(|file| (file.text.lines().count(), &file.path))
        .filter(|(lines, _)| *lines > LINES_MAX)
        .map(|(lines, path)| format!("{path} has {lines} lines"))
        .collect();
    assert!(long.is_empty(), "more than {LINES_MAX} lines: {long:#?}");
}

#[test]
fn every_file_says_what_it_owns() {
    let mut files = written("crates", &[".rs"]);
    files.extend(written("tests", &[".rs"]));
    let silent: Vec<&String> = files
        .iter()
        .filter(|file| !file.text.starts_with("//!"))
        .map(|file| &file.path)
        .collect();
    assert!(
        silent.is_empty(),
        "these do not open with `//!`: {silent:#?}"
    );
}

#[test]
fn no_room_has_an_empty_name() {
    let mut files = written("crates", &[".rs", ".ts", ".svelte"]);
    files.extend(written("tests", &[".rs"]));
    let says_nothing = |path: &&String| {
        let parts = path
            .split('/')
            .map(|part| part.split('.').next().unwrap_or(part));
        parts.into_iter().any(|part| EMPTY_NAMES.contains(&part))
    };
    let paths: Vec<&String> = files.iter().map(|file| &file.path).collect();
    let wrong: Vec<_> = paths.into_iter().filter(says_nothing).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// `kring-time` is one file: its `lib.rs` is the crate.
#[test]
fn a_lib_declares_and_decides_nothing() {
    for file in written("crates", &["/lib.rs", "lib.rs"]) {
        if file.path.starts_with("crates/kring-time/") {
            continue;
        }
        for (number, line) in file.text.lines().enumerate() {
            let code = code_of(line);
            let defines = code
                .split_whitespace()
                .any(|word| word == "fn" || word == "impl");
            assert!(!defines, "{}:{}: {line}", file.path, number + 1);
        }
    }
}

#[test]
fn the_pure_crates_have_no_unsafe_code() {
    for name in [
        "kring-time",
        "kring-journal",
        "kring-sip",
        "kring-media",
        "kring-call",
    ] {
        let text = text_of(&format!("crates/{name}/src/lib.rs"));
        assert!(text.contains("#![forbid(unsafe_code)]"), "{name}");
    }
}

#[test]
fn nothing_is_left_undone_and_no_test_is_passed_over() {
    let undone = [
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
        concat!("#[ig", "nore"),
    ];
    let mut files = written("crates", &[".rs"]);
    files.extend(written("tests", &[".rs"]));
    for file in files {
        for (number, line) in file.text.lines().enumerate() {
            let found = undone.iter().find(|word| code_of(line).contains(**word));
            assert!(found.is_none(), "{}:{}: {line}", file.path, number + 1);
        }
    }
}
