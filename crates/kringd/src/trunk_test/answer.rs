//! What an answer to OPTIONS says of the PBX, and of us as it sees us.

use kring_sip::{HeaderName, Response, header::Via, without_secrets};
use kring_web::{TrunkLearnt, TrunkTested};
use std::net::IpAddr;

/// The most of an answer that is shown, bytes, and of each list in it.
const RAW_MAX: usize = 8_192;
const LISTED_MAX: usize = 40;

/// Codecs that have their number from RFC 3551 and may go without a name.
const NUMBERED: [(&str, &str); 5] = [
    ("0", "PCMU"),
    ("3", "GSM"),
    ("8", "PCMA"),
    ("9", "G722"),
    ("18", "G729"),
];

/// What was heard.
pub(super) struct Heard {
    /// Where we said that we are: the host of our own Via.
    pub(super) said: Option<IpAddr>,
    /// Where the PBX saw us (RFC 3261 §18.2.1).
    pub(super) seen: Option<IpAddr>,
    user_agent: Option<String>,
    allow: Vec<String>,
    codecs: Option<Vec<String>>,
    raw: String,
    learnt: TrunkLearnt,
}

impl Heard {
    pub(super) fn of(response: &Response) -> Heard {
        let headers = &response.headers;
        let text = |name: &HeaderName| headers.get(name).map(str::to_owned);
        let via: Option<Via> = headers
            .get(&HeaderName::Via)
            .and_then(|line| line.split(',').next()?.trim().parse().ok());
        let allow = listed(headers.all(&HeaderName::Allow));
        let bytes = response.to_bytes();
        let bytes = without_secrets(&bytes).unwrap_or_else(|| bytes.to_vec());
        let shown = &bytes[..bytes.len().min(RAW_MAX)];
        let named = |token: &str| {
            allow
                .iter()
                .any(|method| method.eq_ignore_ascii_case(token))
        };
        let known = !allow.is_empty();
        let prack = named("PRACK")
            || headers.lists(&HeaderName::Supported, "100rel")
            || headers.lists(&HeaderName::Require, "100rel");
        Heard {
            said: via.as_ref().and_then(Via::ip),
            seen: via.as_ref().and_then(Via::received),
            user_agent: text(&HeaderName::UserAgent).or_else(|| text(&HeaderName::Server)),
            codecs: codecs(&response.body),
            raw: String::from_utf8_lossy(shown).into_owned(),
            learnt: TrunkLearnt {
                transfer: known.then(|| if named("REFER") { "refer" } else { "bridge" }),
                prack: (known || prack).then_some(prack),
            },
            allow,
        }
    }

    pub(super) fn put(self, told: &mut TrunkTested) {
        told.user_agent = self.user_agent;
        told.allow = self.allow;
        told.codecs = self.codecs;
        told.raw = Some(self.raw);
        told.learnt = self.learnt;
    }
}

fn listed<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let words = lines.flat_map(|line| line.split(',')).map(str::trim);
    let words = words.filter(|word| !word.is_empty());
    words.take(LISTED_MAX).map(str::to_owned).collect()
}

/// Those of the first sound of a description (RFC 8866), in its order.
fn codecs(body: &[u8]) -> Option<Vec<String>> {
    let text = str::from_utf8(body).ok()?;
    let mut lines = text.lines().skip_while(|line| !line.starts_with("m=audio"));
    let numbers: Vec<&str> = lines.next()?.split_whitespace().skip(3).collect();
    let section: Vec<&str> = lines.take_while(|line| !line.starts_with("m=")).collect();
    let name = |number: &&str| {
        let written = section.iter().find_map(|line| {
            let (own, rest) = line.strip_prefix("a=rtpmap:")?.split_once(' ')?;
            (own == *number).then(|| rest.split('/').next().unwrap_or(rest).to_owned())
        });
        let known = || NUMBERED.iter().find(|(own, _)| own == number);
        written.or_else(|| known().map(|(_, name)| (*name).to_owned()))
    };
    Some(numbers.iter().filter_map(name).take(LISTED_MAX).collect())
}
