//! HTTPS: handshakes are made beside one another, each within its time, and only who is through stands at
//! the web server's door. Whoever speaks plain HTTP here is sent to where HTTPS is.

use crate::net::WebCertificate;
use axum::serve::Listener;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::server::TlsStream;

/// Handshakes under way at once; who comes beyond that waits in the kernel's queue.
const HANDSHAKES_MAX: usize = 256;

/// How long a handshake, or a request in plain HTTP, may take.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);

/// Those who are through and not yet taken up by the web server.
const THROUGH_MAX: usize = 64;

/// The first byte of a TLS connection (RFC 8446 §5.1): no letter, so no request of HTTP.
const HANDSHAKE: u8 = 22;

/// The most that is read of a request in plain HTTP, bytes.
const PLAIN_HEAD_MAX: usize = 4_096;

/// After a failed accept, when the process has no more files.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);

type Arrived = (TlsStream<TcpStream>, SocketAddr);

/// The door of the web server.
pub(super) struct HttpsDoor {
    address: SocketAddr,
    arrived: mpsc::Receiver<Arrived>,
    task: JoinHandle<()>,
}

impl HttpsDoor {
    /// Lets people in by this certificate, as it is when they come.
    pub(super) fn open(
        listener: TcpListener,
        certificate: WebCertificate,
    ) -> io::Result<HttpsDoor> {
        let address = listener.local_addr()?;
        let (through, arrived) = mpsc::channel(THROUGH_MAX);
        Ok(HttpsDoor {
            address,
            arrived,
            task: tokio::spawn(let_in(listener, certificate, through)),
        })
    }
}

impl Drop for HttpsDoor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Listener for HttpsDoor {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Arrived {
        match self.arrived.recv().await {
            Some(arrived) => arrived,
            // The task ends with the door alone.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

async fn let_in(
    listener: TcpListener,
    certificate: WebCertificate,
    through: mpsc::Sender<Arrived>,
) {
    let room = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let (connection, from) = match listener.accept().await {
            Ok(arrived) => arrived,
            Err(refused) => {
                tracing::debug!(%refused, "a connection was not accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
                continue;
            }
        };
        let (certificate, through) = (certificate.clone(), through.clone());
        tokio::spawn(async move {
            let _place = place;
            match timeout(HANDSHAKE_MAX, greet(connection, &certificate)).await {
                Ok(Ok(Some(stream))) => {
                    // The door may be closing.
                    let _ = through.send((stream, from)).await;
                }
                Ok(Ok(None)) | Err(_) => {}
                Ok(Err(refused)) => tracing::debug!(%from, %refused, "a handshake failed"),
            }
        });
    }
}

/// The connection once it is secret; none for one who spoke plain HTTP and was sent away.
async fn greet(
    connection: TcpStream,
    certificate: &WebCertificate,
) -> io::Result<Option<TlsStream<TcpStream>>> {
    // As in the plain: a pop must not wait for an acknowledgement.
    connection.set_nodelay(true)?;
    let mut first = [0];
    if connection.peek(&mut first).await? == 1 && first[0] != HANDSHAKE {
        send_on(connection).await?;
        return Ok(None);
    }
    certificate.acceptor().accept(connection).await.map(Some)
}

/// Answers one request in plain HTTP with where to go.
async fn send_on(mut connection: TcpStream) -> io::Result<()> {
    let mut head = Vec::new();
    let mut buffer = [0; 1_024];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let length = connection.read(&mut buffer).await?;
        if length == 0 || head.len() + length > PLAIN_HEAD_MAX {
            return Ok(());
        }
        head.extend_from_slice(&buffer[..length]);
    }
    let answer = match sent_to(&head) {
        Some(location) => format!(
            "HTTP/1.1 308 Permanent Redirect\r\nLocation: {location}\r\nCache-Control: no-store\r\n\
             Content-Length: 0\r\nConnection: close\r\n\r\n"
        ),
        None => "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".into(),
    };
    connection.write_all(answer.as_bytes()).await?;
    connection.shutdown().await
}

/// Where a request goes by HTTPS: the same host and path.
fn sent_to(head: &[u8]) -> Option<String> {
    let text = str::from_utf8(head).ok()?;
    let mut lines = text.split("\r\n");
    let path = lines.next()?.split(' ').nth(1)?;
    let host = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("host").then(|| value.trim())
    })?;
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    let is_host = !host.is_empty() && !host.contains(['/', '@', '\\', '?', '#']);
    (path.starts_with('/') && plain(path) && is_host && plain(host))
        .then(|| format!("https://{host}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_request_is_sent_to_the_same_page_and_nowhere_else() {
        let sent = |text: &str| sent_to(text.as_bytes());
        assert_eq!(
            sent("GET /calls?x=1 HTTP/1.1\r\nHost: kring.local:8443\r\n\r\n").as_deref(),
            Some("https://kring.local:8443/calls?x=1")
        );
        for text in [
            "GET /\r\n\r\n",
            "GET http://evil.example/ HTTP/1.1\r\nHost: kring\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: kring@evil.example\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: \r\n\r\n",
        ] {
            assert_eq!(sent(text), None, "{text}");
        }
    }
}
