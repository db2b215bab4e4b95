//! `[hep]`: copies of every SIP message for a capture server.

use super::{HostPort, section::Section};

/// Longest password, bytes: it goes with every message.
const PASSWORD_BYTES_MAX: usize = 128;

/// `[hep]`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Hep {
    /// The capture server; port 9060 when none is written.
    pub(crate) address: HostPort,
    /// By what it tells this node from others.
    pub(crate) capture_id: u32,
    /// What it asks for, if it asks.
    pub(crate) password: Option<String>,
}

impl Hep {
    /// `None` when nobody wrote a server.
    pub(super) fn read(mut section: Section<'_>, is_written: bool) -> Option<Hep> {
        let address: Option<HostPort> = section.read("address");
        let capture_id = section.number("capture_id", 2_001, 1..=u64::from(u32::MAX)) as u32;
        let password = section.text("password");
        if password
            .as_ref()
            .is_some_and(|p| p.len() > PASSWORD_BYTES_MAX)
        {
            let text = format!("hep.password is longer than {PASSWORD_BYTES_MAX} bytes.");
            section.complain("password", text);
        }
        if is_written && !section.says("address") {
            let text = "[hep] needs the capture server. Write address = \"192.0.2.50:9060\".";
            section.complain("address", text);
        }
        section.finish();
        Some(Hep {
            address: address?,
            capture_id,
            password,
        })
    }
}

impl std::fmt::Debug for Hep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hep({}, {})", self.address, self.capture_id)
    }
}
