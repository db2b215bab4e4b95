//! The ways between PBXs and us: by which trunk a call comes, and how ours go through one.

use super::Exchange;
use crate::{line::LineAccount, trunk::Trunk};
use kring_sip::{Branch, LoginId, Peer, Transport, Uri};
use std::net::IpAddr;

impl Exchange {
    /// Which trunk a request to this Contact of ours is meant for.
    pub(super) fn trunk_of_contact(&self, user: &str) -> Option<(usize, &LineAccount)> {
        let accounts = self.config.trunks.iter().enumerate();
        accounts
            .filter_map(|(index, trunk)| Some((index, trunk.line.account.as_ref()?)))
            .find(|(_, account)| account.contact_user == user)
    }

    /// The password for changing and ending calls that came by this trunk.
    pub(super) fn login_of_trunk(&self, trunk: usize) -> Option<LoginId> {
        self.lines.row(trunk).account().map(|(_, login)| login)
    }

    /// Where and as whom a device is rung: an extension of the PBX by its line, with the addresses that
    /// answer in front; anything else as it is.
    pub(super) fn way_to(&self, name: &str, uri: &Uri, found: &[Peer]) -> Branch {
        let direct = || Branch {
            target: uri.clone(),
            route: Vec::new(),
            peers: found.to_vec(),
            keeps_way: false,
            login: None,
            extra: Vec::new(),
            offer: None,
        };
        if !name.starts_with("pbx:") {
            return direct();
        }
        let has_address = |trunk: &Trunk| trunk.line.uri.is_some();
        let Some(index) = self.config.trunks.iter().position(has_address) else {
            return direct();
        };
        let row = self.lines.row(index);
        let mut peers = self.config.trunks[index].line.peers.clone();
        peers.sort_by_key(|peer| row.is_down(peer));
        if peers.is_empty() {
            peers.extend_from_slice(found);
        }
        let route = row
            .account()
            .map(|(account, _)| self.endpoint.service_route(account).to_vec());
        Branch {
            target: uri.clone(),
            route: route.unwrap_or_default(),
            peers,
            keeps_way: false,
            login: row.account().map(|(_, login)| login),
            extra: Vec::new(),
            offer: None,
        }
    }

    /// Who asks, when nobody in particular does.
    pub(super) fn own_uri(&self) -> Uri {
        let own = self.config.endpoint.advertised.at(Transport::Udp);
        let host = match own.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        Uri::sip(Some("kring"), &host, Some(own.port())).unwrap_or_else(|_| self.anonymous.clone())
    }
}
