//! The HTTP side as its clients see it: the real router over a real database, by the contract of
//! REST and of the live socket.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

mod attachments;
mod attacks_guessing;
mod attacks_pages;
mod attacks_words;
mod audit;
mod call_filters;
mod callbacks;
mod calls;
mod cases;
mod configured;
mod console;
mod contacts;
mod crm;
mod departments;
mod description;
mod directory_files;
mod house;
mod knowledge;
mod live_socket;
mod monitors;
mod oidc;
mod phones;
mod privacy;
mod record;
mod recording;
mod reports;
mod resume;
mod role_matrix;
mod screen;
mod seats;
mod sessions;
mod settings;
mod setup;
mod sign_in;
mod tokens;
mod traces;
mod transfers;
mod trunks;
mod users;
mod wallboard;
