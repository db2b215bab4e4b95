//! Whether a PBX answers: one OPTIONS, asked from a socket of its own.

use crate::{clock::Clock, net::Credentials};
use bytes::Bytes;
use kring_sip::{
    Advertised, Answered, Effect, Endpoint, EndpointConfig, Method, NameAddr, Peer, Question,
    StreamFramer, Uri,
};
use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::timeout,
};

/// How long an answer is waited for.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// Longest answer that is read, bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// What carries the question.
enum Wire {
    Datagrams(UdpSocket),
    Stream(Box<dyn Stream>, Box<StreamFramer>),
}

/// TCP or TLS.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Asks `target` through `peer`, by its transport. An error says in words why there is no answer.
pub(super) async fn ask(
    peer: Peer,
    target: &Uri,
    credentials: &Credentials,
) -> Result<Answered, String> {
    let told = |refused: io::Error| refused.to_string();
    let opened = timeout(ANSWER_WITHIN, Wire::open(peer, credentials)).await;
    let (mut wire, own) = opened
        .map_err(|_| "no connection in 2 s".to_owned())?
        .map_err(told)?;
    let config = EndpointConfig::new(Advertised::everywhere(own), rand::random());
    let clock = Clock::start();
    let mut endpoint = Endpoint::new(config);
    let from = Uri::sip(Some("kring"), &own.ip().to_string(), Some(own.port()));
    let question = Question {
        method: Method::Options,
        target: target.clone(),
        route: Vec::new(),
        peers: vec![peer],
        from: NameAddr::new(from.unwrap_or_else(|_| target.clone())),
        to: NameAddr::new(target.clone()),
        extra: Vec::new(),
        login: None,
        patience: ANSWER_WITHIN,
    };
    endpoint.ask(clock.now(), question);
    loop {
        while let Some(effect) = endpoint.poll() {
            match effect {
                Effect::Send(transmit) => wire.send(&transmit.bytes).await.map_err(told)?,
                Effect::Answered(_, answered) => return Ok(answered),
                Effect::Event(..) | Effect::Account(..) | Effect::Phone(_) | Effect::Counted(_) => {
                }
            }
        }
        let Some(due) = endpoint.deadline() else {
            return Err("nothing was sent".to_owned());
        };
        tokio::select! {
            () = tokio::time::sleep_until(clock.timer_for(due)) => endpoint.wake(clock.now()),
            heard = wire.hear() => endpoint.receive(clock.now(), peer, &heard.map_err(told)?),
        }
    }
}

impl Wire {
    async fn open(peer: Peer, credentials: &Credentials) -> io::Result<(Wire, SocketAddr)> {
        let to = peer.address;
        if peer.transport.is_reliable() {
            let stream = TcpStream::connect(to).await?;
            let own = stream.local_addr()?;
            if !peer.transport.is_secure() {
                return Ok((Wire::Stream(Box::new(stream), Box::default()), own));
            }
            let (connector, name) = credentials.connector(to).await;
            let stream = connector.connect(name, stream).await?;
            return Ok((Wire::Stream(Box::new(stream), Box::default()), own));
        }
        let any: SocketAddr = match to {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any).await?;
        socket.connect(to).await?;
        let own = socket.local_addr()?;
        Ok((Wire::Datagrams(socket), own))
    }

    async fn send(&mut self, bytes: &Bytes) -> io::Result<()> {
        match self {
            Wire::Datagrams(socket) => socket.send(bytes).await.map(|_| ()),
            Wire::Stream(stream, _) => {
                stream.write_all(bytes).await?;
                stream.flush().await
            }
        }
    }

    /// The next whole message.
    async fn hear(&mut self) -> io::Result<Bytes> {
        let mut buffer = vec![0; ANSWER_BYTES_MAX];
        match self {
            Wire::Datagrams(socket) => {
                let length = socket.recv(&mut buffer).await?;
                buffer.truncate(length);
                Ok(buffer.into())
            }
            Wire::Stream(stream, framer) => loop {
                if let Some(Ok(message)) = framer.next() {
                    return Ok(message);
                }
                let length = stream.read(&mut buffer).await?;
                if length == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                framer.push(&buffer[..length]);
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::Config,
        net::{Families, Resolver},
    };
    use kring_sip::Transport;
    use tokio::net::TcpListener;

    /// A PBX that answers one question by TCP, and hands out what it was asked.
    async fn asked(listener: TcpListener) -> String {
        let (stream, _) = listener.accept().await.unwrap();
        let mut wire = Wire::Stream(Box::new(stream), Box::default());
        let question = wire.hear().await.unwrap();
        let text = String::from_utf8(question.to_vec()).unwrap();
        let told = |line: &&str| {
            ["Via", "From", "To", "Call-ID", "CSeq"].contains(&line.split(':').next().unwrap())
        };
        let lines: Vec<&str> = text.split("\r\n").filter(told).collect();
        let answer = format!(
            "SIP/2.0 200 OK\r\n{}\r\nContent-Length: 0\r\n\r\n",
            lines.join("\r\n")
        );
        wire.send(&answer.into()).await.unwrap();
        text
    }

    #[tokio::test]
    async fn a_trunk_over_tcp_is_asked_over_tcp() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let pbx = tokio::spawn(asked(listener));
        let text = format!(
            "[[trunk]]\nname = \"pbx\"\naddress = \"{address}\"\npeers = [\"127.0.0.1\"]\ntransport = \"tcp\"\n"
        );
        let config = Config::read("test", &text, []).unwrap();
        let resolver = Resolver::of_system(Families::Four);
        let credentials = Credentials::load(&config, resolver).ok().unwrap();
        let target = crate::lines::line(&config, &config.trunks[0]).uri.unwrap();
        let transport = Transport::Tcp;
        let answer = ask(Peer { transport, address }, &target, &credentials).await;
        assert_eq!(answer.unwrap().code, 200);
        let question = pbx.await.unwrap();
        assert!(
            question.starts_with(&format!(
                "OPTIONS sip:{address};transport=tcp SIP/2.0\r\nVia: SIP/2.0/TCP "
            )),
            "{question}"
        );
    }

    /// Nobody is asked in the clear who is to be spoken to in secret: here the PBX has no TLS.
    #[tokio::test]
    async fn a_trunk_over_tls_is_asked_over_tls_or_not_at_all() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let pbx = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut hello = [0; 3];
            stream.read_exact(&mut hello).await.unwrap();
            hello
        });
        let text = format!(
            "[[trunk]]\nname = \"pbx\"\naddress = \"{address}\"\npeers = [\"127.0.0.1\"]\ntransport = \"tls\"\n"
        );
        let config = Config::read("test", &text, []).unwrap();
        let resolver = Resolver::of_system(Families::Four);
        let credentials = Credentials::load(&config, resolver).ok().unwrap();
        let target = crate::lines::line(&config, &config.trunks[0]).uri.unwrap();
        let transport = Transport::Tls;
        let answer = ask(Peer { transport, address }, &target, &credentials).await;
        assert!(answer.is_err(), "{answer:?}");
        assert_eq!(
            pbx.await.unwrap()[0],
            22,
            "a handshake (RFC 8446 section 5.1)"
        );
    }
}
