//! A sans-IO SIP user agent: bytes and time in, bytes and events out.
//!
//! The message layer reads and writes what is on the wire ([`parse`], [`Message`], [`StreamFramer`]); the
//! UA layer above it keeps transactions and dialogs. Nothing here opens a socket, reads a clock, or
//! knows what an agent or a queue is.

#![forbid(unsafe_code)]

// The message layer.
mod frame;
mod glance;
pub mod header;
pub mod limits;
mod message;
mod name_addr;
mod pace;
mod params;
mod token;
mod transport;
mod uri;
mod write;

pub use frame::{FrameRefusal, FrameRefused, StreamFramer};
pub use glance::{Glance, call_id_of, glance, without_secrets};
pub use header::HeaderRefused;
pub use message::{
    HeaderName, Headers, Message, Method, ParseRefused, Refusal, Request, Response, Salvage,
    StatusCode, parse,
};
pub use name_addr::{NameAddr, NameAddrRefused};
pub use pace::{Bucket, Pace, Paces};
pub use params::{Params, ParamsRefused};
pub use transport::{Advertised, NoTransport, Peer, Transport};
pub use uri::{Scheme, Uri, UriRefused};

// The UA layer.
mod dialog;
pub mod digest;
mod endpoint;
mod entropy;
pub mod registrar;
mod registration;
mod timers;
mod transaction;

pub use endpoint::{
    Answered, AskId, Branch, BranchId, Counts, Direction, Effect, Endpoint, EndpointConfig,
    IncomingInvite, Invitation, LegEvent, LegId, LoginId, OfferKind, OwnOffer, Question, Referral,
    Replaced, SipCount, Strangers, Transmit,
};
pub use header::Reason;
pub use registration::{Account, AccountEvent, AccountId};
pub use timers::Timers;
