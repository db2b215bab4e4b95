//! Cutting a URI into its parts, and nothing copied.

use super::{UriRefused, host::split_host_port};
use crate::token::{cut, cut_before};

/// A URI cut into its parts, nothing copied; the parameters are not yet looked into.
pub(super) struct Parts<'a> {
    pub(super) scheme: &'a str,
    pub(super) user: Option<&'a str>,
    pub(super) password: Option<&'a str>,
    pub(super) host: &'a str,
    pub(super) port: Option<u16>,
    pub(super) params: &'a str,
    pub(super) headers: Option<&'a str>,
}

impl<'a> Parts<'a> {
    pub(super) fn find(text: &'a str) -> Result<Parts<'a>, UriRefused> {
        let (scheme, rest) = cut(text, b':').ok_or(UriRefused::NoScheme)?;
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
        let (userinfo, rest) = match cut(rest, b'@') {
            Some((userinfo, rest)) => (Some(userinfo), rest),
            None => (None, rest),
        };
        let (user, password) = match userinfo {
            None => (None, None),
            Some(text) => match cut(text, b':') {
                Some((user, password)) => (Some(user), Some(password)),
                None => (Some(text), None),
            },
        };
        if user.is_some_and(str::is_empty) {
            return Err(UriRefused::BadUser);
        }
        let (rest, headers) = match cut(rest, b'?') {
            Some((rest, headers)) => (rest, Some(headers)),
            None => (rest, None),
        };
        let (hostport, params) = cut_before(rest, b';');
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
