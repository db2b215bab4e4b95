//! One registration of ours at a PBX (RFC 3261 §10.2): when it is asked for, kept up, tried again and
//! given up. Knows time and answers; who sends the REGISTER is none of its business.

use crate::{
    Headers, NameAddr, Peer, Response, StatusCode, Transport, Uri,
    endpoint::{LoginId, Proofs, Thread},
    entropy::Entropy,
    header::Contact,
};
use kring_time::Moment;
use std::{fmt, net::SocketAddr, time::Duration};

/// An account of ours at a PBX or provider.
#[derive(Clone, Debug)]
pub struct Account {
    /// The Request-URI of its REGISTERs: the domain.
    pub registrar: Uri,
    /// Who we are there.
    pub aor: Uri,
    /// An outbound proxy, if all must pass one.
    pub route: Vec<NameAddr>,
    /// The addresses of registrar or proxy, the best first. May be empty until they are known.
    pub peers: Vec<Peer>,
    /// The password.
    pub login: LoginId,
    /// The user part of our Contact, by which a call to it is known. The same after a restart, so that
    /// the new binding replaces the old one.
    pub contact_user: String,
    /// How long a registration shall last, s.
    pub expires_s: u32,
    /// Whether Contact follows the address that the registrar sees us at (RFC 3581), because nobody has
    /// configured a better one.
    pub learns_address: bool,
}

/// One of our accounts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct AccountId(pub u32);

/// What happened to an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AccountEvent {
    /// It is registered, and was not.
    Up {
        /// With whom.
        peer: Peer,
        /// For how long before it must be refreshed, s.
        expires_s: u32,
    },
    /// It could not be registered or refreshed. While a refresh fails it may still be up.
    Failed {
        /// The status: 408 for silence, 503 for a failed transport.
        code: u16,
        /// In words: the reason phrase, or that the password was refused.
        reason: String,
        /// When it is tried again.
        retry_in: Duration,
    },
    /// It is registered no longer.
    Down {
        /// The status that ended it; 200 if we did, 408 if it ran out.
        code: u16,
    },
}

/// Shortest and longest pause after a failure, before chance is added (RFC 5626 §4.5).
const PAUSE: (Duration, Duration) = (Duration::from_secs(4), Duration::from_secs(300));

/// Longest Retry-After that is obeyed to the letter: a day would be a mistake of somebody's.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);

/// Longest registration that a registrar can make us ask for by 423.
const EXPIRES_MAX_S: u32 = 86_400;

/// Proxies of one Service-Route that are kept.
const ROUTES_MAX: usize = 8;

/// A new address is told to the registrar at once, but not more often than this: a NAT that changes it
/// with every request would make us ask for ever.
const LEARNING_EVERY: Duration = Duration::from_secs(60);

/// Its state.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) account: Account,
    pub(crate) thread: Thread,
    pub(crate) proofs: Proofs,
    /// On calls to this PBX (RFC 3608).
    pub(crate) service_route: Vec<NameAddr>,
    state: State,
    expires_s: u32,
    failures: u32,
    up_until: Option<Moment>,
    /// Who answered last; asked first.
    good: Option<Peer>,
    seen_at: Option<(Moment, SocketAddr)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// REGISTER is to be sent then.
    Waiting { until: Moment },
    /// It is on its way.
    Asking,
    /// With Expires 0.
    Leaving,
    /// Nobody wants it any more.
    Over,
}

/// How a REGISTER ended.
#[derive(Debug)]
pub(crate) enum Ending<'a> {
    /// By its final response, from whom, and whether to a password that was given.
    Heard(&'a Response, Peer, Option<String>),
    /// Without one; the code says how.
    Unheard(u16),
}

impl Registration {
    /// To be asked for at once.
    pub(crate) fn new(now: Moment, account: Account, thread: Thread) -> Registration {
        Registration {
            expires_s: account.expires_s,
            account,
            thread,
            proofs: Proofs::default(),
            service_route: Vec::new(),
            state: State::Waiting { until: now },
            failures: 0,
            up_until: None,
            good: None,
            seen_at: None,
        }
    }

    /// When something is due.
    pub(crate) fn due(&self) -> Option<Moment> {
        let next = match self.state {
            // Without an address there is nobody to ask; one comes by `move_to`.
            State::Waiting { until } => (!self.account.peers.is_empty()).then_some(until),
            State::Asking | State::Leaving | State::Over => None,
        };
        [next, self.up_until].into_iter().flatten().min()
    }

    /// Whether it has run out by `now`, told once.
    pub(crate) fn runs_out(&mut self, now: Moment) -> Option<AccountEvent> {
        self.up_until.take_if(|until| *until <= now)?;
        Some(AccountEvent::Down { code: 408 })
    }

    /// Whether a REGISTER is to be sent now: the Expires that it asks for.
    pub(crate) fn begins(&mut self, now: Moment) -> Option<u32> {
        match self.state {
            State::Waiting { until } if until <= now && !self.account.peers.is_empty() => {
                self.state = State::Asking;
                Some(self.expires_s)
            }
            _ => None,
        }
    }

    /// It is given up: whether there is something to be taken back at the registrar.
    pub(crate) fn leaves(&mut self) -> bool {
        let up = self.up_until.take().is_some();
        self.state = if up { State::Leaving } else { State::Over };
        up
    }

    /// Whether nobody wants it any more.
    pub(crate) fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// Other addresses are known now.
    pub(crate) fn move_to(&mut self, now: Moment, peers: Vec<Peer>) {
        let was_lost = self.account.peers.is_empty();
        self.account.peers = peers;
        if let (State::Waiting { until }, true) = (&mut self.state, was_lost) {
            *until = now;
        }
    }

    /// Whom to ask, in this order.
    pub(crate) fn peers(&self) -> Vec<Peer> {
        let mut peers = self.account.peers.clone();
        peers.sort_by_key(|peer| Some(*peer) != self.good);
        peers
    }

    /// Our Contact, over `transport`, for so long. `own` is the configured address.
    pub(crate) fn contact(&self, transport: Transport, own: SocketAddr, expires_s: u32) -> String {
        let at = match self.seen_at {
            Some((_, seen)) if transport == Transport::Udp => seen,
            _ => own,
        };
        let user = &self.account.contact_user;
        let uri = match transport {
            Transport::Udp => format!("sip:{user}@{at}"),
            other => format!("sip:{user}@{at};transport={other}"),
        };
        format!("<{uri}>;expires={expires_s}")
    }

    /// A REGISTER has ended.
    pub(crate) fn heard(
        &mut self,
        now: Moment,
        own: SocketAddr,
        ending: &Ending<'_>,
        entropy: &mut Entropy,
    ) -> Vec<AccountEvent> {
        match (self.state, ending) {
            (State::Leaving | State::Over, _) => {
                self.state = State::Over;
                vec![AccountEvent::Down { code: 200 }]
            }
            (_, Ending::Heard(response, peer, _)) if response.status.is_success() => {
                self.granted(now, own, response, *peer, entropy)
            }
            (_, Ending::Heard(response, ..)) if self.is_too_short(response) => {
                self.state = State::Waiting { until: now };
                Vec::new()
            }
            (_, Ending::Heard(response, _, wrong)) => {
                let asked = response.headers.retry_after();
                let asked = asked.map(|s| Duration::from_secs(s.into()).min(RETRY_AFTER_MAX));
                let reason = wrong.clone().unwrap_or_else(|| response.reason.to_string());
                self.failed(now, response.status.code(), reason, asked, entropy)
            }
            (_, Ending::Unheard(code)) => {
                let phrase = StatusCode::new(*code).map_or("", StatusCode::reason_phrase);
                self.failed(now, *code, phrase.to_owned(), None, entropy)
            }
        }
    }

    fn granted(
        &mut self,
        now: Moment,
        own: SocketAddr,
        response: &Response,
        peer: Peer,
        entropy: &mut Entropy,
    ) -> Vec<AccountEvent> {
        let headers = &response.headers;
        let expires_s = self.lifetime(headers);
        if expires_s == 0 {
            let reason = "registered for no time at all".to_owned();
            return self.failed(now, response.status.code(), reason, None, entropy);
        }
        self.failures = 0;
        self.good = Some(peer);
        let routes = headers.all(&crate::HeaderName::ServiceRoute);
        let routes = routes.filter_map(|route| route.parse().ok());
        self.service_route = routes.take(ROUTES_MAX).collect();
        // At 80 to 90 %, so that many accounts do not come at once and one lost REGISTER is no loss.
        let share = u64::from(800 + entropy.below(101));
        let refresh = Duration::from_millis(u64::from(expires_s) * share);
        let until = if self.learns(now, own, headers, peer) {
            now
        } else {
            now + refresh
        };
        self.state = State::Waiting { until };
        let was_up = self.up_until.is_some();
        self.up_until = Some(now + Duration::from_secs(expires_s.into()));
        if was_up {
            return Vec::new();
        }
        vec![AccountEvent::Up { peer, expires_s }]
    }

    /// How long the registrar keeps us: what it says of our Contact, or at all, or else what we asked.
    fn lifetime(&self, headers: &Headers) -> u32 {
        let ours = |contact: &Contact| {
            let uri = contact.address().map(|address| &address.uri);
            uri.and_then(Uri::user) == Some(&*self.account.contact_user)
        };
        let mut contacts = headers.contacts().filter_map(Result::ok);
        contacts
            .find(ours)
            .and_then(|contact| contact.expires())
            .or_else(|| headers.expires().ok().flatten())
            .unwrap_or(self.expires_s)
            .min(EXPIRES_MAX_S)
    }

    /// RFC 3261 §10.2.8: 423 says what would be long enough.
    fn is_too_short(&mut self, response: &Response) -> bool {
        if response.status.code() != 423 {
            return false;
        }
        let wanted = response.headers.get(&crate::HeaderName::MinExpires);
        let wanted = wanted.and_then(|text| text.trim().parse::<u32>().ok());
        match wanted {
            Some(wanted) if wanted > self.expires_s && wanted <= EXPIRES_MAX_S => {
                self.expires_s = wanted;
                true
            }
            _ => false,
        }
    }

    /// Whether the registrar sees us at an address that we have not told it yet.
    fn learns(&mut self, now: Moment, own: SocketAddr, headers: &Headers, peer: Peer) -> bool {
        if !self.account.learns_address || peer.transport != Transport::Udp {
            return false;
        }
        let Ok(via) = headers.via() else {
            return false;
        };
        let ip = via.received().unwrap_or(own.ip());
        let port = via.rport().flatten().unwrap_or(own.port());
        let seen = SocketAddr::new(ip, port);
        let told = self.seen_at.map_or(own, |(_, at)| at);
        let lately = |(at, _): &(Moment, SocketAddr)| now.since(*at) < LEARNING_EVERY;
        if seen == told || self.seen_at.as_ref().is_some_and(lately) {
            return false;
        }
        self.seen_at = Some((now, seen));
        true
    }

    fn failed(
        &mut self,
        now: Moment,
        code: u16,
        reason: String,
        asked: Option<Duration>,
        entropy: &mut Entropy,
    ) -> Vec<AccountEvent> {
        self.failures = self.failures.saturating_add(1);
        let refused = matches!(code, 400..=499 | 600..=699) && !matches!(code, 408 | 480 | 486);
        let retry_in = match asked {
            Some(asked) => asked.max(PAUSE.0),
            // Who has said no says no again; the registrar may lock us out for asking.
            None if refused => PAUSE.1,
            None => self.pause(entropy),
        };
        self.state = State::Waiting {
            until: now + retry_in,
        };
        let failed = AccountEvent::Failed {
            code,
            reason,
            retry_in,
        };
        // A registrar that refuses us sends us no calls; one that is silent may still do.
        if refused && self.up_until.take().is_some() {
            return vec![failed, AccountEvent::Down { code }];
        }
        vec![failed]
    }

    /// RFC 5626 §4.5: twice as long after each failure, and 50 to 100 % of that.
    fn pause(&self, entropy: &mut Entropy) -> Duration {
        let doubled = PAUSE.0 * (1 << self.failures.saturating_sub(1).min(10));
        let longest = doubled.min(PAUSE.1);
        longest * (500 + entropy.below(501)) / 1_000
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account-{}", self.0)
    }
}
