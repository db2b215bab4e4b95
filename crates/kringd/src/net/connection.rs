//! The life of one connection, of whatever kind: made or taken, secured, then served until it ends.
//!
//! Whoever is slow is cut: in connecting, in shaking hands, in ending a message that was begun, in
//! taking what we write.

use super::{limits, places::Guest, stream, tls::Credentials, websocket};
use crate::counters::bound_reached;
use bytes::Bytes;
use kring_sip::{Peer, Strangers, Transport};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::TcpStream, sync::mpsc, time::timeout};

/// What connections tell their owner.
#[derive(Debug)]
pub(super) enum Event {
    /// A peer has connected.
    Opened {
        from: Peer,
        writes: mpsc::Sender<Bytes>,
        standing: Arc<super::places::Standing>,
    },
    /// One whole message.
    Message { from: Peer, bytes: Bytes },
    /// The connection is over.
    Closed {
        from: Peer,
        /// Ours have one; a peer's is the one whose queue is closed.
        id: Option<u64>,
        /// Something was lost that was to be written.
        unsent: bool,
    },
}

/// Why a connection ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The peer closed it, was silent for too long, or sent what is no SIP.
    Quiet,
    /// We wanted it to end, and everything is written.
    Written,
    /// Writing failed, or the peer has thrown away what was written: something is lost.
    Unsent,
}

/// One connection on its way to and from its owner.
pub(super) struct Link {
    /// The other end.
    pub(super) peer: Peer,
    /// What is to be written; closed when the owner lets go.
    pub(super) queue: mpsc::Receiver<Bytes>,
    pub(super) tell: mpsc::Sender<Event>,
    /// Its place, when the peer opened it.
    pub(super) guest: Option<Guest>,
    /// What those are told whom nobody knows.
    pub(super) strangers: Strangers,
}

/// The owner is gone.
pub(super) struct NobodyListens;

impl Link {
    /// Whether the other end is told what was wrong with what it sent: a stranger only where strangers are
    /// told anything.
    pub(super) fn may_complain(&self) -> bool {
        let is_stranger = self.guest.as_ref().is_some_and(Guest::is_stranger);
        self.strangers == Strangers::Refuse || !is_stranger
    }

    /// Hands a whole message on. Waits when the exchange is behind, and TCP slows the sender down.
    pub(super) async fn message(&self, bytes: Bytes) -> Result<(), NobodyListens> {
        if let Some(guest) = &self.guest {
            guest.spoke();
        }
        let from = self.peer;
        let told = self.tell.send(Event::Message { from, bytes }).await;
        told.map_err(|_| NobodyListens)
    }

    /// Closes the queue first: what is in it then is lost, and what comes later goes to a new
    /// connection.
    async fn close(mut self, id: Option<u64>, end: End) {
        self.queue.close();
        let unsent = end == End::Unsent || self.queue.try_recv().is_ok();
        let from = self.peer;
        // The owner may have left: then nobody wants to know.
        let _ = self.tell.send(Event::Closed { from, id, unsent }).await;
    }
}

/// Serves a connection that a peer has opened, for as long as it has a place.
pub(super) async fn serve(
    stream: TcpStream,
    mut link: Link,
    writes: mpsc::Sender<Bytes>,
    credentials: Credentials,
) {
    let Some(guest) = &mut link.guest else {
        return;
    };
    let (_never, other) = tokio::sync::oneshot::channel();
    let cut = std::mem::replace(&mut guest.cut, other);
    let end = tokio::select! {
        end = taken(stream, &mut link, writes, &credentials) => end,
        Ok(()) = cut => {
            tracing::debug!(from = %link.peer, "a connection had to make room");
            End::Quiet
        }
    };
    link.close(None, end).await;
}

async fn taken(
    stream: TcpStream,
    link: &mut Link,
    writes: mpsc::Sender<Bytes>,
    credentials: &Credentials,
) -> End {
    let transport = link.peer.transport;
    prompt(&stream, link.peer.address);
    let opened = Event::Opened {
        from: link.peer,
        writes,
        standing: link
            .guest
            .as_ref()
            .map(|guest| Arc::clone(&guest.standing))
            .unwrap_or_default(),
    };
    let hands = async {
        match transport {
            Transport::Udp | Transport::Tcp => Some(Shaken::Plain(stream)),
            Transport::Ws => websocket::accept(stream)
                .await
                .map(|ws| Shaken::Ws(ws.into())),
            Transport::Tls | Transport::Wss => {
                let accepted = credentials.acceptor()?.accept(stream).await;
                let tls = accepted
                    .inspect_err(|refused| tracing::debug!(from = %link.peer, %refused, "no TLS"))
                    .ok()?;
                match transport {
                    Transport::Tls => Some(Shaken::Tls(tls.into())),
                    _ => websocket::accept(tls)
                        .await
                        .map(|ws| Shaken::Wss(ws.into())),
                }
            }
        }
    };
    let Ok(hands) = timeout(limits::HANDSHAKE_WITHIN, hands).await else {
        bound_reached("handshake_slow");
        tracing::debug!(from = %link.peer, "a handshake took too long");
        return End::Quiet;
    };
    let Some(hands) = hands else {
        return End::Quiet;
    };
    if link.tell.send(opened).await.is_err() {
        return End::Written;
    }
    match hands {
        Shaken::Plain(stream) => stream::run(stream, link).await,
        Shaken::Tls(stream) => stream::run(*stream, link).await,
        Shaken::Ws(socket) => websocket::run(*socket, link).await,
        Shaken::Wss(socket) => websocket::run(*socket, link).await,
    }
}

/// A connection after its handshakes.
enum Shaken {
    Plain(TcpStream),
    Tls(Box<TlsStream>),
    Ws(Box<websocket::Socket<TcpStream>>),
    Wss(Box<websocket::Socket<TlsStream>>),
}

type TlsStream = tokio_rustls::server::TlsStream<TcpStream>;

/// Opens a connection and serves it.
pub(super) async fn open(id: u64, within: Duration, mut link: Link, credentials: Credentials) {
    let to = link.peer;
    let end = match timeout(within, TcpStream::connect(to.address)).await {
        Ok(Ok(stream)) => opened(stream, &mut link, &credentials).await,
        Ok(Err(refused)) => {
            tracing::debug!(%to, %refused, "a connection could not be made");
            End::Unsent
        }
        Err(_) => {
            tracing::debug!(%to, "a connection took too long to be made");
            End::Unsent
        }
    };
    link.close(Some(id), end).await;
}

async fn opened(stream: TcpStream, link: &mut Link, credentials: &Credentials) -> End {
    let to = link.peer;
    prompt(&stream, to.address);
    if to.transport != Transport::Tls {
        return stream::run(stream, link).await;
    }
    let shaken = async {
        let (connector, name) = credentials.connector(to.address).await;
        connector.connect(name, stream).await
    };
    match timeout(limits::HANDSHAKE_WITHIN, shaken).await {
        Ok(Ok(stream)) => stream::run(stream, link).await,
        Ok(Err(refused)) => {
            tracing::warn!(%to, %refused, "the other side could not be believed");
            End::Unsent
        }
        Err(_) => {
            bound_reached("handshake_slow");
            tracing::warn!(%to, "a TLS handshake took too long");
            End::Unsent
        }
    }
}

/// Messages leave at once, and ahead of bulk traffic.
fn prompt(stream: &TcpStream, with: SocketAddr) {
    if let Err(refused) = stream.set_nodelay(true) {
        tracing::debug!(%with, %refused, "TCP_NODELAY was refused");
    }
    super::mark(stream, with);
}
