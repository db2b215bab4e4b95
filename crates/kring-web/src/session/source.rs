//! Where a request comes from: the address, also behind a proxy that is ours, and what its browser calls itself.

use super::Cookie;
use crate::{app::App, limits};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

/// Where a request comes from.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The address. Behind a proxy that nobody has named it is the proxy: what it says in a header could be said by
    /// anybody.
    pub(crate) address: IpAddr,
    /// What the browser is, shortened.
    pub(crate) browser: String,
    /// The secret of the browser's own cookie, if it has one.
    pub(crate) device: Option<String>,
}

impl FromRequestParts<App> for Source {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Source, Infallible> {
        let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = info.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        let agent = parts.headers.get(header::USER_AGENT);
        let agent = agent.and_then(|agent| agent.to_str().ok());
        let device = app.cookies.read(&parts.headers, Cookie::Device);
        Ok(Source {
            address: behind(peer, &parts.headers, &app.config.auth.proxies),
            browser: shortened(agent.unwrap_or_default()),
            device: device
                .filter(|secret| secret.len() == limits::SECRET_CHARS)
                .map(str::to_owned),
        })
    }
}

impl Source {
    /// The address as wrong passwords are counted by it: a house on the internet has a whole /64 of IPv6.
    pub(crate) fn block(&self) -> IpAddr {
        match self.address.to_canonical() {
            IpAddr::V6(address) => {
                let network = u128::from(address) & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from(network))
            }
            v4 @ IpAddr::V4(_) => v4,
        }
    }
}

/// Who stands before our proxies: the last address that none of them has.
fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let is_ours = |address: &IpAddr| proxies.contains(&address.to_canonical());
    if !is_ours(&peer) {
        return peer.to_canonical();
    }
    let told: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .collect();
    let mut nearest = peer;
    for text in told.into_iter().rev() {
        // What is no address was written by somebody who is not ours.
        let Ok(address) = text.trim().parse::<IpAddr>() else {
            break;
        };
        nearest = address;
        if !is_ours(&address) {
            break;
        }
    }
    nearest.to_canonical()
}

/// Browsers by what they call themselves; those that call themselves like others stand before them.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// `Firefox, Windows`: enough to know one's own browsers apart.
fn shortened(agent: &str) -> String {
    let known = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(part, _)| agent.contains(part));
        found.map(|(_, name)| *name)
    };
    match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => agent
            .chars()
            .filter(|c| !c.is_control())
            .take(limits::USER_AGENT_CHARS)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(text: &str, proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", text.parse().unwrap());
        let proxies: Vec<IpAddr> = proxies.iter().map(|text| text.parse().unwrap()).collect();
        behind(Ipv4Addr::LOCALHOST.into(), &headers, &proxies).to_string()
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed_and_only_its_last_word() {
        assert_eq!(forwarded("203.0.113.9", &[]), "127.0.0.1");
        assert_eq!(forwarded("203.0.113.9", &["127.0.0.1"]), "203.0.113.9");
        let lied = "10.0.0.1, 203.0.113.9";
        assert_eq!(forwarded(lied, &["127.0.0.1"]), "203.0.113.9");
        let two = "203.0.113.9, 10.0.0.1";
        assert_eq!(forwarded(two, &["127.0.0.1", "10.0.0.1"]), "203.0.113.9");
        assert_eq!(forwarded("nonsense", &["127.0.0.1"]), "127.0.0.1");
    }

    #[test]
    fn a_browser_is_told_in_two_words() {
        let firefox = "Mozilla/5.0 (Windows NT 10.0; rv:133.0) Gecko/20100101 Firefox/133.0";
        assert_eq!(shortened(firefox), "Firefox, Windows");
        let edge =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131 Safari/537.36 Edg/131";
        assert_eq!(shortened(edge), "Edge, Linux");
        assert_eq!(shortened("crm\u{7f}-robot"), "crm-robot");
    }

    #[test]
    fn a_whole_network_of_ipv6_is_one_source() {
        let block = |text: &str| {
            let source = Source {
                address: text.parse().unwrap(),
                browser: String::new(),
                device: None,
            };
            source.block().to_string()
        };
        assert_eq!(block("2001:db8:1:2:3:4:5:6"), block("2001:db8:1:2:ffff::1"));
        assert_ne!(block("2001:db8:1:2::1"), block("2001:db8:1:3::1"));
        assert_eq!(block("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
