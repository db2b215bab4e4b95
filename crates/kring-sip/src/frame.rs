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

/// Cuts one stream. As an iterator it gives the whole messages pushed so far.
#[derive(Debug, Default)]
pub struct StreamFramer {
    buffer: BytesMut,
    /// How much of the buffer holds no end of a head.
    scanned: usize,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Reading,
    /// More was pushed than the buffer may hold.
    Overflown,
    Refused,
}

impl StreamFramer {
    /// A framer for a new connection.
    pub fn new() -> StreamFramer {
        StreamFramer::default()
    }

    /// Takes what was read from the connection. Between two pushes the messages must be taken out;
    /// what goes beyond [`limits::STREAM_BYTES_MAX`] is not kept, and the stream is refused.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.state != State::Reading {
            return;
        }
        let room = limits::STREAM_BYTES_MAX.saturating_sub(self.buffer.len());
        match bytes.get(..room) {
            Some(fitting) if fitting.len() < bytes.len() => {
                self.buffer.extend_from_slice(fitting);
                self.state = State::Overflown;
            }
            _ => self.buffer.extend_from_slice(bytes),
        }
    }

    /// Bytes that wait for the rest of their message.
    pub fn waiting(&self) -> usize {
        self.buffer.len()
    }

    fn refuse(&mut self, why: FrameRefusal, head_len: usize) -> FrameRefused {
        let status = match why {
            FrameRefusal::TooLarge => StatusCode::MESSAGE_TOO_LARGE,
            FrameRefusal::NoLength | FrameRefusal::BadLength => StatusCode::BAD_REQUEST,
        };
        let head = &self.buffer[..head_len.min(self.buffer.len())];
        let answer = salvage(status, head).map(|salvage| {
            // The same tag for the same request, without keeping any state (RFC 3261 §8.2.7).
            let tag = BuildHasherDefault::<rustc_hash::FxHasher>::default().hash_one(head);
            salvage.respond(&format!("{tag:016x}")).to_bytes()
        });
        self.state = State::Refused;
        self.buffer = BytesMut::new();
        FrameRefused { why, answer }
    }

    /// Line ends before a start line are keep-alives.
    fn skip_keep_alives(&mut self) {
        let ends = self
            .buffer
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        if self.scanned == 0 {
            self.buffer.advance(ends);
        }
    }
}

impl Iterator for StreamFramer {
    type Item = Result<Bytes, FrameRefused>;

    fn next(&mut self) -> Option<Result<Bytes, FrameRefused>> {
        if self.state == State::Refused {
            return None;
        }
        self.skip_keep_alives();
        let Some(head_len) = head_end(&self.buffer, self.scanned) else {
            // The empty line may be cut anywhere within its last three bytes.
            self.scanned = self.buffer.len().saturating_sub(3);
            let full = self.buffer.len() >= limits::MESSAGE_BYTES_MAX;
            let refused = full || self.state == State::Overflown;
            return refused.then(|| Err(self.refuse(FrameRefusal::TooLarge, usize::MAX)));
        };
        let length = match content_length(&self.buffer[..head_len]) {
            Ok(length) => length,
            Err(why) => return Some(Err(self.refuse(why, head_len))),
        };
        let whole = head_len.saturating_add(length);
        if whole > limits::MESSAGE_BYTES_MAX {
            return Some(Err(self.refuse(FrameRefusal::TooLarge, head_len)));
        }
        if self.buffer.len() < whole {
            self.scanned = head_len.saturating_sub(3);
            let refused = self.state == State::Overflown;
            return refused.then(|| Err(self.refuse(FrameRefusal::TooLarge, head_len)));
        }
        self.scanned = 0;
        Some(Ok(self.buffer.split_to(whole).freeze()))
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
