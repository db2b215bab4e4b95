//! SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966); of any other scheme only that it is one.
//!
//! Kept as written, escapes included: kring passes most URIs on, and what was not understood must
//! leave as it came. Comparison is RFC 3261 §19.1.4.

use crate::params::{Alphabet, ParamItems, Params, ParamsRefused};
use std::{
    borrow::Cow,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

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
    /// `sip:user@host:port`; `user` is escaped where needed. An IPv6 host is given in brackets.
    pub fn sip(user: Option<&str>, host: &str, port: Option<u16>) -> Result<Uri, UriRefused> {
        check_host(host)?;
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

    /// All URI parameters, to change them.
    pub const fn params_mut(&mut self) -> &mut Params {
        &mut self.params
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

    /// Sets the user part, escaping where needed, or takes it away.
    pub fn set_user(&mut self, user: Option<&str>) {
        self.user = user.map(|user| escape(user, is_user_byte).into());
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

    /// Gives a URI parameter a value.
    pub fn set_param(&mut self, name: &str, value: &str) {
        self.params.set(name, value);
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

/// A URI cut into its parts, nothing copied; the parameters are not yet looked into.
struct Parts<'a> {
    scheme: &'a str,
    user: Option<&'a str>,
    password: Option<&'a str>,
    host: &'a str,
    port: Option<u16>,
    params: &'a str,
    headers: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn find(text: &'a str) -> Result<Parts<'a>, UriRefused> {
        let (scheme, rest) = text.split_once(':').ok_or(UriRefused::NoScheme)?;
        if rest
            .bytes()
            .any(|byte| byte <= b' ' || matches!(byte, b'<' | b'>' | b'"' | 0x7f))
        {
            return Err(UriRefused::BadCharacter);
        }
        if scheme.eq_ignore_ascii_case("sip") || scheme.eq_ignore_ascii_case("sips") {
            return Parts::of_sip(scheme, rest);
        }
        let is_tel = scheme.eq_ignore_ascii_case("tel");
        if !is_tel && !is_scheme(scheme) {
            return Err(UriRefused::NoScheme);
        }
        let user_end = if is_tel {
            rest.find(';').unwrap_or(rest.len())
        } else {
            rest.len()
        };
        let (user, params) = rest.split_at(user_end);
        if user.is_empty() {
            return Err(UriRefused::BadUser);
        }
        Ok(Parts {
            scheme,
            user: Some(user),
            password: None,
            host: "",
            port: None,
            params,
            headers: None,
        })
    }

    fn of_sip(scheme: &'a str, rest: &'a str) -> Result<Parts<'a>, UriRefused> {
        // An at-sign is escaped everywhere but after the user part, whose own `?` and `;` are legal.
        let (userinfo, rest) = match rest.split_once('@') {
            Some((userinfo, rest)) => (Some(userinfo), rest),
            None => (None, rest),
        };
        let (user, password) = match userinfo {
            None => (None, None),
            Some(text) => match text.split_once(':') {
                Some((user, password)) => (Some(user), Some(password)),
                None => (Some(text), None),
            },
        };
        if user.is_some_and(str::is_empty) {
            return Err(UriRefused::BadUser);
        }
        let (rest, headers) = match rest.split_once('?') {
            Some((rest, headers)) => (rest, Some(headers)),
            None => (rest, None),
        };
        let (hostport, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
        let (host, port) = split_host_port(hostport)?;
        let headers = headers.filter(|text| !text.is_empty());
        Ok(Parts {
            scheme,
            user,
            password,
            host,
            port,
            params,
            headers,
        })
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
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

/// Host and port of a URI or a Via. The host is checked, and stays as written.
pub(crate) fn split_host_port(text: &str) -> Result<(&str, Option<u16>), UriRefused> {
    let host_end = match text.strip_prefix('[') {
        Some(rest) => rest.find(']').ok_or(UriRefused::BadHost)? + 2,
        None => text.find(':').unwrap_or(text.len()),
    };
    let (host, port) = text.split_at(host_end);
    check_host(host)?;
    if port.is_empty() {
        return Ok((host, None));
    }
    let port = port.strip_prefix(':').ok_or(UriRefused::BadHost)?;
    let all_digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse::<u16>() {
        Ok(port) if all_digits => Ok((host, Some(port))),
        _ => Err(UriRefused::BadPort),
    }
}

/// A name of letters, digits, dots and hyphens (and the underscore that inner networks use), an
/// IPv4 address, or an IPv6 address in brackets.
fn check_host(host: &str) -> Result<(), UriRefused> {
    if host.starts_with('[') {
        return host_ip(host).map(|_| ()).ok_or(UriRefused::BadHost);
    }
    let proper = host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    if proper && !host.is_empty() {
        Ok(())
    } else {
        Err(UriRefused::BadHost)
    }
}

/// The address that a host spells, in brackets or not.
pub(crate) fn host_ip(host: &str) -> Option<IpAddr> {
    match host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')'
        )
}

const fn is_user_byte(byte: u8) -> bool {
    is_unreserved(byte) || matches!(byte, b'&' | b'=' | b'+' | b'$' | b',' | b';' | b'?' | b'/')
}

const fn is_header_byte(byte: u8) -> bool {
    is_unreserved(byte) || matches!(byte, b'[' | b']' | b'/' | b':' | b'+' | b'$')
}

fn escape(text: &str, is_plain: fn(u8) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_plain(byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            for digit in [byte >> 4, byte & 15] {
                let digit = char::from_digit(u32::from(digit), 16).expect("four bits are a digit");
                escaped.push(digit.to_ascii_uppercase());
            }
        }
    }
    escaped
}

/// Resolves `%41`. What is no escape stays as it is, for peers write `*50%` too.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digit = |offset: usize| {
            bytes
                .get(at + offset)
                .and_then(|hex| char::from(*hex).to_digit(16))
        };
        match (byte, digit(1), digit(2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    match String::from_utf8(plain) {
        Ok(plain) => Cow::Owned(plain),
        Err(bad) => Cow::Owned(String::from_utf8_lossy(bad.as_bytes()).into_owned()),
    }
}
