//! `[sip]` and `[[trunk]]`: where kring listens, what it calls itself, and which PBXs it works with.

use super::{
    account::Account,
    address::{Advertised, HostPort, Listen},
    section::{Item, Section},
    security::Tls,
    sound::SRTP,
    transfers::METHODS,
};
use kring_call::{PassedHeader, PeerPattern, RedirectHeader, TransferMethod};
use kring_media::SrtpPolicy;
use kring_sip::{Strangers, Transport};
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

/// Sockets that one process may listen on.
const LISTENS_MAX: usize = 16;

/// The port of SIP, when none is written (RFC 3261 §19.1.2).
const SIP_PORT: u16 = 5060;

/// `[sip]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sip {
    /// The sockets, at least one.
    pub(crate) listen: Vec<Listen>,
    /// Certificates, for `tls:` and `wss:` sockets and for connections to PBXs by TLS.
    pub(crate) tls: Tls,
    /// What Via and Contact say, at most one of each family. Without one of a socket's family: the
    /// address of this machine that faces the first trunk.
    pub(crate) advertised: Vec<Advertised>,
    /// User-Agent and Server.
    pub(crate) user_agent: String,
    /// New calls a second, all trunks together; more are told 503. 0 is no bound.
    pub(crate) max_cps: u32,
    /// How often PBXs are asked by OPTIONS whether they are there, s; 0: never.
    pub(crate) options_ping_s: u32,
    /// What those are told who are neither in a trunk's peers nor a phone of ours.
    pub(crate) strangers: Strangers,
    /// How long SIP traces of calls are kept, days; 0 keeps none.
    pub(crate) trace_keep_days: u32,
    /// Headers of a caller's INVITE that the phones get, too.
    pub(crate) pass_headers: Vec<PassedHeader>,
    /// The session timer that kring asks for, s: 90 or more, or 0 for none.
    pub(crate) session_timer_s: u32,
}

/// `[[trunk]]`: a PBX.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trunk {
    /// Its name, unique.
    pub(crate) name: String,
    /// Where kring sends requests to it: to ring `pbx:EXT` devices.
    pub(crate) address: Option<HostPort>,
    /// Who may send us calls in its name.
    pub(crate) peers: Vec<PeerPattern>,
    /// The certificate authorities that it is believed by over TLS (PEM). `None`: the machine's.
    pub(crate) tls_ca: Option<PathBuf>,
    /// Whether P-Asserted-Identity is believed (RFC 3325).
    pub(crate) trust_identity: bool,
    /// Calls a second that it may bring; more are told 503. 0 is no bound of its own.
    pub(crate) max_cps: u32,
    /// Calls at once that it may bring; more are told 503. 0 is no bound of its own.
    pub(crate) max_calls: u32,
    /// How its requests travel; by what its name offers, else UDP, where it is not written.
    pub(crate) transport: Option<Transport>,
    /// Who we are there, if its calls come by registration.
    pub(crate) register: Option<Account>,
    /// How we say who sends a call on: in our 302, and of whoever is transferred.
    pub(crate) redirect_header: RedirectHeader,
    /// Who joins its callers and whom they are transferred to; none: as `[transfer]` says.
    pub(crate) transfer_method: Option<TransferMethod>,
    /// Whether whoever is called through it is told the call in User-to-User (RFC 7433).
    pub(crate) user_to_user: bool,
    /// Whether its sound is secured; none: as `[media]` says.
    pub(crate) srtp: Option<SrtpPolicy>,
}

impl Sip {
    pub(super) fn read(mut section: Section<'_>) -> Sip {
        let listen = listens(&mut section);
        let tls = Tls::read(&mut section, &listen);
        let user_agent = section.text("user_agent");
        let sip = Sip {
            listen,
            tls,
            advertised: advertised(&mut section),
            user_agent: user_agent
                .unwrap_or_else(|| format!("kring/{}", env!("CARGO_PKG_VERSION"))),
            max_cps: section.number("max_cps", 100, 0..=10_000) as u32,
            options_ping_s: section.number("options_ping_s", 30, 0..=3_600) as u32,
            strangers: section.choice(
                "strangers",
                &[("refuse", Strangers::Refuse), ("ignore", Strangers::Ignore)],
                Strangers::Refuse,
            ),
            trace_keep_days: section.number("trace_keep_days", 30, 0..=3_650) as u32,
            session_timer_s: session_timer(&mut section),
            pass_headers: pass_headers(&mut section),
        };
        section.finish();
        sip
    }
}

/// RFC 4028 §5: no interval is shorter than 90 s.
fn session_timer(section: &mut Section<'_>) -> u32 {
    let seconds = section.number("session_timer_s", 1_800, 0..=86_400) as u32;
    if matches!(seconds, 1..90) {
        let text = format!("sip.session_timer_s is {seconds}, but must be 0 (off) or 90 to 86400.");
        section.complain("session_timer_s", text);
    }
    seconds
}

/// By default what RFC 7433 made for it.
fn pass_headers(section: &mut Section<'_>) -> Vec<PassedHeader> {
    let Some(items) = section.list("pass_headers") else {
        return "User-to-User".parse().into_iter().collect();
    };
    let read = |item: &Item| match item.text.parse() {
        Ok(rule) => Some(rule),
        Err(refused) => {
            section.complain_of(item, format!("sip.pass_headers: {refused}."));
            None
        }
    };
    items.iter().filter_map(read).collect()
}

fn listens(section: &mut Section<'_>) -> Vec<Listen> {
    let Some(items) = section.list("listen") else {
        let address = SocketAddr::from(([0, 0, 0, 0], SIP_PORT));
        let both = [Transport::Udp, Transport::Tcp];
        return both.map(|transport| Listen { transport, address }).into();
    };
    if items.is_empty() || items.len() > LISTENS_MAX {
        let text = format!("sip.listen must name 1 to {LISTENS_MAX} sockets.");
        section.complain("listen", text);
    }
    let mut listens: Vec<Listen> = Vec::new();
    for item in &items {
        match item.text.parse() {
            Ok(listen) if listens.contains(&listen) => {
                let text = format!("sip.listen names {listen} twice. Take one out.");
                section.complain_of(item, text);
            }
            Ok(listen) => listens.push(listen),
            Err(refused) => section.complain_of(item, format!("sip.listen: {refused}.")),
        }
    }
    listens
}

fn advertised(section: &mut Section<'_>) -> Vec<Advertised> {
    let mut all: Vec<Advertised> = Vec::new();
    for item in section.list("advertised").unwrap_or_default() {
        match item.text.parse::<Advertised>() {
            Ok(own)
                if all
                    .iter()
                    .any(|other| other.ip.is_ipv4() == own.ip.is_ipv4()) =>
            {
                let text = "sip.advertised may have one IPv4 and one IPv6 address. Take one out.";
                section.complain_of(&item, text);
            }
            Ok(own) => all.push(own),
            Err(refused) => section.complain_of(&item, format!("sip.advertised: {refused}.")),
        }
    }
    all
}

impl Trunk {
    /// The trunk that is there when none is configured: this machine.
    pub(super) fn local() -> Trunk {
        Trunk {
            name: "local".to_owned(),
            address: None,
            peers: ["127.0.0.1", "::1"]
                .into_iter()
                .filter_map(pattern)
                .collect(),
            tls_ca: None,
            trust_identity: true,
            max_cps: 0,
            max_calls: 0,
            transport: None,
            register: None,
            redirect_header: RedirectHeader::default(),
            transfer_method: None,
            user_to_user: false,
            srtp: None,
        }
    }

    /// Whether it is that one.
    pub(crate) fn is_local(&self) -> bool {
        self.address.is_none() && self.peers == Trunk::local().peers
    }

    pub(super) fn read(mut section: Section<'_>, before: &[Trunk]) -> Trunk {
        let name = section.text("name");
        let name = name.unwrap_or_else(|| {
            section.complain("name", "a [[trunk]] needs a name. Write name = \"pbx\".");
            String::new()
        });
        if before.iter().any(|other| other.name == name) {
            let text = format!("two trunks are called {name:?}. Give each its own name.");
            section.complain("name", text);
        }
        if name == kring_web::TEST_TRUNK {
            let text =
                format!("{name:?} is the trunk of kring's own test calls. Choose another name.");
            section.complain("name", text);
        }
        let register = section.inner("register", "trunk.register");
        let register = register.and_then(Account::read);
        let address: Option<HostPort> = section.read("address");
        // Whoever has an account somewhere has said where the PBX is.
        let own = |account: &Account| account.outbound_proxy.clone().unwrap_or(account.host());
        let address = address.or_else(|| register.as_ref().map(own));
        let transports = [Transport::Udp, Transport::Tcp, Transport::Tls]
            .map(|transport| (transport.name(), Some(transport)));
        let trunk = Trunk {
            peers: peers(&mut section, address.as_ref(), register.is_some()),
            tls_ca: section.text("tls_ca").map(PathBuf::from),
            transport: section.choice("transport", &transports, None),
            register,
            trust_identity: section.flag("trust_identity", true),
            max_cps: section.number("max_cps", 0, 0..=10_000) as u32,
            max_calls: section.number("max_calls", 0, 0..=10_000) as u32,
            redirect_header: section.choice(
                "redirect_header",
                &[
                    ("diversion", RedirectHeader::Diversion),
                    ("history-info", RedirectHeader::HistoryInfo),
                    ("none", RedirectHeader::None),
                ],
                RedirectHeader::default(),
            ),
            transfer_method: section.choice(
                "transfer_method",
                &METHODS.map(|(word, method)| (word, Some(method))),
                None,
            ),
            user_to_user: section.flag("user_to_user", false),
            srtp: section.choice(
                "srtp",
                &SRTP.map(|(word, policy)| (word, Some(policy))),
                None,
            ),
            name,
            address,
        };
        let is_open = |way: Transport| !matches!(way, Transport::Tls | Transport::Wss);
        if trunk.srtp == Some(SrtpPolicy::Require) && trunk.transport.is_some_and(is_open) {
            let text = "srtp = \"require\" needs transport = \"tls\": keys that everybody can read secure \
                        nothing.";
            section.complain("srtp", text);
        }
        section.finish();
        trunk
    }
}

/// The peers as written; without them the trunk's own address, when it is one.
/// Calls of a registration come from where it was made, too.
fn peers(
    section: &mut Section<'_>,
    address: Option<&HostPort>,
    is_registered: bool,
) -> Vec<PeerPattern> {
    let Some(items) = section.list("peers") else {
        let host = address.and_then(|at| at.host.parse::<IpAddr>().ok());
        if host.is_none() && !is_registered {
            let text = "trunk.peers must say who may send us calls. Write the PBX's address, \
                        peers = [\"192.0.2.10\"].";
            section.complain("peers", text);
        }
        return host
            .and_then(|ip| pattern(&ip.to_string()))
            .into_iter()
            .collect();
    };
    if items.is_empty() {
        let text = "trunk.peers is empty: nobody could call. Write the PBX's address.";
        section.complain("peers", text);
    }
    let read = |item: &Item| match item.text.parse::<PeerPattern>() {
        Ok(rule) => Some(rule),
        Err(refused) => {
            section.complain_of(item, format!("trunk.peers: {refused}."));
            None
        }
    };
    items.iter().filter_map(read).collect()
}

/// The pattern of a text that is known to be an address.
fn pattern(address: &str) -> Option<PeerPattern> {
    address.parse().ok()
}
