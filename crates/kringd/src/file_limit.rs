//! How many files and sockets this process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that kring has open beside its media ports: SIP, HTTP, the database, the console's sockets.
const OTHERS: u64 = 1_024;

/// What the media of `pairs` pairs of ports needs together with everything else.
pub(crate) fn needed(pairs: usize) -> u64 {
    pairs as u64 * 2 + OTHERS
}

/// The limit now, and the one that we may raise it to without more rights.
pub(crate) fn limits() -> (u64, u64) {
    let limit = getrlimit(Resource::Nofile);
    let or_endless = |limit: Option<u64>| limit.unwrap_or(u64::MAX);
    (or_endless(limit.current), or_endless(limit.maximum))
}

/// Raises the limit as far as we may. Shells give 1,024, which is a hundred calls.
pub(crate) fn raise() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if let Err(refused) = setrlimit(Resource::Nofile, wanted) {
        tracing::warn!(%refused, "the limit of open files could not be raised");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_known_and_raising_it_never_lowers_it() {
        let (before, most) = limits();
        assert!(before <= most);
        raise();
        let (after, _) = limits();
        assert!(after >= before);
        assert_eq!(needed(5_000), 11_024);
    }
}
