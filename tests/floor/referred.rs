//! REFER between a witness and kring: how a PBX takes one, and what its NOTIFYs say (RFC 3515).

use crate::wire::{Letter, Message};
use std::time::Duration;

/// How a PBX takes it that it is to transfer its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obedience {
    /// Not at all: with this code.
    Refuses(u16),
    /// With 202, and then it says each of these so long after it was asked.
    Obeys(Vec<(Duration, u16)>),
}

impl Obedience {
    /// It takes the transfer on and says these.
    pub fn says(steps: &[(u64, u16)]) -> Obedience {
        let step = |&(ms, code): &(u64, u16)| (Duration::from_millis(ms), code);
        Obedience::Obeys(steps.iter().map(step).collect())
    }

    /// It takes the transfer on, and is never heard of again.
    pub fn falls_silent() -> Obedience {
        Obedience::Obeys(Vec::new())
    }
}

impl Default for Obedience {
    /// Like a telephone that knows no REFER.
    fn default() -> Obedience {
        Obedience::Refuses(405)
    }
}

/// A NOTIFY of this side says that the call which it was asked for has got so far.
pub(crate) fn telling(request: Message, code: u16) -> Message {
    let state = if code < 200 {
        "active;expires=60"
    } else {
        "terminated;reason=noresource"
    };
    request
        .with("Event", "refer")
        .with("Subscription-State", state)
        .carrying(
            "message/sipfrag;version=2.0",
            format!("SIP/2.0 {code} So It Is\r\n"),
        )
}

/// The status that a NOTIFY of kring's tells.
pub(crate) fn told(letter: &Letter) -> Option<u16> {
    letter.body.split_whitespace().nth(1)?.parse().ok()
}
