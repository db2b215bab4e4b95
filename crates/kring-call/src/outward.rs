//! Whom kring dials itself: the leg that is on its way, and where the callers of a queue may go.

use kring_media::Shield;
use kring_sip::{LegId, Uri};
use kring_time::Moment;
use std::{fmt, str::FromStr, sync::Arc};

/// A leg that kring has dialled through a trunk, until it is answered.
#[derive(Clone, Debug)]
pub(crate) struct Outward {
    pub(crate) leg: LegId,
    /// The extension; none when a citizen is called.
    pub(crate) to: Option<String>,
    /// When it has rung as long as it may.
    pub(crate) until: Moment,
    /// It has answered with something, if only 100.
    pub(crate) heard: bool,
    /// The last status of its progress that was told; 0: none.
    pub(crate) told: u16,
    /// The keys that it was offered.
    pub(crate) shield: Option<Arc<Shield>>,
}

/// Where callers go whom a queue cannot serve (`overflow` of a queue).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverflowTo {
    /// To another queue, by name.
    Queue(String),
    /// To whoever answers first of the endpoints of a department, by short name, one after another.
    Department(String),
    /// To an extension or number of the PBX.
    Extension(String),
    /// To a `sip:` or `tel:` URI: by 302 as long as kring has not answered, and then by its number.
    Uri(Uri),
}

/// A text that names no place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no place to go: write \"queue:NAME\", \"department:SHORTNAME\", \"ext:1500\" or a URI such \
     as sip:1500@pbx.example.net"
)]
pub struct OverflowRefused(String);

impl FromStr for OverflowTo {
    type Err = OverflowRefused;

    fn from_str(text: &str) -> Result<OverflowTo, OverflowRefused> {
        let refused = || OverflowRefused(text.chars().take(60).collect());
        let (kind, rest) = text.split_once(':').ok_or_else(refused)?;
        if rest.trim().is_empty() {
            return Err(refused());
        }
        let name = rest.trim().to_owned();
        match kind {
            "queue" => Ok(OverflowTo::Queue(name)),
            "department" => Ok(OverflowTo::Department(name)),
            "ext" if is_number(&name) => Ok(OverflowTo::Extension(name)),
            "sip" | "tel" => text.parse().map(OverflowTo::Uri).map_err(|_| refused()),
            _ => Err(refused()),
        }
    }
}

/// Whether a PBX can be asked for it.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_key = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'*' | b'#');
    !digits.is_empty() && digits.len() <= 24 && digits.bytes().all(is_key)
}

impl fmt::Display for OverflowTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OverflowTo::Queue(name) => write!(f, "queue:{name}"),
            OverflowTo::Department(short) => write!(f, "department:{short}"),
            OverflowTo::Extension(number) => write!(f, "ext:{number}"),
            OverflowTo::Uri(uri) => write!(f, "{uri}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_and_written_alike() {
        for text in [
            "queue:law",
            "department:DFT",
            "ext:1500",
            "ext:*72",
            "sip:1500@pbx.example.net",
            "tel:1500",
        ] {
            let place: OverflowTo = text.parse().unwrap();
            assert_eq!(place.to_string(), text);
        }
        for text in ["", "1500", "queue:", "ext:law", "http:x", "sip:", "ext:+"] {
            assert!(text.parse::<OverflowTo>().is_err(), "{text}");
        }
    }
}
