//! A display name, a URI and parameters: what From, To, Contact, Route and their like hold.
//!
//! Reads both forms of RFC 3261 §20.10 and writes only the one with angle brackets.

use crate::{
    params::{Alphabet, ParamItems, Params, ParamsRefused},
    token::{cut, quoted_end, trim, unquote, write_quoted},
    uri::{Uri, UriRefused},
};
use std::{fmt, str::FromStr};

/// Why text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameAddrRefused {
    /// A quote that never closes, or text between the quoted name and the bracket.
    #[error("the display name is malformed")]
    BadDisplay,
    /// No closing bracket, or a second opening one.
    #[error("the angle brackets do not match")]
    Brackets,
    /// `;` or `?` belongs to the header outside brackets, so a URI with a `?` must have brackets (RFC 3261 §20.10).
    #[error("a URI with headers needs angle brackets")]
    BareHeaders,
    /// The URI.
    #[error(transparent)]
    Uri(#[from] UriRefused),
    /// The parameters.
    #[error(transparent)]
    Params(#[from] ParamsRefused),
}

/// An address with its name. Compares as RFC 3261 §20.20 says is useful: the URI by §19.1.4, name and
/// parameters as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameAddr {
    /// The name to show, quotes and escapes removed.
    pub display: Option<Box<str>>,
    /// The address.
    pub uri: Uri,
    /// The parameters of the header, not those inside the brackets.
    pub params: Params,
}

/// An address cut into its parts, nothing copied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts<'a> {
    display: &'a str,
    pub(crate) uri: &'a str,
    params: &'a str,
}

impl NameAddr {
    /// `<uri>`, without name or parameters.
    pub const fn new(uri: Uri) -> NameAddr {
        NameAddr {
            display: None,
            uri,
            params: Params::new(),
        }
    }

    /// The tag, if there is one.
    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag")
    }

    /// Sets the tag.
    pub fn set_tag(&mut self, tag: &str) {
        self.params.set("tag", tag);
    }

    /// The value of a header parameter as written.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name)
    }

    pub(crate) fn from_parts(parts: Parts<'_>) -> Result<NameAddr, NameAddrRefused> {
        let display = match unquote(parts.display) {
            name if name.is_empty() => None,
            name => Some(name.into()),
        };
        Ok(NameAddr {
            display,
            uri: parts.uri.parse()?,
            params: Params::read_in(parts.params, Alphabet::Header)?,
        })
    }
}

impl<'a> Parts<'a> {
    /// Finds the parts of `text`; the URI itself is not looked into.
    pub(crate) fn find(text: &'a str) -> Result<Parts<'a>, NameAddrRefused> {
        let text = trim(text);
        let (display, rest) = if text.starts_with('"') {
            let end = quoted_end(text, 0).ok_or(NameAddrRefused::BadDisplay)?;
            let (display, rest) = text.split_at(end);
            let rest = trim(rest);
            if !rest.starts_with('<') {
                return Err(NameAddrRefused::BadDisplay);
            }
            (display, rest)
        } else {
            match memchr::memchr(b'<', text.as_bytes()) {
                Some(at) if !ends_in_a_parameter(&text[..at]) => (trim(&text[..at]), &text[at..]),
                Some(_) | None => ("", text),
            }
        };
        match rest.strip_prefix('<') {
            Some(inner) => {
                let (uri, params) = cut(inner, b'>').ok_or(NameAddrRefused::Brackets)?;
                Ok(Parts {
                    display,
                    uri,
                    params: trim(params),
                })
            }
            None => Parts::bare(rest),
        }
    }

    fn bare(text: &'a str) -> Result<Parts<'a>, NameAddrRefused> {
        let end = text.find([';', ' ', '\t']).unwrap_or(text.len());
        let (uri, params) = text.split_at(end);
        // In the user part a question mark is an ordinary character.
        let after_user = cut(uri, b'@').map_or(uri, |(_, rest)| rest);
        if after_user.contains('?') {
            return Err(NameAddrRefused::BareHeaders);
        }
        Ok(Parts {
            display: "",
            uri,
            params: trim(params),
        })
    }

    /// The value of the header parameter `name`, when the parameters can be read so far.
    pub(crate) fn param(&self, name: &str) -> Option<&'a str> {
        ParamItems::new(self.params, Alphabet::Header)
            .map_while(Result::ok)
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.unwrap_or(""))
    }

    /// Reads everything without keeping any of it.
    pub(crate) fn check(&self) -> Result<(), NameAddrRefused> {
        Uri::check(self.uri)?;
        for param in ParamItems::new(self.params, Alphabet::Header) {
            param?;
        }
        Ok(())
    }
}

/// Whether a bracket behind this stands in the quoted parameter of an address without brackets, not
/// behind a name: `sip:a@b;x="` and not `Joe "J" Doe`.
fn ends_in_a_parameter(text: &str) -> bool {
    cut(text, b'"').is_some_and(|(before, _)| before.contains(':'))
}

impl FromStr for NameAddr {
    type Err = NameAddrRefused;

    fn from_str(text: &str) -> Result<NameAddr, NameAddrRefused> {
        NameAddr::from_parts(Parts::find(text)?)
    }
}

impl fmt::Display for NameAddr {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = &self.display {
            write_quoted(out, display)?;
            out.write_str(" ")?;
        }
        write!(out, "<{}>{}", self.uri, self.params)
    }
}
