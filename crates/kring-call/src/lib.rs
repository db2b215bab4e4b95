//! What kring decides: rings, plans, queues, agents, wrap-up, and the exchange that joins them to SIP
//! and sound. Events in, effects and facts out; no clock, no sockets, no disk.

#![forbid(unsafe_code)]

mod beginning;
mod bench;
mod call;
mod callbacks;
pub mod command;
mod config;
mod dial;
mod doing;
mod exchange;
mod identity;
mod kept;
mod known;
pub mod limits;
mod line;
mod monitor;
mod offer;
mod outward;
mod passed;
mod plan;
mod rehearsal;
mod ring;
mod roster;
mod settings;
mod skill;
mod sound;
mod tape;
mod transfer;
mod trunk;

pub use callbacks::{CallBack, CallBackState};
pub use config::{
    CallbackRules, ExchangeConfig, Member, OnClosed, OnDeadline, QueueConfig, QueueVoice, Recourse,
    Restored, Ringback, WaitingRules,
};
pub use dial::{DialPattern, DialPolicy, DialRefused, PatternRefused};
pub use exchange::{Exchange, Input, Output, Party, PhoneTraits};
pub use known::{CallerTrait, CallerTraits, KnownCallers, NobodyKnown};
pub use line::{AddressStatus, Line, LineAccount, LineStatus};
pub use monitor::{MonitorRules, TellAgent};
pub use outward::{OverflowRefused, OverflowTo};
pub use passed::{PassedHeader, PassedHeaderRefused};
pub use plan::{Hop, Plan, PlanRefused, Strategy};
pub use rehearsal::{RehearsedHop, Seated, rehearse};
pub use ring::{RingClock, TermsRefused};
pub use settings::Settings;
pub use skill::{LEVEL_MAX, Skill, SkillRefused};
pub use tape::{RecordPolicy, RecordRules, RecordWish};
pub use transfer::{TransferMethod, TransferRules};
pub use trunk::{PeerPattern, PeerRefused, RedirectHeader, Trunk};

#[cfg(test)]
mod tests;
