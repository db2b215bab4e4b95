//! Who is asked: the name servers of this machine, its hosts file, and its own resolver at last.
//!
//! Both files are read again when they change, so that nobody has to restart a daemon for them.

use super::limits;
use hickory_resolver::{TokioResolver, config::ResolverOpts};
use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    time::{Duration, SystemTime},
};
use tokio::time::Instant;

/// What the answers depend on.
const FILES: [&str; 2] = ["/etc/resolv.conf", "/etc/hosts"];

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Who is asked, and as of which state of the files.
pub(super) struct Source {
    lookups: Lookups,
    state: [Option<SystemTime>; FILES.len()],
    looked: Instant,
}

/// The means of one look-up.
#[derive(Clone)]
pub(super) struct Lookups {
    /// `None` when the machine names no name server.
    pub(super) dns: Option<TokioResolver>,
    /// Whether the machine's own resolver is asked when DNS has nothing: it may know more
    /// (mDNS, a directory), and what `ping` finds, kring should.
    pub(super) own: bool,
}

impl Source {
    pub(super) fn system() -> Source {
        let dns = TokioResolver::builder_tokio().map(|mut builder| {
            options(builder.options_mut());
            builder.build()
        });
        let dns = dns
            .inspect_err(|refused| tracing::warn!(%refused, "the name servers cannot be read"))
            .ok();
        Source {
            lookups: Lookups { dns, own: true },
            state: state(),
            looked: Instant::now(),
        }
    }

    /// One server, and nobody else.
    #[cfg(test)]
    pub(super) fn server(address: SocketAddr) -> Source {
        use hickory_resolver::{
            config::{NameServerConfig, ResolveHosts, ResolverConfig},
            name_server::TokioConnectionProvider,
            proto::xfer::Protocol,
        };
        let mut config = ResolverConfig::new();
        config.add_name_server(NameServerConfig::new(address, Protocol::Udp));
        let provider = TokioConnectionProvider::default();
        let mut builder = TokioResolver::builder_with_config(config, provider);
        options(builder.options_mut());
        builder.options_mut().use_hosts_file = ResolveHosts::Never;
        let dns = Some(builder.build());
        Source {
            lookups: Lookups { dns, own: false },
            state: state(),
            looked: Instant::now(),
        }
    }

    /// Reads the files again if they have changed. `true`: they had.
    pub(super) fn refresh(&mut self) -> bool {
        if !self.lookups.own || self.looked.elapsed() < LOOK_EVERY {
            return false;
        }
        self.looked = Instant::now();
        if state() == self.state {
            return false;
        }
        *self = Source::system();
        true
    }

    pub(super) fn lookups(&self) -> Lookups {
        self.lookups.clone()
    }
}

impl Lookups {
    /// What the machine's own resolver says, in its order.
    pub(super) async fn own(&self, host: &str) -> Vec<IpAddr> {
        if !self.own {
            return Vec::new();
        }
        match tokio::net::lookup_host((host, 0)).await {
            Ok(found) => found.map(|address: SocketAddr| address.ip()).collect(),
            Err(_) => Vec::new(),
        }
    }
}

fn options(options: &mut ResolverOpts) {
    options.timeout = limits::NAME_QUERY_WITHIN;
    options.attempts = 1;
    // What is found is kept by us, in whole answers.
    options.cache_size = 0;
    options.try_tcp_on_error = true;
}

fn state() -> [Option<SystemTime>; FILES.len()] {
    FILES.map(|file| Path::new(file).metadata().ok()?.modified().ok())
}
