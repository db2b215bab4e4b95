//! The two cookies: the session's, and the browser's own by which wrong passwords are counted.
//!
//! Where pages come by HTTPS their names begin with `__Host-`: a browser takes such a cookie from this very host only, by
//! HTTPS, so that neither a neighbour of the domain nor somebody on the wire can set one.

use axum::http::{HeaderMap, HeaderValue, header};
use std::time::Duration;

/// How cookies are named and marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Cookies {
    /// Pages come by plain HTTP.
    #[default]
    Plain,
    /// Pages come by HTTPS.
    Secure,
}

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// Whose session it is.
    Session,
    /// Which browser it is. It opens nothing: it only says that its owner has signed in here before.
    Device,
    /// A sign-in at the identity provider that is under way.
    Oidc,
}

impl Cookies {
    pub(crate) fn of(secure: bool) -> Cookies {
        if secure {
            Cookies::Secure
        } else {
            Cookies::Plain
        }
    }

    /// The name of a cookie.
    pub(crate) const fn name(self, which: Cookie) -> &'static str {
        match (self, which) {
            (Cookies::Plain, Cookie::Session) => "kring_session",
            (Cookies::Plain, Cookie::Device) => "kring_device",
            (Cookies::Plain, Cookie::Oidc) => "kring_oidc",
            (Cookies::Secure, Cookie::Session) => "__Host-kring_session",
            (Cookies::Secure, Cookie::Device) => "__Host-kring_device",
            (Cookies::Secure, Cookie::Oidc) => "__Host-kring_oidc",
        }
    }

    /// The secret in a cookie. One that is there twice was set by somebody else besides, and counts for nothing.
    pub(crate) fn read(self, headers: &HeaderMap, which: Cookie) -> Option<&str> {
        let mut found = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.name(which))
            .map(|(_, value)| value);
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }

    /// The header that sets a cookie; a secret is made of hexadecimal digits.
    pub(crate) fn set(self, which: Cookie, secret: &str, life: Duration) -> HeaderValue {
        let secure = match self {
            Cookies::Plain => "",
            Cookies::Secure => "; Secure",
        };
        // The answer of the identity provider is a navigation from another site, with which a strict cookie would not
        // come.
        let site = match which {
            Cookie::Oidc => "Lax",
            Cookie::Session | Cookie::Device => "Strict",
        };
        let (name, seconds) = (self.name(which), life.as_secs());
        let text = format!(
            "{name}={secret}; Path=/; HttpOnly; SameSite={site}; Max-Age={seconds}{secure}"
        );
        HeaderValue::try_from(text).expect("hexadecimal digits and our own words")
    }

    /// The header that takes a cookie back.
    pub(crate) fn forget(self, which: Cookie) -> HeaderValue {
        self.set(which, "", Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookies.parse().unwrap());
        headers
    }

    #[test]
    fn a_cookie_is_read_by_its_name_and_one_that_is_there_twice_is_not() {
        let read = |text| {
            let headers = headers(text);
            let found = Cookies::Plain.read(&headers, Cookie::Session);
            found.map(str::to_owned)
        };
        assert_eq!(read("a=b; kring_session=1f").as_deref(), Some("1f"));
        assert_eq!(read("kring_sessions=1f"), None);
        assert_eq!(read("kring_session=1f; kring_session=2e"), None);
    }

    #[test]
    fn by_https_only_a_cookie_that_this_host_has_set_counts() {
        let planted = headers("kring_session=1f; __Secure-kring_session=2e");
        assert_eq!(Cookies::Secure.read(&planted, Cookie::Session), None);
        let set = Cookies::Secure.set(Cookie::Session, "3d", Duration::from_secs(60));
        assert_eq!(
            set,
            "__Host-kring_session=3d; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure"
        );
    }
}
