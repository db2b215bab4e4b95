//! Reading: bytes in, a message or the reason why not.
//!
//! What is checked here is what every receiver needs (RFC 3261 §8.2, §18.3; RFC 4475); everything
//! else is read when it is asked for. A message that passes has exactly one readable From, To,
//! Call-ID and CSeq, and at least one Via, all of them readable.

use super::{
    HeaderName, Headers, Message, Method, ParseRefused, Refusal, Request, Response, Salvage,
    StatusCode, lines::HeadLines, lines::head_end, respond::ECHOED, typed::read_cseq,
};
use crate::{
    Uri,
    header::{HeaderRefused, Via, number},
    limits, name_addr,
    token::{is_token, trim},
};
use bytes::Bytes;
use std::{borrow::Cow, sync::Arc};

/// Reads one whole message: a datagram, or what [`crate::StreamFramer`] gave.
///
/// Bytes behind Content-Length are ignored; without that line the body is the rest (RFC 3261 §18.3).
pub fn parse(datagram: &[u8]) -> Result<Message, ParseRefused> {
    let start = datagram
        .iter()
        .position(|byte| !matches!(byte, b'\r' | b'\n'));
    let Some(start) = start else {
        return Err(ParseRefused {
            why: Refusal::KeepAlive,
            salvage: None,
        });
    };
    let bytes = &datagram[start..];
    if bytes.len() > limits::MESSAGE_BYTES_MAX {
        return Err(refuse(Refusal::TooLarge, bytes));
    }
    let Some(head_len) = head_end(bytes, 0) else {
        return Err(refuse(Refusal::Unfinished, bytes));
    };
    let (head, rest) = bytes.split_at(head_len);
    read(head, rest).map_err(|why| refuse(why, head))
}

fn read(head: &[u8], rest: &[u8]) -> Result<Message, Refusal> {
    let (start_line, headers) = read_headers(head)?;
    let start_line = StartLine::read(start_line)?;
    let (sequence_method, length) = check_headers(&headers)?;
    let length = length.map_or(rest.len(), |length| length as usize);
    let body = rest.get(..length).ok_or(Refusal::ShortBody)?;
    match start_line {
        StartLine::Status { status, reason } => Ok(Message::Response(Response {
            status,
            reason: reason.into(),
            headers,
            body: Bytes::copy_from_slice(body),
        })),
        StartLine::Request { method, uri } => {
            if method != sequence_method {
                return Err(Refusal::OtherMethod);
            }
            check_request(&headers)?;
            let method = Method::from_token(method).ok_or(Refusal::StartLine)?;
            let uri: Uri = uri.parse().map_err(Refusal::RequestUri)?;
            if uri.has_headers() {
                return Err(Refusal::RequestUriHeaders);
            }
            Ok(Message::Request(Request {
                method,
                uri,
                headers,
                body: Bytes::copy_from_slice(body),
            }))
        }
    }
}

/// Indexes the lines of a head. A head that is UTF-8 throughout is copied once and pointed into.
fn read_headers(head: &[u8]) -> Result<(&[u8], Headers), Refusal> {
    let source: Option<Arc<str>> = str::from_utf8(head).ok().map(Arc::from);
    let in_source = source.is_some();
    let mut headers = Headers::with_source(source, 24);
    let mut seen = 0_u128;
    let (start_line, lines) = HeadLines::of(head);
    for line in lines {
        let Some(name) = str::from_utf8(line.name)
            .ok()
            .and_then(HeaderName::from_token)
        else {
            continue;
        };
        if headers.len() == limits::HEADER_LINES_MAX {
            return Err(Refusal::TooLarge);
        }
        if name.is_single() {
            let bit = 1 << name.code();
            if seen & bit != 0 {
                return Err(Refusal::Repeated(name));
            }
            seen |= bit;
        }
        match line.value {
            Cow::Borrowed(value) if in_source => {
                let start = value.as_ptr() as usize - head.as_ptr() as usize;
                headers.push_span(name, start, start + value.len());
            }
            value => headers.push_raw(name, &value),
        }
    }
    Ok((start_line, headers))
}

/// What both kinds of message need. Gives the method of the CSeq and the Content-Length.
fn check_headers(headers: &Headers) -> Result<(&str, Option<u32>), Refusal> {
    let mut vias = headers.all(&HeaderName::Via).peekable();
    if vias.peek().is_none() {
        return Err(Refusal::Header(HeaderName::Via, HeaderRefused::Missing));
    }
    for via in vias {
        Via::check(via).map_err(|why| Refusal::Header(HeaderName::Via, why))?;
    }
    for name in [HeaderName::From, HeaderName::To] {
        let address = mandatory(headers, &name)?;
        check_address(address).map_err(|why| Refusal::Header(name, why))?;
    }
    let call_id = mandatory(headers, &HeaderName::CallId)?;
    if call_id.contains([' ', '\t']) {
        return Err(Refusal::Header(HeaderName::CallId, HeaderRefused::Token));
    }
    let cseq = read_cseq(mandatory(headers, &HeaderName::CSeq)?);
    let (_, method) = cseq.map_err(|why| Refusal::Header(HeaderName::CSeq, why))?;
    if !is_token(method) {
        return Err(Refusal::Header(HeaderName::CSeq, HeaderRefused::Token));
    }
    let length = headers.content_length();
    let length = length.map_err(|why| Refusal::Header(HeaderName::ContentLength, why))?;
    Ok((method, length))
}

/// What is asked of requests alone: a response that was sent must be matched rather than refused.
fn check_request(headers: &Headers) -> Result<(), Refusal> {
    headers
        .max_forwards()
        .map_err(|why| Refusal::Header(HeaderName::MaxForwards, why))?;
    for contact in headers
        .all(&HeaderName::Contact)
        .filter(|contact| *contact != "*")
    {
        check_address(contact).map_err(|why| Refusal::Header(HeaderName::Contact, why))?;
    }
    Ok(())
}

fn mandatory<'a>(headers: &'a Headers, name: &HeaderName) -> Result<&'a str, Refusal> {
    match headers.get(name).map(trim) {
        None => Err(Refusal::Header(name.clone(), HeaderRefused::Missing)),
        Some("") => Err(Refusal::Header(name.clone(), HeaderRefused::Empty)),
        Some(value) => Ok(value),
    }
}

fn check_address(text: &str) -> Result<(), HeaderRefused> {
    Ok(name_addr::Parts::find(text)?.check()?)
}

enum StartLine<'a> {
    Request {
        method: &'a str,
        uri: &'a str,
    },
    Status {
        status: StatusCode,
        reason: Cow<'a, str>,
    },
}

impl<'a> StartLine<'a> {
    /// Exactly one space between the parts and none at the ends (RFC 3261 §7.1): two of them, or one
    /// inside the URI, is no message (RFC 4475 §3.1.2.9, §3.1.2.10, §3.1.2.8).
    fn read(line: &'a [u8]) -> Result<StartLine<'a>, Refusal> {
        if is_status_line(line) {
            return StartLine::read_status(line);
        }
        let line = str::from_utf8(line).map_err(|_| Refusal::StartLine)?;
        let mut words = line.split(' ');
        let parts = (words.next(), words.next(), words.next(), words.next());
        let (Some(method), Some(uri), Some(version), None) = parts else {
            return Err(Refusal::StartLine);
        };
        check_version(version)?;
        if !is_token(method) {
            return Err(Refusal::StartLine);
        }
        Ok(StartLine::Request { method, uri })
    }

    fn read_status(line: &'a [u8]) -> Result<StartLine<'a>, Refusal> {
        let mut words = line.splitn(3, |byte| *byte == b' ');
        let mut word = || str::from_utf8(words.next().unwrap_or_default());
        check_version(word().map_err(|_| Refusal::StartLine)?)?;
        let code = word().map_err(|_| Refusal::StartLine)?;
        let code = number(code, 699).map_err(|_| Refusal::StatusCode)?;
        let status = StatusCode::new(code as u16).ok_or(Refusal::StatusCode)?;
        let reason = words
            .next()
            .map(String::from_utf8_lossy)
            .unwrap_or_default();
        Ok(StartLine::Status { status, reason })
    }
}

fn is_status_line(line: &[u8]) -> bool {
    line.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"SIP/"))
}

fn check_version(text: &str) -> Result<(), Refusal> {
    if text.eq_ignore_ascii_case("SIP/2.0") {
        return Ok(());
    }
    let is_version = text
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("SIP/"))
        .and_then(|_| text[4..].split_once('.'))
        .is_some_and(|(major, minor)| {
            number(major, u32::MAX).is_ok() && number(minor, u32::MAX).is_ok()
        });
    Err(if is_version {
        Refusal::Version
    } else {
        Refusal::StartLine
    })
}

fn refuse(why: Refusal, head: &[u8]) -> ParseRefused {
    let salvage = salvage(why.status(), head).map(Box::new);
    ParseRefused { why, salvage }
}

/// Whatever of `head` an answer needs; none if it was a response or an ACK, or if a key line is missing.
pub(crate) fn salvage(status: StatusCode, head: &[u8]) -> Option<Salvage> {
    let (start_line, lines) = HeadLines::of(head);
    if is_status_line(start_line) || start_line.starts_with(b"ACK ") {
        return None;
    }
    let mut headers = Headers::new();
    for line in lines.take(limits::HEADER_LINES_MAX) {
        let name = str::from_utf8(line.name)
            .ok()
            .and_then(HeaderName::from_token);
        // Of a repeated header the first is echoed: an answer that contradicts itself helps nobody.
        if let Some(name) = name
            && ECHOED.contains(&name)
            && !(name.is_single() && headers.contains(&name))
            && !line.value.is_empty()
        {
            headers.push_raw(name, &line.value);
        }
    }
    ECHOED
        .iter()
        .all(|name| headers.contains(name))
        .then_some(Salvage { status, headers })
}
