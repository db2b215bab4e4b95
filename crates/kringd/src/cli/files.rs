//! What `kringd import` and `kringd export` may say.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Units of the directory, one row an endpoint, known by their short names: all or nothing.
    Departments(ImportFile),
    /// Persons who call, one row each, known by id or by name and number: all or nothing.
    Contacts(ImportFile),
    /// People who may sign in, one row each, known by login: all or nothing. Passwords are not in it.
    Agents(ImportFile),
    /// Articles and websites, one row each, known by id or title: all or nothing.
    Knowledge(ImportFile),
    /// Everything, out of `kringd export backup`, into a database that is new.
    Backup {
        /// The file.
        file: PathBuf,
    },
}

/// A file to be read.
#[derive(Clone, Debug, Args)]
pub(crate) struct ImportFile {
    /// The file.
    pub(crate) file: PathBuf,
    /// Only tells what would be added, changed and left.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// Units of the directory, one row an endpoint.
    Departments {
        /// The file; without it, standard output.
        file: Option<PathBuf>,
    },
    /// Persons who call, one row each.
    Contacts {
        /// The file, which only its owner may read; without it, standard output.
        file: Option<PathBuf>,
    },
    /// People who may sign in, one row each, without passwords.
    Agents {
        /// The file; without it, standard output.
        file: Option<PathBuf>,
    },
    /// Articles and websites, one row each.
    Knowledge {
        /// The file; without it, standard output.
        file: Option<PathBuf>,
    },
    /// Everything, as one file for `kringd import backup`; also while the daemon runs.
    Backup {
        /// The file; only its owner may read it.
        file: PathBuf,
    },
}
