//! The journal as a person reads it, and the comparison that scenarios make with it.
//!
//! Time counts from the first call's arrival, and callers have their names back.

use crate::account::Account;
use kring_journal::Fact;
use std::fmt::Write as _;

/// Kinds that are compared only when the expectation has such a line: they are many, and seldom the point.
const BY_MENTION: [&str; 14] = [
    "phone in",
    "phone out",
    "invited",
    "presence",
    "media",
    "silent",
    "heard",
    "looked up",
    "popped",
    "painted",
    "audible",
    "wrap-up",
    "screen",
    "booted",
];

/// The whole journal, one line a fact.
pub fn transcript(account: &Account) -> String {
    let mut text = String::new();
    for entry in &account.entries {
        let ms = entry.at.millis_from(account.zero());
        let (sign, ms) = (if ms < 0 { "-" } else { "" }, ms.unsigned_abs());
        let at = format!("{sign}{}.{:03}", ms / 1_000, ms % 1_000);
        let mut said = entry.fact.to_string();
        if let (Fact::Offered { caller, .. }, Some(call)) = (&entry.fact, entry.call)
            && let Some((_, name)) = account.names.get(&call)
        {
            said = said.replace(&caller.to_string(), name);
        }
        writeln!(text, "{at:>9}  {said}").expect("writing to a String cannot fail");
    }
    text
}

/// The transcript with the wire between its lines, for whoever must find out what happened.
pub fn ladder(account: &Account) -> String {
    let mut lines: Vec<(u64, String)> = Vec::new();
    let zero = account.zero();
    for (line, entry) in transcript(account).lines().zip(&account.entries) {
        lines.push((
            entry.at.as_micros(),
            format!("{line}    [{}]", call_mark(account, entry.call)),
        ));
    }
    for datagram in &account.datagrams {
        let arrived: Vec<i64> = datagram
            .arrived
            .iter()
            .map(|at| at.millis_from(zero))
            .collect();
        let fate = if arrived.is_empty() {
            "LOST".to_owned()
        } else {
            format!("at {arrived:?}")
        };
        let text = format!(
            "{:>9}      {:?} -> {:?}  {}  {}  {fate}",
            datagram.sent.millis_from(zero),
            datagram.from,
            datagram.to,
            datagram.letter.headline(),
            datagram.letter.caller(),
        );
        lines.push((datagram.sent.as_micros(), text));
    }
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().map(|(_, line)| line + "\n").collect()
}

fn call_mark(account: &Account, call: Option<kring_journal::CallId>) -> String {
    let name = call.and_then(|call| account.names.get(&call));
    name.map_or_else(String::new, |(_, name)| name.clone())
}

/// Compares the journal with what is expected, line by line. Kinds of [`BY_MENTION`] count only when
/// the expectation mentions one of their kind.
///
/// # Panics
/// When they differ, with the whole journal.
#[track_caller]
pub fn assert_journal(account: &Account, expected: &str) {
    let tidy = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let expected: Vec<String> = expected
        .lines()
        .map(tidy)
        .filter(|line| !line.is_empty())
        .collect();
    let left_out: Vec<&str> = BY_MENTION
        .into_iter()
        .filter(|kind| !expected.iter().any(|line| verb(line).starts_with(kind)))
        .collect();
    let written: Vec<String> = transcript(account)
        .lines()
        .map(tidy)
        .filter(|line| !left_out.iter().any(|kind| verb(line).starts_with(kind)))
        .collect();
    assert!(
        written == expected,
        "the journal is not as expected (seed {})\n--- expected ---\n{}\n--- journal ---\n{}",
        account.seed,
        expected.join("\n"),
        written.join("\n"),
    );
}

/// What follows the time.
fn verb(line: &str) -> &str {
    line.split_once(' ').map_or("", |(_, said)| said)
}
