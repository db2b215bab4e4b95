//! Who calls, and who sent the call on to us, as a trunk says it.
//!
//! What a trunk asserts counts only where it is trusted. A caller who withholds the number has none
//! here, whatever other line still tells it: what is not taken in cannot leak.

mod forwarding;
mod spelling;
#[cfg(test)]
mod tests;

use crate::command::CallerIdentity;
use forwarding::{Forwarding, own_index};
use kring_sip::{HeaderName, Headers, NameAddr, Scheme};
pub(crate) use spelling::number_of;
use spelling::{display_of, is_withheld, readable};

/// The caller, and the way the call has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Who calls, and the number that forwarded the call.
    pub(crate) identity: CallerIdentity,
    /// A phone had rung for it before it was forwarded.
    pub(crate) rang_before: bool,
    /// The index of our own entry in History-Info; `1` when there is none.
    pub(crate) history_index: String,
}

/// What the caller wishes to be kept from us (RFC 3323 §4.2, RFC 3325 §9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    /// Nothing was said.
    Unsaid,
    /// `Privacy: none`: show it, whatever From looks like.
    Shown,
    /// `id`, `user` or `header`.
    Hidden,
}

impl Caller {
    /// Reads an INVITE's headers. In this order: P-Asserted-Identity and Remote-Party-ID where the
    /// trunk is trusted, then From. P-Preferred-Identity is a wish to the first proxy, and no identity
    /// (RFC 3325 §9.2).
    pub(crate) fn of(headers: &Headers, from: &NameAddr, trusted: bool) -> Caller {
        let headers = readable(headers);
        let from = headers.from().unwrap_or_else(|_| from.clone());
        let forwarding = Forwarding::of(&headers);
        let mut identity = who(&headers, &from, trusted);
        identity.forwarded_by = forwarding.by;
        Caller {
            identity,
            rang_before: forwarding.rang,
            history_index: own_index(&headers),
        }
    }
}

fn who(headers: &Headers, from: &NameAddr, trusted: bool) -> CallerIdentity {
    let wish = Wish::of(headers);
    let asks_in_from = is_anonymous_uri(from);
    if wish == Wish::Hidden || (wish == Wish::Unsaid && asks_in_from) {
        return nobody();
    }
    let asserted = trusted.then(|| asserted(headers)).flatten();
    let remote = || trusted.then(|| remote_party(headers)).flatten();
    let named = match asserted.map_or_else(remote, |named| Some(Remote::Shown(named))) {
        Some(Remote::Hidden) if wish != Wish::Shown => return nobody(),
        Some(Remote::Shown(named)) => named,
        _ => Named::of(from),
    };
    if is_withheld(&named.user) {
        return nobody();
    }
    CallerIdentity {
        user: named.user,
        display: named.display,
        anonymous: false,
        forwarded_by: None,
    }
}

fn nobody() -> CallerIdentity {
    CallerIdentity {
        anonymous: true,
        ..CallerIdentity::default()
    }
}

impl Wish {
    fn of(headers: &Headers) -> Wish {
        let mut wish = Wish::Unsaid;
        let values = headers.all(&HeaderName::Privacy);
        for word in values.flat_map(|value| value.split([';', ','])) {
            match word.trim().to_ascii_lowercase().as_str() {
                "id" | "user" | "header" => return Wish::Hidden,
                "none" => wish = Wish::Shown,
                // `critical` asks for failure instead of less privacy, `session` and `history` are
                // about other things.
                _ => {}
            }
        }
        wish
    }
}

/// From as RFC 3323 §4.1.1.3 has a caller write it who asks to be anonymous.
fn is_anonymous_uri(from: &NameAddr) -> bool {
    let host = from.uri.host();
    let user = number_of(&from.uri).to_ascii_lowercase();
    host.eq_ignore_ascii_case("anonymous.invalid")
        || matches!(user.as_str(), "anonymous" | "restricted" | "private")
}

/// A number or user, and a name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    user: String,
    display: Option<String>,
}

impl Named {
    fn of(address: &NameAddr) -> Named {
        Named {
            user: number_of(&address.uri),
            display: display_of(address),
        }
    }
}

/// P-Asserted-Identity: one value, or a SIP and a tel URI of the same person (RFC 3325 §9.1). The
/// tel URI has the number, and whichever has a name has the name.
fn asserted(headers: &Headers) -> Option<Named> {
    let values: Vec<NameAddr> = headers
        .all(&HeaderName::PAssertedIdentity)
        .take(2)
        .filter_map(|value| value.parse().ok())
        .collect();
    let number = values
        .iter()
        .find(|value| *value.uri.scheme() == Scheme::Tel)
        .or(values.first())?;
    let named = Named {
        user: number_of(&number.uri),
        display: values.iter().find_map(display_of),
    };
    // `sip:anonymous@…` asserts nothing that From does not say as well.
    (!is_withheld(&named.user)).then_some(named)
}

enum Remote {
    Hidden,
    Shown(Named),
}

/// Remote-Party-ID (draft-ietf-sip-privacy-04), which old PBXs write still: the calling party, and
/// what of it may be shown.
fn remote_party(headers: &Headers) -> Option<Remote> {
    let mut values = headers
        .all(&HeaderName::RemotePartyId)
        .filter_map(|value| value.parse::<NameAddr>().ok());
    let is = |value: &NameAddr, name: &str, words: &[&str]| {
        let given = value.param(name).unwrap_or_default();
        words.iter().any(|word| word.eq_ignore_ascii_case(given))
    };
    let value = values.find(|value| is(value, "party", &["", "calling"]))?;
    if is(&value, "privacy", &["full", "uri"]) {
        return Some(Remote::Hidden);
    }
    let mut named = Named::of(&value);
    if is(&value, "privacy", &["name"]) {
        named.display = None;
    }
    (!is_withheld(&named.user)).then_some(Remote::Shown(named))
}
