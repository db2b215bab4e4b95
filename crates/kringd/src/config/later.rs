//! What the specification has and this version has not: named, so that nobody waits for a setting
//! that does nothing.

/// Keys and tables of a later version, and what they will be for.
const KEYS: &[(&str, &str)] = &[
    ("media.srtp", "SRTP"),
    ("webhook", "webhooks"),
    ("otel", "OpenTelemetry"),
    (
        "ui",
        "the console's first language and calendar (each person chooses)",
    ),
];

/// Values of a later version of keys that this version has.
const VALUES: &[(&str, &str)] = &[("media.mode", "direct")];

/// What to say of a key that comes with a later version.
pub(super) fn key(name: &str) -> Option<String> {
    let (_, what) = KEYS.iter().find(|(key, _)| *key == name)?;
    Some(format!(
        "{name} is not in this version: {what} will come later. Take the line out."
    ))
}

/// What to say of a value that comes with a later version.
pub(super) fn value(name: &str, value: &str) -> Option<String> {
    VALUES
        .contains(&(name, value))
        .then(|| format!("{name} = {value:?} is not in this version. Choose another value."))
}
