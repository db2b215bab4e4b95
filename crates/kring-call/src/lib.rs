//! What kring decides: rings, plans, queues, agents, wrap-up, and the exchange that joins them to SIP
//! and sound. Events in, effects and facts out; no clock, no sockets, no disk.

#![forbid(unsafe_code)]

mod bench;
mod call;
pub mod command;
mod config;
mod dial;
mod doing;
mod exchange;
mod identity;
mod kept;
pub mod limits;
mod line;
mod offer;
mod passed;
mod plan;
mod ring;
mod roster;
mod settings;
mod sound;
mod trunk;

pub use config::{
    ExchangeConfig, Member, OnDeadline, QueueConfig, Restored, Ringback, WaitingRules,
};
pub use dial::{DialPattern, DialPolicy, DialRefused, PatternRefused};
pub use exchange::{Exchange, Input, Output, Party};
pub use line::{AddressStatus, Line, LineAccount, LineStatus};
pub use passed::{PassedHeader, PassedHeaderRefused};
pub use plan::{Hop, Plan, PlanRefused, Strategy};
pub use ring::{RingClock, TermsRefused, thailand};
pub use settings::Settings;
pub use trunk::{PeerPattern, PeerRefused, RedirectHeader, Trunk};

#[cfg(test)]
mod tests;
