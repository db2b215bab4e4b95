//! One TCP connection: cuts the stream into messages and writes what waits.
//!
//! Whoever is slow is cut: in connecting, in ending a message that was begun, in taking what we write.

use super::limits;
use crate::counters::bound_reached;
use bytes::Bytes;
use kring_sip::StreamFramer;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::mpsc,
    time::{Instant, timeout, timeout_at},
};

/// What connections tell their owner.
#[derive(Debug)]
pub(super) enum Event {
    /// A peer has connected.
    Opened {
        from: SocketAddr,
        writes: mpsc::Sender<Bytes>,
    },
    /// One whole message.
    Message { from: SocketAddr, bytes: Bytes },
    /// The connection is over.
    Closed {
        from: SocketAddr,
        /// Ours have one; a peer's is the one whose queue is closed.
        id: Option<u64>,
        /// Something was lost that was to be written.
        unsent: bool,
    },
}

/// Why a connection ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// The peer closed it, or was silent for too long.
    Quiet,
    /// The peer sent what is no SIP; it may be told so.
    NoSip(Option<Bytes>),
    /// We wanted it to end, and everything is written.
    Written,
    /// Writing failed, so something is lost.
    Unsent,
}

/// Serves a connection that a peer has opened.
pub(super) async fn serve(
    stream: TcpStream,
    from: SocketAddr,
    mut queue: mpsc::Receiver<Bytes>,
    tell: mpsc::Sender<Event>,
) {
    let end = run(stream, from, &mut queue, &tell).await;
    close(from, None, end, queue, tell).await;
}

/// Opens a connection and serves it.
pub(super) async fn open(
    to: SocketAddr,
    id: u64,
    mut queue: mpsc::Receiver<Bytes>,
    tell: mpsc::Sender<Event>,
) {
    let end = match timeout(limits::CONNECT_WITHIN, TcpStream::connect(to)).await {
        Ok(Ok(stream)) => run(stream, to, &mut queue, &tell).await,
        Ok(Err(refused)) => {
            tracing::debug!(%to, %refused, "a TCP connection could not be made");
            End::Unsent
        }
        Err(_) => {
            tracing::debug!(%to, "a TCP connection took too long to be made");
            End::Unsent
        }
    };
    close(to, Some(id), end, queue, tell).await;
}

/// Closes the queue first: what is in it then is lost, and what comes later goes to a new connection.
async fn close(
    from: SocketAddr,
    id: Option<u64>,
    end: End,
    mut queue: mpsc::Receiver<Bytes>,
    tell: mpsc::Sender<Event>,
) {
    queue.close();
    let unsent = end == End::Unsent || queue.try_recv().is_ok();
    // The owner may have left: then nobody wants to know.
    let _ = tell.send(Event::Closed { from, id, unsent }).await;
}

async fn run(
    mut stream: TcpStream,
    from: SocketAddr,
    queue: &mut mpsc::Receiver<Bytes>,
    tell: &mpsc::Sender<Event>,
) -> End {
    if let Err(refused) = stream.set_nodelay(true) {
        tracing::debug!(%from, %refused, "TCP_NODELAY was refused");
    }
    let (read, write) = stream.split();
    let end = tokio::select! {
        end = reading(read, from, tell) => end,
        end = writing(write, queue) => end,
    };
    if let End::NoSip(Some(answer)) = &end {
        // Whoever sends no SIP may not listen either.
        let _ = timeout(limits::WRITE_WITHIN, stream.write_all(answer)).await;
    }
    end
}

/// Reads until the peer closes, is silent for too long, or sends what is no SIP.
async fn reading(mut read: ReadHalf<'_>, from: SocketAddr, tell: &mpsc::Sender<Event>) -> End {
    let mut framer = StreamFramer::default();
    let mut buffer = vec![0; limits::READ_BYTES];
    let mut cut_at = Instant::now() + limits::MESSAGE_WITHIN;
    loop {
        let count = match timeout_at(cut_at, read.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => return End::Quiet,
            Ok(Ok(count)) => count,
            Err(_) => {
                tracing::debug!(%from, "a TCP peer was silent for too long and was cut");
                bound_reached(if framer.waiting() == 0 {
                    "connection_silent"
                } else {
                    "message_unfinished"
                });
                return End::Quiet;
            }
        };
        let was_empty = framer.waiting() == 0;
        framer.push(&buffer[..count]);
        let mut whole = false;
        for framed in &mut framer {
            match framed {
                Ok(bytes) => {
                    whole = true;
                    if tell.send(Event::Message { from, bytes }).await.is_err() {
                        return End::Written;
                    }
                }
                Err(refused) => {
                    tracing::debug!(%from, %refused, "a TCP peer sent no SIP and was cut");
                    return End::NoSip(refused.answer);
                }
            }
        }
        if framer.waiting() == 0 {
            cut_at = Instant::now() + limits::IDLE_MAX;
        } else if was_empty || whole {
            cut_at = Instant::now() + limits::MESSAGE_WITHIN;
        }
    }
}

/// Writes until the owner lets go.
async fn writing(mut write: WriteHalf<'_>, queue: &mut mpsc::Receiver<Bytes>) -> End {
    while let Some(bytes) = queue.recv().await {
        match timeout(limits::WRITE_WITHIN, write.write_all(&bytes)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return End::Unsent,
            Err(_) => {
                bound_reached("write_slow");
                return End::Unsent;
            }
        }
    }
    // The peer has everything that was written, whether or not it says goodbye.
    let _ = write.shutdown().await;
    End::Written
}
