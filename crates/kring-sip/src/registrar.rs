//! A registrar (RFC 3261 §10.3, RFC 3327, RFC 5626, RFC 5627): which phones are where.
//!
//! Its phones are given to it with the HA1 of their passwords; whoever proves to know one may say where
//! it is to be called. Who does not prove it learns nothing, and is called nowhere.

mod asked;
mod binding;
mod changes;
mod config;
mod keeping;
mod limits;
mod locks;
mod news;
mod phone;
mod reply;

pub use binding::{Binding, Reach};
pub use config::RegistrarConfig;
pub use limits::{BINDINGS_MAX, PHONES_MAX};
pub use news::{Gone, PhoneNews};

pub(crate) use asked::Came;
pub(crate) use keeping::Ping;
pub(crate) use reply::Verdict;

use crate::{
    Headers, Method, Peer, Uri,
    digest::{Denied, Gate, GateConfig, Ha1Set},
    pace::Bucket,
};
use asked::{Asked, NotAsked};
use kring_time::Moment;
use limits::{NEWCOMER_PACE, NEWCOMERS_PACE};
use locks::{Locks, Suspects};
use phone::Phone;
use rustc_hash::FxHashMap;
use std::{
    collections::{BTreeSet, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
    net::IpAddr,
    sync::Arc,
};

/// Phones and where they are.
pub(crate) struct Registrar {
    config: RegistrarConfig,
    gate: Gate,
    secret: u64,
    locks: Locks,
    phones: FxHashMap<Arc<str>, Phone>,
    /// Whose bindings came from where.
    flows: FxHashMap<Peer, Vec<Arc<str>>>,
    /// Phones with something to be done, the earliest first.
    queue: BTreeSet<(Moment, Arc<str>)>,
    /// Whose keep-alive an answer is.
    pinged: FxHashMap<u64, Arc<str>>,
    newcomers: Box<[Bucket]>,
    all_newcomers: Bucket,
    news: VecDeque<PhoneNews>,
    bindings: usize,
}

/// Sources that are no phone's yet and share a bucket by chance at worst.
const NEWCOMER_BUCKETS: usize = 4_096;

/// What a request says that is to be proved.
pub(crate) type Said<'a> = (&'a Method, &'a Uri, &'a Headers);

impl Registrar {
    /// One without phones. `secret` is of this process only.
    pub(crate) fn new(config: RegistrarConfig, secret: [u8; 32]) -> Registrar {
        let first = secret.first_chunk().expect("it has 32 bytes");
        Registrar {
            gate: Gate::new(GateConfig {
                realm: config.realm.clone(),
                secret,
                nonce_lifetime: config.nonce_lifetime,
                algorithms: config.algorithms.clone(),
            }),
            secret: u64::from_be_bytes(*first),
            locks: Locks::new(),
            phones: FxHashMap::default(),
            flows: FxHashMap::default(),
            queue: BTreeSet::new(),
            pinged: FxHashMap::default(),
            newcomers: vec![Bucket::default(); NEWCOMER_BUCKETS].into(),
            all_newcomers: Bucket::default(),
            news: VecDeque::new(),
            bindings: 0,
            config,
        }
    }

    /// Makes a phone known, or its password another; its bindings stay. `false`: there are too many.
    pub(crate) fn put(&mut self, user: &str, secrets: Ha1Set) -> bool {
        if let Some(phone) = self.phones.get_mut(user) {
            phone.secrets = secrets;
            return true;
        }
        if self.phones.len() >= PHONES_MAX {
            return false;
        }
        self.phones.insert(user.into(), Phone::new(secrets));
        true
    }

    /// The phone is nobody's any more: it is not called, and may not come back.
    pub(crate) fn remove(&mut self, user: &str) {
        let Some((user, mut phone)) = self.phones.remove_entry(user) else {
            return;
        };
        self.unqueue(&user, &mut phone);
        for binding in std::mem::take(&mut phone.bindings) {
            self.gone(&user, &binding, Gone::Removed, 0);
        }
    }

    /// Gives a phone a binding back that it had in the process before this one.
    pub(crate) fn restore(&mut self, now: Moment, user: &str, mut binding: Binding) {
        let Some((user, mut phone)) = self.phones.remove_entry(user) else {
            return;
        };
        let full = phone.bindings.len() >= BINDINGS_MAX;
        if !full && binding.expires > now && !binding.ends_with_process() {
            binding.next_ping = binding.ping_after(now);
            self.came(&user, &binding);
            phone.bindings.push(binding);
        }
        self.put_back(user, phone);
    }

    /// Where a phone can be called, the freshest first, each phone once however many ways there are to it.
    pub(crate) fn bindings(&self, now: Moment, user: &str) -> Vec<&Binding> {
        let all = self.phones.get(user).map(|phone| &*phone.bindings);
        let mut live: Vec<&Binding> = all
            .unwrap_or_default()
            .iter()
            .filter(|binding| binding.expires > now)
            .collect();
        live.sort_by_key(|binding| (binding.seen, binding.id));
        live.reverse();
        let mut seen: Vec<&str> = Vec::new();
        live.retain(|binding| match binding.instance.as_deref() {
            Some(instance) if seen.contains(&instance) => false,
            Some(instance) => {
                seen.push(instance);
                true
            }
            None => true,
        });
        live
    }

    /// Whether there is any phone. Without one a REGISTER is as strange as anything else.
    pub(crate) fn is_open(&self) -> bool {
        !self.phones.is_empty()
    }

    /// Whether a phone is registered from exactly there.
    pub(crate) fn is_at(&self, flow: Peer) -> bool {
        self.flows.contains_key(&flow)
    }

    /// Phones that can be called, and the ways to them.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.queue.len(), self.bindings)
    }

    /// What is kept besides phones and their bindings: as long as there are bindings.
    pub(crate) fn remembered(&self) -> usize {
        self.flows.len() + self.pinged.len() + self.queue.len()
    }

    /// What happened lately.
    pub(crate) fn news(&mut self) -> Option<PhoneNews> {
        self.news.pop_front()
    }

    /// Whether there is time for a REGISTER from there; else which bound was reached.
    pub(crate) fn has_time(&mut self, now: Moment, from: Peer) -> Result<(), &'static str> {
        if let Some(users) = self.flows.get(&from) {
            // Through a proxy many phones come from one place, and each has a pace of its own.
            let user = users.first().cloned();
            let alone = users.len() == 1;
            let phone = user
                .filter(|_| alone)
                .and_then(|user| self.phones.get_mut(&user));
            return match phone {
                Some(phone) => phone.may_ask(now).then_some(()).ok_or("register_rate"),
                None => Ok(()),
            };
        }
        let place = self.digest(("newcomer", neighbourhood(from.address.ip())));
        let bucket = &mut self.newcomers[place as usize % NEWCOMER_BUCKETS];
        if !bucket.take(now, NEWCOMER_PACE) {
            return Err("register_rate");
        }
        if !self.all_newcomers.take(now, NEWCOMERS_PACE) {
            return Err("registers_rate");
        }
        Ok(())
    }

    /// Who a request is from; else the challenges to answer it with. `salt` is fresh.
    pub(crate) fn prove(
        &mut self,
        now: Moment,
        from: Peer,
        said: Said<'_>,
        salt: u64,
    ) -> Result<Arc<str>, Verdict> {
        let phones = &self.phones;
        let checked = self.gate.check(now, said, |user, algorithm| {
            phones.get(user)?.secrets.get(algorithm).copied()
        });
        let user: &str = match &checked {
            Ok(user) | Err(Denied::Wrong(user)) => user,
            Err(denied) => return Err(self.challenge(now, salt, denied)),
        };
        let suspects = self.suspects(from, user);
        let locked = self.locks.is_locked(now, &suspects);
        match checked {
            Ok(user) if !locked => {
                self.locks.forgive(&suspects);
                let known = self.phones.get_key_value(&*user);
                let (user, _) = known.expect("only who is known has a password");
                Ok(user.clone())
            }
            Err(Denied::Wrong(user)) if !locked => {
                if let Some(locked_for) = self.locks.strike(now, &suspects) {
                    let user = user.chars().take(64).collect();
                    self.news.push_back(PhoneNews::Locked {
                        user,
                        from,
                        locked_for,
                    });
                }
                Err(self.challenge(now, salt, &Denied::Unproved))
            }
            // Locked: the answer is the one to a wrong password, whatever the password was.
            _ => Err(self.challenge(now, salt, &Denied::Unproved)),
        }
    }

    fn challenge(&self, now: Moment, salt: u64, denied: &Denied) -> Verdict {
        Verdict::Unproved(self.gate.challenges(now, salt, denied).collect())
    }

    fn suspects(&self, from: Peer, user: &str) -> Suspects {
        let ip = from.address.ip().to_canonical();
        let place = neighbourhood(ip);
        let home = self.phones.get(user).is_some_and(|phone| {
            let mut bindings = phone.bindings.iter();
            bindings.any(|binding| binding.flow.address.ip().to_canonical() == ip)
        });
        Suspects {
            pair: self.digest(("pair", user, place)),
            source: self.digest(("source", place)),
            account: (!home).then(|| self.digest(("account", user))),
        }
    }

    /// Takes a REGISTER. `fresh` gives numbers that nobody can guess.
    pub(crate) fn register(
        &mut self,
        now: Moment,
        came: Came,
        said: Said<'_>,
        mut fresh: impl FnMut() -> u64,
    ) -> Verdict {
        let user = match self.prove(now, came.from, said, fresh()) {
            Ok(user) => user,
            Err(verdict) => return verdict,
        };
        let (_, _, headers) = said;
        let aor = headers.to();
        let own = |aor: crate::NameAddr| aor.uri.user_decoded().is_some_and(|name| *name == *user);
        if !aor.is_ok_and(own) {
            return Verdict::plain(403);
        }
        let asked = match Asked::of(headers, came, &self.config) {
            Ok(asked) => asked,
            Err(NotAsked::Malformed) => return Verdict::plain(400),
            Err(NotAsked::TooBrief) => return Verdict::too_brief(self.config.min_expires_s),
        };
        let Some(mut phone) = self.phones.remove(&user) else {
            return Verdict::plain(403);
        };
        let verdict = if self.change(now, came, &asked, (&user, &mut phone), fresh) {
            reply::bindings(now, &phone, &asked)
        } else {
            Verdict::plain(500)
        };
        self.put_back(user, phone);
        verdict
    }

    fn unqueue(&mut self, user: &Arc<str>, phone: &mut Phone) {
        if let Some(at) = phone.queued.take() {
            self.queue.remove(&(at, user.clone()));
        }
    }

    fn put_back(&mut self, user: Arc<str>, mut phone: Phone) {
        let due = phone.due();
        if due != phone.queued {
            self.unqueue(&user, &mut phone);
            phone.queued = due;
            self.queue.extend(due.map(|at| (at, user.clone())));
        }
        self.phones.insert(user, phone);
    }

    /// The digest of what a peer chose, so that it cannot choose where it is filed.
    fn digest(&self, key: impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.secret.hash(&mut hasher);
        key.hash(&mut hasher);
        hasher.finish()
    }
}

/// An address, or the network that one household is given (RFC 6177).
fn neighbourhood(ip: IpAddr) -> u128 {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().to_bits(),
        IpAddr::V6(ip) => ip.to_bits() >> 64 << 64,
    }
}

impl std::fmt::Debug for Registrar {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "Registrar({} phones, {} bindings)",
            self.phones.len(),
            self.bindings
        )
    }
}
