//! SIP over WebSocket (RFC 7118): one message a frame, over a connection that the phone opened.
//!
//! Any Origin may come: what counts is what the phone proves by SIP. Pings find those that are gone.

use super::{
    connection::{End, Link},
    limits,
};
use crate::counters::bound_reached;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, interval_at, timeout, timeout_at},
};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async_with_config,
    tungstenite::{
        self, Message,
        handshake::server::{ErrorResponse, Request, Response},
        http::{HeaderValue, StatusCode, header::SEC_WEBSOCKET_PROTOCOL},
        protocol::WebSocketConfig,
    },
};

pub(super) type Socket<S> = WebSocketStream<S>;

/// RFC 7118 §4.
const SUBPROTOCOL: &str = "sip";

/// Shakes hands. `None`: it is no WebSocket for SIP, and was told so.
pub(super) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(stream: S) -> Option<Socket<S>> {
    let config = WebSocketConfig::default()
        .read_buffer_size(limits::READ_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(2 * kring_sip::limits::MESSAGE_BYTES_MAX)
        .max_message_size(Some(kring_sip::limits::MESSAGE_BYTES_MAX))
        .max_frame_size(Some(kring_sip::limits::MESSAGE_BYTES_MAX));
    let accepted = accept_hdr_async_with_config(stream, choose, Some(config)).await;
    accepted
        .inspect_err(|refused| tracing::debug!(%refused, "no WebSocket for SIP"))
        .ok()
}

/// Takes those who offer the subprotocol (RFC 7118 §4.1).
#[allow(clippy::result_large_err, reason = "the library's signature")]
fn choose(request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    let offered = request.headers().get_all(SEC_WEBSOCKET_PROTOCOL);
    let names = offered.iter().filter_map(|value| value.to_str().ok());
    let sip = |name: &str| name.trim() == SUBPROTOCOL;
    if names.flat_map(|names| names.split(',')).any(sip) {
        let chosen = HeaderValue::from_static(SUBPROTOCOL);
        response
            .headers_mut()
            .insert(SEC_WEBSOCKET_PROTOCOL, chosen);
        return Ok(response);
    }
    let mut refused = ErrorResponse::new(Some("the subprotocol sip is needed".to_owned()));
    *refused.status_mut() = StatusCode::BAD_REQUEST;
    Err(refused)
}

/// Serves it until it ends.
pub(super) async fn run<S>(mut socket: Socket<S>, link: &mut Link) -> End
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut cut_at = Instant::now() + limits::MESSAGE_WITHIN;
    let mut spoke = false;
    let first_ping = Instant::now() + limits::WS_PING_EVERY;
    let mut ping = interval_at(first_ping, limits::WS_PING_EVERY);
    loop {
        let reply = tokio::select! {
            bytes = link.queue.recv() => match bytes {
                Some(bytes) => Some(frame(bytes)),
                None => {
                    let _ = timeout(limits::WRITE_WITHIN, socket.close(None)).await;
                    return End::Written;
                }
            },
            _ = ping.tick() => Some(Message::Ping(Bytes::new())),
            read = timeout_at(cut_at, socket.next()) => {
                let Ok(read) = read else {
                    tracing::debug!(from = %link.peer, "a WebSocket was silent for too long");
                    bound_reached("connection_silent");
                    return End::Quiet;
                };
                let bytes = match heard(read, link) {
                    Heard::Over => return End::Quiet,
                    Heard::Alive => None,
                    Heard::Message(bytes) => Some(bytes),
                };
                let keep_alive = bytes.as_ref().is_some_and(|bytes| is_line_ends(bytes));
                let reply = match bytes {
                    Some(bytes) if keep_alive => pong(&bytes),
                    Some(bytes) => {
                        spoke = true;
                        if link.message(bytes).await.is_err() {
                            return End::Written;
                        }
                        None
                    }
                    None => None,
                };
                if spoke {
                    cut_at = Instant::now() + limits::WS_SILENT_MAX;
                }
                reply
            }
        };
        let Some(reply) = reply else {
            continue;
        };
        match timeout(limits::WRITE_WITHIN, socket.send(reply)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return End::Unsent,
            Err(_) => {
                bound_reached("write_slow");
                return End::Unsent;
            }
        }
    }
}

enum Heard {
    Message(Bytes),
    Alive,
    Over,
}

fn heard(read: Option<Result<Message, tungstenite::Error>>, link: &Link) -> Heard {
    match read {
        Some(Ok(Message::Text(text))) => Heard::Message(text.into()),
        Some(Ok(Message::Binary(bytes))) => Heard::Message(bytes),
        // Pings are answered by the library.
        Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Heard::Alive,
        Some(Ok(Message::Close(_))) | None => Heard::Over,
        Some(Err(refused)) => {
            if matches!(refused, tungstenite::Error::Capacity(_)) {
                bound_reached("frame_bytes");
            }
            tracing::debug!(from = %link.peer, %refused, "a WebSocket broke");
            Heard::Over
        }
    }
}

/// Text when it is text: some phones read nothing else.
fn frame(bytes: Bytes) -> Message {
    match tungstenite::Utf8Bytes::try_from(bytes.clone()) {
        Ok(text) => Message::Text(text),
        Err(_) => Message::Binary(bytes),
    }
}

fn is_line_ends(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n'))
}

/// RFC 5626 §3.5.1, as RFC 7118 §6 takes it over.
fn pong(bytes: &[u8]) -> Option<Message> {
    (bytes == b"\r\n\r\n").then(|| Message::text("\r\n"))
}
