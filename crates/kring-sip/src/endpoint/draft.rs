//! A message of our own while it is written: straight to bytes, in the order of the lines.

use bytes::Bytes;
use std::{fmt, io::Write};

/// Enough for most requests with SDP.
const ROOM: usize = 1_024;

/// Bytes that will be a message.
pub(crate) struct Draft {
    out: Vec<u8>,
}

impl Draft {
    /// Begins a request.
    pub(crate) fn request(method: &str, uri: impl fmt::Display) -> Draft {
        let mut draft = Draft {
            out: Vec::with_capacity(ROOM),
        };
        draft.write(format_args!("{method} {uri} SIP/2.0\r\n"));
        draft
    }

    /// Begins a response.
    pub(crate) fn response(code: u16, phrase: &str) -> Draft {
        let mut draft = Draft {
            out: Vec::with_capacity(ROOM),
        };
        draft.write(format_args!("SIP/2.0 {code} {phrase}\r\n"));
        draft
    }

    /// The Request-URI, as it is written.
    pub(crate) fn request_uri(&self) -> String {
        let text = String::from_utf8_lossy(&self.out);
        text.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    /// A line whose value we made: it holds no line break.
    pub(crate) fn line(&mut self, name: &str, value: impl fmt::Display) {
        self.write(format_args!("{name}: {value}\r\n"));
    }

    /// A line whose value was read from a message, byte for byte.
    pub(crate) fn echo(&mut self, name: &str, value: &[u8]) {
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b": ");
        self.out.extend_from_slice(value);
        self.out.extend_from_slice(b"\r\n");
    }

    /// A line whose value somebody else made: control characters become spaces.
    pub(crate) fn foreign(&mut self, name: &str, value: &str) {
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b": ");
        let clean = |byte: u8| if byte.is_ascii_control() { b' ' } else { byte };
        self.out.extend(value.bytes().map(clean));
        self.out.extend_from_slice(b"\r\n");
    }

    /// Whole lines, written before.
    pub(crate) fn lines(&mut self, lines: &[u8]) {
        self.out.extend_from_slice(lines);
    }

    /// Ends the message, with SDP or without.
    pub(crate) fn finish(self, sdp: Option<&[u8]>) -> Bytes {
        self.finish_with("application/sdp", sdp.unwrap_or_default())
    }

    /// Ends the message with a body of this kind; an empty one is none.
    pub(crate) fn finish_with(mut self, kind: &str, body: &[u8]) -> Bytes {
        if !body.is_empty() {
            self.line("Content-Type", kind);
        }
        self.line("Content-Length", body.len());
        self.out.extend_from_slice(b"\r\n");
        self.out.extend_from_slice(body);
        // Exactly as long as the message: it may wait 32 s for its repetition.
        Bytes::copy_from_slice(&self.out)
    }

    fn write(&mut self, text: fmt::Arguments<'_>) {
        self.out.write_fmt(text).expect("a Vec takes everything");
    }
}
