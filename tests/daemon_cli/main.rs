//! The daemon as a shell and a service manager meet it: what its commands print, and the code with
//! which it ends.
//!
//! `KRINGD` names the binary; without it, the debug build beside this test is taken.

mod backups;
mod begin_and_end;
mod certificates;
mod commands;
mod configured;
mod directory;
mod first_run;
mod refused;
mod shell;
mod watching;
