//! `[media]`: by which ports sound passes, which codecs may be agreed upon, and what is heard of kring.

use super::{Browser, recording, recordings::Recordings, section::Section};
use kring_media::SrtpPolicy;
use std::{fmt, net::IpAddr, path::PathBuf, str::FromStr, sync::Arc};

/// `[media]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Media {
    /// The ports of RTP and RTCP.
    pub(crate) rtp_ports: RtpPorts,
    /// How many threads relay; 0: one for each core.
    pub(crate) threads: usize,
    /// How networks are asked to treat sound: the code point of its packets (RFC 2474).
    pub(crate) dscp: u8,
    /// Codecs that may be agreed upon, by preference.
    pub(crate) codecs: Vec<&'static str>,
    /// A call whose both sides are silent for so long is ended, s.
    pub(crate) dead_after_s: u32,
    /// Whether sound is secured (SRTP), where a trunk or a phone says nothing else.
    pub(crate) srtp: SrtpPolicy,
    /// What SDP says. `None`: the advertised address of SIP.
    pub(crate) address: Option<IpAddr>,
    /// The folder of the centre's own recordings.
    pub(crate) prompts: Option<PathBuf>,
    /// A file, or a folder of files: what waiting callers hear.
    pub(crate) music: Option<String>,
    /// The recording that greets callers, where a queue names no other.
    pub(crate) greeting: Option<Arc<str>>,
    /// Phones in browsers.
    pub(crate) browser: Browser,
    /// Which calls are recorded.
    pub(crate) record: Recordings,
}

/// A range of ports that begins even and ends odd: pairs of RTP and RTCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RtpPorts {
    /// Even.
    pub(crate) first: u16,
    /// Odd.
    pub(crate) last: u16,
}

/// Why a text is no range of ports.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PortsRefused {
    /// Not two numbers.
    #[error("{0:?} is no range of ports. Write \"20000-29999\"")]
    NotARange(String),
    /// RTP is even and RTCP the odd port above it (RFC 3550 §11).
    #[error("{0:?} must begin with an even port and end with an odd one: {1} and {2}, say")]
    NotPairs(String, u16, u16),
    /// Too few, or below 1024.
    #[error("{0:?} must lie within 1024-65535 and hold 4 ports or more: a call needs 4")]
    TooFew(String),
}

impl Media {
    pub(super) fn read(mut section: Section<'_>) -> Media {
        section.choice("mode", &[("relay", ())], ());
        let ports: Option<RtpPorts> = section.read("rtp_ports");
        let rtp_ports = ports.unwrap_or(RtpPorts {
            first: 20_000,
            last: 29_999,
        });
        let media = Media {
            rtp_ports,
            threads: section.number("threads", 0, 0..=64) as usize,
            // Expedited forwarding (RFC 3246).
            dscp: section.number("dscp", 46, 0..=63) as u8,
            codecs: codecs(&mut section),
            dead_after_s: section.number("dead_after_s", 20, 2..=3_600) as u32,
            srtp: section.choice("srtp", &SRTP, SrtpPolicy::default()),
            address: section.read("address"),
            prompts: section.text("prompts").map(PathBuf::from),
            music: section.text("music"),
            greeting: recording::one(&mut section, "greeting"),
            browser: Browser::read(&mut section, rtp_ports),
            record: Recordings::read(&mut section),
        };
        if media.address.is_some_and(|ip| ip.is_unspecified()) {
            let text = "media.address must be the address that phones send sound to, not 0.0.0.0.";
            section.complain("address", text);
        }
        section.finish();
        media
    }
}

/// What `srtp` may say.
pub(super) const SRTP: [(&str, SrtpPolicy); 3] = [
    ("off", SrtpPolicy::Off),
    ("prefer", SrtpPolicy::Prefer),
    ("require", SrtpPolicy::Require),
];

/// The codecs that kring can name in SDP. It relays sound and never changes it.
const CODECS: [&str; 5] = ["PCMA", "PCMU", "G722", "G729", "opus"];

fn codecs(section: &mut Section<'_>) -> Vec<&'static str> {
    let Some(items) = section.list("codecs") else {
        return CODECS.to_vec();
    };
    let mut codecs = Vec::new();
    for item in &items {
        match CODECS
            .iter()
            .find(|name| name.eq_ignore_ascii_case(&item.text))
        {
            Some(name) if codecs.contains(name) => {}
            Some(name) => codecs.push(*name),
            None => {
                let known = CODECS.join(", ");
                let text = format!("media.codecs: {:?} is none of {known}.", item.text);
                section.complain_of(item, text);
            }
        }
    }
    if items.is_empty() {
        section.complain(
            "codecs",
            "media.codecs is empty: no call could be spoken. Name one.",
        );
    }
    codecs
}

impl RtpPorts {
    /// How many pairs of RTP and RTCP. A call needs two.
    pub(crate) fn pairs(self) -> usize {
        (usize::from(self.last) - usize::from(self.first)).div_ceil(2)
    }

    /// Whether `port` is one of these.
    pub(crate) fn holds(self, port: u16) -> bool {
        (self.first..=self.last).contains(&port)
    }
}

impl FromStr for RtpPorts {
    type Err = PortsRefused;

    fn from_str(text: &str) -> Result<RtpPorts, PortsRefused> {
        let shown = || text.chars().take(40).collect::<String>();
        let port = |text: &str| text.trim().parse::<u16>().ok();
        let ends = text
            .split_once('-')
            .and_then(|(a, b)| Some((port(a)?, port(b)?)));
        let (first, last) = ends.ok_or_else(|| PortsRefused::NotARange(shown()))?;
        if first < 1_024 || last < first || last - first < 3 {
            return Err(PortsRefused::TooFew(shown()));
        }
        if first % 2 == 1 || last % 2 == 0 {
            let (even, odd) = (first & !1, last | 1);
            return Err(PortsRefused::NotPairs(shown(), even, odd));
        }
        Ok(RtpPorts { first, last })
    }
}

impl fmt::Display for RtpPorts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}
