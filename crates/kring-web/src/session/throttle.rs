//! How many wrong passwords an address may try.
//!
//! Counted before the password is checked, so that many attempts at once count as many.

use crate::limits;
use kring_time::Moment;
use rustc_hash::FxHashMap;
use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// The attempts of the last minutes.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    counts: Mutex<FxHashMap<Key, Count>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Pair(IpAddr, Box<str>),
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Count {
    attempts: u32,
    since: Moment,
}

/// Wait so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait(pub(crate) u64);

impl Throttle {
    /// Counts an attempt, or says how long to wait.
    pub(crate) fn attempt(&self, now: Moment, from: IpAddr, login: &str) -> Result<(), Wait> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() + 2 > limits::THROTTLE_ENTRIES_MAX {
            make_room(&mut counts, now);
        }
        let pair = Key::Pair(from, login.into());
        let limits = [
            (Key::Address(from), limits::THROTTLE_ADDRESS_MAX),
            (pair, limits::THROTTLE_PAIR_MAX),
        ];
        for (key, limit) in &limits {
            if let Some(count) = counts.get(key).filter(|count| count.is_fresh(now))
                && count.attempts >= *limit
            {
                let left = limits::THROTTLE_WINDOW.saturating_sub(now.since(count.since));
                return Err(Wait(left.as_secs().max(1)));
            }
        }
        for (key, _) in limits {
            let new = Count {
                attempts: 0,
                since: now,
            };
            let count = counts.entry(key).or_insert(new);
            if !count.is_fresh(now) {
                *count = new;
            }
            count.attempts += 1;
        }
        Ok(())
    }

    /// The password was right: its attempts are forgotten.
    pub(crate) fn succeeded(&self, from: IpAddr, login: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(forgiven) = counts.remove(&Key::Pair(from, login.into()))
            && let Some(address) = counts.get_mut(&Key::Address(from))
        {
            address.attempts = address.attempts.saturating_sub(forgiven.attempts);
        }
    }
}

impl Count {
    fn is_fresh(self, now: Moment) -> bool {
        now.since(self.since) < limits::THROTTLE_WINDOW
    }
}

/// Forgets what is old, and when nothing is, the oldest half: an attacker with many addresses must
/// not fill the memory.
fn make_room(counts: &mut FxHashMap<Key, Count>, now: Moment) {
    counts.retain(|_, count| count.is_fresh(now));
    if counts.len() + 2 > limits::THROTTLE_ENTRIES_MAX {
        let mut ages: Vec<Moment> = counts.values().map(|count| count.since).collect();
        ages.sort_unstable();
        let middle = ages[ages.len() / 2];
        counts.retain(|_, count| count.since > middle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn the_sixth_wrong_password_waits_and_another_login_does_not() {
        let (throttle, now) = (Throttle::default(), Moment::from_millis(1));
        for _ in 0..5 {
            assert_eq!(throttle.attempt(now, HERE, "somsri"), Ok(()));
        }
        assert_eq!(throttle.attempt(now, HERE, "somsri"), Err(Wait(300)));
        assert_eq!(throttle.attempt(now, HERE, "wichai"), Ok(()));
        let later = now + Duration::from_secs(301);
        assert_eq!(throttle.attempt(later, HERE, "somsri"), Ok(()));
    }

    #[test]
    fn a_right_password_forgives() {
        let (throttle, now) = (Throttle::default(), Moment::from_millis(1));
        for _ in 0..200 {
            assert_eq!(throttle.attempt(now, HERE, "somsri"), Ok(()));
            throttle.succeeded(HERE, "somsri");
        }
    }

    #[test]
    fn one_address_cannot_try_every_login() {
        let (throttle, now) = (Throttle::default(), Moment::from_millis(1));
        let tried = (0..1_000)
            .take_while(|n| throttle.attempt(now, HERE, &format!("agent-{n}")).is_ok())
            .count();
        assert_eq!(tried, limits::THROTTLE_ADDRESS_MAX as usize);
    }

    #[test]
    fn many_addresses_do_not_fill_the_memory() {
        let throttle = Throttle::default();
        for n in 0..20_000_u32 {
            let from = IpAddr::V4(std::net::Ipv4Addr::from(n));
            let _ = throttle.attempt(Moment::from_micros(u64::from(n)), from, "somsri");
        }
        assert!(throttle.counts.lock().unwrap().len() <= limits::THROTTLE_ENTRIES_MAX);
    }
}
