//! A stream of bytes, TCP or TLS: cut into messages, keep-alives answered, what waits written.

use super::{
    connection::{End, Link},
    limits,
};
use crate::counters::bound_reached;
use bytes::Bytes;
use kring_sip::StreamFramer;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf, split},
    sync::Notify,
    sync::mpsc,
    time::{Instant, timeout, timeout_at},
};

/// What answers a keep-alive (RFC 5626 §3.5.1).
const PONG: &[u8] = b"\r\n";

/// How one half ended.
enum Over {
    Plainly(End),
    /// The peer sent what is no SIP; it may be told so.
    NoSip(Option<Bytes>),
}

/// Serves it until it ends.
pub(super) async fn run<S: AsyncRead + AsyncWrite>(stream: S, link: &mut Link) -> End {
    let (read, mut write) = split(stream);
    let ping = Notify::new();
    // The reader needs the whole link but its queue.
    let (_closed, none) = mpsc::channel(1);
    let mut queue = std::mem::replace(&mut link.queue, none);
    let asked = AtomicBool::new(false);
    let over = tokio::select! {
        over = reading(read, link, &ping, &asked) => over,
        end = writing(&mut write, &mut queue, &ping, &asked) => Over::Plainly(end),
    };
    link.queue = queue;
    match over {
        Over::Plainly(end) => end,
        Over::NoSip(answer) => {
            if let Some(answer) = answer.filter(|_| link.may_complain()) {
                let told = async {
                    write.write_all(&answer).await?;
                    write.shutdown().await
                };
                // Whoever sends no SIP may not listen either.
                let _ = timeout(limits::WRITE_WITHIN, told).await;
            }
            End::Quiet
        }
    }
}

/// Reads until the peer closes, is silent for too long, or sends what is no SIP.
async fn reading<S: AsyncRead>(
    mut read: ReadHalf<S>,
    link: &Link,
    ping: &Notify,
    asked: &AtomicBool,
) -> Over {
    let from = link.peer;
    let mut framer = StreamFramer::default();
    let mut buffer = vec![0; limits::READ_BYTES];
    let mut cut_at = Instant::now() + limits::MESSAGE_WITHIN;
    let mut spoke = false;
    loop {
        let count = match timeout_at(cut_at, read.read(&mut buffer)).await {
            Ok(Ok(0)) => return Over::Plainly(End::Quiet),
            // A peer that was away meanwhile knows of no connection, and has thrown our request away.
            Ok(Err(_)) if asked.load(Ordering::Relaxed) => return Over::Plainly(End::Unsent),
            Ok(Err(_)) => return Over::Plainly(End::Quiet),
            Ok(Ok(count)) => count,
            Err(_) => {
                tracing::debug!(%from, "a peer was silent for too long and was cut");
                let unfinished = framer.waiting() > 0 || !spoke;
                bound_reached(if unfinished {
                    "message_unfinished"
                } else {
                    "connection_silent"
                });
                return Over::Plainly(End::Quiet);
            }
        };
        let was_empty = framer.waiting() == 0;
        framer.push(&buffer[..count]);
        let mut whole = false;
        for framed in &mut framer {
            match framed {
                Ok(bytes) => {
                    (whole, spoke) = (true, true);
                    asked.store(false, Ordering::Relaxed);
                    if link.message(bytes).await.is_err() {
                        return Over::Plainly(End::Written);
                    }
                }
                Err(refused) => {
                    tracing::debug!(%from, %refused, "a peer sent no SIP and was cut");
                    return Over::NoSip(refused.answer);
                }
            }
        }
        if framer.take_pings() > 0 {
            ping.notify_one();
        }
        // Keep-alives alone earn a stranger no time.
        if framer.waiting() == 0 && spoke {
            cut_at = Instant::now() + limits::IDLE_MAX;
        } else if spoke && (was_empty || whole) {
            cut_at = Instant::now() + limits::MESSAGE_WITHIN;
        }
    }
}

/// Writes until the owner lets go.
async fn writing<S: AsyncWrite>(
    write: &mut WriteHalf<S>,
    queue: &mut mpsc::Receiver<Bytes>,
    ping: &Notify,
    asked: &AtomicBool,
) -> End {
    loop {
        let bytes = tokio::select! {
            bytes = queue.recv() => bytes,
            () = ping.notified() => Some(Bytes::from_static(PONG)),
        };
        let Some(bytes) = bytes else {
            break;
        };
        if is_request(&bytes) {
            asked.store(true, Ordering::Relaxed);
        }
        let written = async {
            write.write_all(&bytes).await?;
            write.flush().await
        };
        match timeout(limits::WRITE_WITHIN, written).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return End::Unsent,
            Err(_) => {
                bound_reached("write_slow");
                return End::Unsent;
            }
        }
    }
    // The peer has everything that was written, whether or not it says goodbye.
    let _ = timeout(limits::WRITE_WITHIN, write.shutdown()).await;
    End::Written
}

/// Whether something is asked of the peer. The ACK of a 2xx is not answered, but lost all the same.
fn is_request(message: &[u8]) -> bool {
    !message.starts_with(b"SIP/2.0 ") && message != PONG
}
