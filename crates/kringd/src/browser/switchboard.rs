//! The thread of all phones in browsers: their one port, their SIP, and the sound of their calls. It waits in one place,
//! takes what has come, and sleeps until somebody is due.

mod calls;
mod legs;
mod sweep;

use super::{Order, Seats, bell::Bell, door::Doors, leg::FromLeg, limits, phone::Phone};
use crate::clock::Clock;
use kring_journal::AgentId;
use kring_sip::{Advertised, Endpoint, EndpointConfig, LegId};
use kring_time::Moment;
use kring_web::{LegState, PhonePage, PhoneRefused, PhoneSaid, PhoneState, PhoneWish};
use rustc_hash::FxHashMap;
use rustix::{
    event::{Timespec, epoll},
    io::Errno,
};
use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
    os::fd::OwnedFd,
    sync::mpsc::{Receiver, TryRecvError},
    time::Instant,
};
use str0m::{config::DtlsCert, crypto};

/// Tokens of sockets: the bell, SIP, the doors of browsers; then two for each phone's line.
const BELL: u64 = 0;
const SIP: u64 = 1;
const DOORS: u64 = 16;
const LINES: u64 = 1_024;

/// What the thread is made with.
pub(super) struct Terms {
    /// The socket that kring rings at.
    pub(super) sip: UdpSocket,
    /// Where sound passes between kring and the phones.
    pub(super) sound_at: IpAddr,
    /// `media.browser_port`.
    pub(super) port: u16,
    /// What browsers are told.
    pub(super) told: Vec<IpAddr>,
}

/// Two readings of one moment.
type Now = (Moment, Instant);

pub(super) struct Switchboard {
    epoll: OwnedFd,
    bell: Bell,
    clock: Clock,
    seats: Seats,
    terms: Terms,
    /// Where kring sends SIP from; nobody else is listened to.
    kring: Vec<SocketAddr>,
    endpoint: Endpoint,
    doors: Option<Doors>,
    certificate: DtlsCert,
    phones: Vec<Phone>,
    by_agent: FxHashMap<AgentId, usize>,
    by_sip: FxHashMap<LegId, usize>,
    by_address: FxHashMap<SocketAddr, usize>,
    by_ufrag: FxHashMap<String, usize>,
    /// When legs want to be woken; some may have changed their mind.
    due: BinaryHeap<Reverse<(Instant, usize)>>,
    sweep_at: Moment,
    buffer: Box<[u8]>,
    came: Vec<FromLeg>,
}

impl Switchboard {
    pub(super) fn new(
        terms: Terms,
        clock: Clock,
        seats: Seats,
        bell: Bell,
    ) -> io::Result<Switchboard> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let own = terms.sip.local_addr()?;
        watch(&epoll, bell.fd(), BELL)?;
        watch(&epoll, &terms.sip, SIP)?;
        let certificate = crypto::from_feature_flags()
            .dtls_provider
            .generate_certificate();
        let certificate = certificate.ok_or_else(|| io::Error::other("no certificate for DTLS"))?;
        Ok(Switchboard {
            epoll,
            bell,
            seats,
            kring: Vec::new(),
            endpoint: Endpoint::new(EndpointConfig {
                user_agent: "kring browser".to_owned(),
                talkable: true,
                ..EndpointConfig::new(Advertised::everywhere(own), rand::random())
            }),
            doors: None,
            certificate,
            phones: Vec::new(),
            by_agent: FxHashMap::default(),
            by_sip: FxHashMap::default(),
            by_address: FxHashMap::default(),
            by_ufrag: FxHashMap::default(),
            due: BinaryHeap::new(),
            sweep_at: clock.now(),
            buffer: vec![0; limits::BUFFER].into(),
            came: Vec::new(),
            clock,
            terms,
        })
    }

    pub(super) fn run(mut self, orders: &Receiver<Order>) {
        let nothing = epoll::Event {
            flags: epoll::EventFlags::empty(),
            data: epoll::EventData::new_u64(0),
        };
        let mut events = [nothing; limits::EVENTS_MAX];
        loop {
            let patience = self.patience();
            let ready = match epoll::wait(&self.epoll, &mut events, Some(&patience)) {
                Ok(ready) => ready,
                Err(Errno::INTR) => continue,
                Err(refused) => {
                    tracing::error!(%refused, "the phones in browsers end: they are silent now");
                    return;
                }
            };
            for event in &events[..ready] {
                match event.data.u64() {
                    BELL => {
                        self.bell.settle();
                        if !self.obey(orders) {
                            return;
                        }
                    }
                    SIP => self.hear_sip(),
                    token @ LINES.. => self.hear_line(token - LINES),
                    token => self.hear_browsers((token - DOORS) as usize),
                }
            }
            self.wake();
        }
    }

    fn now(&self) -> Now {
        let now = self.clock.now();
        (now, self.clock.instant(now))
    }

    /// How long nobody wants anything.
    fn patience(&self) -> Timespec {
        let (now, instant) = self.now();
        let leg = self
            .due
            .peek()
            .map(|Reverse((due, _))| due.saturating_duration_since(instant));
        let sip = self.endpoint.deadline().map(|due| due.since(now));
        let sweep = match self.phones.is_empty() {
            true => limits::LEG_GONE,
            false => self.sweep_at.since(now),
        };
        let length = leg.into_iter().chain(sip).fold(sweep, std::cmp::Ord::min);
        Timespec {
            tv_sec: length.as_secs() as i64,
            tv_nsec: i64::from(length.subsec_nanos()),
        }
    }

    /// False: the thread ends.
    fn obey(&mut self, orders: &Receiver<Order>) -> bool {
        loop {
            let now = self.now();
            match orders.try_recv() {
                Ok(Order::Kring(at)) => self.kring = at,
                Ok(Order::Wish(page, wish)) => self.wish(now, &page, wish),
                Ok(Order::Left(page)) => self.left(now, &page),
                Ok(Order::Stop) | Err(TryRecvError::Disconnected) => return false,
                Err(TryRecvError::Empty) => return true,
            }
        }
    }

    fn wish(&mut self, now: Now, page: &PhonePage, wish: PhoneWish) {
        let refused = |why| PhoneSaid::refused(&wish, why);
        if !self.seats.has(&page.agent) {
            page.say(refused(PhoneRefused::NoBrowserPhone));
            return;
        }
        let slot = self.slot(now.0, &page.agent);
        match &wish {
            PhoneWish::Offer { offer, sdp } => {
                if let Err(why) = self.answer(now, slot, page, (*offer, sdp)) {
                    page.say(refused(why));
                }
            }
            PhoneWish::Keep { leg } => {
                let phone = &mut self.phones[slot];
                if phone.leg.as_ref().is_none_or(|there| there.name != *leg) {
                    page.say(refused(PhoneRefused::NoLeg));
                    return;
                }
                phone.page = Some(page.clone());
                phone.say_state(now.0, said_of(phone.leg.as_ref().map(|leg| leg.state)));
                phone.say_call();
            }
            PhoneWish::Close => {
                let holds = self.phones[slot]
                    .page
                    .as_ref()
                    .is_some_and(|at| at.id == page.id);
                if holds {
                    self.drop_leg(now, slot, PhoneState::Closed);
                }
            }
        }
    }

    fn slot(&mut self, now: Moment, agent: &AgentId) -> usize {
        if let Some(slot) = self.by_agent.get(agent) {
            return *slot;
        }
        let slot = self.phones.len();
        self.phones.push(Phone::new(now, agent.clone()));
        self.by_agent.insert(agent.clone(), slot);
        slot
    }

    fn left(&mut self, now: Now, page: &PhonePage) {
        let Some(slot) = self.by_agent.get(&page.agent) else {
            return;
        };
        let phone = &mut self.phones[*slot];
        if phone.page.as_ref().is_some_and(|at| at.id == page.id) {
            phone.page = None;
            phone.alone_since = now.0;
        }
    }
}

fn said_of(state: Option<LegState>) -> PhoneState {
    match state {
        Some(LegState::Connecting) => PhoneState::Connecting,
        Some(LegState::Connected) => PhoneState::Connected,
        Some(LegState::Lost) => PhoneState::Lost,
        Some(LegState::None) | None => PhoneState::Closed,
    }
}

fn watch(epoll: &OwnedFd, fd: impl std::os::fd::AsFd, token: u64) -> io::Result<()> {
    let token = epoll::EventData::new_u64(token);
    epoll::add(epoll, fd, token, epoll::EventFlags::IN)?;
    Ok(())
}
