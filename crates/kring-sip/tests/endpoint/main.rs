//! The user agent as its users see it: calls between two endpoints, and one endpoint against peers
//! whose every byte is written here.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod branches;
mod calls;
mod cancelled;
mod forks;
mod in_dialog;
mod network;
mod nobodys;
mod noise;
mod notices;
mod overload;
mod passwords;
mod phone_places;
mod phones;
mod questions;
mod referrals;
mod referred;
mod registrations;
mod reliable;
mod reoffers;
mod replacing;
mod routes;
mod screening;
mod seeds;
mod session_timers;
mod strangers;
mod streams;
mod wire;
