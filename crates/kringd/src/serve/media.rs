//! The media threads, by the configuration.

use crate::{
    config::Config,
    exit::Fault,
    media_io::{self, MediaHandle},
    recording::RecordingConfig,
};
use kring_media::{Library, MediaNotice};
use std::time::Duration;
use tokio::sync::mpsc;

/// Starts the media threads by the configuration.
pub(super) fn open(
    config: &Config,
    library: Library,
    recording: RecordingConfig,
    notices: mpsc::Sender<MediaNotice>,
) -> Result<MediaHandle, Fault> {
    let ports = config.media.rtp_ports;
    let bind = config.sip.listen.first().map(|listen| listen.address.ip());
    media_io::start(
        media_io::MediaConfig {
            bind: bind.unwrap_or(std::net::Ipv4Addr::UNSPECIFIED.into()),
            ports: ports.first..=ports.last,
            threads: config.media.threads,
            dscp: config.media.dscp,
            dead_after: Duration::from_secs(u64::from(config.media.dead_after_s)),
            library: library.into(),
            recording: Some(recording),
        },
        notices,
    )
    .map_err(|refused| Fault::Unavailable(format!("{refused}. Set media.rtp_ports.")))
}
