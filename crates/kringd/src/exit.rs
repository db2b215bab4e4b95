//! How the process ends: one clear line on standard error, and an exit code of sysexits(3).
//!
//! A line says what happened, where, and what to do.

use crate::config::ConfigRefused;
use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// EX_USAGE: the configuration or the arguments are wrong.
const USAGE: u8 = 64;

/// EX_UNAVAILABLE: a port, a folder or the database is not to be had.
const UNAVAILABLE: u8 = 69;

/// EX_SOFTWARE: our own fault.
const OWN_FAULT: u8 = 70;

/// Why the process cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigRefused),
    /// An argument or an answer is wrong.
    #[error("{0}")]
    Arguments(String),
    /// A socket cannot be had.
    #[error("cannot listen on {address}: {}", listen_words(.key, .source))]
    Listen {
        /// The key that names the socket.
        key: &'static str,
        /// As it was to be bound.
        address: String,
        /// What the kernel said.
        source: io::Error,
    },
    /// A folder or file cannot be written or read.
    #[error("cannot use {}: {}", .path.display(), file_words(.key, .source))]
    File {
        /// The key or option that names it.
        key: &'static str,
        /// The folder or file.
        path: PathBuf,
        /// What the kernel said.
        source: io::Error,
    },
    /// Something outside is not to be had.
    #[error("{0}")]
    Unavailable(String),
    /// Our own fault.
    #[error("{0}. This is a fault of kring itself: please report it with the log")]
    Own(String),
}

impl Fault {
    /// A socket that could not be bound.
    pub(crate) fn listen(key: &'static str, address: impl ToString, source: io::Error) -> Fault {
        let address = address.to_string();
        Fault::Listen {
            key,
            address,
            source,
        }
    }

    /// A folder or file that could not be used.
    pub(crate) fn file(key: &'static str, path: &Path, source: io::Error) -> Fault {
        let path = path.to_owned();
        Fault::File { key, path, source }
    }

    /// What a shell or a service manager is told.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Fault::Config(_) | Fault::Arguments(_) => USAGE,
            Fault::Listen { .. } | Fault::File { .. } | Fault::Unavailable(_) => UNAVAILABLE,
            Fault::Own(_) => OWN_FAULT,
        })
    }
}

fn listen_words(key: &str, refused: &io::Error) -> String {
    match refused.kind() {
        io::ErrorKind::AddrInUse if key == "sip.listen" => {
            "address in use. Stop the other SIP service or set sip.listen.".to_owned()
        }
        io::ErrorKind::AddrInUse => {
            format!("address in use. Stop the other service or set {key}.")
        }
        io::ErrorKind::AddrNotAvailable => {
            format!("this machine has no such address. Set {key} to one of its own, or to 0.0.0.0.")
        }
        io::ErrorKind::PermissionDenied => {
            format!("not permitted. Set {key} to a port above 1023, or grant CAP_NET_BIND_SERVICE.")
        }
        _ => format!("{refused}. Set {key} to another address."),
    }
}

fn file_words(key: &str, refused: &io::Error) -> String {
    match refused.kind() {
        io::ErrorKind::PermissionDenied => {
            format!("permission denied. Let kring's user write there, or set {key}.")
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            format!("the file system is read-only. Mount it writable, or set {key}.")
        }
        io::ErrorKind::StorageFull => format!("the disk is full. Make room, or set {key}."),
        io::ErrorKind::NotFound => format!("there is no such folder. Make it, or set {key}."),
        _ => format!("{refused}. Mend that, or set {key}."),
    }
}

/// Makes a panic of any thread end the process as our own fault: a daemon that goes on with a dead
/// thread is worse than one that its service manager starts again.
pub(crate) fn end_on_panic() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        tell(info);
        eprintln!("kringd: ended by a fault of its own: please report the lines above.");
        std::process::exit(i32::from(OWN_FAULT));
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_told_with_the_remedy() {
        let refused = || io::Error::from(io::ErrorKind::AddrInUse);
        assert_eq!(
            Fault::listen("sip.listen", "0.0.0.0:5060", refused()).to_string(),
            "cannot listen on 0.0.0.0:5060: address in use. Stop the other SIP service or set sip.listen."
        );
        assert_eq!(
            Fault::listen("http.listen", "127.0.0.1:8080", refused()).to_string(),
            "cannot listen on 127.0.0.1:8080: address in use. Stop the other service or set http.listen."
        );
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_told_with_the_remedy() {
        let refused = io::Error::from(io::ErrorKind::ReadOnlyFilesystem);
        assert_eq!(
            Fault::file("data_dir", Path::new("/srv/kring"), refused).to_string(),
            "cannot use /srv/kring: the file system is read-only. Mount it writable, or set data_dir."
        );
    }
}
