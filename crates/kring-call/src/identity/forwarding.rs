//! Who sent the call on to us, and whether a phone had rung for it: the topmost Diversion (RFC 5806),
//! else what History-Info tells (RFC 7044, and RFC 4244 before it).

use super::spelling::{is_dialable, is_withheld, number_of};
use kring_sip::{HeaderName, Headers, NameAddr, Uri};

/// Entries of a History-Info that are looked at: a call that was retargeted more often is a loop.
const ENTRIES_MAX: usize = 64;

/// Longest index that is answered with: as deep as there may be entries.
const INDEX_BYTES_MAX: usize = 2 * ENTRIES_MAX;

/// How the call came to be sent to us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Forwarding {
    /// The number that forwarded it, unless it asks not to be shown.
    pub(super) by: Option<String>,
    /// A phone had rung before.
    pub(super) rang: bool,
}

impl Forwarding {
    pub(super) fn of(headers: &Headers) -> Forwarding {
        diversion(headers)
            .or_else(|| history(headers))
            .unwrap_or_default()
    }
}

/// The last diversion stands topmost (RFC 5806 §5.2).
fn diversion(headers: &Headers) -> Option<Forwarding> {
    let last = headers.all(&HeaderName::Diversion).next()?;
    let last: NameAddr = last.parse().ok()?;
    let is = |name: &str, words: &[&str]| {
        let given = last.param(name).unwrap_or_default().trim_matches('"');
        words.iter().any(|word| word.eq_ignore_ascii_case(given))
    };
    let hidden = is("privacy", &["full", "uri"]);
    Some(Forwarding {
        by: shown(&last.uri).filter(|_| !hidden),
        rang: is("reason", &["no-answer"]),
    })
}

/// The index of the last entry, which is the one that names us (RFC 7044 §10.2).
pub(super) fn own_index(headers: &Headers) -> String {
    let last = headers
        .all(&HeaderName::HistoryInfo)
        .take(ENTRIES_MAX)
        .last();
    let last: Option<NameAddr> = last.and_then(|value| value.parse().ok());
    let index = last.as_ref().and_then(|last| last.param("index"));
    let is_index = |text: &&str| {
        let part =
            |part: &str| matches!(part.len(), 1..=4) && part.bytes().all(|b| b.is_ascii_digit());
        text.len() <= INDEX_BYTES_MAX && text.split('.').all(part)
    };
    index.filter(is_index).unwrap_or("1").to_owned()
}

/// One entry: where the request was sent once.
struct Entry {
    address: NameAddr,
    index: String,
}

/// The entry that names the last retargeting says by `mp` which entry was left (RFC 7044 §5.1), and by
/// the `cause` of its URI why (RFC 4458). Older elements put a Reason on the entry that was left.
fn history(headers: &Headers) -> Option<Forwarding> {
    let values = headers.all(&HeaderName::HistoryInfo).take(ENTRIES_MAX);
    let entries: Vec<Entry> = values
        .filter_map(|value| {
            let address: NameAddr = value.parse().ok()?;
            let index = address.param("index").unwrap_or_default().to_owned();
            Some(Entry { address, index })
        })
        .collect();
    let (left, reached) = last_step(&entries)?;
    let left = &entries[left].address;
    let cause = reached.and_then(|at| cause_of(&entries[at].address.uri));
    let rang = cause.map_or_else(|| rang_by_reason(&left.uri), |cause| RANG.contains(&cause));
    let privacy = left.uri.header("Privacy").unwrap_or_default();
    let hidden = privacy.to_ascii_lowercase().contains("history");
    Some(Forwarding {
        by: shown(&left.uri).filter(|_| !hidden),
        rang,
    })
}

/// The entry that was left last, and the one that was reached by it.
fn last_step(entries: &[Entry]) -> Option<(usize, Option<usize>)> {
    let place = |index: &str| entries.iter().position(|entry| entry.index == index);
    for (at, entry) in entries.iter().enumerate().rev() {
        let address = &entry.address;
        let mapped = address.param("mp").or_else(|| {
            // Where a user's phone is found nobody is forwarded, unless another user is found there.
            let from = address.param("rc")?;
            let before = &entries[place(from)?].address;
            (number_of(&before.uri) != number_of(&address.uri)).then_some(from)
        });
        let left = match mapped {
            Some(from) => place(from).or_else(|| at.checked_sub(1)),
            None if cause_of(&address.uri).is_some() => parent(&entry.index)
                .and_then(place)
                .or_else(|| at.checked_sub(1)),
            None => continue,
        };
        if let Some(left) = left.filter(|left| *left != at) {
            return Some((left, Some(at)));
        }
    }
    let left = entries
        .iter()
        .rposition(|entry| entry.address.uri.header("Reason").is_some())?;
    Some((left, None))
}

/// `1.2` of `1.2.1`.
fn parent(index: &str) -> Option<&str> {
    index.rsplit_once('.').map(|(parent, _)| parent)
}

fn cause_of(uri: &Uri) -> Option<u16> {
    uri.param("cause")?.parse().ok()
}

/// No reply, and deflected while it rang (RFC 4458 §2).
const RANG: [u16; 2] = [408, 487];

/// A Reason within the URI: SIP's own causes, or no answer from the user (Q.850 cause 19).
fn rang_by_reason(uri: &Uri) -> bool {
    let Some(reason) = uri.header("Reason") else {
        return false;
    };
    let reasons = reason.split(',').filter_map(|one| one.parse().ok());
    reasons
        .into_iter()
        .any(|one: kring_sip::Reason| match one.cause {
            Some(19) => one.protocol.eq_ignore_ascii_case("Q.850"),
            Some(cause) => one.protocol.eq_ignore_ascii_case("SIP") && RANG.contains(&cause),
            None => false,
        })
}

fn shown(uri: &Uri) -> Option<String> {
    let number = is_dialable(uri).then(|| number_of(uri))?;
    (!is_withheld(&number)).then_some(number)
}
