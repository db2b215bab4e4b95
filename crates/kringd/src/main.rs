//! The process: it reads the configuration, owns clock, sockets and threads, and ends with a code
//! that a service manager understands.
//!
//! Everything that kring decides is decided in the pure crates; what is here only does.

mod ageing;
mod authority;
mod backup_command;
mod browser;
mod call_backs;
mod case_upkeep;
mod cert_command;
mod check_command;
mod cli;
mod clock;
mod config;
mod counters;
mod database;
mod demo;
mod directory;
mod directory_command;
mod document_reader;
mod exchange_task;
mod exit;
mod fetch;
mod file_limit;
mod heap;
mod journal_command;
mod knowledge_command;
mod knowledge_folder;
mod known;
mod lines;
mod logging;
mod media_io;
mod net;
mod opening_hours;
mod passwords;
mod people_command;
mod phone_command;
mod phones;
mod preflight;
mod prompts;
mod recorder;
mod recording;
mod seats;
mod serve;
mod shutdown;
mod test_call;
mod token_command;
mod trace;
mod trace_command;
mod trunk_test;
mod user_command;

use std::process::ExitCode;

fn main() -> ExitCode {
    exit::end_on_panic();
    cli::run(std::env::args_os())
}
