//! Our line to a PBX: where it is, who we are there, and how the line is.

use kring_sip::{NameAddr, Peer, Uri, digest::Credentials};
use std::time::Duration;

/// Where a PBX is, for what we send to it. The default has no address: calls only come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The PBX itself, for OPTIONS.
    pub uri: Option<Uri>,
    /// Its addresses, the best first; empty while its name has none.
    pub peers: Vec<Peer>,
    /// Who we are there, if calls come by registration.
    pub account: Option<LineAccount>,
}

/// An account of ours at a PBX.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineAccount {
    /// The extension or number that we are there. Calls to the registration count as calls to it.
    pub user: String,
    /// The Request-URI of REGISTER.
    pub registrar: Uri,
    /// Who registers: `sip:5000@pbx.example.net`.
    pub aor: Uri,
    /// An outbound proxy.
    pub route: Vec<NameAddr>,
    /// The addresses of registrar or proxy, the best first.
    pub peers: Vec<Peer>,
    /// The password.
    pub credentials: Credentials,
    /// The user part of our Contact; the same after a restart.
    pub contact_user: String,
    /// How long a registration shall last, s.
    pub expires_s: u32,
    /// Whether Contact follows the address that the PBX sees us at.
    pub learns_address: bool,
}

impl Line {
    /// As it is configured: where its names lead is found later.
    pub(crate) fn as_configured(&self) -> Line {
        let mut line = self.clone();
        line.peers.clear();
        if let Some(account) = &mut line.account {
            account.peers.clear();
        }
        line
    }
}

/// How a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineStatus {
    /// The name of the trunk.
    pub trunk: String,
    /// Its addresses, each with what OPTIONS found.
    pub addresses: Vec<AddressStatus>,
    /// Whether it answers; none if nobody has asked or nothing is known yet.
    pub up: Option<bool>,
    /// Whether we are registered; none without an account, or before the first answer.
    pub registered: Option<bool>,
    /// The account, if there is one: `sip:5000@pbx.example.net`.
    pub account: Option<String>,
    /// What went wrong last; none if all is well.
    pub last_error: Option<String>,
}

/// How one address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressStatus {
    /// Which.
    pub peer: Peer,
    /// Whether it answers.
    pub up: Option<bool>,
    /// From OPTIONS to its answer, the last time.
    pub round_trip: Option<Duration>,
}
