//! The phone in the browser, as pages see it. `kringd` hands in who holds the legs; without it there is none.
//!
//! What is said here passes by the page's own socket and is no part of the agent's stream: it is for this page, now.

use crate::wire::{PHONE_SAID_WAITING_MAX, PhoneSaid};
use kring_journal::AgentId;
use serde::Serialize;
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::mpsc;
use utoipa::ToSchema;

/// Whoever holds the legs of phones in browsers.
pub trait BrowserPhones: Send + Sync {
    /// A page wishes something of its agent's phone. What comes of it is said to the page. Does not block.
    fn wish(&self, page: &PhonePage, wish: PhoneWish);

    /// The page's socket is gone. Its leg stays a while: a reload takes it over.
    fn left(&self, page: &PhonePage);

    /// How it stands with the agent's leg; none: the phone of this agent is in no browser.
    fn leg(&self, agent: &AgentId) -> Option<LegState>;

    /// What a page needs to find its way here where it cannot reach kring directly.
    fn ice_servers(&self) -> Vec<IceServer>;
}

/// The way to whoever holds the legs. The default leads nowhere.
#[derive(Clone, Default)]
pub struct PhoneDesk(Option<Arc<dyn BrowserPhones>>);

impl PhoneDesk {
    /// By these.
    pub fn new(phones: Arc<dyn BrowserPhones>) -> PhoneDesk {
        PhoneDesk(Some(phones))
    }

    /// How it stands with the agent's leg.
    pub(crate) fn leg(&self, agent: &AgentId) -> Option<LegState> {
        self.0.as_ref()?.leg(agent)
    }

    pub(crate) fn ice_servers(&self) -> Vec<IceServer> {
        let phones = self.0.as_ref();
        phones.map_or_else(Vec::new, |phones| phones.ice_servers())
    }
}

impl fmt::Debug for PhoneDesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PhoneDesk").field(&self.0.is_some()).finish()
    }
}

/// What a page wishes.
#[derive(Clone, PartialEq, Eq)]
pub enum PhoneWish {
    /// A leg, by this offer (JSEP). The one that the agent had is taken over, also in a call.
    Offer {
        /// The page's own number for it, which the answer names.
        offer: u32,
        /// SDP.
        sdp: String,
    },
    /// The socket was lost and the leg was not: what is said of this leg is wanted here.
    Keep {
        /// As the answer named it.
        leg: String,
    },
    /// No leg any more.
    Close,
}

/// An offer holds the fingerprint and the password of its ICE: neither is for a log.
impl fmt::Debug for PhoneWish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PhoneWish::Offer { offer, sdp } => write!(f, "Offer({offer}, {} bytes)", sdp.len()),
            PhoneWish::Keep { .. } => write!(f, "Keep"),
            PhoneWish::Close => write!(f, "Close"),
        }
    }
}

/// One page: whose it is, and the way back to it.
#[derive(Clone, Debug)]
pub struct PhonePage {
    /// Who is signed in there.
    pub agent: AgentId,
    /// Tells pages of one agent apart.
    pub id: u64,
    said: mpsc::Sender<PhoneSaid>,
}

static PAGES: AtomicU64 = AtomicU64::new(1);

impl PhonePage {
    /// A page of this agent, and where it hears what is said to it.
    pub fn open(agent: AgentId) -> (PhonePage, mpsc::Receiver<PhoneSaid>) {
        let (said, heard) = mpsc::channel(PHONE_SAID_WAITING_MAX);
        let id = PAGES.fetch_add(1, Ordering::Relaxed);
        (PhonePage { agent, id, said }, heard)
    }

    /// Says something to it. One that does not listen misses it, and asks anew when it comes back.
    pub fn say(&self, said: PhoneSaid) {
        if self.said.try_send(said).is_err() {
            tracing::debug!(agent = %self.agent, "a page does not hear its phone");
        }
    }
}

/// How it stands with a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LegState {
    /// There is none.
    None,
    /// It is being set up.
    Connecting,
    /// Sound can pass.
    Connected,
    /// Nothing comes from the browser at present.
    Lost,
}

/// A server of `RTCPeerConnection`'s configuration.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IceServer {
    /// `turn:turn.example.net:3478?transport=udp`.
    pub urls: Vec<String>,
    /// Who may relay.
    pub username: String,
    /// The password, which the browser needs to know.
    pub credential: String,
}

impl fmt::Debug for IceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IceServer").field(&self.urls).finish()
    }
}

/// A page's end, held by its socket: opened at its first word of a phone.
pub(crate) struct PhoneLine {
    desk: PhoneDesk,
    page: Option<(PhonePage, mpsc::Receiver<PhoneSaid>)>,
}

impl PhoneLine {
    pub(crate) fn new(desk: PhoneDesk) -> PhoneLine {
        PhoneLine { desk, page: None }
    }

    /// Passes on what the page of this agent wishes.
    pub(crate) fn wish(&mut self, agent: &AgentId, wish: PhoneWish) {
        let (page, _) = self
            .page
            .get_or_insert_with(|| PhonePage::open(agent.clone()));
        match &self.desk.0 {
            Some(phones) => phones.wish(page, wish),
            None => page.say(PhoneSaid::refused(&wish, PhoneRefused::NoBrowserPhone)),
        }
    }

    /// What is said to the page next.
    pub(crate) async fn said(&mut self) -> PhoneSaid {
        match &mut self.page {
            // It holds a sender of its own, so the channel never ends.
            Some((_, heard)) => match heard.recv().await {
                Some(said) => said,
                None => std::future::pending().await,
            },
            None => std::future::pending().await,
        }
    }
}

impl Drop for PhoneLine {
    fn drop(&mut self) {
        if let (Some((page, _)), Some(phones)) = (&self.page, &self.desk.0) {
            phones.left(page);
        }
    }
}

/// Why there is no leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneRefused {
    /// The agent has no device `browser`.
    NoBrowserPhone,
    /// What a page wants to keep is not there any more.
    NoLeg,
    /// The offer is none, or not one of sound both ways by G.711.
    BadOffer,
    /// `media.browser_port` cannot be had.
    NoPort,
    /// Too many legs, or too many offers of this agent.
    TooMany,
}

impl PhoneRefused {
    /// For programs; a page looks its own words up by it.
    pub fn code(self) -> &'static str {
        match self {
            PhoneRefused::NoBrowserPhone => "no_browser_phone",
            PhoneRefused::NoLeg => "no_leg",
            PhoneRefused::BadOffer => "bad_offer",
            PhoneRefused::NoPort => "no_port",
            PhoneRefused::TooMany => "too_many",
        }
    }

    /// In Thai and in English.
    pub(crate) fn texts(self) -> (&'static str, &'static str) {
        match self {
            PhoneRefused::NoBrowserPhone => (
                "บัญชีนี้ไม่ได้ตั้งให้ใช้เบราว์เซอร์เป็นโทรศัพท์ ให้ผู้ดูแลเพิ่มอุปกรณ์ browser",
                "This account's phone is not in the browser. Ask an administrator for the device browser.",
            ),
            PhoneRefused::NoLeg => ("ต้องต่อเสียงใหม่", "The sound has to be connected anew."),
            PhoneRefused::BadOffer => (
                "เบราว์เซอร์นี้ส่งเสียงแบบที่ระบบใช้ไม่ได้ ลองใช้ Chrome, Edge หรือ Firefox รุ่นใหม่",
                "This browser offers no sound that kring can take. Try a new Chrome, Edge or Firefox.",
            ),
            PhoneRefused::NoPort => (
                "เครื่องแม่ข่ายเปิดพอร์ตเสียงของเบราว์เซอร์ไม่ได้ แจ้งผู้ดูแลระบบ",
                "The server cannot open its port for browsers (media.browser_port). Tell the administrator.",
            ),
            PhoneRefused::TooMany => (
                "ต่อเสียงบ่อยเกินไป รอสักครู่แล้วลองใหม่",
                "Too many phones are being connected. Wait a moment and try again.",
            ),
        }
    }
}
