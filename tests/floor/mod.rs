//! The floor: a call centre in virtual time around the real exchange, with real SIP bytes.
//!
//! PBX, phones and people are witnesses: they have their own SIP, their own clocks and their own
//! counts, and know nothing of kring's rules. Nothing here reads a clock or opens a socket.

#![forbid(unsafe_code)]

mod account;
mod any_elsewhere;
mod any_floor;
mod any_monitors;
mod any_transfers;
mod busy_hour;
mod chance;
mod citizen;
mod clock;
mod codecs;
mod configured;
mod dialog;
mod ear;
mod enrolling;
mod entrance;
mod extension;
mod floor;
mod fork;
mod in_call;
mod keys;
mod laws;
mod leg;
mod line;
mod media;
mod network;
mod pbx;
mod person;
mod phone;
mod ping;
mod play;
mod post;
mod prack;
mod referred;
mod registering;
mod reliable;
mod saboteur;
mod screen;
mod seat;
mod seats;
mod session;
mod transcript;
mod wire;
mod witness;

pub use account::{Account, Rung, Step};
pub use any_floor::any_floor;
pub use busy_hour::busy_hour;
pub use citizen::{Citizen, Reliability};
pub use codecs::Agreed;
pub use extension::Extension;
pub use floor::{Cadence, Floor, QueueSetup};
pub use in_call::Reoffer;
pub use keys::KeysBy;
pub use laws::{Violation, same_twice, violations};
pub use media::Hearing;
pub use network::{Datagram, Faults, Mishap, Party};
pub use pbx::Told;
pub use person::{Mood, Outage, PhoneSetup, SelfAnswer};
pub use phone::Heard;
pub use referred::Obedience;
pub use saboteur::Sabotage;
pub use screen::{Deed, Habit, ScreenSetup};
pub use seat::Seat;
pub use transcript::{assert_journal, ladder, transcript};
