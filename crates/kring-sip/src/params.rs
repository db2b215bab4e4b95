//! Parameters after a semicolon: of a URI, of an address, of a Via.
//!
//! Order and spelling are kept, names compare without case, and an unknown parameter is never lost.

use crate::{
    limits,
    token::{is_token_byte, quoted_end, trim, unquote, write_quoted},
};
use std::{borrow::Cow, fmt};

/// Why parameters were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParamsRefused {
    /// Something else than `;` stands where a parameter must begin.
    #[error("a parameter must begin with a semicolon")]
    NoSemicolon,
    /// `;;` or `;=x`, or a name that is no token.
    #[error("a parameter has no proper name")]
    BadName,
    /// An unclosed quote, or a character that no value may hold.
    #[error("a parameter has no proper value")]
    BadValue,
    /// More than [`limits::PARAMS_MAX`].
    #[error("too many parameters")]
    TooMany,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Param {
    name: Box<str>,
    /// As written, with its quotes.
    value: Option<Box<str>>,
}

/// An ordered set of parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    list: Vec<Param>,
}

/// The alphabets differ: a header's parameter is a token, a URI's may hold more (RFC 3261 §25.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alphabet {
    Header,
    Uri,
}

impl Params {
    /// No parameters.
    pub const fn new() -> Params {
        Params { list: Vec::new() }
    }

    /// Reads `;name=value;name…`, as after an address or in a Via. Empty text is no parameters.
    pub fn read(text: &str) -> Result<Params, ParamsRefused> {
        Params::read_in(text, Alphabet::Header)
    }

    pub(crate) fn read_in(text: &str, alphabet: Alphabet) -> Result<Params, ParamsRefused> {
        let mut list = Vec::new();
        for item in ParamItems::new(text, alphabet) {
            let (name, value) = item?;
            list.push(Param {
                name: name.into(),
                value: value.map(Into::into),
            });
        }
        Ok(Params { list })
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether `name` is there, with or without a value.
    pub fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The value of `name` as written (a quoted one with its quotes); `Some("")` for a parameter without a value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name)
            .map(|param| param.value.as_deref().unwrap_or(""))
    }

    /// The value of `name` with quotes and escapes removed.
    pub fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).map(unquote)
    }

    /// Names and values in their order, values as written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.list
            .iter()
            .map(|param| (&*param.name, param.value.as_deref()))
    }

    /// Gives `name` the value `value`, in its old place if it was there. A value that is no token is quoted.
    pub fn set(&mut self, name: &str, value: &str) {
        let written = if !value.is_empty() && value.bytes().all(is_plain_value_byte) {
            value.to_owned()
        } else {
            let mut quoted = String::with_capacity(value.len() + 2);
            write_quoted(&mut quoted, value).expect("writing to a String cannot fail");
            quoted
        };
        self.put(name, Some(written.into()));
    }

    /// Gives `name` a value that is already spelled as it must stand.
    pub(crate) fn set_written(&mut self, name: &str, value: String) {
        self.put(name, Some(value.into()));
    }

    /// Makes `name` a parameter without a value, such as `lr`.
    pub fn set_flag(&mut self, name: &str) {
        self.put(name, None);
    }

    /// Takes `name` away, and says whether it was there.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.list.len();
        self.list
            .retain(|param| !param.name.eq_ignore_ascii_case(name));
        self.list.len() != before
    }

    fn find(&self, name: &str) -> Option<&Param> {
        self.list
            .iter()
            .find(|param| param.name.eq_ignore_ascii_case(name))
    }

    fn put(&mut self, name: &str, value: Option<Box<str>>) {
        match self
            .list
            .iter_mut()
            .find(|param| param.name.eq_ignore_ascii_case(name))
        {
            Some(param) => param.value = value,
            None => self.list.push(Param {
                name: name.into(),
                value,
            }),
        }
    }
}

impl fmt::Display for Params {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for param in &self.list {
            out.write_str(";")?;
            out.write_str(&param.name)?;
            if let Some(value) = &param.value {
                out.write_str("=")?;
                out.write_str(value)?;
            }
        }
        Ok(())
    }
}

/// What a value may hold unquoted: a token, or a host with its port (`received`, `maddr`).
const fn is_plain_value_byte(byte: u8) -> bool {
    is_token_byte(byte) || matches!(byte, b'[' | b']' | b':')
}

const fn is_name_byte(byte: u8, alphabet: Alphabet) -> bool {
    match alphabet {
        Alphabet::Header => is_token_byte(byte),
        Alphabet::Uri => {
            is_token_byte(byte)
                || matches!(byte, b'[' | b']' | b'/' | b':' | b'&' | b'$' | b'(' | b')')
        }
    }
}

/// More than the grammar's: peers put slashes, at-signs and UTF-8 into values, and what is passed on
/// or ignored need not be refused. Only what would end the value or the header is.
const fn is_value_byte(byte: u8) -> bool {
    byte > b' ' && !matches!(byte, b';' | b',' | b'"' | b'<' | b'>' | 0x7f)
}

/// Reads parameters one by one without allocating.
#[derive(Clone, Debug)]
pub(crate) struct ParamItems<'a> {
    rest: &'a str,
    alphabet: Alphabet,
    left: usize,
}

impl<'a> ParamItems<'a> {
    pub(crate) fn new(text: &'a str, alphabet: Alphabet) -> ParamItems<'a> {
        ParamItems {
            rest: trim(text),
            alphabet,
            left: limits::PARAMS_MAX,
        }
    }

    fn one(&mut self) -> Result<(&'a str, Option<&'a str>), ParamsRefused> {
        self.left = self.left.checked_sub(1).ok_or(ParamsRefused::TooMany)?;
        let text = self
            .rest
            .strip_prefix(';')
            .ok_or(ParamsRefused::NoSemicolon)?;
        let text = text.trim_start_matches([' ', '\t']);
        let name_end = text
            .bytes()
            .position(|byte| !is_name_byte(byte, self.alphabet))
            .unwrap_or(text.len());
        if name_end == 0 {
            return Err(ParamsRefused::BadName);
        }
        let (name, after) = text.split_at(name_end);
        let after = after.trim_start_matches([' ', '\t']);
        let Some(value) = after.strip_prefix('=') else {
            self.rest = after;
            return Ok((name, None));
        };
        let value = value.trim_start_matches([' ', '\t']);
        let end = match value.as_bytes().first() {
            Some(b'"') => quoted_end(value, 0).ok_or(ParamsRefused::BadValue)?,
            _ => value
                .bytes()
                .position(|byte| !is_value_byte(byte))
                .unwrap_or(value.len()),
        };
        if end == 0 {
            return Err(ParamsRefused::BadValue);
        }
        let (value, after) = value.split_at(end);
        self.rest = after.trim_start_matches([' ', '\t']);
        Ok((name, Some(value)))
    }
}

impl<'a> Iterator for ParamItems<'a> {
    type Item = Result<(&'a str, Option<&'a str>), ParamsRefused>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let item = self.one();
        if item.is_err() {
            self.rest = "";
        }
        Some(item)
    }
}
