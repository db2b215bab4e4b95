//! `kringd phone …`: phones that may register with kring.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum PhoneCommand {
    /// Lets a phone register, and prints what is to be set in it.
    Add(NewPhone),
    /// Sets a phone's password.
    Passwd(PasswordForPhone),
    /// Says whether a phone's sound is secured (SRTP over TLS).
    Srtp(SrtpOfPhone),
    /// Lists the phones and where they are.
    List,
    /// Takes a phone's right to register, and calls it no more.
    Disable {
        /// Its user.
        user: String,
    },
    /// Gives it back.
    Enable {
        /// Its user.
        user: String,
    },
    /// Says whether a phone stands behind a translator of addresses (NAT).
    Symmetric {
        /// Its user.
        user: String,
        /// on: its sound comes from where its first packet comes from; off: only from where it signals.
        #[arg(value_parser = ["on", "off"])]
        is: String,
    },
    /// Forgets a phone.
    Remove {
        /// Its user.
        user: String,
    },
}

/// A phone to be added.
#[derive(Clone, Debug, Args)]
pub(crate) struct NewPhone {
    /// Its user, often an extension: 1 to 64 of a-z, A-Z, 0-9, '.', '_' and '-'.
    pub(crate) user: String,
    /// What people call it; without it, its user.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// It stands behind a translator of addresses (NAT): its sound comes from where its first packet comes from.
    #[arg(long)]
    pub(crate) symmetric: bool,
    /// Reads the password from standard input; without it, kring makes one.
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// Whether its sound is secured over TLS: off, prefer or require; without it, as `media.srtp` says.
    #[arg(long, value_parser = ["off", "prefer", "require"])]
    pub(crate) srtp: Option<String>,
}

/// How a phone's sound is secured.
#[derive(Clone, Debug, Args)]
pub(crate) struct SrtpOfPhone {
    /// Its user.
    pub(crate) user: String,
    /// off, prefer or require; without it, as `media.srtp` says.
    #[arg(value_parser = ["off", "prefer", "require"])]
    pub(crate) policy: Option<String>,
}

/// Which phone's password is set.
#[derive(Clone, Debug, Args)]
pub(crate) struct PasswordForPhone {
    /// Its user.
    pub(crate) user: String,
    /// Reads the password from standard input; without it, kring makes one.
    #[arg(long)]
    pub(crate) password_stdin: bool,
}
