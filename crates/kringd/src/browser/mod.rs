//! The phone in the browser: to the exchange a phone as any other, at an address of this machine that only kring may
//! speak to; to the page a leg of DTLS-SRTP that outlives calls and is taken over by a reload.
//!
//! `switchboard` is the one thread that carries all of them; `phone` is what one agent's phone is doing, `leg` its way to
//! the browser, `line` its way to kring's relay. Nothing here decides about calls: it rings, answers when it is asked to
//! (`Event: talk`), and is busy, as a telephone is.

mod bell;
mod coding;
mod door;
mod joint;
mod leg;
mod limits;
mod line;
mod phone;
mod report;
mod switchboard;

use crate::{
    clock::Clock,
    config::Config,
    exit::Fault,
    net::{Resolver, facing, near},
};
use bell::Bell;
use door::Doors;
use kring_journal::AgentId;
use kring_sip::{Peer, Transport, Uri};
use kring_web::{
    BrowserPhones, IceServer, LegState, PhonePage, PhoneRefused, PhoneSaid, PhoneWish,
};
use rustc_hash::FxHashMap;
use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{SyncSender, sync_channel},
    },
};
use switchboard::{Switchboard, Terms};

/// What the thread is told.
enum Order {
    /// kring sends SIP from here.
    Kring(Vec<SocketAddr>),
    /// A page wishes something.
    Wish(PhonePage, PhoneWish),
    /// A page's socket is gone.
    Left(PhonePage),
    /// Everything ends.
    Stop,
}

/// The phones in browsers. Clones are the same.
#[derive(Clone)]
pub(crate) struct Browsers(Arc<Inner>);

struct Inner {
    /// None: kring has no SIP over UDP, by which it could ring them.
    link: Option<Link>,
    seats: Seats,
    ice_servers: Vec<IceServer>,
}

struct Link {
    orders: SyncSender<Order>,
    bell: Bell,
    at: SocketAddr,
}

/// Who has a phone in the browser, and how it stands with the leg.
#[derive(Clone, Default)]
struct Seats(Arc<Mutex<FxHashMap<AgentId, LegState>>>);

impl Seats {
    fn all(&self) -> MutexGuard<'_, FxHashMap<AgentId, LegState>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has(&self, agent: &AgentId) -> bool {
        self.all().contains_key(agent)
    }

    fn turn(&self, agent: &AgentId, state: LegState) {
        if let Some(seat) = self.all().get_mut(agent) {
            *seat = state;
        }
    }
}

impl Browsers {
    /// Starts the thread.
    pub(crate) async fn open(
        config: &Config,
        clock: &Clock,
        resolver: &Resolver,
    ) -> Result<Browsers, Fault> {
        let told = told(config, resolver).await?;
        let started = Browsers::start(config, clock, told);
        started.map_err(|refused| Fault::Own(format!("the phones in browsers: {refused}")))
    }

    fn start(config: &Config, clock: &Clock, told: Vec<IpAddr>) -> io::Result<Browsers> {
        let seats = Seats::default();
        let listens = &config.sip.listen;
        let udp = listens
            .iter()
            .find(|listen| listen.transport == Transport::Udp);
        let ice_servers = config.media.browser.relays.clone();
        let Some(udp) = udp else {
            return Ok(Browsers(Arc::new(Inner {
                link: None,
                seats,
                ice_servers,
            })));
        };
        let socket = UdpSocket::bind((near(udp.address.ip()), 0))?;
        socket.set_nonblocking(true)?;
        let at = socket.local_addr()?;
        let media = listens.first().map(|listen| listen.address.ip());
        let terms = Terms {
            sip: socket,
            sound_at: near(media.unwrap_or(Ipv4Addr::UNSPECIFIED.into())),
            port: config.media.browser.port,
            told,
        };
        let bell = Bell::new()?;
        let switchboard = Switchboard::new(terms, clock.clone(), seats.clone(), bell.clone())?;
        let (orders, ordered) = sync_channel(limits::ORDERS_WAITING_MAX);
        std::thread::Builder::new()
            .name("browsers".to_owned())
            .spawn(move || switchboard.run(&ordered))?;
        Ok(Browsers(Arc::new(Inner {
            link: Some(Link { orders, bell, at }),
            seats,
            ice_servers,
        })))
    }

    /// Where kring sends SIP from, by the addresses that were bound.
    pub(crate) fn hear_kring(&self, sip: &[SocketAddr]) {
        let seen = sip
            .iter()
            .map(|at| SocketAddr::new(near(at.ip()), at.port()));
        let all = seen.chain(sip.iter().copied()).collect();
        self.order(Order::Kring(all));
    }

    /// Where the phone of this agent is rung; none: kring could not ring it.
    pub(crate) fn place(&self, agent: &AgentId) -> Option<(Uri, Peer)> {
        let at = self.0.link.as_ref()?.at;
        let host = match at.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let uri = Uri::sip(Some(agent.as_str()), &host, Some(at.port())).ok()?;
        let peer = Peer {
            transport: Transport::Udp,
            address: at,
        };
        Some((uri, peer))
    }

    /// Whether this agent's phone is in the browser.
    pub(crate) fn seat(&self, agent: &AgentId, has_one: bool) {
        let mut seats = self.0.seats.all();
        if has_one {
            seats.entry(agent.clone()).or_insert(LegState::None);
        } else {
            seats.remove(agent);
        }
    }

    /// Ends the thread. Legs are silent from then on.
    pub(crate) fn stop(&self) {
        self.order(Order::Stop);
    }

    /// Whether it will be done.
    fn order(&self, order: Order) -> bool {
        let Some(link) = &self.0.link else {
            return false;
        };
        let taken = link.orders.try_send(order).is_ok();
        link.bell.ring();
        taken
    }
}

/// The addresses that browsers are told: as configured, else that to which kring says that sound is sent.
async fn told(config: &Config, resolver: &Resolver) -> Result<Vec<IpAddr>, Fault> {
    if !config.media.browser.addresses.is_empty() {
        return Ok(config.media.browser.addresses.clone());
    }
    Ok(vec![
        match (config.media.address, config.sip.listen.first()) {
            (Some(ip), _) => ip,
            (None, Some(first)) => facing(config, resolver, *first).await?.ip(),
            (None, None) => Ipv4Addr::LOCALHOST.into(),
        },
    ])
}

/// Binds the port of browsers and lets it go again; what they would be told.
pub(crate) async fn try_port(
    config: &Config,
    resolver: &Resolver,
) -> Result<Vec<SocketAddr>, Fault> {
    let port = config.media.browser.port;
    let doors = Doors::bind(&told(config, resolver).await?, port);
    let doors = doors.map_err(|refused| {
        Fault::Unavailable(format!(
            "port {port} cannot be bound: {refused}. Free it, or set media.browser_port"
        ))
    })?;
    Ok(doors.all().iter().map(|door| door.told).collect())
}

impl BrowserPhones for Browsers {
    fn wish(&self, page: &PhonePage, wish: PhoneWish) {
        let why = if self.0.link.is_none() {
            PhoneRefused::NoBrowserPhone
        } else {
            PhoneRefused::TooMany
        };
        if !self.order(Order::Wish(page.clone(), wish.clone())) {
            page.say(PhoneSaid::refused(&wish, why));
        }
    }

    fn left(&self, page: &PhonePage) {
        // Where this is not heard, silence is.
        self.order(Order::Left(page.clone()));
    }

    fn leg(&self, agent: &AgentId) -> Option<LegState> {
        self.0.seats.all().get(agent).copied()
    }

    fn ice_servers(&self) -> Vec<IceServer> {
        self.0.ice_servers.clone()
    }
}
