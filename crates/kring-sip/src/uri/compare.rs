//! When two URIs are the same (RFC 3261 §19.1.4).

use super::{Scheme, Uri, escape::decode};
use crate::params::Params;

/// RFC 3261 §19.1.4, which is not transitive: a parameter that only one of the two has is ignored,
/// but for `user`, `ttl`, `method`, `maddr` and `transport`.
impl PartialEq for Uri {
    fn eq(&self, other: &Uri) -> bool {
        let same_user = match (&self.user, &other.user) {
            (Some(one), Some(two)) if self.scheme == Scheme::Tel => same_number(one, two),
            (Some(one), Some(two)) => decode(one) == decode(two),
            (one, two) => one == two,
        };
        self.scheme == other.scheme
            && same_user
            && self.password.as_deref().map(decode) == other.password.as_deref().map(decode)
            && (self.host.eq_ignore_ascii_case(&other.host)
                || (self.ip().is_some() && self.ip() == other.ip()))
            && self.port == other.port
            && same_params(&self.params, &other.params)
            && same_headers(self, other)
    }
}

impl Eq for Uri {}

/// RFC 3966 §4: visual separators do not count.
fn same_number(one: &str, two: &str) -> bool {
    let digits = |text: &str| -> String {
        text.chars()
            .filter(|char| !matches!(char, '-' | '.' | '(' | ')'))
            .collect()
    };
    digits(one).eq_ignore_ascii_case(&digits(two))
}

fn same_params(one: &Params, two: &Params) -> bool {
    const MUST_BE_IN_BOTH: [&str; 5] = ["user", "ttl", "method", "maddr", "transport"];
    let same = |name: &str| match (one.get(name), two.get(name)) {
        (Some(one), Some(two)) => decode(one).eq_ignore_ascii_case(&decode(two)),
        (None, None) => true,
        _ => !MUST_BE_IN_BOTH
            .iter()
            .any(|must| must.eq_ignore_ascii_case(name)),
    };
    one.iter().chain(two.iter()).all(|(name, _)| same(name))
}

/// In any order, but all of them in both.
fn same_headers(one: &Uri, two: &Uri) -> bool {
    let sorted = |uri: &Uri| {
        let mut list: Vec<_> = uri
            .headers()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
            .collect();
        list.sort();
        list
    };
    match (&one.headers, &two.headers) {
        (None, None) => true,
        (Some(_), Some(_)) => sorted(one) == sorted(two),
        _ => false,
    }
}
