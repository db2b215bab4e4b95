//! Cutting a byte stream into messages (RFC 3261 §18.3, RFC 5626 §3.5.1).
//!
//! Content-Length decides, and on a stream it must be there. A stream that breaks the rule once
//! cannot be trusted to be in step again, so the framer gives its reason and then nothing more.

use crate::{
    HeaderName, StatusCode,
    header::number,
    limits,
    message::{HeadLines, head_end, salvage},
    token::trim,
};
use bytes::{Buf, Bytes, BytesMut};
use std::hash::{BuildHasher, BuildHasherDefault};

/// Why a stream was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameRefusal {
    /// No Content-Length.
    #[error("a message on a stream has no Content-Length")]
    NoLength,
    /// A malformed Content-Length, or more than one.
    #[error("Content-Length is malformed or stands twice")]
    BadLength,
    /// Beyond [`limits::MESSAGE_BYTES_MAX`].
    #[error("a message on a stream is too large")]
    TooLarge,
}

/// A stream that was refused: send the answer if there is one, then close the connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct FrameRefused {
    /// Why.
    pub why: FrameRefusal,
    /// A whole 400 or 513 response, when the head of the request could be read so far.
    pub answer: Option<Bytes>,
}

/// A keep-alive's length: two line ends.
const PING_BYTES: usize = 4;

/// Cuts one stream. As an iterator it gives the whole messages pushed so far.
#[derive(Debug, Default)]
pub struct StreamFramer {
    buffer: BytesMut,
    state: State,
    /// Bytes of line ends seen since the last message.
    line_ends: usize,
    pings: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Waits for the end of a head, of which there is none in the first `scanned` bytes.
    Head { scanned: usize },
    /// Waits for the rest of a message of so many bytes.
    Body { whole: usize },
    /// More was pushed than the buffer may hold: gives what is whole in it, and refuses the rest.
    Overflown,
    /// Gives nothing more.
    Refused,
}

impl Default for State {
    fn default() -> State {
        State::Head { scanned: 0 }
    }
}

impl StreamFramer {
    /// A framer for a new connection.
    pub fn new() -> StreamFramer {
        StreamFramer::default()
    }

    /// Takes what was read from the connection. Between two pushes the messages must be taken out;
    /// what goes beyond [`limits::STREAM_BYTES_MAX`] is not kept, and the stream is refused.
    pub fn push(&mut self, bytes: &[u8]) {
        if matches!(self.state, State::Overflown | State::Refused) {
            return;
        }
        let room = limits::STREAM_BYTES_MAX.saturating_sub(self.buffer.len());
        if bytes.len() > room {
            self.state = State::Overflown;
        }
        self.buffer
            .extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// Bytes that wait for the rest of their message.
    pub fn waiting(&self) -> usize {
        self.buffer.len()
    }

    /// Keep-alives (double CRLF) that came since this was asked last; each wants a single CRLF back
    /// (RFC 5626 §3.5.1). Ask it after the messages were taken out.
    pub fn take_pings(&mut self) -> usize {
        std::mem::take(&mut self.pings)
    }

    /// The length of the first message, once its head is whole.
    fn measure(&mut self) -> Result<Option<usize>, FrameRefusal> {
        let scanned = match self.state {
            State::Body { whole } => return Ok(Some(whole)),
            State::Refused => return Ok(None),
            State::Head { scanned } => scanned,
            State::Overflown => 0,
        };
        if scanned == 0 {
            // Line ends before a start line are keep-alives.
            let ends = self
                .buffer
                .iter()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'))
                .count();
            self.buffer.advance(ends);
            let seen = self.line_ends + ends;
            self.pings += seen / PING_BYTES;
            let between = self.buffer.is_empty();
            self.line_ends = if between { seen % PING_BYTES } else { 0 };
        }
        let Some(head_len) = head_end(&self.buffer, scanned) else {
            if self.buffer.len() >= limits::MESSAGE_BYTES_MAX {
                return Err(FrameRefusal::TooLarge);
            }
            if let State::Head { scanned } = &mut self.state {
                // The empty line may be cut anywhere within its last three bytes.
                *scanned = self.buffer.len().saturating_sub(3);
            }
            return Ok(None);
        };
        let whole = head_len.saturating_add(content_length(&self.buffer[..head_len])?);
        if whole > limits::MESSAGE_BYTES_MAX {
            return Err(FrameRefusal::TooLarge);
        }
        if let State::Head { .. } = self.state {
            self.state = State::Body { whole };
        }
        Ok(Some(whole))
    }

    fn refuse(&mut self, why: FrameRefusal) -> FrameRefused {
        let status = match why {
            FrameRefusal::TooLarge => StatusCode::MESSAGE_TOO_LARGE,
            FrameRefusal::NoLength | FrameRefusal::BadLength => StatusCode::BAD_REQUEST,
        };
        let head = &self.buffer[..head_end(&self.buffer, 0).unwrap_or(self.buffer.len())];
        let answer = salvage(status, head).map(|salvage| {
            // The same tag for the same request, without keeping any state (RFC 3261 §8.2.7).
            let tag = BuildHasherDefault::<rustc_hash::FxHasher>::default().hash_one(head);
            salvage.respond(&format!("{tag:016x}")).to_bytes()
        });
        self.state = State::Refused;
        self.buffer = BytesMut::new();
        FrameRefused { why, answer }
    }
}

impl Iterator for StreamFramer {
    type Item = Result<Bytes, FrameRefused>;

    fn next(&mut self) -> Option<Result<Bytes, FrameRefused>> {
        match self.measure() {
            Err(why) => Some(Err(self.refuse(why))),
            Ok(Some(whole)) if whole <= self.buffer.len() => {
                if self.state != State::Overflown {
                    self.state = State::default();
                }
                // A copy: whoever keeps a message must not keep the buffer of its stream with it.
                let message = Bytes::copy_from_slice(&self.buffer[..whole]);
                self.buffer.advance(whole);
                Some(Ok(message))
            }
            Ok(_) if self.state == State::Overflown => {
                Some(Err(self.refuse(FrameRefusal::TooLarge)))
            }
            Ok(_) => None,
        }
    }
}

fn content_length(head: &[u8]) -> Result<usize, FrameRefusal> {
    let mut length = None;
    for line in HeadLines::of(head).1 {
        // Only names of this header are worth the look-up.
        if !matches!(line.name.first(), Some(b'C' | b'c' | b'L' | b'l')) {
            continue;
        }
        let name = str::from_utf8(line.name)
            .ok()
            .and_then(HeaderName::from_token);
        if name == Some(HeaderName::ContentLength) {
            let text = str::from_utf8(&line.value).map_err(|_| FrameRefusal::BadLength)?;
            let bytes = number(trim(text), u32::MAX).map_err(|_| FrameRefusal::BadLength)?;
            if length.replace(bytes as usize).is_some() {
                return Err(FrameRefusal::BadLength);
            }
        }
    }
    length.ok_or(FrameRefusal::NoLength)
}
