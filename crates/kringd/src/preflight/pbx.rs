//! Whether a PBX answers: one OPTIONS, asked from a socket of its own.

use crate::clock::Clock;
use bytes::Bytes;
use kring_sip::{
    Advertised, Answered, Effect, Endpoint, EndpointConfig, Method, NameAddr, Peer, Question,
    StreamFramer, Transport, Uri,
};
use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
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
    Stream(TcpStream, Box<StreamFramer>),
}

/// Asks `target` through `peer`. An error says in words why there is no answer.
pub(super) async fn ask(peer: Peer, target: &Uri) -> Result<Answered, String> {
    let told = |refused: io::Error| refused.to_string();
    let opened = timeout(ANSWER_WITHIN, Wire::open(peer)).await;
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
    async fn open(peer: Peer) -> io::Result<(Wire, SocketAddr)> {
        let to = peer.address;
        if peer.transport == Transport::Tcp {
            let stream = TcpStream::connect(to).await?;
            let own = stream.local_addr()?;
            return Ok((Wire::Stream(stream, Box::default()), own));
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
            Wire::Stream(stream, _) => stream.write_all(bytes).await,
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
