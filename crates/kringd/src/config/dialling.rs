//! `[dial]`: what may be called beyond what is configured.

use super::{Trunk, section::Section};
use kring_call::{DialPattern, DialPolicy};

/// Patterns of numbers; they are compared at every call to a number.
const PATTERNS_MAX: usize = 200;

/// Reads `[dial]`. Without it nothing but departments, extensions and agents' own devices is called.
pub(super) fn read(mut section: Section<'_>, trunks: &[Trunk]) -> DialPolicy {
    let patterns = section.list("patterns").unwrap_or_default();
    if patterns.len() > PATTERNS_MAX {
        let text = format!("dial.patterns has more than {PATTERNS_MAX} patterns.");
        section.complain("patterns", text);
    }
    let mut policy = DialPolicy {
        // The only region that `[number]` knows.
        country: Some("66".to_owned()),
        ..DialPolicy::default()
    };
    for item in &patterns {
        match item.text.parse::<DialPattern>() {
            Ok(pattern) => policy.patterns.push(pattern),
            Err(refused) => section.complain_of(item, format!("dial.patterns: {refused}.")),
        }
    }
    for item in section.list("trunks").unwrap_or_default() {
        if trunks.iter().any(|trunk| trunk.name == item.text) {
            policy.trunks.push(item.text);
        } else {
            let text = format!("dial.trunks: no [[trunk]] is called {:?}.", item.text);
            section.complain_of(&item, text);
        }
    }
    section.finish();
    policy
}
