//! The phone in the browser, by `[media]`: the port that browsers send sound to, the addresses that they are told, and
//! the relays by which they come from other networks.

use super::{section::Section, sound::RtpPorts};
use kring_web::IceServer;
use std::{net::IpAddr, path::Path};

/// Where browsers send sound, unless calls have that port.
const PORT: u16 = 30_000;

/// Longest file with a password, bytes: more is a file of another kind.
const CREDENTIAL_FILE_MAX: u64 = 4_096;

/// Addresses that a browser is told: each is tried, and each costs time.
const ADDRESSES_MAX: usize = 4;

/// Relays that a browser is told: it asks all of them at each start.
const RELAYS_MAX: usize = 4;

/// Keys of `[media]` for phones in browsers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Browser {
    /// Where browsers send sound, UDP, all to one port; 0: a free one, for tests.
    pub(crate) port: u16,
    /// The addresses that they are told. None: that of sound.
    pub(crate) addresses: Vec<IpAddr>,
    /// TURN servers, with what opens them.
    pub(crate) relays: Vec<IceServer>,
}

impl Browser {
    /// Those of the table `[media]`.
    pub(super) fn read(section: &mut Section<'_>, calls: RtpPorts) -> Browser {
        Browser {
            port: section.number("browser_port", beside(calls).into(), 0..=65_535) as u16,
            addresses: addresses(section),
            relays: relays(section),
        }
    }
}

/// Where browsers send sound by default: a port that no call has.
fn beside(calls: RtpPorts) -> u16 {
    match (calls.holds(PORT), calls.last.checked_add(1)) {
        (false, _) => PORT,
        (true, Some(next)) => next,
        (true, None) => calls.first - 1,
    }
}

fn addresses(section: &mut Section<'_>) -> Vec<IpAddr> {
    let items = section.list("ice_addresses").unwrap_or_default();
    let mut addresses = Vec::new();
    for item in &items {
        match item.text.parse::<IpAddr>() {
            Ok(ip) if !ip.is_unspecified() && !ip.is_multicast() => {
                if !addresses.contains(&ip) {
                    addresses.push(ip);
                }
            }
            _ => section.complain_of(
                item,
                format!(
                    "media.ice_addresses: {:?} is no address that a browser could send sound to. Write \"192.0.2.20\".",
                    item.text
                ),
            ),
        }
    }
    if addresses.len() > ADDRESSES_MAX {
        let text = format!("media.ice_addresses may name {ADDRESSES_MAX} addresses at most.");
        section.complain("ice_addresses", text);
    }
    addresses
}

fn relays(section: &mut Section<'_>) -> Vec<IceServer> {
    let tables = section.tables("turn");
    if tables.len() > RELAYS_MAX {
        let text = format!("media.turn may name {RELAYS_MAX} servers at most.");
        section.complain("turn", text);
    }
    tables.into_iter().filter_map(relay).collect()
}

fn relay(mut section: Section<'_>) -> Option<IceServer> {
    let url = section.text("url");
    let username = section.text("username").unwrap_or_default();
    let file = section.text("credential_file");
    let is_relay = |url: &String| {
        ["turn:", "turns:"].iter().any(|scheme| {
            url.strip_prefix(scheme)
                .is_some_and(|rest| !rest.is_empty())
        })
    };
    let url = url.filter(is_relay);
    if url.is_none() {
        let text =
            "media.turn needs a relay. Write url = \"turn:turn.example.net:3478?transport=udp\".";
        section.complain("url", text);
    }
    let credential = match file {
        Some(file) => match read_credential(Path::new(&file)) {
            Ok(credential) => Some(credential),
            Err(refused) => {
                let text = format!(
                    "media.turn.credential_file: cannot read {file}: {refused}. Put the password there."
                );
                section.complain("credential_file", text);
                None
            }
        },
        None => {
            let text = "media.turn needs the password, in a file that only kring can read. Write \
                        credential_file = \"/etc/kring/turn.password\".";
            section.complain("credential_file", text);
            None
        }
    };
    section.finish();
    Some(IceServer {
        urls: vec![url?],
        username,
        credential: credential?,
    })
}

/// The password, without the line end that editors add.
fn read_credential(file: &Path) -> std::io::Result<String> {
    if std::fs::metadata(file)?.len() > CREDENTIAL_FILE_MAX {
        return Err(std::io::Error::other("it is too large to be a password"));
    }
    let text = std::fs::read_to_string(file)?;
    let credential = text.trim_end_matches(['\r', '\n']);
    if credential.is_empty() || credential.contains(char::is_control) {
        return Err(std::io::Error::other("it must hold one line"));
    }
    Ok(credential.to_owned())
}
