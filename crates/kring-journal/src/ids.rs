//! Names of calls, agents and callers as the journal carries them.
//!
//! A caller is named by a random reference and never by a hash of the number: a hash of ten digits
//! can be undone by trying them all.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{fmt, str::FromStr, sync::Arc};
use ulid::Ulid;

/// An id that a person or a program gave us and that cannot be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a ULID: 26 characters of Crockford's base 32 are expected")]
pub struct IdRefused(String);

macro_rules! ulids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Ulid);

        impl $name {
            /// One that began at `wall_ms` (Unix milliseconds), with 80 bits of `chance`.
            pub fn new(wall_ms: u64, chance: u128) -> $name {
                $name(Ulid::from_parts(wall_ms, chance))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.0.array_to_str(&mut [0; ulid::ULID_LEN]))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdRefused;

            fn from_str(text: &str) -> Result<$name, IdRefused> {
                Ulid::from_string(text)
                    .map($name)
                    .map_err(|_| IdRefused(text.chars().take(40).collect()))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<$name, D::Error> {
                String::deserialize(d)?.parse().map_err(D::Error::custom)
            }
        }
    )+};
}

ulids! {
    /// One call, from the caller's INVITE to the confirmed record. A ULID.
    CallId;
    /// One transfer or consult of a call. A ULID.
    TransferId;
    /// One supervisor's hearing of a call, from the ring of their phone on. A ULID.
    MonitorId;
}

/// An agent, by login. Stable, unique, and not a citizen's name, so facts may carry it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AgentId(Arc<str>);

impl AgentId {
    /// The agent with this login.
    pub fn new(login: &str) -> AgentId {
        AgentId(login.into())
    }

    /// The login.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Whose call it is, without saying who: 60 random bits. The CRM resolves it to a number, and
/// erasing that row leaves the journal as it was.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallerRef(u64);

impl CallerRef {
    /// A reference made of 60 bits of `chance`.
    pub fn new(chance: u64) -> CallerRef {
        CallerRef(chance & 0x0fff_ffff_ffff_ffff)
    }
}

impl fmt::Display for CallerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("c-{:015x}", self.0))
    }
}

impl fmt::Debug for CallerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallerRef({self})")
    }
}

impl FromStr for CallerRef {
    type Err = IdRefused;

    fn from_str(text: &str) -> Result<CallerRef, IdRefused> {
        text.strip_prefix("c-")
            .filter(|hex| hex.len() == 15)
            .and_then(|hex| u64::from_str_radix(hex, 16).ok())
            .map(CallerRef)
            .ok_or_else(|| IdRefused(text.chars().take(40).collect()))
    }
}

impl Serialize for CallerRef {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CallerRef {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<CallerRef, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}
