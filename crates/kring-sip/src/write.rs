//! Writing: a message out as bytes. Names in their usual spelling, one value line each as it is kept,
//! Content-Length always last and always right.

use crate::{HeaderName, Headers, Message, Request, Response};
use bytes::Bytes;
use std::{fmt, fmt::Write as _};

/// Lets text be written into bytes without a detour through a `String`.
struct Text<'a>(&'a mut Vec<u8>);

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

impl Request {
    /// Appends the request to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.method.as_str().as_bytes());
        out.push(b' ');
        write!(Text(out), "{}", self.uri).expect("writing to a Vec cannot fail");
        out.extend_from_slice(b" SIP/2.0\r\n");
        write_rest(&self.headers, &self.body, out);
    }

    /// The request as bytes.
    pub fn to_bytes(&self) -> Bytes {
        let mut out = Vec::with_capacity(CAPACITY + self.body.len());
        self.write(&mut out);
        out.into()
    }
}

impl Response {
    /// Appends the response to `out`. Line breaks in the reason become spaces.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"SIP/2.0 ");
        write_number(u32::from(self.status.code()), out);
        out.push(b' ');
        out.extend(self.reason.bytes().map(|byte| match byte {
            b'\r' | b'\n' => b' ',
            other => other,
        }));
        out.extend_from_slice(b"\r\n");
        write_rest(&self.headers, &self.body, out);
    }

    /// The response as bytes.
    pub fn to_bytes(&self) -> Bytes {
        let mut out = Vec::with_capacity(CAPACITY + self.body.len());
        self.write(&mut out);
        out.into()
    }
}

impl Message {
    /// Appends the message to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Message::Request(request) => request.write(out),
            Message::Response(response) => response.write(out),
        }
    }

    /// The message as bytes.
    pub fn to_bytes(&self) -> Bytes {
        match self {
            Message::Request(request) => request.to_bytes(),
            Message::Response(response) => response.to_bytes(),
        }
    }
}

/// Room for the head of an ordinary message, so that most are written without growing.
const CAPACITY: usize = 1024;

fn write_rest(headers: &Headers, body: &[u8], out: &mut Vec<u8>) {
    for (name, value) in headers.iter_raw() {
        if *name == HeaderName::ContentLength {
            continue;
        }
        out.extend_from_slice(name.as_str().as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"Content-Length: ");
    write_number(body.len() as u32, out);
    out.extend_from_slice(b"\r\n\r\n");
    out.extend_from_slice(body);
}

fn write_number(number: u32, out: &mut Vec<u8>) {
    write!(Text(out), "{number}").expect("writing to a Vec cannot fail");
}
