//! SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966); of any other scheme only that it is one.
//!
//! Kept as written, escapes included: kring passes most URIs on, and what was not understood must
//! leave as it came. Comparison is RFC 3261 §19.1.4.

mod compare;
mod escape;
mod host;
mod parts;

pub(crate) use host::{host_ip, split_host_port};

use crate::params::{Alphabet, ParamItems, Params, ParamsRefused};
use escape::{decode, escape, is_header_byte, is_user_byte};
use host::check_host;
use parts::Parts;
use std::{borrow::Cow, fmt, net::IpAddr, str::FromStr};

/// Why text is no URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UriRefused {
    /// No `scheme:` in front.
    #[error("a URI must begin with its scheme")]
    NoScheme,
    /// White space, an angle bracket, a quote or a control character.
    #[error("a URI may not hold that character")]
    BadCharacter,
    /// An empty or impossible user part.
    #[error("a URI has no proper user part")]
    BadUser,
    /// Neither a host name nor an IP address.
    #[error("a URI has no proper host")]
    BadHost,
    /// Not a number below 65,536.
    #[error("a URI has no proper port")]
    BadPort,
    /// The parameters are malformed.
    #[error(transparent)]
    Params(#[from] ParamsRefused),
}

/// What kind of URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `sip:`
    Sip,
    /// `sips:`
    Sips,
    /// `tel:`
    Tel,
    /// Any other, in lower case, without the colon.
    Other(Box<str>),
}

impl Scheme {
    fn read(text: &str) -> Scheme {
        const KNOWN: [(&str, Scheme); 3] = [
            ("sip", Scheme::Sip),
            ("sips", Scheme::Sips),
            ("tel", Scheme::Tel),
        ];
        let known = KNOWN
            .into_iter()
            .find(|(name, _)| text.eq_ignore_ascii_case(name));
        known.map_or_else(
            || Scheme::Other(text.to_ascii_lowercase().into()),
            |(_, scheme)| scheme,
        )
    }

    /// The name without the colon, in lower case.
    pub fn as_str(&self) -> &str {
        match self {
            Scheme::Sip => "sip",
            Scheme::Sips => "sips",
            Scheme::Tel => "tel",
            Scheme::Other(name) => name,
        }
    }
}

/// A URI. A `tel:` URI has its number as the user and an empty host; a URI of another scheme has an
/// empty host and everything after the colon as its [`Uri::opaque`] part.
#[derive(Clone, Debug)]
pub struct Uri {
    scheme: Scheme,
    user: Option<Box<str>>,
    password: Option<Box<str>>,
    host: Box<str>,
    port: Option<u16>,
    params: Params,
    /// As written, without the question mark.
    headers: Option<Box<str>>,
}

impl Uri {
    /// `sip:user@host:port`; `user` is escaped where needed, and an empty one is none. An IPv6 host is given in brackets.
    pub fn sip(user: Option<&str>, host: &str, port: Option<u16>) -> Result<Uri, UriRefused> {
        check_host(host)?;
        let user = user.filter(|user| !user.is_empty());
        let user = user.map(|user| escape(user, is_user_byte).into());
        Ok(Uri {
            scheme: Scheme::Sip,
            user,
            password: None,
            host: host.into(),
            port,
            params: Params::new(),
            headers: None,
        })
    }

    /// What kind of URI this is.
    pub const fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// The user part or telephone number, as written (escapes included).
    pub fn user(&self) -> Option<&str> {
        match self.scheme {
            Scheme::Other(_) => None,
            _ => self.user.as_deref(),
        }
    }

    /// The user part with its escapes resolved; bytes that are not UTF-8 become U+FFFD.
    pub fn user_decoded(&self) -> Option<Cow<'_, str>> {
        self.user().map(decode)
    }

    /// The password, as written.
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// The host as written, an IPv6 address in brackets; empty for `tel:` and other schemes.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host as an address, when it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        host_ip(&self.host)
    }

    /// The port, when one is written.
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// The value of a URI parameter as written; `Some("")` for one without a value, such as `lr`.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name)
    }

    /// All URI parameters.
    pub const fn params(&self) -> &Params {
        &self.params
    }

    /// The headers after the question mark with their escapes resolved, such as
    /// `("Replaces", "a@b;to-tag=x")`.
    pub fn headers(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        let text = self.headers.as_deref().unwrap_or("");
        text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
    }

    /// The header `name` after the question mark, with its escapes resolved. Names compare without case.
    pub fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.headers()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Whether there is a question mark with something behind it.
    pub const fn has_headers(&self) -> bool {
        self.headers.is_some()
    }

    /// What follows the colon, for a URI of a scheme that kring does not know.
    pub fn opaque(&self) -> Option<&str> {
        match self.scheme {
            Scheme::Other(_) => self.user.as_deref(),
            _ => None,
        }
    }

    /// Sets the user part, escaping where needed; none or an empty one takes it away. A `tel:` URI
    /// keeps its number rather than have none, and a URI of another scheme has no user part to set.
    pub fn set_user(&mut self, user: Option<&str>) {
        let user = user
            .filter(|user| !user.is_empty())
            .map(|user| escape(user, is_user_byte));
        match (&self.scheme, user) {
            (Scheme::Other(_), _) | (Scheme::Tel, None) => {}
            (_, Some(user)) => self.user = Some(user.into()),
            (_, None) => (self.user, self.password) = (None, None),
        }
    }

    /// Sets the host; an IPv6 address in brackets.
    pub fn set_host(&mut self, host: &str) -> Result<(), UriRefused> {
        check_host(host)?;
        self.host = host.into();
        Ok(())
    }

    /// Sets the port, or takes it away.
    pub const fn set_port(&mut self, port: Option<u16>) {
        self.port = port;
    }

    /// Gives a URI parameter a value, escaping where needed; an empty value makes it one without a
    /// value, such as `lr`. `name` is a token.
    pub fn set_param(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            self.params.set_flag(name);
        } else {
            self.params.set_written(name, escape(value, is_header_byte));
        }
    }

    /// Takes a URI parameter away, and says whether it was there.
    pub fn remove_param(&mut self, name: &str) -> bool {
        self.params.remove(name)
    }

    /// Adds a header after the question mark, escaping where needed.
    pub fn push_header(&mut self, name: &str, value: &str) {
        let mut text = self.headers.take().map(String::from).unwrap_or_default();
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(&escape(name, is_header_byte));
        text.push('=');
        text.push_str(&escape(value, is_header_byte));
        self.headers = Some(text.into());
    }

    /// Takes everything after the question mark away: a Request-URI may have none (RFC 3261 §19.1.5).
    pub fn clear_headers(&mut self) {
        self.headers = None;
    }

    /// Reads everything without keeping any of it.
    pub(crate) fn check(text: &str) -> Result<(), UriRefused> {
        let parts = Parts::find(text)?;
        for param in ParamItems::new(parts.params, Alphabet::Uri) {
            param?;
        }
        Ok(())
    }
}

impl FromStr for Uri {
    type Err = UriRefused;

    fn from_str(text: &str) -> Result<Uri, UriRefused> {
        let parts = Parts::find(text)?;
        Ok(Uri {
            scheme: Scheme::read(parts.scheme),
            user: parts.user.map(Into::into),
            password: parts.password.map(Into::into),
            host: parts.host.into(),
            port: parts.port,
            params: Params::read_in(parts.params, Alphabet::Uri)?,
            headers: parts.headers.map(Into::into),
        })
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.scheme.as_str())?;
        out.write_str(":")?;
        if let Some(user) = &self.user {
            out.write_str(user)?;
        }
        if let Some(password) = &self.password {
            out.write_str(":")?;
            out.write_str(password)?;
        }
        if !self.host.is_empty() {
            if self.user.is_some() {
                out.write_str("@")?;
            }
            out.write_str(&self.host)?;
        }
        if let Some(port) = self.port {
            write!(out, ":{port}")?;
        }
        self.params.fmt(out)?;
        if let Some(headers) = &self.headers {
            out.write_str("?")?;
            out.write_str(headers)?;
        }
        Ok(())
    }
}
