//! `[registrar]`: phones that register with kring.

use super::section::Section;
use kring_sip::{digest::Algorithm, registrar::RegistrarConfig};
use std::time::Duration;

/// Longest realm, bytes.
const REALM_MAX: usize = 64;

/// Reads it.
pub(super) fn read(mut section: Section<'_>) -> RegistrarConfig {
    let realm = section.text("realm").unwrap_or_else(|| "kring".to_owned());
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if realm.len() > REALM_MAX || !realm.chars().all(plain) {
        let text = format!(
            "registrar.realm is {realm:?}, but must be 1 to {REALM_MAX} of A-Z, a-z, 0-9, '.', '-' \
             and '_'. A change of it makes the passwords of all phones void."
        );
        section.complain("realm", text);
    }
    let usual = RegistrarConfig::new(&realm);
    let min_s = section.number("min_expires_s", u64::from(usual.min_expires_s), 30..=3_600);
    let max_s = section.number("max_expires_s", u64::from(usual.max_expires_s), 60..=86_400);
    if max_s < min_s {
        let text = "registrar.max_expires_s is less than registrar.min_expires_s.";
        section.complain("max_expires_s", text);
    }
    let nonce_s = section.number("nonce_s", usual.nonce_lifetime.as_secs(), 30..=3_600);
    let algorithms = algorithms(&mut section).unwrap_or_else(|| usual.algorithms.clone());
    section.finish();
    RegistrarConfig {
        min_expires_s: min_s as u32,
        max_expires_s: max_s as u32,
        nonce_lifetime: Duration::from_secs(nonce_s),
        algorithms,
        ..usual
    }
}

fn algorithms(section: &mut Section<'_>) -> Option<Vec<Algorithm>> {
    let items = section.list("algorithms")?;
    let mut algorithms = Vec::new();
    for item in &items {
        match Algorithm::named(&item.text) {
            Some(algorithm) => algorithms.push(algorithm),
            None => section.complain_of(
                item,
                format!(
                    "registrar.algorithms: {:?} is none of MD5, SHA-256 and SHA-512-256.",
                    item.text
                ),
            ),
        }
    }
    if items.is_empty() {
        let text = "registrar.algorithms is empty, so no phone could prove its password. \
                    Leave the line out for MD5, which all phones know.";
        section.complain("algorithms", text);
    }
    Some(algorithms)
}
