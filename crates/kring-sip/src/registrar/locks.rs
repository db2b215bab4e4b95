//! Wrong passwords: who has guessed too often is not listened to for a while, and for longer each time.
//!
//! Counted are the account at one address, the address, and the account. A phone whose password was
//! mistyped hurts nobody but itself: its guesses are counted against the address only while it is
//! listened to. An account is never locked for an address where it is registered already, so a guesser
//! cannot lock an honest phone out. The table never grows.

use super::limits::STRIKES_MAX;
use kring_time::Moment;
use std::time::Duration;

/// Wrong passwords that are forgiven: of one account at one address, and of an address or account.
const FORGIVEN_PAIR: u16 = 5;
const FORGIVEN: u16 = 20;

/// The first lock; each further wrong password doubles it.
const FIRST: Duration = Duration::from_secs(2);

/// The longest lock, and the time without wrong passwords after which all is forgotten.
const LONGEST: Duration = Duration::from_mins(15);

/// Keys that share a place by chance.
const WAYS: usize = 4;

/// What is counted, by digests that nobody can choose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suspects {
    pub(super) pair: u64,
    pub(super) source: u64,
    /// None where the account is at home.
    pub(super) account: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Row {
    who: u64,
    strikes: u16,
    /// When the lock ends; the moment of the last strike while there is none.
    until: Moment,
}

/// Who has guessed how often.
#[derive(Debug)]
pub(super) struct Locks {
    rows: Box<[Row]>,
}

impl Locks {
    pub(super) fn new() -> Locks {
        Locks {
            rows: vec![Row::default(); STRIKES_MAX].into(),
        }
    }

    /// Whether any of them is locked now.
    pub(super) fn is_locked(&self, now: Moment, who: &Suspects) -> bool {
        let is = |(who, forgiven)| {
            let row = self.set(who).iter().find(|row| row.who == who);
            row.is_some_and(|row| row.strikes > forgiven && row.until > now)
        };
        who.all().any(is)
    }

    /// One more wrong password. The longest lock that it brought, if any.
    pub(super) fn strike(&mut self, now: Moment, who: &Suspects) -> Option<Duration> {
        let strike = |(who, forgiven)| self.strike_one(now, who, forgiven);
        who.all().filter_map(strike).max()
    }

    /// The right password: the account is forgiven at this address.
    pub(super) fn forgive(&mut self, who: &Suspects) {
        let pair = who.pair;
        if let Some(row) = self.set_mut(pair).iter_mut().find(|row| row.who == pair) {
            *row = Row::default();
        }
    }

    fn strike_one(&mut self, now: Moment, who: u64, forgiven: u16) -> Option<Duration> {
        let set = self.set_mut(who);
        let at = set.iter().position(|row| row.who == who);
        let at = at.unwrap_or_else(|| {
            let oldest = (0..WAYS).min_by_key(|at| set[*at].until);
            oldest.expect("a set has rows")
        });
        let row = &mut set[at];
        if row.who != who || now.since(row.until) > LONGEST {
            *row = Row {
                who,
                ..Row::default()
            };
        }
        row.strikes = row.strikes.saturating_add(1);
        row.until = now;
        let over = row.strikes.checked_sub(forgiven + 1)?;
        let lock = FIRST.saturating_mul(1 << over.min(16)).min(LONGEST);
        row.until = now + lock;
        Some(lock)
    }

    fn set(&self, who: u64) -> &[Row] {
        let first = first_of(who, self.rows.len());
        &self.rows[first..first + WAYS]
    }

    fn set_mut(&mut self, who: u64) -> &mut [Row] {
        let first = first_of(who, self.rows.len());
        &mut self.rows[first..first + WAYS]
    }
}

impl Suspects {
    fn all(&self) -> impl Iterator<Item = (u64, u16)> {
        let account = self.account.map(|account| (account, FORGIVEN));
        let own = [(self.pair, FORGIVEN_PAIR), (self.source, FORGIVEN)];
        own.into_iter().chain(account)
    }
}

fn first_of(who: u64, rows: usize) -> usize {
    (who % (rows / WAYS) as u64) as usize * WAYS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(account: u64, source: u64) -> Suspects {
        Suspects {
            pair: account << 32 | source,
            source: source | 1 << 60,
            account: Some(account | 1 << 61),
        }
    }

    #[test]
    fn locks_grow_and_end_and_a_right_password_forgives() {
        let (mut locks, mut now) = (Locks::new(), Moment::from_millis(1));
        let me = who(5021, 7);
        for _ in 0..FORGIVEN_PAIR {
            assert_eq!(locks.strike(now, &me), None);
        }
        assert!(!locks.is_locked(now, &me));
        for seconds in [2, 4, 8, 16] {
            assert_eq!(locks.strike(now, &me), Some(Duration::from_secs(seconds)));
            assert!(locks.is_locked(now, &me));
            assert!(
                !locks.is_locked(now, &who(5022, 7)),
                "another at this address"
            );
            assert!(!locks.is_locked(now, &who(5021, 8)), "the same elsewhere");
            now = now + Duration::from_secs(seconds);
            assert!(!locks.is_locked(now, &me));
        }
        locks.forgive(&me);
        assert_eq!(locks.strike(now, &me), None);
    }

    #[test]
    fn an_address_that_tries_many_names_is_locked_and_so_is_a_name_that_many_try() {
        let (mut locks, now) = (Locks::new(), Moment::from_millis(1));
        for name in 0..=u64::from(FORGIVEN) {
            locks.strike(now, &who(name, 7));
        }
        assert!(locks.is_locked(now, &who(9_999, 7)));
        assert!(!locks.is_locked(now, &who(9_999, 8)));
        for source in 100..=100 + u64::from(FORGIVEN) {
            locks.strike(now, &who(5021, source));
        }
        assert!(locks.is_locked(now, &who(5021, 9)));
        let at_home = Suspects {
            account: None,
            ..who(5021, 9)
        };
        assert!(!locks.is_locked(now, &at_home));
    }

    #[test]
    fn guesses_never_lock_longer_than_the_bound_and_are_forgotten() {
        let (mut locks, now) = (Locks::new(), Moment::from_millis(1));
        let me = who(1, 1);
        let longest = (0..1_000).filter_map(|_| locks.strike(now, &me)).max();
        assert_eq!(longest, Some(LONGEST));
        let later = now + LONGEST + LONGEST + Duration::from_secs(1);
        assert_eq!(locks.strike(later, &me), None);
    }
}
