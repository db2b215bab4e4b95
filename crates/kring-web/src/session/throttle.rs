//! How many wrong passwords may be tried, and how long to wait after them.
//!
//! Whoever has signed in here before, at this browser or from this address, is counted by themselves: strangers who
//! guess at an account make its owner wait nowhere but at a new place. Attempts are counted before the password is
//! checked, so that many at once count as many. What brakes is forgotten last when memory is short.

use crate::limits;
use kring_time::Moment;
use rustc_hash::FxHashMap;
use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Who tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Trier<'a> {
    /// A browser at which this person has signed in before, by the hash of its secret.
    Device(&'a str),
    /// Somebody at an address from which this person has signed in before.
    KnownAddress(IpAddr),
    /// Anybody else.
    Stranger(IpAddr),
}

/// What makes somebody wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Brake {
    /// This source has tried this login too often.
    Source,
    /// This address has tried too many logins.
    Address,
    /// Strangers from many places have tried this login.
    Account,
}

impl Brake {
    /// Its name in the audit.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Brake::Source => "source",
            Brake::Address => "address",
            Brake::Account => "account",
        }
    }
}

/// Wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    /// So many seconds.
    pub(crate) seconds: u64,
    /// Because of this.
    pub(crate) brake: Brake,
    /// Nobody was told of it yet.
    pub(crate) is_news: bool,
}

/// The attempts of the last day.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    counts: Mutex<FxHashMap<Key, Count>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Device(Box<str>, Box<str>),
    Pair(IpAddr, Box<str>),
    Address(IpAddr),
    Account(Box<str>),
}

#[derive(Clone, Copy, Debug)]
struct Count {
    /// In thousandths, because those of an address run off little by little.
    failures_m: u64,
    last: Moment,
    told: bool,
}

const ONE: u64 = 1_000;

impl Throttle {
    /// Counts an attempt, or says how long to wait.
    pub(crate) fn attempt(&self, now: Moment, by: Trier<'_>, login: &str) -> Result<(), Wait> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = keys(by, login);
        if counts.len() + keys.len() > limits::THROTTLE_ENTRIES_MAX {
            make_room(&mut counts, now);
        }
        let longest = keys
            .iter()
            .filter_map(|key| {
                let wait = counts.get(key)?.wait(now, key)?;
                Some((wait, key))
            })
            .max_by_key(|(wait, _)| *wait);
        if let Some((wait, key)) = longest {
            let count = counts.get_mut(key);
            let is_news = count.is_some_and(|count| !std::mem::replace(&mut count.told, true));
            return Err(Wait {
                seconds: wait.as_secs() + u64::from(wait.subsec_nanos() > 0),
                brake: key.brake(),
                is_news,
            });
        }
        for key in keys {
            let left = counts.get(&key).map_or(0, |count| count.left(now, &key));
            let count = Count {
                failures_m: left + ONE,
                last: now,
                told: false,
            };
            counts.insert(key, count);
        }
        Ok(())
    }

    /// The password was right: what this source has tried is forgotten, and for the others this attempt was none.
    pub(crate) fn succeeded(&self, by: Trier<'_>, login: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut forgiven = 0;
        for key in keys(by, login) {
            match &key {
                Key::Device(..) | Key::Pair(..) => {
                    forgiven = counts.remove(&key).map_or(0, |count| count.failures_m);
                }
                // A centre behind one address: somebody's slips are not to be another's wait.
                Key::Address(_) => take_off(&mut counts, &key, forgiven),
                Key::Account(_) => take_off(&mut counts, &key, ONE),
            }
        }
    }

    /// Wrong passwords that strangers have tried for this login.
    pub(crate) fn of_strangers(&self, login: &str) -> u32 {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get(&Key::Account(login.into()));
        count.map_or(0, |count| {
            u32::try_from(count.failures_m / ONE).unwrap_or(u32::MAX)
        })
    }

    /// Takes up what was known before a restart: so many, the last of them so long ago.
    pub(crate) fn restore(&self, now: Moment, login: &str, failures: u32, ago: Duration) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let since_boot = now.since(Moment::BOOT);
        let count = Count {
            failures_m: u64::from(failures) * ONE,
            // The process may be younger than the attempt.
            last: Moment::BOOT + since_boot.saturating_sub(ago),
            told: true,
        };
        counts.entry(Key::Account(login.into())).or_insert(count);
    }
}

/// The counts that an attempt belongs to, the source's own first.
fn keys(by: Trier<'_>, login: &str) -> Vec<Key> {
    match by {
        Trier::Device(device) => vec![Key::Device(device.into(), login.into())],
        Trier::KnownAddress(from) => vec![Key::Pair(from, login.into()), Key::Address(from)],
        Trier::Stranger(from) => vec![
            Key::Pair(from, login.into()),
            Key::Address(from),
            Key::Account(login.into()),
        ],
    }
}

fn take_off(counts: &mut FxHashMap<Key, Count>, key: &Key, thousandths: u64) {
    if let Some(count) = counts.get_mut(key) {
        count.failures_m = count.failures_m.saturating_sub(thousandths);
    }
}

impl Key {
    /// How many wrong passwords cost nothing.
    const fn free(&self) -> u64 {
        match self {
            Key::Device(..) | Key::Pair(..) => limits::THROTTLE_PAIR_FREE,
            Key::Address(_) => limits::THROTTLE_ADDRESS_FREE,
            Key::Account(_) => limits::THROTTLE_ACCOUNT_FREE,
        }
    }

    const fn brake(&self) -> Brake {
        match self {
            Key::Device(..) | Key::Pair(..) => Brake::Source,
            Key::Address(_) => Brake::Address,
            Key::Account(_) => Brake::Account,
        }
    }
}

impl Count {
    /// What is left of it by now, in thousandths: an address's runs off, others are forgotten after a day.
    fn left(self, now: Moment, key: &Key) -> u64 {
        let quiet = now.since(self.last);
        match key {
            Key::Address(_) => {
                let run_off = quiet.as_millis() as u64 * ONE
                    / limits::THROTTLE_ADDRESS_EVERY.as_millis() as u64;
                self.failures_m.saturating_sub(run_off)
            }
            _ if quiet >= limits::THROTTLE_FORGETS => 0,
            _ => self.failures_m,
        }
    }

    /// How long is to be waited now; none: not at all.
    fn wait(self, now: Moment, key: &Key) -> Option<Duration> {
        let left = self.left(now, key);
        let wait = if let Key::Address(_) = key {
            let too_many = (left + ONE).saturating_sub(key.free() * ONE);
            let too_many = u32::try_from(too_many).unwrap_or(u32::MAX);
            limits::THROTTLE_ADDRESS_EVERY.saturating_mul(too_many) / ONE as u32
        } else {
            let over = (left / ONE).checked_sub(key.free())?;
            let doubled = limits::THROTTLE_FIRST * 2_u32.pow(over.min(10) as u32);
            let delay = doubled.min(limits::THROTTLE_LONGEST);
            delay.saturating_sub(now.since(self.last))
        };
        (!wait.is_zero()).then_some(wait)
    }
}

/// Forgets what is over, then what brakes nobody, then the oldest half: an attacker with many addresses must neither
/// fill the memory nor wash out what brakes them.
fn make_room(counts: &mut FxHashMap<Key, Count>, now: Moment) {
    counts.retain(|key, count| count.left(now, key) > 0);
    let full = |counts: &FxHashMap<Key, Count>| counts.len() + 3 > limits::THROTTLE_ENTRIES_MAX;
    if full(counts) {
        counts.retain(|key, count| count.failures_m >= key.free() * ONE);
    }
    if full(counts) {
        let mut ages: Vec<Moment> = counts.values().map(|count| count.last).collect();
        ages.sort_unstable();
        let middle = ages[ages.len() / 2];
        counts.retain(|_, count| count.last > middle);
    }
}

#[cfg(test)]
mod tests;
