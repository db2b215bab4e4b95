//! Who may import whom.

use crate::house::{root, text_of, written};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

/// Our crates, and which of ours each may import. The direction of dependency.
const HOUSE: [(&str, &[&str]); 11] = [
    ("kring-time", &[]),
    ("kring-text", &[]),
    ("kring-document", &[]),
    ("kring-journal", &["kring-time"]),
    ("kring-sip", &["kring-time"]),
    ("kring-opus", &[]),
    ("kring-media", &["kring-time", "kring-opus"]),
    (
        "kring-call",
        &["kring-time", "kring-journal", "kring-sip", "kring-media"],
    ),
    (
        "kring-store",
        &["kring-time", "kring-text", "kring-journal"],
    ),
    (
        "kring-web",
        &[
            "kring-time",
            "kring-text",
            "kring-journal",
            "kring-call",
            "kring-store",
        ],
    ),
    (
        "kringd",
        &[
            "kring-time",
            "kring-text",
            "kring-document",
            "kring-journal",
            "kring-sip",
            "kring-media",
            "kring-call",
            "kring-store",
            "kring-web",
        ],
    ),
];

/// The crates that decide and never do.
const PURE: [&str; 8] = [
    "kring-time",
    "kring-text",
    "kring-document",
    "kring-journal",
    "kring-sip",
    "kring-opus",
    "kring-media",
    "kring-call",
];

/// What reaches sockets, disks and clocks: not even behind another crate's back in a pure one.
const SHELL: [&str; 14] = [
    "tokio",
    "mio",
    "socket2",
    "rustix",
    "nix",
    "async-std",
    "smol",
    "sqlx",
    "rusqlite",
    "axum",
    "hyper",
    "tokio-tungstenite",
    "chrono",
    "tracing-subscriber",
];

/// What the shell crates may not import.
const SHELL_BANS: [(&str, &[&str]); 2] = [
    ("kring-store", &["axum", "hyper", "rsip", "mio", "socket2"]),
    ("kring-web", &["rsip", "sqlx", "mio", "socket2", "str0m"]),
];

fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    // What other platforms need is not fetched by a build here, and offline it is not to be had.
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let told = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", &platform])
        .current_dir(root())
        .output()
        .expect("cargo runs the tests, so it is there");
    assert!(
        told.status.success(),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );
    serde_json::from_slice(&told.stdout).expect("cargo speaks JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

/// What each of our packages imports when it is built, by name: ours and others'.
fn imports(metadata: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let is_ours = |package: &&Value| package["source"].is_null();
    let normal = |dependency: &&Value| dependency["kind"].is_null();
    let of = |package: &Value| {
        let names = list(&package["dependencies"]).iter().filter(normal);
        let names = names.map(|dependency| text(&dependency["name"]).to_owned());
        (text(&package["name"]).to_owned(), names.collect())
    };
    list(&metadata["packages"])
        .iter()
        .filter(is_ours)
        .map(of)
        .collect()
}

/// Everything that is built into a package, through others too.
fn built_in(metadata: &Value, package: &str) -> BTreeSet<String> {
    let names: BTreeMap<&str, &str> = list(&metadata["packages"])
        .iter()
        .map(|package| (text(&package["id"]), text(&package["name"])))
        .collect();
    let nodes: BTreeMap<&str, &Value> = list(&metadata["resolve"]["nodes"])
        .iter()
        .map(|node| (text(&node["id"]), node))
        .collect();
    let mut waiting: Vec<&str> = names
        .iter()
        .filter(|(_, name)| **name == package)
        .map(|(id, _)| *id)
        .collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        for dependency in list(&nodes[id]["deps"]) {
            let normal = list(&dependency["dep_kinds"])
                .iter()
                .any(|kind| kind["kind"].is_null());
            let id = text(&dependency["pkg"]);
            if normal && seen.insert(id) {
                waiting.push(id);
            }
        }
    }
    seen.into_iter().map(|id| names[id].to_owned()).collect()
}

#[test]
fn our_crates_import_each_other_in_one_direction_only() {
    let imports = imports(&metadata());
    let known: BTreeSet<&str> = HOUSE.iter().map(|(name, _)| *name).collect();
    let found: BTreeSet<&str> = imports
        .keys()
        .map(String::as_str)
        .filter(|name| *name != "kring-tests")
        .collect();
    assert_eq!(
        found, known,
        "a crate was added or removed: change the drawing first"
    );
    for (name, allowed) in HOUSE {
        let ours = imports[name]
            .iter()
            .filter(|import| known.contains(import.as_str()));
        let wrong: Vec<_> = ours
            .filter(|import| !allowed.contains(&import.as_str()))
            .collect();
        assert!(wrong.is_empty(), "{name} may not import {wrong:?}");
    }
}

#[test]
fn nothing_that_does_is_built_into_a_crate_that_decides() {
    let metadata = metadata();
    for name in PURE {
        let inside = built_in(&metadata, name);
        let wrong: Vec<_> = SHELL
            .iter()
            .filter(|shell| inside.contains(**shell))
            .collect();
        assert!(wrong.is_empty(), "{name} contains {wrong:?}");
    }
}

#[test]
fn the_shell_crates_keep_to_their_rooms() {
    let imports = imports(&metadata());
    for (name, banned) in SHELL_BANS {
        let wrong: Vec<_> = banned
            .iter()
            .filter(|ban| imports[name].contains(**ban))
            .collect();
        assert!(wrong.is_empty(), "{name} may not import {wrong:?}");
    }
}

#[test]
fn the_web_knows_only_the_commands_of_the_call_crate() {
    for file in written("crates/kring-web/src", &[".rs"]) {
        for (number, line) in file.text.lines().enumerate() {
            for (at, _) in line.match_indices("kring_call::") {
                let rest = &line[at + "kring_call::".len()..];
                let place = format!("{}:{}", file.path, number + 1);
                assert!(rest.starts_with("command"), "{place}: {line}");
            }
        }
    }
}

#[test]
fn the_pure_crates_ban_clocks_and_sockets_by_clippy() {
    for name in PURE {
        let text = text_of(&format!("crates/{name}/clippy.toml"));
        for ban in [
            "std::time::Instant::now",
            "std::time::SystemTime::now",
            "std::net::UdpSocket",
            "std::net::TcpStream",
            "std::net::TcpListener",
        ] {
            assert!(
                text.contains(&format!("path = \"{ban}\"")),
                "{name}/clippy.toml lacks {ban}"
            );
        }
    }
}

/// A benchmark may name it, to be compared with it.
#[test]
fn the_message_model_is_named_in_one_module_and_pinned() {
    let whole = text_of("Cargo.toml");
    assert!(
        whole.contains("rsip = \"=0.4.0\""),
        "rsip is pinned: its behaviour was measured"
    );

    let names = |code: &str| code.contains("rsip::") || code.contains("use rsip");
    let users: Vec<String> = written("crates", &[".rs"])
        .into_iter()
        .filter(|file| file.path.contains("/src/"))
        .filter(|file| {
            file.text
                .lines()
                .any(|line| names(crate::house::code_of(line)))
        })
        .map(|file| file.path)
        .collect();
    assert_eq!(
        users.len(),
        1,
        "rsip is named in one module, but here: {users:?}"
    );
    assert!(
        users[0].starts_with("crates/kring-sip/src/message/"),
        "{users:?}"
    );

    let imports = imports(&metadata());
    let importers: Vec<_> = imports
        .iter()
        .filter(|(_, of)| of.contains("rsip"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(importers, ["kring-sip"]);
}
