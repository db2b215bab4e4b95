//! The header lines of a message, in order.
//!
//! Lines of a parsed message are spans of one shared text. Bytes that are not UTF-8 (TIS-620 names from
//! old exchanges) are kept beside a lossy reading, and leave as they came. No value can hold a line break.

use super::name::HeaderName;
use crate::token::ListItems;
use bytes::Bytes;
use std::{borrow::Cow, sync::Arc};

/// Header lines, in order.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    /// What the spans of the lines point into.
    source: Option<Arc<str>>,
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    /// [`HeaderName::code`], so that looking for a line compares bytes.
    code: u8,
    name: HeaderName,
    value: Value,
}

#[derive(Clone, Debug)]
enum Value {
    Span { start: u32, end: u32 },
    Text(Box<str>),
    Raw(Box<Raw>),
}

#[derive(Clone, Debug)]
struct Raw {
    bytes: Bytes,
    lossy: Box<str>,
}

impl Line {
    const fn new(name: HeaderName, value: Value) -> Line {
        Line {
            code: name.code(),
            name,
            value,
        }
    }

    fn is(&self, name: &HeaderName) -> bool {
        self.code == name.code() && (self.code != HeaderName::OTHER || self.name == *name)
    }
}

impl Headers {
    /// No lines.
    pub const fn new() -> Headers {
        Headers {
            source: None,
            lines: Vec::new(),
        }
    }

    pub(crate) fn with_source(source: Option<Arc<str>>, lines: usize) -> Headers {
        Headers {
            source,
            lines: Vec::with_capacity(lines),
        }
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The value of the first line of that name; of a list header, the whole line.
    pub fn get(&self, name: &HeaderName) -> Option<&str> {
        self.lines(name).next()
    }

    /// The value of the first line of that name as it came, when it may not be UTF-8.
    pub fn raw(&self, name: &HeaderName) -> Option<&[u8]> {
        self.lines
            .iter()
            .find(|line| line.is(name))
            .map(|line| self.bytes(line))
    }

    /// Whether there is such a line.
    pub fn contains(&self, name: &HeaderName) -> bool {
        self.lines.iter().any(|line| line.is(name))
    }

    /// The values of that name in order; those of list headers one by one, however they shared lines.
    pub fn all(&self, name: &HeaderName) -> impl Iterator<Item = &str> {
        let is_list = name.is_list();
        self.lines(name).flat_map(move |line| {
            let (whole, items) = if is_list {
                (None, Some(ListItems::new(line)))
            } else {
                (Some(line), None)
            };
            whole.into_iter().chain(items.into_iter().flatten())
        })
    }

    /// Whether a list header names `token` (option tags, methods, event packages; without case).
    pub fn lists(&self, name: &HeaderName, token: &str) -> bool {
        self.all(name).any(|item| item.eq_ignore_ascii_case(token))
    }

    /// Every line in order.
    pub fn iter(&self) -> impl Iterator<Item = (&HeaderName, &str)> {
        self.lines.iter().map(|line| (&line.name, self.text(line)))
    }

    /// Every line in order, values as bytes.
    pub fn iter_raw(&self) -> impl Iterator<Item = (&HeaderName, &[u8])> {
        self.lines.iter().map(|line| (&line.name, self.bytes(line)))
    }

    /// Adds a line at the end. Line breaks in `value` become spaces.
    pub fn push(&mut self, name: HeaderName, value: impl Into<Box<str>>) {
        self.lines.push(Line::new(name, Value::text(value.into())));
    }

    /// Adds a line at the front.
    pub fn push_front(&mut self, name: HeaderName, value: impl Into<Box<str>>) {
        self.lines
            .insert(0, Line::new(name, Value::text(value.into())));
    }

    /// Makes this the only line of its name, where the first one was or else at the end.
    pub fn set(&mut self, name: HeaderName, value: impl Into<Box<str>>) {
        self.put(name, Value::text(value.into()));
    }

    /// Takes all lines of that name away, and says whether there were any.
    pub fn remove(&mut self, name: &HeaderName) -> bool {
        let before = self.lines.len();
        self.lines.retain(|line| !line.is(name));
        self.lines.len() != before
    }

    /// Adds all lines of that name from `other`, byte for byte.
    pub fn copy(&mut self, name: &HeaderName, other: &Headers) {
        for line in other.lines.iter().filter(|line| line.is(name)) {
            let value = other.detached(line);
            self.lines.push(Line::new(line.name.clone(), value));
        }
    }

    pub(crate) fn push_span(&mut self, name: HeaderName, start: usize, end: usize) {
        let value = Value::Span {
            start: start as u32,
            end: end as u32,
        };
        self.lines.push(Line::new(name, value));
    }

    /// Adds a line whose value may be anything.
    pub(crate) fn push_raw(&mut self, name: HeaderName, value: &[u8]) {
        self.lines.push(Line::new(name, Value::raw(value)));
    }

    /// Replaces the first line of that name by other bytes.
    pub(crate) fn set_raw(&mut self, name: &HeaderName, value: &[u8]) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.is(name)) {
            line.value = Value::raw(value);
        }
    }

    fn put(&mut self, name: HeaderName, value: Value) {
        let Some(first) = self.lines.iter().position(|line| line.is(&name)) else {
            self.lines.push(Line::new(name, value));
            return;
        };
        let mut at = 0;
        self.lines.retain(|line| {
            at += 1;
            at - 1 <= first || !line.is(&name)
        });
        self.lines[first].value = value;
    }

    fn lines(&self, name: &HeaderName) -> impl Iterator<Item = &str> {
        self.lines
            .iter()
            .filter(move |line| line.is(name))
            .map(|line| self.text(line))
    }

    fn text<'a>(&'a self, line: &'a Line) -> &'a str {
        match &line.value {
            Value::Span { start, end } => self
                .source
                .as_deref()
                .and_then(|source| source.get(*start as usize..*end as usize))
                .expect("spans are only made by the reader, from its own source"),
            Value::Text(text) => text,
            Value::Raw(raw) => &raw.lossy,
        }
    }

    fn bytes<'a>(&'a self, line: &'a Line) -> &'a [u8] {
        match &line.value {
            Value::Raw(raw) => &raw.bytes,
            _ => self.text(line).as_bytes(),
        }
    }

    /// The value without its source.
    fn detached(&self, line: &Line) -> Value {
        match &line.value {
            Value::Span { .. } => Value::Text(self.text(line).into()),
            other => other.clone(),
        }
    }
}

/// Same lines in the same order, byte for byte.
impl PartialEq for Headers {
    fn eq(&self, other: &Headers) -> bool {
        self.iter_raw().eq(other.iter_raw())
    }
}

impl Eq for Headers {}

impl Value {
    fn text(value: Box<str>) -> Value {
        if value.contains(['\r', '\n']) {
            return Value::Text(value.replace(['\r', '\n'], " ").into());
        }
        Value::Text(value)
    }

    fn raw(value: &[u8]) -> Value {
        match String::from_utf8_lossy(value) {
            Cow::Borrowed(text) => Value::Text(text.into()),
            Cow::Owned(lossy) => {
                let bytes = Bytes::copy_from_slice(value);
                Value::Raw(Box::new(Raw {
                    bytes,
                    lossy: lossy.into(),
                }))
            }
        }
    }
}
