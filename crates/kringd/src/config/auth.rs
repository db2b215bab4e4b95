//! `[auth]`: how people sign in, and how long they stay so.

use super::{oidc, section::Section};
use kring_web::{
    AuthConfig,
    session::{BreachedFile, PasswordRules},
};
use std::{net::IpAddr, path::Path, time::Duration};

/// What a session lives without being used, minutes; and at most, hours. A shift is eight hours, with a meal in it.
const IDLE_MIN_USUAL: u64 = 60;
const LIFE_H_USUAL: u64 = 12;

/// The fewest characters of a password.
const PASSWORD_USUAL: u64 = 12;

/// Proxies that may stand before us.
const PROXIES_MAX: usize = 20;

/// Reads the table. The list of stolen passwords is opened here, so that `kringd check` tells of one that is none.
pub(super) fn read(mut section: Section<'_>, public_url: Option<&str>) -> AuthConfig {
    let idle = section.number("session_idle_minutes", IDLE_MIN_USUAL, 5..=1_440);
    let life = section.number("session_hours", LIFE_H_USUAL, 1..=24);
    let chars_min = section.number("password_min", PASSWORD_USUAL, 8..=64) as usize;
    let breached = breached(&mut section);
    let proxies = proxies(&mut section);
    let oidc = section.inner("oidc", "auth.oidc");
    let oidc = oidc.and_then(|inner| oidc::read(inner, public_url));
    section.finish();
    AuthConfig {
        session_idle: Duration::from_secs(idle * 60),
        session_life: Duration::from_secs(life * 3_600),
        passwords: PasswordRules {
            chars_min,
            breached,
        },
        oidc,
        proxies,
    }
}

fn breached(section: &mut Section<'_>) -> Option<BreachedFile> {
    let file = section.text("breached_passwords")?;
    match BreachedFile::open(Path::new(&file)) {
        Ok(opened) => Some(opened),
        Err(refused) => {
            let text = format!(
                "auth.breached_passwords: {file} {refused}. Load the file of SHA-1 hashes, ordered by hash, from \
                 Have I Been Pwned."
            );
            section.complain("breached_passwords", text);
            None
        }
    }
}

fn proxies(section: &mut Section<'_>) -> Vec<IpAddr> {
    let items = section.list("trusted_proxies").unwrap_or_default();
    if items.len() > PROXIES_MAX {
        let text = format!("auth.trusted_proxies has more than {PROXIES_MAX} addresses.");
        section.complain("trusted_proxies", text);
    }
    let read = |item: &super::section::Item| match item.text.parse::<IpAddr>() {
        Ok(address) => Some(address.to_canonical()),
        Err(_) => {
            let text = format!(
                "auth.trusted_proxies has {:?}, but must have addresses: [\"127.0.0.1\"].",
                item.text
            );
            section.complain_of(item, text);
            None
        }
    };
    items.iter().take(PROXIES_MAX).filter_map(read).collect()
}
